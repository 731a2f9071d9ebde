//! The command `diff`: what is in one finished run and not in another, and what has another share.
//!
//! Shares are compared exactly, as fractions, with the flows that they are shares of; so runs of different length can be
//! compared. Of servers and certificates only coming and going is told: how busy they are differs from day to day.

mod text;

use super::State;
use crate::census::findings::{Found, Severity};
use crate::cli::{Diff, Exit};
use crate::error::Error;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;

/// What differs between two runs.
#[derive(Debug, Serialize)]
struct Differences {
    old: Run,
    new: Run,
    /// What makes the comparison less than fair.
    notes: Vec<String>,
    findings: Vec<FindingChange>,
    sections: Vec<Section>,
}

/// One of the runs.
#[derive(Debug, Serialize)]
struct Run {
    title: String,
    captures: usize,
    tls_flows: u64,
}

/// A finding that is in one run alone.
#[derive(Debug, Serialize)]
pub struct FindingChange {
    /// Whether it came or went.
    pub change: Change,
    /// How bad it is.
    pub severity: Severity,
    rule: &'static str,
    /// Title of the rule.
    pub title: &'static str,
    subject_type: String,
    /// The server, client, certificate or capture.
    pub subject: String,
    flows: u64,
    finding_id: String,
}

/// Differences of one kind.
#[derive(Debug, Serialize)]
struct Section {
    name: &'static str,
    /// What the numbers count.
    counts: &'static str,
    /// What the shares are shares of; 0 and 0 where there are none.
    old_of: u64,
    new_of: u64,
    items: Vec<Item>,
}

/// One thing that differs.
#[derive(Debug, Serialize)]
struct Item {
    change: Change,
    name: String,
    old: u64,
    new: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
/// What became of something from one run to the other.
pub enum Change {
    /// In the new run alone.
    Appeared,
    /// In the old run alone.
    Vanished,
    /// In both, with another share.
    Changed,
}

/// Compares two finished runs.
pub fn diff(options: &Diff) -> Result<Exit, Error> {
    let (old, new) = (State::read(&options.old)?, State::read(&options.new)?);
    let differences = between(&old, &new);
    let text = if options.json { serde_json::to_string_pretty(&differences)? + "\n" } else { text::text(&differences) };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(Error::io("writing", "standard output")(error)),
        _ => {}
    }
    let worse = |least: Severity| differences.findings.iter().any(|it| it.change == Change::Appeared && it.severity >= least);
    let found = options.fail_on.is_some_and(|least| worse(least.severity()));
    Ok(if found { Exit::Found } else { Exit::Done })
}

fn between(old: &State, new: &State) -> Differences {
    let run = |state: &State| Run { title: state.title.clone(), captures: state.captures.len(), tls_flows: state.census.totals.tls_flows };
    let mut sections = Vec::new();
    let mut compare = |name, counts, shares, of: fn(&State) -> Counts| {
        sections.push(section(name, counts, shares, of(old), of(new)));
    };
    compare("rules", "flows that raise it, of all TLS flows", true, rules);
    compare("versions", "flows that chose it, of all that chose one", true, versions);
    compare("cipher suites", "flows that chose it, of all that chose one", true, suites);
    compare("groups", "flows that chose it, of all that chose one", true, groups);
    compare("endings", "flows that ended so, of all TLS flows", true, endings);
    compare("certificates", "flows that showed it", false, certificates);
    compare("servers", "TLS flows", false, servers);
    Differences { old: run(old), new: run(new), notes: notes(old, new), findings: changed(&old.findings(), &new.findings()), sections }
}

/// How often what was met, and the whole that it is a share of.
type Counts = (BTreeMap<String, u64>, u64);

fn section(name: &'static str, counts: &'static str, shares: bool, old: Counts, new: Counts) -> Section {
    let ((old, old_of), (new, new_of)) = (old, new);
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let item = |name: &String| {
        let count = |of: &BTreeMap<String, u64>| of.get(name).copied().unwrap_or(0);
        let (before, now) = (count(&old), count(&new));
        let change = match (before, now) {
            (0, 0) => return None,
            (0, _) => Change::Appeared,
            (_, 0) => Change::Vanished,
            _ if shares && u128::from(before) * u128::from(new_of) != u128::from(now) * u128::from(old_of) => Change::Changed,
            _ => return None,
        };
        Some(Item { change, name: name.clone(), old: before, new: now })
    };
    let mut items: Vec<Item> = names.into_iter().filter_map(item).collect();
    items.sort_by_key(|item| (item.change != Change::Appeared, item.change != Change::Vanished, Reverse(item.old.max(item.new))));
    Section { name, counts, old_of: if shares { old_of } else { 0 }, new_of: if shares { new_of } else { 0 }, items }
}

