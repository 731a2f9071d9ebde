//! UDP datagrams to conversations: which belong together, who reads them, when they are over.
//!
//! ```text
//!  datagram ──► seen    every conversation of the file, 24 bytes each: the order of their first frames is Wireshark's numbering
//!                 └──► flows    the few whose content is a reader's protocol
//! ```
//!
//! A conversation that nobody reads costs one look-up a datagram and nothing else.

use super::hash::HashKey;
use super::side_by_side::SideBySide;
use super::slab::Slab;
use super::table::{BlockFacts, Load, Pressure};
use super::{Carrier, End, FramePlace, Interest, Side};
use crate::packet::{Datagram, Endpoint, Key, Path};
use crate::time::{SECOND, Span, Timestamp};
use hashbrown::HashTable;

/// Silence after which a flow is over (RFC 4787 REQ-5 recommends five minutes to whoever keeps a mapping).
pub const IDLE_DATAGRAMS: Span = Span(300 * SECOND);

/// A protocol in datagrams: the seam between this stage and DTLS and QUIC.
pub trait DatagramReader: Sized {
    /// Bytes that one takes with what it keeps of a common flow, about: what the bound on memory counts.
    const BYTES: u64;
    /// A reader, if a flow of its protocol could begin with this payload.
    fn begin(bytes: &[u8], wire_len: u32) -> Option<Self>;
    /// Whether the payload begins another flow of the protocol between the same ends.
    fn is_renewed_by(&self, side: Side, bytes: &[u8], wire_len: u32) -> bool;
    /// Takes what was captured of a payload.
    fn deliver(&mut self, side: Side, bytes: &[u8], carrier: Carrier);
    /// Whether this is the reader's protocol.
    fn interest(&self) -> Interest;
    /// Bytes that it holds of messages in the making, besides [`DatagramReader::BYTES`].
    fn held(&self) -> u64 {
        0
    }
}

/// A UDP conversation, or the part of it between the first and the last packet of one association or connection.
#[derive(Debug)]
pub struct DatagramFlow<R> {
    /// Endpoints and tunnel.
    pub key: Key,
    /// What its first packet was wrapped in.
    pub path: Option<Box<Path>>,
    /// 4 or 6.
    pub ip_version: u8,
    /// The first frame of the conversation in the file where the flow starts: which may be another protocol's.
    pub conversation: u64,
    /// Its first packet.
    pub first: FramePlace,
    /// When that was.
    pub first_time: Timestamp,
    /// Its last packet.
    pub last: FramePlace,
    /// The latest time of its packets.
    pub last_time: Timestamp,
    /// Files of the series that carry a packet of it.
    pub files: u32,
    /// Datagrams of each side, by [`Side::index`]; fragments count each.
    pub packets: [u64; 2],
    /// Payload bytes of each side on the wire.
    pub bytes: [u64; 2],
    /// Bytes that the snap length cut from its payloads.
    pub cut_bytes: u64,
    /// IP fragments that its datagrams came in.
    pub ip_fragments: u32,
    seen_in: SideBySide,
    /// The protocol.
    pub reader: Box<R>,
    /// Datagrams so far.
    count: u64,
    /// The time-high mark of the lane when its last packet came.
    active: Timestamp,
}

impl<R> DatagramFlow<R> {
    /// The endpoint behind a side.
    pub fn endpoint(&self, side: Side) -> Endpoint {
        if side == Side::Low { self.key.low } else { self.key.high }
    }
}

/// Where a lane hands its results.
pub trait DatagramSink<R> {
    /// A conversation has a packet in `place.file` for the first time: the order of these is Wireshark's numbering.
    fn conversation(&mut self, place: FramePlace);
    /// What is known of the conversations of a file was forgotten: later numbers are too high.
    fn forgotten(&mut self, file: u32, conversations: u64);
    /// A flow is over. `latest` is the latest packet time that the series had reached.
    fn over(&mut self, flow: DatagramFlow<R>, end: End, latest: Timestamp);
}

/// A conversation of the current file.
#[derive(Debug)]
struct Seen {
    /// It stands for the key, as in the tombs of TCP.
    hash: u64,
    first: u64,
    /// Its flow's slot, or [`NONE`]. Where files are read side by side, a flow is found by its key alone.
    flow: u32,
    /// The file, where several are read side by side.
    file: u32,
}

/// A conversation without a flow.
const NONE: u32 = u32::MAX;

