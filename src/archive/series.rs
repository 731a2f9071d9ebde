//! Captures to series: which belong together, and in which order they are read.
//!
//! ```text
//!  path order    x.pcap    x.pcap1   x.pcap2   y.pcap
//!  first packet  12:00:00  12:10:00  12:20:00  12:00:00
//!                └──────── one series ────┘    └ alone
//! ```
//!
//! The order within a series is that of the first packets' times, never of names, modification times or directory entries.
//! Names only propose a series (`name`); it is formed if folder, format and link type are the same and the times
//! ascend strictly with the numbers. Whatever is in doubt stays apart: a flow that is cut in two shows as such, while two
//! vantage points read as one would give wrong answers that nobody sees.

use super::identity;
use super::name::{Rotation, Rule, rotation};
use super::side_by_side::side_by_side;
use super::{Capture, Series, Source, Status};
use crate::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// How captures are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Files of one rotation are read as one; the rest each by itself
    #[default]
    Auto,
    /// Every file by itself
    None,
    /// All files as one, in the order of their first packets
    All,
}

/// Groups the ready captures. Each is in exactly one series; series stand in the order of their earliest paths.
/// `by_time`: those whose files may overlap in time are found too, and merged.
pub(super) fn group(captures: &[Capture], mode: Mode, by_time: bool) -> Vec<Series> {
    let ready: Vec<usize> = (0..captures.len()).filter(|&i| captures[i].status == Status::Ready).collect();
    let mut series = match mode {
        Mode::None => ready.into_iter().map(|i| make(captures, vec![i], "as asked".into())).collect(),
        Mode::All if ready.is_empty() => Vec::new(),
        Mode::All => {
            let mut order = ready;
            // A file without packets stands last, where it disturbs nothing.
            order.sort_by_key(|&i| (captures[i].first_time.is_none(), captures[i].first_time, i));
            let how = if by_time { "merged by time" } else { "in the order of their first packets" };
            let reason = format!("all {} as one, as asked, {how}", files(order.len()));
            let series = make(captures, order, reason);
            vec![Series { by_time: by_time && series.captures.len() > 1, ..series }]
        }
        Mode::Auto if by_time => side_by_side(captures, auto(captures, ready)),
        Mode::Auto => auto(captures, ready),
    };
    series.sort_by_key(|s: &Series| s.captures.iter().min().copied());
    series
}

pub(super) fn make(captures: &[Capture], order: Vec<usize>, reason: String) -> Series {
    let ids: Vec<&[u8]> = order.iter().map(|&i| captures[i].id.as_bytes()).collect();
    Series { id: identity::text('s', &identity::digest_of(&ids)), captures: order, by_time: false, reason }
}

/// A capture that may be part of a rotation.
struct Member {
    index: usize,
    time: Timestamp,
    name: Rotation,
}

fn auto(captures: &[Capture], ready: Vec<usize>) -> Vec<Series> {
    let mut series = Vec::new();
    let mut proposed: BTreeMap<(&str, String), Vec<Member>> = BTreeMap::new();
    for index in ready {
        let capture = &captures[index];
        let (folder, name) = capture.path_text.rsplit_once('/').unwrap_or(("", &capture.path_text));
        match (&capture.source, capture.first_time) {
            (Source::Path(_) | Source::Member(_), Some(time)) => {
                let name = rotation(name, time);
                proposed.entry((folder, name.stem.clone())).or_default().push(Member { index, time, name });
            }
            (Source::Path(_) | Source::Member(_), None) => {
                series.push(make(captures, vec![index], "no packet whose time could tell its place".into()))
            }
            (Source::Stdin(_), _) => series.push(make(captures, vec![index], "standard input".into())),
        }
    }
    for (_, mut members) in proposed {
        let count = members.len();
        if count == 1 {
            series.push(make(captures, vec![members[0].index], "no other file of its name and numbering".into()));
            continue;
        }
        members.sort_by_key(|m| (m.time, m.index));
        match runs(captures, &members) {
            Ok(runs) => {
                for (run, reason) in runs {
                    let order: Vec<usize> = run.iter().map(|m| m.index).collect();
                    series.push(make(captures, order, reason));
                }
            }
            Err(doubt) => {
                let reason = format!("named like a rotation of {}, but {doubt}", files(count));
                series.extend(members.iter().map(|m| make(captures, vec![m.index], reason.clone())));
            }
        }
    }
    series
}

type Runs<'m> = Vec<(&'m [Member], String)>;

