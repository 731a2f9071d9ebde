//! Kinds of client certificate in CertificateRequest up to TLS 1.2: IANA, TLS ClientCertificateType Identifiers, as of
//! 2026-09-18.
//!
//! All 12 assigned types, without the suffix `_RESERVED`. Not here: private use.

use super::name_of;

/// The name of a client certificate type, such as `rsa_sign`.
pub fn client_certificate_type(code: u8) -> Option<&'static str> {
    name_of(CLIENT_CERTIFICATE_TYPES, code)
}

/// IANA's client certificate types, sorted by code.
pub static CLIENT_CERTIFICATE_TYPES: &[(u8, &str)] = &[
    (1, "rsa_sign"),
    (2, "dss_sign"),
    (3, "rsa_fixed_dh"),
    (4, "dss_fixed_dh"),
    (5, "rsa_ephemeral_dh"),
    (6, "dss_ephemeral_dh"),
    (20, "fortezza_dms"),
    (64, "ecdsa_sign"),
    (65, "rsa_fixed_ecdh"),
    (66, "ecdsa_fixed_ecdh"),
    (67, "gost_sign256"),
    (68, "gost_sign512"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 5246, section 7.4.4, RFC 8422 and RFC 9189.
    #[test]
    fn whole() {
        check::whole_names(CLIENT_CERTIFICATE_TYPES, 12);
        let known = [(1, "rsa_sign"), (2, "dss_sign"), (20, "fortezza_dms"), (64, "ecdsa_sign"), (68, "gost_sign512")];
        for (code, name) in known {
            assert_eq!(client_certificate_type(code), Some(name));
        }
    }
}
