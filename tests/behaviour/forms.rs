//! The forms of a result: which parts are written, how CSV files are cut and packed, and that they are read back in every form.

use crate::support::{Folder, files_below, program, samples, scan};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Output;
use tlscensus::report::reading;
use tlscensus::report::tables::TABLES;

/// A scan of a few samples.
fn scan_of(folder: &Folder, out: &str, globs: &[&str], options: &[&str]) {
    let mut arguments = vec![samples().into_os_string(), "--reproducible".into(), "--series".into(), "none".into()];
    arguments.extend(["--report-title".into(), "samples".into()]);
    arguments.extend(globs.iter().flat_map(|glob| ["--include".into(), (*glob).into()]));
    arguments.extend(options.iter().map(|option| (*option).into()));
    scan(&folder.at(out), arguments);
}

fn run(folder: &Folder, line: &str) -> Output {
    program().current_dir(folder.at("")).env("LC_ALL", "C").args(line.split(' ')).output().unwrap()
}

fn done(folder: &Folder, line: &str) -> String {
    let output = run(folder, line);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every table as one plain file.
fn tables(out: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    let table = |name: &'static str| {
        let mut bytes = Vec::new();
        reading::open(out, name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    TABLES.iter().map(|entry| table(entry.table.name)).collect()
}

fn files(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(out).into_iter().collect()
}

fn names(out: &Path) -> Vec<String> {
    files_below(out).into_iter().map(|(name, _)| name.to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_form_of_csv_holds_the_same_and_is_read_back() {
    let folder = Folder::new();
    let (one, other): (&[&str], &[&str]) = (&["tls1*"], &["f*", "c*"]);
    scan_of(&folder, "plain-one", one, &[]);
    scan_of(&folder, "plain-other", other, &[]);
    done(&folder, "merge plain-one plain-other -o plain --reproducible");
    let (expected, whole) = (tables(&folder.at("plain-one")), tables(&folder.at("plain")));
    let flow = String::from_utf8(expected["flows"].clone()).unwrap().lines().nth(3).unwrap()[1..18].to_owned();
    let ladder = done(&folder, &format!("show plain-one {flow}"));
    for (number, (rows, packing, ending)) in
        [("7", "none", ""), ("7", "gzip", ".gz"), ("1000000", "zstd", ".zst"), ("1", "zstd", ".zst")].into_iter().enumerate()
    {
        let form = ["--csv-rows", rows, "--csv-compress", packing];
        let (a, b, merged) = (format!("a{number}"), format!("b{number}"), format!("m{number}"));
        scan_of(&folder, &a, one, &form);
        scan_of(&folder, &b, other, &["--csv-profile", "spreadsheet", "--csv-bom", "no"]);
        assert!(tables(&folder.at(&a)) == expected, "{form:?}");
        let flows = names(&folder.at(&a)).into_iter().filter(|name| name.starts_with("csv/flows")).collect::<Vec<_>>();
        match rows {
            "1000000" => assert_eq!(flows, [format!("csv/flows.csv{ending}")]),
            _ => assert!(flows.len() > 1 && flows.contains(&format!("csv/flows-0001.csv{ending}")), "{flows:?}"),
        }
        assert_eq!(done(&folder, &format!("show {a} {flow}")), ladder);
        // Runs in different forms become one in a third.
        done(&folder, &format!("merge {a} {b} -o {merged} --reproducible --csv-rows 5 --csv-compress {packing}"));
        assert!(tables(&folder.at(&merged)) == whole, "{form:?}");
        let before = files(&folder.at(&a));
        done(&folder, &format!("report {a}"));
        assert!(before == files(&folder.at(&a)), "{form:?}");
        assert!(done(&folder, &format!("diff {a} plain-one")).contains("no difference in findings"), "{form:?}");
    }
}

#[test]
fn a_part_has_its_header_and_no_more_rows_than_asked_for() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls1*"], &["--csv-rows", "4"]);
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(folder.at("out/manifest.json")).unwrap()).unwrap();
    let mut parts = 0;
    for table in manifest["tables"].as_array().unwrap() {
        let files = table["csv"].as_array().unwrap();
        assert_eq!(files.iter().map(|file| file["rows"].as_u64().unwrap()).sum::<u64>(), table["rows"].as_u64().unwrap());
        for (at, file) in files.iter().enumerate() {
            let text = fs::read_to_string(folder.at("out").join(file["path"].as_str().unwrap())).unwrap();
            let rows = text.matches("\r\n").count() - 1;
            assert!(text.starts_with('\u{feff}') && file["rows"] == rows && file["bytes"] == text.len(), "{file}");
            assert!(if at + 1 < files.len() { rows == 4 } else { rows <= 4 && (rows > 0 || at == 0) }, "{file}");
        }
        parts += files.len();
    }
    assert_eq!(parts, names(&folder.at("out")).iter().filter(|name| name.starts_with("csv/")).count());
    assert!(parts > 2 * TABLES.len());
}

#[test]
fn what_is_not_asked_for_is_not_written() {
    let folder = Folder::new();
    let always = ["DICTIONARY.md", "manifest.json", "state/run.json", "state/state.json.zst"];
    for (formats, more) in [("json", vec!["summary.json"]), ("html,html", vec!["report.html"])] {
        scan_of(&folder, formats, &["tls13", "tls12-rsa"], &["--format", formats]);
        let mut expected: Vec<&str> = always.iter().copied().chain(more).collect();
        expected.sort_unstable();
        let mut found = names(&folder.at(formats));
        found.sort_unstable();
        assert_eq!(found, expected);
        done(&folder, &format!("report {formats}"));
        assert_eq!(names(&folder.at(formats)).len(), expected.len());
    }
    scan_of(&folder, "csv", &["tls10"], &["--format", "csv"]);
    assert!(!names(&folder.at("csv")).iter().any(|name| name == "report.html" || name == "summary.json"));
    // Counts are in the state; rows of flows are not.
    assert!(done(&folder, "diff json csv").contains("tls10"));
    for line in ["show json f12", "merge json csv -o merged"] {
        let output = run(&folder, line);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("json: has no flows.csv: it was written without CSV files"), "{line}: {said}");
    }
    assert_eq!(run(&folder, "scan x -o y --format xml").status.code(), Some(2));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_files_are_the_same_for_any_number_of_threads_and_stay_with_the_result() {
    let folder = Folder::new();
    let globs = ["tls1*", "f*"];
    scan_of(&folder, "one", &globs, &["--format", "csv,parquet", "-j", "1"]);
    scan_of(&folder, "other", &globs, &["--format", "parquet,csv", "-j", "3"]);
    let parquet = |out: &str| files(&folder.at(out).join("parquet"));
    assert!(parquet("one").len() == TABLES.len() && parquet("one") == parquet("other"));
    assert!(files(&folder.at("one")) == files(&folder.at("other")));
    done(&folder, "report one");
    assert!(files(&folder.at("one")) == files(&folder.at("other")));
    scan_of(&folder, "part", &["tls1*"], &[]);
    scan_of(&folder, "rest", &["f*"], &["--csv-compress", "gzip"]);
    done(&folder, "merge rest part -o merged --format parquet --reproducible");
    assert!(parquet("merged") == parquet("one"));
    assert!(!folder.at("merged/csv").exists() && folder.at("merged/load.sql").exists());
    fs::write(folder.at("merged/parquet/flows.parquet"), b"PAR1").unwrap();
    let said = String::from_utf8(run(&folder, "report merged").stderr).unwrap();
    assert!(said.contains("flows.parquet: has 4 bytes"), "{said}");
}

#[test]
fn a_manifest_leads_nowhere_else() {
    let folder = Folder::new();
    scan_of(&folder, "out", &["tls13"], &[]);
    folder.write("secret.csv", b"flow_id\r\n");
    let path = folder.at("out/manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    for elsewhere in ["csv/../../secret.csv", "../secret.csv", "/etc/passwd", "csv/", "csv/.."] {
        fs::write(&path, manifest.replace("csv/flows.csv", elsewhere)).unwrap();
        let said = String::from_utf8(run(&folder, "show out f1").stderr).unwrap();
        assert!(said.contains("which is not in csv/"), "{elsewhere}: {said}");
    }
}
