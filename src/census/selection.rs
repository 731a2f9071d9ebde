//! The flows that are shown one by one, chosen so that lanes and slices agree: every choice is "the first n by a fixed
//! order", which merges in any order. Bounded by its constants, whatever the archive holds.

use super::Part;
use super::failures::Ending;
use super::first::First;
use super::totals::failed;
use crate::row::assemble::FlowRows;
use crate::row::flow::FlowRow;
use crate::row::{Codes, WildList, Word};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Flows in the sample.
pub const SAMPLE: usize = 200;
/// The slowest handshakes.
pub const SLOWEST: usize = 200;
/// Flows of one way to fail.
pub const PER_FAILURE: usize = 20;
/// Ways to fail that are kept, by outcome, step and alert; an archive has a dozen, an attacker could make thousands.
pub const FAILURES: usize = 40;
/// Flows of one rule.
pub const PER_RULE: usize = 3;
/// Rules that are kept, by id; there are some fifty.
pub const RULES: usize = 100;
/// Flows of one pair of version and cipher suite.
pub const PER_SUITE: usize = 2;
/// Pairs of version and cipher suite that are kept, by code.
pub const SUITES: usize = 60;

/// Messages kept of a flow: a full handshake has a dozen.
pub const MESSAGES: usize = 64;
/// Characters kept of a server name; the longest DNS name has 253.
pub const NAME: usize = 300;

/// Shares of the flows shown: examples of findings, failures, slowest, one of each suite; the sample fills the rest.
const SHARES_OF_TEN: [usize; 4] = [3, 3, 1, 2];
/// Makes the sample the same for every run.
const SEED: u64 = 0x746c_7363_656e_7375;

impl<K: Ord + Clone, const LIMIT: usize> First<K, FlowRows, LIMIT> {
    fn offer(&mut self, key: K, rows: &FlowRows) {
        if self.wants(&key)
            && !self.held.contains_key(&key)
            && let Some(place) = self.entry(key)
        {
            *place = shown(rows);
        }
    }

    fn merge(&mut self, other: Self) {
        for (key, rows) in other.held {
            if let Some(place) = self.entry(key) {
                *place = rows;
            }
        }
    }
}

/// By packet time, then id.
type Early = (Timestamp, Word);

/// The flows chosen so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Selection {
    #[serde(default)]
    findings: First<Word, First<Early, FlowRows, PER_RULE>, RULES>,
    failures: First<Ending, First<Early, FlowRows, PER_FAILURE>, FAILURES>,
    slowest: First<(Reverse<i64>, Word), FlowRows, SLOWEST>,
    suites: First<(u16, u16), First<Early, FlowRows, PER_SUITE>, SUITES>,
    sample: First<(u64, Word), FlowRows, SAMPLE>,
}

/// A flow and why it is shown.
#[derive(Debug, Clone)]
pub struct Chosen<'a> {
    /// Its rows, without the lists of its ClientHello and its certificates.
    pub rows: &'a FlowRows,
    /// `failed with an alert`, `slow`, `sample`, ...
    pub why: &'static str,
}

/// Why a flow that a rule speaks of is shown.
pub const FINDING: &str = "example of a finding";
/// Why a flow of a pair of version and suite is shown.
const SUITE: &str = "of its version and suite";

/// How the flows are chosen, for the reader.
pub const CHOSEN_BY: &str = "Drawn are the earliest flows of each finding, gravest first, the earliest of each way to fail, the slowest \
    handshakes, the earliest of each version with each cipher suite, and a random sample with a fixed seed. The choice is the same \
    for every run over the same captures.";

