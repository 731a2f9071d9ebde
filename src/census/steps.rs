//! The state of each of the twelve steps in one flow: what the funnel counts and the ladder draws.

use super::totals::failed;
use crate::row::assemble::FlowRows;
use crate::tls::hello::is_tls13;
use crate::tls::names;
use serde::{Deserialize, Serialize};

/// How much of a step the capture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Read in the clear.
    Seen,
    /// Took place, but what it says is hidden.
    Encrypted,
    /// This kind of handshake has no such step.
    NotPart,
    /// The capture has a gap here, or ends.
    Missing,
    /// The handshake ended here, before the step was taken.
    Failed,
    /// After the failure: there was no such step any more.
    Never,
}

/// The order in which the steps of a full handshake are taken; that of an abbreviated one, in which the server finishes
/// first; that of TLS 1.3, where the server's Finished (10) is the end of its protected flight (4).
const FULL: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const ABBREVIATED: [u8; 12] = [1, 2, 3, 4, 5, 6, 8, 9, 10, 7, 11, 12];
const PROTECTED: [u8; 12] = [1, 2, 3, 9, 4, 5, 6, 10, 7, 8, 11, 12];

/// The states of steps 1 to 12, in order of their numbers.
///
/// A failure stands at the first step that should have come after the last one seen, in the order of this kind of
/// handshake. In TLS 1.3 the server's Finished is part of its protected flight, and a NewSessionTicket hides among the
/// application data: both are encrypted once the handshake came that far.
pub fn states(rows: &FlowRows) -> [Step; 12] {
    let seen = seen(rows);
    let order = match rows.flow.resumed {
        _ if is_protected(rows) => PROTECTED,
        Some(true) => ABBREVIATED,
        _ => FULL,
    };
    let place = |step: u8| order.iter().position(|at| *at == step);
    let end = failed(rows).then(|| failure(rows, &seen, &order));
    std::array::from_fn(|at| {
        let step = at as u8 + 1;
        match (seen[at], end) {
            (_, Some(end)) if step == end => Step::Failed,
            (Some(state), _) => state,
            (None, Some(end)) if place(step) > place(end) => Step::Never,
            (None, _) => unseen(rows, step, &seen),
        }
    })
}

/// What the messages and the TCP connection show.
fn seen(rows: &FlowRows) -> [Option<Step>; 12] {
    let flow = &rows.flow;
    let mut seen = [None; 12];
    seen[0] = flow.rtt_to_client_ms.map(|_| Step::Seen);
    for message in &rows.messages {
        let state = match message.state.as_ref() {
            "seen" | "decrypted" => Step::Seen,
            "encrypted" => Step::Encrypted,
            _ => Step::Missing,
        };
        // Alerts stand at step 12 but do not end the connection by themselves.
        let Some(held) = seen[..11].get_mut(usize::from(message.step).wrapping_sub(1)) else { continue };
        *held = Some(held.map_or(state, |held| held.min(state)));
    }
    if is_protected(rows) && seen[3] == Some(Step::Encrypted) {
        seen[9] = seen[9].or(Some(Step::Encrypted));
        if rows.messages.iter().any(|message| message.step == 7 && message.state == "encrypted") {
            seen[7] = seen[7].or(Some(Step::Encrypted));
        }
    }
    if flow.closed_by.ends_with("_fin") || flow.closed_by.ends_with("_rst") {
        seen[11] = Some(Step::Seen);
    }
    seen
}

/// The step at which the handshake failed: the handshake proper is the first ten places but for TCP's.
fn failure(rows: &FlowRows, seen: &[Option<Step>; 12], order: &[u8; 12]) -> u8 {
    let handshake = &order[..10];
    let last = handshake.iter().rposition(|step| seen[usize::from(*step) - 1].is_some()).unwrap_or(0);
    let mut due = handshake[last..].iter().skip(1).filter(|step| unseen(rows, **step, &[None; 12]) != Step::NotPart);
    // Where all was seen, it was the last that was refused.
    let refused = if order == &FULL { 10 } else { 7 };
    due.next().copied().unwrap_or(refused)
}

