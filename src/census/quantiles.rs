//! `quantiles.csv`: how times and sizes of flows are spread, by version.
//!
//! The buckets are those of [`histogram`](super::histogram): they never move, so they add up in any order, and a quantile is
//! at most 1/256 off.

use super::Part;
use super::by_code::ByCode;
use super::few::{Few, MAX_VERSIONS, Sum, version_name};
use super::histogram::{bucket, middle, quantile};
use super::keyed::Keyed;
use crate::row::assemble::FlowRows;
use crate::row::{Millis, Word};
use crate::table;
use serde::{Deserialize, Serialize};

table! {
    /// How a figure of flows is spread: quantiles are exact below 256, above at most 0.4 per cent off; count, min and max are exact.
    QuantileRow, "quantiles", key ["metric", "version"];
    /// A column of flows.csv without its unit: `tcp_rtt`, `handshake`, `hello_to_hello`, `first_data`, `client_hello`, `certificate`, `server_flight`, `client`, `server`, `server_think`.
    metric: Word,
    /// `us` (microseconds) or `bytes`.
    unit: Word,
    /// The version that was agreed on, by name; `other`: codes without a name beyond the few that are told apart; `all`: all flows, those without a ServerHello too.
    version: Word,
    /// Flows that have the figure.
    count: u64,
    /// The smallest.
    min: u64,
    /// 5 of 100 flows have no more.
    p05: u64,
    /// 25 of 100 flows have no more.
    p25: u64,
    /// Half of the flows have no more.
    p50: u64,
    /// 75 of 100 flows have no more.
    p75: u64,
    /// 95 of 100 flows have no more.
    p95: u64,
    /// 99 of 100 flows have no more.
    p99: u64,
    /// The largest.
    max: u64,
}

/// A figure: its name, its unit, and how it is taken from a flow.
type Metric = (&'static str, &'static str, fn(&FlowRows) -> Option<u64>);

/// New ones are added at the end.
const METRICS: [Metric; 10] = [
    ("tcp_rtt", "us", |rows| micros(rows.flow.tcp_rtt_ms)),
    ("handshake", "us", |rows| micros(rows.flow.handshake_ms)),
    ("hello_to_hello", "us", |rows| micros(rows.flow.hello_to_hello_ms)),
    ("first_data", "us", |rows| micros(rows.flow.first_data_ms)),
    ("client_hello", "bytes", |rows| rows.flow.client_hello_bytes),
    ("certificate", "bytes", |rows| rows.flow.certificate_bytes),
    ("server_flight", "bytes", |rows| rows.flow.server_flight_bytes),
    ("client", "bytes", |rows| Some(rows.flow.bytes_client)),
    ("server", "bytes", |rows| Some(rows.flow.bytes_server)),
    ("server_think", "us", |rows| micros(rows.flow.server_think_ms)),
];

/// A time in microseconds; none where the capture's clock ran backwards.
fn micros(time: Option<Millis>) -> Option<u64> {
    u64::try_from(time?.0.0 / 1_000).ok()
}

/// Figures of one version by metric, its place in the list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Spreads(Keyed<u8, Spread>);

impl Sum for Spreads {
    fn add(&mut self, other: Spreads) {
        other.0.into_iter().for_each(|(metric, spread)| self.0.entry(metric).merge(&spread));
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Spread {
    min: u64,
    max: u64,
    buckets: ByCode<u64>,
}

impl Default for Spread {
    fn default() -> Self {
        Spread { min: u64::MAX, max: 0, buckets: ByCode::default() }
    }
}

impl Spread {
    fn merge(&mut self, other: &Spread) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        for (bucket, count) in other.buckets.iter() {
            *self.buckets.entry(bucket) += count;
        }
    }
}

/// Figures by version and metric.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Quantiles {
    versions: Few<Option<u16>, Spreads, MAX_VERSIONS>,
}

