//! Section 13: the flows that were chosen, at a glance.

use super::super::view::{Cut, Explorer, ExplorerRow};
use super::super::write::Results;
use crate::census::glance::Glance;
use std::collections::{BTreeSet, HashMap};

/// How the flows are chosen, for the reader.
const CHOSEN_BY: &str = "Chosen are the earliest of each way to fail (at most 20 each), the 200 slowest handshakes, 5 examples of each finding, \
    the earliest of each version with each cipher suite, and a random sample of 2,000 with a fixed seed. The choice is the same for every \
    run over the same captures.";

/// The chosen flows, none twice.
pub fn explorer(results: &Results) -> Explorer {
    let paths = paths(results);
    let selection = results.census.selection.all().map(|chosen| (Glance::of(&chosen.rows.flow, chosen.rows.conversation), chosen.why));
    let (first, last): (Vec<_>, Vec<_>) = selection.partition(|(_, why)| !matches!(*why, "of its version and suite" | "sample"));
    let examples = results.census.glances.examples().map(|flow| (flow.clone(), "example of a finding"));
    let sample = results.census.glances.sample().map(|flow| (flow.clone(), "sample"));
    let mut taken = BTreeSet::new();
    let rows: Vec<ExplorerRow> = (first.into_iter().chain(examples).chain(last).chain(sample))
        .filter(|(flow, _)| taken.insert(flow.flow_id.clone()))
        .map(|(flow, why)| ExplorerRow { path: path_of(&paths, &flow), flow, why: why.into() })
        .collect();
    let total = results.census.totals.tls_flows;
    Explorer { chosen_by: CHOSEN_BY.into(), rows: Cut::of(rows, total), pages: Vec::new() }
}

/// Paths of the captures that were read, by their ids.
pub fn paths<'a>(results: &Results<'a>) -> HashMap<&'a str, &'a str> {
    results.captures.iter().rev().map(|capture| (capture.capture_id.as_ref(), capture.path.0.as_str())).collect()
}

/// The path of a flow's capture.
pub fn path_of(paths: &HashMap<&str, &str>, flow: &Glance) -> String {
    paths.get(flow.capture_id.as_ref()).copied().unwrap_or_default().to_owned()
}
