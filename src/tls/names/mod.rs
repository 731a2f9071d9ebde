//! Names of the code points that TLS, DTLS and QUIC put on the wire.
//!
//! Tables and look-ups, nothing else: this module knows no packet, no parser and no output, allocates nothing
//! and reads no file. Each table is a file of its own that names its registry, the date of its facts and what
//! it leaves out; an unknown code is `None`, and the caller keeps the number.
//!
//! | look-up | table |
//! |---|---|
//! | [`cipher_suite`] | [`CIPHER_SUITES`], then [`EXTRA_CIPHER_SUITES`] |
//! | [`group`] | [`GROUPS`], then [`EXTRA_GROUPS`] |
//! | [`signature_scheme`] | [`SIGNATURE_SCHEMES`], then [`HASH_SIGNATURE_PAIRS`], then [`EXTRA_SIGNATURE_SCHEMES`] |
//! | [`extension`] | [`EXTENSIONS`], then [`EXTRA_EXTENSIONS`] |
//! | [`handshake_type`] | [`HANDSHAKE_TYPES`], then [`EXTRA_HANDSHAKE_TYPES`] |
//! | [`alert`], [`alert_level`] | [`ALERTS`] |
//! | [`version`] | [`VERSIONS`] |
//! | [`content_type`] | [`CONTENT_TYPES`] |
//! | [`compression_method`] | [`COMPRESSION_METHODS`] |
//! | [`certificate_compression`] | [`CERTIFICATE_COMPRESSIONS`] |
//! | [`alpn()`] | [`ALPN_PROTOCOLS`], then [`EXTRA_ALPN_PROTOCOLS`] |
//! | [`quic_version`] | [`QUIC_VERSIONS`], then [`EXTRA_QUIC_VERSIONS`] |
//! | [`quic_transport_parameter`] | [`QUIC_TRANSPORT_PARAMETERS`] |
//! | [`client_certificate_type`] | [`CLIENT_CERTIFICATE_TYPES`] |
//! | [`ec_point_format`] | [`EC_POINT_FORMATS`] |
//! | [`psk_key_exchange_mode`] | [`PSK_KEY_EXCHANGE_MODES`] |
//! | [`srtp_profile`] | [`SRTP_PROFILES`] |
//!
//! The registries are IANA's. A table `EXTRA_*` holds what is met on the wire and is *not* IANA's.
//!
//! To bring a table up to date: take the registry's page, change the rows, the date in the module's first
//! paragraph and the count in its test; and the registry's rows in `tests/registries`, which a test holds against the table.

mod alerts;
pub mod alpn;
mod certificate_compressions;
mod cipher_suites;
mod client_certificate_types;
mod compression_methods;
mod content_types;
mod ec_point_formats;
mod extensions;
mod groups;
mod handshake_types;
mod psk_key_exchange_modes;
mod quic_transport_parameters;
mod quic_versions;
mod signature_schemes;
mod srtp_profiles;
mod versions;

pub use alerts::{ALERTS, alert, alert_level};
pub use alpn::{ALPN_PROTOCOLS, EXTRA_ALPN_PROTOCOLS, alpn, is_alpn_grease};
pub use certificate_compressions::{CERTIFICATE_COMPRESSIONS, certificate_compression};
pub use cipher_suites::{CIPHER_SUITES, CipherSuite, EXTRA_CIPHER_SUITES, cipher_suite};
pub use client_certificate_types::{CLIENT_CERTIFICATE_TYPES, client_certificate_type};
pub use compression_methods::{COMPRESSION_METHODS, compression_method};
pub use content_types::{CONTENT_TYPES, content_type};
pub use ec_point_formats::{EC_POINT_FORMATS, ec_point_format};
pub use extensions::{EXTENSIONS, EXTRA_EXTENSIONS, extension};
pub use groups::{EXTRA_GROUPS, GROUPS, Group, group};
pub use handshake_types::{EXTRA_HANDSHAKE_TYPES, HANDSHAKE_TYPES, handshake_type};
pub use psk_key_exchange_modes::{PSK_KEY_EXCHANGE_MODES, is_psk_mode_grease, psk_key_exchange_mode};
pub use quic_transport_parameters::{QUIC_TRANSPORT_PARAMETERS, is_quic_parameter_grease, quic_transport_parameter};
pub use quic_versions::{EXTRA_QUIC_VERSIONS, QUIC_VERSIONS, is_quic_grease, quic_version};
pub use signature_schemes::{EXTRA_SIGNATURE_SCHEMES, HASH_SIGNATURE_PAIRS, SIGNATURE_SCHEMES, SignatureScheme, signature_scheme};
pub use srtp_profiles::{SRTP_PROFILES, srtp_profile};
pub use versions::{VERSIONS, version};

/// IANA's column "Recommended" (RFC 8447, with the letter D of RFC 9847).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recommended {
    /// Y: the IETF recommends it.
    Yes,
    /// N: not evaluated, of limited use, or for a special purpose. It does not say that it is weak.
    No,
    /// D: discouraged, should not or must not be used.
    Discouraged,
}

