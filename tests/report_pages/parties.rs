//! Sections 6 and 9 to 12 of a usual page.

use tlscensus::report::figure;
use tlscensus::report::view::*;

pub fn certificate(text: &str, days_left: Option<i64>) -> CertificateRow {
    CertificateRow {
        name: text.into(),
        issuer: text.into(),
        ends_us: days_left.map(|days| days.saturating_mul(86_400_000_000)),
        days_left,
        standing: if days_left.is_some() { "expired" } else { "unknown" },
        level: if days_left.is_some() { Level::Bad } else { Level::Neutral },
        key: text.into(),
        signature: text.into(),
        flows: u64::MAX,
        servers: u64::MAX,
    }
}

pub fn certificates() -> Certificates {
    let rows: Vec<_> = (0..40).map(|at| certificate(&format!("host-{at}.example.net"), Some(at * 9 - 30))).collect();
    Certificates {
        expired: 4,
        ending: 3,
        columns: figure::expiry::columns(rows.iter().filter_map(|row| row.days_left)),
        findings: vec![("certificate_expired".into(), "Expired certificate".into(), Level::Bad, 4)],
        rows: rows.into_iter().collect(),
    }
}

pub fn timing() -> Timing {
    let curve = |class, label, middle: u64| {
        let points: Vec<_> = (1..60u64).map(|at| (middle * at * at / 900 + 1, 60 - at.abs_diff(30))).collect();
        Curve { class, label, count: points.iter().map(|point| point.1).sum(), points }
    };
    let row = |metric, version: &str, at: u64| QuantileRow {
        metric,
        class: "c-handshake",
        version: version.into(),
        count: 700,
        min: at / 9,
        at: [1, 3, 4, 6, 12, 20].map(|part| at * part / 4),
        max: at * 900,
    };
    let slow = |at: u64| SlowRow {
        server: format!("192.0.2.{at}:443"),
        name: format!("service-{at}.example.net"),
        version: "TLS 1.2".into(),
        handshake_us: 90_000_000 / (at + 1),
        tcp_rtt_us: (at % 5 != 4).then_some(12_000),
        hello_us: Some(30_000_000 / (at + 2)),
        flow: Some(format!("f{at:016x}")),
        capture: "gateway-1/2026-11-03.pcapng".into(),
        filter: format!("frame.number >= 1 && frame.number <= 193 && tcp.stream eq {at}"),
    };
    Timing {
        says: "Half of 41,000 handshakes took no more than 44.00 ms, and one in twenty more than 320.00 ms.".into(),
        handshakes: 41_000,
        quantile_error_permille: 4,
        curves: vec![curve("c-rtt", "TCP round trip", 12_000), curve("c-handshake", "TLS handshake", 44_000)],
        quantiles: [row("TCP round trip", "all", 12_000), row("TLS handshake", "all", 44_000), row("TLS handshake", "TLS 1.2", 61_000)]
            .into_iter()
            .collect(),
        slowest: (0..60).map(slow).collect(),
    }
}

pub fn servers() -> Servers {
    let row = |at: u64, standing, level, flows, completed, failed| ServerRow {
        address: format!("192.0.2.{at}:443"),
        name: if at % 4 == 3 { String::new() } else { format!("service-{at}.example.net") },
        standing,
        level,
        flows,
        completed,
        failed,
        versions: if level == Level::Bad { "TLS 1.0, TLS 1.2".into() } else { "TLS 1.2, TLS 1.3".into() },
        suites: at % 5 + 1,
        forward_secret: (completed, completed + failed),
        resumed: completed / 3,
        post_quantum: completed / 2,
        example_flow: Some(format!("f{at:016x}")),
    };
    Servers {
        says: "The ten busiest of 412 servers carry 61.2 % of the flows; 9 agreed on TLS 1.1 or older.".into(),
        flows: 48_211,
        standings: [("bad", "old TLS", 9), ("warn", "half fail", 31), ("good", "sound", 360), ("neutral", "not judged", 12)]
            .into_iter()
            .map(|(class, label, count)| Part { class, label, count })
            .collect(),
        rows: Cut::of(
            (0..60).map(|at| match at % 7 {
                2 => row(at, "old TLS", Level::Bad, 9_000 / (at + 1), 8_000 / (at + 1), 200 / (at + 1)),
                5 => row(at, "half fail", Level::Warn, 9_000 / (at + 1), 100, 600),
                _ => row(at, "sound", Level::Good, 9_000 / (at + 1), 8_500 / (at + 1), 10),
            }),
            412,
        ),
    }
}

pub fn clients() -> Clients {
    let row = |at: u64| ClientRow {
        ja4: format!("t13d1516h2_{:012x}_{:012x}", at * 77_777, at * 991),
        generation: if at % 6 == 5 { "TLS 1.1 or older" } else { "TLS 1.3" },
        level: if at % 6 == 5 { Level::Bad } else { Level::Good },
        flows: 12_000 / (at + 1),
        addresses: at * 3 + 1,
        completed: 11_000 / (at + 1),
        failed: 300 / (at + 1),
        versions: "TLS 1.2, TLS 1.3".into(),
        suites: 15,
        protocols: "h2, http/1.1".into(),
        example_flow: Some(format!("f{at:016x}")),
    };
    Clients {
        says: "188 fingerprints; the ten most frequent make 81.0 % of the flows.".into(),
        flows: 46_990,
        generations: [
            ("tls13pq", "TLS 1.3 and PQ", 28_110),
            ("tls13", "TLS 1.3", 12_892),
            ("tls12", "TLS 1.2", 5_900),
            ("old", "TLS 1.1 or older", 88),
        ]
        .into_iter()
        .map(|(class, label, count)| Part { class, label, count })
        .collect(),
        rows: (0..188).map(row).collect(),
    }
}

pub fn extensions() -> Extensions {
    let row = |code, name: &str, offered, answered| ExtensionRow { code, name: name.into(), offered, answered };
    Extensions {
        says: "5 extensions seen, 1 of them not in the registry.".into(),
        offers: 46_990,
        choices: 46_000,
        rows: [row(0, "server_name", 46_200, 8_001), row(43, "supported_versions", 41_002, 33_871), row(0xfe0d, "", 12_000, 0)]
            .into_iter()
            .collect(),
        protocol_choices: 9_100,
        protocols: [("h2", "HTTP/2", 40_000, 8_000), ("http/1.1", "HTTP/1.1", 40_100, 1_100)]
            .into_iter()
            .map(|(id, name, offered, chosen)| ProtocolRow { id: id.into(), name: name.into(), offered, chosen })
            .collect(),
    }
}
