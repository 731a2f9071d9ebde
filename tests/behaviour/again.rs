//! What is done with finished runs: the report again, one flow, several runs as one, two runs compared.

use crate::support::{Folder, Table, files_below, program, samples, scan};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tlscensus::row::capture::CaptureRow;
use tlscensus::row::flow::{FlowCertificateRow, FlowRow};
use tlscensus::row::message::MessageRow;
use tlscensus::row::{Row, Style};

/// Runs the program on what stands in a folder.
fn run<A: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = A>) -> Output {
    program().current_dir(folder.at("")).env("LC_ALL", "C").args(arguments).output().unwrap()
}

/// What it prints, if all is well.
fn printed<A: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = A>) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Its exit code, and what it says on standard error.
fn refused<A: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = A>) -> (i32, String) {
    let output = run(folder, arguments);
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn files(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(out).into_iter().collect()
}

/// A scan of some samples, each capture by itself.
fn scan_of(folder: &Folder, out: &str, globs: &[&str]) {
    let mut arguments = vec![samples().into_os_string(), "--series".into(), "none".into(), "--reproducible".into()];
    arguments.extend(["--report-title".into(), "samples".into()]);
    for glob in globs {
        arguments.extend(["--include".into(), (*glob).into()]);
    }
    scan(&folder.at(out), arguments);
}

#[test]
fn a_report_says_what_changed_since_another_run() {
    let folder = Folder::new();
    scan_of(&folder, "old", &["*tls13*"]);
    scan_of(&folder, "new", &[]);
    let page = || fs::read_to_string(folder.at("new/report.html")).unwrap();
    assert!(!page().contains("What changed."));
    printed(&folder, ["report", "new", "--baseline", "old"]);
    assert!(page().contains("Against the run “samples” ("));
    // The old run holds no TLS 1.0, and the new one agreed on it.
    assert!(page().contains("points, worse</b>"));
    let told = page();
    printed(&folder, ["report", "new", "--baseline", "new"]);
    assert!(page().contains("no finding is new; none is gone."));
    printed(&folder, ["report", "new", "--baseline", "old"]);
    assert_eq!(page(), told);
    let (code, said) = refused(&folder, ["report", "new", "--baseline", "nowhere"]);
    assert!(code == 1 && said.contains("nowhere"), "{code} {said}");
}

#[test]
fn a_report_is_built_again_to_the_byte() {
    let folder = Folder::new();
    // With command, clock and memory, which stay those of the scan.
    scan(&folder.at("out"), [samples()]);
    let before = files(&folder.at("out"));
    for name in ["report.html", "summary.json", "DICTIONARY.md", "load.sql", "csv/versions.csv", "csv/findings.csv", "csv/losses.csv"] {
        fs::write(folder.at("out").join(name), b"gone").unwrap();
    }
    printed(&folder, ["report", "out"]);
    let after = files(&folder.at("out"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, bytes) in &before {
        assert!(bytes == &after[name], "{} differs", name.display());
    }
    let run: serde_json::Value = serde_json::from_slice(&after[Path::new("state/run.json")]).unwrap();
    assert!(run["command"].as_str().unwrap().contains("scan") && run["started_us"].is_i64());
}

#[test]
fn all_flows_go_into_files_beside_the_report_if_asked_for() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls12-*"]);
    let page = |out: &str| fs::read_to_string(folder.at(out).join("report.html")).unwrap();
    assert!(!page("out").contains("strict-dynamic") && !folder.at("out/report-pages").exists());
    printed(&folder, ["report", "out", "--report-pages"]);
    let with = files(&folder.at("out"));
    let policy = |page: &str| page.split("script-src ").nth(1).unwrap().split(';').next().unwrap().matches(' ').count();
    assert_eq!(policy(&page("out")), 1);
    let text = String::from_utf8(with[Path::new("report-pages/flows-0001.js")].clone()).unwrap();
    let json = text.strip_prefix("tlscensusFlows(").and_then(|text| text.strip_suffix(")\n")).unwrap();
    let flows: serde_json::Value = serde_json::from_str(json).unwrap();
    let ids: Vec<_> = flows["columns"]["id"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    let table = Table::read(&folder.at("out"), "flows");
    assert_eq!(ids, table.lines().map(|line| line.get("flow_id").to_owned()).collect::<Vec<_>>());
    // Once there, they stay, to the byte; and a scan that is asked for them writes the same.
    printed(&folder, ["report", "out"]);
    assert!(with == files(&folder.at("out")));
    let mut arguments = vec![samples().into_os_string(), "--series".into(), "none".into(), "--reproducible".into()];
    arguments.extend(["--report-title", "samples", "--report-pages", "--include", "tls12-*"].map(Into::into));
    scan(&folder.at("scanned"), arguments);
    assert!(with == files(&folder.at("scanned")));
}

#[test]
fn a_report_gets_another_title_and_keeps_it() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls13"]);
    printed(&folder, ["report", "out", "--report-title", "Monday <b>"]);
    printed(&folder, ["report", "out"]);
    let page = fs::read_to_string(folder.at("out/report.html")).unwrap();
    assert!(page.contains("<title>TLS census of Monday &#60;b&#62;</title>"));
    assert!(fs::read_to_string(folder.at("out/manifest.json")).unwrap().contains("Monday <b>"));
}

#[test]
fn a_reproducible_run_has_no_byte_of_its_own() {
    let folder = Folder::new();
    scan_of(&folder, "one", &["tls12-*"]);
    scan_of(&folder, "another", &["tls12-*"]);
    assert!(files(&folder.at("one")) == files(&folder.at("another")));
}

#[test]
fn a_result_that_cannot_be_worked_on_is_refused_in_words() {
    let folder = Folder::new();
    folder.write("empty/x", b"");
    scan_of(&folder, "out", &["tls13"]);
    let state = folder.at("out/state/state.json.zst");
    let good = fs::read(&state).unwrap();
    let check = |command: &str, words: &str| {
        let page = fs::read(folder.at("out/report.html")).unwrap();
        let (code, said) = refused(&folder, command.split(' '));
        assert!(code == 1 && said.contains(words), "{command}: {code} {said}");
        assert!(page == fs::read(folder.at("out/report.html")).unwrap(), "{command}");
    };
    check("report empty", "is not a result of tlscensus");
    check("report nowhere", "is not a result of tlscensus");
    fs::write(&state, &good[..good.len() / 2]).unwrap();
    check("report out", "is damaged");
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    fs::write(&state, &flipped).unwrap();
    check("report out", "is damaged");
    let other = "{\"tlscensus_state\":7,\"version\":\"9.9\"}\n\u{1}whatever that has";
    fs::write(&state, zstd::encode_all(other.as_bytes(), 3).unwrap()).unwrap();
    check("report out", "is a state of version 7, written by tlscensus 9.9");
    fs::remove_file(&state).unwrap();
    check("report out", "has no state/");
    fs::write(&state, &good).unwrap();
    fs::write(folder.at("out/csv/flows.csv"), b"edited").unwrap();
    check("report out", "it was changed since");
}

/// Rows read back from the tables of all samples give the same lines.
#[test]
fn a_row_comes_back_from_its_line() {
    fn check<R: Row>(out: &Path) {
        let name = R::TABLE.name;
        let text = fs::read(out.join(format!("csv/{name}.csv"))).unwrap();
        let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').skip(1).collect();
        let table = Table::read(out, name);
        assert!(lines.len() == table.lines().count() && !lines.is_empty(), "{name}");
        for (written, line) in lines.into_iter().zip(table.lines()) {
            let row = R::read(&|column| Some(line.get(column).to_owned()))
                .unwrap_or_else(|| panic!("{name}: {}", String::from_utf8_lossy(written)));
            let mut again = Vec::new();
            row.append_csv(Style::default(), &mut again);
            assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(written), "{name}");
        }
    }
    let folder = Folder::new();
    scan_of(&folder, "out", &[]);
    let out = folder.at("out");
    check::<FlowRow>(&out);
    check::<MessageRow>(&out);
    check::<FlowCertificateRow>(&out);
    check::<CaptureRow>(&out);
}

