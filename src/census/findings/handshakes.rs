//! Rules on how handshakes went and what clients offer.

use super::look::{Look, TLS12};
use super::rule::{Check, Rule, Severity, Subject, Threshold};
use crate::census::cipher_suites::rating;
use crate::census::totals::failed;
use crate::row::cell::Cell;
use crate::row::message::MessageRow;

fn how_it_ended(look: &Look<'_>) -> String {
    let flow = look.flow();
    match (flow.outcome.as_ref(), flow.alert_name.as_ref()) {
        (outcome, "") => outcome.to_owned(),
        (outcome, alert) => format!("{outcome}: {alert}"),
    }
}

/// The most that a server may send before the client's first ACK comes back: RFC 6928 section 2, with ten segments put
/// as `segments`.
fn initial_window(mss: u64, segments: u64) -> u64 {
    (segments * mss).min((2 * mss).max(segments * 1460))
}

fn is_retransmitted(message: &MessageRow) -> bool {
    message.retransmitted_segments > 0 && matches!(message.layer.as_ref(), "handshake" | "ccs")
}

/// Controls, line ends and bidi marks, and what a spreadsheet takes for a formula.
fn is_hostile(text: &crate::row::Wild) -> bool {
    let mark = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{061c}')
    };
    text.is_guarded() || text.0.chars().any(mark)
}

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "certificate_refused",
        severity: Severity::Medium,
        title: "Client refused the server's certificate",
        why: "Users of this client cannot reach the server, or have been taught to click warnings away.",
        advice: "See the alert: unknown_ca wants the missing intermediate or root, certificate_expired a renewal, bad_certificate a look at names and chain.",
        decided: "A plain alert of the client about a certificate (codes 42 to 46 and 48). In TLS 1.3 alerts are encrypted and not counted.",
        threshold: None,
        source: "RFC 8446 section 6.2 (August 2018)",
        check: Check::Flow(
            Subject::Server,
            |look, _| look.flow().alert_from == "client" && matches!(look.flow().alert_code, Some(42..=46 | 48)),
            how_it_ended,
        ),
    },
    Rule {
        id: "split_client_hello_failed",
        severity: Severity::Medium,
        title: "ClientHello over several segments, and no handshake",
        why: "Some firewalls and load balancers expect the ClientHello in one segment and drop the rest; post-quantum key shares make it longer than one.",
        advice: "Try a ClientHello without a post-quantum share against the same server; if that works, bring the device between up to date.",
        decided: "The ClientHello took more segments than the threshold, the handshake failed, and no ServerHello was seen.",
        threshold: Some(Threshold { value: 1, unit: "segments" }),
        source: "RFC 8446 section 5.1 (August 2018): a message may be cut into records and segments anywhere",
        check: Check::Flow(
            Subject::Server,
            |look, segments| {
                let flow = look.flow();
                failed(look.rows)
                    && flow.tls_version_code.is_none()
                    && flow.client_hello_segments.is_some_and(|count| u64::from(count) > segments)
            },
            |look| format!("{} segments, {}", look.flow().client_hello_segments.unwrap_or_default(), how_it_ended(look)),
        ),
    },
    Rule {
        id: "flight_above_initial_window",
        severity: Severity::Low,
        title: "Server's first flight is larger than the initial window",
        why: "The server must wait for an acknowledgement in the middle of its flight: the handshake takes a round trip more.",
        advice: "Shorten the certificate chain (no root, ECDSA keys), compress certificates (RFC 8879), or raise the initial window.",
        decided: "Bytes from the ServerHello to the client's turn against min(10 MSS, max(2 MSS, 14,600)), with the MSS that the client announced; 1,460 where the capture does not show it.",
        threshold: Some(Threshold { value: 10, unit: "segments" }),
        source: "RFC 6928 section 2 (April 2013)",
        check: Check::Flow(
            Subject::Server,
            |look, segments| {
                let mss = u64::from(look.flow().mss_client_bytes.unwrap_or(1460));
                look.flow().server_flight_bytes.is_some_and(|bytes| bytes > initial_window(mss, segments.min(1 << 20)))
            },
            |look| format!("{} bytes", look.flow().server_flight_bytes.unwrap_or_default()),
        ),
    },
    Rule {
        id: "handshake_retransmitted",
        severity: Severity::Low,
        title: "Retransmissions inside handshakes",
        why: "A segment lost in a handshake costs a time-out of a second or more, since little else is under way that could speed its repair.",
        advice: "Look for loss on the way, or for a path MTU that large segments do not fit (the same message is sent again and again).",
        decided: "A handshake message or ChangeCipherSpec of which segments were seen again.",
        threshold: None,
        source: "RFC 6298 (June 2011)",
        check: Check::Flow(
            Subject::Server,
            |look, _| look.rows.messages.iter().any(is_retransmitted),
            |look| {
                let messages: Vec<_> =
                    look.rows.messages.iter().filter(|message| is_retransmitted(message)).take(4).map(|m| m.message.as_ref()).collect();
                messages.join(", ")
            },
        ),
    },
    Rule {
        id: "mss_small",
        severity: Severity::Info,
        title: "Small maximum segment size",
        why: "Handshakes take more segments than need be; the value usually comes from a tunnel or from a device that clamps it.",
        advice: "Check the MTU on the way; nothing to do where a tunnel explains it.",
        decided: "An MSS announced in SYN or SYN-ACK below the threshold: what an IPv6 packet of the smallest MTU leaves.",
        threshold: Some(Threshold { value: 1220, unit: "bytes" }),
        source: "RFC 9293 section 3.7.1 (August 2022); RFC 8200 section 5 (July 2017): 1,280 - 60",
        check: Check::Flow(
            Subject::Server,
            |look, bytes| {
                [look.flow().mss_client_bytes, look.flow().mss_server_bytes].into_iter().flatten().any(|mss| u64::from(mss) < bytes)
            },
            |look| {
                let text = |mss: Option<u16>| mss.map_or_else(|| "not seen".to_owned(), |mss| mss.to_string());
                format!("MSS of the client {}, of the server {}", text(look.flow().mss_client_bytes), text(look.flow().mss_server_bytes))
            },
        ),
    },
    Rule {
        id: "old_versions_offered",
        severity: Severity::Medium,
        title: "Client that knows nothing newer than TLS 1.1",
        why: "It cannot reach servers that keep to today's standard, and holds back those that must still serve it.",
        advice: "Bring its TLS library up to date, or put a proxy in front of it.",
        decided: "By supported_versions, else by the version in the ClientHello.",
        threshold: None,
        source: "RFC 8996 (March 2021)",
        check: Check::Flow(
            Subject::Client,
            |look, _| look.newest_offered().is_some_and(|newest| newest < TLS12),
            |look| format!("newest version offered: 0x{:04x}", look.newest_offered().unwrap_or_default()),
        ),
    },
    Rule {
        id: "weak_suites_offered",
        severity: Severity::Low,
        title: "Client offers broken cipher suites",
        why: "A server that takes the first suite it knows ends up with NULL, anonymous, export, RC4 or DES.",
        advice: "Cut the client's list to suites with authenticated encryption.",
        decided: "A suite rated insecure (cipher_suites.csv) stands in the ClientHello.",
        threshold: None,
        source: "RFC 9325 section 4.1 (November 2022)",
        check: Check::Flow(
            Subject::Client,
            |look, _| look.offers.iter().any(|offer| rating(offer.code) == "insecure"),
            |look| {
                let weak: Vec<_> =
                    look.offers.iter().filter(|offer| rating(offer.code) == "insecure").take(3).map(|offer| offer.name).collect();
                weak.join(", ")
            },
        ),
    },
    Rule {
        id: "no_post_quantum_offer",
        severity: Severity::Info,
        title: "Client offers no post-quantum key exchange",
        why: "What is recorded today can be read once a large quantum computer exists.",
        advice: "Plan for TLS 1.3 with X25519MLKEM768.",
        decided: "No group with a post-quantum part in supported_groups.",
        threshold: None,
        source: "FIPS 203 (August 2024); IANA TLS Supported Groups (September 2026)",
        check: Check::Flow(
            Subject::Client,
            |look, _| look.flow().pq_offered == Some(false),
            |look| format!("{} groups offered", look.flow().groups_offered.0.len()),
        ),
    },
    Rule {
        id: "hostile_text",
        severity: Severity::Medium,
        title: "Text made to harm who reads it",
        why: "A server name or protocol that begins like a formula or holds controls is meant for a spreadsheet, a terminal or a log, not for a server.",
        advice: "Find out who sends it. The tables here are guarded; take care where --csv-raw was used.",
        decided: "server_name or ALPN with a control, a line end, a bidi mark, or a formula's first character.",
        threshold: None,
        source: "RFC 6066 section 3 (January 2011): host names are ASCII",
        check: Check::Flow(
            Subject::Client,
            |look, _| is_hostile(&look.flow().sni) || is_hostile(&look.flow().alpn) || look.flow().alpn_offered.0.iter().any(is_hostile),
            |look| if is_hostile(&look.flow().sni) { "in the server name".into() } else { "in the application protocols".into() },
        ),
    },
    Rule {
        id: "handshake_bytes_missing",
        severity: Severity::Low,
        title: "Handshakes that the capture holds in part",
        why: "Of these flows nobody can say how the handshake went: figures on failures leave them out.",
        advice: "Capture with a larger buffer and no snap length; check the mirror port for drops.",
        decided: "Outcome gap: bytes are missing before the handshake was over.",
        threshold: None,
        source: "The capture itself",
        check: Check::Flow(
            Subject::Capture,
            |look, _| look.flow().outcome == "gap",
            |look| format!("{} bytes missing", look.flow().gap_bytes),
        ),
    },
    Rule {
        id: "server_fails_often",
        severity: Severity::Medium,
        title: "Server whose handshakes often fail",
        why: "Users of this server meet errors.",
        advice: "See its flows by outcome, last step and alert in flows.csv, and the section on failures.",
        decided: "Failed among judged handshakes in per cent, from five judged ones on. Not judged is not failed.",
        threshold: Some(Threshold { value: 10, unit: "per cent" }),
        source: "Own convention",
        check: Check::Server(|judged, failed, percent| {
            (judged >= 5 && failed * 100 >= judged * percent.min(100) && failed > 0)
                .then(|| format!("{failed} of {judged} judged handshakes failed"))
        }),
    },
];
