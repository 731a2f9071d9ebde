//! Groups for key exchange: IANA, TLS Supported Groups, as of 2026-09-18.
//!
//! All 59 assigned groups: elliptic curves, finite-field groups, ML-KEM alone and its hybrids. Not in [`GROUPS`]:
//! reserved and private ranges, GREASE values ([`super::is_grease`]).
//!
//! [`EXTRA_GROUPS`] is not IANA's: experiments with CECPQ2 and round-3 Kyber, by the code points of BoringSSL,
//! Cloudflare and Open Quantum Safe. The last project also used 0x0200 to 0x0202, now ML-KEM's, for Frodo; its other
//! algorithms are left out.

use super::{Recommended, find};

/// A named group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The two bytes on the wire, big-endian.
    pub code: u16,
    /// The registry's name, without its note "(OBSOLETE)".
    pub name: &'static str,
    /// Size in bits of the classical part: of the curve's field, or of the prime of a finite-field group. 0 for a
    /// key encapsulation alone and for arbitrary explicit curves. A size, not a strength.
    pub bits: u16,
    /// Strength in bits against a classical computer, of the classical part where there is one: half the field,
    /// rounded down to the steps of NIST SP 800-57 part 1 and SP 800-56B (ffdhe4096: 152). For ML-KEM and Kyber alone
    /// that of the AES key which its NIST category names. 0 where unknown.
    pub strength_bits: u16,
    /// Holds a part that is to withstand a quantum computer.
    pub post_quantum: bool,
    /// Post-quantum and classical together.
    pub hybrid: bool,
    /// IANA's column; `No` in [`EXTRA_GROUPS`], which IANA does not rate: see [`Group::is_registered`].
    pub recommended: Recommended,
}

impl Group {
    /// Whether IANA assigned it: the row is in [`GROUPS`].
    pub fn is_registered(&self) -> bool {
        find(GROUPS, self.code, |row| row.code).is_some()
    }
}

/// The group with this code, IANA's or an extra.
pub fn group(code: u16) -> Option<&'static Group> {
    find(GROUPS, code, |row| row.code).or_else(|| find(EXTRA_GROUPS, code, |row| row.code))
}

macro_rules! groups {
    ($($code:literal $name:literal, $bits:literal, $strength_bits:literal, $post_quantum:literal, $hybrid:literal,
        $recommended:ident;)*) => {
        &[$(Group {
            code: $code,
            name: $name,
            bits: $bits,
            strength_bits: $strength_bits,
            post_quantum: $post_quantum,
            hybrid: $hybrid,
            recommended: Recommended::$recommended,
        }),*]
    };
}

/// IANA's groups, sorted by code.
///
/// Columns: code, name, bits, strength_bits, post_quantum, hybrid, recommended.
pub static GROUPS: &[Group] = groups! {
    0x0001 "sect163k1", 163, 80, false, false, Discouraged;
    0x0002 "sect163r1", 163, 80, false, false, Discouraged;
    0x0003 "sect163r2", 163, 80, false, false, Discouraged;
    0x0004 "sect193r1", 193, 96, false, false, Discouraged;
    0x0005 "sect193r2", 193, 96, false, false, Discouraged;
    0x0006 "sect233k1", 233, 112, false, false, Discouraged;
    0x0007 "sect233r1", 233, 112, false, false, Discouraged;
    0x0008 "sect239k1", 239, 112, false, false, Discouraged;
    0x0009 "sect283k1", 283, 128, false, false, No;
    0x000a "sect283r1", 283, 128, false, false, No;
    0x000b "sect409k1", 409, 192, false, false, No;
    0x000c "sect409r1", 409, 192, false, false, No;
    0x000d "sect571k1", 571, 256, false, false, No;
    0x000e "sect571r1", 571, 256, false, false, No;
    0x000f "secp160k1", 160, 80, false, false, Discouraged;
    0x0010 "secp160r1", 160, 80, false, false, Discouraged;
    0x0011 "secp160r2", 160, 80, false, false, Discouraged;
    0x0012 "secp192k1", 192, 96, false, false, Discouraged;
    0x0013 "secp192r1", 192, 96, false, false, Discouraged;
    0x0014 "secp224k1", 224, 112, false, false, Discouraged;
    0x0015 "secp224r1", 224, 112, false, false, Discouraged;
    0x0016 "secp256k1", 256, 128, false, false, No;
    0x0017 "secp256r1", 256, 128, false, false, Yes;
    0x0018 "secp384r1", 384, 192, false, false, Yes;
    0x0019 "secp521r1", 521, 256, false, false, No;
    0x001a "brainpoolP256r1", 256, 128, false, false, No;
    0x001b "brainpoolP384r1", 384, 192, false, false, No;
    0x001c "brainpoolP512r1", 512, 256, false, false, No;
    0x001d "x25519", 255, 128, false, false, Yes;
    0x001e "x448", 448, 224, false, false, Yes;
    0x001f "brainpoolP256r1tls13", 256, 128, false, false, No;
    0x0020 "brainpoolP384r1tls13", 384, 192, false, false, No;
    0x0021 "brainpoolP512r1tls13", 512, 256, false, false, No;
    0x0022 "GC256A", 256, 128, false, false, No;
    0x0023 "GC256B", 256, 128, false, false, No;
    0x0024 "GC256C", 256, 128, false, false, No;
    0x0025 "GC256D", 256, 128, false, false, No;
    0x0026 "GC512A", 512, 256, false, false, No;
    0x0027 "GC512B", 512, 256, false, false, No;
    0x0028 "GC512C", 512, 256, false, false, No;
    0x0029 "curveSM2", 256, 128, false, false, No;
    0x0100 "ffdhe2048", 2048, 112, false, false, No;
    0x0101 "ffdhe3072", 3072, 128, false, false, No;
    0x0102 "ffdhe4096", 4096, 152, false, false, No;
    0x0103 "ffdhe6144", 6144, 176, false, false, No;
    0x0104 "ffdhe8192", 8192, 200, false, false, No;
    0x0200 "MLKEM512", 0, 128, true, false, No;
    0x0201 "MLKEM768", 0, 192, true, false, No;
    0x0202 "MLKEM1024", 0, 256, true, false, No;
    0x11e9 "SecP256r1MLKEM512", 256, 128, true, true, No;
    0x11ea "MLKEM512X25519", 255, 128, true, true, No;
    0x11eb "SecP256r1MLKEM768", 256, 128, true, true, No;
    0x11ec "X25519MLKEM768", 255, 128, true, true, Yes;
    0x11ed "SecP384r1MLKEM1024", 384, 192, true, true, No;
    0x11ee "curveSM2MLKEM768", 256, 128, true, true, No;
    0x6399 "X25519Kyber768Draft00", 255, 128, true, true, Discouraged;
    0x639a "SecP256r1Kyber768Draft00", 256, 128, true, true, Discouraged;
    0xff01 "arbitrary_explicit_prime_curves", 0, 0, false, false, No;
    0xff02 "arbitrary_explicit_char2_curves", 0, 0, false, false, No;
};

