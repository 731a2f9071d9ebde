//! Names of the object identifiers in certificates: signature algorithms, keys, curves, attributes of names.
//!
//! As of 2026-11. Sources: RFC 8017 and RFC 4055 (RSA), RFC 3279 and RFC 5758 (DSA, ECDSA), RFC 8410 (Edwards curves),
//! RFC 9881 (ML-DSA), RFC 9909 (SLH-DSA), RFC 9935 (ML-KEM), RFC 4491 and RFC 9215 (GOST), GM/T 0006 (SM2), RFC 5480 and
//! SEC 2 (curves), RFC 5639 (Brainpool), RFC 4519 with RFC 4514 and the CA/Browser Forum's EV guidelines (attributes).

/// A signature algorithm: its name as in the RFC that defines it, and its hash in lower case; `intrinsic` where the
/// algorithm brings its own, empty where the parameters say it.
#[derive(Debug, Clone, Copy)]
pub struct SignatureAlgorithm {
    pub oid: &'static str,
    pub name: &'static str,
    pub hash: &'static str,
}

/// RSASSA-PSS, whose hash stands in its parameters; as a key type, an RSA key for it alone.
pub const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
/// rsaEncryption.
pub const RSA: &str = "1.2.840.113549.1.1.1";
/// id-ecPublicKey, whose curve stands in its parameters.
pub const EC: &str = "1.2.840.10045.2.1";
/// id-dsa, whose modulus stands in its parameters.
pub const DSA: &str = "1.2.840.10040.4.1";
/// The attribute commonName.
pub const COMMON_NAME: &str = "2.5.4.3";

/// The signature algorithm with this number.
pub fn signature_algorithm(oid: &str) -> Option<&'static SignatureAlgorithm> {
    SIGNATURE_ALGORITHMS.iter().find(|row| row.oid == oid)
}

/// The name of a hash by its number, as far as RSASSA-PSS is used with it (RFC 4055 section 2.1, RFC 8702).
pub fn hash(oid: &str) -> Option<&'static str> {
    name_of(HASHES, oid)
}

/// The kind of a key, and its size in bits where the kind alone says it.
pub fn key_type(oid: &str) -> Option<(&'static str, Option<u32>)> {
    KEY_TYPES.iter().find(|row| row.0 == oid).map(|row| (row.1, row.2))
}

/// A curve: its name as among the groups of TLS where it is one, and the bits of its field.
pub fn curve(oid: &str) -> Option<(&'static str, u32)> {
    CURVES.iter().find(|row| row.0 == oid).map(|row| (row.1, row.2))
}

/// The short name of an attribute of a name.
pub fn attribute(oid: &str) -> Option<&'static str> {
    name_of(ATTRIBUTES, oid)
}

