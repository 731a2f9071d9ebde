//! Section 7: where handshakes end.

use super::super::view::{self, MatrixRow, StepCount};
use super::super::words::{count, counted, share};
use crate::census::Census;
use crate::census::failures::FailureRow;
use crate::row::step::STEPS;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Section 7.
pub fn failures(census: &Census) -> view::Failures {
    let rows = census.failures.rows();
    let step = |(at, tally): (usize, &crate::census::failures::StepTally)| StepCount {
        step: at as u8 + 1,
        name: STEPS[at].into(),
        seen: tally.seen,
        encrypted: tally.encrypted,
        not_part: tally.not_part,
        missing: tally.missing,
        failed: tally.failed,
    };
    let (steps, matrix): (Vec<_>, Vec<_>) =
        (census.failures.steps.iter().enumerate().map(step).collect(), matrix(&rows).into_values().collect());
    view::Failures {
        says: [steps_say(&steps), matrix_says(&matrix)],
        completed: census.totals.completed,
        failed: census.totals.failed,
        not_judged: census.totals.not_judged,
        steps: steps.into_iter().collect(),
        matrix: matrix.into_iter().collect(),
        alerts: alerts(&rows).into_iter().collect(),
    }
}

fn steps_say(steps: &[StepCount]) -> String {
    let failed: u64 = steps.iter().map(|step| step.failed).sum();
    match steps.iter().max_by_key(|step| (step.failed, Reverse(step.step))).filter(|step| step.failed > 0) {
        None => "Of the flows seen from their first packet none failed at a step.".into(),
        Some(worst) => format!(
            "Of {} seen from the first packet most die for want of step {}, {}: {} ({}).",
            counted(failed, "failed handshake"),
            worst.step,
            worst.name,
            count(worst.failed),
            share(worst.failed, failed)
        ),
    }
}

fn matrix_says(matrix: &[MatrixRow]) -> String {
    let words = ["by an alert", "by a reset", "by an orderly close", "in silence"];
    let cells = matrix.iter().flat_map(|row| row.causes().into_iter().zip(words).map(move |(flows, how)| (flows, row, how)));
    let all: u64 = matrix.iter().flat_map(MatrixRow::causes).sum();
    match cells.max_by_key(|(flows, row, _)| (*flows, Reverse(row.step))).filter(|(flows, ..)| *flows > 0) {
        None => "No handshake failed.".into(),
        Some((flows, row, how)) => {
            format!("The most frequent end is {how} after {}: {} of {}.", row.name, count(flows), counted(all, "failed handshake"))
        }
    }
}

/// Step by cause. Step 0 stands for flows of which no step was seen.
fn matrix(rows: &[FailureRow]) -> BTreeMap<u8, MatrixRow> {
    let mut matrix: BTreeMap<u8, MatrixRow> = BTreeMap::new();
    for row in rows {
        let step = row.last_step.unwrap_or(0);
        let name = usize::from(step).checked_sub(1).and_then(|at| STEPS.get(at)).copied().unwrap_or("no step seen");
        let place = |line: &mut MatrixRow| match row.outcome.as_ref() {
            "alert" => line.alert += row.flows,
            "reset" => line.reset += row.flows,
            "closed" => line.closed += row.flows,
            "timeout" => line.timeout += row.flows,
            _ => line.gap += row.flows,
        };
        if row.outcome == "not_judged" {
            continue;
        }
        let line = matrix.entry(step).or_insert_with(|| MatrixRow {
            step,
            name: name.into(),
            alert: 0,
            reset: 0,
            closed: 0,
            timeout: 0,
            gap: 0,
            example_flow: None,
        });
        place(line);
        if line.example_flow.is_none() {
            line.example_flow = Some(row.example_flow_id.clone().into_owned());
        }
    }
    matrix
}

/// The alerts in the clear that ended handshakes, most frequent first.
fn alerts(rows: &[FailureRow]) -> Vec<view::AlertRow> {
    let mut alerts: BTreeMap<u8, view::AlertRow> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.outcome == "alert") {
        let Some(code) = row.alert_code else { continue };
        let alert = alerts.entry(code).or_insert_with(|| view::AlertRow {
            code,
            name: row.alert_name.clone().into_owned(),
            from_client: 0,
            from_server: 0,
            example_flow: Some(row.example_flow_id.clone().into_owned()),
        });
        if row.alert_from == "client" { alert.from_client += row.flows } else { alert.from_server += row.flows }
    }
    let mut alerts: Vec<_> = alerts.into_values().collect();
    alerts.sort_by_key(|alert| Reverse(alert.from_client + alert.from_server));
    alerts
}
