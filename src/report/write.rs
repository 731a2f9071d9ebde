//! All files of a run: the small tables, the descriptions of all tables, the page.
//!
//! It fills a folder that the run has made; that the folder appears whole or not at all is the run's affair.

use super::layout::{Format, Layout};
use super::manifest::{self, RunBlock};
use super::table_file::Written;
use super::tables::{Entry, TABLES};
use super::view::Baseline;
use super::{cbom, dictionary, fill, html, load, package, pages, reading};
use crate::census::Census;
use crate::census::findings::Found;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::row::Row;
use crate::row::capture::CaptureRow;
use crate::row::flow::FlowRow;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The setting that says how many rows a table of the page may have.
pub const TOP: &str = "rows of a table in the report, at most";

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
    /// What the rules found, the worst first.
    pub findings: &'a [Found],
    /// The run that this one is compared with.
    pub baseline: Option<&'a Baseline>,
    /// Settings and limits in force, names and values.
    pub settings: Vec<(String, String)>,
    /// What is written, and how.
    pub layout: Layout,
    /// The result whose flows.csv all go into files beside the page, for its explorer; none if that is not wanted.
    pub pages_from: Option<PathBuf>,
    /// What differs from run to run.
    pub run: RunBlock,
}

impl Results<'_> {
    /// The path of a capture by its number in the ledger; empty where there is no such number.
    pub fn path_of(&self, capture: u32) -> &str {
        self.captures.get(capture as usize).map_or("", |capture| &capture.path.0)
    }

    /// Rows that a table of the page may have, where fewer than usual were asked for.
    pub fn top(&self) -> Option<usize> {
        self.settings.iter().find(|(name, _)| name == TOP)?.1.parse().ok()
    }

    /// Where a reader finds what was written to `out`, for a message.
    pub fn whereabouts(&self, out: &Path) -> String {
        if self.layout.has(Format::Html) {
            format!("the report is {}", out.join("report.html").display())
        } else {
            format!("the result is {}", out.display())
        }
    }
}

/// Writes the tables to `out/csv`, `manifest.json`, `summary.json`, `datapackage.json`, `DICTIONARY.md`, `load.sql`,
/// `load.py` and `report.html`, as far as the layout asks for them, files side by side on the threads of the pool that it
/// runs in. `streamed` writes the tables whose rows belong to flows (flows, messages, flow_certificates), which only the
/// run can. Gives all tables.
pub fn write_all(
    out: &Path,
    results: &Results,
    streamed: impl FnOnce() -> Result<Vec<Written>, Error> + Send,
) -> Result<Vec<Written>, Error> {
    let layout = &results.layout;
    let counted = || -> Result<Vec<Written>, Error> {
        let write = |entry: &Entry| Some(entry.write?(results, out));
        TABLES.par_iter().filter_map(write).collect()
    };
    let alone = layout.has(Format::Html) && results.pages_from.is_none();
    let page = || alone.then(|| html::render(&fill::page(results))).transpose();
    // The flows' tables are the longest piece of work: whoever is free takes the others meanwhile.
    let (streamed, (counted, page)) = rayon::join(streamed, || rayon::join(counted, page));
    let mut written = streamed?;
    let with_pages = match &results.pages_from {
        Some(from) if layout.has(Format::Html) => Some(with_pages(out, from, results, &written)?),
        _ => None,
    };
    written.extend(counted?);
    let place = |file: &Written| TABLES.iter().position(|entry| entry.table.name == file.table);
    written.sort_by_key(place);
    let json = |value: &serde_json::Value| serde_json::to_string_pretty(value).map(|text| text + "\n");
    let mut files = vec![("DICTIONARY.md", dictionary::markdown())];
    files.extend(page?.or(with_pages).map(|page| ("report.html", page)));
    if layout.has(Format::Json) {
        files.push(("summary.json", json(&manifest::summary(results))?));
    }
    if layout.has(Format::Cbom) {
        files.push(("cbom.json", json(&cbom::cbom(results))?));
    }
    if layout.has(Format::Csv) {
        files.push(("datapackage.json", json(&package::package(&results.title, &written, layout))?));
        files.push(("load.py", load::pandas(&written, layout)));
    }
    if layout.has(Format::Csv) || layout.has(Format::Parquet) {
        files.push(("load.sql", load::duckdb(&written, layout)));
    }
    // Last: where it stands, the rest is there.
    files.push(("manifest.json", json(&manifest::manifest(results, &written))?));
    for (name, text) in files {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(Error::io("writing", path))?;
    }
    Ok(written)
}

