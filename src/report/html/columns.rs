//! Flows as columns of JSON: what the script of the flow explorer reads, in the page and in files beside it.
//!
//! ```text
//!  {"n":3, "paths":["a.pcap","'b c.pcap'"], "columns":{
//!      "id":      ["f00..","f1a..","f77.."],
//!      "version": {"d":["TLS 1.2","TLS 1.3"], "v":[1,1,0]},      words once, then their numbers
//!      "hello":   [517,null,1785]}}                              null: not known
//! ```
//!
//! Text is made visible and cut here; what is left cannot end the element that it stands in.

use super::escaped;
use crate::report::view::{ExplorerRow, FlowsFile};
use crate::report::words;
use serde::{Serialize, Serializer};
use std::collections::HashMap;

/// Longest text of a capture in a cell, in characters: a DNS name has at most 253.
const TEXT: usize = 255;
/// Longest list of findings: all rules together are shorter.
const FINDINGS: usize = 4_000;
/// Longest path in a command, as long as a command on the page may be.
const PATH: usize = 1_000;

/// A column.
#[derive(Serialize)]
#[serde(untagged)]
enum Column {
    /// Different in every row.
    Texts(Vec<String>),
    /// Few words in many rows.
    Words(Words),
    /// `None` is not known.
    Numbers(Vec<Option<i64>>),
}

#[derive(Serialize, Default)]
struct Words {
    d: Vec<String>,
    v: Vec<usize>,
}

#[derive(Serialize)]
struct Flows<'a> {
    n: usize,
    /// Files with all flows.
    pages: &'a [FlowsFile],
    /// The captures for a shell, in the order of the words of the column `capture`; empty where too long.
    paths: Vec<String>,
    #[serde(serialize_with = "as_map")]
    columns: Vec<(&'static str, Column)>,
}

fn as_map<S: Serializer>(columns: &[(&'static str, Column)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(columns.iter().map(|(name, column)| (name, column)))
}

/// The rows as JSON, with the files that hold all flows.
pub fn json(rows: &[ExplorerRow], pages: &[FlowsFile]) -> String {
    let (capture, paths) = captures(rows);
    let mut columns = vec![
        ("id", Column::Texts(rows.iter().map(|row| words::visible(&row.flow.flow_id)).collect())),
        ("capture", Column::Words(capture)),
    ];
    columns.extend(WORDS.iter().map(|(name, text)| (*name, Column::Words(numbered(rows, *text)))));
    columns.extend(NUMBERS.iter().map(|(name, number)| (*name, Column::Numbers(rows.iter().map(number).collect()))));
    let flows = Flows { n: rows.len(), pages, paths, columns };
    escaped(&serde_json::to_string(&flows).unwrap_or_default())
}

/// A column by its name, and what a row has in it.
type Named<T> = (&'static str, fn(&ExplorerRow) -> T);

/// Columns of words; an empty one is not known, or none.
const WORDS: &[Named<String>] = &[
    ("why", |row| words::visible(&row.why)),
    ("protocol", |row| words::visible(&row.flow.protocol).to_uppercase()),
    ("client", |row| words::visible(&row.flow.client_ip)),
    ("server", |row| words::visible(&row.flow.server_ip)),
    ("sni", |row| words::clip(&row.flow.sni.0, TEXT)),
    ("alpn", |row| words::clip(&row.flow.alpn.0, TEXT)),
    ("version", |row| words::visible(&row.flow.tls_version)),
    ("suite", |row| words::visible(&row.flow.cipher_suite)),
    ("group", |row| words::visible(&row.flow.kx_group)),
    ("outcome", |row| words::visible(&row.flow.outcome)),
    ("alert", alert),
    ("resumption", resumption),
    ("ja4", |row| words::visible(&row.flow.ja4)),
    ("findings", |row| words::clip(&row.flow.findings, FINDINGS)),
];

/// Columns of numbers; times in microseconds.
const NUMBERS: &[Named<Option<i64>>] = &[
    ("stream", |row| number(row.flow.stream)),
    ("client_port", |row| Some(row.flow.client_port.into())),
    ("server_port", |row| Some(row.flow.server_port.into())),
    ("first", |row| Some(row.flow.first_utc.0.div_euclid(1_000))),
    ("first_frame", |row| number(Some(row.flow.first_frame))),
    // Frames of another file say nothing of this one.
    ("last_frame", |row| number(Some(row.flow.last_frame).filter(|_| row.flow.captures == 1))),
    ("step", |row| row.flow.last_step.map(Into::into)),
    ("handshake", |row| row.flow.handshake_ms.map(|span| span.0.0 / 1_000)),
    ("rtt", |row| row.flow.tcp_rtt_ms.map(|span| span.0.0 / 1_000)),
    ("hello", |row| number(row.flow.client_hello_bytes)),
    ("flight", |row| number(row.flow.server_flight_bytes)),
    ("segments", |row| row.flow.server_flight_segments.map(Into::into)),
    ("packets", |row| number(Some(row.flow.packets))),
    ("bytes", |row| number(Some(row.flow.bytes))),
    ("retransmissions", |row| number(row.flow.retransmissions)),
    ("fragments", |row| number(row.flow.ip_fragments)),
];

fn number(value: Option<u64>) -> Option<i64> {
    value.and_then(|value| i64::try_from(value).ok())
}

/// `handshake_failure from server`.
fn alert(row: &ExplorerRow) -> String {
    let flow = &row.flow;
    match (flow.alert_name.as_ref(), flow.alert_from.as_ref()) {
        ("", "") => String::new(),
        ("", from) => words::visible(&format!("encrypted or unknown, from {from}")),
        (name, from) => words::visible(&format!("{name} from {from}")),
    }
}

fn resumption(row: &ExplorerRow) -> String {
    let flow = &row.flow;
    match flow.resumed {
        None => String::new(),
        Some(false) => "full handshake".into(),
        Some(true) if flow.resumption.is_empty() => "resumed".into(),
        Some(true) => words::visible(&format!("resumed by {}", flow.resumption)),
    }
}

/// Words in the order in which they come.
fn numbered(rows: &[ExplorerRow], text: fn(&ExplorerRow) -> String) -> Words {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut words = Words { d: Vec::new(), v: Vec::with_capacity(rows.len()) };
    for row in rows {
        let next = places.len();
        words.v.push(*places.entry(text(row)).or_insert(next));
    }
    words.d.resize(places.len(), String::new());
    for (word, place) in places {
        words.d[place] = word;
    }
    words
}

/// The paths of the captures for the reader, and for a shell.
fn captures(rows: &[ExplorerRow]) -> (Words, Vec<String>) {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut column = Words::default();
    let mut paths = Vec::new();
    for row in rows {
        let next = places.len();
        column.v.push(*places.entry(&row.path).or_insert_with(|| {
            column.d.push(words::visible(&row.path));
            let path = words::shell(&words::below_here(&row.path));
            paths.push(if path.len() > PATH { String::new() } else { path });
            next
        }));
    }
    (column, paths)
}
