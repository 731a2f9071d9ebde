//! Section 9, and the versions over time of section 3.

use super::super::view::{self, Bucket, Curve, Cut, OldServer, OverTime, QuantileRow, SlowRow, Timing};
use super::super::words::{self, count, counted, duration, share};
use super::super::write::Results;
use crate::census::histogram::ERROR_PERMILLE;
use crate::census::servers::{self, Servers};
use crate::census::timeline::Timeline;
use crate::census::versions::{Era, era};
use crate::census::{Census, quantiles};
use crate::row::Millis;
use std::cmp::Reverse;
use std::collections::HashMap;

/// The times: name in `quantiles.csv`, class, name on the page.
const TIMES: [(&str, &str, &str); 4] = [
    ("tcp_rtt", "c-rtt", "TCP round trip"),
    ("hello_to_hello", "c-hello", "ClientHello to ServerHello"),
    ("handshake", "c-handshake", "TLS handshake"),
    ("first_data", "c-data", "first data"),
];
/// Versions of each time in the table: those with the most flows.
const VERSIONS: usize = 6;

/// Section 9.
pub fn timing(results: &Results) -> Timing {
    let census = results.census;
    let rows = census.quantiles.rows();
    let all = |metric: &str| rows.iter().find(|row| row.metric == metric && row.version == "all");
    let handshakes = all("handshake").map_or(0, |row| row.count);
    let curve = |(metric, class, label): &(&str, &'static str, &'static str)| {
        let points = census.quantiles.curve(metric);
        Curve { class, label, count: points.iter().map(|(_, flows)| flows).sum(), points }
    };
    let total = rows.iter().filter(|row| TIMES.iter().any(|(metric, ..)| row.metric == *metric)).count() as u64;
    let of_time = TIMES.iter().flat_map(|(metric, class, label)| {
        let mut of_metric: Vec<_> = rows.iter().filter(|row| row.metric == *metric).collect();
        of_metric.sort_by_key(|row| (row.version != "all", Reverse(row.count)));
        of_metric.into_iter().take(VERSIONS + 1).map(|row| quantile(row, class, label)).collect::<Vec<_>>()
    });
    Timing {
        says: says(&all),
        handshakes,
        quantile_error_permille: ERROR_PERMILLE,
        curves: TIMES.iter().map(curve).filter(|curve| curve.count > 0).collect(),
        quantiles: Cut::of(of_time, total),
        slowest: slowest(results, handshakes),
    }
}

fn says<'r>(all: &impl Fn(&str) -> Option<&'r quantiles::QuantileRow>) -> String {
    let Some(handshake) = all("handshake") else { return "No handshake was seen from its ClientHello to its end.".into() };
    let mut says = format!(
        "Half of {} took no more than {}, and one in twenty more than {}.",
        counted(handshake.count, "handshake"),
        duration(handshake.p50),
        duration(handshake.p95)
    );
    if let Some(hello) = all("hello_to_hello") {
        says += &format!(" The wait from ClientHello to ServerHello has a median of {}", duration(hello.p50));
        says += &all("tcp_rtt").map_or_else(|| ".".into(), |rtt| format!(", a TCP round trip one of {}.", duration(rtt.p50)));
    }
    says
}

fn quantile(row: &quantiles::QuantileRow, class: &'static str, metric: &'static str) -> QuantileRow {
    QuantileRow {
        metric,
        class,
        version: row.version.to_string(),
        count: row.count,
        min: row.min,
        at: [row.p05, row.p25, row.p50, row.p75, row.p95, row.p99],
        max: row.max,
    }
}

fn slowest(results: &Results, handshakes: u64) -> Cut<SlowRow, { view::MAX_SLOWEST }> {
    let paths: HashMap<&str, &str> =
        results.captures.iter().rev().map(|capture| (capture.capture_id.as_ref(), capture.path.0.as_str())).collect();
    let micros = |time: Option<Millis>| u64::try_from(time?.0.0 / 1_000).ok();
    let row = |flow: &crate::row::flow::FlowRow| SlowRow {
        server: words::endpoint(&flow.server_ip, flow.server_port),
        name: flow.sni.0.clone(),
        version: flow.tls_version.to_string(),
        handshake_us: micros(flow.handshake_ms).unwrap_or(0),
        tcp_rtt_us: micros(flow.tcp_rtt_ms),
        hello_us: micros(flow.hello_to_hello_ms),
        flow: Some(flow.flow_id.to_string()),
        capture: paths.get(flow.capture_id.as_ref()).copied().unwrap_or_default().to_owned(),
        filter: flow.wireshark_filter.to_string(),
    };
    Cut::of(results.census.selection.slowest().take(view::MAX_SLOWEST).map(row), handshakes)
}

