//! Cells: how a value becomes text in a CSV file. By schema, never by content.
//!
//! Text is always quoted, numbers and booleans never; an absent value is an empty cell. Text that came out of a
//! capture ([`Wild`]) is guarded against formula injection and shows controls visibly.

use super::word::Word;
use crate::decimal::{append_fixed, append_integer};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Lists (`row::list`) and texts are cut at this many bytes (LibreOffice and Excel end a cell at 32,767 characters).
pub const MAX_LIST: usize = 32_000;

/// The type of a column, the same for every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Quoted UTF-8 text.
    Text,
    /// A whole number that fits 64 bits.
    Integer,
    /// A decimal number with a fixed count of decimals.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// ISO 8601 with microseconds, UTC.
    Time,
}

impl Kind {
    /// The type's name in a Frictionless table schema.
    pub fn frictionless(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Integer => "integer",
            Kind::Decimal => "number",
            Kind::Boolean => "boolean",
            Kind::Time => "datetime",
        }
    }

    /// The type's name in DuckDB.
    pub fn duckdb(self) -> &'static str {
        match self {
            Kind::Text => "VARCHAR",
            Kind::Integer => "BIGINT",
            Kind::Decimal => "DOUBLE",
            Kind::Boolean => "BOOLEAN",
            Kind::Time => "TIMESTAMP",
        }
    }
}

/// How text cells are written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Write untrusted text without the guard against formulas.
    pub raw: bool,
}

/// A value that can stand in a table.
pub trait Cell {
    /// The column's type.
    const KIND: Kind;
    /// Whether the value came out of a capture and is guarded.
    const WILD: bool = false;
    /// Appends the cell to a CSV line, quotes included; nothing where the value is absent.
    fn append(&self, style: Style, out: &mut Vec<u8>);
    /// Whether the guard against formulas alters the cell.
    fn is_guarded(&self) -> bool {
        false
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            const KIND: Kind = Kind::Integer;
            fn append(&self, _: Style, out: &mut Vec<u8>) {
                append_integer(u64::from(*self), out);
            }
        }
    )*};
}
integers!(u8, u16, u32, u64);

impl Cell for i64 {
    const KIND: Kind = Kind::Integer;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        if *self < 0 {
            out.push(b'-');
        }
        append_integer(self.unsigned_abs(), out);
    }
}

impl Cell for bool {
    const KIND: Kind = Kind::Boolean;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    const WILD: bool = T::WILD;
    fn append(&self, style: Style, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.append(style, out);
        }
    }
    fn is_guarded(&self) -> bool {
        self.as_ref().is_some_and(T::is_guarded)
    }
}

impl Cell for Timestamp {
    const KIND: Kind = Kind::Time;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        self.append_utc(out);
    }
}

/// A span of packet time in milliseconds with three decimals, cut to microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub Span);

impl Cell for Millis {
    const KIND: Kind = Kind::Decimal;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        append_fixed(self.0.0 / 1000, 3, out);
    }
}

/// A span of packet time in seconds with six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub Span);

impl Cell for Seconds {
    const KIND: Kind = Kind::Decimal;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        append_fixed(self.0.0 / 1000, 6, out);
    }
}

/// A share, kept as the two counts that it is made of; written in per cent (or as a mean) with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// The part.
    pub part: u64,
    /// What it is a part of; a share of nothing is an empty cell.
    pub of: u64,
    /// 100 for per cent, 1 for a mean.
    pub scale: u64,
}

impl Share {
    /// `part` of `of` in per cent.
    pub fn percent(part: u64, of: u64) -> Self {
        Share { part, of, scale: 100 }
    }

    /// The mean of `count` values that add up to `sum`.
    pub fn mean(sum: u64, count: u64) -> Self {
        Share { part: sum, of: count, scale: 1 }
    }

    /// In hundredths of the unit, rounded half up; none of nothing.
    pub fn hundredths(self) -> Option<i64> {
        let of = u128::from(self.of);
        (of > 0).then(|| ((u128::from(self.part) * u128::from(self.scale) * 200 + of) / (2 * of)) as i64)
    }
}

impl Cell for Share {
    const KIND: Kind = Kind::Decimal;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        if let Some(value) = self.hundredths() {
            append_fixed(value, 2, out);
        }
    }
}

impl Cell for Word {
    const KIND: Kind = Kind::Text;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        append_text(self, out);
    }
}

