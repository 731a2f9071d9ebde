//! Transport parameters of QUIC: IANA, QUIC Transport Parameters, as of 2026-09-28.
//!
//! All 33 registered parameters, permanent and provisional, in snake case (the registry writes `google handshake message`). Not
//! here: the identifiers 31 N + 27 that are reserved so that unknown ones stay ignored ([`is_quic_parameter_grease`]).

use super::name_of;

/// The name of a transport parameter, such as `max_idle_timeout`.
pub fn quic_transport_parameter(code: u64) -> Option<&'static str> {
    name_of(QUIC_TRANSPORT_PARAMETERS, code)
}

/// Whether an identifier is one of those that exercise the rule to ignore unknown ones (RFC 9000, section 18.1).
pub const fn is_quic_parameter_grease(code: u64) -> bool {
    code % 31 == 27
}

/// IANA's parameters, sorted by code.
pub static QUIC_TRANSPORT_PARAMETERS: &[(u64, &str)] = &[
    (0x00, "original_destination_connection_id"),
    (0x01, "max_idle_timeout"),
    (0x02, "stateless_reset_token"),
    (0x03, "max_udp_payload_size"),
    (0x04, "initial_max_data"),
    (0x05, "initial_max_stream_data_bidi_local"),
    (0x06, "initial_max_stream_data_bidi_remote"),
    (0x07, "initial_max_stream_data_uni"),
    (0x08, "initial_max_streams_bidi"),
    (0x09, "initial_max_streams_uni"),
    (0x0a, "ack_delay_exponent"),
    (0x0b, "max_ack_delay"),
    (0x0c, "disable_active_migration"),
    (0x0d, "preferred_address"),
    (0x0e, "active_connection_id_limit"),
    (0x0f, "initial_source_connection_id"),
    (0x10, "retry_source_connection_id"),
    (0x11, "version_information"),
    (0x1d, "reset_stream_at"),
    (0x20, "max_datagram_frame_size"),
    (0x3e, "initial_max_path_id"),
    (0x173e, "discard"),
    (0x219e, "scone_supported"),
    (0x26ab, "google_handshake_message"),
    (0x2ab2, "grease_quic_bit"),
    (0x3127, "initial_rtt"),
    (0x3128, "google_connection_options"),
    (0x3129, "user_agent"),
    (0x4752, "google_version"),
    (0xff73db, "version_information_draft"),
    (0x219bbcd0, "google_debug_1"),
    (0xff04de1b, "min_ack_delay"),
    (0x4143414213370002, "bdp_frame"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 9000, section 18.2, RFC 9221, RFC 9287 and RFC 9368.
    #[test]
    fn whole() {
        check::whole_names(QUIC_TRANSPORT_PARAMETERS, 33);
        let known = [
            (0, "original_destination_connection_id"),
            (1, "max_idle_timeout"),
            (3, "max_udp_payload_size"),
            (14, "active_connection_id_limit"),
            (16, "retry_source_connection_id"),
            (17, "version_information"),
            (0x20, "max_datagram_frame_size"),
            (0x2ab2, "grease_quic_bit"),
        ];
        for (code, name) in known {
            assert_eq!(quic_transport_parameter(code), Some(name));
        }
        assert_eq!(quic_transport_parameter(18), None);
        assert!(QUIC_TRANSPORT_PARAMETERS.iter().all(|row| !is_quic_parameter_grease(row.0)));
        assert!(is_quic_parameter_grease(27) && is_quic_parameter_grease(58) && !is_quic_parameter_grease(28));
    }
}
