//! A file in ranges: read at any time and in any order, walked in order, dissected at any time again.
//!
//! ```text
//!  file     |hdr|  rec  |  rec |   rec    |  rec |  rec  |     rec      | ...
//!  ranges   [ 0            ][ 1            ][ 2            ][ 3
//!  blocks       [ 0              ][ 1       ...
//!               ^from            ^to: the record that straddles belongs to the range where it begins,
//!                                 and its rest is read once more behind the range
//! ```
//!
//! Only [`Walk::walk`] is in order: it is the baton. It needs a few nanoseconds a packet, and no boundary is ever
//! guessed. A [`Block`] keeps the cutter as it stood at its first record, so that its frames can be cut again by
//! whoever dissects it.

use super::{Cutter, Item, MAX_RECORD};
use crate::error::CaptureError;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes in a range: it fits the L2 cache, and its blocks are the same for any number of threads.
pub const RANGE: u64 = 512 << 10;

/// Bytes that are asked for first of a file.
const FIRST: usize = 32 << 10;

/// Where a capture's bytes come from.
pub enum Source {
    /// Bytes of a file that can be read at any offset, and how many they were when it was opened.
    File(Arc<Extent>, u64),
    /// A stream that can be read once, in order. Where its end comes too soon it may give a [`CaptureError`] inside the
    /// [`io::Error`]; what it gave before is read.
    Stream(Box<dyn Read + Send>),
}

/// A file, or a part of it.
#[derive(Debug)]
pub struct Extent {
    file: File,
    start: u64,
    /// None: to the end of the file, wherever that is by now.
    size: Option<u64>,
}

impl Extent {
    /// All of a file.
    pub fn whole(file: File) -> Extent {
        Extent { file, start: 0, size: None }
    }

    /// `size` bytes of a file from `start`.
    pub fn part(file: File, start: u64, size: u64) -> Extent {
        Extent { file, start, size: Some(size) }
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let room = self.size.map_or(u64::MAX, |size| size.saturating_sub(offset)).min(bytes.len() as u64) as usize;
        self.file.read_at(&mut bytes[..room], self.start.saturating_add(offset))
    }
}

impl Source {
    /// Ranges that the source has; none where only reading tells.
    pub fn ranges(&self) -> Option<u64> {
        match self {
            Source::File(_, size) => Some(size.div_ceil(RANGE).max(1)),
            Source::Stream(_) => None,
        }
    }

    /// How many bytes a file had when it was opened and how many it has now, if they are more.
    pub fn growth(&self) -> Option<(u64, u64)> {
        let Source::File(extent, then) = self else { return None };
        if extent.size.is_some() {
            return None;
        }
        let now = extent.file.metadata().ok()?.len();
        (now > *then).then_some((*then, now))
    }

    /// Appends up to `len` bytes from `offset`; fewer only at the end. A stream is always read where it stands.
    fn append(&mut self, bytes: &mut Vec<u8>, offset: u64, len: usize) -> io::Result<()> {
        match self {
            Source::File(file, _) => {
                let start = bytes.len();
                bytes.resize(start + len, 0);
                let (filled, error) = fill_at(file, &mut bytes[start..], offset);
                bytes.truncate(start + filled);
                error.map_or(Ok(()), Err)
            }
            Source::Stream(stream) => stream.take(len as u64).read_to_end(bytes).map(|_| ()),
        }
    }
}

/// Fills `bytes` from `offset` on; gives how many bytes came, fewer only at the end.
fn fill_at(file: &Extent, bytes: &mut [u8], offset: u64) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

/// Bytes of a file as they were read.
#[derive(Debug, Default)]
pub struct Buffer {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Offset of the first of them in the file.
    offset: u64,
    /// What the system said instead of the rest.
    error: Option<io::Error>,
}

impl Buffer {
    /// Reads range `number` of a file into this buffer's memory.
    pub fn read(mut self, file: &Extent, number: u64) -> Buffer {
        self.offset = number * RANGE;
        // A buffer that was full before is long enough already, and nothing is zeroed; one that is new grows with what comes, as
        // most captures are small.
        let (mut filled, mut want) = (0, self.bytes.len().clamp(FIRST, RANGE as usize));
        loop {
            self.bytes.resize(want, 0);
            let (read, error) = fill_at(file, &mut self.bytes[filled..], self.offset + filled as u64);
            (filled, self.error) = (filled + read, error);
            if filled < want || want == RANGE as usize {
                break;
            }
            want = (want * 4).min(RANGE as usize);
        }
        self.bytes.truncate(filled);
        self
    }
}

/// Whole records of a file.
#[derive(Debug)]
pub struct Block {
    buffer: Buffer,
    from: usize,
    to: usize,
    last: bool,
    cutter: Option<Cutter>,
}

impl Block {
    /// Cuts the block's frames; each with its offset in [`Block::bytes`].
    pub fn cut(&mut self, mut sink: impl FnMut(Item<'_>, usize)) {
        let Some(cutter) = &mut self.cutter else { return };
        let bytes = &self.buffer.bytes[..];
        let at = self.buffer.offset + self.from as u64;
        cutter.cut(&bytes[self.from..self.to], at, self.last, &mut |item| deliver(bytes, item, &mut sink));
    }

    /// The bytes that the offsets of frames count in.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer.bytes
    }

