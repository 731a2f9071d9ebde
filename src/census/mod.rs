//! The census: what many flows come to, as counts that merge. It takes rows and gives rows; it knows no packet, no file
//! and no page.
//!
//! Every part keeps plain integers: [`Part::merge`] is associative and commutative with `Default` as identity, so that
//! lanes, slices and machines may be merged in any order. Nothing is cut, rounded or ranked inside; shares, quantiles
//! and the choice of the first few come in the finishing functions. One test asks these laws of every part.
//!
//! A new part is a file and a line in the list below; a new table also a line in `report::tables`.

pub mod agreed;
pub mod bounded;
pub mod by_code;
pub mod certificates;
pub mod cipher_suites;
pub mod clients;
pub mod exchange;
pub mod failures;
pub mod few;
pub mod findings;
pub mod first;
pub mod flights;
pub mod glance;
pub mod groups;
pub mod histogram;
pub mod keyed;
pub mod losses;
pub mod members;
pub mod mss;
pub mod offers;
pub mod pairs;
pub mod policies;
pub mod quantiles;
pub mod ranks;
pub mod segmentation;
pub mod selection;
pub mod servers;
pub mod steps;
pub mod timeline;
pub mod totals;
pub mod versions;

use crate::row::Word;
use crate::row::assemble::FlowRows;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// A part of the census: an accumulator over flows that merges.
pub trait Part: Default + Clone + Serialize + DeserializeOwned {
    /// Counts one finished flow.
    fn observe(&mut self, rows: &FlowRows);
    /// Takes in what another accumulator saw. Associative and commutative; `Self::default()` is the identity.
    fn merge(&mut self, other: Self);
}

