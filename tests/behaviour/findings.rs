//! What rules find in samples, how a user changes it, and that hostile text stays text.

use crate::support::{Folder, Table, captures_of, program, samples, scan};
use std::fs;
use std::process::Output;

fn run(folder: &Folder, arguments: &str) -> Output {
    program().current_dir(folder.at("")).args(arguments.split(' ')).output().unwrap()
}

/// Copies the captures of samples into a folder.
fn archive(names: &[&str]) -> Folder {
    let folder = Folder::new();
    for name in names {
        for path in captures_of(name) {
            folder.write(format!("in/{name}-{}", path.file_name().unwrap().to_string_lossy()), &fs::read(&path).unwrap());
        }
    }
    folder
}

#[test]
fn every_finding_names_flows_that_raise_it() {
    let folder = Folder::new();
    let out = folder.at("out");
    scan(&out, [samples()]);
    let (findings, flows) = (Table::read(&out, "findings"), Table::read(&out, "flows"));
    let mut checked = 0;
    for finding in findings.lines().filter(|finding| !finding["example_flow_id"].is_empty()) {
        let raises = |list: &str| list.split(';').any(|id| id == &finding["rule_id"]);
        let example = flows.lines().find(|flow| flow["flow_id"] == finding["example_flow_id"]).unwrap();
        assert!(raises(&example["findings"]), "{}", &finding["finding_id"]);
        assert_eq!(&example["wireshark_filter"], &finding["wireshark_filter"]);
        let of_subject = flows.lines().filter(|flow| raises(&flow["findings"])).filter(|flow| match &finding["subject_type"] {
            "server" => finding["subject_id"] == format!("{}:{}", &flow["server_ip"], &flow["server_port"]),
            "client" => finding["subject_id"] == flow["client_ip"],
            _ => finding["subject_id"] == flow["capture_id"],
        });
        if !finding["subject_id"].contains('[') {
            assert_eq!(of_subject.count().to_string(), &finding["flows"], "{} {}", &finding["rule_id"], &finding["subject_id"]);
            checked += 1;
        }
    }
    assert!(checked >= 8, "{checked}");
    let order: Vec<usize> = findings
        .lines()
        .map(|line| ["critical", "high", "medium", "low", "info"].iter().position(|word| *word == &line["severity"]).unwrap())
        .collect();
    assert!(order.is_sorted());
}

#[test]
fn samples_raise_what_they_were_recorded_for() {
    let check = |sample: &str, rule: &str, raised: bool| {
        let folder = Folder::new();
        let out = folder.at("out");
        scan(&out, [samples().join(sample)]);
        let found = Table::read(&out, "findings").lines().any(|line| &line["rule_id"] == rule);
        assert_eq!(found, raised, "{sample} {rule}");
    };
    check("tls10", "protocol_tls10", true);
    check("tls12-ecdhe-rsa", "protocol_tls10", false);
    check("tls12-rsa", "no_forward_secrecy", true);
    check("tls12-dhe", "no_forward_secrecy", false);
    check("failure-unknown-ca", "certificate_refused", true);
    check("failure-alert", "certificate_refused", false);
    check("retransmitted", "handshake_retransmitted", true);
    check("offload", "capture_offload", true);
    check("tls12-ecdhe-rsa", "capture_offload", false);
    check("snaplen", "capture_cut_by_snap_length", true);
    check("small-mss", "mss_small", true);
}

#[test]
fn a_user_decides_what_fails_a_run() {
    let folder = archive(&["tls10"]);
    let good = fs::read(&captures_of("tls10")[0]).unwrap();
    folder.write("cut/a.pcap", &good[..good.len() - 7]);
    folder.write("soft.toml", b"[protocol_tls10]\nseverity = \"low\"\n[old_versions_offered]\nmute = true\n");
    folder.write("wrong.toml", b"\n[protocol_tls10]\nloud = true\n");
    folder.write("unknown.toml", b"\n\n[protocol_tls9]\nmute = true\n");
    let check = |arguments: &str, code: i32| {
        let output = run(&folder, &format!("scan -f -q -o out {arguments}"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        said
    };
    check("in", 0);
    check("in --fail-on critical", 0);
    check("in --fail-on high", 4);
    check("in --fail-on info", 4);
    check("in --fail-on high --mute protocol_tls10", 0);
    check("in --fail-on high --rules soft.toml", 0);
    check("in --fail-on low --rules soft.toml", 4);
    check("cut", 3);
    check("cut --fail-on medium", 4);
    check("in --mute nothing", 2);
    check("in --rules nowhere.toml", 2);
    assert!(check("in --rules wrong.toml", 2).contains("wrong.toml: line 3: "));
    assert!(check("in --rules unknown.toml", 2).contains("unknown.toml: line 3: "));

    check("in --mute protocol_tls10", 0);
    let table = Table::read(&folder.at("out"), "findings");
    let muted = |rule: &str| table.lines().find(|line| &line["rule_id"] == rule).map(|line| line["muted"].to_owned());
    assert_eq!(muted("protocol_tls10").as_deref(), Some("true"));
    assert!(table.lines().filter(|line| &line["rule_id"] != "protocol_tls10").all(|line| &line["muted"] == "false"));
}

#[test]
fn explain_knows_rules_and_columns() {
    let folder = Folder::new();
    let check = |arguments: &str, code: i32, word: &str| {
        let output = run(&folder, arguments);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(word), "{arguments}: {text}");
    };
    check("explain", 0, "protocol_tls10");
    check("explain protocol_tls10", 0, "RFC 8996");
    check("explain flows.sni_state", 0, "malformed");
    check("explain protocol_tls9", 2, "there is protocol_ssl2");
}
