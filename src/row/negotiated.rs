//! What the hellos offered and chose, as columns of flows.csv.

use super::Word;
use super::assemble::hex;
use super::cell::{MAX_LIST, Wild};
use super::fingerprints;
use super::flow::FlowRow;
use super::list::{Codes, WildList};
use crate::flow::Side;
use crate::tls::fingerprint::{self, Transport};
use crate::tls::hello::{ClientHello, Downgrade, ServerHello, is_tls13};
use crate::tls::{Content, Seen, names};

/// TLS_FALLBACK_SCSV (RFC 7507).
const FALLBACK_SCSV: u16 = 0x5600;
/// ExtensionType values (IANA): supported_groups, application_layer_protocol_negotiation.
const SUPPORTED_GROUPS: u16 = 10;
const ALPN: u16 = 16;
/// ExtensionType values (IANA): encrypt_then_mac, extended_master_secret, renegotiation_info.
const ENCRYPT_THEN_MAC: u16 = 22;
const EXTENDED_MASTER_SECRET: u16 = 23;
const RENEGOTIATION_INFO: u16 = 0xff01;

/// What the ClientHello says.
pub fn offered(row: &mut FlowRow, seen: &Seen) {
    let Some(hello) = &seen.facts.client_hello else {
        row.sni_state = "not_seen".into();
        if let Some(hello) = &seen.facts.client_hello_start {
            offered_in_part(row, hello);
        }
        return;
    };
    row.sni_state = match &hello.server_name {
        Some(_) if hello.ech => "perhaps_outer",
        Some(_) => "present",
        None if hello.extensions.contains(&0) => "malformed",
        None => "absent",
    }
    .into();
    row.sni = Wild::from_bytes(hello.server_name.as_deref().unwrap_or_default());
    row.alpn_offered = WildList(hello.alpn.iter().map(|protocol| Wild::from_bytes(protocol)).collect());
    row.alpn_offered_count = Some(hello.alpn.len() as u32);
    row.alpn_offered_truncated = row.alpn_offered.is_cut();
    row.legacy_version_code = Some(hello.version);
    row.pq_offered = Some(offers_post_quantum(hello));
    row.early_data = Some(hello.early_data);
    row.ech = Some(hello.ech);
    let transport = match row.protocol.as_ref() {
        "dtls" => Transport::Dtls,
        "quic" => Transport::Quic,
        _ => Transport::Tcp,
    };
    (row.ja3, row.ja4) = fingerprints::of(hello, transport);
    let name = |code: &u16| names::certificate_compression(*code).map_or_else(|| format!("0x{code:04x}"), str::to_owned);
    let compressions: Vec<String> = hello.certificate_compressions.iter().filter(|code| !names::is_grease(**code)).map(name).collect();
    row.compressed_certificate = compressions.join(";").into();
    row.application_settings = Some(hello.application_settings);
    row.record_size_limit_client_bytes = hello.record_size_limit;
    row.max_fragment_length_client_bytes = hello.max_fragment_length.and_then(fragment_length);
    row.fallback_scsv = Some(hello.suites.contains(&FALLBACK_SCSV));
    if let Some(parameters) = &hello.transport_parameters {
        let name = |id: &u64| names::quic_transport_parameter(*id).map_or_else(|| format!("0x{id:02x}"), str::to_owned);
        row.quic_transport_parameters = parameters.ids.iter().map(name).collect::<Vec<_>>().join(";").into();
        row.quic_max_idle_timeout_ms = parameters.max_idle_timeout;
        row.quic_max_udp_payload_bytes = parameters.max_udp_payload;
        row.quic_initial_max_data_bytes = parameters.initial_max_data;
    }
}

/// The lists of the hellos, which they give up: so it comes last.
pub fn lists(row: &mut FlowRow, seen: &mut Seen) {
    let codes = |list: &mut Vec<u16>| Codes(std::mem::take(list));
    if let Some(hello) = &mut seen.facts.client_hello {
        hello.key_shares.truncate(MAX_LIST / 7);
        row.versions_offered = codes(&mut hello.versions);
        row.suites_offered = codes(&mut hello.suites);
        row.suites_offered_count = Some(row.suites_offered.0.len() as u32);
        row.suites_offered_truncated = row.suites_offered.is_cut();
        row.groups_offered = codes(&mut hello.groups);
        row.groups_offered_count = Some(row.groups_offered.0.len() as u32);
        row.groups_offered_truncated = row.groups_offered.is_cut();
        row.key_shares = codes(&mut hello.key_shares);
        row.extensions_offered = codes(&mut hello.extensions);
        row.extensions_offered_count = Some(row.extensions_offered.0.len() as u32);
        row.extensions_offered_truncated = row.extensions_offered.is_cut();
        row.signature_schemes_offered = codes(&mut hello.signature_schemes);
        row.delegated_credentials_offered = codes(&mut hello.delegated_credentials);
    }
    if let Some(hello) = &mut seen.facts.server_hello {
        row.extensions_chosen = codes(&mut hello.extensions);
    }
}

