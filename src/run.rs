//! The conductor: the only place that knows all stages and the threads.
//!
//! ```text
//!  archive ──► series ──┬── small: one task each ──────────────┐
//!                       └── large: ranges over all threads ────┤──► rows (sorted runs), census, ledger ──► report
//! ```
//!
//! Everything that is written is put in a fixed order at the end, so that it depends neither on the number of threads
//! nor on the order of the arguments.

mod collect;
mod dissection;
mod fused;
mod govern;
mod harvest;
mod memory;
mod merge;
mod open;
mod output;
mod pipeline;
mod schedule;
mod store;
mod streams;
mod udp;

use crate::archive::{Archive, Capture, Parked, Series, Source as From, Status};
use crate::capture::block::{Source, Walk};
use crate::census::Census;
use crate::census::findings::Rules;
use crate::error::{CaptureError, Error};
use crate::flow::hash::HashKey;
use crate::ledger::{Layer, Reason};
use crate::progress::Progress;
use crate::row::capture::CaptureRow;
use crate::row::cell::{Seconds, Wild};
use crate::row::{Mask, Style, Word};
use crate::time::Period;
pub use collect::Collected;
use harvest::Harvests;
use memory::Bounds;
pub use memory::Memory;
pub use output::{OutputFolder, Scratch, limits, write_rows};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
pub use store::RowStore;

/// Series of at least this many bytes (compressed ones by estimate) are spread over all threads; smaller ones are one task each.
const LARGE: u64 = 32 << 20;

/// What a run shares among its threads.
pub struct Run<'a> {
    archive: &'a Archive,
    style: Style,
    rules: &'a Rules,
    mask: Option<&'a Mask>,
    period: Period,
    memory: Memory,
    hash_key: HashKey,
    threads: usize,
    progress: &'a Progress,
    /// Decoders of archives that wait for the next member.
    parked: Parked,
    /// How many bytes the standard input stream had, once it was read to its end.
    stdin_size: Arc<OnceLock<u64>>,
    /// Set by the first Ctrl-C: no more is read, what was read is written.
    stop: &'a AtomicBool,
    harvests: Harvests,
    store: RowStore,
    collected: Mutex<Collected>,
    states: Vec<Mutex<CaptureState>>,
}

/// What became of a capture that is read.
#[derive(Debug, Clone, Default)]
struct CaptureState {
    /// Why it could not be read, or not to its end.
    error: Option<CaptureError>,
    /// The damage nearest to its beginning, and whether anything was read all the same.
    damage: Option<CaptureError>,
    /// Whether the file header could be read.
    opened: bool,
    format: &'static str,
    link_types: String,
    snaplen: u32,
    /// Frames, by Wireshark's numbering.
    frames: u64,
}

impl CaptureState {
    /// The error to tell: what ended it before its end, else the first damage that was passed over (all of it is among
    /// the losses).
    fn first_error(&self) -> Option<&CaptureError> {
        self.error.as_ref().or(self.damage.as_ref())
    }
}

/// What a run found, before it is written.
pub struct Found {
    /// captures.csv.
    pub captures: Vec<CaptureRow>,
    /// The census of all flows.
    pub census: Census,
    /// Counts of the captures, and losses.
    pub collected: Collected,
    /// Rows of the large tables.
    pub store: RowStore,
    /// Whether the run was stopped early.
    pub stopped: bool,
}

/// How a run is done.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// How text cells are written.
    pub style: Style,
    /// The rules that flows are asked.
    pub rules: &'a Rules,
    /// What makes pseudonyms of names and addresses, if they are to be made.
    pub mask: Option<&'a Mask>,
    /// Flows that do not begin in it are left out, and counted as the loss `outside_period`.
    pub period: Period,
    /// What flows and rows may take.
    pub memory: Memory,
}

