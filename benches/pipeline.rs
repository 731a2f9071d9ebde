//! How fast each stage is, on captures made from the samples. Every step includes the ones above it, except `rows`.
//!
//! ```text
//!  cargo bench                    measures
//!  cargo bench -- --test          runs each benchmark once
//! ```
//! What each means, and results: `benches/README.md`.

mod traffic;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use tlscensus::archive::{self, archive};
use tlscensus::capture::{Cutter, Frame, Item};
use tlscensus::census::findings::Rules;
use tlscensus::flow::hash::HashKey;
use tlscensus::flow::table::{BlockFacts, Lane, Pressure, Sink};
use tlscensus::flow::{Chunk, End, Flow, FramePlace, Gap, Interest, Reader, Side, Start};
use tlscensus::packet::{Plain, plain};
use tlscensus::progress::{Mode, Progress};
use tlscensus::report::Layout;
use tlscensus::row::assemble::{Origin, assemble};
use tlscensus::row::{Row, Style};
use tlscensus::run::{Options, run, write_rows};
use tlscensus::time::Timestamp;
use tlscensus::tls::Session;
use traffic::{Format, Kind, Request};

/// Bytes of each capture: more than the caches hold, and still quick. Without optimization nothing is measured.
const SIZE: u64 = if cfg!(debug_assertions) { 2_000_000 } else { 20_000_000 };
/// Bytes that are cut at a time.
const BLOCK: usize = 512 << 10;
const KEY: (u64, u64) = (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210);

fn main() {
    divan::main();
}

/// The captures: three kinds as pcap, one as pcapng.
const NAMES: [&str; 4] = ["bulk", "small", "handshakes", "bulk.pcapng"];

struct Capture {
    bytes: Vec<u8>,
    packets: u64,
    tls: u64,
}

static CAPTURES: LazyLock<Vec<Capture>> = LazyLock::new(|| {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let requests =
        [(Kind::Bulk, Format::Pcap), (Kind::Small, Format::Pcap), (Kind::Handshakes, Format::Pcap), (Kind::Bulk, Format::Pcapng)];
    let make = |(kind, format)| {
        let mut bytes = Vec::new();
        let written = traffic::write(&samples, &mut bytes, Request { format, ..Request::new(kind, SIZE) }).unwrap();
        assert_eq!(written.bytes, bytes.len() as u64);
        assert!(written.flows >= written.tls);
        Capture { bytes, packets: written.packets, tls: written.tls }
    };
    requests.into_iter().map(make).collect()
});

fn capture(name: &str) -> &'static Capture {
    &CAPTURES[NAMES.iter().position(|known| *known == name).unwrap()]
}

/// Measures work over all of a capture, in packets and bytes.
fn measure<T>(bencher: Bencher, capture: &Capture, work: impl Fn() -> T + Sync) {
    bencher.counter(BytesCount::new(capture.bytes.len())).counter(ItemsCount::new(capture.packets)).bench(work);
}

/// Cuts a capture block by block; `sink` gets each frame, `end` is told where a block ends and its latest time.
fn cut(bytes: &[u8], mut sink: impl FnMut(Frame<'_>), mut end: impl FnMut(Option<Timestamp>)) {
    let (mut cutter, mut at) = Cutter::open(bytes).unwrap();
    while at < bytes.len() {
        let to = bytes.len().min(at + BLOCK);
        let mut latest = None;
        let cut = cutter.cut(&bytes[at..to], at as u64, to == bytes.len(), &mut |item| {
            if let Item::Frame(frame) = item {
                latest = latest.max(Some(frame.time));
                sink(frame);
            }
        });
        at += cut.used;
        end(latest);
    }
}

/// The walk over packet headers.
#[divan::bench(args = NAMES)]
fn walk(bencher: Bencher, name: &str) {
    let capture = capture(name);
    measure(bencher, capture, || {
        let mut sum = 0;
        cut(&capture.bytes, |frame| sum += frame.bytes.len(), |_| {});
        sum
    });
}

/// And frames to segments, with the hash of their flow.
#[divan::bench(args = NAMES)]
fn dissected(bencher: Bencher, name: &str) {
    let capture = capture(name);
    let key = HashKey::fixed(KEY.0, KEY.1);
    measure(bencher, capture, || {
        let mut sum = 0;
        cut(&capture.bytes, |frame| sum ^= plain(&frame).map_or(0, |what| key.hash(what.key())), |_| {});
        sum
    });
}

/// And flows: looked up, put in order, delivered to a reader that counts.
#[divan::bench(args = NAMES)]
fn followed(bencher: Bencher, name: &str) {
    let capture = capture(name);
    measure(bencher, capture, || follow::<Counting>(capture, |_, _, _| {}));
}

/// And TLS in them.
#[divan::bench(args = NAMES)]
fn tls(bencher: Bencher, name: &str) {
    let capture = capture(name);
    measure(bencher, capture, || {
        let mut found = 0;
        follow::<Session>(capture, |flow, _, _| found += u64::from(is_tls(&flow)));
        assert_eq!(found, capture.tls);
    });
}

/// Rows alone: from finished flows to lines of flows, messages and certificates. Items are flows here.
#[divan::bench(args = ["handshakes"])]
fn rows(bencher: Bencher, name: &str) {
    let capture = capture(name);
    let finished = || {
        let mut flows = Vec::new();
        follow::<Session>(capture, |mut flow, end, latest| {
            if is_tls(&flow)
                && let Some(mut session) = flow.reader.take()
            {
                session.finish();
                flows.push((flow, session, end, latest));
            }
        });
        flows
    };
    let origin = Origin { captures: &["c0123456789ab".into()], series_id: &"s0123456789ab".into() };
    let style = Style { raw: false };
    let lines = |flows: Vec<(Flow<Session>, Box<Session>, End, Timestamp)>| {
        let mut lines = Vec::new();
        for (flow, mut session, end, latest) in flows {
            let rows = assemble(&(&flow).into(), &mut session.seen, end, latest, origin);
            rows.flow.append_csv(style, &mut lines);
            rows.messages.iter().for_each(|row| row.append_csv(style, &mut lines));
            rows.certificates.iter().for_each(|row| row.append_csv(style, &mut lines));
        }
        lines
    };
    let (flows, bytes) = (finished().len(), lines(finished()).len());
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(flows)).with_inputs(finished).bench_local_values(lines);
}

