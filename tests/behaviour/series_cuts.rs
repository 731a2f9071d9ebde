//! A capture cut at every packet into two files of one series gives what the uncut capture gives.
//!
//! What may differ is only what says where a packet lies:
//!
//! - ids of captures, series and flows, and `wireshark_filter`, which are made of them;
//! - frame numbers, which begin anew in the second file: a frame above the cut is less by the packets of the first;
//! - `stream`, which counts the connections of the capture in which the flow starts;
//! - `captures`, 2 where the flow has packets on both sides of the cut.

use crate::support::capture::File;
use crate::support::{Folder, Line, Table, captures_of, sample_names, scan};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tlscensus::archive::{Request, SeriesMode, archive_from};
use tlscensus::census::findings::Rules;
use tlscensus::progress::{Mode, Progress};
use tlscensus::report::Layout;
use tlscensus::row::Style;
use tlscensus::run::{Options, run, write_rows};

const PLACES: [&str; 8] =
    ["flow_id", "capture_id", "first_capture_id", "last_capture_id", "series_id", "wireshark_filter", "stream", "captures"];
const FRAMES: [&str; 2] = ["first_frame", "last_frame"];

#[test]
fn every_cut_of_every_sample() {
    let mut cuts = 0;
    for sample in sample_names().iter().filter(|name| *name != "rotated") {
        cuts += check(sample, &File::read(&captures_of(sample)[0]));
    }
    assert!(cuts > 1000, "{cuts}");
}

/// The recording that the sample `rotated` was cut from, put together again and cut anywhere else.
#[test]
fn every_cut_of_a_recording_with_flows_side_by_side() {
    let parts: Vec<File> = captures_of("rotated").iter().map(|path| File::read(path)).collect();
    let mut whole = parts[0].header().to_vec();
    for part in &parts {
        whole.extend(&part.bytes[part.header().len()..]);
    }
    let folder = Folder::new();
    let file = File::read(&folder.write("whole.pcap", &whole));
    assert_eq!(file.packets.len(), 71 + 37 + 52 + 130);
    assert_eq!(check("rotated", &file), 73);
}

#[test]
fn the_command_line_joins_them_too() {
    let file = File::read(&captures_of("tls12-ecdhe-rsa")[0]);
    let folder = Folder::new();
    folder.write("whole/x.pcap", &file.bytes);
    // Names that say nothing, in the wrong order.
    folder.write("parts/b.pcap", &file.part(0, 9));
    folder.write("parts/a.pcap", &file.part(9, file.packets.len()));
    for name in ["whole", "parts"] {
        scan(&folder.at(format!("{name}-out")), [folder.at(name).as_os_str(), "--series".as_ref(), "all".as_ref()]);
    }
    let (whole, parts) = (folder.at("whole-out"), folder.at("parts-out"));
    compare("command line", &whole, &parts, 9);
}

/// Cuts a file at every packet, or at every few where it is long; gives the number of cuts.
fn check(name: &str, file: &File) -> usize {
    let folder = Folder::new();
    let count = file.packets.len();
    let step = count.div_ceil(100).max(1);
    folder.write("whole/x.pcap", &file.bytes);
    analyze(&folder.at("whole"), &folder.at("whole-out"), false);
    let cuts: Vec<usize> = (1..count).step_by(step.max(if count > 200 { 4 } else { 1 })).collect();
    for at in &cuts {
        folder.write(format!("parts/{at:04}/1.pcap"), &file.part(0, *at));
        folder.write(format!("parts/{at:04}/2.pcap"), &file.part(*at, count));
    }
    // All cuts in one run: a series for each.
    analyze(&folder.at("parts"), &folder.at("parts-out"), true);
    let (whole, parts) = (Results::read(&folder.at("whole-out")), Results::read(&folder.at("parts-out")));
    let mut flows = parts.flows.lines();
    let messages = parts.messages.by("flow_id");
    for at in &cuts {
        compare_cut(&format!("{name} at {at}"), &whole, &mut flows, &messages, *at);
    }
    assert_eq!(flows.count(), 0, "{name}: flows left over");
    cuts.len()
}

