//! A finished flow to its rows: who is who, how the handshake went, what each message cost.

use super::cell::{Codes, MAX_LIST, Millis, Seconds, Wild, WildList, Word};
use super::flow::{FlowCertificateRow, FlowRow};
use super::judge::{self, Judgement};
use super::message::MessageRow;
use super::step;
use crate::flow::{Flow, Side};
use crate::packet::Endpoint;
use crate::time::Timestamp;
use crate::tls::hello::is_tls13;
use crate::tls::preamble;
use crate::tls::{Content, Message, Session, State, fingerprint, names};
use sha2::{Digest, Sha256};
use std::net::Ipv6Addr;

/// Where a flow stands in the run.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The capture in which it starts.
    pub capture_id: Word,
    /// The series that it was followed through.
    pub series_id: Word,
}

/// The rows of one flow.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct FlowRows {
    /// flows.csv.
    pub flow: FlowRow,
    /// messages.csv.
    pub messages: Vec<MessageRow>,
    /// flow_certificates.csv.
    pub certificates: Vec<FlowCertificateRow>,
}

/// Who is the client, and how that is known.
struct Roles {
    client: Side,
    guessed: bool,
}

impl Roles {
    /// SYN before hello before the higher port.
    fn of(flow: &Flow<Session>, session: &Session) -> Self {
        let by_port = if flow.key.low.port > flow.key.high.port { Side::Low } else { Side::High };
        let known = flow.client.or(session.client());
        Roles { client: known.unwrap_or(by_port), guessed: known.is_none() }
    }

    fn name(&self, side: Side) -> &'static str {
        if side == self.client { "client" } else { "server" }
    }
}

/// Builds the rows of a flow. `latest` is the packet time that the series had reached when the flow ended.
pub fn assemble(flow: &Flow<Session>, session: &Session, end: crate::flow::End, latest: Timestamp, origin: &Origin) -> FlowRows {
    let roles = Roles::of(flow, session);
    let judgement = judge::judge(flow, session, roles.client, end, latest);
    let flow_id = flow_id(flow, origin);
    let messages = message_rows(&flow_id, flow, session, &roles);
    let mut row = FlowRow {
        flow_id: flow_id.clone(),
        capture_id: origin.capture_id.clone(),
        series_id: origin.series_id.clone(),
        captures: flow.files,
        transport: "tcp".into(),
        protocol: "tls".into(),
        decrypted: false,
        ..FlowRow::default()
    };
    network(&mut row, flow, session, &roles);
    offered(&mut row, session);
    chosen(&mut row, session, roles.client);
    outcome(&mut row, session, &roles, &judgement);
    timing(&mut row, flow, session, &judgement);
    segmentation(&mut row, flow, session, &roles);
    // The protected flights of TLS 1.3 look like data but are the handshake's.
    let is_handshake = |message: &&MessageRow| message.message != "application_data" && message.layer != "alert";
    row.flights = messages.iter().filter(is_handshake).map(|message| message.flight).max();
    row.sequence = sequence(session, &roles);
    let certificates = certificate_rows(&flow_id, session, &roles);
    FlowRows { flow: row, messages, certificates }
}

