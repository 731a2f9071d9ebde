//! Alerts: IANA, TLS Alerts, as of 2026-09-18.
//!
//! All 37 assigned alerts, in the registry's names without the suffix `_RESERVED` that it puts on alerts of versions
//! before TLS 1.3. DTLS uses the same numbers.

use super::name_of;

/// The name of an alert description, such as `handshake_failure`.
pub fn alert(code: u8) -> Option<&'static str> {
    name_of(ALERTS, code)
}

/// The name of an alert level (RFC 8446, section 6; no registry).
pub const fn alert_level(code: u8) -> Option<&'static str> {
    match code {
        1 => Some("warning"),
        2 => Some("fatal"),
        _ => None,
    }
}

/// IANA's alerts, sorted by code.
pub static ALERTS: &[(u8, &str)] = &[
    (0, "close_notify"),
    (10, "unexpected_message"),
    (20, "bad_record_mac"),
    (21, "decryption_failed"),
    (22, "record_overflow"),
    (30, "decompression_failure"),
    (40, "handshake_failure"),
    (41, "no_certificate"),
    (42, "bad_certificate"),
    (43, "unsupported_certificate"),
    (44, "certificate_revoked"),
    (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"),
    (48, "unknown_ca"),
    (49, "access_denied"),
    (50, "decode_error"),
    (51, "decrypt_error"),
    (52, "too_many_cids_requested"),
    (60, "export_restriction"),
    (70, "protocol_version"),
    (71, "insufficient_security"),
    (80, "internal_error"),
    (86, "inappropriate_fallback"),
    (90, "user_canceled"),
    (100, "no_renegotiation"),
    (109, "missing_extension"),
    (110, "unsupported_extension"),
    (111, "certificate_unobtainable"),
    (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"),
    (114, "bad_certificate_hash_value"),
    (115, "unknown_psk_identity"),
    (116, "certificate_required"),
    (117, "general_error"),
    (120, "no_application_protocol"),
    (121, "ech_required"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole_names(ALERTS, 37);
    }

    /// Second source: tls-parser's list, which abbreviates some names and writes one with another spelling.
    #[test]
    fn second_source() {
        let except = [(90, "UserCancelled"), (111, "CertUnobtainable"), (113, "BadCertStatusResponse"), (114, "BadCertHashValue")];
        let theirs = |code| tls_parser::TlsAlertDescription(code).to_string();
        check::agrees(0..=u8::MAX, theirs, alert, &except, 34);
        assert_eq!(alert(40), Some("handshake_failure"));
        assert_eq!(alert(121), Some("ech_required"));
        assert_eq!((alert_level(1), alert_level(2), alert_level(3)), (Some("warning"), Some("fatal"), None));
    }
}