impl Cell for String {
    const KIND: Kind = Kind::Text;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        append_text(self, out);
    }
}

/// Text of our own making: quoted, quotes doubled. It holds no controls; an empty one is an absent value.
fn append_text(text: &str, out: &mut Vec<u8>) {
    if text.is_empty() {
        return;
    }
    out.push(b'"');
    if text.as_bytes().contains(&b'"') {
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

/// Text out of a capture or from the file system: whatever an attacker cared to write.
///
/// Bytes that are not UTF-8 have become `\xNN` when it was made; controls and bidi marks are made visible when it is
/// written to a cell, and stay as they are in JSON, which escapes them itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wild(pub String);

impl Wild {
    /// Text from bytes, with `\xNN` for each byte that is not part of valid UTF-8.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02X}"));
            }
        }
        Wild(text)
    }
}

impl Cell for Wild {
    const KIND: Kind = Kind::Text;
    const WILD: bool = true;
    fn append(&self, style: Style, out: &mut Vec<u8>) {
        if self.0.is_empty() {
            return;
        }
        out.push(b'"');
        if !style.raw && self.is_guarded() {
            out.push(b'\'');
        }
        append_bounded(&self.0, out);
        out.push(b'"');
    }
    fn is_guarded(&self) -> bool {
        starts_formula(&self.0)
    }
}

/// Appends text in its visible form, at most [`MAX_LIST`] bytes of it; where it is cut, it says by how much.
fn append_bounded(text: &str, out: &mut Vec<u8>) {
    // No character takes more than four times its bytes.
    if text.len() <= MAX_LIST / 4 || visible_len(text) <= MAX_LIST {
        return append_visible(text, out);
    }
    let (mut room, mut end) = (MAX_LIST - " ... (18446744073709551615 bytes more)".len(), 0);
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        match room.checked_sub(visible_len(&text[at..next])) {
            Some(left) => (room, end) = (left, next),
            None => break,
        }
    }
    append_visible(&text[..end], out);
    out.extend_from_slice(format!(" ... ({} bytes more)", text.len() - end).as_bytes());
}

/// Whether a spreadsheet could take the text for a formula: by its first visible character (report of the OWASP
/// project on CSV injection), full-width forms included.
///
/// It says the same of a text and of its visible form, and a text that has apostrophes in front of a formula gets one
/// more: so a reader who takes one away has the text again, exactly.
pub(super) fn starts_formula(text: &str) -> bool {
    if text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return false;
    }
    let mut rest = text.trim_start_matches('\'');
    if rest.starts_with(['\t', '\r', '\n', '\0']) || ["\\x09", "\\x0D", "\\x0A", "\\x00"].iter().any(|shown| rest.starts_with(shown)) {
        return true;
    }
    while let Some(c) = rest.chars().next() {
        let (mark, after) = shown_mark(rest).unwrap_or((c, &rest[c.len_utf8()..]));
        if !(mark == ' ' || is_invisible(mark)) {
            return matches!(mark, '=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}');
        }
        rest = after;
    }
    false
}

/// The mark that a text begins with in its visible form, and what follows: `\u{202E}abc`.
fn shown_mark(text: &str) -> Option<(char, &str)> {
    let (digits, after) = text.strip_prefix("\\u{")?.split_once('}')?;
    let mark = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    is_invisible(mark).then_some((mark, after))
}

/// Marks that take no place on the screen or turn the direction of what follows.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}

/// Appends text with quotes doubled and controls, line separators and bidi marks written as `\xNN` or `\u{...}`.
fn append_visible(text: &str, out: &mut Vec<u8>) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\"\""),
            c if (c as u32) < 0x20 || c == '\u{7f}' => out.extend_from_slice(format!("\\x{:02X}", c as u32).as_bytes()),
            c if is_invisible(c) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.extend_from_slice(format!("\\u{{{:X}}}", c as u32).as_bytes());
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Whether the visible form of a text is the text.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"')
}

/// Bytes that a text takes in a cell.
pub(super) fn visible_len(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    let mut out = Vec::with_capacity(text.len());
    append_visible(text, &mut out);
    out.len()
}

#[cfg(test)]
mod tests {
    use super::super::list::{Codes, WildList};
    use super::*;

