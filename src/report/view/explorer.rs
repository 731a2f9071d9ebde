//! Section 13: flows one by one, to sort and to filter.

use super::Cut;
use crate::census::glance::Glance;

/// Flows that the page may hold for the explorer.
pub const MAX_EXPLORED: usize = 3_500;
/// Flows in its plain table, which stands there without JavaScript and in print.
pub const MAX_EXPLORED_ROWS: usize = 200;

/// Section 13.
#[derive(Clone, Debug, Default)]
pub struct Explorer {
    /// How the flows were chosen, in one sentence.
    pub chosen_by: String,
    /// The chosen ones of all TLS flows: failures first, then the slow, the examples of findings, and the sample.
    pub rows: Cut<ExplorerRow, MAX_EXPLORED>,
    /// Files beside the page that hold all flows, in their order; none unless they were asked for.
    pub pages: Vec<FlowsFile>,
}

/// One flow.
#[derive(Clone, Debug, Default)]
pub struct ExplorerRow {
    /// What is shown of it.
    pub flow: Glance,
    /// Path of the capture in which it starts.
    pub path: String,
    /// Why it was chosen; empty in a list of all flows.
    pub why: String,
}

impl ExplorerRow {
    /// `192.0.2.1:443`, `[2001:db8::1]:443`.
    pub fn server(&self) -> String {
        let (ip, port) = (&self.flow.server_ip, self.flow.server_port);
        if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
    }

    /// How long the handshake took, if it ended.
    pub fn handshake_us(&self) -> Option<u64> {
        self.flow.handshake_ms.and_then(|span| u64::try_from(span.0.0 / 1_000).ok())
    }
}

/// A file beside the page that holds some of all flows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct FlowsFile {
    /// Its path, seen from the page.
    pub name: String,
    /// Flows in it.
    pub flows: u64,
}
