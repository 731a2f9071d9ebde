//! Opening a capture for reading.

use super::Run;
use crate::archive::{Capture, Part, Source as From, Unpacked};
use crate::capture::block::{Extent, Source};
use crate::error::CaptureError;
use crate::progress::BytesRead;
use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

/// Opens a capture that is ready to be read, by its index in the archive. Of a compressed one the bytes of the file are counted for
/// progress here, as the blocks know only those within.
pub fn open(run: &Run<'_>, capture: usize) -> Result<Source, CaptureError> {
    source(run, &run.archive.captures[capture]).map_err(|error| CaptureError {
        code: "io_error",
        detail: format!("Opening failed: {error}."),
        offset: 0,
    })
}

fn source(run: &Run<'_>, capture: &Capture) -> io::Result<Source> {
    let Some(compression) = capture.compression else {
        return Ok(match &capture.source {
            From::Path(path) => {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                Source::File(Extent::whole(file).into(), size)
            }
            From::Member(member) => match member.packing {
                None => {
                    let file = File::open(&member.archive)?;
                    Source::File(Extent::part(file, member.offset, member.size).into(), member.size)
                }
                Some(packing) => Source::Stream(run.parked.open(member, packing)?),
            },
            From::Stdin(head) => Source::Stream(stdin(head, &run.stdin_size)),
        });
    };
    let packed: Box<dyn Read + Send> = match &capture.source {
        From::Path(path) => Box::new(File::open(path)?),
        From::Member(member) => match member.packing {
            None => Box::new(Part::new(File::open(&member.archive)?, member.offset, member.size)),
            Some(packing) => run.parked.open(member, packing)?,
        },
        From::Stdin(head) => stdin(head, &run.stdin_size),
    };
    Ok(Source::Stream(Box::new(Unpacked::new(compression, Box::new(Counted { packed, bytes: run.progress.bytes() }))?)))
}

fn stdin(head: &[u8], size: &Arc<OnceLock<u64>>) -> Box<dyn Read + Send> {
    Box::new(Measured { bytes: io::Cursor::new(head.to_vec()).chain(io::stdin()), taken: 0, size: Arc::clone(size) })
}

/// A stream whose size is known once it was read to its end.
struct Measured<R> {
    bytes: R,
    taken: u64,
    size: Arc<OnceLock<u64>>,
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(bytes)?;
        self.taken += count as u64;
        if count == 0 && !bytes.is_empty() {
            self.size.get_or_init(|| self.taken);
        }
        Ok(count)
    }
}

/// A file whose bytes count as progress when they are taken.
struct Counted {
    packed: Box<dyn Read + Send>,
    bytes: BytesRead,
}

impl Read for Counted {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.packed.read(bytes)?;
        self.bytes.add(count as u64);
        Ok(count)
    }
}

/// The bytes of a block as progress: none where the file's bytes are counted as they are read.
pub fn progress_of(capture: &Capture, bytes: u64) -> u64 {
    if capture.compression.is_some() { 0 } else { bytes }
}
