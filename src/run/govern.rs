//! The bound on memory: how hard it presses on each block, the same for any number of threads and lanes.
//!
//! ```text
//!  block     0   1   2  ...  16  17  18
//!  load      l0  l1  l2          (what all lanes held after the block, together)
//!  pressure  0   0   0       p(l0) p(l0,l1) p(l0..l2)
//! ```
//! The pressure on a block follows from the loads of the blocks at least [`DELAY`] before it, which every order of work
//! knows by then: no more than [`DELAY`] blocks are under way at once.
//!
//! It has levels. Up to [`MAX_SHIFT`] each halves the time-outs. Packet time may stand still, and then none of them ends anything:
//! so on the levels above flows end that have no packet in the last 16, 8, 4, 2 blocks, or the last one. What is live then fits a block.

use super::memory::Bounds;
use crate::flow::FramePlace;
use crate::flow::table::{Load, Pressure};
use std::collections::VecDeque;

/// Blocks between a load and the pressure that follows from it; also the most blocks under way.
pub const DELAY: u64 = 16;
/// Bytes of live flows of one series above which time-outs shrink: some 190,000 TLS connections at once, or 2.6 million
/// others.
pub const MAX_FLOWS: u64 = 1 << 30;
/// Bytes held behind holes in one series above which the bound of each direction shrinks.
pub const MAX_HELD: u64 = 64 << 20;
/// The shortest time-out is 2 hours 4 minutes divided by two to this: less than a quarter of a second.
const MAX_SHIFT: u8 = 15;
/// The highest level.
const MAX_LEVEL: u8 = MAX_SHIFT + 5;

/// The pressure over the blocks of a series.
#[derive(Debug, Default)]
pub struct Governor {
    bounds: Bounds,
    loads: VecDeque<Load>,
    /// Blocks whose load went into the pressure.
    applied: u64,
    /// Levels for flows and for held bytes.
    levels: [u8; 2],
    /// How many loads must be known before they may change again.
    next_change: u64,
    /// Where the last blocks begin, by number; as many as a level asks for.
    starts: VecDeque<(u64, FramePlace)>,
}

impl Governor {
    /// For a series that may hold so much.
    pub fn new(bounds: Bounds) -> Self {
        Governor { bounds, ..Governor::default() }
    }

    /// Takes the load after the next block in order.
    pub fn load(&mut self, load: Load) {
        self.loads.push_back(load);
    }

    /// The pressure on block `number`, which begins at `start`.
    pub fn pressure(&mut self, number: u64, start: FramePlace) -> Pressure {
        while self.applied + DELAY <= number {
            let Some(load) = self.loads.pop_front() else { break };
            self.applied += 1;
            // What a change does shows only in loads a delay later: no second one before.
            if self.applied >= self.next_change {
                let [flows, held] = self.levels;
                let levels = [step(flows, load.flows, self.bounds.flows, MAX_LEVEL), step(held, load.held, self.bounds.held, MAX_SHIFT)];
                if levels != self.levels {
                    (self.levels, self.next_change) = (levels, self.applied + DELAY);
                }
            }
        }
        let [flows, held] = self.levels;
        self.starts.retain(|(block, _)| *block < number && *block + DELAY >= number);
        let window = DELAY >> flows.saturating_sub(MAX_SHIFT + 1);
        let since = self.starts.iter().find(|(block, _)| *block + window >= number).filter(|_| flows > MAX_SHIFT);
        let since = since.map(|(_, start)| *start);
        self.starts.push_back((number, start));
        let search = since.is_some() || (flows > 0 && number.is_multiple_of(DELAY));
        Pressure { flows: flows.min(MAX_SHIFT), since, search, held }
    }
}

/// Four levels up above the bound, eight above twice as much, sixteen above four times; one down below half of it.
fn step(level: u8, load: u64, bound: u64, most: u8) -> u8 {
    if load > bound {
        let far = (load / bound.max(1)).ilog2().min(2);
        (level + (4 << far)).min(most)
    } else if load < bound / 2 {
        level.saturating_sub(1)
    } else {
        level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_follows_with_a_fixed_delay() {
        let place = |block: u64| FramePlace { frame: block * 100, ..FramePlace::default() };
        let load = |n: u64| Load { flows: if n < 100 { MAX_FLOWS + 1 } else { 0 }, held: 0 };
        // However far the loads run ahead, up to the delay, the pressure is the same.
        let run = |ahead: u64| {
            let mut governor = Governor::default();
            let mut pushed = 0;
            let mut pressures = Vec::new();
            for number in 0..600u64 {
                while pushed + DELAY <= number + ahead {
                    governor.load(load(pushed));
                    pushed += 1;
                }
                pressures.push(governor.pressure(number, place(number)));
            }
            pressures
        };
        let pressures = run(0);
        for ahead in [1, 7, DELAY - 1] {
            assert_eq!(run(ahead), pressures);
        }
        let flows = |block: usize| (pressures[block].flows, pressures[block].since.is_some());
        assert_eq!([15, 16, 32, 48, 64, 80].map(flows), [(0, false), (4, false), (8, false), (12, false), (15, true), (15, true)]);
        assert_eq!(pressures[599], Pressure::default());
        // Sixteen blocks back at first, one block in the end; then every block is searched for, below that each sixteenth.
        let since = |block: usize| pressures[block].since;
        assert_eq!([64, 80, 115].map(since), [48, 79, 114].map(|block| Some(place(block))));
        assert!(pressures[64..116].iter().all(|pressure| pressure.search));
        assert_eq!((0..64).filter(|block| pressures[*block].search).collect::<Vec<_>>(), [16, 32, 48]);

        let mut strict = Governor::new(Bounds { flows: 1_000, held: 1_000 });
        (0..DELAY).for_each(|_| strict.load(Load { flows: 1_001, held: 999 }));
        let pressure = strict.pressure(2 * DELAY - 1, place(2 * DELAY - 1));
        assert_eq!((pressure.flows, pressure.held), (4, 0));
        assert_eq!([1_999, 2_000, 4_000, u64::MAX].map(|load| step(0, load, 1_000, MAX_LEVEL)), [4, 8, 16, 16]);
        assert_eq!((step(5, 500, 1_000, 15), step(5, 499, 1_000, 15), step(9, u64::MAX, 1_000, 15)), (5, 4, 15));
    }
}
