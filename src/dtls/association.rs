//! A DTLS association: both directions' records, the messages in them, and what they say.
//!
//! What is protected is never parsed: records of an epoch above 0, and those with a unified header.

use super::fragment::{self, Fragment, Fragments, Step, carried};
use super::record::{self, Record, content};
use crate::flow::{Carrier, Side};
use crate::tls::message::{Content, Message, State, handshake};
use crate::tls::seen::Seen;
use crate::tls::span::Span;

/// A DTLS association.
#[derive(Debug, Default)]
pub struct Association {
    /// What it shows.
    pub seen: Seen,
    /// The random of its first ClientHello.
    random: Option<[u8; 32]>,
    sides: [Direction; 2],
}

/// Where a direction stands.
#[derive(Debug, Default)]
struct Direction {
    fragments: Fragments,
    /// Which message has which number, for copies: place in the list of messages.
    numbers: Vec<(u16, usize)>,
    /// Payload bytes before the current datagram: places of this direction.
    bytes: u64,
    changed_cipher: bool,
    data_seen: bool,
    /// Protected records of the handshake of DTLS 1.3, together.
    flight: Option<Span>,
}

/// The 32 bytes of a ClientHello's random, if the record holds its beginning as the first message of an association.
fn first_random(record: &Record<'_>) -> Option<[u8; 32]> {
    if record.kind != Some(content::HANDSHAKE) || record.epoch != 0 {
        return None;
    }
    let fragment = fragment::read(record.fragment)?;
    let is_first = fragment.kind == handshake::CLIENT_HELLO && fragment.number == 0 && fragment.offset == 0;
    fragment.bytes.get(2..34).filter(|_| is_first)?.try_into().ok()
}

/// A ClientHello as TLS has it: without the cookie behind the session id (RFC 6347 section 4.2.1).
fn without_cookie(body: &[u8]) -> Option<Vec<u8>> {
    let session_end = 35 + usize::from(*body.get(34)?);
    let cookie_end = session_end + 1 + usize::from(*body.get(session_end)?);
    Some([body.get(..session_end)?, body.get(cookie_end..)?].concat())
}

impl Association {
    /// A new one, if a payload could be DTLS: records to its end, the first of them plain.
    pub fn begin(bytes: &[u8]) -> Option<Self> {
        let mut at = record::start(bytes)?;
        let first = record::read(bytes, at)?;
        let plausible = match first.kind? {
            content::HANDSHAKE if first.epoch == 0 => {
                let message = fragment::read(first.fragment)?;
                crate::tls::names::handshake_type(message.kind).is_some()
            }
            content::CHANGE_CIPHER_SPEC => first.fragment == [1],
            content::ALERT => first.epoch > 0 || first.fragment.len() == 2,
            _ => first.epoch > 0,
        };
        while plausible && at < bytes.len() {
            match record::read(bytes, at) {
                Some(record) => at = record.end(),
                // TURN pads, and a record may be cut by the snap length: the first one was whole.
                None if at > first.at => break,
                None => return None,
            }
        }
        plausible.then(Association::default)
    }

    /// Whether the payload begins another association: a first ClientHello with another random.
    pub fn is_renewed_by(&self, bytes: &[u8]) -> bool {
        let random = || first_random(&record::read(bytes, record::start(bytes)?)?);
        self.random.is_some() && random().is_some_and(|random| self.random != Some(random))
    }

    /// Takes a payload: records of DTLS, or what shares its ports (RFC 7983).
    pub fn deliver(&mut self, side: Side, bytes: &[u8], carrier: Carrier) {
        if let Some(mut at) = record::start(bytes) {
            while let Some(record) = record::read(bytes, at) {
                self.take(side, &record, carrier);
                at = record.end();
            }
        }
        self.sides[side.index()].bytes += bytes.len() as u64;
    }

