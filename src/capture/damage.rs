//! Stretches of bytes that hold no readable record.
//!
//! ```text
//!  | rec | rec | ?????????????????? | rec | ...
//!              ^ begin              ^ close: one item with the first reason and the sum of the bytes passed over
//! ```
//!
//! A stretch may span several buffers, and several damaged records that follow each other are one stretch.

use super::Item;
use crate::error::CaptureError;

/// The answer of a search for the next record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// A record begins at this place.
    Found(usize),
    /// Nothing up to `passed`; to say more, `need` bytes are needed from there.
    More { passed: usize, need: usize },
    /// Nothing to the end of the file (or of the window that was asked for).
    Nothing,
}

/// Whether a place looks like a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likely {
    Yes,
    No,
    /// It takes this many bytes, counted from the front of the buffer, to say.
    Need(usize),
}

/// How many zeros stand at the front. Files whose room was reserved beforehand may end in gigabytes of them.
pub(super) fn zeros(bytes: &[u8]) -> usize {
    const CHUNK: usize = 64;
    if bytes.first() != Some(&0) {
        return 0;
    }
    let (chunks, _) = bytes.as_chunks::<CHUNK>();
    let whole = chunks.iter().take_while(|chunk| **chunk == [0; CHUNK]).count() * CHUNK;
    whole + bytes[whole..].iter().take_while(|byte| **byte == 0).count()
}

/// The stretch that is open, if one is.
#[derive(Debug, Clone, Default)]
pub(super) struct Damage {
    open: Option<Stretch>,
    /// Bytes passed over in all stretches.
    skipped: u64,
}

#[derive(Debug, Clone)]
struct Stretch {
    error: CaptureError,
    skipped: u64,
}

impl Damage {
    /// Opens a stretch; where one is open already, its first reason stands.
    pub(super) fn begin(&mut self, error: CaptureError) {
        self.open.get_or_insert(Stretch { error, skipped: 0 });
    }

    /// Counts bytes as passed over.
    pub(super) fn skip(&mut self, bytes: usize) {
        if let Some(stretch) = &mut self.open {
            stretch.skipped += bytes as u64;
            self.skipped += bytes as u64;
        }
    }

    /// Bytes passed over so far, in all stretches of the file.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Ends the stretch, if one is open, and reports it.
    #[inline(always)]
    pub(super) fn close<'b>(&mut self, sink: &mut impl FnMut(Item<'b>)) {
        if self.open.is_some()
            && let Some(Stretch { error, skipped }) = self.open.take()
        {
            sink(Item::Damage { error, skipped });
        }
    }
}
