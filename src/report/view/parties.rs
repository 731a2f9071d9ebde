//! Who takes part and what they use: sections 10, 11 and 12 of the page.

use super::{Cut, Level};

/// Servers in the table of servers.
pub const MAX_SERVERS: usize = 50;
/// Fingerprints of clients.
pub const MAX_CLIENTS: usize = 50;
/// Extensions.
pub const MAX_EXTENSIONS: usize = 50;
/// Application protocols.
pub const MAX_PROTOCOLS: usize = 15;

/// A part of a bar: what it is, how much it matters, how many.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Class of the style sheet, which also names the colour: `bad`, `warn`, `good`, `neutral`, `tls13`, ...
    pub class: &'static str,
    /// What it is, in words.
    pub label: &'static str,
    /// How many.
    pub count: u64,
}

/// Section 10, the busiest first.
#[derive(Clone, Debug, Default)]
pub struct Servers {
    /// What the chart and the table show, in one or two sentences.
    pub says: String,
    /// TLS flows with a server: the denominator of `ServerRow::flows`.
    pub flows: u64,
    /// Servers by standing, the worst first.
    pub standings: Vec<Part>,
    /// The busiest.
    pub rows: Cut<ServerRow, MAX_SERVERS>,
}

/// One server, as in `servers.csv`.
#[derive(Clone, Debug, Default)]
pub struct ServerRow {
    /// `192.0.2.1:443`.
    pub address: String,
    /// A name that clients asked it for; empty where there is none.
    pub name: String,
    /// How it stands, in a word or three.
    pub standing: &'static str,
    /// How much that matters.
    pub level: Level,
    /// TLS flows.
    pub flows: u64,
    /// Handshakes that completed.
    pub completed: u64,
    /// Handshakes that failed.
    pub failed: u64,
    /// Versions that it chose, the oldest first.
    pub versions: String,
    /// Cipher suites that it chose.
    pub suites: u64,
    /// Flows with forward secrecy, and all of which it is known.
    pub forward_secret: (u64, u64),
    /// Flows that resumed a session.
    pub resumed: u64,
    /// Flows with a post-quantum or hybrid group.
    pub post_quantum: u64,
    /// One of its flows.
    pub example_flow: Option<String>,
}

impl ServerRow {
    /// Flows by how they ended: completed, failed, not judged.
    pub fn endings(&self) -> [u64; 3] {
        [self.completed, self.failed, self.flows.saturating_sub(self.completed.saturating_add(self.failed))]
    }
}

/// Section 11, the most frequent first.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    /// What the chart and the table show.
    pub says: String,
    /// Flows with a fingerprint: the denominator of `ClientRow::flows`.
    pub flows: u64,
    /// Flows by the best that their client offers, the newest first.
    pub generations: Vec<Part>,
    /// The most frequent.
    pub rows: Cut<ClientRow, MAX_CLIENTS>,
}

/// Clients of one fingerprint, as in `clients.csv`.
#[derive(Clone, Debug, Default)]
pub struct ClientRow {
    /// JA4.
    pub ja4: String,
    /// The best that they offer.
    pub generation: &'static str,
    /// How much that matters.
    pub level: Level,
    /// Flows.
    pub flows: u64,
    /// Distinct addresses.
    pub addresses: u64,
    /// Handshakes that completed.
    pub completed: u64,
    /// Handshakes that failed.
    pub failed: u64,
    /// Versions that servers chose, the oldest first.
    pub versions: String,
    /// Cipher suites offered.
    pub suites: u64,
    /// Application protocols offered.
    pub protocols: String,
    /// One of the flows.
    pub example_flow: Option<String>,
}

impl ClientRow {
    /// Flows by how they ended: completed, failed, not judged.
    pub fn endings(&self) -> [u64; 3] {
        [self.completed, self.failed, self.flows.saturating_sub(self.completed.saturating_add(self.failed))]
    }
}

/// Section 12, the most often offered first.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    /// What the tables show.
    pub says: String,
    /// Flows whose ClientHello was read: the denominator of `offered`.
    pub offers: u64,
    /// Flows whose ServerHello has an extension: the denominator of `answered`.
    pub choices: u64,
    /// The extensions.
    pub rows: Cut<ExtensionRow, MAX_EXTENSIONS>,
    /// Flows whose application protocol was chosen in plain.
    pub protocol_choices: u64,
    /// The application protocols.
    pub protocols: Cut<ProtocolRow, MAX_PROTOCOLS>,
}

/// One extension, as in `extensions.csv`.
#[derive(Clone, Debug, Default)]
pub struct ExtensionRow {
    /// Code point.
    pub code: u16,
    /// IANA name, or empty.
    pub name: String,
    /// Flows whose ClientHello has it.
    pub offered: u64,
    /// Flows whose ServerHello has it.
    pub answered: u64,
}

/// One application protocol, as in `alpn.csv`.
#[derive(Clone, Debug, Default)]
pub struct ProtocolRow {
    /// The identifier as on the wire.
    pub id: String,
    /// Its name, or empty.
    pub name: String,
    /// Flows whose client lists it.
    pub offered: u64,
    /// Flows whose server chose it in plain.
    pub chosen: u64,
}
