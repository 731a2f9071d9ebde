//! What a result is made of, and in which form its tables are written.

use crate::row::Style;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Rows below the header that a sheet of Excel and LibreOffice has: 2^20 lines in all.
pub const SHEET_ROWS: u64 = (1 << 20) - 1;

/// A part of a result that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// csv/, with datapackage.json, load.sql and load.py
    Csv,
    /// report.html
    Html,
    /// summary.json
    Json,
    /// parquet/, the tables with their types
    #[cfg_attr(not(feature = "parquet"), value(skip))]
    Parquet,
    /// cbom.json, a cryptographic bill of materials in the form of CycloneDX 1.6
    Cbom,
}

/// How the CSV files are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// flows.csv
    #[default]
    None,
    /// flows.csv.gz
    Gzip,
    /// flows.csv.zst
    Zstd,
}

impl Packing {
    /// All of them.
    pub const ALL: [Packing; 3] = [Packing::None, Packing::Gzip, Packing::Zstd];

    /// What comes behind `.csv` in the name of a file.
    pub fn ending(self) -> &'static str {
        match self {
            Packing::None => "",
            Packing::Gzip => ".gz",
            Packing::Zstd => ".zst",
        }
    }

    /// How a file is packed, by its name.
    pub fn of(name: &str) -> Packing {
        let named = |packing: &&Packing| packing.ending() != "" && name.ends_with(packing.ending());
        Packing::ALL.iter().find(named).copied().unwrap_or_default()
    }
}

/// What is written, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The parts of the result, sorted.
    pub formats: Vec<Format>,
    /// Whether CSV files begin with a byte order mark.
    pub bom: bool,
    /// Rows that a CSV file may have; a longer table becomes several files. `None`: one file, however long.
    pub rows_per_file: Option<u64>,
    /// How CSV files are compressed.
    pub packing: Packing,
    /// Whether untrusted text stands in CSV files without the guard against formulas.
    pub raw: bool,
}

impl Layout {
    /// Whether a part is written.
    pub fn has(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }

    /// How text cells are written.
    pub fn style(&self) -> Style {
        Style { raw: self.raw }
    }

    /// The file of a table, relative to the result: the only one, or one of several, which count from 1.
    pub fn csv_path(&self, table: &str, number: Option<usize>) -> String {
        let number = number.map(|number| format!("-{number:04}")).unwrap_or_default();
        format!("csv/{table}{number}.csv{}", self.packing.ending())
    }
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            formats: vec![Format::Csv, Format::Html, Format::Json],
            bom: true,
            rows_per_file: None,
            packing: Packing::None,
            raw: false,
        }
    }
}
