//! `mss_distribution.csv`: the maximum segment sizes that both sides announced.

use super::{Part, pairs};
use crate::row::assemble::FlowRows;
use crate::row::{Share, Word};
use crate::table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

table! {
    /// A maximum segment size announced by one side (RFC 9293 section 3.7.1).
    MssRow, "mss_distribution", key ["direction", "mss_bytes"];
    /// Who announced it: `client` (in its SYN) or `server` (in its SYN-ACK). It limits the segments of the other side.
    direction: Word,
    /// The size in bytes of TCP payload.
    mss_bytes: u16,
    /// Flows that announced it.
    flows: u64,
    /// Share of these in the flows of which this side's MSS was seen, in per cent.
    pct: Share,
}

/// Flows by announced size, both sides apart.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MssDistribution {
    /// Sizes that clients announced.
    #[serde(with = "pairs")]
    pub client: BTreeMap<u16, u64>,
    /// Sizes that servers announced.
    #[serde(with = "pairs")]
    pub server: BTreeMap<u16, u64>,
}

impl Part for MssDistribution {
    fn observe(&mut self, rows: &FlowRows) {
        for (sizes, size) in [(&mut self.client, rows.flow.mss_client_bytes), (&mut self.server, rows.flow.mss_server_bytes)] {
            if let Some(size) = size {
                *sizes.entry(size).or_default() += 1;
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (ours, theirs) in [(&mut self.client, other.client), (&mut self.server, other.server)] {
            for (size, flows) in theirs {
                *ours.entry(size).or_default() += flows;
            }
        }
    }
}

impl MssDistribution {
    /// The table: the client's sizes, then the server's, each from the smallest.
    pub fn rows(&self) -> Vec<MssRow> {
        let side = |direction: &'static str, sizes: &BTreeMap<u16, u64>| {
            let all: u64 = sizes.values().sum();
            let row = move |(size, flows): (&u16, &u64)| MssRow {
                direction: direction.into(),
                mss_bytes: *size,
                flows: *flows,
                pct: Share::percent(*flows, all),
            };
            sizes.iter().map(row).collect::<Vec<_>>()
        };
        [side("client", &self.client), side("server", &self.server)].concat()
    }
}
