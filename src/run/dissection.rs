//! The frames of one block, dissected: segments by lane, counts, losses; and the IP fragments among them.
//!
//! Blocks are dissected in any order, but fragments must be put together in capture order. No stage is needed for that: the
//! first lane that comes to a block does it for all. It has followed the block before, where it or another lane had done
//! the same, so the defragmenter of the series sees the blocks in order.

mod in_turn;

pub use in_turn::Reached;

use super::collect::{CaptureCounts, Collected, Collector};
use super::udp::Udp;
use super::{Run, lock};
use crate::capture::{Frame, Item};
use crate::error::CaptureError;
use crate::flow::datagram::DatagramLane;
use crate::flow::hash::HashKey;
use crate::flow::table::{BATCH, BlockFacts, Lane, Load, Near};
use crate::ledger::{Layer, Ledger, Place, Reason};
use crate::packet::defrag::Defragmenter;
use crate::packet::{Datagram, Found, Fragment, Paths, Plain, Segment, Stop, dissect, plain};
use crate::tls::Session;
use std::hint::black_box;
use std::sync::{Mutex, OnceLock};

/// What the frames of a block turned out to be.
pub struct Dissection {
    /// Segments by lane, in capture order, with their hashes; payload offsets count in the block's bytes.
    lanes: Vec<Vec<(u64, Segment)>>,
    /// The same of datagrams.
    datagrams: Vec<Vec<(u64, Datagram)>>,
    /// What the segments were wrapped in.
    paths: Paths,
    /// IP fragments, in capture order.
    fragments: Vec<Fragment>,
    /// What they, and those of earlier blocks, were put together to.
    reassembled: OnceLock<Reassembled>,
    /// Its capture in the archive.
    capture: usize,
    /// Counts of the frames.
    pub counts: CaptureCounts,
    ledger: Ledger,
    damage: Option<CaptureError>,
}

impl Dissection {
    /// An empty one for a number of lanes.
    pub fn new(lanes: usize) -> Self {
        Dissection {
            lanes: (0..lanes).map(|_| Vec::new()).collect(),
            datagrams: (0..lanes).map(|_| Vec::new()).collect(),
            paths: Paths::default(),
            fragments: Vec::new(),
            reassembled: OnceLock::new(),
            capture: 0,
            counts: CaptureCounts::default(),
            ledger: Ledger::default(),
            damage: None,
        }
    }

    /// Empties it, but keeps its memory.
    pub fn clear(&mut self) {
        self.lanes.iter_mut().for_each(Vec::clear);
        self.datagrams.iter_mut().for_each(Vec::clear);
        self.paths.clear();
        self.fragments.clear();
        self.reassembled.take();
        self.counts = CaptureCounts::default();
        self.damage = None;
    }

    /// Takes a frame, whose bytes lie at `at` of the block's, or damage.
    pub fn take(&mut self, key: HashKey, capture: usize, item: Item<'_>, at: usize) {
        match item {
            Item::Frame(frame) => {
                self.counts.frame(frame.number, frame.time, (frame.bytes.len() as u64) < u64::from(frame.wire_len));
                match plain(&frame) {
                    Some(Plain::Segment(segment)) => self.enter(key, segment.shift(at as u32)),
                    Some(Plain::Datagram(datagram)) => self.enter_datagram(key, datagram.shift(at as u32)),
                    None => dissect(&frame, &mut |found| match found {
                        Found::Segment(mut segment, path) => {
                            segment.path = self.paths.enter(&path);
                            self.enter(key, segment.shift(at as u32));
                        }
                        Found::Datagram(mut datagram, path) => {
                            datagram.path = self.paths.enter(&path);
                            self.enter_datagram(key, datagram.shift(at as u32));
                        }
                        Found::Fragment(mut fragment) => {
                            fragment.at += at as u32;
                            self.capture = capture;
                            self.fragments.push(fragment);
                        }
                        Found::Stop(stop) => self.note(capture, &frame, stop),
                    }),
                }
            }
            Item::Damage { error, skipped } => {
                let place = Place { capture: capture as u32, frame: 0, offset: error.offset };
                self.ledger.note(Layer::Capture, Reason::of(error.code), skipped, place);
                self.damage.get_or_insert(error);
            }
        }
    }

