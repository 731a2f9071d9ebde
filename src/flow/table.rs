//! The flows of one lane: found by key, opened by packets, ended by reuse, silence, the bound or the end.

use super::hash::HashKey;
use super::slab::Slab;
use super::tombs::{Tomb, Tombs};
use super::{End, Flow, FramePlace, Reader, Side};
use crate::packet::{Key, Path, Segment, flag};
use crate::time::{SECOND, Span, Timestamp};
use hashbrown::HashTable;
use std::collections::VecDeque;
use std::hint::black_box;

/// Silence after which an open connection is over: RFC 5382 REQ-5 has 2 hours 4 minutes, so that a TCP keep-alive every
/// two hours does not cut a flow in two.
pub const IDLE: Span = Span((2 * 3600 + 4 * 60) * SECOND);
/// Silence after which a connection that is closing, or was closed, is forgotten (RFC 5382 REQ-5: 4 minutes).
pub const IDLE_CLOSED: Span = Span(4 * 60 * SECOND);
/// Silence after which the rows of a connection that is over are made; what comes later is counted as late.
pub const LINGER: Span = Span(10 * SECOND);
/// The same where both sides have closed it and acknowledged that: all that can come is the copy of a packet that the
/// capture holds twice (two interfaces, a mirror port), or a FIN whose acknowledgement was lost behind the capturing host.
pub const LINGER_SETTLED: Span = Span(SECOND / 10);

/// Flows that are fetched from memory at the same time.
pub const BATCH: usize = 32;

/// The hash of a key, and where its flow is likely to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Near {
    hash: u64,
    slot: Option<u32>,
}

/// How hard the bounds press; the same for all lanes at the same block, so that results do not depend on lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pressure {
    /// Time-outs are divided by two to this.
    pub flows: u8,
    /// Where that is not enough, as packets come without time between them: flows whose last packet stands before this end,
    /// and nothing stays of those that are over.
    pub since: Option<FramePlace>,
    /// Whether all flows are searched for what that ends, before this block.
    pub search: bool,
    /// The bound on held bytes is divided by two to this.
    pub held: u8,
}

/// What a lane holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Bytes that live flows, what reads them, and what stays of ended ones take, about.
    pub flows: u64,
    /// Bytes held behind holes.
    pub held: u64,
}

/// What a lane is told about a block.
#[derive(Debug, Clone, Copy)]
pub struct BlockFacts {
    /// The file in the series.
    pub file: u32,
    /// Changes from file to file until here.
    pub turn: u32,
    /// Where files are read side by side: the place of this one among those that are open.
    pub side_by_side: Option<u8>,
    /// The latest packet time in it; none where it holds no frame.
    pub latest: Option<Timestamp>,
    /// The pressure in force.
    pub pressure: Pressure,
}

/// Where a lane hands its results.
pub trait Sink<R> {
    /// A connection has a packet in `place.file` for the first time: the order of these is Wireshark's numbering.
    fn appeared(&mut self, place: FramePlace);
    /// A packet had been captured before; it came in so many frames.
    fn duplicate(&mut self, place: FramePlace, frames: u16);
    /// A packet came after the rows of its connection were made.
    fn late(&mut self, place: FramePlace, bytes: u32);
    /// A connection is over. `latest` is the latest packet time that the series had reached.
    fn ended(&mut self, flow: Flow<R>, end: End, latest: Timestamp);
}

/// The flows whose hash falls to one lane.
///
/// ```text
///  index ──► flows      open: until silent for 2 h 4 min, or a new SYN
///              │        over (both FINs, or a RST): rows are made after 10 s of silence, after 0.1 s where both FINs are
///              │        acknowledged, and what stays is
///              └──► tombs    a key that takes late packets for 4 minutes, so that they open no flow of their own
/// ```
/// What has been silent for too long is ended when its next packet comes, or earlier by a search; both decide by the
/// same rule, so it does not matter which comes first.
#[derive(Debug)]
pub struct Lane<R> {
    key: HashKey,
    index: HashTable<u32>,
    flows: Slab<Flow<R>>,
    /// Flows that are over, and when their last packet had come.
    over: VecDeque<(Timestamp, u32)>,
    /// The same of those whose ends are acknowledged.
    settled: VecDeque<(Timestamp, u32)>,
    tombs: Tombs,
    held: u64,
    /// Flows with a reader.
    readers: u64,
    /// Bytes that flows take more than others: of packets that were captured twice, of long messages and lists.
    extras: u64,
    /// The latest packet time of all blocks before the current one: the clock of the time-outs.
    clock: Timestamp,
    /// When all flows, and all tombs, are searched for silent ones next.
    next_search: Timestamp,
    /// Packets since the last search: it costs less than they did.
    packets: u64,
}

