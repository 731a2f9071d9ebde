//! Counts over flows. (Placeholder of the working tree; the stage itself is being merged.)
use crate::row::assemble::FlowRows;
/// Counts.
#[derive(Debug, Clone, Default)]
pub struct Census(u64);
impl Census {
    /// Takes in a flow.
    pub fn observe(&mut self, _: &FlowRows) {
        self.0 += 1;
    }
    /// Takes in counts.
    pub fn merge(&mut self, other: Census) {
        self.0 += other.0;
    }
}