#[test]
fn a_flow_is_shown_step_by_step() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls12-ecdhe-rsa", "failure-alert", "tls13-hrr"]);
    let flows = Table::read(&folder.at("out"), "flows");
    let captures = Table::read(&folder.at("out"), "captures");
    let messages = Table::read(&folder.at("out"), "messages");
    let messages = messages.by("flow_id");
    for flow in flows.lines() {
        let id = flow.get("flow_id");
        let shown = printed(&folder, ["show", "out", id, "--color", "never"]);
        assert!(shown.is_ascii() && shown.contains(id), "{shown}");
        let ladder = shown.lines().filter(|line| line.contains('|') || line.contains(':'));
        let ladder: Vec<&str> = ladder.collect();
        for message in &messages[id] {
            let ms = message.get("since_start_ms");
            let line = ladder.iter().find(|line| line.trim_start().starts_with(ms) && line.contains(&format!(" {} ", message.get("step"))));
            let line = line.unwrap_or_else(|| panic!("{ms} is not in\n{shown}"));
            assert!(line.contains(if message.get("direction") == "client" { ">|" } else { "|<" }), "{line}");
            let last = message.get("last_frame");
            assert!(line.split([' ', '-']).any(|word| word == last), "frame {last}: {line}");
        }
        let capture = captures.lines().find(|capture| capture["capture_id"] == flow["capture_id"]).unwrap();
        let command = shown.lines().last().unwrap();
        assert!(command.starts_with("wireshark -r ./") && command.contains(&capture["path"]) && command.contains(" -Y "), "{command}");
        assert_eq!(shown.contains("failed here"), &flow["outcome"] == "alert", "{shown}");
        // As much of the id as is needed.
        let alone = (2..=17).find(|len| flows.lines().filter(|other| other.get("flow_id").starts_with(&id[..*len])).count() == 1).unwrap();
        assert_eq!(printed(&folder, ["show", "out", &id[..alone]]), shown);
    }
    let colored = printed(&folder, ["show", "out", flows.lines().next().unwrap().get("flow_id"), "--color", "always"]);
    assert!(colored.contains("\u{1b}[36m"));
}

