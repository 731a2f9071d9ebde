//! A DTLS association: both directions' records, the messages in them, and what they say.
//!
//! What is protected is never parsed: records of an epoch above 0, and those with a unified header.

use super::fragment::{self, Fragment, Fragments, Step, carried};
use super::record::{self, Record, content};
use crate::flow::{Carrier, Side};
use crate::tls::message::{Content, Message, State, handshake};
use crate::tls::names;
use crate::tls::seen::{MAX_MESSAGES, Seen};
use crate::tls::span::Span;

/// A DTLS association.
#[derive(Debug, Default)]
pub struct Association {
    /// What it shows.
    pub seen: Seen,
    start: Start,
    sides: [Direction; 2],
}

/// Where a direction stands.
#[derive(Debug, Default)]
struct Direction {
    fragments: Fragments,
    /// Payload bytes before the current datagram: places of this direction.
    bytes: u64,
    /// The latest epoch of its records.
    epoch: u16,
    /// Bytes of the connection id in its records, which its receiver chose; none before both hellos were seen.
    id_len: Option<usize>,
    changed_cipher: bool,
    data_seen: bool,
    /// Protected records of the handshake of DTLS 1.3, together.
    flight: Option<Span>,
    /// Whether one of them could hold a Finished.
    finished: bool,
}

impl Direction {
    /// The epoch of a record: of a unified header the one with these two bits that is nearest to the latest (RFC 9147
    /// section 4.2.2). Of two equally near it is the older, as later ones come one by one.
    fn epoch_of(&mut self, record: &Record<'_>) -> u16 {
        let mut epoch = record.epoch;
        if record.is_unified {
            let above = self.epoch.wrapping_sub(epoch) & 3;
            // The same bits at or below the latest, and the next ones above it.
            let older = self.epoch.checked_sub(above).filter(|epoch| *epoch > 0);
            epoch = match older {
                Some(older) if above <= 2 => older,
                _ => self.epoch.saturating_add(4 - above),
            };
        }
        self.epoch = self.epoch.max(epoch);
        epoch
    }
}

/// The beginning of the first ClientHello, by which another association is known: as much as was seen of its version and
/// random. Its fragments may be as small as a byte.
#[derive(Debug, Default)]
struct Start {
    bytes: [u8; START],
    /// A bit for each byte that was seen.
    known: u32,
    /// Bytes of the whole message.
    len: usize,
}

/// Bytes that are compared: the version and all but two bytes of the random.
const START: usize = 32;

impl Start {
    /// Notes a part of it.
    fn learn(&mut self, hello: &Fragment<'_>) {
        for (at, byte) in (hello.offset..START).zip(hello.bytes) {
            if self.known & 1 << at == 0 {
                self.known |= 1 << at;
                self.bytes[at] = *byte;
            }
        }
        self.len = hello.len;
    }

    /// Whether a part belongs to the first ClientHello of another association.
    fn is_contradicted_by(&self, hello: &Fragment<'_>) -> bool {
        let mut parts = (hello.offset..START).zip(hello.bytes);
        // The random decides where it is there; before that, the length may as well.
        let is_short = hello.offset > 0 || hello.bytes.len() < START;
        self.known != 0
            && (is_short && hello.len != self.len || parts.any(|(at, byte)| self.known & 1 << at != 0 && self.bytes[at] != *byte))
    }
}

/// A part of the ClientHello that begins an association, if the record holds one.
fn first_hello<'b>(record: &Record<'b>) -> Option<Fragment<'b>> {
    if record.kind != Some(content::HANDSHAKE) || record.epoch != 0 {
        return None;
    }
    fragment::read(record.fragment, record.cut).filter(is_first_hello)
}

fn is_first_hello(fragment: &Fragment<'_>) -> bool {
    fragment.kind == handshake::CLIENT_HELLO && fragment.number == 0
}

