//! Pages to render in tests: a usual one, a hostile one, an empty one, and one of a huge archive.

mod handshakes;
mod parties;

use handshakes::{failures, groups, old_server, segmentation, suites, versions};
use parties::{certificate, certificates, clients, extensions, servers, timing};
use tlscensus::census::glance::Glance;
use tlscensus::report::view::*;
use tlscensus::report::{figure, verdict};
use tlscensus::row::step::STEPS;
use tlscensus::row::{Millis, Wild, Word};

/// Everything that must not take effect in a page.
pub const HOSTILE: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"x' style='y:\u{202e}gpj\u{0}\u{1b}[31m{{7*7}}&amp;";

pub const START: i64 = 1_795_500_000_000_000;
const HOUR: i64 = 3_600_000_000;

/// A night's archive: 334 captures, some damaged, some old TLS.
pub fn usual() -> Page {
    let mut page = Page {
        title: "archive-2026-11".into(),
        health: health(334),
        versions: versions(),
        suites: suites(),
        groups: groups(),
        failures: failures(),
        segmentation: segmentation(),
        timing: timing(),
        certificates: certificates(),
        servers: servers(),
        clients: clients(),
        extensions: extensions(),
        explorer: explorer(3_600, "mail.example"),
        ladders: Ladders {
            chosen_by: "At most 20 of each kind of failure, the slowest, and a sample with a fixed seed.".into(),
            flows: 48_211,
            ladders: (0..205).map(ladder).collect(),
        },
        captures: Captures { rows: captures(334) },
        about: About {
            version: "0.1.0".into(),
            command: "tlscensus scan archive-2026-11 -o census".into(),
            settings: [("memory", "256 MB"), ("live flows", "200,000"), ("idle time-out", "300 s"), ("series", "auto")]
                .into_iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
            run: Some(Run {
                started_us: START + 30 * HOUR,
                elapsed_us: 734_250_000,
                cpu_us: Some(1_401_000_000),
                peak_memory_bytes: Some(141_000_000),
                threads: 2,
                ended: (3, 1, 40),
            }),
        },
        baseline: Some(Baseline {
            title: "archive-2026-10".into(),
            figures: Figures {
                captures: 300,
                unread: 2,
                flows: 51_020,
                acts: 2,
                judged: 49_000,
                failed: 612,
                choices: 48_000,
                old: 512,
                suite_choices: 48_000,
                weak: 14,
                expired: 4,
                group_choices: 47_000,
                hybrid: 9_000,
                ..Figures::default()
            },
            appeared: 12,
            appeared_bad: 3,
            first: Some(("TLS 1.0 agreed on".into(), "192.0.2.7:443".into())),
            vanished: 4,
            notes: Vec::new(),
        }),
        ..Page::default()
    };
    page.verdict = verdict::judge(&page);
    page
}

/// An archive in which all is well.
pub fn good() -> Page {
    let mut page = usual();
    page.health.captures = Statuses { ok: 12, ..Statuses::default() };
    page.health.problems = Cut::default();
    page.health.losses = Cut::default();
    page.versions.rows = page.versions.rows.rows().iter().filter(|row| row.level == Level::Good).cloned().collect();
    page.suites.rows = page.suites.rows.rows().iter().filter(|row| row.level == Level::Good).cloned().collect();
    page.failures = Failures { completed: 47_000, steps: page.failures.steps, ..Failures::default() };
    page.captures.rows = captures(12);
    page.verdict = verdict::judge(&page);
    page
}

/// A run over a folder without captures.
pub fn empty() -> Page {
    let mut page = Page::default();
    page.verdict = verdict::judge(&page);
    page
}