#[test]
fn a_ladder_keeps_to_the_width_and_the_characters_of_the_terminal() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls12-dhe"]);
    let table = Table::read(&folder.at("out"), "flows");
    let id = table.lines().next().unwrap().get("flow_id");
    let check = |columns: &str, lang: &str, most: usize, ascii: bool, has: &[&str]| {
        let mut command = program();
        command.current_dir(folder.at("")).env_remove("LC_ALL").env_remove("LC_CTYPE").env("LANG", lang).env("COLUMNS", columns);
        let shown = String::from_utf8(command.args(["show", "out", id]).output().unwrap().stdout).unwrap();
        let edge = if ascii { '|' } else { '│' };
        let widest = shown.lines().filter(|line| line.contains(edge)).map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= most && shown.is_ascii() == ascii, "{columns} {lang}: {widest}\n{shown}");
        let head = shown.lines().find(|line| line.contains("client") && line.contains("state")).unwrap();
        assert_eq!(["bytes", "segs", "frames", "recs"].into_iter().filter(|name| head.contains(name)).collect::<Vec<_>>(), has, "{head}");
    };
    check("20", "C", 60, true, &["bytes", "segs"]);
    check("60", "en_US.UTF-8", 60, false, &["bytes", "segs"]);
    check("80", "de_DE.utf8", 80, false, &["bytes", "segs", "frames", "recs"]);
    check("500", "", 120, true, &["bytes", "segs", "frames", "recs"]);
}

#[test]
fn a_flow_that_is_not_one_is_refused_in_words() {
    let folder = Folder::new();
    scan_of(&folder, "out", &[]);
    let check = |id: &str, words: &str| {
        let (code, said) = refused(&folder, ["show", "out", id]);
        assert!(code == 2 && said.contains(words), "{id}: {code} {said}");
    };
    check("f", "flows begin with f:\n  f");
    check("f", "and ");
    check("f0000000000000000", "has no flow f0000000000000000");
    check("x\u{1b}[31m", "is no flow");
    check("f00000000000000000", "is no flow");
    assert_eq!(refused(&folder, ["show", "nowhere", "f1"]).0, 1);
}