impl Part for Quantiles {
    fn observe(&mut self, rows: &FlowRows) {
        let spreads = self.versions.entry(rows.flow.tls_version_code);
        for (index, (_, _, take)) in METRICS.iter().enumerate() {
            let Some(value) = take(rows) else { continue };
            let spread = spreads.0.entry(index as u8);
            spread.min = spread.min.min(value);
            spread.max = spread.max.max(value);
            *spread.buckets.entry(bucket(value)) += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.versions.merge(other.versions);
    }
}

impl Quantiles {
    /// All flows that have a figure, by value: the middle of each bucket (within what was seen) and its flows, ascending.
    pub fn curve(&self, metric: &str) -> Vec<(u64, u64)> {
        let Some(index) = METRICS.iter().position(|(name, ..)| *name == metric) else { return Vec::new() };
        let mut all = Spread::default();
        self.versions.values().filter_map(|spreads| spreads.0.get(&(index as u8))).for_each(|spread| all.merge(spread));
        all.buckets.iter().map(|(bucket, flows)| (middle(bucket).clamp(all.min, all.max), *flows)).collect()
    }

    /// The table: each metric for all flows, then by version.
    pub fn rows(&self) -> Vec<QuantileRow> {
        let (versions, mut rows) = (self.versions.in_order(), Vec::new());
        for (index, (metric, unit, _)) in METRICS.iter().enumerate() {
            let of_metric = versions.iter().filter_map(|(version, spreads)| Some((*version, spreads.0.get(&(index as u8))?)));
            let mut all = Spread::default();
            let mut by_version = Vec::new();
            for (version, spread) in of_metric {
                all.merge(spread);
                if version != Some(&None) {
                    by_version.push(row(metric, unit, version_name(version), spread));
                }
            }
            if !all.buckets.is_empty() {
                rows.push(row(metric, unit, "all".into(), &all));
                rows.append(&mut by_version);
            }
        }
        rows
    }
}

fn row(metric: &'static str, unit: &'static str, version: Word, spread: &Spread) -> QuantileRow {
    let counts = spread.buckets.iter().map(|(bucket, count)| (bucket, *count));
    // The middle of a bucket may lie beyond what was seen.
    let at = |percent| quantile(counts.clone(), percent).unwrap_or_default().clamp(spread.min, spread.max);
    QuantileRow {
        metric: metric.into(),
        unit: unit.into(),
        version,
        count: spread.buckets.iter().map(|(_, count)| count).sum(),
        min: spread.min,
        p05: at(5),
        p25: at(25),
        p50: at(50),
        p75: at(75),
        p95: at(95),
        p99: at(99),
        max: spread.max,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    #[test]
    fn quantiles_are_near_the_sorted_values() {
        let mut quantiles = Quantiles::default();
        let mut values: Vec<u64> = (1..=1_000u64).map(|n| n * n).collect();
        for value in &values {
            let mut rows = FlowRows::default();
            rows.flow.handshake_ms = Some(Millis(Span(*value as i64 * 1_000)));
            rows.flow.tls_version_code = [Some(0x0303), Some(0x0304)][(value % 2) as usize];
            quantiles.observe(&rows);
        }
        values.sort_unstable();
        let rows = quantiles.rows();
        let all = rows.iter().find(|row| row.metric == "handshake" && row.version == "all").unwrap();
        assert_eq!((all.count, all.min, all.max), (1_000, 1, 1_000_000));
        for (is, rank) in [(all.p05, 50), (all.p50, 500), (all.p95, 950), (all.p99, 990)] {
            let exact = values[rank - 1];
            assert!(is.abs_diff(exact) * 256 <= exact, "{is} for {exact}");
        }
        let parts: u64 = rows.iter().filter(|row| row.metric == "handshake" && row.version != "all").map(|row| row.count).sum();
        assert_eq!(parts, 1_000);
        let curve = quantiles.curve("handshake");
        assert!(curve.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(curve.iter().map(|(_, flows)| flows).sum::<u64>(), 1_000);
        assert!(quantiles.curve("tcp_rtt").is_empty());
    }
}