/// Versions over time.
pub fn over_time(timeline: &Timeline) -> OverTime {
    let (width_s, eras) = timeline.by_era();
    let bucket = |(second, flows): (i64, [u64; 5])| Bucket {
        second,
        old: flows[0],
        tls12: flows[1],
        tls13: flows[2],
        other: flows[3],
        none: flows[4],
    };
    let buckets: Vec<Bucket> = eras.into_iter().map(bucket).collect();
    OverTime { says: over_time_says(&buckets), width_s, buckets }
}

/// Compares the first half of the buckets whose versions are known with the second.
fn over_time_says(buckets: &[Bucket]) -> String {
    let known: Vec<[u64; 4]> = buckets.iter().map(Bucket::known).filter(|known| known.iter().sum::<u64>() > 0).collect();
    let sum = |part: &[[u64; 4]]| part.iter().fold([0u64; 4], |sum, known| std::array::from_fn(|at| sum[at].saturating_add(known[at])));
    let part = |flows: &[u64; 4], at: usize| share(flows[at], flows.iter().sum());
    let all = sum(&known);
    if known.len() < 2 {
        return format!("TLS 1.3 has {}, TLS 1.2 {} and what is older {} of the choices.", part(&all, 2), part(&all, 1), part(&all, 0));
    }
    let (early, late) = known.split_at(known.len() / 2);
    let (early, late) = (sum(early), sum(late));
    format!(
        "From the earlier to the later half of the time TLS 1.3 went from {} to {} of the choices, TLS 1.2 from {} to {}, TLS 1.1 and older from {} to {}.",
        part(&early, 2),
        part(&late, 2),
        part(&early, 1),
        part(&late, 1),
        part(&early, 0),
        part(&late, 0)
    )
}

/// Servers that agreed on TLS 1.1 or older, those with the most such flows first.
pub fn old_servers(census: &Servers) -> Cut<OldServer, { view::MAX_OLD_SERVERS }> {
    let mut old: Vec<_> = census.tallies().into_iter().filter(|(_, tally)| tally.old > 0).collect();
    old.sort_by_key(|(server, tally)| (Reverse(tally.old), **server));
    let row = |(address, tally): &(&crate::census::Server, &servers::Tally)| {
        let row = servers::row(**address, tally);
        OldServer {
            address: words::endpoint(&row.server_ip, row.server_port),
            name: row.example_sni.0,
            versions: words::versions(&row.versions),
            old: row.old_version_flows,
            flows: row.flows,
            last_us: super::micros(row.last_utc),
            example_flow: Some(row.example_flow_id.into_owned()),
        }
    };
    Cut::of(old.iter().take(view::MAX_OLD_SERVERS).map(row), old.len() as u64)
}

/// In one sentence: how many servers are old, and how many of them are nothing else.
pub fn old_says(census: &Census) -> String {
    let servers = census.servers.tallies();
    let old: Vec<_> = servers.iter().map(|(_, tally)| tally).filter(|tally| tally.old > 0).collect();
    let only = old.iter().filter(|tally| tally.versions.iter().all(|code| era(*code) == Era::Old));
    let kept = if census.servers.beyond() > 0 { " that are kept" } else { "" };
    format!(
        "{} of {}{kept} agreed on TLS 1.1 or older at least once; {} of them on nothing newer.",
        count(old.len() as u64),
        counted(servers.len() as u64, "server"),
        count(only.count() as u64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_compared() {
        let bucket = |second, old, tls13| Bucket { second, old, tls13, ..Bucket::default() };
        let says = over_time_says(&[bucket(0, 3, 1), bucket(1, 0, 0), bucket(9, 1, 3)]).replace('\u{a0}', " ");
        assert!(says.contains("TLS 1.3 went from 25.0 % to 75.0 %") && says.contains("older from 75.0 % to 25.0 %"), "{says}");
        let says = over_time_says(&[bucket(0, 1, 3)]).replace('\u{a0}', " ");
        assert!(says.starts_with("TLS 1.3 has 75.0 %"), "{says}");
    }

    #[test]
    fn old_servers_are_those_that_chose_so() {
        let flows = crate::census::tests::flows(400);
        let mut census = Census::default();
        flows.iter().for_each(|rows| census.observe(rows));
        let old = old_servers(&census.servers);
        let chose = flows.iter().filter(|rows| rows.flow.tls_version_code == Some(0x0301)).count() as u64;
        assert_eq!(old.rows().iter().map(|row| row.old).sum::<u64>(), chose);
        let time = over_time(&census.timeline);
        assert_eq!(time.buckets.iter().map(|bucket| bucket.old).sum::<u64>(), chose);
        assert_eq!(time.buckets.iter().map(|bucket| bucket.known().iter().sum::<u64>() + bucket.none).sum::<u64>(), 400);
    }
}
