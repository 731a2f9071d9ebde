//! A QUIC connection: its packets, the messages in its Initial packets, and what they say.
//!
//! What a Handshake or 1-RTT packet holds is encrypted and never guessed at: they are counted, and stand as the protected
//! flight and the application data of their side.

use super::crypto::Crypto;
use super::frame::{self, Frame};
use super::initial::is_readable;
use super::keyring::{Keyring, first_keys};
use super::packet::{self, Kind, Packet};
use crate::flow::{Carrier, Side};
use crate::tls::message::{Content, Message, State, handshake};
use crate::tls::names;
use crate::tls::seen::Seen;
use crate::tls::span::Span;
use std::cell::Cell;

/// Connection ids of the server's side that are kept, to know another connection by.
const MAX_IDS: usize = 8;
/// The shortest Destination Connection ID of a client's first packet (RFC 9000 section 7.2).
const MIN_FIRST_ID: usize = 8;
/// Initial packets that wait for keys, and bytes of them: a server's, which the capture holds before the client's.
const MAX_WAITING: usize = 4;
const MAX_WAITING_BYTES: usize = 8 << 10;
/// Packets that are tried for whether they begin another connection.
const MAX_RENEWALS: u16 = 64;

/// A QUIC connection.
#[derive(Debug, Default)]
pub struct Connection {
    /// What it shows.
    pub seen: Seen,
    keys: Keyring,
    /// The client's connection id: the server's packets go to it.
    client_id: Vec<u8>,
    /// Ids that the client's packets go to: its own first choice, then the server's.
    server_ids: Vec<Vec<u8>>,
    /// Tries for another connection so far.
    renewals: Cell<u16>,
    /// Whether the server has named the version: what the client writes later is old.
    version_agreed: bool,
    /// Whether an Initial packet closed the connection.
    closed: bool,
    /// The version of Google's own QUIC, if this is that: nothing of it is read.
    gquic: Option<u32>,
    /// The largest packet number of each side's Initial packets.
    largest: [Option<u64>; 2],
    crypto: [Crypto; 2],
    waiting: Vec<Waiting>,
    /// Bytes of the client's hello that come once more because the server asked for them: no retransmission.
    due: usize,
    /// Payload bytes of each side before the current datagram.
    bytes: [u64; 2],
    /// Handshake packets of each side, together.
    flights: [Option<Span>; 2],
    data_seen: [bool; 2],
}

/// An Initial packet that came before any keys.
#[derive(Debug)]
struct Waiting {
    side: Side,
    bytes: Vec<u8>,
    /// Where it began in the datagram.
    at: usize,
    carrier: Carrier,
}

impl Connection {
    /// A new one, if a payload begins with a long header of a known version, with an Initial packet whose protection comes off
    /// with the keys of a known one (clients write versions that nobody knows to keep servers honest), or with a Version
    /// Negotiation that offers a known one.
    pub fn begin(bytes: &[u8]) -> Option<Self> {
        if let Some(version) = gquic(bytes) {
            return Some(Connection { gquic: Some(version), ..Connection::default() });
        }
        let packet = packet::read(bytes)?;
        let named = |version| names::quic_version(version).is_some();
        let plausible = match packet.kind {
            Kind::OneRtt | Kind::Unknown => false,
            Kind::VersionNegotiation => packet.versions().any(|version| version != 0 && named(version)),
            Kind::Initial if packet.bytes.len() < packet.number_at + 20 => false,
            _ if is_readable(packet.version) || named(packet.version) => true,
            Kind::Initial => first_keys(&packet).is_some(),
            _ => false,
        };
        plausible.then(Connection::default)
    }

    /// The version of Google's own QUIC, `43` of Q043, if the flow is that: its handshake is not TLS.
    pub fn gquic(&self) -> Option<u32> {
        self.gquic
    }

    /// Whether the payload begins another connection between the same ends: an Initial packet of the client to an id that this
    /// one never knew, that opens with the keys made of it, after a handshake that got somewhere.
    pub fn is_renewed_by(&self, side: Side, bytes: &[u8]) -> bool {
        let over = self.seen.facts.server_hello.is_some() || self.closed;
        if !over || bytes.first().is_none_or(|first| first & 0x80 == 0) || self.seen.facts.client != Some(side) {
            return false;
        }
        let Some(packet) = packet::read(bytes).filter(|packet| packet.kind == Kind::Initial) else { return false };
        // Clients that need no id of their own have the same empty one every time.
        let foreign = (packet.source.is_empty() || packet.source != self.client_id)
            && packet.destination.len() >= MIN_FIRST_ID
            && self.server_ids.iter().all(|id| id != packet.destination);
        if !foreign || self.renewals.get() == MAX_RENEWALS {
            return false;
        }
        self.renewals.set(self.renewals.get() + 1);
        first_keys(&packet).is_some()
    }

