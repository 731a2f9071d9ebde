//! The lists of the documents, by name: a policy holds for these suites of IANA's and for no other.

use super::*;
use crate::tls::names::{CIPHER_SUITES, Recommended};
use std::collections::BTreeSet;

/// One list of a document: prefixes of key exchange and authentication, and what follows them.
type List = (&'static [&'static str], &'static [&'static str]);

fn check(document: &str, policy: fn(&CipherSuite) -> bool, lists: &[List]) {
    let named: BTreeSet<String> = lists
        .iter()
        .flat_map(|(exchanges, ciphers)| {
            exchanges.iter().flat_map(|exchange| ciphers.iter().map(move |cipher| format!("TLS_{exchange}{cipher}")))
        })
        .collect();
    let ours: BTreeSet<String> = CIPHER_SUITES.iter().filter(|suite| policy(suite)).map(|suite| suite.name.to_owned()).collect();
    let missing: Vec<_> = named.difference(&ours).collect();
    let more: Vec<_> = ours.difference(&named).collect();
    assert!(missing.is_empty() && more.is_empty(), "{document}: missing {missing:?}, not in it {more:?}");
    println!("{document}: {} suites", ours.len());
}

/// What TLS 1.3 has: no key exchange in the name.
const TLS13: &[&str] = &[""];

#[test]
fn nist() {
    const GCM_AND_CBC_OF_DH: &[&str] =
        &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CBC_SHA256", "AES_256_CBC_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA"];
    const GCM_AND_CBC_OF_ECDH: &[&str] =
        &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CBC_SHA256", "AES_256_CBC_SHA384", "AES_128_CBC_SHA", "AES_256_CBC_SHA"];
    const CCM: &[&str] = &["AES_128_CCM", "AES_256_CCM", "AES_128_CCM_8", "AES_256_CCM_8"];
    check(
        "NIST SP 800-52 Rev. 2, August 2019",
        nist_sp800_52r2,
        &[
            // 3.3.1.1: for certificates of ECDSA, of RSA, of DSA, of DH, of ECDH.
            (&["ECDHE_ECDSA_WITH_"], GCM_AND_CBC_OF_ECDH),
            (&["ECDHE_ECDSA_WITH_"], CCM),
            (&["ECDHE_RSA_WITH_"], GCM_AND_CBC_OF_ECDH),
            (&["DHE_RSA_WITH_"], GCM_AND_CBC_OF_DH),
            (&["DHE_RSA_WITH_"], CCM),
            (&["DHE_DSS_WITH_"], GCM_AND_CBC_OF_DH),
            (&["DH_DSS_WITH_", "DH_RSA_WITH_"], GCM_AND_CBC_OF_DH),
            (&["ECDH_ECDSA_WITH_", "ECDH_RSA_WITH_"], GCM_AND_CBC_OF_ECDH),
            // 3.3.1.2
            (TLS13, &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CCM_SHA256", "AES_128_CCM_8_SHA256"]),
        ],
    );
}

#[test]
fn bsi() {
    const OF_ECDHE: &[&str] = &["AES_128_CBC_SHA256", "AES_256_CBC_SHA384", "AES_128_GCM_SHA256", "AES_256_GCM_SHA384"];
    const OF_DHE: &[&str] = &["AES_128_CBC_SHA256", "AES_256_CBC_SHA256", "AES_128_GCM_SHA256", "AES_256_GCM_SHA384"];
    const CCM: &[&str] = &["AES_128_CCM", "AES_256_CCM"];
    check(
        "BSI TR-02102-2, version 2024-01",
        bsi_tr_02102_2,
        &[
            // 3.3.1.1
            (&["ECDHE_ECDSA_WITH_", "ECDHE_RSA_WITH_"], OF_ECDHE),
            (&["ECDHE_ECDSA_WITH_"], CCM),
            (&["DHE_DSS_WITH_", "DHE_RSA_WITH_"], OF_DHE),
            (&["DHE_RSA_WITH_"], CCM),
            // 3.4.4
            (TLS13, &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CCM_SHA256"]),
        ],
    );
}

#[test]
fn mozilla() {
    const MODERN: List = (TLS13, &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"]);
    const AEAD: List = (
        &["ECDHE_ECDSA_WITH_", "ECDHE_RSA_WITH_", "DHE_RSA_WITH_"],
        &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"],
    );
    check("Mozilla 5.8, modern", mozilla_modern, &[MODERN]);
    check("Mozilla 5.8, intermediate", mozilla_intermediate, &[MODERN, AEAD]);
    check(
        "Mozilla 5.8, old",
        mozilla_old,
        &[
            MODERN,
            AEAD,
            (
                &["ECDHE_ECDSA_WITH_", "ECDHE_RSA_WITH_"],
                &["AES_128_CBC_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA384", "AES_256_CBC_SHA"],
            ),
            (&["DHE_RSA_WITH_"], &["AES_128_CBC_SHA256", "AES_256_CBC_SHA256"]),
            (&["RSA_WITH_"], &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CBC_SHA256", "AES_256_CBC_SHA256"]),
            (&["RSA_WITH_"], &["AES_128_CBC_SHA", "AES_256_CBC_SHA", "3DES_EDE_CBC_SHA"]),
        ],
    );
}

/// The suites that IANA recommends (TLS Cipher Suites, 2026-09-18): TLS 1.3 and ECDHE with AEAD, by certificate or pre-shared key.
#[test]
fn iana_recommended() {
    check(
        "IANA recommended, 2026-09-18",
        |suite| suite.recommended == Recommended::Yes,
        &[
            (TLS13, &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CCM_SHA256"]),
            (&["ECDHE_ECDSA_WITH_", "ECDHE_RSA_WITH_"], &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"]),
            (&["ECDHE_PSK_WITH_"], &["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CCM_SHA256", "CHACHA20_POLY1305_SHA256"]),
        ],
    );
}
