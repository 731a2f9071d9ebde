//! Times on a log axis: how many flows take no longer.
//!
//! ```text
//!  100 %|                 ______
//!       |            ____|            a step at each time that occurs
//!   50 %|      _____|
//!       |   __|
//!    0 %|__|______________________
//!       10 us  100 us  1 ms  10 ms
//! ```

use super::super::view::{Curve, QuantileRow, Timing};

/// Left and right edge of the plot.
const EDGES: (u64, u64) = (52, 984);
/// Top and bottom edge.
const HEIGHTS: (u64, u64) = (12, 272);

/// The curves, drawn.
#[derive(Clone, Debug)]
pub struct CurveFigure {
    /// Labels of the log axis.
    pub decades: Vec<(u64, String)>,
    /// Labels of the axis of shares.
    pub shares: Vec<(u64, &'static str)>,
    /// Class, label, flows, path.
    pub curves: Vec<(&'static str, &'static str, u64, String)>,
}

/// A log axis: from `low` to `high` powers of ten over a width.
#[derive(Clone, Copy, Debug)]
pub struct LogAxis {
    low: u32,
    high: u32,
    left: u64,
    right: u64,
}

impl LogAxis {
    /// The axis that holds all values, at least one decade wide; 0 stands at its left edge with 1.
    fn over(least: u64, most: u64, left: u64, right: u64) -> Self {
        let low = least.max(1).ilog10();
        let most = most.max(1);
        let high = most.ilog10() + u32::from(!is_power(most));
        LogAxis { low, high: high.max(low + 1), left, right }
    }

    /// The place of a value.
    pub fn place(&self, value: u64) -> u64 {
        let decade = log2(10);
        let from = u64::from(self.low) * decade;
        let range = u64::from(self.high - self.low) * decade;
        let above = log2(value.max(1)).saturating_sub(from).min(range);
        self.left + above * (self.right - self.left) / range
    }
}

fn is_power(value: u64) -> bool {
    10u64.checked_pow(value.ilog10()) == Some(value)
}

/// The logarithm to base 2 in 1/65,536, digit by digit: squaring the mantissa doubles the logarithm.
fn log2(value: u64) -> u64 {
    let whole = value.max(1).ilog2();
    let mut mantissa = (u128::from(value.max(1)) << 63) >> whole;
    let mut log = u64::from(whole);
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 63;
        log <<= 1;
        if mantissa >= 1 << 64 {
            mantissa >>= 1;
            log += 1;
        }
    }
    log
}

/// The axis that all times of the page share, over `width`.
pub fn axis(timing: &Timing, left: u64, right: u64) -> LogAxis {
    let times = || timing.curves.iter().flat_map(|curve| &curve.points).map(|(us, _)| *us).filter(|us| *us > 0);
    LogAxis::over(times().min().unwrap_or(1), times().max().unwrap_or(1), left, right)
}

/// Draws the curves; `None` where there is none.
pub fn draw(timing: &Timing) -> Option<CurveFigure> {
    if timing.curves.is_empty() {
        return None;
    }
    let axis = axis(timing, EDGES.0, EDGES.1);
    let step = (axis.high - axis.low).div_ceil(9).max(1) as usize;
    let decades = (axis.low..=axis.high).step_by(step).filter_map(|power| {
        let us = 10u64.checked_pow(power)?;
        Some((axis.place(us), label(us)))
    });
    let height = HEIGHTS.1 - HEIGHTS.0;
    let shares = [(0, "0 %"), (25, "25 %"), (50, "50 %"), (75, "75 %"), (100, "100 %")];
    Some(CurveFigure {
        decades: decades.collect(),
        shares: shares.map(|(percent, label)| (HEIGHTS.1 - height * percent / 100, label)).into(),
        curves: timing.curves.iter().map(|curve| (curve.class, curve.label, curve.count, path(curve, axis))).collect(),
    })
}

/// `1 ms` for a power of ten in microseconds.
fn label(us: u64) -> String {
    match us {
        0..1_000 => format!("{us}\u{a0}µs"),
        1_000..1_000_000 => format!("{}\u{a0}ms", us / 1_000),
        _ => format!("{}\u{a0}s", super::super::words::count(us / 1_000_000)),
    }
}

