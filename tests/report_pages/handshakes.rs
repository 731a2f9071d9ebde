//! Sections 3, 4, 5, 7 and 8 of a usual page.

use super::START;
use tlscensus::report::view::*;
use tlscensus::row::step::STEPS;

pub fn versions() -> Versions {
    let row = |code, name: &str, level, offered, chosen| VersionRow { code, name: name.into(), level, offered, chosen };
    Versions {
        offers: 46_990,
        choices: 46_120,
        rows: [
            row(0x0304, "TLS 1.3", Level::Good, 41_002, 33_871),
            row(0x0303, "TLS 1.2", Level::Good, 46_611, 11_937),
            row(0x0302, "TLS 1.1", Level::Bad, 6_120, 14),
            row(0x0301, "TLS 1.0", Level::Bad, 6_120, 298),
            row(0x0300, "SSL 3.0", Level::Bad, 9, 0),
        ]
        .into_iter()
        .collect(),
        over_time: OverTime {
            says: "From the earlier to the later half of the time TLS 1.3 went from 60.0 % to 80.0 % of the choices.".into(),
            width_s: 600,
            buckets: (0..140)
                .filter(|at| at % 31 != 7)
                .map(|at| Bucket {
                    second: START / 1_000_000 + at * 600,
                    old: (at as u64 + 3) % 7,
                    tls12: 200 - at as u64,
                    tls13: 200 + at as u64,
                    other: u64::from(at % 40 == 2),
                    none: 12,
                })
                .collect(),
        },
        old_says: "9 of 412 servers agreed on TLS 1.1 or older at least once; 4 of them on nothing newer.".into(),
        old_servers: (0..9).map(old_server).collect(),
    }
}

pub fn old_server(at: u64) -> OldServer {
    OldServer {
        address: format!("192.0.2.{at}:443"),
        name: format!("printer-{at}.example.net"),
        versions: "TLS 1.0, TLS 1.2".into(),
        old: 90 / (at + 1),
        flows: 100,
        last_us: START,
        example_flow: Some(format!("f{at:016x}")),
    }
}

