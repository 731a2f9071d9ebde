//! `findings.csv`: what rules find, by rule and subject.
//!
//! The rules stand in tables of constants, each a small pure function over rows. Those over flows are asked when a flow
//! ends; their ids stand in its column `findings`, and [`Findings`] counts that column. The others, and severity and
//! muting, come at the end, in [`found`].
//!
//! What is counted of a rule is exact: its flows, and its first [`SUBJECTS`] subjects in the order of their text. Flows
//! of the subjects behind them are one more row without a subject.

mod captures;
mod certificates;
mod handshakes;
mod look;
mod negotiated;
pub mod rule;
mod settings;
#[cfg(test)]
mod tests;

pub use rule::{Check, Rule, Severity, Subject};
pub use settings::{Rules, Setting, unknown};

use super::bounded::Bounded;
use super::certificates::CertificateRow;
use super::first::First;
use super::servers::MAX_SERVERS;
use super::totals::failed;
use super::{Census, Part, Server, server, server_text};
use crate::ledger::Ledger;
use crate::row::assemble::FlowRows;
use crate::row::capture::CaptureRow;
use crate::row::{Wild, Word};
use crate::table;
use crate::time::Timestamp;
use hashbrown::HashMap;
use look::Look;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Subjects of a rule that are listed.
pub const SUBJECTS: usize = 1_000;
/// Servers of a subject that are counted.
pub const SERVERS: usize = 256;
/// Flows of a rule that are shown.
pub const EXAMPLES: usize = 5;
/// Characters kept of a server name in an example.
const NAME: usize = 120;

/// All rules, in the order of their tables.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    negotiated::RULES.iter().chain(certificates::RULES).chain(handshakes::RULES).chain(captures::RULES)
}

/// A rule by its id.
fn rule(id: &str) -> Option<&'static Rule> {
    static BY_ID: LazyLock<HashMap<&str, &Rule>> = LazyLock::new(|| all().map(|rule| (rule.id, rule)).collect());
    BY_ID.get(id).copied()
}

/// The place of a rule in [`all`].
fn number(id: &str) -> Option<usize> {
    all().position(|rule| rule.id == id)
}

table! {
    /// What a rule found in one subject: a server, a client, a capture, or the whole run.
    FindingRow, "findings", key ["finding_id"];
    /// `i` and 16 hex digits of a hash of rule and subject: the same in every run that finds it.
    finding_id: Word,
    /// The rule (`tlscensus explain RULE` says what it is).
    rule_id: Word,
    /// `critical`, `high`, `medium`, `low` or `info`.
    severity: Word,
    /// What is the matter.
    title: Word,
    /// `server`, `client`, `certificate`, `capture` or `run`.
    subject_type: Word,
    /// Address and port of the server, address of the client, cert_id, capture_id. Empty: the run, or the subjects beyond the 1,000 that are listed of a rule.
    subject_id: Wild,
    /// Flows that raised it; of a capture or the run, flows concerned.
    flows: u64,
    /// Distinct servers among them, counted up to 256. Empty: not counted.
    servers: Option<u64>,
    /// First packet of the earliest of these flows, or of the capture. Empty: not known.
    first_utc: Option<Timestamp>,
    /// First packet of the latest of these flows, or the last one of the capture. Empty: not known.
    last_utc: Option<Timestamp>,
    /// What was seen, in the example.
    evidence: Wild,
    /// What to do.
    recommendation: Word,
    /// The earliest flow (flows.csv). Empty: the finding is not about flows.
    example_flow_id: Word,
    /// A display filter that finds it in its capture.
    wireshark_filter: Word,
    /// Whether the rule was muted: it counts for neither verdict nor exit code.
    muted: bool,
}

/// A flow that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Example {
    /// Its id.
    pub flow_id: Word,
    /// The capture in which it starts.
    pub capture_id: Word,
    /// Address and port of the client.
    pub client: String,
    /// Address and port of the server.
    pub server: String,
    /// The server's name, cut.
    pub sni: Wild,
    /// What finds it in Wireshark.
    pub wireshark_filter: Word,
    /// What was seen.
    pub evidence: String,
}

/// By packet time, then id.
type Early = (Timestamp, Word);

/// What is kept of a subject, or of all of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tally<const EXAMPLES: usize> {
    flows: u64,
    seen: Option<(Timestamp, Timestamp)>,
    servers: First<Server, (), SERVERS>,
    examples: First<Early, Example, EXAMPLES>,
}

impl<const EXAMPLES: usize> Tally<EXAMPLES> {
    fn count(&mut self, rows: &FlowRows, example: impl FnOnce() -> Example) {
        let time = rows.flow.first_utc;
        self.flows += 1;
        self.seen = both(self.seen, Some((time, time)));
        if let Some(server) = server(rows) {
            self.servers.entry(server);
        }
        let early = (time, rows.flow.flow_id.clone());
        if self.examples.wants(&early)
            && let Some(place) = self.examples.entry(early)
        {
            *place = example();
        }
    }

