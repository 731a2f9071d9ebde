//! JA3 and JA3S: fingerprints of hellos (Althouse, Atkinson, Atkins, 2017; BSD-3-Clause specification).
//!
//! JA3 is the MD5 of `version,suites,extensions,groups,point formats` in decimal, lists joined by `-`, GREASE left out;
//! JA3S that of `version,suite,extensions`.

use super::hello::{ClientHello, ServerHello};
use super::names::is_grease;
use crate::decimal::append_integer;
use md5::{Digest, Md5};

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
}
