//! A capture that ends anywhere: what is whole is read, and the status says how it ended.

use crate::support::capture::File;
use crate::support::{Folder, Table, captures_of, sample_names, scan};
use std::fs;
use std::path::Path;

/// What a prefix has to give.
struct Expected {
    sample: String,
    len: usize,
    status: &'static str,
    packets: usize,
}

#[test]
fn every_byte_of_a_pcap_and_of_a_pcapng() {
    let folder = Folder::new();
    let mut expected = Vec::new();
    let pcap = File::read(&captures_of("failure-version")[0]);
    cut(&folder, "failure-version", &pcap, (0..pcap.bytes.len()).collect(), &mut expected);
    let pcapng = File::read(&captures_of("pcapng")[0]);
    // Through the headers, the first packets and their padding.
    cut(&folder, "pcapng", &pcapng, (1..1500).collect(), &mut expected);
    check(&folder, &expected);
}

#[test]
fn every_record_boundary_of_every_small_sample() {
    let folder = Folder::new();
    let mut expected = Vec::new();
    for sample in sample_names() {
        for path in captures_of(&sample).iter().filter(|path| fs::metadata(path).unwrap().len() < 22_000) {
            let file = File::read(path);
            let mut lens = Vec::new();
            for edge in &file.records[1..] {
                // Without the last byte, whole, and with a first byte of the next packet.
                lens.extend([edge - 1, *edge, edge + 17]);
            }
            lens.retain(|len| *len <= file.bytes.len());
            let name = format!("{sample}-{}", path.extension().unwrap().to_str().unwrap());
            cut(&folder, &name, &file, lens, &mut expected);
        }
    }
    check(&folder, &expected);
}

fn cut(folder: &Folder, sample: &str, file: &File, mut lens: Vec<usize>, expected: &mut Vec<Expected>) {
    lens.sort();
    lens.dedup();
    for len in lens {
        folder.write(format!("in/{sample}/{len:06}.pcap"), &file.bytes[..len]);
        let packets = file.records[1..].iter().filter(|end| **end <= len).count();
        let ends_whole = if is_pcapng(file) { blocks(&file.bytes).contains(&len) } else { file.records.contains(&len) };
        let status = match len {
            0 => "empty",
            // Nothing but the name says that it could be one.
            1..4 => "skipped",
            // A classic header is 24 bytes; a section is known for one by its first 12.
            4..24 if !is_pcapng(file) => "failed",
            4..12 => "failed",
            _ if !ends_whole => "truncated",
            _ if packets == 0 => "empty",
            _ => "ok",
        };
        expected.push(Expected { sample: sample.into(), len, status, packets });
    }
}

fn check(folder: &Folder, expected: &[Expected]) {
    let out = folder.at("out");
    let input = folder.at("in");
    scan(&out, [input.as_os_str(), "--series".as_ref(), "none".as_ref()]);
    let (captures, flows, messages) = (Table::read(&out, "captures"), Table::read(&out, "flows"), Table::read(&out, "messages"));
    assert_eq!(captures.lines().count(), expected.len());
    let by_path = captures.by("path");
    let row = |at: &Expected| by_path[format!("{}/{:06}.pcap", at.sample, at.len).as_str()][0];
    let mut wrong = Vec::new();
    for at in expected {
        let Expected { len, status, packets, .. } = at;
        let line = row(at);
        let path = &line["path"];
        if &line["status"] != *status || line.number("packets") != *packets as u64 {
            wrong.push(format!("{path}: {} with {} packets, expected {status} with {packets}", &line["status"], &line["packets"]));
        }
        let told = matches!(*status, "skipped" | "failed" | "truncated");
        assert_eq!(!line["error_code"].is_empty(), told, "{path}: {}", &line["error_code"]);
        assert!(!told || line.number("error_offset_bytes") <= *len as u64, "{path}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // More bytes never take a flow or a message away.
    for pair in expected.windows(2).filter(|pair| pair[0].sample == pair[1].sample) {
        let counts = |at: &Expected| (row(at).number("tcp_flows"), row(at).number("tls_flows"));
        let (shorter, longer) = (counts(&pair[0]), counts(&pair[1]));
        assert!(shorter.0 <= longer.0 && shorter.1 <= longer.1, "{} at {}", pair[0].sample, pair[0].len);
        if pair[0].packets == pair[1].packets {
            assert_eq!(shorter, longer, "{} at {}", pair[0].sample, pair[0].len);
        }
    }
    assert!(messages.lines().count() > flows.lines().count());
}

fn is_pcapng(file: &File) -> bool {
    file.bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a])
}

/// Where the blocks of a little-endian pcapng file end.
fn blocks(bytes: &[u8]) -> Vec<usize> {
    let mut ends = vec![0];
    while let Some(len) = bytes.get(ends[ends.len() - 1] + 4..).and_then(|rest| rest.first_chunk::<4>()) {
        ends.push(ends[ends.len() - 1] + u32::from_le_bytes(*len) as usize);
    }
    ends
}

/// A file may also lack its end in the middle: what comes after a hole of zeros is found again.
#[test]
fn a_hole_in_the_middle_is_damage_not_the_end() {
    let folder = Folder::new();
    let file = File::read(&captures_of("tls12-ecdhe-rsa")[0]);
    let mut bytes = file.bytes.clone();
    let (from, to) = (file.records[9], file.records[11]);
    bytes[from..to].fill(0);
    folder.write("in/hole.pcap", &bytes);
    let out = folder.at("out");
    scan(&out, [folder.at("in")]);
    let captures = Table::read(Path::new(&out), "captures");
    let line = captures.lines().next().unwrap();
    assert_eq!((&line["status"], line.number("packets")), ("truncated", file.packets.len() as u64 - 2));
    assert_eq!(line.number("error_offset_bytes"), from as u64);
}
