//! Compression of certificates: IANA, TLS Certificate Compression Algorithm IDs, as of 2026-08-11.
//!
//! All 3 assigned algorithms. Not here: 16384 and above, for experiments.

use super::name_of;

/// The name of an algorithm for compressed certificates, such as `brotli`.
pub fn certificate_compression(code: u16) -> Option<&'static str> {
    name_of(CERTIFICATE_COMPRESSIONS, code)
}

/// IANA's algorithms, sorted by code.
pub static CERTIFICATE_COMPRESSIONS: &[(u16, &str)] = &[(1, "zlib"), (2, "brotli"), (3, "zstd")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 8879, section 7.3.
    #[test]
    fn whole() {
        check::whole_names(CERTIFICATE_COMPRESSIONS, 3);
        assert_eq!([0, 1, 2, 3].map(certificate_compression), [None, Some("zlib"), Some("brotli"), Some("zstd")]);
    }
}
