//! One direction of a connection: segments in any order to bytes in order.
//!
//! ```text
//!  offset   0          next            held[0]      held[1]          high
//!           |delivered |   hole        |#######|    |########|        |
//!                      ^ a segment here is delivered, then what it touches is drained
//! ```
//!
//! The first bytes that were captured win; later copies are counted, and those that differ are conflicts. A hole is
//! declared lost, and the reader told, when the receiver has acknowledged it and nothing more came for it, when more
//! is held than the bound allows, or at the end.

use super::held::{Held, Piece, Reassembly};
use super::{Carrier, Chunk, FramePlace, Gap, Reader, Side};
use crate::time::{Span, Timestamp};

/// Bytes held back in one direction, at most, while a hole is open.
pub const MAX_HELD: usize = 256 << 10;
/// Segments held back in one direction, at most.
const MAX_HELD_SEGMENTS: usize = 512;
/// Segments that may pass after a hole was acknowledged before it counts as lost by the capture.
const PATIENCE: u8 = 16;
/// How far ahead of the next byte a segment may be: the largest window there is (RFC 7323 section 2.3).
const MAX_WINDOW: i64 = 1 << 30;
/// A segment that fills a hole sooner than this is taken for reordered, later for a retransmission (nanoseconds).
const REORDERING: Span = Span(3_000_000);

/// State and counts of one direction, in as much as a cache line holds. Flows that nobody reads are many, and most are in order: what
/// reading needs, and what went wrong, are apart.
#[derive(Debug, Default)]
pub struct Direction {
    /// Sequence number of the byte at offset 0; set by the first packet.
    base: Option<u32>,
    /// The MSS that the sender announced.
    pub mss: Option<u16>,
    /// Offset of the next byte in order.
    next: u64,
    /// Packets sent.
    pub packets: u64,
    /// Segments with payload.
    pub segments: u64,
    /// Payload bytes on the wire, copies included.
    pub bytes: u64,
    anomalies: Option<Box<Anomalies>>,
    reassembly: Option<Box<Reassembly>>,
}

/// What did not come once, whole and in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Anomalies {
    /// Bytes that the capture does not hold.
    pub gap_bytes: u64,
    /// Copies of bytes already seen, and late fillers of holes.
    pub retransmissions: u32,
    /// Segments that came after one that follows them.
    pub out_of_order: u32,
    /// Segments that overlap others in part.
    pub overlaps: u32,
    /// Segments that no window allows, which were passed over: stale ones, or forged.
    pub out_of_window: u32,
    /// Of the copies that could be compared, those that differ from the first.
    pub conflicts: u32,
    /// Frames that hold a packet that another one held before.
    pub duplicates: u32,
}

/// A segment's payload on its way into a direction.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'b> {
    /// Sequence number of its first byte.
    pub seq: u32,
    /// What was captured of it.
    pub bytes: &'b [u8],
    /// Its length on the wire.
    pub wire_len: u32,
    /// Its frame.
    pub place: FramePlace,
    /// When it was captured.
    pub time: Timestamp,
    /// The MSS that its receiver announced; 0 where it is not known.
    pub mss: u16,
    /// The IP fragments that it came in; 0 where it was whole.
    pub fragments: u16,
}

impl Direction {
    /// Whether the direction's sequence numbers are known and `seq` is another initial one.
    pub fn starts_elsewhere(&self, syn_seq: u32) -> bool {
        self.base.is_some_and(|base| base != syn_seq.wrapping_add(1))
    }

    /// The sequence number of the first byte.
    pub fn base(&self) -> Option<u32> {
        self.base
    }

    /// Learns the sequence number of the first byte: of a SYN the one after it, else that of the first packet seen.
    pub fn anchor(&mut self, first_byte: u32) {
        if self.base.is_none() {
            self.base = Some(first_byte);
        }
    }

    /// Whether a segment with this sequence number is the next one in order.
    pub fn is_next(&self, seq: u32) -> bool {
        self.offset(seq) == self.next as i64
    }

    /// Whether bytes before `seq` are missing, or still to come.
    pub fn lacks(&self, seq: u32) -> bool {
        self.base.is_some() && self.offset(seq) > self.next as i64
    }

    /// Starts over at another sequence number, where nothing was delivered yet.
    pub fn rebase(&mut self, first_byte: u32) {
        if self.next == 0 && self.held_bytes() == 0 {
            self.base = Some(first_byte);
        }
    }

