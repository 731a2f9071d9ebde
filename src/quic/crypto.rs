//! The handshake bytes of one side: CRYPTO frames in any order to messages.

use crate::flow::Carrier;
use crate::tls::span::Span;

/// Bytes of a side's handshake in Initial packets that are kept: a ClientHello with post-quantum shares has 2 kB.
const MAX_BYTES: usize = 64 << 10;
/// Pieces of it that are kept.
const MAX_PIECES: usize = 512;
/// Bytes of a handshake header: type 1, length 3.
const HEADER: usize = 4;

/// The bytes of a side.
#[derive(Debug, Default)]
pub struct Crypto {
    bytes: Vec<u8>,
    /// What is there, sorted and apart; of bytes that came twice the first.
    pieces: Vec<Piece>,
    /// Where the next message begins.
    next: usize,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    carrier: Carrier,
    /// Where its frame lies in the datagram.
    at: u32,
    len: u32,
}

/// A message that is whole.
#[derive(Debug)]
pub struct Whole<'a> {
    /// HandshakeType.
    pub kind: u8,
    /// The body.
    pub body: &'a [u8],
    /// Where it lies.
    pub span: Span,
}

impl Crypto {
    /// Takes the bytes of a frame that lies at `at`, `len` bytes long, in the carrier's payload. Gives whether any is new.
    pub fn take(&mut self, offset: u64, bytes: &[u8], carrier: Carrier, at: u32, len: u32) -> bool {
        let Some(start) = usize::try_from(offset).ok().filter(|start| start.saturating_add(bytes.len()) <= MAX_BYTES) else { return false };
        let end = start + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        let mut from = start;
        let mut index = self.pieces.partition_point(|piece| piece.end <= start);
        let mut new = false;
        while from < end && self.pieces.len() < MAX_PIECES {
            let held = self.pieces.get(index).filter(|piece| piece.start < end).copied();
            let until = held.map_or(end, |piece| piece.start);
            if from < until {
                self.bytes[from..until].copy_from_slice(&bytes[from - start..until - start]);
                self.pieces.insert(index, Piece { start: from, end: until, carrier, at, len });
                index += 1;
                new = true;
            }
            from = held.map_or(end, |piece| piece.end);
            index += 1;
        }
        new
    }

    /// Hands out the next message, once it is whole.
    pub fn message(&mut self) -> Option<Whole<'_>> {
        let header = self.bytes.get(self.next..self.next + HEADER)?;
        let (kind, len) = (header[0], u32::from_be_bytes([0, header[1], header[2], header[3]]) as usize);
        let (start, end) = (self.next, self.next + HEADER + len);
        if self.contiguous(start) < end {
            return None;
        }
        let span = self.span(start, end);
        self.next = end;
        Some(Whole { kind, body: &self.bytes[start + HEADER..end], span })
    }

    /// What is there of a message that is not whole: its type, if that is known, and where it lies.
    pub fn rest(&self) -> Option<(Option<u8>, Span)> {
        let pieces = self.pieces.iter().any(|piece| piece.end > self.next);
        pieces.then(|| ((self.contiguous(self.next) > self.next).then(|| self.bytes[self.next]), self.span(self.next, self.bytes.len())))
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
            assert_eq!((whole.kind, whole.body), (1, &message[4..]));
            assert_eq!((whole.span.bytes(), whole.span.records, whole.span.segments), (30, 5, 3));
            assert!(crypto.message().is_none() && crypto.rest().is_none());
        }
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
