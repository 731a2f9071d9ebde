//! IP fragments (RFC 791 section 3.2, RFC 8200 section 4.5) to the packets that were cut.
//!
//! ```text
//!  parts in any order   | 0 ... 975 |      | 976 ... 1459, last |
//!  held                 [ piece     ][ hole ][ piece            ] total 1460 known, complete when no hole is left
//! ```
//!
//! Where parts overlap the first bytes win, and it is noted. A packet is whole with the frame that fills its last hole:
//! that frame's number and time are its own. It must see the parts of a series in capture order; then what it gives depends on
//! nothing else. Bounds: 30 s of packet time (RFC 1122 section 3.3.2 has at least 60 s for the receiver, Linux waits 30), 4,096
//! packets, 256 pieces each, 8 MiB. What they cost is in the ledger.

use super::layers::{Layers, Next, follow};
use super::{Address, Found, Fragment, Tunnel, Wrap, ip};
use crate::capture::{Frame, LinkType};
use crate::ledger::{Layer, Ledger, Place, Reason};
use crate::time::{SECOND, Span, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// How long parts wait for the others, in packet time.
const PATIENCE: Span = Span(30 * SECOND);
/// Packets that wait.
const MAX_PACKETS: usize = 4096;
/// Pieces of one packet.
const MAX_PIECES: usize = 256;
/// Bytes that wait.
const MAX_HELD: usize = 8 << 20;
/// The longest packet.
const MAX_LEN: u32 = 65_535;

/// What the parts of a packet share. IPv6 has no protocol among it: 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    source: Address,
    destination: Address,
    tunnel: Tunnel,
    id: u32,
    protocol: u8,
}

/// Bytes of a packet; `end` is one past the last one on the wire, beyond the bytes where the snap length cut them.
#[derive(Debug)]
struct Piece {
    start: u32,
    end: u32,
    bytes: Box<[u8]>,
}

/// A packet of which parts are missing.
#[derive(Debug)]
struct Waiting {
    key: Key,
    since: Timestamp,
    place: Place,
    /// By place, without overlaps.
    pieces: Vec<Piece>,
    /// Header and wrapping of the part that begins it.
    first: Option<(ip::Packet, Wrap)>,
    total: Option<u32>,
    /// Parts that brought something.
    parts: u16,
}

/// A packet that was put together.
#[derive(Debug)]
pub struct Whole {
    packet: ip::Packet,
    wrap: Wrap,
    /// Captured bytes, up to the first one that was not.
    pub bytes: Vec<u8>,
    /// Its length on the wire, without the IP header.
    pub wire_len: u32,
    time: Timestamp,
    frame: u64,
}

impl Whole {
    /// Reads on behind the IP header; offsets count in [`Whole::bytes`].
    pub fn dissect(&self, out: &mut dyn FnMut(Found)) {
        let frame = Frame {
            number: self.frame,
            time: self.time,
            link: LinkType(0),
            wire_len: self.bytes.len() as u32,
            offset: 0,
            bytes: &self.bytes,
        };
        let mut layers = Layers::new(&self.bytes, self.wire_len as usize, self.wrap);
        layers.ip = Some(ip::Packet { fragment: None, zero_length: false, ..self.packet });
        follow(&frame, layers, Next::Protocol(self.packet.protocol), out);
    }
}

/// The parts of a series that wait for others.
#[derive(Debug, Default)]
pub struct Defragmenter {
    /// By age: the number that they got when their first part came.
    waiting: BTreeMap<u64, Waiting>,
    numbers: HashMap<Key, u64>,
    next: u64,
    held: usize,
}

impl Defragmenter {
    /// Takes a part with its captured bytes; gives the packet that it completes.
    pub fn take(&mut self, fragment: &Fragment, bytes: &[u8], place: Place, ledger: &mut Ledger) -> Option<Whole> {
        self.expire(fragment.time, ledger);
        let (part, packet) = (fragment.part, &fragment.packet);
        let end = part.offset.saturating_add(packet.wire_len as u32);
        let bad = if end > MAX_LEN {
            Some("fragment_too_long")
        } else if end == part.offset || (part.more && end % 8 != 0) {
            Some("bad_fragment_length")
        } else {
            None
        };
        if let Some(word) = bad {
            ledger.note(Layer::Ip, Reason::of(word), packet.wire_len as u64, place);
            return None;
        }
        let protocol = if packet.version == 4 { packet.protocol } else { 0 };
        let key = Key { source: packet.source, destination: packet.destination, tunnel: fragment.wrap.key, id: part.id, protocol };
        let number = *self.numbers.entry(key).or_insert(self.next);
        if number == self.next {
            self.next += 1;
        }
        let waiting = self.waiting.entry(number).or_insert_with(|| Waiting {
            key,
            since: fragment.time,
            place,
            pieces: Vec::new(),
            first: None,
            total: None,
            parts: 0,
        });
        if part.offset == 0 && waiting.first.is_none() {
            waiting.first = Some((*packet, fragment.wrap));
        }
        if !part.more && waiting.total.is_none() {
            waiting.total = Some(end);
        }
        let (added, overlapped) = waiting.insert(part.offset, end, bytes);
        self.held += added;
        if overlapped > 0 {
            ledger.note(Layer::Ip, Reason::of("fragment_overlap"), u64::from(overlapped), place);
        }
        // An IP packet in a fragment may itself have come in fragments.
        waiting.parts = waiting.parts.saturating_add(if overlapped < end - part.offset { fragment.wrap.fragments.max(1) } else { 0 });
        let (too_many, complete) = (waiting.pieces.len() > MAX_PIECES, waiting.is_complete());
        if complete {
            return self.remove(number).and_then(|waiting| waiting.join(fragment));
        }
        if too_many {
            self.give_up(number, "fragment_bound", ledger);
        }
        while self.waiting.len() > MAX_PACKETS || self.held > MAX_HELD {
            let Some(oldest) = self.waiting.keys().next().copied() else { break };
            self.give_up(oldest, "fragment_bound", ledger);
        }
        None
    }