impl Part for Selection {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        let id = || flow.flow_id.clone();
        for rule in flow.findings.split(';').filter(|rule| !rule.is_empty()) {
            if !self.findings.held.contains_key(rule) {
                self.findings.entry(Word::new(rule));
            }
            if let Some(class) = self.findings.held.get_mut(rule) {
                class.offer((flow.first_utc, id()), rows);
            }
        }
        if failed(rows)
            && let Some(class) = self.failures.entry(Ending::of(rows))
        {
            class.offer((flow.first_utc, id()), rows);
        }
        if let Some(handshake) = flow.handshake_ms {
            self.slowest.offer((Reverse(handshake.0.0), id()), rows);
        }
        if let (Some(version), Some(suite)) = (flow.tls_version_code, flow.cipher_suite_code)
            && let Some(class) = self.suites.entry((version, suite))
        {
            class.offer((flow.first_utc, id()), rows);
        }
        self.sample.offer((hash(&flow.flow_id), id()), rows);
    }

    fn merge(&mut self, other: Self) {
        for (rule, flows) in other.findings.held {
            if let Some(class) = self.findings.entry(rule) {
                class.merge(flows);
            }
        }
        for (ending, flows) in other.failures.held {
            if let Some(class) = self.failures.entry(ending) {
                class.merge(flows);
            }
        }
        for (pair, flows) in other.suites.held {
            if let Some(class) = self.suites.entry(pair) {
                class.merge(flows);
            }
        }
        self.slowest.merge(other.slowest);
        self.sample.merge(other.sample);
    }
}

impl Selection {
    /// The flows held, to fill in what is known only when all captures were read, such as tshark's stream numbers. What
    /// orders them (flow_id, times, outcome, versions) must stay as it is.
    pub fn flows_mut(&mut self) -> impl Iterator<Item = &mut FlowRows> {
        let failures = self.failures.held.values_mut().flat_map(|class| class.held.values_mut());
        let suites = self.suites.held.values_mut().flat_map(|class| class.held.values_mut());
        let findings = self.findings.held.values_mut().flat_map(|class| class.held.values_mut());
        findings.chain(failures).chain(suites).chain(self.slowest.held.values_mut()).chain(self.sample.held.values_mut())
    }

    /// All flows held, and why; some twice. Failures in turn of each way to fail, the slowest, each suite, the sample.
    pub fn all(&self) -> impl Iterator<Item = Chosen<'_>> {
        let failures = self.failures.held.values().map(|class| &class.held);
        let suites = self.suites.held.values().map(|class| &class.held);
        let slowest = self.slowest.held.values().map(|rows| Chosen { rows, why: "slow" });
        let sample = self.sample.held.values().map(|rows| Chosen { rows, why: "sample" });
        in_turn(failures, why_failed).into_iter().chain(slowest).chain(in_turn(suites, |_| SUITE)).chain(sample)
    }

    /// The slowest handshakes that completed, the slowest first.
    pub fn slowest(&self) -> impl ExactSizeIterator<Item = &FlowRow> {
        self.slowest.held.values().map(|rows| &rows.flow)
    }

    /// At most `limit` flows, none twice: examples of `rules` first, in turn of each; then failures, in turn of each way to
    /// fail; then the slowest; then each suite; then the sample.
    pub fn chosen(&self, limit: usize, rules: &[&str]) -> Vec<Chosen<'_>> {
        let mut page = Shown { limit, taken: BTreeSet::new(), chosen: Vec::new() };
        let share = |at: usize| limit * SHARES_OF_TEN[at] / 10;
        let findings = rules.iter().filter_map(|rule| self.findings.held.get(*rule)).map(|class| &class.held);
        let failures = self.failures.held.values().map(|class| &class.held);
        let suites = self.suites.held.values().map(|class| &class.held);
        page.take(in_turn(findings, |_| FINDING), share(0));
        page.take(in_turn(failures, why_failed), share(1));
        page.take(self.slowest.held.values().map(|rows| Chosen { rows, why: "slow" }), share(2));
        page.take(in_turn(suites, |_| SUITE), share(3));
        page.take(self.sample.held.values().map(|rows| Chosen { rows, why: "sample" }), limit);
        page.chosen
    }
}

/// The list of [`Selection::chosen`] while it is made.
struct Shown<'a> {
    limit: usize,
    taken: BTreeSet<&'a str>,
    chosen: Vec<Chosen<'a>>,
}