/// Reads all series of an archive on the threads of the pool that it runs in. `scratch` is a folder for rows that do not
/// fit in memory.
///
/// # Errors
///
/// Only what makes the result wrong: scratch files that cannot be written. A capture that cannot be read is a row.
pub fn run(
    archive: &Archive,
    options: Options<'_>,
    scratch: &std::path::Path,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<Found, Error> {
    let run = Run {
        archive,
        style: options.style,
        rules: options.rules,
        mask: options.mask,
        period: options.period,
        memory: options.memory,
        hash_key: HashKey::random(),
        threads: rayon::current_num_threads(),
        progress,
        parked: Parked::default(),
        stdin_size: Arc::default(),
        stop,
        harvests: Harvests::new(rayon::current_num_threads()),
        store: RowStore::new(scratch, options.memory.rows()),
        collected: Mutex::default(),
        states: archive.captures.iter().map(|_| Mutex::default()).collect(),
    };
    run.all_series();
    run.finish()
}

impl Run<'_> {
    fn all_series(&self) {
        let packed = |series: &Series| series.captures.iter().any(|index| self.archive.captures[*index].is_stream());
        let is_large = |series: &&Series| self.threads > 1 && self.is_alone(series);
        // A stream is decoded by one thread at a time. Where there are enough of them, a thread each keeps all threads
        // busier than all threads on one.
        let streams = self.archive.series.iter().filter(is_large).filter(|series| packed(series)).count();
        let apart = streams >= 2 * self.threads && !self.memory.is_bounded();
        let spread = |series: &&Series| is_large(series) && !(apart && packed(series));
        let (mut large, small): (Vec<_>, Vec<_>) = self.archive.series.iter().partition(spread);
        // Members of a compressed archive in its order, by one thread: so it is decoded once.
        large.sort_by_key(|series| self.place(series));
        let mut chains: BTreeMap<&Path, Vec<&Series>> = BTreeMap::new();
        let mut single = Vec::new();
        for series in small {
            match self.place(series) {
                Some((archive, _)) => chains.entry(archive).or_default().push(series),
                None => single.push(series),
            }
        }
        for series in large {
            self.guarded(series, || pipeline::follow(self, series));
        }
        // Those that count as alone come first, one after another: only one thread takes this way with them.
        let (alone, single): (Vec<_>, Vec<_>) = single.into_iter().partition(|series| self.memory.is_bounded() && self.is_alone(series));
        alone.into_iter().for_each(|series| self.one_thread(series));
        let chains = chains.into_values().map(|mut chain| {
            chain.sort_by_key(|series| self.place(series));
            chain
        });
        let tasks = Mutex::new(chains.chain(single.into_iter().map(|series| vec![series])).collect::<Vec<_>>().into_iter());
        rayon::scope(|scope| {
            for _ in 0..self.memory.side_by_side(self.threads) {
                scope.spawn(|_| {
                    loop {
                        let Some(chain) = lock(&tasks).next() else { break };
                        chain.into_iter().for_each(|series| self.one_thread(series));
                    }
                });
            }
        });
    }

    /// Whether a series is read alone, by all threads if there are several.
    fn is_alone(&self, series: &Series) -> bool {
        let weights = series.captures.iter().map(|index| weight(&self.archive.captures[*index]));
        !series.by_time && weights.fold(0, u64::saturating_add) >= LARGE
    }

    /// What a series may hold.
    fn bounds(&self, series: &Series) -> Bounds {
        self.memory.series(self.is_alone(series))
    }

    fn one_thread(&self, series: &Series) {
        let follow = if series.by_time { merge::follow } else { fused::follow };
        self.guarded(series, || follow(self, series));
    }

    /// Where a series begins in a compressed archive.
    fn place(&self, series: &Series) -> Option<(&Path, u64)> {
        let From::Member(member) = &self.archive.captures[*series.captures.first()?].source else { return None };
        member.packing.map(|_| (member.archive.as_path(), member.offset))
    }

    /// Runs one series; a panic in it, which is a fault of the program, costs this series alone.
    fn guarded(&self, series: &Series, work: impl FnOnce()) {
        if self.is_stopped() {
            for index in &series.captures {
                self.note_failure(*index, interrupted(0));
            }
            return;
        }
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
            for index in &series.captures {
                let mut state = lock(&self.states[*index]);
                state.opened = false;
                state.damage = None;
                state.error = Some(CaptureError {
                    code: "internal_error",
                    detail: "The program failed on this series; please report it.".into(),
                    offset: 0,
                });
            }
        }
        self.progress.captures_done(series.captures.len() as u64);
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Notes what the walk over a file knows of it.
    fn note_file(&self, capture: usize, walk: &Walk, source: &Source, stopped: bool) {
        let mut state = lock(&self.states[capture]);
        if let Some(cutter) = walk.cutter() {
            state.opened = true;
            state.format = cutter.format().as_str();
            state.link_types = cutter.link_types().iter().map(|link| link.0.to_string()).collect::<Vec<_>>().join(";");
            state.snaplen = cutter.snaplen();
            state.frames = cutter.numbered();
        }
        if let Some(error) = walk.error() {
            state.error.get_or_insert_with(|| error.clone());
        }
        if stopped {
            state.error.get_or_insert_with(|| interrupted(walk.position()));
        } else if let Some((then, now)) = source.growth() {
            let detail = format!("The file was being written: it had {then} bytes when it was opened and {now} when they were read.");
            state.error.get_or_insert(CaptureError { code: "growing", detail, offset: walk.position() });
        }
    }

    /// Notes that a file cannot be read.
    fn note_failure(&self, capture: usize, error: CaptureError) {
        lock(&self.states[capture]).error.get_or_insert(error);
    }

    /// Notes damage in a file, of which the first is told: threads may meet it in any order.
    fn note_damage(&self, capture: usize, error: &CaptureError) {
        let damage = &mut lock(&self.states[capture]).damage;
        if damage.as_ref().is_none_or(|first| error.offset < first.offset) {
            *damage = Some(error.clone());
        }
    }

    fn finish(self) -> Result<Found, Error> {
        let stopped = self.is_stopped();
        let mut collected = std::mem::take(&mut *lock(&self.collected));
        let mut census = self.harvests.merge(&self.store);
        for (loss, count) in census.beyond_bounds() {
            collected.ledger.count(Layer::Tls, Reason::of(loss), count);
        }
        collected.number_selection(&mut census, &self.archive.captures);
        self.store.check()?;
        let mut series = vec![None; self.archive.captures.len()];
        for one in &self.archive.series {
            one.captures.iter().for_each(|index| series[*index] = Some(one));
        }
        let captures = series.iter().enumerate().map(|(index, series)| self.capture_row(index, *series, &collected)).collect();
        Ok(Found { captures, census, collected, store: self.store, stopped })
    }

    /// The path of a capture as the tables show it.
    fn path(&self, index: usize) -> Wild {
        let path = &self.archive.captures[index].path_text;
        Wild(self.mask.map_or_else(|| path.clone(), |mask| mask.path(index, path)))
    }

    /// The id of a series as the tables show it.
    fn series_id(&self, series: &Series) -> Word {
        self.mask.map_or_else(|| series.id.clone().into(), |mask| mask.series(&series.id))
    }

    fn capture_row(&self, index: usize, series: Option<&Series>, collected: &Collected) -> CaptureRow {
        let capture = &self.archive.captures[index];
        let state = lock(&self.states[index]);
        let counts = collected.counts(index);
        let error = capture.error.as_ref().or(state.first_error());
        let status = match capture.status {
            Status::Ready if !state.opened && error.is_some_and(|error| error.code == INTERRUPTED) => "skipped",
            Status::Ready if !state.opened => "failed",
            Status::Ready if error.is_some() => "truncated",
            Status::Ready if counts.packets == 0 => "empty",
            Status::Ready => "ok",
            Status::Empty => "empty",
            Status::Skipped => "skipped",
            Status::Failed => "failed",
            Status::Duplicate => "duplicate",
        };
        CaptureRow {
            capture_id: capture.id.clone().into(),
            path: self.path(index),
            series_id: series.filter(|_| capture.status == Status::Ready).map(|series| self.series_id(series)).unwrap_or_default(),
            format: if state.opened { state.format.into() } else { capture.format.map_or("", |format| format.name()).into() },
            link_types: state.link_types.clone().into(),
            snaplen_bytes: (state.snaplen > 0).then_some(state.snaplen),
            size_bytes: capture.size.or_else(|| self.stdin_size.get().copied().filter(|_| matches!(capture.source, From::Stdin(_)))),
            compressed: capture.compression.or(capture.packing()).map_or("", |compression| compression.name()).into(),
            status: status.into(),
            error_code: error.map_or("", |error| error.code).into(),
            // It may tell of other files by their names.
            error_detail: Wild(error.filter(|_| self.mask.is_none()).map(|error| error.detail.clone()).unwrap_or_default()),
            error_offset_bytes: error.map(|error| error.offset),
            packets: state.frames,
            packets_cut: counts.packets_cut,
            first_utc: counts.first.map(|(_, time)| time),
            last_utc: counts.latest,
            duration_s: counts.first.zip(counts.latest).map(|((_, first), last)| Seconds(last.since(first))),
            tcp_flows: counts.tcp_flows,
            udp_flows: counts.udp_flows,
            tls_flows: counts.tls_flows,
            handshakes_completed: counts.completed,
            handshakes_failed: counts.failed,
            offload_suspected: counts.offload,
            duplicate_frames: Some(counts.duplicates),
            duplicate_of: capture.duplicate_of.map(|other| self.path(other)).unwrap_or_default(),
        }
    }
}

