//! Section 14: a chosen flow and its messages as the lines of a ladder.

use super::super::view::{self, Direction, Ladder, LadderLine, Level, StepState};
use super::super::words;
use super::super::write::Results;
use crate::census::selection::{CHOSEN_BY, Chosen};
use crate::census::steps::{Step, states};
use crate::row::Millis;
use crate::row::assemble::FlowRows;
use crate::row::flow::FlowRow;
use crate::row::message::MessageRow;
use crate::row::step::STEPS;
use std::collections::HashMap;

/// All ladders.
pub fn ladders(results: &Results) -> view::Ladders {
    let paths: HashMap<&str, &str> =
        results.captures.iter().rev().map(|capture| (capture.capture_id.as_ref(), capture.path.0.as_str())).collect();
    let rules: Vec<&str> = results.findings.iter().filter(|found| !found.setting.muted).map(|found| found.rule.id).collect();
    let chosen = results.census.selection.chosen(view::MAX_LADDERS, &rules);
    let path = |chosen: &Chosen| paths.get(chosen.rows.flow.capture_id.as_ref()).copied().unwrap_or_default();
    let draw = |chosen: &Chosen| ladder_of(chosen.rows, path(chosen), chosen.why);
    view::Ladders {
        chosen_by: CHOSEN_BY.into(),
        flows: results.census.totals.tls_flows,
        ladders: view::Cut::of(chosen.iter().map(draw), results.census.totals.tls_flows),
    }
}

/// One flow, the path of its capture, and why it is shown.
pub fn ladder_of(rows: &FlowRows, path: &str, why: &str) -> Ladder {
    let flow = &rows.flow;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ladder {
        flow_id: flow.flow_id.clone().into_owned(),
        capture: path.to_owned(),
        transport: flow.transport.clone().into_owned(),
        stream: flow.stream,
        client: words::endpoint(&flow.client_ip, flow.client_port),
        server: words::endpoint(&flow.server_ip, flow.server_port),
        sni: text(&flow.sni.0),
        version: text(&flow.tls_version),
        suite: text(&flow.cipher_suite),
        group: text(&flow.kx_group),
        resumption: flow.resumed.map(|resumed| match (resumed, flow.resumption.as_ref()) {
            (false, _) => "full handshake".into(),
            (true, "") => "resumed".into(),
            (true, by) => format!("resumed by {by}"),
        }),
        alpn: text(&flow.alpn.0),
        outcome: flow.outcome.clone().into_owned(),
        level: match flow.outcome.as_ref() {
            "completed" => Level::Good,
            "alert" | "reset" | "closed" | "timeout" => Level::Bad,
            _ => Level::Neutral,
        },
        why: why.into(),
        findings: flow.findings.split(';').filter(|rule| !rule.is_empty()).map(str::to_owned).collect(),
        mss_client: flow.mss_client_bytes.map(u32::from),
        mss_server: flow.mss_server_bytes.map(u32::from),
        handshake_us: flow.handshake_ms.and_then(micros),
        wireshark_filter: flow.wireshark_filter.clone().into_owned(),
        command: words::wireshark(path, &flow.wireshark_filter),
        lines: lines(rows).into_iter().collect(),
    }
}

fn micros(span: Millis) -> Option<u64> {
    u64::try_from(span.0.0 / 1_000).ok()
}