/// `f` and the first 16 hex digits of SHA-256 over capture id, key and first frame.
fn flow_id(flow: &Flow<Session>, origin: &Origin) -> Word {
    let mut hash = Sha256::new();
    hash.update(origin.capture_id.as_bytes());
    for endpoint in [flow.key.low, flow.key.high] {
        hash.update(endpoint.address);
        hash.update(endpoint.port.to_be_bytes());
    }
    hash.update(flow.key.tunnel.0.to_be_bytes());
    hash.update(flow.first.frame.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    format!("f{}", hex(&digest[..8])).into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn address(endpoint: Endpoint) -> String {
    Ipv6Addr::from(endpoint.address).to_canonical().to_string()
}

fn network(row: &mut FlowRow, flow: &Flow<Session>, session: &Session, roles: &Roles) {
    let (client, server) = (flow.endpoint(roles.client), flow.endpoint(roles.client.other()));
    row.client_ip = address(client).into();
    row.client_port = client.port;
    row.server_ip = address(server).into();
    row.server_port = server.port;
    row.client_guessed = roles.guessed;
    row.tunnel = flow.key.tunnel.text().into();
    row.ip_version = flow.ip_version;
    row.first_utc = flow.first_time;
    row.duration_s = Seconds(flow.last_time.since(flow.first_time));
    row.first_frame = flow.first.frame;
    row.last_frame = flow.last.frame;
    row.starts_midway = !flow.syn_seen;
    let greetings = [roles.client, roles.client.other()].map(|side| flow.greetings[side.index()]);
    row.preamble = if session.facts.preamble.is_empty() {
        preamble::name(greetings[0].bytes(), greetings[1].bytes()).into()
    } else {
        session.facts.preamble.into()
    };
    let field = if flow.ip_version == 6 { "ipv6.addr" } else { "ip.addr" };
    let until = if flow.files == 1 { format!(" && frame.number <= {}", row.last_frame) } else { String::new() };
    row.wireshark_filter = format!(
        "frame.number >= {}{until} && {field} == {} && {field} == {} && tcp.port == {} && tcp.port == {}",
        row.first_frame, row.client_ip, row.server_ip, row.client_port, row.server_port
    )
    .into();
}

/// What the ClientHello says.
fn offered(row: &mut FlowRow, session: &Session) {
    let Some(hello) = &session.facts.client_hello else {
        row.sni_state = "not_seen".into();
        return;
    };
    row.sni_state = match &hello.server_name {
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
    row.versions_offered = Codes(hello.versions.clone());
    row.suites_offered = Codes(hello.suites.clone());
    row.suites_offered_count = Some(hello.suites.len() as u32);
    row.suites_offered_truncated = row.suites_offered.is_cut();
    row.groups_offered = Codes(hello.groups.clone());
    row.groups_offered_count = Some(hello.groups.len() as u32);
    row.groups_offered_truncated = row.groups_offered.is_cut();
    row.key_shares = Codes(hello.key_shares.iter().copied().take(MAX_LIST / 7).collect());
    row.pq_offered = Some(hello.groups.iter().any(|code| names::group(*code).is_some_and(|group| group.post_quantum)));
    row.early_data = Some(hello.early_data);
    row.ech = Some(hello.ech);
    row.ja3 = hex(&fingerprint::ja3(hello)).into();
}

/// What the server chose, as far as it is plain.
fn chosen(row: &mut FlowRow, session: &Session, client: Side) {
    let facts = &session.facts;
    row.hello_retry = facts.retry.is_some();
    row.client_auth = match (&facts.chains[client.index()], facts.certificate_request) {
        (Some(chain), _) if chain.certificates.is_empty() => "declined",
        (Some(_), _) => "sent",
        (None, true) => "requested",
        (None, false) => "",
    }
    .into();
    if let Some(chain) = &facts.chains[client.other().index()] {
        row.certificate_count = Some(chain.certificates.len() as u32);
        row.leaf_cert_id = chain.certificates.first().map(|digest| hex(digest)).unwrap_or_default().into();
    }
    let Some(hello) = &facts.server_hello else { return };
    row.tls_version_code = Some(hello.version);
    row.tls_version = names::version(hello.version).map_or_else(|| format!("0x{:04x}", hello.version).into(), Word::from);
    row.cipher_suite_code = Some(hello.suite);
    let suite = names::cipher_suite(hello.suite);
    row.cipher_suite = suite.map_or_else(|| format!("0x{:04x}", hello.suite).into(), |suite| suite.name.into());
    row.alpn = Wild::from_bytes(hello.alpn.as_deref().unwrap_or_default());
    row.ja3s = hex(&fingerprint::ja3s(hello)).into();
    row.kx_group_code = hello.key_share.or(facts.key_exchange.group);
    let group = row.kx_group_code.and_then(names::group);
    row.kx_group = match (group, row.kx_group_code) {
        (Some(group), _) => group.name.into(),
        (None, Some(code)) => format!("0x{code:04x}").into(),
        (None, None) => Word::default(),
    };
    row.pq_hybrid = row.kx_group_code.map(|_| group.is_some_and(|group| group.post_quantum));
    row.signature_scheme = match facts.key_exchange.signature_scheme {
        Some(code) => names::signature_scheme(code).map_or_else(|| format!("0x{code:04x}").into(), |scheme| scheme.name.into()),
        None => Word::default(),
    };
    (row.resumed, row.resumption) = resumption(session);
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
        // A resumed session takes its keys from the old one: what that was, the capture need not hold.
        row.forward_secret = (row.resumed != Some(true)).then_some(suite.forward_secret);
    }
}

/// Whether, and by what, the session was resumed.
fn resumption(session: &Session) -> (Option<bool>, Word) {
    let Some(server) = &session.facts.server_hello else { return (None, Word::default()) };
    if is_tls13(server.version) {
        return (Some(server.psk), if server.psk { "psk".into() } else { Word::default() });
    }
    let has = |kind: u8| session.messages.iter().any(|message| message.content == Content::Handshake(kind));
    use crate::tls::session::handshake::{CERTIFICATE, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE};
    if has(CERTIFICATE) || has(SERVER_KEY_EXCHANGE) || has(SERVER_HELLO_DONE) {
        return (Some(false), Word::default());
    }
    let changed = session.messages.iter().any(|message| message.content == Content::ChangeCipherSpec);
    let Some(client) = session.facts.client_hello.as_ref().filter(|_| changed) else { return (None, Word::default()) };
    let echoed = !server.session_id.is_empty() && server.session_id == client.session_id;
    match (echoed, client.ticket) {
        (_, true) => (Some(true), "ticket".into()),
        (true, false) => (Some(true), "id".into()),
        (false, false) => (None, Word::default()),
    }
}

fn outcome(row: &mut FlowRow, session: &Session, roles: &Roles, judgement: &Judgement) {
    let facts = &session.facts;
    row.outcome = judgement.outcome.into();
    row.closed_by = judgement.closed_by.into();
    row.last_step = judgement.last_step;
    if let Some((side, level, description)) = facts.alert {
        row.alert_level = Some(level);
        row.alert_code = Some(description);
        row.alert_name = names::alert(description).unwrap_or_default().into();
        row.alert_from = roles.name(side).into();
    } else if let Some(side) = judgement.hidden_alert {
        row.alert_from = roles.name(side).into();
    }
    let (client, server) = (roles.client.index(), roles.client.other().index());
    row.close_notify = match (facts.close_notify[client], facts.close_notify[server]) {
        (true, true) => "both",
        (true, false) => "client",
        (false, true) => "server",
        (false, false) if facts.encrypted_alert[client] || facts.encrypted_alert[server] => "encrypted_alert",
        (false, false) => "",
    }
    .into();
}

fn timing(row: &mut FlowRow, flow: &Flow<Session>, session: &Session, judgement: &Judgement) {
    let times = flow.handshake;
    let between = |from: Option<Timestamp>, to: Option<Timestamp>| Some(Millis(to?.since(from?)));
    row.tcp_rtt_ms = between(times.syn, times.ack);
    row.rtt_to_server_ms = between(times.syn, times.syn_ack);
    row.rtt_to_client_ms = between(times.syn_ack, times.ack);
    let first = |content: Content| session.messages.iter().find(|message| message.content == content && message.state == State::Seen);
    let client_hello = first(Content::Handshake(1)).or(first(Content::V2ClientHello));
    let server_hello = first(Content::Handshake(2));
    let data = session.messages.iter().find(|message| message.content == Content::ApplicationData);
    let start = client_hello.map(|message| message.span.first_time);
    row.handshake_ms = between(start, judgement.completed_at);
    row.hello_to_hello_ms = between(client_hello.map(|m| m.span.last_time), server_hello.map(|m| m.span.last_time));
    row.first_data_ms = between(start, data.map(|message| message.span.first_time));
}

fn segmentation(row: &mut FlowRow, flow: &Flow<Session>, session: &Session, roles: &Roles) {
    let (client, server) = (roles.client.index(), roles.client.other().index());
    let directions = &flow.directions;
    row.mss_client_bytes = directions[client].mss;
    row.mss_server_bytes = directions[server].mss;
    row.offload_suspected = flow.offload;
    row.handshake_bytes_client = session.handshake_bytes[client];
    row.handshake_bytes_server = session.handshake_bytes[server];
    row.handshake_segments_client = session.handshake[client].segments;
    row.handshake_segments_server = session.handshake[server].segments;
    let first = |kind: u8, side: usize| {
        let wanted = |m: &&Message| m.content == Content::Handshake(kind) && m.side.index() == side && m.state == State::Seen;
        session.messages.iter().find(wanted).map(|message| message.span)
    };
    let client_hello = first(1, client);
    row.client_hello_bytes = client_hello.map(|span| span.bytes());
    row.client_hello_segments = client_hello.map(|span| span.segments);
    row.server_hello_segments = first(2, server).map(|span| span.segments);
    let certificate = first(11, server);
    row.certificate_bytes = certificate.map(|span| span.bytes());
    row.certificate_segments = certificate.map(|span| span.segments);
    if session.facts.server_hello.is_some() {
        row.server_flight_bytes = Some(session.server_flight.extent());
        row.server_flight_segments = Some(session.server_flight.segments);
    }
    row.records_client = session.records[client].all;
    row.records_server = session.records[server].all;
    row.app_records_client = session.records[client].application_data;
    row.app_records_server = session.records[server].application_data;
    row.packets_client = directions[client].packets;
    row.packets_server = directions[server].packets;
    row.bytes_client = directions[client].bytes;
    row.bytes_server = directions[server].bytes;
    let sum = |count: fn(&crate::flow::direction::Direction) -> u64| directions.iter().map(count).sum();
    row.retransmissions = sum(|direction| direction.retransmissions);
    row.out_of_order = sum(|direction| direction.out_of_order);
    row.overlaps = sum(|direction| direction.overlaps);
    row.gap_bytes = sum(|direction| direction.gap_bytes);
}

fn message_rows(flow_id: &Word, flow: &Flow<Session>, session: &Session, roles: &Roles) -> Vec<MessageRow> {
    let mut flight = 0;
    let mut last = None;
    let mut rows = Vec::with_capacity(session.messages.len());
    for (index, message) in session.messages.iter().enumerate() {
        if last != Some(message.side) {
            flight += 1;
            last = Some(message.side);
        }
        let from_client = message.side == roles.client;
        let span = &message.span;
        let named = step::name(message.content);
        rows.push(MessageRow {
            flow_id: flow_id.clone(),
            seq: index as u32 + 1,
            step: step::step(message.content, from_client),
            layer: named.layer.into(),
            message: named.message.into(),
            message_code: named.code,
            direction: roles.name(message.side).into(),
            state: match message.state {
                State::Seen => "seen",
                State::Encrypted => "encrypted",
                State::Partial => "partial",
            }
            .into(),
            first_frame: span.first.frame,
            last_frame: span.last.frame,
            frames: span.segments,
            time_utc: span.last_time,
            since_start_ms: Millis(span.last_time.since(flow.first_time)),
            bytes: span.bytes(),
            records: span.records,
            segments: span.segments,
            packets: span.segments,
            ip_fragments: None,
            wire_segments_estimate: span.wire_segments,
            first_segment_offset_bytes: span.first_at,
            ends_segment: span.ends_segment,
            flight,
            retransmitted_segments: message.retransmitted,
            detail: Wild(step::detail(message)),
        });
    }
    rows
}

fn certificate_rows(flow_id: &Word, session: &Session, roles: &Roles) -> Vec<FlowCertificateRow> {
    let mut rows = Vec::new();
    for side in [roles.client.other(), roles.client] {
        let Some(chain) = &session.facts.chains[side.index()] else { continue };
        for (position, digest) in chain.certificates.iter().enumerate() {
            rows.push(FlowCertificateRow {
                flow_id: flow_id.clone(),
                side: roles.name(side).into(),
                position: position as u32,
                cert_id: hex(digest).into(),
            });
        }
    }
    rows
}

fn sequence(session: &Session, roles: &Roles) -> Word {
    let mut text = String::with_capacity(64);
    for message in &session.messages {
        let token = step::token(message.content);
        if !text.is_empty() {
            text.push(' ');
        }
        if message.side == roles.client {
            text.push_str(&token.to_uppercase());
        } else {
            text.push_str(&token);
        }
        if message.state == State::Partial {
            text.push('*');
        }
    }
    text.into()
}