/// Hostile text in every field that takes text.
pub fn hostile() -> Page {
    let bad = || HOSTILE.to_string();
    let mut page = usual();
    page.title = bad();
    let finding = |level| Finding {
        id: format!("{level:?} {}", bad()),
        severity: bad(),
        level,
        title: bad(),
        why: bad(),
        advice: bad(),
        decided: bad(),
        source: bad(),
        subject: bad(),
        subjects: u64::MAX,
        more: true,
        flows: u64::MAX,
        examples: (0..7).map(|_| example(&bad())).collect(),
    };
    page.findings = Findings { rules: 1, muted: u64::MAX, rows: [finding(Level::Bad), finding(Level::Neutral)].into_iter().collect() };
    page.certificates.rows = [certificate(&bad(), Some(i64::MIN)), certificate(&bad(), None)].into_iter().collect();
    page.partial = Some(bad());
    page.health.problems =
        [Problem { path: bad(), status: Status::Failed, code: bad(), detail: bad(), offset_bytes: Some(u64::MAX), packets: u64::MAX }]
            .into_iter()
            .collect();
    let place = Place { path: bad(), frame: Some(1), offset_bytes: Some(2) };
    page.health.losses = [Loss { layer: bad(), reason: bad(), count: 1, bytes: 2, example: Some(place) }].into_iter().collect();
    page.health.strip.lanes =
        [Lane { name: bad(), spans: Cut::default() }, Lane { name: bad(), spans: Cut::default() }].into_iter().collect();
    page.versions.rows = [VersionRow { code: 0xdead, name: bad(), level: Level::Bad, offered: 1, chosen: 2 }].into_iter().collect();
    page.suites.rows = page.suites.rows.rows().iter().map(|row| SuiteRow { name: bad(), rating: bad(), ..row.clone() }).collect();
    page.suites.says = bad();
    page.suites.unused = [(bad(), Level::Bad, u64::MAX)].into_iter().collect();
    page.groups.says = bad();
    page.segmentation.says = [bad(), bad()];
    page.groups.rows = page.groups.rows.rows().iter().map(|row| GroupRow { name: bad(), kind: bad(), ..row.clone() }).collect();
    page.failures.says = [bad(), bad()];
    page.failures.steps = page.failures.steps.rows().iter().map(|row| StepCount { name: bad(), ..row.clone() }).collect();
    page.failures.matrix =
        page.failures.matrix.rows().iter().map(|row| MatrixRow { name: bad(), example_flow: Some(bad()), ..row.clone() }).collect();
    page.failures.alerts =
        [AlertRow { code: 1, name: bad(), from_client: 1, from_server: 2, example_flow: Some(bad()) }].into_iter().collect();
    page.segmentation.rows = page.segmentation.rows.rows().iter().map(|row| MessageCut { message: bad(), ..row.clone() }).collect();
    page.versions.over_time.says = bad();
    page.versions.old_says = bad();
    page.versions.old_servers =
        [OldServer { address: bad(), name: bad(), versions: bad(), example_flow: Some(bad()), last_us: i64::MAX, ..old_server(1) }]
            .into_iter()
            .collect();
    page.certificates.findings = vec![(format!("{:?} {}", Level::Bad, bad()), bad(), Level::Bad, u64::MAX)];
    page.timing.says = bad();
    page.timing.quantiles =
        page.timing.quantiles.rows().iter().map(|row| QuantileRow { version: bad(), max: u64::MAX, ..row.clone() }).collect();
    page.timing.slowest = page
        .timing
        .slowest
        .rows()
        .iter()
        .map(|row| SlowRow {
            server: bad(),
            name: bad(),
            version: bad(),
            flow: Some(bad()),
            capture: bad(),
            filter: bad(),
            handshake_us: u64::MAX,
            hello_us: Some(u64::MAX),
            ..row.clone()
        })
        .collect();
    page.servers.says = bad();
    page.servers.rows =
        [ServerRow { address: bad(), name: bad(), versions: bad(), example_flow: Some(bad()), ..page.servers.rows.rows()[0].clone() }]
            .into_iter()
            .collect();
    page.clients.rows = page
        .clients
        .rows
        .rows()
        .iter()
        .map(|row| ClientRow { ja4: bad(), versions: bad(), protocols: bad(), example_flow: Some(bad()), ..row.clone() })
        .collect();
    page.extensions.rows = page.extensions.rows.rows().iter().map(|row| ExtensionRow { name: bad(), ..row.clone() }).collect();
    page.extensions.protocols =
        page.extensions.protocols.rows().iter().map(|row| ProtocolRow { id: bad(), name: bad(), ..row.clone() }).collect();
    page.explorer = explorer(7, &bad());
    page.explorer.chosen_by = bad();
    page.ladders.chosen_by = bad();
    page.ladders.ladders = (0..3).map(|at| hostile_ladder(at, &bad())).collect();
    page.captures.rows = page.captures.rows.rows().iter().map(|row| CaptureRow { path: bad(), format: bad(), ..row.clone() }).collect();
    page.about.version = bad();
    page.about.command = bad();
    page.about.settings = [(bad(), bad())].into_iter().collect();
    page.baseline =
        Some(Baseline { title: bad(), appeared: u64::MAX, first: Some((bad(), bad())), notes: vec![bad()], ..Baseline::default() });
    page.verdict = verdict::judge(&page);
    page.verdict.sentences.push(bad());
    page
}

