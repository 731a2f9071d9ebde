//! A hash map of so many keys at most. Which keys stay depends on the keys alone: those that come first by a fixed hash,
//! which is as fair as a draw. So what is kept is the same in any order of flows and of merges, and what is kept of a
//! key is whole: one that is among the first of all was among the first of every part, from its first flow on.
//!
//! ```text
//!  rank(key):  0 ──────────── kept ─────────────┤ bound ├──────────── passed over ──────── 2^64
//! ```
//!
//! A quarter more than the bound is held between two cuts, so that a cut, which looks at all keys, is rare.

use super::Server;
use crate::row::Word;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::hash::Hash;
use std::net::IpAddr;

/// A key with a place that is the same in every run, on every machine.
pub trait Ranked: Ord + Hash + Clone {
    /// A hash of the key.
    fn rank(&self) -> u64;
}

/// Values by key, those of the first `LIMIT` keys by rank.
#[derive(Debug, Clone)]
pub struct Bounded<K, V, const LIMIT: usize> {
    held: HashMap<K, V>,
    /// The first key that was cut: nothing from there on is kept.
    bound: Option<(u64, K)>,
}

impl<K, V, const LIMIT: usize> Default for Bounded<K, V, LIMIT> {
    fn default() -> Self {
        Bounded { held: HashMap::new(), bound: None }
    }
}

impl<K: Ranked, V, const LIMIT: usize> Bounded<K, V, LIMIT> {
    /// The value of a key, made by `new` if it is not there; none if the key is beyond the bound.
    pub fn entry_with(&mut self, key: K, new: impl FnOnce() -> V) -> Option<&mut V> {
        self.cut();
        match self.held.entry(key) {
            Entry::Occupied(place) => Some(place.into_mut()),
            Entry::Vacant(place) if is_beyond(self.bound.as_ref(), place.key()) => None,
            Entry::Vacant(place) => Some(place.insert(new())),
        }
    }

    /// Takes in the values of another map; `add` puts two of the same key together.
    pub fn merge(&mut self, other: Self, mut add: impl FnMut(&mut V, V)) {
        if self.held.is_empty() && self.bound.is_none() {
            *self = other;
            return;
        }
        for (key, theirs) in other.held {
            self.cut();
            match self.held.entry(key) {
                Entry::Occupied(mut place) => add(place.get_mut(), theirs),
                Entry::Vacant(place) if is_beyond(self.bound.as_ref(), place.key()) => {}
                Entry::Vacant(place) => drop(place.insert(theirs)),
            }
        }
    }

    /// Lets go what is not kept, if it has become much.
    fn cut(&mut self) {
        if self.held.len() > LIMIT + LIMIT / 4
            && let Some((rank, first)) = self.end()
        {
            self.held.retain(|key, _| (key.rank(), key) < (rank, &first));
            self.bound = Some((rank, first));
        }
    }

    /// The first key that is held and not kept.
    fn end(&self) -> Option<(u64, K)> {
        if self.held.len() <= LIMIT {
            return None;
        }
        let mut keys: Vec<(u64, &K)> = self.held.keys().map(|key| (key.rank(), key)).collect();
        let (_, (rank, first), _) = keys.select_nth_unstable(LIMIT);
        Some((*rank, (*first).clone()))
    }

    /// Whether so much is held that another thread should not hold as much of its own: a quarter of the bound.
    pub fn is_large(&self) -> bool {
        self.held.len() > LIMIT / 4
    }

    /// All that is kept, in any order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let end = self.end();
        self.held.iter().filter(move |(key, _)| end.as_ref().is_none_or(|(rank, first)| (key.rank(), *key) < (*rank, first)))
    }

    /// All that is kept, in the order of the keys.
    pub fn in_order(&self) -> Vec<(&K, &V)> {
        let mut pairs: Vec<_> = self.iter().collect();
        pairs.sort_unstable_by(|left, right| left.0.cmp(right.0));
        pairs
    }
}

fn is_beyond<K: Ranked>(bound: Option<&(u64, K)>, key: &K) -> bool {
    bound.is_some_and(|(rank, first)| (key.rank(), key) >= (*rank, first))
}

/// As a list of pairs in the order of the keys.
impl<K: Ranked + Serialize, V: Serialize, const LIMIT: usize> Serialize for Bounded<K, V, LIMIT> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.in_order())
    }
}

impl<'de, K: Deserialize<'de> + Ranked, V: Deserialize<'de>, const LIMIT: usize> Deserialize<'de> for Bounded<K, V, LIMIT> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut bounded = Bounded::default();
        for (key, value) in Vec::<(K, V)>::deserialize(from)? {
            bounded.entry_with(key, || value);
        }
        Ok(bounded)
    }
}

/// How many distinct members groups have: exact while there are fewer than `LIMIT` pairs of group and member, beyond it
/// estimated from the pairs that are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
#[serde(bound(serialize = "K: Ranked + Serialize", deserialize = "K: Ranked + Deserialize<'de>"))]
pub struct Distinct<K, const LIMIT: usize>(Bounded<K, (), LIMIT>);

