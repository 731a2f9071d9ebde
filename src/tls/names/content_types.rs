//! Record content types: IANA, TLS ContentType, as of 2026-09-18.
//!
//! All 8 assigned types, in lower case (the registry writes `ACK`). Not here: the ranges that STUN, DTLS-SRTP and QUIC
//! share with DTLS on one port, and the record headers of SSL 2.0, which have no type.

use super::name_of;

/// The name of a record content type, such as `handshake`.
pub fn content_type(code: u8) -> Option<&'static str> {
    name_of(CONTENT_TYPES, code)
}

/// IANA's content types, sorted by code.
pub static CONTENT_TYPES: &[(u8, &str)] = &[
    (20, "change_cipher_spec"),
    (21, "alert"),
    (22, "handshake"),
    (23, "application_data"),
    (24, "heartbeat"),
    (25, "tls12_cid"),
    (26, "ack"),
    (27, "return_routability_check"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole_names(CONTENT_TYPES, 8);
    }

    /// Second source: tls-parser's list and, for DTLS, RFC 9146 and RFC 9147.
    #[test]
    fn second_source() {
        let theirs = |code| tls_parser::TlsRecordType(code).to_string();
        check::agrees(0..=u8::MAX, theirs, content_type, &[], 5);
        assert_eq!(content_type(25), Some("tls12_cid"));
        assert_eq!(content_type(26), Some("ack"));
        assert_eq!(content_type(27), Some("return_routability_check"));
    }
}
