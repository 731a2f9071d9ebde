//! `DICTIONARY.md` and the schema in other forms: what every table, column, token, step and outcome means.

use super::tables::TABLES;
use super::{Layout, load, package};
use crate::row::step::{self, STEPS};
use crate::row::{Column, Table};
use crate::tls::{Content, names};
use std::fmt::Write;

/// A form of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown: the dictionary.
    Markdown,
    /// A Frictionless data package.
    Json,
    /// Statements that load the tables into DuckDB.
    Sql,
}

/// The schema of all tables.
pub fn schema(format: Format) -> String {
    match format {
        Format::Markdown => markdown(),
        Format::Json => format!("{:#}\n", package::package("tlscensus", &[], &Layout::default())),
        Format::Sql => load::duckdb(&[], &Layout::default()),
    }
}

/// The dictionary.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Data dictionary\n\n\
         What the tables of a census hold. The same is in `datapackage.json` for programs; `load.sql` and `load.py` load every table with its types.\n\n\
         | table | a row is | columns |\n|---|---|---|\n",
    );
    for entry in TABLES {
        let table = &entry.table;
        let _ = writeln!(text, "| [{0}.csv](#{0}csv) | {1} | {2} |", table.name, cell(table.doc), table.columns.len());
    }
    text.push('\n');
    text.push_str(include_str!("dictionary.md"));
    text.push_str("| step | name |\n|---|---|\n");
    for (at, name) in STEPS.iter().enumerate() {
        let _ = writeln!(text, "| {} | {name} |", at + 1);
    }
    text.push_str(include_str!("dictionary_end.md"));
    text.push_str("| token | message |\n|---|---|\n");
    for content in contents() {
        let _ = writeln!(text, "| `{}` | {} |", step::token(content), step::name(content).message);
    }
    text.push_str("| `a40` and so on | an alert in the clear, by its code (40 is handshake_failure) |\n");
    text.push_str("| `h` and a number | a handshake message without a token of its own, by its type |\n");
    for entry in TABLES {
        section(&entry.table, &mut text);
    }
    text
}

/// What has a token of its own.
fn contents() -> Vec<Content> {
    let numbered = |content: &Content| matches!(content, Content::Handshake(kind) if step::token(*content) == format!("h{kind}"));
    let handshake = (0..=u8::MAX).filter(|kind| names::handshake_type(*kind).is_some()).map(Content::Handshake);
    let hidden = [
        Content::V2ClientHello,
        Content::EncryptedHandshake,
        Content::ChangeCipherSpec,
        Content::EncryptedAlert,
        Content::ApplicationData,
        Content::EncryptedFlight,
    ];
    handshake.filter(|content| !numbered(content)).chain(hidden).collect()
}

fn section(table: &Table, text: &mut String) {
    let key: Vec<_> = table.key.iter().map(|name| format!("`{name}`")).collect();
    let _ = write!(
        text,
        "\n## {}.csv\n\n{} Key: {}.\n\n| column | type | meaning |\n|---|---|---|\n",
        table.name,
        table.doc.trim(),
        key.join(", ")
    );
    for column in table.columns {
        let _ = writeln!(text, "| `{}` | {} | {} |", column.name, kind(column), cell(column.doc));
    }
}

fn kind(column: &Column) -> String {
    format!("{}{}", column.kind.frictionless(), if column.wild { ", untrusted" } else { "" })
}

/// Text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_holds_every_table_column_and_token() {
        let text = markdown();
        for entry in TABLES {
            let section = text.split("\n## ").find(|section| section.starts_with(&format!("{}.csv\n", entry.table.name))).unwrap();
            for column in entry.table.columns {
                assert!(section.contains(&format!("| `{}` | ", column.name)), "{}.{}", entry.table.name, column.name);
            }
        }
        for token in
            ["| `ch` | client_hello |", "| `crt` | certificate |", "| `enc` | encrypted_handshake |", "| `flight` | encrypted_flight |"]
        {
            assert!(text.contains(token), "{token}");
        }
    }

    #[test]
    fn every_form_names_every_column() {
        for format in [Format::Markdown, Format::Json, Format::Sql] {
            let text = schema(format);
            assert!(TABLES.iter().flat_map(|entry| entry.table.columns).all(|column| text.contains(column.name)));
        }
        let package: serde_json::Value = serde_json::from_str(&schema(Format::Json)).unwrap();
        assert_eq!(package["resources"].as_array().unwrap().len(), TABLES.len());
    }
}
