//! The program `tlscensus`: reads the command line, calls the library, ends with an exit code.
//!
//! Standard output is for data, standard error for messages.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use tlscensus::again;
use tlscensus::archive::{archive, check_json, check_text};
use tlscensus::cli::{self, Check, Cli, Command, Exit, Level, LogFormat, Messages, SchemaFormat};
use tlscensus::error::Error;
use tlscensus::report::{dictionary, explain};
use tlscensus::scan;

/// Rows and counts make some 240 small allocations a flow: with glibc's allocator these were a sixth of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::with_config(std::env::args_os().collect());
    let (log, done) = match arguments {
        Ok(arguments) => {
            let cli = Cli::parse_from(arguments);
            (cli.messages.log_format, execute(&cli))
        }
        Err(error) => (LogFormat::default(), Err(error)),
    };
    done.unwrap_or_else(|error| {
        log.say(Level::Error, &error.to_string());
        Exit::from(&error)
    })
    .into()
}

fn execute(cli: &Cli) -> Result<Exit, Error> {
    match &cli.command {
        Command::Scan(options) => scan::scan(options, &cli.messages),
        Command::Check(options) => check(options, &cli.messages),
        Command::Report(options) => again::report(options, &cli.messages),
        Command::Merge(options) => again::merge(options, &cli.messages),
        Command::Diff(options) => again::diff(options),
        Command::Show(options) => again::show(options, &cli.messages),
        Command::Schema { format } => print(&dictionary::schema(match format {
            SchemaFormat::Md => dictionary::Format::Markdown,
            SchemaFormat::Json => dictionary::Format::Json,
            SchemaFormat::Sql => dictionary::Format::Sql,
        })),
        Command::Explain { name } => print(&explain::explain(name.as_deref())?),
        Command::Completions { shell } => print_bytes(&cli::completions(*shell)),
        Command::Man { subcommand } => print_bytes(&cli::man(subcommand.as_deref())?),
    }
}

fn check(options: &Check, messages: &Messages) -> Result<Exit, Error> {
    let archive = scan::in_pool(options.jobs, || archive(&options.selection.request()))??;
    if options.json {
        print(&(serde_json::to_string_pretty(&check_json(&archive))? + "\n"))?;
    } else if !messages.quiet {
        print(&check_text(&archive))?;
    }
    Ok(if archive.captures.is_empty() { Exit::NoCaptures } else { Exit::Done })
}

fn print(text: &str) -> Result<Exit, Error> {
    print_bytes(text.as_bytes())
}

/// Writes to standard output. A reader that went away (`| head`) is no failure.
fn print_bytes(bytes: &[u8]) -> Result<Exit, Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("writing", "standard output")(error)),
        _ => Ok(Exit::Done),
    }
}
