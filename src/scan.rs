//! The command `scan`: from the arguments to the finished output folder, and what is said about it.

use crate::again::{Past, State};
use crate::archive::{Capture, archive, check_json, check_text};
use crate::census::findings::{self, Found as Finding, Rules, Severity};
use crate::cli::{self, Exit, Level, LogFormat, Messages, Scan};
use crate::error::Error;
use crate::progress::Progress;
use crate::report::layout::Format;
use crate::report::manifest::{RunBlock, summary};
use crate::report::words;
use crate::report::write::{Results, TOP, write_all};
use crate::row::Mask;
use crate::run::{Found, Memory, Options, OutputFolder, Scratch, limits, run, write_rows};
use ring::rand::{SecureRandom, SystemRandom};
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

/// Reads captures, writes tables and a report.
pub fn scan(options: &Scan, messages: &Messages) -> Result<Exit, Error> {
    in_pool(options.jobs, || scan_here(options, messages))?
}

/// The same on the threads of the pool that it runs in.
fn scan_here(options: &Scan, messages: &Messages) -> Result<Exit, Error> {
    let clock = Clock::start();
    let rules = rules(&options.findings)?;
    let mask = mask(&options.output)?;
    let threads = rayon::current_num_threads();
    let archive = archive(&options.selection.request())?;
    if options.dry_run {
        let text = if options.json { serde_json::to_string_pretty(&check_json(&archive))? + "\n" } else { check_text(&archive) };
        print(&text)?;
    }
    let nothing = !archive.captures.iter().any(is_capture);
    if nothing {
        for capture in &archive.captures {
            if let Some(error) = capture.error.as_ref().filter(|_| mask.is_none()) {
                messages.say(Level::Error, &format!("{}: {}", words::visible(&capture.path_text), error.detail));
            }
        }
        let looked_at = archive.not_captures + archive.captures.len() as u64;
        messages.say(Level::Error, &format!("no captures found ({looked_at} files looked at)"));
        return Ok(Exit::NoCaptures);
    }
    let Some(place) = options.output.output.as_deref().filter(|_| !options.dry_run) else { return Ok(Exit::Done) };

    let layout = options.output.form.layout(options.output.csv_raw);
    if options.output.report_pages && !layout.has(Format::Csv) {
        return Err(Error::Usage("--report-pages is made from flows.csv: it needs csv among the formats".into()));
    }
    if let (Some(since), Some(until)) = (options.since, options.until)
        && since >= until
    {
        return Err(Error::Usage("--since is not before --until: no flow can begin there".into()));
    }
    // Before the captures: a run that cannot be compared with is to be told of now.
    if options.output.baseline.is_some() && options.output.anonymize && options.output.anonymize_key.is_none() {
        return Err(Error::Usage("--baseline needs --anonymize-key: pseudonyms by chance are other ones in every run".to_owned()));
    }
    let anonymous = options.output.is_anonymous();
    let old = options.output.baseline.as_deref().map(|folder| Past::read(folder, anonymous)).transpose()?;
    let folder = OutputFolder::create(place, options.output.force)?;
    let stop = stop_on_interrupt(messages.log_format);
    let progress = Progress::new(messages.progress(options.progress), archive.ready_bytes(), archive.ready().count() as u64);
    let scratch = Scratch::create(&folder.scratch())?;
    let found = run(
        &archive,
        Options { style: layout.style(), rules: &rules, mask: mask.as_ref(), period: options.period(), memory: Memory::of(options.memory) },
        scratch.path(),
        &progress,
        &stop,
    )?;
    progress.finish();
    let exit = exit(&found, options.max_failed);
    let Found { captures, census, collected, store, stopped } = found;
    let findings = findings::found(&census, &captures, &collected.ledger, &rules);
    let exit = match options.findings.fail_on {
        Some(least) if exit != Exit::Interrupted && is_found(&findings, least.severity()) => Exit::Found,
        _ => exit,
    };
    let mut baseline = old.map(|old| old.baseline(&findings, &rules));
    if let Some(baseline) = baseline.as_mut().filter(|_| mask.is_some()) {
        baseline.title = "the baseline".to_owned();
    }
    let results = Results {
        title: options.output.report_title.clone().unwrap_or_else(|| title(options)),
        partial: stopped.then(|| "interrupted".to_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        captures: &captures,
        not_captures: archive.not_captures,
        census: &census,
        ledger: &collected.ledger,
        findings: &findings,
        baseline: baseline.as_ref(),
        settings: settings(options),
        layout,
        pages_from: options.output.report_pages.then(|| folder.path().to_owned()),
        run: match clock.block(threads) {
            _ if options.output.reproducible => RunBlock::default(),
            block if mask.is_some() => RunBlock { command: "tlscensus scan --anonymize".to_owned(), ..block },
            block => block,
        },
    };
    let tables = || write_all(folder.path(), &results, || write_rows(folder.path(), store, &collected, &results.layout));
    let (written, state) = rayon::join(tables, || State::of(&results, &rules).write(folder.path()));
    state?.finish(&written?)?;
    let figures = summary(&results);
    drop(scratch);
    folder.publish()?;
    if options.json {
        print(&(serde_json::to_string_pretty(&figures)? + "\n"))?;
    }
    if !messages.quiet {
        say(&results, place, &clock, messages);
    }
    Ok(exit)
}

/// Runs work on a pool of its own with so many threads.
pub fn in_pool<T: Send>(jobs: Option<NonZeroUsize>, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
    let threads = jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|index| format!("tlscensus-{index}")).build();
    Ok(pool.map_err(|error| Error::Threads(error.to_string()))?.install(work))
}

