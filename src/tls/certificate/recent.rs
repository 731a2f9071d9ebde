//! The certificates that a thread saw last: a chain that comes again costs a comparison, not a hash and not a reading.
//!
//! ```text
//!  DER ──► length and last bytes ──► slot ──► the same bytes? ──yes──► the certificate that stands there
//!                                                        └────no───► read, hash, put in its place
//! ```
//!
//! The end of a certificate is its signature, which tells certificates apart; an attacker who makes many with the same
//! end makes them take one another's place, nothing more. What is held is a function of the bytes alone, so no result
//! depends on which thread saw what. At most 512 certificates of 8 KiB a thread: 4 MiB and what was read from them.

use super::{Certificate, x509};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::sync::Arc;

const SLOTS: usize = 512;
/// Longer ones are read each time.
const MAX_DER: usize = 8 << 10;

type Slot = Option<(Box<[u8]>, Arc<Certificate>)>;

thread_local! {
    static RECENT: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// The certificate of a DER.
pub fn certificate(der: &[u8]) -> Arc<Certificate> {
    if der.len() > MAX_DER {
        return Arc::new(read(der));
    }
    RECENT.with_borrow_mut(|slots| {
        if slots.is_empty() {
            slots.resize(SLOTS, None);
        }
        let slot = &mut slots[place(der)];
        match slot {
            Some((held, certificate)) if **held == *der => certificate.clone(),
            _ => {
                let certificate = Arc::new(read(der));
                *slot = Some((der.into(), certificate.clone()));
                certificate
            }
        }
    })
}

fn read(der: &[u8]) -> Certificate {
    Certificate { id: Sha256::digest(der).into(), der_bytes: der.len() as u32, x509: x509::read(der) }
}

/// A slot by length and the last eight bytes (the finishing mix of SplitMix64).
fn place(der: &[u8]) -> usize {
    let last = der.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    let mixed = (last ^ der.len() as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_comes_again_is_the_same_one_and_one_with_its_end_is_not() {
        let first = certificate(b"one 12345678");
        assert!(Arc::ptr_eq(&first, &certificate(b"one 12345678")));
        let other = certificate(b"two 12345678");
        assert_eq!(place(b"one 12345678"), place(b"two 12345678"));
        assert_ne!(first.id, other.id);
        assert_eq!(*certificate(b"one 12345678"), *first);
        assert_eq!(certificate(&vec![7; MAX_DER + 1]).der_bytes as usize, MAX_DER + 1);
    }
}