    /// Bytes that it holds of messages in the making, and of packets that wait for keys.
    pub fn held(&self) -> u64 {
        let waiting: usize = self.waiting.iter().map(|packet| packet.bytes.capacity()).sum();
        (self.crypto.iter().map(Crypto::held).sum::<usize>() + waiting) as u64
    }

    /// Takes a payload: one packet or several.
    pub fn deliver(&mut self, side: Side, bytes: &[u8], carrier: Carrier) {
        if self.gquic.is_some() {
            return;
        }
        let mut at = 0;
        while let Some(packet) = bytes.get(at..).and_then(packet::read) {
            self.take(side, &packet, at, carrier);
            at += packet.bytes.len();
        }
        self.bytes[side.index()] += bytes.len() as u64;
        let protected = |side: Side| self.flights[side.index()].is_some() || self.data_seen[side.index()];
        let facts = &self.seen.facts;
        if facts.client_hello.is_some() && facts.server_hello.is_some() && Side::BOTH.into_iter().all(protected) {
            self.keys.forget();
        }
    }

    fn take(&mut self, side: Side, packet: &Packet<'_>, at: usize, carrier: Carrier) {
        self.seen.records[side.index()].all += 1;
        let by_server = self.seen.facts.client.is_some_and(|client| client != side);
        if by_server && !packet.source.is_empty() {
            self.know(packet.source);
        }
        let quic = self.seen.facts.quic.get_or_insert_default();
        if packet.version != 0 && (by_server || !self.version_agreed) {
            quic.version = packet.version;
            quic.first_version = if quic.first_version == 0 { packet.version } else { quic.first_version };
            self.version_agreed |= by_server;
        }
        let place = self.bytes[side.index()] + at as u64;
        let mut span = Span::default();
        span.record();
        span.carry(carrier, at as u32, packet.bytes.len() as u32);
        span.extend(place, packet.bytes.len() as u64);
        match packet.kind {
            Kind::Initial => {
                quic.initial_packets[side.index()] += 1;
                self.open(side, packet, at, carrier);
            }
            Kind::ZeroRtt => quic.early_packets += 1,
            Kind::Handshake => {
                quic.handshake_packets[side.index()] += 1;
                self.seen.handshake[side.index()].join(&span);
                match &mut self.flights[side.index()] {
                    Some(flight) => flight.join(&span),
                    flight => *flight = Some(span),
                }
            }
            Kind::Retry => {
                quic.retry = true;
                let client = *self.seen.facts.client.get_or_insert(side.other());
                self.due = self.crypto[client.index()].received();
                // The client comes again to the id that the server chose; its new keys are made of that.
                self.keys.expect(packet.version, packet.source);
                self.know(packet.source);
            }
            Kind::VersionNegotiation => {
                quic.version_negotiation = true;
                let client = *self.seen.facts.client.get_or_insert(side.other());
                self.due = self.crypto[client.index()].received();
            }
            Kind::OneRtt => {
                self.seen.records[side.index()].application_data += 1;
                if !std::mem::replace(&mut self.data_seen[side.index()], true) {
                    self.seen.push(Message { side, content: Content::ApplicationData, state: State::Encrypted, span, retransmitted: 0 });
                }
            }
            Kind::Unknown => {}
        }
    }

    /// Takes the protection off an Initial packet and reads its frames.
    fn open(&mut self, side: Side, packet: &Packet<'_>, at: usize, carrier: Carrier) {
        let from_client = self.seen.facts.client.is_none_or(|client| client == side);
        let Some(opened) = self.keys.open(side, from_client, packet, self.largest[side.index()]) else {
            if self.keys.is_empty() && self.hold(side, packet, at, carrier) {
                return;
            }
            // Once the Initial phase is over nobody has the keys any more (RFC 9001 section 4.9.1), and nothing is lost.
            self.seen.facts.quic.get_or_insert_default().unreadable += u64::from(!self.keys.is_over());
            return;
        };
        if from_client {
            self.seen.facts.client.get_or_insert(side);
            self.client_id = packet.source.to_vec();
            self.know(packet.destination);
        }
        self.read(side, &opened.payload, at + opened.payload_at, opened.number, carrier);
        for packet in std::mem::take(&mut self.waiting) {
            if let Some(read) = packet::read(&packet.bytes) {
                if packet.side != side && !read.source.is_empty() {
                    self.know(read.source);
                }
                self.open(packet.side, &read, packet.at, packet.carrier);
            }
        }
    }