impl Recommended {
    /// The registry's letter: `Y`, `N` or `D`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "Y",
            Self::No => "N",
            Self::Discouraged => "D",
        }
    }
}

/// Whether a cipher suite, group, extension, signature scheme or version is one of the sixteen GREASE values of
/// RFC 8701, section 2: `0x0a0a`, `0x1a1a` ... `0xfafa`.
///
/// ```text
///   high byte   low byte
///   n n n n 1010  n n n n 1010      both bytes equal, low nibble a
/// ```
///
/// A mask of `0x0f0f` alone would also take `0x1a0a`, which is no GREASE value.
pub const fn is_grease(code: u16) -> bool {
    code & 0x0f0f == 0x0a0a && code >> 8 == code & 0xff
}

/// Binary search in a table sorted by code.
fn find<T, K: Ord>(table: &'static [T], code: K, key: impl Fn(&T) -> K) -> Option<&'static T> {
    table.binary_search_by_key(&code, key).ok().map(|at| &table[at])
}

/// Binary search in a table of names sorted by code.
fn name_of<K: Ord + Copy>(table: &'static [(K, &'static str)], code: K) -> Option<&'static str> {
    find(table, code, |row| row.0).map(|row| row.1)
}

#[cfg(test)]
mod check {
    //! What every table's test asks.

    use std::collections::BTreeSet;
    use std::fmt::Debug;

    /// Sorted without duplicates, with the registry's number of rows.
    pub fn whole<K: Ord + Copy + Debug>(codes: impl IntoIterator<Item = K>, count: usize) {
        let codes: Vec<K> = codes.into_iter().collect();
        for pair in codes.windows(2) {
            assert!(pair[0] < pair[1], "{:?} before {:?}", pair[0], pair[1]);
        }
        assert_eq!(codes.len(), count);
    }

    /// A table of names: whole, no name empty or twice, all in snake case.
    pub fn whole_names<K: Ord + Copy + Debug>(table: &[(K, &str)], count: usize) {
        whole(table.iter().map(|row| row.0), count);
        unique(table.iter().map(|row| row.1));
        for (code, name) in table {
            let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(!name.is_empty() && name.chars().all(snake), "{code:?} {name}");
        }
    }

    /// No value twice.
    pub fn unique<'a>(names: impl IntoIterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            assert!(seen.insert(name), "{name} twice");
        }
    }

    /// No code of `extra` stands in `registered`.
    pub fn apart<K: Ord + Copy + Debug>(registered: impl IntoIterator<Item = K>, extra: impl IntoIterator<Item = K>) {
        let registered: BTreeSet<K> = registered.into_iter().collect();
        for code in extra {
            assert!(!registered.contains(&code), "{code:?} is registered");
        }
    }

    /// Letters and digits only, in lower case: `UnknownCa` and `unknown_ca` are equal so.
    pub fn squash(name: &str) -> String {
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    }

    /// Compares our names with those of the second source, tls-parser, whose `Display` is the bare name where it
    /// knows the code and `Type(code / 0x..)` where not. `except` lists (code, its name): known differences.
    pub fn agrees<K: Ord + Copy + Debug>(
        codes: impl IntoIterator<Item = K>,
        theirs: impl Fn(K) -> String,
        ours: impl Fn(K) -> Option<&'static str>,
        except: &[(K, &str)],
        at_least: usize,
    ) {
        let mut compared = 0;
        for code in codes {
            let their = theirs(code);
            if their.contains('(') {
                continue;
            }
            compared += 1;
            if let Some((_, known)) = except.iter().find(|row| row.0 == code) {
                assert_eq!(*known, their, "the exception for {code:?} is stale");
                continue;
            }
            let our = ours(code).unwrap_or_else(|| panic!("{code:?} {their} is missing"));
            assert_eq!(squash(our), squash(&their), "{code:?}");
        }
        assert!(compared >= at_least, "only {compared} compared");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grease_is_the_sixteen_values_of_rfc_8701() {
        let all: Vec<u16> = (0..=u16::MAX).filter(|&code| is_grease(code)).collect();
        let rfc = [
            0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a, 0x6a6a, 0x7a7a, 0x8a8a, 0x9a9a, 0xaaaa, 0xbaba, 0xcaca, 0xdada, 0xeaea, 0xfafa,
        ];
        assert_eq!(all, rfc);
        assert!(!is_grease(0x1a0a));
    }

    #[test]
    fn no_table_names_a_grease_value() {
        for code in (0..=u16::MAX).filter(|&code| is_grease(code)) {
            assert!(cipher_suite(code).is_none(), "{code:#06x}");
            assert!(group(code).is_none(), "{code:#06x}");
            assert!(signature_scheme(code).is_none(), "{code:#06x}");
            assert!(extension(code).is_none(), "{code:#06x}");
            assert!(version(code).is_none(), "{code:#06x}");
        }
    }

    #[test]
    fn recommended_is_the_registrys_letter() {
        assert_eq!([Recommended::Yes, Recommended::No, Recommended::Discouraged].map(Recommended::as_str), ["Y", "N", "D"]);
    }
}
