//! Key exchange from what is offered to what is chosen, by the kind of group, and what a post-quantum key share costs in
//! the size of the ClientHello.

use super::Part;
use super::by_code::ByCode;
use super::histogram::{bucket, quantile};
use crate::row::assemble::FlowRows;
use crate::tls::names;
use serde::{Deserialize, Serialize};

/// Kinds of groups.
pub const KINDS: [&str; 3] = ["post-quantum or hybrid", "elliptic curve", "finite field"];

/// The kind of a group, by its place in [`KINDS`]; none of a group that is not known.
fn kind(code: u16) -> Option<usize> {
    let group = names::group(code)?;
    Some(match code {
        _ if group.post_quantum || group.hybrid => 0,
        0x0100..=0x01ff => 2,
        _ => 1,
    })
}

/// Flows by what they did with groups of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// The ClientHello lists one.
    pub offered: u64,
    /// The first ClientHello carries a key share for one.
    pub shared: u64,
    /// The server chose one.
    pub chosen: u64,
    /// The server chose one, and had to ask for its key share (HelloRetryRequest).
    pub retried: u64,
}

/// Sizes of ClientHellos.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sizes {
    /// ClientHellos.
    pub count: u64,
    /// Of these, in more than one TCP segment; of QUIC, more than one datagram.
    pub split: u64,
    /// Bytes of the longest.
    pub max: u64,
    buckets: ByCode<u64>,
}

impl Sizes {
    /// A quantile of the bytes, at most 0.4 per cent off.
    pub fn at(&self, percent: u64) -> Option<u64> {
        quantile(self.buckets.iter().map(|(bucket, count)| (bucket, *count)), percent).map(|bytes| bytes.min(self.max))
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.split += other.split;
        self.max = self.max.max(other.max);
        for (bucket, count) in other.buckets.iter() {
            *self.buckets.entry(bucket) += count;
        }
    }
}

/// Key exchange over all flows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// By kind of group.
    pub stages: [Stages; 3],
    /// ClientHellos with a key share for a post-quantum or hybrid group.
    pub with: Sizes,
    /// ClientHellos without.
    pub without: Sizes,
}

impl Part for Exchange {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        let kinds = |codes: &[u16]| codes.iter().filter_map(|code| kind(*code)).fold(0u8, |kinds, kind| kinds | 1 << kind);
        let (offered, shared, taken) = (kinds(&flow.groups_offered.0), kinds(&flow.key_shares.0), kinds(flow.kx_group_code.as_slice()));
        for (at, stages) in self.stages.iter_mut().enumerate() {
            let chosen = taken >> at & 1 == 1;
            stages.offered += u64::from(offered >> at & 1);
            stages.shared += u64::from(shared >> at & 1);
            stages.chosen += u64::from(chosen);
            stages.retried += u64::from(chosen && flow.hello_retry);
        }
        let Some(bytes) = flow.client_hello_bytes else { return };
        let sizes = if shared & 1 == 1 { &mut self.with } else { &mut self.without };
        sizes.count += 1;
        sizes.split += u64::from(flow.client_hello_segments.is_some_and(|segments| segments > 1));
        sizes.max = sizes.max.max(bytes);
        *sizes.buckets.entry(bucket(bytes)) += 1;
    }

    fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.stages.iter_mut().zip(other.stages) {
            ours.offered += theirs.offered;
            ours.shared += theirs.shared;
            ours.chosen += theirs.chosen;
            ours.retried += theirs.retried;
        }
        self.with.merge(other.with);
        self.without.merge(other.without);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Codes;

    #[test]
    fn a_flow_counts_once_a_kind() {
        let mut exchange = Exchange::default();
        let mut flow = |shares: &[u16], chosen: u16, bytes: u64| {
            let mut rows = FlowRows::default();
            rows.flow.groups_offered = Codes(vec![0x11ec, 0x001d, 0x0017, 0x0100]);
            rows.flow.key_shares = Codes(shares.to_vec());
            rows.flow.kx_group_code = Some(chosen);
            rows.flow.hello_retry = !shares.contains(&chosen);
            rows.flow.client_hello_bytes = Some(bytes);
            rows.flow.client_hello_segments = Some(1 + (bytes / 1_400) as u32);
            exchange.observe(&rows);
        };
        flow(&[0x11ec, 0x001d], 0x11ec, 1_700);
        flow(&[0x001d, 0x0017], 0x001d, 500);
        flow(&[0x001d], 0x11ec, 510);
        let stages = |at: usize| {
            let stages = exchange.stages[at];
            [stages.offered, stages.shared, stages.chosen, stages.retried]
        };
        assert_eq!((stages(0), stages(1), stages(2)), ([3, 1, 2, 1], [3, 3, 1, 0], [3, 0, 0, 0]));
        assert_eq!((exchange.with.count, exchange.with.split, exchange.with.at(50)), (1, 1, Some(1_700)));
        assert_eq!((exchange.without.count, exchange.without.split, exchange.without.max), (2, 0, 510));
    }
}
