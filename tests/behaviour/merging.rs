//! A recording cut into many files, by time or by direction, gives what the whole recording gives.
//!
//! ```text
//!  whole      1 2 3 4 5 6 7 8 9 ...
//!  rotated    1 2 3|4 5 6|7 8 9|         read file after file
//!  directions 1   3|4    |  8 9|         read by packet time
//!               2  |  5 6|7    |
//! ```
//! What may differ says where a packet lies: ids, file names, frame numbers, and `stream`, which counts the connections of
//! one capture. All of these are known from how the recording was cut, and are compared with that.

use crate::support::capture::{File, Packet, pcap};
use crate::support::datagrams::{DTLS12, Datagrams};
use crate::support::talk::{FIN, From, Talk, certificate, client_hello, finish, record, records, server_flight, server_name};
use crate::support::{Folder, Line, Table, captures_of, sample_names, scan};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

/// Cells that are made of ids, and those that are compared with the cut.
const PLACES: [&str; 10] = [
    "flow_id",
    "capture_id",
    "series_id",
    "wireshark_filter",
    "stream",
    "captures",
    "first_frame",
    "last_frame",
    "first_capture_id",
    "last_capture_id",
];

/// A TLS 1.2 connection that serves `bytes` of data, acknowledged every two segments.
fn download(port: u16, begins: i64, step: i64, bytes: usize) -> Vec<Packet> {
    let mut talk = Talk::midway([port, 443]);
    (talk.time.0, talk.step) = (talk.time.0 + begins, step);
    let (isn, peer) = (u32::from(port) * 7, u32::from(port) * 11);
    talk.packet(From::Client, 2, isn, 0, b"");
    talk.packet(From::Server, 0x12, peer, isn + 1, b"");
    talk.next = [isn + 1, peer + 1];
    talk.flag(From::Client, 0);
    talk.send(From::Client, &record(22, &client_hello(&[server_name(b"down.example")])));
    talk.send(From::Server, &records(22, 4000, &server_flight(certificate(&[1300, 1100])).concat()));
    talk.send(From::Client, &finish(From::Client));
    talk.send(From::Server, &finish(From::Server));
    talk.send(From::Client, &record(23, &[1; 90]));
    for part in records(23, 16_000, &vec![2; bytes]).chunks(2920) {
        talk.send(From::Server, part);
        talk.flag(From::Client, 0);
    }
    talk.flag(From::Server, FIN);
    talk.flag(From::Client, FIN);
    talk.flag(From::Server, 0);
    talk.packets
}

/// One long download; handshakes begin before it, at its end, and all along; in the order of their times.
fn recording() -> Vec<Packet> {
    let mut packets = download(40_000, 0, 1_000_000, 1_200_000);
    let end = packets.last().unwrap().time.0 - packets[0].time.0;
    for number in 0..60u16 {
        let begins = end * i64::from(number) / 59 - 4_000_000;
        packets.extend(download(41_000 + number, begins, 710_003 + i64::from(number), 3000));
    }
    packets.sort_by_key(|packet| packet.time);
    packets
}

fn from_client(packet: &Packet) -> bool {
    packet.bytes[29] == 1
}

fn port(packet: &Packet) -> u16 {
    let at = if from_client(packet) { 34 } else { 36 };
    u16::from_be_bytes([packet.bytes[at], packet.bytes[at + 1]])
}

/// Where each packet of the whole recording lies: name of its file, and frame in it.
struct Cut<'p> {
    packets: &'p [Packet],
    places: Vec<(String, u64)>,
}

impl<'p> Cut<'p> {
    /// Puts each packet, by its number from 0, into the file of a name.
    fn new(packets: &'p [Packet], name: impl Fn(usize, &Packet) -> String) -> Self {
        let mut counts: HashMap<String, u64> = HashMap::new();
        let place = |(at, packet)| {
            let name = name(at, packet);
            let count = counts.entry(name.clone()).or_default();
            *count += 1;
            (name, *count)
        };
        Cut { packets, places: packets.iter().enumerate().map(place).collect() }
    }

