//! The geometry of the page's figures: numbers in, integer coordinates out. The templates under
//! `templates/figures/` draw them; colours are classes of the style sheet. No text is escaped here, no float used.

pub mod area;
pub mod curve;
pub mod expiry;
pub mod ladder;
pub mod window;

use super::view::{Span, Strip};
use super::words;

/// Width of every bar's and the strip's coordinate system.
pub const WIDTH: u64 = 1_000;

/// A rectangle's place along the x axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Left edge.
    pub x: u64,
    /// Width.
    pub w: u64,
}

/// The width of a bar for `part` of `whole`; what is not 0 stays visible.
pub fn bar(part: u64, whole: u64) -> u64 {
    if part == 0 || whole == 0 {
        return 0;
    }
    scale(part.min(whole), whole).max(6)
}

/// Pieces of a bar one after the other, each as wide as its part of `whole`.
pub fn stack(parts: &[u64], whole: u64) -> Vec<Piece> {
    let sum = parts.iter().fold(0u64, |sum, part| sum.saturating_add(*part));
    let whole = whole.max(sum);
    let mut before = 0u64;
    let mut edge = |part: u64| {
        let x = if whole == 0 { 0 } else { scale(before, whole) };
        before = before.saturating_add(part);
        let end = if whole == 0 { 0 } else { scale(before, whole) };
        Piece { x, w: if part == 0 { 0 } else { (end - x).max(3) } }
    };
    parts.iter().map(|part| edge(*part)).collect()
}

/// A bar that stands on the base line of a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Left edge.
    pub x: u64,
    /// Top edge.
    pub y: u64,
    /// Height.
    pub h: u64,
    /// What it counts, from 1.
    pub place: u64,
    /// How many.
    pub count: u64,
}

/// Where the base line of [`bars`] is.
pub const BARS_BASE: u64 = 150;

/// Bars beside one another, the highest 120 high; the last stands for its place and all beyond.
pub fn bars(counts: &[u64]) -> Vec<Bar> {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |(at, count): (usize, &u64)| {
        let h = (u128::from(*count) * 120 / u128::from(most)) as u64;
        let h = if *count > 0 { h.max(2) } else { 0 };
        Bar { x: 20 + at as u64 * 60, y: BARS_BASE - h, h, place: at as u64 + 1, count: *count }
    };
    counts.iter().enumerate().map(bar).collect()
}

/// The spans sorted, overlapping ones joined, and neighbours less than `slack_us` apart joined too.
pub fn union(spans: impl IntoIterator<Item = Span>, slack_us: u64) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.first_us <= last.last_us || last.last_us.abs_diff(span.first_us) <= slack_us => {
                last.last_us = last.last_us.max(span.last_us);
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// Time against captures, drawn.
#[derive(Clone, Debug)]
pub struct StripFigure {
    /// Height of the coordinate system.
    pub height: u64,
    /// The first lane is the union over all captures.
    pub lanes: Vec<StripLane>,
    /// Labels of the axis.
    pub ticks: Vec<Tick>,
    /// The longest stretches without any capture, longest first.
    pub gaps: Vec<Span>,
    /// All stretches without any capture.
    pub gaps_total: u64,
    /// From the first packet to the last.
    pub span: Span,
}

/// One lane, drawn.
#[derive(Clone, Debug)]
pub struct StripLane {
    /// Its name.
    pub name: String,
    /// Top edge of its track.
    pub y: u64,
    /// Where it holds packets.
    pub pieces: Vec<Piece>,
}

/// A label on the time axis.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Place.
    pub x: u64,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// The time.
    pub label: String,
}

/// Height of a lane with its name above it.
const LANE: u64 = 30;
/// Gaps named under the strip.
const NAMED_GAPS: usize = 5;
/// Rectangles in the lane of all captures.
const PIECES: usize = 500;

