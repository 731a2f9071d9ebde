//! Signature schemes: IANA, TLS SignatureScheme, TLS SignatureAlgorithm and TLS HashAlgorithm, as of 2026-09-18.
//!
//! All 49 assigned schemes, ML-DSA and SLH-DSA among them. Not in [`SIGNATURE_SCHEMES`]: what the registry reserves
//! for backward compatibility with TLS 1.2, private use, GREASE ([`super::is_grease`]).
//!
//! In TLS 1.2 the two bytes are a pair (hash, signature). [`HASH_SIGNATURE_PAIRS`] names those pairs that are no scheme:
//! composed here in the style of the schemes, the rating being the worse of the two registries' (RFC 9155 discourages MD5
//! and SHA-1). Pairs with the signature `anonymous` or the hash `none` are left out; they never appear in an offer.
//!
//! A scheme that names a curve (`ecdsa_secp256r1_sha256`) means any curve when it is read in TLS 1.2.
//!
//! [`EXTRA_SIGNATURE_SCHEMES`] is not IANA's: GOST as it was used before RFC 9189.

use super::{Recommended, find};

/// A signature scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureScheme {
    /// The two bytes on the wire, big-endian.
    pub code: u16,
    /// The registry's name; in [`HASH_SIGNATURE_PAIRS`] a composed one.
    pub name: &'static str,
    /// `md5`, `sha1`, `sha224`, `sha256`, `sha384`, `sha512`, `sm3`, `gostr34112012_256`, `gostr34112012_512`;
    /// `intrinsic` where the signature algorithm brings its own (EdDSA, ML-DSA, SLH-DSA); empty where the registry's
    /// reference leaves it open (ISO identity-based signatures).
    pub hash: &'static str,
    /// `rsa_pkcs1`, `rsa_pss_rsae`, `rsa_pss_pss`, `dsa`, `ecdsa`, `ed25519`, `ed448`, `mldsa`, `slhdsa`, `sm2sig`,
    /// `gostr34102012_256`, `gostr34102012_512`, `eccsi` and the ISO identity-based ones; `gostr34102001` in the extras.
    pub signature: &'static str,
    /// IANA's column; `No` in [`EXTRA_SIGNATURE_SCHEMES`], which IANA does not rate.
    pub recommended: Recommended,
}

impl SignatureScheme {
    /// Whether IANA assigned the scheme: the row is in [`SIGNATURE_SCHEMES`].
    pub fn is_registered(&self) -> bool {
        find(SIGNATURE_SCHEMES, self.code, |row| row.code).is_some()
    }
}

/// The scheme with this code: IANA's, a pair of TLS 1.2, or an extra.
pub fn signature_scheme(code: u16) -> Option<&'static SignatureScheme> {
    [SIGNATURE_SCHEMES, HASH_SIGNATURE_PAIRS, EXTRA_SIGNATURE_SCHEMES].into_iter().find_map(|table| find(table, code, |row| row.code))
}

macro_rules! schemes {
    ($($code:literal $name:literal, $hash:literal, $signature:literal, $recommended:ident;)*) => {
        &[$(SignatureScheme {
            code: $code,
            name: $name,
            hash: $hash,
            signature: $signature,
            recommended: Recommended::$recommended,
        }),*]
    };
}

