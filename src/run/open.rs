//! Opening a capture for reading.

use crate::archive::{Capture, Source as From};
use crate::capture::block::Source;
use crate::error::CaptureError;
use std::io::Read;

/// Opens a capture that is ready to be read.
pub fn open(capture: &Capture) -> Result<Source, CaptureError> {
    match &capture.source {
        From::Path(path) => std::fs::File::open(path)
            .and_then(|file| {
                let size = file.metadata()?.len();
                Ok(Source::File(file.into(), size))
            })
            .map_err(|error| CaptureError { code: "io_error", detail: format!("Opening failed: {error}."), offset: 0 }),
        From::Stdin(head) => Ok(Source::Stream(Box::new(std::io::Cursor::new(head.clone()).chain(std::io::stdin())))),
    }
}
