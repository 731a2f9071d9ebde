//! `flows.csv` and `flow_certificates.csv`: a TLS flow from its first packet to its last.

use super::Word;
use super::cell::{Millis, Seconds, Wild};
use super::list::{Codes, WildList};
use crate::table;
use crate::time::Timestamp;

table! {
    /// A flow of TLS, found by content on any port: a TCP connection that carries at least one TLS record, a DTLS association, or a QUIC connection.
    /// Where a column says segment, it is a datagram in DTLS and QUIC.
    FlowRow, "flows", key ["flow_id"];
    /// `f` and 16 hex digits of a hash of capture_id, flow key and first frame: the same for every run over the same file.
    flow_id: Word,
    /// The capture in which the flow starts (captures.csv).
    capture_id: Word,
    /// The series of rotated captures that it was followed through.
    series_id: Word,
    /// Number of captures of the series that carry a packet of the flow.
    captures: u32,
    /// `tcp` or `udp`.
    transport: Word,
    /// `tls` (over TCP), `dtls` or `quic` (both over UDP).
    protocol: Word,
    /// The number that Wireshark and tshark give it in that capture: tcp.stream, or udp.stream of the conversation. DTLS associations and QUIC
    /// connections that follow one another between the same ports share it. After a SOCKS connection Wireshark's is higher by one: it gives the
    /// connection within a number of its own, which no packet has.
    stream: Option<u64>,
    /// Address of the client: who sent the SYN, else who sent the first ClientHello, else see client_guessed.
    client_ip: Word,
    /// TCP or UDP port of the client.
    client_port: u16,
    /// Address of the server.
    server_ip: Word,
    /// TCP or UDP port of the server.
    server_port: u16,
    /// True where neither a SYN nor a hello told who the client is; it is then the side with the higher port.
    client_guessed: bool,
    /// What the first packet was wrapped in, outermost first: `vlan=10/20`, `gre=0x1f ip6in4`, `vxlan=5001 mpls=16/17`. Empty: in nothing.
    tunnel: Word,
    /// 4 or 6: the IP version of the flow itself.
    ip_version: u8,
    /// Time of its first packet.
    first_utc: Timestamp,
    /// From its first packet to its last, in seconds.
    duration_s: Seconds,
    /// Frame number of its first packet in the capture where it starts.
    first_frame: u64,
    /// Frame number of its last packet, in last_capture_id.
    last_frame: u64,
    /// The capture of its last packet. Empty: that of its first one, capture_id.
    last_capture_id: Word,
    /// True where the capture does not hold the SYN of the client (of DTLS and QUIC: its ClientHello): the flow was running when the capture began.
    starts_midway: bool,
    /// What was spoken before TLS on the connection, by its first bytes: smtp, lmtp, imap, pop3, ftp, ldap, xmpp, irc, nntp, managesieve, postgresql,
    /// mysql, rdp, amqp, connect, socks4, socks5, proxy_v1, proxy_v2, or other; openvpn, which carries it in packets. Empty: nothing.
    preamble: Word,
    /// server_name of the first ClientHello (RFC 6066 section 3). Empty: see sni_state.
    sni: Wild,
    /// `present`, `perhaps_outer` (there, beside encrypted_client_hello: the name in the outer ClientHello if that is real, the true one if it is
    /// GREASE), `absent` (a ClientHello without the extension), `not_seen` (no ClientHello in the capture, or it is cut before the name), `malformed`.
    sni_state: Word,
    /// Application protocols that the client offers (RFC 7301), in its order.
    alpn_offered: WildList,
    /// How many protocols the list holds. Empty: no ClientHello seen.
    alpn_offered_count: Option<u32>,
    /// Whether the cell is cut (32,000 characters).
    alpn_offered_truncated: bool,
    /// The application protocol that the server chose in the plain part of the handshake. In TLS 1.3 that is encrypted: empty.
    alpn: Wild,
    /// Version that was agreed on, by name. Empty where no ServerHello was seen.
    tls_version: Word,
    /// The same as a code point: 771 is TLS 1.2 (0x0303), 772 TLS 1.3 (0x0304).
    tls_version_code: Option<u16>,
    /// legacy_version of the first ClientHello, as a code point.
    legacy_version_code: Option<u16>,
    /// Versions in the client's supported_versions (RFC 8446 section 4.2.1), in its order, GREASE included. Empty: the extension is absent.
    versions_offered: Codes,
    /// The suite that the server chose, IANA's name; the number in hex where IANA has none.
    cipher_suite: Word,
    /// The same as a code point.
    cipher_suite_code: Option<u16>,
    /// Suites of the first ClientHello in the client's order, GREASE and signalling values included. Of a ClientHello whose end is missing, which has
    /// neither a legacy version nor a JA3 here, the lists are there that are whole: suites, versions, groups and protocols.
    suites_offered: Codes,
    /// How many suites the list holds. Empty: no ClientHello seen.
    suites_offered_count: Option<u32>,
    /// Whether the cell is cut (32,000 characters).
    suites_offered_truncated: bool,
    /// Key exchange: of the chosen suite, or of TLS 1.3's key_share and pre_shared_key.
    kx: Word,
    /// The named group of the key exchange (ServerKeyExchange or the server's key_share). Empty: none, or not seen.
    kx_group: Word,
    /// The same as a code point.
    kx_group_code: Option<u16>,
    /// supported_groups of the first ClientHello in the client's order.
    groups_offered: Codes,
    /// How many groups the list holds. Empty: no ClientHello seen.
    groups_offered_count: Option<u32>,
    /// Whether the cell is cut (32,000 characters).
    groups_offered_truncated: bool,
    /// Extension types of the first ClientHello in the client's order, GREASE included.
    extensions_offered: Codes,
    /// How many extensions it has. Empty: no ClientHello seen.
    extensions_offered_count: Option<u32>,
    /// Whether the cell is cut (32,000 characters).
    extensions_offered_truncated: bool,
    /// Extension types of the ServerHello in the server's order. In TLS 1.3 most are encrypted.
    extensions_chosen: Codes,
    /// signature_algorithms of the first ClientHello in the client's order (RFC 8446 section 4.2.3), GREASE included.
    signature_schemes_offered: Codes,
    /// Groups for which the first ClientHello carries a key share.
    key_shares: Codes,
    /// Whether the key exchange is forward secret; empty where no suite was chosen, or it cannot be told (a session that is resumed, or may be).
    forward_secret: Option<bool>,
    /// Whether the client offers a post-quantum or hybrid group. Empty: no ClientHello seen.
    pq_offered: Option<bool>,
    /// Whether the chosen group is a post-quantum hybrid. Empty: no group seen.
    pq_hybrid: Option<bool>,
    /// Size in bits of the prime in the ServerKeyExchange of a DHE suite. Empty: another key exchange, or not seen.
    kx_bits: Option<u16>,
    /// Authentication of the chosen suite; empty in TLS 1.3, where it is encrypted.
    auth: Word,
    /// signature_algorithm of the ServerKeyExchange (TLS 1.2), by name.
    signature_scheme: Word,
    /// The same as a code point.
    signature_scheme_code: Option<u16>,
    /// Whether the handshake was abbreviated or used a PSK. Empty: cannot be told from what was seen.
    resumed: Option<bool>,
    /// By what: `id`, `ticket`, `psk`. Empty: not resumed, or not known.
    resumption: Word,
    /// Whether the server sent a HelloRetryRequest.
    hello_retry: bool,
    /// Whether the client offered early data (RFC 8446 section 4.2.10). Empty: no ClientHello seen.
    early_data: Option<bool>,
    /// Whether the client sent an encrypted_client_hello extension, real or GREASE (they cannot be told apart). Empty: no ClientHello seen.
    ech: Option<bool>,
    /// What of client authentication is plain: `requested`, `sent`, `declined` (an empty certificate). In TLS 1.3 it is encrypted: empty.
    client_auth: Word,
    /// Algorithms of certificate compression that the client offers (RFC 8879) by name, joined by `;`. Whether one was used is encrypted. Empty: none offered.
    compressed_certificate: Word,
    /// Signature schemes for which the client takes delegated credentials (RFC 9345), in its order. Whether one was used is encrypted.
    delegated_credentials_offered: Codes,
    /// Whether the client offers application settings (ALPS, Chromium's draft). Empty: no ClientHello seen.
    application_settings: Option<bool>,
    /// The longest protected record that the client takes, by record_size_limit (RFC 8449), in bytes before protection. Empty: it did not say.
    record_size_limit_client_bytes: Option<u16>,
    /// The same of the server. In TLS 1.3 that is encrypted: empty.
    record_size_limit_server_bytes: Option<u16>,
    /// The fragment length that the client asks for by max_fragment_length (RFC 6066 section 4), in bytes. Empty: none, or a code without meaning.
    max_fragment_length_client_bytes: Option<u16>,
    /// The fragment length to which the server agreed. In TLS 1.3 that is encrypted: empty.
    max_fragment_length_server_bytes: Option<u16>,
    /// Whether client and server both sent extended_master_secret (RFC 7627), which TLS 1.3 has built in: true there. Empty: no ServerHello, or no ClientHello seen.
    extended_master_secret: Option<bool>,
    /// Whether the server accepted encrypt_then_mac (RFC 7366). Empty: no ServerHello seen, or the suite is not CBC.
    encrypt_then_mac: Option<bool>,
    /// Whether the server sent renegotiation_info (RFC 5746). Empty: no ServerHello seen, or TLS 1.3, which cannot renegotiate.
    secure_renegotiation: Option<bool>,
    /// Compression of records that the server chose, by name: `deflate`, `lzs`. Empty: none, or no ServerHello seen.
    record_compression: Word,
    /// Protection profile of SRTP that the server chose with use_srtp (RFC 5764), IANA's name; the number in hex where IANA has none. In DTLS 1.3 that is
    /// encrypted. Empty: none, or no ServerHello seen.
    srtp_profile: Word,
    /// Sentinel in the server's random (RFC 8446 section 4.1.3): `tls12` or `tls11` is what it fell back to though it speaks more. Empty: none.
    downgrade_sentinel: Word,
    /// Whether the client sent TLS_FALLBACK_SCSV (RFC 7507): it tries again with an older version. Empty: no ClientHello seen.
    fallback_scsv: Option<bool>,
    /// Who sent a plain HeartbeatRequest that asks for more than it holds (CVE-2014-0160): `client`, `server` or `both`. Empty: nobody.
    overlong_heartbeat: Word,
    /// Renegotiations after the first handshake, by the client's further ChangeCipherSpec: all else of them is encrypted. Empty: no ServerHello seen, or
    /// TLS 1.3, which has none.
    renegotiations: Option<u32>,
    /// `completed`, `alert` (fatal, before completion), `reset`, `closed` (FIN before completion), `timeout` (silence), `gap` (bytes are missing),
    /// `not_judged` (midway, cut, or the capture ended). QUIC is completed where the server's handshake was protected and the client sent 1-RTT packets, or,
    /// if none of those was seen, Handshake packets that 1-RTT packets of the server followed; `alert` is a CRYPTO_ERROR in plain.
    outcome: Word,
    /// The last of the twelve steps that was seen, by number (see the dictionary).
    last_step: Option<u8>,
    /// Level of the first plain alert: 1 warning, 2 fatal.
    alert_level: Option<u8>,
    /// Its code.
    alert_code: Option<u8>,
    /// Its IANA name.
    alert_name: Word,
    /// Who sent it: `client` or `server`.
    alert_from: Word,
    /// Whether a close_notify was seen or, as far as can be told, an encrypted alert at the end: `client`, `server`, `both`, `encrypted_alert`.
    close_notify: Word,
    /// What ended the connection first: `client_fin`, `server_fin`, `client_rst`, `server_rst`, `timeout`, `end_of_capture`.
    closed_by: Word,
    /// The handshake as short tokens in the order of completion, the client's in capitals: `CH sh crt ske shd CKE CCS ENC ccs enc`.
    sequence: Word,
    /// Round trip of the TCP handshake in ms: the sum of the two that follow. Empty: not seen whole.
    tcp_rtt_ms: Option<Millis>,
    /// SYN to SYN-ACK in ms: capture point to server and back. Of SYNs that were sent again the last before the SYN-ACK counts. As all times from packet to
    /// packet it is empty where packet times go backwards.
    rtt_to_server_ms: Option<Millis>,
    /// SYN-ACK to ACK in ms: capture point to client and back. Of SYN-ACKs that were sent again the last before the ACK counts.
    rtt_to_client_ms: Option<Millis>,
    /// First byte of the ClientHello to the end of the last handshake message in ms, where the handshake completed.
    handshake_ms: Option<Millis>,
    /// End of the ClientHello to the end of the ServerHello in ms.
    hello_to_hello_ms: Option<Millis>,
    /// How long the server took to answer, in ms: from the frame that completes its last ClientHello before the ServerHello to the first byte of the
    /// ServerHello, less rtt_to_server_ms, the way from the capture point to the server and back; 0 where that way took longer. Empty: one of the three was
    /// not seen, or not over TCP.
    server_think_ms: Option<Millis>,
    /// First byte of the ClientHello to the first application data in ms.
    first_data_ms: Option<Millis>,
    /// Turns of direction in the handshake: a full TLS 1.2 handshake has 4, TLS 1.3 has 3.
    flights: Option<u32>,
    /// Maximum segment size that the client announced in its SYN (RFC 9293 section 3.7.1), in bytes.
    mss_client_bytes: Option<u16>,
    /// Maximum segment size that the server announced in its SYN-ACK, in bytes.
    mss_server_bytes: Option<u16>,
    /// True where a segment is larger than the receiver's MSS or an IP total length is 0: TSO, GRO or LRO on the capturing host.
    offload_suspected: bool,
    /// Bytes of the client's handshake messages with their 4-byte headers, encrypted ones included.
    handshake_bytes_client: u64,
    /// The same of the server; the protected flight of TLS 1.3 included.
    handshake_bytes_server: u64,
    /// TCP segments, or datagrams, that carry the client's handshake.
    handshake_segments_client: u32,
    /// TCP segments, or datagrams, that carry the server's handshake.
    handshake_segments_server: u32,
    /// Bytes of the first ClientHello with its header.
    client_hello_bytes: Option<u64>,
    /// TCP segments that carry it.
    client_hello_segments: Option<u32>,
    /// TCP segments that carry the ServerHello.
    server_hello_segments: Option<u32>,
    /// Bytes of the server's first Certificate message with its header. In TLS 1.3 it is encrypted: empty.
    certificate_bytes: Option<u64>,
    /// TCP segments that carry it.
    certificate_segments: Option<u32>,
    /// Bytes of the server's first flight: records from ServerHello to the turn, headers included. Empty in DTLS and QUIC.
    server_flight_bytes: Option<u64>,
    /// TCP segments that carry it.
    server_flight_segments: Option<u32>,
    /// Records of TLS or DTLS that the client sent; of QUIC, packets.
    records_client: u64,
    /// Records of TLS or DTLS that the server sent; of QUIC, packets.
    records_server: u64,
    /// Of these, records of application data (in TLS 1.3 everything protected looks like it).
    app_records_client: u64,
    /// The same of the server.
    app_records_server: u64,
    /// Packets that the client sent.
    packets_client: u64,
    /// Packets that the server sent.
    packets_server: u64,
    /// Payload bytes of TCP or UDP on the wire from the client, retransmissions included.
    bytes_client: u64,
    /// Payload bytes of TCP or UDP on the wire from the server, retransmissions included.
    bytes_server: u64,
    /// TCP segments whose bytes had all been seen, or that fill a hole after more than the reordering window. Empty in DTLS and QUIC, as are the two that
    /// follow; messages.csv says which messages came again.
    retransmissions: Option<u64>,
    /// Segments that fill a hole within the reordering window (3 ms).
    out_of_order: Option<u64>,
    /// Segments that overlap bytes already held; the first bytes win.
    overlaps: Option<u64>,
    /// Frames that hold a packet of it that was captured just before: counted among its packets and bytes, and otherwise passed over.
    /// Bare ACKs without an IP identification cannot be told and are not among them. Empty for UDP.
    duplicate_frames: Option<u64>,
    /// Bytes that the capture does not hold: holes in the sequence space of TCP, and snap-length cuts.
    gap_bytes: u64,
    /// IP fragments that carried the flow, as far as they could be put together.
    ip_fragments: Option<u64>,
    /// JA3 of the first ClientHello: MD5 in hex.
    ja3: Word,
    /// JA3S of the ServerHello: MD5 in hex.
    ja3s: Word,
    /// JA4 of the first ClientHello: `t13d1516h2_8daaf6152771_e5627efa2ab1`.
    ja4: Word,
    /// Certificates in the server's first Certificate message. Empty: no plain one seen.
    certificate_count: Option<u32>,
    /// The first of them (SHA-256 of the DER in hex).
    leaf_cert_id: Word,
    /// Whether the leaf's subjectAltName names the sni (RFC 9525; a commonName does not count). Empty: no sni, no plain certificate, or it cannot be told.
    certificate_name_match: Option<bool>,
    /// How the server's certificates stand to one another, by their names: `self_signed` or `single` (one), `ordered` (each issued by the next, RFC 5246
    /// section 7.4.2), `unordered`, `unreadable`. Empty: none seen.
    certificate_chain: Word,
    /// Whether secrets were used to read it: never in this version.
    decrypted: bool,
    /// Version of QUIC by name: that of the server's packets, else of the client's; in hex where it has none. Empty: not QUIC.
    quic_version: Word,
    /// The same as a code point: 1 is QUIC v1, 1798521807 QUIC v2 (0x6b3343cf).
    quic_version_code: Option<u32>,
    /// Version of the first packet as a code point, where the version changed: by a Version Negotiation, or a compatible change (RFC 9368). Empty: it
    /// did not.
    quic_first_version_code: Option<u32>,
    /// Whether the server sent a Retry (RFC 9000 section 8.1.2). Empty: not QUIC.
    quic_retry: Option<bool>,
    /// Whether the server sent a Version Negotiation (RFC 9000 section 6). Empty: not QUIC.
    quic_version_negotiation: Option<bool>,
    /// Initial packets that the client sent. Empty: not QUIC.
    quic_initial_packets_client: Option<u64>,
    /// The same of the server.
    quic_initial_packets_server: Option<u64>,
    /// Handshake packets of both sides. Empty: not QUIC.
    quic_handshake_packets: Option<u64>,
    /// 0-RTT packets. Empty: not QUIC.
    quic_0rtt_packets: Option<u64>,
    /// Bytes of PADDING in the Initial packets that were read: those up to the first protected packets of both sides. Empty: not QUIC.
    quic_padding_bytes: Option<u64>,
    /// Transport parameters of the client's ClientHello (RFC 9000 section 18) in its order, IANA's names joined by `;`, the number in hex where IANA has
    /// none; the first 128. The server's are encrypted. Empty: not QUIC, or no ClientHello seen.
    quic_transport_parameters: Word,
    /// The client's max_idle_timeout in ms. Empty: it did not say, or not QUIC.
    quic_max_idle_timeout_ms: Option<u64>,
    /// The client's max_udp_payload_size: the longest UDP payload that it takes.
    quic_max_udp_payload_bytes: Option<u64>,
    /// The client's initial_max_data: what it takes on the connection before it asks for more.
    quic_initial_max_data_bytes: Option<u64>,
    /// A display filter that finds its packets in that capture: exactly those of TCP; where it came in IP fragments, also others between the two addresses
    /// at that time; where UDP ports carry other protocols beside it, also theirs.
    wireshark_filter: Word,
    /// Rules that it raises, by id, joined by `;` (findings.csv; `tlscensus explain` says what they are), muted ones too.
    findings: Word,
}

table! {
    /// A certificate at its place in a Certificate message of a flow.
    FlowCertificateRow, "flow_certificates", key ["flow_id", "side", "position"];
    /// The flow (flows.csv).
    flow_id: Word,
    /// Who sent it: `client` or `server`.
    side: Word,
    /// Its place in the chain, from 0, the leaf.
    position: u32,
    /// SHA-256 of the DER in hex.
    cert_id: Word,
}
