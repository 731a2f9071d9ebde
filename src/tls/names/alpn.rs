//! Application protocols: IANA, TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs, as of 2026-08-11.
//!
//! All 42 registered identifiers. Not in [`ALPN_PROTOCOLS`]: the sixteen GREASE identifiers, which the registry reserves
//! ([`is_alpn_grease`]).
//!
//! [`EXTRA_ALPN_PROTOCOLS`] is not IANA's: drafts and private identifiers that are met often. An identifier is bytes, not text:
//! whoever prints one escapes it.

/// An identifier as on the wire, without its length byte, and the protocol's name.
pub type AlpnProtocol = (&'static [u8], &'static str);

/// The protocol's name for an identifier, compared byte by byte: IANA's or an extra.
pub fn alpn(id: &[u8]) -> Option<&'static str> {
    [ALPN_PROTOCOLS, EXTRA_ALPN_PROTOCOLS].into_iter().find_map(|table| look_up(table, id))
}

/// Whether IANA registered the identifier.
pub fn is_registered(id: &[u8]) -> bool {
    look_up(ALPN_PROTOCOLS, id).is_some()
}

/// Whether an identifier is one of the sixteen GREASE values of RFC 8701: two equal bytes, low nibble a.
pub fn is_alpn_grease(id: &[u8]) -> bool {
    matches!(id, &[high, low] if super::is_grease(u16::from_be_bytes([high, low])))
}

fn look_up(table: &'static [AlpnProtocol], id: &[u8]) -> Option<&'static str> {
    table.binary_search_by(|row| row.0.cmp(id)).ok().map(|at| table[at].1)
}

/// IANA's identifiers, sorted by their bytes.
pub static ALPN_PROTOCOLS: &[AlpnProtocol] = &[
    (b"EoQ", "EoQ"),
    (b"acme-tls/1", "acme-tls/1"),
    (b"c-webrtc", "Confidential WebRTC Media and Data"),
    (b"co", "CoAP (over DTLS)"),
    (b"coap", "CoAP (over TLS)"),
    (b"dicom", "DICOM"),
    (b"doq", "DoQ"),
    (b"dot", "DNS-over-TLS"),
    (b"ftp", "FTP"),
    (b"h2", "HTTP/2 over TLS"),
    (b"h2c", "HTTP/2 over TCP"),
    (b"h3", "HTTP/3"),
    (b"http/0.9", "HTTP/0.9"),
    (b"http/1.0", "HTTP/1.0"),
    (b"http/1.1", "HTTP/1.1"),
    (b"imap", "IMAP"),
    (b"irc", "IRC"),
    (b"managesieve", "ManageSieve"),
    (b"mqtt", "OASIS Message Queuing Telemetry Transport (MQTT)"),
    (b"n-pamp/2", "N-PAMP (Native Post-Quantum Agent Messaging Protocol), wire major version 2"),
    (b"netperfmeter/control", "NetPerfMeter Protocol Control Channel (NPMP-CONTROL)"),
    (b"netperfmeter/data", "NetPerfMeter Protocol Data Channel (NPMP-DATA)"),
    (b"nnsp", "NNTP (transit)"),
    (b"nntp", "NNTP (reading)"),
    (b"ntske/1", "Network Time Security Key Establishment, version 1"),
    (b"pop3", "POP3"),
    (b"postgresql", "PostgreSQL"),
    (b"radius/1.0", "RADIUS/1.0"),
    (b"radius/1.1", "RADIUS/1.1"),
    (b"sip/2", "SIP"),
    (b"smb", "SMB2"),
    (b"snifq/1", "SNIF over QUIC"),
    (b"spdy/1", "SPDY/1"),
    (b"spdy/2", "SPDY/2"),
    (b"spdy/3", "SPDY/3"),
    (b"stun.nat-discovery", "NAT discovery using Session Traversal Utilities for NAT (STUN)"),
    (b"stun.turn", "Traversal Using Relays around NAT (TURN)"),
    (b"sunrpc", "SunRPC"),
    (b"tds/8.0", "TDS/8.0"),
    (b"webrtc", "WebRTC Media and Data"),
    (b"xmpp-client", "XMPP jabber:client namespace"),
    (b"xmpp-server", "XMPP jabber:server namespace"),
];

/// Identifiers that are **not** IANA's, sorted by their bytes.
pub static EXTRA_ALPN_PROTOCOLS: &[AlpnProtocol] = &[
    (b"grpc-exp", "gRPC"),
    (b"h2-14", "HTTP/2 draft 14"),
    (b"h2-15", "HTTP/2 draft 15"),
    (b"h2-16", "HTTP/2 draft 16"),
    (b"h3-27", "HTTP/3 draft 27"),
    (b"h3-28", "HTTP/3 draft 28"),
    (b"h3-29", "HTTP/3 draft 29"),
    (b"h3-Q043", "HTTP over Google QUIC Q043"),
    (b"h3-Q046", "HTTP over Google QUIC Q046"),
    (b"h3-Q050", "HTTP over Google QUIC Q050"),
    (b"hq-29", "HTTP/0.9 over QUIC draft 29"),
    (b"hq-interop", "HTTP/0.9 over QUIC"),
    (b"spdy/3.1", "SPDY/3.1"),
    (b"x-amzn-http-ca", "AWS IoT over HTTP with client certificate"),
    (b"x-amzn-mqtt-ca", "AWS IoT over MQTT with client certificate"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    #[test]
    fn whole() {
        check::whole(ALPN_PROTOCOLS.iter().map(|row| row.0), 42);
        check::whole(EXTRA_ALPN_PROTOCOLS.iter().map(|row| row.0), 15);
        check::apart(ALPN_PROTOCOLS.iter().map(|row| row.0), EXTRA_ALPN_PROTOCOLS.iter().map(|row| row.0));
        check::unique(ALPN_PROTOCOLS.iter().chain(EXTRA_ALPN_PROTOCOLS).map(|row| row.1));
        for (id, name) in ALPN_PROTOCOLS.iter().chain(EXTRA_ALPN_PROTOCOLS) {
            assert!(!id.is_empty() && !name.is_empty() && id.iter().all(u8::is_ascii_graphic), "{name}");
        }
    }

    /// Second source: RFC 7301, 7443, 7858, 8833, 8915, 9113, 9114 and 9289.
    #[test]
    fn second_source() {
        let known: [(&[u8], &str); 9] = [
            (b"http/1.1", "HTTP/1.1"),
            (b"h2", "HTTP/2 over TLS"),
            (b"h3", "HTTP/3"),
            (b"stun.turn", "Traversal Using Relays around NAT (TURN)"),
            (b"webrtc", "WebRTC Media and Data"),
            (b"dot", "DNS-over-TLS"),
            (b"ntske/1", "Network Time Security Key Establishment, version 1"),
            (b"sunrpc", "SunRPC"),
            (b"spdy/3", "SPDY/3"),
        ];
        for (id, name) in known {
            assert_eq!(alpn(id), Some(name));
            assert!(is_registered(id));
        }
        assert!(alpn(b"h3-29").is_some() && !is_registered(b"h3-29"));
        assert_eq!(alpn(b"H2"), None);
        assert_eq!(alpn(b""), None);
    }

    #[test]
    fn grease() {
        assert!(is_alpn_grease(&[0x0a, 0x0a]) && is_alpn_grease(&[0xfa, 0xfa]));
        assert!(!is_alpn_grease(&[0x1a, 0x0a]) && !is_alpn_grease(b"h2") && !is_alpn_grease(&[0x0a; 3]));
    }
}