/// Cuts members, which are in time order, into the runs to be read as one; or says why none can be trusted.
fn runs<'m>(captures: &[Capture], members: &'m [Member]) -> Result<Runs<'m>, String> {
    let kind = |m: &Member| (captures[m.index].format, captures[m.index].link);
    if members.windows(2).any(|w| kind(&w[0]) != kind(&w[1])) {
        return Err("their formats or link types differ".into());
    }
    if members.windows(2).any(|w| w[0].time == w[1].time) {
        return Err("two of them begin at the same time".into());
    }
    let rule = members.iter().map(|m| m.name.rule).max().unwrap_or(Rule::Bare);
    match rule {
        Rule::Moment => ascending_moments(members),
        Rule::NumberAndMoment => recordings(members),
        Rule::Behind => numbers_behind(members),
        Rule::BehindPlain => numbers_behind_plain(members),
        Rule::Number => plain_numbers(members),
        Rule::Bare => Err("nothing numbers them".into()),
    }
}

/// Times in the names must ascend as the packets do; where two are equal the numbers behind them decide.
fn ascending_moments(members: &[Member]) -> Result<Runs<'_>, String> {
    let key = |m: &Member| (m.name.moment, m.name.number);
    if members.iter().any(|m| m.name.rule != Rule::Moment) || !members.windows(2).all(|w| key(&w[0]) < key(&w[1])) {
        return Err("their packets are not in the order of the times in their names".into());
    }
    Ok(vec![(members, format!("{} of one rotation by the times in their names", files(members.len())))])
}

/// The numbers must ascend; where one falls back the recorder was started anew, which begins another series.
fn recordings(members: &[Member]) -> Result<Runs<'_>, String> {
    if members.iter().any(|m| m.name.rule != Rule::NumberAndMoment) {
        return Err("some of their names lack the number".into());
    }
    let cut = members.chunk_by(|a, b| a.name.number < b.name.number);
    Ok(cut.map(|run| (run, numbered("a numbered rotation", run))).collect())
}

/// `x.pcap`, `x.pcap1`, ...: the numbers must ascend, or go round once as those of a ring buffer; a missing one ends a series.
fn numbers_behind(members: &[Member]) -> Result<Runs<'_>, String> {
    let number = |m: &Member| m.name.number;
    if members.windows(2).all(|w| number(&w[0]) < number(&w[1])) {
        let cut = members.chunk_by(|a, b| number(a) + 1 == number(b));
        return Ok(cut.map(|run| (run, numbered("a rotation with numbers behind the name", run))).collect());
    }
    // 3 4 0 1 2: step by step but for one fall to 0, as many digits in each, and the first comes next after the last
    // (or next but one: the place written to at the end may have no packet yet).
    let steps = members.windows(2).filter(|w| number(&w[0]) + 1 == number(&w[1])).count();
    let falls = members.windows(2).filter(|w| number(&w[0]) > 0 && number(&w[1]) == 0).count();
    let closed = members.first().zip(members.last()).is_some_and(|(f, l)| matches!(number(f).checked_sub(number(l)), Some(1 | 2)));
    if falls == 1 && steps + falls + 1 == members.len() && closed && written_alike(members) {
        return Ok(vec![(members, format!("{} of one ring buffer, from number {} on", files(members.len()), number(&members[0])))]);
    }
    Err("their packets are not in the order of their numbers".into())
}

/// Whether each has a number, of as many digits.
fn written_alike(members: &[Member]) -> bool {
    let form = |m: &Member| (m.name.rule, m.name.width);
    members[0].name.rule != Rule::Bare && members.iter().all(|m| form(m) == form(&members[0]))
}

/// `trace`, `trace1`, `trace2`: believed if the one without a number is there and none is missing; `trace00`, `trace01`, as
/// `tcpdump -W` counts: if number 0 is there.
fn numbers_behind_plain(members: &[Member]) -> Result<Runs<'_>, String> {
    if written_alike(members) && members[0].name.width > 1 && members.iter().any(|m| m.name.number == 0) {
        return numbers_behind(members);
    }
    if members.iter().zip(0..).all(|(m, expected)| m.name.number == expected) && members[0].name.rule == Rule::Bare {
        return Ok(vec![(members, numbered("a rotation with numbers behind the name", members))]);
    }
    Err("their packets are not in the order of their numbers, or a number is missing".into())
}

