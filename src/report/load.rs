//! `load.sql` and `load.py`: every table into DuckDB and pandas with its declared types.

use super::layout::{Format, Layout, Packing};
use super::table_file::Written;
use super::tables::TABLES;
use crate::row::{Kind, Table};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The script for DuckDB.
///
/// A script on standard input does not know where it lies. This one looks for itself, by a mark made of the tables'
/// digests, in the current folder and two levels below; the variable `tlscensus` names the folder from anywhere else.
/// Without tables there is nothing to look for: it then reads from the current folder.
pub fn duckdb(written: &[Written], layout: &Layout) -> String {
    let mut sql = String::from(
        "-- Loads every table of this census into DuckDB, with its types and descriptions.\n\
         --   duckdb -bail census.duckdb < load.sql\n\
         -- in this folder, its parent or the parent of that; from anywhere else\n\
         --   duckdb -bail -cmd \"SET VARIABLE tlscensus = 'FOLDER'\" census.duckdb < FOLDER/load.sql\n\n",
    );
    if written.is_empty() {
        sql.push_str("SET VARIABLE tlscensus_folder = coalesce(getvariable('tlscensus') || '/', '');\n");
    } else {
        sql.push_str(&SEARCH.replace("MARK", &mark(written)));
    }
    for entry in TABLES {
        if layout.has(Format::Csv) {
            load(&entry.table, &paths(&entry.table, written, layout), layout.packing, &mut sql);
        } else {
            load_parquet(&entry.table, &mut sql);
        }
        comment(&entry.table, &mut sql);
    }
    let names: Vec<_> = TABLES.iter().map(|entry| literal(entry.table.name)).collect();
    let _ = writeln!(
        sql,
        "\nSELECT table_name, column_count, estimated_size AS row_count FROM duckdb_tables() WHERE table_name IN ({}) ORDER BY table_name;",
        names.join(", ")
    );
    sql
}

const SEARCH: &str = "\
-- mark MARK
SET VARIABLE tlscensus_scripts = (
  SELECT list(file) FROM (FROM glob('load.sql') UNION ALL FROM glob('*/load.sql') UNION ALL FROM glob('*/*/load.sql')
    UNION ALL FROM glob(coalesce(getvariable('tlscensus') || '/load.sql', '*/load.sql'))));
SET VARIABLE tlscensus_found = (
  SELECT error('load.sql: run it in its folder, or set the variable tlscensus (see its first lines)')
  WHERE getvariable('tlscensus_scripts') IS NULL);
SET VARIABLE tlscensus_folder = (
  SELECT min(regexp_replace(filename, 'load[.]sql$', ''))
  FROM read_text(getvariable('tlscensus_scripts')) WHERE contains(content, 'mark MARK'));
SET VARIABLE tlscensus_found = (
  SELECT error('load.sql: the folder of this census is not here; set the variable tlscensus (see its first lines)')
  WHERE getvariable('tlscensus_folder') IS NULL);
";

/// The CSV files of a table.
fn paths(table: &Table, written: &[Written], layout: &Layout) -> Vec<String> {
    let files = written.iter().find(|file| file.table == table.name).map_or(&[][..], |file| &file.csv);
    if files.is_empty() { vec![layout.csv_path(table.name, None)] } else { files.iter().map(|file| file.path.clone()).collect() }
}

fn load(table: &Table, paths: &[String], packing: Packing, sql: &mut String) {
    let paths: Vec<_> = paths.iter().map(|path| format!("getvariable('tlscensus_folder') || '{path}'")).collect();
    let from = if let [one] = &paths[..] { one.clone() } else { format!("[\n  {}]", paths.join(",\n  ")) };
    let packing = match packing {
        Packing::None => "none",
        Packing::Gzip => "gzip",
        Packing::Zstd => "zstd",
    };
    let columns: Vec<_> = table.columns.iter().map(|column| format!("    '{}': '{}'", column.name, column.kind.duckdb())).collect();
    let _ = write!(
        sql,
        "\nCREATE OR REPLACE TABLE {0} AS FROM read_csv({from},\n  \
           compression = '{packing}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', nullstr = '',\n  \
           columns = {{\n{1}\n  }});\n",
        table.name,
        columns.join(",\n")
    );
}

