//! A finished flow to its rows: who is who, how the handshake went, what each message cost.

use super::Word;
use super::cell::{Millis, Seconds, Wild};
use super::certificates;
use super::flow::{FlowCertificateRow, FlowRow};
use super::judge::{self, Judgement};
use super::message::MessageRow;
use super::negotiated;
use super::network::{Conversation, Network};
use super::step;
use crate::decimal::append_integer;
use crate::flow::direction::{Anomalies, Direction};
use crate::flow::{FramePlace, Side};
use crate::packet::Endpoint;
use crate::time::{Span, Timestamp};
use crate::tls::certificate::Certificate;
use crate::tls::preamble;
use crate::tls::{Content, Message, Seen, State, names};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// Where a flow stands in the run.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Ids of the captures of its series, in order of the files.
    pub captures: &'a [Word],
    /// The series that it was followed through.
    pub series_id: &'a Word,
}

impl Origin<'_> {
    /// The capture that a frame lies in.
    fn capture(&self, place: FramePlace) -> Word {
        self.captures.get(place.file as usize).cloned().unwrap_or_default()
    }

    /// The same; empty where it is that of another frame, as nearly always.
    fn capture_if_not(&self, other: FramePlace, place: FramePlace) -> Word {
        if place.file == other.file { Word::default() } else { self.capture(place) }
    }
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
    /// What these certificates say, in the same order; they are not written with the flow but once, in certificates.csv.
    #[serde(skip)]
    pub shown: Vec<Arc<Certificate>>,
    /// Whose number goes into the column `stream`, once it is known.
    pub conversation: Conversation,
    /// The addresses of client and server; none where the row was read back from its text.
    #[serde(skip)]
    pub addresses: Option<[IpAddr; 2]>,
}

/// Who is the client, and how that is known.
struct Roles {
    client: Side,
    guessed: bool,
}

impl Roles {
    /// SYN before hello before the higher port.
    fn of(network: &Network<'_>, seen: &Seen) -> Self {
        let by_port = if network.key.low.port > network.key.high.port { Side::Low } else { Side::High };
        let known = network.client.or(seen.facts.client);
        Roles { client: known.unwrap_or(by_port), guessed: known.is_none() }
    }

    fn name(&self, side: Side) -> &'static str {
        if side == self.client { "client" } else { "server" }
    }
}

/// Builds the rows of a flow; the lists of its hellos move into them. `latest` is the packet time that the series had reached
/// when the flow ended.
pub fn assemble(network: &Network<'_>, seen: &mut Seen, end: crate::flow::End, latest: Timestamp, origin: Origin<'_>) -> FlowRows {
    let roles = Roles::of(network, seen);
    let judgement = judge::judge(network, seen, roles.client, end, latest);
    let capture_id = origin.capture(network.first);
    let flow_id = flow_id(network, &capture_id);
    let messages = message_rows(&flow_id, network, seen, &roles, origin);
    let mut row = FlowRow {
        flow_id: flow_id.clone(),
        capture_id,
        last_capture_id: origin.capture_if_not(network.first, network.last),
        series_id: origin.series_id.clone(),
        captures: network.files,
        transport: if network.conversation.udp { "udp" } else { "tcp" }.into(),
        protocol: network.protocol.into(),
        decrypted: false,
        ..FlowRow::default()
    };
    ends(&mut row, network, seen, &roles);
    negotiated::offered(&mut row, seen);
    // Of datagrams nothing tells which are missing.
    let is_whole = network.tcp.is_some() && network.gap_bytes == 0;
    negotiated::chosen(&mut row, seen, roles.client, is_whole);
    negotiated::afterwards(&mut row, seen, roles.client);
    certificates::judged(&mut row, seen, roles.client);
    outcome(&mut row, seen, &roles, &judgement);
    timing(&mut row, network, seen, &judgement);
    segmentation(&mut row, network, seen, &roles);
    negotiated::quic(&mut row, seen, roles.client);
    // The protected flights of TLS 1.3 look like data but are the handshake's.
    let is_handshake = |message: &&MessageRow| message.message != "application_data" && message.layer != "alert";
    row.flights = messages.iter().filter(is_handshake).map(|message| message.flight).max();
    row.sequence = sequence(seen, &roles);
    let (certificates, shown) = certificates::rows(&flow_id, seen, roles.client);
    negotiated::lists(&mut row, seen);
    let addresses = [roles.client, roles.client.other()].map(|side| address(network.endpoint(side)));
    FlowRows { flow: row, messages, certificates, shown, conversation: network.conversation, addresses: Some(addresses) }
}

