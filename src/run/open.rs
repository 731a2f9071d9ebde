//! Opening a capture for reading.

use crate::archive::{Capture, Parked, Part, Source as From, Unpacked};
use crate::capture::block::{Extent, Source};
use crate::error::CaptureError;
use crate::progress::{BytesRead, Progress};
use std::fs::File;
use std::io::{self, Read};

/// Opens a capture that is ready to be read. Of a compressed one the bytes of the file are counted for progress here, as
/// the blocks know only those within.
pub fn open(capture: &Capture, parked: &Parked, progress: &Progress) -> Result<Source, CaptureError> {
    source(capture, parked, progress).map_err(|error| CaptureError {
        code: "io_error",
        detail: format!("Opening failed: {error}."),
        offset: 0,
    })
}

fn source(capture: &Capture, parked: &Parked, progress: &Progress) -> io::Result<Source> {
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
                Some(packing) => Source::Stream(parked.open(member, packing)?),
            },
            From::Stdin(head) => Source::Stream(stdin(head)),
        });
    };
    let packed: Box<dyn Read + Send> = match &capture.source {
        From::Path(path) => Box::new(File::open(path)?),
        From::Member(member) => match member.packing {
            None => Box::new(Part::new(File::open(&member.archive)?, member.offset, member.size)),
            Some(packing) => parked.open(member, packing)?,
        },
        From::Stdin(head) => stdin(head),
    };
    Ok(Source::Stream(Box::new(Unpacked::new(compression, Box::new(Counted { packed, bytes: progress.bytes() }))?)))
}

fn stdin(head: &[u8]) -> Box<dyn Read + Send> {
    Box::new(io::Cursor::new(head.to_vec()).chain(io::stdin()))
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
