//! Which piece of work comes next: the state of the blocks under way. It does no work itself.

use super::dissection::Dissection;
use super::govern::{DELAY, Governor};
use super::memory::Bounds;
use super::pipeline::Dissected;
use crate::capture::block::{Buffer, Extent, Source};
use crate::flow::FramePlace;
use crate::flow::table::{Load, Pressure};
use std::collections::VecDeque;
use std::sync::Arc;

/// Lanes of a large series: more than most machines' threads that would wait for one, few enough to fill.
pub const LANES: usize = 8;

/// A range of a file of the series.
#[derive(Debug, Clone)]
pub struct RangeOf {
    /// The file, by its index in the series.
    pub file: usize,
    /// The range.
    pub range: u64,
    /// The file and its size; none for a stream, which only the walk can read.
    pub handle: Option<(Arc<Extent>, u64)>,
}

/// A block under way.
pub enum Slot {
    /// A thread has it.
    Busy,
    /// Its range was read.
    Read(Buffer, RangeOf),
    /// Its frames were dissected; so many lanes have not followed them yet, and those that have hold so much.
    Dissected(Arc<Dissected>, usize, Load),
    /// Done by all; what the lanes held then, unless nothing was in it.
    Done(Option<Load>),
}

impl Slot {
    /// A dissected block that no lane has followed yet.
    pub fn dissected(dissected: Dissected) -> Slot {
        Slot::Dissected(Arc::new(dissected), LANES, Load::default())
    }
}

/// What to do next.
pub enum Job {
    /// Read a range into a buffer.
    Read(u64, RangeOf, Buffer),
    /// Walk a range and dissect what it holds; a stream reads it first.
    Walk(u64, Buffer, RangeOf),
    /// Let a lane follow a block.
    Follow(usize, u64, Arc<Dissected>),
    /// Go home.
    Finished,
}

/// What a file turned out to be when it was opened.
#[derive(Clone)]
enum Opened {
    /// A file, its size, and how many ranges it has.
    File(Arc<Extent>, u64, u64),
    /// A stream.
    Stream,
    /// Nothing that can be read.
    Nothing,
}

impl Opened {
    fn of(source: Option<Source>) -> Self {
        let ranges = source.as_ref().and_then(Source::ranges);
        match source {
            Some(Source::File(file, size)) => Opened::File(file, size, ranges.unwrap_or(0)),
            Some(Source::Stream(_)) => Opened::Stream,
            None => Opened::Nothing,
        }
    }

    /// The handle for reading at any offset, and the number of ranges, where they are known.
    fn parts(self) -> (Option<(Arc<Extent>, u64)>, Option<u64>) {
        match self {
            Opened::File(file, size, ranges) => (Some((file, size)), Some(ranges)),
            Opened::Stream => (None, None),
            Opened::Nothing => (None, Some(0)),
        }
    }
}

/// The state of the blocks under way.
pub struct Schedule {
    slots: VecDeque<Slot>,
    /// Number of the first slot.
    oldest: u64,
    /// The next block to walk, and whether a thread is walking.
    walk: (u64, bool),
    /// The next block of each lane, and whether a thread has the lane.
    lanes: [(u64, bool); LANES],
    /// Files of the series.
    files: usize,
    /// The file to read next, the next range in it, and what it is once it was opened.
    next: (usize, u64),
    opened: Option<Opened>,
    governor: Governor,
    spare: Vec<Buffer>,
    #[expect(clippy::vec_box, reason = "they go from hand to hand, and are long")]
    spare_dissections: Vec<Box<Dissection>>,
    failed: bool,
    /// Blocks under way, at most.
    depth: usize,
    /// Threads that found nothing to do.
    pub waiting: usize,
}

impl Schedule {
    /// The start of a series of so many files, which may hold so much.
    pub fn new(files: usize, threads: usize, bounds: Bounds) -> Self {
        Schedule {
            slots: VecDeque::new(),
            oldest: 0,
            walk: (0, false),
            lanes: [(0, false); LANES],
            files,
            next: (0, 0),
            opened: None,
            governor: Governor::new(bounds),
            spare: Vec::new(),
            spare_dissections: Vec::new(),
            failed: false,
            depth: (threads * 3 + 4).min(DELAY as usize),
            waiting: 0,
        }
    }

    /// Ends everything.
    pub fn fail(&mut self) {
        self.failed = true;
    }

    /// The pressure on block `number` of those that hold something, which begins at `start`.
    pub fn pressure(&mut self, number: u64, start: FramePlace) -> Pressure {
        self.governor.pressure(number, start)
    }

    fn slot(&mut self, number: u64) -> Option<&mut Slot> {
        self.slots.get_mut(usize::try_from(number.checked_sub(self.oldest)?).ok()?)
    }

