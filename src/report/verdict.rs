//! The first screen: one to three sentences and eight tiles, made from the rest of the page.
//!
//! The first sentence says whether to act, the second where handshakes fail, the third how far the figures
//! can be trusted. Each names its denominator.

mod tiles;

use super::view::{self, Baseline, Figures, Level, Page, Verdict};
use super::words::{clip, count, counted, share};

/// Handshakes that fail among those judged, in thousandths, from which on the page asks for action.
const FAILED_PERMILLE: u64 = 50;
/// Flows not judged among all, in thousandths, from which on the page asks for a look.
const UNJUDGED_PERMILLE: u64 = 100;

/// Judges the page; its own `verdict` is not looked at.
pub fn judge(page: &Page) -> Verdict {
    let facts = Facts(figures(page));
    let headline = worst(page).unwrap_or_else(|| facts.headline());
    let failures = facts.failures(page);
    let trust = facts.trust(page);
    let sentences: Vec<_> = [Some(headline), failures, trust].into_iter().flatten().collect();
    let level = sentences.iter().map(|(level, _)| *level).max().unwrap_or_default();
    Verdict {
        level,
        sentences: sentences.into_iter().map(|(_, sentence)| sentence).collect(),
        since: page.baseline.as_ref().map(since),
        tiles: tiles::tiles(&facts, page.baseline.as_ref().map(|baseline| &baseline.figures)),
    }
}

/// The worst findings, where one wants action: the first two by name, the others counted.
fn worst(page: &Page) -> Option<(Level, String)> {
    let bad: Vec<_> = page.findings.rows.rows().iter().filter(|finding| finding.level == Level::Bad).collect();
    let named = |finding: &&view::Finding| {
        let subjects = match finding.subject.as_str() {
            "run" => String::new(),
            subject => format!("{}{}, ", if finding.more { "more than " } else { "" }, counted(finding.subjects, subject)),
        };
        format!("{} ({subjects}{})", finding.title, counted(finding.flows, "flow"))
    };
    let mut names: Vec<String> = bad.iter().take(2).map(named).collect();
    names.iter_mut().skip(1).for_each(|name| *name = within(name));
    let rest = match bad.len().saturating_sub(2) {
        0 => String::new(),
        some => format!(", and {}", counted(some as u64, "more finding")),
    };
    (!bad.is_empty()).then(|| (Level::Bad, format!("{}{rest}.", names.join("; "))))
}

/// A title within a sentence: its first word in small letters, unless it is a name or an abbreviation, which have capitals further on, too.
fn within(title: &str) -> String {
    let word = title.split(' ').next().unwrap_or_default();
    match title.chars().next() {
        Some(first) if word.chars().skip(1).all(|c| !c.is_uppercase()) => first.to_lowercase().chain(title.chars().skip(1)).collect(),
        _ => title.to_owned(),
    }
}

/// The figures of a page.
pub fn figures(page: &Page) -> Figures {
    let failures = &page.failures;
    let chosen = |level: Level, chosen: u64| if level == Level::Bad { chosen } else { 0 };
    let hybrid = |kind: &str| kind.contains("hybrid") || kind.contains("post-quantum");
    Figures {
        captures: page.health.captures.total(),
        unread: page.health.captures.failed + page.health.captures.truncated,
        flows: page.health.tls_flows,
        dtls: page.health.dtls_flows,
        quic: page.health.quic_flows,
        findings: page.findings.rows.total(),
        acts: page.findings.rows.rows().iter().filter(|finding| finding.level == Level::Bad).count() as u64,
        judged: failures.completed + failures.failed,
        failed: failures.failed,
        not_judged: failures.not_judged,
        choices: page.versions.choices,
        old: page.versions.rows.rows().iter().map(|row| chosen(row.level, row.chosen)).sum(),
        suite_choices: page.suites.choices,
        weak: page.suites.rows.rows().iter().map(|row| chosen(row.level, row.chosen)).sum(),
        certificates: page.certificates.rows.total(),
        expired: page.certificates.expired,
        group_choices: page.groups.choices,
        hybrid: page.groups.rows.rows().iter().filter(|row| hybrid(&row.kind)).map(|row| row.chosen).sum(),
    }
}

/// What is new against another run, in a sentence or two.
fn since(baseline: &Baseline) -> String {
    let first = |(title, subject): &(String, String)| match subject.is_empty() {
        true => format!(", first of all “{title}”"),
        false => format!(", first of all “{title}” ({})", clip(subject, 80)),
    };
    let new = match baseline.appeared {
        0 => "no finding is new".to_owned(),
        some => format!(
            "{} {} new, {} of them critical or high{}",
            counted(some, "finding"),
            if some == 1 { "is" } else { "are" },
            count(baseline.appeared_bad),
            baseline.first.as_ref().map_or_else(String::new, first)
        ),
    };
    let gone = match baseline.vanished {
        0 => "none is gone".to_owned(),
        1 => "1 is gone".to_owned(),
        some => format!("{} are gone", count(some)),
    };
    let flows = counted(baseline.figures.flows, "flow");
    let notes = baseline.notes.iter().take(2).map(|note| format!(" {note}")).collect::<String>();
    format!("Against the run “{}” ({flows}): {new}; {gone}.{notes}", clip(&baseline.title, 60))
}

