//! Which keys the Initial packets of a connection are opened with.
//!
//! ```text
//!  client  Initial to A            keys of A; unknown until then: a server's packet alone opens nothing
//!  server  Retry from B            keys of B, from now on too (RFC 9001 section 5.2)
//!  server  Initial, other version  keys of A by the other version, from now on too (RFC 9368 section 2.3)
//! ```
//! Older keys stay beside newer ones, for packets that come late or again; a few, until the Initial phase is over.

use super::initial::{Keys, Opened, is_readable};
use super::packet::Packet;
use crate::flow::Side;

/// Keys that are held at the same time: of the first id, of a Retry, of a change of version.
const MAX_HELD: usize = 3;
/// Ids that new keys are made of, for packets of each side: some for an observer who missed the beginning.
const MAX_MADE: u8 = 8;
/// Initial packets of each side that are opened: a handshake has less than ten.
const MAX_OPENED: u16 = 256;
/// Versions whose keys are tried where the version's own are not known: 1, and drafts 29, 23 and 22, whose keys versions for tests
/// took. A packet that opens proves the guess.
const GUESSES: [u32; 4] = [1, 0xff00_001d, 0xff00_0017, 0xff00_0016];

/// The keys of a connection.
#[derive(Debug, Default)]
pub struct Keyring {
    /// The newest last.
    held: Vec<Held>,
    made: [u8; 2],
    opened: [u16; 2],
    over: bool,
}

#[derive(Debug)]
struct Held {
    version: u32,
    destination: Vec<u8>,
    keys: Keys,
}

impl Keyring {
    /// Takes the protection off an Initial packet, with keys that are held or with new ones.
    pub fn open(&mut self, side: Side, from_client: bool, packet: &Packet<'_>, largest: Option<u64>) -> Option<Opened> {
        let opened = &mut self.opened[side.index()];
        if self.over || *opened == MAX_OPENED {
            return None;
        }
        *opened += 1;
        if let Some(opened) = self.held.iter().rev().find_map(|held| held.keys.open(packet, from_client, largest)) {
            return Some(opened);
        }
        // Each side has tries of its own: a server's packets before the client's first one do not use up the client's.
        let made = &mut self.made[side.index()];
        if *made == MAX_MADE {
            return None;
        }
        *made += 1;
        let of_own_id = if from_client && self.held.iter().all(|held| held.destination != packet.destination) {
            first_keys(packet).map(|(keys, opened)| (packet.destination.to_vec(), keys, opened))
        } else {
            None
        };
        let (destination, keys, opened) = of_own_id.or_else(|| self.of_another_version(packet, from_client, largest))?;
        self.hold(packet.version, destination, keys);
        Some(opened)
    }

    fn of_another_version(&self, packet: &Packet<'_>, from_client: bool, largest: Option<u64>) -> Option<(Vec<u8>, Keys, Opened)> {
        self.held.iter().filter(|held| held.version != packet.version).find_map(|held| {
            let keys = Keys::new(packet.version, &held.destination)?;
            let opened = keys.open(packet, from_client, largest)?;
            Some((held.destination.clone(), keys, opened))
        })
    }

    /// The client will come again to this id.
    pub fn expect(&mut self, version: u32, destination: &[u8]) {
        let held = self.held.iter().any(|held| held.version == version && held.destination == destination);
        if let Some(keys) = Keys::new(version, destination).filter(|_| !held && !self.over) {
            self.hold(version, destination.to_vec(), keys);
        }
    }

    fn hold(&mut self, version: u32, destination: Vec<u8>, keys: Keys) {
        if self.held.len() == MAX_HELD {
            // The first keys stay: a change of version is of their id.
            self.held.remove(1);
        }
        self.held.push(Held { version, destination, keys });
    }

    /// The Initial phase is over: no packet is opened any more.
    pub fn forget(&mut self) {
        self.over = true;
        self.held = Vec::new();
    }

    /// Whether no keys are held yet, nor were.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && !self.over
    }

    /// Whether the Initial phase is over.
    pub fn is_over(&self) -> bool {
        self.over
    }
}

/// The keys that take the protection off a client's packet to an id that no keys were made of yet, and the packet without it.
pub fn first_keys(packet: &Packet<'_>) -> Option<(Keys, Opened)> {
    let own = [packet.version];
    let versions: &[u32] = if is_readable(packet.version) { &own } else { &GUESSES };
    versions.iter().find_map(|version| {
        let keys = Keys::new(*version, packet.destination)?;
        let opened = keys.open(packet, true, None)?;
        Some((keys, opened))
    })
}
