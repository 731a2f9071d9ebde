//! `timeline.csv`: flows over time, in buckets as wide as the span asks for.
//!
//! ```text
//!  widths   1 s | 10 s | 1 min | 10 min | 1 h | 6 h | 1 d | 7 d | 28 d | 364 d       each a multiple of the one before
//!  buckets  |  |  |  |  |  |            aligned to 1970-01-01: two of one width and a multiple add up exactly
//! ```
//!
//! The width is the smallest that makes at most [`MAX_BUCKETS`] of the first and last time. It is a function of the flows
//! alone, and widening loses nothing that the wider bucket shows: merging in any order comes to the same.

use super::few::{Few, MAX_VERSIONS, Sum, version_name};
use super::totals::failed;
use super::versions::{Era, era};
use super::{Part, pairs};
use crate::row::Word;
use crate::row::assemble::FlowRows;
use crate::table;
use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Buckets of time, at most.
pub const MAX_BUCKETS: i64 = 1_000;

/// Widths in seconds.
const WIDTHS: [i64; 10] = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_419_200, 31_449_600];

table! {
    /// Flows of one version that begin in one bucket of time. Buckets and versions without flows are left out.
    TimelineRow, "timeline", key ["bucket_utc", "version"];
    /// Begin of the bucket.
    bucket_utc: Timestamp,
    /// Its width in seconds, the same in all rows: the smallest of 1, 10, 60, 600, 3600, 6 h, 1 d, 7 d, 28 d, 364 d that makes at most 1,000 buckets.
    bucket_s: u32,
    /// The version that was agreed on, by name; `other`: codes without a name beyond the few that are told apart. Empty: no ServerHello seen.
    version: Word,
    /// Flows whose first packet is in the bucket.
    flows: u64,
    /// Of these, handshakes that completed.
    completed: u64,
    /// Of these, handshakes that failed.
    failed: u64,
    /// Bytes of payload of these flows, over their whole life.
    bytes: u64,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Tally {
    flows: u64,
    completed: u64,
    failed: u64,
    bytes: u64,
}

impl Sum for Tally {
    fn add(&mut self, other: Tally) {
        self.flows += other.flows;
        self.completed += other.completed;
        self.failed += other.failed;
        self.bytes += other.bytes;
    }
}

/// Flows by time and version.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Timeline {
    /// The place of the width in the list of widths.
    width: usize,
    /// First and last second.
    span: Option<(i64, i64)>,
    versions: Few<Option<u16>, Buckets, MAX_VERSIONS>,
}

/// By begin of the bucket in seconds; of one timeline all are as wide.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Buckets(#[serde(with = "pairs")] BTreeMap<i64, Tally>);

impl Buckets {
    fn count(&mut self, second: i64, width: i64, tally: Tally) {
        self.0.entry(floor(second, width)).or_default().add(tally);
    }

    /// Into buckets of this width or, where theirs are wider, of theirs.
    fn widened(self, width: i64) -> Buckets {
        let mut wide = Buckets::default();
        self.0.into_iter().for_each(|(second, tally)| wide.count(second, width, tally));
        wide
    }
}

impl Sum for Buckets {
    fn add(&mut self, other: Buckets) {
        other.0.into_iter().for_each(|(second, tally)| self.0.entry(second).or_default().add(tally));
    }
}

impl Part for Timeline {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        let second = flow.first_utc.0.div_euclid(SECOND);
        self.span(second, second);
        let tally = Tally {
            flows: 1,
            completed: u64::from(flow.outcome == "completed"),
            failed: u64::from(failed(rows)),
            bytes: flow.bytes_client + flow.bytes_server,
        };
        self.versions.entry(flow.tls_version_code).count(second, WIDTHS[self.width], tally);
    }

    fn merge(&mut self, mut other: Self) {
        let Some((first, last)) = other.span else { return };
        // The widest width that both need comes from both spans; then the buckets of both are of it.
        self.span(first, last);
        other.widen(self.width);
        self.versions.merge(other.versions);
    }
}

impl Timeline {
    fn widen(&mut self, width: usize) {
        if width > self.width {
            self.width = width;
            self.versions.values_mut().for_each(|buckets| *buckets = std::mem::take(buckets).widened(WIDTHS[width]));
        }
    }

    /// Takes a span of seconds in, and widens the buckets if they become too many.
    fn span(&mut self, first: i64, last: i64) {
        let (first, last) = self.span.map_or((first, last), |span| (span.0.min(first), span.1.max(last)));
        if self.span == Some((first, last)) {
            return;
        }
        self.span = Some((first, last));
        let fits = |width: &i64| last.div_euclid(*width) - first.div_euclid(*width) < MAX_BUCKETS;
        let width = WIDTHS.iter().position(fits).unwrap_or(WIDTHS.len() - 1);
        self.widen(width);
    }

