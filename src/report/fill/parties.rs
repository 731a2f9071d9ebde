//! Sections 10, 11 and 12: who takes part and what they use.

use super::super::view::{self, Cut, Level, Part};
use super::super::words::{self, count, counted, share};
use crate::census::offers::{Alpn, Extensions};
use crate::census::versions::{Era, era};
use crate::census::{Census, clients, servers};
use crate::row::Word;
use crate::tls::names;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How servers stand: the first that fits.
const STANDINGS: [(&str, &str, Level); 5] = [
    ("bad", "old TLS", Level::Bad),
    ("warn", "half fail", Level::Warn),
    ("hold", "no forward secrecy", Level::Warn),
    ("good", "sound", Level::Good),
    ("neutral", "not judged", Level::Neutral),
];

fn standing(tally: &servers::Tally) -> usize {
    match tally {
        _ if tally.old > 0 => 0,
        _ if tally.failed > 0 && tally.failed >= tally.completed => 1,
        _ if tally.not_forward_secret > 0 => 2,
        _ if tally.completed > 0 || !tally.versions.is_empty() => 3,
        _ => 4,
    }
}

/// Section 10.
pub fn servers(census: &servers::Servers) -> view::Servers {
    let mut all = census.tallies();
    all.sort_by_key(|(server, tally)| (Reverse(tally.flows), **server));
    let mut counts = [0u64; STANDINGS.len()];
    for (_, tally) in &all {
        counts[standing(tally)] += 1;
    }
    let flows = census.flows();
    let total = all.len() as u64;
    let busiest: u64 = all.iter().take(10).map(|(_, tally)| tally.flows).sum();
    let mut says = match total {
        0..=10 => format!("{} in all", counted(total, "server")),
        _ => format!("The ten busiest of {} carry {} of the flows", counted(total, "server"), share(busiest, flows)),
    };
    let notable = [
        (0, "agreed on TLS 1.1 or older"),
        (1, "failed in at least half of what was judged"),
        (2, "took a key exchange without forward secrecy"),
    ];
    let notable: Vec<String> =
        notable.iter().filter(|(at, _)| counts[*at] > 0).map(|(at, what)| format!("{} {what}", count(counts[*at]))).collect();
    says += &match notable.is_empty() {
        true => "; none agreed on old TLS, failed in half of what was judged or did without forward secrecy.".to_owned(),
        false => format!("; {}. Each counts once, as the first of these that fits.", notable.join(", ")),
    };
    says += &beyond(census.beyond(), "servers", total);
    view::Servers {
        says,
        flows,
        standings: STANDINGS.iter().zip(counts).map(|((class, label, _), count)| Part { class, label, count }).collect(),
        rows: Cut::of(all.iter().take(view::MAX_SERVERS).map(|(address, tally)| server(**address, tally)), total),
    }
}

/// What is said where more were met than are kept; empty otherwise.
fn beyond(flows: u64, what: &str, kept: u64) -> String {
    let many = || {
        format!(" More {what} were met than the {} that are kept, a fair draw; {} went to the others.", count(kept), counted(flows, "flow"))
    };
    if flows == 0 { String::new() } else { many() }
}

fn server(address: crate::census::Server, tally: &servers::Tally) -> view::ServerRow {
    let row = servers::row(address, tally);
    let (_, standing, level) = STANDINGS[standing(tally)];
    view::ServerRow {
        address: words::endpoint(&row.server_ip, row.server_port),
        name: row.example_sni.0,
        standing,
        level,
        flows: row.flows,
        completed: row.completed,
        failed: row.failed,
        versions: words::versions(&row.versions),
        suites: row.cipher_suites_count.into(),
        forward_secret: (row.forward_secret, row.forward_secret + row.not_forward_secret),
        resumed: row.resumed,
        post_quantum: row.pq_chosen,
        example_flow: Some(row.example_flow_id.into_owned()),
    }
}

/// The best that a client offers.
const GENERATIONS: [(&str, &str, Level); 5] = [
    ("tls13pq", "TLS 1.3 and PQ", Level::Good),
    ("tls13", "TLS 1.3", Level::Good),
    ("tls12", "TLS 1.2", Level::Neutral),
    ("old", "TLS 1.1 or older", Level::Bad),
    ("neutral", "other", Level::Neutral),
];

fn generation(tally: &clients::Tally) -> usize {
    match era(tally.version) {
        Era::Tls13 if tally.pq_offered => 0,
        Era::Tls13 => 1,
        Era::Tls12 => 2,
        Era::Old => 3,
        Era::Other => 4,
    }
}