/// The whole scan of a file on one thread, without the report: read, walk, dissect, follow, TLS, rows, tables.
#[divan::bench(args = NAMES)]
fn scan(bencher: Bencher, name: &str) {
    let capture = capture(name);
    let folder = Folder::new(name);
    let path = folder.0.join("capture");
    std::fs::write(&path, &capture.bytes).unwrap();
    let request = archive::Request { paths: vec![path], ..archive::Request::default() };
    let out = folder.0.join("out");
    std::fs::create_dir_all(out.join("csv")).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    measure(bencher, capture, || {
        let archive = archive(&request).unwrap();
        let progress = Progress::new(Mode::None, 0, 0);
        let rules = Rules::default();
        let options =
            Options { style: Style { raw: false }, rules: &rules, mask: None, period: Default::default(), memory: Default::default() };
        let found = pool.install(|| run(&archive, options, &folder.0, &progress, &AtomicBool::new(false))).unwrap();
        black_box(write_rows(&out, found.store, &found.collected, &Layout::default()).unwrap());
    });
}

/// A folder that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tlscensus-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Follows all flows of a capture in one lane; `each` gets them when they are over.
fn follow<R: Reader>(capture: &Capture, each: impl FnMut(Flow<R>, End, Timestamp)) {
    let key = HashKey::fixed(KEY.0, KEY.1);
    let lane = RefCell::new((Lane::<R>::new(key), Each(each)));
    let block = BlockFacts { file: 0, turn: 0, side_by_side: None, latest: None, pressure: Pressure::default() };
    let segment = |frame: Frame<'_>| {
        let Some(Plain::Segment(segment)) = plain(&frame) else { return };
        let payload = &frame.bytes[segment.payload_at as usize..][..segment.payload_len as usize];
        let (lane, sink) = &mut *lane.borrow_mut();
        lane.follow(lane.look_up(key.hash(&segment.key)), &segment, payload, None, &block, sink);
    };
    let end = |latest| {
        let (lane, sink) = &mut *lane.borrow_mut();
        lane.end(&BlockFacts { latest, ..block });
        lane.begin(&block, sink);
    };
    cut(&capture.bytes, segment, end);
    let (mut lane, mut sink) = lane.into_inner();
    lane.finish(&mut sink);
}

struct Each<F>(F);

impl<R, F: FnMut(Flow<R>, End, Timestamp)> Sink<R> for Each<F> {
    fn appeared(&mut self, _: FramePlace) {}
    fn duplicate(&mut self, _: FramePlace, _: u16) {}
    fn late(&mut self, _: FramePlace, _: u32) {}
    fn ended(&mut self, flow: Flow<R>, end: End, latest: Timestamp) {
        (self.0)(flow, end, latest);
    }
}

fn is_tls(flow: &Flow<Session>) -> bool {
    flow.reader.as_ref().is_some_and(|session| session.interest() == Interest::Found)
}

/// Counts bytes, and is content with every protocol.
#[derive(Default)]
struct Counting {
    bytes: u64,
}

impl Reader for Counting {
    const BYTES: u64 = size_of::<Self>() as u64;

    fn starts(_: &[u8], _: bool, _: bool) -> Start {
        Start::Own
    }
    fn deliver(&mut self, chunk: Chunk<'_>) {
        self.bytes += chunk.bytes.len() as u64;
    }
    fn gap(&mut self, gap: Gap) {
        self.bytes += gap.len;
    }
    fn retransmitted(&mut self, _: Side, _: u64, _: u64) {}
    fn interest(&self) -> Interest {
        Interest::Found
    }
}
