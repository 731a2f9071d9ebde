//! A QUIC connection: its packets, the messages in its Initial packets, and what they say.
//!
//! What a Handshake or 1-RTT packet holds is encrypted and never guessed at: they are counted, and stand as the protected
//! flight and the application data of their side.

use super::crypto::Crypto;
use super::frame::{self, Frame};
use super::initial::{Keys, Opened, is_readable};
use super::packet::{self, Kind, Packet};
use crate::flow::{Carrier, Side};
use crate::tls::message::{Content, Message, QuicFacts, State, handshake};
use crate::tls::names;
use crate::tls::seen::Seen;
use crate::tls::span::Span;

/// Destination Connection IDs that keys are made of: the first, one for each Retry or change of version, and some for an
/// observer who missed the beginning.
const MAX_KEYS: u8 = 8;
/// Versions whose keys are tried where the version is not known: 1, and draft 29, whose keys versions for tests took.
const GUESSES: [u32; 2] = [1, 0xff00_001d];
/// Initial packets that are opened: a handshake has less than ten.
const MAX_OPENED: u32 = 256;

/// A QUIC connection.
#[derive(Debug, Default)]
pub struct Connection {
    /// What it shows.
    pub seen: Seen,
    keys: Option<Keys>,
    /// What the keys were made of.
    destination: Vec<u8>,
    keys_made: u8,
    opened: u32,
    /// The client's connection id: the server's packets go to it.
    client_id: Vec<u8>,
    /// The largest packet number of each side's Initial packets.
    largest: [Option<u64>; 2],
    crypto: [Crypto; 2],
    /// Payload bytes of each side before the current datagram.
    bytes: [u64; 2],
    /// Handshake packets of each side, together.
    flights: [Option<Span>; 2],
    data_seen: [bool; 2],
}

impl Connection {
    /// A new one, if a payload begins with a long header of a known version, or with an Initial packet whose protection
    /// comes off with the keys of a known one: clients write versions that nobody knows to keep servers honest.
    pub fn begin(bytes: &[u8]) -> Option<Self> {
        let packet = packet::read(bytes)?;
        let named = || names::quic_version(packet.version).is_some_and(|name| !name.starts_with("Google QUIC Q"));
        let plausible = match packet.kind {
            Kind::VersionNegotiation | Kind::OneRtt => false,
            Kind::Initial if packet.bytes.len() < packet.number_at + 20 => false,
            _ if is_readable(packet.version) || named() => true,
            Kind::Initial => first_keys(&packet).is_some(),
            _ => false,
        };
        plausible.then(Connection::default)
    }

    /// Whether the payload begins another connection between the same ends: an Initial packet of the client to an id that this
    /// one never knew, that opens with the keys made of it.
    pub fn is_renewed_by(&self, side: Side, bytes: &[u8]) -> bool {
        if bytes.first().is_none_or(|first| first & 0xc0 != 0xc0)
            || self.seen.facts.client != Some(side)
            || self.seen.facts.server_hello.is_none()
        {
            return false;
        }
        packet::read(bytes).is_some_and(|packet| {
            let foreign = packet.source != self.client_id && packet.destination != self.destination;
            packet.kind == Kind::Initial && foreign && first_keys(&packet).is_some()
        })
    }

    /// Takes a payload: one packet or several.
    pub fn deliver(&mut self, side: Side, bytes: &[u8], carrier: Carrier) {
        let mut at = 0;
        while let Some(packet) = bytes.get(at..).and_then(packet::read) {
            self.take(side, &packet, at, carrier);
            at += packet.bytes.len();
        }
        self.bytes[side.index()] += bytes.len() as u64;
    }

