//! Every rule is raised by one case and not by its neighbour; a rule without a case fails.

use super::*;
use crate::ledger::{Layer, Place, Reason};
use crate::row::message::MessageRow;
use crate::tls::names;
use std::collections::BTreeSet;

/// A sound handshake: it raises no rule.
fn sound() -> FlowRows {
    let mut rows = FlowRows::default();
    let flow = &mut rows.flow;
    flow.flow_id = "f0000000000000001".into();
    flow.capture_id = "c000000000001".into();
    (flow.client_ip, flow.client_port) = ("198.51.100.7".into(), 50_000);
    (flow.server_ip, flow.server_port) = ("192.0.2.1".into(), 443);
    flow.sni = Wild("example.com".into());
    flow.outcome = "completed".into();
    (flow.tls_version, flow.tls_version_code) = ("TLS 1.2".into(), Some(0x0303));
    flow.legacy_version_code = Some(0x0303);
    flow.suites_offered.0 = vec![0x0a0a, 0xc02f, 0xc013, 0x002f];
    flow.groups_offered.0 = vec![0x11ec, 29];
    flow.pq_offered = Some(true);
    (flow.cipher_suite, flow.cipher_suite_code) = ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".into(), Some(0xc02f));
    flow.forward_secret = Some(true);
    flow.kx_group_code = Some(29);
    flow.signature_scheme_code = Some(0x0804);
    flow.secure_renegotiation = Some(true);
    (flow.mss_client_bytes, flow.mss_server_bytes) = (Some(1460), Some(1220));
    flow.client_hello_segments = Some(1);
    flow.server_flight_bytes = Some(14_600);
    rows
}

fn choose(rows: &mut FlowRows, code: u16) {
    let suite = names::cipher_suite(code).unwrap();
    rows.flow.cipher_suite_code = Some(code);
    rows.flow.cipher_suite = suite.name.into();
}

type Change = fn(&mut FlowRows);

