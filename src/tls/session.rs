//! A TLS session as the capture shows it: both directions' records, the messages in them, and what they say.
//!
//! What is encrypted is never parsed: in TLS up to 1.2 everything a side sends after its ChangeCipherSpec, in TLS 1.3
//! everything in records of application data. A direction that lost its place (a gap over a record's end, a start in
//! the middle) finds it again at the start of a segment that begins like a record.

use super::certificate::{self, Chain};
use super::deframe::{Fragment, Partial, Step, Whole};
use super::hello::{self, ClientHello, ServerHello, ServerKeyExchange, is_tls13};
use super::names;
use super::preamble;
use super::record::{self, Header, content};
use super::span::Span;
use crate::flow::{Chunk, FramePlace, Gap, Interest, Reader, Side};
use crate::time::Timestamp;

/// Messages that a session keeps; a handshake has about twelve.
pub const MAX_MESSAGES: usize = 256;

/// Retransmitted ranges of a direction that are remembered for messages in the making.
const MAX_COPIES: usize = 64;

/// HandshakeType values that mean something here (IANA, TLS HandshakeType).
pub mod handshake {
    #![allow(missing_docs)]
    pub const HELLO_REQUEST: u8 = 0;
    pub const CLIENT_HELLO: u8 = 1;
    pub const SERVER_HELLO: u8 = 2;
    pub const NEW_SESSION_TICKET: u8 = 4;
    pub const HELLO_RETRY_REQUEST: u8 = 6;
    pub const CERTIFICATE: u8 = 11;
    pub const SERVER_KEY_EXCHANGE: u8 = 12;
    pub const CERTIFICATE_REQUEST: u8 = 13;
    pub const SERVER_HELLO_DONE: u8 = 14;
    pub const CERTIFICATE_VERIFY: u8 = 15;
    pub const CLIENT_KEY_EXCHANGE: u8 = 16;
    pub const FINISHED: u8 = 20;
    pub const CERTIFICATE_STATUS: u8 = 22;
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A plain handshake message of this type.
    Handshake(u8),
    /// A ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2).
    V2ClientHello,
    /// A ServerHello that asks for another ClientHello.
    HelloRetryRequest,
    /// A handshake record whose content is encrypted.
    EncryptedHandshake,
    /// change_cipher_spec.
    ChangeCipherSpec,
    /// A plain alert: level and description.
    Alert(u8, u8),
    /// An alert record whose content is encrypted.
    EncryptedAlert,
    /// The first record of application data of a side.
    ApplicationData,
    /// The first protected records of a side in TLS 1.3: the rest of its handshake.
    EncryptedFlight,
}

/// How much of a message was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All of it, in plain.
    Seen,
    /// All of it, encrypted.
    Encrypted,
    /// Bytes of it are missing, or it never ended.
    Partial,
}

/// A message and where it lay.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// Who sent it.
    pub side: Side,
    /// What it is.
    pub content: Content,
    /// How much of it was seen.
    pub state: State,
    /// Where it lay.
    pub span: Span,
    /// Segments that carried bytes of it again.
    pub retransmitted: u32,
}

/// What the plain part of the handshake said.
#[derive(Debug, Default)]
pub struct Facts {
    /// Who sent the first ClientHello, or received the first ServerHello.
    pub client: Option<Side>,
    /// The first ClientHello.
    pub client_hello: Option<ClientHello>,
    /// The first ServerHello that is no HelloRetryRequest.
    pub server_hello: Option<ServerHello>,
    /// The HelloRetryRequest.
    pub retry: Option<ServerHello>,
    /// ServerKeyExchange.
    pub key_exchange: ServerKeyExchange,
    /// The header in front of TLS in the first segment, by name.
    pub preamble: &'static str,
    /// The first plain certificate chain of each side.
    pub chains: [Option<Chain>; 2],
    /// Whether the server asked for a client certificate.
    pub certificate_request: bool,
    /// The first plain alert: who, level, description.
    pub alert: Option<(Side, u8, u8)>,
    /// Who sent a plain close_notify.
    pub close_notify: [bool; 2],
    /// Who sent an encrypted alert.
    pub encrypted_alert: [bool; 2],
    /// Messages that were passed over because a session keeps only so many.
    pub dropped: u64,
}

