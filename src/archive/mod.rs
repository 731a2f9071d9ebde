//! The first stage: paths to series of captures, in an order that depends on nothing but the captures.
//!
//! ```text
//!  roots, globs ──► walk ──► candidates ──► sniff (in parallel) ──► rows in path order ──► duplicates ──► series
//!                   names     what is there    first bytes (unpacked)                       by content     by time
//! ```
//!
//! It reads the file system and the edges of each file. Of packets it knows the time and the link type of the first
//! one, which is what the order needs, and nothing else; threads, flows and tables are unknown to it. What cannot be
//! read is a row with a status and a reason, never the end of the run.
//!
//! ## Paths
//!
//! The path of a row is relative to the root given. Where several roots are given it is relative to the deepest folder
//! that holds them all, which keeps paths unambiguous and equal under any order of the arguments:
//!
//! | given                     | path of a row          |
//! |---------------------------|------------------------|
//! | `captures`                | `site/eth0.pcap`       |
//! | `captures/site/eth0.pcap` | `eth0.pcap`            |
//! | `captures/*`              | `site/eth0.pcap`       |
//! | `mon tue`                 | `mon/eth0.pcap`, `tue/eth0.pcap` |
//! | `-`                       | `<stdin>`              |
//!
//! A member of an archive has the archive's path and its own behind it: `site/mon.tar/eth0.pcap`, see `members`.

mod check;
pub mod erf;
mod identity;
mod members;
mod name;
mod parked;
mod peek;
mod series;
mod side_by_side;
mod sniff;
mod tar;
mod unpack;
mod walk;

pub use check::{check_json, check_text};
pub use members::Part;
pub use parked::Parked;
pub use series::Mode as SeriesMode;
pub use unpack::{FLOOR, MAX_RATIO, MAX_WINDOW, Unpacked};

