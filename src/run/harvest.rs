//! What threads bring in from all flows alike, whatever series and lane they are of: counts, and rows as text.
//!
//! ```text
//!  a series on one thread ── holds one from its first packet to its last ──┐
//!  a lane of a large one ─── holds one while it follows a block ───────────┴──► given back, merged at the end
//! ```
//!
//! Counts merge in any order, so a thread may go on with what another began. There are never more of them than threads,
//! however many captures and lanes there are: that is memory that is not needed, and merging that is not done.

use super::lock;
use super::store::{RowStore, Run as Rows};
use crate::census::Census;
use rayon::prelude::*;
use std::sync::Mutex;

/// Bytes of rows that all harvests together may hold, about, before they go to the store.
const MAX_ROWS: usize = 1 << 20;

/// What is collected of every flow.
#[derive(Default)]
pub struct Harvest {
    /// Counts.
    pub census: Census,
    /// Rows, unsorted.
    pub rows: Rows,
}

/// The harvests that nobody holds.
pub struct Harvests {
    free: Mutex<Vec<Harvest>>,
    /// What large ones came to: so that many servers are not held by every thread.
    large: Mutex<Census>,
    /// Bytes of rows that one of them holds before they go to the store.
    most: usize,
}

impl Harvests {
    /// For so many threads.
    pub fn new(threads: usize) -> Self {
        Harvests { free: Mutex::default(), large: Mutex::default(), most: (MAX_ROWS / threads.max(1)).max(MAX_ROWS / 64) }
    }

    /// One to add to: the last that was given back, whose memory is in the cache.
    pub fn take(&self) -> Harvest {
        lock(&self.free).pop().unwrap_or_default()
    }

    /// Gives one back.
    pub fn give(&self, mut harvest: Harvest) {
        if harvest.census.is_large() {
            let census = std::mem::take(&mut harvest.census);
            lock(&self.large).merge(census);
        }
        lock(&self.free).push(harvest);
    }

    /// Moves rows to the store, if there are many.
    pub fn relieve(&self, harvest: &mut Harvest, store: &RowStore) {
        if harvest.rows.len() > self.most {
            harvest.rows = store.add(std::mem::take(&mut harvest.rows));
        }
    }

    /// All counts; all rows go to the store.
    pub fn merge(&self, store: &RowStore) -> Census {
        let all = std::mem::take(&mut *lock(&self.free));
        let large = std::mem::take(&mut *lock(&self.large));
        let rest = all
            .into_par_iter()
            .map(|harvest| {
                store.add(harvest.rows);
                harvest.census
            })
            .reduce(Census::default, |mut left, right| {
                left.merge_side_by_side(right);
                left
            });
        let mut all = large;
        all.merge_side_by_side(rest);
        all
    }
}