/// Groups that are **not** IANA's, sorted by code.
pub static EXTRA_GROUPS: &[Group] = groups! {
    0x023a "kyber512", 0, 128, true, false, No;
    0x023c "kyber768", 0, 192, true, false, No;
    0x023d "kyber1024", 0, 256, true, false, No;
    0x2f39 "x25519_kyber512", 255, 128, true, true, No;
    0x2f3a "p256_kyber512", 256, 128, true, true, No;
    0x2f3c "p384_kyber768", 384, 192, true, true, No;
    0x2f3d "p521_kyber1024", 521, 256, true, true, No;
    0x2f90 "x448_kyber768", 448, 224, true, true, No;
    0x4138 "CECPQ2", 255, 128, true, true, No;
    0xfe30 "X25519Kyber512Draft00", 255, 128, true, true, No;
    0xfe31 "X25519Kyber768Draft00Old", 255, 128, true, true, No;
    0xfe32 "P256Kyber768Draft00", 256, 128, true, true, No;
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;
    use tls_parser::NamedGroup;

    #[test]
    fn whole() {
        check::whole(GROUPS.iter().map(|row| row.code), 59);
        check::whole(EXTRA_GROUPS.iter().map(|row| row.code), 12);
        check::apart(GROUPS.iter().map(|row| row.code), EXTRA_GROUPS.iter().map(|row| row.code));
        check::unique(GROUPS.iter().chain(EXTRA_GROUPS).map(|row| row.name));
        let recommended: Vec<&str> = GROUPS.iter().filter(|row| row.recommended == Recommended::Yes).map(|row| row.name).collect();
        assert_eq!(recommended, ["secp256r1", "secp384r1", "x25519", "x448", "X25519MLKEM768"]);
    }

    #[test]
    fn columns_agree() {
        for row in GROUPS.iter().chain(EXTRA_GROUPS) {
            let lower = row.name.to_ascii_lowercase();
            let pq = ["mlkem", "kyber", "cecpq"].iter().any(|part| lower.contains(part));
            assert_eq!(row.post_quantum, pq, "{}", row.name);
            assert!(row.post_quantum || !row.hybrid, "{}", row.name);
            let explicit = lower.starts_with("arbitrary");
            assert_eq!(row.bits == 0, explicit || (row.post_quantum && !row.hybrid), "{}", row.name);
            assert_eq!(row.strength_bits == 0, explicit, "{}", row.name);
        }
    }

    /// Second source: tls-parser's list (no GOST, no ML-KEM, no hybrid) and, for those, RFC 9189, RFC 9367 and the
    /// drafts for ML-KEM in TLS 1.3.
    #[test]
    fn second_source() {
        let except = [(29, "EcdhX25519"), (30, "EcdhX448"), (41, "Sm2")];
        check::agrees(0..=u16::MAX, |code| NamedGroup(code).to_string(), |code| group(code).map(|row| row.name), &except, 41);
        let known = [
            (0x001d, "x25519"),
            (0x001e, "x448"),
            (0x0022, "GC256A"),
            (0x0028, "GC512C"),
            (0x0029, "curveSM2"),
            (0x0200, "MLKEM512"),
            (0x0201, "MLKEM768"),
            (0x0202, "MLKEM1024"),
            (0x11eb, "SecP256r1MLKEM768"),
            (0x11ec, "X25519MLKEM768"),
            (0x11ed, "SecP384r1MLKEM1024"),
            (0x11ee, "curveSM2MLKEM768"),
            (0x6399, "X25519Kyber768Draft00"),
            (0xfe30, "X25519Kyber512Draft00"),
        ];
        for (code, name) in known {
            assert_eq!(group(code).unwrap().name, name);
        }
        assert!(group(0x0000).is_none() && group(0xffff).is_none());
    }
}