/// What a ClientHello says that is cut: of what may stand behind the cut nothing.
fn offered_in_part(row: &mut FlowRow, hello: &ClientHello) {
    let has = |extension: u16| hello.extensions.contains(&extension);
    if let Some(name) = &hello.server_name {
        row.sni_state = if hello.ech { "perhaps_outer" } else { "present" }.into();
        row.sni = Wild::from_bytes(name);
    }
    row.suites_offered = Codes(hello.suites.clone());
    row.suites_offered_count = Some(hello.suites.len() as u32);
    row.suites_offered_truncated = row.suites_offered.is_cut();
    if has(ALPN) {
        row.alpn_offered = WildList(hello.alpn.iter().map(|protocol| Wild::from_bytes(protocol)).collect());
        row.alpn_offered_count = Some(hello.alpn.len() as u32);
        row.alpn_offered_truncated = row.alpn_offered.is_cut();
    }
    if has(SUPPORTED_GROUPS) {
        row.groups_offered = Codes(hello.groups.clone());
        row.groups_offered_count = Some(hello.groups.len() as u32);
        row.groups_offered_truncated = row.groups_offered.is_cut();
        row.pq_offered = Some(offers_post_quantum(hello));
    }
    row.versions_offered = Codes(hello.versions.clone());
}

fn offers_post_quantum(hello: &ClientHello) -> bool {
    hello.groups.iter().any(|code| names::group(*code).is_some_and(|group| group.post_quantum))
}

/// Bytes that a code of max_fragment_length stands for (RFC 6066 section 4): 2^9 to 2^12.
fn fragment_length(code: u8) -> Option<u16> {
    matches!(code, 1..=4).then(|| 256 << code)
}

/// What the server chose, as far as it is plain. `is_whole` says that the captures hold every byte from the first packet on.
pub fn chosen(row: &mut FlowRow, seen: &Seen, client: Side, is_whole: bool) {
    let facts = &seen.facts;
    row.hello_retry = facts.retry.is_some();
    row.client_auth = match (&facts.chains[client.index()], facts.certificate_request) {
        (Some(chain), _) if chain.certificates.is_empty() => "declined",
        (Some(_), _) => "sent",
        (None, true) => "requested",
        (None, false) => "",
    }
    .into();
    row.overlong_heartbeat = match (facts.overlong_heartbeat[client.index()], facts.overlong_heartbeat[client.other().index()]) {
        (true, true) => "both",
        (true, false) => "client",
        (false, true) => "server",
        (false, false) => "",
    }
    .into();
    let Some(hello) = &facts.server_hello else { return };
    row.tls_version_code = Some(hello.version);
    row.tls_version = names::version(hello.version).map_or_else(|| format!("0x{:04x}", hello.version).into(), Word::from);
    row.cipher_suite_code = Some(hello.suite);
    let suite = names::cipher_suite(hello.suite);
    row.cipher_suite = suite.map_or_else(|| format!("0x{:04x}", hello.suite).into(), |suite| suite.name.into());
    row.alpn = Wild::from_bytes(hello.alpn.as_deref().unwrap_or_default());
    protection(row, seen, hello);
    row.ja3s = hex(&fingerprint::ja3s(hello)).into();
    row.kx_group_code = hello.key_share.or(facts.key_exchange.group);
    let group = row.kx_group_code.and_then(names::group);
    row.kx_group = match (group, row.kx_group_code) {
        (Some(group), _) => group.name.into(),
        (None, Some(code)) => format!("0x{code:04x}").into(),
        (None, None) => Word::default(),
    };
    row.pq_hybrid = row.kx_group_code.map(|_| group.is_some_and(|group| group.post_quantum));
    row.signature_scheme_code = facts.key_exchange.signature_scheme;
    row.signature_scheme = match facts.key_exchange.signature_scheme {
        Some(code) => names::signature_scheme(code).map_or_else(|| format!("0x{code:04x}").into(), |scheme| scheme.name.into()),
        None => Word::default(),
    };
    row.kx_bits = facts.key_exchange.prime_bits;
    (row.resumed, row.resumption) = resumption(seen, is_whole);
    if is_tls13(hello.version) {
        row.kx = match (hello.key_share, hello.psk) {
            (Some(_), psk) => {
                let exchange = match group {
                    Some(group) if group.hybrid => "hybrid",
                    Some(group) if group.post_quantum => "KEM",
                    _ if matches!(hello.key_share, Some(0x0100..=0x01ff)) => "DHE",
                    _ => "ECDHE",
                };
                if psk { format!("{exchange}_PSK").into() } else { exchange.into() }
            }
            (None, true) => "PSK".into(),
            (None, false) => Word::default(),
        };
        row.forward_secret = (hello.key_share.is_some() || hello.psk).then_some(hello.key_share.is_some());
    } else if let Some(suite) = suite {
        row.kx = suite.kx.into();
        row.auth = suite.auth.into();
        // A resumed session takes its keys from the old one: what that was, the capture need not hold. Where it cannot be told
        // whether it is one, only a suite that never is forward secret tells.
        row.forward_secret = match row.resumed {
            Some(resumed) => (!resumed).then_some(suite.forward_secret),
            None => (!suite.forward_secret).then_some(false),
        };
    }
}

