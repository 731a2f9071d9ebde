//! tar archives: from header to header.
//!
//! ```text
//!   0      100    124    136     148   156    157         257     263       345      500   512
//!  | name | ...  | size | mtime | sum | type | link name | magic | version | prefix |     |
//!  | header | data, filled up to 512 bytes | header | data | ... | zeros | zeros |
//!
//!  type  0 NUL 7  a file          L  the next name, GNU     S  a file with holes, GNU
//!        x        records "length key=value\n" about the next member (pax)
//! ```
//!
//! Sources: IEEE Std 1003.1, pax, "ustar Interchange Format" and "pax Header Block"; the GNU tar manual, "Basic Tar
//! Format" and "Storing Sparse Files". A number is octal text, or binary where its first bit is set (GNU).
//!
//! Nothing is believed of a header whose checksum is wrong: the archive ends there. Names are text and never opened.

use super::Unpacked;
use super::sniff::{broken, read_at};
use crate::error::CaptureError;
use std::fs::File;
use std::io::Read;

const BLOCK: usize = 512;
/// A name or a set of pax records that is longer than this ends the archive, in bytes.
const MAX_TEXT: u64 = 64 << 10;
/// Zeros behind which nothing more is looked for: archives are padded to their record size, and some are appended to others.
const MAX_ZEROS: u64 = 1 << 20;

/// Where an archive's bytes come from.
pub(super) enum Bytes {
    /// A file of so many bytes.
    File(File, u64),
    /// A compressed file.
    Stream(Box<Unpacked>),
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    /// A file whose holes were left out.
    Sparse,
    /// A folder, a link, a device.
    Other,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: Vec<u8>,
    pub kind: Kind,
    /// Where its bytes begin in the archive.
    pub offset: u64,
    /// Bytes that it has, as its header says.
    pub size: u64,
}

/// A walk over an archive. Between two entries the bytes of the first may be read.
pub(super) struct Reader {
    bytes: Bytes,
    at: u64,
    /// Where the next header is.
    next: u64,
    /// What ended reading.
    failed: Option<CaptureError>,
}

/// What stood in front of a member about it.
#[derive(Debug, Default)]
struct About {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Reader {
    pub fn new(bytes: Bytes) -> Reader {
        Reader { bytes, at: 0, next: 0, failed: None }
    }

    /// The file, where the archive is not compressed, and its size.
    pub fn file(&self) -> Option<(&File, u64)> {
        match &self.bytes {
            Bytes::File(file, size) => Some((file, *size)),
            Bytes::Stream(_) => None,
        }
    }

    /// Reads on; fewer bytes than asked for only at the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, CaptureError> {
        let mut filled = 0;
        while filled < buffer.len() {
            let result = match &mut self.bytes {
                Bytes::File(file, _) => read_at(file, &mut buffer[filled..], self.at),
                Bytes::Stream(stream) => stream.read(&mut buffer[filled..]),
            };
            match result {
                Ok(0) => break,
                Ok(count) => {
                    filled += count;
                    self.at += count as u64;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed.get_or_insert(broken(&error));
                    break;
                }
            }
        }
        match &self.failed {
            Some(error) if filled == 0 => Err(error.clone()),
            _ => Ok(filled),
        }
    }

    /// The next member; none at the end.
    ///
    /// # Errors
    ///
    /// `cut_archive`, `bad_archive`, and those of a stream. Nothing can be read behind them.
    pub fn entry(&mut self) -> Result<Option<Entry>, CaptureError> {
        let mut about = About::default();
        let mut zeros = 0;
        loop {
            self.reach(self.next)?;
            let place = self.at;
            let mut block = [0; BLOCK];
            let there = self.read(&mut block)?;
            self.next = self.at;
            if there == 0 && zeros > 0 {
                return Ok(None);
            }
            if there < BLOCK {
                return Err(cut(place, "without its end mark"));
            }
            if block == [0; BLOCK] {
                zeros += BLOCK as u64;
                if zeros > MAX_ZEROS {
                    return Ok(None);
                }
                continue;
            }
            if !is_header(&block) {
                return Err(bad(place, "No header stands where one must be."));
            }
            zeros = 0;
            let Some(size) = number(&block[124..136]) else { return Err(bad(place, "The size of a member is no number.")) };
            let kind = block[156];
            match kind {
                b'L' => about.name = Some(until_nul(&self.text(size)?).to_vec()),
                b'x' => pax(&self.text(size)?, &mut about),
                b'K' | b'g' | b'V' => self.next = end(place, self.at, size)?,
                _ => {
                    if kind == b'S' {
                        self.pass_map(block[482] != 0)?;
                    }
                    let size = about.size.unwrap_or(size);
                    let offset = self.at;
                    // Links, folders and devices have no data, whatever the size says.
                    let has_data = !matches!(kind, b'1'..=b'6');
                    self.next = end(place, offset, if has_data { size } else { 0 })?;
                    let kind = match kind {
                        b'S' => Kind::Sparse,
                        b'0' | 0 | b'7' if about.sparse => Kind::Sparse,
                        b'0' | 0 | b'7' => Kind::File,
                        _ => Kind::Other,
                    };
                    return Ok(Some(Entry { name: about.name.unwrap_or_else(|| name(&block)), kind, offset, size }));
                }
            }
        }
    }

