//! Members of tar archives are captures like files, and a hostile archive gives what can be read and a reason.

use crate::compressed::{PACKERS, tables};
use crate::support::tar::{long_gnu, long_pax, member, member_of, record, seal, tar};
use crate::support::{Folder, Table, captures_of, scan};
use std::fs;

/// The rows of captures.csv as `path status code`.
fn rows(folder: &Folder) -> Vec<String> {
    let out = folder.at("out");
    scan(&out, [folder.at("a").as_os_str(), "-f".as_ref(), "-q".as_ref()]);
    let captures = Table::read(&out, "captures");
    captures.lines().map(|row| format!("{} {} {}", &row["path"], &row["status"], &row["error_code"]).trim_end().to_owned()).collect()
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(&captures_of(name)[0]).unwrap()
}

fn check(archive: &[u8], expected: &[&str]) {
    let folder = Folder::new();
    folder.write("a/x.tar", archive);
    assert_eq!(rows(&folder), expected);
}

#[test]
fn the_tables_are_those_of_the_captures() {
    let samples = ["tls12-client-auth", "pcapng", "tls13", "bulk"];
    let folder = Folder::new();
    let mut members = vec![member("notes.txt", b"no capture")];
    for name in samples {
        folder.write(format!("plain/x.tar/deep/{name}.pcap"), &sample(name));
        members.push(member(&format!("./deep/{name}.pcap"), &sample(name)));
    }
    let archive = tar(&members);
    let (expected, plain) = tables(&folder, &folder.at("plain"));
    let mut archives = vec![("", archive.clone())];
    archives.extend(PACKERS.map(|(name, _, pack)| (name, pack(&archive))));
    for (name, bytes) in archives {
        let place = format!("tar{name}/x.tar");
        folder.write(&place, &bytes);
        let (found, captures) = tables(&folder, &folder.at(format!("tar{name}")));
        assert_eq!(found, expected, "{name}");
        for (row, plain) in captures.lines().zip(plain.lines()) {
            assert_eq!(&row["compressed"], name);
            for column in row.columns().filter(|column| *column != "compressed") {
                assert_eq!(&row[column], &plain[column], "{name} {column}");
            }
        }
        assert_eq!(captures.lines().count(), samples.len());
    }
}

#[test]
fn members_may_be_compressed_and_copies_are_read_once() {
    let folder = Folder::new();
    let (bulk, other) = (sample("bulk"), sample("tls13"));
    let mut members: Vec<_> = PACKERS.iter().map(|(_, extension, pack)| member(&format!("x.{extension}"), &pack(&bulk))).collect();
    members.push(member("again.pcap", &other));
    let archive = tar(&members);
    folder.write("a/plain.tar", &archive);
    folder.write("a/z.tgz", &PACKERS[0].2(&archive));
    folder.write("a/other.pcap", &other);
    let found = rows(&folder);
    let expected = [
        "other.pcap ok",
        "plain.tar/again.pcap duplicate",
        "plain.tar/x.bz2 ok",
        "plain.tar/x.gz ok",
        "plain.tar/x.lz4 ok",
        "plain.tar/x.xz ok",
        "plain.tar/x.zst ok",
        "z.tgz/again.pcap duplicate",
        "z.tgz/x.bz2 duplicate",
        "z.tgz/x.gz duplicate",
        "z.tgz/x.lz4 duplicate",
        "z.tgz/x.xz duplicate",
        "z.tgz/x.zst duplicate",
    ];
    assert_eq!(found, expected);
    let captures = Table::read(&folder.at("out"), "captures");
    let packets: Vec<u64> =
        captures.lines().filter(|row| row["path"].starts_with("plain.tar/x.")).map(|row| row.number("packets")).collect();
    assert!(packets[0] > 0 && packets.iter().all(|count| *count == packets[0]), "{packets:?}");
}

/// A rotation is a series inside an archive too, whatever the order in it.
#[test]
fn rotated_in_an_archive() {
    let folder = Folder::new();
    let mut members = Vec::new();
    for part in captures_of("rotated").iter().rev() {
        let name = part.file_name().unwrap().to_string_lossy().into_owned();
        folder.write(format!("plain/{name}"), &fs::read(part).unwrap());
        members.push(member(&name, &fs::read(part).unwrap()));
    }
    let (plain, _) = tables(&folder, &folder.at("plain"));
    for (name, bytes) in [("t", tar(&members)), ("z", PACKERS[1].2(&tar(&members)))] {
        folder.write(format!("{name}/x.tar"), &bytes);
        let (packed, captures) = tables(&folder, &folder.at(name));
        assert_eq!(packed, plain);
        assert_eq!(captures.by("series_id").len(), 1);
    }
}

