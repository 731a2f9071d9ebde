//! What a file's name says: whether it looks like a capture, and which numbers a rotating recorder put into it.
//!
//! ```text
//!  tcpdump -C 10 -w x.pcap         x.pcap  x.pcap1  x.pcap2           with -W 12: x.pcap00 ... x.pcap11
//!  tcpdump -G 60 -w x-%F_%T.pcap   x-2026-01-01_12:00:00.pcap         any strftime order year to second
//!  dumpcap -b                      x_00001_20260101120000.pcapng      or x_20260101120000_00001.pcapng
//!  Suricata, Zeek, netsniff-ng     log.pcap.1700000000                dump-1700000000.pcap
//!  Stenographer                    1700000000000000                   microseconds
//!  Arkime                          node-260101-00000042.pcap
//!  by hand, editcap                x-0001.pcap                        believed only under strict conditions
//!  compressed afterwards           x.pcap1.gz                         as without the .gz
//!                                   ^^^^^
//!                                   cut out: what is left, the stem, is what the files of a rotation have in common
//! ```
//!
//! A name proposes; the packet times decide (`series`). A date in a name counts only if the first packet is near it.

use crate::time::{SECOND, Timestamp, days_from_civil};

/// How far the first packet may lie from the moment in the name: a whole day, as some names hold no time of day, and the
/// half day that time zones differ.
const NEAR: i64 = 38 * 3600;

/// Which custom a name follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// No number of a rotation; the first file of `tcpdump -C` looks like this.
    Bare,
    /// A number behind the extension.
    Behind,
    /// A number, behind a name without extension.
    BehindPlain,
    /// A date, or seconds since 1970.
    Moment,
    /// Both a number and a date.
    NumberAndMoment,
    /// A number before the extension.
    Number,
}

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rotation {
    /// The name without its numbers, a NUL in the place of each.
    pub stem: String,
    pub rule: Rule,
    /// Seconds since 1970 as the name has it (of an unknown zone); 0 without.
    pub moment: i64,
    /// The number; 0 without.
    pub number: u64,
    /// With how many digits the number is written.
    pub width: usize,
}

const CAPTURE_EXTENSIONS: [&str; 18] = [
    "pcap", "pcapng", "cap", "ntar", "dmp", "snoop", "erf", "trc", "trace", "tcpdump", "pkt", "enc", "bfr", "syc", "5vw", "acp", "fdc",
    "pklg",
];
const COMPRESSION_EXTENSIONS: [&str; 11] = ["gz", "zst", "zstd", "xz", "bz2", "lz4", "z", "tgz", "lzma", "br", "zip"];

/// Of compressions that are read.
const UNPACKED_EXTENSIONS: [&str; 6] = ["gz", "zst", "zstd", "xz", "bz2", "lz4"];

/// Whether whoever named the file meant a capture: by its extension, behind which a number or a compression may stand.
pub(super) fn looks_like_capture(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let parts = name.split('.').skip(1);
    let mut meant = false;
    for part in parts {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        if CAPTURE_EXTENSIONS.contains(&part) || (matches!(word, "pcap" | "pcapng" | "cap" | "ntar" | "dmp")) {
            meant = true;
        } else if !(word.is_empty() || COMPRESSION_EXTENSIONS.contains(&part) || matches!(part, "part" | "partial" | "tmp" | "bak" | "old"))
        {
            meant = false;
        }
    }
    meant
}

/// The name without what a compression appends: rotated files are compressed one after another, the last one not yet.
fn uncompressed(name: &str) -> &str {
    let Some((base, extension)) = name.rsplit_once('.').filter(|(base, _)| !base.is_empty()) else { return name };
    if UNPACKED_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) { base } else { name }
}

