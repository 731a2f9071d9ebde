//! What the rules found, into the page.

use super::super::view::{Cut, Finding, FindingExample, Findings, Level};
use super::super::write::Results;
use crate::census::findings::{Example, FindingRow, Found, Severity, Subject, all};

/// Section 2.
pub fn findings(results: &Results) -> Findings {
    let muted = |found: &&Found| found.setting.muted;
    Findings {
        rules: all().count() as u64,
        muted: results.findings.iter().filter(muted).count() as u64,
        rows: results.findings.iter().filter(|found| !found.setting.muted).map(|found| finding(results, found)).collect(),
    }
}

fn finding(results: &Results, found: &Found) -> Finding {
    let rule = found.rule;
    let subjects = found.rows.len() as u64 - u64::from(found.more);
    let path = |id: &str| results.captures.iter().find(|capture| capture.capture_id == id).map_or("", |capture| &capture.path.0);
    let flow = |example: &Example| FindingExample {
        flow_id: Some(example.flow_id.clone().into_owned()),
        who: format!("{} to {}", example.client, example.server),
        name: example.sni.0.clone(),
        evidence: example.evidence.clone(),
        path: path(&example.capture_id).to_owned(),
        filter: example.wireshark_filter.clone().into_owned(),
    };
    let subject = |row: &FindingRow| FindingExample {
        who: short(rule.subject(), &row.subject_id.0),
        evidence: row.evidence.0.clone(),
        ..FindingExample::default()
    };
    let examples = match found.examples.is_empty() {
        false => Cut::of(found.examples.iter().map(flow), found.flows),
        true => found.rows.iter().take(subjects as usize).map(subject).collect(),
    };
    let threshold = rule.threshold.map_or_else(String::new, |number| format!(" Threshold: {} {}.", found.setting.threshold, number.unit));
    Finding {
        id: rule.id.into(),
        severity: found.setting.severity.as_str().into(),
        level: level(found.setting.severity),
        title: rule.title.into(),
        why: rule.why.into(),
        advice: rule.advice.into(),
        decided: format!("{}{threshold}", rule.decided),
        source: rule.source.into(),
        subject: rule.subject().as_str().into(),
        subjects,
        more: found.more,
        flows: found.flows,
        examples,
    }
}

/// A subject as it is named in the page: of a certificate's 64 digits as many as tell it from others.
fn short(subject: Subject, id: &str) -> String {
    match (subject, id.get(..16)) {
        (Subject::Certificate, Some(start)) if id.len() > 16 => format!("{start}\u{2026}"),
        _ => id.to_owned(),
    }
}

/// How much a severity matters.
pub fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Bad,
        Severity::Medium => Level::Warn,
        Severity::Low | Severity::Info => Level::Neutral,
    }
}
