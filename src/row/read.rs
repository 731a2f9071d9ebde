//! Cells read back from the CSV files that were written from them.
//!
//! What was made visible stays so: `\x0D` is these four characters. Written once more, every value gives the same cell.

use super::Word;
use super::cell::{Millis, Seconds, Share, Wild, starts_formula};
use super::list::{Codes, WildList};
use crate::time::{Span, Timestamp};

/// A value that can be read from its cell, quotes removed.
pub trait ReadCell: Sized {
    /// The value; none where the text is not one of this type. An absent value is an empty text.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! parsed {
    ($($type:ty),*) => {$(
        impl ReadCell for $type {
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}
parsed!(u8, u16, u32, u64, i64, bool, String);

impl<T: ReadCell> ReadCell for Option<T> {
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::read(text).map(Some) }
    }
}

impl ReadCell for Word {
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned().into())
    }
}

impl ReadCell for Timestamp {
    fn read(text: &str) -> Option<Self> {
        let time: jiff::Timestamp = text.parse().ok()?;
        i64::try_from(time.as_nanosecond()).ok().map(Timestamp)
    }
}

impl ReadCell for Millis {
    fn read(text: &str) -> Option<Self> {
        Some(Millis(Span(fixed(text, 3)?.checked_mul(1_000)?)))
    }
}

impl ReadCell for Seconds {
    fn read(text: &str) -> Option<Self> {
        Some(Seconds(Span(fixed(text, 6)?.checked_mul(1_000)?)))
    }
}

/// The counts behind a share are not in its cell: it comes back as its hundredths.
impl ReadCell for Share {
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Share::default());
        }
        Some(Share { part: u64::try_from(fixed(text, 2)?).ok()?, of: 100, scale: 1 })
    }
}

impl ReadCell for Wild {
    fn read(text: &str) -> Option<Self> {
        Some(Wild(unguarded(text).to_owned()))
    }
}

/// The text of a cell without the apostrophe that guards it.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| starts_formula(rest)).unwrap_or(text)
}

impl ReadCell for WildList {
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(WildList::default());
        }
        let Wild(text) = Wild::read(text)?;
        Some(WildList(text.split(';').map(|one| Wild(one.to_owned())).collect()))
    }
}

impl ReadCell for Codes {
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Codes::default());
        }
        text.split(';').map(|code| u16::from_str_radix(code.strip_prefix("0x")?, 16).ok()).collect::<Option<_>>().map(Codes)
    }
}

/// A decimal number with exactly so many decimals, as a whole number of its last place.
fn fixed(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() != decimals || !digits(part) || !digits(whole.strip_prefix('-').unwrap_or(whole)) {
        return None;
    }
    format!("{whole}{part}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::flow::FlowRow;
    use crate::row::{Cell, Row, Style};

    #[test]
    fn a_guard_is_taken_away_and_nothing_else() {
        let parts =
            ["'", "=", "+1", "\t", "\r", "\0", " ", "\u{202E}", "\\u{202E}", "\\u{41}", "\\x09", "\\", "a", "\u{FF1D}", "\u{85}", "-"];
        for at in 0..parts.len().pow(3) {
            let part = |place: u32| parts[at / parts.len().pow(place) % parts.len()];
            let text = Wild(format!("{}{}{}", part(0), part(1), part(2)));
            let cell = |raw| {
                let mut cell = Vec::new();
                text.append(Style { raw }, &mut cell);
                String::from_utf8(cell).unwrap().trim_matches('"').to_owned()
            };
            assert_eq!(unguarded(&cell(false)), cell(true), "{text:?}");
            assert_eq!(text.is_guarded(), cell(false) != cell(true), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        assert_eq!(Millis::read("-0.005").map(|ms| ms.0.0), Some(-5_000));
        for text in ["", "1", "1.5", "x.000", "1.0000", "+1.000", "99999999999999999.000"] {
            assert!(Millis::read(text).is_none(), "{text}");
        }
        assert!(Codes::read("0x1301;4").is_none() && u8::read("256").is_none() && Timestamp::read("yesterday").is_none());
        assert!(FlowRow::read(&|name| (name == "stream").then(|| "many".to_owned())).is_none());
        assert_eq!(FlowRow::read(&|_| None).unwrap().first_frame, 0);
    }
}