/// `x-0001.pcap`: believed if written with leading zeros; a missing number ends a series.
fn plain_numbers(members: &[Member]) -> Result<Runs<'_>, String> {
    let padded = |m: &&Member| m.name.number < 10u64.saturating_pow(m.name.width.saturating_sub(1) as u32);
    if members.iter().any(|m| m.name.rule != Rule::Number || m.name.width != members[0].name.width) {
        return Err("their numbers are not written alike".into());
    }
    if !members.iter().any(|m| padded(&m)) {
        return Err("their numbers are not those of a sequence (no leading zeros)".into());
    }
    if members.windows(2).any(|w| w[0].name.number >= w[1].name.number) {
        return Err("their packets are not in the order of their numbers".into());
    }
    let cut = members.chunk_by(|a, b| a.name.number + 1 == b.name.number);
    Ok(cut.map(|run| (run, numbered("a numbered sequence", run))).collect())
}

fn numbered(what: &str, run: &[Member]) -> String {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return String::new() };
    let (first, last) = (first.name.number, last.name.number);
    if run.len() == 1 {
        return format!("number {first} of {what}, without neighbours");
    }
    let missing = (last - first + 1).saturating_sub(run.len() as u64);
    let gap = if missing > 0 { format!(" ({missing} of the numbers are missing)") } else { String::new() };
    format!("{} of {what}, {first} to {last}{gap}, first packets in ascending order", files(run.len()))
}

