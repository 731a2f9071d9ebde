//! `report-pages/flows-0001.js`, ...: all flows for the explorer of the page, in files beside it.
//!
//! From `file://` a page may load a script, and nothing else, so each file is one: `tlscensusFlows({...})`. They are made from
//! flows.csv, which a finished run has too, and are in its order.

use super::fill::explorer::{path_of, paths};
use super::html;
use super::reading::Reading;
use super::rows::walk;
use super::view::{ExplorerRow, FlowsFile};
use super::write::Results;
use crate::census::glance::Glance;
use crate::error::Error;
use crate::row::flow::FlowRow;
use crate::row::network::Conversation;
use std::ops::ControlFlow;
use std::path::Path;

/// Where the files are, seen from the page.
pub const FOLDER: &str = "report-pages";
/// Flows in a file.
pub const FLOWS: usize = 50_000;

/// Writes the files into `out`, from the table of flows.
///
/// # Errors
///
/// The table cannot be read, or a file cannot be written.
pub fn write(out: &Path, table: Reading, results: &Results) -> Result<Vec<FlowsFile>, Error> {
    let folder = out.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(Error::io("creating", &folder))?;
    let paths = paths(results);
    let mut files: Vec<FlowsFile> = Vec::new();
    let mut rows: Vec<ExplorerRow> = Vec::new();
    let mut flush = |rows: &mut Vec<ExplorerRow>| {
        let name = format!("{FOLDER}/flows-{:04}.js", files.len() + 1);
        let path = out.join(&name);
        std::fs::write(&path, format!("tlscensusFlows({})\n", html::flows_json(rows))).map_err(Error::io("writing", &path))?;
        files.push(FlowsFile { name, flows: rows.len() as u64 });
        rows.clear();
        Ok::<(), Error>(())
    };
    walk(table, |line| {
        let flow = Glance::of(&line.row::<FlowRow>()?, Conversation::default());
        rows.push(ExplorerRow { path: path_of(&paths, &flow), flow, why: String::new() });
        if rows.len() == FLOWS {
            flush(&mut rows)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if !rows.is_empty() {
        flush(&mut rows)?;
    }
    Ok(files)
}