    /// Whether bytes up to the end of such a segment were not seen yet.
    pub fn is_new(&self, seq: u32, len: u32) -> bool {
        let high = self.reassembly.as_ref().map_or(self.next, |reassembly| reassembly.high.max(self.next));
        len > 0 && self.offset(seq) + i64::from(len) > high as i64
    }

    /// Goes back to a segment whose bytes were only counted, as nobody read them: what begins here hides behind nothing.
    /// Whether the direction begins with it, so that nothing stands before.
    pub fn rewind(&mut self, seq: u32) -> bool {
        let start = self.offset(seq);
        if self.reassembly.is_none() && (0..self.next as i64).contains(&start) {
            self.next = start as u64;
        }
        start == 0
    }

    /// What did not come once, whole and in order.
    pub fn anomalies(&self) -> Anomalies {
        self.anomalies.as_deref().copied().unwrap_or_default()
    }

    /// The same, to be added to: only where there is something to add.
    #[cold]
    pub(super) fn anomalies_mut(&mut self) -> &mut Anomalies {
        self.anomalies.get_or_insert_default()
    }

    /// Bytes held back behind holes.
    pub fn held_bytes(&self) -> usize {
        self.reassembly.as_ref().map_or(0, |reassembly| reassembly.held_bytes)
    }

    fn reassembly(&mut self) -> &mut Reassembly {
        let high = self.next;
        self.reassembly.get_or_insert_with(|| Box::new(Reassembly { high, ..Reassembly::default() }))
    }

    /// The stream offset of a sequence number: of the possible ones 2^32 apart the nearest to the next expected byte.
    fn offset(&self, seq: u32) -> i64 {
        let relative = seq.wrapping_sub(self.base.unwrap_or(seq));
        let distance = relative.wrapping_sub(self.next as u32) as i32;
        self.next as i64 + i64::from(distance)
    }

    /// Notes that the receiver has everything before `ack`.
    pub fn acknowledge(&mut self, ack: u32) {
        if self.reassembly.is_some() {
            // An acknowledgement of bytes never seen is a hole of the capture, not yet a reason to skip 2 GiB.
            let offset = self.offset(ack).max(0) as u64;
            let reassembly = self.reassembly();
            reassembly.acknowledged = reassembly.acknowledged.max(offset);
        }
    }

    /// Takes a segment whose content nobody reads: sequence numbers and counts only.
    pub fn count(&mut self, payload: Payload<'_>) {
        let start = self.offset(payload.seq);
        let end = start + i64::from(payload.wire_len);
        self.segments += 1;
        self.bytes += u64::from(payload.wire_len);
        let gap = start - self.next as i64;
        if end <= self.next as i64 {
            if !self.is_keep_alive(start, payload.wire_len) {
                self.anomalies_mut().retransmissions += 1;
            }
        } else if gap > MAX_WINDOW {
            self.anomalies_mut().out_of_window += 1;
        } else {
            if gap < 0 {
                self.anomalies_mut().overlaps += 1;
            } else if gap > 0 {
                self.anomalies_mut().gap_bytes += gap as u64;
            }
            self.next = end as u64;
        }
    }

    /// A keep-alive repeats the last byte, or sends none, just before the next one (RFC 9293 section 3.8.4).
    fn is_keep_alive(&self, start: i64, len: u32) -> bool {
        len <= 1 && start == self.next as i64 - 1
    }

    /// Takes a segment with payload and delivers what is in order by now.
    pub fn take<R: Reader>(&mut self, side: Side, payload: Payload<'_>, bound: usize, reader: &mut R) {
        let start = self.offset(payload.seq);
        let end = start + i64::from(payload.wire_len);
        self.bytes += u64::from(payload.wire_len);
        self.segments += 1;
        if end <= self.next as i64 {
            if !self.is_keep_alive(start, payload.wire_len) {
                self.anomalies_mut().retransmissions += 1;
                reader.retransmitted(side, start.max(0) as u64, end.max(0) as u64);
            }
            return;
        }
        // What the receiver has acknowledged came, however much of it the capture does not hold.
        let acknowledged = self.reassembly.as_ref().map_or(0, |reassembly| reassembly.acknowledged);
        if start - self.next as i64 > MAX_WINDOW && start > acknowledged as i64 {
            self.anomalies_mut().out_of_window += 1;
            return;
        }
        let carrier = Carrier {
            id: self.segments,
            place: payload.place,
            time: payload.time,
            len: payload.wire_len,
            mss: payload.mss,
            fragments: payload.fragments,
        };
        if self.classify(start, end, payload.time) {
            reader.retransmitted(side, start.max(0) as u64, end as u64);
        }
        // Cut off what was delivered already, or lies before the stream's beginning.
        let skip = (self.next as i64 - start).max(0) as usize;
        if skip > 0 {
            self.anomalies_mut().overlaps += 1;
        }
        let piece = Piece {
            offset: (start + skip as i64) as u64,
            bytes: payload.bytes.get(skip..).unwrap_or_default(),
            end: end as u64,
            carrier,
            at: skip as u32,
        };
        if piece.offset == self.next && self.reassembly().held.is_empty() {
            self.pass(side, &piece, reader);
        } else {
            if let Some(conflicts) = self.reassembly().hold(piece) {
                let anomalies = self.anomalies_mut();
                anomalies.overlaps += 1;
                anomalies.conflicts += conflicts;
            }
            self.drain(side, reader);
            self.give_up(side, bound, reader);
        }
    }

