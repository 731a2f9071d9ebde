//! Modes of pre-shared keys in TLS 1.3: IANA, TLS PskKeyExchangeMode, as of 2026-09-18.
//!
//! Both assigned modes. Not here: private use, and GREASE, which has its own numbers: [`is_psk_mode_grease`].

use super::name_of;

/// The name of a PSK key exchange mode, such as `psk_dhe_ke`.
pub fn psk_key_exchange_mode(code: u8) -> Option<&'static str> {
    name_of(PSK_KEY_EXCHANGE_MODES, code)
}

/// Whether a PSK key exchange mode is one of the eight GREASE values of RFC 8701, section 2: 0x0b and every 0x1f on.
pub const fn is_psk_mode_grease(code: u8) -> bool {
    code % 0x1f == 0x0b && code <= 0xe4
}

/// IANA's modes, sorted by code.
pub static PSK_KEY_EXCHANGE_MODES: &[(u8, &str)] = &[(0, "psk_ke"), (1, "psk_dhe_ke")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;

    /// Second source: RFC 8446, section 4.2.9, and RFC 8701, section 2.
    #[test]
    fn whole() {
        check::whole_names(PSK_KEY_EXCHANGE_MODES, 2);
        assert_eq!([0, 1, 2].map(psk_key_exchange_mode), [Some("psk_ke"), Some("psk_dhe_ke"), None]);
        let grease: Vec<u8> = (0..=u8::MAX).filter(|&code| is_psk_mode_grease(code)).collect();
        assert_eq!(grease, [0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4]);
    }
}