/// IANA's schemes, sorted by code.
///
/// Columns: code, name, hash, signature, recommended.
pub static SIGNATURE_SCHEMES: &[SignatureScheme] = schemes! {
    0x0201 "rsa_pkcs1_sha1", "sha1", "rsa_pkcs1", No;
    0x0203 "ecdsa_sha1", "sha1", "ecdsa", No;
    0x0401 "rsa_pkcs1_sha256", "sha256", "rsa_pkcs1", Yes;
    0x0403 "ecdsa_secp256r1_sha256", "sha256", "ecdsa", Yes;
    0x0420 "rsa_pkcs1_sha256_legacy", "sha256", "rsa_pkcs1", No;
    0x0501 "rsa_pkcs1_sha384", "sha384", "rsa_pkcs1", Yes;
    0x0503 "ecdsa_secp384r1_sha384", "sha384", "ecdsa", Yes;
    0x0520 "rsa_pkcs1_sha384_legacy", "sha384", "rsa_pkcs1", No;
    0x0601 "rsa_pkcs1_sha512", "sha512", "rsa_pkcs1", Yes;
    0x0603 "ecdsa_secp521r1_sha512", "sha512", "ecdsa", Yes;
    0x0620 "rsa_pkcs1_sha512_legacy", "sha512", "rsa_pkcs1", No;
    0x0704 "eccsi_sha256", "sha256", "eccsi", No;
    0x0705 "iso_ibs1", "", "iso_ibs1", No;
    0x0706 "iso_ibs2", "", "iso_ibs2", No;
    0x0707 "iso_chinese_ibs", "", "iso_chinese_ibs", No;
    0x0708 "sm2sig_sm3", "sm3", "sm2sig", No;
    0x0709 "gostr34102012_256a", "gostr34112012_256", "gostr34102012_256", No;
    0x070a "gostr34102012_256b", "gostr34112012_256", "gostr34102012_256", No;
    0x070b "gostr34102012_256c", "gostr34112012_256", "gostr34102012_256", No;
    0x070c "gostr34102012_256d", "gostr34112012_256", "gostr34102012_256", No;
    0x070d "gostr34102012_512a", "gostr34112012_512", "gostr34102012_512", No;
    0x070e "gostr34102012_512b", "gostr34112012_512", "gostr34102012_512", No;
    0x070f "gostr34102012_512c", "gostr34112012_512", "gostr34102012_512", No;
    0x0804 "rsa_pss_rsae_sha256", "sha256", "rsa_pss_rsae", Yes;
    0x0805 "rsa_pss_rsae_sha384", "sha384", "rsa_pss_rsae", Yes;
    0x0806 "rsa_pss_rsae_sha512", "sha512", "rsa_pss_rsae", Yes;
    0x0807 "ed25519", "intrinsic", "ed25519", Yes;
    0x0808 "ed448", "intrinsic", "ed448", Yes;
    0x0809 "rsa_pss_pss_sha256", "sha256", "rsa_pss_pss", Yes;
    0x080a "rsa_pss_pss_sha384", "sha384", "rsa_pss_pss", Yes;
    0x080b "rsa_pss_pss_sha512", "sha512", "rsa_pss_pss", Yes;
    0x081a "ecdsa_brainpoolP256r1tls13_sha256", "sha256", "ecdsa", No;
    0x081b "ecdsa_brainpoolP384r1tls13_sha384", "sha384", "ecdsa", No;
    0x081c "ecdsa_brainpoolP512r1tls13_sha512", "sha512", "ecdsa", No;
    0x0904 "mldsa44", "intrinsic", "mldsa", No;
    0x0905 "mldsa65", "intrinsic", "mldsa", No;
    0x0906 "mldsa87", "intrinsic", "mldsa", No;
    0x0911 "slhdsa_sha2_128s", "intrinsic", "slhdsa", No;
    0x0912 "slhdsa_sha2_128f", "intrinsic", "slhdsa", No;
    0x0913 "slhdsa_sha2_192s", "intrinsic", "slhdsa", No;
    0x0914 "slhdsa_sha2_192f", "intrinsic", "slhdsa", No;
    0x0915 "slhdsa_sha2_256s", "intrinsic", "slhdsa", No;
    0x0916 "slhdsa_sha2_256f", "intrinsic", "slhdsa", No;
    0x0917 "slhdsa_shake_128s", "intrinsic", "slhdsa", No;
    0x0918 "slhdsa_shake_128f", "intrinsic", "slhdsa", No;
    0x0919 "slhdsa_shake_192s", "intrinsic", "slhdsa", No;
    0x091a "slhdsa_shake_192f", "intrinsic", "slhdsa", No;
    0x091b "slhdsa_shake_256s", "intrinsic", "slhdsa", No;
    0x091c "slhdsa_shake_256f", "intrinsic", "slhdsa", No;
};

