//! The command line: what can be asked for, and the exit codes.
//!
//! A flag is declared here when something does it, not before. Values come from the command line, else from
//! `TLSCENSUS_*`, else from the default. Nothing here reads a file.

// Doc comments in this file are help texts: an item that needs none has none.
#![allow(missing_docs)]

mod again;
mod exit;

pub use again::{Diff, Merge, Report, Show};
pub use exit::Exit;

use crate::archive::{Request, SeriesMode};
use crate::census::findings::Severity;
use crate::error::Error;
use crate::progress::Mode as ProgressMode;
use crate::report::layout::{Format, Layout, Packing, SHEET_ROWS};
use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::io::IsTerminal;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    fatal: nothing was written
  2    the command line makes no sense
  3    done, but some captures could not be read, or not to their end
  4    done, and something was found that --fail-on asks for (before 3)
  5    no captures found
  130  interrupted";

const TOP_EXAMPLES: &str = "\
Examples:
  tlscensus check captures/                 what would be read
  tlscensus scan captures/ -o census        read it: census/report.html, census/csv/
  tlscensus schema                          what the columns mean";

const SCAN_EXAMPLES: &str = "\
Examples:
  tlscensus scan captures/ -o census
      Everything below captures/, whatever its name: content decides what is a capture.
  tlscensus scan mon/ tue/ --exclude 'lab-*' -o census
      Two folders, without files and folders named lab-...
  find . -newer last -print0 | tlscensus scan --files-from - -0 -o census
      A list made by another program.
  ssh host cat big.pcap.gz | tlscensus scan - -o census
      Standard input, compressed or not.
  tlscensus scan captures/ -o census --json | jq .flows
      A summary for programs on standard output.
";

/// Takes a census of TLS in archives of packet captures
///
/// Reads every capture below the paths given, follows every TLS flow from its first packet to its last, and writes
/// CSV tables and one HTML report. What a capture does not show is said to be missing, never guessed.
#[derive(Debug, Parser)]
#[command(name = "tlscensus", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = TOP_EXAMPLES, after_long_help = format!("{TOP_EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Cli {
    #[command(flatten)]
    pub messages: Messages,
    #[command(subcommand)]
    pub command: Command,
}

/// What is said on standard error.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Messages")]
pub struct Messages {
    /// Say more; twice for much more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Say nothing but errors, and show no progress
    #[arg(short, long, global = true, env = "TLSCENSUS_QUIET", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub quiet: bool,
    /// Colours in messages
    #[arg(long, global = true, env = "TLSCENSUS_COLOR", value_name = "WHEN", default_value = "auto", hide_env_values = true)]
    pub color: Color,
}

impl Messages {
    /// How progress is shown, where this was asked for: not at all if nothing is to be said.
    pub fn progress(&self, asked: ProgressMode) -> ProgressMode {
        if self.quiet { ProgressMode::None } else { asked }
    }
}

/// When messages are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

impl Color {
    /// Whether messages on standard error are coloured.
    pub fn on_stderr(self) -> bool {
        self.on(std::io::stderr().is_terminal())
    }

