//! A finished run as the baseline of another one: its figures, and the findings that came and went since.

use super::State;
use super::diff::{Change, changed, shortcomings};
use crate::census::findings::{Found, Rules, Severity};
use crate::error::Error;
use crate::report::Baseline;
use crate::report::figures;
use std::path::Path;

/// A finished run, read to be compared with.
pub struct Past {
    state: State<'static>,
    findings: Vec<Found>,
}

impl Past {
    /// Reads the run in a folder.
    ///
    /// # Errors
    ///
    /// The folder holds no finished run of this program.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let state = State::read(folder)?;
        let findings = state.findings();
        Ok(Past { state, findings })
    }

    /// What there is to say of it beside a newer run with these findings.
    pub fn baseline(&self, findings: &[Found], rules: &Rules) -> Baseline {
        let changes = changed(&self.findings, findings);
        let came = || changes.iter().filter(|change| change.change == Change::Appeared);
        let mut notes = Vec::new();
        if *rules != *self.state.rules {
            notes.push("The runs were judged by different rules; findings may come and go for that reason.".to_owned());
        }
        notes.extend(shortcomings("earlier", &self.state));
        Baseline {
            title: self.state.title.clone(),
            figures: figures(&self.state.results(&self.findings)),
            appeared: came().count() as u64,
            appeared_bad: came().filter(|change| change.severity >= Severity::High).count() as u64,
            first: came().next().map(|change| (change.title.to_owned(), change.subject.clone())),
            vanished: changes.iter().filter(|change| change.change == Change::Vanished).count() as u64,
            notes,
        }
    }
}
