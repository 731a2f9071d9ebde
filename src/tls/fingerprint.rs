//! JA3, JA3S and JA4: fingerprints of hellos.
//!
//! JA3 and JA3S (Althouse, Atkinson, Atkins, 2017) and JA4, the TLS client fingerprint (FoxIO, technical_details/JA4.md),
//! have BSD-3-Clause specifications; the other fingerprints of JA4's family have not, and are not here.
//!
//! JA3 is the MD5 of `version,suites,extensions,groups,point formats` in decimal, lists joined by `-`, GREASE left out;
//! JA3S that of `version,suite,extensions`.

use super::hello::{ClientHello, ServerHello};
use super::names::is_grease;
use crate::decimal::append_integer;
use md5::{Digest, Md5};
use sha2::Sha256;

/// JA3 of a ClientHello.
pub fn ja3(hello: &ClientHello) -> [u8; 16] {
    let mut text = Vec::with_capacity(512);
    append_integer(u64::from(hello.version), &mut text);
    list(&mut text, &hello.suites);
    list(&mut text, &hello.extensions);
    list(&mut text, &hello.groups);
    text.push(b',');
    join(&mut text, hello.point_formats.iter().map(|format| u64::from(*format)));
    Md5::digest(&text).into()
}

/// JA3S of a ServerHello.
pub fn ja3s(hello: &ServerHello) -> [u8; 16] {
    let mut text = Vec::with_capacity(64);
    append_integer(u64::from(hello.legacy_version), &mut text);
    text.push(b',');
    append_integer(u64::from(hello.suite), &mut text);
    list(&mut text, &hello.extensions);
    Md5::digest(&text).into()
}

/// What carried a ClientHello: the first letter of JA4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// TLS over TCP.
    Tcp,
    /// DTLS.
    Dtls,
    /// QUIC.
    Quic,
}

/// JA4 of a ClientHello.
///
/// ```text
///  t 13 d 15 16 h2 _ 8daaf6152771 _ e5627efa2ab1
///  │ │  │ │  │  │    │              └ SHA-256 of the sorted extensions without server_name and ALPN, `_`, the schemes
///  │ │  │ │  │  │    └ SHA-256 of the sorted suites                                             in the client's order
///  │ │  │ │  │  └ first and last character of the first ALPN value
///  │ │  │ └──┴ suites, extensions (99 at most)
///  │ │  └ d: server_name is there, i: it is not
///  │ └ the newest of supported_versions, else legacy_version
///  └ t: TCP, d: DTLS, q: QUIC
/// ```
/// GREASE is left out everywhere. A hash is cut to 12 digits; that of nothing is written as zeros.
pub fn ja4(hello: &ClientHello, transport: Transport) -> String {
    let plain = |codes: &[u16]| codes.iter().copied().filter(|code| !is_grease(*code)).collect::<Vec<u16>>();
    let (mut suites, mut extensions) = (plain(&hello.suites), plain(&hello.extensions));
    let (suites_count, extensions_count) = (suites.len().min(99), extensions.len().min(99));
    suites.sort_unstable();
    extensions.sort_unstable();
    extensions.retain(|code| *code != SERVER_NAME && *code != ALPN);
    let mut listed = hex_list(&extensions);
    let schemes = plain(&hello.signature_schemes);
    if !schemes.is_empty() && !listed.is_empty() {
        listed.push(b'_');
        listed.extend(hex_list(&schemes));
    }
    format!(
        "{}{}{}{suites_count:02}{extensions_count:02}{}_{}_{}",
        match transport {
            Transport::Tcp => 't',
            Transport::Dtls => 'd',
            Transport::Quic => 'q',
        },
        ja4_version(plain(&hello.versions).into_iter().max_by_key(|version| age(*version)).unwrap_or(hello.version)),
        if hello.extensions.contains(&SERVER_NAME) { 'd' } else { 'i' },
        ja4_alpn(hello.alpn.first().map_or(&[], Vec::as_slice)),
        hash12(&hex_list(&suites)),
        hash12(&listed)
    )
}

/// ExtensionType values that JA4 treats apart.
const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;

/// Versions in the order of their ages: DTLS counts downwards.
const fn age(version: u16) -> u16 {
    if version >> 8 == 0xfe { version ^ 0xff } else { version }
}

fn ja4_version(version: u16) -> &'static str {
    match version {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        0xfeff => "d1",
        0xfefd => "d2",
        0xfefc => "d3",
        _ => "00",
    }
}

