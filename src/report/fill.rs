//! The census into the page: rows and counts become what [`super::view`] asks for. No text is escaped here.

mod certificates;
pub mod explorer;
mod failures;
mod findings;
mod ladder;
mod negotiated;
mod parties;
mod segmentation;
mod timing;

pub use ladder::ladder_of;

use super::view::{self, About, Captures, Cut, Health, Lane, Page, Problem, Run, Span, Status, Statuses, Strip};
use super::write::Results;
use super::{figure, verdict};
use crate::census::losses::{LossRow, losses};
use crate::row::capture::CaptureRow;
use crate::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Gaps between captures below this are no gaps in the strip: a rotation takes a moment.
const SLACK_US: u64 = 1_000_000;

/// The whole page, its verdict included.
pub fn page(results: &Results) -> Page {
    let census = results.census;
    let mut page = Page {
        title: results.title.clone(),
        partial: results.partial.clone(),
        baseline: results.baseline.cloned(),
        health: health(results),
        findings: findings::findings(results),
        versions: negotiated::versions(census),
        suites: negotiated::suites(census),
        groups: negotiated::groups(census),
        certificates: certificates::certificates(results),
        failures: failures::failures(census),
        segmentation: segmentation::segmentation(census),
        timing: timing::timing(results),
        servers: parties::servers(&census.servers),
        clients: parties::clients(&census.clients),
        extensions: parties::extensions(census),
        explorer: explorer::explorer(results),
        ladders: ladder::ladders(results),
        captures: Captures { rows: results.captures.iter().map(capture).collect() },
        about: about(results),
        ..Page::default()
    };
    page.verdict = verdict::judge(&page);
    if let Some(top) = results.top() {
        page.cut_tables(top);
    }
    page
}

fn health(results: &Results) -> Health {
    let totals = &results.census.totals;
    let sum = |count: fn(&CaptureRow) -> u64| results.captures.iter().map(count).sum::<u64>();
    let mut statuses = Statuses::default();
    for capture in results.captures {
        match status(capture) {
            Status::Ok => statuses.ok += 1,
            Status::Truncated => statuses.truncated += 1,
            Status::Failed => statuses.failed += 1,
            Status::Skipped => statuses.skipped += 1,
            Status::Duplicate => statuses.duplicate += 1,
            Status::Empty => statuses.empty += 1,
        }
    }
    Health {
        captures: statuses,
        bytes: sum(|capture| capture.size_bytes.unwrap_or(0)),
        packets: sum(|capture| capture.packets),
        packets_cut: sum(|capture| capture.packets_cut),
        tcp_flows: sum(|capture| capture.tcp_flows),
        tls_flows: totals.tls_flows,
        dtls_flows: totals.dtls_flows,
        quic_flows: totals.quic_flows,
        starts_midway: totals.starts_midway,
        gap_bytes: totals.gap_bytes,
        problems: problems(results.captures),
        strip: strip(results.captures),
        losses: lost(results),
    }
}

/// The word in the column `status`; one that is not known counts as a failure, so that it is looked at.
fn status(capture: &CaptureRow) -> Status {
    match capture.status.as_ref() {
        "ok" => Status::Ok,
        "truncated" => Status::Truncated,
        "skipped" => Status::Skipped,
        "duplicate" => Status::Duplicate,
        "empty" => Status::Empty,
        _ => Status::Failed,
    }
}

fn problems(captures: &[CaptureRow]) -> Cut<Problem, { view::MAX_PROBLEMS }> {
    let of = |wanted: Status| captures.iter().filter(move |capture| status(capture) == wanted);
    let problem = |capture: &CaptureRow| Problem {
        path: capture.path.0.clone(),
        status: status(capture),
        code: capture.error_code.clone().into_owned(),
        detail: capture.error_detail.0.clone(),
        offset_bytes: capture.error_offset_bytes,
        packets: capture.packets,
    };
    of(Status::Failed).chain(of(Status::Truncated)).map(problem).collect()
}