/// `f` and the first 16 hex digits of SHA-256 over capture id, key and first frame.
fn flow_id(network: &Network<'_>, capture_id: &str) -> Word {
    let mut hash = Sha256::new();
    hash.update(capture_id.as_bytes());
    for endpoint in [network.key.low, network.key.high] {
        hash.update(endpoint.address);
        hash.update(endpoint.port.to_be_bytes());
    }
    hash.update(network.key.tunnel.0.to_be_bytes());
    hash.update(network.first.frame.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = *b"f0000000000000000";
    for (place, byte) in id[1..].chunks_exact_mut(2).zip(digest) {
        place.copy_from_slice(&hex_pair(byte));
    }
    Word::new(&String::from_utf8_lossy(&id))
}

fn hex_pair(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| hex_pair(*byte)).map(char::from));
    text
}

fn address(endpoint: Endpoint) -> IpAddr {
    Ipv6Addr::from(endpoint.address).to_canonical()
}

/// `192.0.2.1`, `2001:db8::1`.
pub(super) fn address_text(address: IpAddr) -> Word {
    let IpAddr::V4(address) = address else { return address.to_string().into() };
    let mut text = Vec::with_capacity(15);
    for octet in address.octets() {
        if !text.is_empty() {
            text.push(b'.');
        }
        append_integer(octet.into(), &mut text);
    }
    Word::new(&String::from_utf8_lossy(&text))
}

fn ends(row: &mut FlowRow, network: &Network<'_>, seen: &Seen, roles: &Roles) {
    let (client, server) = (network.endpoint(roles.client), network.endpoint(roles.client.other()));
    row.client_ip = address_text(address(client));
    row.client_port = client.port;
    row.server_ip = address_text(address(server));
    row.server_port = server.port;
    row.client_guessed = roles.guessed;
    row.tunnel = network.path.map(|path| path.text()).unwrap_or_default().into();
    row.ip_version = network.ip_version;
    row.first_utc = network.first_time;
    row.duration_s = Seconds(network.last_time.since(network.first_time));
    row.first_frame = network.first.frame;
    row.last_frame = network.last.frame;
    row.starts_midway = network.tcp.map_or(seen.facts.client_hello.is_none(), |tcp| !tcp.syn_seen);
    row.preamble = match network.tcp {
        Some(tcp) if seen.facts.preamble.is_empty() => {
            let greetings = [roles.client, roles.client.other()].map(|side| tcp.greetings[side.index()]);
            let name = preamble::name(greetings[0].bytes(), greetings[1].bytes());
            // In the middle of a connection, what is not known may as well be the rest of a record.
            if name == "other" && !tcp.syn_seen { "" } else { name }.into()
        }
        _ => seen.facts.preamble.into(),
    };
    let field = if network.ip_version == 6 { "ipv6.addr" } else { "ip.addr" };
    let transport = &row.transport;
    let until = if network.files == 1 { format!(" && frame.number <= {}", row.last_frame) } else { String::new() };
    let ports = format!("{transport}.port == {} && {transport}.port == {}", row.client_port, row.server_port);
    // Fragments but the last have no ports in Wireshark's eyes.
    let ports = match (network.ip_fragments, network.ip_version) {
        (0, _) => ports,
        (_, 6) => format!("({ports} || ipv6.fraghdr)"),
        _ => format!("({ports} || ip.flags.mf == 1 || ip.frag_offset > 0)"),
    };
    row.wireshark_filter =
        format!("frame.number >= {}{until} && {field} == {} && {field} == {} && {ports}", row.first_frame, row.client_ip, row.server_ip)
            .into();
}

