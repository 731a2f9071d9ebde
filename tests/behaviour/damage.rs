//! Captures that lie or are broken: no panic, no row that is lost, the same result each time, in bounded time.

use crate::support::capture::File;
use crate::support::random::Random;
use crate::support::{Folder, Table, captures_of, sample_names, scan};
use std::fs;
use std::time::{Duration, Instant};

#[test]
fn damaged_samples() {
    let folder = Folder::new();
    let mut written = 0;
    for sample in sample_names() {
        for path in captures_of(&sample).iter().filter(|path| fs::metadata(path).unwrap().len() < 60_000) {
            let file = File::read(path);
            for seed in 1..=16 {
                let random = &mut Random::new(seed * 1000 + written);
                let bytes = damaged(&file, seed as usize, random);
                folder.write(format!("in/{sample}/{}-{seed:02}.pcap", path.extension().unwrap().to_str().unwrap()), &bytes);
                written += 1;
            }
        }
    }
    assert!(written > 500);
    let begin = Instant::now();
    let outs = ["1", "4"].map(|threads| {
        let out = folder.at(format!("out-{threads}"));
        scan(&out, [folder.at("in").as_os_str(), "--series".as_ref(), "none".as_ref(), "-j".as_ref(), threads.as_ref()]);
        out
    });
    // A loop without progress would take forever; a second would do.
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    let captures = Table::read(&outs[0], "captures");
    assert_eq!(captures.lines().count() as u64, written);
    for line in captures.lines() {
        assert_ne!(&line["error_code"], "internal_error", "{}", &line["path"]);
        assert!(["ok", "truncated", "failed", "empty", "skipped", "duplicate"].contains(&&line["status"]), "{}", &line["path"]);
    }
    assert!(captures.lines().filter(|line| &line["status"] == "truncated").count() > 100);
    for name in ["captures", "flows", "messages", "losses", "segmentation"] {
        let file = format!("csv/{name}.csv");
        assert!(fs::read(outs[0].join(&file)).unwrap() == fs::read(outs[1].join(&file)).unwrap(), "{name}");
        Table::read(&outs[0], name);
    }
}

/// One of eight kinds of damage.
fn damaged(file: &File, kind: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes = file.bytes.clone();
    let len = bytes.len();
    let from = random.below(len);
    let to = random.between(from, (from + 400).min(len));
    let record = file.records[random.below(file.records.len() - 1)];
    let lies = [0u32, 1, 0x7fff_ffff, 0xffff_ffff, 0x0001_0000, 262_144, 0x0100_0000, random.next() as u32];
    let lie = lies[random.below(lies.len())];
    match kind % 8 {
        0 => (0..10).for_each(|_| bytes[random.below(len)] ^= 1 << random.below(8)),
        1 => (0..200).for_each(|_| bytes[random.below(len)] = random.next() as u8),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let piece = bytes[from..to].to_vec();
            let at = random.below(len);
            bytes.splice(at..at, piece);
        }
        4 => bytes[from..to].fill(if random.chance(2) { 0 } else { 0xff }),
        // The lengths in a record's header: of classic records at 8 and 12, of pcapng blocks at 4, 20 and 24.
        5 => {
            let field = record + [4, 8, 12, 20, 24][random.below(5)];
            bytes[field..field + 4].copy_from_slice(&lie.to_le_bytes());
        }
        // A length inside the packet: Ethernet type, IP header length and total length, TCP header length.
        6 => {
            let field = record + 16 + [12, 14, 16, 17, 23, 46, 54, 66, 69][random.below(9)];
            bytes[field.min(len - 1)] = random.next() as u8;
        }
        _ => {
            let end = file.records[file.records.len() / 2];
            bytes.splice(end..end, (0..random.between(1, 3000)).map(|at| (at * 31) as u8));
        }
    }
    bytes
}

/// Every value in each of the bytes that say what comes next in TLS.
#[test]
fn every_value_of_the_bytes_that_count() {
    use crate::support::follow::follow;
    let original = File::read(&captures_of("tls12-client-auth")[0]).packets;
    let mut read = 0;
    for (at, packet) in original.iter().enumerate().filter(|(_, packet)| packet.bytes.len() > 66) {
        // Type, version and length of the record, type and length of the message, and the first lengths in it.
        for place in (66..80).chain([109, 110, 111, 112]).filter(|place| *place < packet.bytes.len()) {
            for value in [0, 1, 2, 3, 11, 16, 20, 22, 23, 24, 0x7f, 0x80, 0xff] {
                let mut packets = original.clone();
                packets[at].bytes[place] = value;
                for rows in follow(&packets) {
                    read += 1;
                    assert!(rows.messages.len() < 40);
                    assert!(rows.messages.iter().all(|row| row.first_frame <= row.last_frame && row.segments > 0));
                    assert!(rows.messages.windows(2).all(|pair| pair[0].last_frame <= pair[1].last_frame));
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}
