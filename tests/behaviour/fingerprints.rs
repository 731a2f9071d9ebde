//! JA4 over all ClientHellos of the samples, against a second way to make it: from the cells of flows.csv, as text.

use crate::support::{Folder, Line, Table, samples, scan};
use sha2::{Digest, Sha256};

#[test]
fn ja4_is_what_the_lists_come_to() {
    let folder = Folder::new();
    let out = folder.at("out");
    scan(&out, [samples().as_os_str()]);
    let flows = Table::read(&out, "flows");
    let mut seen = 0;
    for flow in flows.lines().filter(|flow| !flow["legacy_version_code"].is_empty()) {
        assert_eq!(&flow["ja4"], naive(&flow), "{}", &flow["flow_id"]);
        seen += 1;
    }
    assert!(seen > 40, "{seen} hellos");
}

fn naive(flow: &Line) -> String {
    let codes = |column: &str| -> Vec<String> {
        let words = flow[column].split(';').filter(|word| !word.is_empty()).map(|word| word[2..].to_owned());
        words.filter(|word| !(word[..2] == word[2..] && word.ends_with('a'))).collect()
    };
    let hash = |text: String| {
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        if text.is_empty() { "000000000000".to_owned() } else { digest[..12].to_owned() }
    };
    let mut suites = codes("suites_offered");
    let mut extensions = codes("extensions_offered");
    let mut versions = codes("versions_offered");
    versions.sort();
    let legacy = format!("{:04x}", flow["legacy_version_code"].parse::<u16>().unwrap());
    let version = match versions.last().unwrap_or(&legacy).as_str() {
        "0304" => "13",
        "0303" => "12",
        "0302" => "11",
        "0301" => "10",
        "0300" => "s3",
        "fefd" => "d2",
        "feff" => "d1",
        other => panic!("{other}"),
    };
    let server_name = if extensions.contains(&"0000".to_owned()) { "d" } else { "i" };
    let counts = format!("{:02}{:02}", suites.len(), extensions.len());
    let alpn: Vec<char> = flow["alpn_offered"].split(';').next().unwrap_or_default().chars().collect();
    let alpn = if alpn.is_empty() { "00".to_owned() } else { format!("{}{}", alpn[0], alpn[alpn.len() - 1]) };
    suites.sort();
    extensions.sort();
    extensions.retain(|code| code != "0000" && code != "0010");
    let mut second = extensions.join(",");
    let schemes = codes("signature_schemes_offered").join(",");
    if !schemes.is_empty() {
        second = format!("{second}_{schemes}");
    }
    let carrier = if &flow["protocol"] == "dtls" { "d" } else { "t" };
    format!("{carrier}{version}{server_name}{counts}{alpn}_{}_{}", hash(suites.join(",")), hash(second))
}