    /// Flows of versions that are not told apart.
    pub fn beyond(&self) -> u64 {
        let others = self.versions.in_order().into_iter().filter(|(version, _)| version.is_none());
        others.flat_map(|(_, buckets)| buckets.0.values()).map(|tally| tally.flows).sum()
    }

    /// Width of the buckets in seconds, and of each that has flows its begin in seconds and its flows by what was agreed on:
    /// old, TLS 1.2, TLS 1.3, other, and those without a ServerHello.
    pub fn by_era(&self) -> (i64, BTreeMap<i64, [u64; 5]>) {
        let mut eras: BTreeMap<i64, [u64; 5]> = BTreeMap::new();
        for (version, buckets) in self.versions.in_order() {
            let at = match version.map(|version| version.map(era)) {
                Some(Some(Era::Old)) => 0,
                Some(Some(Era::Tls12)) => 1,
                Some(Some(Era::Tls13)) => 2,
                Some(Some(Era::Other)) | None => 3,
                Some(None) => 4,
            };
            buckets.0.iter().for_each(|(second, tally)| eras.entry(*second).or_default()[at] += tally.flows);
        }
        (WIDTHS[self.width], eras)
    }

    /// The table, by time, then version.
    pub fn rows(&self) -> Vec<TimelineRow> {
        let versions = self.versions.in_order();
        let mut all: Vec<_> = versions
            .iter()
            .enumerate()
            .flat_map(|(at, (version, buckets))| buckets.0.iter().map(move |(second, tally)| (*second, at, version, tally)))
            .collect();
        all.sort_by_key(|(second, at, ..)| (*second, *at));
        let row = |(second, _, version, tally): (i64, usize, &Option<&Option<u16>>, &Tally)| TimelineRow {
            bucket_utc: Timestamp::from_parts(second, 0),
            bucket_s: WIDTHS[self.width] as u32,
            version: version_name(*version),
            flows: tally.flows,
            completed: tally.completed,
            failed: tally.failed,
            bytes: tally.bytes,
        };
        all.into_iter().map(row).collect()
    }
}

fn floor(second: i64, width: i64) -> i64 {
    second.div_euclid(width) * width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(seconds: &[i64]) -> Timeline {
        let mut timeline = Timeline::default();
        for second in seconds {
            let mut rows = FlowRows::default();
            rows.flow.first_utc = Timestamp(second * SECOND);
            timeline.observe(&rows);
        }
        timeline
    }

    #[test]
    fn widths_nest_and_follow_from_the_span_alone() {
        assert!(WIDTHS.windows(2).all(|pair| pair[1] % pair[0] == 0));
        let check = |seconds: &[i64], width: u32, buckets: usize| {
            let rows = observed(seconds).rows();
            assert_eq!((rows[0].bucket_s, rows.len()), (width, buckets), "{seconds:?}");
            assert_eq!(rows.iter().map(|row| row.flows).sum::<u64>(), seconds.len() as u64);
            let (wide, eras) = observed(seconds).by_era();
            assert_eq!((wide, eras.values().map(|flows| flows[4]).sum::<u64>()), (width.into(), seconds.len() as u64));
            let whole = serde_json::to_string(&observed(seconds)).unwrap();
            for at in 0..=seconds.len() {
                let mut right = observed(&seconds[at..]);
                right.merge(observed(&seconds[..at]));
                assert_eq!(serde_json::to_string(&right).unwrap(), whole, "{seconds:?} cut at {at}");
            }
        };
        check(&[0, 0, 999], 1, 2);
        check(&[0, 5, 1_000], 10, 2);
        check(&[-1, 0, 3_600, 86_400], 600, 4);
        check(&[0, 31_536_000, 40], 86_400, 2);
        check(&[-9_000_000_000, 9_000_000_000], 31_449_600, 2);
    }

    /// Whoever makes a version a flow makes no more rows than a few versions have.
    #[test]
    fn versions_without_a_name_are_few() {
        let mut timeline = Timeline::default();
        for code in 0..=u16::MAX {
            let mut rows = FlowRows::default();
            rows.flow.first_utc = Timestamp(i64::from(code % 7) * SECOND);
            rows.flow.tls_version_code = Some(code);
            timeline.observe(&rows);
        }
        let rows = timeline.rows();
        assert!(rows.len() <= 7 * (MAX_VERSIONS + 1), "{}", rows.len());
        assert_eq!(rows.iter().map(|row| row.flows).sum::<u64>(), 65_536);
        assert_eq!(rows.iter().filter(|row| row.version == "other").map(|row| row.flows).sum::<u64>(), timeline.beyond());
        assert_eq!(rows.iter().filter(|row| row.version == "TLS 1.3").map(|row| row.flows).sum::<u64>(), 1);
    }
}
