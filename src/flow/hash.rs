//! A keyed hash of flow keys: a capture cannot be made to collide, and nothing that is written depends on the key.

use crate::packet::Key;
use std::hash::{BuildHasher, RandomState};

/// The secret of one run.
#[derive(Debug, Clone, Copy)]
pub struct HashKey([u64; 2]);

impl HashKey {
    /// A fresh secret from the system's randomness.
    pub fn random() -> Self {
        HashKey([RandomState::new().hash_one(1u8), RandomState::new().hash_one(2u8)])
    }

    /// A given secret, for tests and measurements.
    pub fn fixed(low: u64, high: u64) -> Self {
        HashKey([low, high])
    }

    /// Hashes a key: five words, each folded in by a 64×64→128-bit product (the construction of wyhash and folded
    /// multiply hashes).
    pub fn hash(self, key: &Key) -> u64 {
        let word = |bytes: &[u8; 16], at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(eight)
        };
        let ports = u64::from(key.low.port) << 16 | u64::from(key.high.port);
        let mut state = fold(self.0[0] ^ ports, self.0[1] ^ key.tunnel.0);
        state = fold(state ^ word(&key.low.address, 0), self.0[1] ^ word(&key.low.address, 8));
        state = fold(state ^ word(&key.high.address, 0), self.0[0] ^ word(&key.high.address, 8));
        fold(state ^ self.0[1], 0x9e37_79b9_7f4a_7c15)
    }
}

/// The two halves of a 128-bit product, xored.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