/// Rule, what raises it, and what is near and does not.
const FLOWS: &[(&str, Change, Change)] = &[
    ("protocol_ssl2", |r| r.flow.tls_version_code = Some(0x0002), |r| r.flow.tls_version_code = Some(0x0300)),
    ("protocol_ssl3", |r| r.flow.tls_version_code = Some(0x0300), |r| r.flow.tls_version_code = Some(0x0301)),
    ("protocol_tls10", |r| r.flow.tls_version_code = Some(0x0301), |r| r.flow.tls_version_code = Some(0x0302)),
    ("protocol_tls11", |r| r.flow.tls_version_code = Some(0x0302), |r| r.flow.tls_version_code = Some(0x0303)),
    ("protocol_dtls10", |r| r.flow.tls_version_code = Some(0xfeff), |r| r.flow.tls_version_code = Some(0xfefd)),
    ("cipher_null", |r| choose(r, 0x003b), |r| choose(r, 0x003c)),
    ("cipher_export", |r| choose(r, 0x0003), |r| choose(r, 0x0004)),
    ("cipher_anonymous", |r| choose(r, 0x0034), |r| choose(r, 0x0033)),
    ("cipher_rc4", |r| choose(r, 0xc011), |r| choose(r, 0xc012)),
    ("cipher_des", |r| choose(r, 0x0009), |r| choose(r, 0x0008)),
    ("cipher_small_blocks", |r| choose(r, 0x000a), |r| choose(r, 0x002f)),
    (
        "cbc_despite_aead",
        |r| choose(r, 0xc027),
        |r| {
            choose(r, 0xc027);
            r.flow.suites_offered.0 = vec![0x1301, 0xc027];
        },
    ),
    ("no_forward_secrecy", |r| r.flow.forward_secret = Some(false), |r| r.flow.forward_secret = None),
    ("dh_prime_small", |r| r.flow.kx_bits = Some(2047), |r| r.flow.kx_bits = Some(2048)),
    ("group_weak", |r| r.flow.kx_group_code = Some(21), |r| r.flow.kx_group_code = Some(0x0100)),
    ("signature_weak", |r| r.flow.signature_scheme_code = Some(0x0201), |r| r.flow.signature_scheme_code = Some(0x0401)),
    ("compression", |r| r.flow.record_compression = "deflate".into(), |_| ()),
    ("renegotiation_insecure", |r| r.flow.secure_renegotiation = Some(false), |r| r.flow.secure_renegotiation = None),
    (
        "downgraded",
        |r| {
            r.flow.versions_offered.0 = vec![0x1a1a, 0x0304, 0x0303];
            r.flow.downgrade_sentinel = "tls12".into();
        },
        |r| r.flow.downgrade_sentinel = "tls12".into(),
    ),
    (
        "downgraded",
        |r| r.flow.downgrade_sentinel = "tls11".into(),
        |r| {
            r.flow.legacy_version_code = Some(0x0302);
            r.flow.downgrade_sentinel = "tls11".into();
        },
    ),
    (
        "client_choice_overridden",
        |r| choose(r, 0x002f),
        |r| {
            choose(r, 0x002f);
            r.flow.suites_offered.0 = vec![0x002f, 0xc02f];
        },
    ),
    ("fallback", |r| r.flow.fallback_scsv = Some(true), |r| r.flow.fallback_scsv = Some(false)),
    ("certificate_name_mismatch", |r| r.flow.certificate_name_match = Some(false), |r| r.flow.certificate_name_match = None),
    ("heartbleed", |r| r.flow.overlong_heartbeat = "client".into(), |_| ()),
    (
        "certificate_refused",
        |r| (r.flow.alert_from, r.flow.alert_code) = ("client".into(), Some(48)),
        |r| (r.flow.alert_from, r.flow.alert_code) = ("server".into(), Some(48)),
    ),
    (
        "split_client_hello_failed",
        |r| (r.flow.client_hello_segments, r.flow.outcome, r.flow.tls_version_code) = (Some(2), "timeout".into(), None),
        |r| (r.flow.client_hello_segments, r.flow.outcome, r.flow.tls_version_code) = (Some(2), "not_judged".into(), None),
    ),
    (
        "flight_above_initial_window",
        |r| r.flow.server_flight_bytes = Some(14_601),
        |r| {
            // Below 1,460 bytes ten segments count, above 14,600 bytes.
            (r.flow.mss_client_bytes, r.flow.server_flight_bytes) = (Some(8_960), Some(17_920));
        },
    ),
    ("handshake_retransmitted", |r| r.messages.push(again("handshake")), |r| r.messages.push(again("data"))),
    ("mss_small", |r| r.flow.mss_client_bytes = Some(1219), |r| r.flow.mss_client_bytes = None),
    (
        "old_versions_offered",
        |r| r.flow.legacy_version_code = Some(0x0302),
        |r| {
            r.flow.legacy_version_code = Some(0x0301);
            r.flow.versions_offered.0 = vec![0x0303];
        },
    ),
    ("weak_suites_offered", |r| r.flow.suites_offered.0.push(0x0005), |r| r.flow.suites_offered.0.push(0x000a)),
    ("no_post_quantum_offer", |r| r.flow.pq_offered = Some(false), |r| r.flow.pq_offered = None),
    ("hostile_text", |r| r.flow.sni.0 = "=1+1".into(), |r| r.flow.sni.0 = "ex\u{e4}mple.com".into()),
    ("hostile_text", |r| r.flow.alpn_offered.0.push(Wild("h2\u{202e}".into())), |r| r.flow.alpn_offered.0.push(Wild("h2".into()))),
    ("handshake_bytes_missing", |r| r.flow.outcome = "gap".into(), |r| r.flow.gap_bytes = 5),
];

fn again(layer: &'static str) -> MessageRow {
    MessageRow { layer: layer.into(), message: "certificate".into(), retransmitted_segments: 1, ..MessageRow::default() }
}

#[test]
fn flows_raise_the_rules_that_they_should() {
    let rules = Rules::default();
    assert_eq!(rules.judge(&sound()), "");
    for (id, raise, spare) in FLOWS {
        let raised = |change: &Change| {
            let mut rows = sound();
            change(&mut rows);
            rules.judge(&rows).split(';').any(|found| found == *id)
        };
        assert!(raised(raise), "{id} is not raised");
        assert!(!raised(spare), "{id} is raised by its neighbour");
    }
}

fn census(flows: &[FlowRows], rules: &Rules) -> Census {
    let mut census = Census::default();
    for rows in flows {
        let mut rows = rows.clone();
        rows.flow.findings = rules.judge(&rows);
        census.observe(&rows);
    }
    census
}