    /// Whether there are colours where this is or is not a terminal.
    pub fn on(self, terminal: bool) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read captures, write tables and a report
    Scan(Box<Scan>),
    /// Say what would be read, what would not, and which files would be read as one
    Check(Check),
    /// Build the report of a finished run again, without its captures
    Report(Report),
    /// Combine finished runs over different captures into one
    Merge(Merge),
    /// Say what differs between two finished runs
    Diff(Diff),
    /// Print the handshake of one flow, step by step
    Show(Show),
    /// Say what a rule, table, or column is; without a name, list all rules
    #[command(after_help = "Examples: tlscensus explain protocol_tls10, tlscensus explain flows.outcome")]
    Explain {
        /// A rule, a table, a column, or TABLE.COLUMN
        name: Option<String>,
    },
    /// Print the data dictionary
    Schema {
        /// As what
        #[arg(long, value_name = "FORMAT", default_value = "md")]
        format: SchemaFormat,
    },
    /// Print a completion script for a shell
    Completions { shell: Shell },
    /// Print a manual page, in the format of man(1)
    #[command(after_help = "Example: tlscensus man scan | man -l -")]
    Man {
        /// The page of this subcommand instead of the main one
        #[arg(value_name = "SUBCOMMAND")]
        subcommand: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// Markdown, for reading
    Md,
    /// A Frictionless data package
    Json,
    /// Statements that load the tables into DuckDB
    Sql,
}

#[derive(Debug, Args)]
#[command(after_help = "See 'tlscensus scan --help' for examples and exit codes.", after_long_help = format!("{SCAN_EXAMPLES}\n{EXIT_CODES}"))]
pub struct Scan {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub findings: Findings,
    /// How many threads work [default: all cores]
    #[arg(short, long, value_name = "N", env = "TLSCENSUS_JOBS", hide_env_values = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Print what would be read, as 'check' does, and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Never use keys that a capture carries
    ///
    /// Secrets in captures are never used by this version; the option is accepted so that scripts can say so.
    #[arg(long, env = "TLSCENSUS_NO_SECRETS", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub no_secrets: bool,
    /// Print a summary of the run as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// How progress is shown on standard error
    ///
    /// 'auto' is a bar on a terminal and a plain line every 30 seconds elsewhere.
    #[arg(long, value_name = "HOW", default_value = "auto", env = "TLSCENSUS_PROGRESS", hide_env_values = true)]
    pub progress: ProgressMode,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Check {
    #[command(flatten)]
    pub selection: Selection,
    /// How many threads work [default: all cores]
    #[arg(short, long, value_name = "N", env = "TLSCENSUS_JOBS", hide_env_values = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What is read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Selection")]
pub struct Selection {
    /// Files, folders, or '-' for standard input
    ///
    /// Folders are read to any depth, links are followed, and hidden files are files like others. In the tables the path of a
    /// capture is relative to the path given here; with several, to the deepest folder that holds them all.
    #[arg(value_name = "PATH", help_heading = "Arguments", required_unless_present = "files_from")]
    pub paths: Vec<PathBuf>,
    /// Read more paths from a file, one a line; '-' for standard input
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// The paths in --files-from end with NUL instead of a newline
    #[arg(short = '0', long, requires = "files_from")]
    pub null: bool,
    /// Read only files that match
    ///
    /// A pattern without a slash matches the name of a file or of a folder above it; one with a slash matches the path as the tables
    /// show it, from its start. '*' does not cross a slash, '**' does. May be given several times.
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Read no files and enter no folders that match; wins over --include
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Which captures are read as one, so that a flow may go on from file to file
    #[arg(long, value_name = "HOW", default_value = "auto", env = "TLSCENSUS_SERIES", hide_env_values = true)]
    pub series: SeriesMode,
    /// Merge the captures of a series by packet time, for recordings whose files overlap
    ///
    /// For directions, interfaces or rings that were recorded into files of their own: frames are followed in the order of
    /// their times, as if they had been recorded into one file. In '--series auto', captures in one folder whose names differ only
    /// in a word for the direction (in/out, rx/tx, a/b, 0/1, client/server ...) become one series; 'check' says which, and why.
    /// In '--series all' all captures are merged. A merged series is read by one thread.
    #[arg(long, env = "TLSCENSUS_MERGE_TIME", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub merge_time: bool,
}

impl Selection {
    /// What the archive stage is asked.
    pub fn request(&self) -> Request {
        Request {
            paths: self.paths.clone(),
            files_from: self.files_from.clone(),
            null: self.null,
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            series: self.series,
            merge_time: self.merge_time,
        }
    }
}

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
    /// Let the flow explorer of the report show all flows, not only the chosen ones
    ///
    /// They are written to report-pages/ beside the report, 50,000 in a file, which the report loads when they are asked for; it makes no
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

/// What counts as a finding.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Findings")]
pub struct Findings {
    /// Change severity or threshold of rules, or mute them, by a TOML file
    ///
    /// A table a rule, named after it, such as protocol_tls11, with any of the keys severity, threshold and mute. 'tlscensus explain'
    /// lists the rules.
    #[arg(long, value_name = "FILE", env = "TLSCENSUS_RULES", hide_env_values = true)]
    pub rules: Option<PathBuf>,
    /// Leave a rule out of verdict and exit code; findings.csv keeps it, marked. May be given several times
    #[arg(long, value_name = "RULE")]
    pub mute: Vec<String>,
    /// End with exit code 4 if something of at least this severity was found
    #[arg(long, value_name = "SEVERITY", env = "TLSCENSUS_FAIL_ON", hide_env_values = true)]
    pub fail_on: Option<FailOn>,
}

/// A severity, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl FailOn {
    pub fn severity(self) -> Severity {
        match self {
            FailOn::Info => Severity::Info,
            FailOn::Low => Severity::Low,
            FailOn::Medium => Severity::Medium,
            FailOn::High => Severity::High,
            FailOn::Critical => Severity::Critical,
        }
    }
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

/// The completion script for a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tlscensus", &mut out);
    out
}

/// The manual page of the program or of one of its subcommands.
///
/// # Errors
///
/// If there is no such subcommand.
pub fn man(subcommand: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut command = Cli::command();
    command.build();
    let page = match subcommand {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            let found = found.ok_or_else(|| Error::Usage(format!("there is no subcommand {name:?}")))?;
            found.display_name(format!("tlscensus-{name}"))
        }
    };
    let mut out = Vec::new();
    clap_mangen::Man::new(page).render(&mut out).map_err(Error::io("rendering", "the manual page"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_declaration_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scan_options() {
        let line = "tlscensus -v scan a b -o out -f -j 3 --files-from list -0 --include *.pcap --include x --exclude y --series none \
                    --no-secrets --csv-bom no --csv-raw --json --progress none --color never";
        let cli = parse(line).unwrap();
        let Command::Scan(scan) = cli.command else { panic!("not scan") };
        assert_eq!((cli.messages.verbose, cli.messages.color), (1, Color::Never));
        assert_eq!(scan.selection.request().paths, ["a", "b"].map(PathBuf::from));
        assert_eq!(scan.selection.include, ["*.pcap", "x"]);
        assert_eq!(scan.selection.series, SeriesMode::None);
        assert_eq!(scan.jobs.map(NonZeroUsize::get), Some(3));
        assert!(
            scan.no_secrets
                && scan.json
                && scan.selection.null
                && scan.output.force
                && scan.output.csv_raw
                && !scan.output.form.csv_bom.yes()
        );
        assert!(!Color::Never.on_stderr());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let bad = [
            "scan a",
            "scan -o out",
            "scan a -o out -0",
            "scan a -o out -j 0",
            "scan a -o out --series some",
            "check",
            "check a -v -q",
            "scan a -o out --fail-on awful",
            "go",
            "",
        ];
        for line in bad {
            let error = parse(&format!("tlscensus {line}")).map(|_| ()).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
        let good =
            ["scan a -n", "scan --files-from - -n", "scan - -o out", "check a", "schema --format sql", "completions bash", "man scan"];
        for line in good {
            parse(&format!("tlscensus {line}")).unwrap();
        }
    }

    #[test]
    fn help_tells_the_exit_codes() {
        let help = parse("tlscensus scan --help").map(|_| ()).unwrap_err().to_string();
        for code in [Exit::Done, Exit::Fatal, Exit::Usage, Exit::SomeFailed, Exit::Found, Exit::NoCaptures, Exit::Interrupted] {
            assert!(help.lines().any(|l| l.trim_start().starts_with(&code.code().to_string())), "{code:?}");
        }
    }

    #[test]
    fn pages_and_completions() {
        let page = |name| String::from_utf8(man(name).unwrap()).unwrap();
        assert!(page(None).contains(".TH tlscensus 1"));
        assert!(page(Some("scan")).contains("files\\-from"));
        assert!(matches!(man(Some("dance")), Err(Error::Usage(_))));
        for shell in Shell::value_variants() {
            assert!(!completions(*shell).is_empty());
        }
    }
}
