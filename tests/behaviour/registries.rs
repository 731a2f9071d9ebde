//! The tables of names against IANA's registries, row by row: what a registry assigns, we name, and we call nothing IANA's
//! that is not.
//!
//! `tests/registries` holds what the registries assign, a file each: its first line names registry and date, a row is code, name
//! and, where the registry has the column, Recommended. Ranges that are unassigned, reserved or private are not in it.
//! `cargo test --test behaviour registries -- --nocapture` prints the table of counts.

use std::collections::BTreeMap;
use std::fmt::Write;
use tlscensus::tls::names::{self, Recommended};

/// Code, as the file writes it in one spelling, to name and letter.
type Rows = BTreeMap<u64, (String, String)>;

#[test]
fn the_tables_are_the_registries() {
    let mut printed = String::from("registry                   as of       assigned  ours  missing  not IANA's  names that differ\n");
    let mut wrong = Vec::new();
    let mut check = |file: &str, text: &str, ours: Rows| {
        let (date, theirs) = read(text);
        let missing: Vec<&u64> = theirs.keys().filter(|code| !ours.contains_key(code)).collect();
        let more: Vec<&u64> = ours.keys().filter(|code| !theirs.contains_key(code)).collect();
        let differ: Vec<&u64> =
            theirs.iter().filter(|(code, row)| ours.get(code).is_some_and(|our| !same(our, row))).map(|row| row.0).collect();
        let counts = [theirs.len(), ours.len(), missing.len(), more.len(), differ.len()];
        let [assigned, our_rows, missed, extra, named] = counts;
        writeln!(printed, "{file:26} {date}  {assigned:8}  {our_rows:4}  {missed:7}  {extra:10}  {named:17}").unwrap();
        for (what, codes) in [("missing", missing), ("not IANA's", more), ("another name or letter", differ)] {
            if !codes.is_empty() {
                wrong.push(format!("{file}, {what}: {codes:#x?}"));
            }
        }
    };
    macro_rules! against {
        ($($file:ident: $rows:expr;)*) => {
            $(check(stringify!($file), include_str!(concat!("../registries/", stringify!($file), ".tsv")), $rows);)*
        };
    }
    against! {
        cipher_suites: names::CIPHER_SUITES.iter().map(|row| rated(row.code, row.name, row.recommended)).collect();
        groups: names::GROUPS.iter().map(|row| rated(row.code, row.name, row.recommended)).collect();
        signature_schemes: names::SIGNATURE_SCHEMES.iter().map(|row| rated(row.code, row.name, row.recommended)).collect();
        extensions: named(names::EXTENSIONS);
        alerts: named(names::ALERTS);
        content_types: named(names::CONTENT_TYPES);
        handshake_types: named(names::HANDSHAKE_TYPES);
        certificate_compressions: named(names::CERTIFICATE_COMPRESSIONS);
        client_certificate_types: named(names::CLIENT_CERTIFICATE_TYPES);
        ec_point_formats: named(names::EC_POINT_FORMATS);
        psk_key_exchange_modes: named(names::PSK_KEY_EXCHANGE_MODES);
        quic_transport_parameters: named(names::QUIC_TRANSPORT_PARAMETERS);
        // This registry has notes, not names.
        quic_versions: names::QUIC_VERSIONS.iter().map(|row| (u64::from(row.0), Default::default())).collect();
    }
    print!("{printed}");
    assert!(wrong.is_empty(), "{printed}\n{}", wrong.join("\n"));
}

/// Protocols of ALPN are bytes, not numbers: hex of them in the file.
#[test]
fn the_protocols_of_alpn_are_the_registry() {
    let text = include_str!("../registries/alpn.tsv");
    let theirs: BTreeMap<Vec<u8>, &str> = rows(text).map(|row| (hex(row[0]), row[1])).collect();
    let ours: BTreeMap<Vec<u8>, &str> = names::ALPN_PROTOCOLS.iter().map(|row| (row.0.to_vec(), row.1)).collect();
    println!("alpn {}: {} assigned, {} ours", date(text), theirs.len(), ours.len());
    assert_eq!(ours, theirs);
}

fn rated(code: u16, name: &str, recommended: Recommended) -> (u64, (String, String)) {
    (code.into(), (name.to_owned(), recommended.as_str().to_owned()))
}

fn named<K: Copy + Into<u64>>(table: &[(K, &str)]) -> Rows {
    table.iter().map(|(code, name)| ((*code).into(), ((*name).to_owned(), String::new()))).collect()
}

/// Names are equal in letters and digits, without what the registry adds for history; letters where we keep them.
fn same((name, letter): &(String, String), (their_name, their_letter): &(String, String)) -> bool {
    let squash = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let plain = their_name.trim_end_matches("_RESERVED").split(" (renamed from").next().unwrap_or_default();
    let plain = plain.split(" (OBSOLETE").next().unwrap_or_default();
    (name.is_empty() || squash(name) == squash(plain)) && (letter.is_empty() || letter == their_letter)
}

/// The date of a file, and its rows.
fn read(text: &str) -> (&str, Rows) {
    let code = |text: &str| text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16)).unwrap();
    let row = |row: Vec<&str>| (code(row[0]), (row.get(1).unwrap_or(&"").to_string(), row.get(2).unwrap_or(&"").to_string()));
    (date(text), rows(text).map(row).collect())
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

/// The first line ends in the registry's date, before the words on its licence.
fn date(text: &str) -> &str {
    text.lines().next().and_then(|line| line.split(", ").find_map(|part| part.get(..10).filter(|day| day.starts_with("20")))).unwrap()
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}