/// Flows at a glance, with a text wherever one comes from a capture or could be read back from elsewhere.
fn explorer(flows: u64, text: &str) -> Explorer {
    let word = |at: u64| Word::from(format!("{text}{at}"));
    let row = |at: u64| ExplorerRow {
        flow: Glance {
            flow_id: if at.is_multiple_of(2) { format!("f{at:016x}").into() } else { word(at) },
            protocol: "tls".into(),
            client_ip: word(at),
            server_ip: word(at % 9),
            sni: Wild(format!("{at}{text}")),
            alpn: Wild(text.into()),
            tls_version: word(at % 3),
            cipher_suite: word(at % 5),
            outcome: word(at % 4),
            alert_name: word(at % 4),
            findings: word(at % 4),
            handshake_ms: Some(Millis::default()),
            packets: u64::MAX,
            ..Glance::default()
        },
        path: word(at % 50).into_owned(),
        why: text.into(),
    };
    Explorer { chosen_by: "A few of all.".into(), rows: Cut::of((0..flows).map(row), 48_211), pages: Vec::new() }
}

/// An example with the same text everywhere.
fn example(text: &str) -> FindingExample {
    FindingExample {
        flow_id: Some(text.into()),
        who: text.into(),
        name: text.into(),
        evidence: text.into(),
        path: text.into(),
        filter: text.into(),
    }
}

/// More of everything than a page can hold, with texts as long as they get.
pub fn huge() -> Page {
    let long = format!("{HOSTILE}{}", "<\u{202e}&'\"".repeat(4_000));
    let mut page = usual();
    page.health = health(1_000_000);
    let problem = page.health.problems.rows()[0].clone();
    page.health.problems = (0..5_000).map(|_| Problem { path: long.clone(), detail: long.clone(), ..problem.clone() }).collect();
    let finding = Finding { title: long.clone(), examples: (0..50).map(|_| example(&long)).collect(), ..Finding::default() };
    page.findings.rows = (0..500).map(|at| Finding { id: format!("rule_{at}"), ..finding.clone() }).collect();
    page.certificates.rows = (0..5_000).map(|at| certificate(&long, Some(at))).collect();
    let loss = page.health.losses.rows()[0].clone();
    page.health.losses = (0..500).map(|_| Loss { reason: long.clone(), ..loss.clone() }).collect();
    page.versions.rows = page.versions.rows.rows().iter().cycle().take(300).cloned().collect();
    page.suites.rows = page.suites.rows.rows().iter().cycle().take(5_000).cloned().collect();
    page.suites.unused = (0..5_000).map(|_| (long.clone(), Level::Warn, 1)).collect();
    page.groups.rows = page.groups.rows.rows().iter().cycle().take(5_000).cloned().collect();
    page.failures.steps = page.failures.steps.rows().iter().cycle().take(400).cloned().collect();
    page.failures.matrix = page.failures.matrix.rows().iter().cycle().take(400).cloned().collect();
    page.failures.alerts = page.failures.alerts.rows().iter().cycle().take(400).cloned().collect();
    page.segmentation.rows = page.segmentation.rows.rows().iter().cycle().take(400).cloned().collect();
    page.segmentation.mss = page.segmentation.mss.rows().iter().cycle().take(4_000).cloned().collect();
    page.versions.old_servers = (0..5_000).map(old_server).collect();
    page.timing.quantiles = page.timing.quantiles.rows().iter().cycle().take(5_000).cloned().collect();
    page.timing.slowest = page.timing.slowest.rows().iter().cycle().take(5_000).cloned().collect();
    page.servers.rows = Cut::of(page.servers.rows.rows().iter().cycle().take(500).cloned(), 900_000);
    page.clients.rows = page.clients.rows.rows().iter().cycle().take(5_000).cloned().collect();
    page.extensions.rows = page.extensions.rows.rows().iter().cycle().take(5_000).cloned().collect();
    page.extensions.protocols = page.extensions.protocols.rows().iter().cycle().take(5_000).cloned().collect();
    page.captures.rows = captures(48_211);
    page.ladders.ladders = (0..205).map(|at| hostile_ladder(at, &long)).collect();
    page.explorer = explorer(4_000, &long.chars().take(400).collect::<String>());
    page.about.settings = (0..500).map(|at| (format!("setting {at}"), long.clone())).collect();
    page.verdict = verdict::judge(&page);
    page
}