fn lost(results: &Results) -> Cut<view::Loss, { view::MAX_LOSSES }> {
    let mut rows = losses(results.ledger, |capture| results.path_of(capture));
    rows.sort_by_key(|row| Reverse(row.count));
    let loss = |row: LossRow| view::Loss {
        layer: row.layer.into_owned(),
        reason: row.reason.into_owned(),
        count: row.count,
        bytes: row.bytes,
        example: row.example_offset_bytes.map(|offset| view::Place {
            path: row.example.0,
            frame: row.example_frame,
            offset_bytes: Some(offset),
        }),
    };
    rows.into_iter().map(loss).collect()
}

/// A lane a series; a capture of its own is a series of one.
fn strip(captures: &[CaptureRow]) -> Strip {
    let mut lanes: BTreeMap<&str, (String, Vec<Span>)> = BTreeMap::new();
    let timed: Vec<(&CaptureRow, Span)> = captures.iter().filter_map(|capture| Some((capture, span(capture)?))).collect();
    let outside = figure::window::outside(&timed.iter().map(|(_, span)| *span).collect::<Vec<_>>());
    let left_out: BTreeSet<usize> = outside.iter().copied().collect();
    for (_, (capture, span)) in timed.iter().enumerate().filter(|(at, _)| !left_out.contains(at)) {
        let series = if capture.series_id.is_empty() { &capture.path.0 } else { capture.series_id.as_ref() };
        lanes.entry(series).or_insert_with(|| (capture.path.0.clone(), Vec::new())).1.push(*span);
    }
    let covered = figure::union(lanes.values().flat_map(|lane| lane.1.iter().copied()), SLACK_US);
    let mut lanes: Vec<_> = lanes.into_values().map(|(name, spans)| (name, figure::union(spans, SLACK_US))).collect();
    let length = |spans: &[Span]| spans.iter().map(|span| span.last_us.abs_diff(span.first_us)).fold(0u64, u64::saturating_add);
    lanes.sort_by(|one, other| length(&other.1).cmp(&length(&one.1)).then_with(|| one.0.cmp(&other.0)));
    let outside = outside.into_iter().map(|at| (timed[at].0.path.0.clone(), timed[at].1)).collect();
    Strip { covered, outside, lanes: lanes.into_iter().map(|(name, spans)| Lane { name, spans: spans.into_iter().collect() }).collect() }
}

fn span(capture: &CaptureRow) -> Option<Span> {
    Some(Span { first_us: micros(capture.first_utc?), last_us: micros(capture.last_utc?) })
}

fn micros(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000)
}

fn capture(row: &CaptureRow) -> view::CaptureRow {
    view::CaptureRow {
        path: row.path.0.clone(),
        status: status(row),
        format: row.format.clone().into_owned(),
        size_bytes: row.size_bytes,
        packets: row.packets,
        span: span(row),
        tls_flows: row.tls_flows,
        completed: row.handshakes_completed,
        failed: row.handshakes_failed,
    }
}

