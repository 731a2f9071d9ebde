//! What the capture shows of a handshake, whatever carried it: the same for TLS, DTLS and QUIC.

use super::message::{Content, Facts, Message, Records, handshake};
use super::span::Span;
use super::{certificate, hello, key_exchange, names};
use crate::flow::Side;

/// Messages that are kept of a flow; a handshake has about twelve.
pub const MAX_MESSAGES: usize = 256;

/// Bytes that a flow usually takes for a dozen messages and the lists of both hellos: counted for every flow. What is beyond them
/// is counted as it comes.
pub const USUAL: u64 = 4 << 10;

/// A handshake and what came after it.
#[derive(Debug, Default)]
pub struct Seen {
    /// What the plain part said.
    pub facts: Facts,
    /// Messages in the order of completion; in the order of their last frames once the flow is over.
    pub messages: Vec<Message>,
    /// What carried each side's handshake messages, all together.
    pub handshake: [Span; 2],
    /// Bytes of each side's handshake messages.
    pub handshake_bytes: [u64; 2],
    /// The server's records from its ServerHello to the next record of the client.
    pub server_flight: Span,
    /// Records of each side.
    pub records: [Records; 2],
}

impl Seen {
    /// Keeps a message, or counts that it was passed over.
    pub fn push(&mut self, message: Message) {
        if self.messages.len() < MAX_MESSAGES {
            if self.messages.is_empty() {
                self.messages.reserve_exact(16); // a full handshake has twelve
            }
            self.messages.push(message);
        } else {
            self.facts.dropped += 1;
        }
    }

    /// Bytes that it holds: of messages, and of the lists in the hellos.
    pub fn held(&self) -> u64 {
        let server = |hello: &Option<hello::ServerHello>| hello.as_ref().map_or(0, hello::ServerHello::held);
        let client = |hello: Option<&hello::ClientHello>| hello.map_or(0, hello::ClientHello::held);
        let hellos = client(self.facts.client_hello.as_ref()) + server(&self.facts.server_hello);
        let start = self.facts.client_hello_start.as_deref();
        let hellos = hellos + client(start) + start.map_or(0, size_of_val);
        (self.messages.capacity() * size_of::<Message>() + hellos + server(&self.facts.retry)) as u64
    }

    /// Adds a message to its side's handshake: bytes, and datagrams that no message before it was in.
    pub fn count_handshake(&mut self, side: Side, span: &Span) {
        self.count_handshake_bytes(side, span);
        self.handshake[side.index()].join(span);
    }

    /// Adds a message's bytes alone, where what carries them is counted as it comes: messages that share a record share the
    /// segments of its header, so that those of all do not add up from those of each.
    pub fn count_handshake_bytes(&mut self, side: Side, span: &Span) {
        self.handshake_bytes[side.index()] += span.bytes();
    }
}

impl Facts {
    /// Learns what a handshake message of type `kind` says, and tells what it is. `body` comes without the 4-byte header;
    /// none where bytes of it are missing.
    pub fn learn(&mut self, side: Side, kind: u8, body: Option<&[u8]>) -> Content {
        match (kind, body) {
            (handshake::CLIENT_HELLO, body) => {
                self.client.get_or_insert(side);
                if self.client_hello.is_none() {
                    self.client_hello = body.and_then(hello::read_client);
                }
            }
            (handshake::SERVER_HELLO, body) => {
                self.client.get_or_insert(side.other());
                if let Some(hello) = body.and_then(hello::read_server) {
                    if hello.retry {
                        self.retry.get_or_insert(hello);
                        return Content::HelloRetryRequest;
                    }
                    self.server_hello.get_or_insert(hello);
                }
            }
            (handshake::HELLO_RETRY_REQUEST, body) => {
                self.client.get_or_insert(side.other());
                self.retry = self.retry.take().or_else(|| body.and_then(hello::read_old_retry));
            }
            (handshake::CERTIFICATE, Some(body)) => {
                self.chains[side.index()].get_or_insert_with(|| certificate::read(body));
            }
            (handshake::COMPRESSED_CERTIFICATE, Some(body)) => match certificate::compressed::read(body) {
                Some(chain) => {
                    self.chains[side.index()].get_or_insert(chain);
                }
                None => self.certificates_compressed += 1,
            },
            (handshake::SERVER_KEY_EXCHANGE, Some(body)) => {
                if let Some(hello) = &self.server_hello {
                    let kx = names::cipher_suite(hello.suite).map_or("", |suite| suite.kx);
                    self.key_exchange = key_exchange::read(body, kx, hello.version);
                }
            }
            (handshake::CERTIFICATE_REQUEST, _) => self.certificate_request = true,
            _ => {}
        }
        if body.is_some() {
            self.client = self.client.or(client_by_type(side, kind));
        }
        Content::Handshake(kind)
    }

    /// Learns what the start of a message says whose end is missing: of a ClientHello that the snap length cut, or of which a
    /// segment was lost, the name and the suites are often there.
    pub fn learn_start(&mut self, kind: u8, start: &[u8]) {
        if kind == handshake::CLIENT_HELLO && self.client_hello.is_none() && self.client_hello_start.is_none() {
            self.client_hello_start = hello::read_client_cut(start).map(Box::new);
        }
    }
}

/// Who the client is, where only one side sends messages of a type (RFC 5246 section 7.3, RFC 5077, RFC 6066).
fn client_by_type(sender: Side, kind: u8) -> Option<Side> {
    match kind {
        handshake::CLIENT_KEY_EXCHANGE | handshake::CERTIFICATE_VERIFY => Some(sender),
        handshake::SERVER_KEY_EXCHANGE
        | handshake::CERTIFICATE_REQUEST
        | handshake::SERVER_HELLO_DONE
        | handshake::CERTIFICATE_STATUS
        | handshake::NEW_SESSION_TICKET => Some(sender.other()),
        _ => None,
    }
}
