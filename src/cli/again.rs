//! What can be asked of finished runs.

use super::{FailOn, Form};
use clap::Args;
use clap::builder::BoolishValueParser;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Report {
    /// The folder of a finished run
    #[arg(value_name = "OUT")]
    pub folder: PathBuf,
    /// What the report is called from now on
    #[arg(long, value_name = "TITLE")]
    pub report_title: Option<String>,
    /// Rows that a table of the report may have from now on; the report's own limits hold
    #[arg(long, value_name = "N")]
    pub top: Option<NonZeroUsize>,
    /// Let the flow explorer show all flows, by files in report-pages/; where there are some, they are made again in any case
    #[arg(long)]
    pub report_pages: bool,
    /// Say in the report what changed since this finished run
    #[arg(long, value_name = "OUT", env = "TLSCENSUS_BASELINE", hide_env_values = true)]
    pub baseline: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: tlscensus merge monday tuesday -o week")]
pub struct Merge {
    /// The folders of finished runs over different captures
    ///
    /// A run whose captures are all in another one is left out; runs that have only some in common are refused, because what
    /// they have in common would count twice. A flow that goes on from a capture of one run to one of another stays two.
    #[arg(value_name = "OUT", num_args = 2.., required = true)]
    pub folders: Vec<PathBuf>,
    /// The folder to write; it appears whole or not at all
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Replace the folder if it holds an earlier result
    #[arg(short, long)]
    pub force: bool,
    #[command(flatten)]
    pub form: Form,
    /// Put the title of its run before the path of each capture: x.pcap of the run 'monday' becomes monday/x.pcap
    #[arg(long)]
    pub prefix: bool,
    /// What the report is called [default: the titles of the runs]
    #[arg(long, value_name = "TITLE")]
    pub report_title: Option<String>,
    /// Let the flow explorer of the report show all flows, by files in report-pages/
    #[arg(long, env = "TLSCENSUS_REPORT_PAGES", value_parser = BoolishValueParser::new(), hide_env_values = true)]
    pub report_pages: bool,
    /// Leave out what differs from run to run: command, clock, times taken, memory and threads
    #[arg(long)]
    pub reproducible: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: tlscensus show census f1c3")]
pub struct Show {
    /// The folder of a finished run
    #[arg(value_name = "OUT")]
    pub folder: PathBuf,
    /// The flow_id, or as much of its beginning as no other flow has
    #[arg(value_name = "FLOW_ID")]
    pub flow: String,
    /// Write a page with the drawing to a file instead
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0    done, whatever differs
  1    a run could not be read
  2    the command line makes no sense
  4    a finding that --fail-on asks for is in NEW and not in OLD")]
pub struct Diff {
    /// The folder of the run to compare with
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The folder of the run that is compared
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Print JSON, which has all of what the text cuts at 20 lines of a kind
    #[arg(long)]
    pub json: bool,
    /// End with exit code 4 if there is a new finding of at least this severity
    ///
    /// A finding is a rule and its subject, such as a server; those of muted rules do not count.
    #[arg(long, value_name = "SEVERITY", env = "TLSCENSUS_FAIL_ON", hide_env_values = true)]
    pub fail_on: Option<FailOn>,
}
