//! What a rule is: its words, its number, and a pure function over rows.

use super::look::Look;
use crate::census::certificates::CertificateRow;
use crate::census::totals::Totals;
use crate::row::capture::CaptureRow;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Costs time, or weakens a defence in depth.
    Low,
    /// Out of date, or a fault that users meet.
    Medium,
    /// Can be attacked with effort, or hides much of the result.
    High,
    /// Gives no protection.
    Critical,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// Its word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A server: address and port.
    Server,
    /// A client: its address.
    Client,
    /// A certificate: its cert_id.
    Certificate,
    /// A capture: its id.
    Capture,
    /// The whole run.
    Run,
}

impl Subject {
    /// Its word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Server => "server",
            Subject::Client => "client",
            Subject::Certificate => "certificate",
            Subject::Capture => "capture",
            Subject::Run => "run",
        }
    }
}

/// The number that a rule compares with.
#[derive(Debug, Clone, Copy)]
pub struct Threshold {
    /// Unless the user says otherwise.
    pub value: u64,
    /// Its unit.
    pub unit: &'static str,
}

/// Whether a flow raises the rule, given its threshold.
pub type Raised = fn(&Look<'_>, u64) -> bool;
/// What was seen in a flow that raised it.
pub type Evidence = fn(&Look<'_>) -> String;

/// How a rule is decided.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// On each flow; counted by its server, its client or its capture.
    Flow(Subject, Raised, Evidence),
    /// On each row of captures.csv; gives what was seen.
    Capture(fn(&CaptureRow, u64) -> Option<String>),
    /// On each row of certificates.csv; gives what was seen.
    Certificate(fn(&CertificateRow, u64) -> Option<String>),
    /// On the handshakes of a server: judged, failed, threshold.
    Server(fn(u64, u64, u64) -> Option<String>),
    /// On reasons of losses.csv.
    Loss(fn(&str) -> bool),
    /// On the sums of the run.
    Run(fn(&Totals, u64) -> Option<String>),
}

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in tables and on the command line, in snake case; a contract.
    pub id: &'static str,
    /// How bad it is, unless the user says otherwise.
    pub severity: Severity,
    /// What is the matter, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// What is looked at, and what is left out.
    pub decided: &'static str,
    /// The number that it compares with.
    pub threshold: Option<Threshold>,
    /// Standard or registry, with its date.
    pub source: &'static str,
    /// The decision.
    pub check: Check,
}

impl Rule {
    /// What its findings are about.
    pub fn subject(&self) -> Subject {
        match self.check {
            Check::Flow(subject, ..) => subject,
            Check::Capture(_) => Subject::Capture,
            Check::Certificate(_) => Subject::Certificate,
            Check::Server(_) => Subject::Server,
            Check::Loss(_) | Check::Run(_) => Subject::Run,
        }
    }
}
