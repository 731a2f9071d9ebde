//! Where a message lay: records, segments, frames, and its place in them.

use crate::flow::{Carrier, FramePlace};
use crate::time::Timestamp;

/// What carried a run of bytes.
///
/// Bytes come in stream order, and each segment's bytes are one run of it, so a segment is new exactly when its number
/// differs from that of the byte before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// Place of the first byte of the content in its direction's stream.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Bytes of content: less than from `start` to `end` where headers of records stand in between.
    content: u64,
    /// The earliest frame.
    pub first: FramePlace,
    /// When that was.
    pub first_time: Timestamp,
    /// The latest frame: where the last missing byte came.
    pub last: FramePlace,
    /// When that was.
    pub last_time: Timestamp,
    /// Distinct TCP segments.
    pub segments: u32,
    /// IP packets that carried these: one a segment, or the fragments of it.
    pub packets: u32,
    /// IP fragments among them.
    pub fragments: u32,
    /// TLS records.
    pub records: u32,
    /// Segments of at most the receiver's MSS that the bytes would have taken: an estimate where one is larger.
    pub wire_segments: u32,
    /// Where the first byte lies in its segment's payload.
    pub first_at: u32,
    /// Whether the last byte is the last of its segment.
    pub ends_segment: bool,
    first_carrier: u64,
    /// Fragments of the first segment.
    first_fragments: u16,
    carrier: u64,
    /// In units of the MSS, the first place counted in the first segment, and the last one in the current segment.
    slots: (u32, u32),
}

impl Span {
    /// Counts a record.
    pub fn record(&mut self) {
        self.records += 1;
    }

    /// Counts `len` bytes at `at` of a segment's payload, without saying that they are content.
    pub fn carry(&mut self, carrier: Carrier, at: u32, len: u32) {
        if len == 0 {
            return;
        }
        let unit = if carrier.mss == 0 || carrier.len <= u32::from(carrier.mss) { u32::MAX } else { u32::from(carrier.mss) };
        let (first, last) = (at / unit, (at + len - 1) / unit);
        if self.segments == 0 || self.carrier != carrier.id {
            if self.segments == 0 {
                (self.first, self.first_time, self.first_at) = (carrier.place, carrier.time, at);
                (self.first_carrier, self.first_fragments, self.slots.0) = (carrier.id, carrier.fragments, first);
            }
            self.segments += 1;
            self.packets += u32::from(carrier.fragments.max(1));
            self.fragments += u32::from(carrier.fragments);
            self.wire_segments += last - first + 1;
            self.carrier = carrier.id;
        } else {
            self.wire_segments += last.saturating_sub(self.slots.1);
        }
        self.slots.1 = last;
        if carrier.place < self.first {
            (self.first, self.first_time) = (carrier.place, carrier.time);
        }
        if carrier.place >= self.last {
            (self.last, self.last_time) = (carrier.place, carrier.time);
        }
        self.ends_segment = at + len >= carrier.len;
    }

    /// Counts content: `len` bytes at stream place `offset`.
    pub fn extend(&mut self, offset: u64, len: u64) {
        if len == 0 {
            return;
        }
        if self.end == self.start {
            self.start = offset;
        }
        self.end = offset + len;
        self.content += len;
    }

    /// The same with only the first `len` bytes as content.
    pub fn cut(mut self, len: u64) -> Self {
        self.end = self.end.min(self.start + len);
        self.content = self.content.min(len);
        self
    }

    /// Notes that the content was complete only with a later frame.
    pub fn complete(&mut self, place: FramePlace, time: Timestamp) {
        if place > self.last {
            (self.last, self.last_time) = (place, time);
        }
    }

    /// Takes in what comes behind it: the segment in which this one ends is not counted again.
    pub fn join(&mut self, later: &Span) {
        if self.segments == 0 {
            *self = *later;
            return;
        }
        let shared = later.first_carrier == self.carrier;
        self.segments += later.segments - u32::from(shared);
        let again = if shared { later.first_fragments } else { 0 };
        self.packets += later.packets - if shared { u32::from(again.max(1)) } else { 0 };
        self.fragments += later.fragments - u32::from(again);
        self.wire_segments += later.wire_segments - u32::from(shared && later.slots.0 <= self.slots.1);
        self.records += later.records;
        self.end = self.end.max(later.end);
        self.content += later.content;
        (self.carrier, self.slots.1, self.ends_segment) = (later.carrier, later.slots.1, later.ends_segment);
        if later.first < self.first {
            (self.first, self.first_time) = (later.first, later.first_time);
        }
        if later.last > self.last {
            (self.last, self.last_time) = (later.last, later.last_time);
        }
    }

