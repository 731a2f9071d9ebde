//! The result does not depend on the number of threads, on the order of the arguments, or on how the bytes come in.

use crate::support::capture::{File, Packet, pcap};
use crate::support::datagrams::Datagrams;
use crate::support::talk;
use crate::support::{Folder, Table, captures_of, files_below, program, sample_names, samples, scan};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Series of this size are read by all threads together.
const LARGE: usize = 32 << 20;

#[test]
fn one_thread_or_eight_over_the_samples() {
    let folder = Folder::new();
    check(&folder, &[samples().into_os_string()]);
}

/// One capture of many ranges, and a rotation of which no file but all together are large.
#[test]
fn one_thread_or_eight_over_large_series() {
    let packets = many_copies(LARGE + (1 << 20));
    let folder = Folder::new();
    folder.write("one/big.pcap", &pcap(&packets));
    for (at, part) in packets.chunks(packets.len() / 3 + 1).enumerate() {
        folder.write(format!("three/big.pcap{at}"), &pcap(part));
    }
    let (one, three) = (check(&folder, &[folder.at("one").into()]), check(&folder, &[folder.at("three").into()]));
    let flows = [&one, &three].map(|out| Table::read(out, "flows").lines().count());
    assert!(flows[0] > 1000 && flows[0] == flows[1], "{flows:?}");
    let outcomes = |out: &Path| {
        let mut outcomes: Vec<[String; 3]> = Table::read(out, "flows")
            .lines()
            .map(|flow| ["client_ip", "sequence", "outcome"].map(|column| flow.get(column).to_owned()))
            .collect();
        outcomes.sort();
        outcomes
    };
    assert_eq!(outcomes(&one), outcomes(&three));
}

/// Datagrams, in one large capture and in captures that are large together.
#[test]
fn one_thread_or_eight_over_large_series_of_datagrams() {
    let samples = ["dtls12-fragments", "dtls10"].map(|name| File::read(&captures_of(name)[0]));
    let other = {
        let mut talk = Datagrams::new([5000, 53]);
        talk.send(talk::From::Client, &[1; 1300]);
        talk.packets.remove(0)
    };
    let (mut packets, mut held) = (Vec::new(), 0);
    for copy in 0u16.. {
        let file = &samples[usize::from(copy) % 2];
        let first = file.packets[0].time;
        for packet in &file.packets {
            let mut packet = packet.clone();
            packet.time.0 += 1_700_000_000_000_000_000 + i64::from(copy) * 1_000_000 - first.0;
            // Between the datagrams of a handshake come others, most of them in a conversation of their own.
            for at in 0..4u8 {
                let mut noise = other.clone();
                noise.time = packet.time;
                noise.bytes[26..28].copy_from_slice(&copy.to_be_bytes());
                noise.bytes[31] = at;
                held += 16 + noise.bytes.len();
                packets.push(noise);
            }
            let name = copy.to_be_bytes();
            (packet.bytes[27], packet.bytes[28], packet.bytes[31], packet.bytes[32]) = (name[0], name[1], name[0], name[1]);
            held += 16 + packet.bytes.len();
            packets.push(packet);
        }
        if held > LARGE + (1 << 20) {
            break;
        }
    }
    packets.sort_by_key(|packet| packet.time);
    let folder = Folder::new();
    folder.write("large/one.pcap", &pcap(&packets));
    for (at, part) in packets.chunks(packets.len() / 3 + 1).enumerate() {
        folder.write(format!("together/big.pcap{at}"), &pcap(part));
    }
    let (one, three) = (check(&folder, &[folder.at("large").into()]), check(&folder, &[folder.at("together").into()]));
    let outcomes = |out: &Path| {
        let mut outcomes: Vec<[String; 4]> = Table::read(out, "flows")
            .lines()
            .map(|flow| ["protocol", "client_ip", "sequence", "outcome"].map(|column| flow.get(column).to_owned()))
            .collect();
        outcomes.sort();
        outcomes
    };
    let found = outcomes(&one);
    assert!(
        found.len() > 100 && found.iter().all(|[protocol, .., outcome]| protocol == "dtls" && outcome == "completed"),
        "{}",
        found.len()
    );
    assert_eq!(found, outcomes(&three));
}

#[test]
fn the_order_of_the_arguments() {
    let folder = Folder::new();
    let mut arguments: Vec<PathBuf> = sample_names().iter().map(|name| samples().join(name)).collect();
    let first = folder.at("first");
    scan(&first, &arguments);
    arguments.reverse();
    arguments.swap(3, 17);
    let second = folder.at("second");
    scan(&second, &arguments);
    same(&first, &second);
}

