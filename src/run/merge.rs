//! One series whose files overlap in time, on one thread: what they hold is followed in the order of its time, as if it
//! had been recorded into one file.
//!
//! ```text
//!  place 0   file 0  | 1   3 4    | over, closed    file 2  |   7   9 ...
//!  place 1   file 1      | 2   5 6     8  ...
//!                        ^ opened when the time of its first packet comes
//! ```
//!
//! Each file is cut and dissected a block at a time, as in [`super::fused`]; the segments of the blocks are merged. Of
//! segments with equal times that of the first path comes first. The order within a file is kept, whatever its times.
//! A file is open from the time of its first packet to its end, so rotated files of several directions need no other
//! rule. No more than [`MAX_OPEN`] are: one that comes too soon waits, and is a loss in the ledger.

use super::collect::Collector;
use super::dissection::{Dissection, Lanes, Reached};
use super::govern::Governor;
use super::{Run, SeriesFacts, interrupted, open};
use crate::archive::Series;
use crate::capture::block::{Block, Buffer, Source, Walk};
use crate::flow::FramePlace;
use crate::flow::table::{BlockFacts, Pressure};
use crate::ledger::{Layer, Place, Reason};
use crate::packet::defrag::Defragmenter;
use crate::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// Files of a series that are open at the same time, at most; each takes about 2 MiB, more where it is compressed.
pub const MAX_OPEN: usize = 64;

/// When a file is next: the time of its next segment, its capture in path order, its place in the series.
type Turn = Reverse<(Timestamp, usize, u32)>;

/// Follows a series from its earliest packet to its latest.
pub fn follow(run: &Run<'_>, series: &Series) {
    let facts = SeriesFacts::new(run, series);
    let mut merge = Merge {
        run,
        open: BTreeMap::new(),
        turns: BinaryHeap::new(),
        late: VecDeque::new(),
        spare: Vec::new(),
        lanes: Lanes::new(run.hash_key),
        defragmenter: Defragmenter::default(),
        governor: Governor::new(run.bounds(series)),
        pressure: Pressure::default(),
        number: 0,
        turn: (u32::MAX, 0),
        reached: None,
        latest: None,
    };
    let mut collector = Collector::new(run, &facts);
    for (file, capture) in facts.captures.iter().enumerate() {
        let first = run.archive.captures[*capture].first_time.unwrap_or(Timestamp(i64::MAX));
        merge.turns.push(Reverse((first, *capture, file as u32)));
    }
    merge.follow(&mut collector);
    merge.defragmenter.finish(&mut collector.collected.ledger);
    merge.lanes.finish(&mut collector);
    collector.finish();
}

struct Merge<'a> {
    run: &'a Run<'a>,
    open: BTreeMap<u32, Box<Open>>,
    /// The next turn of each file that is open or was not opened yet.
    turns: BinaryHeap<Turn>,
    /// Files whose time came while too many were open.
    late: VecDeque<(usize, u32)>,
    /// Memory of files that are over.
    spare: Vec<(Buffer, Dissection)>,
    lanes: Lanes,
    defragmenter: Defragmenter,
    governor: Governor,
    pressure: Pressure,
    /// Blocks that were followed to their ends.
    number: u64,
    /// The file that was followed last, and how many turns there were.
    turn: (u32, u32),
    /// The latest time that was followed.
    reached: Option<Timestamp>,
    /// The latest time of all frames, also of those that are not followed.
    latest: Option<Timestamp>,
}

/// A file that is being read.
struct Open {
    capture: usize,
    /// Its place among the open ones.
    place: u8,
    source: Source,
    walk: Walk,
    range: u64,
    block: Option<Block>,
    /// Memory for the next block.
    buffer: Buffer,
    dissection: Dissection,
    /// How far the block was followed.
    reached: Reached,
}