    /// Puts a segment into its lane.
    fn enter(&mut self, key: HashKey, segment: Segment) {
        let hash = key.hash(&segment.key);
        let lane = self.lane_of(hash);
        self.lanes[lane].push((hash, segment));
    }

    fn enter_datagram(&mut self, key: HashKey, datagram: Datagram) {
        let hash = key.hash(&datagram.key);
        let lane = self.lane_of(hash);
        self.datagrams[lane].push((hash, datagram));
    }

    fn note(&mut self, capture: usize, frame: &Frame<'_>, stop: Stop) {
        let place = Place { capture: capture as u32, frame: frame.number, offset: u64::from(stop.offset) };
        self.ledger.note(stop.layer, stop.reason, u64::from(frame.wire_len), place);
    }

    /// Hands over what does not concern flows.
    pub fn report(&mut self, run: &Run<'_>, capture: usize, into: &mut Collected) {
        into.counts_mut(capture).merge_frames(&self.counts);
        into.ledger.merge(std::mem::take(&mut self.ledger));
        if let Some(error) = &self.damage {
            run.note_damage(capture, error);
        }
    }

    /// Lets a lane follow its segments.
    pub fn follow(
        &self,
        index: usize,
        lanes: &mut Lanes,
        defragmenter: &Mutex<Defragmenter>,
        block: &BlockFacts,
        bytes: &[u8],
        collector: &mut Collector<'_>,
    ) {
        lanes.begin(block, collector);
        let key = lanes.segments.key();
        let (mut rest, mut rest_datagrams) = (&self.lanes[index][..], &self.datagrams[index][..]);
        if !self.fragments.is_empty() {
            let reassembled = self
                .reassembled
                .get_or_init(|| Reassembled::new(self, &mut lock(defragmenter), key, bytes, &mut collector.collected.ledger));
            for late in reassembled.segments.iter().filter(|(hash, _)| self.lane_of(*hash) == index) {
                let (before, after) = rest.split_at(rest.partition_point(|(_, segment)| segment.frame <= late.1.frame));
                lanes.take(before, bytes, &self.paths, block, collector);
                lanes.take(std::slice::from_ref(late), &reassembled.bytes, &reassembled.paths, block, collector);
                rest = after;
            }
            for late in reassembled.datagrams.iter().filter(|(hash, _)| self.lane_of(*hash) == index) {
                let (before, after) =
                    rest_datagrams.split_at(rest_datagrams.partition_point(|(_, datagram)| datagram.frame <= late.1.frame));
                lanes.take_datagrams(before, bytes, &self.paths, block, collector);
                lanes.take_datagrams(std::slice::from_ref(late), &reassembled.bytes, &reassembled.paths, block, collector);
                rest_datagrams = after;
            }
        }
        lanes.take(rest, bytes, &self.paths, block, collector);
        lanes.take_datagrams(rest_datagrams, bytes, &self.paths, block, collector);
        lanes.end(block);
    }

    /// The hash table of a lane uses the low and the highest bits: the lane comes from others.
    fn lane_of(&self, hash: u64) -> usize {
        (hash >> 32) as usize % self.lanes.len()
    }
}

/// Captured bytes by place and length.
fn part(bytes: &[u8], at: u32, len: u32) -> &[u8] {
    bytes.get(at as usize..).and_then(|rest| rest.get(..len as usize)).unwrap_or_default()
}

/// What one lane follows: connections, and conversations in datagrams.
pub struct Lanes {
    segments: Lane<Session>,
    datagrams: DatagramLane<Udp>,
}

impl Lanes {
    /// Empty ones.
    pub fn new(key: HashKey) -> Self {
        Lanes { segments: Lane::new(key), datagrams: DatagramLane::new(key) }
    }

    /// What they hold now.
    pub fn load(&self) -> Load {
        let (segments, datagrams) = (self.segments.load(), self.datagrams.load());
        Load { flows: segments.flows + datagrams.flows, held: segments.held + datagrams.held }
    }