/// Pairs of TLS 1.2 that are no scheme of the registry, sorted by code.
pub static HASH_SIGNATURE_PAIRS: &[SignatureScheme] = schemes! {
    0x0101 "rsa_pkcs1_md5", "md5", "rsa_pkcs1", Discouraged;
    0x0102 "dsa_md5", "md5", "dsa", Discouraged;
    0x0103 "ecdsa_md5", "md5", "ecdsa", Discouraged;
    0x0202 "dsa_sha1", "sha1", "dsa", Discouraged;
    0x0301 "rsa_pkcs1_sha224", "sha224", "rsa_pkcs1", Discouraged;
    0x0302 "dsa_sha224", "sha224", "dsa", Discouraged;
    0x0303 "ecdsa_sha224", "sha224", "ecdsa", Discouraged;
    0x0402 "dsa_sha256", "sha256", "dsa", No;
    0x0502 "dsa_sha384", "sha384", "dsa", No;
    0x0602 "dsa_sha512", "sha512", "dsa", No;
    0x0840 "gostr34102012_256", "intrinsic", "gostr34102012_256", No;
    0x0841 "gostr34102012_512", "intrinsic", "gostr34102012_512", No;
};

/// Schemes that are **not** IANA's, sorted by code.
pub static EXTRA_SIGNATURE_SCHEMES: &[SignatureScheme] = schemes! {
    0xeded "gostr34102001_gostr3411", "gostr341194", "gostr34102001", No;
    0xeeee "gostr34102012_256_gostr34112012_256", "gostr34112012_256", "gostr34102012_256", No;
    0xefef "gostr34102012_512_gostr34112012_512", "gostr34112012_512", "gostr34102012_512", No;
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole(SIGNATURE_SCHEMES.iter().map(|row| row.code), 49);
        check::whole(HASH_SIGNATURE_PAIRS.iter().map(|row| row.code), 12);
        check::whole(EXTRA_SIGNATURE_SCHEMES.iter().map(|row| row.code), 3);
        let codes = |table: &'static [SignatureScheme]| table.iter().map(|row| row.code);
        check::apart(codes(SIGNATURE_SCHEMES), codes(HASH_SIGNATURE_PAIRS).chain(codes(EXTRA_SIGNATURE_SCHEMES)));
        let all = SIGNATURE_SCHEMES.iter().chain(HASH_SIGNATURE_PAIRS).chain(EXTRA_SIGNATURE_SCHEMES);
        check::unique(all.map(|row| row.name));
        let recommended = SIGNATURE_SCHEMES.iter().filter(|row| row.recommended == Recommended::Yes);
        assert_eq!(recommended.count(), 14);
    }

    #[test]
    fn columns_agree() {
        for row in SIGNATURE_SCHEMES.iter().chain(HASH_SIGNATURE_PAIRS) {
            let named = |part: &str| row.name.split('_').any(|word| word == part);
            for hash in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sm3"] {
                assert_eq!(named(hash), row.hash == hash, "{}", row.name);
            }
            assert!(row.signature.is_empty() || row.name.starts_with(row.signature), "{}", row.name);
        }
    }

    /// The high byte of a pair is the hash, the low byte the signature (RFC 5246, section 7.4.1.4.1).
    #[test]
    fn pairs_are_hash_and_signature() {
        let hashes = ["none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
        let signatures = ["anonymous", "rsa_pkcs1", "dsa", "ecdsa"];
        for hash in 1..=6_u16 {
            for signature in 1..=3_u16 {
                let row = signature_scheme(hash << 8 | signature).unwrap();
                assert_eq!((row.hash, row.signature), (hashes[hash as usize], signatures[signature as usize]));
            }
        }
        assert_eq!(signature_scheme(0x0202).unwrap().name, "dsa_sha1");
        assert_eq!(signature_scheme(0x0301).unwrap().name, "rsa_pkcs1_sha224");
        assert_eq!(signature_scheme(0x0840).unwrap().name, "gostr34102012_256");
    }

    /// Second source: tls-parser's list and, for what it lacks, RFC 9367, RFC 9963 and the drafts for ML-DSA and SLH-DSA.
    #[test]
    fn second_source() {
        check::agrees(
            0..=u16::MAX,
            |code| tls_parser::SignatureScheme(code).to_string(),
            |code| signature_scheme(code).map(|row| row.name),
            &[],
            20,
        );
        let known = [
            (0x0709, "gostr34102012_256a"),
            (0x070f, "gostr34102012_512c"),
            (0x0420, "rsa_pkcs1_sha256_legacy"),
            (0x0904, "mldsa44"),
            (0x0905, "mldsa65"),
            (0x0906, "mldsa87"),
            (0x0911, "slhdsa_sha2_128s"),
            (0x091c, "slhdsa_shake_256f"),
        ];
        for (code, name) in known {
            assert_eq!(signature_scheme(code).unwrap().name, name);
        }
    }
}