    fn text(cell: &impl Cell) -> String {
        let mut out = Vec::new();
        cell.append(Style::default(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_bare_and_text_is_quoted() {
        assert_eq!(text(&1301u16), "1301");
        assert_eq!(text(&String::from("1301")), "\"1301\"");
        assert_eq!(text(&Some(true)), "true");
        assert_eq!(text(&None::<u64>), "");
        assert_eq!(text(&u64::MAX), u64::MAX.to_string());
        assert_eq!(text(&i64::MIN), i64::MIN.to_string());
    }

    #[test]
    fn decimals_are_fixed() {
        assert_eq!(text(&Millis(Span(1_234_567_899))), "1234.567");
        assert_eq!(text(&Millis(Span(-5_000))), "-0.005");
        assert_eq!(text(&Seconds(Span(1_000_000_007))), "1.000000");
        assert_eq!(text(&Share::percent(1, 3)), "33.33");
        assert_eq!(text(&Share::percent(2, 3)), "66.67");
        assert_eq!(text(&Share::percent(5, 5)), "100.00");
        assert_eq!(text(&Share::mean(7, 2)), "3.50");
        assert_eq!(text(&Share::percent(0, 0)), "");
    }

    #[test]
    fn hostile_text_is_shown_and_guarded() {
        let check = |raw: &[u8], cell: &str| assert_eq!(text(&Wild::from_bytes(raw)), cell);
        check(b"example.com", "\"example.com\"");
        check(b"=1+1", "\"'=1+1\"");
        check(b"  @SUM(A1)", "\"'  @SUM(A1)\"");
        check("\u{200B}\u{FF1D}1".as_bytes(), "\"'\\u{200B}\u{FF1D}1\"");
        check(b"\tx", "\"'\\x09x\"");
        check(b"a\r\nb", "\"a\\x0D\\x0Ab\"");
        check(b"a\"b", "\"a\"\"b\"");
        check(b"\xff\xfea", "\"\\xFF\\xFEa\"");
        check("evil\u{202E}gpj".as_bytes(), "\"evil\\u{202E}gpj\"");
        check(b"", "");
        // One more apostrophe than there was, and no guard without a need.
        check(b"'=1", "\"''=1\"");
        check(b"'", "\"'\"");
        check(b"'a", "\"'a\"");
        check(b"\\u{200B}=1", "\"'\\u{200B}=1\"");
        check(b"\\u{41}=1", "\"\\u{41}=1\"");
        let mut out = Vec::new();
        Wild::from_bytes(b"=1").append(Style { raw: true }, &mut out);
        assert_eq!(out, b"\"=1\"");
    }

    #[test]
    fn text_ends_where_a_sheet_ends_a_cell() {
        for content in ["x", "=", "\"", "\u{1}", "\u{202E}", "\u{FF1D}", "\u{1F600}"] {
            for count in [7_000, 8_100, 31_999, 32_000, 32_001, 66_000] {
                let (long, raw) = (Wild(content.repeat(count)), Style { raw: true });
                let (mut once, mut again) = (Vec::new(), Vec::new());
                long.append(raw, &mut once);
                let inner = once.len() - 2;
                let whole = visible_len(&long.0);
                assert!(if whole <= MAX_LIST { inner == whole } else { inner <= MAX_LIST && inner + 60 > MAX_LIST }, "{content:?} {count}");
                let plain = String::from_utf8(once.clone()).unwrap();
                assert_eq!(plain.ends_with(" bytes more)\""), whole > MAX_LIST);
                Wild(plain[1..plain.len() - 1].replace("\"\"", "\"")).append(raw, &mut again);
                assert_eq!(once, again, "{content:?} {count}");
            }
        }
    }

    #[test]
    fn lists_keep_order_and_stay_bounded() {
        assert_eq!(text(&Codes(vec![0x1301, 0x00ff])), "\"0x1301;0x00ff\"");
        assert_eq!(text(&WildList(vec![Wild("h2".into()), Wild("a;b".into())])), "\"h2;a\\x3Bb\"");
        let long = Codes(vec![7; 32_768]);
        assert!(long.is_cut() && text(&long).len() <= MAX_LIST + 2);
        for content in ["x", "\u{1}", "\u{202E}"] {
            let long = WildList(vec![Wild(content.repeat(85)); 400]);
            assert!(long.is_cut() && text(&long).len() <= MAX_LIST + 3, "{content:?}");
        }
    }
}
