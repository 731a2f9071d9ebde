//! Options from a file: `-c FILE`, a TOML file whose keys are the long names of options.
//!
//! ```text
//!  command line ─┐
//!  TLSCENSUS_*  ─┼─► what none of these sets ──► taken from the file ──► as if it stood on the command line
//!  FILE.toml    ─┘
//! ```

use super::Cli;
use crate::error::Error;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use toml::Value;

/// The arguments with those of the file that they name, if they name one.
///
/// # Errors
///
/// The file cannot be read, is no TOML, or has a key or value that is no option's.
pub fn with_config(arguments: Vec<OsString>) -> Result<Vec<OsString>, Error> {
    let mut command = Cli::command();
    command.build();
    // What is amiss is said when the whole is read.
    let Ok(matches) = command.clone().ignore_errors(true).try_get_matches_from(&arguments) else { return Ok(arguments) };
    let Some((name, given)) = matches.subcommand() else { return Ok(arguments) };
    let Ok(Some(path)) = given.try_get_one::<PathBuf>("config") else { return Ok(arguments) };
    let wrong = |what: String| Error::Usage(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    let mut more = Vec::new();
    for (key, value) in &file {
        more.extend(option(&command, name, given, key, value).map_err(wrong)?);
    }
    let at = arguments.iter().position(|argument| argument == OsStr::new(name)).map_or(arguments.len(), |at| at + 1);
    let mut all = arguments;
    all.splice(at..at, more);
    Ok(all)
}

/// An entry as arguments; none where something else sets the option, or where it is another command's.
fn option(command: &Command, name: &str, given: &ArgMatches, key: &str, value: &Value) -> Result<Vec<OsString>, String> {
    let of = |name: &str| command.find_subcommand(name)?.get_arguments().find(|argument| argument.get_long() == Some(key));
    let Some(argument) = of(name) else {
        // A file may serve scan and check.
        return if of("scan").is_some() { Ok(Vec::new()) } else { Err(format!("{key:?} is no option of scan")) };
    };
    if matches!(key, "config" | "help") {
        return Err(format!("{key:?} is no option for a file"));
    }
    let source = given.value_source(argument.get_id().as_str());
    if matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
        return Ok(Vec::new());
    }
    let one = |value: &Value| match value {
        Value::String(text) => Ok(OsString::from(format!("--{key}={text}"))),
        Value::Integer(number) => Ok(format!("--{key}={number}").into()),
        other => Err(format!("{key:?} cannot be {}", other.type_str())),
    };
    match (argument.get_action().takes_values(), value) {
        (false, Value::Boolean(true)) => Ok(vec![format!("--{key}").into()]),
        (false, Value::Boolean(false)) => Ok(Vec::new()),
        (false, other) => Err(format!("{key:?} is true or false, not {}", other.type_str())),
        (true, Value::Array(values)) => values.iter().map(one).collect(),
        (true, value) => one(value).map(|argument| vec![argument]),
    }
}
