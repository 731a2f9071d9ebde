//! Handshake messages: IANA, TLS HandshakeType, as of 2026-09-18.
//!
//! All 25 assigned types, in the registry's names without the suffix `_RESERVED` that it puts on messages of versions
//! before TLS 1.3. `hello_retry_request` has the number 6 of a draft; the message of RFC 8446 is a ServerHello with a
//! fixed random, and the reader that recognises it gives it this name.
//!
//! [`EXTRA_HANDSHAKE_TYPES`] is not IANA's: Next Protocol Negotiation and Channel ID. Not here: the messages of SSL 2.0.

use super::name_of;

/// The name of a handshake message, such as `client_hello`: IANA's or an extra.
pub fn handshake_type(code: u8) -> Option<&'static str> {
    name_of(HANDSHAKE_TYPES, code).or_else(|| name_of(EXTRA_HANDSHAKE_TYPES, code))
}

/// IANA's handshake types, sorted by code.
pub static HANDSHAKE_TYPES: &[(u8, &str)] = &[
    (0, "hello_request"),
    (1, "client_hello"),
    (2, "server_hello"),
    (3, "hello_verify_request"),
    (4, "new_session_ticket"),
    (5, "end_of_early_data"),
    (6, "hello_retry_request"),
    (8, "encrypted_extensions"),
    (9, "request_connection_id"),
    (10, "new_connection_id"),
    (11, "certificate"),
    (12, "server_key_exchange"),
    (13, "certificate_request"),
    (14, "server_hello_done"),
    (15, "certificate_verify"),
    (16, "client_key_exchange"),
    (17, "client_certificate_request"),
    (20, "finished"),
    (21, "certificate_url"),
    (22, "certificate_status"),
    (23, "supplemental_data"),
    (24, "key_update"),
    (25, "compressed_certificate"),
    (26, "ekt_key"),
    (254, "message_hash"),
];

/// Types that are **not** IANA's, sorted by code.
pub static EXTRA_HANDSHAKE_TYPES: &[(u8, &str)] = &[(67, "next_protocol"), (203, "channel_id")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole_names(HANDSHAKE_TYPES, 25);
        check::whole_names(EXTRA_HANDSHAKE_TYPES, 2);
        check::apart(HANDSHAKE_TYPES.iter().map(|row| row.0), EXTRA_HANDSHAKE_TYPES.iter().map(|row| row.0));
    }

    /// Second source: tls-parser's list and, for what it lacks, RFC 5246, RFC 8879, RFC 9147 and RFC 9261.
    #[test]
    fn second_source() {
        let theirs = |code| tls_parser::TlsHandshakeType(code).to_string();
        check::agrees(0..=u8::MAX, theirs, handshake_type, &[(14, "ServerDone")], 18);
        let known = [
            (9, "request_connection_id"),
            (10, "new_connection_id"),
            (14, "server_hello_done"),
            (17, "client_certificate_request"),
            (23, "supplemental_data"),
            (25, "compressed_certificate"),
            (254, "message_hash"),
        ];
        for (code, name) in known {
            assert_eq!(handshake_type(code), Some(name));
        }
    }
}
