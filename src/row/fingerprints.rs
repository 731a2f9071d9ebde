//! JA3 and JA4 of the ClientHellos that a thread saw last: few programs open most connections, and each offers the same again
//! and again. So a fingerprint costs a comparison, not three hashes.
//!
//! What is held is a function of the hello alone, so no result depends on which thread saw what. At most 256 of 2 KiB a thread.

use super::Word;
use super::assemble::hex;
use crate::tls::fingerprint::{self, Transport};
use crate::tls::hello::ClientHello;
use std::cell::RefCell;
use std::hash::BuildHasher;

const SLOTS: usize = 256;
/// Code points of a hello that is kept; longer ones are fingerprinted each time.
const MAX_CODES: usize = 1 << 10;

/// What the fingerprints of a hello are made of.
#[derive(Debug)]
struct Offer {
    transport: Transport,
    version: u16,
    lists: [Vec<u16>; 5],
    point_formats: Vec<u8>,
    alpn: Option<Vec<u8>>,
}

impl Offer {
    fn of(hello: &ClientHello, transport: Transport) -> Self {
        Offer {
            transport,
            version: hello.version,
            lists: lists(hello).map(<[u16]>::to_vec),
            point_formats: hello.point_formats.clone(),
            alpn: hello.alpn.first().cloned(),
        }
    }

    fn is_of(&self, hello: &ClientHello, transport: Transport) -> bool {
        self.transport == transport
            && self.version == hello.version
            && self.lists.iter().zip(lists(hello)).all(|(held, list)| held == list)
            && self.point_formats == hello.point_formats
            && self.alpn.as_ref() == hello.alpn.first()
    }
}

fn lists(hello: &ClientHello) -> [&[u16]; 5] {
    [&hello.suites, &hello.extensions, &hello.groups, &hello.signature_schemes, &hello.versions]
}

/// JA3 and JA4.
type Prints = (Word, Word);

#[derive(Default)]
struct Recent {
    key: hashbrown::DefaultHashBuilder,
    slots: Vec<Option<(Offer, Prints)>>,
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// JA3 and JA4 of a ClientHello.
pub fn of(hello: &ClientHello, transport: Transport) -> Prints {
    let codes: usize = lists(hello).iter().map(|list| list.len()).sum();
    if codes + hello.point_formats.len() + hello.alpn.first().map_or(0, Vec::len) > MAX_CODES {
        return made(hello, transport);
    }
    RECENT.with_borrow_mut(|recent| {
        if recent.slots.is_empty() {
            recent.slots.resize_with(SLOTS, || None);
        }
        // Extensions tell programs apart best, or are in an order of chance: then the rest finds nothing either.
        let slot = recent.key.hash_one(&lists(hello)[..2]) as usize % SLOTS;
        let slot = &mut recent.slots[slot];
        match slot {
            Some((offer, prints)) if offer.is_of(hello, transport) => prints.clone(),
            _ => {
                let prints = made(hello, transport);
                *slot = Some((Offer::of(hello, transport), prints.clone()));
                prints
            }
        }
    })
}

fn made(hello: &ClientHello, transport: Transport) -> Prints {
    (hex(&fingerprint::ja3(hello)).into(), fingerprint::ja4(hello, transport).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever of the hello changes, what is handed out is what a fresh look gives.
    #[test]
    fn what_is_held_is_that_of_the_same_offer() {
        let plain = ClientHello { version: 0x0303, suites: vec![0x1301, 0x002f], extensions: vec![0, 10, 16], ..ClientHello::default() };
        let changes: [fn(&mut ClientHello); 8] = [
            |hello| hello.version = 0x0301,
            |hello| hello.suites.swap(0, 1),
            |hello| hello.extensions.push(43),
            |hello| hello.groups.push(29),
            |hello| hello.signature_schemes.push(0x0403),
            |hello| hello.versions.push(0x0304),
            |hello| hello.point_formats.push(0),
            |hello| hello.alpn.push(b"h2".to_vec()),
        ];
        for _ in 0..2 {
            for transport in [Transport::Tcp, Transport::Dtls, Transport::Quic] {
                assert_eq!(of(&plain, transport), made(&plain, transport));
                for change in changes {
                    let mut hello = plain.clone();
                    change(&mut hello);
                    assert_eq!(of(&hello, transport), made(&hello, transport));
                    assert_eq!(of(&plain, transport), made(&plain, transport));
                }
            }
        }
    }
}