/// Section 11.
pub fn clients(census: &clients::Clients) -> view::Clients {
    let mut all = census.tallies();
    all.sort_by_key(|(ja4, tally)| (Reverse(tally.flows), *ja4));
    let mut flows_of = [0u64; GENERATIONS.len()];
    for (_, tally) in &all {
        flows_of[generation(tally)] += tally.flows;
    }
    let flows = census.flows();
    let busiest: u64 = all.iter().take(10).map(|(_, tally)| tally.flows).sum();
    let total = all.len() as u64;
    let stacks = match total {
        0..=10 => counted(total, "fingerprint"),
        _ => format!("{}; the ten most frequent make {} of the flows", counted(total, "fingerprint"), share(busiest, flows)),
    };
    let mut says = format!(
        "{stacks}. {} of the flows come from clients that offer TLS 1.3, {} from ones that offer a post-quantum group with it, {} from ones that \
         offer nothing above TLS 1.1.",
        share(flows_of[0] + flows_of[1], flows),
        share(flows_of[0], flows),
        share(flows_of[3], flows)
    );
    says += &beyond(census.beyond(), "fingerprints", total).replace("went to", "have");
    let (addresses, estimated) = census.addresses();
    if estimated {
        says += " Addresses are estimates, as a rule less than 5 % off where there are thousands.";
    }
    view::Clients {
        says,
        flows,
        generations: GENERATIONS.iter().zip(flows_of).map(|((class, label, _), count)| Part { class, label, count }).collect(),
        rows: Cut::of(all.iter().take(view::MAX_CLIENTS).map(|(ja4, tally)| client(ja4, tally, &addresses)), total),
    }
}

fn client(ja4: &Word, tally: &clients::Tally, addresses: &BTreeMap<clients::Group, u64>) -> view::ClientRow {
    let row = clients::row(ja4, tally, addresses);
    let (_, generation, level) = GENERATIONS[generation(tally)];
    view::ClientRow {
        ja4: row.ja4.into_owned(),
        generation,
        level,
        flows: row.flows,
        addresses: row.clients,
        completed: row.completed,
        failed: row.failed,
        versions: words::versions(&row.versions_chosen),
        suites: row.suites.into(),
        protocols: row.alpn_offered.0.iter().map(|protocol| protocol.0.as_str()).collect::<Vec<_>>().join(", "),
        example_flow: Some(row.example_flow_id.into_owned()),
    }
}

/// Section 12.
pub fn extensions(census: &Census) -> view::Extensions {
    let (extensions, alpn): (&Extensions, &Alpn) = (&census.extensions, &census.alpn);
    let mut rows = extensions.rows();
    rows.sort_by_key(|row| (Reverse(row.offered_flows), Reverse(row.chosen_flows), row.code));
    let mut protocols = alpn.rows();
    protocols.sort_by_key(|row| (Reverse(row.offered_flows), Reverse(row.chosen_flows)));
    let known = |code: u16| names::extension(code);
    let unknown = rows.iter().filter(|row| known(row.code).is_none()).count() as u64;
    let everywhere = rows.iter().filter(|row| row.offered_flows * 10 >= extensions.offers() * 9).count() as u64;
    let says = format!(
        "{} seen, {} of them not in the registry; {} in at least nine of ten ClientHellos.",
        counted(rows.len() as u64, "extension"),
        count(unknown),
        counted(everywhere, "extension")
    );
    let row = |row: &crate::census::offers::ExtensionRow| view::ExtensionRow {
        code: row.code,
        name: known(row.code).unwrap_or_default().to_owned(),
        offered: row.offered_flows,
        answered: row.chosen_flows,
    };
    let protocol = |row: &crate::census::offers::AlpnRow| view::ProtocolRow {
        id: row.protocol.0.clone(),
        name: row.name.to_string(),
        offered: row.offered_flows,
        chosen: row.chosen_flows,
    };
    view::Extensions {
        says,
        offers: extensions.offers(),
        choices: extensions.choices(),
        rows: rows.iter().map(row).collect(),
        protocol_choices: alpn.choices(),
        protocols: protocols.iter().map(protocol).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_and_every_flow_counts_once() {
        let flows = crate::census::tests::flows(500);
        let mut census = Census::default();
        flows.iter().for_each(|rows| census.observe(rows));
        let servers = servers(&census.servers);
        assert_eq!((servers.flows, servers.rows.total()), (500, 6));
        assert_eq!(servers.standings.iter().map(|part| part.count).sum::<u64>(), 6);
        assert!(servers.rows.rows().windows(2).all(|pair| pair[0].flows >= pair[1].flows));
        let row = &servers.rows.rows()[0];
        assert_eq!((row.standing, row.endings().iter().sum::<u64>()), ("old TLS", row.flows));
        let clients = clients(&census.clients);
        let fingerprints = flows.iter().filter(|rows| !rows.flow.ja4.is_empty()).count() as u64;
        assert_eq!((clients.flows, clients.generations[0].count), (fingerprints, 0));
        assert_eq!(clients.generations.iter().map(|part| part.count).sum::<u64>(), fingerprints);
        let extensions = extensions(&census);
        assert_eq!(extensions.rows.rows()[0].name, "server_name");
        assert!(extensions.rows.rows().iter().all(|row| row.offered <= extensions.offers.max(500)));
    }

    #[test]
    fn a_server_stands_as_the_worst_that_fits() {
        let with = |change: fn(&mut crate::row::flow::FlowRow)| {
            let mut rows = crate::row::assemble::FlowRows::default();
            rows.flow.server_ip = "192.0.2.1".into();
            change(&mut rows.flow);
            let mut census = Census::default();
            census.observe(&rows);
            servers(&census.servers).rows.rows()[0].standing
        };
        assert_eq!(with(|_| ()), "not judged");
        assert_eq!(with(|flow| flow.tls_version_code = Some(0x0303)), "sound");
        assert_eq!(with(|flow| flow.forward_secret = Some(false)), "no forward secrecy");
        assert_eq!(with(|flow| flow.outcome = "reset".into()), "half fail");
        assert_eq!(with(|flow| flow.tls_version_code = Some(0xfeff)), "old TLS");
    }
}
