//! `clients.csv` and `cipher_offers.csv`: clients by their fingerprint, and the suites that each lists, rank by rank.

use super::bounded::{self, Bounded, Distinct, Ranked};
use super::first::First;
use super::members::Members;
use super::totals::failed;
use super::versions::by_age;
use super::{Part, client, server};
use crate::row::assemble::FlowRows;
use crate::row::{Share, Wild, WildList, Word};
use crate::table;
use crate::time::Timestamp;
use crate::tls::names::{self, is_grease};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Fingerprints that are kept, at most: a choice by a hash of them, which depends on no order, and what is counted of them is whole.
pub const MAX_FINGERPRINTS: usize = 1 << 14;
/// Pairs of fingerprint and address that are counted exactly; with as many or more, addresses are estimated. One takes 24 bytes, and as much room.
pub const MAX_ADDRESSES: usize = 1 << 19;
/// Pairs of rank and suite that are kept of a fingerprint: the first ranks of clients that shuffle their lists.
const MAX_OFFERS: usize = 1 << 10;
/// Ranks of a list of suites that are counted.
const MAX_RANK: usize = 256;
/// Bytes of the ALPN identifiers that are kept as an example.
const MAX_ALPN: usize = 64;

table! {
    /// Clients with the same fingerprint: as a rule one program or library in one configuration. At most 16,384, chosen by a hash of it; flows of the others count as the loss `fingerprints_beyond_bound`.
    ClientRow, "clients", key ["ja4"];
    /// JA4 of their ClientHellos.
    ja4: Word,
    /// Flows with it.
    flows: u64,
    /// Handshakes that completed.
    completed: u64,
    /// Handshakes that failed: alert, reset, close or time-out before completion.
    failed: u64,
    /// Share of failed in completed and failed, in per cent.
    failed_pct: Share,
    /// Distinct addresses of clients. Exact in runs with fewer than 524,288 pairs of fingerprint and address, else an estimate, as a rule less than 5 % off where it is above 10,000.
    clients: u64,
    /// Distinct addresses of servers, in the same way.
    servers: u64,
    /// The newest version that they offer, by name.
    version_offered: Word,
    /// Versions that servers chose for them, by name, joined by `;`, the oldest first.
    versions_chosen: Word,
    /// Suites that they offer, GREASE left out.
    suites: u32,
    /// Whether they offer a post-quantum or hybrid group, in one flow at least.
    pq_offered: bool,
    /// Application protocols of the example, in its order, the first 64 bytes.
    alpn_offered: WildList,
    /// JA3 of the example: a JA4 has as many as its programs shuffle extensions.
    ja3: Word,
    /// First packet of the earliest flow.
    first_utc: Timestamp,
    /// First packet of the latest flow.
    last_utc: Timestamp,
    /// One of the flows: the one with the smallest flow_id.
    example_flow_id: Word,
}

table! {
    /// A cipher suite at its rank in what clients of one fingerprint offer. JA4 does not look at the order, so that a rank may have several suites.
    CipherOfferRow, "cipher_offers", key ["client_profile", "rank", "code"];
    /// JA4 of the clients (clients.csv).
    client_profile: Word,
    /// The suite's place in the client's list, from 1, GREASE left out; the first 256, and of a fingerprint the first 1,024 pairs of rank and suite.
    rank: u32,
    /// Its code point.
    code: u16,
    /// Its name; the number in hex where it has none.
    name: Word,
    /// Flows that list it at this rank.
    flows: u64,
}

/// What is kept of a fingerprint: some 500 bytes, and 16 for each suite at each rank.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    /// Flows with it.
    pub flows: u64,
    completed: u64,
    failed: u64,
    /// The newest version that they offer.
    pub version: u16,
    chosen: Members<u16, 8>,
    /// Whether they offer a post-quantum or hybrid group.
    pub pq_offered: bool,
    seen: (Timestamp, Timestamp),
    example: Example,
    offers: First<(u16, u16), u64, MAX_OFFERS>,
}

/// The flow with the smallest flow_id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Example {
    flow_id: Word,
    ja3: Word,
    suites: u32,
    alpn: Vec<Wild>,
}

/// Who took part in flows of a fingerprint: the group, and both halves of an address (IPv4 mapped into IPv6).
type Party = (Group, u64, u64);

