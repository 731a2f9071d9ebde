//! `tlscensus explain`: what a rule, a table or a column is, in words.

use super::tables::TABLES;
use crate::census::findings::{Rule, all, unknown};
use crate::error::Error;
use std::fmt::Write;

/// The text on a name; the list of all rules without one.
///
/// # Errors
///
/// Nothing has that name.
pub fn explain(name: Option<&str>) -> Result<String, Error> {
    let Some(name) = name else { return Ok(list()) };
    if let Some(rule) = all().find(|rule| rule.id == name) {
        return Ok(on_rule(rule));
    }
    let (wanted, column) = name.split_once('.').map_or((None, name), |(table, column)| (Some(table), column));
    let mut text = String::new();
    for entry in TABLES.iter().filter(|entry| wanted.is_none_or(|wanted| wanted == entry.table.name)) {
        if wanted.is_none() && entry.table.name == name {
            let _ = writeln!(text, "{}.csv: {}", name, entry.table.doc.trim());
        }
        for found in entry.table.columns.iter().filter(|found| found.name == column) {
            let _ = writeln!(text, "{}.{} ({}): {}", entry.table.name, found.name, found.kind.frictionless(), found.doc.trim());
        }
    }
    if text.is_empty() { Err(Error::Usage(unknown(name) + ", and no table or column")) } else { Ok(text) }
}

/// All rules, a line each, in the order of their tables.
fn list() -> String {
    let width = all().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in all() {
        let _ = writeln!(text, "{:width$}  {:8}  {}", rule.id, rule.severity.as_str(), rule.title);
    }
    text
}

fn on_rule(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n\n", rule.id, rule.title);
    let mut line = |name: &str, words: &str| {
        let _ = writeln!(text, "{name:11} {words}");
    };
    line("severity", rule.severity.as_str());
    line("about", &format!("a {}", rule.subject().as_str()));
    line("why", rule.why);
    line("what to do", rule.advice);
    line("decided by", rule.decided);
    if let Some(threshold) = rule.threshold {
        line("threshold", &format!("{} {}", threshold.value, threshold.unit));
    }
    line("source", rule.source);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_tables_and_columns_are_explained() {
        let check = |name, words: &[&str]| {
            let text = explain(Some(name)).unwrap();
            assert!(words.iter().all(|word| text.contains(word)), "{name}: {text}");
        };
        check("dh_prime_small", &["2048 bits", "RFC 7919", "high"]);
        check("flows.outcome", &["flows.outcome (string)", "not_judged"]);
        check("flow_id", &["flows.flow_id", "messages.flow_id"]);
        check("findings", &["findings.csv", "flows.findings"]);
        assert!(all().all(|rule| explain(None).unwrap().contains(rule.id)));
        for name in ["nothing", "flows.nothing", "nothing.flow_id", ""] {
            assert!(matches!(explain(Some(name)), Err(Error::Usage(_))), "{name}");
        }
    }
}
