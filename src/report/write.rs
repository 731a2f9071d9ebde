//! All files of a run: the small tables, the descriptions of all tables, the page.
//!
//! It fills a folder that the run has made; that the folder appears whole or not at all is the run's affair.

use super::csv::Written;
use super::manifest::{self, RunBlock};
use super::tables::TABLES;
use super::{dictionary, fill, html, load, package};
use crate::census::Census;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::row::Style;
use crate::row::capture::CaptureRow;
use std::path::Path;

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Results<'a> {
    /// What was scanned, as the reader would call it.
    pub title: String,
    /// Why the run stopped early, if it did.
    pub partial: Option<String>,
    /// Version of the program.
    pub version: String,
    /// Every capture, in path order: the numbers of the ledger count them.
    pub captures: &'a [CaptureRow],
    /// Files that were looked at and are no captures.
    pub not_captures: u64,
    /// The merged census.
    pub census: &'a Census,
    /// The merged ledger.
    pub ledger: &'a Ledger,
    /// The tables that the run has written already: flows, messages, flow_certificates.
    pub streamed: &'a [Written],
    /// Settings and limits in force, names and values.
    pub settings: Vec<(String, String)>,
    /// How text cells are written.
    pub style: Style,
    /// Whether CSV files begin with a byte order mark.
    pub bom: bool,
    /// What differs from run to run.
    pub run: RunBlock,
}

impl Results<'_> {
    /// The path of a capture by its number in the ledger; empty where there is no such number.
    pub fn path_of(&self, capture: u32) -> &str {
        self.captures.get(capture as usize).map_or("", |capture| &capture.path.0)
    }
}

/// Writes everything but the tables that the run has written to `out/csv`: the other tables, `manifest.json`,
/// `summary.json`, `datapackage.json`, `DICTIONARY.md`, `load.sql`, `load.py` and `report.html`. Gives all tables.
pub fn write_all(out: &Path, results: &Results) -> Result<Vec<Written>, Error> {
    let folder = out.join("csv");
    std::fs::create_dir_all(&folder).map_err(Error::io("creating", &folder))?;
    let mut written = results.streamed.to_vec();
    for entry in TABLES {
        if let Some(write) = entry.write {
            written.push(write(results, &folder.join(format!("{}.csv", entry.table.name)))?);
        }
    }
    let place = |file: &Written| TABLES.iter().position(|entry| entry.table.name == file.table);
    written.sort_by_key(place);
    let json = |value: &serde_json::Value| serde_json::to_string_pretty(value).map(|text| text + "\n");
    let page = html::render(&fill::page(results))?;
    let files = [
        ("report.html", page),
        ("summary.json", json(&manifest::summary(results))?),
        ("datapackage.json", json(&package::package(&results.title, &written))?),
        ("DICTIONARY.md", dictionary::markdown()),
        ("load.sql", load::duckdb(&written)),
        ("load.py", load::pandas()),
        // Last: where it stands, the rest is there.
        ("manifest.json", json(&manifest::manifest(results, &written))?),
    ];
    for (name, text) in files {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(Error::io("writing", path))?;
    }
    Ok(written)
}
