//! What would be read, in words and as JSON: the output of `check` and of `scan --dry-run`.

use super::{Archive, Capture, Series, Source, Status};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// For people. Paths are untrusted text: control characters in them are written as escapes.
pub fn check_text(archive: &Archive) -> String {
    let mut out = String::new();
    let ready = archive.ready().count();
    let _ = writeln!(
        out,
        "{} to read, {} in {}",
        amount(ready, "capture"),
        bytes(archive.ready_bytes()),
        amount(archive.series.len(), "series")
    );
    for (format, (count, size)) in formats(archive) {
        let _ = writeln!(out, "  {format}: {}, {}", amount(count, "capture"), bytes(size));
    }
    let _ = writeln!(
        out,
        "{} opened; {} left out by --include and --exclude, {} that are no captures",
        amount(archive.folders as usize, "folder"),
        archive.excluded,
        archive.not_captures
    );
    let refused: Vec<&Capture> = archive.captures.iter().filter(|c| c.status != Status::Ready).collect();
    if !refused.is_empty() {
        let _ = writeln!(out, "\nnot to be read:");
    }
    for ((status, code), count) in reasons(&refused) {
        let code = if code.is_empty() { String::new() } else { format!(" ({code})") };
        let _ = writeln!(out, "  {count} {}{code}", status.name());
    }
    for capture in &refused {
        let why = match (&capture.error, capture.duplicate_of.and_then(|i| archive.captures.get(i))) {
            (_, Some(original)) => format!("same content as {}", visible(&original.path_text)),
            (Some(error), None) => visible(&error.detail),
            (None, None) => String::new(),
        };
        let _ = writeln!(out, "  {} {}: {why}", capture.status.name(), visible(&capture.path_text));
    }
    let list = |out: &mut String, index: usize| {
        let Some(capture) = archive.captures.get(index) else { return };
        let from = capture.first_time.map_or_else(|| format!("{:27}", "no time"), |t| t.utc());
        let size = capture.size.map_or_else(|| "size unknown".to_owned(), bytes);
        let format = capture.format.map_or("unknown", |format| format.name());
        let layers = [capture.compression, capture.packing()].into_iter().flatten().map(|layer| format!(" {}", layer.name()));
        let kind = format!("{format}{}", layers.collect::<String>());
        let _ = writeln!(out, "    {from}  {size:>12}  {kind:12}  {}", visible(&capture.path_text));
    };
    let (single, several): (Vec<&Series>, Vec<&Series>) = archive.series.iter().partition(|s| s.captures.len() == 1);
    for series in several {
        let _ = writeln!(out, "\nseries {}: {}", series.id, visible(&series.reason));
        series.captures.iter().for_each(|&i| list(&mut out, i));
    }
    let mut by_reason: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for series in single {
        by_reason.entry(&series.reason).or_default().extend(&series.captures);
    }
    for (reason, captures) in by_reason {
        let _ = writeln!(out, "\n{} by itself: {}", amount(captures.len(), "capture"), visible(reason));
        captures.into_iter().for_each(|i| list(&mut out, i));
    }
    out
}

/// For programs.
pub fn check_json(archive: &Archive) -> Value {
    let text = |path: usize| archive.captures.get(path).map(|c| c.path_text.as_str());
    let captures: Vec<Value> = archive
        .captures
        .iter()
        .map(|c| {
            json!({
                "path": c.path_text,
                "stdin": matches!(c.source, Source::Stdin(_)),
                "capture_id": (!c.id.is_empty()).then_some(&c.id),
                "status": c.status,
                "format": c.format,
                "compression": c.compression,
                "archive_compression": c.packing(),
                "archive_member": matches!(c.source, Source::Member(_)),
                "size_bytes": c.size,
                "first_utc": c.first_time.map(|t| t.utc()),
                "link_type": c.link,
                "error_code": c.error.as_ref().map(|e| e.code),
                "error_detail": c.error.as_ref().map(|e| &e.detail),
                "duplicate_of": c.duplicate_of.and_then(text),
            })
        })
        .collect();
    let series: Vec<Value> = archive
        .series
        .iter()
        .map(|s| json!({ "series_id": s.id, "reason": s.reason, "merged_by_time": s.by_time, "captures": s.captures.iter().filter_map(|&i| text(i)).collect::<Vec<_>>() }))
        .collect();
    json!({
        "captures_to_read": archive.ready().count(),
        "bytes_to_read": archive.ready_bytes(),
        "folders": archive.folders,
        "excluded": archive.excluded,
        "not_captures": archive.not_captures,
        "captures": captures,
        "series": series,
    })
}

fn formats(archive: &Archive) -> BTreeMap<&'static str, (usize, u64)> {
    let mut formats: BTreeMap<&'static str, (usize, u64)> = BTreeMap::new();
    for capture in archive.ready() {
        let entry = formats.entry(capture.format.map_or("unknown", |f| f.name())).or_default();
        entry.0 += 1;
        entry.1 = entry.1.saturating_add(capture.size.unwrap_or(0));
    }
    formats
}

fn reasons(refused: &[&Capture]) -> BTreeMap<(Status, &'static str), usize> {
    let mut reasons = BTreeMap::new();
    for capture in refused {
        *reasons.entry((capture.status, capture.error.as_ref().map_or("", |e| e.code))).or_default() += 1;
    }
    reasons
}

fn amount(count: usize, what: &str) -> String {
    let plural = if count == 1 || what.ends_with('s') { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// `1234 bytes`, `1.2 MB`: powers of 1000, one decimal, cut.
fn bytes(count: u64) -> String {
    let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    match units.into_iter().find(|(unit, _)| count >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", count / unit, count % unit * 10 / unit),
        None => format!("{count} bytes"),
    }
}

/// Nothing that could steer a terminal or reorder a line.
fn visible(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if steers(c) {
            out.extend(c.escape_default())
        } else {
            out.push(c)
        }
        out
    })
}