/// Draws the strip; `None` when no capture holds a packet.
pub fn strip(strip: &Strip) -> Option<StripFigure> {
    let span = strip
        .covered
        .iter()
        .copied()
        .reduce(|all, span| Span { first_us: all.first_us.min(span.first_us), last_us: all.last_us.max(span.last_us) })?;
    let range = span.last_us.abs_diff(span.first_us).max(1);
    let place = |us: i64| scale(us.clamp(span.first_us, span.last_us).abs_diff(span.first_us), range);
    let piece = |s: &Span| {
        let x = place(s.first_us).min(WIDTH - 2);
        Piece { x, w: place(s.last_us).saturating_sub(x).max(2) }
    };
    let one = strip.lanes.total() <= 1;
    let lane = |at: usize, name: String, pieces: Vec<Piece>| StripLane { name, y: at as u64 * LANE + 16, pieces };
    let mut pieces: Vec<Piece> = strip.covered.iter().map(piece).collect();
    pieces.dedup();
    pieces.truncate(PIECES);
    let mut lanes = Vec::new();
    if !one {
        lanes.push(lane(0, "All captures together".into(), pieces));
    }
    for each in strip.lanes.rows() {
        lanes.push(lane(lanes.len(), words::visible(&each.name), each.spans.rows().iter().map(piece).collect()));
    }
    let mut gaps: Vec<Span> = strip
        .covered
        .windows(2)
        .map(|pair| Span { first_us: pair[0].last_us, last_us: pair[1].first_us })
        .filter(|gap| gap.last_us > gap.first_us)
        .collect();
    let gaps_total = gaps.len() as u64;
    gaps.sort_by_key(|gap| (std::cmp::Reverse(gap.last_us.abs_diff(gap.first_us)), gap.first_us));
    gaps.truncate(NAMED_GAPS);
    let ticks = [(0, "start"), (1, "middle"), (2, "middle"), (3, "end")].map(|(third, anchor)| {
        let us = i128::from(span.first_us) + i128::from(range) * third / 3;
        let us = i64::try_from(us).unwrap_or(span.last_us);
        Tick { x: WIDTH * third as u64 / 3, anchor, label: words::tick(us, range) }
    });
    let height = lanes.len() as u64 * LANE + 22;
    Some(StripFigure { height, lanes, ticks: ticks.into(), gaps, gaps_total, span })
}

fn scale(part: u64, whole: u64) -> u64 {
    (u128::from(part) * u128::from(WIDTH) / u128::from(whole)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_what_is_small() {
        assert_eq!(bar(0, 10), 0);
        assert_eq!(bar(1, u64::MAX), 6);
        assert_eq!(bar(u64::MAX, u64::MAX), WIDTH);
        assert_eq!(bar(5, 0), 0);
    }

    #[test]
    fn stacks_fill_the_width() {
        assert_eq!(stack(&[u64::MAX, u64::MAX], 0).len(), 2);
        let pieces = stack(&[1, 0, 3], 0);
        assert_eq!(pieces, [Piece { x: 0, w: 250 }, Piece { x: 250, w: 0 }, Piece { x: 250, w: 750 }]);
        assert!(stack(&[0, 0], 0).iter().all(|piece| piece.w == 0));
        assert_eq!(stack(&[1], 2), [Piece { x: 0, w: 500 }]);
    }

    #[test]
    fn bars_stand_on_their_base() {
        let drawn = bars(&[0, 1, 1_000, u64::MAX]);
        assert!(drawn.iter().all(|bar| bar.y + bar.h == BARS_BASE));
        assert_eq!(drawn.iter().map(|bar| bar.h).collect::<Vec<_>>(), [0, 2, 2, 120]);
    }

    #[test]
    fn spans_join_when_they_touch() {
        let span = |first_us, last_us| Span { first_us, last_us };
        let joined = union([span(10, 20), span(0, 5), span(18, 30), span(32, 33)], 2);
        assert_eq!(joined, [span(0, 5), span(10, 33)]);
    }

    #[test]
    fn a_strip_survives_the_ends_of_time() {
        let covered = vec![Span { first_us: i64::MIN, last_us: 0 }, Span { first_us: i64::MAX, last_us: i64::MAX }];
        let figure = strip(&Strip { covered, ..Strip::default() }).unwrap();
        assert_eq!(figure.gaps_total, 1);
        assert!(strip(&Strip::default()).is_none());
    }
}