/// Whether a row is a capture by content, or could have been one but for its state.
fn is_capture(capture: &Capture) -> bool {
    capture.format.is_some() || capture.compression.is_some() || capture.size == Some(0)
}

fn exit(found: &Found, max_failed: u64) -> Exit {
    if found.stopped {
        return Exit::Interrupted;
    }
    let failed = found.captures.iter().filter(|capture| matches!(capture.status.as_ref(), "failed" | "truncated")).count() as u64;
    if failed > max_failed { Exit::SomeFailed } else { Exit::Done }
}

/// The rules as the user wants them.
fn rules(asked: &cli::Findings) -> Result<Rules, Error> {
    let mut rules = match &asked.rules {
        None => Rules::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| Error::Usage(format!("{}: {error}", path.display())))?;
            Rules::read(&text).map_err(|error| Error::Usage(format!("{}: {error}", path.display())))?
        }
    };
    for id in &asked.mute {
        rules.mute(id).map_err(Error::Usage)?;
    }
    Ok(rules)
}

/// What makes pseudonyms, if they are asked for: with the key of a file, or with one that is known to this run alone.
fn mask(asked: &cli::Output) -> Result<Option<Mask>, Error> {
    const LEAST: usize = 16;
    let Some(path) = &asked.anonymize_key else {
        let mut key = [0; 32];
        let made = SystemRandom::new().fill(&mut key);
        made.map_err(|_| Error::Usage("the system gives no random numbers for --anonymize; name a key with --anonymize-key".to_owned()))?;
        return Ok(asked.anonymize.then(|| Mask::new(&key)));
    };
    let key = std::fs::read(path).map_err(|error| Error::Usage(format!("{}: {error}", path.display())))?;
    if key.len() < LEAST {
        return Err(Error::Usage(format!("{}: has {} bytes, and a key needs {LEAST}", path.display(), key.len())));
    }
    Ok(Some(Mask::new(&key)))
}

/// Whether something of at least this severity was found by a rule that is not muted.
fn is_found(findings: &[Finding], least: Severity) -> bool {
    findings.iter().any(|found| !found.setting.muted && found.setting.severity >= least)
}

/// The first Ctrl-C asks the run to stop and write what it has; the second one ends the program.
fn stop_on_interrupt(log: LogFormat) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    let handler = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        if log == LogFormat::Text {
            // Behind the ^C that the terminal shows.
            eprintln!();
        }
        log.say(Level::Warning, "stopping; what was read is being written (once more: quit at once)");
    });
    if let Err(error) = handler {
        log.say(Level::Warning, &format!("Ctrl-C will end the run at once: {error}"));
    }
    stop
}

/// What was scanned, as the reader would call it.
fn title(options: &Scan) -> String {
    if options.output.is_anonymous() {
        return "anonymized captures".to_owned();
    }
    match &options.selection.paths[..] {
        [one] if one.as_os_str() == "-" => "standard input".to_owned(),
        [one] => one.canonicalize().ok().as_deref().and_then(Path::file_name).unwrap_or(one.as_os_str()).to_string_lossy().into_owned(),
        [] => "a list of files".to_owned(),
        several => format!("{} paths", several.len()),
    }
}