fn about(results: &Results) -> About {
    let run = &results.run;
    About {
        version: results.version.clone(),
        command: run.command.clone(),
        settings: results.settings.iter().cloned().collect(),
        run: run.started_us.map(|started_us| Run {
            started_us,
            elapsed_us: run.elapsed_us,
            cpu_us: run.cpu_us,
            peak_memory_bytes: run.peak_memory_bytes,
            threads: run.threads,
            ended: certificates::ended(&results.census.certificates, started_us),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::Census;
    use crate::census::findings::{Rules, found};
    use crate::ledger::Ledger;
    use crate::report::RunBlock;
    use crate::row::Wild;

    fn filled(census: &Census, captures: &[CaptureRow]) -> Page {
        page(&Results {
            title: "t".into(),
            partial: None,
            version: "0".into(),
            captures,
            not_captures: 0,
            census,
            ledger: &Ledger::default(),
            findings: &found(census, captures, &Ledger::default(), &Rules::default()),
            settings: Vec::new(),
            baseline: None,
            layout: crate::report::Layout::default(),
            pages_from: None,
            run: RunBlock::default(),
        })
    }

    #[test]
    fn sections_agree_with_each_other() {
        let flows = crate::census::tests::flows(500);
        let mut census = Census::default();
        flows.iter().for_each(|rows| census.observe(rows));
        let page = filled(&census, &[]);
        let failures = &page.failures;
        assert_eq!(failures.completed + failures.failed + failures.not_judged, page.health.tls_flows);
        let causes: u64 = failures.matrix.rows().iter().flat_map(|row| row.causes()).sum();
        assert_eq!(causes, failures.failed);
        let chosen: u64 = page.suites.rows.rows().iter().map(|row| row.chosen).sum();
        assert_eq!(chosen, page.suites.choices);
        assert_eq!(page.ladders.flows, 500);
        let tls10 = page.findings.rows.rows().iter().find(|finding| finding.id == "protocol_tls10").unwrap();
        let chosen = page.versions.rows.rows().iter().find(|row| row.code == 0x0301).unwrap().chosen;
        assert_eq!((tls10.flows, tls10.subjects, tls10.examples.shown()), (chosen, 6, 5));
        let headline = &page.verdict.sentences[0];
        assert!(headline.starts_with("TLS 1.0 agreed on (6 servers, "), "{headline}");
        assert_eq!(page.ladders.ladders.total(), 500);
        assert_eq!(page.ladders.ladders.shown() as usize, view::MAX_LADDERS);
        let first = &page.ladders.ladders.rows()[0];
        let worst = &page.findings.rows.rows()[0].id;
        assert!(first.why == "example of a finding" && first.findings.contains(worst), "{}: {:?}", first.why, first.findings);
        assert_eq!(page.versions.rows.rows()[0].code, 0x0304);
    }

    #[test]
    fn asked_for_a_few_rows_the_page_has_no_more_of_any_table() {
        let mut census = Census::default();
        crate::census::tests::flows(500).iter().for_each(|rows| census.observe(rows));
        let mut page = filled(&census, &[]);
        let full = crate::report::html::render(&page).unwrap();
        page.cut_tables(2);
        let short = crate::report::html::render(&page).unwrap();
        let longest = |html: &str| {
            let tables = html.split("<table").skip(1).filter(|table| !table.contains("The same as a table"));
            tables.map(|table| table.split("</table>").next().unwrap().matches("<tr").count()).max().unwrap()
        };
        // Steps and percentiles are as many as there are.
        assert!(longest(&full) > 100 && longest(&short) <= 1 + view::MAX_STEPS.max(view::MAX_QUANTILES), "{}", longest(&short));
        assert_eq!((page.servers.rows.shown(), page.servers.rows.total() > 2), (2, true));
    }

    #[test]
    fn captures_become_health_and_lanes() {
        let capture = |path: &str, series: &'static str, status: &'static str, seconds: i64| CaptureRow {
            path: Wild(path.into()),
            series_id: series.into(),
            status: status.into(),
            first_utc: Some(Timestamp(seconds * 1_000_000_000)),
            last_utc: Some(Timestamp((seconds + 10) * 1_000_000_000)),
            ..CaptureRow::default()
        };
        let captures = [
            capture("a0", "s1", "ok", 0),
            capture("a1", "s1", "truncated", 10),
            capture("b", "", "failed", 100),
            capture("c", "", "odd", 200),
        ];
        let page = filled(&Census::default(), &captures);
        assert_eq!((page.health.captures.ok, page.health.captures.failed, page.health.captures.truncated), (1, 2, 1));
        let problems: Vec<_> = page.health.problems.rows().iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(problems, ["b", "c", "a1"]);
        let lanes: Vec<_> = page.health.strip.lanes.rows().iter().map(|lane| (lane.name.as_str(), lane.spans.total())).collect();
        assert_eq!(lanes, [("a0", 1), ("b", 1), ("c", 1)]);
        assert_eq!(page.health.strip.covered.len(), 3);
        assert!(page.about.run.is_none());
    }
}
