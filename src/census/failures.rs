//! `failures.csv`: how and where handshakes end, and the funnel of steps.

use super::steps::{Step, states};
use super::{Part, pairs};
use crate::row::Word;
use crate::row::assemble::FlowRows;
use crate::table;
use crate::tls::names;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

table! {
    /// A way in which handshakes ended without completing.
    FailureRow, "failures", key ["outcome", "last_step", "alert_code", "alert_from"];
    /// How it ended: `alert`, `reset`, `closed`, `timeout`; or why it was not judged: `gap`, `not_judged`.
    outcome: Word,
    /// The last of the twelve steps that was seen, by number. Empty: none.
    last_step: Option<u8>,
    /// Code of the first plain alert. Empty: none.
    alert_code: Option<u8>,
    /// Its IANA name.
    alert_name: Word,
    /// Who sent the alert, a protected one included: `client` or `server`. Empty: there was none.
    alert_from: Word,
    /// Flows that ended so.
    flows: u64,
    /// One of them: the one with the smallest flow_id.
    example_flow_id: Word,
}

/// How a handshake ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ending {
    /// The column `outcome`.
    pub outcome: Word,
    /// The column `last_step`.
    pub last_step: Option<u8>,
    /// The column `alert_code`.
    pub alert_code: Option<u8>,
    /// The column `alert_from`.
    pub alert_from: Word,
}

impl Ending {
    /// How this flow's handshake ended.
    pub fn of(rows: &FlowRows) -> Self {
        let flow = &rows.flow;
        Ending {
            outcome: flow.outcome.clone(),
            last_step: flow.last_step,
            alert_code: flow.alert_code,
            alert_from: flow.alert_from.clone(),
        }
    }
}

/// Flows of one kind with an example.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tally {
    flows: u64,
    example: Option<Word>,
}

/// The states of one step over flows that the captures hold from their beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTally {
    /// [`Step::Seen`].
    pub seen: u64,
    /// [`Step::Encrypted`].
    pub encrypted: u64,
    /// [`Step::NotPart`].
    pub not_part: u64,
    /// [`Step::Missing`].
    pub missing: u64,
    /// [`Step::Failed`].
    pub failed: u64,
}

/// Endings by kind, and the twelve steps.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Failures {
    #[serde(with = "pairs")]
    endings: BTreeMap<Ending, Tally>,
    /// Steps 1 to 12.
    pub steps: [StepTally; 12],
}

impl Part for Failures {
    fn observe(&mut self, rows: &FlowRows) {
        if rows.flow.outcome != "completed" {
            let tally = self.endings.entry(Ending::of(rows)).or_default();
            tally.add(1, Some(&rows.flow.flow_id));
        }
        if rows.flow.starts_midway {
            return;
        }
        let states = states(rows);
        let reached = states.iter().position(|state| *state == Step::Failed).map_or(12, |at| at + 1);
        for (tally, state) in self.steps.iter_mut().zip(states).take(reached) {
            match state {
                Step::Seen => tally.seen += 1,
                Step::Encrypted => tally.encrypted += 1,
                // Never: a smaller number, but later in this kind of handshake.
                Step::NotPart | Step::Never => tally.not_part += 1,
                Step::Missing => tally.missing += 1,
                Step::Failed => tally.failed += 1,
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (ending, theirs) in other.endings {
            self.endings.entry(ending).or_default().add(theirs.flows, theirs.example.as_ref());
        }
        for (ours, theirs) in self.steps.iter_mut().zip(other.steps) {
            ours.seen += theirs.seen;
            ours.encrypted += theirs.encrypted;
            ours.not_part += theirs.not_part;
            ours.missing += theirs.missing;
            ours.failed += theirs.failed;
        }
    }
}

impl Tally {
    /// The smallest id is the example, whatever the order of observation.
    fn add(&mut self, flows: u64, example: Option<&Word>) {
        self.flows += flows;
        if let Some(theirs) = example
            && self.example.as_ref().is_none_or(|ours| theirs < ours)
        {
            self.example = Some(theirs.clone());
        }
    }
}

impl Failures {
    /// The table, by outcome, step and alert.
    pub fn rows(&self) -> Vec<FailureRow> {
        let row = |(ending, tally): (&Ending, &Tally)| FailureRow {
            outcome: ending.outcome.clone(),
            last_step: ending.last_step,
            alert_code: ending.alert_code,
            alert_name: ending.alert_code.and_then(names::alert).unwrap_or_default().into(),
            alert_from: ending.alert_from.clone(),
            flows: tally.flows,
            example_flow_id: tally.example.clone().unwrap_or_default(),
        };
        self.endings.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_funnel_loses_flows_only_where_they_fail() {
        let flows = crate::census::tests::flows(300);
        let mut failures = Failures::default();
        flows.iter().for_each(|rows| failures.observe(rows));
        let mut entering = flows.iter().filter(|rows| !rows.flow.starts_midway).count() as u64;
        for step in failures.steps {
            assert_eq!(step.seen + step.encrypted + step.not_part + step.missing + step.failed, entering);
            entering -= step.failed;
        }
        let listed: u64 = failures.rows().iter().map(|row| row.flows).sum();
        assert_eq!(listed, flows.iter().filter(|rows| rows.flow.outcome != "completed").count() as u64);
    }
}