impl<R: Reader> Lane<R> {
    /// An empty lane.
    pub fn new(key: HashKey) -> Self {
        Lane {
            key,
            index: HashTable::new(),
            flows: Slab::default(),
            over: VecDeque::new(),
            settled: VecDeque::new(),
            tombs: Tombs::default(),
            held: 0,
            readers: 0,
            extras: 0,
            clock: Timestamp(i64::MIN),
            next_search: Timestamp(i64::MIN),
            packets: 0,
        }
    }

    /// What hashes its keys.
    pub fn key(&self) -> HashKey {
        self.key
    }

    /// What it holds now.
    pub fn load(&self) -> Load {
        let flows = self.flows.len() as u64 * size_of::<Flow<R>>() as u64 + self.readers * R::BYTES;
        Load { flows: flows + self.extras + self.tombs.len() as u64 * size_of::<Tomb>() as u64, held: self.held }
    }

    /// Begins a block: ends what has been silent for too long.
    pub fn begin(&mut self, block: &BlockFacts, sink: &mut impl Sink<R>) {
        self.bury(sink);
        let due = self.clock >= self.next_search && self.packets >= u64::from(self.flows.slots()) / 4;
        // Under pressure it is the number of the block that decides, so that it does not depend on the lane; what a lane searches for
        // when it has the time to is over anyway.
        if due || block.pressure.search {
            self.search(if block.pressure.search { block.pressure } else { Pressure::default() }, sink);
            self.next_search = Timestamp(self.clock.0.saturating_add(IDLE_CLOSED.0));
            self.packets = 0;
        }
    }

    /// Ends a block: its latest time is the clock of the next one.
    pub fn end(&mut self, block: &BlockFacts) {
        if let Some(latest) = block.latest {
            self.clock = self.clock.max(latest);
        }
    }

    /// Where the flow of a hash is likely to be.
    pub fn look_up(&self, hash: u64) -> Near {
        Near { hash, slot: self.index.find(hash, |_| true).copied() }
    }

    /// Reads a little of each part of a flow that [`Lane::follow`] will need, so that it is in the cache by then. The value means
    /// nothing.
    pub fn touch(&self, near: Near) -> u64 {
        near.slot.and_then(|slot| self.flows.get(slot)).map_or(0, Flow::touch)
    }

    /// Follows one segment, whose hash was looked up; `payload` is what was captured of its payload, `path` what it was wrapped in.
    pub fn follow(
        &mut self,
        near: Near,
        segment: &Segment,
        payload: &[u8],
        path: Option<&Path>,
        block: &BlockFacts,
        sink: &mut impl Sink<R>,
    ) {
        let place = FramePlace { turn: block.turn, file: block.file, frame: segment.frame };
        self.packets += 1;
        let hash = near.hash;
        let mut found = near.slot.filter(|slot| self.is_of(*slot, &segment.key)).or_else(|| self.find(hash, &segment.key));
        if let Some((slot, flow)) = found.and_then(|slot| Some((slot, self.flows.get(slot)?)))
            && let Some(why) = if is_reuse(flow, segment) { Some(End::Reused) } else { silent(flow, self.clock, block.pressure) }
        {
            self.end_flow(slot, hash, why, sink);
            found = None;
        }
        let slot = match found {
            Some(slot) => slot,
            None if self.is_late(hash, segment, place, block, sink) => return,
            None => self.open(hash, segment, path, place),
        };
        let Some(flow) = self.flows.get_mut(slot) else { return };
        if found.is_none() || flow.last.file != place.file {
            let new = block.side_by_side.is_none_or(|at| flow.seen_in.enter(place.file, at));
            flow.files += u32::from(new && found.is_some());
            if new {
                sink.appeared(place);
            }
        }
        flow.last = place;
        flow.last_time = flow.last_time.max(segment.time);
        flow.active = self.clock.max(segment.time);
        let (before, extras) = (flow.held(), flow.extras());
        let had_reader = flow.reader.is_some();
        let (was_over, was_settled) = (flow.is_over(), flow.is_settled());
        if flow.take(segment, payload, block.pressure) {
            sink.duplicate(place, segment.fragments.max(1));
        }
        self.held = self.held + flow.held() - before;
        self.extras = self.extras + flow.extras() - extras;
        self.readers = self.readers + u64::from(flow.reader.is_some()) - u64::from(had_reader);
        if flow.is_settled() && !was_settled {
            self.settled.push_back((flow.active, slot));
        } else if flow.is_over() && !was_over {
            self.over.push_back((flow.active, slot));
        }
    }