/// Whether a protected record of so many bytes may hold a Finished of DTLS 1.3, by its suite. What else a client sends with the
/// keys of the handshake is shorter, or has a length of
/// ```text
///  ACK       | list length 2 | (epoch 8 | sequence 8)* | content type 1 | tag |      RFC 9147 section 7
///  alert     | 2 | content type 1 | tag |
///  Finished  | header 12 | hash | content type 1 | tag |
/// ```
fn may_hold_finished(len: usize, suite: u16) -> bool {
    let suite = names::cipher_suite(suite);
    let tag = if suite.is_some_and(|suite| suite.mode == "CCM_8") { 8 } else { 16 };
    let hash = if suite.is_some_and(|suite| suite.name.ends_with("SHA384")) { 48 } else { 32 };
    let is_ack = len >= 2 + 1 + tag && (len - 2 - 1 - tag).is_multiple_of(16);
    len >= 12 + hash + 1 + tag && !is_ack
}

/// A ClientHello as TLS has it: without the cookie behind the session id (RFC 6347 section 4.2.1).
fn without_cookie(body: &[u8]) -> Option<Vec<u8>> {
    let session_end = 35 + usize::from(*body.get(34)?);
    let cookie_end = session_end + 1 + usize::from(*body.get(session_end)?);
    Some([body.get(..session_end)?, body.get(cookie_end..)?].concat())
}

impl Association {
    /// A new one, if a payload could be DTLS: records to its end, the first of them plain. Of its `wire_len` bytes `bytes` were
    /// captured.
    pub fn begin(bytes: &[u8], wire_len: usize) -> Option<Self> {
        let mut at = record::start(bytes)?;
        let first = record::read(bytes, at, wire_len, None)?;
        let plausible = match first.kind? {
            content::HANDSHAKE if first.epoch == 0 => {
                let message = fragment::read(first.fragment, first.cut)?;
                names::handshake_type(message.kind).is_some()
            }
            content::CHANGE_CIPHER_SPEC => first.fragment == [1],
            content::ALERT => first.epoch > 0 || first.len() == 2,
            _ => first.epoch > 0,
        };
        while plausible && at < bytes.len() {
            match record::read(bytes, at, wire_len, None) {
                Some(record) => at = record.end(),
                // TURN pads, and the snap length may cut a header: the first record was there.
                None if at > first.at => break,
                None => return None,
            }
        }
        plausible.then(Association::default)
    }

    /// Whether the payload begins another association: a first ClientHello with another random.
    pub fn is_renewed_by(&self, bytes: &[u8], wire_len: usize) -> bool {
        let hello = || first_hello(&record::read(bytes, record::start(bytes)?, wire_len, None)?);
        hello().is_some_and(|hello| self.start.is_contradicted_by(&hello))
    }

    /// Bytes that it holds of messages in the making.
    pub fn held(&self) -> u64 {
        self.sides.iter().map(|direction| direction.fragments.held() as u64).sum()
    }

    /// Takes a payload: records of DTLS, or what shares its ports (RFC 7983).
    pub fn deliver(&mut self, side: Side, bytes: &[u8], carrier: Carrier) {
        if let Some(mut at) = record::start(bytes) {
            while let Some(record) = record::read(bytes, at, carrier.len as usize, self.sides[side.index()].id_len) {
                self.take(side, &record, carrier);
                at = record.end();
            }
        }
        self.sides[side.index()].bytes += u64::from(carrier.len);
    }