pub(super) fn files(count: usize) -> String {
    if count == 1 { "1 file".into() } else { format!("{count} files") }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    /// Captures by name, second of the first packet after 2026-01-01T12:00Z, and link type; `-` has no packet.
    fn captures(lines: &str) -> Vec<Capture> {
        let mut captures: Vec<Capture> = lines
            .split_whitespace()
            .map(|word| {
                let mut parts = word.split('@');
                let (path, second, link) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or("1"));
                Capture {
                    id: format!("c{path}"),
                    path_text: path.to_owned(),
                    source: Source::Path(path.into()),
                    size: Some(1),
                    format: Some(Format::Pcap),
                    compression: None,
                    first_time: second.parse::<i64>().ok().map(|s| Timestamp::from_parts(1_767_268_800 + s, 0)),
                    link: link.parse().ok(),
                    status: Status::Ready,
                    error: None,
                    duplicate_of: None,
                }
            })
            .collect();
        captures.sort_by(|a, b| a.path_text.cmp(&b.path_text));
        captures
    }

    /// Series as paths joined by `+`, in order.
    fn check(mode: Mode, lines: &str, expected: &str) {
        grouped(mode, false, lines, expected);
    }

    /// The same where files are merged by time: a series in brackets is.
    fn check_by_time(lines: &str, expected: &str) {
        grouped(Mode::Auto, true, lines, expected);
    }

    fn grouped(mode: Mode, by_time: bool, lines: &str, expected: &str) {
        let captures = captures(lines);
        let series = group(&captures, mode, by_time);
        let shown = series.iter().map(|s| (s, s.captures.iter().map(|&i| captures[i].path_text.as_str()).collect::<Vec<_>>().join("+")));
        let shown: Vec<String> = shown.map(|(s, names)| if s.by_time { format!("[{names}]") } else { names }).collect();
        assert_eq!(shown.join(" "), expected, "{:?}", series.iter().map(|s| &s.reason).collect::<Vec<_>>());
    }

    #[test]
    fn none_and_all() {
        check(Mode::None, "x.pcap@0 x.pcap1@10", "x.pcap x.pcap1");
        check(Mode::All, "a@30 b@10 c@- d@20 e@10@101", "b+e+d+a+c");
        check(Mode::All, "", "");
    }

    #[test]
    fn tcpdump_by_size() {
        check(Mode::Auto, "x.pcap@0 x.pcap1@10 x.pcap2@20 y.pcap@0", "x.pcap+x.pcap1+x.pcap2 y.pcap");
        check(Mode::Auto, "x.pcap8@0 x.pcap9@10 x.pcap10@20 x.pcap11@30", "x.pcap8+x.pcap9+x.pcap10+x.pcap11");
        check(Mode::Auto, "trace@0 trace1@10 trace2@20", "trace+trace1+trace2");
        check(Mode::Auto, "trace1@10 trace2@20", "trace1 trace2");
        check(Mode::Auto, "trace00@0 trace01@10 trace02@20", "trace00+trace01+trace02");
        check(Mode::Auto, "trace01@0 trace02@10", "trace01 trace02");
        check(Mode::Auto, "a/x.pcap@0 b/x.pcap1@10", "a/x.pcap b/x.pcap1");
        check(Mode::Auto, "x.pcap.gz@0 x.pcap1.gz@10 x.pcap2@20", "x.pcap.gz+x.pcap1.gz+x.pcap2");
    }

    #[test]
    fn a_missing_number_ends_a_series() {
        check(Mode::Auto, "x.pcap@0 x.pcap1@10 x.pcap3@30 x.pcap4@40", "x.pcap+x.pcap1 x.pcap3+x.pcap4");
        check(Mode::Auto, "n-0001.pcap@1 n-0002.pcap@2 n-0005.pcap@5", "n-0001.pcap+n-0002.pcap n-0005.pcap");
    }

    #[test]
    fn rings_go_round_once() {
        check(Mode::Auto, "x.pcap0@30 x.pcap1@40 x.pcap2@50 x.pcap3@10 x.pcap4@20", "x.pcap3+x.pcap4+x.pcap0+x.pcap1+x.pcap2");
        // The place being written to has no packet yet.
        check(Mode::Auto, "x.pcap0@30 x.pcap1@40 x.pcap2@- x.pcap3@10 x.pcap4@20", "x.pcap3+x.pcap4+x.pcap0+x.pcap1 x.pcap2");
        check(Mode::Auto, "x.pcap00@30 x.pcap01@10 x.pcap02@20", "x.pcap01+x.pcap02+x.pcap00");
        check(Mode::Auto, "trace00@30 trace01@10 trace02@20", "trace01+trace02+trace00");
        check(Mode::Auto, "x.pcap@30 x.pcap1@10 x.pcap2@20", "x.pcap x.pcap1 x.pcap2");
        check(Mode::Auto, "x.pcap0@10 x.pcap1@30 x.pcap2@20", "x.pcap0 x.pcap1 x.pcap2");
        check(Mode::Auto, "x.pcap1@10 x.pcap2@20 x.pcap3@0", "x.pcap1 x.pcap2 x.pcap3");
    }

    #[test]
    fn times_in_names() {
        check(Mode::Auto, "x-12:00.pcap@0 x-12:10.pcap@600", "x-12:00.pcap x-12:10.pcap");
        check(
            Mode::Auto,
            "x-20260101_120000.pcap@1 x-20260101_121000.pcap@601 y-20260101_121000.pcap@601",
            "x-20260101_120000.pcap+x-20260101_121000.pcap y-20260101_121000.pcap",
        );
        check(Mode::Auto, "x-20260101_120000.pcap@601 x-20260101_121000.pcap@1", "x-20260101_120000.pcap x-20260101_121000.pcap");
        check(Mode::Auto, "x-20260101.pcap@0 x-20260101.pcap1@9 x-20260102.pcap@80000", "x-20260101.pcap+x-20260101.pcap1+x-20260102.pcap");
        check(Mode::Auto, "log.pcap.1767268800@0 log.pcap.1767268900@100", "log.pcap.1767268800+log.pcap.1767268900");
        check(Mode::Auto, "dump-1767268800.pcap@0 dump-1767268900.pcap@100", "dump-1767268800.pcap+dump-1767268900.pcap");
        check(Mode::Auto, "eth1767268800.pcap@0 eth1767268900.pcap@100", "eth1767268800.pcap+eth1767268900.pcap");
        check(Mode::Auto, "log.pcap.1767268800.lz4@0 log.pcap.1767268900@100", "log.pcap.1767268800.lz4+log.pcap.1767268900");
        check(Mode::Auto, "n-260101-00000042.pcap@0 n-260101-00000043.pcap@9", "n-260101-00000042.pcap+n-260101-00000043.pcap");
        check(Mode::Auto, "1767268800000000@0 1767268900000000@100", "1767268800000000+1767268900000000");
    }

    #[test]
    fn dumpcap_rings_and_restarts() {
        check(
            Mode::Auto,
            "x_00007_20260101120000.pcapng@0 x_00008_20260101120500.pcapng@300 x_00010_20260101121500.pcapng@900",
            "x_00007_20260101120000.pcapng+x_00008_20260101120500.pcapng+x_00010_20260101121500.pcapng",
        );
        check(
            Mode::Auto,
            "x_00002_20260101120000.pcapng@0 x_00003_20260101120500.pcapng@300 x_00001_20260101130000.pcapng@3600",
            "x_00001_20260101130000.pcapng x_00002_20260101120000.pcapng+x_00003_20260101120500.pcapng",
        );
    }

    #[test]
    fn directions_are_merged_by_time_where_asked() {
        check(Mode::Auto, "x-in.pcap@0 x-out.pcap@1", "x-in.pcap x-out.pcap");
        check_by_time("x-in.pcap@1 x-out.pcap@0 y-in.pcap@0 z.pcap@0", "[x-out.pcap+x-in.pcap] y-in.pcap z.pcap");
        check_by_time("x.RX.pcap@0 x.TX.pcap@0", "[x.RX.pcap+x.TX.pcap]");
        check_by_time("client.pcap@0 server.pcap@5 inner.pcap@0", "[client.pcap+server.pcap] inner.pcap");
        // In two folders, of two link types, on two days: two vantage points, for all that is known.
        check_by_time("1/x-in.pcap@0 2/x-out.pcap@0", "1/x-in.pcap 2/x-out.pcap");
        check_by_time("x-in.pcap@0@1 x-out.pcap@0@101", "x-in.pcap x-out.pcap");
        check_by_time("x-in.pcap@0 x-out.pcap@3601", "x-in.pcap x-out.pcap");
        check_by_time("x-in.pcap@0 x-in.pcap1@3000 x-out.pcap@3601", "[x-in.pcap+x-in.pcap1+x-out.pcap]");
        // Two lines, each with two directions: the word decides before the letter.
        check_by_time("a-in.pcap@0 a-out.pcap@1 b-in.pcap@2 b-out.pcap@3", "[a-in.pcap+a-out.pcap] [b-in.pcap+b-out.pcap]");
        check_by_time("a.pcap@0 b.pcap@1 c.pcap@2", "[a.pcap+b.pcap] c.pcap");
    }

    #[test]
    fn rotations_of_each_direction_are_merged_by_time() {
        check_by_time("x-in.pcap@0 x-in.pcap1@10 x-out.pcap@1 x-out.pcap1@9", "[x-in.pcap+x-out.pcap+x-out.pcap1+x-in.pcap1]");
        check_by_time(
            "in-20260101_120000.pcap@1 in-20260101_121000.pcap@601 out-20260101_120000.pcap@2 out-20260101_121000.pcap@602",
            "[in-20260101_120000.pcap+out-20260101_120000.pcap+in-20260101_121000.pcap+out-20260101_121000.pcap]",
        );
        check_by_time("x.pcap@0 x.pcap1@10 y.pcap@0", "[x.pcap+x.pcap1] y.pcap");
    }

    #[test]
    fn interfaces_and_rings_are_merged_by_time() {
        check_by_time("eth0.pcap@0 eth1.pcap@1 eth2.pcap@2", "[eth0.pcap+eth1.pcap+eth2.pcap]");
        check_by_time("eth1.pcap@1 eth3.pcap@2", "eth1.pcap eth3.pcap");
        check_by_time("x.pcap0@0 x.pcap1@0", "[x.pcap0+x.pcap1]");
        check_by_time("log.pcap.1.1767268800@0 log.pcap.2.1767268800@1", "[log.pcap.1.1767268800+log.pcap.2.1767268800]");
        check_by_time("10.0.0.1.pcap@0 10.0.0.2.pcap@1 tls12.pcap@0 tls13.pcap@1", "10.0.0.1.pcap 10.0.0.2.pcap tls12.pcap tls13.pcap");
        check_by_time("http-200.pcap@0 http-201.pcap@1 x.pcap@0 x.pcap.gz@0", "http-200.pcap http-201.pcap x.pcap x.pcap.gz");
    }

    #[test]
    fn what_is_in_doubt_stays_apart() {
        check(Mode::Auto, "x.pcap@0@1 x.pcap1@10@101", "x.pcap x.pcap1");
        check(Mode::Auto, "x.pcap@0 x.pcap1@0", "x.pcap x.pcap1");
        check(Mode::Auto, "x.pcap@0 x.pcap0@5 x.pcap1@10", "x.pcap x.pcap0 x.pcap1");
        check(Mode::Auto, "http-200.pcap@0 http-201.pcap@1", "http-200.pcap http-201.pcap");
        check(Mode::Auto, "n-001.pcap@9 n-002.pcap@2", "n-001.pcap n-002.pcap");
        check(Mode::Auto, "test001.pcap@0 test002.pcap@1", "test001.pcap test002.pcap");
        check(Mode::Auto, "tls12.pcap@0 tls13.pcap@1", "tls12.pcap tls13.pcap");
        check(Mode::Auto, "10.0.0.1.pcap@0 10.0.0.2.pcap@1", "10.0.0.1.pcap 10.0.0.2.pcap");
    }

    #[test]
    fn ids_depend_on_the_captures_and_their_order() {
        let captures = captures("x.pcap@0 x.pcap1@10");
        let id = |order: Vec<usize>| make(&captures, order, String::new()).id;
        assert_eq!(id(vec![0, 1]).len(), 13);
        assert_ne!(id(vec![0, 1]), id(vec![1, 0]));
        assert_ne!(id(vec![0, 1]), id(vec![0]));
    }
}