    /// Ends all flows, in the order of their first packets.
    pub fn finish(&mut self, sink: &mut impl Sink<R>) {
        let mut order: Vec<(FramePlace, u32)> =
            (0..self.flows.slots()).filter_map(|slot| Some((self.flows.get(slot)?.first, slot))).collect();
        order.sort_unstable();
        self.index.clear();
        self.tombs.clear();
        self.over.clear();
        self.settled.clear();
        (self.held, self.readers, self.extras) = (0, 0, 0);
        for (_, slot) in order {
            let Some(mut flow) = self.flows.remove(slot) else { continue };
            let end = silent(&flow, self.clock, Pressure::default()).unwrap_or(End::EndOfCapture);
            flow.flush();
            sink.ended(flow, end, self.clock);
        }
    }

    fn find(&self, hash: u64, key: &Key) -> Option<u32> {
        self.index.find(hash, |slot| self.is_of(*slot, key)).copied()
    }

    fn is_of(&self, slot: u32, key: &Key) -> bool {
        self.flows.get(slot).is_some_and(|flow| flow.key == *key)
    }

    /// Whether a packet without a flow comes after the end of one.
    fn is_late(&mut self, hash: u64, segment: &Segment, place: FramePlace, block: &BlockFacts, sink: &mut impl Sink<R>) -> bool {
        let Some(tomb) = self.tombs.get_mut(hash) else { return false };
        let side = side(segment).index();
        let copy = tomb.known[side] && tomb.bases[side] == segment.seq.wrapping_add(1);
        let opens = segment.flags & (flag::SYN | flag::ACK) == flag::SYN && !copy;
        if opens || is_forgotten(tomb, self.clock, block.pressure) {
            self.tombs.remove(hash);
            return false;
        }
        tomb.active = self.clock.max(segment.time);
        if tomb.file != place.file {
            tomb.file = place.file;
            if block.side_by_side.is_none_or(|at| tomb.seen_in.enter(place.file, at)) {
                sink.appeared(place);
            }
        }
        sink.late(place, segment.wire_len);
        true
    }

    fn open(&mut self, hash: u64, segment: &Segment, path: Option<&Path>, place: FramePlace) -> u32 {
        let slot = self.flows.insert(Flow::new(segment, path, place));
        let (flows, key) = (&self.flows, self.key);
        self.index.insert_unique(hash, slot, |slot| flows.get(*slot).map_or(0, |flow| key.hash(&flow.key)));
        slot
    }

    fn end_flow(&mut self, slot: u32, hash: u64, why: End, sink: &mut impl Sink<R>) {
        if let Ok(entry) = self.index.find_entry(hash, |held| *held == slot) {
            entry.remove();
        }
        let Some(mut flow) = self.flows.remove(slot) else { return };
        self.held -= flow.held();
        self.extras -= flow.extras();
        self.readers -= u64::from(flow.reader.is_some());
        if why == End::Closed {
            let bases = [flow.directions[0].base(), flow.directions[1].base()];
            let (known, bases) = (bases.map(|base| base.is_some()), bases.map(Option::unwrap_or_default));
            let seen_in = std::mem::take(&mut flow.seen_in);
            self.tombs.insert(Tomb { hash, file: flow.last.file, seen_in, bases, known, active: flow.active });
        }
        flow.flush();
        sink.ended(flow, why, self.clock);
    }

