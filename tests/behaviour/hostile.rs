//! Text in captures and names of files belong to whoever made them: they reach the tables and the page as text only.

use crate::support::capture::{Packet, pcap};
use crate::support::follow::follow_and_weigh;
use crate::support::talk::{From, Talk, alpn, certificate, client_hello, record, records, server_hello, server_name};
use crate::support::{Folder, Line, Table, scan};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

/// Names as a client may send them.
fn names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        &b"=cmd|' /C calc'!A0"[..],
        b"+1+1",
        b"-2+3",
        b"@SUM(A1:A2)",
        b"\t=1+1",
        b"\r\n=1+1",
        b"\0=1+1",
        b" =1+1",
        b"\"quoted\",and,commas",
        b"',\"",
        b"two\r\nlines",
        b"a\0b",
        b"<script>alert(1)</script>",
        b"</script><img src=x onerror=alert(1)>",
        b"{{ 7*7 }}",
        b"\xff\xfe\xfd",
        b"half \xe2\x82",
        b"\\xff",
        b"\x1b[31mred",
        b";;;",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    names.extend(
        ["\u{ff1d}1+1", "\u{ff0b}1", "evil\u{202e}gpj.exe", "\u{200f}=1", "\u{feff}=1", "a\u{2028}b", "\u{85}x"].map(|name| name.into()),
    );
    names.push(b"=".repeat(60_000));
    names.push(vec![0xff; 65_000]);
    names
}

fn flow(port: u16, sni: &[u8], protocols: &[&[u8]]) -> Vec<Packet> {
    let mut talk = Talk::open([port, 443]);
    talk.send(From::Client, &records(22, 16_000, &client_hello(&[server_name(sni)])));
    talk.send(From::Server, &record(22, &server_hello(&[alpn(&protocols[..1])])));
    talk.close();
    talk.packets
}

/// What a spreadsheet would do with a cell: nothing.
fn check_cell(line: Line, column: &str) {
    let cell = line.get(column);
    let first = cell.chars().find(|c| !c.is_whitespace());
    assert!(!matches!(first, Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')), "{column}: {cell:.40}");
    let bad =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    assert!(!cell.contains(bad), "{column}: {:.40}", cell.escape_unicode().to_string());
}

#[test]
fn hostile_names_are_text_in_tables_and_page() {
    let folder = Folder::new();
    let names = names();
    let mut packets = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let protocol = &name[..name.len().min(200)];
        packets.extend(flow(1000 + at as u16, name, &[protocol]));
    }
    folder.write("in/x.pcap", &pcap(&packets));
    let out = folder.at("out");
    scan(&out, [folder.at("in")]);
    let flows = Table::read(&out, "flows");
    assert_eq!(flows.lines().count(), names.len());
    for (line, name) in flows.lines().zip(&names) {
        let what = String::from_utf8_lossy(&name[..name.len().min(40)]);
        assert_eq!(&line["sni_state"], "present", "{what}");
        assert!(!line["sni"].is_empty() && !line["alpn"].is_empty(), "{what}");
        for column in ["sni", "alpn"] {
            check_cell(line, column);
        }
    }
    check_files(&folder, &out);
    // A name that is plain text stands as it was sent.
    let plain = flows.lines().find(|line| line["sni"].contains("quoted")).unwrap();
    assert_eq!(&plain["sni"], "\"quoted\",and,commas");
}

#[test]
fn hostile_lists_of_protocols() {
    let folder = Folder::new();
    let mut talk = Talk::open([1000, 443]);
    let hostile: [&[u8]; 5] = [b"=1+1", b"h2;http/1.1", b"\r\n", b"<script>alert(1)</script>", b"\xff"];
    talk.send(From::Client, &record(22, &client_hello(&[alpn(&hostile)])));
    let many: Vec<Vec<u8>> = (0..240).map(|at: u8| vec![at; 250]).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    let mut long = Talk::open([1001, 443]);
    long.send(From::Client, &records(22, 16_000, &client_hello(&[alpn(&many)])));
    folder.write("in/x.pcap", &pcap(&[talk.packets, long.packets].concat()));
    let out = folder.at("out");
    scan(&out, [folder.at("in")]);
    let flows = Table::read(&out, "flows");
    let lines: Vec<Line> = flows.lines().collect();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        check_cell(*line, "alpn_offered");
        // What a spreadsheet takes in one cell.
        assert!(line["alpn_offered"].len() <= 32_767);
    }
    assert_eq!([0, 1].map(|at| lines[at].number("alpn_offered_count")), [5, 240]);
    assert_eq!([0, 1].map(|at| lines[at].get("alpn_offered_truncated")), ["false", "true"]);
    check_files(&folder, &out);
}