/// Messages in their own order, and each step that has none after the step before it.
fn lines(rows: &FlowRows) -> Vec<LadderLine> {
    let states = states(rows);
    let mut lines: Vec<LadderLine> = rows.messages.iter().map(|row| message(&rows.flow, row)).collect();
    for (at, state) in states.into_iter().enumerate() {
        let step = at as u8 + 1;
        // Datagrams have neither a handshake of their own nor a teardown.
        if rows.flow.transport == "udp" && (step == 1 || step == 12) {
            continue;
        }
        let has_message = step != 1 && step != 12 && lines.iter().any(|line| line.step == step);
        let Some(state) = drawn(state).filter(|state| !has_message || *state == StepState::Failed) else { continue };
        let line = without_message(&rows.flow, step, state);
        // The teardown ends the drawing; a failure stands before the alert that tells of it.
        // The server's Finished in TLS 1.3 is the end of its flight, which stands at step 4.
        let up_to = if step == 10 && state == StepState::Encrypted { 6 } else { step };
        let after = if step == 12 { None } else { lines.iter().rposition(|line| line.step <= up_to && line.step != 12) };
        match after {
            _ if step == 12 => lines.push(line),
            Some(after) if !is_resumed_turn(&lines, step) => lines.insert(after + 1, line),
            _ => {
                let before = lines.iter().position(|line| line.step > step).unwrap_or(lines.len());
                lines.insert(before, line);
            }
        }
    }
    lines
}

/// In an abbreviated handshake the server finishes first: its steps 9 and 10 stand before the client's 7, and what is
/// left out in between belongs before both.
fn is_resumed_turn(lines: &[LadderLine], step: u8) -> bool {
    let first = |step: u8| lines.iter().position(|line| line.step == step);
    (4..=6).contains(&step)
        && first(4).is_none()
        && matches!((first(9).or(first(10)), first(7)), (Some(server), Some(client)) if server < client)
}

fn drawn(state: Step) -> Option<StepState> {
    match state {
        Step::Seen => Some(StepState::Seen),
        Step::Encrypted => Some(StepState::Encrypted),
        Step::NotPart => Some(StepState::NotPart),
        Step::Missing => Some(StepState::Missing),
        Step::Failed => Some(StepState::Failed),
        Step::Never => None,
    }
}

fn message(flow: &FlowRow, row: &MessageRow) -> LadderLine {
    let chosen = row.message == "server_hello" && row.detail.0.is_empty();
    LadderLine {
        step: row.step,
        name: spoken(row),
        detail: if chosen { negotiated(flow) } else { row.detail.0.clone() },
        direction: if row.direction == "client" { Direction::Client } else { Direction::Server },
        state: match row.state.as_ref() {
            "seen" | "decrypted" => StepState::Seen,
            "encrypted" => StepState::Encrypted,
            _ => StepState::Missing,
        },
        since_start_us: micros(row.since_start_ms),
        first_frame: Some(row.first_frame),
        last_frame: Some(row.last_frame),
        bytes: Some(row.bytes),
        records: Some(row.records.into()),
        segments: Some(row.segments.into()),
        again: row.retransmitted_segments.into(),
        flight: Some(row.flight),
    }
}

