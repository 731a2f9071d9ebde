//! `servers.csv`: what each server does.

use super::bounded::Bounded;
use super::members::Members;
use super::totals::failed;
use super::versions::{Era, era};
use super::{Part, Server, server};
use crate::row::assemble::FlowRows;
use crate::row::{Share, Wild, Word};
use crate::table;
use crate::time::Timestamp;
use crate::tls::names;
use serde::{Deserialize, Serialize};

/// Servers that are kept, at most: a choice by a hash of address and port, which depends on no order, and what is counted of them is
/// whole. With what other parts keep of it, one takes about one and a half kilobytes.
pub const MAX_SERVERS: usize = 1 << 17;
/// Bytes of the server name that is kept as an example.
const MAX_NAME: usize = 255;
/// Distinct leaf certificates of a server that are counted.
const MAX_LEAVES: usize = 64;

table! {
    /// A server: an address and port that took part in TLS flows as the server. At most 131,072, chosen by a hash of both; flows of the others count as the loss `servers_beyond_bound`.
    ServerRow, "servers", key ["server_ip", "server_port"];
    /// Its address.
    server_ip: Word,
    /// Its port.
    server_port: u16,
    /// TLS flows with it.
    flows: u64,
    /// Handshakes that completed.
    completed: u64,
    /// Handshakes that failed: alert, reset, close or time-out before completion.
    failed: u64,
    /// Share of failed in completed and failed, in per cent.
    failed_pct: Share,
    /// Versions that it chose, by name, joined by `;`, the oldest first.
    versions: Word,
    /// Flows in which it chose TLS 1.1, DTLS 1.0 or older.
    old_version_flows: u64,
    /// Cipher suites that it chose, by name, joined by `;`, by code point.
    cipher_suites: Word,
    /// How many.
    cipher_suites_count: u32,
    /// Groups that it chose, by name, joined by `;`, by code point.
    groups: Word,
    /// Flows that resumed a session.
    resumed: u64,
    /// Flows with a forward secret key exchange.
    forward_secret: u64,
    /// Flows of which it is known that their key exchange is not.
    not_forward_secret: u64,
    /// Flows with a post-quantum or hybrid group.
    pq_chosen: u64,
    /// Distinct leaf certificates that it showed in plain; 64 stands for 64 or more.
    leaf_certificates: u32,
    /// The first, in the order of characters, of the names that clients asked it for (cut at 255 bytes).
    example_sni: Wild,
    /// Payload bytes of its flows, both directions.
    bytes: u64,
    /// First packet of its earliest flow.
    first_utc: Timestamp,
    /// First packet of its latest flow.
    last_utc: Timestamp,
    /// One of its flows: the one with the smallest flow_id.
    example_flow_id: Word,
}

/// What is kept of a server: some 300 bytes, and 32 for each leaf certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    /// TLS flows.
    pub flows: u64,
    /// Handshakes that completed.
    pub completed: u64,
    /// Handshakes that failed.
    pub failed: u64,
    /// Versions that it chose.
    pub versions: Members<u16, 8>,
    /// Flows in which it chose one that is old.
    #[serde(default)]
    pub old: u64,
    suites: Members<u16, 8>,
    groups: Members<u16, 8>,
    resumed: u64,
    forward_secret: u64,
    /// Flows of which it is known that their key exchange is not forward secret.
    pub not_forward_secret: u64,
    pq_chosen: u64,
    /// The smallest digests.
    leaves: Members<[u8; 32], 1>,
    sni: Option<Wild>,
    bytes: u64,
    seen: (Timestamp, Timestamp),
    example: Word,
}

impl Tally {
    /// Nothing counted yet, and the flow as the example.
    fn new(rows: &FlowRows) -> Self {
        let flow = &rows.flow;
        Tally {
            flows: 0,
            completed: 0,
            failed: 0,
            versions: Members::default(),
            old: 0,
            suites: Members::default(),
            groups: Members::default(),
            resumed: 0,
            forward_secret: 0,
            not_forward_secret: 0,
            pq_chosen: 0,
            leaves: Members::default(),
            sni: None,
            bytes: 0,
            seen: (flow.first_utc, flow.first_utc),
            example: flow.flow_id.clone(),
        }
    }

    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        self.flows += 1;
        self.completed += u64::from(flow.outcome == "completed");
        self.failed += u64::from(failed(rows));
        flow.tls_version_code.into_iter().for_each(|code| self.versions.insert(code));
        self.old += u64::from(flow.tls_version_code.is_some_and(|code| era(code) == Era::Old));
        flow.cipher_suite_code.into_iter().for_each(|code| self.suites.insert(code));
        flow.kx_group_code.into_iter().for_each(|code| self.groups.insert(code));
        self.resumed += u64::from(flow.resumed == Some(true));
        self.forward_secret += u64::from(flow.forward_secret == Some(true));
        self.not_forward_secret += u64::from(flow.forward_secret == Some(false));
        self.pq_chosen += u64::from(flow.pq_hybrid == Some(true));
        let leaf = rows.certificates.iter().zip(&rows.shown).find(|(place, _)| place.side == "server" && place.position == 0);
        if let Some((_, certificate)) = leaf {
            self.leaves.insert(certificate.id);
            self.leaves.truncate(MAX_LEAVES);
        }
        if !flow.sni.0.is_empty() && self.sni.as_ref().is_none_or(|ours| flow.sni < *ours) {
            self.sni = Some(cut(&flow.sni));
        }
        self.bytes += flow.bytes_client + flow.bytes_server;
        self.seen = (self.seen.0.min(flow.first_utc), self.seen.1.max(flow.first_utc));
        if flow.flow_id < self.example {
            self.example = flow.flow_id.clone();
        }
    }

    fn merge(&mut self, other: Tally) {
        self.flows += other.flows;
        self.completed += other.completed;
        self.failed += other.failed;
        self.versions.merge(other.versions);
        self.old += other.old;
        self.suites.merge(other.suites);
        self.groups.merge(other.groups);
        self.resumed += other.resumed;
        self.forward_secret += other.forward_secret;
        self.not_forward_secret += other.not_forward_secret;
        self.pq_chosen += other.pq_chosen;
        self.leaves.merge(other.leaves);
        self.leaves.truncate(MAX_LEAVES);
        self.sni = match (self.sni.take(), other.sni) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (one, None) | (None, one) => one,
        };
        self.bytes += other.bytes;
        self.seen = (self.seen.0.min(other.seen.0), self.seen.1.max(other.seen.1));
        if other.example < self.example {
            self.example = other.example;
        }
    }
}