    fn take(&mut self, side: Side, record: &Record<'_>, carrier: Carrier) {
        let records = &mut self.seen.records[side.index()];
        records.all += 1;
        let plain = record.epoch == 0;
        let mut span = carried(carrier, record.at, record.end() - record.at);
        let direction = &mut self.sides[side.index()];
        span.extend(direction.bytes + record.fragment_at as u64, record.fragment.len() as u64);
        let row = |content, state| Message { side, content, state, span, retransmitted: 0 };
        match record.kind {
            Some(content::HANDSHAKE) if plain => self.take_fragments(side, record, carrier),
            Some(content::HANDSHAKE) => {
                self.seen.count_handshake(side, &span);
                self.seen.push(row(Content::EncryptedHandshake, State::Encrypted));
            }
            Some(content::CHANGE_CIPHER_SPEC) if !std::mem::replace(&mut direction.changed_cipher, true) => {
                self.seen.push(row(Content::ChangeCipherSpec, State::Seen));
            }
            Some(content::ALERT) => match (plain, record.fragment) {
                (true, [level, description]) => {
                    self.seen.facts.alert.get_or_insert((side, *level, *description));
                    self.seen.facts.close_notify[side.index()] |= *description == 0;
                    self.seen.push(row(Content::Alert(*level, *description), State::Seen));
                }
                _ => {
                    self.seen.facts.encrypted_alert[side.index()] = true;
                    self.seen.push(row(Content::EncryptedAlert, State::Encrypted));
                }
            },
            Some(content::APPLICATION_DATA) => {
                records.application_data += 1;
                if !std::mem::replace(&mut direction.data_seen, true) {
                    self.seen.push(row(Content::ApplicationData, State::Encrypted));
                }
            }
            // Epoch 2 protects the handshake of DTLS 1.3 (RFC 9147 section 6.1).
            None if record.epoch == 2 && self.seen.facts.is_tls13() => match &mut direction.flight {
                Some(flight) => {
                    flight.join(&span);
                }
                None => direction.flight = Some(span),
            },
            None => {
                records.application_data += 1;
                if !std::mem::replace(&mut direction.data_seen, true) {
                    self.seen.push(row(Content::ApplicationData, State::Encrypted));
                }
            }
            Some(_) => {}
        }
    }

    /// The fragments of plain messages in a record.
    fn take_fragments(&mut self, side: Side, record: &Record<'_>, carrier: Carrier) {
        let mut at = 0;
        while let Some(fragment) = record.fragment.get(at..).and_then(fragment::read) {
            let len = fragment::HEADER + fragment.bytes.len();
            // The record's header carries the first fragment.
            let from = if at == 0 { record.at } else { record.fragment_at + at };
            let span = carried(carrier, from, record.fragment_at + at + len - from);
            self.take_fragment(side, &fragment, &span, record.fragment_at + at);
            at += len;
        }
    }

    fn take_fragment(&mut self, side: Side, fragment: &Fragment<'_>, span: &Span, at: usize) {
        if fragment.kind == handshake::CLIENT_HELLO && fragment.offset == 0 && self.random.is_none() {
            self.random = fragment.bytes.get(2..34).and_then(|random| random.try_into().ok());
        }
        let direction = &mut self.sides[side.index()];
        match direction.fragments.take(fragment, span, direction.bytes + at as u64) {
            Step::Message(whole) => {
                let hello = if whole.kind == handshake::CLIENT_HELLO { without_cookie(whole.body()) } else { None };
                let content = self.seen.facts.learn(side, whole.kind, Some(hello.as_deref().unwrap_or(whole.body())));
                let (span, retransmitted) = (whole.span, whole.retransmitted);
                direction.numbers.push((fragment.number, self.seen.messages.len()));
                self.seen.count_handshake(side, &span);
                self.seen.push(Message { side, content, state: State::Seen, span, retransmitted });
            }
            Step::Copy(number) => {
                let place = direction.numbers.iter().find(|(held, _)| *held == number).map(|(_, place)| *place);
                if let Some(message) = place.and_then(|place| self.seen.messages.get_mut(place)) {
                    message.retransmitted += 1;
                }
            }
            Step::More | Step::Passed => {}
        }
    }

    /// Ends what is still open and puts the messages in the order of the frames that complete them.
    pub fn finish(&mut self) {
        for side in Side::BOTH {
            for partial in self.sides[side.index()].fragments.abandon() {
                if partial.kind == handshake::CLIENT_HELLO {
                    self.seen.facts.client.get_or_insert(side);
                }
                let content = Content::Handshake(partial.kind);
                self.seen.count_handshake(side, &partial.span);
                let (span, retransmitted) = (partial.span, partial.retransmitted);
                self.seen.push(Message { side, content, state: State::Partial, span, retransmitted });
            }
            if let Some(span) = self.sides[side.index()].flight.take() {
                self.seen.count_handshake(side, &span);
                self.seen.push(Message { side, content: Content::EncryptedFlight, state: State::Encrypted, span, retransmitted: 0 });
            }
        }
        self.seen.messages.sort_by_key(|message| message.span.last);
    }
}