fn name_of(table: &'static [(&'static str, &'static str)], oid: &str) -> Option<&'static str> {
    table.iter().find(|row| row.0 == oid).map(|row| row.1)
}

macro_rules! signatures {
    ($($oid:literal $name:literal $hash:literal;)*) => {
        &[$(SignatureAlgorithm { oid: $oid, name: $name, hash: $hash }),*]
    };
}

const SIGNATURE_ALGORITHMS: &[SignatureAlgorithm] = signatures! {
    "1.2.840.113549.1.1.2" "md2WithRSAEncryption" "md2";
    "1.2.840.113549.1.1.3" "md4WithRSAEncryption" "md4";
    "1.2.840.113549.1.1.4" "md5WithRSAEncryption" "md5";
    "1.2.840.113549.1.1.5" "sha1WithRSAEncryption" "sha1";
    "1.2.840.113549.1.1.10" "RSASSA-PSS" "";
    "1.2.840.113549.1.1.11" "sha256WithRSAEncryption" "sha256";
    "1.2.840.113549.1.1.12" "sha384WithRSAEncryption" "sha384";
    "1.2.840.113549.1.1.13" "sha512WithRSAEncryption" "sha512";
    "1.2.840.113549.1.1.14" "sha224WithRSAEncryption" "sha224";
    "1.2.840.113549.1.1.15" "sha512-224WithRSAEncryption" "sha512_224";
    "1.2.840.113549.1.1.16" "sha512-256WithRSAEncryption" "sha512_256";
    "1.3.14.3.2.29" "sha1WithRSASignature" "sha1";
    "1.3.36.3.3.1.2" "rsaSignatureWithripemd160" "ripemd160";
    "1.2.840.10040.4.3" "dsa-with-sha1" "sha1";
    "2.16.840.1.101.3.4.3.1" "dsa-with-sha224" "sha224";
    "2.16.840.1.101.3.4.3.2" "dsa-with-sha256" "sha256";
    "2.16.840.1.101.3.4.3.3" "dsa-with-sha384" "sha384";
    "2.16.840.1.101.3.4.3.4" "dsa-with-sha512" "sha512";
    "1.2.840.10045.4.1" "ecdsa-with-SHA1" "sha1";
    "1.2.840.10045.4.3.1" "ecdsa-with-SHA224" "sha224";
    "1.2.840.10045.4.3.2" "ecdsa-with-SHA256" "sha256";
    "1.2.840.10045.4.3.3" "ecdsa-with-SHA384" "sha384";
    "1.2.840.10045.4.3.4" "ecdsa-with-SHA512" "sha512";
    "1.3.101.112" "Ed25519" "intrinsic";
    "1.3.101.113" "Ed448" "intrinsic";
    "2.16.840.1.101.3.4.3.17" "ML-DSA-44" "intrinsic";
    "2.16.840.1.101.3.4.3.18" "ML-DSA-65" "intrinsic";
    "2.16.840.1.101.3.4.3.19" "ML-DSA-87" "intrinsic";
    "2.16.840.1.101.3.4.3.20" "SLH-DSA-SHA2-128s" "intrinsic";
    "2.16.840.1.101.3.4.3.21" "SLH-DSA-SHA2-128f" "intrinsic";
    "2.16.840.1.101.3.4.3.22" "SLH-DSA-SHA2-192s" "intrinsic";
    "2.16.840.1.101.3.4.3.23" "SLH-DSA-SHA2-192f" "intrinsic";
    "2.16.840.1.101.3.4.3.24" "SLH-DSA-SHA2-256s" "intrinsic";
    "2.16.840.1.101.3.4.3.25" "SLH-DSA-SHA2-256f" "intrinsic";
    "2.16.840.1.101.3.4.3.26" "SLH-DSA-SHAKE-128s" "intrinsic";
    "2.16.840.1.101.3.4.3.27" "SLH-DSA-SHAKE-128f" "intrinsic";
    "2.16.840.1.101.3.4.3.28" "SLH-DSA-SHAKE-192s" "intrinsic";
    "2.16.840.1.101.3.4.3.29" "SLH-DSA-SHAKE-192f" "intrinsic";
    "2.16.840.1.101.3.4.3.30" "SLH-DSA-SHAKE-256s" "intrinsic";
    "2.16.840.1.101.3.4.3.31" "SLH-DSA-SHAKE-256f" "intrinsic";
    "1.2.156.10197.1.501" "sm2sign-with-sm3" "sm3";
    "1.2.643.2.2.3" "gostR3411-94-with-gostR3410-2001" "gostr3411_94";
    "1.2.643.7.1.1.3.2" "gost3410-12-256-with-gost3411-12-256" "gostr34112012_256";
    "1.2.643.7.1.1.3.3" "gost3410-12-512-with-gost3411-12-512" "gostr34112012_512";
};

const HASHES: &[(&str, &str)] = &[
    ("1.2.840.113549.2.5", "md5"),
    ("1.3.14.3.2.26", "sha1"),
    ("2.16.840.1.101.3.4.2.4", "sha224"),
    ("2.16.840.1.101.3.4.2.1", "sha256"),
    ("2.16.840.1.101.3.4.2.2", "sha384"),
    ("2.16.840.1.101.3.4.2.3", "sha512"),
    ("2.16.840.1.101.3.4.2.5", "sha512_224"),
    ("2.16.840.1.101.3.4.2.6", "sha512_256"),
    ("2.16.840.1.101.3.4.2.7", "sha3_224"),
    ("2.16.840.1.101.3.4.2.8", "sha3_256"),
    ("2.16.840.1.101.3.4.2.9", "sha3_384"),
    ("2.16.840.1.101.3.4.2.10", "sha3_512"),
];

const KEY_TYPES: &[(&str, &str, Option<u32>)] = &[
    (RSA, "RSA", None),
    (RSASSA_PSS, "RSA-PSS", None),
    (EC, "EC", None),
    (DSA, "DSA", None),
    ("1.2.840.10046.2.1", "DH", None),
    ("1.3.101.110", "X25519", Some(256)),
    ("1.3.101.111", "X448", Some(448)),
    ("1.3.101.112", "Ed25519", Some(256)),
    ("1.3.101.113", "Ed448", Some(456)),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44", None),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65", None),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87", None),
    ("2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s", None),
    ("2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f", None),
    ("2.16.840.1.101.3.4.3.22", "SLH-DSA-SHA2-192s", None),
    ("2.16.840.1.101.3.4.3.23", "SLH-DSA-SHA2-192f", None),
    ("2.16.840.1.101.3.4.3.24", "SLH-DSA-SHA2-256s", None),
    ("2.16.840.1.101.3.4.3.25", "SLH-DSA-SHA2-256f", None),
    ("2.16.840.1.101.3.4.3.26", "SLH-DSA-SHAKE-128s", None),
    ("2.16.840.1.101.3.4.3.27", "SLH-DSA-SHAKE-128f", None),
    ("2.16.840.1.101.3.4.3.28", "SLH-DSA-SHAKE-192s", None),
    ("2.16.840.1.101.3.4.3.29", "SLH-DSA-SHAKE-192f", None),
    ("2.16.840.1.101.3.4.3.30", "SLH-DSA-SHAKE-256s", None),
    ("2.16.840.1.101.3.4.3.31", "SLH-DSA-SHAKE-256f", None),
    ("2.16.840.1.101.3.4.4.1", "ML-KEM-512", None),
    ("2.16.840.1.101.3.4.4.2", "ML-KEM-768", None),
    ("2.16.840.1.101.3.4.4.3", "ML-KEM-1024", None),
    ("1.2.643.2.2.19", "GOST R 34.10-2001", Some(256)),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012", Some(256)),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012", Some(512)),
];

