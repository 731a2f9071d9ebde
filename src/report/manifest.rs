//! `manifest.json`, what was written and by what, and `summary.json`, the key figures for scripts.
//!
//! Both are the same bytes for every run over the same captures, but for the block `run` of the manifest.

use super::table_file::Written;
use super::write::Results;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The version of the tables: raised when a column is dropped, renamed or changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// What differs from run to run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RunBlock {
    /// The command line, quoted so that a shell reads it again.
    pub command: String,
    /// Wall clock at the start in microseconds since 1970 UTC; `None` when the run is to be reproducible.
    pub started_us: Option<i64>,
    /// Wall time taken in microseconds.
    pub elapsed_us: u64,
    /// Processor time taken in microseconds, if known.
    pub cpu_us: Option<u64>,
    /// Peak memory in bytes, if known.
    pub peak_memory_bytes: Option<u64>,
    /// Threads used.
    pub threads: u64,
}

/// The manifest.
pub fn manifest(results: &Results, written: &[Written]) -> Value {
    let tables = written.iter().map(|file| {
        json!({
            "name": file.table,
            "rows": file.rows,
            "guarded_cells": file.guarded_cells,
            "csv": file.csv,
            "parquet": file.parquet,
        })
    });
    let options: Map<String, Value> = results.settings.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    json!({
        "program": "tlscensus",
        "version": results.version,
        "schema_version": SCHEMA_VERSION,
        "title": results.title,
        "partial": results.partial,
        "options": options,
        "formats": results.layout.formats,
        "csv": {
            "byte_order_mark": results.layout.bom,
            "raw": results.layout.raw,
            "rows_per_file": results.layout.rows_per_file,
            "packing": results.layout.packing,
        },
        "guarded_cells": written.iter().map(|file| file.guarded_cells).sum::<u64>(),
        "tables": tables.collect::<Vec<_>>(),
        "run": results.run,
    })
}

/// The key figures.
pub fn summary(results: &Results) -> Value {
    let status = |word: &str| results.captures.iter().filter(|capture| capture.status == word).count();
    let statuses: Map<String, Value> = ["ok", "truncated", "failed", "skipped", "duplicate", "empty"]
        .iter()
        .map(|word| ((*word).to_owned(), status(word).into()))
        .collect();
    let sum = |count: fn(&crate::row::capture::CaptureRow) -> u64| results.captures.iter().map(count).sum::<u64>();
    let versions: Vec<_> = results
        .census
        .versions
        .rows()
        .into_iter()
        .map(|row| json!({ "code": row.code, "name": row.name, "offered_flows": row.offered_flows, "chosen_flows": row.chosen_flows }))
        .collect();
    let mut ratings = Map::new();
    for row in results.census.cipher_suites.rows().iter().filter(|row| row.chosen_flows > 0) {
        let before = ratings.get(row.rating.as_ref()).and_then(Value::as_u64).unwrap_or(0);
        ratings.insert(row.rating.clone().into_owned(), (before + row.chosen_flows).into());
    }
    let findings: Vec<_> = results
        .findings
        .iter()
        .map(|found| {
            json!({
                "rule": found.rule.id,
                "severity": found.setting.severity,
                "title": found.rule.title,
                "muted": found.setting.muted,
                "flows": found.flows,
                "rows": found.rows.len(),
            })
        })
        .collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "partial": results.partial.is_some(),
        "findings": findings,
        "captures": {
            "found": results.captures.len(),
            "by_status": statuses,
            "not_captures": results.not_captures,
            "bytes": sum(|capture| capture.size_bytes.unwrap_or(0)),
            "packets": sum(|capture| capture.packets),
            "packets_cut": sum(|capture| capture.packets_cut),
            "tcp_flows": sum(|capture| capture.tcp_flows),
        },
        "flows": results.census.totals,
        "versions": versions,
        "chosen_suites_by_rating": ratings,
    })
}
