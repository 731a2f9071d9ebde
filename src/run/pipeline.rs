//! One large series on all threads: ranges read at the same time, walked in order, dissected at the same time, followed
//! by lanes in order. No barrier: work is picked up as it becomes ready.
//!
//! ```text
//!  block      0          1          2          3          4
//!  read       done       done       done       done       worker 1
//!  walk       done       done       done       worker 0   -        (in order: the baton)
//!  dissect    done       done       worker 2   -                   (by whoever walked it)
//!  lane 0     done       done       -                              (each lane in block order)
//!  lane 1     done       worker 3   -
//! ```
//!
//! The schedule is a small state behind one mutex that is held only to choose the next piece of work and to put a result
//! back; a piece takes about a hundred microseconds. The result does not depend on who does what when: a lane sees its
//! segments in capture order, and everything else merges.

use super::collect::{Collected, Collector};
use super::dissection::{Dissection, Lanes};
use super::schedule::{Job, LANES, RangeOf, Schedule, Slot};
use super::{Run, SeriesFacts, lock, open};
use crate::archive::Series;
use crate::capture::block::{Block, Buffer, Source, Walk};
use crate::flow::FramePlace;
use crate::flow::table::{BlockFacts, Pressure};
use crate::packet::defrag::Defragmenter;
use rayon::prelude::*;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Follows a series on all threads of the pool that this is called in.
pub fn follow(run: &Run<'_>, series: &Series) {
    let facts = SeriesFacts::new(run, series);
    let pipeline = Pipeline {
        run,
        facts: &facts,
        schedule: Mutex::new(Schedule::new(facts.captures.len(), run.threads, run.bounds(series))),
        changed: Condvar::new(),
        walker: Mutex::default(),
        lanes: (0..LANES).map(|_| Mutex::new((Lanes::new(run.hash_key), Collector::new(run, &facts)))).collect(),
        defragmenter: Mutex::default(),
        collected: Mutex::default(),
    };
    rayon::scope(|scope| {
        for _ in 0..run.threads {
            scope.spawn(|_| pipeline.work());
        }
    });
    pipeline.finish();
}

struct Pipeline<'a> {
    run: &'a Run<'a>,
    facts: &'a SeriesFacts<'a>,
    schedule: Mutex<Schedule>,
    changed: Condvar,
    walker: Mutex<Walker>,
    lanes: Vec<Mutex<(Lanes, Collector<'a>)>>,
    /// IP fragments that wait for others.
    defragmenter: Mutex<Defragmenter>,
    collected: Mutex<Collected>,
}

/// The baton: the walk over the file under way.
#[derive(Default)]
struct Walker {
    /// Its index in the series, and where it is read from.
    file: Option<(usize, Source)>,
    walk: Walk,
    /// Number of the next block that holds something.
    number: u64,
}

/// A block that was walked.
struct Walked {
    block: Block,
    file: usize,
    pressure: Pressure,
}

/// A block whose frames were dissected.
pub struct Dissected {
    dissection: Box<Dissection>,
    block: Block,
    facts: BlockFacts,
}

/// Wakes the others when a thread panics, so that they go home and the panic reaches the scope.
struct Alarm<'p, 'a>(&'p Pipeline<'a>);

impl Drop for Alarm<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.schedule).fail();
            self.0.changed.notify_all();
        }
    }
}

impl<'a> Pipeline<'a> {
    /// What each thread does until the series is over.
    fn work(&self) {
        let _alarm = Alarm(self);
        loop {
            match self.next_job() {
                Job::Read(number, range, mut buffer) => {
                    if let Some((file, _)) = &range.handle {
                        buffer = buffer.read(file, range.range);
                    }
                    // Whoever has read it goes on with it if the baton is there: its bytes are in this core's cache.
                    if lock(&self.schedule).take_baton(number) {
                        self.walk(number, buffer, range);
                    } else {
                        self.put(number, Slot::Read(buffer, range));
                    }
                }
                Job::Walk(number, buffer, range) => self.walk(number, buffer, range),
                Job::Follow(lane, number, dissected) => self.follow_lane(lane, number, dissected),
                Job::Finished => return,
            }
        }
    }

    fn next_job(&self) -> Job {
        let mut schedule = lock(&self.schedule);
        loop {
            if let Some(job) = schedule.choose(self.run.is_stopped(), |file| self.open(file)) {
                return job;
            }
            schedule.waiting += 1;
            schedule = self.changed.wait(schedule).unwrap_or_else(PoisonError::into_inner);
            schedule.waiting -= 1;
        }
    }