impl Facts {
    /// The version that was agreed on.
    pub fn version(&self) -> Option<u16> {
        self.server_hello.as_ref().or(self.retry.as_ref()).map(|hello| hello.version)
    }

    /// Whether TLS 1.3 was agreed on, as far as the capture tells.
    pub fn is_tls13(&self) -> bool {
        self.retry.is_some() || self.version().is_some_and(is_tls13)
    }
}

/// Counts of one direction's records.
#[derive(Debug, Default, Clone, Copy)]
pub struct Records {
    /// All records.
    pub all: u64,
    /// Records of application data.
    pub application_data: u64,
}

/// A TLS connection.
#[derive(Debug, Default)]
pub struct Session {
    /// What the plain part said.
    pub facts: Facts,
    /// Messages in the order of completion; [`Session::finish`] puts them in the order of their last frames.
    pub messages: Vec<Message>,
    /// Where each side's handshake messages lay, all together.
    pub handshake: [Span; 2],
    /// Bytes of each side's handshake messages.
    pub handshake_bytes: [u64; 2],
    /// The server's records from its ServerHello to the next record of the client.
    pub server_flight: Span,
    /// Records of each side.
    pub records: [Records; 2],
    /// Whether the server's first flight has begun.
    flight_open: bool,
    /// The client's first record after it: what was sent before that belongs to the flight, though a hole may hold it
    /// back until later.
    turn: Option<FramePlace>,
    failed: bool,
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
    /// Messages from this place on in [`Session::messages`] may have ended in the current record.
    record_messages: usize,
    /// The current record.
    record: Header,
    left: usize,
    /// How the current record's fragment is read.
    reading: Reading,
    message: Partial,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    EncryptedHandshake,
    EncryptedAlert,
    ChangeCipherSpec,
    ApplicationData,
}

impl Reader for Session {
    fn starts(bytes: &[u8], first: bool, midway: bool) -> bool {
        record::could_start(bytes, first, midway)
            || (first && preamble::proxy_header(bytes).is_some_and(|(len, _)| record::could_start(&bytes[len..], true, midway)))
    }

    fn deliver(&mut self, chunk: Chunk<'_>) {
        let index = chunk.side.index();
        let mut rest = chunk;
        while !rest.bytes.is_empty() {
            let used = match self.directions[index].place {
                Place::Lost if rest.offset == 0 && record::v2_hello(rest.bytes).is_some() => self.take_v2_hello(rest),
                Place::Lost if rest.offset == 0 && self.facts.preamble.is_empty() && preamble::proxy_header(rest.bytes).is_some() => {
                    let (len, name) = preamble::proxy_header(rest.bytes).unwrap_or_default();
                    self.facts.preamble = name;
                    self.directions[index].place = Place::Header;
                    len
                }
                Place::Lost => {
                    if rest.at != 0 && rest.offset != 0 || !record::could_start(rest.bytes, rest.offset == 0, true) {
                        self.failed |= self.records[0].all + self.records[1].all == 0;
                        return;
                    }
                    self.directions[index].place = Place::Header;
                    self.directions[index].header_len = 0;
                    0
                }
                Place::Header => self.take_header(rest),
                Place::Fragment => self.take_fragment(rest),
            };
            rest.bytes = &rest.bytes[used..];
            rest.offset += used as u64;
            rest.at += used as u32;
        }
    }

