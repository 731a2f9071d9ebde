//! `datapackage.json`: the tables as a Frictionless data package (specs.frictionlessdata.io, version 1).

use super::layout::{Layout, Packing};
use super::table_file::{Written, WrittenFile};
use super::tables::TABLES;
use crate::row::{Column, Kind, Table};
use serde_json::{Value, json};

/// The format of all times, in the letters of strftime.
const TIME: &str = "%Y-%m-%dT%H:%M:%S.%fZ";

/// The package. A table that was not written has no size and no hash; neither has one of several files, for which the
/// specification has no place (manifest.json has them).
pub fn package(title: &str, written: &[Written], layout: &Layout) -> Value {
    json!({
        "profile": "tabular-data-package",
        "name": "tlscensus",
        "title": title,
        "description": "A census of TLS in packet captures. DICTIONARY.md explains every table and column.",
        "resources": TABLES.iter().map(|entry| resource(&entry.table, written, layout)).collect::<Vec<_>>(),
    })
}

fn resource(table: &Table, written: &[Written], layout: &Layout) -> Value {
    let files = written.iter().find(|file| file.table == table.name).map_or(&[][..], |file| &file.csv);
    let path = match files {
        [] => layout.csv_path(table.name, None).into(),
        [one] => Value::from(one.path.as_str()),
        several => several.iter().map(|file| file.path.as_str()).collect(),
    };
    let mut resource = json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": path,
        "description": table.doc.trim(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": { "delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true },
        "schema": schema(table),
    });
    // As the pattern "Compression of resources" has it, which knows gz; zst is our own.
    if layout.packing != Packing::None {
        resource["compression"] = layout.packing.ending().trim_start_matches('.').into();
    }
    if let [WrittenFile { bytes, sha256, .. }] = files {
        resource["bytes"] = (*bytes).into();
        resource["hash"] = format!("sha256:{sha256}").into();
    }
    resource
}

/// The schema of one table.
pub fn schema(table: &Table) -> Value {
    json!({
        "fields": table.columns.iter().map(field).collect::<Vec<_>>(),
        "primaryKey": table.key,
        "missingValues": [""],
    })
}

fn field(column: &Column) -> Value {
    let mut field = json!({ "name": column.name, "type": column.kind.frictionless(), "description": column.doc.trim() });
    match column.kind {
        Kind::Time => field["format"] = TIME.into(),
        Kind::Boolean => {
            field["trueValues"] = json!(["true"]);
            field["falseValues"] = json!(["false"]);
        }
        _ => {}
    }
    field
}
