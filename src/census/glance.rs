//! Flows at a glance: what the flow explorer shows of a flow, a few hundred bytes each, so that thousands can be kept.
//!
//! Kept are a random sample and the earliest flows of each finding; the failures and the slowest come from
//! [`selection`](super::selection), which keeps them whole. Every choice is "the first n by a fixed order", which merges
//! in any order. They are bounded by their number, some 2,300, and their texts: one takes half a kilobyte, and five at most.

use super::first::First;
use super::selection::{NAME, hash};
use super::{Part, findings};
use crate::row::assemble::FlowRows;
use crate::row::flow::FlowRow;
use crate::row::network::Conversation;
use crate::row::{Millis, Wild, Word};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Flows in the sample.
pub const SAMPLE: usize = 2_000;

/// A flow at a glance: columns of flows.csv under their names there, sums of both sides where it says so.
#[allow(missing_docs)]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Glance {
    pub flow_id: Word,
    pub capture_id: Word,
    pub protocol: Word,
    /// Whose number its stream number is.
    pub conversation: Conversation,
    pub stream: Option<u64>,
    /// Captures of its series that carry a packet of it.
    pub captures: u32,
    pub client_ip: Word,
    pub client_port: u16,
    pub server_ip: Word,
    pub server_port: u16,
    pub first_utc: Timestamp,
    pub first_frame: u64,
    pub last_frame: u64,
    pub sni: Wild,
    pub alpn: Wild,
    pub tls_version: Word,
    pub cipher_suite: Word,
    pub kx_group: Word,
    pub outcome: Word,
    pub last_step: Option<u8>,
    pub alert_name: Word,
    pub alert_from: Word,
    pub resumed: Option<bool>,
    pub resumption: Word,
    pub handshake_ms: Option<Millis>,
    pub tcp_rtt_ms: Option<Millis>,
    pub client_hello_bytes: Option<u64>,
    pub server_flight_bytes: Option<u64>,
    pub server_flight_segments: Option<u32>,
    /// Of both sides.
    pub packets: u64,
    /// Of both sides.
    pub bytes: u64,
    pub retransmissions: Option<u64>,
    pub ip_fragments: Option<u64>,
    pub ja4: Word,
    pub findings: Word,
}

impl Glance {
    /// What is shown of a flow; a long server name is cut.
    pub fn of(flow: &FlowRow, conversation: Conversation) -> Self {
        let cut = |text: &Wild| Wild(text.0.chars().take(NAME).collect());
        Glance {
            flow_id: flow.flow_id.clone(),
            capture_id: flow.capture_id.clone(),
            protocol: flow.protocol.clone(),
            conversation,
            stream: flow.stream,
            captures: flow.captures,
            client_ip: flow.client_ip.clone(),
            client_port: flow.client_port,
            server_ip: flow.server_ip.clone(),
            server_port: flow.server_port,
            first_utc: flow.first_utc,
            first_frame: flow.first_frame,
            last_frame: flow.last_frame,
            sni: cut(&flow.sni),
            alpn: cut(&flow.alpn),
            tls_version: flow.tls_version.clone(),
            cipher_suite: flow.cipher_suite.clone(),
            kx_group: flow.kx_group.clone(),
            outcome: flow.outcome.clone(),
            last_step: flow.last_step,
            alert_name: flow.alert_name.clone(),
            alert_from: flow.alert_from.clone(),
            resumed: flow.resumed,
            resumption: flow.resumption.clone(),
            handshake_ms: flow.handshake_ms,
            tcp_rtt_ms: flow.tcp_rtt_ms,
            client_hello_bytes: flow.client_hello_bytes,
            server_flight_bytes: flow.server_flight_bytes,
            server_flight_segments: flow.server_flight_segments,
            packets: flow.packets_client + flow.packets_server,
            bytes: flow.bytes_client + flow.bytes_server,
            retransmissions: flow.retransmissions,
            ip_fragments: flow.ip_fragments,
            ja4: flow.ja4.clone(),
            findings: flow.findings.clone(),
        }
    }
}

/// By packet time, then id.
type Early = (Timestamp, Word);

/// The flows that are kept at a glance.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Glances {
    sample: First<(u64, Word), Glance, SAMPLE>,
    /// By rule.
    examples: BTreeMap<Word, First<Early, Glance, { findings::EXAMPLES }>>,
}

impl Part for Glances {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        keep(&mut self.sample, (hash(&flow.flow_id), flow.flow_id.clone()), rows);
        for rule in flow.findings.split(';').filter(|rule| !rule.is_empty()) {
            if !self.examples.contains_key(rule) {
                self.examples.insert(Word::new(rule), First::default());
            }
            if let Some(class) = self.examples.get_mut(rule) {
                keep(class, (flow.first_utc, flow.flow_id.clone()), rows);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        take_in(&mut self.sample, other.sample);
        for (rule, flows) in other.examples {
            take_in(self.examples.entry(rule).or_default(), flows);
        }
    }
}

impl Glances {
    /// The examples of findings, rule by rule.
    pub fn examples(&self) -> impl Iterator<Item = &Glance> {
        self.examples.values().flat_map(|class| class.held.values())
    }

    /// The sample.
    pub fn sample(&self) -> impl Iterator<Item = &Glance> {
        self.sample.held.values()
    }

    /// The flows held, to fill in their stream numbers.
    pub fn flows_mut(&mut self) -> impl Iterator<Item = &mut Glance> {
        self.examples.values_mut().flat_map(|class| class.held.values_mut()).chain(self.sample.held.values_mut())
    }
}

fn keep<K: Ord + Clone, const LIMIT: usize>(flows: &mut First<K, Glance, LIMIT>, key: K, rows: &FlowRows) {
    if flows.wants(&key)
        && let Some(place) = flows.entry(key)
    {
        *place = Glance::of(&rows.flow, rows.conversation);
    }
}

fn take_in<K: Ord + Clone, const LIMIT: usize>(flows: &mut First<K, Glance, LIMIT>, other: First<K, Glance, LIMIT>) {
    for (key, glance) in other.held {
        if let Some(place) = flows.entry(key) {
            *place = glance;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_keeps_its_earliest_flows_and_the_sample_its_size() {
        let flows = crate::census::tests::flows(3_000);
        let mut glances = Glances::default();
        flows.iter().for_each(|rows| glances.observe(rows));
        assert_eq!(glances.sample().count(), SAMPLE);
        let of = |rule: &str| {
            let mut flows: Vec<_> = flows.iter().filter(|rows| rows.flow.findings.split(';').any(|id| id == rule)).collect();
            flows.sort_by_key(|rows| (rows.flow.first_utc, rows.flow.flow_id.clone()));
            flows.into_iter().take(findings::EXAMPLES).map(|rows| rows.flow.flow_id.clone()).collect::<Vec<_>>()
        };
        assert!(glances.examples.len() > 3);
        for (rule, class) in &glances.examples {
            let kept: Vec<_> = class.held.values().map(|glance| glance.flow_id.clone()).collect();
            assert_eq!(kept, of(rule), "{rule}");
        }
    }
}