/// Findings that are in one run alone, the worst first, those that came before those that went.
pub fn changed(old: &[Found], new: &[Found]) -> Vec<FindingChange> {
    let ids = |found: &[Found]| {
        found.iter().flat_map(|found| &found.rows).map(|row| row.finding_id.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let (before, now) = (ids(old), ids(new));
    let mut changes = Vec::new();
    for (change, found, known) in [(Change::Appeared, new, &before), (Change::Vanished, old, &now)] {
        for found in found.iter().filter(|found| !found.setting.muted) {
            for row in found.rows.iter().filter(|row| !known.contains(&row.finding_id)) {
                changes.push(FindingChange {
                    change,
                    severity: found.setting.severity,
                    rule: found.rule.id,
                    title: found.rule.title,
                    subject_type: row.subject_type.clone().into_owned(),
                    subject: row.subject_id.0.clone(),
                    flows: row.flows,
                    finding_id: row.finding_id.clone().into_owned(),
                });
            }
        }
    }
    changes.sort_by_key(|it| (it.change != Change::Appeared, Reverse(it.severity)));
    changes
}

fn notes(old: &State, new: &State) -> Vec<String> {
    let mut notes = Vec::new();
    if old.rules != new.rules {
        notes.push("The runs were judged by different rules; findings may come and go for that reason.".to_owned());
    }
    notes.extend(shortcomings("old", old));
    notes.extend(shortcomings("new", new));
    notes
}

/// What a run lacks, so that it is less than fair to compare with it.
pub fn shortcomings(name: &str, state: &State) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(why) = &state.partial {
        notes.push(format!("The {name} run stopped early ({why})."));
    }
    for (what, beyond) in [("certificates", state.census.certificates.beyond()), ("servers", state.census.servers.beyond())] {
        if beyond > 0 {
            notes.push(format!("The {name} run met more {what} than it keeps; some may be called new or gone that are not."));
        }
    }
    let unread = state.captures.iter().filter(|capture| matches!(capture.status.as_ref(), "failed" | "truncated")).count();
    if unread > 0 {
        notes.push(format!("Of the {name} run, {unread} captures could not be read, or not to their end."));
    }
    notes
}

fn rules(state: &State) -> Counts {
    let found = state.findings();
    let flows = found.iter().filter(|found| !found.setting.muted && found.flows > 0);
    (flows.map(|found| (found.rule.id.to_owned(), found.flows)).collect(), state.census.totals.tls_flows)
}

fn versions(state: &State) -> Counts {
    chosen(state.census.versions.rows().into_iter().map(|row| (row.name.into_owned(), row.code, row.chosen_flows)))
}

fn suites(state: &State) -> Counts {
    chosen(state.census.cipher_suites.rows().into_iter().map(|row| (row.name.into_owned(), row.code, row.chosen_flows)))
}

fn groups(state: &State) -> Counts {
    chosen(state.census.groups.rows().into_iter().map(|row| (row.name.into_owned(), row.code, row.chosen_flows)))
}

/// Flows by what they chose, of all that chose any. What has no name goes by its number.
fn chosen(rows: impl Iterator<Item = (String, u16, u64)>) -> Counts {
    let named = |(name, code, flows)| (if String::is_empty(&name) { format!("0x{code:04x}") } else { name }, flows);
    let mut counts = BTreeMap::new();
    for (name, flows) in rows.map(named) {
        *counts.entry(name).or_default() += flows;
    }
    let of = counts.values().sum();
    (counts, of)
}

fn endings(state: &State) -> Counts {
    let mut counts = BTreeMap::new();
    for row in state.census.failures.rows() {
        let mut name = row.outcome.clone().into_owned();
        if let Some(step) = row.last_step {
            name += &format!(" after step {step}");
        }
        match (row.alert_name.as_ref(), row.alert_code) {
            ("", Some(code)) => name += &format!(", alert {code}"),
            ("", None) => {}
            (alert, _) => name += &format!(", alert {alert}"),
        }
        if !row.alert_from.is_empty() {
            name += &format!(" from the {}", row.alert_from);
        }
        *counts.entry(name).or_default() += row.flows;
    }
    (counts, state.census.totals.tls_flows)
}

fn certificates(state: &State) -> Counts {
    let name = |subject: &str, id: &str| format!("{id} {subject}");
    let rows = state.census.certificates.rows();
    (rows.into_iter().map(|row| (name(&row.subject.0, &row.cert_id), row.flows)).collect(), 0)
}

fn servers(state: &State) -> Counts {
    let endpoint = |ip: &str, port: u16| if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") };
    let rows = state.census.servers.rows();
    (rows.into_iter().map(|row| (endpoint(&row.server_ip, row.server_port), row.flows)).collect(), 0)
}
