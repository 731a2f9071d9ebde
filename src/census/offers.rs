//! What clients offer and servers take, code by code: `extensions.csv`, `signature_schemes.csv`, `alpn.csv`.

use super::by_code::ByCode;
use super::{Part, distinct, pairs};
use crate::row::assemble::FlowRows;
use crate::row::{Codes, Share, Wild, Word};
use crate::table;
use crate::tls::names;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

table! {
    /// An extension of hellos (IANA, TLS ExtensionType Values). GREASE values are left out.
    ExtensionRow, "extensions", key ["code"];
    /// The code point.
    code: u16,
    /// Its name; the number in hex where it has none.
    name: Word,
    /// Flows whose first ClientHello has it.
    offered_flows: u64,
    /// Flows whose ServerHello has it. In TLS 1.3 most of the server's extensions are encrypted.
    chosen_flows: u64,
    /// Share of offered_flows in the flows whose ClientHello was read, in per cent.
    pct: Share,
}

table! {
    /// A signature scheme (IANA, TLS SignatureScheme). GREASE values are left out.
    SignatureSchemeRow, "signature_schemes", key ["code"];
    /// The code point.
    code: u16,
    /// Its name; the number in hex where it has none.
    name: Word,
    /// Flows whose first ClientHello lists it in signature_algorithms.
    offered_flows: u64,
    /// Flows whose ServerKeyExchange was signed with it (TLS 1.2; in TLS 1.3 it is encrypted).
    chosen_flows: u64,
    /// Share of chosen_flows in the flows of which the scheme is known, in per cent.
    pct: Share,
}

table! {
    /// An application protocol (IANA, TLS ALPN Protocol IDs).
    AlpnRow, "alpn", key ["protocol"];
    /// The identifier as on the wire.
    protocol: Wild,
    /// The protocol's name, where IANA or common use gives one.
    name: Word,
    /// Flows whose first ClientHello lists it.
    offered_flows: u64,
    /// Flows whose server chose it in plain (TLS up to 1.2; in TLS 1.3 it is encrypted).
    chosen_flows: u64,
    /// Share of chosen_flows in the flows whose choice is plain, in per cent.
    pct: Share,
}

/// Flows that offered and that chose something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Tally {
    offered: u64,
    chosen: u64,
}

impl Tally {
    fn merge(&mut self, other: Tally) {
        self.offered += other.offered;
        self.chosen += other.chosen;
    }
}

/// Code points with their tallies.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tallies {
    /// Flows that offered any.
    offers: u64,
    /// Flows that chose any.
    choices: u64,
    codes: ByCode<Tally>,
}

impl Tallies {
    fn observe(&mut self, offered: &Codes, chosen: &[u16], any_offer: bool) {
        self.offers += u64::from(any_offer);
        self.choices += u64::from(!chosen.is_empty());
        distinct(&offered.0, |code| self.codes.entry(code).offered += 1);
        distinct(chosen, |code| self.codes.entry(code).chosen += 1);
    }

    fn merge(&mut self, other: Self) {
        self.offers += other.offers;
        self.choices += other.choices;
        for (code, theirs) in other.codes.iter() {
            self.codes.entry(code).merge(*theirs);
        }
    }
}

/// Extensions by code point.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extensions(Tallies);

impl Part for Extensions {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        self.0.observe(&flow.extensions_offered, &flow.extensions_chosen.0, flow.legacy_version_code.is_some());
    }

    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

impl Extensions {
    /// Flows whose ClientHello was read.
    pub fn offers(&self) -> u64 {
        self.0.offers
    }

    /// Flows whose ServerHello has an extension.
    pub fn choices(&self) -> u64 {
        self.0.choices
    }

    /// The table, by code point.
    pub fn rows(&self) -> Vec<ExtensionRow> {
        let row = |(code, tally): (u16, &Tally)| ExtensionRow {
            code,
            name: names::extension(code).map_or_else(|| format!("0x{code:04x}").into(), Word::from),
            offered_flows: tally.offered,
            chosen_flows: tally.chosen,
            pct: Share::percent(tally.offered, self.0.offers),
        };
        self.0.codes.iter().map(row).collect()
    }
}

/// Signature schemes by code point.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignatureSchemes(Tallies);

impl Part for SignatureSchemes {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        self.0.observe(&flow.signature_schemes_offered, flow.signature_scheme_code.as_slice(), flow.legacy_version_code.is_some());
    }

    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

impl SignatureSchemes {
    /// The table, by code point.
    pub fn rows(&self) -> Vec<SignatureSchemeRow> {
        let row = |(code, tally): (u16, &Tally)| SignatureSchemeRow {
            code,
            name: names::signature_scheme(code).map_or_else(|| format!("0x{code:04x}").into(), |scheme| scheme.name.into()),
            offered_flows: tally.offered,
            chosen_flows: tally.chosen,
            pct: Share::percent(tally.chosen, self.0.choices),
        };
        self.0.codes.iter().map(row).collect()
    }
}

/// Application protocols that are kept, at most, beside the known ones: the first by their bytes, whatever the order of
/// flows. One takes up to 300 bytes.
const MAX_UNKNOWN: usize = 10_000;

/// Application protocols: (unknown, identifier), so that the known ones come first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Alpn {
    choices: u64,
    #[serde(with = "pairs")]
    protocols: BTreeMap<(bool, Wild), Tally>,
}

impl Part for Alpn {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        for protocol in flow.alpn_offered.0.iter().collect::<BTreeSet<_>>() {
            self.add(key(protocol), Tally { offered: 1, chosen: 0 });
        }
        if !flow.alpn.0.is_empty() {
            self.choices += 1;
            self.add(key(&flow.alpn), Tally { offered: 0, chosen: 1 });
        }
    }

    fn merge(&mut self, other: Self) {
        self.choices += other.choices;
        for (protocol, tally) in other.protocols {
            self.add(protocol, tally);
        }
    }
}

fn key(protocol: &Wild) -> (bool, Wild) {
    (names::alpn(protocol.0.as_bytes()).is_none(), protocol.clone())
}

impl Alpn {
    fn add(&mut self, protocol: (bool, Wild), tally: Tally) {
        let bound = MAX_UNKNOWN + names::ALPN_PROTOCOLS.len() + names::EXTRA_ALPN_PROTOCOLS.len();
        self.protocols.entry(protocol).or_default().merge(tally);
        if self.protocols.len() > bound {
            self.protocols.pop_last();
        }
    }

    /// Flows whose choice is plain.
    pub fn choices(&self) -> u64 {
        self.choices
    }

    /// The table: known protocols, then the others, by identifier.
    pub fn rows(&self) -> Vec<AlpnRow> {
        let row = |((_, protocol), tally): (&(bool, Wild), &Tally)| AlpnRow {
            protocol: protocol.clone(),
            name: names::alpn(protocol.0.as_bytes()).unwrap_or_default().into(),
            offered_flows: tally.offered,
            chosen_flows: tally.chosen,
            pct: Share::percent(tally.chosen, self.choices),
        };
        self.protocols.iter().map(row).collect()
    }
}
