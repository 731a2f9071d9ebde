//! Protocol versions. There is no registry of them; facts as of 2026-11-24.
//!
//! SSL 3.0 from RFC 6101, TLS from RFC 2246, 4346, 5246 and 8446, DTLS from RFC 4347, 6347 and 9147 (there is no DTLS 1.1),
//! 0x0002 as in an SSL 2.0 ClientHello (RFC 5246, appendix E.2). Drafts of TLS 1.3 put their number into the low byte of
//! 0x7f00 (draft 28 was the last). The experiments are those of large deployments. TLCP is GB/T 38636-2020. Not here: GREASE
//! ([`super::is_grease`]), drafts of DTLS 1.3.

use super::name_of;

/// The name of a protocol version, such as `TLS 1.2`.
pub fn version(code: u16) -> Option<&'static str> {
    name_of(VERSIONS, code)
}

/// Versions, sorted by code.
pub static VERSIONS: &[(u16, &str)] = &[
    (0x0002, "SSL 2.0"),
    (0x0100, "DTLS 1.0 (OpenSSL before 0.9.8f)"),
    (0x0101, "TLCP 1.1"),
    (0x0300, "SSL 3.0"),
    (0x0301, "TLS 1.0"),
    (0x0302, "TLS 1.1"),
    (0x0303, "TLS 1.2"),
    (0x0304, "TLS 1.3"),
    (0x7e01, "TLS 1.3 (Google experiment 1)"),
    (0x7e02, "TLS 1.3 (Google experiment 2)"),
    (0x7f01, "TLS 1.3 draft 01"),
    (0x7f02, "TLS 1.3 draft 02"),
    (0x7f03, "TLS 1.3 draft 03"),
    (0x7f04, "TLS 1.3 draft 04"),
    (0x7f05, "TLS 1.3 draft 05"),
    (0x7f06, "TLS 1.3 draft 06"),
    (0x7f07, "TLS 1.3 draft 07"),
    (0x7f08, "TLS 1.3 draft 08"),
    (0x7f09, "TLS 1.3 draft 09"),
    (0x7f0a, "TLS 1.3 draft 10"),
    (0x7f0b, "TLS 1.3 draft 11"),
    (0x7f0c, "TLS 1.3 draft 12"),
    (0x7f0d, "TLS 1.3 draft 13"),
    (0x7f0e, "TLS 1.3 draft 14"),
    (0x7f0f, "TLS 1.3 draft 15"),
    (0x7f10, "TLS 1.3 draft 16"),
    (0x7f11, "TLS 1.3 draft 17"),
    (0x7f12, "TLS 1.3 draft 18"),
    (0x7f13, "TLS 1.3 draft 19"),
    (0x7f14, "TLS 1.3 draft 20"),
    (0x7f15, "TLS 1.3 draft 21"),
    (0x7f16, "TLS 1.3 draft 22"),
    (0x7f17, "TLS 1.3 draft 23"),
    (0x7f18, "TLS 1.3 draft 24"),
    (0x7f19, "TLS 1.3 draft 25"),
    (0x7f1a, "TLS 1.3 draft 26"),
    (0x7f1b, "TLS 1.3 draft 27"),
    (0x7f1c, "TLS 1.3 draft 28"),
    (0xfb17, "TLS 1.3 (Facebook draft 23)"),
    (0xfb1a, "TLS 1.3 (Facebook draft 26)"),
    (0xfefc, "DTLS 1.3"),
    (0xfefd, "DTLS 1.2"),
    (0xfeff, "DTLS 1.0"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole(VERSIONS.iter().map(|row| row.0), 43);
        check::unique(VERSIONS.iter().map(|row| row.1));
        for draft in 1..=28 {
            assert_eq!(version(0x7f00 | draft), Some(format!("TLS 1.3 draft {draft:02}").as_str()));
        }
    }

    /// Second source: tls-parser's list, whose 0xfefe never was.
    #[test]
    fn second_source() {
        let except = [(0xfefe, "DTls11")];
        let theirs = |code| tls_parser::TlsVersion(code).to_string();
        check::agrees(0..=u16::MAX, theirs, version, &except, 14);
        assert_eq!(version(0x0304), Some("TLS 1.3"));
        assert_eq!(version(0xfefc), Some("DTLS 1.3"));
        assert_eq!(version(0xfefe), None);
        assert_eq!(version(0x0000), None);
    }
}
