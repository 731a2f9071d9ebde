//! The same packets in another capture format give the same tables.

use crate::support::capture::{File, Packet, pcap};
use crate::support::formats::{Order, VARIANTS, erf, netmon, snoop, variant};
use crate::support::{Folder, Table, captures_of, scan};

use super::compressed::tables;

/// A sample's packets in each format, with the word for it.
fn written(packets: &[Packet]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for layout in VARIANTS {
        for (order, ending) in [(Order::Little, ""), (Order::Big, "-be")] {
            files.push((format!("{}{ending}", layout.name), variant(layout, order, packets)));
        }
    }
    files.push(("snoop".into(), snoop(packets)));
    files.extend([0, 1, 3].map(|extensions| ("erf".into(), erf(packets, extensions))));
    files.extend([0, 1, 2, 3].map(|minor| ("netmon2".into(), netmon((2, minor), packets))));
    files
}

#[test]
fn the_tables_are_those_of_the_pcap() {
    for sample in ["tls12-client-auth", "tls13", "bulk"] {
        let mut packets = File::read(&captures_of(sample)[0]).packets;
        // The coarsest of them has microseconds.
        packets.iter_mut().for_each(|packet| packet.time.0 -= packet.time.0 % 1000);
        let folder = Folder::new();
        let (expected, plain) = tables(&folder, &folder.write("x", &pcap(&packets)));
        let count = plain.lines().next().unwrap().number("packets");
        for (name, bytes) in written(&packets) {
            let (found, captures) = tables(&folder, &folder.write("x", &bytes));
            let row = captures.lines().next().unwrap();
            assert_eq!((&row["format"], &row["status"]), (name.as_str(), "ok"), "{sample} {}", &row["error_detail"]);
            // Of ERF the record is the frame, and one tells of the capture.
            if name == "erf" {
                assert_eq!(row.number("packets"), count + 1);
            } else {
                assert_eq!((row.number("packets"), &row["link_types"]), (count, "1"), "{sample} {name}");
                assert_eq!(found, expected, "{sample} {name}");
            }
        }
        // Version 1 has milliseconds.
        packets.iter_mut().for_each(|packet| packet.time.0 -= packet.time.0 % 1_000_000);
        let (expected, _) = tables(&folder, &folder.write("x", &pcap(&packets)));
        let (found, captures) = tables(&folder, &folder.write("x", &netmon((1, 1), &packets)));
        assert_eq!((found, &captures.lines().next().unwrap()["format"]), (expected, "netmon1"), "{sample}");
    }
}

/// In ERF all frames have one number more than in the pcap, as the first one tells of the capture.
#[test]
fn frames_of_erf_count_what_tells_of_the_capture() {
    let packets = File::read(&captures_of("tls13")[0]).packets;
    let folder = Folder::new();
    let out = folder.at("out");
    let read = |bytes: &[u8]| {
        scan(&out, [folder.write("x", bytes).as_os_str(), "-f".as_ref()]);
        Table::read(&out, "messages")
            .lines()
            .map(|line| (line.number("first_frame"), line.number("bytes"), line["message"].to_owned(), line["time_utc"].to_owned()))
            .collect::<Vec<_>>()
    };
    let mut expected = read(&pcap(&packets));
    assert!(expected.len() > 5);
    expected.iter_mut().for_each(|message| message.0 += 1);
    assert_eq!(read(&erf(&packets, 0)), expected);
    assert_eq!(read(&erf(&packets, 2)), expected);
}

/// Whatever is cut off or flipped: the row is there, and what was read before the damage is as it was.
#[test]
fn damage_in_each_format() {
    let packets: Vec<Packet> = File::read(&captures_of("tls13")[0]).packets[..8].to_vec();
    let folder = Folder::new();
    let mut files = written(&packets);
    files.push(("netmon1".into(), netmon((1, 1), &packets)));
    let mut written = 0;
    for (index, (name, bytes)) in files.iter().enumerate() {
        for end in (1..bytes.len()).step_by(113) {
            folder.write(format!("in/{index:02}-{name}-{end:05}-cut.pcap"), &bytes[..end]);
            let mut flipped = bytes.clone();
            flipped[end] ^= 1 << (end % 8);
            folder.write(format!("in/{index:02}-{name}-{end:05}-flip.pcap"), &flipped);
            written += 2;
        }
    }
    let out = folder.at("out");
    scan(&out, [folder.at("in").as_os_str(), "--series".as_ref(), "none".as_ref()]);
    let captures = Table::read(&out, "captures");
    assert_eq!(captures.lines().count(), written);
    let most = packets.len() as u64 + 1;
    let mut previous = (String::new(), 0);
    for line in captures.lines().filter(|line| line["path"].ends_with("-cut.pcap")) {
        assert_ne!(&line["error_code"], "internal_error");
        let (kind, count) = (line["path"][..8].to_owned(), line.number("packets"));
        assert!(count <= most, "{}", &line["path"]);
        // The longer, the more is read.
        assert!(previous.0 != kind || previous.1 <= count, "{}", &line["path"]);
        previous = (kind, count);
    }
    for line in captures.lines() {
        let told = ["truncated", "failed", "skipped"].contains(&&line["status"]);
        assert_eq!(!line["error_code"].is_empty(), told, "{} {}", &line["path"], &line["status"]);
    }
}
