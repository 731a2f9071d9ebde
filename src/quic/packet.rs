//! Packets in a datagram, as far as their headers are plain (RFC 8999, RFC 9000 section 17).
//!
//! ```text
//!  long   | 1 F TT xxxx | version 4 | len 1 | destination id | len 1 | source id | ...
//!           Initial       [token length | token] | length | number 1 to 4 | payload
//!           0-RTT, Handshake                       length | number 1 to 4 | payload
//!           Retry         token | tag 16                                             to the end of the datagram
//!  version 0: Version Negotiation: versions of 4 bytes, to the end of the datagram
//!  short  | 0 F xxxxxx | destination id | number | payload                           to the end of the datagram
//! ```
//! Ids have up to 20 bytes in the versions that are read, up to 255 in others (RFC 8999 section 5.1): Version Negotiation has those
//! of what it answers. F is 1, but between those who agreed to grease it (RFC 9287) it may be anything, so it decides nothing here.

use super::initial::is_readable;

/// The longest connection id of versions that are read here (RFC 9000 section 17.2).
const MAX_ID: usize = 20;
/// The shortest packet with a short header: a byte, a number and payload of 4, a tag of 16 (RFC 9001 section 5.4.2).
const MIN_SHORT: usize = 21;

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Carries the first CRYPTO frames, under keys that everybody knows.
    Initial,
    /// Early data.
    ZeroRtt,
    /// The rest of the handshake, encrypted.
    Handshake,
    /// Asks the client to come again with a token.
    Retry,
    /// Lists the versions that the server speaks.
    VersionNegotiation,
    /// Application data, with a short header.
    OneRtt,
    /// A long header of a version that nobody here knows, with ids that no version here has.
    Unknown,
}

/// A packet with its header in plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'b> {
    /// What it is.
    pub kind: Kind,
    /// The version; 0 of a short header.
    pub version: u32,
    /// Destination connection id; empty of a short header, whose id has a length that only its receiver knows.
    pub destination: &'b [u8],
    /// Source connection id.
    pub source: &'b [u8],
    /// All of it.
    pub bytes: &'b [u8],
    /// Where in [`Packet::bytes`] the packet number begins, still protected; the versions in a Version Negotiation.
    pub number_at: usize,
}

/// A variable-length integer (RFC 9000 section 16) at `at`, and what follows it.
pub fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    let len = 1 << (first >> 6);
    let rest = bytes.get(at + 1..at + len)?;
    let value = rest.iter().fold(u64::from(first & 0x3f), |value, byte| value << 8 | u64::from(*byte));
    Some((value, at + len))
}

impl Packet<'_> {
    /// The versions that a Version Negotiation lists; none where bytes are left over.
    pub fn versions(&self) -> impl Iterator<Item = u32> {
        let (list, rest) = self.bytes.get(self.number_at..).unwrap_or_default().as_chunks::<4>();
        let list = if rest.is_empty() && self.kind == Kind::VersionNegotiation { list } else { &[] };
        list.iter().map(|version| u32::from_be_bytes(*version))
    }
}

/// Reads the packet at the start of what is left of a datagram. None where none begins there, or it is cut.
pub fn read(bytes: &[u8]) -> Option<Packet<'_>> {
    let first = *bytes.first()?;
    let empty = Packet { kind: Kind::OneRtt, version: 0, destination: &[], source: &[], bytes, number_at: 0 };
    if first & 0x80 == 0 {
        // Zeros behind a packet fill the datagram.
        return (bytes.len() >= MIN_SHORT && bytes.iter().any(|byte| *byte != 0)).then_some(empty);
    }
    let version = u32::from_be_bytes(bytes.get(1..5)?.try_into().ok()?);
    let (destination, at) = id(bytes, 5)?;
    let (source, at) = id(bytes, at)?;
    let packet = |kind| Packet { kind, version, destination, source, ..empty };
    if version == 0 {
        return Some(Packet { number_at: at, ..packet(Kind::VersionNegotiation) });
    }
    if destination.len() > MAX_ID || source.len() > MAX_ID {
        return (!is_readable(version)).then(|| packet(Kind::Unknown));
    }
    let kind = kind(first, version);
    let at = match kind {
        Kind::Retry => return Some(packet(kind)),
        Kind::Initial => {
            let (token, at) = varint(bytes, at)?;
            at.checked_add(usize::try_from(token).ok()?)?
        }
        _ => at,
    };
    let (len, number_at) = varint(bytes, at)?;
    let end = number_at.checked_add(usize::try_from(len).ok()?)?;
    Some(Packet { bytes: bytes.get(..end)?, number_at, ..packet(kind) })
}

