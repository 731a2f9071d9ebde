//! The command `merge`: finished runs over different captures become one result, as if one scan had read them all.
//!
//! ```text
//!  A/state ──┐                                   ┌──► captures, census, ledger ──► counted tables, page, state
//!  B/state ──┼──► who has which capture? numbers ┤
//!  ...     ──┘    in the order of all paths      └──► A/csv, B/csv ... in that order ──► flows, messages, ...
//! ```
//!
//! A capture is known by its id and size. What is counted of it cannot be taken out of a census again, so of runs that
//! have captures in common only those may be merged of which one holds all of the other, which is then left out.

use super::State;
use super::flows;
use crate::census::Census;
use crate::census::findings::found;
use crate::cli::{Exit, Level, Merge, Messages};
use crate::error::Error;
use crate::ledger::{Layer, Ledger, Reason};
use crate::report::layout::Format;
use crate::report::words;
use crate::report::{Results, RunBlock, write_all};
use crate::row::capture::CaptureRow;
use crate::run::OutputFolder;
use crate::scan::{Clock, in_pool};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// One of the runs.
pub struct Part {
    /// Its folder.
    pub folder: PathBuf,
    /// What it kept.
    pub state: State<'static>,
    /// The place of each of its captures among all.
    pub places: Vec<u32>,
}

