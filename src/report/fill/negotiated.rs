//! Sections 3, 4 and 5: what was negotiated.

use super::super::view::{self, Level, Part};
use super::super::words::{count, counted, share};
use super::timing;
use crate::census::Census;
use crate::census::cipher_suites::CipherSuiteRow;
use crate::census::exchange::{KINDS, Sizes, Stages};
use crate::census::groups::GroupRow;
use crate::census::ranks::{PLACES, Ranks};
use crate::census::versions::{Era, VersionRow, by_age, era};
use crate::tls::names;
use std::cmp::Reverse;

/// Section 3: newest first, drafts at the end.
pub fn versions(census: &Census) -> view::Versions {
    let versions = &census.versions;
    let mut rows = versions.rows();
    // Drafts and what is not known follow the others, so that no number of them hides what is old.
    let is_final = |code: u16| matches!(code, 0x0002 | 0x0100 | 0x0300..=0x0304 | 0xfefc | 0xfefd | 0xfeff);
    rows.sort_by_key(|row| (!is_final(row.code), Reverse(by_age(row.code))));
    let level = |code: u16| match (code, era(code)) {
        (0x0303 | 0x0304 | 0xfefd | 0xfefc, _) => Level::Good,
        (_, Era::Old) => Level::Bad,
        _ => Level::Warn,
    };
    let row = |row: VersionRow| view::VersionRow {
        code: row.code,
        name: row.name.into_owned(),
        level: level(row.code),
        offered: row.offered_flows,
        chosen: row.chosen_flows,
    };
    view::Versions {
        offers: versions.offers,
        choices: versions.choices,
        rows: rows.into_iter().map(row).collect(),
        over_time: timing::over_time(&census.timeline),
        old_says: timing::old_says(census),
        old_servers: timing::old_servers(&census.servers),
    }
}

/// Section 4: most often chosen first.
pub fn suites(census: &Census) -> view::Suites {
    let suites = &census.cipher_suites;
    let mut rows = suites.rows();
    rows.sort_by_key(|row| (Reverse(row.chosen_flows), Reverse(row.offered_flows)));
    let level = |rating: &str| match rating {
        "insecure" => Level::Bad,
        "weak" => Level::Warn,
        "secure" | "recommended" => Level::Good,
        _ => Level::Neutral,
    };
    let row = |row: CipherSuiteRow| view::SuiteRow {
        code: row.code,
        name: row.name.into_owned(),
        level: level(&row.rating),
        rating: row.rating.into_owned(),
        forward_secret: row.forward_secret,
        offered: row.offered_flows,
        chosen: row.chosen_flows,
    };
    let named = |row: &CipherSuiteRow| if row.name.is_empty() { row.code_hex.to_string() } else { row.name.to_string() };
    let is_unused = |row: &&CipherSuiteRow| row.chosen_flows == 0 && matches!(level(&row.rating), Level::Bad | Level::Warn);
    let mut unused: Vec<_> = rows.iter().filter(is_unused).map(|row| (named(row), level(&row.rating), row.offered_flows)).collect();
    unused.sort_by_key(|(_, level, offered)| (Reverse(*level), Reverse(*offered)));
    let ranks = ranks(&census.ranks);
    view::Suites {
        offers: suites.offers,
        choices: suites.choices,
        says: suites_say(&ranks, unused.len() as u64),
        ranks,
        unused: unused.into_iter().collect(),
        rows: rows.into_iter().map(row).collect(),
    }
}

fn ranks(ranks: &Ranks) -> Vec<Part> {
    let places = |from: usize, to: usize| ranks.places[from - 1..to].iter().sum();
    let part = |class, label, count| Part { class, label, count };
    vec![
        part("q1", "first choice", places(1, 1)),
        part("q2", "second", places(2, 2)),
        part("q3", "third", places(3, 3)),
        part("q4", "4th to 8th", places(4, 8)),
        part("q5", "9th or later", places(9, PLACES)),
        part("warn", "not in the list", ranks.not_listed),
    ]
}

fn suites_say(ranks: &[Part], unused: u64) -> String {
    let all: u64 = ranks.iter().map(|part| part.count).sum();
    let taken = match all {
        0 => "No choice could be held against a list.".to_owned(),
        _ => format!(
            "In {} of {} answers ({}) the server took the client's first choice, in {} one behind its eighth.",
            count(ranks[0].count),
            count(all),
            share(ranks[0].count, all),
            count(ranks[4].count)
        ),
    };
    format!("{taken} {} that are weak or insecure are offered and were never chosen.", counted(unused, "suite"))
}

/// Section 5: most often chosen first.
pub fn groups(census: &Census) -> view::Groups {
    let groups = &census.groups;
    let mut rows = groups.rows();
    rows.sort_by_key(|row| (Reverse(row.chosen_flows), Reverse(row.offered_flows)));
    let row = |row: GroupRow| view::GroupRow {
        code: row.code,
        name: if names::group(row.code).is_some() { row.name.into_owned() } else { String::new() },
        kind: kind(row.code).into(),
        offered: row.offered_flows,
        shared: row.key_share_flows,
        chosen: row.chosen_flows,
    };
    let stages = |(label, stages): (&&'static str, &Stages)| (*label, [stages.offered, stages.shared, stages.chosen, stages.retried]);
    let sizes = |label, sizes: &Sizes| view::HelloSizes {
        label,
        count: sizes.count,
        split: sizes.split,
        at: [5, 25, 50, 75, 95].map(|percent| sizes.at(percent).unwrap_or(0)),
        max: sizes.max,
    };
    let hellos = [sizes("With a post-quantum key share", &census.exchange.with), sizes("Without", &census.exchange.without)];
    view::Groups {
        offers: groups.offers,
        shares: groups.shares,
        choices: groups.choices,
        hello_retries: census.totals.hello_retries,
        says: groups_say(census),
        funnel: KINDS.iter().zip(&census.exchange.stages).map(stages).collect(),
        hellos: hellos.into_iter().filter(|sizes| sizes.count > 0).collect(),
        rows: rows.into_iter().map(row).collect(),
    }
}

fn groups_say(census: &Census) -> String {
    let (totals, quantum) = (&census.totals, census.exchange.stages[0]);
    let known = totals.forward_secret + totals.not_forward_secret;
    let secret = match known {
        0 => "Of no flow it is known whether it is forward secret.".to_owned(),
        _ => {
            format!("{} of {} whose key exchange is known are forward secret.", share(totals.forward_secret, known), counted(known, "flow"))
        }
    };
    format!(
        "{secret} {} of {} that list groups ({}) offer a post-quantum one; {} send its key share at once, and in {} the server chose one.",
        count(quantum.offered),
        counted(census.groups.offers, "ClientHello"),
        share(quantum.offered, census.groups.offers),
        count(quantum.shared),
        counted(quantum.chosen, "answer")
    )
}

fn kind(code: u16) -> &'static str {
    match names::group(code) {
        None => "",
        Some(group) if group.hybrid => "post-quantum hybrid",
        Some(group) if group.post_quantum => "post-quantum",
        Some(_) if (0x0100..=0x01ff).contains(&code) => "finite field",
        Some(_) => "elliptic curve",
    }
}