/// What the ServerHello chose, in short: `TLS 1.3, AES_128_GCM_SHA256, x25519`.
fn negotiated(flow: &FlowRow) -> String {
    let suite = flow.cipher_suite.strip_prefix("TLS_").unwrap_or(&flow.cipher_suite);
    let words = [flow.tls_version.as_ref(), suite, flow.kx_group.as_ref()];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A step of which there is no message: the TCP handshake, the teardown, what is left out, missing or failed.
fn without_message(flow: &FlowRow, step: u8, state: StepState) -> LadderLine {
    let name = if step == 12 { "TCP teardown" } else { STEPS[usize::from(step.clamp(1, 12)) - 1] };
    let (direction, detail) = match (step, state) {
        (1, StepState::Seen) => (Direction::Both, "SYN, SYN-ACK, ACK".to_owned()),
        (12, StepState::Seen) => match flow.closed_by.as_ref() {
            "client_fin" => (Direction::Client, "FIN first from the client".into()),
            "server_fin" => (Direction::Server, "FIN first from the server".into()),
            "client_rst" => (Direction::Client, "RST from the client".into()),
            "server_rst" => (Direction::Server, "RST from the server".into()),
            _ => (Direction::Both, String::new()),
        },
        (12, StepState::Missing) => (Direction::None, "the capture does not hold it".into()),
        (8, StepState::Encrypted) => (Direction::None, "among the data, if it was sent".into()),
        (10, StepState::Encrypted) => (Direction::None, "inside the protected flight".into()),
        (_, StepState::Failed) => (Direction::None, failure(flow)),
        _ => (Direction::None, String::new()),
    };
    LadderLine {
        step,
        name: name.into(),
        detail,
        direction,
        state,
        since_start_us: if step == 1 { flow.tcp_rtt_ms.and_then(micros) } else { None },
        first_frame: None,
        last_frame: None,
        bytes: None,
        records: None,
        segments: None,
        again: 0,
        flight: None,
    }
}

/// How it failed, in words.
fn failure(flow: &FlowRow) -> String {
    match flow.outcome.as_ref() {
        "alert" => {
            let from = if flow.alert_from.is_empty() { String::new() } else { format!(" from the {}", flow.alert_from) };
            match (flow.alert_name.as_ref(), flow.alert_code) {
                ("", None) => format!("a protected alert{from}"),
                ("", Some(code)) => format!("alert {code}{from}"),
                (name, _) => format!("alert {name}{from}"),
            }
        }
        "reset" => "the connection was reset".into(),
        "closed" => "the connection was closed".into(),
        _ => "silence".into(),
    }
}

/// `ClientHello` for `client_hello`: the name that people know.
fn spoken(row: &MessageRow) -> String {
    match (row.layer.as_ref(), row.message.as_ref()) {
        ("handshake", "encrypted_handshake") => "Encrypted handshake message".into(),
        ("data", "encrypted_flight") => "Protected flight".into(),
        ("data", _) => "Application data".into(),
        ("alert", "encrypted_alert") => "Encrypted alert".into(),
        ("alert", name) => format!("Alert {name}"),
        (_, name) => camel(name),
    }
}

fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(messages: &[(u8, &'static str, &'static str, &'static str)]) -> FlowRows {
        let mut rows = FlowRows::default();
        rows.flow.rtt_to_client_ms = Some(Millis::default());
        for (step, name, direction, state) in messages {
            rows.messages.push(MessageRow {
                step: *step,
                layer: "handshake".into(),
                message: (*name).into(),
                direction: (*direction).into(),
                state: (*state).into(),
                ..MessageRow::default()
            });
        }
        rows
    }

    fn check(rows: &FlowRows, expected: &str) {
        let word = |state| match state {
            StepState::Seen => "",
            StepState::Encrypted => "e",
            StepState::NotPart => "-",
            StepState::Missing => "?",
            StepState::Failed => "!",
        };
        let shown: Vec<_> = lines(rows).iter().map(|line| format!("{}{}", line.step, word(line.state))).collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn every_step_stands_in_its_place() {
        let mut full = rows(&[(2, "client_hello", "client", "seen"), (3, "server_hello", "server", "seen")]);
        full.flow.outcome = "alert".into();
        full.flow.last_step = Some(3);
        full.flow.alert_name = "handshake_failure".into();
        full.flow.closed_by = "server_fin".into();
        full.messages.push(MessageRow { step: 12, layer: "alert".into(), message: "handshake_failure".into(), ..MessageRow::default() });
        full.messages[2].state = "seen".into();
        check(&full, "1 2 3 4! 12 12");
        assert_eq!(lines(&full)[3].detail, "alert handshake_failure");

        let mut resumed = rows(&[
            (2, "client_hello", "client", "seen"),
            (3, "server_hello", "server", "seen"),
            (9, "change_cipher_spec", "server", "seen"),
            (10, "encrypted_handshake", "server", "encrypted"),
            (7, "change_cipher_spec", "client", "seen"),
            (7, "encrypted_handshake", "client", "encrypted"),
        ]);
        resumed.flow.outcome = "completed".into();
        resumed.flow.resumed = Some(true);
        resumed.flow.closed_by = "client_fin".into();
        check(&resumed, "1 2 3 4- 5- 6- 9 10e 7 7e 8- 11- 12");
        assert_eq!(lines(&resumed)[1].name, "ClientHello");

        // The same in datagrams.
        resumed.flow.transport = "udp".into();
        check(&resumed, "2 3 4- 5- 6- 9 10e 7 7e 8- 11-");
    }
}
