//! What was negotiated, where it failed and how it was cut: sections 3, 4, 5, 7 and 8 of the page.

use super::{
    Cut, Level, MAX_ALERTS, MAX_GROUPS, MAX_MESSAGES, MAX_MSS, MAX_OLD_SERVERS, MAX_STEPS, MAX_SUITES, MAX_VERSIONS, OldServer, OverTime,
    Part,
};

/// Weak suites that are offered and never chosen, named.
pub const MAX_UNUSED: usize = 24;

/// Section 3: versions offered and chosen.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// Flows whose ClientHello was read: the denominator of `offered`.
    pub offers: u64,
    /// Flows whose ServerHello was read: the denominator of `chosen`.
    pub choices: u64,
    /// Newest version first; GREASE values left out.
    pub rows: Cut<VersionRow, MAX_VERSIONS>,
    /// What was agreed on over time.
    pub over_time: OverTime,
    /// How many servers agreed on an old version, in a sentence.
    pub old_says: String,
    /// The servers that did, those with the most such flows first.
    pub old_servers: Cut<OldServer, MAX_OLD_SERVERS>,
}

/// One protocol version.
#[derive(Clone, Debug)]
pub struct VersionRow {
    /// Code point, 0x0304 for TLS 1.3.
    pub code: u16,
    /// `TLS 1.3`.
    pub name: String,
    /// Bad for SSL and for TLS 1.0 and 1.1 (RFC 8996), good for 1.2 and 1.3.
    pub level: Level,
    /// Flows whose client offers it.
    pub offered: u64,
    /// Flows whose server chose it.
    pub chosen: u64,
}

/// Section 4: cipher suites.
#[derive(Clone, Debug, Default)]
pub struct Suites {
    /// Flows whose ClientHello was read.
    pub offers: u64,
    /// Flows whose ServerHello was read.
    pub choices: u64,
    /// What the choices show, in a sentence or two.
    pub says: String,
    /// Flows by the place of the chosen suite in the client's list.
    pub ranks: Vec<Part>,
    /// Weak and insecure suites that clients offer and no server chose: name, level, flows that offer it.
    pub unused: Cut<(String, Level, u64), MAX_UNUSED>,
    /// Most often chosen first, then most often offered; GREASE left out.
    pub rows: Cut<SuiteRow, MAX_SUITES>,
}

/// One cipher suite, as in `cipher_suites.csv`.
#[derive(Clone, Debug)]
pub struct SuiteRow {
    /// Code point.
    pub code: u16,
    /// IANA name, or empty when there is none.
    pub name: String,
    /// The word in column `rating`.
    pub rating: String,
    /// How the rating is coloured.
    pub level: Level,
    /// Whether it gives forward secrecy; `None` for suites unknown to us.
    pub forward_secret: Option<bool>,
    /// Flows whose client offers it.
    pub offered: u64,
    /// Flows whose server chose it.
    pub chosen: u64,
}

/// Section 5: key exchange groups.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Flows whose ClientHello lists groups: the denominator of `offered`.
    pub offers: u64,
    /// Flows whose ClientHello sends at least one key share: the denominator of `shared`.
    pub shares: u64,
    /// Flows whose chosen group is known: the denominator of `chosen`.
    pub choices: u64,
    /// Flows with a HelloRetryRequest.
    pub hello_retries: u64,
    /// What the funnel shows.
    pub says: String,
    /// From offer to choice: kind of group, and flows that offer one, send a key share, choose one, choose one after a retry.
    pub funnel: Vec<(&'static str, [u64; 4])>,
    /// Sizes of ClientHellos with and without a post-quantum key share.
    pub hellos: Vec<HelloSizes>,
    /// Most often chosen first, then most often offered; GREASE left out.
    pub rows: Cut<GroupRow, MAX_GROUPS>,
}

/// Sizes of some ClientHellos.
#[derive(Clone, Debug, Default)]
pub struct HelloSizes {
    /// Which.
    pub label: &'static str,
    /// How many.
    pub count: u64,
    /// Of these, in more than one segment.
    pub split: u64,
    /// 5th, 25th, 50th, 75th and 95th percentile of their bytes.
    pub at: [u64; 5],
    /// Bytes of the longest.
    pub max: u64,
}

/// One group, as in `groups.csv`.
#[derive(Clone, Debug)]
pub struct GroupRow {
    /// Code point.
    pub code: u16,
    /// IANA name, or empty.
    pub name: String,
    /// `elliptic curve`, `finite field`, `post-quantum hybrid`, ...
    pub kind: String,
    /// Flows whose client lists it.
    pub offered: u64,
    /// Flows whose client sends a key share for it.
    pub shared: u64,
    /// Flows whose server chose it.
    pub chosen: u64,
}