    /// Bytes of content, without the headers of records between them.
    pub fn bytes(&self) -> u64 {
        self.content
    }

    /// Bytes from the first to the last, with all that stands between them.
    pub fn extent(&self) -> u64 {
        self.end - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: u32, frame: u64) -> FramePlace {
        FramePlace { turn: file, file, frame }
    }

    fn carrier(id: u64, len: u32, mss: u16) -> Carrier {
        Carrier { id, place: place(0, id * 10), time: Timestamp(0), len, mss, fragments: if id == 2 { 3 } else { 0 } }
    }

    #[test]
    fn a_segment_counts_once() {
        let mut span = Span::default();
        span.carry(carrier(1, 100, 1460), 90, 5);
        span.carry(carrier(1, 100, 1460), 95, 5);
        span.carry(carrier(2, 100, 1460), 0, 100);
        assert_eq!((span.segments, span.wire_segments, span.first_at, span.first, span.last), (2, 2, 90, place(0, 10), place(0, 20)));
        assert!(span.ends_segment);
        span.carry(carrier(3, 100, 1460), 0, 40);
        assert!(!span.ends_segment);
    }

    #[test]
    fn large_segments_are_counted_in_units_of_the_mss() {
        let mut span = Span::default();
        span.carry(carrier(1, 4380, 1460), 0, 5);
        span.carry(carrier(1, 4380, 1460), 5, 1455);
        assert_eq!(span.wire_segments, 1);
        span.carry(carrier(1, 4380, 1460), 1460, 1);
        assert_eq!(span.wire_segments, 2);
        span.carry(carrier(1, 4380, 1460), 1461, 2919);
        assert_eq!((span.wire_segments, span.segments), (3, 1));
        span.carry(carrier(2, 2000, 1460), 1459, 2);
        assert_eq!((span.wire_segments, span.segments), (5, 2));
    }

    #[test]
    fn joining_counts_as_if_it_were_one_run() {
        let runs = [(1, 0, 700), (1, 700, 760), (1, 1460, 5), (1, 1465, 2915), (2, 0, 5), (3, 5, 1000)];
        let carry =
            |span: &mut Span, (id, at, len): (u64, u32, u32)| span.carry(carrier(id, if id == 1 { 4380 } else { 1460 }, 1460), at, len);
        let mut whole = Span::default();
        runs.iter().for_each(|run| carry(&mut whole, *run));
        assert_eq!((whole.segments, whole.wire_segments), (3, 5));
        for cut in 0..=runs.len() {
            let (mut left, mut right) = (Span::default(), Span::default());
            runs[..cut].iter().for_each(|run| carry(&mut left, *run));
            runs[cut..].iter().for_each(|run| carry(&mut right, *run));
            if right.segments > 0 {
                left.join(&right);
            }
            assert_eq!((left.segments, left.wire_segments, left.ends_segment), (3, 5, whole.ends_segment), "{cut}");
            assert_eq!((left.packets, left.fragments), (5, 3), "{cut}");
        }
    }

    #[test]
    fn a_late_segment_moves_the_frames() {
        let mut span = Span::default();
        span.carry(Carrier { place: place(0, 9), ..carrier(5, 10, 0) }, 0, 10);
        span.carry(Carrier { place: place(0, 7), ..carrier(3, 10, 0) }, 0, 10);
        assert_eq!((span.first, span.last), (place(0, 7), place(0, 9)));
    }

    #[test]
    fn a_later_turn_is_later_whatever_its_file() {
        let (early, late) = (FramePlace { turn: 4, file: 1, frame: 70 }, FramePlace { turn: 5, file: 0, frame: 3 });
        let mut span = Span::default();
        span.carry(Carrier { place: early, ..carrier(1, 10, 0) }, 0, 10);
        span.carry(Carrier { place: late, ..carrier(2, 10, 0) }, 0, 10);
        assert_eq!((span.first, span.last), (early, late));
    }

    #[test]
    fn the_next_file_is_later_whatever_its_numbers() {
        let mut span = Span::default();
        span.carry(Carrier { place: place(0, 70), ..carrier(1, 10, 0) }, 0, 10);
        span.carry(Carrier { place: place(1, 5), ..carrier(2, 10, 0) }, 0, 10);
        assert_eq!((span.first, span.last), (place(0, 70), place(1, 5)));
    }
}
