//! Exit codes, and an output folder that appears whole or not at all.

use crate::support::{Folder, captures_of, files_below, program};
use std::ffi::OsStr;
use std::fs;
use std::process::Output;

/// A folder with a good capture, a damaged one, and nothing to find.
fn captures() -> Folder {
    let folder = Folder::new();
    let good = fs::read(&captures_of("failure-alert")[0]).unwrap();
    folder.write("good/a.pcap", &good);
    folder.write("mixed/a.pcap", &good);
    folder.write("mixed/b.pcap", &good[..good.len() - 7]);
    folder.write("nothing/notes.txt", b"no capture");
    folder
}

fn run<A: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = A>) -> Output {
    program().current_dir(folder.at("")).args(arguments).output().unwrap()
}

fn check(arguments: &str, code: i32) {
    let folder = captures();
    let output = run(&folder, arguments.split(' '));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
    assert_eq!(folder.at("out").exists(), matches!(code, 0 | 3) && arguments.contains("-o out"), "{arguments}");
    assert_eq!(leftovers(&folder), 0, "{arguments}");
    assert!(!said.is_empty() || !output.stdout.is_empty() || arguments.ends_with("-q"), "{arguments}: no word about it");
}

/// Temporary folders that were left behind.
fn leftovers(folder: &Folder) -> usize {
    let names = fs::read_dir(folder.at("")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with('.')).count()
}

#[test]
fn codes() {
    check("scan good -o out", 0);
    check("scan good -o out -q", 0);
    check("scan mixed -o out", 3);
    check("scan mixed/b.pcap -o out", 3);
    check("scan good nowhere -o out", 3);
    check("scan mixed -o out --max-failed 1", 0);
    check("scan good nowhere mixed -o out --max-failed 1", 3);
    check("scan nothing -o out", 5);
    check("scan good --exclude *.pcap -o out", 5);
    check("scan nowhere -o out", 5);
    check("scan -o out", 2);
    check("scan good", 2);
    check("scan good -o out --series some", 2);
    check("scan good -o out --include {", 2);
    check("scan good -o out -j 0", 2);
    check("scan good -o good/a.pcap", 1);
    check("scan good -o good", 1);
    check("scan good -o good -f", 1);
    check("scan good -o good/a.pcap/out", 1);
    check("check good", 0);
    check("check nothing", 5);
    check("schema", 0);
    check("man scan", 0);
    check("completions bash", 0);
}

#[test]
fn a_quiet_failure_still_says_why() {
    let folder = captures();
    let output = run(&folder, ["scan", "good", "-o", "good", "-q"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("--force"));
    assert_eq!(files_below(&folder.at("good")).len(), 1);
}

#[test]
fn force_replaces_a_result_and_nothing_else() {
    let folder = captures();
    assert_eq!(run(&folder, ["scan", "good", "-o", "out"]).status.code(), Some(0));
    folder.write("out/csv/old.csv", b"left from before");
    assert_eq!(run(&folder, ["scan", "mixed", "-o", "out"]).status.code(), Some(1));
    assert!(folder.at("out/csv/old.csv").exists());
    assert_eq!(run(&folder, ["scan", "mixed", "-o", "out", "-f"]).status.code(), Some(3));
    assert!(!folder.at("out/csv/old.csv").exists());
    assert!(fs::read_to_string(folder.at("out/csv/captures.csv")).unwrap().contains("b.pcap"));

    // Not a result of ours, whatever it holds.
    folder.write("mine/letters.txt", b"dear");
    assert_eq!(run(&folder, ["scan", "good", "-o", "mine", "-f"]).status.code(), Some(1));
    assert_eq!(files_below(&folder.at("mine")).len(), 1);

    // An empty folder is nothing that could be lost.
    fs::create_dir(folder.at("empty")).unwrap();
    assert_eq!(run(&folder, ["scan", "good", "-o", "empty"]).status.code(), Some(0));
    assert!(folder.at("empty/manifest.json").exists());
    assert_eq!(leftovers(&folder), 0);
}

#[test]
fn a_run_that_finds_nothing_leaves_an_earlier_result_alone() {
    let folder = captures();
    run(&folder, ["scan", "good", "-o", "out"]);
    let before = files_below(&folder.at("out"));
    assert_eq!(run(&folder, ["scan", "nothing", "-o", "out", "-f"]).status.code(), Some(5));
    assert_eq!(files_below(&folder.at("out")), before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = captures();
    let output = run(&folder, ["scan", "good", "-n", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("a.pcap"));
    assert!(!folder.at("out").exists());
}

#[test]
fn standard_output_is_data() {
    let folder = captures();
    let output = run(&folder, ["scan", "mixed", "-o", "out", "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["captures"]["found"], 2);
    let output = run(&folder, ["scan", "good", "-o", "out2"]);
    assert!(output.stdout.is_empty());
}

#[test]
fn progress_for_programs_ends_with_what_was_read() {
    let folder = captures();
    let output = run(&folder, ["scan", "good", "-o", "out", "--progress", "json"]);
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<serde_json::Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let last = lines.last().unwrap_or_else(|| panic!("{said}"));
    assert!(last["captures"].as_u64() > Some(0) && last["captures"] == last["total_captures"], "{last}");
    assert!(last["bytes"].as_u64() <= last["total_bytes"].as_u64() && last["packets"].as_u64() > Some(0), "{last}");
    let output = run(&folder, ["scan", "good", "-o", "out", "-f", "--progress", "json", "-q"]);
    assert!(output.stderr.is_empty());
}
