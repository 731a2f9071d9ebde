//! Versions of QUIC: IANA, QUIC Versions, as of 2026-09-28.
//!
//! All 9 registered versions, permanent and provisional; among them 0 for Version Negotiation and the two of SCONE packets,
//! which no connection has. The registry gives notes, no names: the names here are ours. Not in [`QUIC_VERSIONS`]: the versions
//! 0x?a?a?a?a that are reserved to force negotiation ([`is_quic_grease`]).
//!
//! [`EXTRA_QUIC_VERSIONS`] is not IANA's: drafts of the IETF (0xff000000 and the draft's number), Google's unregistered versions
//! (their name in ASCII), Facebook's mvfst.

use super::name_of;

/// The name of a QUIC version, such as `QUIC v1`: registered or an extra.
pub fn quic_version(code: u32) -> Option<&'static str> {
    name_of(QUIC_VERSIONS, code).or_else(|| name_of(EXTRA_QUIC_VERSIONS, code))
}

/// Whether a version is reserved to exercise version negotiation (RFC 9000, section 15): every low nibble is a. The bytes
/// need not be equal.
pub const fn is_quic_grease(code: u32) -> bool {
    code & 0x0f0f_0f0f == 0x0a0a_0a0a
}

/// IANA's versions, sorted by code.
pub static QUIC_VERSIONS: &[(u32, &str)] = &[
    (0x00000000, "Version Negotiation"),
    (0x00000001, "QUIC v1"),
    (0x51303433, "Google QUIC Q043"),
    (0x51303436, "Google QUIC Q046"),
    (0x51303530, "Google QUIC Q050"),
    (0x6b3343cf, "QUIC v2"),
    (0x6f7dc0fd, "SCONE, even signals"),
    (0x709a50c4, "QUIC v2 (draft)"),
    (0xef7dc0fd, "SCONE, odd signals"),
];

/// Versions that are **not** IANA's, sorted by code.
pub static EXTRA_QUIC_VERSIONS: &[(u32, &str)] = &[
    (0x51303335, "Google QUIC Q035"),
    (0x51303339, "Google QUIC Q039"),
    (0x51303434, "Google QUIC Q044"),
    (0x51303438, "Google QUIC Q048"),
    (0x51303439, "Google QUIC Q049"),
    (0x54303438, "Google QUIC T048"),
    (0x54303439, "Google QUIC T049"),
    (0x54303530, "Google QUIC T050"),
    (0x54303531, "Google QUIC T051"),
    (0xfaceb001, "mvfst 01"),
    (0xfaceb002, "mvfst 02"),
    (0xfaceb00e, "mvfst 0e"),
    (0xfaceb011, "mvfst 11"),
    (0xfaceb012, "mvfst 12"),
    (0xfaceb013, "mvfst 13"),
    (0xff000001, "QUIC draft 01"),
    (0xff000002, "QUIC draft 02"),
    (0xff000003, "QUIC draft 03"),
    (0xff000004, "QUIC draft 04"),
    (0xff000005, "QUIC draft 05"),
    (0xff000006, "QUIC draft 06"),
    (0xff000007, "QUIC draft 07"),
    (0xff000008, "QUIC draft 08"),
    (0xff000009, "QUIC draft 09"),
    (0xff00000a, "QUIC draft 10"),
    (0xff00000b, "QUIC draft 11"),
    (0xff00000c, "QUIC draft 12"),
    (0xff00000d, "QUIC draft 13"),
    (0xff00000e, "QUIC draft 14"),
    (0xff00000f, "QUIC draft 15"),
    (0xff000010, "QUIC draft 16"),
    (0xff000011, "QUIC draft 17"),
    (0xff000012, "QUIC draft 18"),
    (0xff000013, "QUIC draft 19"),
    (0xff000014, "QUIC draft 20"),
    (0xff000015, "QUIC draft 21"),
    (0xff000016, "QUIC draft 22"),
    (0xff000017, "QUIC draft 23"),
    (0xff000018, "QUIC draft 24"),
    (0xff000019, "QUIC draft 25"),
    (0xff00001a, "QUIC draft 26"),
    (0xff00001b, "QUIC draft 27"),
    (0xff00001c, "QUIC draft 28"),
    (0xff00001d, "QUIC draft 29"),
    (0xff00001e, "QUIC draft 30"),
    (0xff00001f, "QUIC draft 31"),
    (0xff000020, "QUIC draft 32"),
    (0xff000021, "QUIC draft 33"),
    (0xff000022, "QUIC draft 34"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole(QUIC_VERSIONS.iter().map(|row| row.0), 9);
        check::whole(EXTRA_QUIC_VERSIONS.iter().map(|row| row.0), 49);
        check::apart(QUIC_VERSIONS.iter().map(|row| row.0), EXTRA_QUIC_VERSIONS.iter().map(|row| row.0));
        check::unique(QUIC_VERSIONS.iter().chain(EXTRA_QUIC_VERSIONS).map(|row| row.1));
    }

    /// Second source: RFC 9000, RFC 9369, and for Google's and the drafts the rule of their numbers.
    #[test]
    fn second_source() {
        assert_eq!(quic_version(1), Some("QUIC v1"));
        assert_eq!(quic_version(0x6b33_43cf), Some("QUIC v2"));
        for (code, name) in QUIC_VERSIONS.iter().chain(EXTRA_QUIC_VERSIONS) {
            if let Some(google) = name.strip_prefix("Google QUIC ") {
                assert_eq!(code.to_be_bytes().as_slice(), google.as_bytes());
            }
            if let Some(draft) = name.strip_prefix("QUIC draft ") {
                assert_eq!(*code, 0xff00_0000 + draft.parse::<u32>().unwrap());
            }
            assert!(!is_quic_grease(*code), "{name}");
        }
        assert_eq!(quic_version(0xff00_001d), Some("QUIC draft 29"));
        assert!(is_quic_grease(0x1a2a_3a4a) && !is_quic_grease(1));
    }
}
