//! `cipher_suites.csv`: cipher suites, offered and chosen, and what they are worth.

use super::bounded::Distinct;
use super::by_code::ByCode;
use super::{Part, Server, distinct, policies, server};
use crate::row::assemble::FlowRows;
use crate::row::{Share, Word};
use crate::table;
use crate::time::Timestamp;
use crate::tls::names::{self, CIPHER_SUITES, CipherSuite, EXTRA_CIPHER_SUITES, Recommended};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Pairs of suite and server that are counted exactly; with as many or more, servers are estimated. One takes 40 bytes.
const MAX_SERVERS: usize = 1 << 19;

table! {
    /// A cipher suite that a client offered or a server chose.
    CipherSuiteRow, "cipher_suites", key ["code"];
    /// The code point as a number. GREASE values are left out.
    code: u16,
    /// The same in hex, `0x1301`.
    code_hex: Word,
    /// IANA's name, or that of its first user where IANA has none. Empty: unknown.
    name: Word,
    /// OpenSSL's name. Empty: it has none.
    openssl_name: Word,
    /// Key exchange. Empty in TLS 1.3, where groups and PSK modes decide, and for signalling values.
    kx: Word,
    /// How the server proves itself. Empty in TLS 1.3, where the signature schemes decide, and for signalling values.
    auth: Word,
    /// Bulk cipher, key bits and mode: `AES_128_GCM`.
    cipher: Word,
    /// Record protection: `AEAD` or the hash of the MAC.
    mac: Word,
    /// Whether it encrypts and authenticates in one algorithm. Empty: unknown, or a signalling value.
    aead: Option<bool>,
    /// Whether its key exchange is ephemeral. Empty: unknown, or a signalling value.
    forward_secret: Option<bool>,
    /// IANA's column Recommended: `Y`, `N` or `D` (discouraged). Empty: IANA did not assign it.
    iana_recommended: Word,
    /// Whether NIST SP 800-52 Rev. 2 (August 2019) lists it for servers with certificates or for TLS 1.3. Empty: unknown, or a signalling value.
    nist_sp800_52r2: Option<bool>,
    /// Whether BSI TR-02102-2 (2024-01) recommends it with certificates or for TLS 1.3. Empty as before.
    bsi_tr_02102_2: Option<bool>,
    /// Whether it is in the modern configuration of Mozilla's Server Side TLS 5.8. Empty as before.
    mozilla_modern: Option<bool>,
    /// Whether it is in its intermediate one. Empty as before.
    mozilla_intermediate: Option<bool>,
    /// Whether it is in its old one. Empty as before.
    mozilla_old: Option<bool>,
    /// `insecure` (no encryption, no authentication, export grade, RC4, RC2, DES, MD5), `recommended` (IANA says Y), `weak` (no forward
    /// secrecy, 64-bit blocks, CBC with SHA-1, IANA says D), `secure` (the rest) or `unknown`; the first that fits. Empty: a signalling value.
    rating: Word,
    /// Flows whose first ClientHello lists it.
    offered_flows: u64,
    /// Flows whose server chose it.
    chosen_flows: u64,
    /// Share of chosen_flows in the flows whose server chose any suite, in per cent.
    chosen_pct: Share,
    /// Distinct servers (address and port) that chose it. Exact in runs with fewer than 524,288 pairs of suite and server, else an estimate, as a rule less than 5 % off where it is above 10,000.
    servers: u64,
    /// First packet of the earliest flow that chose it. Empty: never chosen.
    first_utc: Option<Timestamp>,
    /// First packet of the latest flow that chose it. Empty: never chosen.
    last_utc: Option<Timestamp>,
}

/// What is kept of a suite.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Tally {
    offered: u64,
    chosen: u64,
    /// First packet of the earliest and of the latest flow that chose it.
    seen: Option<(Timestamp, Timestamp)>,
}

/// Suites by code point.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CipherSuites {
    /// Flows whose ClientHello was read.
    pub offers: u64,
    /// Flows whose ServerHello was read.
    pub choices: u64,
    tallies: ByCode<Tally>,
    servers: Distinct<(u16, Server), MAX_SERVERS>,
}

impl Part for CipherSuites {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        self.offers += u64::from(flow.suites_offered_count.is_some());
        distinct(&flow.suites_offered.0, |code| self.tallies.entry(code).offered += 1);
        if let Some(code) = flow.cipher_suite_code {
            self.choices += 1;
            let tally = self.tallies.entry(code);
            tally.chosen += 1;
            if let Some(server) = server(rows) {
                self.servers.add((code, server));
            }
            tally.seen = both(tally.seen, Some((flow.first_utc, flow.first_utc)));
        }
    }

    fn merge(&mut self, other: Self) {
        self.offers += other.offers;
        self.choices += other.choices;
        self.servers.merge(other.servers);
        for (code, theirs) in other.tallies.iter() {
            let ours = self.tallies.entry(code);
            ours.offered += theirs.offered;
            ours.chosen += theirs.chosen;
            ours.seen = both(ours.seen, theirs.seen);
        }
    }
}

/// The earlier of the firsts and the later of the lasts.
fn both(ours: Option<(Timestamp, Timestamp)>, theirs: Option<(Timestamp, Timestamp)>) -> Option<(Timestamp, Timestamp)> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some((ours.0.min(theirs.0), ours.1.max(theirs.1))),
        (one, None) | (None, one) => one,
    }
}