    fn take(&mut self, side: Side, packet: &Packet<'_>, at: usize, carrier: Carrier) {
        self.seen.records[side.index()].all += 1;
        let quic = self.seen.facts.quic.get_or_insert_default();
        if packet.version != 0 && quic.version != packet.version {
            (quic.first_version, quic.version) = (if quic.version == 0 { packet.version } else { quic.first_version }, packet.version);
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
                match &mut self.flights[side.index()] {
                    Some(flight) => flight.join(&span),
                    flight => *flight = Some(span),
                }
            }
            Kind::Retry => {
                quic.retry = true;
                self.seen.facts.client.get_or_insert(side.other());
                // The client comes again to the id that the server chose; its new keys are made of that.
                self.keys = None;
            }
            Kind::VersionNegotiation => {
                quic.version_negotiation = true;
                self.seen.facts.client.get_or_insert(side.other());
            }
            Kind::OneRtt => {
                self.seen.records[side.index()].application_data += 1;
                if !std::mem::replace(&mut self.data_seen[side.index()], true) {
                    self.seen.push(Message { side, content: Content::ApplicationData, state: State::Encrypted, span, retransmitted: 0 });
                }
            }
        }
    }

    /// Takes the protection off an Initial packet and reads its frames.
    fn open(&mut self, side: Side, packet: &Packet<'_>, at: usize, carrier: Carrier) {
        let from_client = self.seen.facts.client.is_none_or(|client| client == side);
        let Some(opened) = self.unprotect(side, packet, from_client) else {
            self.seen.facts.quic.get_or_insert_default().unreadable += 1;
            return;
        };
        if from_client {
            self.seen.facts.client.get_or_insert(side);
            self.client_id = packet.source.to_vec();
        }
        self.read(side, &opened.payload, at + opened.payload_at, opened.number, carrier);
    }

    /// With the keys in force, or with new ones where these do not fit.
    fn unprotect(&mut self, side: Side, packet: &Packet<'_>, from_client: bool) -> Option<Opened> {
        if self.opened == MAX_OPENED {
            return None;
        }
        self.opened += 1;
        let largest = self.largest[side.index()];
        if let Some(opened) = self.keys.as_ref().and_then(|keys| keys.open(packet, from_client, largest)) {
            return Some(opened);
        }
        if self.keys_made == MAX_KEYS {
            return None;
        }
        self.keys_made += 1;
        let (keys, opened) = if from_client && packet.destination != self.destination {
            // The first packet, the first after a Retry, or the first of another attempt.
            let found = first_keys(packet)?;
            self.destination = packet.destination.to_vec();
            found
        } else {
            // After a compatible change of version the same id gives other keys (RFC 9368 section 2.3).
            let keys = Keys::new(packet.version, &self.destination)?;
            let opened = keys.open(packet, from_client, largest)?;
            (keys, opened)
        };
        self.keys = Some(keys);
        Some(opened)
    }

    /// Reads the frames of an Initial packet; `at` is where they begin in the datagram.
    fn read(&mut self, side: Side, payload: &[u8], at: usize, number: u64, carrier: Carrier) {
        self.largest[side.index()] = self.largest[side.index()].max(Some(number));
        let index = side.index();
        let mut close = None;
        let mut padding = 0;
        let mut copies = false;
        let crypto = &mut self.crypto[index];
        frame::each(payload, |frame| match frame {
            Frame::Crypto { offset, bytes, at: start, end } => {
                copies |= !crypto.take(offset, bytes, carrier, (at + start) as u32, (end - start) as u32) && !bytes.is_empty();
            }
            Frame::Close(code) => close = Some(code),
            Frame::Padding(len) => padding += len as u64,
        });
        self.seen.facts.quic.get_or_insert_default().padding_bytes += padding;
        if copies && let Some(message) = self.seen.messages.iter_mut().find(|message| message.side == side && is_hello(message.content)) {
            message.retransmitted += 1;
        }
        while let Some(whole) = self.crypto[index].message() {
            let content = self.seen.facts.learn(side, whole.kind, Some(whole.body));
            let span = whole.span;
            self.seen.count_handshake(side, &span);
            self.seen.push(Message { side, content, state: State::Seen, span, retransmitted: 0 });
        }
        // CRYPTO_ERROR: 0x0100 and the alert (RFC 9001 section 4.8).
        if let Some(code @ 0x0100..=0x01ff) = close {
            self.seen.facts.alert.get_or_insert((side, 2, code as u8));
        }
    }

    /// Ends what is still open and puts the messages in the order of the frames that complete them.
    pub fn finish(&mut self) {
        for side in Side::BOTH {
            if let Some((kind, span)) = self.crypto[side.index()].rest() {
                let content = kind.map_or(Content::EncryptedHandshake, Content::Handshake);
                self.seen.count_handshake(side, &span);
                self.seen.push(Message { side, content, state: State::Partial, span, retransmitted: 0 });
            }
            if let Some(span) = self.flights[side.index()].take() {
                self.seen.count_handshake(side, &span);
                self.seen.push(Message { side, content: Content::EncryptedFlight, state: State::Encrypted, span, retransmitted: 0 });
            }
        }
        if let (Some(quic), Some(client)) = (&mut self.seen.facts.quic, self.seen.facts.client) {
            quic.by_role(client);
        }
        self.seen.messages.sort_by_key(|message| message.span.last);
    }
}

/// The keys that take the protection off a client's packet to an id that no keys were made of yet, and the packet without it.
fn first_keys(packet: &Packet<'_>) -> Option<(Keys, Opened)> {
    let own = [packet.version];
    let versions: &[u32] = if is_readable(packet.version) { &own } else { &GUESSES };
    versions.iter().find_map(|version| {
        let keys = Keys::new(*version, packet.destination)?;
        let opened = keys.open(packet, true, None)?;
        Some((keys, opened))
    })
}

fn is_hello(content: Content) -> bool {
    matches!(content, Content::Handshake(handshake::CLIENT_HELLO | handshake::SERVER_HELLO))
}

impl QuicFacts {
    /// Counts of the client first, which were by side until it was known.
    fn by_role(&mut self, client: Side) {
        if client == Side::High {
            self.initial_packets.swap(0, 1);
            self.handshake_packets.swap(0, 1);
        }
    }
}
