//! Which version was agreed on with which cipher suite. No table has a row of it: a bill of materials says it
//! of each protocol.

use super::Part;
use super::few::{Few, Usual};
use crate::row::assemble::FlowRows;
use crate::tls::names;
use serde::{Deserialize, Serialize};

/// Pairs that are told apart, at most: beside each version with a name some hundred suites.
const MAX_PAIRS: usize = 8_192;

/// Flows by version and suite, where both are known.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Agreed(Few<(u16, u16), u64, MAX_PAIRS>);

impl Usual for (u16, u16) {
    fn is_usual(&self) -> bool {
        names::version(self.0).is_some() && names::cipher_suite(self.1).is_some()
    }
}

impl Agreed {
    /// Version, suite and flows, in the order of the code points.
    pub fn pairs(&self) -> Vec<(u16, u16, u64)> {
        self.0.in_order().into_iter().filter_map(|(pair, flows)| pair.map(|(version, suite)| (*version, *suite, *flows))).collect()
    }

    /// Flows of pairs that are not told apart.
    pub fn beyond(&self) -> u64 {
        self.0.in_order().into_iter().filter(|(pair, _)| pair.is_none()).map(|(_, flows)| *flows).sum()
    }
}

impl Part for Agreed {
    fn observe(&mut self, rows: &FlowRows) {
        if let (Some(version), Some(suite)) = (rows.flow.tls_version_code, rows.flow.cipher_suite_code) {
            *self.0.entry((version, suite)) += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