impl CipherSuites {
    /// The table, by code point.
    pub fn rows(&self) -> Vec<CipherSuiteRow> {
        let (servers, _) = self.servers.counts(|(code, _)| *code);
        let row = |(code, tally): (u16, &Tally)| CipherSuiteRow {
            servers: servers.get(&code).copied().unwrap_or_default().min(tally.chosen),
            ..self.row(code, tally)
        };
        self.tallies.iter().map(row).collect()
    }

    fn row(&self, code: u16, tally: &Tally) -> CipherSuiteRow {
        let counts = CipherSuiteRow {
            code,
            code_hex: format!("0x{code:04x}").into(),
            rating: rating(code).into(),
            offered_flows: tally.offered,
            chosen_flows: tally.chosen,
            chosen_pct: Share::percent(tally.chosen, self.choices),
            first_utc: tally.seen.map(|seen| seen.0),
            last_utc: tally.seen.map(|seen| seen.1),
            ..CipherSuiteRow::default()
        };
        let Some(suite) = names::cipher_suite(code) else { return counts };
        let tells = !suite.is_signaling();
        CipherSuiteRow {
            name: suite.name.into(),
            openssl_name: suite.openssl_name.into(),
            kx: suite.kx.into(),
            auth: suite.auth.into(),
            cipher: cipher(suite).into(),
            mac: suite.mac.into(),
            aead: tells.then_some(suite.aead),
            forward_secret: tells.then_some(suite.forward_secret),
            iana_recommended: if suite.is_registered() { suite.recommended.as_str().into() } else { Word::default() },
            nist_sp800_52r2: tells.then(|| policies::nist_sp800_52r2(suite)),
            bsi_tr_02102_2: tells.then(|| policies::bsi_tr_02102_2(suite)),
            mozilla_modern: tells.then(|| policies::mozilla_modern(suite)),
            mozilla_intermediate: tells.then(|| policies::mozilla_intermediate(suite)),
            mozilla_old: tells.then(|| policies::mozilla_old(suite)),
            ..counts
        }
    }
}

/// `AES_128_GCM`, `3DES_168_CBC`, `CHACHA20_256_POLY1305`, `NULL`.
fn cipher(suite: &CipherSuite) -> String {
    let bits = if suite.key_bits == 0 { String::new() } else { format!("_{}", suite.key_bits) };
    let mode = if suite.mode.is_empty() || suite.mode == "stream" { String::new() } else { format!("_{}", suite.mode.to_uppercase()) };
    format!("{}{bits}{mode}", suite.cipher)
}

/// The word in the column `rating`, which every suite of every ClientHello is asked for.
pub fn rating(code: u16) -> &'static str {
    static RATINGS: LazyLock<HashMap<u16, &str>> =
        LazyLock::new(|| CIPHER_SUITES.iter().chain(EXTRA_CIPHER_SUITES).map(|suite| (suite.code, rate(suite))).collect());
    RATINGS.get(&code).copied().unwrap_or("unknown")
}

/// The column's sentence is the rule.
fn rate(suite: &CipherSuite) -> &'static str {
    if suite.is_signaling() {
        return "";
    }
    let broken_cipher = matches!(suite.cipher, "NULL" | "RC4" | "RC2" | "DES");
    let broken_mac = matches!(suite.mac, "NULL" | "MD5");
    let anonymous = matches!(suite.auth, "anon" | "NULL") || suite.kx.ends_with("anon");
    if broken_cipher || broken_mac || anonymous || suite.is_export() {
        return "insecure";
    }
    if suite.is_registered() && suite.recommended == Recommended::Yes {
        return "recommended";
    }
    let small_blocks = matches!(suite.cipher, "3DES" | "IDEA" | "MAGMA" | "28147_CNT" | "SKIPJACK");
    let sha1_cbc = suite.mode == "CBC" && suite.mac == "SHA";
    if !suite.forward_secret || small_blocks || sha1_cbc || suite.recommended == Recommended::Discouraged {
        return "weak";
    }
    "secure"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings() {
        let check = |code, word| assert_eq!(rating(code), word, "{code:#06x}");
        check(0x0000, "insecure"); // NULL
        check(0x0003, "insecure"); // export
        check(0x0005, "insecure"); // RC4
        check(0x0018, "insecure"); // anonymous
        check(0x000a, "weak"); // 3DES
        check(0xc013, "weak"); // ECDHE, CBC with SHA-1
        check(0x009c, "weak"); // RSA key exchange
        check(0xc027, "secure"); // ECDHE, CBC with SHA-256
        check(0x1301, "recommended");
        check(0xc02f, "recommended");
        check(0x00ff, ""); // signalling
        check(0xeeee, "unknown");
    }

    #[test]
    fn a_suite_is_counted_once_a_flow_and_its_servers_once() {
        let mut suites = CipherSuites::default();
        let mut rows = FlowRows::default();
        rows.flow.server_ip = "192.0.2.1".into();
        rows.flow.suites_offered.0 = vec![0x0a0a, 0x1301, 0x1301, 0x00ff];
        rows.flow.cipher_suite_code = Some(0x1301);
        suites.observe(&rows);
        suites.observe(&rows);
        let rows = suites.rows();
        assert_eq!(rows.iter().map(|row| row.code).collect::<Vec<_>>(), [0x00ff, 0x1301]);
        assert_eq!((rows[1].offered_flows, rows[1].chosen_flows, rows[1].servers), (2, 2, 1));
        assert_eq!((rows[1].cipher.as_ref(), rows[0].forward_secret), ("AES_128_GCM", None));
    }
}