/// Settings and limits in force.
fn settings(options: &Scan) -> Vec<(String, String)> {
    let selection = &options.selection;
    let mut settings: Vec<(String, String)> = vec![
        ("series".into(), format!("{:?}", selection.series).to_lowercase()),
        ("merge by time".into(), if selection.merge_time { "yes".into() } else { String::new() }),
        ("include".into(), selection.include.join(" ")),
        ("exclude".into(), selection.exclude.join(" ")),
        ("flows that begin since".into(), options.since.map(|time| time.utc()).unwrap_or_default()),
        ("flows that begin before".into(), options.until.map(|time| time.utc()).unwrap_or_default()),
        ("rules".into(), options.findings.rules.as_ref().map(|path| path.display().to_string()).unwrap_or_default()),
        ("muted".into(), options.findings.mute.join(" ")),
        ("secrets in captures".into(), "never used".into()),
    ];
    if options.output.is_anonymous() {
        // Globs and files may name what is not to be named.
        settings.retain(|(name, value)| {
            matches!(
                name.as_str(),
                "series" | "merge by time" | "flows that begin since" | "flows that begin before" | "muted" | "secrets in captures"
            ) || value.is_empty()
        });
        settings.push(("anonymized".into(), "addresses, names, paths and ids are keyed pseudonyms".into()));
    }
    settings.extend(options.output.top.map(|top| (TOP.to_owned(), top.to_string())));
    settings.extend(limits(Memory::of(options.memory)).into_iter().map(|(name, value)| (name.to_owned(), value)));
    settings.retain(|(_, value)| !value.is_empty());
    settings
}

fn print(text: &str) -> Result<(), Error> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("writing", "standard output")(error)),
        _ => Ok(()),
    }
}

/// A few lines on what the run came to, and the captures that could not be read.
fn say(results: &Results<'_>, place: &Path, clock: &Clock, messages: &Messages) {
    let problems: Vec<_> = results.captures.iter().filter(|capture| matches!(capture.status.as_ref(), "failed" | "truncated")).collect();
    let shown = if messages.verbose > 0 { problems.len() } else { problems.len().min(10) };
    for capture in &problems[..shown] {
        let at = capture.error_offset_bytes.map(|offset| format!(" at byte {offset}")).unwrap_or_default();
        let path = words::visible(&capture.path.0);
        messages.say(Level::Warning, &format!("{path}: {}{at}: {}", capture.status, words::visible(&capture.error_detail.0)));
    }
    if problems.len() > shown {
        messages.say(Level::Warning, &format!("and {} more, all in captures.csv (-v lists them here)", problems.len() - shown));
    }
    let packets: u64 = results.captures.iter().map(|capture| capture.packets).sum();
    let flows: u64 = results.captures.iter().map(|capture| capture.tls_flows).sum();
    let done = format!(
        "{} captures, {} packets, {} TLS flows in {:.1} s; {}",
        words::count(results.captures.len() as u64),
        words::count(packets),
        words::count(flows),
        clock.started.elapsed().as_secs_f64(),
        results.whereabouts(place)
    );
    messages.say(Level::Info, &done);
}

/// The wall clock, which is for the run block alone.
pub struct Clock {
    started: Instant,
    wall: SystemTime,
}

impl Clock {
    /// Starts it.
    pub fn start() -> Self {
        Clock { started: Instant::now(), wall: SystemTime::now() }
    }

    /// What it shows by now.
    pub fn block(&self, threads: usize) -> RunBlock {
        let since_epoch = self.wall.duration_since(SystemTime::UNIX_EPOCH).ok();
        RunBlock {
            command: std::env::args_os().map(|word| words::shell(&word.to_string_lossy())).collect::<Vec<_>>().join(" "),
            started_us: since_epoch.and_then(|span| i64::try_from(span.as_micros()).ok()),
            elapsed_us: u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            cpu_us: cpu_us(),
            peak_memory_bytes: peak_memory(),
            threads: threads as u64,
        }
    }
}

/// Processor time of this process, where the system has /proc: fields 14 and 15 of its stat, in hundredths of a second.
fn cpu_us() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(ticks * 10_000)
}

/// Peak resident memory of this process, where the system has /proc.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
