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
        // draft-ietf-quic-tls-21 and -22; 21 has shorter id lengths, which are not read. mvfst 01 follows draft 24 with this salt
        // (mvfst, FizzCryptoFactory).
        0xff00_0016 | 0xface_b001 => v1(*b"\x7f\xbc\xdb\x0e\x7c\x66\xbb\xe9\x19\x3a\x96\xcd\x21\x51\x9e\xbd\x7a\x02\x64\x4a"),
        // Google's with TLS (Chromium, quic/core/crypto/crypto_utils.cc); those whose names begin with Q have another handshake.
        0x5430_3530 => v1(*b"\x7f\xf5\x79\xe5\xac\xd0\x72\x91\x55\x80\x30\x4c\x43\xa2\x36\x7c\x60\x48\x83\x10"),
        0x5430_3531 => v1(*b"\x7a\x4e\xde\xf4\xe7\xcc\xee\x5f\xa4\x50\x6c\x19\x12\x4f\xc8\xcc\xda\x6e\x03\x3d"),
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
            let Material { key, iv, header } = material(&initial, label, prefix)?;
            let packet = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
            Some(SideKeys { packet, iv, header: HeaderProtectionKey::new(&quic::AES_128, &header).ok()? })
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

/// What the keys of a side are made of.
#[derive(Debug, PartialEq, Eq)]
struct Material {
    key: [u8; 16],
    iv: [u8; 12],
    header: [u8; 16],
}

fn material(initial: &hkdf::Prk, label: &str, prefix: &str) -> Option<Material> {
    let secret: [u8; 32] = expand(initial, label)?;
    let secret = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &secret);
    let of = |name: &str| format!("{prefix} {name}");
    Some(Material { key: expand(&secret, &of("key"))?, iv: expand(&secret, &of("iv"))?, header: expand(&secret, &of("hp"))? })
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

#[cfg(test)]
mod tests {
    use super::super::{packet, vectors};
    use super::*;

    /// The Destination Connection ID of all samples.
    const ID: &[u8] = b"\x83\x94\xc8\xf0\x3e\x51\x57\x08";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    /// RFC 9001 and RFC 9369, appendix A.1 of both.
    #[test]
    fn keys_of_the_samples() {
        let check = |version: u32, label: &str, key: &str, iv: &str, header: &str| {
            let (salt, prefix) = derivation(version).unwrap();
            let found = material(&hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(ID), label, prefix).unwrap();
            assert_eq!((found.key.to_vec(), found.iv.to_vec(), found.header.to_vec()), (bytes(key), bytes(iv), bytes(header)), "{label}");
        };
        let (client, server) = ("client in", "server in");
        check(1, client, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2");
        check(1, server, "cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03e", "c206b8d9b9f0f37644430b490eeaa314");
        check(0x6b33_43cf, client, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9");
        check(0x6b33_43cf, server, "82db637861d55e1d011f19ea71d5d2a7", "dd13c276499c0249d3310652", "edf6d05c83121201b436e16877593c3a");
    }

    /// The same, appendices A.2 and A.3: opened with the keys of their own version and side, and no others; nor with a bit
    /// of them turned over.
    #[test]
    fn packets_of_the_samples() {
        let check = |version: u32, other: u32, from_client: bool, packet: &str, number: u64, frames: &str, len: usize| {
            let packet = bytes(packet);
            let read = packet::read(&packet).unwrap();
            let keys = Keys::new(version, ID).unwrap();
            let opened = keys.open(&read, from_client, None).unwrap();
            let mut expected = bytes(frames);
            expected.resize(len, 0);
            assert_eq!((opened.number, opened.payload), (number, expected));
            assert!(keys.open(&read, !from_client, None).is_none());
            assert!(Keys::new(other, ID).unwrap().open(&read, from_client, None).is_none());
            for bit in (0..packet.len() * 8).step_by(if from_client { 37 } else { 1 }) {
                let mut damaged = packet.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert!(packet::read(&damaged).is_none_or(|packet| keys.open(&packet, from_client, None).is_none()), "{bit}");
            }
        };
        check(1, 0x6b33_43cf, true, vectors::CLIENT_V1, 2, vectors::CLIENT_FRAME, 1162);
        check(1, 0xff00_001d, false, vectors::SERVER_V1, 1, vectors::SERVER_FRAMES, 99);
        check(0x6b33_43cf, 1, true, vectors::CLIENT_V2, 2, vectors::CLIENT_FRAME, 1162);
        check(0x6b33_43cf, 1, false, vectors::SERVER_V2, 1, vectors::SERVER_FRAMES, 99);
    }
}