/// Section 7: where handshakes end. `completed + failed + not_judged` is the number of TLS flows.
#[derive(Clone, Debug, Default)]
pub struct Failures {
    /// Handshakes that completed.
    pub completed: u64,
    /// Handshakes that ended by alert, reset, close or time-out.
    pub failed: u64,
    /// Flows not judged: midway, cut by a gap, or the capture ended.
    pub not_judged: u64,
    /// What the funnel shows, and what the matrix shows.
    pub says: [String; 2],
    /// The twelve steps in order.
    pub steps: Cut<StepCount, MAX_STEPS>,
    /// Steps at which at least one handshake ended, in order.
    pub matrix: Cut<MatrixRow, MAX_STEPS>,
    /// Alerts that ended handshakes, most frequent first.
    pub alerts: Cut<AlertRow, MAX_ALERTS>,
}

/// One of the twelve steps over all flows that began with their first packet. The five counts add up to the
/// flows that had not failed at an earlier step.
#[derive(Clone, Debug)]
pub struct StepCount {
    /// 1 to 12.
    pub step: u8,
    /// `ClientHello`.
    pub name: String,
    /// Seen in the clear.
    pub seen: u64,
    /// Took place, but encrypted.
    pub encrypted: u64,
    /// Not a part of this kind of handshake.
    pub not_part: u64,
    /// Missing: the capture has a gap or ends.
    pub missing: u64,
    /// The handshake failed here.
    pub failed: u64,
}

/// How the handshakes that reached a step and no further ended.
#[derive(Clone, Debug)]
pub struct MatrixRow {
    /// The last step seen, 1 to 12.
    pub step: u8,
    /// Its name.
    pub name: String,
    /// An alert.
    pub alert: u64,
    /// A TCP reset.
    pub reset: u64,
    /// An orderly close.
    pub closed: u64,
    /// Silence.
    pub timeout: u64,
    /// Bytes missing from the capture: not judged, so not a failure.
    pub gap: u64,
    /// A flow that shows it, if one was kept.
    pub example_flow: Option<String>,
}

impl MatrixRow {
    /// The causes that count as failures: alert, reset, closed, timeout.
    pub fn causes(&self) -> [u64; 4] {
        [self.alert, self.reset, self.closed, self.timeout]
    }
}

/// One alert that ended handshakes.
#[derive(Clone, Debug)]
pub struct AlertRow {
    /// Code point.
    pub code: u8,
    /// `handshake_failure`, or empty.
    pub name: String,
    /// Sent by clients.
    pub from_client: u64,
    /// Sent by servers.
    pub from_server: u64,
    /// A flow that shows it, if one was kept.
    pub example_flow: Option<String>,
}

/// Section 8: how handshake messages are cut.
#[derive(Clone, Debug, Default)]
pub struct Segmentation {
    /// Messages counted, over all kinds.
    pub messages: u64,
    /// Messages that needed more than one TCP segment.
    pub split: u64,
    /// Messages that any IP fragment carried.
    pub ip_fragmented: u64,
    /// Flows with segments above the MSS: offload on the capturing host.
    pub offload_flows: u64,
    /// Largest relative error of a quantile in thousandths; 0 when quantiles are exact.
    pub quantile_error_permille: u64,
    /// What the drawings show: records by segments, then flights.
    pub says: [String; 2],
    /// Complete messages in plain by records (1, 2, 3, 4 or more), then by segments (1 to 7, 8 or more).
    pub cuts: [[u64; 8]; 4],
    /// Flows whose ClientHello came in more than one segment, and those of whose ClientHello the segments are known.
    pub split_hellos: (u64, u64),
    /// Flows whose ClientHello was read in the form of SSL 2.0: its segments are not counted.
    pub old_hellos: u64,
    /// Server's first flights by segments as long as the client's MSS: 1 to 15, 16 or more.
    pub flights: [u64; 16],
    /// In the order of a handshake.
    pub rows: Cut<MessageCut, MAX_MESSAGES>,
    /// Flows whose client's MSS was seen: the denominator of `MssRow::client`.
    pub mss_clients: u64,
    /// Flows whose server's MSS was seen.
    pub mss_servers: u64,
    /// Largest MSS first, or most frequent first when there are too many.
    pub mss: Cut<MssRow, MAX_MSS>,
}

/// One kind of message in one direction, as in `segmentation.csv` grouped by message.
#[derive(Clone, Debug)]
pub struct MessageCut {
    /// `client_hello`.
    pub message: String,
    /// Sent by the client (else by the server).
    pub from_client: bool,
    /// Messages of this kind.
    pub count: u64,
    /// Median length, if known.
    pub bytes_p50: Option<u64>,
    /// 95th percentile.
    pub bytes_p95: Option<u64>,
    /// Longest.
    pub bytes_max: Option<u64>,
    /// Messages in 1, 2, ..., 7 and in 8 or more segments.
    pub segments: [u64; 8],
    /// Most segments.
    pub segments_max: u64,
}

/// One maximum segment size.
#[derive(Clone, Debug)]
pub struct MssRow {
    /// Announced in the SYN.
    pub mss_bytes: u32,
    /// Flows whose client announced it.
    pub client: u64,
    /// Flows whose server announced it.
    pub server: u64,
}