/// A certificate that raises no rule, shown from day 100 to day 110.
fn shown() -> CertificateRow {
    const DAY: i64 = 86_400_000_000_000;
    CertificateRow {
        cert_id: "ab".into(),
        not_before_utc: Some(Timestamp(100 * DAY)),
        not_after_utc: Some(Timestamp(140 * DAY)),
        days_left_at_capture: Some(30),
        key_type: "RSA".into(),
        key_bits: Some(2048),
        signature_hash: "sha256".into(),
        self_signed: Some(false),
        leaf_flows: 1,
        first_utc: Timestamp(100 * DAY),
        last_utc: Timestamp(110 * DAY),
        ..CertificateRow::default()
    }
}

type Recast = fn(&mut CertificateRow);

/// Rule, what raises it, and what is near and does not.
const CERTIFICATES: &[(&str, Recast, Recast)] = &[
    (
        "certificate_expired",
        |c| c.days_left_at_capture = Some(-1),
        |c| {
            (c.days_left_at_capture, c.self_signed, c.leaf_flows) = (Some(-1), Some(true), 0);
        },
    ),
    ("certificate_expiring", |c| c.days_left_at_capture = Some(29), |c| c.days_left_at_capture = Some(-1)),
    ("certificate_not_yet_valid", |c| c.first_utc.0 -= 1, |c| c.not_before_utc = None),
    ("certificate_self_signed", |c| c.self_signed = Some(true), |c| (c.self_signed, c.leaf_flows) = (Some(true), 0)),
    ("certificate_key_small", |c| c.key_bits = Some(2047), |c| (c.key_type, c.key_bits) = ("EC".into(), Some(256))),
    ("certificate_key_small", |c| (c.key_type, c.key_bits) = ("EC".into(), Some(224)), |c| c.key_bits = None),
    (
        "certificate_signature_weak",
        |c| c.signature_hash = "sha1".into(),
        |c| {
            (c.signature_hash, c.self_signed) = ("sha1".into(), Some(true));
        },
    ),
    ("certificate_unreadable", |c| c.error = "der".into(), |_| ()),
];

#[test]
fn certificates_raise_the_rules_that_they_should() {
    let raised = |id: &str, change: Recast| {
        let mut certificate = shown();
        change(&mut certificate);
        let (rule, setting) = Rules::default().settings().find(|(rule, _)| rule.id == id).unwrap();
        let Check::Certificate(check) = rule.check else { panic!("{id}") };
        check(&certificate, setting.threshold).is_some()
    };
    for (id, raise, spare) in CERTIFICATES {
        assert!(!raised(id, |_| ()), "{id} is raised by a sound one");
        assert!(raised(id, *raise), "{id} is not raised");
        assert!(!raised(id, *spare), "{id} is raised by its neighbour");
    }
}

/// Flows with these outcomes.
fn ended(outcomes: &[&'static str]) -> Vec<FlowRows> {
    let with = |outcome: &&'static str| {
        let mut rows = sound();
        rows.flow.outcome = (*outcome).into();
        rows
    };
    outcomes.iter().map(with).collect()
}

/// Rule, and whether captures, losses or flows that fit it raise it.
fn others() -> Vec<(&'static str, bool, bool)> {
    let rules = Rules::default();
    let raised = |id: &str, flows: &[FlowRows], capture: Option<CaptureRow>, ledger: &Ledger| {
        found(&census(flows, &rules), &capture.into_iter().collect::<Vec<_>>(), ledger, &rules).iter().any(|found| found.rule.id == id)
    };
    let capture = |id: &'static str, bad: CaptureRow, good: CaptureRow| {
        let ledger = Ledger::default();
        (id, raised(id, &[], Some(bad), &ledger), raised(id, &[], Some(good), &ledger))
    };
    let status = |word: &'static str| CaptureRow { status: word.into(), packets: 10, ..CaptureRow::default() };
    let loss = |id: &'static str, bad: Reason, good: Reason| {
        let ledger = |reason| {
            let mut ledger = Ledger::default();
            ledger.note(Layer::Link, reason, 1, Place { capture: 0, frame: 1, offset: 0 });
            ledger
        };
        (id, raised(id, &[], None, &ledger(bad)), raised(id, &[], None, &ledger(good)))
    };
    let flows = |id: &'static str, bad: &[&'static str], good: &[&'static str]| {
        let ledger = Ledger::default();
        (id, raised(id, &ended(bad), None, &ledger), raised(id, &ended(good), None, &ledger))
    };
    let unjudged = ["completed", "completed", "completed", "completed", "completed", "completed", "completed", "completed", "gap"];
    vec![
        capture("capture_failed", status("failed"), status("truncated")),
        capture("capture_truncated", status("truncated"), status("empty")),
        capture("capture_cut_by_snap_length", CaptureRow { packets_cut: 1, ..status("ok") }, status("ok")),
        capture("capture_offload", CaptureRow { offload_suspected: true, ..status("ok") }, status("ok")),
        loss("bounds_reached", Reason::of("evicted"), Reason::of("packet_after_close")),
        loss("link_type_unknown", Reason::with("unsupported_link_type", 147), Reason::with("protocol", 50)),
        flows(
            "server_fails_often",
            &["completed", "completed", "completed", "completed", "reset"],
            &["gap", "reset", "reset", "reset", "reset"],
        ),
        flows("handshakes_not_judged", &[&unjudged[..], &["gap"]].concat(), &unjudged),
    ]
}

