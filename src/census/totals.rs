//! Sums over all flows: what the verdict, the tiles and the health of the run are made of.

use super::Part;
use crate::row::assemble::FlowRows;
use serde::{Deserialize, Serialize};

macro_rules! totals {
    ($($(#[doc = $doc:literal])+ $name:ident = $count:expr;)+) => {
        /// Counts over all flows; also the figures of `summary.json`.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Totals {
            $($(#[doc = $doc])+ pub $name: u64,)+
        }

        impl Part for Totals {
            fn observe(&mut self, rows: &FlowRows) {
                $({
                    let count: fn(&FlowRows) -> u64 = $count;
                    self.$name += count(rows);
                })+
            }

            fn merge(&mut self, other: Self) {
                $(self.$name += other.$name;)+
            }
        }
    };
}

totals! {
    /// Flows of TLS.
    tls_flows = |_| 1;
    /// Of these, flows of DTLS.
    dtls_flows = |rows| (rows.flow.protocol == "dtls").into();
    /// Of these, flows of QUIC.
    quic_flows = |rows| (rows.flow.protocol == "quic").into();
    /// Handshakes that completed.
    completed = |rows| (rows.flow.outcome == "completed").into();
    /// Handshakes that failed: alert, reset, close or time-out before completion.
    failed = |rows| failed(rows).into();
    /// Flows not judged: bytes missing, midway, or the capture ended.
    not_judged = |rows| (rows.flow.outcome != "completed" && !failed(rows)).into();
    /// Flows whose ClientHello was read.
    client_hellos = |rows| rows.flow.legacy_version_code.is_some().into();
    /// Flows whose ServerHello was read.
    server_hellos = |rows| rows.flow.tls_version_code.is_some().into();
    /// Flows that resumed a session.
    resumed = |rows| (rows.flow.resumed == Some(true)).into();
    /// Flows of which it is known that they did not.
    not_resumed = |rows| (rows.flow.resumed == Some(false)).into();
    /// Flows with a forward secret key exchange.
    forward_secret = |rows| (rows.flow.forward_secret == Some(true)).into();
    /// Flows of which it is known that theirs is not.
    not_forward_secret = |rows| (rows.flow.forward_secret == Some(false)).into();
    /// Flows whose client offers a post-quantum group.
    pq_offered = |rows| (rows.flow.pq_offered == Some(true)).into();
    /// Flows whose server chose one.
    pq_chosen = |rows| (rows.flow.pq_hybrid == Some(true)).into();
    /// Flows with a HelloRetryRequest.
    hello_retries = |rows| rows.flow.hello_retry.into();
    /// Flows whose client offered early data.
    early_data = |rows| (rows.flow.early_data == Some(true)).into();
    /// Flows that ran already when the capture began.
    starts_midway = |rows| rows.flow.starts_midway.into();
    /// Flows with bytes that the captures do not hold.
    flows_with_gaps = |rows| (rows.flow.gap_bytes > 0).into();
    /// Bytes that the captures do not hold.
    gap_bytes = |rows| rows.flow.gap_bytes;
    /// Flows with a segment above the MSS.
    offload_flows = |rows| rows.flow.offload_suspected.into();
    /// Flows of whose first ClientHello the segments are known: not in the form of SSL 2.0, which has no handshake header.
    client_hello_cuts = |rows| rows.flow.client_hello_segments.is_some().into();
    /// Of these, flows whose ClientHello took more than one segment.
    client_hello_split = |rows| rows.flow.client_hello_segments.is_some_and(|segments| segments > 1).into();
    /// Flows with a server's Certificate in the clear.
    certificates = |rows| rows.flow.certificate_segments.is_some().into();
    /// Of these, with a Certificate that took more than one segment.
    certificate_split = |rows| rows.flow.certificate_segments.is_some_and(|segments| segments > 1).into();
    /// Rows in messages.csv.
    messages = |rows| rows.messages.len() as u64;
    /// Payload bytes of TCP or UDP, both directions, retransmissions included.
    bytes = |rows| rows.flow.bytes_client + rows.flow.bytes_server;
    /// Packets of TLS flows, both directions.
    packets = |rows| rows.flow.packets_client + rows.flow.packets_server;
    /// Retransmitted segments.
    retransmissions = |rows| rows.flow.retransmissions.unwrap_or(0);
}

/// Whether the handshake failed: not what the capture did not show.
pub fn failed(rows: &FlowRows) -> bool {
    matches!(rows.flow.outcome.as_ref(), "alert" | "reset" | "closed" | "timeout")
}
