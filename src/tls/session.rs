//! A TLS session as the capture shows it: both directions' records, the messages in them, and what they say.
//!
//! What is encrypted is never parsed: in TLS up to 1.2 everything a side sends after its ChangeCipherSpec, in TLS 1.3
//! everything in records of application data. A direction that lost its place (a gap over a record's end, a start in
//! the middle) finds it again at the start of a segment that begins like a record.

mod messages;
mod outer;
mod records;
mod v2;

use super::deframe::Partial;
use super::record::{self, Header};
use super::seen::{Seen, USUAL};
use super::span::Span;
use crate::flow::{Chunk, FramePlace, Gap, Interest, Reader, Side, Start};
use crate::time::Timestamp;
use outer::Outer;

/// Retransmitted ranges of a direction that are remembered for messages in the making.
const MAX_COPIES: usize = 64;

/// A TLS connection.
#[derive(Debug, Default)]
pub struct Session {
    /// What it shows.
    pub seen: Seen,
    /// Whether the server's first flight has begun.
    flight_open: bool,
    /// The client's first record after it: what was sent before that belongs to the flight, though a hole may hold it
    /// back until later.
    turn: Option<FramePlace>,
    failed: bool,
    /// Bytes that the messages and the lists of the hellos take, as far as they are more than usual.
    unusual: u64,
    /// What TLS comes after, or in.
    outer: Outer,
    directions: [Direction; 2],
}

/// Where a direction stands.
#[derive(Debug, Default)]
struct Direction {
    place: Place,
    header: [u8; record::HEADER],
    header_len: usize,
    /// What carried the current record's header: part of the span of every message in the record.
    header_span: Span,
    /// The highest frame that carried a byte so far, and its time.
    latest: (FramePlace, Timestamp),
    /// Messages from this place on in [`Seen::messages`] may have ended in the current record.
    record_messages: usize,
    /// Whether the current record's header is among the segments of the handshake.
    header_counted: bool,
    /// Whether bytes of the current record are missing.
    record_gap: bool,
    /// The current record.
    record: Header,
    left: usize,
    /// How the current record's fragment is read.
    reading: Reading,
    message: Partial,
    /// A hello in the form of SSL 2.0, while it goes on.
    v2_hello: Option<Box<v2::Partial>>,
    /// What a protected or short record is put together as.
    span: Span,
    /// The first bytes of the current record's fragment, where it is not read as messages.
    head: [u8; 4],
    /// Whether the side sent ChangeCipherSpec.
    changed_cipher: bool,
    /// The first protected flight of TLS 1.3, while it goes on.
    flight: Option<Span>,
    /// Whether bytes of it are missing.
    flight_gap: bool,
    /// Whether that flight is over.
    flight_over: bool,
    data_seen: bool,
    /// Ranges that came again, for the messages that are not whole yet.
    copies: Vec<(u64, u64)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between records, by a guess that still has to come true.
    #[default]
    Lost,
    /// In a hello in the form of SSL 2.0.
    V2Hello,
    /// In a record's header.
    Header,
    /// In a record's fragment.
    Fragment,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Passed over: only counted.
    #[default]
    Skip,
    /// Plain handshake messages.
    Handshake,
    /// One row for the record, its content unread.
    Opaque(Row),
    /// Two bytes of a plain alert.
    Alert,
    /// Part of the first protected flight.
    Flight,
}

impl Reading {
    fn is_handshake(self) -> bool {
        matches!(self, Reading::Handshake | Reading::Flight | Reading::Opaque(Row::EncryptedHandshake))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    EncryptedHandshake,
    EncryptedAlert,
    ChangeCipherSpec,
    ApplicationData,
    Heartbeat,
}

impl Reader for Session {
    /// The session itself and what is usual of what was seen.
    const BYTES: u64 = 1024 + USUAL;

    fn starts(bytes: &[u8], first: bool, midway: bool) -> Start {
        if record::could_open(bytes, first, midway) {
            Start::Own
        } else if first && Outer::is_opened_by(bytes) {
            Start::Led
        } else {
            Start::No
        }
    }

