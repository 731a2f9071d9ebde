//! What stays of connections that are over: enough to know a packet that comes late.
//!
//! ```text
//!  hash ──► index ──► slots     slots never move, so as they grow only four bytes of each are put elsewhere
//! ```

use super::side_by_side::SideBySide;
use super::slab::Slab;
use crate::time::Timestamp;
use hashbrown::HashTable;

/// What stays of a flow that is over. The hash stands for the key: it is keyed, so nobody can make two keys collide, and
/// among ten million tombs chance does so once in some 300,000 runs.
#[derive(Debug)]
pub(super) struct Tomb {
    pub hash: u64,
    /// The last file in which it has a packet.
    pub file: u32,
    pub seen_in: SideBySide,
    /// The sequence numbers of the first bytes of its sides, where known: a SYN with the same one is a late copy.
    pub bases: [u32; 2],
    pub known: [bool; 2],
    /// The clock when its last packet came.
    pub active: Timestamp,
}

/// Tombs by hash.
#[derive(Debug, Default)]
pub(super) struct Tombs {
    index: HashTable<u32>,
    slots: Slab<Tomb>,
}

impl Tombs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// The tomb of a hash.
    pub fn get_mut(&mut self, hash: u64) -> Option<&mut Tomb> {
        let slots = &self.slots;
        let slot = *self.index.find(hash, |slot| slots.get(*slot).is_some_and(|tomb| tomb.hash == hash))?;
        self.slots.get_mut(slot)
    }

    /// Adds one.
    pub fn insert(&mut self, tomb: Tomb) {
        let hash = tomb.hash;
        let slot = self.slots.insert(tomb);
        let slots = &self.slots;
        self.index.insert_unique(hash, slot, |slot| slots.get(*slot).map_or(0, |tomb| tomb.hash));
    }

    /// Removes the tomb of a hash.
    pub fn remove(&mut self, hash: u64) {
        let slots = &self.slots;
        if let Ok(entry) = self.index.find_entry(hash, |slot| slots.get(*slot).is_some_and(|tomb| tomb.hash == hash)) {
            let (slot, _) = entry.remove();
            self.slots.remove(slot);
        }
    }

    /// Keeps those of which that is asked.
    pub fn retain(&mut self, keeps: impl Fn(&Tomb) -> bool) {
        let slots = &mut self.slots;
        self.index.retain(|slot| {
            let kept = slots.get(*slot).is_some_and(&keeps);
            if !kept {
                slots.remove(*slot);
            }
            kept
        });
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Tombs::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tomb(hash: u64) -> Tomb {
        let active = Timestamp(hash as i64);
        Tomb { hash, file: 0, seen_in: SideBySide::default(), bases: [hash as u32; 2], known: [true; 2], active }
    }

    #[test]
    fn tombs_come_and_go() {
        let mut tombs = Tombs::default();
        let hashes = |count: u64| (0..count).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        hashes(5000).for_each(|hash| tombs.insert(tomb(hash)));
        assert_eq!(tombs.len(), 5000);
        assert!(hashes(5000).all(|hash| tombs.get_mut(hash).is_some_and(|tomb| tomb.bases == [hash as u32; 2])));
        hashes(10).for_each(|hash| tombs.remove(hash));
        tombs.remove(7);
        assert!(hashes(10).all(|hash| tombs.get_mut(hash).is_none()));
        tombs.retain(|tomb| tomb.hash.is_multiple_of(2));
        let even = hashes(5000).skip(10).filter(|hash| hash.is_multiple_of(2)).count();
        assert_eq!((tombs.len(), hashes(5000).filter(|hash| tombs.get_mut(*hash).is_some()).count()), (even, even));
        // Slots that were freed are used again.
        hashes(5000).filter(|hash| !hash.is_multiple_of(2)).for_each(|hash| tombs.insert(tomb(hash)));
        assert!(tombs.slots.slots() <= 5000);
        tombs.clear();
        assert_eq!((tombs.len(), tombs.get_mut(0).is_none()), (0, true));
    }
}