    /// Gives up all: nothing more will come.
    pub fn finish(&mut self, ledger: &mut Ledger) {
        while let Some(oldest) = self.waiting.keys().next().copied() {
            self.give_up(oldest, "fragment_incomplete", ledger);
        }
    }

    /// Gives up the oldest ones that have waited for too long.
    fn expire(&mut self, now: Timestamp, ledger: &mut Ledger) {
        while let Some((number, oldest)) = self.waiting.first_key_value() {
            if now.since(oldest.since) <= PATIENCE {
                return;
            }
            self.give_up(*number, "fragment_incomplete", ledger);
        }
    }

    fn give_up(&mut self, number: u64, word: &'static str, ledger: &mut Ledger) {
        if let Some(waiting) = self.remove(number) {
            let bytes = waiting.pieces.iter().map(|piece| u64::from(piece.end - piece.start)).sum();
            ledger.note(Layer::Ip, Reason::of(word), bytes, waiting.place);
        }
    }

    fn remove(&mut self, number: u64) -> Option<Waiting> {
        let waiting = self.waiting.remove(&number)?;
        self.numbers.remove(&waiting.key);
        self.held -= waiting.pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>();
        Some(waiting)
    }
}

impl Waiting {
    /// Adds what is not there yet. Gives the bytes that were added, and how many on the wire were there already.
    fn insert(&mut self, start: u32, end: u32, bytes: &[u8]) -> (usize, u32) {
        let (mut added, mut overlapped, mut at) = (0, 0, start);
        let mut index = self.pieces.partition_point(|piece| piece.end <= start);
        while at < end {
            let next = self.pieces.get(index).filter(|piece| piece.start < end).map(|piece| (piece.start, piece.end));
            let (until, behind) = next.unwrap_or((end, end));
            if at < until {
                let from = ((at - start) as usize).min(bytes.len());
                let to = ((until - start) as usize).min(bytes.len());
                self.pieces.insert(index, Piece { start: at, end: until, bytes: bytes[from..to].into() });
                added += to - from;
                index += 1;
            }
            overlapped += behind.min(end) - until.max(at).min(behind);
            at = behind.max(at);
            index += 1;
        }
        (added, overlapped)
    }

    fn is_complete(&self) -> bool {
        let mut at = 0;
        let contiguous = self.pieces.iter().all(|piece| std::mem::replace(&mut at, piece.end) == piece.start);
        contiguous && self.first.is_some() && self.total.is_some_and(|total| at >= total)
    }