    fn files(&self) -> BTreeSet<&str> {
        self.places.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Writes the files; gives their paths in an order that is none.
    fn write(&self, folder: &Folder) -> Vec<PathBuf> {
        let write = |name: &&str| {
            let own = self.places.iter().zip(self.packets).filter(|((file, _), _)| file == name);
            folder.write(format!("cut/{name}"), &pcap(&own.map(|(_, packet)| packet.clone()).collect::<Vec<_>>()))
        };
        let mut paths: Vec<PathBuf> = self.files().iter().map(write).collect();
        paths.sort_by_key(|path| path.to_string_lossy().bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte)));
        paths
    }

    /// The rank of the connection of packet `at` among those of its file.
    fn stream(&self, at: usize) -> usize {
        let before = self.places.iter().zip(self.packets).take(at).filter(|((file, _), _)| *file == self.places[at].0);
        before.map(|(_, packet)| port(packet)).collect::<BTreeSet<_>>().len()
    }
}

/// Scans the whole recording and its cut with these options, and compares; gives the result of the cut.
fn check(folder: &Folder, cut: &Cut, options: &[&str]) -> PathBuf {
    let whole = folder.write("whole/x.pcap", &pcap(cut.packets));
    let (out, whole_out) = (folder.at("cut-out"), folder.at("whole-out"));
    scan(&whole_out, [whole.as_os_str(), "-f".as_ref()]);
    let mut arguments: Vec<std::ffi::OsString> = cut.write(folder).into_iter().map(Into::into).collect();
    arguments.extend(options.iter().chain(&["-f"]).map(Into::into));
    scan(&out, &arguments);
    compare(&whole_out, &out, cut);
    out
}

fn compare(whole: &std::path::Path, out: &std::path::Path, cut: &Cut) {
    let captures = Table::read(out, "captures");
    let names: HashMap<&str, &str> = captures.lines().map(|line| (line.get("capture_id"), line.get("path"))).collect();
    assert_eq!(names.len(), cut.files().len());
    let [whole_flows, flows] = [whole, out].map(|out| Table::read(out, "flows"));
    let [whole_messages, messages] = [whole, out].map(|out| Table::read(out, "messages"));
    let (expected_messages, messages) = (whole_messages.by("flow_id"), messages.by("flow_id"));
    let ours = flows.by("client_port");
    assert_eq!(ours.len(), flows.lines().count(), "a flow is in pieces");
    assert_eq!(whole_flows.lines().count(), ours.len());
    for flow in whole_flows.lines() {
        let ours = ours[flow.get("client_port")][0];
        let files: BTreeSet<&str> = cut
            .places
            .iter()
            .zip(cut.packets)
            .filter(|(_, p)| port(p).to_string() == flow["client_port"])
            .map(|((f, _), _)| &f[..])
            .collect();
        assert_eq!(ours.number("captures"), files.len() as u64, "{}", &flow["client_port"]);
        assert_eq!(ours.number("stream"), cut.stream(flow.number("first_frame") as usize - 1) as u64);
        let place = |line: Line, frame: u64, column: &str, id: &str| {
            let (name, expected) = &cut.places[frame as usize - 1];
            assert_eq!((names[id], line.number(column)), (name.as_str(), *expected), "{column} of {}", &flow["client_port"]);
        };
        place(ours, flow.number("first_frame"), "first_frame", &ours["capture_id"]);
        let last = if ours["last_capture_id"].is_empty() { "capture_id" } else { "last_capture_id" };
        place(ours, flow.number("last_frame"), "last_frame", &ours[last]);
        same(flow, ours);
        let (expected, own) = (&expected_messages[&flow["flow_id"]], &messages[&ours["flow_id"]]);
        assert_eq!(expected.len(), own.len());
        for (message, own) in expected.iter().zip(own) {
            for (column, id) in [("first_frame", "first_capture_id"), ("last_frame", "last_capture_id")] {
                let id = if own[id].is_empty() { &ours["capture_id"] } else { &own[id] };
                place(*own, message.number(column), column, id);
            }
            same(*message, *own);
        }
    }
}