impl Merge<'_> {
    fn follow(&mut self, collector: &mut Collector<'_>) {
        self.lanes.begin(&self.block_facts(0, 0), collector);
        while let Some(Reverse((_, capture, file))) = self.turns.pop() {
            let next = match self.open.remove(&file) {
                Some(mut open) => {
                    self.take_turn(file, &mut open, collector);
                    Some(open)
                }
                None if self.run.is_stopped() => {
                    self.run.note_failure(capture, interrupted(0));
                    None
                }
                None if self.open.len() == MAX_OPEN => {
                    let place = Place { capture: capture as u32, frame: 0, offset: 0 };
                    collector.collected.ledger.note(Layer::Flow, Reason::of("merged_late"), 0, place);
                    self.late.push_back((capture, file));
                    None
                }
                None => self.open(capture),
            };
            if let Some(open) = next {
                self.go_on(file, open, collector);
            }
        }
        self.reached = self.latest;
        self.lanes.end(&self.block_facts(0, 0));
    }

    fn block_facts(&self, file: u32, place: u8) -> BlockFacts {
        BlockFacts { file, turn: self.turn.1, side_by_side: Some(place), latest: self.reached, pressure: self.pressure }
    }

    fn open(&mut self, capture: usize) -> Option<Box<Open>> {
        let source = match open::open(self.run, capture) {
            Ok(source) => source,
            Err(error) => {
                self.run.note_failure(capture, error);
                return None;
            }
        };
        let place = (0..MAX_OPEN as u8).find(|place| self.open.values().all(|open| open.place != *place))?;
        let (buffer, dissection) = self.spare.pop().unwrap_or_else(|| (Buffer::default(), Dissection::new(1)));
        let (walk, reached) = (Walk::default(), Reached::default());
        Some(Box::new(Open { capture, place, source, walk, range: 0, block: None, buffer, dissection, reached }))
    }

    /// Follows a file until another one's turn comes, or its block ends.
    fn take_turn(&mut self, file: u32, open: &mut Open, collector: &mut Collector<'_>) {
        let Some(block) = &open.block else { return };
        if self.turn.0 != file {
            self.turn = (file, self.turn.1.saturating_add(1));
        }
        let other = self.turns.peek().map(|Reverse((time, capture, _))| (*time, *capture));
        let goes_on = |time| other.is_none_or(|other| (time, open.capture) <= other);
        let facts = self.block_facts(file, open.place);
        let (reached, latest) =
            open.dissection.follow_while(open.reached, goes_on, &mut self.lanes, &mut self.defragmenter, &facts, block.bytes(), collector);
        open.reached = reached;
        self.reached = self.reached.max(latest);
        if open.dissection.next_time(reached).is_none() {
            self.end_block(open.place, file, open.walk.next_frame(), collector);
        }
    }

    /// What is done between blocks: the clock is set, silent flows end, rows go to the store.
    fn end_block(&mut self, place: u8, file: u32, next_frame: u64, collector: &mut Collector<'_>) {
        self.lanes.end(&self.block_facts(file, place));
        self.governor.load(self.lanes.load());
        self.number += 1;
        self.pressure = self.governor.pressure(self.number, FramePlace { turn: self.turn.1, file, frame: next_frame });
        self.lanes.begin(&self.block_facts(file, place), collector);
        collector.relieve();
    }

    /// Puts a file in line for its next turn; reads on where its block is over, and closes it at its end.
    fn go_on(&mut self, file: u32, mut open: Box<Open>, collector: &mut Collector<'_>) {
        let run = self.run;
        loop {
            if let Some(time) = open.dissection.next_time(open.reached).filter(|_| open.block.is_some()) {
                self.turns.push(Reverse((time, open.capture, file)));
                self.open.insert(file, open);
                return;
            }
            if open.is_over() || run.is_stopped() {
                break;
            }
            open.read(run, collector);
            self.latest = self.latest.max(open.dissection.counts.latest);
        }
        run.note_file(open.capture, &open.walk, &open.source, run.is_stopped() && !open.walk.is_over());
        self.spare.push((open.buffer, open.dissection));
        if let Some((capture, file)) = self.late.pop_front() {
            // It is behind: its turn is the next one.
            self.turns.push(Reverse((Timestamp(i64::MIN), capture, file)));
        }
    }
}

impl Open {
    fn is_over(&self) -> bool {
        self.walk.is_over() || self.source.ranges().is_some_and(|ranges| self.range >= ranges)
    }

    /// Reads and dissects the next block.
    fn read(&mut self, run: &Run<'_>, collector: &mut Collector<'_>) {
        let mut buffer = self.block.take().map_or_else(|| std::mem::take(&mut self.buffer), Block::recycle);
        if let Source::File(file, _) = &self.source {
            buffer = buffer.read(file, self.range);
        }
        self.dissection.clear();
        let (capture, dissection) = (self.capture, &mut self.dissection);
        let block = self.walk.walk(&mut self.source, self.range, buffer, |item, at| dissection.take(run.hash_key, capture, item, at));
        run.progress.add(open::progress_of(&run.archive.captures[capture], block.len()), dissection.counts.packets);
        dissection.report(run, capture, &mut collector.collected);
        self.block = Some(block);
        self.range += 1;
        self.reached = Reached::default();
    }
}