    fn take(&mut self, side: Side, record: &Record<'_>, carrier: Carrier) {
        let records = &mut self.seen.records[side.index()];
        records.all += 1;
        let plain = record.epoch == 0;
        let mut span = carried(carrier, record.at, record.end() - record.at);
        let direction = &mut self.sides[side.index()];
        span.extend(direction.bytes + record.fragment_at as u64, record.len() as u64);
        let epoch = direction.epoch_of(record);
        let row = |content, state| {
            let state = if record.cut > 0 { State::Partial } else { state };
            Message { side, content, state, span, retransmitted: 0 }
        };
        match record.kind {
            Some(content::HANDSHAKE) if plain => self.take_fragments(side, record, carrier),
            Some(content::HANDSHAKE) => {
                self.seen.count_handshake(side, &span);
                self.seen.push(row(Content::EncryptedHandshake, State::Encrypted));
            }
            Some(content::CHANGE_CIPHER_SPEC) if !std::mem::replace(&mut direction.changed_cipher, true) => {
                self.seen.push(row(Content::ChangeCipherSpec, State::Seen));
            }
            Some(content::ALERT) if plain && record.cut > 0 => {}
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
            None if epoch == 2 && record.is_unified && self.seen.facts.is_tls13() => {
                let suite = self.seen.facts.server_hello.as_ref().map_or(0, |hello| hello.suite);
                direction.finished |= may_hold_finished(record.len(), suite);
                self.seen.handshake[side.index()].join(&span);
                match &mut direction.flight {
                    Some(flight) => {
                        flight.join(&span);
                    }
                    None => direction.flight = Some(span),
                }
            }
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
        while let Some(fragment) = record.fragment.get(at..).and_then(|bytes| fragment::read(bytes, record.cut)) {
            let len = fragment::HEADER + fragment.bytes.len();
            // The record's header carries the first fragment.
            let from = if at == 0 { record.at } else { record.fragment_at + at };
            let span = carried(carrier, from, record.fragment_at + at + len - from);
            self.take_fragment(side, &fragment, &span, carrier.id, record.fragment_at + at);
            at += len;
        }
        if at < record.fragment.len() && record.cut == 0 {
            self.seen.facts.fragments_contradicting += 1;
        }
    }

    fn take_fragment(&mut self, side: Side, fragment: &Fragment<'_>, span: &Span, carrier: u64, at: usize) {
        if is_first_hello(fragment) {
            self.start.learn(fragment);
        }
        let direction = &mut self.sides[side.index()];
        match direction.fragments.take(fragment, span, carrier, direction.bytes + at as u64) {
            Step::Message(mut whole) => {
                let hello = if whole.kind == handshake::CLIENT_HELLO { without_cookie(whole.body()) } else { None };
                let content = self.seen.facts.learn(side, whole.kind, Some(hello.as_deref().unwrap_or(whole.body())));
                self.seen.handshake[side.index()].join(span);
                let (span, retransmitted) = (whole.span, whole.retransmitted);
                let place = Some(self.seen.messages.len()).filter(|place| *place < MAX_MESSAGES);
                direction.fragments.remember(&whole, place);
                self.seen.count_handshake_bytes(side, &span);
                self.seen.push(Message { side, content, state: State::Seen, span, retransmitted });
                if whole.kind == handshake::SERVER_HELLO {
                    self.agree_on_ids();
                }
            }
            Step::Copy(place) => {
                if let Some(message) = self.seen.messages.get_mut(place) {
                    message.retransmitted += 1;
                }
            }
            Step::Part => self.seen.handshake[side.index()].join(span),
            Step::Nothing => {}
            Step::Beyond => self.seen.facts.fragments_beyond_bound += 1,
            Step::Contradicts => self.seen.facts.fragments_contradicting += 1,
        }
    }

    /// Connection ids are used where both hellos have one (RFC 9146 section 3): each side says with which id it wants to
    /// be addressed.
    fn agree_on_ids(&mut self) {
        let facts = &self.seen.facts;
        let (Some(client), Some(offered), Some(chosen)) = (facts.client, &facts.client_hello, &facts.server_hello) else { return };
        if let (Some(of_client), Some(of_server)) = (offered.connection_id_len, chosen.connection_id_len) {
            self.sides[client.index()].id_len = Some(of_server.into());
            self.sides[client.other().index()].id_len = Some(of_client.into());
        }
    }

    /// Ends what is still open and puts the messages in the order of the frames that complete them.
    pub fn finish(&mut self) {
        for side in Side::BOTH {
            for mut partial in self.sides[side.index()].fragments.abandon() {
                if partial.kind == handshake::CLIENT_HELLO {
                    self.seen.facts.client.get_or_insert(side);
                    if let Some(start) = without_cookie(partial.start()) {
                        self.seen.facts.learn_start(partial.kind, &start);
                    }
                }
                let content = Content::Handshake(partial.kind);
                self.seen.count_handshake_bytes(side, &partial.span);
                let (span, retransmitted) = (partial.span, partial.retransmitted);
                self.seen.push(Message { side, content, state: State::Partial, span, retransmitted });
            }
            if let Some(span) = self.sides[side.index()].flight.take() {
                self.seen.facts.no_finished[side.index()] = !self.sides[side.index()].finished;
                self.seen.count_handshake_bytes(side, &span);
                self.seen.push(Message { side, content: Content::EncryptedFlight, state: State::Encrypted, span, retransmitted: 0 });
            }
        }
        self.seen.messages.sort_by_key(|message| message.span.last);
    }
}