    /// Bytes of the file that the block covers.
    pub fn len(&self) -> u64 {
        (self.to - self.from) as u64
    }

    /// Whether it covers none.
    pub fn is_empty(&self) -> bool {
        self.to == self.from
    }

    /// The memory, to be used again; without what a large record made it grow by.
    pub fn recycle(mut self) -> Buffer {
        self.buffer.bytes.truncate(2 * RANGE as usize);
        self.buffer.bytes.shrink_to(2 * RANGE as usize);
        self.buffer
    }
}

/// Hands out an item with the place of its bytes in the buffer that they were cut from.
fn deliver(buffer: &[u8], item: Item<'_>, sink: &mut impl FnMut(Item<'_>, usize)) {
    let at = match &item {
        Item::Frame(frame) => frame.bytes.as_ptr() as usize - buffer.as_ptr() as usize,
        Item::Damage { .. } => 0,
    };
    sink(item, at);
}

/// Why reading ended: a stream may say it itself.
fn reason(error: &io::Error, offset: u64) -> CaptureError {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<CaptureError>());
    own.cloned().unwrap_or_else(|| CaptureError { code: "io_error", detail: format!("Reading failed: {error}."), offset })
}

/// The walk over the records of one file: what is handed on from range to range.
#[derive(Debug, Default)]
pub struct Walk {
    cutter: Option<Cutter>,
    /// Offset of the next record.
    at: u64,
    over: bool,
    error: Option<CaptureError>,
}

impl Walk {
    /// Walks the records that begin in range `number`, whose bytes `buffer` holds (for a stream: it is read here).
    /// `sink` gets each item and its offset in the block's bytes.
    pub fn walk(&mut self, source: &mut Source, number: u64, mut buffer: Buffer, mut sink: impl FnMut(Item<'_>, usize)) -> Block {
        let end = (number + 1) * RANGE;
        if let Source::Stream(_) = source {
            buffer.bytes.clear();
            buffer.offset = self.at;
            let len = end.saturating_sub(self.at) as usize;
            buffer.error = source.append(&mut buffer.bytes, self.at, len).err();
        }
        let lost = self.cutter.is_some() && self.at < buffer.offset;
        if self.over || lost || !self.open(&buffer) {
            return Block { buffer, from: 0, to: 0, last: false, cutter: None };
        }
        let size = match source {
            Source::File(_, size) => Some(*size),
            Source::Stream(_) => None,
        };
        let from = ((self.at - buffer.offset) as usize).min(buffer.bytes.len());
        let mut block = Block { from, to: from, last: false, cutter: self.cutter.clone(), buffer };
        let Some(cutter) = &mut self.cutter else { return block };
        // A stream, or a file that shrank, ends where fewer bytes came than were asked for.
        let mut last = block.buffer.offset + (block.buffer.bytes.len() as u64) < end;
        loop {
            let Buffer { bytes, offset, .. } = &block.buffer;
            let here = *offset + block.to as u64;
            let cut = cutter.cut(&bytes[block.to..], here, last, &mut |item| deliver(bytes, item, &mut sink));
            block.to += cut.used;
            let missing = cut.need.saturating_sub(bytes.len() - block.to);
            let held = *offset + bytes.len() as u64;
            let reached = *offset + block.to as u64 >= end && size != Some(held);
            if last || reached || missing > MAX_RECORD + 64 {
                break;
            }
            if missing == 0 {
                // The buffer ended with a record: the range is walked, and if it is the last one, so is the file.
                last = size == Some(held);
                if last {
                    continue;
                }
                break;
            }
            let before = bytes.len();
            let buffer = &mut block.buffer;
            if let Err(error) = source.append(&mut buffer.bytes, held, missing) {
                buffer.error.get_or_insert(error);
            }
            last = buffer.bytes.len() - before < missing || size == Some(held + missing as u64);
        }
        block.last = last;
        self.at = block.buffer.offset + block.to as u64;
        self.over = last;
        if let Some(error) = block.buffer.error.take() {
            self.over = true;
            self.error.get_or_insert(reason(&error, self.at));
        }
        block
    }

    /// Whether the file's end was reached.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Offset in the file up to which its records were walked, in bytes.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// No frame that it will come to has a lower number.
    pub fn next_frame(&self) -> u64 {
        self.cutter.as_ref().map_or(0, Cutter::numbered) + 1
    }

    /// Why the file could not be read, or not to its end, as far as it is not an item of a block.
    pub fn error(&self) -> Option<&CaptureError> {
        self.error.as_ref()
    }

    /// The cutter, for what it knows of the file.
    pub fn cutter(&self) -> Option<&Cutter> {
        self.cutter.as_ref()
    }

    /// Reads the file header with the first range.
    fn open(&mut self, buffer: &Buffer) -> bool {
        if self.cutter.is_none() {
            match Cutter::open(&buffer.bytes) {
                Ok((cutter, used)) => {
                    self.cutter = Some(cutter);
                    self.at = used as u64;
                }
                Err(error) => {
                    self.error = Some(buffer.error.as_ref().map_or(error, |error| reason(error, 0)));
                    self.over = true;
                }
            }
        }
        !self.over
    }
}
