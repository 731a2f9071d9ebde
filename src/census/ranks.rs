//! Which place the chosen cipher suite has in the client's list.

use super::Part;
use crate::row::assemble::FlowRows;
use crate::tls::names::is_grease;
use serde::{Deserialize, Serialize};

/// Places that are told apart; the last stands for itself and all behind it.
pub const PLACES: usize = 16;

/// Flows whose ClientHello and choice were read, by the place of the choice in the client's list, GREASE left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranks {
    /// First, second, ..., sixteenth or later.
    pub places: [u64; PLACES],
    /// The client did not list it.
    pub not_listed: u64,
}

impl Part for Ranks {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        let Some(chosen) = flow.cipher_suite_code.filter(|_| !flow.suites_offered.0.is_empty()) else { return };
        match flow.suites_offered.0.iter().filter(|code| !is_grease(**code)).position(|code| *code == chosen) {
            Some(at) => self.places[at.min(PLACES - 1)] += 1,
            None => self.not_listed += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.places.iter_mut().zip(other.places) {
            *ours += theirs;
        }
        self.not_listed += other.not_listed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Codes;

    #[test]
    fn grease_takes_no_place() {
        let mut ranks = Ranks::default();
        let mut choose = |offered: Vec<u16>, chosen: Option<u16>| {
            let mut rows = FlowRows::default();
            rows.flow.suites_offered = Codes(offered);
            rows.flow.cipher_suite_code = chosen;
            ranks.observe(&rows);
        };
        choose(vec![0x0a0a, 0x1301, 0x1302], Some(0x1301));
        choose(vec![0x1301, 0x1302], Some(0x1302));
        choose(vec![0x1301], Some(0xc02f));
        choose((1..60).collect(), Some(40));
        choose(vec![], Some(0x1301));
        choose(vec![0x1301], None);
        assert_eq!((ranks.places[0], ranks.places[1], ranks.places[15], ranks.not_listed), (1, 1, 1, 1));
        assert_eq!(ranks.places.iter().sum::<u64>(), 3);
    }
}