use crate::error::{CaptureError, Error};
use crate::time::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use std::ffi::OsStr;
use std::io::Read;
use std::path::PathBuf;

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files, folders, and `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// A file with more paths, one an entry; `-` reads the list from standard input.
    pub files_from: Option<PathBuf>,
    /// The entries of `files_from` end with NUL instead of a newline.
    pub null: bool,
    /// Only files that match one of these globs, if there are any.
    pub include: Vec<String>,
    /// No file or folder that matches one of these globs.
    pub exclude: Vec<String>,
    /// How captures are grouped.
    pub series: SeriesMode,
    /// The captures of a series are merged by packet time; those of two directions are one series.
    pub merge_time: bool,
}

/// Everything that was found.
#[derive(Debug, Clone, Default)]
pub struct Archive {
    /// Every row of `captures.csv`, by path (compared as bytes), whether it will be read or not.
    pub captures: Vec<Capture>,
    /// What will be read: indices into `captures`, each ready one in exactly one series; by the earliest path in them.
    pub series: Vec<Series>,
    /// Files met in folders that are no captures, neither by content nor by name. They have no row.
    pub not_captures: u64,
    /// Files and folders left out by `include` and `exclude`. They have no row.
    pub excluded: u64,
    /// Folders that were opened.
    pub folders: u64,
}

/// A capture, or something that may be one and will not be read: a row of `captures.csv`.
#[derive(Debug, Clone)]
pub struct Capture {
    /// `c` and 12 hex digits, from the size, the first and the last 64 KiB: equal for equal contents, so not unique
    /// over rows (a duplicate has the id of its original), but unique over what is read. Empty where there was nothing
    /// to read (a folder, a missing file). Of standard input: the first MiB alone.
    pub id: String,
    /// The path as shown, see the module. Bytes that are not UTF-8 stand as `\xNN`, and a backslash before an `x` as
    /// `\x5c`, so that different names stay different. Untrusted text: it may hold control characters.
    pub path_text: String,
    /// Where its bytes come from.
    pub source: Source,
    /// Its size in bytes when it was found; none for standard input and for what is not a file.
    pub size: Option<u64>,
    /// What its first bytes say that it is, after decompression.
    pub format: Option<Format>,
    /// The compression around it; that around the archive it is in is in `source`.
    pub compression: Option<Compression>,
    /// The time of the first packet that has one, if it lies within the first 64 KiB (after
    /// decompression).
    pub first_time: Option<Timestamp>,
    /// LINKTYPE of the first packet, or of the first interface where there is no packet within the first 64 KiB.
    pub link: Option<u16>,
    /// Whether it will be read.
    pub status: Status,
    /// Why it will not be read; none where the status says it all.
    pub error: Option<CaptureError>,
    /// For a duplicate: the capture with the same content that is read instead, an index into [`Archive::captures`].
    pub duplicate_of: Option<usize>,
}

/// Where the bytes of a capture come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, by the path to open it with.
    Path(PathBuf),
    /// Standard input: the bytes taken from it already, at most 1 MiB. The rest is to be read through
    /// [`std::io::stdin`], whose buffer may hold some of it.
    Stdin(Vec<u8>),
    /// A member of a tar archive.
    Member(Member),
}

/// Where a member of an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The archive, by the path to open it with.
    pub archive: PathBuf,
    /// The compression around the archive.
    pub packing: Option<Compression>,
    /// Where its bytes begin, in bytes of the archive (after decompression).
    pub offset: u64,
    /// How many there are, in bytes.
    pub size: u64,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Will be read.
    Ready,
    /// A file of no bytes.
    Empty,
    /// Left alone, as it should be: no capture after all, a pipe, a second way to the same folder.
    Skipped,
    /// Should have been read and could not.
    Failed,
    /// Has the content of another capture, which is read instead.
    Duplicate,
}

/// A capture file format, by its magic bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Classic pcap with microseconds, of either byte order.
    Pcap,
    /// Classic pcap with nanoseconds.
    PcapNanos,
    /// Kuznetzov's pcap with longer packet headers.
    PcapModified,
    /// pcapng.
    Pcapng,
    /// Ixia's lcap with nanoseconds.
    LcapNanos,
    /// Ixia's lcap with microseconds.
    Lcap,
    /// snoop, of Solaris.
    Snoop,
    /// ERF, of Endace.
    Erf,
    /// Microsoft's Network Monitor, version 1.
    Netmon1,
    /// Its version 2.
    Netmon2,
}

/// A compression, by its magic bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Compression {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

/// Captures that are read as one: of one vantage point, in packet-time order.
#[derive(Debug, Clone)]
pub struct Series {
    /// `s` and 12 hex digits, from the ids of its captures in order.
    pub id: String,
    /// Indices into [`Archive::captures`], in the order in which they are to be read, or, where they are merged, opened.
    pub captures: Vec<usize>,
    /// Whether they are merged by packet time, instead of being read one after another.
    pub by_time: bool,
    /// Why these and no others, a sentence for `check`.
    pub reason: String,
}

impl Archive {
    /// The captures that will be read.
    pub fn ready(&self) -> impl Iterator<Item = &Capture> {
        self.captures.iter().filter(|c| c.status == Status::Ready)
    }

    /// The bytes that will be read, as far as sizes are known.
    pub fn ready_bytes(&self) -> u64 {
        self.ready().filter_map(|c| c.size).fold(0, u64::saturating_add)
    }

    /// How many rows have this status.
    pub fn count(&self, status: Status) -> usize {
        self.captures.iter().filter(|c| c.status == status).count()
    }
}

impl Capture {
    /// The compression around the archive that it is in.
    pub fn packing(&self) -> Option<Compression> {
        if let Source::Member(member) = &self.source { member.packing } else { None }
    }

    /// Whether its bytes can only be read in order.
    pub fn is_stream(&self) -> bool {
        self.compression.is_some() || self.packing().is_some() || matches!(self.source, Source::Stdin(_))
    }
}

impl Status {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ready => "ready",
            Status::Empty => "empty",
            Status::Skipped => "skipped",
            Status::Failed => "failed",
            Status::Duplicate => "duplicate",
        }
    }
}

impl Format {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Format::Pcap => "pcap",
            Format::PcapNanos => "pcap_nanos",
            Format::PcapModified => "pcap_modified",
            Format::Pcapng => "pcapng",
            Format::LcapNanos => "lcap_nanos",
            Format::Lcap => "lcap",
            Format::Snoop => "snoop",
            Format::Erf => "erf",
            Format::Netmon1 => "netmon1",
            Format::Netmon2 => "netmon2",
        }
    }
}

impl Compression {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Xz => "xz",
            Compression::Bzip2 => "bzip2",
            Compression::Lz4 => "lz4",
        }
    }
}

/// Finds the captures and groups them.
///
/// # Errors
///
/// Only what leaves nothing sensible to do: a glob that is none, a list of files that cannot be read, standard input
/// asked for twice. A root that is not there is a row.
pub fn archive(request: &Request) -> Result<Archive, Error> {
    archive_from(request, &mut std::io::stdin().lock())
}

/// The same with another standard input.
pub fn archive_from(request: &Request, stdin: &mut dyn Read) -> Result<Archive, Error> {
    let is_dash = |path: &PathBuf| path.as_os_str() == OsStr::new("-");
    let from_stdin = request.paths.iter().any(is_dash);
    if from_stdin && request.files_from.as_ref().is_some_and(is_dash) {
        return Err(Error::Usage("standard input cannot be both a capture and the list of --files-from".into()));
    }
    let mut roots: Vec<PathBuf> = request.paths.iter().filter(|p| !is_dash(p)).cloned().collect();
    if let Some(list) = &request.files_from {
        roots.extend(walk::read_list(list, request.null, stdin)?);
    }
    let filter = walk::Filter::new(&request.include, &request.exclude)?;

    let walk::Walked { candidates, excluded, folders } = walk::walk(&roots, &filter);

    let found: Vec<sniff::Found> =
        candidates.into_par_iter().map_init(|| vec![0; sniff::EDGE], |buffer, candidate| sniff::probe(candidate, buffer)).collect();
    let not_captures = found.iter().map(|found| found.not_captures).sum();
    let mut probes: Vec<sniff::Probe> = found.into_iter().flat_map(|found| found.probes).collect();
    if from_stdin {
        probes.push(sniff::probe_stdin(stdin));
    }
    probes.sort_by(|a, b| (&a.capture.path_text, a.path(), a.place()).cmp(&(&b.capture.path_text, b.path(), b.place())));
    identity::mark_duplicates(&mut probes);

    let captures: Vec<Capture> = probes.into_iter().map(|p| p.capture).collect();
    let series = series::group(&captures, request.series, request.merge_time);
    Ok(Archive { captures, series, not_captures, excluded, folders })
}