/// The page with files beside it that hold all flows, from the tables of the result `from`.
fn with_pages(out: &Path, from: &Path, results: &Results, streamed: &[Written]) -> Result<String, Error> {
    let flows = streamed.iter().find(|table| table.table == FlowRow::TABLE.name).map(|table| table.csv.clone()).unwrap_or_default();
    let mut page = fill::page(results);
    page.explorer.pages = pages::write(out, reading::of(from, flows, results.layout.raw)?, results)?;
    Ok(html::render(&page)?)
}

#[cfg(test)]
mod tests {
    use super::super::csv;
    use super::*;
    use crate::ledger::{Layer, Place, Reason};
    use crate::row::Wild;
    use crate::row::assemble::FlowRows;
    use crate::row::flow::FlowCertificateRow;
    use crate::row::message::MessageRow;
    use crate::time::Timestamp;
    use std::collections::BTreeMap;

    /// A folder with all files of a run over generated flows.
    fn out(name: &str, threads: u64) -> PathBuf {
        let out = std::env::temp_dir().join(format!("tlscensus-write-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&out);
        std::fs::create_dir_all(&out).unwrap();
        let flows = crate::census::tests::flows(120);
        let mut census = Census::default();
        flows.iter().for_each(|rows| census.observe(rows));
        let mut ledger = Ledger::default();
        ledger.note(Layer::Ip, Reason::with("protocol", 50), 60, Place { capture: 0, frame: 3, offset: 14 });
        let capture = CaptureRow {
            capture_id: "c000000000001".into(),
            path: Wild("=cmd\".pcap".into()),
            status: "truncated".into(),
            first_utc: Some(Timestamp(0)),
            last_utc: Some(Timestamp(5_000_000_000)),
            ..CaptureRow::default()
        };
        let layout = Layout::default();
        let streamed = [
            csv::write::<FlowRow>(&out, flows.iter().map(|rows| &rows.flow), &layout).unwrap(),
            csv::write::<MessageRow>(&out, flows.iter().flat_map(|rows| &rows.messages), &layout).unwrap(),
            csv::write::<FlowCertificateRow>(&out, FlowRows::default().certificates, &layout).unwrap(),
        ];
        let results = Results {
            title: "generated".into(),
            partial: None,
            version: "0.0.0".into(),
            captures: &[capture],
            not_captures: 1,
            census: &census,
            ledger: &ledger,
            findings: &crate::census::findings::found(&census, &[], &ledger, &crate::census::findings::Rules::default()),
            baseline: None,
            settings: vec![("series".into(), "auto".into())],
            layout,
            pages_from: None,
            run: RunBlock { threads, ..RunBlock::default() },
        };
        write_all(&out, &results, || Ok(streamed.to_vec())).unwrap();
        out
    }

    /// Files below a folder: name to bytes.
    fn files(out: &Path) -> BTreeMap<String, Vec<u8>> {
        let read = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let paths = read(out).into_iter().chain(read(&out.join("csv"))).filter(|path| path.is_file());
        paths.map(|path| (path.strip_prefix(out).unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())).collect()
    }

    #[test]
    fn two_runs_write_the_same_bytes_but_for_the_run_block() {
        let (one, other) = (out("one", 1), out("other", 8));
        let (mut left, mut right) = (files(&one), files(&other));
        let manifest = |files: &mut BTreeMap<String, Vec<u8>>| {
            let mut value: serde_json::Value = serde_json::from_slice(&files.remove("manifest.json").unwrap()).unwrap();
            value["run"].take();
            value
        };
        assert_eq!(manifest(&mut left), manifest(&mut right));
        assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
        for (name, bytes) in &left {
            assert!(bytes == &right[name], "{name} differs");
        }
        for folder in [one, other] {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn the_package_names_every_file_with_its_size() {
        let out = out("package", 1);
        let files = files(&out);
        let json = |name: &str| serde_json::from_slice::<serde_json::Value>(&files[name]).unwrap();
        let package = json("datapackage.json");
        let resources = package["resources"].as_array().unwrap();
        assert_eq!(resources.len(), TABLES.len());
        for resource in resources {
            let file = &files[resource["path"].as_str().unwrap()];
            assert_eq!(resource["bytes"], file.len());
            assert!(file.starts_with(b"\xef\xbb\xbf"));
        }
        assert_eq!(json("summary.json")["flows"]["tls_flows"], 120);
        let manifest = json("manifest.json");
        // Server names beginning with `=`, one of each server, the capture's path in captures.csv and in losses.csv.
        let hostile = crate::census::tests::flows(120).iter().filter(|rows| rows.flow.sni.0.starts_with('=')).count();
        assert_eq!(manifest["guarded_cells"], hostile + 6 + 2);
        std::fs::remove_dir_all(out).unwrap();
    }
}
