//! The protection of Initial packets, which everybody can take off (RFC 9001 sections 5.2 to 5.4).

use super::packet::Packet;
use ring::aead::quic::HeaderProtectionKey;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey, quic};
use ring::hkdf;

/// The salt and the prefix of the labels of a version.
fn derivation(version: u32) -> Option<([u8; 20], &'static str)> {
    let v1 = |salt| Some((salt, "quic"));
    match version {
        // RFC 9001 section 5.2; drafts 33 and 34 have the same.
        1 | 0xff00_0021 | 0xff00_0022 => v1(*b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a"),
        // RFC 9369 section 3.3.
        0x6b33_43cf => Some((*b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9", "quicv2")),
        // draft-ietf-quic-v2-00 to -07.
        0x709a_50c4 => Some((*b"\xa7\x07\xc2\x03\xa5\x9b\x47\x18\x4a\x1d\x62\xca\x57\x04\x06\xea\x7a\xe3\xe5\xd3", "quicv2")),
        // draft-ietf-quic-tls-29 to -32.
        0xff00_001d..=0xff00_0020 => v1(*b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99"),
        // draft-ietf-quic-tls-23 to -28, and mvfst, which follows draft 27.
        0xff00_0017..=0xff00_001c | 0xface_b002 => v1(*b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02"),
        _ => None,
    }
}

/// Whether Initial packets of a version can be read.
pub fn is_readable(version: u32) -> bool {
    derivation(version).is_some()
}

/// The keys of both sides' Initial packets.
pub struct Keys {
    /// Of the client, then of the server.
    sides: [SideKeys; 2],
}

struct SideKeys {
    packet: LessSafeKey,
    iv: [u8; 12],
    header: HeaderProtectionKey,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keys")
    }
}

impl Keys {
    /// From the Destination Connection ID of the client's first Initial packet, or of the first after a Retry.
    pub fn new(version: u32, destination: &[u8]) -> Option<Self> {
        let (salt, prefix) = derivation(version)?;
        let initial = hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(destination);
        let side = |label: &str| {
            let secret: [u8; 32] = expand(&initial, label)?;
            let secret = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &secret);
            let key: [u8; 16] = expand(&secret, &format!("{prefix} key"))?;
            let header: [u8; 16] = expand(&secret, &format!("{prefix} hp"))?;
            Some(SideKeys {
                packet: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?),
                iv: expand(&secret, &format!("{prefix} iv"))?,
                header: HeaderProtectionKey::new(&quic::AES_128, &header).ok()?,
            })
        };
        Some(Keys { sides: [side("client in")?, side("server in")?] })
    }

    /// Takes the protection off a packet of the client or the server; none where it was made with other keys, or damaged.
    /// `largest` is the largest number seen of that side.
    pub fn open(&self, packet: &Packet<'_>, from_client: bool, largest: Option<u64>) -> Option<Opened> {
        let keys = &self.sides[usize::from(!from_client)];
        let mut bytes = packet.bytes.to_vec();
        // The sample lies where it would if the number had four bytes (RFC 9001 section 5.4.2).
        let at = packet.number_at;
        let mask = keys.header.new_mask(bytes.get(at + 4..at + 20)?).ok()?;
        bytes[0] ^= mask[0] & 0x0f;
        let len = usize::from(bytes[0] & 3) + 1;
        for (byte, mask) in bytes[at..at + len].iter_mut().zip(&mask[1..]) {
            *byte ^= mask;
        }
        let truncated = bytes[at..at + len].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let number = whole_number(truncated, len * 8, largest);
        let mut nonce = keys.iv;
        for (byte, part) in nonce[4..].iter_mut().zip(number.to_be_bytes()) {
            *byte ^= part;
        }
        let mut payload = bytes.split_off(at + len);
        let plain = keys.packet.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&bytes), &mut payload).ok()?.len();
        payload.truncate(plain);
        Some(Opened { number, payload, payload_at: at + len })
    }
}

/// A packet without its protection.
#[derive(Debug)]
pub struct Opened {
    /// Its number.
    pub number: u64,
    /// Its frames.
    pub payload: Vec<u8>,
    /// Where these began in the packet.
    pub payload_at: usize,
}

/// The number that is nearest to the next expected one (RFC 9000 appendix A.3).
fn whole_number(truncated: u64, bits: usize, largest: Option<u64>) -> u64 {
    let expected = largest.map_or(0, |largest| largest + 1);
    let window = 1u64 << bits;
    let candidate = (expected & !(window - 1)) | truncated;
    if candidate + window / 2 <= expected && candidate < (1 << 62) - window {
        candidate + window
    } else if candidate > expected + window / 2 && candidate >= window {
        candidate - window
    } else {
        candidate
    }
}

/// HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446 section 7.1).
fn expand<const N: usize>(secret: &hkdf::Prk, label: &str) -> Option<[u8; N]> {
    struct Length(usize);
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let info = [&(N as u16).to_be_bytes()[..], &[(6 + label.len()) as u8], b"tls13 ", label.as_bytes(), &[0]];
    let mut out = [0; N];
    secret.expand(&info, Length(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}
