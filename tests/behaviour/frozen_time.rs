//! The bound on memory holds where packet time stands still, too: there no time-out ends anything.

use crate::support::capture::pcap;
use crate::support::talk::{From, SYN, Talk, client_hello, extension, records, server_name};
use crate::support::{Folder, Table, files_below, program};
use std::fs;
use std::path::Path;

/// So many connections of which each sends the first 900 bytes of a ClientHello of 8,000, all at one time.
fn capture(flows: u16) -> Vec<u8> {
    let hello = records(22, 16_000, &client_hello(&[server_name(b"example.com"), extension(21, &[0; 8_000])]));
    let mut packets = Vec::new();
    for port in 1..=flows {
        let mut talk = Talk { step: 0, ..Talk::midway([port, 443]) };
        talk.packet(From::Client, SYN, 1000, 0, b"");
        talk.send(From::Client, &hello[..900]);
        packets.append(&mut talk.packets);
    }
    pcap(&packets)
}

#[test]
fn flows_end_by_the_number_of_packets() {
    const FLOWS: u16 = 30_000;
    let folder = Folder::new();
    let capture = folder.write("frozen.pcap", &capture(FLOWS));
    let scan = |threads: &str, memory: &[&str]| {
        let out = folder.at(format!("out{threads}{}", memory.len()));
        let mut command = program();
        command.arg("scan").arg(&capture).args(["-q", "--format", "csv,json", "-j", threads, "-o"]).arg(&out).args(memory);
        assert!(command.status().unwrap().success());
        out
    };
    let bounded = ["1", "3"].map(|threads| scan(threads, &["--memory", "16M"]));
    let evicted =
        |out: &Path| Table::read(out, "losses").lines().find(|line| &line["reason"] == "evicted").map(|line| line.number("count"));
    let flows = |out: &Path| Table::read(out, "flows").lines().count();
    assert!(evicted(&bounded[0]).is_some_and(|count| count > u64::from(FLOWS) / 4), "{:?}", evicted(&bounded[0]));
    assert_eq!(flows(&bounded[0]), usize::from(FLOWS));
    assert!(files_below(&bounded[0].join("csv")) == files_below(&bounded[1].join("csv")), "the same for one thread and three");
    let free = scan("1", &[]);
    assert_eq!((evicted(&free), flows(&free)), (None, usize::from(FLOWS)));
    // Not every system tells.
    let peak = |out: &Path| {
        let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("state/run.json")).unwrap()).unwrap();
        run["peak_memory_bytes"].as_u64()
    };
    if let (Some(bounded), Some(free)) = (peak(&bounded[0]), peak(&free)) {
        assert!(bounded < free / 2, "{bounded} and {free} bytes");
    }
}
