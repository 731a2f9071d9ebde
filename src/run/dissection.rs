//! The frames of one block, dissected: segments by lane, counts, losses.

use super::Run;
use super::collect::{CaptureCounts, Collected, Collector};
use crate::capture::Item;
use crate::error::CaptureError;
use crate::flow::hash::HashKey;
use crate::flow::table::{BlockFacts, Lane};
use crate::ledger::{Layer, Ledger, Place, Reason};
use crate::packet::{Segment, dissect};
use crate::tls::Session;
use std::hint::black_box;

/// Segments whose flows are fetched from memory at the same time.
const BATCH: usize = 32;

/// What the frames of a block turned out to be.
pub struct Dissection {
    /// Segments by lane, in capture order, with their hashes; payload offsets count in the block's bytes.
    lanes: Vec<Vec<(u64, Segment)>>,
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
            counts: CaptureCounts::default(),
            ledger: Ledger::default(),
            damage: None,
        }
    }

    /// Empties it, but keeps its memory.
    pub fn clear(&mut self) {
        for lane in &mut self.lanes {
            lane.clear();
        }
        self.counts = CaptureCounts::default();
        self.damage = None;
    }

    /// Takes a frame, whose bytes lie at `at` of the block's, or damage.
    pub fn take(&mut self, key: HashKey, capture: usize, item: Item<'_>, at: usize) {
        match item {
            Item::Frame(frame) => {
                self.counts.frame(frame.number, frame.time, (frame.bytes.len() as u64) < u64::from(frame.wire_len));
                match dissect(&frame) {
                    Ok(segment) => {
                        let hash = key.hash(&segment.key);
                        // The hash table of a lane uses the low and the highest bits: the lane comes from others.
                        let lane = (hash >> 32) as usize % self.lanes.len();
                        self.lanes[lane].push((hash, segment.shift(at as u32)));
                    }
                    Err(stop) => {
                        let place = Place { capture: capture as u32, frame: frame.number, offset: u64::from(stop.offset) };
                        self.ledger.note(stop.layer, stop.reason, u64::from(frame.wire_len), place);
                    }
                }
            }
            Item::Damage { error, skipped } => {
                let place = Place { capture: capture as u32, frame: 0, offset: error.offset };
                self.ledger.note(Layer::Capture, Reason::of(error.code), skipped, place);
                self.damage.get_or_insert(error);
            }
        }
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
    pub fn follow(&self, index: usize, lane: &mut Lane<Session>, block: &BlockFacts, bytes: &[u8], collector: &mut Collector<'_>) {
        lane.begin(block, collector);
        for batch in self.lanes[index].chunks(BATCH) {
            // Flows are far apart in memory: a first look at all of a batch lets the waits overlap.
            black_box(batch.iter().map(|(hash, _)| lane.touch(*hash)).fold(0, u64::wrapping_add));
            for (hash, segment) in batch {
                let payload = bytes.get(segment.payload_at as usize..).and_then(|rest| rest.get(..segment.payload_len as usize));
                lane.follow(*hash, segment, payload.unwrap_or_default(), block, collector);
            }
        }
        lane.end(block);
    }
}
