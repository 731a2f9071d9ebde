//! JA4 over all ClientHellos of the samples, and of the corpus of real captures where that lies beside the sources, against a
//! second way to make it: from the cells of flows.csv, as text.

use crate::support::{Folder, Line, Table, samples, scan};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

#[test]
fn ja4_is_what_the_lists_come_to() {
    assert!(compared(&samples()) > 40);
    if let Some(corpus) = corpus() {
        let hellos = compared(&corpus);
        println!("{hellos} hellos of the corpus");
        assert!(hellos > 100);
    }
}

/// The captures of the corpus, `shared/corpus/captures` in a folder above the sources.
fn corpus() -> Option<PathBuf> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources.ancestors().skip(1).map(|above| above.join("shared/corpus/captures")).find(|path| path.is_dir())
}

/// Compares all ClientHellos below a folder; gives how many.
fn compared(captures: &Path) -> usize {
    let folder = Folder::new();
    let out = folder.at("out");
    scan(&out, [captures.as_os_str()]);
    let flows = Table::read(&out, "flows");
    let mut seen = 0;
    // A list that is cut and a protocol that is not text have lost what the hash is made of.
    let is_whole = |flow: &Line| {
        let cut = ["suites_offered_truncated", "extensions_offered_truncated"].iter().any(|column| &flow[column] == "true");
        !cut && !flow["alpn_offered"].contains('\\') && !flow["alpn_offered"].starts_with('\'')
    };
    for flow in flows.lines().filter(|flow| !flow["legacy_version_code"].is_empty() && is_whole(flow)) {
        assert_eq!(&flow["ja4"], naive(&flow), "{}", &flow["flow_id"]);
        seen += 1;
    }
    seen
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
    let dtls = &flow["protocol"] == "dtls";
    versions.sort();
    if dtls {
        versions.reverse();
    }
    let legacy = format!("{:04x}", flow["legacy_version_code"].parse::<u16>().unwrap());
    let version = match versions.last().unwrap_or(&legacy).as_str() {
        "0304" => "13",
        "0303" => "12",
        "0302" => "11",
        "0301" => "10",
        "0300" => "s3",
        "0002" => "s2",
        "fefc" => "d3",
        "fefd" => "d2",
        "feff" => "d1",
        _ => "00",
    };
    let server_name = if extensions.contains(&"0000".to_owned()) { "d" } else { "i" };
    let counts = format!("{:02}{:02}", suites.len().min(99), extensions.len().min(99));
    let alpn: Vec<char> = flow["alpn_offered"].split(';').next().unwrap_or_default().chars().collect();
    let alpn = match alpn[..] {
        [] => "00".to_owned(),
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => format!("{first}{last}"),
        [one] if one.is_ascii_alphanumeric() => format!("{one}{one}"),
        [first, ..] => format!("{:02x}{:02x}", u32::from(first), u32::from(alpn[alpn.len() - 1]))
            .chars()
            .enumerate()
            .filter(|(at, _)| at % 3 == 0)
            .map(|(_, digit)| digit)
            .collect(),
    };
    suites.sort();
    extensions.sort();
    extensions.retain(|code| code != "0000" && code != "0010");
    let mut second = extensions.join(",");
    let schemes = codes("signature_schemes_offered").join(",");
    if !schemes.is_empty() && !second.is_empty() {
        second = format!("{second}_{schemes}");
    }
    let carrier = match &flow["protocol"] {
        "dtls" => "d",
        "quic" => "q",
        _ => "t",
    };
    format!("{carrier}{version}{server_name}{counts}{alpn}_{}_{}", hash(suites.join(",")), hash(second))
}
