//! The command `report`: the page, the counted tables and their descriptions again, from the state.

use super::past::is_anonymous;
use super::{Past, State};
use crate::cli::{Exit, Level, Messages, Report};
use crate::error::Error;
use crate::report::{Results, TOP, pages, write_all};
use crate::run::Scratch;
use crate::scan::in_pool;
use std::fs;
use std::path::{Path, PathBuf};

/// Builds the report of a finished run again.
pub fn report(options: &Report, messages: &Messages) -> Result<Exit, Error> {
    let out = &options.folder;
    let mut state = State::read(out)?;
    flows_are_there(out, &state)?;
    if let Some(title) = &options.report_title {
        state.title.clone_from(title);
    }
    if let Some(top) = options.top {
        state.settings.retain(|(name, _)| name != TOP);
        state.settings.push((TOP.to_owned(), top.to_string()));
    }
    let findings = state.findings();
    let anonymous = is_anonymous(&state.settings);
    let old = options.baseline.as_deref().map(|folder| Past::read(folder, anonymous)).transpose()?;
    let baseline = old.map(|old| old.baseline(&findings, &state.rules));
    let with_pages = options.report_pages || out.join(pages::FOLDER).is_dir();
    let results = Results { baseline: baseline.as_ref(), pages_from: with_pages.then(|| out.to_owned()), ..state.results(&findings) };
    // In a folder of its own within the result, whose files then take the places of the old ones, each at once.
    let scratch = Scratch::create(&out.join(format!(".again.{}.part", std::process::id())))?;
    let written = in_pool(None, || write_all(scratch.path(), &results, || Ok(state.streamed())))??;
    State::of(&results, &state.rules).write(scratch.path())?.finish(&written)?;
    replace(scratch.path(), out)?;
    if !messages.quiet {
        messages.say(Level::Info, &results.whereabouts(out));
    }
    Ok(Exit::Done)
}

/// That the flows' tables are as long as the run wrote them: what is built names them.
///
/// # Errors
///
/// One is not, or is gone.
pub fn flows_are_there(out: &Path, state: &State) -> Result<(), Error> {
    for file in state.streamed().into_iter().flat_map(|table| table.csv.into_iter().chain(table.parquet)) {
        let path = out.join(&file.path);
        let bytes = fs::metadata(&path).map_err(Error::io("reading", &path))?.len();
        if bytes != file.bytes {
            return Err(Error::result(path, format!("has {bytes} bytes, and the run wrote {}; it was changed since", file.bytes)));
        }
    }
    Ok(())
}

/// Lets each file below `from` take the place of that below `to`; the manifest, which tells of the others, last.
fn replace(from: &Path, to: &Path) -> Result<(), Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["", "csv", "parquet", "state", pages::FOLDER] {
        // A folder that this result does not have is no folder to look into.
        if !from.join(folder).is_dir() {
            continue;
        }
        let entries = fs::read_dir(from.join(folder)).map_err(Error::io("reading", from))?;
        for entry in entries {
            let entry = entry.map_err(Error::io("reading", from))?;
            if entry.path().is_file() {
                files.push(Path::new(folder).join(entry.file_name()));
            }
        }
    }
    files.sort_by_key(|name| (name == Path::new("manifest.json"), name.clone()));
    for name in files {
        if let Some(folder) = name.parent().map(|folder| to.join(folder)) {
            fs::create_dir_all(&folder).map_err(Error::io("creating", &folder))?;
        }
        fs::rename(from.join(&name), to.join(&name)).map_err(Error::io("replacing", to.join(&name)))?;
    }
    Ok(())
}
