//! The plain Certificate message of TLS up to 1.2 (RFC 5246 section 7.4.2): a list of DER certificates.
//!
//! ```text
//!  list length 3 | length 3 | DER ... | length 3 | DER ... |
//!                             └ leaf               └ who issued it, as a rule
//! ```
//!
//! A certificate is read once and shared by all flows that show it at about the same time.

pub mod compressed;
mod matching;
mod oids;
mod recent;
pub mod x509;

pub use matching::{Order, names_host, order};
use std::sync::Arc;
pub use x509::{San, X509};

/// Certificates of one message that are read, at most.
pub const MAX_CHAIN: usize = 64;

/// SHA-256 of a certificate's DER.
pub type CertificateId = [u8; 32];

/// A certificate: nothing but a function of its DER, so that it does not matter who read it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the DER.
    pub id: CertificateId,
    /// Bytes of the DER.
    pub der_bytes: u32,
    /// What it says, or a word for why it cannot be read: see [`x509::read`].
    pub x509: Result<X509, &'static str>,
}

/// The chain of a Certificate message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Certificates in the order of the message, the leaf first.
    pub certificates: Vec<Arc<Certificate>>,
    /// Whether the list ended otherwise than its lengths say, or was longer than [`MAX_CHAIN`].
    pub malformed: bool,
}

/// Reads the body of a Certificate message: `list length 3 | (length 3 | DER)*`.
pub fn read(body: &[u8]) -> Chain {
    let mut chain = Chain::default();
    let Some((mut list, rest)) = vector(body) else { return Chain { malformed: true, ..chain } };
    chain.malformed = !rest.is_empty();
    while !list.is_empty() {
        let Some((der, rest)) = vector(list).filter(|_| chain.certificates.len() < MAX_CHAIN) else {
            chain.malformed = true;
            break;
        };
        chain.certificates.push(recent::certificate(der));
        list = rest;
    }
    chain
}

/// A vector with a 24-bit length, and what follows it.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<3>()?;
    let len = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    rest.split_at_checked(len)
}

#[cfg(test)]
mod tests;
