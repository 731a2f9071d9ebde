//! What a finished run keeps, so that everything but the rows of flows can be built from it again.
//!
//! ```text
//!  OUT/state/state.json.zst   {"tlscensus_state":4,"version":"0.1.0"}\n     which state it is, whatever follows
//!                             {"title":...,"captures":[...],"census":{...},...}\n
//!                             [{"table":"flows","rows":...},...]               last, so that the rest need not wait for them
//!  OUT/state/run.json         what differs from run to run
//! ```
//!
//! The first file has the same bytes for every run over the same captures. A state is data from elsewhere, too: it may
//! come from another machine, so what it claims is bounded and checked.

use crate::census::Census;
use crate::census::findings::{Found, Rules, found};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::report::table_file::{Written, WrittenFile};
use crate::report::tables::TABLES;
use crate::report::{Layout, Results, RunBlock};
use crate::row::capture::CaptureRow;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// The version of the state: raised when an older program would misread it, or it an older state.
pub const FORMAT: u32 = 4;

/// Bytes that a state may have, decompressed. One with as many servers and certificates as are kept has about 1 GB.
const MAX_BYTES: u64 = 8 << 30;
/// Bytes that its first line may have.
const MAX_HEAD: u64 = 4096;
/// Window of the compression, as a power of two: that of level 3 is 2 MiB.
const WINDOW_LOG: u32 = 23;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    tlscensus_state: u32,
    version: String,
}

/// A finished run without its flows' rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State<'a> {
    /// What was scanned, as the reader would call it.
    pub title: String,
    /// Why the run stopped early, if it did.
    pub partial: Option<String>,
    /// Version of the program that read the captures.
    pub version: String,
    /// captures.csv, in path order.
    pub captures: Cow<'a, [CaptureRow]>,
    /// Files that were looked at and are no captures.
    pub not_captures: u64,
    /// The census.
    pub census: Cow<'a, Census>,
    /// Losses; the numbers of captures count `captures`.
    pub ledger: Cow<'a, Ledger>,
    /// The rules that flows were asked.
    pub rules: Cow<'a, Rules>,
    /// Settings and limits in force.
    pub settings: Vec<(String, String)>,
    /// What was written, and how.
    pub layout: Layout,
    /// The tables whose rows belong to flows.
    #[serde(skip)]
    streamed: Vec<FlowTable>,
    /// What differs from run to run.
    #[serde(skip)]
    pub run: RunBlock,
}

/// A table whose rows belong to flows, as it was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FlowTable {
    table: String,
    rows: u64,
    guarded_cells: u64,
    csv: Vec<WrittenFile>,
    parquet: Option<WrittenFile>,
}

impl<'a> State<'a> {
    /// The state of a run, whose tables may be written at the same time.
    pub fn of(results: &Results<'a>, rules: &'a Rules) -> Self {
        State {
            title: results.title.clone(),
            partial: results.partial.clone(),
            version: results.version.clone(),
            captures: Cow::Borrowed(results.captures),
            not_captures: results.not_captures,
            census: Cow::Borrowed(results.census),
            ledger: Cow::Borrowed(results.ledger),
            rules: Cow::Borrowed(rules),
            settings: results.settings.clone(),
            layout: results.layout.clone(),
            streamed: Vec::new(),
            run: results.run.clone(),
        }
    }

    /// What the rules find in it.
    pub fn findings(&self) -> Vec<Found> {
        found(&self.census, &self.captures, &self.ledger, &self.rules)
    }

    /// What the last stage writes from.
    pub fn results<'s>(&'s self, findings: &'s [Found]) -> Results<'s> {
        Results {
            title: self.title.clone(),
            partial: self.partial.clone(),
            version: self.version.clone(),
            captures: &self.captures,
            not_captures: self.not_captures,
            census: &self.census,
            ledger: &self.ledger,
            findings,
            baseline: None,
            settings: self.settings.clone(),
            layout: self.layout.clone(),
            pages_from: None,
            run: self.run.clone(),
        }
    }