pub fn suites() -> Suites {
    let row = |code, name: &str, rating: &str, level, secret, offered, chosen| SuiteRow {
        code,
        name: name.into(),
        rating: rating.into(),
        level,
        forward_secret: secret,
        offered,
        chosen,
    };
    Suites {
        offers: 46_990,
        choices: 46_120,
        says: "In 30,112 of 46,120 answers (65.3 %) the server took the client's first choice.".into(),
        ranks: [("q1", "first choice", 30_112), ("q2", "second", 9_000), ("q5", "9th or later", 7_000), ("warn", "not in the list", 8)]
            .into_iter()
            .map(|(class, label, count)| Part { class, label, count })
            .collect(),
        unused: [("TLS_RSA_WITH_RC4_128_SHA".to_string(), Level::Bad, 212), ("TLS_RSA_WITH_SEED_CBC_SHA".to_string(), Level::Warn, 9)]
            .into_iter()
            .collect(),
        rows: [
            row(0x1301, "TLS_AES_128_GCM_SHA256", "recommended", Level::Good, Some(true), 41_002, 21_200),
            row(0x1302, "TLS_AES_256_GCM_SHA384", "recommended", Level::Good, Some(true), 41_002, 12_100),
            row(0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "recommended", Level::Good, Some(true), 44_120, 8_911),
            row(0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "recommended", Level::Good, Some(true), 44_120, 2_700),
            row(0x1303, "TLS_CHACHA20_POLY1305_SHA256", "recommended", Level::Good, Some(true), 41_002, 571),
            row(0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "weak", Level::Warn, Some(true), 39_001, 310),
            row(0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", "weak", Level::Warn, Some(false), 31_771, 215),
            row(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", "weak", Level::Warn, Some(false), 31_400, 99),
            row(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "broken", Level::Bad, Some(false), 6_001, 14),
            row(0x0005, "TLS_RSA_WITH_RC4_128_SHA", "broken", Level::Bad, Some(false), 212, 0),
            row(0xfeff, "", "unknown", Level::Neutral, None, 12, 0),
        ]
        .into_iter()
        .collect(),
    }
}

pub fn groups() -> Groups {
    let row = |code, name: &str, kind: &str, offered, shared, chosen| GroupRow {
        code,
        name: name.into(),
        kind: kind.into(),
        offered,
        shared,
        chosen,
    };
    Groups {
        offers: 46_700,
        shares: 41_002,
        choices: 44_900,
        hello_retries: 412,
        says: "97.9 % of 44,900 flows whose key exchange is known are forward secret.".into(),
        funnel: vec![("post-quantum or hybrid", [28_110, 27_900, 17_412, 31]), ("elliptic curve", [46_700, 40_112, 27_488, 381])],
        hellos: vec![
            HelloSizes {
                label: "With a post-quantum key share",
                count: 27_900,
                split: 27_014,
                at: [1_700, 1_760, 1_781, 1_802, 2_100],
                max: 2_412,
            },
            HelloSizes { label: "Without", count: 19_090, split: 12, at: [180, 250, 517, 517, 640], max: 1_900 },
        ],
        rows: [
            row(0x11ec, "X25519MLKEM768", "post-quantum hybrid", 28_110, 27_900, 17_412),
            row(29, "x25519", "elliptic curve", 46_100, 40_002, 24_001),
            row(23, "secp256r1", "elliptic curve", 46_700, 3_120, 3_300),
            row(24, "secp384r1", "elliptic curve", 46_480, 112, 187),
            row(256, "ffdhe2048", "finite field", 8_112, 0, 0),
        ]
        .into_iter()
        .collect(),
    }
}

pub fn failures() -> Failures {
    let counts = [
        [47_007, 0, 0, 0, 0],
        [46_990, 0, 0, 9, 8],
        [46_120, 0, 0, 103, 776],
        [11_702, 33_871, 541, 2, 4],
        [11_260, 0, 34_850, 2, 4],
        [11_700, 0, 34_402, 6, 4],
        [11_911, 33_871, 0, 220, 106],
        [4_211, 0, 41_770, 19, 2],
        [11_900, 33_100, 0, 998, 0],
        [11_900, 33_100, 0, 998, 0],
        [0, 44_871, 0, 1_127, 0],
        [9_112, 30_104, 0, 6_782, 0],
    ];
    let row = |step: u8, alert, reset, closed, timeout, gap| MatrixRow {
        step,
        name: STEPS[usize::from(step) - 1].into(),
        alert,
        reset,
        closed,
        timeout,
        gap,
        example_flow: Some(format!("f{:016x}", u64::from(step))),
    };
    Failures {
        completed: 44_998,
        failed: 904,
        not_judged: 2_309,
        says: ["Most die for want of step 3.".into(), "The most frequent end is by a reset.".into()],
        steps: STEPS
            .iter()
            .zip(1..)
            .zip(counts)
            .map(|((name, step), [seen, encrypted, not_part, missing, failed])| StepCount {
                step,
                name: (*name).into(),
                seen,
                encrypted,
                not_part,
                missing,
                failed,
            })
            .collect(),
        matrix: [row(1, 0, 3, 1, 4, 0), row(2, 221, 412, 90, 53, 103), row(3, 2, 1, 1, 0, 2), row(6, 88, 11, 5, 2, 18)]
            .into_iter()
            .collect(),
        alerts: [
            (40, "handshake_failure", 12, 188),
            (70, "protocol_version", 0, 33),
            (48, "unknown_ca", 71, 0),
            (42, "bad_certificate", 7, 0),
        ]
        .into_iter()
        .map(|(code, name, from_client, from_server)| AlertRow {
            code,
            name: name.into(),
            from_client,
            from_server,
            example_flow: Some("f0000000000000002".into()),
        })
        .collect(),
    }
}

pub fn segmentation() -> Segmentation {
    let row = |message: &str, from_client, count, bytes: [u64; 3], segments: [u64; 8], segments_max| MessageCut {
        message: message.into(),
        from_client,
        count,
        bytes_p50: Some(bytes[0]),
        bytes_p95: Some(bytes[1]),
        bytes_max: Some(bytes[2]),
        segments,
        segments_max,
    };
    Segmentation {
        messages: 141_340,
        split: 38_820,
        ip_fragmented: 0,
        offload_flows: 1_877,
        quantile_error_permille: 5,
        says: ["100,000 of 141,340 messages lie in one record and one segment.".into(), "Of 40,000 first flights 99.1 % fit.".into()],
        cuts: [
            [100_000, 20_000, 9_000, 800, 90, 7, 0, 3],
            [12_000, 400, 0, 0, 0, 0, 0, 0],
            [10, 0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 41],
        ],
        split_hellos: (28_128, 46_990),
        old_hellos: 12,
        flights: [12_000, 4_000, 8_000, 9_100, 3_000, 800, 12, 0, 0, 0, 44, 0, 0, 0, 0, 3],
        rows: [
            row("client_hello", true, 46_990, [517, 1_781, 2_412], [18_862, 28_110, 18, 0, 0, 0, 0, 0], 3),
            row("server_hello", false, 46_120, [122, 1_210, 1_310], [46_100, 20, 0, 0, 0, 0, 0, 0], 2),
            row("certificate", false, 11_702, [3_712, 5_102, 341_200], [1_030, 2_102, 7_771, 612, 130, 41, 9, 7], 241),
            row("server_key_exchange", false, 11_260, [333, 589, 1_100], [10_900, 360, 0, 0, 0, 0, 0, 0], 2),
            row("server_hello_done", false, 11_700, [4, 4, 4], [11_700, 0, 0, 0, 0, 0, 0, 0], 1),
            row("client_key_exchange", true, 11_911, [70, 262, 518], [11_911, 0, 0, 0, 0, 0, 0, 0], 1),
            row("new_session_ticket", false, 4_211, [202, 1_480, 2_912], [4_000, 200, 11, 0, 0, 0, 0, 0], 3),
        ]
        .into_iter()
        .collect(),
        mss_clients: 47_007,
        mss_servers: 46_998,
        mss: [(8_960, 12, 300), (1_460, 44_000, 43_700), (1_440, 2_112, 2_400), (1_380, 801, 598), (536, 82, 0)]
            .into_iter()
            .map(|(mss_bytes, client, server)| MssRow { mss_bytes, client, server })
            .collect(),
    }
}
