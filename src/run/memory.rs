//! The bound on memory that a user sets, and how it is divided.
//!
//! ```text
//!  --memory ──┬── 3/4    flows that are followed at the same time ┐ a series read alone has all of it;
//!             ├── 1/16   bytes held behind holes                  ┘ of series side by side each an eighth
//!             ├── 1/16   rows before they go to scratch files, 1 to 6 MiB
//!             └── the rest for what the bounds are late by
//! ```
//! What a series may hold follows from the series alone, never from the number of threads, so that the result does not
//! depend on it; so with a bound no more than [`SIDE_BY_SIDE`] series are read at the same time.

use super::govern::{MAX_FLOWS, MAX_HELD};
use super::store::MAX_MEMORY;

/// Series that are read side by side, at most, where memory is bounded.
pub const SIDE_BY_SIDE: usize = 8;

/// What flows and rows may take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory(Option<u64>);

/// Bytes that one series may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Of live flows.
    pub flows: u64,
    /// Behind holes.
    pub held: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { flows: MAX_FLOWS, held: MAX_HELD }
    }
}

impl Memory {
    /// So many bytes, or the bounds that hold where nothing was asked for.
    pub fn of(bytes: Option<u64>) -> Self {
        Memory(bytes)
    }

    /// Whether something was asked for.
    pub fn is_bounded(self) -> bool {
        self.0.is_some()
    }

    /// What a series may hold that is read alone, or beside others.
    pub fn series(self, alone: bool) -> Bounds {
        let Some(bytes) = self.0 else { return Bounds::default() };
        let part = if alone { bytes } else { bytes / SIDE_BY_SIDE as u64 };
        Bounds { flows: part / 4 * 3, held: part / 16 }
    }

    /// What rows may take before they go to scratch files.
    pub fn rows(self) -> usize {
        self.0.map_or(MAX_MEMORY, |bytes| usize::try_from(bytes / 16).unwrap_or(MAX_MEMORY).clamp(1 << 20, MAX_MEMORY))
    }

    /// Series that may be read side by side by so many threads.
    pub fn side_by_side(self, threads: usize) -> usize {
        if self.is_bounded() { threads.min(SIDE_BY_SIDE) } else { threads }
    }

    /// As it is said to the reader.
    pub fn limits(self) -> Vec<(&'static str, String)> {
        let (alone, beside) = (self.series(true), self.series(false));
        let both = |alone: u64, beside: u64| if alone == beside { alone.to_string() } else { format!("{alone}, or {beside} side by side") };
        let mut limits = Vec::new();
        limits.extend(self.0.map(|bytes| ("memory of flows and rows", bytes.to_string())));
        limits.push(("bytes of live flows in a series, at most", both(alone.flows, beside.flows)));
        limits.push(("bytes held behind holes in a series, at most", both(alone.held, beside.held)));
        limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fit_into_the_whole() {
        for bytes in [16 << 20, 100_000_001, 1 << 30, 1 << 40] {
            let memory = Memory::of(Some(bytes));
            let (alone, beside) = (memory.series(true), memory.series(false));
            assert!(alone.flows + alone.held + memory.rows() as u64 <= bytes, "{bytes}");
            assert!((beside.flows + beside.held) * SIDE_BY_SIDE as u64 <= alone.flows + alone.held, "{bytes}");
            assert!((memory.side_by_side(64), memory.side_by_side(2)) == (SIDE_BY_SIDE, 2) && memory.limits().len() == 3);
        }
        let usual = Memory::default();
        assert_eq!((usual.series(true), usual.series(false), usual.rows()), (Bounds::default(), Bounds::default(), MAX_MEMORY));
        assert_eq!((usual.side_by_side(64), usual.limits().len()), (64, 2));
    }
}
