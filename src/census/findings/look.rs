//! A flow as rules look at it: its rows, and what the registries say of its code points, looked up once.

use crate::row::assemble::FlowRows;
use crate::row::flow::FlowRow;
use crate::tls::names::{self, CipherSuite, Group, SignatureScheme};

/// TLS 1.2.
pub const TLS12: u16 = 0x0303;
/// TLS 1.3.
pub const TLS13: u16 = 0x0304;

/// A flow and what its code points mean.
pub struct Look<'a> {
    /// Its rows.
    pub rows: &'a FlowRows,
    /// The suite that was chosen.
    pub suite: Option<&'static CipherSuite>,
    /// The group of the key exchange.
    pub group: Option<&'static Group>,
    /// The scheme that signed the ServerKeyExchange.
    pub scheme: Option<&'static SignatureScheme>,
    /// The suites that the client offers, signals and unknown ones left out.
    pub offers: Vec<&'static CipherSuite>,
}

impl<'a> Look<'a> {
    /// Looks everything up.
    pub fn new(rows: &'a FlowRows) -> Self {
        let flow = &rows.flow;
        let offers = flow.suites_offered.0.iter().filter_map(|code| names::cipher_suite(*code));
        Look {
            rows,
            suite: flow.cipher_suite_code.and_then(names::cipher_suite),
            group: flow.kx_group_code.and_then(names::group),
            scheme: flow.signature_scheme_code.and_then(names::signature_scheme),
            offers: offers.filter(|suite| !suite.is_signaling()).collect(),
        }
    }

    /// The row of flows.csv.
    pub fn flow(&self) -> &'a FlowRow {
        &self.rows.flow
    }

    /// Whether this version was agreed on.
    pub fn version(&self, code: u16) -> bool {
        self.flow().tls_version_code == Some(code)
    }

    /// Whether the chosen suite is such.
    pub fn chose(&self, such: impl Fn(&CipherSuite) -> bool) -> bool {
        self.suite.is_some_and(such)
    }

    /// The newest version that the client offers. Empty: no ClientHello seen.
    pub fn newest_offered(&self) -> Option<u16> {
        let flow = self.flow();
        let listed = flow.versions_offered.0.iter().copied().filter(|code| !names::is_grease(*code)).map(ordinal).max();
        listed.or(flow.legacy_version_code.map(ordinal))
    }
}

/// DTLS counts down (0xfeff is 1.0, 0xfefd is 1.2); drafts of TLS 1.3 count as it.
fn ordinal(code: u16) -> u16 {
    match code {
        0xfeff => 0x0302, // RFC 6347: DTLS 1.0 is TLS 1.1 over datagrams
        0xfefd => TLS12,
        0xfefc => TLS13,
        code if crate::tls::hello::is_tls13(code) => TLS13,
        code => code,
    }
}
