//! `certificates.csv`: each plain certificate once, and who showed it.

use super::bounded::Distinct;
use super::{Part, Server, pairs, server};
use crate::row::assemble::{FlowRows, hex};
use crate::row::{Wild, WildList, Word};
use crate::table;
use crate::time::{SECOND, Timestamp};
use crate::tls::certificate::{Certificate, X509};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Certificates that are kept, at most: those with the smallest digests, which is a choice that depends on no order, and
/// their counts are whole. One takes about a kilobyte, a hostile one 20.
pub const MAX_CERTIFICATES: usize = 1 << 17;

/// Pairs of certificate and server that are counted exactly; with as many or more, servers are estimated. One takes 80 bytes.
const MAX_SERVERS: usize = 1 << 19;

/// Seconds of a day.
const DAY: i64 = 86_400;

table! {
    /// A certificate that was sent in plain (TLS up to 1.2; TLS 1.3 encrypts them), read from its DER. Nothing is verified: no signature, no path, no revocation.
    CertificateRow, "certificates", key ["cert_id"];
    /// SHA-256 of the DER in hex.
    cert_id: Word,
    /// The last commonName of the subject.
    subject_cn: Wild,
    /// The subject's name as RFC 4514 writes it, the most specific part first: `CN=example.com,O=Example,C=US`. Cut at 512 bytes.
    subject: Wild,
    /// The issuer's name in the same way.
    issuer: Wild,
    /// Names of the subjectAltName in order: host names bare, others with their kind (`IP:`, `email:`, `URI:`, `dirName:`, `other:`). Cut at 8,192 bytes.
    sans: WildList,
    /// How many names the subjectAltName has. Empty: see error.
    sans_count: Option<u32>,
    /// Whether the list is cut.
    sans_truncated: bool,
    /// The serial number's bytes in hex.
    serial_hex: Word,
    /// Begin of the validity. Times before 1677 and after 2262 stand as these limits.
    not_before_utc: Option<Timestamp>,
    /// Its last second.
    not_after_utc: Option<Timestamp>,
    /// Whole days from last_utc to not_after_utc, rounded down: negative where it had expired when it was last shown.
    days_left_at_capture: Option<i64>,
    /// Always empty: a result depends on its captures alone, not on the day of the run. Take not_after_utc minus today.
    days_left_at_run: Option<i64>,
    /// The kind of its key: `RSA`, `RSA-PSS`, `EC`, `DSA`, `Ed25519`, `Ed448`, `ML-DSA-44`, ...; the object identifier where it has no name here.
    key_type: Word,
    /// Bits of the modulus (RSA, DSA) or of the curve's field. Empty: the kind says it all, or it is not known.
    key_bits: Option<u32>,
    /// The curve of an EC key by name, else its object identifier; `explicit`: its parameters are spelled out.
    curve: Word,
    /// What it is signed with, by the name in its RFC: `sha256WithRSAEncryption`, `ecdsa-with-SHA256`; the object identifier where it has no name here.
    signature_algorithm: Word,
    /// The hash of the signature: `md5`, `sha1`, `sha256`, ...; `intrinsic` where the algorithm brings its own. Empty: not known.
    signature_hash: Word,
    /// Whether issuer and subject are the same name. The signature is not verified. Empty: see error.
    self_signed: Option<bool>,
    /// Whether basicConstraints says that it is a CA's. Empty: see error.
    is_ca: Option<bool>,
    /// Bytes of the DER.
    der_bytes: u32,
    /// Why it cannot be read: `der`, `version`, `serial`, `algorithm`, `name`, `date`, `public_key`, `extensions`, `signature`, `trailing_bytes`. Empty: it can.
    error: Word,
    /// Flows in which it was sent.
    flows: u64,
    /// Of these, flows in which it was the first of the server's chain.
    leaf_flows: u64,
    /// Of these, flows in which a client sent it.
    client_flows: u64,
    /// Distinct servers (address and port) that sent it. Exact in runs with fewer than 524,288 pairs of certificate and server, else an estimate, as a rule less than 5 % off where it is above 10,000.
    servers: u64,
    /// First packet of the earliest flow that shows it.
    first_utc: Timestamp,
    /// First packet of the latest flow that shows it.
    last_utc: Timestamp,
}

/// A certificate and who showed it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The columns that are a function of the DER; the counts are in place once [`Certificates::rows`] has made them.
    row: CertificateRow,
    flows: u64,
    leaf_flows: u64,
    client_flows: u64,
    first: Timestamp,
    last: Timestamp,
}

/// Certificates by digest.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Certificates {
    /// Sum of the column `flows` over all certificates, those that are not kept included.
    shown: u64,
    #[serde(with = "pairs")]
    held: BTreeMap<[u8; 32], Shown>,
    senders: Distinct<([u8; 32], Server), MAX_SERVERS>,
}

