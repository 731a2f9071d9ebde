//! One series on one thread: read, walk, dissect, follow, a block at a time, with one lane.

use super::collect::Collector;
use super::dissection::{Dissection, Lanes};
use super::govern::Governor;
use super::{Run, SeriesFacts, lock, open};
use crate::archive::Series;
use crate::capture::block::{Buffer, Source, Walk};
use crate::flow::FramePlace;
use crate::flow::table::BlockFacts;
use std::sync::Mutex;

/// Follows a series from its first packet to its last.
pub fn follow(run: &Run<'_>, series: &Series) {
    let facts = SeriesFacts::new(run, series);
    let mut lanes = Lanes::new(run.hash_key);
    let mut collector = Collector::new(run, &facts);
    let defragmenter = Mutex::default();
    let mut governor = Governor::new(run.bounds(series));
    let mut number = 0;
    let mut buffer = Buffer::default();
    let mut dissection = Dissection::new(1);
    for (file, capture) in facts.captures.iter().enumerate() {
        let mut source = match open::open(run, *capture) {
            Ok(source) => source,
            Err(error) => {
                run.note_failure(*capture, error);
                continue;
            }
        };
        let ranges = source.ranges();
        let mut walk = Walk::default();
        let mut range = 0;
        while !walk.is_over() && ranges.is_none_or(|ranges| range < ranges) && !run.is_stopped() {
            if let Source::File(file, _) = &source {
                buffer = buffer.read(file, range);
            }
            dissection.clear();
            let start = walk.next_frame();
            let block = walk.walk(&mut source, range, buffer, |item, at| dissection.take(run.hash_key, *capture, item, at));
            run.progress.add(open::progress_of(&run.archive.captures[*capture], block.len()), dissection.counts.packets);
            let block_facts = BlockFacts {
                file: file as u32,
                turn: file as u32,
                side_by_side: None,
                latest: dissection.counts.latest,
                pressure: governor.pressure(number, FramePlace { turn: file as u32, file: file as u32, frame: start }),
            };
            dissection.report(run, *capture, &mut collector.collected);
            dissection.follow(0, &mut lanes, &defragmenter, &block_facts, block.bytes(), &mut collector);
            if walk.cutter().is_some() {
                governor.load(lanes.load());
                number += 1;
            }
            buffer = block.recycle();
            range += 1;
            collector.relieve();
        }
        run.note_file(*capture, &walk, &source, run.is_stopped() && !walk.is_over());
    }
    lock(&defragmenter).finish(&mut collector.collected.ledger);
    lanes.finish(&mut collector);
    collector.finish();
}
