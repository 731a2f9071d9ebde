//! What lies in folders becomes rows and series: by content, each thing once, in an order that depends on nothing else.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tlscensus::archive::{Archive, Compression, Format, Request, SeriesMode, Source, archive_from, check_json, check_text};
use tlscensus::error::Error;

/// A folder of its own for each test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tlscensus-archive-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A pcap whose first packet is so many seconds after 2026-01-01T12:00Z.
    fn pcap(&self, path: impl AsRef<Path>, second: u32) {
        self.write(path, &pcap(second, 1, b""));
    }

    /// The archive of these roots, all of them inside the folder.
    fn scan(&self, roots: &[&str]) -> Archive {
        self.request(Request { paths: roots.iter().map(|r| self.at(r)).collect(), ..Request::default() })
    }

    fn request(&self, request: Request) -> Archive {
        archive_from(&request, &mut std::io::empty()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A pcap of one packet with this link type; `more` makes it different.
fn pcap(second: u32, link: u32, more: &[u8]) -> Vec<u8> {
    let length = more.len() as u32;
    let words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, link, 1_767_268_800 + second, 0, length, length];
    words.iter().flat_map(|w: &u32| w.to_le_bytes()).chain(more.iter().copied()).collect()
}

/// Rows as `path status code`, a line each.
fn rows(archive: &Archive) -> String {
    let line = |c: &tlscensus::archive::Capture| {
        let code = c.error.as_ref().map_or(String::new(), |e| format!(" {}", e.code));
        let of = c.duplicate_of.map_or(String::new(), |i| format!(" of {}", archive.captures[i].path_text));
        format!("{} {}{code}{of}\n", c.path_text, c.status.name())
    };
    archive.captures.iter().map(line).collect()
}

/// Series as paths joined by `+`, a line each.
fn series(archive: &Archive) -> String {
    let join = |s: &tlscensus::archive::Series| {
        s.captures.iter().map(|&i| archive.captures[i].path_text.as_str()).collect::<Vec<_>>().join("+") + "\n"
    };
    archive.series.iter().map(join).collect()
}

#[test]
fn content_decides_and_names_only_ask_for_a_row() {
    let folder = Folder::new();
    folder.pcap("plain", 1);
    folder.pcap(".hidden/x.txt", 2);
    folder.write(".gitignore", b"plain\n*.pcap\n");
    folder.write("README.md", b"about");
    folder.write("ng", b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0");
    folder.write("text.pcap", b"no capture");
    folder.write("nothing.pcap", b"");
    folder.write("nothing.txt", b"");
    folder.write("x.pcap.gz", b"\x1f\x8b\x08\0rest");
    folder.write("old.iptrace", b"iptrace 1.0\0");
    let archive = folder.scan(&[""]);
    let expected = ".hidden/x.txt ready\nng ready\nnothing.pcap empty\nold.iptrace skipped unsupported_format\nplain ready\n\
                    text.pcap skipped unknown_format\nx.pcap.gz failed cut_stream\n";
    assert_eq!(rows(&archive), expected);
    assert_eq!((archive.not_captures, archive.folders), (3, 2));
    let row = |path: &str| archive.captures.iter().find(|c| c.path_text == path).unwrap();
    assert_eq!(row("text.pcap").error.as_ref().unwrap().detail, "neither pcap nor pcapng: it begins with 6e 6f 20 63 61 70 74 75 72 65");
    assert_eq!((row("plain").format, row("plain").link), (Some(Format::Pcap), Some(1)));
    assert_eq!(row("plain").first_time.unwrap().utc(), "2026-01-01T12:00:01.000000Z");
    assert_eq!(row("x.pcap.gz").compression, Some(Compression::Gzip));
    assert!(row("plain").id.starts_with('c') && row("plain").id.len() == 13);
}

#[test]
fn what_was_asked_for_by_name_fails_by_name() {
    let folder = Folder::new();
    folder.write("README.md", b"about");
    folder.write("nothing.txt", b"");
    folder.pcap("x.pcap", 1);
    let archive = folder.scan(&["x.pcap", "gone.pcap", "README.md", "nothing.txt"]);
    assert_eq!(rows(&archive), "README.md failed unknown_format\ngone.pcap failed not_found\nnothing.txt empty\nx.pcap ready\n");
    assert_eq!(rows(&folder.scan(&[])), "");
}

#[test]
fn paths_are_relative_to_what_holds_all_roots() {
    let folder = Folder::new();
    folder.pcap("mon/eth0.pcap", 1);
    folder.pcap("tue/eth0.pcap", 2);
    folder.pcap("tue/deep/er.pcap", 3);
    let check = |roots: &[&str], expected: &str| assert_eq!(rows(&folder.scan(roots)).replace(" ready", ""), expected, "{roots:?}");
    check(&[""], "mon/eth0.pcap\ntue/deep/er.pcap\ntue/eth0.pcap\n");
    check(&["tue"], "deep/er.pcap\neth0.pcap\n");
    check(&["tue/"], "deep/er.pcap\neth0.pcap\n");
    check(&["mon/../tue/./"], "deep/er.pcap\neth0.pcap\n");
    check(&["mon", "tue"], "mon/eth0.pcap\ntue/deep/er.pcap\ntue/eth0.pcap\n");
    check(&["tue", "mon", "tue/eth0.pcap"], "mon/eth0.pcap\ntue/deep/er.pcap\ntue/eth0.pcap\n");
    check(&["tue/eth0.pcap"], "eth0.pcap\n");
    check(&["tue/eth0.pcap", "tue/deep/er.pcap"], "deep/er.pcap\neth0.pcap\n");
    check(&["tue/deep", "tue"], "deep/er.pcap\neth0.pcap\n");
}

#[test]
fn links_are_followed_once() {
    let folder = Folder::new();
    folder.pcap("real/x.pcap", 1);
    symlink("..", folder.at("real/up")).unwrap();
    symlink("self", folder.at("self")).unwrap();
    symlink("real", folder.at("alias")).unwrap();
    symlink("real/x.pcap", folder.at("first.pcap")).unwrap();
    symlink("nowhere", folder.at("broken.pcap")).unwrap();
    let outside = Folder::new();
    outside.pcap("far.pcap", 2);
    symlink(&outside.0, folder.at("away")).unwrap();
    let archive = folder.scan(&[""]);
    let expected = "alias skipped folder_seen\naway/far.pcap ready\nbroken.pcap skipped broken_link\nfirst.pcap duplicate of real/x.pcap\n\
                    real/up skipped link_loop\nreal/x.pcap ready\nself skipped link_loop\n";
    assert_eq!(rows(&archive), expected);
}

#[test]
fn the_same_file_by_two_roots_is_one_row() {
    let folder = Folder::new();
    folder.pcap("d/x.pcap", 1);
    fs::hard_link(folder.at("d/x.pcap"), folder.at("d/y.pcap")).unwrap();
    let archive = folder.scan(&["d", "d/x.pcap", "d/./x.pcap", "d/../d/x.pcap"]);
    assert_eq!(rows(&archive), "x.pcap ready\ny.pcap duplicate of x.pcap\n");
}

#[test]
fn special_files_are_not_opened() {
    let folder = Folder::new();
    let _socket = UnixListener::bind(folder.at("socket")).unwrap();
    folder.pcap("x.pcap", 1);
    assert_eq!(rows(&folder.scan(&[""])), "socket skipped special_file\nx.pcap ready\n");
    assert_eq!(rows(&folder.scan(&["socket"])), "socket failed special_file\n");
    let device = Request { paths: vec!["/dev/zero".into()], ..Request::default() };
    assert_eq!(rows(&folder.request(device)), "zero failed special_file\n");
}

#[test]
fn what_cannot_be_opened_is_a_row() {
    let folder = Folder::new();
    folder.pcap("shut/x.pcap", 1);
    folder.pcap("y.pcap", 2);
    folder.pcap("z.pcap", 3);
    fs::set_permissions(folder.at("shut"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(folder.at("y.pcap"), fs::Permissions::from_mode(0o000)).unwrap();
    let archive = folder.scan(&[""]);
    // To the superuser nothing is shut.
    let powerful = fs::read_dir(folder.at("shut")).is_ok();
    fs::set_permissions(folder.at("shut"), fs::Permissions::from_mode(0o700)).unwrap();
    let expected = if powerful {
        "shut/x.pcap ready\ny.pcap ready\nz.pcap ready\n"
    } else {
        "shut failed permission_denied\ny.pcap failed permission_denied\nz.pcap ready\n"
    };
    assert_eq!(rows(&archive), expected);
}

#[test]
fn a_name_that_the_system_refuses_is_a_row() {
    let folder = Folder::new();
    let long = "x".repeat(300);
    folder.pcap("y.pcap", 2);
    let archive = folder.scan(&["y.pcap", &long, "y.pcap/inner.pcap"]);
    assert_eq!(rows(&archive), format!("{long} failed io_error\ny.pcap ready\ny.pcap/inner.pcap failed not_found\n"));
}

#[test]
fn names_need_not_be_text() {
    let folder = Folder::new();
    folder.pcap(OsStr::from_bytes(b"a\xff.pcap"), 1);
    folder.pcap("a\\xff.pcap", 2);
    folder.pcap("new\nline\x1b[31m.pcap", 3);
    let archive = folder.scan(&[""]);
    assert_eq!(rows(&archive), "a\\x5cxff.pcap ready\na\\xff.pcap ready\nnew\nline\x1b[31m.pcap ready\n");
    let Source::Path(path) = &archive.captures[1].source else { panic!("no path") };
    assert!(path.as_os_str().as_bytes().ends_with(b"a\xff.pcap"));
    assert!(check_text(&archive).contains("new\\nline\\u{1b}[31m.pcap"));
}

#[test]
fn globs_choose() {
    let folder = Folder::new();
    folder.pcap("mon/a.pcap", 1);
    folder.pcap("mon/b.pcap", 2);
    folder.pcap("old/a.pcap", 3);
    folder.pcap("c.cap", 4);
    let check = |include: &[&str], exclude: &[&str], expected: &str, excluded: u64| {
        let texts = |globs: &[&str]| globs.iter().map(|g| g.to_string()).collect();
        let paths = vec![folder.0.clone()];
        let archive = folder.request(Request { paths, include: texts(include), exclude: texts(exclude), ..Request::default() });
        assert_eq!(rows(&archive).replace(" ready", ""), expected);
        assert_eq!(archive.excluded, excluded);
    };
    check(&["*.pcap"], &[], "mon/a.pcap\nmon/b.pcap\nold/a.pcap\n", 1);
    check(&["mon/*", "c*"], &["b.*"], "c.cap\nmon/a.pcap\n", 2);
    check(&[], &["old"], "c.cap\nmon/a.pcap\nmon/b.pcap\n", 1);
    let bad = Request { include: vec!["{".into()], ..Request::default() };
    assert!(matches!(archive_from(&bad, &mut std::io::empty()), Err(Error::Usage(_))));
}

#[test]
fn lists_of_files() {
    let folder = Folder::new();
    folder.pcap("a.pcap", 1);
    folder.pcap("b c.pcap", 2);
    let list = [folder.at("a.pcap"), folder.at("b c.pcap")].map(|p| p.into_os_string().into_encoded_bytes()).join(&0);
    let request = Request { files_from: Some("-".into()), null: true, ..Request::default() };
    assert_eq!(rows(&archive_from(&request, &mut &list[..]).unwrap()), "a.pcap ready\nb c.pcap ready\n");
    let missing = Request { files_from: Some(folder.at("list")), ..Request::default() };
    assert!(matches!(archive_from(&missing, &mut std::io::empty()), Err(Error::Io { .. })));
    let both = Request { paths: vec!["-".into()], files_from: Some("-".into()), ..Request::default() };
    assert!(matches!(archive_from(&both, &mut std::io::empty()), Err(Error::Usage(_))));
}

#[test]
fn standard_input_keeps_what_was_taken() {
    let request = Request { paths: vec!["-".into()], ..Request::default() };
    let bytes = pcap(5, 1, &[7; 1_500_000]);
    let mut rest = &bytes[..];
    let archive = archive_from(&request, &mut rest).unwrap();
    assert_eq!((rows(&archive).as_str(), series(&archive).as_str()), ("<stdin> ready\n", "<stdin>\n"));
    let Source::Stdin(head) = &archive.captures[0].source else { panic!("not standard input") };
    assert_eq!([head, rest].concat(), bytes);
    // Streams that begin with the same bytes are the same one only if these are many.
    let id = |at: usize| {
        let mut other = bytes.clone();
        other[at] ^= 1;
        archive_from(&request, &mut &other[..]).unwrap().captures[0].id.clone()
    };
    let same = &archive.captures[0].id;
    assert!(id(100_000) != *same && id(1_000_000) != *same && id(1_400_000) == *same);
    let scan = |mut bytes: &[u8]| rows(&archive_from(&request, &mut bytes).unwrap());
    assert_eq!(scan(b""), "<stdin> empty\n");
    assert_eq!(scan(b"text"), "<stdin> failed unknown_format\n");
    assert_eq!(scan(b"\x1f\x8b\x08\0"), "<stdin> failed cut_stream\n");
}

#[test]
fn copies_are_read_once() {
    let folder = Folder::new();
    let big = |middle: u8| {
        let mut bytes = pcap(1, 1, &vec![0; 200_000]);
        bytes[100_000] = middle;
        bytes
    };
    folder.write("b/small.pcap", &pcap(1, 1, b"x"));
    folder.write("a/copy.pcap", &pcap(1, 1, b"x"));
    folder.write("big1", &big(1));
    folder.write("big2", &big(2));
    folder.write("big3", &big(1));
    folder.write("void1.pcap", b"");
    folder.write("void2.pcap", b"");
    let archive = folder.scan(&[""]);
    let expected = "a/copy.pcap ready\nb/small.pcap duplicate of a/copy.pcap\nbig1 ready\nbig2 ready\nbig3 duplicate of big1\n\
                    void1.pcap empty\nvoid2.pcap empty\n";
    assert_eq!(rows(&archive), expected);
    let id = |i: usize| archive.captures[i].id.as_str();
    assert_eq!((id(0), id(2)), (id(1), id(4)));
    assert_ne!(id(2), id(3)); // equal edges, another middle
    assert_eq!(archive.series.len(), 3);
}

#[test]
fn a_copy_does_not_tear_a_rotation() {
    let folder = Folder::new();
    for (path, second) in [("late.pcap", 20), ("x_001.pcap", 0), ("x_002.pcap", 10), ("x_003.pcap", 20), ("again/x_002.pcap", 10)] {
        folder.pcap(path, second);
    }
    let archive = folder.scan(&[""]);
    assert_eq!(series(&archive), "x_001.pcap+x_002.pcap+x_003.pcap\n");
    assert!(rows(&archive).starts_with("again/x_002.pcap duplicate of x_002.pcap\nlate.pcap duplicate of x_003.pcap\n"));
}

#[test]
fn an_id_is_that_of_the_content() {
    let id = |bytes: &[u8]| {
        let folder = Folder::new();
        folder.write("x.pcap", bytes);
        folder.scan(&["x.pcap"]).captures[0].id.clone()
    };
    for size in [100, 65_536, 65_537, 131_072, 131_073, 300_000] {
        let bytes = pcap(1, 1, &vec![3; size - 40]);
        assert_eq!(bytes.len(), size);
        let mut last = bytes.clone();
        last[size - 1] ^= 1;
        assert_eq!(id(&bytes), id(&bytes));
        assert_ne!(id(&bytes), id(&last), "{size}");
        assert_ne!(id(&bytes), id(&bytes[..size - 1]), "{size}");
    }
}

#[test]
fn a_rotation_is_one_series_whatever_the_arguments() {
    let folder = Folder::new();
    for (path, second) in [
        ("r/x.pcap2", 20),
        ("r/x.pcap", 0),
        ("r/x.pcap10", 100),
        ("r/x.pcap1", 10),
        ("other.pcap", 5),
        ("ring.pcap1", 7),
        ("ring.pcap0", 9),
    ] {
        folder.pcap(path, second);
    }
    folder.write("mixed-001.pcap", &pcap(1, 1, b""));
    folder.write("mixed-002.pcap", &pcap(2, 101, b""));
    let roots =
        ["r/x.pcap2", "r/x.pcap", "r/x.pcap10", "r/x.pcap1", "other.pcap", "ring.pcap1", "ring.pcap0", "mixed-001.pcap", "mixed-002.pcap"];
    let whole = folder.scan(&[""]);
    let expected = "mixed-001.pcap\nmixed-002.pcap\nother.pcap\nr/x.pcap+r/x.pcap1+r/x.pcap2\nr/x.pcap10\nring.pcap1+ring.pcap0\n";
    assert_eq!(series(&whole), expected);
    for turn in 0..roots.len() {
        let mut shuffled = roots;
        shuffled.rotate_left(turn);
        shuffled.swap(0, 5);
        let archive = folder.scan(&shuffled);
        assert_eq!((rows(&archive), series(&archive)), (rows(&whole), series(&whole)));
        let ids = |a: &Archive| a.series.iter().map(|s| s.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&archive), ids(&whole));
    }
    let mode = |series| Request { paths: vec![folder.0.clone()], series, ..Request::default() };
    assert_eq!(folder.request(mode(SeriesMode::None)).series.len(), 9);
    assert_eq!(folder.request(mode(SeriesMode::All)).series.len(), 1);
}

#[test]
fn check_says_it_in_words_and_as_json() {
    let folder = Folder::new();
    folder.pcap("x.pcap", 0);
    folder.pcap("x.pcap1", 10);
    folder.pcap("alone.pcap", 5);
    folder.write("text.pcap", b"text");
    let archive = folder.scan(&[""]);
    let text = check_text(&archive);
    for part in [
        "3 captures to read, 120 bytes in 2 series",
        "1 skipped (unknown_format)",
        "2 files of a rotation with numbers behind the name, 0 to 1",
        "2026-01-01T12:00:10.000000Z",
        "1 capture by itself",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let json = check_json(&archive);
    assert_eq!(json["captures_to_read"], 3);
    assert_eq!(json["bytes_to_read"], 120);
    assert_eq!(json["captures"][1]["error_code"], "unknown_format");
    assert_eq!(json["series"][1]["captures"][1], "x.pcap1");
    assert!(check_text(&Archive::default()).starts_with("0 captures to read"));
}