    /// Changes the schedule, and wakes those who wait for that: a call of the system, which is not made for nobody.
    fn change<T>(&self, change: impl FnOnce(&mut Schedule) -> T) -> T {
        let mut schedule = lock(&self.schedule);
        let gave = change(&mut schedule);
        let waiting = schedule.waiting > 0;
        drop(schedule);
        if waiting {
            self.changed.notify_all();
        }
        gave
    }

    fn open(&self, file: usize) -> Option<Source> {
        let capture = self.facts.captures[file];
        open::open(self.run, capture).map_err(|error| self.run.note_failure(capture, error)).ok()
    }

    fn put(&self, number: u64, slot: Slot) {
        self.change(|schedule| schedule.put(number, slot));
    }

    /// Walks a range, hands the baton on, and dissects what it holds.
    fn walk(&self, number: u64, buffer: Buffer, range: RangeOf) {
        let walked = self.cut(number, buffer, range);
        if let Some((walked, dissection)) = walked {
            self.dissect(number, walked, dissection);
        }
    }

    fn cut(&self, number: u64, buffer: Buffer, range: RangeOf) -> Option<(Walked, Box<Dissection>)> {
        let mut walker = lock(&self.walker);
        let walker = &mut *walker;
        if walker.file.as_ref().is_none_or(|(file, _)| *file != range.file) {
            self.note_file(walker);
            let source = match &range.handle {
                Some((file, size)) => Some(Source::File(file.clone(), *size)),
                None => self.open(range.file),
            };
            walker.file = source.map(|source| (range.file, source));
            walker.walk = Walk::default();
        }
        let walked = match &mut walker.file {
            Some((file, source)) if !walker.walk.is_over() => {
                let start = FramePlace { turn: *file as u32, file: *file as u32, frame: walker.walk.next_frame() };
                let block = walker.walk.walk(source, range.range, buffer, |_, _| {});
                walker.walk.cutter().is_some().then(|| {
                    let pressure = lock(&self.schedule).pressure(walker.number, start);
                    walker.number += 1;
                    Walked { block, file: *file, pressure }
                })
            }
            _ => None,
        };
        let over = walker.walk.is_over() || walker.file.is_none();
        self.change(|schedule| {
            if walked.is_none() {
                schedule.put(number, Slot::Done(None));
            }
            schedule.walked(range.file, over);
            walked.map(|walked| (walked, schedule.dissection()))
        })
    }

    /// Reports the file that the walker leaves.
    fn note_file(&self, walker: &Walker) {
        if let Some((file, source)) = &walker.file {
            self.run.note_file(self.facts.captures[*file], &walker.walk, source, self.run.is_stopped() && !walker.walk.is_over());
        }
    }

    fn dissect(&self, number: u64, mut walked: Walked, mut dissection: Box<Dissection>) {
        let capture = self.facts.captures[walked.file];
        walked.block.cut(|item, at| dissection.take(self.run.hash_key, capture, item, at));
        self.run.progress.add(open::progress_of(&self.run.archive.captures[capture], walked.block.len()), dissection.counts.packets);
        dissection.report(self.run, capture, &mut lock(&self.collected));
        let facts = BlockFacts {
            file: walked.file as u32,
            turn: walked.file as u32,
            side_by_side: None,
            latest: dissection.counts.latest,
            pressure: walked.pressure,
        };
        self.put(number, Slot::dissected(Dissected { dissection, block: walked.block, facts }));
    }

    fn follow_lane(&self, index: usize, number: u64, dissected: Arc<Dissected>) {
        let load = {
            let (lane, collector) = &mut *lock(&self.lanes[index]);
            dissected.dissection.follow(index, lane, &self.defragmenter, &dissected.facts, dissected.block.bytes(), collector);
            collector.pause();
            lane.load()
        };
        drop(dissected);
        self.change(|schedule| schedule.followed(index, number, load));
    }

    /// Ends all flows and hands over what was collected.
    fn finish(self) {
        self.note_file(&lock(&self.walker));
        let mut all = std::mem::take(&mut *lock(&self.collected));
        lock(&self.defragmenter).finish(&mut all.ledger);
        lock(&self.run.collected).merge(all);
        self.lanes.into_par_iter().for_each(|lane| {
            let (mut lane, mut collector) = lane.into_inner().unwrap_or_else(PoisonError::into_inner);
            lane.finish(&mut collector);
            collector.finish();
        });
    }
}

impl Dissected {
    /// Its memory, to be used again.
    pub fn recycle(self) -> (Buffer, Box<Dissection>) {
        (self.block.recycle(), self.dissection)
    }
}
