//! Rules on what a handshake agreed on: version, cipher, key exchange, signature.

use super::look::{Look, TLS12, TLS13};
use super::rule::{Check, Rule, Severity, Subject, Threshold};
use crate::census::cipher_suites::rating;
use crate::tls::names::CipherSuite;

fn version_and_suite(look: &Look<'_>) -> String {
    format!("{} with {}", look.flow().tls_version, look.flow().cipher_suite)
}

fn suite(look: &Look<'_>) -> String {
    look.flow().cipher_suite.clone().into_owned()
}

fn group(look: &Look<'_>) -> String {
    format!("group {} with {}", look.flow().kx_group, look.flow().cipher_suite)
}

const NEWER: &str = "Bring the server to TLS 1.2 and TLS 1.3 and switch older versions off. Clients that can do no better are listed under the rule old_versions_offered.";
const SUITES: &str = "Offer suites with ECDHE and AES-GCM or ChaCha20-Poly1305 alone, on the server first.";
const BY_SERVER_HELLO: &str = "By the version in the ServerHello, supported_versions before the legacy field.";
const BY_SUITE: &str = "By the cipher suite in the ServerHello.";

const fn at_server(raised: super::rule::Raised, evidence: super::rule::Evidence) -> Check {
    Check::Flow(Subject::Server, raised, evidence)
}

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "protocol_ssl2",
        severity: Severity::Critical,
        title: "SSL 2.0 agreed on",
        why: "SSL 2.0 authenticates nothing of its handshake and can be broken by anyone on the way; it also breaks newer versions that use the same key (DROWN).",
        advice: NEWER,
        decided: BY_SERVER_HELLO,
        threshold: None,
        source: "RFC 6176 (March 2011): SSL 2.0 must not be used",
        check: at_server(|look, _| look.version(0x0002), version_and_suite),
    },
    Rule {
        id: "protocol_ssl3",
        severity: Severity::Critical,
        title: "SSL 3.0 agreed on",
        why: "Its CBC padding is not covered by the MAC, so that cookies can be read byte by byte (POODLE), and it knows no better cipher than RC4.",
        advice: NEWER,
        decided: BY_SERVER_HELLO,
        threshold: None,
        source: "RFC 7568 (June 2015): SSL 3.0 must not be used",
        check: at_server(|look, _| look.version(0x0300), version_and_suite),
    },
    Rule {
        id: "protocol_tls10",
        severity: Severity::High,
        title: "TLS 1.0 agreed on",
        why: "TLS 1.0 knows no authenticated encryption, signs with MD5 and SHA-1 and chains CBC blocks over records (BEAST).",
        advice: NEWER,
        decided: BY_SERVER_HELLO,
        threshold: None,
        source: "RFC 8996 (March 2021): TLS 1.0 must not be used",
        check: at_server(|look, _| look.version(0x0301), version_and_suite),
    },
    Rule {
        id: "protocol_tls11",
        severity: Severity::Medium,
        title: "TLS 1.1 agreed on",
        why: "TLS 1.1 knows no authenticated encryption and signs its handshake with MD5 and SHA-1.",
        advice: NEWER,
        decided: BY_SERVER_HELLO,
        threshold: None,
        source: "RFC 8996 (March 2021): TLS 1.1 must not be used",
        check: at_server(|look, _| look.version(0x0302), version_and_suite),
    },
    Rule {
        id: "protocol_dtls10",
        severity: Severity::Medium,
        title: "DTLS 1.0 agreed on",
        why: "DTLS 1.0 is TLS 1.1 over datagrams and shares its faults.",
        advice: "Bring both sides to DTLS 1.2 or newer and switch DTLS 1.0 off.",
        decided: BY_SERVER_HELLO,
        threshold: None,
        source: "RFC 8996 (March 2021): DTLS 1.0 must not be used",
        check: at_server(|look, _| look.version(0xfeff), version_and_suite),
    },
    Rule {
        id: "cipher_null",
        severity: Severity::Critical,
        title: "No encryption",
        why: "A NULL cipher sends everything in the clear; whoever is on the way reads it.",
        advice: SUITES,
        decided: BY_SUITE,
        threshold: None,
        source: "RFC 9325 section 4.1 (November 2022): NULL encryption must not be negotiated",
        check: at_server(|look, _| look.chose(|suite| suite.cipher == "NULL"), suite),
    },
    Rule {
        id: "cipher_export",
        severity: Severity::Critical,
        title: "Export-grade cipher suite",
        why: "Keys of 40 or 56 bits and key exchange of 512 bits are broken in hours on one machine (FREAK, Logjam).",
        advice: SUITES,
        decided: BY_SUITE,
        threshold: None,
        source: "RFC 9325 section 4.1 (November 2022): fewer than 112 bits of security must not be negotiated",
        check: at_server(|look, _| look.chose(|suite| suite.is_export()), suite),
    },
    Rule {
        id: "cipher_anonymous",
        severity: Severity::Critical,
        title: "Nobody is authenticated",
        why: "An anonymous key exchange proves no identity, so that anyone on the way can take the server's place unseen.",
        advice: "Switch off suites with anon in their name on both sides.",
        decided: BY_SUITE,
        threshold: None,
        source: "RFC 5246 appendix A.5 (August 2008): anonymous suites must not be used unless asked for",
        check: at_server(|look, _| look.chose(|suite| matches!(suite.auth, "anon" | "NULL")), suite),
    },
    Rule {
        id: "cipher_rc4",
        severity: Severity::High,
        title: "RC4 agreed on",
        why: "RC4's output is biased: what is sent often, such as a cookie, can be recovered.",
        advice: SUITES,
        decided: BY_SUITE,
        threshold: None,
        source: "RFC 7465 (February 2015): RC4 must not be negotiated",
        check: at_server(|look, _| look.chose(|suite| suite.cipher == "RC4"), suite),
    },
    Rule {
        id: "cipher_des",
        severity: Severity::High,
        title: "Single DES or RC2 agreed on",
        why: "A DES key of 56 bits is found by trying all.",
        advice: SUITES,
        decided: "By the cipher suite in the ServerHello; those of export grade are a rule of their own.",
        threshold: None,
        source: "RFC 5469 (February 2009): DES suites should no longer be used",
        check: at_server(|look, _| look.chose(|suite| matches!(suite.cipher, "DES" | "RC2") && !suite.is_export()), suite),
    },
    Rule {
        id: "cipher_small_blocks",
        severity: Severity::Medium,
        title: "Cipher with blocks of 64 bits",
        why: "After some tens of gigabytes under one key blocks collide and give away plain text (Sweet32, CVE-2016-2183).",
        advice: SUITES,
        decided: "By the cipher suite in the ServerHello: 3DES and IDEA.",
        threshold: None,
        source: "RFC 9325 section 4.1 (November 2022); CVE-2016-2183",
        check: at_server(|look, _| look.chose(|suite| matches!(suite.cipher, "3DES" | "IDEA")), suite),
    },
    Rule {
        id: "cbc_despite_aead",
        severity: Severity::Low,
        title: "CBC chosen although the client offers authenticated encryption",
        why: "CBC with a separate MAC has been attacked through timing again and again (Lucky 13); the client was ready for better.",
        advice: "Put AES-GCM and ChaCha20-Poly1305 first in the server's list, and let the server's order count.",
        decided: "TLS 1.2 with a CBC suite, where the ClientHello lists an AEAD suite for TLS 1.2.",
        threshold: None,
        source: "RFC 9325 section 4.2 (November 2022): AEAD suites are recommended",
        check: at_server(
            |look, _| {
                look.version(TLS12)
                    && look.chose(|suite| suite.mode == "CBC")
                    && look.offers.iter().any(|offer| offer.aead && !offer.is_tls13())
            },
            suite,
        ),
    },
    Rule {
        id: "no_forward_secrecy",
        severity: Severity::Medium,
        title: "Key exchange without forward secrecy",
        why: "Whoever records the traffic today and gets the server's key later reads all of it.",
        advice: SUITES,
        decided: "By the cipher suite, in TLS 1.3 by the lack of a key share. Resumed sessions of TLS 1.2 are not judged.",
        threshold: None,
        source: "RFC 9325 section 4.1 (November 2022): RSA key transport should not be negotiated",
        check: at_server(
            |look, _| look.flow().forward_secret == Some(false),
            |look| format!("{} ({})", look.flow().cipher_suite, look.flow().kx),
        ),
    },
    Rule {
        id: "dh_prime_small",
        severity: Severity::High,
        title: "Diffie-Hellman with a small prime",
        why: "Primes of 1,024 bits and less are within reach of large attackers, and one computation serves for all who share the prime (Logjam).",
        advice: "Prefer ECDHE; where DHE must stay, use ffdhe2048 or larger.",
        decided: "By the prime in the ServerKeyExchange.",
        threshold: Some(Threshold { value: 2048, unit: "bits" }),
        source: "RFC 9325 section 4.1 (November 2022); RFC 7919 (August 2016)",
        check: at_server(
            |look, bits| look.flow().kx_bits.is_some_and(|size| u64::from(size) < bits),
            |look| format!("a prime of {} bits with {}", look.flow().kx_bits.unwrap_or_default(), look.flow().cipher_suite),
        ),
    },
    Rule {
        id: "group_weak",
        severity: Severity::Medium,
        title: "Weak elliptic curve",
        why: "Curves below 256 bits offer less than the 128 bits of security that everything else in the handshake aims at.",
        advice: "Offer X25519 and secp256r1, best with X25519MLKEM768 before them.",
        decided: "By the strength of the named group in bits. Finite-field groups are judged by their prime.",
        threshold: Some(Threshold { value: 128, unit: "bits of strength" }),
        source: "RFC 9325 section 4.1 (November 2022); NIST SP 800-57 part 1 revision 5 (May 2020)",
        check: at_server(
            |look, bits| {
                let elliptic = |code: u16| !(0x0100..=0x01ff).contains(&code);
                look.group.is_some_and(|group| elliptic(group.code) && group.strength_bits > 0 && u64::from(group.strength_bits) < bits)
            },
            group,
        ),
    },
    Rule {
        id: "signature_weak",
        severity: Severity::Medium,
        title: "Key exchange signed with MD5 or SHA-1",
        why: "Collisions of these hashes can be bought, so that a signature can be made to fit another handshake (SLOTH).",
        advice: "Let both sides offer signatures with SHA-256 or better alone.",
        decided: "By the algorithm in the ServerKeyExchange of TLS 1.2.",
        threshold: None,
        source: "RFC 9155 (December 2021): MD5 and SHA-1 must not be used",
        check: at_server(
            |look, _| look.scheme.is_some_and(|scheme| matches!(scheme.hash, "md5" | "sha1")),
            |look| look.flow().signature_scheme.clone().into_owned(),
        ),
    },
    Rule {
        id: "compression",
        severity: Severity::High,
        title: "TLS compression agreed on",
        why: "The length of what is compressed tells what stands in it: cookies can be guessed letter by letter (CRIME).",
        advice: "Switch TLS compression off.",
        decided: "By the compression method in the ServerHello.",
        threshold: None,
        source: "RFC 9325 section 3.3 (November 2022); CVE-2012-4929",
        check: at_server(|look, _| !look.flow().record_compression.is_empty(), |look| look.flow().record_compression.clone().into_owned()),
    },
    Rule {
        id: "renegotiation_insecure",
        severity: Severity::Medium,
        title: "No secure renegotiation",
        why: "Without it an attacker can put bytes of his own in front of what a client sends, in the same session.",
        advice: "Bring the server's TLS library up to date; every one since 2010 has it.",
        decided: "A ServerHello up to TLS 1.2 without renegotiation_info. Where the client does not signal it either, both sides lack it.",
        threshold: None,
        source: "RFC 5746 (February 2010); CVE-2009-3555",
        check: at_server(|look, _| look.flow().secure_renegotiation == Some(false), version_and_suite),
    },
    Rule {
        id: "downgraded",
        severity: Severity::High,
        title: "Somebody changed the version on the way",
        why: "The server's random says that it knows a newer version and did not see the client's offer of it: the ClientHello was altered between the two.",
        advice: "Look for a device on the way that terminates or rewrites TLS; if there is none, treat it as an attack.",
        decided: "The last eight bytes of the server's random hold the mark of a downgrade while the client offers the newer version.",
        threshold: None,
        source: "RFC 8446 section 4.1.3 (August 2018)",
        check: at_server(
            |look, _| {
                let newest = look.newest_offered().unwrap_or(0);
                match look.flow().downgrade_sentinel.as_ref() {
                    "tls12" => newest >= TLS13,
                    "tls11" => newest >= TLS12,
                    _ => false,
                }
            },
            |look| format!("{} with the mark of a downgrade", look.flow().tls_version),
        ),
    },
    Rule {
        id: "client_choice_overridden",
        severity: Severity::Low,
        title: "Server passed over a stronger suite that the client prefers",
        why: "The client put a suite with forward secrecy and authenticated encryption first, and the server took a weak one.",
        advice: "Order the server's suites by strength, or let the client's order count.",
        decided: "The chosen suite is rated weak or insecure (cipher_suites.csv), and a suite rated secure or recommended for TLS 1.2 stands before it in the ClientHello.",
        threshold: None,
        source: "RFC 9325 section 4.2.1 (November 2022)",
        check: at_server(
            |look, _| {
                let Some(chosen) = look.suite.filter(|suite| matches!(rating(suite.code), "weak" | "insecure")) else { return false };
                let better = |offer: &&CipherSuite| !offer.is_tls13() && matches!(rating(offer.code), "secure" | "recommended");
                let before = look.offers.iter().copied().take_while(|offer| offer.code != chosen.code);
                look.version(TLS12)
                    && look.offers.iter().any(|offer| offer.code == chosen.code)
                    && before.into_iter().any(|offer| better(&offer))
            },
            suite,
        ),
    },
    Rule {
        id: "fallback",
        severity: Severity::Low,
        title: "Client tried again with an older version",
        why: "A client that falls back was refused at first; where the refusal came from an attacker, the session is weaker than need be.",
        advice: "See why the first handshake failed: flows of the same client to the same server just before.",
        decided: "TLS_FALLBACK_SCSV stands in the ClientHello.",
        threshold: None,
        source: "RFC 7507 (April 2015)",
        check: at_server(|look, _| look.flow().fallback_scsv == Some(true), |_| "TLS_FALLBACK_SCSV in the ClientHello".into()),
    },
    Rule {
        id: "heartbleed",
        severity: Severity::Critical,
        title: "Heartbeat that asks for more than it sends",
        why: "This is how memory of servers is read that were never mended (Heartbleed): keys, passwords, other users' data.",
        advice: "Find out who sends it. If the server answered with more than a few bytes, renew its keys and certificates.",
        decided: "A plain heartbeat request whose payload length does not fit its record. Encrypted ones cannot be seen.",
        threshold: None,
        source: "RFC 6520 section 4 (February 2012); CVE-2014-0160",
        check: at_server(
            |look, _| !look.flow().overlong_heartbeat.is_empty(),
            |look| format!("sent by {}", look.flow().overlong_heartbeat),
        ),
    },
];
