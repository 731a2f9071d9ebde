//! Sections 3, 4, 5, 7 and 8: what was negotiated, where it failed, how it was cut.

use super::super::view::{self, Level, MatrixRow, StepCount};
use super::timing;
use crate::census::Census;
use crate::census::cipher_suites::{CipherSuiteRow, CipherSuites};
use crate::census::failures::FailureRow;
use crate::census::groups::{GroupRow, Groups};
use crate::census::histogram::ERROR_PERMILLE;
use crate::census::segmentation::SegmentationRow;
use crate::census::versions::{Era, VersionRow, by_age, era};
use crate::row::step::STEPS;
use crate::tls::names;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
pub fn suites(census: &CipherSuites) -> view::Suites {
    let mut rows = census.rows();
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
    view::Suites { offers: census.offers, choices: census.choices, rows: rows.into_iter().map(row).collect() }
}

/// Section 5: most often chosen first.
pub fn groups(census: &Groups, hello_retries: u64) -> view::Groups {
    let mut rows = census.rows();
    rows.sort_by_key(|row| (Reverse(row.chosen_flows), Reverse(row.offered_flows)));
    let row = |row: GroupRow| view::GroupRow {
        code: row.code,
        name: if names::group(row.code).is_some() { row.name.into_owned() } else { String::new() },
        kind: kind(row.code).into(),
        offered: row.offered_flows,
        shared: row.key_share_flows,
        chosen: row.chosen_flows,
    };
    view::Groups {
        offers: census.offers,
        shares: census.shares,
        choices: census.choices,
        hello_retries,
        rows: rows.into_iter().map(row).collect(),
    }
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

/// Section 7.
pub fn failures(census: &Census) -> view::Failures {
    let rows = census.failures.rows();
    let step = |(at, tally): (usize, &crate::census::failures::StepTally)| StepCount {
        step: at as u8 + 1,
        name: STEPS[at].into(),
        seen: tally.seen,
        encrypted: tally.encrypted,
        not_part: tally.not_part,
        missing: tally.missing,
        failed: tally.failed,
    };
    view::Failures {
        completed: census.totals.completed,
        failed: census.totals.failed,
        not_judged: census.totals.not_judged,
        steps: census.failures.steps.iter().enumerate().map(step).collect(),
        matrix: matrix(&rows).into_values().collect(),
        alerts: alerts(&rows).into_iter().collect(),
    }
}

/// Step by cause. Step 0 stands for flows of which no step was seen.
fn matrix(rows: &[FailureRow]) -> BTreeMap<u8, MatrixRow> {
    let mut matrix: BTreeMap<u8, MatrixRow> = BTreeMap::new();
    for row in rows {
        let step = row.last_step.unwrap_or(0);
        let name = usize::from(step).checked_sub(1).and_then(|at| STEPS.get(at)).copied().unwrap_or("no step seen");
        let place = |line: &mut MatrixRow| match row.outcome.as_ref() {
            "alert" => line.alert += row.flows,
            "reset" => line.reset += row.flows,
            "closed" => line.closed += row.flows,
            "timeout" => line.timeout += row.flows,
            _ => line.gap += row.flows,
        };
        if row.outcome == "not_judged" {
            continue;
        }
        let line = matrix.entry(step).or_insert_with(|| MatrixRow {
            step,
            name: name.into(),
            alert: 0,
            reset: 0,
            closed: 0,
            timeout: 0,
            gap: 0,
            example_flow: None,
        });
        place(line);
        if line.example_flow.is_none() {
            line.example_flow = Some(row.example_flow_id.clone().into_owned());
        }
    }
    matrix
}

/// The alerts in the clear that ended handshakes, most frequent first.
fn alerts(rows: &[FailureRow]) -> Vec<view::AlertRow> {
    let mut alerts: BTreeMap<u8, view::AlertRow> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.outcome == "alert") {
        let Some(code) = row.alert_code else { continue };
        let alert = alerts.entry(code).or_insert_with(|| view::AlertRow {
            code,
            name: row.alert_name.clone().into_owned(),
            from_client: 0,
            from_server: 0,
            example_flow: Some(row.example_flow_id.clone().into_owned()),
        });
        if row.alert_from == "client" { alert.from_client += row.flows } else { alert.from_server += row.flows }
    }
    let mut alerts: Vec<_> = alerts.into_values().collect();
    alerts.sort_by_key(|alert| Reverse(alert.from_client + alert.from_server));
    alerts
}

/// Messages in the order of a handshake; others follow.
const ORDER: [&str; 18] = [
    "ssl2_client_hello",
    "client_hello",
    "hello_retry_request",
    "server_hello",
    "encrypted_flight",
    "certificate",
    "compressed_certificate",
    "certificate_status",
    "server_key_exchange",
    "certificate_request",
    "server_hello_done",
    "client_key_exchange",
    "certificate_verify",
    "change_cipher_spec",
    "encrypted_handshake",
    "new_session_ticket",
    "finished",
    "hello_request",
];

/// Section 8.
pub fn segmentation(census: &Census) -> view::Segmentation {
    let mut rows = census.segmentation.messages();
    let place = |row: &SegmentationRow| ORDER.iter().position(|name| *name == row.message).unwrap_or(ORDER.len());
    rows.sort_by_key(place);
    let sum = |count: fn(&SegmentationRow) -> u64| rows.iter().map(count).sum::<u64>();
    let (client, server) = (&census.mss.client, &census.mss.server);
    let sizes: BTreeSet<u16> = client.keys().chain(server.keys()).copied().collect();
    let flows = |size: &u16| (client.get(size).copied().unwrap_or(0), server.get(size).copied().unwrap_or(0));
    let mut mss: Vec<_> =
        sizes.iter().rev().map(|size| view::MssRow { mss_bytes: u32::from(*size), client: flows(size).0, server: flows(size).1 }).collect();
    if mss.len() > view::MAX_MSS {
        mss.sort_by_key(|row| Reverse(row.client + row.server));
    }
    view::Segmentation {
        messages: sum(|row| row.count),
        split: sum(|row| row.count - row.segments_1),
        ip_fragmented: sum(|row| row.ip_fragmented),
        offload_flows: census.totals.offload_flows,
        quantile_error_permille: ERROR_PERMILLE,
        rows: rows.iter().map(message).collect(),
        mss_clients: client.values().sum(),
        mss_servers: server.values().sum(),
        mss: mss.into_iter().collect(),
    }
}

fn message(row: &SegmentationRow) -> view::MessageCut {
    view::MessageCut {
        message: row.message.clone().into_owned(),
        from_client: row.direction == "client",
        count: row.count,
        bytes_p50: row.bytes_p50,
        bytes_p95: row.bytes_p95,
        bytes_max: Some(row.bytes_max),
        segments: [
            row.segments_1,
            row.segments_2,
            row.segments_3,
            row.segments_4,
            row.segments_5,
            row.segments_6,
            row.segments_7,
            row.segments_8plus,
        ],
        segments_max: row.segments_max.into(),
    }
}