/// Takes a name apart. `first` is the time of the first packet, against which dates are checked.
pub(super) fn rotation(name: &str, first: Timestamp) -> Rotation {
    let name = uncompressed(name);
    let (base, behind) = number_behind(name);
    let (number, width) = behind.map_or((0, 0), |n| (n.value, n.width));
    if let Some(found) = moment_in(base, first) {
        let (start, end, beside) = if behind.is_none() { number_beside(base, &found) } else { (found.start, found.end, None) };
        let stem = format!("{}\0{}", &base[..start], &base[end..]);
        let (rule, number, width) = beside.map_or((Rule::Moment, number, width), |n| (Rule::NumberAndMoment, n.value, n.width));
        return Rotation { stem, rule, moment: found.seconds, number, width };
    }
    let bare = |rule| Rotation { stem: base.to_owned(), rule, moment: 0, number, width };
    match behind {
        Some(n) if n.plain => bare(Rule::BehindPlain),
        Some(_) => bare(Rule::Behind),
        None => number_before_extension(name).unwrap_or_else(|| bare(Rule::Bare)),
    }
}

#[derive(Debug, Clone, Copy)]
struct Number {
    value: u64,
    width: usize,
    /// Behind a name without extension.
    plain: bool,
}

/// `x.pcap12` to `x.pcap` and 12, `trace12` to `trace` and 12.
fn number_behind(name: &str) -> (&str, Option<Number>) {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &name[base.len()..];
    let Some(value) = small(digits) else { return (name, None) };
    let extension = base.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    let plain = !name.contains('.') && base.ends_with(|c: char| c.is_alphabetic());
    if plain || extension.is_some_and(|e| matches!(e.as_str(), "pcap" | "pcapng" | "cap" | "ntar" | "dmp")) {
        (base, Some(Number { value, width: digits.len(), plain }))
    } else {
        (name, None)
    }
}

/// `x-0001.pcap`: a number of three to six digits, or more with a leading zero (else it is a date or an address), set off
/// from the name, and nothing but an extension behind it.
fn number_before_extension(name: &str) -> Option<Rotation> {
    let (front, extension) = name.rsplit_once('.')?;
    let head = front.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &front[head.len()..];
    let fits = (3..=6).contains(&digits.len()) || digits.len() > 6 && digits.starts_with('0');
    let value = small(digits).filter(|_| fits && head.ends_with(['-', '_', '.']))?;
    let stem = format!("{head}\0.{extension}");
    Some(Rotation { stem, rule: Rule::Number, moment: 0, number: value, width: digits.len() })
}

fn small(digits: &str) -> Option<u64> {
    if (1..=9).contains(&digits.len()) { digits.parse().ok() } else { None }
}

#[derive(Debug, Clone, Copy)]
struct Found {
    start: usize,
    end: usize,
    seconds: i64,
}

/// The first date or epoch number in the name that the first packet is near to.
fn moment_in(name: &str, first: Timestamp) -> Option<Found> {
    let bytes = name.as_bytes();
    let first = first.0.div_euclid(SECOND);
    let starts = (0..bytes.len()).filter(|&i| bytes[i].is_ascii_digit() && (i == 0 || !bytes[i - 1].is_ascii_digit()));
    let readings = starts.flat_map(|start| [date_at(bytes, start), epoch_at(bytes, start)]).flatten();
    readings.into_iter().find(|found| found.seconds.abs_diff(first) <= NEAR as u64)
}

