//! What a session holds: its messages, and what the plain part of the handshake says.

use super::certificate::Chain;
use super::hello::{ClientHello, ServerHello, is_tls13};
use super::key_exchange::ServerKeyExchange;
use super::span::Span;
use crate::flow::Side;

/// HandshakeType values that mean something here (IANA, TLS HandshakeType).
pub mod handshake {
    #![allow(missing_docs)]
    pub const HELLO_REQUEST: u8 = 0;
    pub const CLIENT_HELLO: u8 = 1;
    pub const SERVER_HELLO: u8 = 2;
    pub const HELLO_VERIFY_REQUEST: u8 = 3;
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
    pub const COMPRESSED_CERTIFICATE: u8 = 25;
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
    /// What there is of the first ClientHello whose end the capture does not hold: lists that are whole.
    pub client_hello_start: Option<Box<ClientHello>>,
    /// The first ServerHello that is no HelloRetryRequest.
    pub server_hello: Option<ServerHello>,
    /// The HelloRetryRequest.
    pub retry: Option<ServerHello>,
    /// ServerKeyExchange.
    pub key_exchange: ServerKeyExchange,
    /// What carries TLS in packets of its own, by name; what only comes before it is told by the flow's first bytes.
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
    /// Who sent a plain HeartbeatRequest that asks for more than its record holds (RFC 6520 section 4).
    pub overlong_heartbeat: [bool; 2],
    /// Whose protected flight of DTLS 1.3 holds no record that could be a Finished, but acknowledgements or alerts by their lengths.
    pub no_finished: [bool; 2],
    /// What only QUIC has.
    pub quic: Option<QuicFacts>,
    /// Plain CompressedCertificates that could not be taken apart.
    pub certificates_compressed: u64,
    /// Messages that were passed over because a session keeps only so many.
    pub dropped: u64,
    /// Handshake fragments of DTLS that were passed over because a direction holds only so much of messages in the making.
    pub fragments_beyond_bound: u64,
    /// Handshake fragments of DTLS whose lengths contradict one another, or those of other fragments of the same message.
    pub fragments_contradicting: u64,
}

impl Facts {
    /// The version that was agreed on.
    pub fn version(&self) -> Option<u16> {
        self.server_hello.as_ref().or(self.retry.as_ref()).map(|hello| hello.version)
    }

    /// Whether a hello of either side was read.
    pub fn knows_hello(&self) -> bool {
        self.client_hello.is_some() || self.server_hello.is_some() || self.retry.is_some()
    }

    /// Whether TLS 1.3 was agreed on, as far as the capture tells.
    pub fn is_tls13(&self) -> bool {
        self.retry.is_some() || self.version().is_some_and(is_tls13)
    }
}

/// What only QUIC has.
#[derive(Debug, Default, Clone, Copy)]
pub struct QuicFacts {
    /// The version of the server's last long header, else of the client's; 0: none but a Version Negotiation was seen.
    pub version: u32,
    /// The version of the first long header.
    pub first_version: u32,
    /// Whether the server sent a Retry.
    pub retry: bool,
    /// Whether the server sent a Version Negotiation.
    pub version_negotiation: bool,
    /// Initial packets of each side.
    pub initial_packets: [u64; 2],
    /// Handshake packets of each side.
    pub handshake_packets: [u64; 2],
    /// 0-RTT packets.
    pub early_packets: u64,
    /// Bytes of PADDING in Initial packets.
    pub padding_bytes: u64,
    /// Initial packets whose protection could not be taken off.
    pub unreadable: u64,
}

/// Counts of one direction's records.
#[derive(Debug, Default, Clone, Copy)]
pub struct Records {
    /// All records.
    pub all: u64,
    /// Records of application data.
    pub application_data: u64,
}
