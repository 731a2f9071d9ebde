//! Protection profiles of SRTP in use_srtp: IANA, DTLS-SRTP Protection Profiles, as of 2023-02-03.
//!
//! All fourteen assigned profiles. Not here: 0, which is reserved.

use super::name_of;

/// The name of a protection profile, such as `SRTP_AEAD_AES_128_GCM`.
pub fn srtp_profile(code: u16) -> Option<&'static str> {
    name_of(SRTP_PROFILES, code)
}

/// IANA's profiles, sorted by code.
pub static SRTP_PROFILES: &[(u16, &str)] = &[
    (1, "SRTP_AES128_CM_HMAC_SHA1_80"),
    (2, "SRTP_AES128_CM_HMAC_SHA1_32"),
    (5, "SRTP_NULL_HMAC_SHA1_80"),
    (6, "SRTP_NULL_HMAC_SHA1_32"),
    (7, "SRTP_AEAD_AES_128_GCM"),
    (8, "SRTP_AEAD_AES_256_GCM"),
    (9, "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"),
    (10, "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM"),
    (11, "SRTP_ARIA_128_CTR_HMAC_SHA1_80"),
    (12, "SRTP_ARIA_128_CTR_HMAC_SHA1_32"),
    (13, "SRTP_ARIA_256_CTR_HMAC_SHA1_80"),
    (14, "SRTP_ARIA_256_CTR_HMAC_SHA1_32"),
    (15, "SRTP_AEAD_ARIA_128_GCM"),
    (16, "SRTP_AEAD_ARIA_256_GCM"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 5764 section 4.1.2, RFC 7714 section 14.2, RFC 8269 section 6 and RFC 8723 section 10.1.
    #[test]
    fn whole() {
        check::whole(SRTP_PROFILES.iter().map(|row| row.0), 14);
        check::unique(SRTP_PROFILES.iter().map(|row| row.1));
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        assert!(SRTP_PROFILES.iter().all(|row| is_name(row.1)));
        let names = [1, 2, 7, 8].map(|code| srtp_profile(code).unwrap_or_default());
        assert_eq!(names[..2], ["SRTP_AES128_CM_HMAC_SHA1_80", "SRTP_AES128_CM_HMAC_SHA1_32"]);
        assert_eq!(names[2..], ["SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM"]);
        assert_eq!([0, 3, 4, 17].map(srtp_profile), [None; 4]);
    }
}
