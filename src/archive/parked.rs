//! Members of compressed archives: one decoder passes from member to member.
//!
//! ```text
//!  archive   | a | b | c |          a is read to its end ──► its decoder is parked at the end of a
//!                                   b is opened          ──► it takes that decoder over and goes on
//!                                   a once more          ──► none stands before it: a new one from the start
//! ```
//!
//! Members that are opened in the order of the archive cost one decoding of it. At most [`MAX_PARKED`] decoders wait,
//! the longest waiting one is dropped.

use super::{Compression, Member, Unpacked};
use crate::error::CaptureError;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Decoders that wait, at most: each may hold a window of 128 MiB, though few hold more than 8.
const MAX_PARKED: usize = 4;

/// The decoders that wait.
#[derive(Clone, Default)]
pub struct Parked(Arc<Mutex<Vec<Place>>>);

/// A decoder of an archive and how many bytes it gave.
struct Place {
    archive: PathBuf,
    compression: Compression,
    stream: Unpacked,
    at: u64,
}

impl Parked {
    /// The bytes of a member of an archive that is compressed so.
    ///
    /// # Errors
    ///
    /// Where the archive cannot be opened.
    pub fn open(&self, member: &Member, compression: Compression) -> io::Result<Box<dyn Read + Send>> {
        let place = match self.take(member) {
            Some(place) => place,
            None => {
                let stream = Unpacked::new(compression, Box::new(File::open(&member.archive)?))?;
                Place { archive: member.archive.clone(), compression, stream, at: 0 }
            }
        };
        let end = member.offset.saturating_add(member.size);
        Ok(Box::new(Bytes { parked: self.clone(), place: Some(place), start: member.offset, end }))
    }

    /// The decoder that stands nearest before the member.
    fn take(&self, member: &Member) -> Option<Place> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits =
            |place: &Place| place.archive == member.archive && Some(place.compression) == member.packing && place.at <= member.offset;
        let nearest = (0..places.len()).filter(|i| fits(&places[*i])).max_by_key(|i| places[*i].at)?;
        Some(places.remove(nearest))
    }
}

/// The bytes of one member.
struct Bytes {
    parked: Parked,
    /// None once it failed.
    place: Option<Place>,
    start: u64,
    end: u64,
}

impl Bytes {
    fn take(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let Some(place) = &mut self.place else { return Ok(0) };
        let mut passed = [0; 8 << 10];
        while place.at < self.start {
            let step = (self.start - place.at).min(passed.len() as u64) as usize;
            match place.stream.read(&mut passed[..step])? {
                0 => return Ok(0),
                count => place.at += count as u64,
            }
        }
        let room = usize::try_from(self.end - place.at).unwrap_or(usize::MAX).min(bytes.len());
        let count = place.stream.read(&mut bytes[..room])?;
        place.at += count as u64;
        Ok(count)
    }
}

impl Read for Bytes {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.take(bytes).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            let at = self.place.take().map_or(0, |place| place.at.saturating_sub(self.start));
            // The stream counts in the archive, the capture in itself.
            match error.downcast::<CaptureError>() {
                Ok(own) => io::Error::other(CaptureError { offset: at, ..own }),
                Err(error) => error,
            }
        })
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            let mut places = self.parked.0.lock().unwrap_or_else(PoisonError::into_inner);
            if places.len() >= MAX_PARKED {
                places.remove(0);
            }
            places.push(place);
        }
    }
}