#[test]
fn names_of_every_kind() {
    let one = sample("tls13");
    let other = sample("bulk");
    let long = format!("{}/x.pcap", "long".repeat(60));
    let mut prefixed = member("x.pcap", &other);
    prefixed[345..348].copy_from_slice(b"far");
    seal(&mut prefixed);
    check(&tar(&[long_gnu(&long, &one)]), &[&format!("x.tar/{long} ok")]);
    check(&tar(&[long_pax(&long, &one)]), &[&format!("x.tar/{long} ok")]);
    check(&tar(&[prefixed]), &["x.tar/far/x.pcap ok"]);
    check(&tar(&[member("/etc/../../x.pcap", &one)]), &["x.tar/etc/\\x2e\\x2e/\\x2e\\x2e/x.pcap ok"]);
    check(&tar(&[member_of(b'0', b"\xff.pcap", one.len() as u64, &one)]), &["x.tar/\\xff.pcap ok"]);
    check(&tar(&[member("x.pcap", &one), member("./x.pcap", &other)]), &["x.tar/x.pcap ok", "x.tar/x.pcap#2 ok"]);
    // Archives that were put behind each other.
    check(&[tar(&[member("a.pcap", &one)]), tar(&[member("b.pcap", &other)])].concat(), &["x.tar/a.pcap ok", "x.tar/b.pcap ok"]);
}

#[test]
fn what_is_not_read_has_a_name() {
    let one = sample("tls13");
    let good = member("good.pcap", &one);
    let sparse = record("GNU.sparse.major", "1") + &record("GNU.sparse.name", "holes.pcap");
    let sparse = [member_of(b'x', b"x", sparse.len() as u64, sparse.as_bytes()), member("made-up", &one)].concat();
    check(&tar(&[sparse, good.clone()]), &["x.tar/good.pcap ok", "x.tar/holes.pcap skipped sparse_member"]);
    let old = member_of(b'S', b"old.pcap", one.len() as u64, &one);
    check(&tar(&[old, good.clone()]), &["x.tar/good.pcap ok", "x.tar/old.pcap skipped sparse_member"]);
    let inner = tar(&[member("x.pcap", &one)]);
    for inner in [inner.clone(), PACKERS[0].2(&inner)] {
        check(&tar(&[member("inner", &inner), good.clone()]), &["x.tar/good.pcap ok", "x.tar/inner skipped nested_archive"]);
    }
    let others = [member("x.pcap", b"text"), member("y", b"text"), member_of(b'2', b"l.pcap", 9, b""), good];
    check(&tar(&others), &["x.tar/good.pcap ok", "x.tar/x.pcap skipped unknown_format"]);
}

#[test]
fn damage_ends_an_archive_with_a_reason() {
    let one = sample("tls13");
    let good = member("good.pcap", &one);
    let with = |rest: &[u8]| [good.clone(), rest.to_vec()].concat();
    let damaged = |code: &str| vec![format!("x.tar failed {code}"), "x.tar/good.pcap ok".into()];
    let check = |archive: &[u8], expected: Vec<String>| check(archive, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    check(&with(b""), damaged("cut_archive"));
    check(&with(&good[..100]), damaged("cut_archive"));
    check(&with(&[7; 512]), damaged("bad_archive"));
    check(&with(&member_of(b'L', b"", 1 << 20, b"")), damaged("bad_archive"));
    check(&with(&member_of(b'L', b"", 600, b"short")), damaged("cut_archive"));
    check(&with(&tar(&[member_of(b'0', b"note", 8_589_934_591, b"x")])), damaged("cut_archive"));
    let mut huge = member("huge", b"");
    huge[124..136].copy_from_slice(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff");
    seal(&mut huge);
    check(&with(&huge), damaged("bad_archive"));
    huge[124] = 0xff;
    seal(&mut huge);
    check(&with(&huge), damaged("bad_archive"));
    // Names upon names: the last one counts.
    let named = [member_of(b'L', b"", 3, b"abc").repeat(1000), member("", &one)].concat();
    check(&tar(&[named]), vec!["x.tar/abc ok".into()]);
}

/// A cut archive gives what is there of its last capture, compressed or not.
#[test]
fn cut_inside_a_capture() {
    let bulk = sample("bulk");
    let archive = member("x.pcap", &bulk);
    let half = &archive[..archive.len() / 2];
    for (name, bytes) in [("plain", half.to_vec()), ("gzip", PACKERS[0].2(half))] {
        let folder = Folder::new();
        folder.write("a/x.tar", &bytes);
        assert_eq!(rows(&folder), ["x.tar failed cut_archive", "x.tar/x.pcap truncated cut_archive"], "{name}");
        let captures = Table::read(&folder.at("out"), "captures");
        let row = captures.lines().nth(1).unwrap();
        assert_eq!(row.number("size_bytes"), half.len() as u64 - 512);
        assert!(row.number("packets") > 10);
    }
    let packed = PACKERS[0].2(&archive);
    let folder = Folder::new();
    folder.write("a/x.tgz", &packed[..packed.len() / 2]);
    assert_eq!(rows(&folder), ["x.tgz failed cut_stream", "x.tgz/x.pcap truncated cut_stream"]);
}
