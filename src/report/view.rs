//! Everything that the HTML page needs, as plain data: what the census fills in and the templates read.
//!
//! Counts are `u64`, durations are microseconds, times are microseconds since 1970 UTC, shares are not
//! stored at all (a part and its whole are). `None` is "unknown", never 0. Text is raw: server names, paths and
//! certificate names are hostile and are escaped where they are written, not here. This file must not know
//! how anything is drawn, nor read a clock.
//!
//! A list on the page is a [`Cut`]: it holds no more rows than its type says and remembers how many there
//! were, so that a page over any archive keeps to [`MAX_ROWS`].

pub mod baseline;
pub mod certificates;
mod cut;
pub mod explorer;
pub mod findings;
pub mod handshake;
pub mod ladder;
pub mod parties;
pub mod timing;
mod top;

pub use baseline::{Baseline, Figures};
pub use certificates::{CertificateRow, Certificates, MAX_CERTIFICATES};
pub use cut::Cut;
pub use explorer::{Explorer, ExplorerRow, FlowsFile, MAX_EXPLORED, MAX_EXPLORED_ROWS};
pub use findings::{Finding, FindingExample, Findings};
pub use handshake::{
    AlertRow, Failures, GroupRow, Groups, HelloSizes, MAX_UNUSED, MatrixRow, MessageCut, MssRow, Segmentation, StepCount, SuiteRow, Suites,
    VersionRow, Versions,
};
pub use ladder::{Direction, Ladder, LadderLine, Ladders, StepState};
pub use parties::{
    ClientRow, Clients, ExtensionRow, Extensions, MAX_CLIENTS, MAX_EXTENSIONS, MAX_PROTOCOLS, MAX_SERVERS, Part, ProtocolRow, ServerRow,
    Servers,
};
pub use timing::{Bucket, Curve, MAX_OLD_SERVERS, MAX_QUANTILES, MAX_SLOWEST, OldServer, OverTime, QuantileRow, SlowRow, Timing};

/// Table rows in the whole page, header rows included.
pub const MAX_ROWS: usize = 1_500;
/// Bytes of the whole page; ladders are left out from the end until it fits.
pub const MAX_BYTES: usize = 5_000_000;
/// Captures that failed or were cut short, listed in run health.
pub const MAX_PROBLEMS: usize = 60;
/// Kinds of loss.
pub const MAX_LOSSES: usize = 60;
/// Versions.
pub const MAX_VERSIONS: usize = 24;
/// Cipher suites.
pub const MAX_SUITES: usize = 80;
/// Key exchange groups.
pub const MAX_GROUPS: usize = 40;
/// Steps of a handshake, for the funnel and the matrix.
pub const MAX_STEPS: usize = 12;
/// Alerts.
pub const MAX_ALERTS: usize = 30;
/// Handshake messages by direction.
pub const MAX_MESSAGES: usize = 30;
/// Maximum segment sizes.
pub const MAX_MSS: usize = 20;
/// Captures in the table of captures.
pub const MAX_CAPTURES: usize = 150;
/// Ladders drawn in the page: with their elements they are more than half of what a browser has to build.
pub const MAX_LADDERS: usize = 80;
/// Lines in one ladder.
pub const MAX_LADDER_LINES: usize = 24;
/// Lanes in the strip of time against capture.
pub const MAX_LANES: usize = 30;
/// Captures that are named because they lie outside the strip.
pub const MAX_OUTSIDE: usize = 3;
/// Spans in one lane of the strip.
pub const MAX_SPANS: usize = 120;
/// Rows that all ladder tables together may take; a ladder beyond it keeps its drawing and loses its table.
pub const MAX_LADDER_TABLE_ROWS: usize = 300;
/// Settings listed in about.
pub const MAX_SETTINGS: usize = 40;

/// Tables with a header row, other than those of ladders.
const TABLES: usize = 28;
/// Rows of tables whose rows are always the same: kinds of groups, sizes of ClientHellos, records by segments.
const FIXED: usize = 9;