#[test]
fn hostile_names_of_files() {
    let folder = Folder::new();
    let names: [&[u8]; 10] = [
        b"=cmd|' calc'!A0.pcap",
        b"+1.pcap",
        b"-rf.pcap",
        b"@x.pcap",
        b"a\nb.pcap",
        b"\"q\",.pcap",
        b"<img src=x onerror=alert(1)>.pcap",
        b"\xff\xfe.pcap",
        "gpj\u{202e}.pcap".as_bytes(),
        b"\x1b[31m.pcap",
    ];
    for (at, name) in names.iter().enumerate() {
        let file = pcap(&flow(1000 + at as u16, b"www.example.com", &[b"h2"]));
        folder.write(OsStr::from_bytes(&[b"in/", *name].concat()), &file[..file.len() - at % 2]);
    }
    let out = folder.at("out");
    let output = scan(&out, [folder.at("in")]);
    let captures = Table::read(&out, "captures");
    assert_eq!(captures.lines().count(), names.len());
    for line in captures.lines() {
        for column in ["path", "error_detail"] {
            check_cell(line, column);
        }
        assert_eq!(line.number("tls_flows"), 1);
    }
    check_files(&folder, &out);
    // Neither may a name of a file speak to the terminal.
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains(['\x1b', '\u{202e}']), "{said}");
}

/// What holds for all files of a result.
fn check_files(folder: &Folder, out: &std::path::Path) {
    let plain = folder.at("plain-out");
    folder.write("plain/x.pcap", &pcap(&flow(1000, b"www.example.com", &[b"h2"])));
    scan(&plain, [folder.at("plain")]);
    let read = |out: &std::path::Path| fs::read_to_string(out.join("report.html")).unwrap();
    let (html, harmless) = (read(out), read(&plain));
    for text in ["<script>alert", "<img src", "\u{202e}", "\u{2028}", "\x1b", "\0"] {
        assert!(!html.contains(text), "the page holds {text:?}");
    }
    assert_eq!(html.matches("<script").count(), harmless.matches("<script").count());
    assert_eq!(html.matches("</script").count(), harmless.matches("</script").count());
    for entry in fs::read_dir(out.join("csv")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(text.ends_with("\r\n"), "{}", path.display());
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{}", path.display());
        assert_eq!(text.matches('\r').count(), text.matches("\r\n").count(), "{}", path.display());
        // Reading it checks that every line has as many cells as the header.
        let table = Table::read(out, path.file_stem().unwrap().to_str().unwrap());
        assert_eq!(table.lines().count() + 1, text.matches("\r\n").count(), "{}", path.display());
    }
    for name in ["manifest.json", "summary.json"] {
        let bytes = fs::read(out.join(name)).unwrap();
        assert!(serde_json::from_slice::<serde_json::Value>(&bytes).is_ok(), "{name}");
    }
}

/// A list of many short protocols, and a message that never ends, take more than a common flow: what they take is charged.
#[test]
fn long_lists_and_messages_are_charged() {
    let weigh = |bytes: &[u8]| {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(From::Client, bytes);
        follow_and_weigh(&talk.packets).1
    };
    let common = weigh(&record(22, &client_hello(&[alpn(&[b"h2"])])));
    let listed = weigh(&records(22, 16_384, &client_hello(&[alpn(&vec![&b"x"[..]; 30_000])])));
    assert!(listed > common + 30_000 * 24, "{listed} and {common}");
    let unfinished = &records(22, 16_384, &certificate(&[200_000]))[..150_000];
    let held = weigh(&[&record(22, &client_hello(&[]))[..], unfinished].concat());
    assert!(held > common + 140_000, "{held} and {common}");
    // A hello in the form of SSL 2.0 that says 30,000 bytes of suites, and does not end.
    let head = [0xf5, 0x49, 1, 3, 1, 0x75, 0x30, 0, 0, 0, 16];
    let held = weigh(&[&head[..], &[0; 29_000]].concat());
    assert!(held > common + 29_000, "{held} and {common}");
}
