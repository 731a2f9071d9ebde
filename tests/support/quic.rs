//! QUIC connections made by hand: packets protected by an implementation of the tests' own, in UDP over IPv4.

use super::talk::{From, message};
use ring::aead::quic::{AES_128, HeaderProtectionKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

pub use super::datagrams::Datagrams;

pub const V1: u32 = 1;
pub const V2: u32 = 0x6b33_43cf;

/// Where a packet goes, where it comes from, and which id its keys are made of.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a> {
    pub to: &'a [u8],
    pub of: &'a [u8],
    pub keys: &'a [u8],
}

fn varint(value: usize) -> [u8; 4] {
    (value as u32 | 0x8000_0000).to_be_bytes()
}

fn long(version: u32, kind: u8, ids: Ids<'_>) -> Vec<u8> {
    let kind = if version == V2 { (kind + 1) & 3 } else { kind };
    let mut bytes = vec![0xc1 | kind << 4];
    bytes.extend(version.to_be_bytes());
    for id in [ids.to, ids.of] {
        bytes.push(id.len() as u8);
        bytes.extend(id);
    }
    bytes
}

/// A CRYPTO frame.
pub fn crypto(offset: usize, bytes: &[u8]) -> Vec<u8> {
    [&[6][..], &varint(offset), &varint(bytes.len()), bytes].concat()
}

/// CONNECTION_CLOSE of the transport.
pub fn close(code: usize) -> Vec<u8> {
    [&[0x1c][..], &varint(code), &[6, 3], b"bad"].concat()
}

/// An Initial packet with a packet number of two bytes, filled with PADDING until its payload has `size` bytes.
pub fn initial(version: u32, from: From, ids: Ids<'_>, token: &[u8], number: u16, frames: &[u8], size: usize) -> Vec<u8> {
    let salt: &[u8; 20] = match version {
        V2 => b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9",
        _ => b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a",
    };
    let label = if from == From::Client { "client in" } else { "server in" };
    let secret = expand(&Salt::new(HKDF_SHA256, salt).extract(ids.keys), label, 32);
    let secret = Prk::new_less_safe(HKDF_SHA256, &secret);
    let of = |name: &str, len: usize| expand(&secret, &format!("{} {name}", if version == V2 { "quicv2" } else { "quic" }), len);
    let mut payload = frames.to_vec();
    payload.resize(size.max(frames.len()), 0);
    let mut header = long(version, 0, ids);
    header.extend(varint(token.len()));
    header.extend(token);
    header.extend(varint(2 + payload.len() + 16));
    header.extend(number.to_be_bytes());
    let mut nonce = of("iv", 12);
    nonce[10] ^= number.to_be_bytes()[0];
    nonce[11] ^= number.to_be_bytes()[1];
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &of("key", 16)).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
    key.seal_in_place_append_tag(nonce, Aad::from(&header), &mut payload).unwrap();
    let mask = HeaderProtectionKey::new(&AES_128, &of("hp", 16)).unwrap().new_mask(&payload[2..18]).unwrap();
    let at = header.len() - 2;
    header[0] ^= mask[0] & 0x0f;
    header[at] ^= mask[1];
    header[at + 1] ^= mask[2];
    [header, payload].concat()
}

fn expand(secret: &Prk, label: &str, len: usize) -> Vec<u8> {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let info = [&(len as u16).to_be_bytes()[..], &[6 + label.len() as u8], b"tls13 ", label.as_bytes(), &[0]];
    let mut out = vec![0; len];
    secret.expand(&info, Length(len)).unwrap().fill(&mut out).unwrap();
    out
}

/// A 0-RTT packet; its payload is noise.
pub fn zero_rtt(version: u32, ids: Ids<'_>) -> Vec<u8> {
    [long(version, 1, ids), varint(100).to_vec(), vec![0x5a; 100]].concat()
}

/// A Handshake packet; its payload is noise.
pub fn handshake(version: u32, ids: Ids<'_>, len: usize) -> Vec<u8> {
    [long(version, 2, ids), varint(len).to_vec(), vec![0xa5; len]].concat()
}

/// A Retry packet.
pub fn retry(version: u32, ids: Ids<'_>) -> Vec<u8> {
    [long(version, 3, ids), b"token".to_vec(), vec![7; 16]].concat()
}

/// A Version Negotiation packet.
pub fn negotiation(ids: Ids<'_>, versions: &[u32]) -> Vec<u8> {
    [long(0, 0, ids), versions.iter().flat_map(|version| version.to_be_bytes()).collect()].concat()
}

/// A 1-RTT packet; its payload is noise.
pub fn one_rtt(to: &[u8]) -> Vec<u8> {
    [&[0x43][..], to, &[0x3c; 60]].concat()
}

/// A ClientHello of TLS 1.3 for `www.example.com` and h3, with `filler` bytes in an extension that nobody knows.
pub fn client_hello(filler: usize) -> Vec<u8> {
    use super::talk::{alpn, extension, server_name};
    let key_share = [&[0, 36, 0, 29, 0, 32][..], &[4; 32]].concat();
    let extensions = [
        server_name(b"www.example.com"),
        extension(10, &[0, 2, 0, 29]),
        alpn(&[b"h3"]),
        extension(13, &[0, 2, 4, 3]),
        extension(43, &[2, 3, 4]),
        extension(51, &key_share),
        extension(57, &[1, 4, 0x80, 0, 0x75, 0x30]),
        extension(0x1234, &vec![1; filler]),
    ]
    .concat();
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0x13, 1, 1, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    message(1, &body)
}

/// The ServerHello that answers it.
pub fn server_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([9; 32]);
    body.extend([0, 0x13, 1, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32]);
    body.extend([6; 32]);
    message(2, &body)
}
