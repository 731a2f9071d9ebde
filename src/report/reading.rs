//! The CSV files of a result read back, in whatever form they were written.
//!
//! ```text
//!  flows-0001.csv.gz ──► unpacked ──────────────────────────────┐
//!  flows-0002.csv.gz ──► unpacked ──► without its first line ───┴──► one file, as if it had been written so
//! ```
//!
//! Which files a table has says `manifest.json`. A result may come from another machine: names lead nowhere else than
//! into its `csv/`, and packed files are read as streams.

use super::layout::Packing;
use super::table_file::WrittenFile;
use crate::error::Error;
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

/// Window that a packed file may ask for, as a power of two: that of level 3 is 2 MiB.
const WINDOW_LOG: u32 = 23;
/// Bytes that are unpacked at once.
const BUFFER: usize = 256 << 10;

/// The files of a table of a result, relative to it, and whether text in them is without the guard against formulas.
///
/// # Errors
///
/// There is no manifest, it is damaged, or the table was not written as CSV.
pub fn files(out: &Path, table: &str) -> Result<(Vec<WrittenFile>, bool), Error> {
    #[derive(Deserialize)]
    struct Manifest {
        tables: Vec<Entry>,
        csv: Style,
    }
    #[derive(Deserialize)]
    struct Style {
        raw: bool,
    }
    #[derive(Deserialize)]
    struct Entry {
        name: String,
        #[serde(default)]
        csv: Vec<WrittenFile>,
    }
    let path = out.join("manifest.json");
    if !path.is_file() {
        return Err(Error::result(out, "is not a result of tlscensus (no manifest.json)"));
    }
    let text = std::fs::read(&path).map_err(Error::io("reading", &path))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| Error::result(&path, error.to_string()))?;
    let files = manifest.tables.into_iter().find(|entry| entry.name == table).map(|entry| entry.csv).unwrap_or_default();
    if files.is_empty() {
        return Err(Error::result(out, format!("has no {table}.csv: it was written without CSV files (--format)")));
    }
    Ok((files, manifest.csv.raw))
}

/// Opens a table of a result.
///
/// # Errors
///
/// As [`files`]; or a file is not there. What goes wrong in the middle is an error of the reader.
pub fn open(out: &Path, table: &str) -> Result<Reading, Error> {
    let (files, raw) = files(out, table)?;
    of(out, files, raw)
}

/// Opens files of one table as one; `raw`: their text is without the guard against formulas.
///
/// # Errors
///
/// One of them is not in `csv/`, or not there.
pub fn of(out: &Path, files: Vec<WrittenFile>, raw: bool) -> Result<Reading, Error> {
    let mut paths = Vec::new();
    for file in files {
        if !file.path.strip_prefix("csv/").is_some_and(|name| !name.is_empty() && !name.contains(['/', '\\']) && name != "..") {
            return Err(Error::result(out, format!("its manifest names {:?}, which is not in csv/", file.path)));
        }
        paths.push(out.join(file.path));
    }
    let mut paths = paths.into_iter();
    let first = paths.next().ok_or_else(|| Error::result(out, "has no such table"))?;
    let now = unpacked(&first).map_err(Error::io("reading", &first))?;
    Ok(Reading { path: first, raw, now, rest: paths })
}

/// A table as one stream.
pub struct Reading {
    path: PathBuf,
    raw: bool,
    now: Box<dyn BufRead>,
    rest: IntoIter<PathBuf>,
}

impl Reading {
    /// The file that is read at the moment.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether text in it is without the guard against formulas: an apostrophe in front is the text's own.
    pub fn is_raw(&self) -> bool {
        self.raw
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(into.len());
        into[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Reading {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.now.fill_buf()?.is_empty() {
            let Some(next) = self.rest.next() else { break };
            self.now = unpacked(&next)?;
            self.path = next;
            pass_line(&mut self.now)?;
        }
        self.now.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.now.consume(count);
    }
}

fn unpacked(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = File::open(path)?;
    Ok(match Packing::of(&path.to_string_lossy()) {
        Packing::None => Box::new(BufReader::with_capacity(BUFFER, file)),
        Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER, flate2::read::GzDecoder::new(BufReader::with_capacity(BUFFER, file)))),
        Packing::Zstd => {
            let mut packed = zstd::stream::read::Decoder::new(file)?;
            packed.window_log_max(WINDOW_LOG)?;
            Box::new(BufReader::with_capacity(BUFFER, packed))
        }
    })
}

/// Passes over a line, however long it claims to be.
fn pass_line(from: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let available = from.fill_buf()?;
        if available.is_empty() {
            return Ok(());
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(available.len(), |at| at + 1);
        from.consume(count);
        if end.is_some() {
            return Ok(());
        }
    }
}