    /// Begins a block.
    pub fn begin(&mut self, block: &BlockFacts, collector: &mut Collector<'_>) {
        self.segments.begin(block, collector);
        self.datagrams.begin(block, collector);
    }

    /// Ends a block.
    pub fn end(&mut self, block: &BlockFacts) {
        self.segments.end(block);
        self.datagrams.finish_block(block);
    }

    /// Follows segments, whose payload lies in `bytes`.
    fn take(&mut self, found: &[(u64, Segment)], bytes: &[u8], paths: &Paths, block: &BlockFacts, collector: &mut Collector<'_>) {
        let mut near = [Near::default(); BATCH];
        for batch in found.chunks(BATCH) {
            // Flows are far apart in memory: a first look at all of a batch lets the waits overlap.
            near.iter_mut().zip(batch).for_each(|(near, (hash, _))| *near = self.segments.look_up(*hash));
            black_box(near[..batch.len()].iter().map(|near| self.segments.touch(*near)).fold(0, u64::wrapping_add));
            for ((_, segment), near) in batch.iter().zip(near) {
                let payload = part(bytes, segment.payload_at, segment.payload_len);
                self.segments.follow(near, segment, payload, paths.path(segment.path), block, collector);
            }
        }
    }

    /// Follows datagrams, whose payload lies in `bytes`.
    fn take_datagrams(
        &mut self,
        found: &[(u64, Datagram)],
        bytes: &[u8],
        paths: &Paths,
        block: &BlockFacts,
        collector: &mut Collector<'_>,
    ) {
        for (hash, datagram) in found {
            let payload = part(bytes, datagram.payload_at, datagram.payload_len);
            self.datagrams.follow(*hash, datagram, payload, paths.path(datagram.path), block, collector);
        }
    }

    /// Ends all flows.
    pub fn finish(&mut self, collector: &mut Collector<'_>) {
        self.segments.finish(collector);
        self.datagrams.finish(collector);
    }
}

/// The segments and datagrams that fragments were put together to.
#[derive(Debug, Default)]
struct Reassembled {
    /// In capture order of the frames that completed them, with their hashes; payload offsets count in `bytes`.
    segments: Vec<(u64, Segment)>,
    datagrams: Vec<(u64, Datagram)>,
    bytes: Vec<u8>,
    paths: Paths,
}

impl Reassembled {
    fn new(from: &Dissection, defragmenter: &mut Defragmenter, key: HashKey, bytes: &[u8], ledger: &mut Ledger) -> Self {
        let mut to = Reassembled::default();
        for fragment in &from.fragments {
            let place = Place { capture: from.capture as u32, frame: fragment.frame, offset: u64::from(fragment.offset) };
            let data = bytes.get(fragment.at as usize..).and_then(|rest| rest.get(..fragment.len as usize)).unwrap_or_default();
            to.take(defragmenter, key, fragment, data, place, ledger);
        }
        to
    }

    fn take(&mut self, defragmenter: &mut Defragmenter, key: HashKey, fragment: &Fragment, data: &[u8], place: Place, ledger: &mut Ledger) {
        let Some(whole) = defragmenter.take(fragment, data, place, ledger) else { return };
        let at = self.bytes.len() as u32;
        let mut inner = Vec::new();
        whole.dissect(&mut |found| match found {
            Found::Segment(mut segment, path) => {
                segment.path = self.paths.enter(&path);
                self.segments.push((key.hash(&segment.key), segment.shift(at)));
            }
            Found::Datagram(mut datagram, path) => {
                datagram.path = self.paths.enter(&path);
                self.datagrams.push((key.hash(&datagram.key), datagram.shift(at)));
            }
            Found::Fragment(fragment) => inner.push(fragment),
            Found::Stop(stop) => ledger.note(stop.layer, stop.reason, u64::from(whole.wire_len), place),
        });
        self.bytes.extend_from_slice(&whole.bytes);
        // A packet within may have been cut before it was wrapped; each round has a header less.
        for fragment in inner {
            let data = whole.bytes.get(fragment.at as usize..).and_then(|rest| rest.get(..fragment.len as usize)).unwrap_or_default();
            self.take(defragmenter, key, &fragment, data, place, ledger);
        }
    }
}
