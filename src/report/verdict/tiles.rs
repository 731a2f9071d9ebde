//! The eight tiles, and how each differs from the run that is compared with.

use super::super::view::{Figures, Level, Tile, Value};
use super::super::words::{count, counted, share};

/// What it means that a figure grows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Growth {
    Better,
    Worse,
    Neither,
}

/// The tiles of `new`, with what changed since `old` where there is one.
pub fn tiles(new: &Figures, old: Option<&Figures>) -> Vec<Tile> {
    let bad = |n: u64, level: Level| if n > 0 { level } else { Level::Good };
    let of = |n: u64, part: u64, noun: &str| format!("{} of {}", count(part), counted(n, noun));
    let known = |n: u64, whole: u64| if whole == 0 { Value::Unknown } else { Value::Count(n) };
    let read = |figures: &Figures| figures.captures - figures.unread.min(figures.captures);
    let parts = |figures: &Figures, part: fn(&Figures) -> (u64, u64)| part(figures);
    let shares = |growth, part: fn(&Figures) -> (u64, u64)| old.map(|old| of_shares(parts(old, part), parts(new, part), growth));
    let counts = |growth, part: fn(&Figures) -> u64| old.map(|old| of_counts(part(old), part(new), growth));
    let tile =
        |label: &str, value, detail: String, level, section, change| Tile { label: label.into(), value, detail, level, section, change };
    let tls = new.flows.saturating_sub(new.dtls + new.quic);
    vec![
        tile(
            "Captures read to the end",
            Value::Share(read(new), new.captures),
            of(new.captures, read(new), "capture"),
            bad(new.unread, Level::Warn),
            "health",
            shares(Growth::Better, |it| (it.captures - it.unread.min(it.captures), it.captures)),
        ),
        tile(
            "Flows",
            Value::Count(new.flows),
            format!("{} TLS, {} DTLS, {} QUIC", count(tls), count(new.dtls), count(new.quic)),
            Level::Neutral,
            "versions",
            counts(Growth::Neither, |it| it.flows),
        ),
        tile(
            "Findings to act on",
            Value::Count(new.acts),
            format!("critical or high, of {} that found something", counted(new.findings, "rule")),
            bad(new.acts, Level::Bad),
            "findings",
            counts(Growth::Worse, |it| it.acts),
        ),
        tile(
            "Handshakes failed",
            known(new.failed, new.judged),
            format!("{} of {}; {} more not judged", share(new.failed, new.judged), count(new.judged), count(new.not_judged)),
            if super::fails_often(new) { Level::Bad } else { bad(new.failed, Level::Warn) },
            "failures",
            shares(Growth::Worse, |it| (it.failed, it.judged)),
        ),
        tile(
            "Old TLS agreed",
            known(new.old, new.choices),
            format!("1.1 or older, {} of {} answers", share(new.old, new.choices), count(new.choices)),
            bad(new.old, Level::Bad),
            "versions",
            shares(Growth::Worse, |it| (it.old, it.choices)),
        ),
        tile(
            "Broken suites agreed",
            known(new.weak, new.suite_choices),
            format!("{} of {}", share(new.weak, new.suite_choices), counted(new.suite_choices, "answer")),
            bad(new.weak, Level::Bad),
            "suites",
            shares(Growth::Worse, |it| (it.weak, it.suite_choices)),
        ),
        tile(
            "Certificates expired",
            known(new.expired, new.certificates),
            format!("when last seen, of {} in plain", count(new.certificates)),
            bad(new.expired, Level::Bad),
            "certificates",
            counts(Growth::Worse, |it| it.expired),
        ),
        tile(
            "Post-quantum key exchange",
            Value::Share(new.hybrid, new.group_choices),
            of(new.group_choices, new.hybrid, "known group"),
            Level::Neutral,
            "groups",
            shares(Growth::Better, |it| (it.hybrid, it.group_choices)),
        ),
    ]
}

fn judged(grows: bool, growth: Growth) -> (&'static str, Level) {
    match (growth, grows) {
        (Growth::Better, true) | (Growth::Worse, false) => ("better", Level::Good),
        (Growth::Better, false) | (Growth::Worse, true) => ("worse", Level::Bad),
        (Growth::Neither, true) => ("more", Level::Neutral),
        (Growth::Neither, false) => ("fewer", Level::Neutral),
    }
}

/// `+3, worse`.
fn of_counts(old: u64, new: u64, growth: Growth) -> (String, Level) {
    if old == new {
        return ("as before".into(), Level::Neutral);
    }
    let (word, level) = judged(new > old, growth);
    (format!("{}{}, {word}", if new > old { '+' } else { '−' }, count(new.abs_diff(old))), level)
}

/// `−1.2 points, better`: the difference of two shares of different wholes.
fn of_shares(old: (u64, u64), new: (u64, u64), growth: Growth) -> (String, Level) {
    if old.1 == 0 || new.1 == 0 {
        return ("not comparable".into(), Level::Neutral);
    }
    let cross = |part: u64, whole: u64| u128::from(part) * u128::from(whole);
    let (before, now) = (cross(old.0, new.1), cross(new.0, old.1));
    if before == now {
        return ("as before".into(), Level::Neutral);
    }
    let (word, level) = judged(now > before, growth);
    let sign = if now > before { '+' } else { '−' };
    let (apart, whole) = (now.abs_diff(before), u128::from(old.1) * u128::from(new.1));
    let tenths = apart.checked_mul(1_000).map_or_else(|| apart / (whole / 1_000), |apart| apart / whole).min(1_000);
    match tenths {
        0 => (format!("{sign}<0.1 points, {word}"), level),
        _ => (format!("{sign}{}.{} points, {word}", tenths / 10, tenths % 10), level),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_sign_and_a_word() {
        let check = |change: (String, Level), text: &str, level| assert_eq!(change, (text.to_owned(), level));
        check(of_counts(3, 5, Growth::Worse), "+2, worse", Level::Bad);
        check(of_counts(5, 3, Growth::Neither), "−2, fewer", Level::Neutral);
        check(of_shares((1, 2), (500, 1_000), Growth::Worse), "as before", Level::Neutral);
        check(of_shares((1, 10), (300, 1_000), Growth::Worse), "+20.0 points, worse", Level::Bad);
        check(of_shares((300, 1_000), (1, 10), Growth::Worse), "−20.0 points, better", Level::Good);
        check(of_shares((1, 1_000_000), (2, 1_000_000), Growth::Better), "+<0.1 points, better", Level::Good);
        check(of_shares((0, 0), (1, 2), Growth::Better), "not comparable", Level::Neutral);
        check(of_shares((0, u64::MAX), (u64::MAX, u64::MAX), Growth::Worse), "+100.0 points, worse", Level::Bad);
        check(of_shares((0, 3), (3, 3), Growth::Worse), "+100.0 points, worse", Level::Bad);
    }
}
