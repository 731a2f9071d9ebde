//! What putting the bytes of a direction in order needs: marks, and the runs of bytes that wait behind a hole, by offset and without
//! overlaps.
//!
//! ```text
//!  held        |####|    |#######|     |##|
//!  a piece        |==================|          the first bytes that were captured win
//!  held then   |####|====|#######|===| |##|
//! ```

use super::Carrier;
use crate::time::Timestamp;

/// What putting bytes in order needs.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    /// One past the highest byte seen.
    pub high: u64,
    /// When the segment that made it so came.
    pub high_time: Timestamp,
    /// One past the highest byte that the receiver acknowledged.
    pub acknowledged: u64,
    /// What waits behind a hole.
    pub held: Vec<Held>,
    /// Captured bytes of it.
    pub held_bytes: usize,
    /// Segments since the first hole was acknowledged.
    pub waited: u8,
}

/// Captured bytes behind a hole.
#[derive(Debug)]
pub(super) struct Held {
    pub offset: u64,
    pub bytes: Box<[u8]>,
    /// Bytes behind them that the snap length cut.
    cut: u32,
    carrier: Carrier,
    at: u32,
}

/// A run of bytes of one segment, `end` counting those that the snap length cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'b> {
    pub offset: u64,
    pub bytes: &'b [u8],
    pub end: u64,
    pub carrier: Carrier,
    pub at: u32,
}

impl Reassembly {
    /// Puts a piece among what is held, without the parts that are held already. Of such parts: how many differ from what came
    /// first; none where there are no such parts.
    pub fn hold(&mut self, piece: Piece<'_>) -> Option<u32> {
        let mut rest = piece;
        let mut conflicts = None;
        let mut index = self.held.partition_point(|held| held.end() <= rest.offset);
        while rest.offset < rest.end {
            let Some(held) = self.held.get(index).filter(|held| held.offset < rest.end) else {
                self.insert(index, rest);
                break;
            };
            let (held_start, held_end) = (held.offset, held.end());
            let shared = rest.offset.max(held_start);
            let conflict = match (held.bytes_at(shared), rest.bytes_at(shared)) {
                (Some(ours), Some(theirs)) => {
                    let len = ours.len().min(theirs.len());
                    ours[..len] != theirs[..len]
                }
                _ => false,
            };
            *conflicts.get_or_insert(0) += u32::from(conflict);
            if rest.offset < held_start {
                self.insert(index, rest.until(held_start));
                index += 1;
            }
            rest = rest.from(held_end);
            index += 1;
        }
        conflicts
    }

    fn insert(&mut self, index: usize, piece: Piece<'_>) {
        let cut = (piece.end - piece.offset - piece.bytes.len() as u64) as u32;
        self.held_bytes += piece.bytes.len();
        self.held.insert(index, Held { offset: piece.offset, bytes: piece.bytes.into(), cut, carrier: piece.carrier, at: piece.at });
    }
}

impl Held {
    /// One past its last byte, cut ones included.
    pub fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64 + u64::from(self.cut)
    }

    /// As it came.
    pub fn piece(&self) -> Piece<'_> {
        Piece { offset: self.offset, bytes: &self.bytes, end: self.end(), carrier: self.carrier, at: self.at }
    }

    fn bytes_at(&self, offset: u64) -> Option<&[u8]> {
        self.bytes.get((offset.checked_sub(self.offset)?) as usize..)
    }
}

impl<'b> Piece<'b> {
    /// The part before `offset`.
    fn until(self, offset: u64) -> Self {
        let len = ((offset - self.offset) as usize).min(self.bytes.len());
        Piece { bytes: &self.bytes[..len], end: offset.min(self.end), ..self }
    }

    /// The part from `offset` on.
    fn from(self, offset: u64) -> Self {
        let skip = offset.saturating_sub(self.offset).min(self.end - self.offset);
        let bytes = self.bytes.get(skip as usize..).unwrap_or_default();
        Piece { offset: self.offset + skip, bytes, at: self.at + skip as u32, ..self }
    }

    fn bytes_at(&self, offset: u64) -> Option<&'b [u8]> {
        self.bytes.get((offset.checked_sub(self.offset)?) as usize..)
    }
}
