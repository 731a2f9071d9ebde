//! Which published policies a cipher suite is within: the columns side by side in cipher_suites.csv. Lists, no judgement.
//!
//! | column | source | what of it |
//! |---|---|---|
//! | `nist_sp800_52r2` | NIST SP 800-52 Rev. 2, August 2019, sections 3.3.1.1 and 3.3.1.2 | suites for ECDSA, RSA, DSA, DH and ECDH certificates, and of TLS 1.3 |
//! | `bsi_tr_02102_2` | BSI TR-02102-2, 2024-01, sections 3.3.1 and 3.4.4 | suites with forward secrecy for certificates, and of TLS 1.3 |
//! | `mozilla_modern`, `_intermediate`, `_old` | Mozilla, Server Side TLS, guidelines 5.8, the last that have all three | the lists of the three configurations |
//!
//! The lists of these documents stand by name in the tests. Mozilla's was read in its own file; those of NIST and BSI were written
//! from knowledge of the documents, and not yet compared with them. Guidelines 6.0 have no old configuration, and no DHE in the
//! intermediate one.
//!
//! The lists for pre-shared keys of NIST and BSI are left out: their suites are false here. What these documents ask for
//! besides suites (versions, groups, keys, extensions) is not looked at.

use crate::tls::names::CipherSuite;

/// NIST SP 800-52 Rev. 2: AES in GCM, CCM, CCM_8 and CBC under every key exchange that is not RSA key transport.
pub fn nist_sp800_52r2(suite: &CipherSuite) -> bool {
    let exchange = matches!(suite.kx, "ECDHE" | "DHE" | "DH" | "ECDH") && matches!(suite.auth, "ECDSA" | "RSA" | "DSS");
    suite.cipher == "AES" && (exchange || of_rfc8446(suite))
}

/// BSI TR-02102-2: AES in GCM, CCM and CBC with SHA-2 under ephemeral key exchange.
pub fn bsi_tr_02102_2(suite: &CipherSuite) -> bool {
    let exchange = matches!(suite.kx, "ECDHE" | "DHE") && matches!(suite.auth, "ECDSA" | "RSA" | "DSS");
    let protection = suite.mode != "CCM_8" && matches!(suite.mac, "AEAD" | "SHA256" | "SHA384");
    suite.cipher == "AES" && protection && (exchange || of_rfc8446(suite))
}

/// Whether it is one of the five suites of RFC 8446: later ones of TLS 1.3 are not in the documents.
fn of_rfc8446(suite: &CipherSuite) -> bool {
    matches!(suite.code, 0x1301..=0x1305)
}

/// Mozilla's modern configuration: TLS 1.3 alone.
pub fn mozilla_modern(suite: &CipherSuite) -> bool {
    MODERN.contains(&suite.code)
}

/// Mozilla's intermediate configuration, for servers of general purpose.
pub fn mozilla_intermediate(suite: &CipherSuite) -> bool {
    mozilla_modern(suite) || INTERMEDIATE.contains(&suite.code)
}

/// Mozilla's old configuration, for very old clients.
pub fn mozilla_old(suite: &CipherSuite) -> bool {
    mozilla_intermediate(suite) || OLD.contains(&suite.code)
}

const MODERN: [u16; 3] = [0x1301, 0x1302, 0x1303];
/// ECDHE and DHE with AES-GCM and ChaCha20-Poly1305.
const INTERMEDIATE: [u16; 9] = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f, 0xccaa];
/// CBC, RSA key transport, and 3DES.
const OLD: [u16; 17] = [
    0xc023, 0xc027, 0xc009, 0xc013, 0xc024, 0xc028, 0xc00a, 0xc014, 0x0067, 0x006b, 0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x000a,
];

#[cfg(test)]
mod tests;
