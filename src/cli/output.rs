//! What is written, and how.

use crate::report::layout::{Format, Layout, Packing, SHEET_ROWS};
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

/// What is written.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// The folder to write; it appears whole or not at all
    #[arg(short, long, value_name = "DIR", env = "TLSCENSUS_OUTPUT", hide_env_values = true, required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
    /// Replace the folder if it holds an earlier result
    #[arg(short, long)]
    pub force: bool,
    #[command(flatten)]
    pub form: Form,
    /// Write text as it is, without a guard against formulas
    ///
    /// Otherwise text from captures that a spreadsheet would take for a formula gets a leading apostrophe.
    #[arg(long, env = "TLSCENSUS_CSV_RAW", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub csv_raw: bool,
    /// Put keyed pseudonyms in the place of addresses, server names, names in certificates, and paths
    ///
    /// Addresses keep their common prefixes. Ports, times, sizes, application protocols and fingerprints stay. The key is made by
    /// chance and forgotten, so that another run has other pseudonyms; --anonymize-key keeps them the same.
    #[arg(long, env = "TLSCENSUS_ANONYMIZE", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub anonymize: bool,
    /// The same with the bytes of a file as the key, at least 16 of them
    #[arg(long, value_name = "FILE", env = "TLSCENSUS_ANONYMIZE_KEY", hide_env_values = true)]
    pub anonymize_key: Option<PathBuf>,
    /// What the report is called [default: the name of what is read]
    #[arg(long, value_name = "TITLE", env = "TLSCENSUS_REPORT_TITLE", hide_env_values = true)]
    pub report_title: Option<String>,
    /// Rows that a table of the report may have; the CSV files have all, and the report's own limits hold
    #[arg(long, value_name = "N", env = "TLSCENSUS_TOP", hide_env_values = true)]
    pub top: Option<NonZeroUsize>,
    /// Let the flow explorer of the report show all flows, not only the chosen ones
    ///
    /// They are written to report-pages/ beside the report, 50,000 in a file, which the report loads when they are asked for, and searches one after another; it makes no
    /// other request.
    #[arg(long, env = "TLSCENSUS_REPORT_PAGES", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub report_pages: bool,
    /// Say in the report what changed since this finished run
    #[arg(long, value_name = "OUT", env = "TLSCENSUS_BASELINE", hide_env_values = true)]
    pub baseline: Option<PathBuf>,
    /// Leave out what differs from run to run: command, clock, times taken, memory and threads
    #[arg(long, env = "TLSCENSUS_REPRODUCIBLE", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub reproducible: bool,
}

impl Output {
    /// Whether names and addresses are replaced.
    pub fn is_anonymous(&self) -> bool {
        self.anonymize || self.anonymize_key.is_some()
    }
}

/// What is written, and how: the same for a scan and a merge.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Form {
    /// What is written, besides the state that 'report', 'merge' and 'diff' need
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "csv,html,json",
        env = "TLSCENSUS_FORMAT",
        hide_env_values = true
    )]
    pub format: Vec<Format>,
    /// Whom the CSV files are for
    #[arg(long, value_name = "WHOM", default_value = "analysis", env = "TLSCENSUS_CSV_PROFILE", hide_env_values = true)]
    pub csv_profile: CsvProfile,
    /// Rows that a CSV file may have; a longer table becomes flows-0001.csv and so on, each with its header [spreadsheet: 1048575]
    #[arg(long, value_name = "N", env = "TLSCENSUS_CSV_ROWS", hide_env_values = true)]
    pub csv_rows: Option<NonZeroU64>,
    /// Compress CSV files: flows.csv.gz, flows.csv.zst
    #[arg(long, value_name = "HOW", default_value = "none", env = "TLSCENSUS_CSV_COMPRESS", hide_env_values = true)]
    pub csv_compress: Packing,
    /// Begin CSV files with a byte order mark, which spreadsheets need to recognise UTF-8
    #[arg(long, value_name = "WHETHER", default_value = "yes", env = "TLSCENSUS_CSV_BOM", hide_env_values = true)]
    pub csv_bom: YesNo,
}

impl Form {
    /// What the last stage is asked; `raw`: text goes into CSV files without the guard against formulas.
    pub fn layout(&self, raw: bool) -> Layout {
        let mut formats = self.format.clone();
        formats.sort_unstable();
        formats.dedup();
        let sheet = (self.csv_profile == CsvProfile::Spreadsheet).then_some(SHEET_ROWS);
        Layout {
            formats,
            bom: self.csv_bom.yes(),
            rows_per_file: self.csv_rows.map(NonZeroU64::get).or(sheet),
            packing: self.csv_compress,
            raw,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CsvProfile {
    /// Programs: a table is one file, however long
    Analysis,
    /// People with a spreadsheet: no file has more rows than a sheet
    Spreadsheet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    Yes,
    No,
}

impl YesNo {
    pub fn yes(self) -> bool {
        self == YesNo::Yes
    }
}