    fn merge(&mut self, other: Self) {
        self.flows += other.flows;
        self.seen = both(self.seen, other.seen);
        for server in other.servers.held.into_keys() {
            self.servers.entry(server);
        }
        for (early, example) in other.examples.held {
            if let Some(place) = self.examples.entry(early) {
                *place = example;
            }
        }
    }
}

/// The earlier of the firsts and the later of the lasts.
fn both(ours: Option<(Timestamp, Timestamp)>, theirs: Option<(Timestamp, Timestamp)>) -> Option<(Timestamp, Timestamp)> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some((ours.0.min(theirs.0), ours.1.max(theirs.1))),
        (one, None) | (None, one) => one,
    }
}

/// What is kept of a rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct OfRule {
    all: Tally<EXAMPLES>,
    subjects: First<Word, Tally<1>, SUBJECTS>,
}

/// Findings in flows, by rule and subject, and how handshakes went by server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Findings {
    rules: BTreeMap<Word, OfRule>,
    /// Judged and failed handshakes.
    servers: Bounded<Server, (u64, u64), MAX_SERVERS>,
}

impl Part for Findings {
    fn observe(&mut self, rows: &FlowRows) {
        let failed = failed(rows);
        if (failed || rows.flow.outcome == "completed")
            && let Some(server) = server(rows)
            && let Some(counts) = self.servers.entry_with(server, Default::default)
        {
            counts.0 += 1;
            counts.1 += u64::from(failed);
        }
        for id in rows.flow.findings.split(';').filter(|id| !id.is_empty()) {
            // A rule of another version is counted, and nothing is said of it.
            let Some(rule) = rule(id) else { continue };
            let ours = self.rules.entry(rule.id.into()).or_default();
            ours.all.count(rows, || example(rule, rows));
            if let Some(subject) = ours.subjects.entry(subject(rule, rows)) {
                subject.count(rows, || example(rule, rows));
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.servers.merge(other.servers, |ours, (judged, failed)| *ours = (ours.0 + judged, ours.1 + failed));
        for (id, theirs) in other.rules {
            let ours = self.rules.entry(id).or_default();
            ours.all.merge(theirs.all);
            for (subject, tally) in theirs.subjects.held {
                if let Some(place) = ours.subjects.entry(subject) {
                    place.merge(tally);
                }
            }
        }
    }
}

/// The subject of a flow's finding, as it stands in the table.
fn subject(rule: &Rule, rows: &FlowRows) -> Word {
    let flow = &rows.flow;
    match rule.subject() {
        Subject::Server => server(rows).map_or_else(|| endpoint(&flow.server_ip, flow.server_port).into(), server_text),
        Subject::Client => flow.client_ip.clone(),
        Subject::Capture => flow.capture_id.clone(),
        Subject::Certificate => flow.leaf_cert_id.clone(),
        Subject::Run => Word::default(),
    }
}

fn endpoint(ip: &str, port: u16) -> String {
    ip.parse().map_or_else(|_| format!("{ip}:{port}"), |ip| server_text((ip, port)).into_owned())
}

fn example(rule: &Rule, rows: &FlowRows) -> Example {
    let flow = &rows.flow;
    let evidence = match rule.check {
        Check::Flow(_, _, evidence) => evidence(&Look::new(rows)),
        _ => String::new(),
    };
    Example {
        flow_id: flow.flow_id.clone(),
        capture_id: flow.capture_id.clone(),
        client: endpoint(&flow.client_ip, flow.client_port),
        server: endpoint(&flow.server_ip, flow.server_port),
        sni: Wild(flow.sni.0.chars().take(NAME).collect()),
        wireshark_filter: flow.wireshark_filter.clone(),
        evidence,
    }
}

/// What one rule found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The rule.
    pub rule: &'static Rule,
    /// What is in force for it.
    pub setting: Setting,
    /// Flows concerned, all subjects together. A flow may be concerned by several subjects of other kinds.
    pub flows: u64,
    /// A row a subject.
    pub rows: Vec<FindingRow>,
    /// Whether there are more subjects than rows.
    pub more: bool,
    /// Flows to look at, the earliest first.
    pub examples: Vec<Example>,
}

/// Everything that was found, the worst first, then by rule.
pub fn found(census: &Census, captures: &[CaptureRow], ledger: &Ledger, rules: &Rules) -> Vec<Found> {
    let findings = &census.findings;
    let certificates = census.certificates.rows();
    let mut found: Vec<Found> = rules
        .settings()
        .map(|(rule, setting)| {
            let mut found = Found { rule, setting, flows: 0, rows: Vec::new(), more: false, examples: Vec::new() };
            match rule.check {
                Check::Flow(..) => findings.of_flows(&mut found),
                Check::Server(check) => findings.of_servers(&mut found, check),
                Check::Certificate(check) => of_certificates(&mut found, &certificates, check),
                Check::Capture(check) => of_captures(&mut found, captures, check),
                Check::Loss(check) => of_losses(&mut found, ledger, check),
                Check::Run(check) => {
                    if let Some(evidence) = check(&census.totals, setting.threshold) {
                        found.flows = census.totals.tls_flows;
                        found.push("", census.totals.tls_flows, evidence);
                    }
                }
            }
            found
        })
        .filter(|found| !found.rows.is_empty())
        .collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.setting.severity));
    found
}