impl<K, const LIMIT: usize> Default for Distinct<K, LIMIT> {
    fn default() -> Self {
        Distinct(Bounded::default())
    }
}

impl<K: Ranked, const LIMIT: usize> Distinct<K, LIMIT> {
    /// Counts a pair of group and member, once.
    pub fn add(&mut self, pair: K) {
        self.0.entry_with(pair, || ());
    }

    /// Whether another thread should not hold as many.
    pub fn is_large(&self) -> bool {
        self.0.is_large()
    }

    /// Takes in the pairs of another one.
    pub fn merge(&mut self, other: Self) {
        self.0.merge(other.0, |(), ()| ());
    }

    /// The members of each group, and whether that is an estimate.
    pub fn counts<G: Ord>(&self, group: impl Fn(&K) -> G) -> (BTreeMap<G, u64>, bool) {
        let mut counts: BTreeMap<G, u64> = BTreeMap::new();
        let (mut kept, mut last) = (0, 0);
        for (pair, ()) in self.0.iter() {
            *counts.entry(group(pair)).or_default() += 1;
            (kept, last) = (kept + 1, last.max(pair.rank()));
        }
        // Of pairs whose ranks are spread evenly, the last of those kept tells which part of all they are.
        if kept >= LIMIT {
            let part = u128::from(last).max(1);
            counts.values_mut().for_each(|count| *count = u64::try_from((u128::from(*count) << 64) / part).unwrap_or(u64::MAX));
        }
        (counts, kept >= LIMIT)
    }
}

/// FNV-1a, then the finishing mix of SplitMix64.
fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let hash = bytes.into_iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// An address as 16 bytes: IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2).
pub(super) fn address(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

impl Ranked for Server {
    fn rank(&self) -> u64 {
        hash(address(self.0).into_iter().chain(self.1.to_be_bytes()))
    }
}

impl Ranked for Word {
    fn rank(&self) -> u64 {
        hash(self.bytes())
    }
}

impl Ranked for (u16, Server) {
    fn rank(&self) -> u64 {
        hash(self.0.to_be_bytes().into_iter().chain(self.1.rank().to_be_bytes()))
    }
}

impl Ranked for ([u8; 32], Server) {
    fn rank(&self) -> u64 {
        hash(self.0.into_iter().chain(self.1.rank().to_be_bytes()))
    }
}

impl Ranked for (u64, u64, u64) {
    fn rank(&self) -> u64 {
        hash([self.0, self.1, self.2].into_iter().flat_map(u64::to_be_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(number: u32) -> Server {
        (IpAddr::from(number.to_be_bytes()), 443)
    }

    fn of(servers: impl IntoIterator<Item = u32>) -> Bounded<Server, u64, 100> {
        let mut bounded = Bounded::default();
        for number in servers {
            if let Some(count) = bounded.entry_with(server(number), || 0) {
                *count += 1;
            }
        }
        bounded
    }

    fn text(bounded: &Bounded<Server, u64, 100>) -> String {
        serde_json::to_string(bounded).unwrap()
    }

    #[test]
    fn what_is_kept_depends_on_the_keys_alone_and_is_whole() {
        let all = || (0..3_000u32).chain(0..3_000);
        let whole = of(all());
        assert!(whole.held.len() <= 126);
        assert_eq!(whole.in_order().len(), 100);
        assert!(whole.iter().all(|(_, flows)| *flows == 2));
        assert_eq!(text(&of(all().rev())), text(&whole), "backwards");
        for cut in [1, 90, 150, 2_999, 4_000] {
            let (mut left, right) = (of(all().take(cut)), of(all().skip(cut)));
            left.merge(right.clone(), |ours, theirs| *ours += theirs);
            assert_eq!(text(&left), text(&whole), "cut at {cut}");
            let mut read: Bounded<Server, u64, 100> = serde_json::from_str(&text(&right)).unwrap();
            read.merge(of(all().take(cut)), |ours, theirs| *ours += theirs);
            assert_eq!(text(&read), text(&whole), "cut at {cut}, written and read");
        }
        assert_eq!(of(0..100).in_order().len(), 100);
    }

    #[test]
    fn distinct_members_are_exact_and_then_near() {
        let counts = |members: u32| {
            let mut distinct = Distinct::<(u16, Server), 1_000>::default();
            for number in (0..members).chain(0..members) {
                distinct.add((u16::from(number % 4 == 0), server(number)));
            }
            let read: Distinct<(u16, Server), 1_000> = serde_json::from_str(&serde_json::to_string(&distinct).unwrap()).unwrap();
            let (counts, estimated) = read.counts(|pair| pair.0);
            assert_eq!(distinct.counts(|pair| pair.0), (counts.clone(), estimated));
            (counts[&0], counts[&1], estimated)
        };
        assert_eq!(counts(800), (600, 200, false));
        let (three, one, estimated) = counts(40_000);
        assert!(estimated && three.abs_diff(30_000) < 2_000 && one.abs_diff(10_000) < 1_500, "{three} {one}");
    }
}
