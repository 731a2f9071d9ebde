//! Numbers, times and hostile text, as a reader sees them. Integers in, text out: no float takes part, so the
//! same page is the same bytes everywhere. Nothing here escapes for HTML: that is the templates' work.

use jiff::Timestamp;

/// Longest text from a capture that the page repeats, in characters.
pub const CLIP: usize = 160;

/// `48211` as `48,211`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 capture`, `2 captures`.
pub fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Names of versions, joined by `;`, as a list that breaks between them: `TLS 1.2, TLS 1.3`.
pub fn versions(joined: &str) -> String {
    let whole = |text: String, name: &str| text.replace(name, &name.replace(' ', "\u{a0}"));
    ["TLS 1", "SSL 2", "SSL 3"].into_iter().fold(joined.replace(';', ", "), whole)
}

/// `192.0.2.1:443`, `[2001:db8::1]:443`.
pub fn endpoint(ip: &str, port: u16) -> String {
    if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}

/// A share with one decimal: `12.5 %` with a space at which no line ends. Never rounds to 0 or to 100 what is neither; `–` when there is no whole.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".into();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let permille = (part * 1000 + whole / 2) / whole;
    match permille {
        0 if part > 0 => "<0.1\u{a0}%".into(),
        1000 if part < whole => ">99.9\u{a0}%".into(),
        _ => format!("{}.{}\u{a0}%", permille / 10, permille % 10),
    }
}

/// `1.5 GB`, decimal units as disks and Wireshark use them; bytes below 10 kB stay exact.
pub fn bytes(value: u64) -> String {
    if value < 10_000 {
        return format!("{}\u{a0}B", count(value));
    }
    let (unit, name) = match value {
        0..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        1_000_000_000..1_000_000_000_000 => (1_000_000_000, "GB"),
        _ => (1_000_000_000_000, "TB"),
    };
    format!("{}.{}\u{a0}{name}", count(value / unit), value % unit * 10 / unit)
}

/// A duration: `3 µs`, `12.34 ms`, `1.234 s`, `2 min 5 s`, `3 h 20 min`.
pub fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us}\u{a0}µs"),
        1_000..1_000_000 => format!("{}.{:02}\u{a0}ms", us / 1_000, us % 1_000 / 10),
        1_000_000..60_000_000 => format!("{}.{:03}\u{a0}s", us / 1_000_000, us % 1_000_000 / 1_000),
        60_000_000..3_600_000_000 => format!("{}\u{a0}min {}\u{a0}s", us / 60_000_000, us / 1_000_000 % 60),
        3_600_000_000..172_800_000_000 => format!("{}\u{a0}h {}\u{a0}min", us / 3_600_000_000, us / 60_000_000 % 60),
        _ if (us / 3_600_000_000).is_multiple_of(24) => format!("{}\u{a0}d", count(us / 86_400_000_000)),
        _ => format!("{}\u{a0}d {}\u{a0}h", count(us / 86_400_000_000), us / 3_600_000_000 % 24),
    }
}

/// Milliseconds with three decimals, for columns that are compared: `12.345`.
pub fn millis(us: u64) -> String {
    format!("{}.{:03}", count(us / 1_000), us % 1_000)
}

/// `2026-11-24 06:00:22 UTC`; a time that no calendar has is given as its number.
pub fn utc(us: i64) -> String {
    match Timestamp::from_microsecond(us) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{us}\u{a0}µs"),
    }
}

/// `2026-11-24`, in UTC.
pub fn day(us: i64) -> String {
    Timestamp::from_microsecond(us).map_or_else(|_| format!("{us}\u{a0}µs"), |time| time.strftime("%Y-%m-%d").to_string())
}

/// A label for an axis over `range_us`: the date, or the time of day where the range is short.
pub fn tick(us: i64, range_us: u64) -> String {
    let format = match range_us {
        0..10_000_000 => "%H:%M:%S.%3f",
        10_000_000..600_000_000 => "%H:%M:%S",
        600_000_000..172_800_000_000 => "%Y-%m-%d %H:%M",
        _ => "%Y-%m-%d",
    };
    Timestamp::from_microsecond(us).map_or_else(|_| us.to_string(), |time| time.strftime(format).to_string())
}