/// Runs all stages over a folder; with `pairs` the files of each folder below it are one series.
fn analyze(input: &Path, out: &Path, pairs: bool) {
    let request = Request { paths: vec![input.to_owned()], series: SeriesMode::None, ..Request::default() };
    let mut archive = archive_from(&request, &mut std::io::empty()).unwrap();
    assert!(archive.captures.iter().all(|capture| capture.error.is_none() && capture.duplicate_of.is_none()));
    if pairs {
        let (first, second): (Vec<_>, Vec<_>) = archive.series.drain(..).enumerate().partition(|(at, _)| at % 2 == 0);
        for ((_, mut series), (_, next)) in first.into_iter().zip(second) {
            series.captures.extend(next.captures);
            archive.series.push(series);
        }
    }
    fs::create_dir_all(out).unwrap();
    let progress = Progress::new(Mode::None, 0, 0);
    let rules = Rules::default();
    let options = Options { style: Style::default(), rules: &rules, mask: None, period: Default::default(), memory: Default::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let found = pool.install(|| run(&archive, options, out, &progress, &AtomicBool::new(false))).unwrap();
    assert!(found.captures.iter().all(|capture| capture.status == "ok"));
    write_rows(out, found.store, &found.collected, &Layout { bom: false, ..Layout::default() }).unwrap();
}

struct Results {
    flows: Table,
    messages: Table,
}

impl Results {
    fn read(out: &Path) -> Results {
        Results { flows: Table::read(out, "flows"), messages: Table::read(out, "messages") }
    }
}

fn compare(context: &str, whole: &Path, parts: &Path, at: usize) {
    let (whole, parts) = (Results::read(whole), Results::read(parts));
    // By capture path the second file comes first here: put the flows into the order of their starts.
    let mut flows: Vec<Line> = parts.flows.lines().collect();
    flows.sort_by_key(|flow| flow.get("first_utc"));
    compare_cut(context, &whole, &mut flows.into_iter(), &parts.messages.by("flow_id"), at);
}

/// Compares the flows of the whole with the next ones of the parts.
fn compare_cut<'t>(
    context: &str,
    whole: &Results,
    flows: &mut impl Iterator<Item = Line<'t>>,
    messages: &HashMap<&str, Vec<Line<'t>>>,
    at: usize,
) {
    let place = |frame: u64| if frame <= at as u64 { frame } else { frame - at as u64 };
    let expected = whole.messages.by("flow_id");
    for flow in whole.flows.lines() {
        let ours = flows.next().unwrap_or_else(|| panic!("{context}: a flow is missing"));
        let crosses = flow.number("first_frame") <= at as u64 && flow.number("last_frame") > at as u64;
        assert_eq!(ours.number("captures"), 1 + u64::from(crosses), "{context}");
        if flow.number("first_frame") <= at as u64 {
            assert_eq!(flow["stream"], ours["stream"], "{context}");
        }
        same(context, flow, ours, place);
        let (expected, own) = (&expected[&flow["flow_id"]], &messages[&ours["flow_id"]]);
        assert_eq!(expected.len(), own.len(), "{context}: messages");
        for (message, ours) in expected.iter().zip(own) {
            same(context, *message, *ours, place);
        }
    }
}

/// Compares two lines cell by cell.
fn same(context: &str, whole: Line, part: Line, place: impl Fn(u64) -> u64) {
    for column in whole.columns().filter(|column| !PLACES.contains(column)) {
        if FRAMES.contains(&column) {
            assert_eq!(place(whole.number(column)), part.number(column), "{context}: {column}");
        } else {
            assert_eq!(whole.get(column), part.get(column), "{context}: {column}");
        }
    }
}
