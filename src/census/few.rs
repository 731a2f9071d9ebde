//! A map of so many keys at most, and one more value for all the others: for keys that a peer chooses freely, such as code
//! points, of which everyday captures have a dozen and an attacker could make millions.
//!
//! ```text
//!  usual keys in order | unusual keys in order ........ ┤ LIMIT ├ ─────► others, added up
//! ```
//!
//! Which keys are held depends on the keys alone, and what is held of a key is whole: what was counted of one that has to
//! go goes to the others, where all that comes later of it goes too. So any order of flows and merges comes to the same, and
//! sums over all are exact.

use super::pairs;
use crate::row::Word;
use crate::tls::names;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value that takes in another one.
pub trait Sum: Default {
    /// Adds it.
    fn add(&mut self, other: Self);
}

impl Sum for u64 {
    fn add(&mut self, other: u64) {
        *self += other;
    }
}

/// Whether a key is among those that everyday captures have; they come first.
pub trait Usual: Ord + Clone {
    /// Whether it is.
    fn is_usual(&self) -> bool;
}

/// Versions that are told apart, at most: all that have a name, none, and a few that have none.
pub const MAX_VERSIONS: usize = 56;

/// The version that was agreed on, where that is known.
impl Usual for Option<u16> {
    fn is_usual(&self) -> bool {
        self.is_none_or(|code| names::version(code).is_some())
    }
}

/// How a version is called in tables: its name, else its number; empty where there was none, `other` for those that are not
/// told apart.
pub fn version_name(version: Option<&Option<u16>>) -> Word {
    match version {
        None => "other".into(),
        Some(None) => Word::default(),
        Some(Some(code)) => names::version(*code).map_or_else(|| format!("0x{code:04x}").into(), Word::from),
    }
}

/// Values of the first `LIMIT` keys, usual ones first, and of all others together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "K: Serialize, V: Serialize", deserialize = "K: Deserialize<'de> + Ord, V: Deserialize<'de>"))]
pub struct Few<K, V, const LIMIT: usize> {
    /// By (unusual, key).
    #[serde(with = "pairs")]
    held: BTreeMap<(bool, K), V>,
    others: Option<V>,
}

impl<K, V, const LIMIT: usize> Default for Few<K, V, LIMIT> {
    fn default() -> Self {
        Few { held: BTreeMap::new(), others: None }
    }
}

impl<K: Usual, V: Sum, const LIMIT: usize> Few<K, V, LIMIT> {
    /// The value to count a key in: its own, or that of the others.
    pub fn entry(&mut self, key: K) -> &mut V {
        let key = (!key.is_usual(), key);
        if self.held.contains_key(&key) {
            return self.held.entry(key).or_default();
        }
        if self.held.len() < LIMIT {
            return self.held.entry(key).or_default();
        }
        if self.held.last_key_value().is_some_and(|(last, _)| key < *last)
            && let Some((_, gone)) = self.held.pop_last()
        {
            self.others().add(gone);
            return self.held.entry(key).or_default();
        }
        self.others()
    }

    /// The value of all keys that are not held.
    pub fn others(&mut self) -> &mut V {
        self.others.get_or_insert_default()
    }

    /// Takes in another one.
    pub fn merge(&mut self, other: Self) {
        for ((_, key), value) in other.held {
            self.entry(key).add(value);
        }
        if let Some(others) = other.others {
            self.others().add(others);
        }
    }

    /// All values, with none as the key of the others, which come last; the rest in the order of the keys.
    pub fn in_order(&self) -> Vec<(Option<&K>, &V)> {
        let mut held: Vec<_> = self.held.iter().map(|((_, key), value)| (Some(key), value)).collect();
        held.sort_by(|left, right| left.0.cmp(&right.0));
        held.extend(self.others.iter().map(|others| (None, others)));
        held
    }

    /// All values, to be changed in place.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.held.values_mut().chain(&mut self.others)
    }

    /// All values, in any order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.held.values().chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Usual for u32 {
        fn is_usual(&self) -> bool {
            *self >= 1_000
        }
    }

    fn of(keys: &[u32]) -> Few<u32, u64, 4> {
        let mut few = Few::default();
        keys.iter().for_each(|key| *few.entry(*key) += 1);
        few
    }

    #[test]
    fn what_is_held_follows_from_the_keys_and_nothing_is_lost() {
        let keys = [5, 9, 1, 1_002, 7, 7, 5, 3, 1_000, 9, 2, 1_002, 3, 8];
        let whole = of(&keys);
        let shown: Vec<_> = whole.in_order().into_iter().map(|(key, count)| (key.copied(), *count)).collect();
        assert_eq!(shown, [(Some(1), 1), (Some(2), 1), (Some(1_000), 1), (Some(1_002), 2), (None, 9)]);
        let text = serde_json::to_string(&whole).unwrap();
        for at in 0..=keys.len() {
            let (mut left, right) = (of(&keys[..at]), of(&keys[at..]));
            let mut turned: Few<u32, u64, 4> = serde_json::from_str(&serde_json::to_string(&right).unwrap()).unwrap();
            turned.merge(left.clone());
            left.merge(right);
            assert_eq!(
                (serde_json::to_string(&left).unwrap(), serde_json::to_string(&turned).unwrap()),
                (text.clone(), text.clone()),
                "{at}"
            );
        }
        assert_eq!(of(&[1, 2]).others, None);
    }

    #[test]
    fn every_version_with_a_name_has_its_place() {
        let mut few: Few<Option<u16>, u64, MAX_VERSIONS> = Few::default();
        (0..=u16::MAX).rev().map(Some).chain([None]).for_each(|version| *few.entry(version) += 1);
        let held = few.in_order();
        let kept = |version: Option<u16>| held.iter().any(|(key, _)| *key == Some(&version));
        assert!(names::VERSIONS.iter().all(|(code, _)| kept(Some(*code))) && kept(None));
        assert_eq!(few.values().sum::<u64>(), 65_537);
        assert_eq!(version_name(held.last().unwrap().0), "other");
    }
}