    /// The flows' tables as they were written.
    pub fn streamed(&self) -> Vec<Written> {
        let names = TABLES.iter().filter(|entry| entry.write.is_none()).map(|entry| entry.table.name);
        let written = |name: &'static str| {
            let of = self.streamed.iter().find(|file| file.table == name)?;
            let FlowTable { rows, guarded_cells, csv, parquet, .. } = of.clone();
            Some(Written { table: name, rows, guarded_cells, csv, parquet })
        };
        names.filter_map(written).collect()
    }

    /// Writes `state/` into a result's folder, all but its end.
    ///
    /// # Errors
    ///
    /// The file system refuses.
    pub fn write(&self, out: &Path) -> Result<StateFile, Error> {
        let folder = out.join("state");
        fs::create_dir_all(&folder).map_err(Error::io("creating", &folder))?;
        let path = folder.join(RUN);
        fs::write(&path, serde_json::to_string_pretty(&self.run)? + "\n").map_err(Error::io("writing", path))?;
        let path = folder.join(NAME);
        let file = File::create(&path).map_err(Error::io("creating", &path))?;
        let packed = self.compress(file).map_err(Error::io("writing", &path))?;
        Ok(StateFile { path, packed })
    }

    fn compress(&self, file: File) -> std::io::Result<Packed> {
        let mut packed = zstd::stream::write::Encoder::new(file, 1)?;
        packed.include_checksum(true)?;
        let mut out = BufWriter::with_capacity(64 << 10, packed);
        let head = Head { tlscensus_state: FORMAT, version: self.version.clone() };
        serde_json::to_writer(&mut out, &head)?;
        out.write_all(b"\n")?;
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")?;
        Ok(out)
    }
}

type Packed = BufWriter<zstd::stream::write::Encoder<'static, File>>;

/// A state that lacks its last line.
pub struct StateFile {
    path: PathBuf,
    packed: Packed,
}

impl StateFile {
    /// Adds what became of the tables whose rows belong to flows.
    ///
    /// # Errors
    ///
    /// The file system refuses.
    pub fn finish(self, written: &[Written]) -> Result<(), Error> {
        let streamed = written.iter().filter(|file| is_streamed(file.table)).map(|file| FlowTable {
            table: file.table.to_owned(),
            rows: file.rows,
            guarded_cells: file.guarded_cells,
            csv: file.csv.clone(),
            parquet: file.parquet.clone(),
        });
        let StateFile { path, mut packed } = self;
        let end = || -> std::io::Result<File> {
            serde_json::to_writer(&mut packed, &streamed.collect::<Vec<_>>())?;
            packed.into_inner().map_err(std::io::IntoInnerError::into_error)?.finish()
        };
        end().map(drop).map_err(Error::io("writing", path))
    }
}

const NAME: &str = "state.json.zst";
const RUN: &str = "run.json";

/// Whether a table's rows belong to flows.
fn is_streamed(table: &str) -> bool {
    TABLES.iter().any(|entry| entry.write.is_none() && entry.table.name == table)
}

impl State<'static> {
    /// Reads the state of a result.
    ///
    /// # Errors
    ///
    /// There is none, it is of another version, or it is damaged; the message says which.
    pub fn read(out: &Path) -> Result<Self, Error> {
        let path = out.join("state").join(NAME);
        if !path.is_file() {
            let reason = if out.join("manifest.json").is_file() {
                "has no state/ (it was written by an earlier version, or state/ was removed); scan its captures again"
            } else {
                "is not a result of tlscensus (no manifest.json)"
            };
            return Err(Error::result(out, reason));
        }
        let mut state = unpack(&path)?;
        let run = out.join("state").join(RUN);
        let text = fs::read(&run).map_err(Error::io("reading", &run))?;
        state.run = serde_json::from_slice(&text).map_err(|error| Error::result(run, error.to_string()))?;
        Ok(state)
    }
}

fn unpack(path: &PathBuf) -> Result<State<'static>, Error> {
    let damaged = |error: String| Error::result(path, format!("is damaged: {error}"));
    let file = File::open(path).map_err(Error::io("reading", path))?;
    let mut packed = zstd::stream::read::Decoder::new(file).map_err(Error::io("reading", path))?;
    packed.window_log_max(WINDOW_LOG).map_err(Error::io("reading", path))?;
    let mut text = BufReader::with_capacity(256 << 10, packed.take(MAX_BYTES));
    let mut head = Vec::new();
    text.by_ref().take(MAX_HEAD).read_until(b'\n', &mut head).map_err(|error| damaged(error.to_string()))?;
    let head: Head = serde_json::from_slice(&head).map_err(|error| damaged(error.to_string()))?;
    if head.tlscensus_state != FORMAT {
        return Err(Error::result(
            path,
            format!(
                "is a state of version {}, written by tlscensus {}; this is tlscensus {}, which reads version {FORMAT}: scan the captures again, or use that program",
                head.tlscensus_state,
                head.version,
                env!("CARGO_PKG_VERSION"),
            ),
        ));
    }
    let mut reader = serde_json::Deserializer::from_reader(text);
    let mut state = State::deserialize(&mut reader).map_err(|error| damaged(error.to_string()))?;
    state.streamed = Vec::deserialize(&mut reader).map_err(|error| damaged(error.to_string()))?;
    // To its end, so that the checksum is looked at.
    reader.end().map_err(|error| damaged(error.to_string()))?;
    Ok(state)
}