fn health(total: u64) -> Health {
    let lanes: Vec<Lane> = (0..5)
        .map(|at| Lane {
            name: format!("gateway-{at}/tls"),
            spans: (0..6).map(|hour| span(hour * 4 * HOUR + at * HOUR / 3, 3 * HOUR - at * HOUR / 4)).collect(),
        })
        .collect();
    let covered = figure::union(lanes.iter().flat_map(|lane| lane.spans.rows().to_vec()), 1_000_000);
    Health {
        captures: Statuses { ok: total - 14, truncated: 5, failed: 3, skipped: 2, duplicate: 1, empty: 3 },
        bytes: 84_312_774_411,
        packets: 122_481_003,
        packets_cut: 8_112,
        tcp_flows: 61_870,
        tls_flows: 48_211,
        dtls_flows: 320,
        quic_flows: 5_112,
        starts_midway: 1_204,
        gap_bytes: 18_442_190,
        problems: [
            (
                "gateway-1/2026-11-03.pcapng",
                Status::Failed,
                "bad_block",
                "block length 4,294,967,295, 16,777,216 allowed",
                Some(73_400_320),
                118_220,
            ),
            ("gateway-2/it's here.pcap", Status::Failed, "bad_header", "unknown magic 0x00000000", Some(0), 0),
            ("gateway-4/2026-11-09.pcap", Status::Truncated, "short_packet", "1,514 bytes needed, 212 there", Some(1_048_331), 9_441),
        ]
        .into_iter()
        .map(|(path, status, code, detail, offset_bytes, packets)| Problem {
            path: path.into(),
            status,
            code: code.into(),
            detail: detail.into(),
            offset_bytes,
            packets,
        })
        .collect(),
        strip: Strip {
            covered,
            outside: [("clock/never-set.pcap".to_owned(), Span { first_us: 0, last_us: 5_000_000 })].into_iter().collect(),
            lanes: lanes.into_iter().collect(),
        },
        losses: [
            ("link", "unknown_link_type", 1_200, 88_000),
            ("ip", "fragment_passed_over", 311, 402_113),
            ("tcp", "short_header", 2, 31),
        ]
        .into_iter()
        .map(|(layer, reason, count, bytes)| Loss {
            layer: layer.into(),
            reason: reason.into(),
            count,
            bytes,
            example: Some(Place { path: "gateway-3/2026-11-05.pcap".into(), frame: Some(40_112), offset_bytes: Some(31_004_882) }),
        })
        .collect(),
    }
}

fn span(from: i64, lasts: i64) -> Span {
    Span { first_us: START + from, last_us: START + from + lasts }
}

fn captures(total: u64) -> Cut<CaptureRow, MAX_CAPTURES> {
    (0..total)
        .map(|at| CaptureRow {
            path: format!("gateway-{}/2026-11-{:02}_{at:05}.pcapng", at % 5, at % 28 + 1),
            status: [Status::Ok, Status::Ok, Status::Ok, Status::Truncated, Status::Failed][at as usize % 17 % 5],
            format: "pcapng".into(),
            size_bytes: Some(252_000_000 + at * 77_121),
            packets: 366_000 + at * 17,
            span: (at % 9 != 8).then(|| span(at as i64 * HOUR / 2, HOUR / 2)),
            tls_flows: 144 + at % 7,
            completed: 130,
            failed: at % 4,
        })
        .collect()
}