    /// Counts a segment that comes after one that follows it, and keeps the high mark. Gives whether the segment is taken
    /// for a retransmission.
    fn classify(&mut self, start: i64, end: i64, time: Timestamp) -> bool {
        let next = self.next as i64;
        let reassembly = self.reassembly();
        let high = reassembly.high as i64;
        let late = end <= high;
        let retransmission = late && time.since(reassembly.high_time) >= REORDERING;
        if end > high {
            (reassembly.high, reassembly.high_time) = (end as u64, time);
        }
        if late {
            let anomalies = self.anomalies_mut();
            anomalies.retransmissions += u32::from(retransmission);
            anomalies.out_of_order += u32::from(!retransmission);
        } else if start < high && start > next {
            self.anomalies_mut().overlaps += 1;
        }
        retransmission
    }

    /// Delivers a piece that is next in order, and the hole that the snap length left at its end.
    fn pass<R: Reader>(&mut self, side: Side, piece: &Piece<'_>, reader: &mut R) {
        if !piece.bytes.is_empty() {
            reader.deliver(Chunk { side, offset: piece.offset, bytes: piece.bytes, carrier: piece.carrier, at: piece.at });
        }
        self.next = piece.offset + piece.bytes.len() as u64;
        self.skip_to(side, piece.end, reader);
    }

    /// Tells the reader that the bytes up to `offset` will not come.
    fn skip_to<R: Reader>(&mut self, side: Side, offset: u64, reader: &mut R) {
        if offset > self.next {
            let len = offset - self.next;
            self.anomalies_mut().gap_bytes += len;
            reader.gap(Gap { side, offset: self.next, len });
            self.next = offset;
        }
    }

    /// Delivers what is held and in order by now.
    fn drain<R: Reader>(&mut self, side: Side, reader: &mut R) {
        let mut next = self.next;
        let reassembly = self.reassembly();
        let in_order = |held: &&Held| {
            let contiguous = held.offset <= next;
            next = next.max(held.end());
            contiguous
        };
        let count = reassembly.held.iter().take_while(in_order).count();
        if count == 0 {
            return;
        }
        reassembly.waited = 0;
        let ready: Vec<Held> = reassembly.held.drain(..count).collect();
        reassembly.held_bytes -= ready.iter().map(|held| held.bytes.len()).sum::<usize>();
        for held in ready {
            self.pass(side, &held.piece(), reader);
        }
    }

    /// Declares the first hole lost, where it has to be.
    fn give_up<R: Reader>(&mut self, side: Side, bound: usize, reader: &mut R) {
        while let Some(first) = self.reassembly().held.first().map(|held| held.offset) {
            let reassembly = self.reassembly();
            reassembly.waited = if reassembly.acknowledged >= first { reassembly.waited.saturating_add(1) } else { 0 };
            let full = reassembly.held_bytes > bound || reassembly.held.len() > MAX_HELD_SEGMENTS;
            if !(full || reassembly.waited > PATIENCE) {
                return;
            }
            self.skip_to(side, first, reader);
            self.drain(side, reader);
        }
    }

    /// Delivers everything that is held, with its holes: nothing more will come.
    pub fn flush<R: Reader>(&mut self, side: Side, reader: &mut R) {
        while let Some(first) = self.reassembly.as_ref().and_then(|reassembly| Some(reassembly.held.first()?.offset)) {
            self.skip_to(side, first, reader);
            self.drain(side, reader);
        }
    }

    /// Forgets what is held: nobody reads it.
    pub fn release(&mut self) {
        if let Some(reassembly) = self.reassembly.take() {
            self.next = self.next.max(reassembly.high);
        }
    }
}
