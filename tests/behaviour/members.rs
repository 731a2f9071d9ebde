//! Members of tar archives are captures like files, and a hostile archive gives what can be read and a reason.

use crate::compressed::{PACKERS, tables};
use crate::support::tar::{long_gnu, long_pax, member, member_of, record, seal, tar};
use crate::support::{Folder, Table, captures_of, program, scan};
use std::fs;
use std::io::Write;
use std::process::Stdio;

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

/// The oldest form has no magic: the checksum tells it.
#[test]
fn an_archive_of_version_7() {
    let old = |name: &str, data: &[u8]| {
        let mut member = member(name, data);
        member[156] = 0;
        member[257..265].fill(0);
        // What came to stand where POSIX has a prefix is no part of the name.
        member[345..350].copy_from_slice(b"other");
        seal(&mut member);
        member
    };
    let archive = tar(&[old("a/", b""), old("a/x.pcap", &sample("tls13"))]);
    check(&archive, &["x.tar/a/x.pcap ok"]);
    check(&PACKERS[1].2(&archive), &["x.tar/a/x.pcap ok"]);
}

#[test]
fn an_archive_on_standard_input_is_told() {
    let archive = tar(&[member("x.pcap", &sample("tls13"))]);
    // What is compressed could have been a capture, and has its row; the other is none.
    for (bytes, code) in [(archive.clone(), 5), (PACKERS[0].2(&archive), 3)] {
        let folder = Folder::new();
        let mut command = program();
        let command = command.args(["scan", "-", "-o"]).arg(folder.at("out")).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It need not read all.
        let _ = child.stdin.take().unwrap().write_all(&bytes);
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains("a tar archive on standard input is not read"), "{told}");
    }
}

/// Few bytes can hold very many members: beyond a number of rows they are left, and it is told.
#[test]
fn too_many_members() {
    let folder = Folder::new();
    let empty = member("x.pcap", b"");
    let mut archive = empty.repeat(100_000);
    archive.extend(tar(&[member("last.pcap", &sample("tls13"))]));
    folder.write("a/x.tar.zst", &PACKERS[1].2(&archive));
    let out = folder.at("out");
    scan(&out, [folder.at("a").as_os_str(), "-q".as_ref()]);
    let captures = Table::read(&out, "captures");
    let row = captures.lines().next().unwrap();
    assert_eq!((&row["path"], &row["error_code"]), ("x.tar.zst", "too_many_members"));
    // That of the first member too many.
    assert_eq!(row.number("error_offset_bytes"), 100_001 * 512);
    assert_eq!(captures.lines().count(), 100_001);
}

/// Cut anywhere: members whose bytes are all there are whole, the next is read as far as it goes, the rest is told.
#[test]
fn every_kind_of_prefix() {
    let (one, other) = (sample("failure-version"), sample("tls13"));
    let archive = tar(&[member("a.pcap", &one), member("b.pcap", &other)]);
    let second = 512 + one.len().next_multiple_of(512);
    let edges = [0, 512, 512 + one.len(), second, second + 512, second + 512 + other.len(), archive.len() - 1024, archive.len()];
    let mut ends: Vec<usize> = edges.iter().flat_map(|edge| [edge.saturating_sub(1), *edge, edge + 1]).collect();
    ends.extend((0..archive.len()).step_by(701));
    ends.retain(|end| *end <= archive.len());
    ends.sort();
    ends.dedup();
    let folder = Folder::new();
    for end in &ends {
        folder.write(format!("a/{end:06}/x.tar"), &archive[..*end]);
        folder.write(format!("a/{end:06}/x.tgz"), &PACKERS[0].2(&archive[..*end]));
    }
    let out = folder.at("out");
    scan(&out, [folder.at("a").as_os_str(), "--series".as_ref(), "none".as_ref()]);
    let captures = Table::read(&out, "captures");
    let rows = captures.by("path");
    // Of equal contents one is read, and says how it went.
    let status = |path: &str| {
        let row = rows.get(path)?[0];
        let read = if row["duplicate_of"].is_empty() { row } else { rows[&row["duplicate_of"]][0] };
        Some(read["status"].to_owned())
    };
    for end in ends {
        for name in ["x.tar", "x.tgz"] {
            let of = |member: &str| status(&format!("{end:06}/{name}/{member}"));
            let whole = |state: Option<String>| state.as_deref() == Some("ok");
            assert_eq!(whole(of("a.pcap")), end >= 512 + one.len(), "{end} {name}: {:?}", of("a.pcap"));
            assert_eq!(whole(of("b.pcap")), end >= second + 512 + other.len(), "{end} {name}: {:?}", of("b.pcap"));
            // With the capture's magic there, the member is a row.
            assert_eq!(of("b.pcap").is_some(), end >= second + 512, "{end} {name}");
            // An archive that ends in front of its end mark, or inside a block of it, has a row of its own, but for one that
            // is no archive yet.
            if end >= 512 {
                let own = status(&format!("{end:06}/{name}"));
                assert_eq!(own.is_some(), end != archive.len() - 512 && end != archive.len(), "{end} {name}: {own:?}");
            }
        }
    }
}

/// A flipped bit costs the member or what is behind it, never what stands in front of it.
#[test]
fn flipped_bits() {
    let (one, other) = (sample("failure-version"), sample("tls13"));
    let archive = tar(&[member("a.pcap", &one), member("b.pcap", &other)]);
    let second = 512 + one.len().next_multiple_of(512);
    let packed = PACKERS[0].2(&archive);
    let folder = Folder::new();
    // Every byte of the second header that means something, and places all over.
    let places: Vec<usize> = (second..second + 512).step_by(7).chain((second + 124)..(second + 158)).collect();
    for (number, place) in places.iter().chain(&[second + 700, second + 3000]).enumerate() {
        let mut bytes = archive.clone();
        bytes[*place] ^= 1 << (number % 8);
        folder.write(format!("a/{number:03}.tar"), &bytes);
    }
    for place in (0..packed.len()).step_by(131) {
        let mut bytes = packed.clone();
        bytes[place] ^= 1 << (place % 8);
        folder.write(format!("a/{place:06}.tgz"), &bytes);
    }
    let out = folder.at("out");
    scan(&out, [folder.at("a").as_os_str(), "--series".as_ref(), "none".as_ref()]);
    let captures = Table::read(&out, "captures");
    for line in captures.lines() {
        assert_ne!(&line["error_code"], "internal_error", "{}", &line["path"]);
    }
    let rows = captures.by("path");
    for number in 0..places.len() + 2 {
        let row = rows[format!("{number:03}.tar/a.pcap").as_str()][0];
        assert!(["ok", "duplicate"].contains(&&row["status"]), "{number}");
        // The checksum finds any single bit in a header, but for the one behind its own end.
        let found = places.get(number).is_some_and(|place| *place != second + 155);
        let told = rows.get(format!("{number:03}.tar").as_str()).map(|rows| rows[0]["error_code"].to_owned());
        assert_eq!(told.as_deref(), found.then_some("bad_archive"), "{number}");
    }
}