impl<'a> Shown<'a> {
    /// Takes at most `share` flows that are not there yet.
    fn take(&mut self, flows: impl IntoIterator<Item = Chosen<'a>>, share: usize) {
        let until = (self.chosen.len() + share).min(self.limit);
        for flow in flows {
            if self.chosen.len() >= until {
                break;
            }
            if self.taken.insert(&flow.rows.flow.flow_id) {
                self.chosen.push(flow);
            }
        }
    }
}

/// What is kept of a flow: the lists of its ClientHello are left out, a long server name and a long tail of messages cut,
/// so that no capture makes the selection large.
fn shown(rows: &FlowRows) -> FlowRows {
    let mut flow = FlowRow {
        alpn_offered: WildList::default(),
        versions_offered: Codes::default(),
        suites_offered: Codes::default(),
        groups_offered: Codes::default(),
        key_shares: Codes::default(),
        extensions_offered: Codes::default(),
        extensions_chosen: Codes::default(),
        signature_schemes_offered: Codes::default(),
        ..rows.flow.clone()
    };
    if let Some((end, _)) = flow.sni.0.char_indices().nth(NAME) {
        flow.sni.0.truncate(end);
    }
    flow.sni.0.shrink_to_fit();
    FlowRows {
        flow,
        messages: rows.messages.iter().take(MESSAGES).cloned().collect(),
        certificates: Vec::new(),
        shown: Vec::new(),
        conversation: rows.conversation,
        addresses: rows.addresses,
    }
}

/// The first of each class, then the second of each, and so on.
fn in_turn<'a>(classes: impl Iterator<Item = &'a BTreeMap<Early, FlowRows>>, why: impl Fn(&FlowRows) -> &'static str) -> Vec<Chosen<'a>> {
    let mut turns: Vec<_> = classes.flat_map(|flows| flows.values().enumerate()).collect();
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, rows)| Chosen { rows, why: why(rows) }).collect()
}

fn why_failed(rows: &FlowRows) -> &'static str {
    match rows.flow.outcome.as_ref() {
        "alert" => "failed with an alert",
        "reset" => "failed with a reset",
        "closed" => "closed before completion",
        _ => "failed in silence",
    }
}

/// FNV-1a, then the finishing mix of SplitMix64, so that near ids lie far apart.
pub fn hash(id: &str) -> u64 {
    let mut hash = id.bytes().fold(0xcbf2_9ce4_8422_2325 ^ SEED, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_flow_is_bounded() {
        let mut rows = crate::census::tests::flows(1).remove(0);
        rows.flow.suites_offered = Codes(vec![1; 32_000]);
        rows.flow.sni.0 = "\u{20AC}".repeat(60_000);
        rows.messages = vec![Default::default(); 256];
        let mut selection = Selection::default();
        selection.observe(&rows);
        let kept = &selection.chosen(1, &[])[0].rows;
        assert!(kept.flow.suites_offered.0.is_empty() && kept.messages.len() == MESSAGES);
        assert!(kept.flow.sni.0.capacity() <= NAME * 4);
    }

    #[test]
    fn a_choice_is_bounded_without_doubles_and_names_its_reason() {
        let mut selection = Selection::default();
        crate::census::tests::flows(3_000).iter().for_each(|rows| selection.observe(rows));
        assert_eq!(selection.sample.held.len(), SAMPLE);
        assert_eq!(selection.slowest.held.len(), SLOWEST);
        assert!(selection.failures.held.len() <= FAILURES && selection.failures.held.values().all(|class| class.held.len() <= PER_FAILURE));
        let chosen = selection.chosen(200, &["protocol_tls10", "nothing"]);
        assert_eq!(chosen.len(), 200);
        assert_eq!(chosen.iter().take_while(|flow| flow.why == FINDING).count(), PER_RULE);
        assert!(chosen[0].rows.flow.findings.split(';').any(|rule| rule == "protocol_tls10"));
        let ids: BTreeSet<_> = chosen.iter().map(|flow| &flow.rows.flow.flow_id).collect();
        assert_eq!(ids.len(), 200);
        for why in ["failed with an alert", "slow", "of its version and suite", "sample"] {
            assert!(chosen.iter().any(|flow| flow.why == why), "{why}");
        }
    }
}