impl Part for Certificates {
    fn observe(&mut self, rows: &FlowRows) {
        let places = || rows.certificates.iter().zip(&rows.shown);
        for (index, certificate) in rows.shown.iter().enumerate() {
            if rows.shown[..index].iter().any(|earlier| earlier.id == certificate.id) {
                continue;
            }
            let is = |side: &str, leaf: bool| {
                places().any(|(row, other)| other.id == certificate.id && row.side == side && (!leaf || row.position == 0))
            };
            self.shown += 1;
            self.take(certificate, |shown| {
                shown.flows += 1;
                shown.leaf_flows += u64::from(is("server", true));
                shown.client_flows += u64::from(is("client", false));
                shown.first = shown.first.min(rows.flow.first_utc);
                shown.last = shown.last.max(rows.flow.first_utc);
            });
            if let Some(server) = server(rows).filter(|_| is("server", false)) {
                self.senders.add((certificate.id, server));
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.shown += other.shown;
        self.senders.merge(other.senders);
        for (id, theirs) in other.held {
            if let Some(ours) = self.held.get_mut(&id) {
                ours.flows += theirs.flows;
                ours.leaf_flows += theirs.leaf_flows;
                ours.client_flows += theirs.client_flows;
                ours.first = ours.first.min(theirs.first);
                ours.last = ours.last.max(theirs.last);
            } else if self.wants(&id) {
                self.hold(id, theirs);
            }
        }
    }
}

impl Certificates {
    fn take(&mut self, certificate: &Certificate, count: impl FnOnce(&mut Shown)) {
        if let Some(shown) = self.held.get_mut(&certificate.id) {
            count(shown);
        } else if self.wants(&certificate.id) {
            let mut shown = Shown {
                row: row(certificate),
                flows: 0,
                leaf_flows: 0,
                client_flows: 0,
                first: Timestamp(i64::MAX),
                last: Timestamp(i64::MIN),
            };
            count(&mut shown);
            self.hold(certificate.id, shown);
        }
    }

    fn wants(&self, id: &[u8; 32]) -> bool {
        self.held.len() < MAX_CERTIFICATES || self.held.last_key_value().is_some_and(|(last, _)| id < last)
    }

    fn hold(&mut self, id: [u8; 32], shown: Shown) {
        self.held.insert(id, shown);
        if self.held.len() > MAX_CERTIFICATES {
            self.held.pop_last();
        }
    }

    /// How often a certificate was shown that is not kept: beyond [`MAX_CERTIFICATES`].
    pub fn beyond(&self) -> u64 {
        self.shown - self.held.values().map(|shown| shown.flows).sum::<u64>()
    }

    /// The table, by digest.
    pub fn rows(&self) -> Vec<CertificateRow> {
        let (senders, _) = self.senders.counts(|(id, _)| *id);
        let finish = |(id, shown): (&[u8; 32], &Shown)| CertificateRow {
            days_left_at_capture: shown.row.not_after_utc.map(|end| end.0.div_euclid(SECOND)).map(|end| days(end, shown.last)),
            flows: shown.flows,
            leaf_flows: shown.leaf_flows,
            client_flows: shown.client_flows,
            servers: senders.get(id).copied().unwrap_or_default().min(shown.flows),
            first_utc: shown.first,
            last_utc: shown.last,
            ..shown.row.clone()
        };
        self.held.iter().map(finish).collect()
    }
}

/// Whole days from a time to a second, rounded down.
fn days(end: i64, from: Timestamp) -> i64 {
    (end - from.0.div_euclid(SECOND)).div_euclid(DAY)
}

/// The columns that are a function of the DER.
fn row(certificate: &Certificate) -> CertificateRow {
    let bare = CertificateRow { cert_id: hex(&certificate.id).into(), der_bytes: certificate.der_bytes, ..CertificateRow::default() };
    match &certificate.x509 {
        Ok(x509) => read(bare, x509),
        Err(error) => CertificateRow { error: (*error).into(), ..bare },
    }
}

fn read(bare: CertificateRow, x509: &X509) -> CertificateRow {
    CertificateRow {
        subject_cn: Wild::from_bytes(&x509.subject_cn),
        subject: Wild::from_bytes(&x509.subject),
        issuer: Wild::from_bytes(&x509.issuer),
        sans: WildList(x509.sans.iter().map(|san| Wild::from_bytes(&san.text())).collect()),
        sans_count: Some(x509.sans_count),
        sans_truncated: x509.sans_cut(),
        serial_hex: hex(&x509.serial).into(),
        not_before_utc: Some(Timestamp::from_parts(x509.not_before, 0)),
        not_after_utc: Some(Timestamp::from_parts(x509.not_after, 0)),
        key_type: x509.key_type.clone().into(),
        key_bits: x509.key_bits,
        curve: x509.curve.clone().into(),
        signature_algorithm: x509.signature_algorithm.clone().into(),
        signature_hash: x509.signature_hash.into(),
        self_signed: Some(x509.self_signed),
        is_ca: Some(x509.is_ca),
        ..bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::flow::FlowCertificateRow;
    use std::sync::Arc;

    fn flow(time: i64, list: &[(&'static str, u32, u8)]) -> FlowRows {
        let mut rows = FlowRows::default();
        rows.flow.first_utc = Timestamp(time * SECOND);
        rows.flow.server_ip = "192.0.2.1".into();
        for (side, position, id) in list {
            let x509 = X509 { not_after: 10 * DAY, ..X509::default() };
            rows.certificates.push(FlowCertificateRow { side: (*side).into(), position: *position, ..Default::default() });
            rows.shown.push(Arc::new(Certificate { id: [*id; 32], der_bytes: 9, x509: Ok(x509) }));
        }
        rows
    }

    #[test]
    fn a_certificate_counts_once_a_flow_and_by_who_sent_it() {
        let mut part = Certificates::default();
        part.observe(&flow(DAY, &[("server", 0, 1), ("server", 1, 2), ("server", 2, 2)]));
        part.observe(&flow(11 * DAY + 1, &[("server", 0, 2), ("client", 0, 1), ("client", 1, 2)]));
        let rows = part.rows();
        let counts: Vec<_> = rows.iter().map(|row| (row.flows, row.leaf_flows, row.client_flows, row.servers)).collect();
        assert_eq!(counts, [(2, 1, 1, 1), (2, 1, 1, 1)]);
        assert_eq!(rows[0].days_left_at_capture, Some(-2)); // one day and one second ago
        assert_eq!(part.beyond(), 0);
    }
}