fn cut(name: &Wild) -> Wild {
    let mut end = name.0.len().min(MAX_NAME);
    while !name.0.is_char_boundary(end) {
        end -= 1;
    }
    Wild(name.0[..end].to_owned())
}

/// Servers by address and port.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Servers {
    /// Flows with any server, kept or not.
    flows: u64,
    tallies: Bounded<Server, Tally, MAX_SERVERS>,
}

impl Part for Servers {
    fn observe(&mut self, rows: &FlowRows) {
        let Some(server) = server(rows) else { return };
        self.flows += 1;
        if let Some(tally) = self.tallies.entry_with(server, || Tally::new(rows)) {
            tally.observe(rows);
        }
    }

    fn merge(&mut self, other: Self) {
        self.flows += other.flows;
        self.tallies.merge(other.tallies, Tally::merge);
    }
}

impl Servers {
    /// What is known of each, by address and port.
    pub fn tallies(&self) -> Vec<(&Server, &Tally)> {
        self.tallies.in_order()
    }

    /// Whether another thread should not hold as many.
    pub fn is_large(&self) -> bool {
        self.tallies.is_large()
    }

    /// Flows with any server, kept or not.
    pub fn flows(&self) -> u64 {
        self.flows
    }

    /// Flows with servers that are not kept: beyond [`MAX_SERVERS`].
    pub fn beyond(&self) -> u64 {
        self.flows - self.tallies.iter().map(|(_, tally)| tally.flows).sum::<u64>()
    }

    /// The table, by address and port.
    pub fn rows(&self) -> Vec<ServerRow> {
        self.tallies.in_order().into_iter().map(|(server, tally)| row(*server, tally)).collect()
    }
}

/// The row of one server.
pub fn row((ip, port): Server, tally: &Tally) -> ServerRow {
    let hex = |code: u16| format!("0x{code:04x}");
    let list = |codes: &Members<u16, 8>, name: &dyn Fn(u16) -> Option<&'static str>| -> Word {
        codes.iter().map(|code| name(*code).map_or_else(|| hex(*code), str::to_owned)).collect::<Vec<_>>().join(";").into()
    };
    ServerRow {
        server_ip: ip.to_string().into(),
        server_port: port,
        flows: tally.flows,
        completed: tally.completed,
        failed: tally.failed,
        failed_pct: Share::percent(tally.failed, tally.completed + tally.failed),
        versions: list(&tally.versions, &names::version),
        old_version_flows: tally.old,
        cipher_suites: list(&tally.suites, &|code| names::cipher_suite(code).map(|suite| suite.name)),
        cipher_suites_count: tally.suites.len() as u32,
        groups: list(&tally.groups, &|code| names::group(code).map(|group| group.name)),
        resumed: tally.resumed,
        forward_secret: tally.forward_secret,
        not_forward_secret: tally.not_forward_secret,
        pq_chosen: tally.pq_chosen,
        leaf_certificates: tally.leaves.len() as u32,
        example_sni: tally.sni.clone().unwrap_or_default(),
        bytes: tally.bytes,
        first_utc: tally.seen.0,
        last_utc: tally.seen.1,
        example_flow_id: tally.example.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_address_and_a_port() {
        let flows = crate::census::tests::flows(300);
        let mut servers = Servers::default();
        flows.iter().for_each(|rows| servers.observe(rows));
        let rows = servers.rows();
        assert_eq!(rows.len(), 6);
        assert_eq!(rows.iter().map(|row| row.flows).sum::<u64>(), 300);
        let one = rows.iter().find(|row| row.server_ip == "192.0.2.2" && row.server_port == 8443).unwrap();
        let its: Vec<_> = flows.iter().filter(|rows| rows.flow.server_ip == "192.0.2.2" && rows.flow.server_port == 8443).collect();
        assert_eq!(one.failed, its.iter().filter(|rows| failed(rows)).count() as u64);
        assert_eq!(one.example_flow_id, its.iter().map(|rows| rows.flow.flow_id.clone()).min().unwrap());
        assert_eq!(one.versions, "TLS 1.0;TLS 1.2;TLS 1.3");
        let leaves: std::collections::BTreeSet<_> = its
            .iter()
            .filter(|rows| rows.certificates.first().is_some_and(|row| row.side == "server"))
            .map(|rows| rows.shown[0].id)
            .collect();
        assert_eq!(one.leaf_certificates as usize, leaves.len());
    }
}