fn id(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let end = at + 1 + usize::from(*bytes.get(at)?);
    Some((bytes.get(at + 1..end)?, end))
}

/// The type bits of a long header: version 2 has them turned by one (RFC 9369 section 3.2).
fn kind(first: u8, version: u32) -> Kind {
    let bits = first >> 4 & 3;
    let turned = if matches!(version, 0x6b33_43cf | 0x709a_50c4) { bits.wrapping_sub(1) & 3 } else { bits };
    [Kind::Initial, Kind::ZeroRtt, Kind::Handshake, Kind::Retry][usize::from(turned)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_length() {
        // RFC 9000 appendix A.1.
        let check = |bytes: &[u8], value: u64| assert_eq!(varint(bytes, 0), Some((value, bytes.len())));
        check(&[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c], 151_288_809_941_952_652);
        check(&[0x9d, 0x7f, 0x3e, 0x7d], 494_878_333);
        check(&[0x7b, 0xbd], 15_293);
        check(&[0x25], 37);
        check(&[0x40, 0x25], 37);
        assert_eq!(varint(&[0x40], 0), None);
        assert_eq!(varint(&[], 0), None);
    }

    #[test]
    fn packets_follow_one_another() {
        let initial = [&[0xc1, 0, 0, 0, 1, 2, 8, 9, 1, 7, 3, 1, 2, 3, 4][..], &[5; 4]].concat();
        let handshake = [&[0xe1, 0, 0, 0, 1, 1, 7, 2, 8, 9, 6][..], &[6; 6]].concat();
        let short = [0x41; MIN_SHORT];
        let bytes = [&initial[..], &handshake, &short].concat();
        let first = read(&bytes).unwrap();
        assert_eq!((first.kind, first.destination, first.source), (Kind::Initial, &[8, 9][..], &[7][..]));
        assert_eq!((first.bytes, first.number_at), (&initial[..], 15));
        let second = read(&bytes[initial.len()..]).unwrap();
        assert_eq!((second.kind, second.bytes), (Kind::Handshake, &handshake[..]));
        let third = read(&bytes[initial.len() + handshake.len()..]).unwrap();
        assert_eq!((third.kind, third.bytes.len()), (Kind::OneRtt, MIN_SHORT));
        assert_eq!(read(&short[1..]), None);
        assert_eq!(read(&[0; 1000]), None);
        for end in 0..initial.len() {
            assert_eq!(read(&bytes[..end]), None, "{end}");
        }
        let other = |first: u8, version: u32| {
            let mut bytes = initial.clone();
            bytes[0] = first;
            bytes[1..5].copy_from_slice(&version.to_be_bytes());
            read(&bytes).map(|packet| packet.kind)
        };
        assert_eq!(other(0xd1, 0x6b33_43cf), Some(Kind::Initial));
        assert_eq!(other(0xc1, 0x6b33_43cf), Some(Kind::Retry));
        assert_eq!(other(0xf1, 1), Some(Kind::Retry));
        assert_eq!(other(0xc1, 0), Some(Kind::VersionNegotiation));
        assert_eq!(other(0x81, 1), Some(Kind::Initial));
    }

    #[test]
    fn ids_of_other_versions_are_longer() {
        let long = |version: u32, rest: &[u8]| [&[0x80][..], &version.to_be_bytes(), &[30], &[7; 30], &[255], &[9; 255], rest].concat();
        let bytes = long(0, &[0, 0, 0, 1, 0x1a, 0x2a, 0x3a, 0x4a]);
        let negotiation = read(&bytes).unwrap();
        assert_eq!(
            (negotiation.kind, negotiation.destination, negotiation.source),
            (Kind::VersionNegotiation, &[7; 30][..], &[9; 255][..])
        );
        assert_eq!(negotiation.versions().collect::<Vec<_>>(), [1, 0x1a2a_3a4a]);
        assert_eq!(read(&bytes[..bytes.len() - 1]).unwrap().versions().count(), 0);
        assert_eq!(read(&long(0x1a2a_3a4a, &[1; 50])).unwrap().kind, Kind::Unknown);
        assert_eq!(read(&long(1, &[1; 50])), None);
    }
}