/// Text from a capture: controls, bidi marks and invisible characters made visible, clipped at [`CLIP`].
pub fn visible(text: &str) -> String {
    clip(text, CLIP)
}

/// The first `most` characters made visible, then an ellipsis and how many are left out.
pub fn clip(text: &str, most: usize) -> String {
    if text.len() <= most {
        return reveal(text);
    }
    match text.char_indices().nth(most) {
        None => reveal(text),
        Some((end, _)) => format!("{}… ({} more)", reveal(&text[..end]), count(text[end..].chars().count() as u64)),
    }
}

/// Controls as `\x1b`, bidi marks and invisible characters as `\u{202E}`.
pub fn reveal(text: &str) -> String {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{0}'..='\u{1f}' | '\u{7f}' => shown.push_str(&format!("\\x{:02x}", c as u32)),
            _ if is_invisible(c) => shown.push_str(&format!("\\u{{{:04X}}}", c as u32)),
            _ => shown.push(c),
        }
    }
    shown
}

/// A word for a shell: bare where that is safe, else quoted; controls and bidi marks in `$'...'` form.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    if !word.chars().any(|c| c.is_control() || is_invisible(c)) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            _ if c.is_control() || is_invisible(c) => {
                let mut utf8 = [0; 4];
                for byte in c.encode_utf8(&mut utf8).bytes() {
                    quoted.push_str(&format!("\\x{byte:02x}"));
                }
            }
            _ => quoted.push(c),
        }
    }
    quoted + "'"
}

/// A command that shows the bytes of a file around `offset`, to be run where the paths are relative to.
pub fn look(path: &str, offset: Option<u64>) -> String {
    let from = offset.unwrap_or(0).saturating_sub(32);
    format!("hexdump -C -s {from} -n 128 {}", shell(&below_here(path)))
}

/// A command that opens a capture in Wireshark with a display filter, to be run where the paths are relative to.
pub fn wireshark(path: &str, filter: &str) -> String {
    format!("wireshark -r {} -Y {}", shell(&below_here(path)), shell(filter))
}

/// A path that no program takes for an option.
pub fn below_here(path: &str) -> String {
    if path.starts_with('/') { path.into() } else { format!("./{path}") }
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With plain spaces.
    fn plain(text: String) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn shares_never_round_to_the_ends() {
        assert_eq!(plain(share(0, 9)), "0.0 %");
        assert_eq!(plain(share(1, 1_000_000)), "<0.1 %");
        assert_eq!(plain(share(999_999, 1_000_000)), ">99.9 %");
        assert_eq!(plain(share(9, 9)), "100.0 %");
        assert_eq!(plain(share(1, 8)), "12.5 %");
        assert_eq!(plain(share(3, 0)), "–");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plain(bytes(9_999)), "9,999 B");
        assert_eq!(plain(bytes(1_560_000)), "1.5 MB");
        assert_eq!(plain(duration(12_340)), "12.34 ms");
        assert_eq!(plain(duration(3_725_000_000)), "1 h 2 min");
        assert_eq!(plain(utc(0)), "1970-01-01 00:00:00 UTC");
        assert_eq!(plain(utc(i64::MAX)), "9223372036854775807 µs");
    }

    #[test]
    fn hidden_characters_show() {
        assert_eq!(visible("a\u{202e}b\u{0}c\u{2028}"), r"a\u{202E}b\x00c\u{2028}");
        assert_eq!(clip("abcdef", 4), "abcd… (2 more)");
    }

    #[test]
    fn a_shell_reads_the_word_back() {
        assert_eq!(shell("a/b.pcap"), "a/b.pcap");
        assert_eq!(shell("it's $x"), r"'it'\''s $x'");
        assert_eq!(shell("a\nb\u{202e}'"), r"$'a\x0ab\xe2\x80\xae\''");
        assert_eq!(look("-x.pcap", Some(40)), "hexdump -C -s 8 -n 128 ./-x.pcap");
    }
}