/// The state of a step that nothing was seen of, before any failure.
fn unseen(rows: &FlowRows, step: u8, seen: &[Option<Step>; 12]) -> Step {
    let flow = &rows.flow;
    let later = seen[usize::from(step)..].iter().take(10usize.saturating_sub(usize::from(step))).any(|state| state.is_some());
    let never = match step {
        4..=6 if flow.resumed == Some(true) && !is_protected(rows) => true,
        5 | 6 | 9 if is_protected(rows) => true,
        // Static key exchanges have no ServerKeyExchange; with a PSK it holds just a hint and may be left out.
        5 => flow.cipher_suite_code.and_then(names::cipher_suite).is_some_and(|suite| !suite.forward_secret && !suite.kx.is_empty()),
        // The ticket is optional.
        8 => true,
        11 => seen[11].is_some(),
        _ => false,
    };
    // What was left out although the handshake went on without a gap was no part of it.
    if never || (later && step > 2 && flow.gap_bytes == 0) { Step::NotPart } else { Step::Missing }
}

/// Whether all after ServerHello is protected: TLS 1.3.
fn is_protected(rows: &FlowRows) -> bool {
    rows.flow.tls_version_code.is_some_and(is_tls13)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::message::MessageRow;
    use crate::row::{Millis, Word};

    /// One letter a step: Seen, Encrypted, - not part, ? missing, ! failed, . never.
    fn check(outcome: &str, version: u16, suite: u16, closed_by: &str, messages: &[(u8, &str)], letters: &str) {
        let mut rows = FlowRows::default();
        let flow = &mut rows.flow;
        flow.outcome = Word::from(outcome.to_owned());
        flow.tls_version_code = (version > 0).then_some(version);
        flow.cipher_suite_code = (version > 0).then_some(suite);
        flow.closed_by = Word::from(closed_by.to_owned());
        flow.rtt_to_client_ms = Some(Millis::default());
        flow.resumed = Some(messages.iter().all(|message| message.0 != 6) && version == 0x0303);
        flow.last_step = messages.iter().map(|message| message.0).filter(|step| *step < 12).max();
        for (step, state) in messages {
            rows.messages.push(MessageRow { step: *step, state: Word::from((*state).to_owned()), ..MessageRow::default() });
        }
        let letter = |step: &Step| match step {
            Step::Seen => 'S',
            Step::Encrypted => 'E',
            Step::NotPart => '-',
            Step::Missing => '?',
            Step::Failed => '!',
            Step::Never => '.',
        };
        assert_eq!(states(&rows).iter().map(letter).collect::<String>(), letters);
    }

    #[test]
    fn kinds_of_handshake() {
        let s = |steps: &[u8]| steps.iter().map(|step| (*step, "seen")).collect::<Vec<_>>();
        let full = [s(&[2, 3, 4, 5, 6, 7, 8, 9]), vec![(10, "encrypted"), (11, "encrypted")]].concat();
        check("completed", 0x0303, 0xc02f, "client_fin", &full, "SSSSSSSSSEES");
        let rsa = [s(&[2, 3, 4, 6, 7, 9]), vec![(10, "encrypted")]].concat();
        check("completed", 0x0303, 0x009c, "server_fin", &rsa, "SSSS-SS-SE-S");
        let resumed = [s(&[2, 3, 9, 7]), vec![(10, "encrypted"), (11, "encrypted")]].concat();
        check("completed", 0x0303, 0xc02f, "end_of_capture", &resumed, "SSS---S-SEE?");
        let tls13 = [s(&[2, 3]), vec![(4, "encrypted"), (7, "encrypted"), (11, "encrypted")]].concat();
        check("completed", 0x0304, 0x1301, "client_fin", &tls13, "SSSE--EE-EES");
    }

    #[test]
    fn failures_stand_at_the_step_that_did_not_come() {
        check("alert", 0, 0, "server_fin", &[(2, "seen"), (12, "seen")], "SS!........S");
        check("reset", 0x0304, 0x1301, "client_rst", &[(2, "seen"), (3, "seen"), (4, "encrypted")], "SSSE--!.-E.S");
        // Refused by a protected alert that stands in the place of the client's flight.
        check("alert", 0x0304, 0x1301, "client_fin", &[(2, "seen"), (3, "seen"), (4, "encrypted"), (7, "encrypted")], "SSSE--!E-E.S");
        check("closed", 0x0303, 0xc02f, "client_fin", &[(2, "seen"), (3, "seen"), (9, "seen"), (10, "encrypted")], "SSS---!-SE.S");
        check("gap", 0, 0, "end_of_capture", &[(2, "partial")], "S??????-????");
    }
}
