//! Extensions: IANA, TLS ExtensionType Values, as of 2026-08-11.
//!
//! All 64 assigned extensions, in lower case (the registry writes `TLMSP`), without the notes on earlier names:
//! `extended_main_secret` is the former `extended_master_secret`. Number 53, "connection_id (deprecated)", is
//! `connection_id_deprecated`. Not in [`EXTENSIONS`]: 40 and 46, which the registry reserves, private use, and GREASE
//! ([`super::is_grease`]).
//!
//! [`EXTRA_EXTENSIONS`] is not IANA's: what browsers and drafts used or use.

use super::name_of;

/// The name of an extension, such as `server_name`: IANA's or an extra.
pub fn extension(code: u16) -> Option<&'static str> {
    name_of(EXTENSIONS, code).or_else(|| name_of(EXTRA_EXTENSIONS, code))
}

/// IANA's extensions, sorted by code.
pub static EXTENSIONS: &[(u16, &str)] = &[
    (0, "server_name"),
    (1, "max_fragment_length"),
    (2, "client_certificate_url"),
    (3, "trusted_ca_keys"),
    (4, "truncated_hmac"),
    (5, "status_request"),
    (6, "user_mapping"),
    (7, "client_authz"),
    (8, "server_authz"),
    (9, "cert_type"),
    (10, "supported_groups"),
    (11, "ec_point_formats"),
    (12, "srp"),
    (13, "signature_algorithms"),
    (14, "use_srtp"),
    (15, "heartbeat"),
    (16, "application_layer_protocol_negotiation"),
    (17, "status_request_v2"),
    (18, "signed_certificate_timestamp"),
    (19, "client_certificate_type"),
    (20, "server_certificate_type"),
    (21, "padding"),
    (22, "encrypt_then_mac"),
    (23, "extended_main_secret"),
    (24, "token_binding"),
    (25, "cached_info"),
    (26, "tls_lts"),
    (27, "compress_certificate"),
    (28, "record_size_limit"),
    (29, "pwd_protect"),
    (30, "pwd_clear"),
    (31, "password_salt"),
    (32, "ticket_pinning"),
    (33, "tls_cert_with_extern_psk"),
    (34, "delegated_credential"),
    (35, "session_ticket"),
    (36, "tlmsp"),
    (37, "tlmsp_proxying"),
    (38, "tlmsp_delegate"),
    (39, "supported_ekt_ciphers"),
    (41, "pre_shared_key"),
    (42, "early_data"),
    (43, "supported_versions"),
    (44, "cookie"),
    (45, "psk_key_exchange_modes"),
    (47, "certificate_authorities"),
    (48, "oid_filters"),
    (49, "post_handshake_auth"),
    (50, "signature_algorithms_cert"),
    (51, "key_share"),
    (52, "transparency_info"),
    (53, "connection_id_deprecated"),
    (54, "connection_id"),
    (55, "external_id_hash"),
    (56, "external_session_id"),
    (57, "quic_transport_parameters"),
    (58, "ticket_request"),
    (59, "dnssec_chain"),
    (60, "sequence_number_encryption_algorithms"),
    (61, "rrc"),
    (62, "tls_flags"),
    (64768, "ech_outer_extensions"),
    (65037, "encrypted_client_hello"),
    (65281, "renegotiation_info"),
];

/// Extensions that are **not** IANA's, sorted by code.
pub static EXTRA_EXTENSIONS: &[(u16, &str)] = &[
    // TLS 1.3 drafts before 23.
    (40, "key_share_old"),
    // TLS 1.3 drafts before 19.
    (46, "ticket_early_data_info"),
    (13172, "next_protocol_negotiation"),
    // ALPS (draft-vvv-tls-alps) under its first and its second number.
    (17513, "application_settings"),
    (17613, "application_settings_new"),
    (30031, "channel_id_old"),
    (30032, "channel_id"),
    // draft-bmw-tls-pake13
    (35387, "pake"),
    // draft-ietf-tls-trust-anchor-ids
    (51764, "trust_anchors"),
    // Drafts of encrypted ClientHello: the number followed the draft.
    (65032, "encrypted_client_hello_draft_08"),
    (65033, "encrypted_client_hello_draft_09"),
    (65034, "encrypted_client_hello_draft_10"),
    (65445, "quic_transport_parameters_draft"),
    // ESNI, draft-ietf-tls-esni before 07.
    (65486, "encrypted_server_name"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole_names(EXTENSIONS, 64);
        check::whole_names(EXTRA_EXTENSIONS, 14);
        check::apart(EXTENSIONS.iter().map(|row| row.0), EXTRA_EXTENSIONS.iter().map(|row| row.0));
        check::unique(EXTENSIONS.iter().chain(EXTRA_EXTENSIONS).map(|row| row.1));
    }

    /// Second source: tls-parser's list (older names, one GREASE value) and, for what it lacks, the RFCs.
    #[test]
    fn second_source() {
        let except = [
            (2, "ClientCertificate"),
            (23, "ExtendedMasterSecret"),
            (35, "SessionTicketTLS"),
            (45, "PskExchangeModes"),
            (50, "SigAlgorithmsCert"),
            (0xfafa, "Grease"),
        ];
        let theirs = |code| tls_parser::TlsExtensionType(code).to_string();
        check::agrees(0..=u16::MAX, theirs, extension, &except, 43);
        let known = [
            (27, "compress_certificate"),
            (34, "delegated_credential"),
            (54, "connection_id"),
            (57, "quic_transport_parameters"),
            (58, "ticket_request"),
            (0xfe0d, "encrypted_client_hello"),
            (0xff01, "renegotiation_info"),
        ];
        for (code, name) in known {
            assert_eq!(extension(code), Some(name));
        }
    }
}