/// Bytes that a capture is expected to have once it is read. Compressed ones are three to four times as long within.
fn weight(capture: &Capture) -> u64 {
    let bytes = capture.size.unwrap_or(u64::MAX);
    if capture.compression.is_some() { bytes.saturating_mul(4) } else { bytes }
}

/// The code of captures that were not read to their end because the run was stopped.
const INTERRUPTED: &str = "interrupted";

fn interrupted(offset: u64) -> CaptureError {
    CaptureError { code: INTERRUPTED, detail: "The run was stopped here.".into(), offset }
}

/// What a series' work needs to know of it.
struct SeriesFacts<'a> {
    /// Index of each file in the archive.
    captures: &'a [usize],
    /// Ids of the captures.
    ids: Vec<Word>,
    /// Id of the series.
    id: Word,
    /// What makes pseudonyms, if they are to be made.
    mask: Option<&'a Mask>,
    /// When flows begin that are wanted.
    period: Period,
}

impl<'a> SeriesFacts<'a> {
    fn new(run: &'a Run<'_>, series: &'a Series) -> Self {
        let ids = series.captures.iter().map(|index| run.archive.captures[*index].id.clone().into()).collect();
        SeriesFacts { captures: &series.captures, ids, id: run.series_id(series), mask: run.mask, period: run.period }
    }
}

/// Locks, whatever became of a thread that held the lock before: its series is reported as failed by [`Run::guarded`].
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