    fn join(self, last: &Fragment) -> Option<Whole> {
        let (packet, mut wrap) = self.first?;
        let wire_len = self.total?;
        let mut bytes = Vec::with_capacity(wire_len as usize);
        for piece in &self.pieces {
            bytes.extend_from_slice(&piece.bytes);
            if bytes.len() < piece.end as usize {
                break;
            }
        }
        bytes.truncate(wire_len as usize);
        wrap.fragments = self.parts;
        Some(Whole { packet, wrap, bytes, wire_len, time: last.time, frame: last.frame })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::tests::{all, ip4, tcp};

    /// IPv4 parts of one packet: place, length, whether others follow.
    fn part(id: u8, whole: &[u8], from: usize, to: usize, more: bool) -> Vec<u8> {
        let mut bytes = ip4(6, &whole[from..to]);
        (bytes[4], bytes[5]) = (0, id);
        (bytes[6], bytes[7]) = (((from / 8) >> 8) as u8 | u8::from(more) << 5, (from / 8) as u8);
        bytes
    }

    #[derive(Default)]
    struct Bench {
        defragmenter: Defragmenter,
        ledger: Ledger,
        frames: u64,
    }

    impl Bench {
        fn take(&mut self, bytes: &[u8], captured: usize, second: i64) -> Option<Whole> {
            let found = all(228, bytes);
            let [Found::Fragment(mut fragment)] = found[..] else { panic!("{found:?}") };
            self.frames += 1;
            (fragment.time, fragment.frame) = (Timestamp(second * SECOND), self.frames);
            let place = Place { capture: 0, frame: self.frames, offset: 0 };
            let data = &bytes[fragment.at as usize..captured.min(bytes.len())];
            self.defragmenter.take(&fragment, data, place, &mut self.ledger)
        }

        fn losses(&mut self) -> Vec<(String, u64, u64)> {
            let ledger = std::mem::take(&mut self.ledger);
            ledger.losses().map(|(_, reason, loss)| (reason.text(), loss.count, loss.bytes)).collect()
        }
    }

    /// A segment of 40 bytes: 20 of header, 20 of payload.
    fn segment() -> Vec<u8> {
        [&tcp()[..20], b"abcdefghijklmnopqrst"].concat()
    }

    #[test]
    fn every_order_gives_the_same_packet() {
        let cuts = [(0, 8, true), (8, 16, true), (16, 32, true), (32, 40, false)];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let mut bench = Bench::default();
            let wholes: Vec<Whole> = order
                .iter()
                .filter_map(|index| {
                    let (from, to, more) = cuts[*index];
                    bench.take(&part(7, &segment(), from, to, more), usize::MAX, 0)
                })
                .collect();
            let [whole] = &wholes[..] else { panic!("{order:?}") };
            assert_eq!((&whole.bytes, whole.wire_len, whole.frame), (&segment(), 40, 4));
            whole.dissect(&mut |found| {
                let Found::Segment(segment, _) = found else { panic!("{found:?}") };
                assert_eq!(
                    (segment.payload_at, segment.payload_len, segment.wire_len, segment.fragments, segment.frame),
                    (20, 20, 20, 4, 4)
                );
            });
            assert_eq!((bench.defragmenter.held, bench.defragmenter.waiting.len(), bench.losses()), (0, 0, vec![]));
        }
    }

    #[test]
    fn the_first_bytes_win() {
        let mut bench = Bench::default();
        let (whole, other) = (segment(), vec![b'X'; 40]);
        assert!(bench.take(&part(7, &whole, 16, 24, true), usize::MAX, 0).is_none());
        assert!(bench.take(&part(7, &whole, 0, 8, true), usize::MAX, 0).is_none());
        assert!(bench.take(&part(7, &whole, 0, 8, true), usize::MAX, 0).is_none());
        let last = bench.take(&part(7, &other, 8, 40, false), usize::MAX, 0).unwrap();
        let expected = [&whole[..8], &other[8..16], &whole[16..24], &other[24..]].concat();
        assert_eq!((last.bytes, last.wrap.fragments), (expected, 3));
        assert_eq!(bench.losses(), [("fragment_overlap".to_owned(), 2, 16)]);
    }

    #[test]
    fn what_the_snap_length_cut_ends_the_bytes() {
        let mut bench = Bench::default();
        assert!(bench.take(&part(7, &segment(), 0, 24, true), usize::MAX, 0).is_none());
        let whole = bench.take(&part(7, &segment(), 24, 40, false), 20 + 6, 0).unwrap();
        assert_eq!((whole.bytes.len(), whole.wire_len), (30, 40));
        whole.dissect(&mut |found| {
            let Found::Segment(segment, _) = found else { panic!("{found:?}") };
            assert_eq!((segment.payload_len, segment.wire_len), (10, 20));
        });
    }

    #[test]
    fn bounds_are_noted() {
        let mut bench = Bench::default();
        assert!(bench.take(&part(1, &segment(), 0, 8, true), usize::MAX, 0).is_none());
        assert!(bench.take(&part(2, &segment(), 0, 8, true), usize::MAX, 31).is_none());
        assert_eq!(bench.losses(), [("fragment_incomplete".to_owned(), 1, 8)]);
        assert!(bench.take(&part(2, &segment(), 8, 17, true), usize::MAX, 31).is_none());
        assert_eq!(bench.losses(), [("bad_fragment_length".to_owned(), 1, 9)]);
        let long = vec![0; 65_600];
        assert!(bench.take(&part(2, &long, 65_520, 65_544, true), usize::MAX, 31).is_none());
        assert_eq!(bench.losses(), [("fragment_too_long".to_owned(), 1, 24)]);
        for index in 0..MAX_PIECES {
            let from = 16 + index * 16;
            bench.take(&part(2, &long, from, from + 8, true), usize::MAX, 31);
        }
        assert_eq!((bench.losses(), bench.defragmenter.held), (vec![("fragment_bound".to_owned(), 1, 8 * 257)], 0));
        bench.take(&part(3, &segment(), 0, 8, true), usize::MAX, 31);
        bench.defragmenter.finish(&mut bench.ledger);
        assert_eq!(bench.losses(), [("fragment_incomplete".to_owned(), 1, 8)]);
    }
}
