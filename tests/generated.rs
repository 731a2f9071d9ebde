//! Captures made from the samples for measurements: the scan finds in them what was put in.

#[path = "../benches/traffic/mod.rs"]
mod traffic;

use std::path::Path;
use std::process::Command;
use traffic::{Format, Kind, Request, Written};

fn generate(request: Request) -> (Vec<u8>, Written) {
    let mut bytes = Vec::new();
    let written = traffic::write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), &mut bytes, request).unwrap();
    assert_eq!(written.bytes, bytes.len() as u64);
    (bytes, written)
}

/// Packets, TCP flows, TLS flows and completed handshakes of a scan.
fn scan(name: &str, bytes: &[u8]) -> [u64; 4] {
    let folder = std::env::temp_dir().join(format!("tlscensus-generated-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (capture, out) = (folder.join(name), folder.join("out"));
    std::fs::write(&capture, bytes).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_tlscensus")).arg("scan").arg(&capture).arg("-q").arg("-o").arg(&out).status().unwrap();
    assert!(status.success());
    let mut table = csv::Reader::from_path(out.join("csv/captures.csv")).unwrap();
    let columns = table.headers().unwrap().clone();
    let row = table.records().next().unwrap().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    ["packets", "tcp_flows", "tls_flows", "handshakes_completed"]
        .map(|column| row[columns.iter().position(|name| name == column).unwrap()].parse().unwrap())
}

#[test]
fn a_scan_finds_what_was_written() {
    for kind in [Kind::Bulk, Kind::Small, Kind::Handshakes] {
        for format in [Format::Pcap, Format::Pcapng] {
            let (bytes, written) = generate(Request { format, ..Request::new(kind, 2_000_000) });
            assert!((2_000_000..3_500_000).contains(&written.bytes));
            let found = scan(&format!("{kind:?}.{format:?}"), &bytes);
            assert_eq!(found, [written.packets, written.flows, written.tls, written.tls], "{kind:?} {format:?}");
        }
    }
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let request = Request::new(Kind::Small, 300_000);
    assert_eq!(generate(request), generate(request));
    assert_ne!(generate(request).0, generate(Request { flows: 7, ..request }).0);
}
