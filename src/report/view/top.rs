//! Fewer rows in the tables of the page, for readers who want the head of each.

use super::Page;

impl Page {
    /// Cuts each table to so many rows. What has a fixed number of rows stays whole (steps of a handshake, percentiles,
    /// settings), as do findings, ladders and the flows of the explorer, which are no tables.
    pub fn cut_tables(&mut self, top: usize) {
        self.top = Some(top);
        self.health.problems.truncate(top);
        self.health.losses.truncate(top);
        self.versions.rows.truncate(top);
        self.versions.old_servers.truncate(top);
        self.suites.rows.truncate(top);
        self.groups.rows.truncate(top);
        self.certificates.rows.truncate(top);
        self.failures.alerts.truncate(top);
        self.segmentation.rows.truncate(top);
        self.segmentation.mss.truncate(top);
        self.timing.slowest.truncate(top);
        self.servers.rows.truncate(top);
        self.clients.rows.truncate(top);
        self.extensions.rows.truncate(top);
        self.extensions.protocols.truncate(top);
        self.captures.rows.truncate(top);
    }
}
