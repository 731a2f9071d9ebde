//! How a handshake went. What the capture did not show is not judged.

use super::network::Network;
use super::step;
use crate::flow::{Close, End, Side};
use crate::time::{SECOND, Span, Timestamp};
use crate::tls::message::handshake::{CLIENT_HELLO, FINISHED};
use crate::tls::{Content, Message, Seen, State};

/// Silence after which an unfinished handshake counts as timed out although the capture goes on: longer than the
/// retransmission time-outs of common systems add up to in a minute.
const SILENCE: Span = Span(60 * SECOND);
/// Bytes of a protected TLS 1.3 record that holds just an alert, with its header: 5 + 2 + content type 1 + tag 16.
const PROTECTED_ALERT: u64 = 24;

/// How a handshake went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The word in the column `outcome`.
    pub outcome: &'static str,
    /// The word in the column `closed_by`.
    pub closed_by: &'static str,
    /// The last step that was seen.
    pub last_step: Option<u8>,
    /// When the handshake completed.
    pub completed_at: Option<Timestamp>,
    /// Who sent a fatal alert that is known only by the length of its record.
    pub hidden_alert: Option<Side>,
}

/// Judges a flow.
pub fn judge(network: &Network<'_>, seen: &Seen, client: Side, end: End, latest: Timestamp) -> Judgement {
    let completed_at = completion(seen, client, network.conversation.udp);
    let hidden_alert = if completed_at.is_none() && seen.facts.quic.is_none() { hidden_alert(seen, client) } else { None };
    Judgement {
        outcome: outcome(network, seen, completed_at.is_some(), hidden_alert.is_some(), end, latest),
        closed_by: closed_by(network, client, end),
        last_step: last_step(network, seen, client),
        completed_at,
        hidden_alert,
    }
}

/// When both Finished had been seen: encrypted, after ChangeCipherSpec, or as the first protected flights of TLS 1.3.
fn completion(seen: &Seen, client: Side, in_datagrams: bool) -> Option<Timestamp> {
    let first = |side: Side, wanted: &dyn Fn(&Message) -> bool| {
        seen.messages.iter().find(|message| message.side == side && message.state != State::Partial && wanted(message))
    };
    let time = |message: &Message| message.span.last_time;
    if seen.facts.quic.is_some() {
        return quic_completion(seen, client);
    }
    if seen.facts.is_tls13() {
        let flight = |message: &Message| message.content == Content::EncryptedFlight;
        // A whole answer of the client says that the server's flight was whole, whatever the capture holds of it.
        let server = seen.messages.iter().find(|message| message.side == client.other() && flight(message))?;
        let answer = first(client, &flight)?;
        // In DTLS an acknowledgement has the same keys; data of the client comes after its Finished.
        let data = |message: &Message| message.content == Content::ApplicationData;
        if seen.facts.no_finished[client.index()] && first(client, &data).is_none() {
            return None;
        }
        return (answer.span.bytes() != PROTECTED_ALERT).then(|| time(server).max(time(answer)));
    }
    seen.facts.server_hello.as_ref()?;
    let finished = |side: Side| {
        let changed = first(side, &|message| message.content == Content::ChangeCipherSpec)?;
        first(side, &|message| {
            // Datagrams may overtake one another; there an epoch in each record says what is encrypted.
            let is_behind = in_datagrams || message.span.start >= changed.span.end;
            matches!(message.content, Content::EncryptedHandshake | Content::Handshake(FINISHED)) && is_behind
        })
    };
    Some(time(finished(client)?).max(time(finished(client.other())?)))
}

