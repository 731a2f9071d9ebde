//! A map that keeps the first few keys in their order. Such a choice merges in any order, and what is kept is exact: a
//! key among the first of all was among the first of every part.

use super::pairs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first `LIMIT` values by key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "K: Serialize, V: Serialize", deserialize = "K: Deserialize<'de> + Ord, V: Deserialize<'de>"))]
pub struct First<K, V, const LIMIT: usize> {
    #[serde(with = "pairs")]
    pub(super) held: BTreeMap<K, V>,
}

impl<K, V, const LIMIT: usize> Default for First<K, V, LIMIT> {
    fn default() -> Self {
        First { held: BTreeMap::new() }
    }
}

impl<K: Ord, V, const LIMIT: usize> First<K, V, LIMIT> {
    /// Whether a value with this key would be kept.
    pub fn wants(&self, key: &K) -> bool {
        self.held.len() < LIMIT || self.held.last_key_value().is_some_and(|(last, _)| key <= last)
    }

    /// The place for a key, made if it is among the first.
    pub fn entry(&mut self, key: K) -> Option<&mut V>
    where
        V: Default,
    {
        if self.held.len() >= LIMIT {
            if !self.wants(&key) {
                return None;
            }
            // It is there, or comes before the last.
            if !self.held.contains_key(&key) {
                self.held.pop_last();
            }
        }
        Some(self.held.entry(key).or_default())
    }
}
