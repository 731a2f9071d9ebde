//! Rules on the captures and the run: how far the rest can be trusted.

use super::rule::{Check, Rule, Severity, Threshold};
use crate::row::capture::CaptureRow;

fn with_path(capture: &CaptureRow, what: &str) -> String {
    format!("{}: {what}", capture.path.0)
}

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "capture_failed",
        severity: Severity::Medium,
        title: "Capture that could not be read",
        why: "Nothing of it is in the figures.",
        advice: "See error_code and error_offset_bytes in captures.csv.",
        decided: "Status failed in captures.csv.",
        threshold: None,
        source: "The capture itself",
        check: Check::Capture(|capture, _| {
            (capture.status == "failed").then(|| with_path(capture, &format!("{} ({})", capture.error_code, capture.error_detail.0)))
        }),
    },
    Rule {
        id: "capture_truncated",
        severity: Severity::Medium,
        title: "Capture not read to its end",
        why: "What stands behind the damage is not in the figures; flows that were open there are not judged.",
        advice: "See error_code and error_offset_bytes in captures.csv; copy the file again, or capture again.",
        decided: "Status truncated in captures.csv.",
        threshold: None,
        source: "The capture itself",
        check: Check::Capture(|capture, _| {
            (capture.status == "truncated").then(|| with_path(capture, &format!("{} ({})", capture.error_code, capture.error_detail.0)))
        }),
    },
    Rule {
        id: "capture_cut_by_snap_length",
        severity: Severity::Low,
        title: "Snap length cuts packets",
        why: "Messages behind the cut cannot be read, so that handshakes stay unjudged.",
        advice: "Capture with the full length (tcpdump -s 0).",
        decided: "A share of packets above the threshold has a captured length below its length on the wire.",
        threshold: Some(Threshold { value: 0, unit: "per cent" }),
        source: "The capture itself",
        check: Check::Capture(|capture, percent| {
            let cut = capture.packets_cut;
            (cut > 0 && u128::from(cut) * 100 > u128::from(percent) * u128::from(capture.packets))
                .then(|| with_path(capture, &format!("{cut} of {} packets", capture.packets)))
        }),
    },
    Rule {
        id: "capture_offload",
        severity: Severity::Info,
        title: "Capture taken behind segmentation offload",
        why: "Segments are larger here than on the wire: counts of segments are those of the capturing host.",
        advice: "Switch off TSO, GRO and LRO on the capturing host, or capture on the wire; wire_segments_estimate helps meanwhile.",
        decided: "A segment above the receiver's MSS, or an IP total length of 0.",
        threshold: None,
        source: "RFC 9293 section 3.7.1 (August 2022)",
        check: Check::Capture(|capture, _| capture.offload_suspected.then(|| with_path(capture, "segments above the MSS"))),
    },
    Rule {
        id: "handshakes_not_judged",
        severity: Severity::Medium,
        title: "Many handshakes could not be judged",
        why: "The share of failures is that of the rest and may mislead.",
        advice: "Look at run health: captures that begin too late, gaps, cut packets, one direction only.",
        decided: "Flows not judged among all, in per cent, from ten flows on.",
        threshold: Some(Threshold { value: 10, unit: "per cent" }),
        source: "Own convention",
        check: Check::Run(|totals, percent| {
            let (part, of) = (totals.not_judged, totals.tls_flows);
            (of >= 10 && u128::from(part) * 100 > u128::from(percent) * u128::from(of)).then(|| format!("{part} of {of} TLS flows"))
        }),
    },
    Rule {
        id: "bounds_reached",
        severity: Severity::Medium,
        title: "A bound on memory was reached",
        why: "Flows were given up although the captures hold more of them.",
        advice: "Read fewer captures as one series, or split the largest ones.",
        decided: "Losses in losses.csv for which a bound of this program is the reason.",
        threshold: None,
        source: "losses.csv",
        check: Check::Loss(|reason| matches!(reason, "evicted" | "messages_beyond_bound" | "fragments_beyond_bound")),
    },
    Rule {
        id: "link_type_unknown",
        severity: Severity::Medium,
        title: "Packets of a link type that is not read",
        why: "Whatever TLS is in them is not in the figures.",
        advice: "Capture on another interface, or convert the capture.",
        decided: "Losses in losses.csv whose reason is a link type.",
        threshold: None,
        source: "losses.csv",
        check: Check::Loss(|reason| reason.starts_with("unsupported_link_type")),
    },
];
