//! Series that are to be merged by packet time: recordings whose directions, interfaces or rings have files of their own.
//!
//! ```text
//!  x-in.pcap  x-in.pcap1  x-in.pcap2        one rotation  ┐
//!  x-out.pcap  x-out.pcap1                  another one   ┴ one series: the names differ in a word for the direction
//!  eth0.pcap  eth1.pcap  eth2.pcap          one series: numbers from 0 or 1 on, none missing
//!  y.pcap0  y.pcap1 (begin at the same time)                 one series: a rotation but for its order
//! ```
//!
//! This is done only where it was asked for, and only in one folder, for one link type, and where each begins at most an
//! hour ([`NEAR`]) after the first packet of a file of another.

use super::name::{Rule, rotation};
use super::series::{files, make};
use super::{Capture, Series, Source};
use crate::time::{SECOND, Timestamp};
use std::collections::BTreeMap;

/// How long after the latest known beginning of one the other may begin.
const NEAR: i64 = 3600 * SECOND;

/// Words for the two directions of a line, or for its two ends.
const DIRECTIONS: [[&str; 2]; 24] = [
    ["in", "out"],
    ["inbound", "outbound"],
    ["ingress", "egress"],
    ["incoming", "outgoing"],
    ["input", "output"],
    ["rx", "tx"],
    ["receive", "transmit"],
    ["received", "sent"],
    ["recv", "send"],
    ["up", "down"],
    ["uplink", "downlink"],
    ["upstream", "downstream"],
    ["ul", "dl"],
    ["left", "right"],
    ["east", "west"],
    ["north", "south"],
    ["client", "server"],
    ["c2s", "s2c"],
    ["request", "response"],
    ["src", "dst"],
    ["to", "from"],
    ["forward", "reverse"],
    ["fwd", "rev"],
    ["a", "b"],
];

/// Captures that are one series already, and what their names have in common.
struct Set {
    series: Series,
    folder: String,
    stem: String,
    rule: Rule,
    link: Option<u16>,
    /// Whether it was joined from several by a part of their names: that is done once.
    joined: bool,
    /// When its first and its last file begin.
    begins: (Timestamp, Timestamp),
}

/// Folder, name, link type.
type Kind = (String, String, Option<u16>);

/// Puts series together that lie side by side in time; all of several files are merged by time afterwards.
pub(super) fn side_by_side(captures: &[Capture], series: Vec<Series>) -> Vec<Series> {
    let mut done = Vec::new();
    let mut sets = Vec::new();
    for series in series {
        match set(captures, series) {
            Ok(set) => sets.push(set),
            Err(series) => done.push(series),
        }
    }
    sets.sort_by_key(|set| set.series.captures.iter().min().copied());
    let one_name = |set: &Set| matches!(set.rule, Rule::Behind | Rule::Moment | Rule::NumberAndMoment).then(|| (set.stem.clone(), 0));
    join(captures, &mut sets, one_name, |numbers| numbers.len() > 1, "begin side by side under one name");
    sets.iter_mut().for_each(|set| set.joined = false);
    for [one, other] in DIRECTIONS {
        let side = |set: &Set| word(&set.stem, [one, other]);
        join(captures, &mut sets, side, |sides| sides == [0, 1], &format!("of two directions by their names ({one}, {other})"));
    }
    let from_start = |numbers: &[u32]| numbers.len() > 1 && numbers[0] < 2 && numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    join(captures, &mut sets, |set| number(&set.stem), from_start, "of several interfaces or rings by the numbers in their names");
    for Set { mut series, .. } in sets {
        if series.captures.len() > 1 && !series.by_time {
            series.by_time = true;
            series.reason += "; merged by time";
        }
        done.push(series);
    }
    done
}

