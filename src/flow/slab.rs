//! Slots in chunks: values stay where they are as it grows, and a slot that was freed is used again.

/// Values in a chunk.
const CHUNK: usize = 1024;

/// A growing table of slots.
#[derive(Debug)]
pub struct Slab<T> {
    chunks: Vec<Vec<Option<T>>>,
    /// How many values each holds.
    used: Vec<u32>,
    free: Vec<u32>,
    len: usize,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { chunks: Vec::new(), used: Vec::new(), free: Vec::new(), len: 0 }
    }
}

impl<T> Slab<T> {
    /// How many slots hold a value.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Puts a value in a free slot.
    pub fn insert(&mut self, value: T) -> u32 {
        self.len += 1;
        if let Some(slot) = self.free.pop() {
            self.used[slot as usize / CHUNK] += 1;
            if let Some(place) = self.place(slot) {
                *place = Some(value);
            }
            return slot;
        }
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(Some(value)),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(Some(value));
                self.chunks.push(chunk);
                self.used.push(0);
            }
        }
        self.used[self.chunks.len() - 1] += 1;
        self.slots() - 1
    }

    /// Takes the value out of a slot and frees it.
    pub fn remove(&mut self, slot: u32) -> Option<T> {
        let value = self.place(slot)?.take()?;
        self.len -= 1;
        self.used[slot as usize / CHUNK] -= 1;
        self.free.push(slot);
        Some(value)
    }

    /// The value in a slot.
    pub fn get(&self, slot: u32) -> Option<&T> {
        self.chunks.get(slot as usize / CHUNK)?.get(slot as usize % CHUNK)?.as_ref()
    }

    /// The value in a slot.
    pub fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.place(slot)?.as_mut()
    }

    /// The first slot from this one on that holds a value. Chunks without any are passed over.
    pub fn next_used(&self, from: u32) -> Option<u32> {
        let mut slot = from as usize;
        loop {
            let chunk = self.chunks.get(slot / CHUNK)?;
            let held =
                if self.used[slot / CHUNK] == 0 { None } else { chunk[(slot % CHUNK).min(chunk.len())..].iter().position(Option::is_some) };
            match held {
                Some(at) => return Some((slot + at) as u32),
                None => slot = (slot / CHUNK + 1) * CHUNK,
            }
        }
    }

    /// One past the highest slot that was ever used.
    pub fn slots(&self) -> u32 {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        (full + self.chunks.last().map_or(0, Vec::len)) as u32
    }

    fn place(&mut self, slot: u32) -> Option<&mut Option<T>> {
        self.chunks.get_mut(slot as usize / CHUNK)?.get_mut(slot as usize % CHUNK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_used_again() {
        let mut slab = Slab::default();
        let slots: Vec<u32> = (0..3000).map(|value| slab.insert(value)).collect();
        assert_eq!((slab.len(), slab.slots(), slots[2999]), (3000, 3000, 2999));
        assert_eq!((slab.remove(1500), slab.remove(1500), slab.get(1500)), (Some(1500), None, None));
        assert_eq!((slab.insert(7), slab.get(1500), slab.get(9999)), (1500, Some(&7), None));
        assert_eq!((slab.len(), slab.slots()), (3000, 3000));
        let all = |slab: &Slab<u32>| std::iter::successors(slab.next_used(0), |slot| slab.next_used(slot + 1)).collect::<Vec<_>>();
        assert!(all(&slab).into_iter().eq(0..3000));
        (5..2990).for_each(|slot| assert!(slab.remove(slot).is_some()));
        assert!(all(&slab).into_iter().eq((0..5).chain(2990..3000)));
        assert_eq!((slab.next_used(3000), slab.next_used(u32::MAX), Slab::<u32>::default().next_used(0)), (None, None, None));
    }
}
