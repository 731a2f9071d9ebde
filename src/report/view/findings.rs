//! Section 2: what rules found.

use super::Cut;

/// Rules with findings that are shown: all of them, and room for more.
pub const MAX_FINDINGS: usize = 80;
/// Examples of one rule.
pub const MAX_EXAMPLES: usize = 5;

/// Section 2, the worst first; muted ones are only counted.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Rules asked.
    pub rules: u64,
    /// Rules that found something and are muted.
    pub muted: u64,
    /// Rules that found something.
    pub rows: Cut<Finding, MAX_FINDINGS>,
}

/// What one rule found.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// The rule's name, as in `findings.csv`.
    pub id: String,
    /// `critical`, `high`, `medium`, `low` or `info`.
    pub severity: String,
    /// How much that matters.
    pub level: super::Level,
    /// What is the matter.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub advice: String,
    /// How it was decided, with the threshold in force.
    pub decided: String,
    /// Standard and date.
    pub source: String,
    /// `server`, `client`, `certificate`, `capture` or `run`.
    pub subject: String,
    /// Subjects, at least where `more` says so.
    pub subjects: u64,
    /// Whether there are more subjects than were counted.
    pub more: bool,
    /// Flows concerned.
    pub flows: u64,
    /// Subjects or flows to look at.
    pub examples: Cut<FindingExample, MAX_EXAMPLES>,
}

/// One thing to look at.
#[derive(Clone, Debug, Default)]
pub struct FindingExample {
    /// The flow, where it is one.
    pub flow_id: Option<String>,
    /// Who: `client > server`, or the subject.
    pub who: String,
    /// The server's name; empty where there is none.
    pub name: String,
    /// What was seen.
    pub evidence: String,
    /// Path of the capture; empty where it is not about one.
    pub path: String,
    /// Display filter; empty where it is not a flow.
    pub filter: String,
}
