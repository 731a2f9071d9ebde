//! Formats of elliptic-curve points: IANA, TLS EC Point Formats, as of 2026-09-18.
//!
//! All 3 assigned formats, in lower case as RFC 8422 prints them but for its `ansiX962`. Not here: private use.

use super::name_of;

/// The name of a point format, such as `uncompressed`.
pub fn ec_point_format(code: u8) -> Option<&'static str> {
    name_of(EC_POINT_FORMATS, code)
}

/// IANA's formats, sorted by code.
pub static EC_POINT_FORMATS: &[(u8, &str)] = &[(0, "uncompressed"), (1, "ansix962_compressed_prime"), (2, "ansix962_compressed_char2")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 8422, section 5.1.2.
    #[test]
    fn whole() {
        check::whole_names(EC_POINT_FORMATS, 3);
        assert_eq!(ec_point_format(0), Some("uncompressed"));
        assert_eq!(ec_point_format(2), Some("ansix962_compressed_char2"));
    }
}
