//! Compression methods of records: IANA, TLS Compression Method Identifiers, as of 2018-08-10 (its last change).
//!
//! All 3 assigned methods, in lower case. TLS 1.3 knows `null` only.

use super::name_of;

/// The name of a compression method, such as `null`.
pub fn compression_method(code: u8) -> Option<&'static str> {
    name_of(COMPRESSION_METHODS, code)
}

/// IANA's compression methods, sorted by code.
pub static COMPRESSION_METHODS: &[(u8, &str)] = &[(0, "null"), (1, "deflate"), (64, "lzs")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 5246, RFC 3749 and RFC 3943.
    #[test]
    fn whole() {
        check::whole_names(COMPRESSION_METHODS, 3);
        assert_eq!([0, 1, 64, 2].map(compression_method), [Some("null"), Some("deflate"), Some("lzs"), None]);
    }
}