    /// The bytes of a member that says something about the next.
    fn text(&mut self, size: u64) -> Result<Vec<u8>, CaptureError> {
        let place = self.at;
        if size > MAX_TEXT {
            return Err(bad(place, "A name has more than 64 KiB."));
        }
        let mut text = vec![0; size as usize];
        if self.read(&mut text)? < text.len() {
            return Err(cut(place, "inside a name"));
        }
        self.next = end(place, place, size)?;
        Ok(text)
    }

    /// Passes over the blocks that go on with the map of a file with holes; each says whether one more follows.
    fn pass_map(&mut self, mut more: bool) -> Result<(), CaptureError> {
        while more {
            let mut block = [0; BLOCK];
            if self.read(&mut block)? < BLOCK {
                return Err(cut(self.at, "inside the map of a file with holes"));
            }
            more = block[504] != 0;
        }
        Ok(())
    }

    /// Goes on to a place ahead.
    fn reach(&mut self, place: u64) -> Result<(), CaptureError> {
        if let Bytes::File(_, size) = &self.bytes {
            if place > *size {
                return Err(cut(*size, "inside a member"));
            }
            self.at = place;
        }
        let mut buffer = [0; 8 << 10];
        while self.at < place {
            let step = (place - self.at).min(buffer.len() as u64) as usize;
            if self.read(&mut buffer[..step])? == 0 {
                return Err(cut(self.at, "inside a member"));
            }
        }
        Ok(())
    }
}

/// Whether a block is a header: its checksum is the sum of its bytes, signed or not, with spaces for the sum itself.
pub(super) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK) else { return false };
    let Some(expected) = number(&block[148..156]) else { return false };
    let others = || block[..148].iter().chain(&block[156..]);
    let unsigned: u64 = others().map(|byte| u64::from(*byte)).sum::<u64>() + 8 * 32;
    let signed: i64 = others().map(|byte| i64::from(*byte as i8)).sum::<i64>() + 8 * 32;
    // A sum of spaces alone is a block of nothing.
    (expected == unsigned || i64::try_from(expected) == Ok(signed)) && others().any(|byte| *byte != 0)
}

fn cut(offset: u64, place: &str) -> CaptureError {
    CaptureError { code: "cut_archive", detail: format!("The tar archive ends {place}."), offset }
}

fn bad(offset: u64, detail: &str) -> CaptureError {
    CaptureError { code: "bad_archive", detail: format!("The tar archive is damaged. {detail}"), offset }
}

/// Where the next header is behind data of this size.
fn end(place: u64, offset: u64, size: u64) -> Result<u64, CaptureError> {
    let padded = size.checked_next_multiple_of(BLOCK as u64).and_then(|size| offset.checked_add(size));
    padded.filter(|end| *end < 1 << 62).ok_or_else(|| bad(place, "The size of a member is beyond all bounds."))
}

/// The prefix, which only the POSIX magic promises, and the name.
fn name(block: &[u8; BLOCK]) -> Vec<u8> {
    let short = until_nul(&block[..100]);
    let prefix = if block[257..263] == *b"ustar\0" { until_nul(&block[345..500]) } else { &[] };
    if prefix.is_empty() { short.to_vec() } else { [prefix, b"/", short].concat() }
}

fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or(text)
}

/// A number of a header; none if it is none, or beyond 63 bits.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first().filter(|(first, _)| **first >= 0x80) {
        let start = u64::from(first & 0x7f);
        let value = rest.iter().try_fold(start, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)))?;
        return (value < 1 << 63).then_some(value);
    }
    let text = until_nul(field).trim_ascii();
    let digit = |value: u64, byte: &u8| (b'0'..=b'7').contains(byte).then(|| (value << 3) + u64::from(byte - b'0'));
    if text.len() > 20 { None } else { text.iter().try_fold(0, digit) }
}

/// Takes what matters from pax records; what is none ends them.
fn pax(mut text: &[u8], about: &mut About) {
    while let Some(space) = text.iter().take(20).position(|byte| *byte == b' ') {
        let length = std::str::from_utf8(&text[..space]).ok().and_then(|digits| digits.parse::<usize>().ok());
        let Some(record) = length.filter(|length| *length > space + 1).and_then(|length| text.get(space + 1..length)) else { return };
        text = &text[space + 1 + record.len()..];
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        let Some(equals) = record.iter().position(|byte| *byte == b'=') else { return };
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        match key {
            // A file with holes has its own name here, and one made up in `path`.
            b"GNU.sparse.name" => (about.name, about.sparse) = (Some(value.to_vec()), true),
            b"path" if !about.sparse || about.name.is_none() => about.name = Some(value.to_vec()),
            b"size" => about.size = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()),
            _ if key.starts_with(b"GNU.sparse.") => about.sparse = true,
            _ => {}
        }
    }
}