fn ladder(at: u64) -> Ladder {
    let failed = at % 4 == 1;
    let line = |step: u8, direction, state, us: u64, frames: (u64, u64), bytes: u64, segments: u64| LadderLine {
        step,
        name: STEPS[usize::from(step) - 1].into(),
        detail: String::new(),
        direction,
        state,
        since_start_us: Some(us),
        first_frame: Some(frames.0),
        last_frame: Some(frames.1),
        bytes: Some(bytes),
        records: Some(1),
        segments: Some(segments),
        again: u64::from(step == 4),
        flight: Some(u32::from(step / 3)),
    };
    let absent = |step: u8, state| LadderLine {
        since_start_us: None,
        first_frame: None,
        last_frame: None,
        bytes: None,
        records: None,
        segments: None,
        again: 0,
        flight: None,
        direction: Direction::None,
        ..line(step, Direction::None, state, 0, (0, 0), 0, 0)
    };
    use Direction::{Both, Client, Server};
    use StepState::{Encrypted, Failed, Missing, NotPart, Seen};
    let mut lines = vec![
        LadderLine { bytes: None, records: None, segments: None, ..line(1, Both, Seen, 0, (1, 3), 0, 0) },
        line(2, Client, Seen, 13_211, (4, 5), 1_781, 2),
    ];
    if failed {
        let alert =
            LadderLine { name: "Alert".into(), detail: "fatal handshake_failure".into(), ..line(3, Server, Failed, 27_410, (7, 7), 2, 1) };
        lines.push(alert);
        lines.extend((4..=11).map(|step| absent(step, NotPart)));
        lines.push(LadderLine { bytes: None, records: None, segments: None, ..line(12, Server, Seen, 27_500, (8, 9), 0, 0) });
    } else {
        lines.extend([
            line(3, Server, Seen, 27_410, (7, 7), 122, 1),
            LadderLine { detail: "3 certificates".into(), ..line(4, Server, Seen, 27_980, (7, 10), 3_712, 3) },
            line(5, Server, Seen, 28_002, (10, 10), 333, 1),
            line(6, Server, Seen, 28_002, (10, 10), 4, 1),
            LadderLine { name: "ClientKeyExchange".into(), ..line(7, Client, Seen, 30_120, (12, 12), 70, 1) },
            LadderLine { name: "ChangeCipherSpec".into(), ..line(7, Client, Seen, 30_120, (12, 12), 1, 1) },
            LadderLine { name: "Finished".into(), ..line(7, Client, Encrypted, 30_120, (12, 12), 40, 1) },
            if at.is_multiple_of(3) { absent(8, Missing) } else { absent(8, NotPart) },
            line(9, Server, Seen, 44_001, (14, 14), 1, 1),
            line(10, Server, Encrypted, 44_001, (14, 14), 40, 1),
            line(11, Both, Encrypted, 45_902, (15, 188), 91_233, 71),
            LadderLine { detail: "client sent FIN first".into(), ..line(12, Both, Encrypted, 1_204_551, (189, 193), 31, 1) },
        ]);
    }
    Ladder {
        flow_id: format!("f{at:016x}"),
        capture: format!("gateway-{}/2026-11-0{}_0001.pcapng", at % 5, at % 9 + 1),
        transport: "tcp".into(),
        stream: Some(at * 31),
        client: format!("192.0.2.{}:{}", at % 250 + 1, 40_000 + at),
        server: "[2001:db8:4:21::17]:443".into(),
        sni: (at % 5 != 4).then(|| format!("host-{at}.example.net")),
        version: (!failed).then(|| "TLS 1.2".into()),
        suite: (!failed).then(|| "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".into()),
        group: (!failed).then(|| "x25519".into()),
        resumption: (!failed).then(|| "full handshake".into()),
        alpn: at.is_multiple_of(2).then(|| "h2".into()),
        outcome: if failed { "alert".into() } else { "completed".into() },
        level: if failed { Level::Bad } else { Level::Good },
        why: if failed { "failed with an alert".into() } else { "among the slowest".into() },
        findings: Vec::new(),
        mss_client: Some(1_460),
        mss_server: Some(1_440),
        handshake_us: (!failed).then_some(44_001 + at * 1_310),
        wireshark_filter: format!("frame.number >= 1 && frame.number <= 193 && tcp.stream eq {}", at * 31),
        command: format!("tlscensus show census f{at:016x}"),
        lines: lines.into_iter().collect(),
    }
}

fn hostile_ladder(at: u64, bad: &str) -> Ladder {
    let bad = || bad.to_string();
    let usual = ladder(at * 4);
    let lines = usual.lines.rows().iter().cycle().take(30);
    Ladder {
        flow_id: format!("{}{at}", if at == 0 { bad() } else { "f".into() }),
        capture: bad(),
        transport: bad(),
        client: bad(),
        server: bad(),
        sni: Some(bad()),
        version: Some(bad()),
        suite: Some(bad()),
        group: Some(bad()),
        resumption: Some(bad()),
        alpn: Some(bad()),
        outcome: bad(),
        why: bad(),
        findings: vec![bad()],
        wireshark_filter: bad(),
        command: bad(),
        lines: lines.map(|line| LadderLine { name: bad(), detail: bad(), ..line.clone() }).collect(),
        ..usual
    }
}