/// Of standard input neither name nor size is known: the ids differ, and nothing else.
#[test]
fn a_file_or_standard_input() {
    let folder = Folder::new();
    for path in ["tls12-ecdhe-rsa", "tls13-psk", "pcapng", "bulk", "snaplen"].map(|name| captures_of(name).remove(0)) {
        let (by_name, by_stream) = (folder.at("name"), folder.at("stream"));
        scan(&by_name, [&path]);
        let stdin = Stdio::from(fs::File::open(&path).unwrap());
        let status = program().args(["scan", "-", "-q", "-o"]).arg(&by_stream).stdin(stdin).status().unwrap();
        assert_eq!(status.code(), Some(0));
        for name in ["flows", "messages", "flow_certificates"] {
            let (theirs, ours) = (Table::read(&by_name, name), Table::read(&by_stream, name));
            assert_eq!(theirs.lines().count(), ours.lines().count(), "{name} of {}", path.display());
            for (theirs, ours) in theirs.lines().zip(ours.lines()) {
                for column in theirs.columns().filter(|column| !["flow_id", "capture_id", "series_id"].contains(column)) {
                    assert_eq!(theirs.get(column), ours.get(column), "{name}, {column} of {}", path.display());
                }
            }
        }
        let (theirs, ours) = (Table::read(&by_name, "captures"), Table::read(&by_stream, "captures"));
        let (theirs, ours) = (theirs.lines().next().unwrap(), ours.lines().next().unwrap());
        for column in ["status", "packets", "packets_cut", "first_utc", "last_utc", "tcp_flows", "tls_flows", "format", "link_types"] {
            assert_eq!(theirs.get(column), ours.get(column), "{column} of {}", path.display());
        }
        fs::remove_dir_all(by_name).unwrap();
        fs::remove_dir_all(by_stream).unwrap();
    }
}

/// Scans with one thread, with three and with eight, compares all that was written, and gives the first result.
fn check(folder: &Folder, arguments: &[OsString]) -> PathBuf {
    let name = Path::new(&arguments[0]).file_name().unwrap().to_str().unwrap().to_owned();
    let outs = ["1", "3", "8"].map(|threads| {
        let out = folder.at(format!("{name}-{threads}"));
        scan(&out, arguments.iter().map(OsString::as_os_str).chain([OsStr::new("-j"), OsStr::new(threads)]));
        out
    });
    same(&outs[0], &outs[1]);
    same(&outs[0], &outs[2]);
    let [first, ..] = outs;
    first
}

/// Compares two results byte for byte, but for what says how and when the run was done.
fn same(one: &Path, other: &Path) {
    let (one, other) = (files_below(one), files_below(other));
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    assert!(one.len() > 10);
    for ((path, theirs), (_, ours)) in one.iter().zip(&other) {
        let (theirs, ours) = (without_run(path, theirs), without_run(path, ours));
        if theirs != ours {
            let at = theirs.iter().zip(&ours).take_while(|(a, b)| a == b).count();
            let around = |bytes: &[u8]| String::from_utf8_lossy(&bytes[at.saturating_sub(60)..bytes.len().min(at + 60)]).into_owned();
            panic!("{} differs at byte {at}:\n{}\n{}", path.display(), around(&theirs), around(&ours));
        }
    }
}

fn without_run(path: &Path, bytes: &[u8]) -> Vec<u8> {
    match path.to_str().unwrap() {
        // All of it is the run block.
        "state/run.json" => Vec::new(),
        "manifest.json" => {
            let mut manifest: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            assert!(manifest.as_object_mut().unwrap().remove("run").is_some());
            manifest.to_string().into_bytes()
        }
        "report.html" => {
            let text = std::str::from_utf8(bytes).unwrap();
            let (before, rest) = text.split_once("with this command:").unwrap();
            let (_, rest) = rest.split_once("<code data-copy>").unwrap();
            let (_, rest) = rest.split_once("</code>").unwrap();
            let (between, rest) = rest.split_once("<dt>Started</dt>").unwrap();
            let (_, rest) = rest.split_once("<dt>Threads</dt>").unwrap();
            let (_, after) = rest.split_once("</dd>").unwrap();
            [before, between, after].concat().into_bytes()
        }
        _ => bytes.to_vec(),
    }
}

/// The samples over and over, each copy with addresses and times of its own, until there are so many bytes.
fn many_copies(size: usize) -> Vec<Packet> {
    let files: Vec<File> = sample_names().iter().flat_map(|name| captures_of(name)).map(|path| File::read(&path)).collect();
    let is_v4 = |file: &&File| file.packets.iter().all(|packet| packet.link.0 == 1 && packet.bytes[12..14] == [8, 0]);
    let files: Vec<&File> = files.iter().filter(is_v4).collect();
    assert!(files.len() > 30);
    let (mut packets, mut held) = (Vec::new(), 0);
    for copy in 0u16.. {
        let file = files[copy as usize % files.len()];
        let first = file.packets[0].time;
        for packet in &file.packets {
            let mut packet = packet.clone();
            // Copies begin a millisecond apart, so many are under way at the same time.
            packet.time.0 += 1_700_000_000_000_000_000 + i64::from(copy) * 1_000_000 - first.0;
            let name = copy.to_be_bytes();
            (packet.bytes[27], packet.bytes[28], packet.bytes[31], packet.bytes[32]) = (name[0], name[1], name[0], name[1]);
            held += 16 + packet.bytes.len();
            packets.push(packet);
        }
        if held > size {
            break;
        }
    }
    packets.sort_by_key(|packet| packet.time);
    packets
}