#[test]
fn captures_losses_and_runs_raise_the_rules_that_they_should() {
    for (id, bad, good) in others() {
        assert!(bad, "{id} is not raised");
        assert!(!good, "{id} is raised by its neighbour");
    }
}

#[test]
fn every_rule_has_a_case_and_every_word_that_it_needs() {
    let cases: BTreeSet<_> =
        FLOWS.iter().map(|case| case.0).chain(CERTIFICATES.iter().map(|case| case.0)).chain(others().iter().map(|case| case.0)).collect();
    let ids: Vec<_> = all().map(|rule| rule.id).collect();
    assert_eq!(cases, ids.iter().copied().collect());
    assert_eq!(cases.len(), ids.len(), "an id twice");
    for rule in all() {
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{}", rule.id);
        for sentence in [rule.why, rule.advice, rule.decided] {
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{}: {sentence}", rule.id);
        }
        assert!(!rule.title.ends_with('.') && !rule.source.is_empty(), "{}", rule.id);
    }
}

#[test]
fn counts_are_exact_beyond_the_subjects_that_are_listed() {
    let rules = Rules::default();
    let flows: Vec<_> = (0..3 * SUBJECTS as u32)
        .map(|number| {
            let mut rows = sound();
            rows.flow.server_ip = std::net::Ipv4Addr::from(0x0a00_0000 + number % (SUBJECTS as u32 + 500)).to_string().into();
            rows.flow.flow_id = format!("f{number:016x}").into();
            rows.flow.first_utc = Timestamp(i64::from(number));
            choose(&mut rows, 0x000a);
            rows
        })
        .collect();
    let found = found(&census(&flows, &rules), &[], &Ledger::default(), &rules);
    let small = found.iter().find(|found| found.rule.id == "cipher_small_blocks").unwrap();
    assert_eq!((small.flows, small.rows.len(), small.more), (3 * SUBJECTS as u64, SUBJECTS + 1, true));
    assert_eq!(small.rows.iter().map(|row| row.flows).sum::<u64>(), small.flows);
    assert_eq!(
        small.examples.iter().map(|example| example.flow_id.as_ref()).collect::<Vec<_>>(),
        (0..5).map(|n| format!("f{n:016x}")).collect::<Vec<_>>()
    );
    let first = &small.rows[0];
    assert_eq!((first.subject_id.0.as_str(), first.flows, first.servers), ("10.0.0.0:443", 2, Some(1)));
    assert_eq!((first.first_utc, first.last_utc), (Some(Timestamp(0)), Some(Timestamp(1_500))));
    assert_eq!(first.example_flow_id, "f0000000000000000");
}

#[test]
fn severity_threshold_and_muting_follow_the_settings() {
    let mut rows = sound();
    rows.flow.kx_bits = Some(1024);
    choose(&mut rows, 0x000a);
    let rules = Rules::read("[dh_prime_small]\nthreshold = 1024\n[cipher_small_blocks]\nseverity = \"critical\"\nmute = true").unwrap();
    let found = found(&census(&[rows], &rules), &[], &Ledger::default(), &rules);
    assert!(found.iter().all(|found| found.rule.id != "dh_prime_small"));
    let row = &super::rows(&found)[0];
    assert_eq!((row.rule_id.as_ref(), row.severity.as_ref(), row.muted), ("cipher_small_blocks", "critical", true));
    assert!(found.is_sorted_by(|one, other| one.setting.severity >= other.setting.severity));
}