/// `_00001_` before the moment or `_00001` behind it. Gives the range of both.
fn number_beside(name: &str, found: &Found) -> (usize, usize, Option<Number>) {
    let number =
        |digits: &str| small(digits).filter(|_| digits.len() >= 5).map(|value| Number { value, width: digits.len(), plain: false });
    if let Some(front) = name[..found.start].strip_suffix('_') {
        let head = front.trim_end_matches(|c: char| c.is_ascii_digit());
        if head.ends_with('_')
            && let Some(number) = number(&front[head.len()..])
        {
            return (head.len(), found.end, Some(number));
        }
    }
    if let Some(rest) = name[found.end..].strip_prefix('_') {
        let length = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if let Some(number) = number(&rest[..length]) {
            return (found.start, found.end + 1 + length, Some(number));
        }
    }
    (found.start, found.end, None)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits.
fn epoch_at(bytes: &[u8], start: usize) -> Option<Found> {
    let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
    let unit = match length {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let value = bytes[start..start + length].iter().try_fold(0i64, |v, d| v.checked_mul(10)?.checked_add(i64::from(d - b'0')))?;
    Some(Found { start, end: start + length, seconds: value / unit })
}

/// Year, month, day and perhaps hour, minute, second, with or without one separator between neighbours; ends before
/// what is no digit.
fn date_at(bytes: &[u8], start: usize) -> Option<Found> {
    let mut at = start;
    let year = field(bytes, &mut at, 4, 1980, 2200)?;
    let month = next_field(bytes, &mut at, 1, 12)?;
    let day = next_field(bytes, &mut at, 1, 31)?;
    let mut clock = [0; 3];
    for (part, most) in clock.iter_mut().zip([23, 59, 60]) {
        match next_field(bytes, &mut at, 0, most) {
            Some(value) => *part = value,
            None => break,
        }
    }
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let [hour, minute, second] = clock;
    Some(Found { start, end: at, seconds: days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second })
}

/// A field behind at most one separator; `at` stays where it is if there is none.
fn next_field(bytes: &[u8], at: &mut usize, least: i64, most: i64) -> Option<i64> {
    let separated = bytes.get(*at).is_some_and(|b| b"-_.:T ".contains(b));
    let mut next = *at + usize::from(separated);
    let value = field(bytes, &mut next, 2, least, most)?;
    // After a separator a longer number is something else: the `_00001` behind a date.
    if separated
        && bytes.get(next).is_some_and(u8::is_ascii_digit)
        && bytes[next..].iter().take_while(|b| b.is_ascii_digit()).count() % 2 != 0
    {
        return None;
    }
    *at = next;
    Some(value)
}

fn field(bytes: &[u8], at: &mut usize, width: usize, least: i64, most: i64) -> Option<i64> {
    let digits = bytes.get(*at..*at + width)?;
    let value = digits.iter().try_fold(0, |v, d| d.is_ascii_digit().then(|| v * 10 + i64::from(d - b'0')))?;
    if !(least..=most).contains(&value) {
        return None;
    }
    *at += width;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_a_capture() {
        let yes = "a.pcap A.PCAP x/y.pcapng a.pcap0 a.pcap12 a.pcap.gz a.pcapng.zst log.pcap.1700000000 many.pcapng.1 a.cap a.ntar b.dmp c.snoop d.erf \
                   e.trc x.pcap.part x_00001_20260101120000.pcapng";
        let no = "README README.md notes.pcap.txt pcap capture run.sh data.csv x.gz a.pcapx .gitignore index.html";
        yes.split_whitespace().for_each(|name| assert!(looks_like_capture(name), "{name}"));
        no.split_whitespace().for_each(|name| assert!(!looks_like_capture(name), "{name}"));
    }

    const NOON: i64 = 1_767_268_800; // 2026-01-01T12:00:00Z

    fn check(name: &str, stem: &str, rule: Rule, moment: i64, number: u64) {
        let Rotation { stem: s, rule: r, moment: m, number: n, .. } = rotation(name, Timestamp(NOON * SECOND));
        assert_eq!((s.as_str(), r, m, n), (stem, rule, moment, number), "{name}");
    }

    #[test]
    fn customs_of_recorders() {
        check("x.pcap", "x.pcap", Rule::Bare, 0, 0);
        check("x.pcap1", "x.pcap", Rule::Behind, 0, 1);
        check("x.pcap011", "x.pcap", Rule::Behind, 0, 11);
        check("trace", "trace", Rule::Bare, 0, 0);
        check("trace7", "trace", Rule::BehindPlain, 0, 7);
        check("x-2026-01-01_12:00:00.pcap", "x-\0.pcap", Rule::Moment, NOON, 0);
        check("x-20260101T120000.pcap", "x-\0.pcap", Rule::Moment, NOON, 0);
        check("20260101.pcap", "\0.pcap", Rule::Moment, NOON - 12 * 3600, 0);
        check("202601011200.pcap", "\0.pcap", Rule::Moment, NOON, 0);
        check("2026010112.pcap", "\0.pcap", Rule::Moment, NOON, 0);
        check("x-20260101.pcap3", "x-\0.pcap", Rule::Moment, NOON - 12 * 3600, 3);
        check("x_00042_20260101120000.pcapng", "x_\0.pcapng", Rule::NumberAndMoment, NOON, 42);
        check("x_20260101120000_00042.pcapng", "x_\0.pcapng", Rule::NumberAndMoment, NOON, 42);
        check("log.pcap.1767268800", "log.pcap.\0", Rule::Moment, NOON, 0);
        check("log.pcap.2.1767268800", "log.pcap.2.\0", Rule::Moment, NOON, 0);
        check("1767268800000000", "\0", Rule::Moment, NOON, 0);
        check("log.pcap.1767268800.lz4", "log.pcap.\0", Rule::Moment, NOON, 0);
        check("log.3.1767268800.pcap", "log.3.\0.pcap", Rule::Moment, NOON, 0);
        check("dump-1767268800.pcap", "dump-\0.pcap", Rule::Moment, NOON, 0);
        check("eth1767268800.pcap", "eth\0.pcap", Rule::Moment, NOON, 0);
        check("trace00", "trace", Rule::BehindPlain, 0, 0);
        check("node-260101-00000042.pcap", "node-260101-\0.pcap", Rule::Number, 0, 42);
        check("x-0001.pcap", "x-\0.pcap", Rule::Number, 0, 1);
        check("x.pcap1.gz", "x.pcap", Rule::Behind, 0, 1);
        check("x-0001.pcap.ZST", "x-\0.pcap", Rule::Number, 0, 1);
        check("x-2026-01-01_12:00:00.pcap.xz", "x-\0.pcap", Rule::Moment, NOON, 0);
        check(".gz", ".gz", Rule::Bare, 0, 0);
    }

    #[test]
    fn numbers_that_are_no_rotation() {
        check("tls12.pcap", "tls12.pcap", Rule::Bare, 0, 0);
        check("host-10.pcap", "host-10.pcap", Rule::Bare, 0, 0);
        check("test001.pcap", "test001.pcap", Rule::Bare, 0, 0);
        check("x-12345678.pcap", "x-12345678.pcap", Rule::Bare, 0, 0);
        check("x.tar1", "x.tar1", Rule::Bare, 0, 0);
        check("x-20190101.pcap", "x-20190101.pcap", Rule::Bare, 0, 0); // years from its first packet
        check("", "", Rule::Bare, 0, 0);
        check("99999999999999999999999", "99999999999999999999999", Rule::Bare, 0, 0);
        check("\u{661}\u{662}.pcap\u{663}", "\u{661}\u{662}.pcap\u{663}", Rule::Bare, 0, 0);
    }

    #[test]
    fn any_text_is_taken() {
        let pieces = ["2026", "01", "-", "_", ".pcap", "\u{e9}", "1767268800", "00001", "T", "9", "/"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        rotation(&format!("{a}{b}{c}{d}"), Timestamp(NOON * SECOND));
                    }
                }
            }
        }
        rotation("x-20260101.pcap", Timestamp(i64::MIN));
    }

    #[test]
    fn days_agree_with_packet_time() {
        for days in (-40_000..80_000).step_by(7) {
            let text = Timestamp(days * 86_400 * SECOND).utc();
            let field = |range: std::ops::Range<usize>| text[range].parse().unwrap();
            assert_eq!(days_from_civil(field(0..4), field(5..7), field(8..10)), days, "{text}");
        }
    }
}
