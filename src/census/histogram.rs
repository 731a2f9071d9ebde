//! Fixed buckets for whole numbers: exact below 256, then 128 to each doubling.
//!
//! ```text
//!   value    0 1 2 ... 255 | 256 258 260 ... 510 | 512 516 ... 1020 | 1024 ...
//!   width    1             | 2                   | 4                | 8
//!   bucket   0 1 2 ... 255 | 256 257 ...     383 | 384 ...      511 | 512 ...
//! ```
//!
//! The buckets never move, so counts of the same bucket add up and the order of merging is without effect. A quantile is
//! the middle of its bucket: at most half a bucket off, 1/256 of the value.

/// The largest relative error of a quantile, in thousandths, rounded up.
pub const ERROR_PERMILLE: u64 = 4;

/// Buckets to a doubling, as a power of two.
const BITS: u32 = 7;

/// The bucket of a value. There are 7,424, so a bucket's number fits 16 bits.
pub fn bucket(value: u64) -> u16 {
    let exponent = (u64::BITS - value.leading_zeros()).saturating_sub(BITS + 1);
    ((u64::from(exponent) << BITS) + (value >> exponent)) as u16
}

/// The value that stands for a bucket: its middle.
pub fn middle(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    let exponent = (bucket >> BITS).saturating_sub(1);
    let lowest = (bucket - (exponent << BITS)) << exponent;
    lowest + (1u64 << exponent >> 1)
}

/// The bucket that holds the value of rank `ceil(count * percent / 100)` of `counts`, which are sorted by bucket.
pub fn quantile(counts: impl Iterator<Item = (u16, u64)> + Clone, percent: u64) -> Option<u64> {
    let count: u128 = counts.clone().map(|(_, count)| u128::from(count)).sum();
    let rank = (count * u128::from(percent)).div_ceil(100).max(1);
    let mut seen = 0u128;
    for (bucket, count) in counts {
        seen += u128::from(count);
        if seen >= rank {
            return Some(middle(bucket));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_in_order_and_near() {
        let mut last = 0;
        let values = (0..100_000u64).chain((17..64).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, (1 << bit) + 1])).chain([u64::MAX]);
        for value in values {
            let at = bucket(value);
            assert!(at == last || at == last + 1 || value > 100_000, "{value}");
            assert!(at >= last, "{value}");
            last = at;
            let off = middle(at).abs_diff(value);
            assert!(value >= 256 || off == 0, "{value}");
            assert!(u128::from(off) * 256 <= u128::from(value), "{value} is {off} off");
        }
        assert_eq!(last, 7_423);
    }

    #[test]
    fn quantiles_are_ranks() {
        let counts = [(1u16, 50u64), (2, 45), (3, 5)];
        let check = |percent, value| assert_eq!(quantile(counts.into_iter(), percent), Some(value));
        check(50, 1);
        check(51, 2);
        check(95, 2);
        check(96, 3);
        check(100, 3);
        assert_eq!(quantile([].into_iter(), 50), None);
    }
}