macro_rules! parts {
    ($($(#[doc = $doc:literal])+ $name:ident : $type:ty,)+) => {
        /// Everything that is counted over flows.
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Census {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        impl Census {
            /// Counts one finished flow in every part.
            pub fn observe(&mut self, rows: &FlowRows) {
                $(self.$name.observe(rows);)+
            }

            /// Takes in what another census saw: part by part.
            pub fn merge(&mut self, other: Census) {
                $(self.$name.merge(other.$name);)+
            }

            /// The same with the parts side by side, on the threads of the pool that it is called in. Whoever waits for them
            /// may begin with other work of the pool: so not while a lock is held.
            pub fn merge_side_by_side(&mut self, other: Census) {
                let Census { $($name),+ } = self;
                rayon::scope(|scope| {
                    $(scope.spawn(move |_| $name.merge(other.$name));)+
                });
            }
        }

        #[cfg(test)]
        mod laws {
            #[test]
            fn every_part_merges_in_any_order() {
                use super::*;
                $(tests::laws::<$type>();)+
            }
        }
    };
}

parts! {
    /// Sums over all flows.
    totals: totals::Totals,
    /// Protocol versions.
    versions: versions::Versions,
    /// Cipher suites.
    cipher_suites: cipher_suites::CipherSuites,
    /// Versions and cipher suites together.
    agreed: agreed::Agreed,
    /// Groups for key exchange.
    groups: groups::Groups,
    /// Places of the chosen suite in the client's list.
    ranks: ranks::Ranks,
    /// Key exchange from offer to choice.
    exchange: exchange::Exchange,
    /// Extensions.
    extensions: offers::Extensions,
    /// Signature schemes.
    signature_schemes: offers::SignatureSchemes,
    /// Application protocols.
    alpn: offers::Alpn,
    /// Servers.
    servers: servers::Servers,
    /// Clients by fingerprint.
    clients: clients::Clients,
    /// Flows over time.
    timeline: timeline::Timeline,
    /// How times and sizes are spread.
    quantiles: quantiles::Quantiles,
    /// Certificates.
    certificates: certificates::Certificates,
    /// How messages are cut into segments.
    segmentation: segmentation::Segmentation,
    /// Records by segments, and flights against the initial window.
    flights: flights::Flights,
    /// Maximum segment sizes.
    mss: mss::MssDistribution,
    /// How and where handshakes end.
    failures: failures::Failures,
    /// What rules found in flows.
    findings: findings::Findings,
    /// The flows that are shown one by one.
    selection: selection::Selection,
    /// The flows of the flow explorer that are not among them.
    glances: glance::Glances,
}

impl Census {
    /// Whether it holds so much of servers or clients that threads should not each hold as much.
    pub fn is_large(&self) -> bool {
        self.servers.is_large() || self.clients.is_large()
    }

    /// Flows (of certificates: times that one was shown; of MSS values: messages) whose details are not kept, by the name of the
    /// loss.
    pub fn beyond_bounds(&self) -> [(&'static str, u64); 6] {
        [
            ("certificates_beyond_bound", self.certificates.beyond()),
            ("servers_beyond_bound", self.servers.beyond()),
            ("fingerprints_beyond_bound", self.clients.beyond()),
            ("versions_beyond_bound", self.timeline.beyond()),
            ("suites_by_version_beyond_bound", self.agreed.beyond()),
            ("mss_beyond_bound", self.segmentation.beyond()),
        ]
    }
}

/// A server: where it listens.
pub type Server = (IpAddr, u16);

/// The server of a flow; none where the address is not one (rows that were read back from elsewhere).
fn server(rows: &FlowRows) -> Option<Server> {
    let ip = rows.addresses.map(|[_, server]| server).or_else(|| rows.flow.server_ip.parse().ok());
    ip.map(|ip| (ip, rows.flow.server_port))
}

/// The address of its client, with the same exception.
fn client(rows: &FlowRows) -> Option<IpAddr> {
    rows.addresses.map(|[client, _]| client).or_else(|| rows.flow.client_ip.parse().ok())
}

/// `192.0.2.1:443`, `[2001:db8::1]:443`.
fn server_text(server: Server) -> Word {
    Word::of(SocketAddr::from(server))
}

/// Lists up to this length are searched for doubles in place, which is less than sorting a copy.
const SHORT: usize = 64;

/// Hands out the distinct code points of a list without GREASE (RFC 8701): a code counts once a flow.
fn distinct(codes: &[u16], mut each: impl FnMut(u16)) {
    let counts = |code: &u16| !crate::tls::names::is_grease(*code);
    if codes.len() <= SHORT {
        for (at, code) in codes.iter().enumerate().filter(|(_, code)| counts(code)) {
            if !codes[..at].contains(code) {
                each(*code);
            }
        }
    } else {
        let mut codes: Vec<u16> = codes.iter().copied().filter(counts).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.into_iter().for_each(each);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::row::flow::FlowCertificateRow;
    use crate::row::message::MessageRow;
    use crate::row::{Codes, Millis, Wild, WildList, Word};
    use crate::time::{Span, Timestamp};
    use crate::tls::certificate::{Certificate, X509};
    use std::sync::Arc;

    /// Flows of every sort, the same for every run: a linear congruential generator picks the values.
    pub fn flows(count: u64) -> Vec<FlowRows> {
        let mut state = 7u64;
        let mut pick = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut flows = Vec::new();
        for number in 0..count {
            let mut rows = FlowRows::default();
            let flow = &mut rows.flow;
            flow.flow_id = format!("f{:016x}", number * 0x9e37).into();
            flow.capture_id = "c000000000001".into();
            flow.server_ip = ["192.0.2.1", "192.0.2.2", "2001:db8::1"][pick(3) as usize].into();
            flow.server_port = [443, 8443][pick(2) as usize];
            flow.client_ip = "198.51.100.7".into();
            flow.client_port = 50_000 + number as u16;
            flow.first_utc = Timestamp(pick(1_000_000_000) as i64);
            flow.sni = Wild(["example.com", "=1+1", ""][pick(3) as usize].into());
            let versions = [None, Some(0x0301u16), Some(0x0303), Some(0x0304)];
            flow.tls_version_code = versions[pick(4) as usize];
            flow.tls_version = flow.tls_version_code.and_then(crate::tls::names::version).map_or_else(Word::default, Word::from);
            flow.legacy_version_code = [None, Some(0x0303)][pick(2) as usize];
            flow.versions_offered = Codes(vec![0x0a0a, 0x0304, 0x0303]);
            flow.suites_offered = Codes((0..pick(6)).map(|_| 0x1301 + pick(5) as u16).collect());
            flow.cipher_suite_code = [None, Some(0x1301), Some(0x000a), Some(0xeeee)][pick(4) as usize];
            flow.extensions_offered = Codes(vec![0, 10 + pick(3) as u16, 0x0a0a]);
            flow.extensions_chosen = Codes(vec![10]);
            flow.signature_schemes_offered = Codes(vec![0x0403, 0x0804]);
            flow.signature_scheme_code = [None, Some(0x0403)][pick(2) as usize];
            flow.alpn_offered = WildList(["h2", "own"][..pick(3) as usize].iter().map(|id| Wild((*id).into())).collect());
            flow.alpn = Wild(["", "h2"][pick(2) as usize].into());
            flow.ja4 = ["", "t13d", "t12i"][pick(3) as usize].into();
            flow.groups_offered = Codes(vec![0x2a2a, 0x001d, 0x11ec]);
            flow.key_shares = Codes(vec![0x001d]);
            flow.kx_group_code = [None, Some(0x001d)][pick(2) as usize];
            flow.outcome = ["completed", "alert", "reset", "closed", "timeout", "gap", "not_judged"][pick(7) as usize].into();
            flow.last_step = [None, Some(2), Some(3), Some(11)][pick(4) as usize];
            flow.alert_code = [None, Some(40), Some(48)][pick(3) as usize];
            flow.alert_from = ["", "client", "server"][pick(3) as usize].into();
            flow.handshake_ms = [None, Some(Millis(Span(pick(50) as i64 * 1_000_000)))][pick(2) as usize];
            flow.mss_client_bytes = [None, Some(1460), Some(536)][pick(3) as usize];
            flow.mss_server_bytes = [None, Some(1460)][pick(2) as usize];
            flow.starts_midway = pick(9) == 0;
            for position in 0..pick(3) as u32 {
                let id = [pick(7) as u8; 32];
                // A certificate is a function of its digest.
                let x509 = X509 { subject: vec![id[0]], not_after: id[0].into(), ..X509::default() };
                let x509 = if id[0] < 3 { Err("der") } else { Ok(x509) };
                let side = ["server", "client"][pick(2) as usize];
                rows.certificates.push(FlowCertificateRow { side: side.into(), position, ..FlowCertificateRow::default() });
                rows.shown.push(Arc::new(Certificate { id, der_bytes: 700, x509 }));
            }
            flow.gap_bytes = pick(3) * 100;
            for seq in 0..pick(5) as u32 {
                let (name, code, step) = [("client_hello", 1, 2), ("certificate", 11, 4), ("server_hello", 2, 3)][pick(3) as usize];
                rows.messages.push(MessageRow {
                    flow_id: rows.flow.flow_id.clone(),
                    seq: seq + 1,
                    step,
                    layer: "handshake".into(),
                    message: name.into(),
                    message_code: Some(code),
                    direction: if code == 1 { "client" } else { "server" }.into(),
                    state: ["seen", "encrypted", "partial"][pick(3) as usize].into(),
                    bytes: pick(5_000),
                    segments: 1 + pick(9) as u32,
                    records: 1 + pick(2) as u32,
                    ..MessageRow::default()
                });
            }
            rows.flow.findings = findings::Rules::default().judge(&rows);
            flows.push(rows);
        }
        flows
    }

    fn part<P: Part>(flows: &[FlowRows]) -> P {
        let mut part = P::default();
        flows.iter().for_each(|rows| part.observe(rows));
        part
    }

    fn text<P: Part>(part: &P) -> String {
        serde_json::to_string(part).unwrap()
    }

    fn merged<P: Part>(mut left: P, right: P) -> P {
        left.merge(right);
        left
    }

    /// What every part promises: identity, commutativity, associativity, the same from any cut and any order, and the
    /// same again after writing and reading.
    pub fn laws<P: Part>() {
        let flows = flows(600);
        let whole = text(&part::<P>(&flows));
        let (a, b, c) = (part::<P>(&flows[..150]), part::<P>(&flows[150..400]), part::<P>(&flows[400..]));
        assert_eq!(text(&merged(P::default(), a.clone())), text(&a), "identity on the left");
        assert_eq!(text(&merged(a.clone(), P::default())), text(&a), "identity on the right");
        assert_eq!(text(&merged(merged(a.clone(), b.clone()), c.clone())), whole, "left first");
        assert_eq!(text(&merged(a.clone(), merged(b.clone(), c.clone()))), whole, "right first");
        assert_eq!(text(&merged(merged(c.clone(), a.clone()), b.clone())), whole, "another order");
        let mut backwards = flows.clone();
        backwards.reverse();
        assert_eq!(text(&part::<P>(&backwards)), whole, "order of observation");
        assert_eq!(text(&serde_json::from_str::<P>(&whole).unwrap()), whole, "written and read");
    }

    #[test]
    fn codes_count_once_and_grease_never() {
        let check = |codes: &[u16], expected: &[u16]| {
            let mut seen = Vec::new();
            distinct(codes, |code| seen.push(code));
            seen.sort_unstable();
            assert_eq!(seen, expected, "{codes:?}");
        };
        check(&[0x1302, 0x0a0a, 0x1301, 0x1302], &[0x1301, 0x1302]);
        check(&[], &[]);
        check(&[[0x1302, 0x0a0a, 0x1301].as_slice(); 40].concat(), &[0x1301, 0x1302]);
        assert_eq!(server_text(("2001:db8::1".parse().unwrap(), 443)), "[2001:db8::1]:443");
    }
}