/// First and last character of a value; where one of them is no letter or digit, first and last digit of the value in hex.
fn ja4_alpn(value: &[u8]) -> String {
    let (Some(first), Some(last)) = (value.first(), value.last()) else { return "00".to_owned() };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(*first), char::from(*last)].iter().collect();
    }
    format!("{:x}{:x}", first >> 4, last & 15)
}

/// `002f,0035`.
fn hex_list(codes: &[u16]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(codes.len() * 5);
    for code in codes {
        if !text.is_empty() {
            text.push(b',');
        }
        text.extend([12, 8, 4, 0].map(|shift| DIGITS[usize::from(code >> shift & 15)]));
    }
    text
}

fn hash12(text: &[u8]) -> String {
    if text.is_empty() {
        return "0".repeat(12);
    }
    Sha256::digest(text)[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn list(text: &mut Vec<u8>, codes: &[u16]) {
    text.push(b',');
    join(text, codes.iter().filter(|code| !is_grease(**code)).map(|code| u64::from(*code)));
}

fn join(text: &mut Vec<u8>, values: impl Iterator<Item = u64>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(b'-');
        }
        append_integer(value, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digest: [u8; 16]) -> String {
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn published_vectors() {
        // The example strings of the JA3 specification and their digests.
        let full = ClientHello {
            version: 769,
            suites: vec![47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
            extensions: vec![0, 10, 11],
            groups: vec![23, 24, 25],
            point_formats: vec![0],
            ..ClientHello::default()
        };
        assert_eq!(hex(ja3(&full)), "ada70206e40642a3e4461f35503241d5");
        let greased =
            ClientHello { suites: [&[0x0a0a][..], &full.suites].concat(), extensions: [&[0xfafa][..], &full.extensions].concat(), ..full };
        assert_eq!(hex(ja3(&greased)), "ada70206e40642a3e4461f35503241d5");
        let bare = ClientHello { version: 769, suites: vec![4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], ..ClientHello::default() };
        assert_eq!(hex(ja3(&bare)), "de350869b8c85de67a350c8d186f11e6");
    }

    /// The example of JA4.md, piece by piece, and its examples for ALPN.
    #[test]
    fn ja4_of_the_specification() {
        let hello = ClientHello {
            version: 0x0303,
            suites: vec![
                0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f,
                0x0035,
            ],
            extensions: vec![
                0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b,
                0x000a, 0x0015,
            ],
            versions: vec![0x2a2a, 0x0304, 0x0303],
            signature_schemes: vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
            alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            ..ClientHello::default()
        };
        assert_eq!(ja4(&hello, Transport::Tcp), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        assert_eq!(ja4(&hello, Transport::Quic), "q13d1516h2_8daaf6152771_e5627efa2ab1");
        let unsigned = ClientHello { signature_schemes: Vec::new(), ..hello.clone() };
        assert_eq!(ja4(&unsigned, Transport::Tcp), "t13d1516h2_8daaf6152771_6d807ffa2a79");
        let alpn = |value: &[u8]| ja4_alpn(value);
        assert_eq!([alpn(b"h2"), alpn(b"http/1.1"), alpn(b"x"), alpn(b"")], ["h2", "h1", "xx", "00"]);
        let odd = [&[0xab][..], &[0xab, 0xcd], &[0x30, 0xab], &[0x30, 0x31, 0xab, 0xcd], &[0x30, 0xab, 0xcd, 0x31]].map(alpn);
        assert_eq!(odd, ["ab", "ad", "3b", "3d", "01"]);
    }

    #[test]
    fn ja4_of_little_and_of_much() {
        let empty = ClientHello { version: 0xfefd, ..ClientHello::default() };
        assert_eq!(ja4(&empty, Transport::Dtls), "dd2i000000_000000000000_000000000000");
        let newer = |versions: &[u16]| ja4(&ClientHello { versions: versions.to_vec(), ..empty.clone() }, Transport::Dtls);
        assert!(newer(&[0xfefd, 0xfefc]).starts_with("dd3i") && newer(&[0xfefc, 0x0a0a]).starts_with("dd3i"));
        assert!(newer(&[0xfeff, 0xfefd]).starts_with("dd2i") && newer(&[0xfeff]).starts_with("dd1i"));
        let much = ClientHello { version: 0x7777, suites: vec![5; 300], extensions: (20..220).collect(), ..ClientHello::default() };
        assert!(ja4(&much, Transport::Tcp).starts_with("t00i999900_"));
    }
}