/// Steps, at most one for each place on the axis.
fn path(curve: &Curve, axis: LogAxis) -> String {
    let height = u128::from(HEIGHTS.1 - HEIGHTS.0);
    let mut path = format!("M{} {}", EDGES.0, HEIGHTS.1);
    let mut seen = 0u64;
    let mut points = curve.points.iter().peekable();
    while let Some((us, flows)) = points.next() {
        seen = seen.saturating_add(*flows);
        let x = axis.place(*us);
        if points.peek().is_some_and(|(next, _)| axis.place(*next) == x) {
            continue;
        }
        let up = u128::from(seen) * height / u128::from(curve.count.max(1));
        path += &format!("H{x}V{}", u128::from(HEIGHTS.1).saturating_sub(up));
    }
    path + &format!("H{}", EDGES.1)
}

/// A row of the table of percentiles on the same axis: the 5th to the 95th as a line, the quartiles as a box, the median.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoxPlot {
    /// The line.
    pub line: super::Piece,
    /// The box.
    pub quartiles: super::Piece,
    /// The median.
    pub median: u64,
}

/// Draws one row.
pub fn boxed(row: &QuantileRow, axis: LogAxis) -> BoxPlot {
    let [p05, p25, p50, p75, p95, _] = row.at.map(|us| axis.place(us));
    let piece = |from: u64, to: u64| super::Piece { x: from, w: to.saturating_sub(from).max(4) };
    BoxPlot { line: piece(p05, p95), quartiles: piece(p25, p75), median: p50 }
}

/// The same of 5th, 25th, 50th, 75th and 95th percentile on an even axis from 0 to `most`.
pub fn even(at: &[u64; 5], most: u64) -> BoxPlot {
    let [p05, p25, p50, p75, p95] = at.map(|value| if most == 0 { 0 } else { super::scale(value.min(most), most) });
    let piece = |from: u64, to: u64| super::Piece { x: from, w: to.saturating_sub(from).max(4) };
    BoxPlot { line: piece(p05, p95), quartiles: piece(p25, p75), median: p50 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_near() {
        for (value, log) in [(1, 0), (2, 65_536), (10, 217_705), (1_000, 653_117), (u64::MAX, 64 * 65_536)] {
            assert!(log2(value).abs_diff(log) <= 1, "{value}: {}", log2(value));
        }
        let values: Vec<u64> = (1..3_000).collect();
        assert!(values.windows(2).all(|pair| log2(pair[0]) <= log2(pair[1])));
    }

    #[test]
    fn an_axis_holds_its_values() {
        let check = |least, most, low, high| {
            let axis = LogAxis::over(least, most, 0, 1_000);
            assert_eq!((axis.low, axis.high), (low, high), "{least} to {most}");
            assert_eq!((axis.place(0), axis.place(10u64.saturating_pow(high)) > 960), (0, true));
        };
        check(1, 1, 0, 1);
        check(15, 1_000, 1, 3);
        check(15, 1_001, 1, 4);
        check(0, u64::MAX, 0, 20);
        assert_eq!(LogAxis::over(1, 10, 0, 1_000).place(u64::MAX), 1_000);
        let axis = LogAxis::over(10, 100_000, 0, 1_000);
        assert_eq!([10, 100, 1_000, 10_000].map(|us| axis.place(us).next_multiple_of(10)), [0, 250, 500, 750]);
    }

    #[test]
    fn a_curve_ends_at_all_flows() {
        let curve = Curve { count: 4, points: vec![(10, 1), (100, 2), (1_000, 1)], ..Curve::default() };
        let figure = draw(&Timing { curves: vec![curve], ..Timing::default() }).unwrap();
        assert_eq!(figure.curves[0].3, "M52 272H52V207H518V77H984V12H984");
        assert_eq!(
            figure.decades.iter().map(|(x, label)| format!("{x} {label}")).collect::<Vec<_>>(),
            ["52 10\u{a0}µs", "518 100\u{a0}µs", "984 1\u{a0}ms"]
        );
        assert!(draw(&Timing::default()).is_none());
    }
}