const _: () = assert!(
    MAX_PROBLEMS
        + MAX_LOSSES
        + MAX_VERSIONS
        + MAX_SUITES
        + MAX_GROUPS
        + MAX_CERTIFICATES
        + 2 * MAX_STEPS
        + MAX_ALERTS
        + MAX_MESSAGES
        + MAX_MSS
        + MAX_OLD_SERVERS
        + MAX_QUANTILES
        + MAX_SLOWEST
        + MAX_SERVERS
        + MAX_CLIENTS
        + MAX_EXTENSIONS
        + MAX_PROTOCOLS
        + MAX_CAPTURES
        + MAX_EXPLORED_ROWS
        + MAX_LADDER_TABLE_ROWS
        + MAX_SETTINGS
        + FIXED
        + TABLES
        <= MAX_ROWS
);

/// The whole page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What was scanned, as the reader would call it: the name of the root folder or of the one capture.
    pub title: String,
    /// Why the run stopped early ("interrupted", "memory limit"), if it did: the page is then marked PARTIAL.
    pub partial: Option<String>,
    /// The run that this one is compared with.
    pub baseline: Option<Baseline>,
    /// Rows that a table may have, where fewer than usual were asked for.
    pub top: Option<usize>,
    /// Section 0. [`super::verdict::judge`] makes it from the rest of the page.
    pub verdict: Verdict,
    /// Section 1.
    pub health: Health,
    /// Section 2.
    pub findings: Findings,
    /// Section 3.
    pub versions: Versions,
    /// Section 4.
    pub suites: Suites,
    /// Section 5.
    pub groups: Groups,
    /// Section 6.
    pub certificates: Certificates,
    /// Section 7.
    pub failures: Failures,
    /// Section 8.
    pub segmentation: Segmentation,
    /// Section 9.
    pub timing: Timing,
    /// Section 10.
    pub servers: Servers,
    /// Section 11.
    pub clients: Clients,
    /// Section 12.
    pub extensions: Extensions,
    /// Section 13.
    pub explorer: Explorer,
    /// Section 14.
    pub ladders: Ladders,
    /// Section 15.
    pub captures: Captures,
    /// Section 16.
    pub about: About,
}

/// How much a thing matters to the reader. Each level has a word and a colour, never a colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Good,
    /// Neither good nor bad, or not known.
    #[default]
    Neutral,
    /// Worth a look.
    Warn,
    /// Wants action.
    Bad,
}

/// Section 0: whether to act, in words, and the figures behind it.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The worst of what the sentences say.
    pub level: Level,
    /// One to three sentences; the first is the headline.
    pub sentences: Vec<String>,
    /// What is new against the run that is compared with.
    pub since: Option<String>,
    /// Eight figures, each a link to its section.
    pub tiles: Vec<Tile>,
}

/// One figure of the verdict.
#[derive(Clone, Debug)]
pub struct Tile {
    /// What is counted.
    pub label: String,
    /// The figure.
    pub value: Value,
    /// The denominator or what stands behind the figure, in a few words.
    pub detail: String,
    /// How much it matters.
    pub level: Level,
    /// The id of the section that it links to, without `#`.
    pub section: &'static str,
    /// How it differs from the run that is compared with, and whether that is good.
    pub change: Option<(String, Level)>,
}

/// A figure before it is written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A plain count.
    Count(u64),
    /// A part of a whole, written as per cent; unknown when the whole is 0.
    Share(u64, u64),
    /// Bytes.
    Bytes(u64),
    /// Not known.
    Unknown,
}

/// What became of a capture, as in `captures.csv`, column `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Read from first to last packet.
    Ok,
    /// Ended inside a packet or block; what stood before was read.
    Truncated,
    /// Could not be read on; what stood before the error was kept.
    Failed,
    /// Not read, on purpose.
    Skipped,
    /// The same capture as another one.
    Duplicate,
    /// A capture without packets.
    Empty,
}

/// Captures by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statuses {
    /// [`Status::Ok`].
    pub ok: u64,
    /// [`Status::Truncated`].
    pub truncated: u64,
    /// [`Status::Failed`].
    pub failed: u64,
    /// [`Status::Skipped`].
    pub skipped: u64,
    /// [`Status::Duplicate`].
    pub duplicate: u64,
    /// [`Status::Empty`].
    pub empty: u64,
}

impl Statuses {
    /// All captures found.
    pub fn total(&self) -> u64 {
        self.ok + self.truncated + self.failed + self.skipped + self.duplicate + self.empty
    }
}

