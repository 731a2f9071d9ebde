//! Flows drawn step by step: section 14 of the page.

use super::{Cut, Level, MAX_LADDER_LINES, MAX_LADDERS};

/// Section 14.
#[derive(Clone, Debug, Default)]
pub struct Ladders {
    /// How the flows were chosen, in one sentence.
    pub chosen_by: String,
    /// TLS flows in all.
    pub flows: u64,
    /// Examples of findings first, then failures, the slow, the sample.
    pub ladders: Cut<Ladder, MAX_LADDERS>,
}

/// One flow.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// `flow_id`; its anchor in the page is `ladder-` and this.
    pub flow_id: String,
    /// Path of the capture in which it starts.
    pub capture: String,
    /// `tcp` or `udp`.
    pub transport: String,
    /// tshark's `tcp.stream` or `udp.stream` in that capture.
    pub stream: Option<u64>,
    /// `192.0.2.1:50123`.
    pub client: String,
    /// `198.51.100.7:443`.
    pub server: String,
    /// Server name asked for.
    pub sni: Option<String>,
    /// `TLS 1.2`.
    pub version: Option<String>,
    /// Suite chosen.
    pub suite: Option<String>,
    /// Group of the key exchange.
    pub group: Option<String>,
    /// `full handshake`, `resumed by psk`; unknown where it cannot be told.
    pub resumption: Option<String>,
    /// Protocol agreed.
    pub alpn: Option<String>,
    /// Column `outcome`: `completed`, `alert`, ...
    pub outcome: String,
    /// How the outcome is coloured.
    pub level: Level,
    /// Why this flow was chosen: `failed with an alert`, `slowest`, `sample`.
    pub why: String,
    /// Ids of the rules that it raises.
    pub findings: Vec<String>,
    /// MSS that the client announced.
    pub mss_client: Option<u32>,
    /// MSS that the server announced.
    pub mss_server: Option<u32>,
    /// From the first packet to the end of the handshake, if it ended.
    pub handshake_us: Option<u64>,
    /// Column `wireshark_filter`.
    pub wireshark_filter: String,
    /// Prints the same ladder in a terminal, ready for a shell; empty when there is none.
    pub command: String,
    /// Steps and messages in order: a step that took several messages has several lines.
    pub lines: Cut<LadderLine, MAX_LADDER_LINES>,
}

/// One arrow.
#[derive(Clone, Debug)]
pub struct LadderLine {
    /// 1 to 12.
    pub step: u8,
    /// `Certificate`.
    pub name: String,
    /// What else there is to say: `3 certificates`, `fatal handshake_failure`; empty when nothing.
    pub detail: String,
    /// Who sent it.
    pub direction: Direction,
    /// How much of it the capture shows.
    pub state: StepState,
    /// Since the first packet of the flow.
    pub since_start_us: Option<u64>,
    /// First frame that carries any of it.
    pub first_frame: Option<u64>,
    /// The frame that completes it.
    pub last_frame: Option<u64>,
    /// Bytes of the message.
    pub bytes: Option<u64>,
    /// TLS records that it spans.
    pub records: Option<u64>,
    /// TCP segments that it spans.
    pub segments: Option<u64>,
    /// Segments that carry bytes of it and were sent again.
    pub again: u64,
    /// The flight that it belongs to, from 1.
    pub flight: Option<u32>,
}

/// Who sent what a line of a ladder shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The client.
    Client,
    /// The server.
    Server,
    /// Both in turn: the TCP handshake, application data, the teardown.
    Both,
    /// Nobody: a step that is not part of this handshake, or missing.
    None,
}

/// How much of a step the capture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Read in the clear.
    Seen,
    /// Took place, but what it says is hidden.
    Encrypted,
    /// This kind of handshake has no such step.
    NotPart,
    /// The capture has a gap here or ends.
    Missing,
    /// The handshake ended here.
    Failed,
}