fn set(captures: &[Capture], series: Series) -> Result<Set, Series> {
    let first = series.captures.first().map(|index| &captures[*index]);
    let Some((capture, time)) = first.and_then(|capture| Some((capture, capture.first_time?))) else { return Err(series) };
    // Members of a compressed archive can only be read one after another.
    if matches!(capture.source, Source::Stdin(_)) || capture.packing().is_some() {
        return Err(series);
    }
    let (folder, name) = capture.path_text.rsplit_once('/').unwrap_or(("", &capture.path_text));
    let name = rotation(name, time);
    let last = series.captures.iter().filter_map(|index| captures[*index].first_time).max().unwrap_or(time);
    // The first file of a rotation by size has no number: what the set is, its last name says.
    let rule =
        series.captures.iter().map(|index| &captures[*index].path_text).map(|path| rotation(path, time).rule).max().unwrap_or(name.rule);
    Ok(Set { folder: folder.to_owned(), stem: name.stem, rule, link: capture.link, joined: false, begins: (time, last), series })
}

/// Joins the sets that `kind` gives one name, if their numbers are as they should be and they are near in time.
fn join(captures: &[Capture], sets: &mut Vec<Set>, kind: impl Fn(&Set) -> Option<(String, u32)>, fits: impl Fn(&[u32]) -> bool, why: &str) {
    let mut groups: BTreeMap<Kind, Vec<(u32, usize)>> = BTreeMap::new();
    for (at, set) in sets.iter().enumerate() {
        if let Some((name, number)) = kind(set).filter(|_| !set.joined) {
            groups.entry((set.folder.clone(), name, set.link)).or_default().push((number, at));
        }
    }
    let mut gone = vec![false; sets.len()];
    for mut members in groups.into_values() {
        members.sort_unstable();
        let numbers: Vec<u32> = members.iter().map(|(number, _)| *number).collect();
        let indices: Vec<usize> = members.into_iter().map(|(_, at)| at).collect();
        if !fits(&numbers) || !near(indices.iter().map(|at| sets[*at].begins).collect()) {
            continue;
        }
        let mut order: Vec<usize> = indices.iter().flat_map(|at| sets[*at].series.captures.iter().copied()).collect();
        order.sort_by_key(|index| (captures[*index].first_time.is_none(), captures[*index].first_time, *index));
        let reason = format!("{} {why}; merged by time", files(order.len()));
        let begins = indices.iter().map(|at| sets[*at].begins).fold(sets[indices[0]].begins, |a, b| (a.0.min(b.0), a.1.max(b.1)));
        for at in &indices[1..] {
            gone[*at] = true;
        }
        let set = &mut sets[indices[0]];
        set.series = make(captures, order, reason);
        set.series.by_time = true;
        (set.begins, set.joined) = (begins, true);
    }
    let mut at = 0;
    sets.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
}

/// Whether each begins before, or soon after, the last known packet of those before it.
fn near(mut begins: Vec<(Timestamp, Timestamp)>) -> bool {
    begins.sort_unstable();
    let mut known = begins.first().map_or(Timestamp(0), |(_, last)| *last);
    begins.iter().all(|(first, last)| {
        let near = first.since(known).0 <= NEAR;
        known = known.max(*last);
        near
    })
}

/// The name without a word for a direction, and which of the two it was.
fn word(stem: &str, words: [&str; 2]) -> Option<(String, u32)> {
    tokens(stem).find_map(|(start, end)| {
        let side = words.iter().position(|word| stem[start..end].eq_ignore_ascii_case(word))?;
        Some((format!("{}\u{1}{}", &stem[..start], &stem[end..]), side as u32))
    })
}

/// The name without its last number of one or two digits that stands alone or behind letters, and the number. Not `10.0.0.1`.
fn number(stem: &str) -> Option<(String, u32)> {
    let found = tokens(stem).filter_map(|(start, end)| {
        let letters = stem[start..end].trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (digits, before) = (&stem[start + letters..end], &stem[..start]);
        let dotted = letters == 0 && before.strip_suffix('.').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
        let plain = (1..=2).contains(&digits.len()) && (digits.len() == 1 || !digits.starts_with('0'));
        (plain && !dotted).then_some((start + letters, end, digits.parse().ok()?))
    });
    found.last().map(|(start, end, number)| (format!("{}\u{1}{}", &stem[..start], &stem[end..]), number))
}

/// Runs of ASCII letters and digits, from and to.
fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let part = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let starts = (0..bytes.len()).filter(move |at| part(*at) && !(*at > 0 && part(at - 1)));
    starts.map(move |start| (start, (start..).find(|at| !part(*at)).unwrap_or(bytes.len())))
}
