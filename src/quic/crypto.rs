//! The handshake bytes of one side: CRYPTO frames in any order to messages.
//!
//! ```text
//!  the side's handshake   0 ....... a ....... b ....... c ....... d        offsets of pieces, sorted and apart
//!  held                   [ b..c | 0..a | c..d ]                           their bytes, as they came
//! ```
//! What is held grows with what was received, not with the offsets that frames name.

use crate::flow::Carrier;
use crate::tls::span::Span;

/// Bytes of a side's handshake in Initial packets that are kept: a ClientHello with post-quantum shares has 2 kB.
const MAX_BYTES: usize = 64 << 10;
/// Pieces of it that are kept.
const MAX_PIECES: usize = 256;
/// Bytes of a handshake header: type 1, length 3.
const HEADER: usize = 4;

/// The bytes of a side.
#[derive(Debug, Default)]
pub struct Crypto {
    /// Bytes of the pieces, in the order they came; none once all are handed out.
    held: Vec<u8>,
    /// What is there, sorted and apart; of bytes that came twice the first.
    pieces: Vec<Piece>,
    /// Where the next message begins.
    next: usize,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    /// Where its bytes begin in [`Crypto::held`].
    held: usize,
    carrier: Carrier,
    /// Where its frame lies in the datagram.
    at: u32,
    len: u32,
}

/// A message that is whole.
#[derive(Debug)]
pub struct Whole {
    /// HandshakeType.
    pub kind: u8,
    /// The body.
    pub body: Vec<u8>,
    /// Where it lies.
    pub span: Span,
}

impl Crypto {
    /// Takes the bytes of a frame that lies at `at`, `len` bytes long, in the carrier's payload. Gives whether any is new.
    pub fn take(&mut self, offset: u64, bytes: &[u8], carrier: Carrier, at: u32, len: u32) -> bool {
        let Some(start) = usize::try_from(offset).ok().filter(|start| start.saturating_add(bytes.len()) <= MAX_BYTES) else { return false };
        let end = start + bytes.len();
        let mut from = start;
        let mut index = self.pieces.partition_point(|piece| piece.end <= start);
        let mut new = false;
        while from < end && self.pieces.len() < MAX_PIECES {
            let held = self.pieces.get(index).filter(|piece| piece.start < end).copied();
            let until = held.map_or(end, |piece| piece.start);
            if from < until {
                self.pieces.insert(index, Piece { start: from, end: until, held: self.held.len(), carrier, at, len });
                self.held.extend(&bytes[from - start..until - start]);
                index += 1;
                new = true;
            }
            from = held.map_or(end, |piece| piece.end);
            index += 1;
        }
        new
    }

    /// Bytes that it holds.
    pub fn held(&self) -> usize {
        self.held.capacity() + self.pieces.capacity() * size_of::<Piece>()
    }

    /// Bytes of the side's handshake that were received.
    pub fn received(&self) -> usize {
        self.pieces.iter().map(|piece| piece.end - piece.start).sum()
    }

    /// Hands out the next message, once it is whole.
    pub fn message(&mut self) -> Option<Whole> {
        let start = self.next;
        let there = self.contiguous(start);
        let header = self.bytes(start, there.min(start + HEADER));
        let [kind, rest @ ..] = <[u8; HEADER]>::try_from(header).ok()?;
        let len = rest.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
        let end = start + HEADER + len;
        if there < end {
            return None;
        }
        let (span, body) = (self.span(start, end), self.bytes(start + HEADER, end));
        self.next = end;
        if self.end() <= end {
            // Where the pieces lay is still wanted, to know copies by.
            self.held = Vec::new();
        }
        Some(Whole { kind, body, span })
    }

    /// What is there of a message that is not whole: its type, if that is known, and where it lies.
    pub fn rest(&self) -> Option<(Option<u8>, Span)> {
        (self.end() > self.next).then(|| {
            let kind = self.bytes(self.next, self.contiguous(self.next).min(self.next + 1)).first().copied();
            (kind, self.span(self.next, self.end()))
        })
    }

    fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.end)
    }

    /// Bytes between two offsets; all of them must be there.
    fn bytes(&self, start: usize, end: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(end - start);
        for piece in self.pieces.iter().filter(|piece| piece.end > start && piece.start < end) {
            let (from, until) = (piece.start.max(start) - piece.start, piece.end.min(end) - piece.start);
            bytes.extend(self.held.get(piece.held + from..piece.held + until).unwrap_or_default());
        }
        bytes
    }

    /// How far the bytes go on from `start` without a hole.
    fn contiguous(&self, start: usize) -> usize {
        self.pieces
            .iter()
            .filter(|piece| piece.end > start)
            .fold(start, |end, piece| if piece.start <= end { end.max(piece.end) } else { end })
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let mut pieces: Vec<_> = self.pieces.iter().filter(|piece| piece.start < end && piece.end > start).collect();
        // Each datagram is counted once, whatever the order of the frames in it.
        pieces.sort_by_key(|piece| piece.carrier.id);
        let mut span = Span::default();
        for piece in pieces {
            span.record();
            span.carry(piece.carrier, piece.at, piece.len);
            span.extend(start as u64, (piece.end.min(end) - piece.start.max(start)) as u64);
        }
        span.end = end as u64;
        span
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier(id: u64) -> Carrier {
        Carrier { id, len: 1200, ..Carrier::default() }
    }

    /// A message of 30 bytes in frames of 7, in every order of the frames, each twice.
    #[test]
    fn frames_in_any_order() {
        let message: Vec<u8> = [1, 0, 0, 26].into_iter().chain(0..26).collect();
        let frames: Vec<_> = message.chunks(7).enumerate().map(|(index, bytes)| (index as u64 * 7, bytes)).collect();
        let mut order: Vec<usize> = (0..frames.len()).collect();
        for turn in 0..120usize {
            let mut rest = turn;
            for index in (1..order.len()).rev() {
                order.swap(index, rest % (index + 1));
                rest /= index + 1;
            }
            let mut crypto = Crypto::default();
            for (count, index) in order.iter().enumerate() {
                assert!(crypto.message().is_none());
                let (offset, bytes) = frames[*index];
                assert!(crypto.take(offset, bytes, carrier(count as u64 / 2), 50, 9));
                assert!(!crypto.take(offset, bytes, carrier(9), 50, 9));
            }
            let whole = crypto.message().unwrap();
            assert_eq!((whole.kind, &whole.body[..]), (1, &message[4..]));
            assert_eq!((whole.span.bytes(), whole.span.records, whole.span.segments), (30, 5, 3));
            assert!(crypto.message().is_none() && crypto.rest().is_none());
        }
    }

    /// A frame takes as many bytes as it has, however far away it says that they belong; and none once its message is out.
    #[test]
    fn what_is_held_was_received() {
        let mut crypto = Crypto::default();
        assert!(crypto.take(MAX_BYTES as u64 - 3, &[1, 2, 3], carrier(1), 0, 9));
        assert_eq!((crypto.held.len(), crypto.held.capacity() < 100), (3, true));
        let mut crypto = Crypto::default();
        assert!(crypto.take(4, &[7; 1000], carrier(1), 0, 1004));
        assert!(crypto.take(0, &[2, 0, 3, 232], carrier(2), 0, 8));
        assert_eq!(crypto.message().unwrap().body, [7; 1000]);
        assert_eq!(crypto.held.capacity(), 0);
        assert!(!crypto.take(4, &[7; 1000], carrier(3), 0, 1004));
        assert!(crypto.take(1004, &[8, 0, 0, 1, 5], carrier(4), 0, 9));
        let next = crypto.message().unwrap();
        assert_eq!((next.kind, &next.body[..]), (8, &[5][..]));
    }

    #[test]
    fn what_is_too_far_is_not_kept() {
        let mut crypto = Crypto::default();
        assert!(!crypto.take(u64::MAX, &[1], carrier(1), 0, 1));
        assert!(!crypto.take(MAX_BYTES as u64, &[1], carrier(1), 0, 1));
        for index in 0..2000 {
            crypto.take(index * 2, &[1], carrier(1), 0, 1);
        }
        assert_eq!(crypto.pieces.len(), MAX_PIECES);
        assert!(crypto.message().is_none());
        assert_eq!(crypto.rest().unwrap().0, Some(1));
    }
}
