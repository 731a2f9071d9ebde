//! `groups.csv`: groups for key exchange, offered, with a key share, and chosen.

use super::by_code::ByCode;
use super::{Part, distinct};
use crate::row::assemble::FlowRows;
use crate::row::{Share, Word};
use crate::table;
use crate::tls::names;
use serde::{Deserialize, Serialize};

table! {
    /// A named group for key exchange (IANA, TLS Supported Groups).
    GroupRow, "groups", key ["code"];
    /// The code point: 29 is x25519 (0x001d).
    code: u16,
    /// Its name; the number in hex where it has none.
    name: Word,
    /// Flows whose first ClientHello lists it in supported_groups. GREASE values are left out.
    offered_flows: u64,
    /// Flows whose first ClientHello carries a key share for it.
    key_share_flows: u64,
    /// Flows whose server chose it, as far as that is plain: in its key share or its ServerKeyExchange.
    chosen_flows: u64,
    /// Share of chosen_flows in the flows of which the chosen group is known, in per cent.
    pct: Share,
}

/// Flows by what they did with a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Tally {
    offered: u64,
    shared: u64,
    chosen: u64,
}

/// Groups by code point.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Groups {
    /// Flows whose ClientHello lists groups.
    pub offers: u64,
    /// Flows whose ClientHello carries at least one key share.
    pub shares: u64,
    /// Flows whose chosen group is known.
    pub choices: u64,
    tallies: ByCode<Tally>,
}

impl Part for Groups {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        self.offers += u64::from(!flow.groups_offered.0.is_empty());
        self.shares += u64::from(!flow.key_shares.0.is_empty());
        self.choices += u64::from(flow.kx_group_code.is_some());
        distinct(&flow.groups_offered.0, |code| self.tallies.entry(code).offered += 1);
        distinct(&flow.key_shares.0, |code| self.tallies.entry(code).shared += 1);
        if let Some(code) = flow.kx_group_code {
            self.tallies.entry(code).chosen += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.offers += other.offers;
        self.shares += other.shares;
        self.choices += other.choices;
        for (code, theirs) in other.tallies.iter() {
            let ours = self.tallies.entry(code);
            ours.offered += theirs.offered;
            ours.shared += theirs.shared;
            ours.chosen += theirs.chosen;
        }
    }
}

impl Groups {
    /// The table, by code point.
    pub fn rows(&self) -> Vec<GroupRow> {
        let row = |(code, tally): (u16, &Tally)| GroupRow {
            code,
            name: names::group(code).map_or_else(|| format!("0x{code:04x}").into(), |group| group.name.into()),
            offered_flows: tally.offered,
            key_share_flows: tally.shared,
            chosen_flows: tally.chosen,
            pct: Share::percent(tally.chosen, self.choices),
        };
        self.tallies.iter().map(row).collect()
    }
}
