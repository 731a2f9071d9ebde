//! The bound on memory: how hard it presses on each block, the same for any number of threads and lanes.
//!
//! ```text
//!  block     0   1   2  ...  16  17  18
//!  load      l0  l1  l2          (what all lanes held after the block, together)
//!  pressure  0   0   0       p(l0) p(l0,l1) p(l0..l2)
//! ```
//! The pressure on a block follows from the loads of the blocks at least [`DELAY`] before it, which every order of work
//! knows by then: no more than [`DELAY`] blocks are under way at once.

use super::memory::Bounds;
use crate::flow::table::{Load, Pressure};
use std::collections::VecDeque;

/// Blocks between a load and the pressure that follows from it; also the most blocks under way.
pub const DELAY: u64 = 16;
/// Bytes of live flows of one series above which time-outs shrink: some 190,000 TLS connections at once, or 2.5 million
/// others.
pub const MAX_FLOWS: u64 = 1 << 30;
/// Bytes held behind holes in one series above which the bound of each direction shrinks.
pub const MAX_HELD: u64 = 64 << 20;
/// The shortest time-out is 2 hours 4 minutes divided by two to this: less than a quarter of a second.
const MAX_SHIFT: u8 = 15;

/// The pressure over the blocks of a series.
#[derive(Debug, Default)]
pub struct Governor {
    bounds: Bounds,
    loads: VecDeque<Load>,
    /// Blocks whose load went into the pressure.
    applied: u64,
    pressure: Pressure,
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

    /// The pressure on block `number`.
    pub fn pressure(&mut self, number: u64) -> Pressure {
        while self.applied + DELAY <= number {
            let Some(load) = self.loads.pop_front() else { break };
            self.applied += 1;
            // What a change does shows only in loads a delay later: no second one before.
            if self.applied.is_multiple_of(DELAY) {
                self.pressure = Pressure {
                    flows: step(self.pressure.flows, load.flows, self.bounds.flows),
                    held: step(self.pressure.held, load.held, self.bounds.held),
                };
            }
        }
        self.pressure
    }
}

/// Three steps up above the bound, six above twice as much, twelve above four times; one down below half of it.
fn step(shift: u8, load: u64, bound: u64) -> u8 {
    if load > bound {
        let far = (load / bound.max(1)).ilog2().min(2);
        (shift + (3 << far)).min(MAX_SHIFT)
    } else if load < bound / 2 {
        shift.saturating_sub(1)
    } else {
        shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_follows_with_a_fixed_delay() {
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
                pressures.push(governor.pressure(number).flows);
            }
            pressures
        };
        let pressures = run(0);
        for ahead in [1, 7, DELAY - 1] {
            assert_eq!(run(ahead), pressures);
        }
        assert_eq!((pressures[30], pressures[31], pressures[110]), (0, 3, MAX_SHIFT));
        assert_eq!(pressures[599], 0);

        let mut strict = Governor::new(Bounds { flows: 1_000, held: 1_000 });
        (0..DELAY).for_each(|_| strict.load(Load { flows: 1_001, held: 999 }));
        let pressure = strict.pressure(2 * DELAY - 1);
        assert_eq!((pressure.flows, pressure.held), (3, 0));
        assert_eq!([1_999, 2_000, 4_000, u64::MAX].map(|load| step(0, load, 1_000)), [3, 6, 12, 12]);
        assert_eq!((step(5, 500, 1_000), step(5, 499, 1_000), step(9, u64::MAX, 1_000)), (5, 4, MAX_SHIFT));
    }
}