    /// Ends flows that are over and have been silent since.
    fn bury(&mut self, sink: &mut impl Sink<R>) {
        let mut over = std::mem::take(&mut self.over);
        self.bury_silent(&mut over, LINGER, sink);
        self.over = over;
        let mut settled = std::mem::take(&mut self.settled);
        self.bury_silent(&mut settled, LINGER_SETTLED, sink);
        self.settled = settled;
    }

    fn bury_silent(&mut self, queue: &mut VecDeque<(Timestamp, u32)>, limit: Span, sink: &mut impl Sink<R>) {
        for number in 0..queue.len() {
            if number % BATCH == 0 {
                // Nobody has looked at them for a while: waits for memory overlap.
                black_box(queue.iter().take(BATCH).filter_map(|(_, slot)| Some(self.flows.get(*slot)?.touch())).fold(0, u64::wrapping_add));
            }
            let Some((_, slot)) = queue.front().copied().filter(|(seen, _)| self.clock.since(*seen) > limit) else { return };
            queue.pop_front();
            // The slot may hold another flow by now.
            let Some(flow) = self.flows.get(slot).filter(|flow| flow.is_over()) else { continue };
            if silent(flow, self.clock, Pressure::default()).is_some() {
                let hash = self.key.hash(&flow.key);
                self.end_flow(slot, hash, End::Closed, sink);
            } else {
                queue.push_back((flow.active, slot));
            }
        }
    }

    /// Searches all flows for those that have been silent for too long.
    fn search(&mut self, pressure: Pressure, sink: &mut impl Sink<R>) {
        let (mut over, mut settled) = (Vec::new(), Vec::new());
        let mut from = 0;
        while let Some((slot, flow)) = self.flows.next_used(from).and_then(|slot| Some((slot, self.flows.get(slot)?))) {
            from = slot + 1;
            if let Some(why) = silent(flow, self.clock, pressure) {
                let hash = self.key.hash(&flow.key);
                self.end_flow(slot, hash, why, sink);
            } else if flow.is_settled() {
                settled.push((flow.active, slot));
            } else if flow.is_over() {
                over.push((flow.active, slot));
            }
        }
        // Those that were ended must not wait in line until time goes on.
        for (queue, mut rest) in [(&mut self.over, over), (&mut self.settled, settled)] {
            rest.sort_unstable();
            *queue = rest.into();
        }
        let clock = self.clock;
        self.tombs.retain(|tomb| !is_forgotten(tomb, clock, pressure));
    }
}

/// A SYN with another sequence number opens a new connection; this is also where Wireshark counts `tcp.stream` on. With
/// the same one it is a retransmission, even after a RST (a challenge ACK, RFC 5961 section 4).
fn is_reuse<R>(flow: &Flow<R>, segment: &Segment) -> bool {
    segment.flags & (flag::SYN | flag::ACK) == flag::SYN && flow.directions[side(segment).index()].starts_elsewhere(segment.seq)
}

/// Whether, and why, a flow has been silent for too long.
fn silent<R>(flow: &Flow<R>, clock: Timestamp, pressure: Pressure) -> Option<End> {
    let silence = clock.since(flow.active);
    let is_before = pressure.since.is_some_and(|since| flow.last < since);
    if flow.is_over() {
        let limit = if flow.is_settled() { LINGER_SETTLED } else { LINGER };
        return (silence > limit || is_before).then_some(End::Closed);
    }
    let limit = if flow.close.is_some() { IDLE_CLOSED } else { IDLE };
    if silence > limit {
        Some(End::Idle)
    } else if silence > Span(limit.0 >> pressure.flows) || is_before {
        Some(End::Evicted)
    } else {
        None
    }
}

fn is_forgotten(tomb: &Tomb, clock: Timestamp, pressure: Pressure) -> bool {
    clock.since(tomb.active) > Span(IDLE_CLOSED.0 >> pressure.flows) || pressure.since.is_some()
}

/// Who sent a segment.
pub(super) fn side(segment: &Segment) -> Side {
    if segment.from_low { Side::Low } else { Side::High }
}