    /// Keeps a packet until there are keys; false where too much waits already.
    fn hold(&mut self, side: Side, packet: &Packet<'_>, at: usize, carrier: Carrier) -> bool {
        let bytes: usize = self.waiting.iter().map(|packet| packet.bytes.len()).sum();
        let fits = self.waiting.len() < MAX_WAITING && bytes + packet.bytes.len() <= MAX_WAITING_BYTES;
        if fits {
            self.waiting.push(Waiting { side, bytes: packet.bytes.to_vec(), at, carrier });
        }
        fits
    }

    fn know(&mut self, id: &[u8]) {
        if self.server_ids.len() < MAX_IDS && self.server_ids.iter().all(|known| known != id) {
            self.server_ids.push(id.to_vec());
        }
    }

    /// Reads the frames of an Initial packet; `at` is where they begin in the datagram.
    fn read(&mut self, side: Side, payload: &[u8], at: usize, number: u64, carrier: Carrier) {
        self.largest[side.index()] = self.largest[side.index()].max(Some(number));
        let index = side.index();
        let mut close = None;
        let mut padding = 0;
        let mut copied = 0;
        let (crypto, handshake) = (&mut self.crypto[index], &mut self.seen.handshake[index]);
        frame::each(payload, |frame| match frame {
            Frame::Crypto { offset, bytes, at: start, end } => {
                let (at, len) = ((at + start) as u32, (end - start) as u32);
                if crypto.take(offset, bytes, carrier, at, len) {
                    handshake.carry(carrier, at, len);
                } else {
                    copied += bytes.len();
                }
            }
            Frame::Close(code) => close = Some(code),
            Frame::Padding(len) => padding += len as u64,
        });
        self.seen.facts.quic.get_or_insert_default().padding_bytes += padding;
        let is_due = self.seen.facts.client == Some(side) && copied <= self.due;
        self.due -= if is_due { copied } else { 0 };
        if copied > 0
            && !is_due
            && let Some(message) = self.seen.messages.iter_mut().find(|message| message.side == side && is_hello(message.content))
        {
            message.retransmitted += 1;
        }
        while let Some(whole) = self.crypto[index].message() {
            let content = self.seen.facts.learn(side, whole.kind, Some(&whole.body));
            let span = whole.span;
            self.seen.count_handshake_bytes(side, &span);
            self.seen.push(Message { side, content, state: State::Seen, span, retransmitted: 0 });
        }
        self.closed |= close.is_some();
        // CRYPTO_ERROR: 0x0100 and the alert (RFC 9001 section 4.8).
        if let Some(code @ 0x0100..=0x01ff) = close {
            self.seen.facts.alert.get_or_insert((side, 2, code as u8));
        }
    }

    /// Ends what is still open and puts the messages in the order of the frames that complete them.
    pub fn finish(&mut self) {
        if !self.waiting.is_empty() {
            self.seen.facts.quic.get_or_insert_default().unreadable += std::mem::take(&mut self.waiting).len() as u64;
        }
        for side in Side::BOTH {
            if let Some((kind, span)) = self.crypto[side.index()].rest() {
                let content = kind.map_or(Content::EncryptedHandshake, Content::Handshake);
                self.seen.count_handshake_bytes(side, &span);
                self.seen.push(Message { side, content, state: State::Partial, span, retransmitted: 0 });
            }
            if let Some(span) = self.flights[side.index()].take() {
                self.seen.count_handshake_bytes(side, &span);
                self.seen.push(Message { side, content: Content::EncryptedFlight, state: State::Encrypted, span, retransmitted: 0 });
            }
        }
        // In one datagram the handshake comes before data.
        self.seen.messages.sort_by_key(|message| (message.span.last, message.content == Content::ApplicationData));
    }
}

/// The number in the version of a packet of Google's own QUIC, which writes `Q` and three digits, behind one of
/// ```text
///  | 1 xxxxxxx | version 4 | ...                              from Q044 on
///  | 00xx1xx1 | connection id 8 | version 4 | ...             before, of a client's first packets
/// ```
fn gquic(bytes: &[u8]) -> Option<u32> {
    let at = match bytes.first()? {
        first if first & 0x80 != 0 => 1,
        first if first & 0xcb == 0x09 => 9,
        _ => return None,
    };
    let digits = bytes.get(at..at + 4)?.strip_prefix(b"Q")?;
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

fn is_hello(content: Content) -> bool {
    matches!(content, Content::Handshake(handshake::CLIENT_HELLO | handshake::SERVER_HELLO))
}