    /// Puts back what became of a block.
    pub fn put(&mut self, number: u64, slot: Slot) {
        if let Some(place) = self.slot(number) {
            *place = slot;
        }
        self.retire();
    }

    /// Takes the baton for a block, if it is its turn and nobody has it.
    pub fn take_baton(&mut self, number: u64) -> bool {
        let free = self.walk == (number, false);
        self.walk.1 |= free;
        free
    }

    /// An empty dissection, of used memory if there is any.
    pub fn dissection(&mut self) -> Box<Dissection> {
        let mut dissection = self.spare_dissections.pop().unwrap_or_else(|| Box::new(Dissection::new(LANES)));
        dissection.clear();
        dissection
    }

    /// The baton is free again; `over` says that the file has ended.
    pub fn walked(&mut self, file: usize, over: bool) {
        self.walk = (self.walk.0 + 1, false);
        if over && self.next.0 == file {
            self.next_file();
        }
    }

    /// A lane has followed a block and holds so much.
    pub fn followed(&mut self, lane: usize, number: u64, load: Load) {
        self.lanes[lane] = (number + 1, false);
        let Some(slot) = self.slot(number) else { return };
        if let Slot::Dissected(_, left, sum) = slot {
            *left -= 1;
            sum.flows += load.flows;
            sum.held += load.held;
            if *left == 0 {
                let sum = *sum;
                if let Slot::Dissected(dissected, ..) = std::mem::replace(slot, Slot::Done(Some(sum)))
                    && let Some(dissected) = Arc::into_inner(dissected)
                {
                    let (buffer, dissection) = dissected.recycle();
                    self.spare.push(buffer);
                    self.spare_dissections.push(dissection);
                }
            }
        }
        self.retire();
    }

    /// Lets go of the oldest blocks that are done.
    fn retire(&mut self) {
        while let Some(Slot::Done(load)) = self.slots.front() {
            if let Some(load) = load {
                self.governor.load(*load);
            }
            self.slots.pop_front();
            self.oldest += 1;
        }
    }

    /// The next piece of work, the oldest first: it frees memory, and its bytes are still in the cache. None: wait.
    pub fn choose(&mut self, stopped: bool, open: impl Fn(usize) -> Option<Source>) -> Option<Job> {
        if self.failed {
            return Some(Job::Finished);
        }
        self.choose_lane().or_else(|| self.choose_walk()).or_else(|| self.choose_range(stopped, open))
    }

    fn choose_lane(&mut self) -> Option<Job> {
        for lane in 0..LANES {
            let (mut number, busy) = self.lanes[lane];
            if busy {
                continue;
            }
            number = number.max(self.oldest);
            while let Some(Slot::Done(_)) = self.slot(number) {
                number += 1;
            }
            self.lanes[lane].0 = number;
            if let Some(Slot::Dissected(dissected, ..)) = self.slot(number) {
                let dissected = dissected.clone();
                self.lanes[lane].1 = true;
                return Some(Job::Follow(lane, number, dissected));
            }
        }
        None
    }

    fn choose_walk(&mut self) -> Option<Job> {
        let (number, walking) = self.walk;
        let slot = self.slot(number).filter(|slot| !walking && matches!(slot, Slot::Read(..)))?;
        let Slot::Read(buffer, range) = std::mem::replace(slot, Slot::Busy) else { return None };
        self.walk.1 = true;
        Some(Job::Walk(number, buffer, range))
    }

    /// The next range of the series, if there is room for it; the end, if there is none.
    fn choose_range(&mut self, stopped: bool, open: impl Fn(usize) -> Option<Source>) -> Option<Job> {
        let number = self.oldest + self.slots.len() as u64;
        while self.next.0 < self.files && !stopped {
            if self.slots.len() >= self.depth {
                return None;
            }
            let (file, range) = self.next;
            let (handle, ranges) = self.opened.get_or_insert_with(|| Opened::of(open(file))).clone().parts();
            if ranges.is_some_and(|ranges| range >= ranges) {
                self.next_file();
                continue;
            }
            let range = RangeOf { file, range, handle };
            if range.handle.is_some() {
                self.next.1 += 1;
                self.slots.push_back(Slot::Busy);
                return Some(Job::Read(number, range, self.spare.pop().unwrap_or_default()));
            }
            // A stream is read by the walk itself.
            if self.walk != (number, false) {
                return None;
            }
            self.walk.1 = true;
            self.next.1 += 1;
            self.slots.push_back(Slot::Busy);
            return Some(Job::Walk(number, self.spare.pop().unwrap_or_default(), range));
        }
        self.slots.is_empty().then_some(Job::Finished)
    }

    fn next_file(&mut self) {
        self.next = (self.next.0 + 1, 0);
        self.opened = None;
    }
}