/// The conversations whose hash falls to one lane.
#[derive(Debug)]
pub struct DatagramLane<R> {
    key: HashKey,
    file: u32,
    /// The file at each place, where several are read side by side.
    open: Vec<u32>,
    seen: HashTable<Seen>,
    /// Flows by hash, for those that go on in the next file.
    index: HashTable<u32>,
    flows: Slab<DatagramFlow<R>>,
    /// Bytes that the readers hold of messages in the making.
    held: u64,
    clock: Timestamp,
    next_search: Timestamp,
}

impl<R: DatagramReader> DatagramLane<R> {
    /// An empty lane.
    pub fn new(key: HashKey) -> Self {
        DatagramLane {
            key,
            file: 0,
            open: Vec::new(),
            seen: HashTable::new(),
            index: HashTable::new(),
            flows: Slab::default(),
            held: 0,
            clock: Timestamp(i64::MIN),
            next_search: Timestamp(i64::MIN),
        }
    }

    /// What it holds now.
    pub fn load(&self) -> Load {
        let flows = self.flows.len() as u64 * (size_of::<DatagramFlow<R>>() as u64 + R::BYTES);
        // Readers cannot be made to hold less: what relieves is that flows end sooner.
        Load { flows: flows + self.seen.len() as u64 * size_of::<Seen>() as u64 + self.held, held: 0 }
    }

    /// Begins a block: ends what has been silent for too long.
    pub fn begin(&mut self, block: &BlockFacts, sink: &mut impl DatagramSink<R>) {
        if self.file != block.file && block.side_by_side.is_none() {
            self.file = block.file;
            self.seen.clear();
        }
        let Pressure { flows, since, search: pressed, .. } = block.pressure;
        if pressed || self.clock >= self.next_search {
            let limit = Span(IDLE_DATAGRAMS.0 >> flows);
            let mut from = 0;
            while let Some((slot, flow)) = self.flows.next_used(from).and_then(|slot| Some((slot, self.flows.get(slot)?))) {
                from = slot + 1;
                let silence = self.clock.since(flow.active);
                if silence > limit || since.is_some_and(|since| flow.last < since) {
                    self.end(slot, if silence > IDLE_DATAGRAMS { End::Idle } else { End::Evicted }, sink);
                }
            }
            self.next_search = Timestamp(self.clock.0.saturating_add(IDLE_DATAGRAMS.0));
        }
        if pressed && self.flows.len() < self.seen.len() {
            let before = self.seen.len();
            self.seen.retain(|seen| seen.flow != NONE);
            sink.forgotten(block.file, (before - self.seen.len()) as u64);
        }
    }

    /// Goes on with another file, which is open at a place among several: the file that was open there before is over.
    fn turn_to(&mut self, file: u32, at: u8) {
        self.file = file;
        let at = usize::from(at);
        if self.open.len() <= at {
            self.open.resize(at + 1, NONE);
        }
        let over = std::mem::replace(&mut self.open[at], file);
        if over != file && over != NONE {
            self.seen.retain(|seen| seen.file != over);
        }
    }

    /// Ends a block: its latest time is the clock of the next one.
    pub fn finish_block(&mut self, block: &BlockFacts) {
        if let Some(latest) = block.latest {
            self.clock = self.clock.max(latest);
        }
    }