/// What handshakes after the first one show.
pub fn afterwards(row: &mut FlowRow, seen: &Seen, client: Side) {
    if seen.facts.server_hello.as_ref().is_some_and(|hello| !is_tls13(hello.version)) {
        let changes = seen.messages.iter().filter(|message| message.side == client && message.content == Content::ChangeCipherSpec);
        row.renegotiations = Some((changes.count() as u32).saturating_sub(1));
    }
}

/// What only QUIC has.
pub fn quic(row: &mut FlowRow, seen: &Seen, client: Side) {
    let Some(quic) = seen.facts.quic else { return };
    let both = |counts: [u64; 2]| [counts[client.index()], counts[client.other().index()]];
    if quic.version != 0 {
        row.quic_version = names::quic_version(quic.version).map_or_else(|| format!("0x{:08x}", quic.version).into(), Word::from);
        row.quic_version_code = Some(quic.version);
        row.quic_first_version_code = Some(quic.first_version).filter(|first| *first != quic.version);
    }
    row.quic_retry = Some(quic.retry);
    row.quic_version_negotiation = Some(quic.version_negotiation);
    let [of_client, of_server] = both(quic.initial_packets);
    row.quic_initial_packets_client = Some(of_client);
    row.quic_initial_packets_server = Some(of_server);
    row.quic_handshake_packets = Some(quic.handshake_packets.iter().sum());
    row.quic_0rtt_packets = Some(quic.early_packets);
    row.quic_padding_bytes = Some(quic.padding_bytes);
}

/// What the server's hello says of how records and keys are protected.
fn protection(row: &mut FlowRow, seen: &Seen, server: &ServerHello) {
    let tls13 = is_tls13(server.version);
    let suite = names::cipher_suite(server.suite);
    let both =
        |client: &ClientHello| [client.extensions.as_slice(), &server.extensions].iter().all(|list| list.contains(&EXTENDED_MASTER_SECRET));
    row.extended_master_secret = if tls13 { Some(true) } else { seen.facts.client_hello.as_ref().map(both) };
    row.encrypt_then_mac = suite.filter(|suite| suite.mode == "CBC").map(|_| server.extensions.contains(&ENCRYPT_THEN_MAC));
    row.secure_renegotiation = (!tls13).then(|| server.extensions.contains(&RENEGOTIATION_INFO));
    if server.compression != 0 {
        row.record_compression =
            names::compression_method(server.compression).map_or_else(|| format!("0x{:02x}", server.compression).into(), Word::from);
    }
    row.record_size_limit_server_bytes = server.record_size_limit;
    row.max_fragment_length_server_bytes = server.max_fragment_length.and_then(fragment_length);
    let profile = |code| names::srtp_profile(code).map_or_else(|| format!("0x{code:04x}").into(), Word::from);
    row.srtp_profile = server.srtp_profile.map_or_else(Word::default, profile);
    row.downgrade_sentinel = server.downgrade.map_or("", Downgrade::as_str).into();
}

/// Whether, and by what, the session was resumed. `is_whole` says that the captures hold every byte from the ServerHello on.
fn resumption(seen: &Seen, is_whole: bool) -> (Option<bool>, Word) {
    let Some(server) = &seen.facts.server_hello else { return (None, Word::default()) };
    if is_tls13(server.version) {
        return (Some(server.psk), if server.psk { "psk".into() } else { Word::default() });
    }
    let has = |kind: u8| seen.messages.iter().any(|message| message.content == Content::Handshake(kind));
    use crate::tls::message::handshake::{CERTIFICATE, CLIENT_KEY_EXCHANGE, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE};
    if [CERTIFICATE, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE, CLIENT_KEY_EXCHANGE].into_iter().any(has) {
        return (Some(false), Word::default());
    }
    if !seen.messages.iter().any(|message| message.content == Content::ChangeCipherSpec) {
        return (None, Word::default());
    }
    // That nothing stands between hello and ChangeCipherSpec tells only where no byte is missing; an id that comes back tells always.
    let Some(client) = &seen.facts.client_hello else { return (is_whole.then_some(true), Word::default()) };
    let echoed = !server.session_id.is_empty() && server.session_id == client.session_id;
    match (echoed, client.ticket) {
        (true, false) => (Some(true), "id".into()),
        (true, true) => (Some(true), "ticket".into()),
        (false, true) if is_whole => (Some(true), "ticket".into()),
        (false, _) => (None, Word::default()),
    }
}
