//! The plain Certificate message of TLS up to 1.2 (RFC 5246 section 7.4.2): a list of DER certificates.

use sha2::{Digest, Sha256};

/// Certificates of one message that are read, at most.
pub const MAX_CHAIN: usize = 64;

/// SHA-256 of a certificate's DER.
pub type CertificateId = [u8; 32];

/// The chain of a Certificate message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Digests in the order of the message, the leaf first.
    pub certificates: Vec<CertificateId>,
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
        chain.certificates.push(Sha256::digest(der).into());
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
mod tests {
    use super::*;

    #[test]
    fn chains() {
        let body = [0, 0, 9, 0, 0, 3, b'a', b'b', b'c', 0, 0, 0];
        let chain = read(&body);
        assert_eq!(chain.certificates.len(), 2);
        assert!(!chain.malformed);
        let digest: String = chain.certificates[0].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4, "abc"
        for end in 0..body.len() {
            assert!(read(&body[..end]).malformed, "{end}");
        }
        assert_eq!(read(&[0, 0, 0]), Chain::default());
        assert!(read(&[0, 0, 0, 1]).malformed);
    }
}
