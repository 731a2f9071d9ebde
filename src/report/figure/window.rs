//! The stretch of time that an axis shows: where nearly all captures lie, so that one wrong clock does not press all others
//! into a line.
//!
//! ```text
//!  1970                         2019 ▌▐█▌▐ █▌ 2024                                                              2262
//!   ▌ ............................... └ window ┘ ............................................................... ▌
//! ```

use super::super::view::Span;
use std::cmp::Reverse;

/// One of so many captures may lie outside; of fewer than five none.
const SHARE: usize = 20;
/// 1985-01-01: no capture is older, as the first programs that made some are of 1987. Earlier times are those of a clock that was never set.
const NO_CLOCK: i64 = 473_385_600_000_000;

/// The places of those that lie outside: where others have a clock, those without one; and a few more, if the stretch without
/// them is at most half as long.
pub fn outside(spans: &[Span]) -> Vec<usize> {
    let has_clock = |at: &usize| spans[*at].first_us >= NO_CLOCK;
    let (with, without): (Vec<usize>, Vec<usize>) = (0..spans.len()).partition(has_clock);
    if with.is_empty() || without.is_empty() {
        return far(spans);
    }
    let rest: Vec<Span> = with.iter().map(|at| spans[*at]).collect();
    without.iter().copied().chain(far(&rest).into_iter().map(|at| with[at])).collect()
}

/// The places of a few that lie far from all others.
fn far(spans: &[Span]) -> Vec<usize> {
    let most = if spans.len() < 5 { 0 } else { (spans.len() / SHARE).max(1) };
    let mut by_first: Vec<usize> = (0..spans.len()).collect();
    let mut by_last = by_first.clone();
    by_first.sort_by_key(|at| (spans[*at].first_us, *at));
    by_last.sort_by_key(|at| (Reverse(spans[*at].last_us), *at));
    let (mut gone, mut left) = (vec![false; spans.len()], Vec::new());
    let (mut first, mut last) = (0, 0);
    let skip = |order: &[usize], from: usize, gone: &[bool]| (from..order.len()).find(|at| !gone[order[*at]]).unwrap_or(order.len());
    let length = |first: usize, last: usize, gone: &[bool]| {
        let (first, last) = (skip(&by_first, first, gone), skip(&by_last, last, gone));
        match (by_first.get(first), by_last.get(last)) {
            (Some(first), Some(last)) => spans[*last].last_us.abs_diff(spans[*first].first_us),
            _ => 0,
        }
    };
    // What has to go is gone up to the last time that it halved what is left.
    let mut kept = length(0, 0, &gone);
    let mut halved = 0;
    while left.len() < most {
        first = skip(&by_first, first, &gone);
        last = skip(&by_last, last, &gone);
        let (Some(early), Some(late)) = (by_first.get(first), by_last.get(last)) else { break };
        let mut without = |one: usize| {
            gone[one] = true;
            let length = length(first, last, &gone);
            gone[one] = false;
            length
        };
        let one = if without(*early) < without(*late) { *early } else { *late };
        gone[one] = true;
        left.push(one);
        let now = length(first, last, &gone);
        if kept > 0 && now <= kept / 2 {
            (kept, halved) = (now, left.len());
        }
    }
    left.truncate(halved);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spans: &[(i64, i64)], expected: &[usize]) {
        let spans: Vec<Span> = spans.iter().map(|(first_us, last_us)| Span { first_us: *first_us, last_us: *last_us }).collect();
        let mut outside = outside(&spans);
        outside.sort_unstable();
        assert_eq!(outside, expected);
    }

    #[test]
    fn a_wrong_clock_is_left_out_and_a_long_archive_is_not() {
        let usual = |n: i64| (0..n).map(|at| (1_000 + at * 10, 1_005 + at * 10));
        check(&[], &[]);
        check(&usual(40).collect::<Vec<_>>(), &[]);
        // Both ends may be wrong, and so may be one packet of a capture.
        check(&usual(40).chain([(90_000_000, 90_000_001), (-7_000_000, -6_999_000)]).collect::<Vec<_>>(), &[40, 41]);
        check(&usual(40).chain([(1_100, 90_000_000)]).collect::<Vec<_>>(), &[40]);
        // Of few captures none is an exception, and of many no more than one in twenty.
        check(&[(0, 1), (5, 6), (1_000_000, 1_000_001)], &[]);
        check(&usual(20).chain((0..10).map(|at| (1_000_000 + at, 1_000_001 + at))).collect::<Vec<_>>(), &[]);
        check(&usual(5).chain([(i64::MIN, i64::MAX)]).collect::<Vec<_>>(), &[5]);
        check(&[(3, 3); 40], &[]);
        // Without a clock, beside one that was set.
        check(&[(0, 10), (NO_CLOCK, NO_CLOCK + 1), (5, NO_CLOCK + 9)], &[0, 2]);
    }
}