/// The sentences over the figures.
struct Facts(Figures);

impl std::ops::Deref for Facts {
    type Target = Figures;
    fn deref(&self) -> &Figures {
        &self.0
    }
}

impl Facts {
    fn headline(&self) -> (Level, String) {
        if self.captures == 0 {
            return (Level::Warn, "No capture was found, so there is nothing to judge.".into());
        }
        if self.flows == 0 {
            let captures = counted(self.captures, "capture");
            return (Level::Neutral, format!("No TLS was found in {captures}."));
        }
        if self.judged + self.choices == 0 {
            let flows = counted(self.flows, "TLS flow");
            return (Level::Warn, format!("No handshake could be judged: the captures hold no whole one in {flows}."));
        }
        let old = format!(
            "{} of {} handshakes ({}) still agree on TLS 1.1 or older",
            count(self.old),
            count(self.choices),
            share(self.old, self.choices)
        );
        let weak = format!(
            "{} of {} ({}) on a broken cipher suite",
            count(self.weak),
            count(self.suite_choices),
            share(self.weak, self.suite_choices)
        );
        match (self.old, self.weak) {
            (0, 0) if self.fails_often() => (Level::Bad, "Handshakes fail too often.".into()),
            (0, 0) if self.choices == 0 => (Level::Warn, "No server answered a ClientHello.".into()),
            (0, 0) => (
                Level::Good,
                format!(
                    "Nothing to act on in what was chosen: all {} agree on TLS 1.2 or newer with sound cipher suites.",
                    counted(self.choices, "answered handshake")
                ),
            ),
            (_, 0) => (Level::Bad, format!("{old}.")),
            (0, _) => (
                Level::Bad,
                format!(
                    "{} of {} handshakes ({}) agree on a broken cipher suite.",
                    count(self.weak),
                    count(self.suite_choices),
                    share(self.weak, self.suite_choices)
                ),
            ),
            _ => (Level::Bad, format!("{old}, {weak}.")),
        }
    }

    fn failures(&self, page: &Page) -> Option<(Level, String)> {
        if self.judged == 0 {
            return None;
        }
        if self.failed == 0 {
            return Some((Level::Good, format!("None of {} failed.", counted(self.judged, "judged handshake"))));
        }
        let level = if self.fails_often() { Level::Bad } else { Level::Warn };
        let causes = page.failures.matrix.rows().iter().flat_map(|row| {
            let name = row.name.as_str();
            [
                (row.alert, name, "by an alert"),
                (row.reset, name, "by a reset"),
                (row.closed, name, "by an orderly close"),
                (row.timeout, name, "in silence"),
            ]
        });
        let worst = causes.filter(|cause| cause.0 > 0).max_by_key(|cause| cause.0);
        let most = worst.map_or(String::new(), |(_, step, how)| format!(", most often after {step} {how}"));
        let sentence = format!(
            "{} of {} judged handshakes ({}) failed{most}.",
            count(self.failed),
            count(self.judged),
            share(self.failed, self.judged)
        );
        Some((level, sentence))
    }

    fn trust(&self, page: &Page) -> Option<(Level, String)> {
        if self.captures == 0 {
            return None;
        }
        let captures = &page.health.captures;
        let unjudged = self.not_judged * 1000 >= self.flows * UNJUDGED_PERMILLE && self.not_judged > 0;
        let level = if self.unread > 0 || unjudged { Level::Warn } else { Level::Good };
        let read = match self.unread {
            0 => format!("{} read to the end", was(captures.ok + captures.empty, "capture")),
            _ => format!(
                "{} of {} could not be read to the end ({} failed, {} cut short)",
                count(self.unread),
                counted(self.captures, "capture"),
                count(captures.failed),
                count(captures.truncated)
            ),
        };
        let judged = match self.not_judged {
            0 => "every TLS flow was judged".into(),
            some => format!("{} of {} could not be judged", count(some), counted(self.flows, "TLS flow")),
        };
        let judged = if self.flows == 0 { String::new() } else { format!(" and {judged}") };
        Some((level, format!("How far to trust it: {read}{judged}.")))
    }

    fn fails_often(&self) -> bool {
        fails_often(&self.0)
    }
}

/// Whether so many handshakes fail that the page asks for action.
fn fails_often(figures: &Figures) -> bool {
    figures.failed > 0 && u128::from(figures.failed) * 1000 >= u128::from(figures.judged) * u128::from(FAILED_PERMILLE)
}

/// `1 capture was`, `2 captures were`.
fn was(n: u64, noun: &str) -> String {
    format!("{} {}", counted(n, noun), if n == 1 { "was" } else { "were" })
}
