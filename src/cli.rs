//! The command line: what can be asked for, and the exit codes.
//!
//! A flag is declared here when something does it, not before. Values come from the command line, else from
//! `TLSCENSUS_*`, else from the file of `--config`, else from the default.

// Doc comments in this file are help texts: an item that needs none has none.
#![allow(missing_docs)]

mod again;
mod config;
mod exit;
mod log;
mod output;
mod values;

pub use again::{Diff, Merge, Report, Show};
pub use config::with_config;
pub use exit::Exit;
pub use log::{Level, LogFormat};
pub use output::{CsvProfile, Form, Output, YesNo};
use values::{memory, time};

use crate::archive::{Request, SeriesMode};
use crate::census::findings::Severity;
use crate::error::Error;
use crate::progress::Mode as ProgressMode;
use crate::time::{Period, Timestamp};
use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::io::IsTerminal;
use std::num::NonZeroUsize;
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
    /// How messages are written; 'json' also makes an object of each line of progress where there would be plain lines
    #[arg(long, global = true, env = "TLSCENSUS_LOG_FORMAT", value_name = "FORMAT", default_value = "text", hide_env_values = true)]
    pub log_format: LogFormat,
}

impl Messages {
    /// How progress is shown, where this was asked for: not at all if nothing is to be said, and not as text between objects.
    pub fn progress(&self, asked: ProgressMode) -> ProgressMode {
        match asked {
            _ if self.quiet => ProgressMode::None,
            ProgressMode::Auto | ProgressMode::Plain if self.log_format == LogFormat::Json => ProgressMode::Json,
            asked => asked,
        }
    }

    /// Says something on standard error.
    pub fn say(&self, level: Level, message: &str) {
        self.log_format.say(level, message);
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
    /// Only flows that begin at this time or later, as in 2026-11-24, 2026-11-24T06:00 or 2026-11-24T06:00:00.5+01:00
    ///
    /// Packet time decides, that of a flow's first packet; a time without an offset is UTC, a day without a time its first
    /// moment. The captures are read whole, so that no flow is cut and stream numbers stay as they are; how many flows are left
    /// out is in losses.csv, as outside_period.
    #[arg(long, value_name = "TIME", value_parser = time, env = "TLSCENSUS_SINCE", hide_env_values = true, help_heading = "Selection")]
    pub since: Option<Timestamp>,
    /// Only flows that begin before this time
    #[arg(long, value_name = "TIME", value_parser = time, env = "TLSCENSUS_UNTIL", hide_env_values = true, help_heading = "Selection")]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub findings: Findings,
    /// Captures that may fail, or end too soon, before the exit code is 3
    #[arg(long, value_name = "N", default_value_t = 0, env = "TLSCENSUS_MAX_FAILED", hide_env_values = true)]
    pub max_failed: u64,
    /// How many threads work [default: all cores]
    #[arg(short, long, value_name = "N", env = "TLSCENSUS_JOBS", hide_env_values = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Memory that flows and their rows may take, as in 512M or 4G [default: 1088 MiB of flows a series, 6 MiB of rows]
    ///
    /// Of it three quarters are for the flows that are followed at the same time, a sixteenth for bytes held behind holes, a
    /// sixteenth (6 MiB at most) for rows before they go to scratch files. A series of 32 MiB or more is read alone and has all of
    /// it; of smaller ones, and of those that are merged by time, at most eight are read side by side, with an eighth each. Beyond it flows end
    /// earlier, and less is held: the result is the same for any number of threads, and says in 'about' what the bound was.
    /// It takes hold after up to 16 MiB of captures, whose flows may take some 300 MB if somebody made them for that.
    /// Not in it: the counts (some 300 MB where all their own bounds are reached), some 10 MiB a thread, and what decompression takes
    /// (a window of up to 128 MiB a stream). At least 16M.
    #[arg(long, value_name = "BYTES", value_parser = memory, env = "TLSCENSUS_MEMORY", hide_env_values = true)]
    pub memory: Option<u64>,
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

impl Scan {
    /// When the flows begin that are wanted.
    pub fn period(&self) -> Period {
        Period { since: self.since, until: self.until }
    }
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
    /// Take options from a TOML file: keys are their long names, as in exclude = ["lab-*"]
    ///
    /// What the command line or a variable TLSCENSUS_* sets goes before what the file says. A key that is no option is an error.
    #[arg(short, long, value_name = "FILE", env = "TLSCENSUS_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
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
                    --no-secrets --csv-bom no --csv-raw --json --progress none --color never --memory 2GiB --top 7 --log-format json";
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
        assert_eq!((scan.memory, scan.output.top.map(NonZeroUsize::get)), (Some(2 << 30), Some(7)));
        assert_eq!(cli.messages.progress(ProgressMode::Auto), ProgressMode::Json);
        assert_eq!(cli.messages.progress(ProgressMode::Bar), ProgressMode::Bar);
        for (text, bytes) in [("16m", 16 << 20), ("16777216", 16 << 20), ("1T", 1u64 << 40), ("512 MB", 512 << 20)] {
            assert_eq!(memory(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "15M", "1.5G", "64X", "-1G", "99999999T"] {
            assert!(memory(text).is_err(), "{text}");
        }
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
            "scan a -o out --top 0",
            "scan a -o out --memory 1M",
            "scan a -o out --log-format xml",
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
    fn a_file_gives_way_to_the_command_line() {
        let path = std::env::temp_dir().join(format!("tlscensus-config-{}.toml", std::process::id()));
        let parsed = |file: &str, line: &str| {
            std::fs::write(&path, file).unwrap();
            let line = format!("tlscensus {} -c {}", line, path.display());
            let all = with_config(line.split(' ').map(Into::into).collect()).map_err(|error| error.to_string())?;
            Cli::try_parse_from(all).map_err(|error| error.to_string())
        };
        let file = "output = \"there\"\nexclude = [\"a\", \"b\"]\njobs = 3\nmemory = \"1G\"\ntop = 5\nlog-format = \"json\"\ncsv-raw = true\nreproducible = false\nformat = \"csv\"\nseries = \"none\"";
        let Command::Scan(scan) = parsed(file, "-v scan x").unwrap().command else { panic!("not scan") };
        assert_eq!(scan.output.output, Some("there".into()));
        assert!(scan.output.csv_raw && !scan.output.reproducible && scan.selection.exclude == ["a", "b"]);
        assert_eq!((scan.jobs.map(NonZeroUsize::get), scan.selection.series), (Some(3), SeriesMode::None));
        assert_eq!((scan.memory, scan.output.top.map(NonZeroUsize::get)), (Some(1 << 30), Some(5)));
        let Command::Scan(scan) = parsed(file, "scan x -o here -j 1 --exclude c --series auto").unwrap().command else {
            panic!("not scan")
        };
        assert_eq!((scan.output.output, scan.selection.exclude), (Some("here".into()), vec!["c".to_owned()]));
        assert_eq!((scan.jobs.map(NonZeroUsize::get), scan.selection.series), (Some(1), SeriesMode::Auto));
        let Command::Check(check) = parsed(file, "check x").unwrap().command else { panic!("not check") };
        assert_eq!(check.selection.exclude, ["a", "b"]);
        for bad in ["outptu = \"x\"", "csv-raw = \"yes\"", "jobs = 1.5", "jobs = \"many\"", "x", "config = \"y\"", "[scan]\njobs = 1"] {
            assert!(parsed(bad, "scan x -o here").is_err(), "{bad}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(with_config(["tlscensus", "scan", "x", "-c", "nowhere.toml"].map(Into::into).to_vec()).is_err());
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