fn same(whole: Line, part: Line) {
    for column in whole.columns().filter(|column| !PLACES.contains(column)) {
        assert_eq!(whole.get(column), part.get(column), "{column} of {}", &whole["flow_id"]);
    }
}

/// The name of file `part` of a rotation by size: `x.pcap`, `x.pcap1`, ...
fn rotated(stem: &str, part: usize) -> String {
    if part == 0 { format!("{stem}.pcap") } else { format!("{stem}.pcap{part}") }
}

#[test]
fn fifty_files_by_size() {
    let packets = recording();
    let size = packets.len().div_ceil(50);
    let cut = Cut::new(&packets, |at, _| rotated("x", at / size));
    assert_eq!(cut.files().len(), 50);
    let folder = Folder::new();
    let out = check(&folder, &cut, &[]);
    let long = Table::read(&out, "flows").by("client_port")["40000"][0].number("captures");
    assert!(long >= 45, "{long}");
}

/// As `tcpdump -G` names them: 2023-11-14 22:13:20 is when the recording begins.
#[test]
fn fifty_files_by_time() {
    let packets = recording();
    let size = packets.len().div_ceil(50);
    check(&Folder::new(), &Cut::new(&packets, |at, _| format!("x-20231114_2214{:02}.pcap", at / size)), &[]);
}

/// Each direction in a file of its own.
#[test]
fn two_directions() {
    let packets = recording();
    let cut = Cut::new(&packets, |_, packet| format!("x-{}.pcap", direction(packet)));
    check_by_time(&cut, &["--merge-time"]);
}

/// Each direction in fifty files of its own, which are not rotated at the same time.
#[test]
fn two_directions_of_fifty_files() {
    let packets = recording();
    let counts = std::cell::Cell::new([0; 2]);
    let size = packets.len().div_ceil(100);
    let cut = Cut::new(&packets, |_, packet| {
        let mut seen = counts.get();
        let count = &mut seen[usize::from(from_client(packet))];
        *count += 1;
        let part = (*count - 1) / size;
        counts.set(seen);
        rotated(&format!("x-{}", direction(packet)), part)
    });
    assert!(cut.files().len() > 90);
    check_by_time(&cut, &["--merge-time"]);
}

/// Packets spread over seven files whose names say nothing, and every second that are open at the same time.
#[test]
fn any_files_that_are_asked_for() {
    let packets = recording();
    check_by_time(&Cut::new(&packets, |at, packet| format!("{}.pcap", (at / 31 * 5 + usize::from(packet.bytes[37])) % 7)), &ALL);
}

/// More files side by side than are opened: those that wait are a loss, and nothing hangs.
#[test]
fn more_files_than_may_be_open() {
    let packets = recording();
    let folder = Folder::new();
    let cut = Cut::new(&packets, |at, _| format!("{}.pcap", at % 70));
    let out = folder.at("out");
    scan(&out, cut.write(&folder).iter().map(|path| path.as_os_str()).chain(ALL.map(AsRef::as_ref)));
    let losses = Table::read(&out, "losses");
    let late: Vec<Line> = losses.lines().filter(|line| &line["reason"] == "merged_late").collect();
    assert_eq!((late.len(), late[0].number("count")), (1, 6));
    let read: u64 = Table::read(&out, "captures").lines().map(|line| line.number("packets")).sum();
    assert_eq!(read, packets.len() as u64);
}

/// A clock that ticks every 5 ms: of packets with equal times those of the first path come first, and a file's own order stays.
#[test]
fn equal_times() {
    let mut packets = recording();
    packets.iter_mut().for_each(|packet| packet.time.0 -= packet.time.0 % 5_000_000);
    packets.sort_by_key(|packet| (packet.time, direction(packet)));
    check_by_time(&Cut::new(&packets, |_, packet| format!("x-{}.pcap", direction(packet))), &["--merge-time"]);
}