    /// Follows one datagram; `payload` is what was captured of it, `path` what it was wrapped in.
    pub fn follow(
        &mut self,
        hash: u64,
        datagram: &Datagram,
        payload: &[u8],
        path: Option<&Path>,
        block: &BlockFacts,
        sink: &mut impl DatagramSink<R>,
    ) {
        let place = FramePlace { turn: block.turn, file: block.file, frame: datagram.frame };
        if let Some(at) = block.side_by_side.filter(|_| self.file != block.file) {
            self.turn_to(block.file, at);
        }
        let side = if datagram.from_low { Side::Low } else { Side::High };
        let (mut slot, conversation) = match self.seen.find(hash, |seen| seen.hash == hash && seen.file == block.file) {
            Some(seen) if block.side_by_side.is_none() => (Some(seen.flow).filter(|slot| *slot != NONE), seen.first),
            found => {
                let known = found.map(|seen| seen.first);
                let flow = self.index.find(hash, |slot| self.flows.get(*slot).is_some_and(|flow| flow.key == datagram.key)).copied();
                if known.is_none() {
                    let seen = Seen { hash, first: place.frame, flow: flow.unwrap_or(NONE), file: block.file };
                    self.seen.insert_unique(hash, seen, |seen| seen.hash);
                    sink.conversation(place);
                }
                (flow, known.unwrap_or(place.frame))
            }
        };
        if datagram.wraps {
            return;
        }
        if let Some((at, flow)) = slot.and_then(|slot| Some((slot, self.flows.get(slot)?))) {
            let why = if self.clock.since(flow.active) > IDLE_DATAGRAMS {
                Some(End::Idle)
            } else {
                flow.reader.is_renewed_by(side, payload, datagram.wire_len).then_some(End::Reused)
            };
            if let Some(why) = why {
                self.end(at, why, sink);
                slot = None;
            }
        }
        let slot = match slot {
            Some(slot) => slot,
            None => {
                let Some(reader) = R::begin(payload, datagram.wire_len) else { return };
                self.open(hash, datagram, path, place, conversation, reader)
            }
        };
        let Some(flow) = self.flows.get_mut(slot) else { return };
        let another = flow.last.file != place.file;
        let new = block.side_by_side.map_or(another, |at| flow.seen_in.enter(place.file, at) && another);
        flow.files += u32::from(new);
        flow.last = place;
        flow.last_time = flow.last_time.max(datagram.time);
        flow.active = self.clock.max(datagram.time);
        flow.packets[side.index()] += u64::from(datagram.fragments.max(1));
        flow.bytes[side.index()] += u64::from(datagram.wire_len);
        flow.cut_bytes += u64::from(datagram.wire_len) - (payload.len() as u64).min(datagram.wire_len.into());
        flow.ip_fragments += u32::from(datagram.fragments);
        flow.count += 1;
        let carrier = Carrier { id: flow.count, place, time: datagram.time, len: datagram.wire_len, mss: 0, fragments: datagram.fragments };
        let before = flow.reader.held();
        flow.reader.deliver(side, payload, carrier);
        self.held = self.held + flow.reader.held() - before;
        if flow.reader.interest() == Interest::Not {
            self.forget(slot);
        }
    }

    /// Ends all flows, in the order of their first packets.
    pub fn finish(&mut self, sink: &mut impl DatagramSink<R>) {
        let mut order: Vec<(FramePlace, u32)> =
            (0..self.flows.slots()).filter_map(|slot| Some((self.flows.get(slot)?.first, slot))).collect();
        order.sort_unstable();
        for (_, slot) in order {
            let idle = self.flows.get(slot).is_some_and(|flow| self.clock.since(flow.active) > IDLE_DATAGRAMS);
            self.end(slot, if idle { End::Idle } else { End::EndOfCapture }, sink);
        }
        self.seen.clear();
    }

    fn open(&mut self, hash: u64, datagram: &Datagram, path: Option<&Path>, place: FramePlace, conversation: u64, reader: R) -> u32 {
        let slot = self.flows.insert(DatagramFlow {
            key: datagram.key,
            path: path.copied().map(Box::new),
            ip_version: datagram.ip_version,
            conversation,
            first: place,
            first_time: datagram.time,
            last: place,
            last_time: datagram.time,
            files: 1,
            seen_in: SideBySide::default(),
            packets: [0; 2],
            bytes: [0; 2],
            cut_bytes: 0,
            ip_fragments: 0,
            reader: Box::new(reader),
            count: 0,
            active: datagram.time,
        });
        let (flows, key) = (&self.flows, self.key);
        self.index.insert_unique(hash, slot, |slot| flows.get(*slot).map_or(0, |flow| key.hash(&flow.key)));
        if let Some(seen) = self.seen.find_mut(hash, |seen| seen.hash == hash) {
            seen.flow = slot;
        }
        slot
    }

    fn forget(&mut self, slot: u32) -> Option<DatagramFlow<R>> {
        let flow = self.flows.remove(slot)?;
        self.held -= flow.reader.held();
        let hash = self.key.hash(&flow.key);
        if let Ok(entry) = self.index.find_entry(hash, |held| *held == slot) {
            entry.remove();
        }
        if let Some(seen) = self.seen.find_mut(hash, |seen| seen.hash == hash) {
            seen.flow = NONE;
        }
        Some(flow)
    }

    fn end(&mut self, slot: u32, why: End, sink: &mut impl DatagramSink<R>) {
        if let Some(flow) = self.forget(slot) {
            sink.over(flow, why, self.clock);
        }
    }
}
