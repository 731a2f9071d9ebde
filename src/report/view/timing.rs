//! Time: section 9 of the page, and the versions over time of section 3.

use super::Cut;

/// Rows in the table of percentiles.
pub const MAX_QUANTILES: usize = 28;
/// The slowest handshakes.
pub const MAX_SLOWEST: usize = 50;
/// Servers that agreed on an old version.
pub const MAX_OLD_SERVERS: usize = 30;

/// Section 9.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    /// What the chart shows.
    pub says: String,
    /// Handshakes that completed and whose time is known.
    pub handshakes: u64,
    /// Largest relative error of a quantile in thousandths.
    pub quantile_error_permille: u64,
    /// One curve a time.
    pub curves: Vec<Curve>,
    /// Each time over all flows, then by version.
    pub quantiles: Cut<QuantileRow, MAX_QUANTILES>,
    /// The slowest handshakes.
    pub slowest: Cut<SlowRow, MAX_SLOWEST>,
}

/// How one time is spread over all flows.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Class of the style sheet.
    pub class: &'static str,
    /// What is measured.
    pub label: &'static str,
    /// Flows that have it.
    pub count: u64,
    /// Microseconds, ascending, and how many flows have this.
    pub points: Vec<(u64, u64)>,
}

/// How one time is spread over the flows of one version, as in `quantiles.csv`, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct QuantileRow {
    /// What is measured.
    pub metric: &'static str,
    /// Class of its curve.
    pub class: &'static str,
    /// The version, or `all`.
    pub version: String,
    /// Flows that have it.
    pub count: u64,
    /// The smallest.
    pub min: u64,
    /// 5th, 25th, 50th, 75th, 95th and 99th percentile.
    pub at: [u64; 6],
    /// The largest.
    pub max: u64,
}

/// One slow handshake, as in `flows.csv`, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct SlowRow {
    /// `192.0.2.1:443`.
    pub server: String,
    /// The name asked for; empty where there is none.
    pub name: String,
    /// `TLS 1.2`.
    pub version: String,
    /// Begin of the ClientHello to the end of the handshake.
    pub handshake_us: u64,
    /// Round trip of the TCP handshake.
    pub tcp_rtt_us: Option<u64>,
    /// End of the ClientHello to the end of the ServerHello.
    pub hello_us: Option<u64>,
    /// The flow.
    pub flow: Option<String>,
    /// Path of its capture.
    pub capture: String,
    /// Display filter that is right in that capture.
    pub filter: String,
}

/// Versions agreed on, over time.
#[derive(Clone, Debug, Default)]
pub struct OverTime {
    /// What the chart shows.
    pub says: String,
    /// Width of a bucket in seconds, as in `timeline.csv`.
    pub width_s: i64,
    /// Buckets in order, those without any flow left out.
    pub buckets: Vec<Bucket>,
}

/// Flows that begin in one bucket of time, by what was agreed on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket {
    /// Its begin in seconds since 1970 UTC.
    pub second: i64,
    /// TLS 1.1 and older.
    pub old: u64,
    /// TLS 1.2.
    pub tls12: u64,
    /// TLS 1.3.
    pub tls13: u64,
    /// Another version.
    pub other: u64,
    /// No ServerHello was read.
    pub none: u64,
}

impl Bucket {
    /// Flows whose version is known: old, TLS 1.2, TLS 1.3, other.
    pub fn known(&self) -> [u64; 4] {
        [self.old, self.tls12, self.tls13, self.other]
    }
}

/// A server that agreed on TLS 1.1 or older, as in `servers.csv`.
#[derive(Clone, Debug, Default)]
pub struct OldServer {
    /// `192.0.2.1:443`.
    pub address: String,
    /// A name that clients asked it for; empty where there is none.
    pub name: String,
    /// All versions that it chose, the oldest first.
    pub versions: String,
    /// Flows in which it chose an old one.
    pub old: u64,
    /// Its flows.
    pub flows: u64,
    /// First packet of its latest flow, microseconds since 1970 UTC.
    pub last_us: i64,
    /// One of its flows.
    pub example_flow: Option<String>,
}