/// Every sample of one link type, its packets dealt out to three files: fragments, tunnels and holes find together too.
#[test]
fn samples_dealt_out() {
    let mut compared = 0;
    for sample in sample_names() {
        let mut packets: Vec<Packet> = captures_of(&sample).iter().flat_map(|path| File::read(path).packets).collect();
        packets.sort_by_key(|packet| packet.time);
        if packets.iter().any(|packet| packet.link != packets[0].link) {
            continue;
        }
        let folder = Folder::new();
        let cut = Cut::new(&packets, |_, packet| format!("{}.pcap", packet.time.0 / 1000 * 7 % 11 % 3));
        let (out, whole) = (folder.at("out"), folder.at("whole"));
        scan(&whole, [folder.write("x.pcap", &pcap(&packets))]);
        scan(&out, cut.write(&folder).iter().map(|path| path.as_os_str()).chain(ALL.map(AsRef::as_ref)));
        let [expected, flows] = [&whole, &out].map(|out| Table::read(out, "flows"));
        let [expected_messages, messages] = [&whole, &out].map(|out| Table::read(out, "messages"));
        let [expected_messages, messages] = [expected_messages.by("flow_id"), messages.by("flow_id")];
        assert_eq!(expected.lines().count(), flows.lines().count(), "{sample}");
        let by_start = |table: &Table| {
            let mut order: Vec<(String, String, usize)> =
                table.lines().enumerate().map(|(at, line)| (line["first_utc"].into(), line["client_port"].into(), at)).collect();
            order.sort();
            order.into_iter().map(|(.., at)| at).collect::<Vec<_>>()
        };
        for (whole, part) in by_start(&expected).into_iter().zip(by_start(&flows)) {
            let (whole, part) = (expected.lines().nth(whole).unwrap(), flows.lines().nth(part).unwrap());
            same(whole, part);
            let (whole, part) = (&expected_messages[&whole["flow_id"]], &messages[&part["flow_id"]]);
            assert_eq!(whole.len(), part.len(), "{sample}");
            whole.iter().zip(part).for_each(|(whole, part)| same(*whole, *part));
            compared += 1;
        }
    }
    assert!(compared >= 50, "{compared}");
}

/// Datagrams, each direction in a file of its own: DTLS and QUIC are what they are in one file.
#[test]
fn directions_of_datagrams() {
    let mut packets = Vec::new();
    for (number, port) in (50_000..50_012u16).enumerate() {
        let mut dtls = Datagrams::new([port, 4433]);
        dtls.time.0 += number as i64 * 150_000;
        dtls.send_all(&crate::dtls::handshake(DTLS12, 300));
        packets.extend(dtls.packets);
        let mut quic = Datagrams::new([port + 100, 443]);
        quic.time.0 += number as i64 * 170_000;
        quic.send_all(&crate::quic::connection());
        packets.extend(quic.packets);
    }
    packets.sort_by_key(|packet| (packet.time, direction(packet)));
    let cut = Cut::new(&packets, |_, packet| format!("x-{}.pcap", direction(packet)));
    assert_eq!(cut.files().len(), 2);
    check_by_time(&cut, &["--merge-time"]);
    let dealt = Cut::new(&packets, |at, _| format!("{}.pcap", at * 7 % 5));
    check_by_time(&dealt, &ALL);
}

const ALL: [&str; 3] = ["--merge-time", "--series", "all"];

fn direction(packet: &Packet) -> &'static str {
    if from_client(packet) { "in" } else { "out" }
}

/// Compares with the whole, with one thread and with three.
fn check_by_time(cut: &Cut, options: &[&str]) {
    let folder = Folder::new();
    let out = check(&folder, cut, options);
    let again = folder.at("again");
    let mut paths = cut.write(&folder);
    paths.reverse();
    scan(&again, paths.iter().map(|path| path.as_os_str()).chain(options.iter().chain(&["-j", "1"]).map(AsRef::as_ref)));
    for table in ["flows", "messages", "captures", "losses"] {
        let read = |out: &std::path::Path| std::fs::read(out.join(format!("csv/{table}.csv"))).unwrap();
        assert!(read(&out) == read(&again), "{table}");
    }
}
