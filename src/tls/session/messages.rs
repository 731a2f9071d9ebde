//! The messages of a session: put together from records, read, and kept with where they lay.

use super::super::deframe::{Fragment, MAX_MESSAGE, Step, Whole};
use super::super::message::{Content, Message, State, handshake};
use super::super::seen::USUAL;
use super::super::{names, record};
use super::{Place, Reading, Row, Session};
use crate::flow::{Chunk, Side};

/// Whether bytes can begin a plain message where no hello was seen, so that they may as well be encrypted: an explicit nonce
/// that counts up (RFC 5288 section 3) begins like a HelloRequest, and what is random like a message of megabytes.
fn fits_midway(bytes: &[u8], record_len: u16) -> bool {
    let Some(&[kind, high, middle, low]) = bytes.first_chunk() else { return true };
    let len = u32::from_be_bytes([0, high, middle, low]) as usize;
    match kind {
        handshake::HELLO_REQUEST => len == 0 && record_len == 4,
        handshake::SERVER_HELLO_DONE => len == 0,
        // Version and random.
        handshake::CLIENT_HELLO | handshake::SERVER_HELLO => (34..=MAX_MESSAGE).contains(&len),
        _ => (1..=MAX_MESSAGE).contains(&len),
    }
}

impl Session {
    /// Plain handshake bytes of the current record.
    pub(super) fn take_handshake(&mut self, chunk: Chunk<'_>) {
        let index = chunk.side.index();
        let mut rest = Fragment { offset: chunk.offset, bytes: chunk.bytes, carrier: chunk.carrier, at: chunk.at };
        while !rest.bytes.is_empty() {
            // Taken out for the time being, so that a message may borrow its buffer while the facts take it in.
            let mut partial = std::mem::take(&mut self.directions[index].message);
            if !partial.is_open() {
                partial.span = self.directions[index].header_span;
            }
            let (midway, record_len) = (!self.seen.facts.knows_hello(), self.directions[index].record.len);
            let plausible = |bytes: &[u8]| names::handshake_type(bytes[0]).is_some() && (!midway || fits_midway(bytes, record_len));
            let used = match partial.take(rest, plausible) {
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

    /// Ends the message in the making, if a hole reached to its end.
    pub(super) fn end_skipped(&mut self, side: Side) {
        let mut partial = std::mem::take(&mut self.directions[side.index()].message);
        if let Some(whole) = partial.complete() {
            self.take_message(side, &whole);
        }
        partial.reset();
        self.directions[side.index()].message = partial;
    }

    /// A whole plain handshake message.
    pub(super) fn take_message(&mut self, side: Side, whole: &Whole<'_>) {
        let had_hello = self.seen.facts.server_hello.is_some();
        let content = self.seen.facts.learn(side, whole.kind, whole.body);
        if whole.body.is_none() {
            self.seen.facts.learn_start(whole.kind, whole.start);
        }
        if !had_hello && self.seen.facts.server_hello.is_some() {
            self.flight_open = true;
            self.seen.server_flight = whole.span;
            // The flight is counted from the header of its first record on.
            self.seen.server_flight.start = whole.span.start.saturating_sub(record::HEADER as u64);
        }
        self.unusual = self.seen.held().saturating_sub(USUAL);
        let state = if whole.body.is_some() { State::Seen } else { State::Partial };
        self.seen.count_handshake_bytes(side, &whole.span);
        self.push(Message { side, content, state, span: whole.span, retransmitted: 0 });
    }

    /// Length of a protected record of TLS 1.3 that holds just a Finished: header 4, the hash, content type 1, tag 16.
    pub(super) fn finished_len(&self) -> Option<u16> {
        let suite = names::cipher_suite(self.seen.facts.server_hello.as_ref()?.suite)?;
        Some(4 + 1 + 16 + if suite.name.ends_with("SHA384") { 48 } else { 32 })
    }

    /// Ends the first protected flight of a side.
    pub(super) fn end_flight(&mut self, side: Side) {
        let direction = &mut self.directions[side.index()];
        if direction.place == Place::Fragment && direction.reading == Reading::Flight {
            // The other side spoke in the middle of a record: the flight goes on with it.
            return;
        }
        if let Some(span) = direction.flight.take() {
            direction.flight_over = true;
            let state = if direction.flight_gap { State::Partial } else { State::Encrypted };
            self.seen.count_handshake_bytes(side, &span);
            self.push(Message { side, content: Content::EncryptedFlight, state, span, retransmitted: 0 });
        }
    }

    /// Ends the message in the making, which will not be whole.
    pub(super) fn abandon_message(&mut self, side: Side) {
        let direction = &mut self.directions[side.index()];
        if direction.message.is_open() {
            let (kind, span, start) = direction.message.abandon();
            let content = kind.map_or(Content::EncryptedHandshake, Content::Handshake);
            if content == Content::Handshake(handshake::CLIENT_HELLO) {
                self.seen.facts.client.get_or_insert(side);
                self.seen.facts.learn_start(handshake::CLIENT_HELLO, &start);
                self.unusual = self.seen.held().saturating_sub(USUAL);
            }
            self.seen.count_handshake_bytes(side, &span);
            self.push(Message { side, content, state: State::Partial, span, retransmitted: 0 });
        }
    }

    /// Forgets where the records of a direction are.
    pub(super) fn lose(&mut self, side: Side) {
        self.abandon_message(side);
        self.abandon_v2_hello(side);
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
                Reading::Opaque(Row::Heartbeat) | Reading::Skip | Reading::Handshake => None,
            };
            direction.data_seen |= content == Some(Content::ApplicationData);
            direction.place = Place::Lost;
            if let Some(content) = content {
                if matches!(content, Content::EncryptedHandshake | Content::EncryptedFlight) {
                    self.seen.count_handshake_bytes(side, &span);
                }
                self.push(Message { side, content, state: State::Partial, span, retransmitted: 0 });
            }
        }
        self.directions[side.index()].place = Place::Lost;
    }

    pub(super) fn push(&mut self, mut message: Message) {
        let copies = &mut self.directions[message.side.index()].copies;
        let (start, end) = (message.span.start, message.span.end);
        message.retransmitted += copies.iter().filter(|(from, to)| start < *to && *from < end).count() as u32;
        copies.retain(|(_, to)| *to > end);
        self.seen.push(message);
    }
}
