//! The data's way is the layout: a stage may know the stages to its left, and nothing to its right.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The stages from left to right.
const STAGES: [&str; 10] = ["archive", "capture", "packet", "flow", "tls", "dtls", "quic", "row", "census", "report"];
/// What any file may use: no stage, nothing behind them.
const LEAVES: [&str; 5] = ["error", "ledger", "time", "decimal", "table"];
/// Who brings the stages together.
const CONDUCTORS: [&str; 7] = ["main", "lib", "cli", "scan", "run", "again", "progress"];

#[test]
fn a_stage_imports_only_what_stands_to_its_left() {
    let mut wrong = Vec::new();
    let mut stages = BTreeSet::new();
    for (path, text) in sources() {
        let own = module(&path);
        stages.insert(own.clone());
        if CONDUCTORS.contains(&own.as_str()) {
            continue;
        }
        for named in crate_names(&text) {
            let place = |name: &str| STAGES.iter().position(|stage| *stage == name);
            let allowed = match (place(&own), place(&named)) {
                (Some(ours), Some(theirs)) => theirs <= ours,
                (None, Some(_)) => false, // a leaf that knows a stage
                (_, None) => LEAVES.contains(&named.as_str()),
            };
            if !allowed {
                wrong.push(format!("{} uses crate::{named}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known: BTreeSet<String> = STAGES.iter().chain(&LEAVES).chain(&CONDUCTORS).map(|name| name.to_string()).collect();
    let strange: Vec<&String> = stages.difference(&known).collect();
    assert!(strange.is_empty(), "modules without a place in the picture: {strange:?}");
    assert!(STAGES.iter().all(|stage| stages.contains(*stage)));
}

#[test]
fn the_parsers_have_one_door_each() {
    for (path, text) in sources() {
        for (parser, stage) in [("pcap_parser", "capture"), ("tls_parser", "tls"), ("x509_parser", "tls")] {
            let names_it = text.lines().any(|line| line.contains(parser) && !line.trim_start().starts_with("//"));
            assert!(!names_it || module(&path) == stage, "{} names {parser}", path.display());
        }
    }
}

#[test]
fn every_file_opens_with_what_it_is() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn names_are_found_in_every_form() {
    let text = "use crate::flow::{Side, Gap};\nuse crate::{row, census::Census};\nlet x = crate::tls::names::alert(1);\n$crate::row::Cell\n// crate::report\n";
    assert_eq!(crate_names(text), ["flow", "row", "census", "tls", "row"]);
}

/// Every source file with its path below `src`.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                sources.push((path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort();
    assert!(sources.len() > 40);
    sources
}

/// The top module that a file belongs to.
fn module(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules of this package that code names, comments aside.
fn crate_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let parts = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap().split(',').collect(),
                None => vec![rest],
            };
            for part in parts {
                let name: String = part.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                names.push(name);
            }
        }
    }
    names
}
