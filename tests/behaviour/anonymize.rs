//! Anonymous results: nothing that names a host, a person or a file is left in any file, and what was alike stays alike.

use crate::support::{Folder, Table, files_below, program, samples, scan};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::Ipv4Addr;
use std::path::Path;
use tlscensus::report::dictionary;

const KEY: &[u8] = b"0123456789 a key for the tests";

fn anonymous(folder: &Folder, out: &str, options: &[&str]) {
    let mut arguments = vec![samples().into_os_string(), "--reproducible".into()];
    arguments.extend(options.iter().map(|option| (*option).into()));
    scan(&folder.at(out), arguments);
}

/// Every file of a result as text, the state unpacked.
fn texts(out: &Path) -> BTreeMap<String, String> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let unpacked = |(name, bytes): (std::path::PathBuf, Vec<u8>)| {
        let name = name.to_str().unwrap().to_owned();
        let bytes = if name.ends_with(".zst") { zstd::decode_all(&bytes[..]).unwrap() } else { bytes };
        (name, text(bytes))
    };
    files_below(out).into_iter().map(unpacked).collect()
}

/// What a result says that names somebody or something.
fn names(out: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let columns = [
        ("flows", &["client_ip", "server_ip", "sni", "flow_id", "leaf_cert_id"][..]),
        ("certificates", &["cert_id", "subject_cn", "subject", "issuer", "sans", "serial_hex"]),
        ("captures", &["path", "series_id"]),
    ];
    for (table, columns) in columns {
        for line in Table::read(out, table).lines() {
            names.extend(
                columns.iter().flat_map(|column| line.get(column).split(';')).map(|name| name.trim_start_matches("IP:").to_owned()),
            );
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Whether a text holds a name, and not only as a part of another: 10.1.0.2 in 110.1.0.25.
fn holds(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

#[test]
fn nothing_that_names_is_left_in_any_file() {
    let folder = Folder::new();
    scan(&folder.at("plain"), [samples()]);
    let key = folder.write("key", KEY);
    let output = scan(&folder.at("out"), [samples().as_os_str(), "--anonymize-key".as_ref(), key.as_os_str(), "-v".as_ref()]);
    let names = names(&folder.at("plain"));
    assert!(
        names.len() > 150 && names.contains("10.1.0.2") && names.iter().any(|name| name.ends_with(".test") || name.contains("example"))
    );
    let mut files = texts(&folder.at("out"));
    files.insert("standard error".into(), String::from_utf8(output.stderr).unwrap());
    let said = texts(&folder.at("plain"));
    // Examples in the descriptions of columns.
    let schema = dictionary::schema(dictionary::Format::Markdown);
    let described = |file: &str, name: &str| matches!(file, "DICTIONARY.md" | "datapackage.json" | "load.sql") && holds(&schema, name);
    for (file, text) in &files {
        for name in &names {
            assert!(!holds(text, name) || described(file, name), "{file} holds {name:?}");
        }
        assert!(!text.contains(samples().to_str().unwrap()), "{file} holds the folder");
        assert!(!text.contains("0123456789 a key") && !text.contains("anonymize-key"), "{file} holds the key");
    }
    assert!(said.keys().all(|file| files.contains_key(file)));
    let manifest: serde_json::Value = serde_json::from_str(&files["manifest.json"]).unwrap();
    assert!(manifest["options"]["anonymized"].is_string());
}

#[test]
fn what_was_alike_stays_alike() {
    let folder = Folder::new();
    let key = folder.write("key", KEY);
    let key = ["--anonymize-key", key.to_str().unwrap()];
    anonymous(&folder, "plain", &[]);
    anonymous(&folder, "out", &[&key[..], &["-j", "1"]].concat());
    anonymous(&folder, "again", &[&key[..], &["-j", "3"]].concat());
    anonymous(&folder, "chance", &["--anonymize"]);
    assert!(texts(&folder.at("out")) == texts(&folder.at("again")));
    let flows = ["plain", "out", "chance"].map(|out| Table::read(&folder.at(out), "flows"));
    let [plain, masked, chance] = flows.each_ref().map(|table| table.lines().collect::<Vec<_>>());
    assert!(plain.len() == masked.len() && plain.len() > 40);
    let same = [
        "client_port",
        "server_port",
        "first_utc",
        "first_frame",
        "stream",
        "alpn",
        "ja3",
        "ja4",
        "cipher_suite",
        "outcome",
        "findings",
        "certificate_name_match",
        "sni_state",
    ];
    let mut pseudonyms: HashMap<(&str, &str), &str> = HashMap::new();
    for (one, other) in plain.iter().zip(&masked) {
        for column in same {
            assert_eq!(one.get(column), other.get(column), "{column}");
        }
        for (kind, column) in [("ip", "client_ip"), ("ip", "server_ip"), ("name", "sni"), ("cert", "leaf_cert_id"), ("flow", "flow_id")] {
            assert_eq!(*pseudonyms.entry((kind, one.get(column))).or_insert(other.get(column)), other.get(column));
        }
    }
    let distinct: BTreeSet<_> = pseudonyms.values().filter(|name| !name.is_empty()).collect();
    assert_eq!(distinct.len(), pseudonyms.values().filter(|name| !name.is_empty()).count());
    assert!(masked.iter().zip(&chance).all(|(one, other)| one.get("client_ip") != other.get("client_ip")));
    // As many leading bits in common as before.
    let addresses: Vec<(u32, u32)> = pseudonyms
        .iter()
        .filter_map(|((_, one), other)| Some((one.parse::<Ipv4Addr>().ok()?.into(), other.parse::<Ipv4Addr>().ok()?.into())))
        .collect();
    assert!(addresses.len() >= 4, "{addresses:?}");
    for (one, masked) in &addresses {
        assert!(addresses.iter().all(|(other, other_masked)| (one ^ other).leading_zeros() == (masked ^ other_masked).leading_zeros()));
    }
    // A flow, its messages and its certificates still belong together, and the commands on results work.
    for (table, column) in [("messages", "flow_id"), ("flow_certificates", "flow_id")] {
        let flows: BTreeSet<String> = masked.iter().map(|line| line.get("flow_id").to_owned()).collect();
        assert!(Table::read(&folder.at("out"), table).lines().all(|line| flows.contains(line.get(column))));
    }
    let run = |arguments: &[&str]| program().current_dir(folder.at("")).args(arguments).output().unwrap();
    let before = texts(&folder.at("out"));
    assert!(run(&["report", "out"]).status.success() && before == texts(&folder.at("out")));
    let ladder = run(&["show", "out", masked[0].get("flow_id")]);
    assert!(ladder.status.success() && !ladder.stdout.is_empty());
}

#[test]
fn a_key_is_long_and_there() {
    let folder = Folder::new();
    let short = folder.write("key", b"short");
    for key in [short.to_str().unwrap(), "nowhere"] {
        let output =
            program().arg("scan").arg(samples()).args(["-o", "out", "--anonymize-key", key]).current_dir(folder.at("")).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(!folder.at("out").exists());
    }
}