#[test]
fn a_flow_is_drawn_as_a_page_as_the_report_draws_it() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls12-client-auth"]);
    let table = Table::read(&folder.at("out"), "flows");
    let id = table.lines().next().unwrap().get("flow_id");
    assert_eq!(printed(&folder, ["show", "out", id, "--html", "flow.html"]), "");
    let drawing = |path: &str| {
        let page = fs::read_to_string(folder.at(path)).unwrap();
        let from = page.find("<svg class=\"ladder\"").unwrap();
        page[from..][..page[from..].find("</svg>").unwrap()].to_owned()
    };
    assert_eq!(drawing("flow.html"), drawing("out/report.html"));
}

/// Runs that together have all samples.
const PARTS: [&[&str]; 3] = [&["tls1*", "d*", "p*"], &["f*", "c*", "l*", "r*", "a*"], &["b*", "i*", "m*", "o*", "s*", "v*"]];

/// What one scan over all captures would have written, but for the settings: they name what was included, and the parts.
#[test]
fn runs_apart_make_what_one_run_makes() {
    let folder = Folder::new();
    for (name, globs) in ["a", "b", "c"].into_iter().zip(PARTS) {
        scan_of(&folder, name, globs);
    }
    scan_of(&folder, "whole", &PARTS.concat());
    printed(&folder, ["report", "whole", "--report-pages"]);
    let options = ["-o", "merged", "--reproducible", "--report-title", "samples", "--report-pages"];
    printed(&folder, ["merge", "a", "b", "c"].into_iter().chain(options));
    let (whole, merged) = (files(&folder.at("whole")), files(&folder.at("merged")));
    assert_eq!(whole.keys().collect::<Vec<_>>(), merged.keys().collect::<Vec<_>>());
    assert!(Table::read(&folder.at("merged"), "flows").lines().count() > 50);
    for (name, bytes) in &whole {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match name.to_str().unwrap() {
            "state/state.json.zst" => {}
            "manifest.json" => {
                let manifest = |bytes: &[u8]| {
                    let mut value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
                    assert!(value["options"].take().is_object());
                    value
                };
                assert_eq!(manifest(bytes), manifest(&merged[name]));
            }
            "report.html" => {
                let page = |bytes: &[u8]| {
                    let text = text(bytes);
                    let (before, after) = text.split_once("<section id=\"about\"").unwrap();
                    (before.to_owned(), after.split_once("</section>").unwrap().1.to_owned())
                };
                assert!(page(bytes) == page(&merged[name]));
            }
            _ => assert!(bytes == &merged[name], "{} differs", name.display()),
        }
    }
    // In any order, and of a result that was itself merged.
    printed(&folder, ["merge", "c", "a", "-o", "ca", "--reproducible", "--report-title", "samples"]);
    let options = ["-o", "again", "--reproducible", "--report-title", "samples"];
    printed(&folder, ["merge", "b", "ca"].into_iter().chain(options));
    for (name, bytes) in files(&folder.at("again")).iter().filter(|(name, _)| name.starts_with("csv")) {
        assert!(bytes == &merged[name], "{} differs", name.display());
    }
    // What was merged has all that a result has.
    let before = files(&folder.at("merged"));
    printed(&folder, ["report", "merged"]);
    assert!(before == files(&folder.at("merged")));
}