    fn gap(&mut self, gap: Gap) {
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

    fn retransmitted(&mut self, side: Side, from: u64, to: u64) {
        for message in &mut self.messages {
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

    fn interest(&self) -> Interest {
        if self.records[0].all + self.records[1].all > 0 && !self.failed {
            Interest::Found
        } else if self.failed {
            Interest::Not
        } else {
            Interest::Undecided
        }
    }
}

impl Session {
    /// Ends what is still open and puts the messages in the order of the frames that complete them.
    pub fn finish(&mut self) {
        for side in Side::BOTH {
            self.lose(side);
            self.end_flight(side);
        }
        self.messages.sort_by_key(|message| message.span.last);
    }

    /// The client, by hellos.
    pub fn client(&self) -> Option<Side> {
        self.facts.client
    }

    /// The ClientHello in the form of SSL 2.0, which is one record without a record header.
    fn take_v2_hello(&mut self, chunk: Chunk<'_>) -> usize {
        let Some(len) = record::v2_hello(chunk.bytes) else { return chunk.bytes.len() };
        let mut span = Span::default();
        span.record();
        span.carry(chunk.carrier, chunk.at, len as u32);
        span.extend(chunk.offset + record::V2_HEADER as u64, (len - record::V2_HEADER) as u64);
        self.records[chunk.side.index()].all += 1;
        self.facts.client.get_or_insert(chunk.side);
        if self.facts.client_hello.is_none() {
            self.facts.client_hello = hello::read_v2_client(&chunk.bytes[record::V2_HEADER..len]);
        }
        self.count_handshake(chunk.side, &span);
        self.push(Message { side: chunk.side, content: Content::V2ClientHello, state: State::Seen, span, retransmitted: 0 });
        self.directions[chunk.side.index()].place = Place::Header;
        len
    }

    fn take_header(&mut self, chunk: Chunk<'_>) -> usize {
        let direction = &mut self.directions[chunk.side.index()];
        let used = (record::HEADER - direction.header_len).min(chunk.bytes.len());
        direction.header[direction.header_len..][..used].copy_from_slice(&chunk.bytes[..used]);
        if direction.header_len == 0 {
            direction.header_span = Span::default();
            direction.header_span.record();
        }
        direction.header_span.carry(chunk.carrier, chunk.at, used as u32);
        direction.header_len += used;
        direction.latest = direction.latest.max((chunk.carrier.place, chunk.carrier.time));
        if direction.header_len == record::HEADER {
            match Header::read(direction.header) {
                Some(header) => self.begin_record(chunk.side, header, chunk.offset + used as u64),
                None => {
                    let confirmed = self.records[0].all + self.records[1].all > 1 || self.facts.client.is_some();
                    self.failed |= !confirmed;
                    self.lose(chunk.side);
                    // Nothing in this segment can be trusted any more.
                    return chunk.bytes.len();
                }
            }
        }
        used
    }

    fn begin_record(&mut self, side: Side, header: Header, fragment_at: u64) {
        let records = &mut self.records[side.index()];
        records.all += 1;
        records.application_data += u64::from(header.kind == content::APPLICATION_DATA);
        self.end_flight(side.other());
        let first = self.directions[side.index()].header_span.first;
        if self.flight_open && self.facts.client == Some(side) {
            self.turn.get_or_insert(first);
        }
        let in_flight = self.in_flight(side, first);
        let is_tls13 = self.facts.is_tls13();
        let server_spoke = self.facts.server_hello.is_some();
        let direction = &mut self.directions[side.index()];
        // ChangeCipherSpec hides what follows; in TLS 1.3 it means nothing (RFC 8446 appendix D.4).
        let protected = direction.changed_cipher && !is_tls13;
        direction.reading = match header.kind {
            content::HANDSHAKE if protected => Reading::Opaque(Row::EncryptedHandshake),
            content::HANDSHAKE => Reading::Handshake,
            content::CHANGE_CIPHER_SPEC => Reading::Opaque(Row::ChangeCipherSpec),
            content::ALERT if !protected && header.len == 2 => Reading::Alert,
            content::ALERT => Reading::Opaque(Row::EncryptedAlert),
            content::APPLICATION_DATA if is_tls13 && server_spoke && !direction.flight_over => Reading::Flight,
            content::APPLICATION_DATA if !direction.data_seen => Reading::Opaque(Row::ApplicationData),
            _ => Reading::Skip,
        };
        if direction.message.is_open() && direction.reading != Reading::Handshake {
            self.abandon_message(side);
        }
        let direction = &mut self.directions[side.index()];
        direction.record = header;
        direction.record_messages = self.messages.len();
        direction.left = usize::from(header.len);
        direction.place = Place::Fragment;
        direction.span = Span::default();
        match direction.reading {
            Reading::Handshake if direction.message.is_open() => direction.message.span.join(&direction.header_span),
            Reading::Opaque(_) | Reading::Alert => direction.span = direction.header_span,
            Reading::Flight => {
                direction.span = direction.flight.take().unwrap_or_default();
                direction.span.join(&direction.header_span);
                let start = fragment_at - record::HEADER as u64;
                direction.span.extend(start, record::HEADER as u64);
            }
            _ => {}
        }
        if in_flight {
            self.server_flight.join(&direction.header_span);
            self.server_flight.extend(fragment_at - record::HEADER as u64, record::HEADER as u64);
        }
        if self.directions[side.index()].left == 0 {
            self.end_record(side, false);
        }
    }

    /// Whether a segment belongs to the server's first flight.
    fn in_flight(&self, side: Side, place: FramePlace) -> bool {
        self.flight_open && self.facts.client != Some(side) && self.turn.is_none_or(|turn| place < turn)
    }

    fn take_fragment(&mut self, chunk: Chunk<'_>) -> usize {
        let side = chunk.side;
        let direction = &mut self.directions[side.index()];
        let used = direction.left.min(chunk.bytes.len());
        let bytes = &chunk.bytes[..used];
        direction.left -= used;
        direction.latest = direction.latest.max((chunk.carrier.place, chunk.carrier.time));
        match direction.reading {
            Reading::Skip => {}
            Reading::Handshake => self.take_handshake(Chunk { bytes, ..chunk }),
            Reading::Alert | Reading::Opaque(_) | Reading::Flight => {
                let before = usize::from(direction.record.len) - direction.left - used;
                for (place, byte) in direction.head.iter_mut().skip(before).zip(bytes) {
                    *place = *byte;
                }
                direction.span.carry(chunk.carrier, chunk.at, used as u32);
                direction.span.extend(chunk.offset, used as u64);
            }
        }
        if self.in_flight(side, chunk.carrier.place) {
            self.server_flight.carry(chunk.carrier, chunk.at, used as u32);
            self.server_flight.extend(chunk.offset, used as u64);
        }
        if self.directions[side.index()].left == 0 {
            self.end_record(side, false);
        }
        used
    }

    /// Plain handshake bytes of the current record.
    fn take_handshake(&mut self, chunk: Chunk<'_>) {
        let index = chunk.side.index();
        let mut rest = Fragment { offset: chunk.offset, bytes: chunk.bytes, carrier: chunk.carrier, at: chunk.at };
        while !rest.bytes.is_empty() {
            // Taken out for the time being, so that a message may borrow its buffer while the facts take it in.
            let mut partial = std::mem::take(&mut self.directions[index].message);
            if !partial.is_open() {
                partial.span = self.directions[index].header_span;
            }
            let used = match partial.take(rest, |kind| names::handshake_type(kind).is_some()) {
                Step::Message(whole, used) => {
                    self.take_message(chunk.side, &whole);
                    used
                }
                Step::More => rest.bytes.len(),
                Step::Foreign => {
                    // Not a message: encrypted bytes whose ChangeCipherSpec the capture does not hold.
                    let direction = &mut self.directions[index];
                    direction.reading = Reading::Opaque(Row::EncryptedHandshake);
                    direction.span = partial.span;
                    direction.span.carry(rest.carrier, rest.at, rest.bytes.len() as u32);
                    direction.span.extend(rest.offset, rest.bytes.len() as u64);
                    rest.bytes.len()
                }
            };
            partial.reset();
            self.directions[index].message = partial;
            rest.bytes = &rest.bytes[used..];
            rest.offset += used as u64;
            rest.at += used as u32;
        }
    }

    /// Passes over missing bytes of the current record.
    fn skip_fragment(&mut self, side: Side, offset: u64, missing: usize) {
        let direction = &mut self.directions[side.index()];
        direction.left -= missing;
        match direction.reading {
            Reading::Skip | Reading::Opaque(_) | Reading::Flight => direction.span.extend(offset, missing as u64),
            Reading::Alert => direction.reading = Reading::Opaque(Row::EncryptedAlert),
            Reading::Handshake => {
                let inside = direction.message.remaining().map_or(0, |remaining| remaining.min(missing));
                if direction.message.skip(offset, inside) {
                    self.end_skipped(side);
                }
                if inside < missing {
                    self.abandon_message(side);
                    self.directions[side.index()].reading = Reading::Skip;
                }
            }
        }
        if self.directions[side.index()].left == 0 {
            self.end_record(side, true);
        }
    }

    /// Ends the message in the making, if a hole reached to its end.
    fn end_skipped(&mut self, side: Side) {
        let mut partial = std::mem::take(&mut self.directions[side.index()].message);
        if let Some(whole) = partial.complete() {
            self.take_message(side, &whole);
        }
        partial.reset();
        self.directions[side.index()].message = partial;
    }

    /// A whole plain handshake message: what it is and what it says.
    fn take_message(&mut self, side: Side, whole: &Whole<'_>) {
        let mut kind = Content::Handshake(whole.kind);
        let state = if whole.body.is_some() { State::Seen } else { State::Partial };
        match (whole.kind, whole.body) {
            (handshake::CLIENT_HELLO, body) => {
                self.facts.client.get_or_insert(side);
                if self.facts.client_hello.is_none() {
                    self.facts.client_hello = body.and_then(hello::read_client);
                }
            }
            (handshake::SERVER_HELLO, body) => {
                self.facts.client.get_or_insert(side.other());
                if let Some(hello) = body.and_then(hello::read_server) {
                    if hello.retry {
                        kind = Content::HelloRetryRequest;
                        self.facts.retry.get_or_insert(hello);
                    } else if self.facts.server_hello.is_none() {
                        self.facts.server_hello = Some(hello);
                        self.flight_open = true;
                        self.server_flight = whole.span;
                        // The flight is counted from the header of its first record on.
                        self.server_flight.start = whole.span.start.saturating_sub(record::HEADER as u64);
                    }
                }
            }
            (handshake::HELLO_RETRY_REQUEST, body) => {
                self.facts.client.get_or_insert(side.other());
                self.facts.retry = self.facts.retry.take().or_else(|| body.and_then(hello::read_old_retry));
            }
            (handshake::CERTIFICATE, Some(body)) => {
                self.facts.chains[side.index()].get_or_insert_with(|| certificate::read(body));
            }
            (handshake::SERVER_KEY_EXCHANGE, Some(body)) => {
                if let Some(hello) = &self.facts.server_hello {
                    let kx = names::cipher_suite(hello.suite).map_or("", |suite| suite.kx);
                    self.facts.key_exchange = hello::read_key_exchange(body, kx, hello.version);
                }
            }
            (handshake::CERTIFICATE_REQUEST, _) => self.facts.certificate_request = true,
            _ => {}
        }
        self.count_handshake(side, &whole.span);
        self.push(Message { side, content: kind, state, span: whole.span, retransmitted: 0 });
    }

    /// Adds a message to its side's handshake: bytes, and segments that no message before it was in.
    fn count_handshake(&mut self, side: Side, span: &Span) {
        self.handshake_bytes[side.index()] += span.bytes();
        self.handshake[side.index()].join(span);
    }

    fn end_record(&mut self, side: Side, gap: bool) {
        let tls13_finished = self.finished_len();
        let is_client = self.facts.client == Some(side);
        let direction = &mut self.directions[side.index()];
        direction.place = Place::Header;
        direction.header_len = 0;
        // A record is read as a whole, and in order: what ended in it is there when its last byte is, and all before it.
        let (place, time) = direction.latest;
        for message in self.messages.iter_mut().skip(direction.record_messages).filter(|message| message.side == side) {
            message.span.complete(place, time);
        }
        direction.span.complete(place, time);
        let span = direction.span;
        let state = if gap { State::Partial } else { State::Encrypted };
        let row = |content, state| Message { side, content, state, span, retransmitted: 0 };
        match direction.reading {
            Reading::Skip | Reading::Handshake => {}
            Reading::Flight => {
                direction.flight = Some(span);
                // The client's flight ends with its Finished, known by its length; the server's with the turn.
                if is_client && (tls13_finished == Some(direction.record.len) || span.records >= 8) {
                    self.end_flight(side);
                }
            }
            Reading::Alert => {
                let [level, description, ..] = direction.head;
                let index = side.index();
                self.facts.alert.get_or_insert((side, level, description));
                self.facts.close_notify[index] |= description == 0;
                self.push(row(Content::Alert(level, description), State::Seen));
            }
            Reading::Opaque(Row::EncryptedHandshake) => {
                let finished = if gap { None } else { plain_finished(direction.head, direction.record.len) };
                self.count_handshake(side, &span);
                match finished {
                    Some(len) => {
                        let span = span.cut(len);
                        self.push(Message {
                            side,
                            content: Content::Handshake(handshake::FINISHED),
                            state: State::Seen,
                            span,
                            retransmitted: 0,
                        });
                    }
                    None => self.push(row(Content::EncryptedHandshake, state)),
                }
            }
            Reading::Opaque(Row::EncryptedAlert) => {
                self.facts.encrypted_alert[side.index()] = true;
                self.push(row(Content::EncryptedAlert, state));
            }
            Reading::Opaque(Row::ChangeCipherSpec) => {
                direction.changed_cipher = true;
                self.push(row(Content::ChangeCipherSpec, if gap { State::Partial } else { State::Seen }));
            }
            Reading::Opaque(Row::ApplicationData) => {
                direction.data_seen = true;
                self.push(row(Content::ApplicationData, state));
            }
        }
    }

    /// Length of a protected record of TLS 1.3 that holds just a Finished: header 4, the hash, content type 1, tag 16.
    fn finished_len(&self) -> Option<u16> {
        let suite = names::cipher_suite(self.facts.server_hello.as_ref()?.suite)?;
        Some(4 + 1 + 16 + if suite.name.ends_with("SHA384") { 48 } else { 32 })
    }

    /// Ends the first protected flight of a side.
    fn end_flight(&mut self, side: Side) {
        let direction = &mut self.directions[side.index()];
        if direction.place == Place::Fragment && direction.reading == Reading::Flight {
            // The other side spoke in the middle of a record: the flight goes on with it.
            return;
        }
        if let Some(span) = direction.flight.take() {
            direction.flight_over = true;
            let state = if direction.flight_gap { State::Partial } else { State::Encrypted };
            self.count_handshake(side, &span);
            self.push(Message { side, content: Content::EncryptedFlight, state, span, retransmitted: 0 });
        }
    }

    /// Ends the message in the making, which will not be whole.
    fn abandon_message(&mut self, side: Side) {
        let direction = &mut self.directions[side.index()];
        if direction.message.is_open() {
            let (kind, span) = direction.message.abandon();
            let content = kind.map_or(Content::EncryptedHandshake, Content::Handshake);
            if content == Content::Handshake(handshake::CLIENT_HELLO) {
                self.facts.client.get_or_insert(side);
            }
            self.count_handshake(side, &span);
            self.push(Message { side, content, state: State::Partial, span, retransmitted: 0 });
        }
    }

    /// Forgets where the records of a direction are.
    fn lose(&mut self, side: Side) {
        self.abandon_message(side);
        let direction = &mut self.directions[side.index()];
        if direction.place == Place::Fragment && direction.left > 0 {
            let span = direction.span;
            let content = match direction.reading {
                Reading::Opaque(Row::EncryptedHandshake) => Some(Content::EncryptedHandshake),
                Reading::Opaque(Row::EncryptedAlert) | Reading::Alert => Some(Content::EncryptedAlert),
                Reading::Opaque(Row::ChangeCipherSpec) => Some(Content::ChangeCipherSpec),
                Reading::Opaque(Row::ApplicationData) => Some(Content::ApplicationData),
                Reading::Flight => {
                    direction.flight_over = true;
                    Some(Content::EncryptedFlight)
                }
                Reading::Skip | Reading::Handshake => None,
            };
            direction.data_seen |= content == Some(Content::ApplicationData);
            direction.place = Place::Lost;
            if let Some(content) = content {
                self.push(Message { side, content, state: State::Partial, span, retransmitted: 0 });
            }
        }
        self.directions[side.index()].place = Place::Lost;
    }

    fn push(&mut self, mut message: Message) {
        let copies = &mut self.directions[message.side.index()].copies;
        let (start, end) = (message.span.start, message.span.end);
        message.retransmitted += copies.iter().filter(|(from, to)| start < *to && *from < end).count() as u32;
        copies.retain(|(_, to)| *to > end);
        if self.messages.len() < MAX_MESSAGES {
            self.messages.push(message);
        } else {
            self.facts.dropped += 1;
        }
    }
}

/// Length of a Finished in plain after ChangeCipherSpec, as a NULL cipher leaves it, with or without a MAC behind it:
/// verify_data of 12 bytes (RFC 5246 section 7.4.9) or 36 (SSL 3.0). Encrypted bytes that read so are one in 2^32.
fn plain_finished(head: [u8; 4], record_len: u16) -> Option<u64> {
    let verify_data = match head {
        [handshake::FINISHED, 0, 0, 12] => 12,
        [handshake::FINISHED, 0, 0, 36] => 36,
        _ => return None,
    };
    (verify_data + 4 <= u64::from(record_len)).then_some(verify_data + 4)
}
