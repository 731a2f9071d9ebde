//! Which rules count, how much, and from which number on: the defaults, and what the user changes.
//!
//! ```toml
//! [protocol_tls11]
//! severity = "high"        # info, low, medium, high or critical
//!
//! [mss_small]
//! threshold = 536          # in the rule's unit
//! mute = true              # still in findings.csv, marked; not in the report's verdict, and no reason to fail
//! ```

use super::look::Look;
use super::rule::{Check, Rule, Severity};
use super::{all, number};
use crate::row::Word;
use crate::row::assemble::FlowRows;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::Spanned;

/// What is in force for one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// How bad its findings are.
    pub severity: Severity,
    /// What it compares with; 0 where it compares with nothing.
    pub threshold: u64,
    /// Whether its findings are left out of verdict and exit code.
    pub muted: bool,
}

/// What is in force for every rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(String, Setting)>", try_from = "Vec<(String, Setting)>")]
pub struct Rules(Vec<Setting>);

impl From<Rules> for Vec<(String, Setting)> {
    fn from(rules: Rules) -> Self {
        rules.settings().map(|(rule, setting)| (rule.id.to_owned(), setting)).collect()
    }
}

impl TryFrom<Vec<(String, Setting)>> for Rules {
    type Error = String;

    fn try_from(settings: Vec<(String, Setting)>) -> Result<Self, String> {
        let mut rules = Rules::default();
        for (id, setting) in settings {
            let at = number(&id).ok_or_else(|| unknown(&id))?;
            rules.0[at] = setting;
        }
        Ok(rules)
    }
}

impl Default for Rules {
    fn default() -> Self {
        let setting =
            |rule: &Rule| Setting { severity: rule.severity, threshold: rule.threshold.map_or(0, |number| number.value), muted: false };
        Rules(all().map(setting).collect())
    }
}

/// What a file may say of a rule.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    severity: Option<Severity>,
    threshold: Option<u64>,
    mute: Option<bool>,
}

impl Rules {
    /// The defaults with the changes that a TOML text makes.
    ///
    /// # Errors
    ///
    /// What is wrong and in which line: no TOML, a rule or key that does not exist, a threshold for a rule without one.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut rules = Rules::default();
        let changes: BTreeMap<Spanned<String>, Change> = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or_else(String::new, |span| format!("line {}: ", line(text, span.start)));
            format!("{at}{}", error.message())
        })?;
        for (id, change) in changes {
            let wrong = |what: String| format!("line {}: {what}", line(text, id.span().start));
            let Some(at) = number(id.get_ref()) else { return Err(wrong(unknown(id.get_ref()))) };
            if let Some(threshold) = change.threshold {
                if all().nth(at).is_none_or(|rule| rule.threshold.is_none()) {
                    return Err(wrong(format!("the rule {} has no threshold", id.get_ref())));
                }
                rules.0[at].threshold = threshold;
            }
            rules.0[at].severity = change.severity.unwrap_or(rules.0[at].severity);
            rules.0[at].muted = change.mute.unwrap_or(rules.0[at].muted);
        }
        Ok(rules)
    }

    /// Mutes a rule.
    ///
    /// # Errors
    ///
    /// There is no such rule.
    pub fn mute(&mut self, id: &str) -> Result<(), String> {
        let at = number(id).ok_or_else(|| unknown(id))?;
        self.0[at].muted = true;
        Ok(())
    }

    /// Each rule with what is in force for it, in the order of the tables.
    pub fn settings(&self) -> impl Iterator<Item = (&'static Rule, Setting)> {
        all().zip(self.0.iter().copied())
    }

    /// The rules that a flow raises, by id, for the column `findings`.
    pub fn judge(&self, rows: &FlowRows) -> Word {
        let look = Look::new(rows);
        let mut ids = String::new();
        for (rule, setting) in self.settings() {
            if let Check::Flow(_, raised, _) = rule.check
                && raised(&look, setting.threshold)
            {
                if !ids.is_empty() {
                    ids.push(';');
                }
                ids.push_str(rule.id);
            }
        }
        ids.into()
    }
}

/// The refusal of a name, with the nearest ones that exist.
pub fn unknown(id: &str) -> String {
    let start: String = id.split('_').next().unwrap_or_default().to_owned();
    let near: Vec<_> = all().map(|rule| rule.id).filter(|known| !start.is_empty() && known.starts_with(&start)).collect();
    let hint = if near.is_empty() { "'tlscensus explain' lists all".to_owned() } else { format!("there is {}", near.join(", ")) };
    format!("there is no rule {id:?}; {hint}")
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let rules = Rules::read("[protocol_tls11]\nseverity = \"critical\"\n\n[mss_small]\nthreshold = 536\nmute = true\n").unwrap();
        for ((rule, ours), (_, default)) in rules.settings().zip(Rules::default().settings()) {
            let expected = match rule.id {
                "protocol_tls11" => Setting { severity: Severity::Critical, ..default },
                "mss_small" => Setting { threshold: 536, muted: true, ..default },
                _ => default,
            };
            assert_eq!(ours, expected, "{}", rule.id);
        }
        assert_eq!(Rules::read(""), Ok(Rules::default()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_line() {
        let check = |text: &str, line: &str, word: &str| {
            let error = Rules::read(text).unwrap_err();
            assert!(error.starts_with(line) && error.contains(word), "{text:?}: {error}");
        };
        check("\n[protocol_tls9]\nmute = true", "line 2: ", "protocol_tls10");
        check("[quite]\nmute = true", "line 1: ", "explain");
        check("[heartbleed]\nmute = true\nloud = 1", "line 3: ", "loud");
        check("[heartbleed]\nseverity = \"awful\"", "line 2: ", "awful");
        check("[heartbleed]\nthreshold = 5", "line 1: ", "no threshold");
        check("[mss_small]\nthreshold = -5", "line 2: ", "-5");
        check("[heartbleed", "line 1: ", "");
        check("heartbleed = 1", "line 1: ", "");
        assert!(Rules::default().mute("nothing").is_err());
    }
}
