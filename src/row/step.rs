//! The names of messages, and the twelve steps of the drawing that the report makes of a handshake.

use super::Word;
use crate::tls::message::handshake::*;
use crate::tls::{Content, Message, State, names};

/// The twelve steps of a full TLS 1.2 handshake, in order. Other handshakes are other orders of the same drawing.
pub const STEPS: [&str; 12] = [
    "TCP handshake",
    "ClientHello",
    "ServerHello",
    "Certificate",
    "ServerKeyExchange",
    "ServerHelloDone",
    "ClientKeyExchange, ChangeCipherSpec, Finished",
    "NewSessionTicket",
    "ChangeCipherSpec of the server",
    "Finished of the server",
    "Application data",
    "close_notify and TCP teardown",
];

/// How a message is called in messages.csv.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `handshake`, `ccs`, `alert` or `data`.
    pub layer: &'static str,
    /// The name.
    pub message: Word,
    /// HandshakeType or AlertDescription.
    pub code: Option<u8>,
}

/// Layer, name and code point of a message.
pub fn name(content: Content) -> Named {
    let named = |layer, message: &'static str, code| Named { layer, message: message.into(), code };
    match content {
        Content::Handshake(kind) => {
            let known = names::handshake_type(kind).map_or_else(|| format!("handshake_{kind}").into(), Word::from);
            Named { layer: "handshake", message: known, code: Some(kind) }
        }
        Content::V2ClientHello => named("handshake", "ssl2_client_hello", Some(CLIENT_HELLO)),
        Content::HelloRetryRequest => named("handshake", "hello_retry_request", Some(SERVER_HELLO)),
        Content::EncryptedHandshake => named("handshake", "encrypted_handshake", None),
        Content::ChangeCipherSpec => named("ccs", "change_cipher_spec", None),
        Content::Alert(_, description) => {
            let known = names::alert(description).map_or_else(|| format!("alert_{description}").into(), Word::from);
            Named { layer: "alert", message: known, code: Some(description) }
        }
        Content::EncryptedAlert => named("alert", "encrypted_alert", None),
        Content::ApplicationData => named("data", "application_data", None),
        Content::EncryptedFlight => named("data", "encrypted_flight", None),
    }
}

/// The step that a message belongs to, 2 to 12.
///
/// In TLS 1.3 the server's protected flight stands at Certificate, the client's at the client's Finished.
pub fn step(content: Content, from_client: bool) -> u8 {
    match (content, from_client) {
        (Content::Handshake(CLIENT_HELLO) | Content::V2ClientHello, _) => 2,
        (Content::Handshake(SERVER_HELLO | HELLO_VERIFY_REQUEST | HELLO_RETRY_REQUEST | HELLO_REQUEST) | Content::HelloRetryRequest, _) => {
            3
        }
        (Content::Handshake(NEW_SESSION_TICKET), _) => 8,
        (Content::Handshake(SERVER_KEY_EXCHANGE), _) => 5,
        (Content::Handshake(CERTIFICATE_REQUEST | SERVER_HELLO_DONE), _) => 6,
        (Content::Handshake(CERTIFICATE | CERTIFICATE_STATUS), false) | (Content::EncryptedFlight, false) => 4,
        (Content::Handshake(_) | Content::EncryptedFlight | Content::EncryptedHandshake | Content::ChangeCipherSpec, true) => 7,
        (Content::ChangeCipherSpec, false) => 9,
        (Content::EncryptedHandshake | Content::Handshake(FINISHED), false) => 10,
        (Content::Handshake(_), false) => 4,
        (Content::ApplicationData, _) => 11,
        (Content::Alert(..) | Content::EncryptedAlert, _) => 12,
    }
}

/// The short token of a message in the column `sequence`, in lower case.
pub fn token(content: Content) -> Word {
    match content {
        Content::Handshake(kind) => match kind {
            HELLO_REQUEST => "hr".into(),
            CLIENT_HELLO => "ch".into(),
            SERVER_HELLO => "sh".into(),
            NEW_SESSION_TICKET => "nst".into(),
            HELLO_VERIFY_REQUEST => "hvr".into(),
            HELLO_RETRY_REQUEST => "hrr".into(),
            CERTIFICATE => "crt".into(),
            SERVER_KEY_EXCHANGE => "ske".into(),
            CERTIFICATE_REQUEST => "crq".into(),
            SERVER_HELLO_DONE => "shd".into(),
            CERTIFICATE_VERIFY => "cv".into(),
            CLIENT_KEY_EXCHANGE => "cke".into(),
            FINISHED => "fin".into(),
            CERTIFICATE_STATUS => "cst".into(),
            other => format!("h{other}").into(),
        },
        Content::V2ClientHello => "ch2".into(),
        Content::HelloRetryRequest => "hrr".into(),
        Content::EncryptedHandshake => "enc".into(),
        Content::ChangeCipherSpec => "ccs".into(),
        Content::Alert(_, description) => format!("a{description}").into(),
        Content::EncryptedAlert => "alert".into(),
        Content::ApplicationData => "data".into(),
        Content::EncryptedFlight => "flight".into(),
    }
}

/// What else there is to say of a message.
pub fn detail(message: &Message) -> String {
    match (message.content, message.state) {
        (Content::Alert(1, _), _) => "warning".into(),
        (Content::Alert(2, _), _) => "fatal".into(),
        (Content::Alert(level, _), _) => format!("level {level}"),
        (_, State::Partial) => "bytes are missing, or it never ended".into(),
        _ => String::new(),
    }
}
