//! Progress on standard error: a bar on a terminal, a plain line every 30 seconds elsewhere, JSON for programs, or nothing.
//!
//! Workers only add to counters; a thread of its own reads them now and then. The clock here is for people and decides
//! nothing: no result depends on it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const PLAIN_EVERY: Duration = Duration::from_secs(30);
const JSON_EVERY: Duration = Duration::from_secs(1);
const BAR_EVERY: Duration = Duration::from_millis(200);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Mode {
    /// A bar on a terminal, else plain lines
    #[default]
    Auto,
    /// A bar; nothing where there is no terminal
    Bar,
    /// A line every 30 seconds
    Plain,
    /// For programs: an object on a line of its own every second, and at the end
    Json,
    /// Nothing
    None,
}

/// Counts what was done and shows it. Share it by reference; every method takes `&self`.
#[derive(Debug)]
pub struct Progress {
    counters: Arc<Counters>,
    bar: Option<ProgressBar>,
    ticker: Mutex<Option<(SyncSender<()>, JoinHandle<()>)>>,
}

#[derive(Debug, Default)]
struct Counters {
    total_bytes: u64,
    total_captures: u64,
    bytes: AtomicU64,
    packets: AtomicU64,
    captures: AtomicU64,
    flows: AtomicU64,
}

impl Progress {
    /// Starts showing. `total_bytes` is 0 where it is not known (standard input).
    pub fn new(mode: Mode, total_bytes: u64, total_captures: u64) -> Self {
        match mode {
            Mode::Auto if std::io::stderr().is_terminal() => Self::bar(total_bytes, total_captures),
            Mode::Bar => Self::bar(total_bytes, total_captures),
            Mode::Auto | Mode::Plain => Self::plain(total_bytes, total_captures, PLAIN_EVERY, Box::new(std::io::stderr())),
            Mode::Json => Self::json(total_bytes, total_captures),
            Mode::None => Progress { counters: Counters::new(total_bytes, total_captures), bar: None, ticker: Mutex::new(None) },
        }
    }

    fn bar(total_bytes: u64, total_captures: u64) -> Self {
        let counters = Counters::new(total_bytes, total_captures);
        let bar = ProgressBar::with_draw_target((total_bytes > 0).then_some(total_bytes), ProgressDrawTarget::stderr());
        let template = if total_bytes > 0 {
            "{bar:30} {decimal_bytes} of {decimal_total_bytes}, {msg}, {decimal_bytes_per_sec}, {eta} left"
        } else {
            "{spinner} {decimal_bytes}, {msg}, {decimal_bytes_per_sec}"
        };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let (shown, counted) = (bar.clone(), Arc::clone(&counters));
        let ticker = ticker(BAR_EVERY, false, move || {
            shown.set_message(counted.captures_text());
            shown.set_position(counted.bytes.load(Relaxed));
            true
        });
        Progress { counters, bar: Some(bar), ticker: Mutex::new(ticker) }
    }

    fn plain(total_bytes: u64, total_captures: u64, every: Duration, mut out: Box<dyn Write + Send>) -> Self {
        let counters = Counters::new(total_bytes, total_captures);
        let counted = Arc::clone(&counters);
        let start = Instant::now();
        // Where nobody listens any more there is no need to go on talking.
        let ticker = ticker(every, false, move || writeln!(out, "{}", counted.line(start.elapsed())).is_ok());
        Progress { counters, bar: None, ticker: Mutex::new(ticker) }
    }

    fn json(total_bytes: u64, total_captures: u64) -> Self {
        let counters = Counters::new(total_bytes, total_captures);
        let counted = Arc::clone(&counters);
        let start = Instant::now();
        let ticker = ticker(JSON_EVERY, true, move || writeln!(std::io::stderr(), "{}", counted.json(start.elapsed())).is_ok());
        Progress { counters, bar: None, ticker: Mutex::new(ticker) }
    }

    /// So many bytes of captures and packets in them were read.
    pub fn add(&self, bytes: u64, packets: u64) {
        self.counters.bytes.fetch_add(bytes, Relaxed);
        self.counters.packets.fetch_add(packets, Relaxed);
    }

    /// For readers that count the bytes themselves, where a capture's bytes are not those of the file.
    pub fn bytes(&self) -> BytesRead {
        BytesRead(Arc::clone(&self.counters))
    }

    /// So many captures were read to their end.
    pub fn captures_done(&self, captures: u64) {
        self.counters.captures.fetch_add(captures, Relaxed);
    }

