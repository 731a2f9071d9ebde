//! `versions.csv`: protocol versions, offered and chosen.

use super::by_code::ByCode;
use super::{Part, distinct};
use crate::row::assemble::FlowRows;
use crate::row::{Share, Word};
use crate::table;
use crate::tls::hello::is_tls13;
use crate::tls::names;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

table! {
    /// A protocol version that a client offered or a server chose.
    VersionRow, "versions", key ["code"];
    /// The code point: 772 is TLS 1.3 (0x0304).
    code: u16,
    /// Its name; the number in hex where it has none.
    name: Word,
    /// Flows whose first ClientHello offers it: in supported_versions (GREASE values left out), else as its legacy_version, which stands for the highest.
    offered_flows: u64,
    /// Flows whose server chose it.
    chosen_flows: u64,
    /// Share of chosen_flows in the flows whose server chose any version, in per cent.
    pct: Share,
}

/// A version by its age, whatever it runs over; the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Era {
    /// TLS 1.3 and DTLS 1.3, with their drafts and experiments.
    Tls13,
    /// TLS 1.2 and DTLS 1.2.
    Tls12,
    /// TLS 1.1, DTLS 1.0 and all before them: prohibited (RFC 6176, RFC 7568) or deprecated (RFC 8996).
    Old,
    /// None of these.
    Other,
}

/// The age of a version.
pub fn era(code: u16) -> Era {
    match code {
        _ if is_tls13(code) => Era::Tls13,
        0x0303 | 0xfefd => Era::Tls12,
        0x0002 | 0x0100 | 0x0300..=0x0302 | 0xfeff => Era::Old,
        _ => Era::Other,
    }
}

/// Orders versions by age, the oldest first: DTLS counts down, and drafts of TLS 1.3 have larger numbers than TLS 1.3.
pub fn by_age(code: u16) -> (Reverse<Era>, bool, u16, u16) {
    let final_13 = matches!(code, 0x0304 | 0xfefc);
    let is_dtls = code >= 0xfe00;
    (Reverse(era(code)), final_13, if is_dtls { u16::MAX - code } else { code }, code)
}

/// Flows that offered and that chose a code point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Flows that offered it.
    pub offered: u64,
    /// Flows that chose it.
    pub chosen: u64,
}

/// Versions by code point.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Versions {
    /// Flows whose ClientHello was read.
    pub offers: u64,
    /// Flows whose ServerHello was read.
    pub choices: u64,
    tallies: ByCode<Tally>,
}

impl Part for Versions {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        // Of a ClientHello whose end is missing the list may be there, the legacy version is not.
        let listed = if flow.versions_offered.0.is_empty() { flow.legacy_version_code.as_slice() } else { &flow.versions_offered.0 };
        self.offers += u64::from(!listed.is_empty());
        distinct(listed, |code| self.tallies.entry(code).offered += 1);
        if let Some(code) = flow.tls_version_code {
            self.choices += 1;
            self.tallies.entry(code).chosen += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.offers += other.offers;
        self.choices += other.choices;
        for (code, theirs) in other.tallies.iter() {
            let ours = self.tallies.entry(code);
            ours.offered += theirs.offered;
            ours.chosen += theirs.chosen;
        }
    }
}

impl Versions {
    /// The table, by code point.
    pub fn rows(&self) -> Vec<VersionRow> {
        let row = |(code, tally): (u16, &Tally)| VersionRow {
            code,
            name: names::version(code).map_or_else(|| format!("0x{code:04x}").into(), Word::from),
            offered_flows: tally.offered,
            chosen_flows: tally.chosen,
            pct: Share::percent(tally.chosen, self.choices),
        };
        self.tallies.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Codes;

    #[test]
    fn versions_have_an_age() {
        let oldest_first = [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x7f1c, 0x0304];
        assert!(oldest_first.windows(2).all(|pair| by_age(pair[0]) < by_age(pair[1])));
        assert!([0xfeff, 0xfefd, 0xfefc].windows(2).all(|pair| by_age(pair[0]) < by_age(pair[1])));
        let check = |code, is| assert_eq!(era(code), is, "{code:#06x}");
        check(0x0302, Era::Old);
        check(0xfeff, Era::Old);
        check(0xfefd, Era::Tls12);
        check(0x7f1c, Era::Tls13);
        check(0x0101, Era::Other);
    }

    #[test]
    fn offered_is_the_extension_else_the_legacy_version() {
        let mut versions = Versions::default();
        let mut rows = FlowRows::default();
        versions.observe(&rows);
        rows.flow.legacy_version_code = Some(0x0303);
        versions.observe(&rows);
        rows.flow.versions_offered = Codes(vec![0x1a1a, 0x0304, 0x0304]);
        rows.flow.tls_version_code = Some(0x0304);
        versions.observe(&rows);
        // Of a cut ClientHello, whose legacy version is not told.
        rows.flow.legacy_version_code = None;
        rows.flow.tls_version_code = None;
        versions.observe(&rows);
        let rows: Vec<_> = versions.rows().into_iter().map(|row| (row.code, row.offered_flows, row.chosen_flows)).collect();
        assert_eq!(rows, [(0x0303, 1, 0), (0x0304, 2, 1)]);
        assert_eq!((versions.offers, versions.choices), (3, 1));
    }
}