fn outcome(row: &mut FlowRow, seen: &Seen, roles: &Roles, judgement: &Judgement) {
    let facts = &seen.facts;
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

fn timing(row: &mut FlowRow, network: &Network<'_>, seen: &Seen, judgement: &Judgement) {
    let times = network.handshake();
    // Where the clock was set back, or packets stand in another order than they were sent in, nothing can be told.
    let forward = |span: &Span| span.0 >= 0;
    let between = |from: Option<Timestamp>, to: Option<Timestamp>| Some(to?.since(from?)).filter(forward).map(Millis);
    let ways = [times.to_server(), times.to_client()];
    let whole = ways[0].zip(ways[1]).map(|(there, back)| Span(there.0.saturating_add(back.0)));
    row.tcp_rtt_ms = whole.filter(forward).map(Millis);
    [row.rtt_to_server_ms, row.rtt_to_client_ms] =
        if ways.iter().flatten().all(forward) { ways.map(|way| way.map(Millis)) } else { [None; 2] };
    let first = |content: Content| seen.messages.iter().find(|message| message.content == content && message.state == State::Seen);
    let client_hello = first(Content::Handshake(1)).or(first(Content::V2ClientHello));
    let server_hello = first(Content::Handshake(2));
    let data = seen.messages.iter().find(|message| message.content == Content::ApplicationData);
    let start = client_hello.map(|message| message.span.first_time);
    row.handshake_ms = between(start, judgement.completed_at);
    row.hello_to_hello_ms = between(client_hello.map(|m| m.span.last_time), server_hello.map(|m| m.span.last_time));
    row.server_think_ms = row.rtt_to_server_ms.and_then(|Millis(way)| {
        let is_client_hello =
            |message: &&Message| matches!(message.content, Content::Handshake(1) | Content::V2ClientHello) && message.state == State::Seen;
        let answer = server_hello?.span;
        let asked = seen.messages.iter().filter(is_client_hello).map(|message| message.span.last_time);
        let Millis(took) = between(asked.take_while(|asked| *asked <= answer.first_time).last(), Some(answer.first_time))?;
        (way.0 >= 0).then(|| Millis(Span(took.0.saturating_sub(way.0).max(0))))
    });
    row.first_data_ms = between(start, data.map(|message| message.span.first_time));
}

fn segmentation(row: &mut FlowRow, network: &Network<'_>, seen: &Seen, roles: &Roles) {
    let (client, server) = (roles.client.index(), roles.client.other().index());
    if let Some(tcp) = network.tcp {
        row.mss_client_bytes = tcp.directions[client].mss;
        row.mss_server_bytes = tcp.directions[server].mss;
        row.offload_suspected = tcp.offload;
        let anomalies = tcp.directions.each_ref().map(Direction::anomalies);
        let sum = |count: fn(&Anomalies) -> u32| Some(anomalies.iter().map(|anomalies| u64::from(count(anomalies))).sum());
        row.retransmissions = sum(|anomalies| anomalies.retransmissions);
        row.out_of_order = sum(|anomalies| anomalies.out_of_order);
        row.overlaps = sum(|anomalies| anomalies.overlaps);
        row.duplicate_frames = sum(|anomalies| anomalies.duplicates);
    }
    row.handshake_bytes_client = seen.handshake_bytes[client];
    row.handshake_bytes_server = seen.handshake_bytes[server];
    row.handshake_segments_client = seen.handshake[client].segments;
    row.handshake_segments_server = seen.handshake[server].segments;
    let first = |kind: u8, side: usize| {
        let wanted = |m: &&Message| m.content == Content::Handshake(kind) && m.side.index() == side && m.state == State::Seen;
        seen.messages.iter().find(wanted).map(|message| message.span)
    };
    let client_hello = first(1, client);
    row.client_hello_bytes = client_hello.map(|span| span.bytes());
    row.client_hello_segments = client_hello.map(|span| span.segments);
    row.server_hello_segments = first(2, server).map(|span| span.segments);
    let certificate = first(11, server);
    row.certificate_bytes = certificate.map(|span| span.bytes());
    row.certificate_segments = certificate.map(|span| span.segments);
    if network.tcp.is_some() && seen.facts.server_hello.is_some() {
        row.server_flight_bytes = Some(seen.server_flight.extent());
        row.server_flight_segments = Some(seen.server_flight.segments);
    }
    row.records_client = seen.records[client].all;
    row.records_server = seen.records[server].all;
    row.app_records_client = seen.records[client].application_data;
    row.app_records_server = seen.records[server].application_data;
    row.packets_client = network.packets[client];
    row.packets_server = network.packets[server];
    row.bytes_client = network.bytes[client];
    row.bytes_server = network.bytes[server];
    row.ip_fragments = Some(network.ip_fragments.into());
    row.gap_bytes = network.gap_bytes;
}

fn message_rows(flow_id: &Word, network: &Network<'_>, seen: &Seen, roles: &Roles, origin: Origin<'_>) -> Vec<MessageRow> {
    let mut flight = 0;
    let mut last = None;
    let mut rows = Vec::with_capacity(seen.messages.len());
    for (index, message) in seen.messages.iter().enumerate() {
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
            message: named.message,
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
            first_capture_id: origin.capture_if_not(network.first, span.first),
            last_capture_id: origin.capture_if_not(network.first, span.last),
            frames: span.packets,
            time_utc: span.last_time,
            since_start_ms: Millis(span.last_time.since(network.first_time)),
            bytes: span.bytes(),
            records: span.records,
            segments: span.segments,
            packets: span.packets,
            ip_fragments: Some(span.fragments),
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

fn sequence(seen: &Seen, roles: &Roles) -> Word {
    let mut text = String::with_capacity(64);
    for message in &seen.messages {
        let token = step::token(message.content);
        if !text.is_empty() {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(&token);
        if message.side == roles.client {
            text[start..].make_ascii_uppercase();
        }
        if message.state == State::Partial {
            text.push('*');
        }
    }
    text.into()
}