/// The table: the worst first, then by rule and subject.
pub fn rows(found: &[Found]) -> Vec<FindingRow> {
    found.iter().flat_map(|found| found.rows.iter().cloned()).collect()
}

impl Found {
    /// Adds a row, and hands it out to be filled in.
    fn push(&mut self, subject: &str, flows: u64, evidence: String) -> Option<&mut FindingRow> {
        self.rows.push(FindingRow {
            finding_id: finding_id(self.rule.id, self.rule.subject(), subject).into(),
            rule_id: self.rule.id.into(),
            severity: self.setting.severity.as_str().into(),
            title: self.rule.title.into(),
            subject_type: self.rule.subject().as_str().into(),
            subject_id: Wild(subject.to_owned()),
            flows,
            evidence: Wild(evidence),
            recommendation: self.rule.advice.into(),
            muted: self.setting.muted,
            ..FindingRow::default()
        });
        self.rows.last_mut()
    }
}

impl Found {
    /// Adds the row of a subject if it is among those that are listed, and counts its flows.
    fn list(&mut self, subject: &str, flows: u64, evidence: String) -> Option<&mut FindingRow> {
        self.flows += flows;
        self.more |= self.rows.len() >= SUBJECTS;
        if self.more { None } else { self.push(subject, flows, evidence) }
    }

    /// Adds the row of those that are not.
    fn close(&mut self) {
        if self.more {
            let listed: u64 = self.rows.iter().map(|row| row.flows).sum();
            self.push("", self.flows.saturating_sub(listed), format!("subjects beyond the first {SUBJECTS}"));
        }
    }
}

impl Findings {
    fn of_flows(&self, found: &mut Found) {
        let Some(ours) = self.rules.get(found.rule.id) else { return };
        found.flows = ours.all.flows;
        found.examples = ours.all.examples.held.values().cloned().collect();
        for (subject, tally) in &ours.subjects.held {
            let example = tally.examples.held.values().next().cloned().unwrap_or_default();
            let Some(row) = found.push(subject, tally.flows, example.evidence) else { continue };
            row.servers = Some(tally.servers.held.len() as u64);
            (row.first_utc, row.last_utc) = (tally.seen.map(|seen| seen.0), tally.seen.map(|seen| seen.1));
            row.example_flow_id = example.flow_id;
            row.wireshark_filter = example.wireshark_filter;
        }
        found.more = found.rows.iter().map(|row| row.flows).sum::<u64>() < found.flows;
        found.close();
    }

    fn of_servers(&self, found: &mut Found, check: fn(u64, u64, u64) -> Option<String>) {
        for (server, (judged, failed)) in self.servers.in_order() {
            let Some(evidence) = check(*judged, *failed, found.setting.threshold) else { continue };
            if let Some(row) = found.list(&server_text(*server), *failed, evidence) {
                row.servers = Some(1);
            }
        }
        found.close();
    }
}

fn of_certificates(found: &mut Found, certificates: &[CertificateRow], check: fn(&CertificateRow, u64) -> Option<String>) {
    for certificate in certificates {
        let Some(evidence) = check(certificate, found.setting.threshold) else { continue };
        if let Some(row) = found.list(&certificate.cert_id, certificate.flows, evidence) {
            row.servers = Some(certificate.servers);
            (row.first_utc, row.last_utc) = (Some(certificate.first_utc), Some(certificate.last_utc));
        }
    }
    found.close();
}

fn of_captures(found: &mut Found, captures: &[CaptureRow], check: fn(&CaptureRow, u64) -> Option<String>) {
    for capture in captures {
        let Some(evidence) = check(capture, found.setting.threshold) else { continue };
        // A capture that could not be opened has no id, and none of two copies of one was read twice.
        let subject = if capture.capture_id.is_empty() { &capture.path.0 } else { capture.capture_id.as_ref() };
        if let Some(row) = found.list(subject, capture.tls_flows, evidence) {
            (row.first_utc, row.last_utc) = (capture.first_utc, capture.last_utc);
        }
    }
    found.close();
}

fn of_losses(found: &mut Found, ledger: &Ledger, check: fn(&str) -> bool) {
    let losses = ledger.losses().map(|(_, reason, loss)| (reason.text(), loss)).filter(|(reason, _)| check(reason));
    let evidence: Vec<String> = losses.map(|(reason, loss)| format!("{reason} {} times", loss.count)).collect();
    if !evidence.is_empty() {
        found.push("", 0, evidence.join(", "));
    }
}

/// `i` and the first 16 hex digits of SHA-256 over rule, kind of subject and subject.
fn finding_id(rule: &str, kind: Subject, subject: &str) -> String {
    let digest = Sha256::digest(format!("{rule}\0{}\0{subject}", kind.as_str()));
    digest.iter().take(8).fold("i".to_owned(), |id, byte| id + &format!("{byte:02x}"))
}