/// Section 1: whether the rest can be trusted.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Captures found, by status.
    pub captures: Statuses,
    /// Bytes of all captures found.
    pub bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// Packets that the snap length cut.
    pub packets_cut: u64,
    /// TCP flows followed.
    pub tcp_flows: u64,
    /// Flows that carry TLS.
    pub tls_flows: u64,
    /// Of these, flows of DTLS.
    pub dtls_flows: u64,
    /// Of these, flows of QUIC.
    pub quic_flows: u64,
    /// TLS flows whose beginning the captures do not hold.
    pub starts_midway: u64,
    /// Bytes missing inside TLS flows: sent, but not in any capture.
    pub gap_bytes: u64,
    /// Captures that failed or were cut short, failed ones first.
    pub problems: Cut<Problem, MAX_PROBLEMS>,
    /// When the captures were taken.
    pub strip: Strip,
    /// What was passed over, by layer and reason, most frequent first.
    pub losses: Cut<Loss, MAX_LOSSES>,
}

/// A capture that could not be read to its end.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Path relative to the root given, as in `captures.csv`.
    pub path: String,
    /// [`Status::Failed`] or [`Status::Truncated`].
    pub status: Status,
    /// `error_code`.
    pub code: String,
    /// `error_detail`: what was needed and what was there.
    pub detail: String,
    /// Where in the file.
    pub offset_bytes: Option<u64>,
    /// Packets read before it.
    pub packets: u64,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First packet, microseconds since 1970 UTC.
    pub first_us: i64,
    /// Last packet.
    pub last_us: i64,
}

/// Time against captures: one lane a series (or a capture, where there are few), and all of them together.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    /// The union over all captures but those outside; [`super::figure::union`] makes it.
    pub covered: Vec<Span>,
    /// Captures whose times lie far from those of all others: path and times. They are not drawn.
    pub outside: Cut<(String, Span), MAX_OUTSIDE>,
    /// Lanes, longest first or in path order.
    pub lanes: Cut<Lane, MAX_LANES>,
}

/// One lane of the strip.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Path of the capture or series.
    pub name: String,
    /// When it holds packets.
    pub spans: Cut<Span, MAX_SPANS>,
}

/// A reason for which something was passed over, as in `losses.csv`.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Where it stopped: `capture`, `link`, `ip`, `tcp`, `flow`, `tls`, ...
    pub layer: String,
    /// Why.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// Bytes concerned.
    pub bytes: u64,
    /// An exact place, if one was kept.
    pub example: Option<Place>,
}

/// A place in a capture.
#[derive(Clone, Debug)]
pub struct Place {
    /// Path of the capture.
    pub path: String,
    /// Frame number, from 1.
    pub frame: Option<u64>,
    /// Offset in the file.
    pub offset_bytes: Option<u64>,
}

/// Section 15: the captures, in path order.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    /// As in `captures.csv`.
    pub rows: Cut<CaptureRow, MAX_CAPTURES>,
}

/// One capture.
#[derive(Clone, Debug)]
pub struct CaptureRow {
    /// Path relative to the root given.
    pub path: String,
    /// What became of it.
    pub status: Status,
    /// `pcap`, `pcapng`, ..., empty when not recognised.
    pub format: String,
    /// Size of the file; none of a stream that was not read to its end.
    pub size_bytes: Option<u64>,
    /// Packets read.
    pub packets: u64,
    /// First and last packet; `None` without packets.
    pub span: Option<Span>,
    /// Flows that carry TLS.
    pub tls_flows: u64,
    /// Handshakes completed.
    pub completed: u64,
    /// Handshakes that failed.
    pub failed: u64,
}

/// Section 16: where the page comes from.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Version of the program.
    pub version: String,
    /// The command line, quoted so that a shell reads it again.
    pub command: String,
    /// Settings and limits in force: name and value.
    pub settings: Cut<(String, String), MAX_SETTINGS>,
    /// What differs from run to run; `None` under `--reproducible`.
    pub run: Option<Run>,
}

/// The run block: the only bytes of the page that two runs over the same archive do not share.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Wall clock at the start, microseconds since 1970 UTC.
    pub started_us: i64,
    /// Wall time taken.
    pub elapsed_us: u64,
    /// Processor time taken, if known.
    pub cpu_us: Option<u64>,
    /// Peak memory, if known.
    pub peak_memory_bytes: Option<u64>,
    /// Threads used.
    pub threads: u64,
    /// Certificates that have ended when the run starts, those that end within 30 days of it, and all whose end is known.
    pub ended: (u64, u64, u64),
}