/// Combines finished runs.
pub fn merge(options: &Merge, messages: &Messages) -> Result<Exit, Error> {
    let clock = Clock::start();
    let mut parts = Vec::new();
    for folder in &options.folders {
        let state = State::read(folder)?;
        super::report::flows_are_there(folder, &state)?;
        parts.push(Part { folder: folder.clone(), state, places: Vec::new() });
    }
    // So that the order of the arguments does not matter, and what holds most comes first.
    parts.sort_by_cached_key(|part| (Reverse(slices(&part.state).len()), slices(&part.state), part.state.title.clone()));
    let parts = without_twice(parts, messages)?;
    alike(&parts)?;
    let (mut parts, captures) = number(parts, options.prefix)?;
    let settings = settings(&parts);
    let title = options.report_title.clone().unwrap_or_else(|| title(&parts));
    let (census, ledger) = counts(&mut parts);
    let rules = parts[0].state.rules.clone();
    let findings = found(&census, &captures, &ledger, &rules);
    let layout = options.form.layout(parts[0].state.layout.raw);
    if options.report_pages && !layout.has(Format::Csv) {
        return Err(Error::Usage("--report-pages is made from flows.csv: it needs csv among the formats".into()));
    }
    let folder = OutputFolder::create(&options.output, options.force)?;
    let results = Results {
        title,
        partial: parts.iter().find_map(|part| part.state.partial.clone()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        captures: &captures,
        not_captures: parts.iter().map(|part| part.state.not_captures).sum(),
        census: &census,
        ledger: &ledger,
        findings: &findings,
        baseline: None,
        settings,
        layout,
        pages_from: options.report_pages.then(|| folder.path().to_owned()),
        run: if options.reproducible { RunBlock::default() } else { clock.block(1) },
    };
    let streamed = || flows::merge(&parts, folder.path(), &results.layout);
    let written = in_pool(None, || write_all(folder.path(), &results, streamed))??;
    State::of(&results, &rules).write(folder.path())?.finish(&written)?;
    folder.publish()?;
    if !messages.quiet {
        let flows = words::count(census.totals.tls_flows);
        let (runs, captures) = (parts.len(), words::count(captures.len() as u64));
        messages
            .say(Level::Info, &format!("{runs} runs, {captures} captures, {flows} TLS flows; {}", results.whereabouts(&options.output)));
    }
    Ok(Exit::Done)
}

/// Whether something of a capture is in the census: its packets were read.
pub fn is_read(capture: &CaptureRow) -> bool {
    matches!(capture.status.as_ref(), "ok" | "truncated")
}

/// What a run read: each capture by id and size, and how much of it.
fn slices(state: &State) -> BTreeSet<(String, Option<u64>, u64)> {
    let slice = |capture: &CaptureRow| (capture.capture_id.clone().into_owned(), capture.size_bytes, capture.packets);
    state.captures.iter().filter(|capture| is_read(capture)).map(slice).collect()
}

/// The runs without those that another one holds whole.
///
/// # Errors
///
/// Two of them have some captures in common, or parts of the same capture.
fn without_twice(parts: Vec<Part>, messages: &Messages) -> Result<Vec<Part>, Error> {
    let mut kept: Vec<Part> = Vec::new();
    for part in parts {
        let ours = slices(&part.state);
        if let Some(whole) = kept.iter().find(|other| ours.is_subset(&slices(&other.state))) {
            if !messages.quiet {
                let (left, holder) = (part.folder.display(), whole.folder.display());
                messages.say(Level::Warning, &format!("{left} is left out: {holder} has all of its captures"));
            }
            continue;
        }
        for other in &kept {
            let theirs: BTreeSet<_> = slices(&other.state).into_iter().map(|(id, size, _)| (id, size)).collect();
            let both: Vec<&str> =
                ours.iter().filter(|(id, size, _)| theirs.contains(&(id.clone(), *size))).map(|slice| slice.0.as_str()).collect();
            if let Some(first) = both.first() {
                let path = part.state.captures.iter().find(|capture| capture.capture_id == *first).map_or("", |capture| &capture.path.0);
                return Err(Error::Usage(format!(
                    "{} and {} both read {} of the same captures, such as {}: their flows would count twice",
                    other.folder.display(),
                    part.folder.display(),
                    both.len(),
                    words::visible(path),
                )));
            }
        }
        kept.push(part);
    }
    Ok(kept)
}

/// That the runs were done in the same way, as far as it shows in rows of flows.
fn alike(parts: &[Part]) -> Result<(), Error> {
    for part in &parts[1..] {
        let differ = |what: &str| {
            let (one, other) = (parts[0].folder.display(), part.folder.display());
            Err(Error::Usage(format!("{one} and {other} cannot be merged: they {what}")))
        };
        if part.state.rules != parts[0].state.rules {
            return differ("were judged by different rules (--rules, --mute)");
        }
        if part.state.layout.raw != parts[0].state.layout.raw {
            return differ("write text differently (--csv-raw)");
        }
    }
    Ok(())
}

/// All captures in the order of their paths, and the place of each in every run.
///
/// # Errors
///
/// Two captures have the same path.
fn number(mut parts: Vec<Part>, prefix: bool) -> Result<(Vec<Part>, Vec<CaptureRow>), Error> {
    let mut all: BTreeMap<String, (usize, CaptureRow)> = BTreeMap::new();
    for (at, part) in parts.iter_mut().enumerate() {
        if prefix {
            let before = format!("{}/", part.state.title);
            for capture in part.state.captures.to_mut() {
                for path in [&mut capture.path, &mut capture.duplicate_of].into_iter().filter(|path| !path.0.is_empty()) {
                    path.0.insert_str(0, &before);
                }
            }
        }
        for capture in part.state.captures.iter() {
            let Some((other, held)) = all.get(&capture.path.0) else {
                all.insert(capture.path.0.clone(), (at, capture.clone()));
                continue;
            };
            // What neither could read, such as a broken file that both met, is the same row.
            if *other == at || is_read(held) || is_read(capture) || serde_json::to_string(held)? != serde_json::to_string(capture)? {
                return Err(Error::Usage(format!(
                    "two captures are called {}; {}",
                    words::visible(&capture.path.0),
                    if prefix {
                        "give the runs different titles (tlscensus report OUT --report-title TITLE)"
                    } else {
                        "with --prefix the title of its run stands before each path"
                    }
                )));
            }
        }
    }
    let places: BTreeMap<&str, u32> = all.keys().map(String::as_str).zip(0..).collect();
    for part in &mut parts {
        part.places = part.state.captures.iter().map(|capture| places.get(capture.path.0.as_str()).copied().unwrap_or_default()).collect();
    }
    Ok((parts, all.into_values().map(|(_, capture)| capture).collect()))
}

/// Census and ledger of all, which the runs give up.
fn counts(parts: &mut [Part]) -> (Census, Ledger) {
    let (mut census, mut ledger) = (Census::default(), Ledger::default());
    for part in parts {
        census.merge(std::mem::take(&mut part.state.census).into_owned());
        let mut losses = std::mem::take(&mut part.state.ledger).into_owned();
        losses.renumber(|capture| part.places.get(capture as usize).copied().unwrap_or(u32::MAX));
        // What is beyond a bound is known only when all is together.
        for (loss, _) in Census::default().beyond_bounds() {
            losses.forget(Layer::Tls, Reason::of(loss));
        }
        ledger.merge(losses);
    }
    for (loss, count) in census.beyond_bounds() {
        ledger.count(Layer::Tls, Reason::of(loss), count);
    }
    (census, ledger)
}

/// The titles where they are few.
fn title(parts: &[Part]) -> String {
    let titles: BTreeSet<&str> = parts.iter().map(|part| part.state.title.as_str()).collect();
    if titles.len() > 3 { format!("{} runs", parts.len()) } else { titles.into_iter().collect::<Vec<_>>().join(", ") }
}

/// Each setting; where the runs differ, all of its values.
fn settings(parts: &[Part]) -> Vec<(String, String)> {
    let mut values: Vec<(String, BTreeSet<&str>)> = Vec::new();
    for (name, value) in parts.iter().flat_map(|part| &part.state.settings) {
        match values.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => drop(values.insert(value)),
            None => values.push((name.clone(), BTreeSet::from([value.as_str()]))),
        }
    }
    let mut settings = vec![("merged from".to_owned(), format!("{} runs", parts.len()))];
    settings.extend(values.into_iter().map(|(name, values)| (name, values.into_iter().collect::<Vec<_>>().join(" | "))));
    settings
}
