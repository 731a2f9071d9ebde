//! Packet time: nanoseconds since 1970-01-01T00:00:00Z, as the capture says it.
//!
//! A leaf: every stage may use it. It never reads a clock; the only wall clock of the program is read in `run.rs`
//! for the run block of the manifest.

use crate::decimal::fill;
use serde::{Deserialize, Serialize};

/// A point of packet time in nanoseconds since the Unix epoch, UTC, without leap seconds (years 1677 to 2262).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A length of packet time in nanoseconds; negative where a capture's clock ran backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

/// From a time on, and before another one; each bound may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first time in it.
    pub since: Option<Timestamp>,
    /// The first time after it.
    pub until: Option<Timestamp>,
}

impl Period {
    /// Whether a time lies in it.
    pub fn holds(&self, time: Timestamp) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }
}

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// `seconds` and `nanos` as found in a capture, held inside the representable range.
    pub fn from_parts(seconds: i64, nanos: i64) -> Self {
        Timestamp(seconds.saturating_mul(SECOND).saturating_add(nanos))
    }

    /// The same from a wide intermediate, held inside the representable range.
    pub fn from_wide(nanos: i128) -> Self {
        Timestamp(nanos.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }

    /// Time passed since `earlier`.
    pub fn since(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// Appends ISO 8601 with six decimals and `Z`: `2026-11-24T05:51:27.000001Z`, cut (not rounded) to microseconds.
    pub fn append_utc(self, out: &mut Vec<u8>) {
        let micros = self.0.div_euclid(1000);
        let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let fields = [
            (year, 0..4),
            (month, 5..7),
            (day, 8..10),
            (second / 3600, 11..13),
            (second / 60 % 60, 14..16),
            (second % 60, 17..19),
            (micros, 20..26),
        ];
        for (value, place) in fields {
            fill(value as u64, &mut text[place]);
        }
        out.extend_from_slice(&text);
    }

    /// The text of [`Timestamp::append_utc`].
    pub fn utc(self) -> String {
        let mut out = Vec::with_capacity(27);
        self.append_utc(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar; a year begins in March here, so that the leap day is its last.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Days since the epoch to (year, month, day) of the proleptic Gregorian calendar.
///
/// The year is taken to begin on 1 March, so that the leap day is the last of it; an era is 400 years, 146,097 days.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468; // days from 0000-03-01
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_text() {
        let check = |nanos: i64, text: &str| assert_eq!(Timestamp(nanos).utc(), text);
        check(0, "1970-01-01T00:00:00.000000Z");
        check(-1, "1969-12-31T23:59:59.999999Z");
        check(951_782_400 * SECOND, "2000-02-29T00:00:00.000000Z");
        check(1_709_251_199 * SECOND + 999_999_999, "2024-02-29T23:59:59.999999Z");
        check(i64::MAX, "2262-04-11T23:47:16.854775Z");
        check(i64::MIN, "1677-09-21T00:12:43.145224Z");
    }

    #[test]
    fn a_period_has_its_begin_and_not_its_end() {
        let holds = |since: Option<i64>, until: Option<i64>| {
            let period = Period { since: since.map(Timestamp), until: until.map(Timestamp) };
            [4, 5, 6].map(|time| period.holds(Timestamp(time)))
        };
        assert_eq!(holds(None, None), [true; 3]);
        assert_eq!(holds(Some(5), None), [false, true, true]);
        assert_eq!(holds(None, Some(5)), [true, false, false]);
        assert_eq!(holds(Some(5), Some(6)), [false, true, false]);
    }

    #[test]
    fn every_day_agrees_with_a_calendar_that_counts() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..80_000 {
            assert_eq!(civil_from_days(days), (year, month, day));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }
}