    /// So many flows were found.
    pub fn flows_found(&self, flows: u64) {
        self.counters.flows.fetch_add(flows, Relaxed);
    }

    /// Writes something else to standard error without the bar in its way.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Stops showing and takes the bar away. Also happens on drop; doing it twice is no harm.
    pub fn finish(&self) {
        let ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = ticker {
            drop(stop);
            let _ = thread.join();
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A hand on the counter of bytes.
#[derive(Debug, Clone)]
pub struct BytesRead(Arc<Counters>);

impl BytesRead {
    /// So many bytes of a capture's file were read.
    pub fn add(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Calls `show` again and again until the sender is dropped or `show` says no, and once more at the end if `last`. Without a
/// thread there is no progress to see, which stops nobody's work.
fn ticker(every: Duration, last: bool, mut show: impl FnMut() -> bool + Send + 'static) -> Option<(SyncSender<()>, JoinHandle<()>)> {
    let (stop, stopped) = sync_channel::<()>(0);
    let run = move || {
        while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) && show() {}
        if last {
            show();
        }
    };
    let thread = std::thread::Builder::new().name("progress".into()).spawn(run).ok()?;
    Some((stop, thread))
}

impl Counters {
    fn new(total_bytes: u64, total_captures: u64) -> Arc<Self> {
        Arc::new(Counters { total_bytes, total_captures, ..Counters::default() })
    }

    fn captures_text(&self) -> String {
        format!("{} of {} captures, {} flows", self.captures.load(Relaxed), self.total_captures, self.flows.load(Relaxed))
    }

    /// An object on one line; 0 bytes in all where their number is not known.
    fn json(&self, elapsed: Duration) -> serde_json::Value {
        let of = |counter: &AtomicU64| counter.load(Relaxed);
        serde_json::json!({
            "elapsed_ms": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            "packets": of(&self.packets),
            "bytes": of(&self.bytes),
            "total_bytes": self.total_bytes,
            "captures": of(&self.captures),
            "total_captures": self.total_captures,
            "flows": of(&self.flows),
        })
    }

    fn line(&self, elapsed: Duration) -> String {
        let bytes = self.bytes.load(Relaxed);
        let mega = |bytes: u64| format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000);
        let millis = (elapsed.as_millis() as u64).max(1);
        let rate = bytes / millis / 1000;
        let mut line = format!("progress: {} packets, {}", self.packets.load(Relaxed), mega(bytes));
        if self.total_bytes > 0 {
            let percent = u128::from(bytes) * 100 / u128::from(self.total_bytes);
            line += &format!(" of {} MB ({} %)", mega(self.total_bytes), percent.min(100));
        } else {
            line += " MB";
        }
        line += &format!(", {}, {rate} MB/s", self.captures_text());
        let left = self.total_bytes.saturating_sub(bytes);
        if bytes > 0 && left > 0 {
            let seconds = u128::from(left) * u128::from(millis) / u128::from(bytes) / 1000;
            line += &format!(", about {seconds} s left");
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn plain_lines() {
        let counters = Counters::new(40_000_000, 4);
        counters.bytes.store(10_050_000, Relaxed);
        counters.packets.store(700, Relaxed);
        counters.captures.store(1, Relaxed);
        counters.flows.store(9, Relaxed);
        let expected = "progress: 700 packets, 10.0 of 40.0 MB (25 %), 1 of 4 captures, 9 flows, 5 MB/s, about 5 s left";
        assert_eq!(counters.line(Duration::from_secs(2)), expected);
        let unknown = Counters::new(0, 1);
        assert_eq!(unknown.line(Duration::ZERO), "progress: 0 packets, 0.0 MB, 0 of 1 captures, 0 flows, 0 MB/s");
    }

    #[test]
    fn the_ticker_speaks_and_stops() {
        let sink = Sink::default();
        let progress = Progress::plain(0, 1, Duration::from_millis(1), Box::new(sink.clone()));
        progress.add(1_000_000, 5);
        while sink.0.lock().unwrap().is_empty() {
            std::thread::yield_now();
        }
        progress.finish();
        progress.finish();
        let after = sink.0.lock().unwrap().len();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(sink.0.lock().unwrap().len(), after);
    }

    #[test]
    fn finishing_does_not_wait_for_the_next_line() {
        let start = Instant::now();
        for mode in [Mode::Plain, Mode::Bar, Mode::None] {
            let progress = Progress::new(mode, 10, 1);
            progress.captures_done(1);
            progress.flows_found(1);
            assert_eq!(progress.suspend(|| 3), 3);
        }
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
