//! Versions over time: one column a bucket of time, cut by version; above it how many flows it stands for.
//!
//! ```text
//!  flows  ▁▂▅▂▁        how many began
//!  100 %| 33333
//!       | 23333        of those whose version is known
//!    0 %| 11222
//!         time
//! ```

use super::super::view::{Bucket, OverTime};
use super::super::words;

/// Left and right edge of the plot.
const EDGES: (u64, u64) = (52, 984);
/// Top and bottom edge of the bars that count flows.
const VOLUME: (u64, u64) = (8, 48);
/// Top and bottom edge of the shares.
const SHARES: (u64, u64) = (62, 242);
/// Columns, at most: more would be narrower than four units.
const COLUMNS: i64 = 233;
/// From how many empty buckets to one with flows on these are left out.
const SPARSE: i64 = 2;

/// Versions over time, drawn.
#[derive(Clone, Debug)]
pub struct AreaFigure {
    /// Class and path of each version, from the bottom.
    pub layers: Vec<(&'static str, String)>,
    /// Path of the bars that count flows.
    pub volume: String,
    /// The most flows in one column.
    pub most: u64,
    /// Labels of the axis.
    pub ticks: Vec<super::Tick>,
    /// Labels of the shares.
    pub shares: Vec<(u64, &'static str)>,
    /// Seconds that one column stands for.
    pub column_s: u64,
    /// Buckets without flows that are left out; 0 where the axis is even.
    pub left_out: u64,
}

/// Draws them; `None` without any flow.
pub fn draw(over_time: &OverTime) -> Option<AreaFigure> {
    let (first, last) = (over_time.buckets.first()?.second, over_time.buckets.last()?.second);
    let width = over_time.width_s.max(1);
    let slots = last.saturating_sub(first) / width + 1;
    let filled = over_time.buckets.len() as i64;
    let is_sparse = slots - filled > filled * SPARSE;
    let places = if is_sparse { filled } else { slots };
    let each = (places + COLUMNS - 1) / COLUMNS;
    let columns = (places + each - 1) / each;
    let mut sums: Vec<Option<Bucket>> = vec![None; columns as usize];
    for (at, bucket) in over_time.buckets.iter().enumerate() {
        let place = if is_sparse { at as i64 } else { bucket.second.saturating_sub(first) / width };
        if let Some(sum) = sums.get_mut((place / each) as usize) {
            *sum = Some(sum.map_or(*bucket, |sum| add(sum, *bucket)));
        }
    }
    let most = sums.iter().flatten().map(flows).max().unwrap_or(0);
    let edge = |column: usize| EDGES.0 + (EDGES.1 - EDGES.0) * column as u64 / columns as u64;
    let mut layers = [("p-old", String::new()), ("p-tls12", String::new()), ("p-tls13", String::new()), ("p-neutral", String::new())];
    let mut volume = String::new();
    for (column, sum) in sums.iter().enumerate() {
        let Some(sum) = sum else { continue };
        let (x, w) = (edge(column), edge(column + 1) - edge(column));
        let high = scaled(flows(sum), most, VOLUME.1 - VOLUME.0).max(1);
        volume += &format!("M{x} {}h{w}v{high}h-{w}z", VOLUME.1 - high);
        let known = sum.known();
        let all = known.iter().fold(0u64, |all, flows| all.saturating_add(*flows));
        let mut below = 0u64;
        for (layer, part) in layers.iter_mut().zip(known) {
            let from = scaled(below, all, SHARES.1 - SHARES.0);
            below = below.saturating_add(part);
            let to = scaled(below, all, SHARES.1 - SHARES.0);
            if to > from {
                layer.1 += &format!("M{x} {}h{w}v{}h-{w}z", SHARES.1 - to, to - from);
            }
        }
    }
    let begin = |column: usize| match is_sparse {
        true => over_time.buckets.get(column * each as usize).map_or(last, |bucket| bucket.second),
        false => first.saturating_add(column as i64 * each * width),
    };
    let range_us = (last.abs_diff(first)).saturating_add(width as u64).saturating_mul(1_000_000);
    let tick = |quarter: usize| {
        let column = (columns as usize - 1) * quarter / 4;
        let anchor = if quarter == 0 {
            "start"
        } else if quarter == 4 {
            "end"
        } else {
            "middle"
        };
        let x = if quarter == 4 {
            EDGES.1
        } else if quarter == 0 {
            EDGES.0
        } else {
            (edge(column) + edge(column + 1)) / 2
        };
        super::Tick { x, anchor, label: words::tick(begin(column).saturating_mul(1_000_000), range_us) }
    };
    let mut ticks: Vec<_> = if columns < 5 { vec![tick(0), tick(4)] } else { (0..=4).map(tick).collect() };
    ticks.dedup_by(|one, other| one.label == other.label);
    let height = SHARES.1 - SHARES.0;
    Some(AreaFigure {
        layers: layers.into_iter().filter(|(_, path)| !path.is_empty()).collect(),
        volume,
        most,
        ticks,
        shares: [(0, "0 %"), (50, "50 %"), (100, "100 %")].map(|(percent, label)| (SHARES.1 - height * percent / 100, label)).into(),
        column_s: (width.saturating_mul(each)) as u64,
        left_out: if is_sparse { (slots - filled) as u64 } else { 0 },
    })
}

fn flows(bucket: &Bucket) -> u64 {
    bucket.known().iter().fold(bucket.none, |sum, flows| sum.saturating_add(*flows))
}

fn add(one: Bucket, other: Bucket) -> Bucket {
    Bucket {
        second: one.second.min(other.second),
        old: one.old.saturating_add(other.old),
        tls12: one.tls12.saturating_add(other.tls12),
        tls13: one.tls13.saturating_add(other.tls13),
        other: one.other.saturating_add(other.other),
        none: one.none.saturating_add(other.none),
    }
}

fn scaled(part: u64, whole: u64, height: u64) -> u64 {
    if whole == 0 { 0 } else { (u128::from(part.min(whole)) * u128::from(height) / u128::from(whole)) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(seconds: &[i64]) -> AreaFigure {
        let buckets = seconds.iter().map(|second| Bucket { second: *second, old: 1, tls13: 3, none: 1, ..Bucket::default() }).collect();
        draw(&OverTime { width_s: 10, buckets, ..OverTime::default() }).unwrap()
    }

    #[test]
    fn columns_are_even_or_leave_out_what_is_empty() {
        let even = figure(&[0, 10, 30]);
        assert_eq!((even.left_out, even.column_s, even.most), (0, 10, 5));
        assert_eq!(even.layers[0], ("p-old", "M52 197h233v45h-233zM285 197h233v45h-233zM751 197h233v45h-233z".into()));
        assert_eq!(even.layers.len(), 2);
        let sparse = figure(&[0, 10, 1_000_000]);
        assert_eq!((sparse.left_out, sparse.column_s), (99_998, 10));
        let many: Vec<i64> = (0..1_000).map(|at| at * 10).collect();
        assert_eq!(figure(&many).column_s, 50);
        figure(&[i64::MIN / 2, i64::MAX / 2]);
        assert!(draw(&OverTime::default()).is_none());
    }
}
