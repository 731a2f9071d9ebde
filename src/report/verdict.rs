//! The first screen: one to three sentences and eight tiles, made from the rest of the page.
//!
//! The first sentence says whether to act, the second where handshakes fail, the third how far the figures
//! can be trusted. Each names its denominator.

use super::view::{self, Level, Page, Tile, Value, Verdict};
use super::words::{count, counted, share};

/// Handshakes that fail among those judged, in thousandths, from which on the page asks for action.
const FAILED_PERMILLE: u64 = 50;
/// Flows not judged among all, in thousandths, from which on the page asks for a look.
const UNJUDGED_PERMILLE: u64 = 100;

/// Judges the page; its own `verdict` is not looked at.
pub fn judge(page: &Page) -> Verdict {
    let facts = Facts::of(page);
    let headline = worst(page).unwrap_or_else(|| facts.headline());
    let failures = facts.failures(page);
    let trust = facts.trust(page);
    let sentences: Vec<_> = [Some(headline), failures, trust].into_iter().flatten().collect();
    let level = sentences.iter().map(|(level, _)| *level).max().unwrap_or_default();
    Verdict { level, sentences: sentences.into_iter().map(|(_, sentence)| sentence).collect(), tiles: facts.tiles(page) }
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
    let names: Vec<String> = bad.iter().take(2).map(named).collect();
    let rest = match bad.len().saturating_sub(2) {
        0 => String::new(),
        some => format!(", and {}", counted(some as u64, "more finding")),
    };
    (!bad.is_empty()).then(|| (Level::Bad, format!("{}{rest}.", names.join("; "))))
}

/// The figures that the sentences and the tiles share.
struct Facts {
    captures: u64,
    unread: u64,
    flows: u64,
    judged: u64,
    failed: u64,
    not_judged: u64,
    choices: u64,
    old: u64,
    suite_choices: u64,
    weak: u64,
    hybrid: u64,
}

impl Facts {
    fn of(page: &Page) -> Self {
        let failures = &page.failures;
        let chosen = |level: Level, chosen: u64| if level == Level::Bad { chosen } else { 0 };
        let hybrid = |kind: &str| kind.contains("hybrid") || kind.contains("post-quantum");
        Self {
            captures: page.health.captures.total(),
            unread: page.health.captures.failed + page.health.captures.truncated,
            flows: page.health.tls_flows,
            judged: failures.completed + failures.failed,
            failed: failures.failed,
            not_judged: failures.not_judged,
            choices: page.versions.choices,
            old: page.versions.rows.rows().iter().map(|row| chosen(row.level, row.chosen)).sum(),
            suite_choices: page.suites.choices,
            weak: page.suites.rows.rows().iter().map(|row| chosen(row.level, row.chosen)).sum(),
            hybrid: page.groups.rows.rows().iter().filter(|row| hybrid(&row.kind)).map(|row| row.chosen).sum(),
        }
    }

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

    fn tiles(&self, page: &Page) -> Vec<Tile> {
        let tile = |label: &str, value, detail: String, level, section| Tile { label: label.into(), value, detail, level, section };
        let bad = |n: u64, level: Level| if n > 0 { level } else { Level::Good };
        let of = |n: u64, part: u64, noun: &str| format!("{} of {}", count(part), counted(n, noun));
        let read = self.captures - self.unread.min(self.captures);
        let segmentation = &page.segmentation;
        vec![
            tile(
                "Captures read to the end",
                Value::Share(read, self.captures),
                of(self.captures, read, "capture"),
                bad(self.unread, Level::Warn),
                "health",
            ),
            tile(
                "TLS flows",
                Value::Count(self.flows),
                format!("in {}", counted(page.health.tcp_flows, "TCP flow")),
                Level::Neutral,
                "health",
            ),
            tile(
                "Handshakes failed",
                if self.judged == 0 { Value::Unknown } else { Value::Count(self.failed) },
                format!("{} of {}", share(self.failed, self.judged), counted(self.judged, "judged handshake")),
                if self.fails_often() { Level::Bad } else { bad(self.failed, Level::Warn) },
                "failures",
            ),
            tile(
                "Not judged",
                Value::Count(self.not_judged),
                format!("{} of {}", share(self.not_judged, self.flows), counted(self.flows, "TLS flow")),
                if self.not_judged * 1000 >= self.flows * UNJUDGED_PERMILLE { bad(self.not_judged, Level::Warn) } else { Level::Neutral },
                "failures",
            ),
            tile(
                "Old TLS agreed",
                if self.choices == 0 { Value::Unknown } else { Value::Count(self.old) },
                format!("1.1 or older, of {}", counted(self.choices, "answered handshake")),
                bad(self.old, Level::Bad),
                "versions",
            ),
            tile(
                "Broken suites agreed",
                if self.suite_choices == 0 { Value::Unknown } else { Value::Count(self.weak) },
                format!("{} of {}", share(self.weak, self.suite_choices), counted(self.suite_choices, "answered handshake")),
                bad(self.weak, Level::Bad),
                "suites",
            ),
            tile(
                "Post-quantum key exchange",
                Value::Share(self.hybrid, page.groups.choices),
                of(page.groups.choices, self.hybrid, "known group"),
                Level::Neutral,
                "groups",
            ),
            tile(
                "Messages in several segments",
                Value::Share(segmentation.split, segmentation.messages),
                of(segmentation.messages, segmentation.split, "message"),
                Level::Neutral,
                "segmentation",
            ),
        ]
    }

    fn fails_often(&self) -> bool {
        self.failed > 0 && self.failed * 1000 >= self.judged * FAILED_PERMILLE
    }
}

/// `1 capture was`, `2 captures were`.
fn was(n: u64, noun: &str) -> String {
    format!("{} {}", counted(n, noun), if n == 1 { "was" } else { "were" })
}