/// From Parquet where there is no CSV; times without a zone, as in CSV.
fn load_parquet(table: &Table, sql: &mut String) {
    let times = table.columns.iter().filter(|column| column.kind == Kind::Time);
    let times: Vec<_> = times.map(|column| format!("make_timestamp(epoch_us({0})) AS {0}", column.name)).collect();
    let replace = if times.is_empty() { String::new() } else { format!(" REPLACE ({})", times.join(", ")) };
    let _ = write!(
        sql,
        "\nCREATE OR REPLACE TABLE {0} AS SELECT *{replace}\n  FROM read_parquet(getvariable('tlscensus_folder') || 'parquet/{0}.parquet');\n",
        table.name,
    );
}

/// The descriptions of a table and its columns.
fn comment(table: &Table, sql: &mut String) {
    let _ = writeln!(sql, "COMMENT ON TABLE {} IS {};", table.name, literal(table.doc));
    for column in table.columns {
        let _ = writeln!(sql, "COMMENT ON COLUMN {}.{} IS {};", table.name, column.name, literal(column.doc));
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.trim().replace('\'', "''"))
}

/// Tells this census from others beside it; equal tables have equal marks.
fn mark(written: &[Written]) -> String {
    let mut digest = Sha256::new();
    for file in written {
        digest.update(file.table);
        file.csv.iter().chain(&file.parquet).for_each(|file| digest.update(&file.sha256));
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The module for pandas.
pub fn pandas(written: &[Written], layout: &Layout) -> String {
    let mut python = String::from(PANDAS_HEAD);
    for entry in TABLES {
        let _ = writeln!(python, "    \"{}\": {{", entry.table.name);
        for column in entry.table.columns {
            let dtype = match column.kind {
                Kind::Text => "string",
                // Counters are unsigned; Int64 holds all that occur.
                Kind::Integer => "Int64",
                Kind::Decimal => "Float64",
                Kind::Boolean => "boolean",
                Kind::Time => "datetime",
            };
            let _ = writeln!(python, "        \"{}\": \"{dtype}\",", column.name);
        }
        python.push_str("    },\n");
    }
    python.push_str("}\nFILES = {\n");
    for entry in TABLES {
        let paths: Vec<_> = paths(&entry.table, written, layout).iter().map(|path| format!("\"{path}\"")).collect();
        let _ = writeln!(python, "    \"{}\": [{}],", entry.table.name, paths.join(", "));
    }
    python + PANDAS_TAIL
}

const PANDAS_HEAD: &str = r#"# Reads the tables of this census into pandas, with their types.
#
#   from load import load
#   flows = load("flows")
#
# Run as a program it prints each table's rows and columns. For files that end in .zst pandas needs the package zstandard.

from pathlib import Path

import pandas

TABLES = {
"#;

const PANDAS_TAIL: &str = r#"}


def load(table, folder=Path(__file__).resolve().parent):
    """One table as a DataFrame. Unknown values are NA, times are UTC."""
    types = TABLES[table]
    times = [name for name, dtype in types.items() if dtype == "datetime"]
    parts = [
        pandas.read_csv(
            Path(folder) / path,
            encoding="utf-8-sig",
            dtype={name: "string" if dtype == "datetime" else dtype for name, dtype in types.items()},
            keep_default_na=False,
            na_values=[""],
        )
        for path in FILES[table]
    ]
    frame = pandas.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    for name in times:
        frame[name] = pandas.to_datetime(frame[name], format="ISO8601", utc=True)
    return frame


if __name__ == "__main__":
    for name in TABLES:
        rows, columns = load(name).shape
        print(f"{name}: {rows} rows, {columns} columns")
"#;
