//! A hash map that comes out in the order of its keys. What is looked up for every flow (code points, buckets of a histogram,
//! servers) is found by one hash, where a tree compares its way down; the order is only needed at the end.

use hashbrown::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::Hash;

/// Values by key. Its hash is keyed by chance, so no capture can choose keys that collide; nothing depends on it.
#[derive(Debug, Clone)]
pub struct Keyed<K, V>(HashMap<K, V>);

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Keyed(HashMap::new())
    }
}

impl<K: Ord + Hash, V> Keyed<K, V> {
    /// The value of a key, made if it is not there.
    pub fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.0.entry(key).or_default()
    }

    /// The value of a key, made by `new` if it is not there.
    pub fn entry_with(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        self.0.entry(key).or_insert_with(new)
    }

    /// The value of a key.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.0.get_mut(key)
    }

    /// The value of a key, to look at.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key)
    }

    /// Puts a value in its place.
    pub fn insert(&mut self, key: K, value: V) {
        self.0.insert(key, value);
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it in the order of the keys.
    pub fn in_order(&self) -> Vec<(&K, &V)> {
        let mut pairs: Vec<_> = self.0.iter().collect();
        pairs.sort_unstable_by(|left, right| left.0.cmp(right.0));
        pairs
    }

    /// All of it in any order, for what adds up.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values()
    }
}

/// In any order: for merges, where it is without effect.
impl<K, V> IntoIterator for Keyed<K, V> {
    type Item = (K, V);
    type IntoIter = hashbrown::hash_map::IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// As a list of pairs in the order of the keys.
impl<K: Ord + Hash + Serialize, V: Serialize> Serialize for Keyed<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.in_order())
    }
}

impl<'de, K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>> Deserialize<'de> for Keyed<K, V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Keyed(Vec::<(K, V)>::deserialize(from)?.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_out_in_order_and_is_read_back() {
        let mut keyed = Keyed::<u16, u64>::default();
        for key in [500, 1, 9, 500, 500, 1] {
            *keyed.entry(key) += 1;
        }
        assert_eq!(keyed.in_order(), [(&1, &2), (&9, &1), (&500, &3)]);
        let text = serde_json::to_string(&keyed).unwrap();
        assert_eq!(text, "[[1,2],[9,1],[500,3]]");
        assert_eq!(serde_json::from_str::<Keyed<u16, u64>>(&text).unwrap().in_order(), keyed.in_order());
    }
}