/// The clients, or the servers, of a fingerprint: a hash of it, whose lowest bit is 1 for servers. There are too many parties
/// for each to hold its fingerprint in full.
pub type Group = u64;

fn group(ja4: &Word, of_server: bool) -> Group {
    ja4.rank() & !1 | u64::from(of_server)
}

fn party(group: Group, ip: IpAddr) -> Party {
    let bits = u128::from_be_bytes(bounded::address(ip));
    (group, (bits >> 64) as u64, bits as u64)
}

/// Clients by JA4.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Clients {
    /// Flows with any fingerprint, kept or not.
    flows: u64,
    tallies: Bounded<Word, Tally, MAX_FINGERPRINTS>,
    addresses: Distinct<Party, MAX_ADDRESSES>,
}

impl Part for Clients {
    fn observe(&mut self, rows: &FlowRows) {
        let ja4 = &rows.flow.ja4;
        if ja4.is_empty() {
            return;
        }
        self.flows += 1;
        if let Some(tally) = self.tallies.entry_with(ja4.clone(), || Tally::new(rows)) {
            tally.observe(rows);
            for (of_server, ip) in [(false, client(rows)), (true, server(rows).map(|(ip, _)| ip))] {
                if let Some(ip) = ip {
                    self.addresses.add(party(group(ja4, of_server), ip));
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.flows += other.flows;
        self.tallies.merge(other.tallies, Tally::merge);
        self.addresses.merge(other.addresses);
    }
}

impl Tally {
    fn new(rows: &FlowRows) -> Self {
        let time = rows.flow.first_utc;
        Tally {
            flows: 0,
            completed: 0,
            failed: 0,
            version: 0,
            chosen: Members::default(),
            pq_offered: false,
            seen: (time, time),
            example: Example::of(rows),
            offers: First::default(),
        }
    }

    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        self.flows += 1;
        self.completed += u64::from(flow.outcome == "completed");
        self.failed += u64::from(failed(rows));
        let listed = flow.versions_offered.0.iter().copied().filter(|code| !is_grease(*code)).max_by_key(|code| by_age(*code));
        self.version = newer(self.version, listed.or(flow.legacy_version_code).unwrap_or_default());
        flow.tls_version_code.into_iter().for_each(|code| self.chosen.insert(code));
        self.pq_offered |= flow.pq_offered == Some(true);
        self.seen = (self.seen.0.min(flow.first_utc), self.seen.1.max(flow.first_utc));
        if flow.flow_id < self.example.flow_id {
            self.example = Example::of(rows);
        }
        for (index, code) in flow.suites_offered.0.iter().filter(|code| !is_grease(**code)).take(MAX_RANK).enumerate() {
            match self.offers.entry((index as u16 + 1, *code)) {
                Some(flows) => *flows += 1,
                // Nor is what comes after it.
                None => break,
            }
        }
    }

    fn merge(&mut self, other: Tally) {
        self.flows += other.flows;
        self.completed += other.completed;
        self.failed += other.failed;
        self.version = newer(self.version, other.version);
        self.chosen.merge(other.chosen);
        self.pq_offered |= other.pq_offered;
        self.seen = (self.seen.0.min(other.seen.0), self.seen.1.max(other.seen.1));
        if other.example < self.example {
            self.example = other.example;
        }
        for (place, flows) in other.offers.held {
            if let Some(ours) = self.offers.entry(place) {
                *ours += flows;
            }
        }
    }
}

impl Example {
    fn of(rows: &FlowRows) -> Self {
        let flow = &rows.flow;
        let mut len = 0;
        let fits = |protocol: &&Wild| {
            len += protocol.0.len();
            len <= MAX_ALPN
        };
        Example {
            flow_id: flow.flow_id.clone(),
            ja3: flow.ja3.clone(),
            suites: flow.suites_offered.0.iter().filter(|code| !is_grease(**code)).count() as u32,
            alpn: flow.alpn_offered.0.iter().take_while(fits).cloned().collect(),
        }
    }
}

impl Clients {
    /// What is known of each, by fingerprint.
    pub fn tallies(&self) -> Vec<(&Word, &Tally)> {
        self.tallies.in_order()
    }

    /// Whether another thread should not hold as many.
    pub fn is_large(&self) -> bool {
        self.tallies.is_large() || self.addresses.is_large()
    }

    /// Flows with any fingerprint, kept or not.
    pub fn flows(&self) -> u64 {
        self.flows
    }

    /// Flows with fingerprints that are not kept: beyond [`MAX_FINGERPRINTS`].
    pub fn beyond(&self) -> u64 {
        self.flows - self.tallies.iter().map(|(_, tally)| tally.flows).sum::<u64>()
    }

    /// Distinct addresses by fingerprint, of clients and of servers, and whether they are estimates.
    pub fn addresses(&self) -> (BTreeMap<Group, u64>, bool) {
        self.addresses.counts(|(group, ..)| *group)
    }

    /// The table, by fingerprint.
    pub fn rows(&self) -> Vec<ClientRow> {
        let (addresses, _) = self.addresses();
        self.tallies.in_order().into_iter().map(|(ja4, tally)| row(ja4, tally, &addresses)).collect()
    }

    /// The table of suites by rank.
    pub fn offers(&self) -> Vec<CipherOfferRow> {
        let rows = self.tallies.in_order().into_iter().flat_map(|(ja4, tally)| {
            tally.offers.held.iter().map(move |((rank, code), flows)| CipherOfferRow {
                client_profile: ja4.clone(),
                rank: (*rank).into(),
                code: *code,
                name: names::cipher_suite(*code).map_or_else(|| format!("0x{code:04x}").into(), |suite| suite.name.into()),
                flows: *flows,
            })
        });
        rows.collect()
    }
}

/// The row of one fingerprint, with its addresses out of those of all.
pub fn row(ja4: &Word, tally: &Tally, addresses: &BTreeMap<Group, u64>) -> ClientRow {
    // An estimate knows no flows.
    let addresses = |of_server| addresses.get(&group(ja4, of_server)).copied().unwrap_or_default().min(tally.flows);
    ClientRow {
        ja4: ja4.clone(),
        flows: tally.flows,
        completed: tally.completed,
        failed: tally.failed,
        failed_pct: Share::percent(tally.failed, tally.completed + tally.failed),
        clients: addresses(false),
        servers: addresses(true),
        version_offered: version(tally.version),
        versions_chosen: tally.chosen.iter().map(|code| version(*code)).collect::<Vec<_>>().join(";").into(),
        suites: tally.example.suites,
        pq_offered: tally.pq_offered,
        alpn_offered: WildList(tally.example.alpn.clone()),
        ja3: tally.example.ja3.clone(),
        first_utc: tally.seen.0,
        last_utc: tally.seen.1,
        example_flow_id: tally.example.flow_id.clone(),
    }
}

/// The newer of two versions; 0 stands for none.
fn newer(one: u16, other: u16) -> u16 {
    if other == 0 || (one != 0 && by_age(one) >= by_age(other)) { one } else { other }
}

fn version(code: u16) -> Word {
    names::version(code).map_or_else(|| format!("0x{code:04x}").into(), Word::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Codes;

    #[test]
    fn ranks_count_without_grease_and_examples_do_not_depend_on_order() {
        let flow = |id: &'static str, suites: Vec<u16>| {
            let mut rows = FlowRows::default();
            rows.flow.flow_id = id.into();
            rows.flow.ja4 = "t13d0200h2".into();
            rows.flow.ja3 = id.into();
            rows.flow.client_ip = "192.0.2.1".into();
            rows.flow.suites_offered = Codes(suites);
            rows
        };
        let mut clients = Clients::default();
        for rows in [flow("f2", vec![0x0a0a, 0x1301, 0x1302]), flow("f1", vec![0x1302, 0x1301]), FlowRows::default()] {
            clients.observe(&rows);
        }
        let offers: Vec<_> = clients.offers().into_iter().map(|row| (row.rank, row.code, row.flows)).collect();
        assert_eq!(offers, [(1, 0x1301, 1), (1, 0x1302, 1), (2, 0x1301, 1), (2, 0x1302, 1)]);
        let rows = clients.rows();
        assert_eq!((rows.len(), rows[0].flows, rows[0].clients, rows[0].suites, &rows[0].ja3[..]), (1, 2, 1, 2, "f1"));
    }
}
