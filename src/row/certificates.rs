//! The plain certificates of a flow: `flow_certificates.csv`, and what the leaf and the chain come to in flows.csv.

use super::Word;
use super::assemble::hex;
use super::flow::{FlowCertificateRow, FlowRow};
use crate::flow::Side;
use crate::tls::Seen;
use crate::tls::certificate::{Certificate, names_host, order};
use std::sync::Arc;

/// The rows of flow_certificates.csv, the server's chain first, and the certificate of each.
pub fn rows(flow_id: &Word, seen: &Seen, client: Side) -> (Vec<FlowCertificateRow>, Vec<Arc<Certificate>>) {
    let (mut rows, mut shown) = (Vec::new(), Vec::new());
    for (side, name) in [(client.other(), "server"), (client, "client")] {
        let Some(chain) = &seen.facts.chains[side.index()] else { continue };
        for (position, certificate) in chain.certificates.iter().enumerate() {
            rows.push(FlowCertificateRow {
                flow_id: flow_id.clone(),
                side: name.into(),
                position: position as u32,
                cert_id: hex(&certificate.id).into(),
            });
            shown.push(certificate.clone());
        }
    }
    (rows, shown)
}

/// The columns of flows.csv about the server's chain.
pub fn judged(row: &mut FlowRow, seen: &Seen, client: Side) {
    let Some(chain) = &seen.facts.chains[client.other().index()] else { return };
    row.certificate_count = Some(chain.certificates.len() as u32);
    row.certificate_chain = order(chain).map_or("", |order| order.as_str()).into();
    let Some(leaf) = chain.certificates.first() else { return };
    row.leaf_cert_id = hex(&leaf.id).into();
    let hello = seen.facts.client_hello.as_ref().or(seen.facts.client_hello_start.as_deref());
    let host = hello.and_then(|hello| hello.server_name.as_deref());
    row.certificate_name_match = host.zip(leaf.x509.as_ref().ok()).and_then(|(host, leaf)| names_host(leaf, host));
}