/// A client of QUIC has the keys of 1-RTT packets for sending when its handshake is complete (RFC 9001 section 5.7), so one such
/// packet says more than its Handshake packets, which may as well acknowledge or close. Where none was seen, these count if the
/// server goes on with 1-RTT packets afterwards.
fn quic_completion(seen: &Seen, client: Side) -> Option<Timestamp> {
    let first = |side: Side, content: Content| seen.messages.iter().find(|message| message.side == side && message.content == content);
    let (flight, data) = (|side| first(side, Content::EncryptedFlight), |side| first(side, Content::ApplicationData));
    let server = flight(client.other()).or(data(client.other()))?;
    let end = |message: &Message| message.span.last_time;
    if let Some(answer) = data(client) {
        // Handshake packets that come again make no handshake longer.
        let flights = flight(client).map_or(end(answer), |flight| end(flight).max(end(server)));
        return Some(flights.min(end(answer)));
    }
    let answer = flight(client)?;
    let confirmed = data(client.other()).is_some_and(|data| end(data) >= answer.span.first_time);
    confirmed.then(|| end(server).max(end(answer)))
}

/// In TLS 1.3 a client that refuses the server's flight answers with a protected alert: known by its length alone.
fn hidden_alert(seen: &Seen, client: Side) -> Option<Side> {
    let refusal = |message: &&Message| {
        message.side == client && message.content == Content::EncryptedFlight && message.span.bytes() == PROTECTED_ALERT
    };
    seen.messages.iter().find(refusal).map(|message| message.side)
}

fn outcome(network: &Network<'_>, seen: &Seen, completed: bool, hidden: bool, end: End, latest: Timestamp) -> &'static str {
    let facts = &seen.facts;
    if completed {
        return "completed";
    }
    if facts.alert.is_some_and(|(_, level, description)| level == 2 && description != 0) {
        return "alert";
    }
    // Where bytes are missing, an alert that cannot be read may as well be the close_notify after a whole handshake.
    if network.gap_bytes > 0 {
        return "gap";
    }
    let encrypted_alert = facts.server_hello.is_some() && !facts.is_tls13() && facts.encrypted_alert.contains(&true);
    let one_way = network.packets.contains(&0);
    // Of one side alone, it may as well be the close_notify after a whole handshake.
    if (hidden || encrypted_alert) && !one_way {
        return "alert";
    }
    let hello_seen =
        seen.messages.iter().any(|message| matches!(message.content, Content::Handshake(CLIENT_HELLO) | Content::V2ClientHello));
    if !hello_seen || one_way || end == End::Evicted {
        return "not_judged";
    }
    match (network.close, end) {
        (Some(Close::Rst(_)), _) => "reset",
        (Some(Close::Fin(_)), _) => "closed",
        (None, End::Idle | End::Reused) => "timeout",
        (None, _) if latest.since(network.last_time) > SILENCE => "timeout",
        (None, _) => "not_judged",
    }
}

fn closed_by(network: &Network<'_>, client: Side, end: End) -> &'static str {
    match (network.close, end) {
        (Some(Close::Fin(side)), _) if side == client => "client_fin",
        (Some(Close::Fin(_)), _) => "server_fin",
        (Some(Close::Rst(side)), _) if side == client => "client_rst",
        (Some(Close::Rst(_)), _) => "server_rst",
        (None, End::Idle | End::Reused) => "timeout",
        (None, End::Closed | End::EndOfCapture | End::Evicted) => "end_of_capture",
    }
}

/// The highest step that was seen. Alerts do not count: they end a handshake at any step.
fn last_step(network: &Network<'_>, seen: &Seen, client: Side) -> Option<u8> {
    // In TLS 1.3 a ChangeCipherSpec is sent for old middleboxes and means nothing (RFC 8446 appendix D.4).
    let means = |message: &&Message| message.content != Content::ChangeCipherSpec || !seen.facts.is_tls13();
    let steps =
        seen.messages.iter().filter(means).map(|message| step::step(message.content, message.side == client)).filter(|step| *step < 12);
    let tcp = network.handshake().to_client().map(|_| 1);
    let last = steps.max().or(tcp);
    if last == Some(11) && network.close.is_some() { Some(12) } else { last }
}
