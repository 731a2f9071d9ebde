//! What the program says of each sample, as a text that a reader can check: `tests/golden/NAME.txt`.
//!
//! `UPDATE_GOLDEN=1 cargo test golden` writes the files anew. Look at the difference before it is committed: the files
//! were checked against tshark, see the READMEs of the samples (and `readmes.rs`, which reads them).

use crate::support::{Folder, Line, Table, sample_names, samples, scan};
use std::fmt::Write;
use std::fs;
use std::path::Path;

#[test]
fn every_sample_reads_as_it_was_checked() {
    let mut wrong = Vec::new();
    for name in sample_names() {
        check(&name, &name, "auto", &mut wrong);
    }
    // Each file by itself: what begins or ends in another file is not seen.
    check("rotated", "rotated-apart", "none", &mut wrong);
    assert!(wrong.is_empty(), "differ from tests/golden: {}", wrong.join(", "));
}

#[test]
fn every_golden_text_has_its_sample() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut names: Vec<String> =
        fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    let mut expected = sample_names();
    expected.push("rotated-apart".into());
    expected.sort();
    assert_eq!(names, expected);
}

fn check(sample: &str, golden: &str, series: &str, wrong: &mut Vec<String>) {
    let folder = Folder::new();
    let out = folder.at("out");
    scan(&out, [samples().join(sample).as_os_str(), "--series".as_ref(), series.as_ref()]);
    let text = render(&out);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{golden}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if text != expected {
        for (at, (theirs, ours)) in expected.lines().zip(text.lines()).enumerate().filter(|(_, (theirs, ours))| theirs != ours).take(5) {
            println!("{golden}:{}\n  expected {theirs}\n  is       {ours}", at + 1);
        }
        println!("{golden}: {} lines, expected {}", text.lines().count(), expected.lines().count());
        wrong.push(golden.to_owned());
    }
}

fn render(out: &Path) -> String {
    let [captures, flows, messages] = ["captures", "flows", "messages"].map(|name| Table::read(out, name));
    let certificates = Table::read(out, "flow_certificates");
    let mut text = String::new();
    for capture in captures.lines() {
        let fields = ["format", "link_types", "status", "error_code"].map(|column| filled(capture, column));
        let counts = ["packets", "packets_cut", "tcp_flows", "tls_flows", "handshakes_completed", "handshakes_failed"];
        writeln!(text, "{}: {}; {}", &capture["path"], fields.join(" "), pairs(capture, &counts)).unwrap();
    }
    for flow in flows.lines() {
        let capture = captures.lines().find(|capture| capture["capture_id"] == flow["capture_id"]).unwrap();
        text.push('\n');
        render_flow(&mut text, flow, capture);
        for side in ["server", "client"] {
            let ids = certificates.lines().filter(|line| line["flow_id"] == flow["flow_id"] && &line["side"] == side);
            let ids: Vec<&str> = ids.map(|line| &line.get("cert_id")[..8]).collect();
            if !ids.is_empty() {
                writeln!(text, "  certificates of the {side}: {}", ids.join(" ")).unwrap();
            }
        }
        let mut lines = vec![COLUMNS.map(|(_, title)| title.to_owned())];
        for message in messages.lines().filter(|message| message["flow_id"] == flow["flow_id"]) {
            lines.push(COLUMNS.map(|(column, _)| filled(message, column)));
        }
        table(&mut text, &lines);
    }
    text
}

fn render_flow(text: &mut String, flow: Line, capture: Line) {
    writeln!(
        text,
        "stream {} of {}: {} {} > {} {}, frames {} to {} in {} file(s)",
        &flow["stream"],
        &capture["path"],
        &flow["client_ip"],
        &flow["client_port"],
        &flow["server_ip"],
        &flow["server_port"],
        &flow["first_frame"],
        &flow["last_frame"],
        &flow["captures"]
    )
    .unwrap();
    for columns in [
        &["tls_version", "cipher_suite", "kx_group", "sni", "alpn", "hello_retry", "resumption", "early_data", "client_auth"][..],
        &["outcome", "last_step", "alert_name", "alert_from", "close_notify", "closed_by", "starts_midway", "client_guessed"],
        &["mss_client_bytes", "mss_server_bytes", "offload_suspected", "flights", "server_flight_bytes", "server_flight_segments"],
        &["handshake_segments_client", "handshake_segments_server", "packets_client", "packets_server", "bytes_client", "bytes_server"],
        &["records_client", "records_server", "retransmissions", "out_of_order", "overlaps", "gap_bytes"],
        &["sequence"],
        &["findings"],
    ] {
        writeln!(text, "  {}", pairs(flow, columns)).unwrap();
    }
}

const COLUMNS: [(&str, &str); 17] = [
    ("seq", "seq"),
    ("step", "step"),
    ("layer", "layer"),
    ("message", "message"),
    ("direction", "from"),
    ("state", "state"),
    ("first_frame", "first"),
    ("last_frame", "last"),
    ("bytes", "bytes"),
    ("records", "records"),
    ("segments", "segments"),
    ("wire_segments_estimate", "wire"),
    ("first_segment_offset_bytes", "at"),
    ("ends_segment", "ends"),
    ("flight", "flight"),
    ("retransmitted_segments", "again"),
    ("detail", "detail"),
];

/// A cell, or `-` for an empty one.
fn filled(line: Line, column: &str) -> String {
    Some(line.get(column)).filter(|cell| !cell.is_empty()).unwrap_or("-").to_owned()
}

fn pairs(line: Line, columns: &[&str]) -> String {
    columns.iter().map(|column| format!("{column}={}", filled(line, column))).collect::<Vec<_>>().join(" ")
}

fn table<const N: usize>(text: &mut String, lines: &[[String; N]]) {
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or_default();
    for line in lines {
        let cells: Vec<String> = line.iter().enumerate().map(|(column, cell)| format!("{cell:width$}", width = width(column))).collect();
        writeln!(text, "  {}", cells.join(" ").trim_end()).unwrap();
    }
}