    fn deliver(&mut self, chunk: Chunk<'_>) {
        if let Outer::Unknown = self.outer {
            self.begin(chunk);
        }
        match self.outer {
            Outer::Preamble(_) => self.deliver_behind_preamble(chunk),
            Outer::OpenVpn(_) => self.deliver_in_openvpn(chunk),
            Outer::Unknown | Outer::Nothing => self.deliver_records(chunk),
        }
    }

    fn gap(&mut self, gap: Gap) {
        match &mut self.outer {
            Outer::Preamble(preamble) if !preamble.is_over(gap.side) => preamble.lose(gap.side, gap.len),
            Outer::OpenVpn(_) => self.skip_in_openvpn(gap),
            _ => self.skip_records(gap),
        }
    }

    fn retransmitted(&mut self, side: Side, from: u64, to: u64) {
        for message in &mut self.seen.messages {
            if message.side == side && message.span.start < to && from < message.span.end {
                message.retransmitted += 1;
            }
        }
        let copies = &mut self.directions[side.index()].copies;
        if copies.len() == MAX_COPIES {
            copies.remove(0);
        }
        copies.push((from, to));
    }

    fn held(&self) -> u64 {
        let v2 = |direction: &Direction| direction.v2_hello.as_ref().map_or(0, |partial| partial.held());
        let making: usize = self.directions.iter().map(|direction| direction.message.held() + v2(direction)).sum();
        self.unusual + making as u64
    }

    fn interest(&self) -> Interest {
        if self.seen.records[0].all + self.seen.records[1].all > 0 && !self.failed {
            Interest::Found
        } else if self.failed {
            Interest::Not
        } else {
            Interest::Undecided
        }
    }
}

impl Session {
    /// Takes bytes of TLS.
    fn deliver_records(&mut self, chunk: Chunk<'_>) {
        let index = chunk.side.index();
        let mut rest = chunk;
        while !rest.bytes.is_empty() {
            let used = match self.directions[index].place {
                Place::Lost if rest.offset == 0 && record::v2_hello(rest.bytes) != record::V2Hello::No => {
                    self.expect_v2_hello(chunk.side);
                    0
                }
                Place::Lost => {
                    // A segment may begin with bytes that came before: then it is what is new in it that begins.
                    if rest.at != chunk.at && rest.offset != 0 || !record::could_start(rest.bytes, rest.offset == 0, true) {
                        self.failed |= self.seen.records[0].all + self.seen.records[1].all == 0;
                        return;
                    }
                    self.expect_record(chunk.side);
                    0
                }
                Place::V2Hello => self.take_v2_hello(rest),
                Place::Header => self.take_header(rest),
                Place::Fragment => self.take_fragment(rest),
            };
            rest = rest.behind(used);
        }
    }

    /// Learns that a record begins with the next byte.
    fn expect_record(&mut self, side: Side) {
        self.directions[side.index()].place = Place::Header;
        self.directions[side.index()].header_len = 0;
    }

    /// Passes over missing bytes of TLS.
    fn skip_records(&mut self, gap: Gap) {
        let direction = &mut self.directions[gap.side.index()];
        let missing = usize::try_from(gap.len).unwrap_or(usize::MAX);
        let in_record = direction.place == Place::Fragment;
        direction.flight_gap |= direction.flight.is_some() || in_record && direction.reading == Reading::Flight;
        let left = direction.left;
        if in_record {
            // The record's own bytes are known by its header, however far the hole goes on behind it.
            self.skip_fragment(gap.side, gap.offset, missing.min(left));
        }
        if !in_record || missing > left {
            self.lose(gap.side);
        }
    }

    /// Ends what is still open and puts the messages in the order of the frames that complete them.
    pub fn finish(&mut self) {
        for side in Side::BOTH {
            self.lose(side);
            self.end_flight(side);
        }
        self.seen.messages.sort_by_key(|message| message.span.last);
    }
}
