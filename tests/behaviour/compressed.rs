//! A compressed capture gives what the capture gives, but for the ids that are made of the file's bytes and its path.

use crate::support::{Folder, Line, Table, captures_of, scan};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const IDS: [&str; 7] = ["flow_id", "capture_id", "first_capture_id", "last_capture_id", "series_id", "wireshark_filter", "example"];
const TABLES: [&str; 8] = ["flows", "messages", "flow_certificates", "segmentation", "cipher_suites", "versions", "groups", "losses"];

pub type Packer = fn(&[u8]) -> Vec<u8>;
pub const PACKERS: [(&str, &str, Packer); 5] =
    [("gzip", "gz", gzip), ("zstd", "zst", zstd), ("xz", "xz", xz), ("bzip2", "bz2", bzip2), ("lz4", "lz4", lz4)];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut packer = lz4_flex::frame::FrameEncoder::new(Vec::new());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// The tables of a scan of one capture, without ids, and its row.
pub fn tables(folder: &Folder, capture: &Path) -> (Vec<Vec<String>>, Table) {
    let out = folder.at("out");
    scan(&out, [capture.as_os_str(), "-f".as_ref(), "-q".as_ref()]);
    let cells = |line: Line<'_>| {
        line.columns().filter(|column| !IDS.contains(column)).map(|column| line[column].to_owned()).collect::<Vec<_>>().join("|")
    };
    let texts = TABLES.iter().map(|name| Table::read(&out, name).lines().map(cells).collect()).collect();
    (texts, Table::read(&out, "captures"))
}

#[test]
fn the_tables_are_those_of_the_capture() {
    for sample in ["tls12-client-auth", "pcapng", "snaplen"] {
        let path = &captures_of(sample)[0];
        let bytes = fs::read(path).unwrap();
        let folder = Folder::new();
        let (expected, plain) = tables(&folder, path);
        let plain = plain.lines().next().unwrap();
        assert!(expected.iter().any(|table| !table.is_empty()), "{sample}");
        for (name, extension, pack) in PACKERS {
            let packed = pack(&bytes);
            // The name does not matter.
            let file = folder.write(format!("{extension}-file"), &packed);
            let (found, captures) = tables(&folder, &file);
            assert_eq!(found, expected, "{sample} {name}");
            let row = captures.lines().next().unwrap();
            assert_eq!((&row["compressed"], &row["status"], row.number("size_bytes")), (name, "ok", packed.len() as u64), "{sample}");
            for column in row.columns().filter(|column| !["capture_id", "series_id", "path", "size_bytes", "compressed"].contains(column)) {
                assert_eq!(&row[column], &plain[column], "{sample} {name} {column}");
            }
        }
    }
}

#[test]
fn standard_input_may_be_compressed() {
    let bytes = fs::read(&captures_of("tls13")[0]).unwrap();
    for (name, _, pack) in PACKERS {
        let folder = Folder::new();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tlscensus"))
            .args(["scan", "-", "-q", "-o"])
            .arg(folder.at("out"))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let packed = pack(&bytes);
        child.stdin.take().unwrap().write_all(&packed).unwrap();
        assert!(child.wait().unwrap().success(), "{name}");
        let captures = Table::read(&folder.at("out"), "captures");
        let row = captures.lines().next().unwrap();
        assert_eq!((&row["compressed"], row.number("tls_flows"), row.number("size_bytes")), (name, 1, packed.len() as u64));
    }
}

#[test]
fn what_is_cut_is_read_to_the_cut() {
    let bytes = fs::read(&captures_of("bulk")[0]).unwrap();
    let folder = Folder::new();
    let packed = gzip(&bytes);
    folder.write("a/cut.pcap.gz", &packed[..packed.len() / 2]);
    let mut bad = packed.clone();
    let last = bad.len() - 8;
    bad[last] ^= 1;
    folder.write("a/sum.pcap.gz", &bad);
    folder.write("a/none.pcap.gz", &gzip(b"no capture at all"));
    folder.write("a/notes.gz", &gzip(b"no capture at all"));
    folder.write("a/twice.pcap.gz", &zstd(&packed));
    let out = folder.at("out");
    assert_eq!(scan(&out, [folder.at("a"), folder.at("a/notes.gz")]).status.code(), Some(3));
    let captures = Table::read(&out, "captures");
    let rows: Vec<String> = captures
        .lines()
        .map(|row| format!("{} {} {} {}", &row["path"], &row["status"], &row["error_code"], &row["packets"] != "0"))
        .collect();
    let expected = [
        "cut.pcap.gz truncated cut_stream true",
        "none.pcap.gz skipped unknown_format false",
        "notes.gz failed unknown_format false",
        "sum.pcap.gz truncated bad_stream true",
        "twice.pcap.gz skipped nested_archive false",
    ];
    assert_eq!(rows, expected);
    let sum = captures.lines().nth(3).unwrap();
    assert_eq!(sum.number("error_offset_bytes"), bytes.len() as u64);
}

/// Files that were compressed after they were rotated, but for the last one, are still a series.
#[test]
fn rotated_and_compressed() {
    let folder = Folder::new();
    let parts = captures_of("rotated");
    for (index, part) in parts.iter().enumerate() {
        let name = part.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(part).unwrap();
        folder.write(format!("plain/{name}"), &bytes);
        if index + 1 < parts.len() {
            folder.write(format!("packed/{name}.gz"), &gzip(&bytes));
        } else {
            folder.write(format!("packed/{name}"), &bytes);
        }
    }
    let (plain, _) = tables(&folder, &folder.at("plain"));
    let (packed, captures) = tables(&folder, &folder.at("packed"));
    assert_eq!(packed, plain);
    assert_eq!(captures.by("series_id").len(), 1);
}