#[test]
fn a_capture_never_counts_twice() {
    let folder = Folder::new();
    scan_of(&folder, "one", &["tls13", "tls12-rsa"]);
    scan_of(&folder, "other", &["tls13"]);
    scan_of(&folder, "overlapping", &["tls13", "tls12-dhe"]);
    let output = run(&folder, ["merge", "one", "other", "one", "-o", "merged"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("other is left out: one has all of its captures"), "{said}");
    assert!(said.contains("one is left out: one has all"), "{said}");
    for table in ["flows", "messages", "versions", "losses", "captures"] {
        let csv = |out: &str| fs::read(folder.at(out).join(format!("csv/{table}.csv"))).unwrap();
        assert!(csv("merged") == csv("one"), "{table}");
    }
    let (code, said) = refused(&folder, ["merge", "one", "overlapping", "-o", "twice"]);
    assert!(code == 2 && said.contains("would count twice") && said.contains("tls13/"), "{code} {said}");
    assert!(!folder.at("twice").exists());
}

#[test]
fn captures_of_the_same_name_get_the_titles_of_their_runs() {
    let folder = Folder::new();
    for (day, sample) in [("mon", "tls13"), ("tue", "tls12-rsa")] {
        let capture = fs::read(&crate::support::captures_of(sample)[0]).unwrap();
        folder.write(format!("all/{day}/eth0.pcap"), &capture);
        folder.write(format!("all/{day}/cut.pcap"), &capture[..capture.len() / 2]);
        scan(&folder.at(format!("{day}-out")), [folder.at(format!("all/{day}"))]);
    }
    scan(&folder.at("whole"), [folder.at("all")]);
    let (code, said) = refused(&folder, ["merge", "mon-out", "tue-out", "-o", "merged"]);
    assert!(code == 2 && said.contains("are called cut.pcap; with --prefix"), "{code} {said}");
    printed(&folder, ["merge", "tue-out", "mon-out", "-o", "merged", "--prefix"]);
    for table in ["captures", "flows", "messages", "losses", "findings", "versions", "servers"] {
        let csv = |out: &str| fs::read_to_string(folder.at(out).join(format!("csv/{table}.csv"))).unwrap();
        assert_eq!(csv("merged"), csv("whole"), "{table}");
    }
    assert!(Table::read(&folder.at("merged"), "losses").lines().any(|loss| loss.get("example").starts_with("mon/")));
}

#[test]
fn runs_that_were_done_differently_are_not_merged() {
    let folder = Folder::new();
    let scanned = |out: &str, sample: &str, options: &[&str]| {
        let arguments = [samples().join(sample).into_os_string()].into_iter().chain(options.iter().map(Into::into));
        scan(&folder.at(out), arguments);
    };
    scanned("plain", "tls13", &[]);
    scanned("raw", "tls12-rsa", &["--csv-raw"]);
    scanned("muted", "tls12-dhe", &["--mute", "mss_small"]);
    let check = |other: &str, code: i32, words: &str| {
        let (is, said) = refused(&folder, ["merge", "plain", other, "-o", "merged"]);
        assert!(is == code && said.contains(words), "{other}: {is} {said}");
        assert!(!folder.at("merged").exists());
    };
    check("raw", 2, "--csv-raw");
    check("muted", 2, "--mute");
    check("nowhere", 1, "is not a result");
    // Tables that are as long as they were, and not what they were.
    scanned("edited", "tls12-ecdhe-rsa", &[]);
    let flows = folder.at("edited/csv/flows.csv");
    let good = fs::read_to_string(&flows).unwrap();
    let capture = Table::read(&folder.at("edited"), "captures").lines().next().unwrap().get("capture_id").to_owned();
    fs::write(&flows, good.replace(&capture, "c000000000000")).unwrap();
    check("edited", 1, "line 2 names a capture that the run did not read");
    fs::write(&flows, good.replace("sni_state", "sni_stale")).unwrap();
    check("edited", 1, "has other columns");
    fs::write(&flows, good.replacen("\"f", "\"e", 1)).unwrap();
    check("edited", 1, "of a flow that flows.csv does not have");
}

#[test]
fn a_leading_apostrophe_is_the_texts_own_or_a_guard() {
    let check = |name: &str, options: &[&str]| {
        let folder = Folder::new();
        fs::create_dir(folder.at("mon")).unwrap();
        fs::copy(samples().join("tls13/tls13.pcap"), folder.at("mon").join(name)).unwrap();
        let arguments = [folder.at("mon").into_os_string()].into_iter().chain(options.iter().map(Into::into));
        scan(&folder.at("out"), arguments);
        let id = Table::read(&folder.at("out"), "flows").lines().next().unwrap().get("flow_id").to_owned();
        let shown = printed(&folder, ["show", "out", &id]);
        let said = format!("capture  {name}, stream 0");
        assert!(shown.lines().any(|line| line == said), "{name} {options:?}: {shown}");
    };
    for name in ["=one.pcap", "'=one.pcap", "''=one.pcap", "'one.pcap", "one.pcap"] {
        check(name, &[]);
        check(name, &["--csv-raw"]);
    }
}

#[test]
fn what_differs_between_two_runs_is_told_with_its_shares() {
    let folder = Folder::new();
    scan_of(&folder, "old", &["tls12-ecdhe-rsa", "tls12-dhe", "tls13"]);
    scan_of(&folder, "new", &["tls12-ecdhe-rsa", "tls13", "tls10", "failure-alert"]);
    let told = printed(&folder, ["diff", "old", "new"]);
    // The counts of the tables, divided here once more.
    let chosen = |out: &str, name: &str| {
        let table = Table::read(&folder.at(out), "versions");
        let of: u64 = table.lines().map(|line| line.number("chosen_flows")).sum();
        (table.lines().find(|line| &line["name"] == name).map_or(0, |line| line.number("chosen_flows")), of)
    };
    let share = |(part, of): (u64, u64)| format!("{:.1} % ({part})", 100.0 * part as f64 / of as f64);
    let has = |line: String| assert!(told.lines().any(|told| told.trim() == line), "{line} is not in\n{told}");
    has(format!("+ TLS 1.0: {}", share(chosen("new", "TLS 1.0"))));
    has(format!("~ TLS 1.2: {}, then {}", share(chosen("old", "TLS 1.2")), share(chosen("new", "TLS 1.2"))));
    assert!(
        told.contains("- TLS_DHE_RSA_WITH_") && told.contains("+ alert after step 2, alert handshake_failure from the server: "),
        "{told}"
    );
    // A finding is new by rule and subject.
    let ids =
        |out: &str| Table::read(&folder.at(out), "findings").lines().map(|line| line.get("finding_id").to_owned()).collect::<Vec<_>>();
    let (before, now) = (ids("old"), ids("new"));
    let json: serde_json::Value = serde_json::from_str(&printed(&folder, ["diff", "old", "new", "--json"])).unwrap();
    let listed = |change: &str| {
        let changes = json["findings"].as_array().unwrap().iter().filter(|it| it["change"] == change);
        let mut ids: Vec<_> = changes.map(|it| it["finding_id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let only = |ours: &[String], theirs: &[String]| {
        let mut only: Vec<_> = ours.iter().filter(|id| !theirs.contains(id)).cloned().collect();
        only.sort();
        only
    };
    assert!(!only(&now, &before).is_empty());
    assert_eq!(listed("appeared"), only(&now, &before));
    assert_eq!(listed("vanished"), only(&before, &now));
}

#[test]
fn a_new_finding_fails_where_that_is_asked_for() {
    let folder = Folder::new();
    scan_of(&folder, "good", &["tls13"]);
    scan_of(&folder, "bad", &["tls13", "tls10"]);
    let check = |command: &str, code: i32, words: &str| {
        let output = run(&folder, command.split(' '));
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(code) && told.contains(words), "{command}: {:?}\n{told}", output.status);
    };
    let severe: Vec<String> = Table::read(&folder.at("bad"), "findings")
        .lines()
        .filter(|line| &line["rule_id"] == "protocol_tls10")
        .map(|line| line.get("severity").to_owned())
        .collect();
    let severe = severe.first().unwrap();
    check("diff good bad", 0, "protocol_tls10");
    check(&format!("diff good bad --fail-on {severe}"), 4, "protocol_tls10");
    check("diff good bad --fail-on critical", if severe == "critical" { 4 } else { 0 }, "protocol_tls10");
    // What goes away is no reason to fail, nor is what was there before.
    check("diff bad good --fail-on info", 0, "- ");
    check(
        "diff bad bad --fail-on info",
        0,
        "\nno difference in findings, rules, versions, cipher suites, groups, endings, certificates, servers\n",
    );
    assert_eq!(refused(&folder, ["diff", "good", "nowhere"]).0, 1);
    assert_eq!(refused(&folder, ["diff", "good"]).0, 2);
}