const CURVES: &[(&str, &str, u32)] = &[
    ("1.2.840.10045.3.1.1", "secp192r1", 192),
    ("1.2.840.10045.3.1.7", "secp256r1", 256),
    ("1.3.132.0.1", "sect163k1", 163),
    ("1.3.132.0.8", "secp160r1", 160),
    ("1.3.132.0.9", "secp160k1", 160),
    ("1.3.132.0.10", "secp256k1", 256),
    ("1.3.132.0.15", "sect163r2", 163),
    ("1.3.132.0.16", "sect283k1", 283),
    ("1.3.132.0.17", "sect283r1", 283),
    ("1.3.132.0.26", "sect233k1", 233),
    ("1.3.132.0.27", "sect233r1", 233),
    ("1.3.132.0.30", "secp160r2", 160),
    ("1.3.132.0.31", "secp192k1", 192),
    ("1.3.132.0.32", "secp224k1", 224),
    ("1.3.132.0.33", "secp224r1", 224),
    ("1.3.132.0.34", "secp384r1", 384),
    ("1.3.132.0.35", "secp521r1", 521),
    ("1.3.132.0.36", "sect409k1", 409),
    ("1.3.132.0.37", "sect409r1", 409),
    ("1.3.132.0.38", "sect571k1", 571),
    ("1.3.132.0.39", "sect571r1", 571),
    ("1.3.36.3.3.2.8.1.1.1", "brainpoolP160r1", 160),
    ("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1", 192),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1", 224),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1", 320),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512),
    ("1.2.156.10197.1.301", "curveSM2", 256),
];

const ATTRIBUTES: &[(&str, &str)] = &[
    (COMMON_NAME, "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number stands once in its table and is a sequence of decimal arcs that DER can hold.
    #[test]
    fn numbers_are_object_identifiers_and_stand_once() {
        let tables: [Vec<&str>; 5] = [
            SIGNATURE_ALGORITHMS.iter().map(|row| row.oid).collect(),
            HASHES.iter().map(|row| row.0).collect(),
            KEY_TYPES.iter().map(|row| row.0).collect(),
            CURVES.iter().map(|row| row.0).collect(),
            ATTRIBUTES.iter().map(|row| row.0).collect(),
        ];
        for table in tables {
            for (index, oid) in table.iter().enumerate() {
                let arcs: Vec<u64> = oid.split('.').map(|arc| arc.parse().unwrap()).collect();
                assert!(arcs[0] <= 2 && (arcs[0] == 2 || arcs[1] < 40) && arcs.len() > 2, "{oid}");
                assert!(!table[..index].contains(oid), "{oid} twice");
            }
        }
    }
}
