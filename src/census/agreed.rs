//! Which version was agreed on with which cipher suite. No table has a row of it: a bill of materials says it
//! of each protocol.

use super::Part;
use super::keyed::Keyed;
use crate::row::assemble::FlowRows;
use serde::{Deserialize, Serialize};

/// Flows by version and suite, where both are known.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Agreed(Keyed<(u16, u16), u64>);

impl Agreed {
    /// Version, suite and flows, in the order of the code points.
    pub fn pairs(&self) -> Vec<(u16, u16, u64)> {
        self.0.in_order().into_iter().map(|((version, suite), flows)| (*version, *suite, *flows)).collect()
    }
}

impl Part for Agreed {
    fn observe(&mut self, rows: &FlowRows) {
        if let (Some(version), Some(suite)) = (rows.flow.tls_version_code, rows.flow.cipher_suite_code) {
            *self.0.entry((version, suite)) += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for ((version, suite), flows) in other.0.in_order() {
            *self.0.entry((*version, *suite)) += flows;
        }
    }
}
