//! Cipher suites: IANA, TLS Cipher Suites, as of 2026-09-18.
//!
//! All 356 assigned suites, the two signalling values (SCSV) among them. Not in [`CIPHER_SUITES`]: the ranges that
//! IANA reserves or leaves for private use, the GREASE values ([`super::is_grease`]). Not in this file at all: the
//! three-byte cipher kinds of SSL 2.0.
//!
//! Code, name and Recommended are the registry's. The other columns follow from the name and the RFC that defines
//! it. OpenSSL's names are those of its program `ciphers` and its headers, of release 1.0.2 for what later ones
//! dropped (DES, export and Kerberos suites); headers name some suites that no release implements.
//!
//! [`EXTRA_CIPHER_SUITES`] is not IANA's: SSL 3.0's Fortezza, the EXPORT1024 drafts, GOST before RFC 9189, CECPQ1,
//! ChaCha20-Poly1305 of the first draft, TLCP (GB/T 38636-2020), Netscape's FIPS suites.

use super::{Recommended, find};

/// A cipher suite and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CipherSuite {
    /// The two bytes on the wire, big-endian.
    pub code: u16,
    /// IANA's name, `TLS_...`; in [`EXTRA_CIPHER_SUITES`] the name of its draft, standard or first user.
    pub name: &'static str,
    /// OpenSSL's name; empty if it has none.
    pub openssl_name: &'static str,
    /// Key exchange: `RSA`, `DH`, `DHE`, `DH_anon`, `ECDH`, `ECDHE`, `ECDH_anon`, `PSK`, `DHE_PSK`, `ECDHE_PSK`,
    /// `RSA_PSK`, `SRP`, `KRB5`, `GOST`, `ECCPWD`, `NULL`; in the extras also `SM2`, `IBC`, `IBSDH`, `FORTEZZA`,
    /// `CECPQ1`. Empty for TLS 1.3 (any: the groups and PSK modes decide) and for signalling values.
    pub kx: &'static str,
    /// How the server proves itself: `RSA`, `DSS`, `ECDSA` (its certificate), `PSK`, `anon`, `KRB5`, `SRP`, `GOST`,
    /// `ECCPWD`, `NULL`; in the extras also `SM2`, `IBC`, `IBS`, `FORTEZZA`. `RSA` for RSA_PSK. In a static DH or
    /// ECDH suite the algorithm that signed the certificate. Empty for TLS 1.3 (any: the signature schemes decide)
    /// and for signalling values.
    pub auth: &'static str,
    /// Bulk cipher: `AES`, `CHACHA20`, `CAMELLIA`, `ARIA`, `SEED`, `IDEA`, `3DES`, `DES`, `RC2`, `RC4`, `SM4`,
    /// `AEGIS`, `ASCON`, `KUZNYECHIK`, `MAGMA`, `28147_CNT`, `SKIPJACK` (extras), `NULL`. Empty for signalling values.
    pub cipher: &'static str,
    /// Key length in bits as negotiated: 40 or 56 for export, 168 for 3DES (112 effective), 0 without a cipher.
    pub key_bits: u16,
    /// `CBC`, `GCM`, `CCM`, `CCM_8`, `stream`, `poly1305`, `CTR`, `MGM_L`, `MGM_S`, `AEAD128` (Ascon), `128L` and
    /// `256` (AEGIS); empty without a cipher.
    pub mode: &'static str,
    /// Record protection: `MD5`, `SHA` (SHA-1), `SHA256`, `SHA384`, `SM3`, `OMAC`, `IMIT`, `GOSTR3411`, `NULL`, or
    /// `AEAD`; empty for signalling values. The hash in the name of an AEAD suite is that of its key derivation.
    pub mac: &'static str,
    /// Encrypts and authenticates in one algorithm. False for the integrity-only suites of RFC 9150.
    pub aead: bool,
    /// The key exchange is ephemeral, so that a long-term key lost later opens no recording: DHE, ECDHE, their PSK
    /// and anonymous forms, SRP, ECCPWD, and TLS 1.3 but for its mode psk_ke, which the suite does not show. Says
    /// nothing about the strength of the group.
    pub forward_secret: bool,
    /// IANA's column; `No` in [`EXTRA_CIPHER_SUITES`], which IANA does not rate: see [`CipherSuite::is_registered`].
    pub recommended: Recommended,
}

impl CipherSuite {
    /// Whether IANA assigned it: the row is in [`CIPHER_SUITES`].
    pub fn is_registered(&self) -> bool {
        CODES.binary_search(&self.code).is_ok()
    }

    /// Renegotiation or fallback signal in the client's list (RFC 5746, RFC 7507), never chosen.
    pub const fn is_signaling(&self) -> bool {
        self.cipher.is_empty()
    }

    /// Defined for TLS 1.3: names cipher and hash only.
    pub const fn is_tls13(&self) -> bool {
        self.kx.is_empty() && !self.is_signaling()
    }

    /// Weakened for the export rules of the 1990s.
    pub fn is_export(&self) -> bool {
        self.name.contains("_EXPORT")
    }
}

/// The codes of [`CIPHER_SUITES`] alone: every suite of every ClientHello is looked up, and these fit the nearest cache.
const CODES: [u16; CIPHER_SUITES.len()] = {
    let mut codes = [0; CIPHER_SUITES.len()];
    let mut at = 0;
    while at < codes.len() {
        codes[at] = CIPHER_SUITES[at].code;
        at += 1;
    }
    codes
};

/// The suite with this code, IANA's or an extra.
pub fn cipher_suite(code: u16) -> Option<&'static CipherSuite> {
    let registered = CODES.binary_search(&code).ok().and_then(|at| CIPHER_SUITES.get(at));
    registered.or_else(|| find(EXTRA_CIPHER_SUITES, code, |row| row.code))
}

macro_rules! suites {
    ($($code:literal $name:literal, $openssl_name:literal, $kx:literal, $auth:literal, $cipher:literal,
        $key_bits:literal, $mode:literal, $mac:literal, $aead:literal, $forward_secret:literal,
        $recommended:ident;)*) => {
        &[$(CipherSuite {
            code: $code,
            name: $name,
            openssl_name: $openssl_name,
            kx: $kx,
            auth: $auth,
            cipher: $cipher,
            key_bits: $key_bits,
            mode: $mode,
            mac: $mac,
            aead: $aead,
            forward_secret: $forward_secret,
            recommended: Recommended::$recommended,
        }),*]
    };
}

/// IANA's suites, sorted by code.
///
/// Columns: code, name, OpenSSL's name, kx, auth, cipher, key_bits, mode, mac, aead, forward_secret, recommended.
pub static CIPHER_SUITES: &[CipherSuite] = suites! {
    0x0000 "TLS_NULL_WITH_NULL_NULL", "", "NULL", "NULL", "NULL", 0, "", "NULL", false, false, No;
    0x0001 "TLS_RSA_WITH_NULL_MD5", "NULL-MD5", "RSA", "RSA", "NULL", 0, "", "MD5", false, false, Discouraged;
    0x0002 "TLS_RSA_WITH_NULL_SHA", "NULL-SHA", "RSA", "RSA", "NULL", 0, "", "SHA", false, false, Discouraged;
    0x0003 "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "EXP-RC4-MD5", "RSA", "RSA", "RC4", 40, "stream", "MD5", false, false, Discouraged;
    0x0004 "TLS_RSA_WITH_RC4_128_MD5", "RC4-MD5", "RSA", "RSA", "RC4", 128, "stream", "MD5", false, false, Discouraged;
    0x0005 "TLS_RSA_WITH_RC4_128_SHA", "RC4-SHA", "RSA", "RSA", "RC4", 128, "stream", "SHA", false, false, Discouraged;
    0x0006 "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", "EXP-RC2-CBC-MD5", "RSA", "RSA", "RC2", 40, "CBC", "MD5", false, false, Discouraged;
    0x0007 "TLS_RSA_WITH_IDEA_CBC_SHA", "IDEA-CBC-SHA", "RSA", "RSA", "IDEA", 128, "CBC", "SHA", false, false, Discouraged;
    0x0008 "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-DES-CBC-SHA", "RSA", "RSA", "DES", 40, "CBC", "SHA", false, false, Discouraged;
    0x0009 "TLS_RSA_WITH_DES_CBC_SHA", "DES-CBC-SHA", "RSA", "RSA", "DES", 56, "CBC", "SHA", false, false, Discouraged;
    0x000a "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA", "RSA", "RSA", "3DES", 168, "CBC", "SHA", false, false, Discouraged;
    0x000b "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA", "EXP-DH-DSS-DES-CBC-SHA", "DH", "DSS", "DES", 40, "CBC", "SHA", false, false, Discouraged;
    0x000c "TLS_DH_DSS_WITH_DES_CBC_SHA", "DH-DSS-DES-CBC-SHA", "DH", "DSS", "DES", 56, "CBC", "SHA", false, false, Discouraged;
    0x000d "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA", "DH-DSS-DES-CBC3-SHA", "DH", "DSS", "3DES", 168, "CBC", "SHA", false, false, Discouraged;
    0x000e "TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-DH-RSA-DES-CBC-SHA", "DH", "RSA", "DES", 40, "CBC", "SHA", false, false, Discouraged;
    0x000f "TLS_DH_RSA_WITH_DES_CBC_SHA", "DH-RSA-DES-CBC-SHA", "DH", "RSA", "DES", 56, "CBC", "SHA", false, false, Discouraged;
    0x0010 "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA", "DH-RSA-DES-CBC3-SHA", "DH", "RSA", "3DES", 168, "CBC", "SHA", false, false, Discouraged;
    0x0011 "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA", "EXP-EDH-DSS-DES-CBC-SHA", "DHE", "DSS", "DES", 40, "CBC", "SHA", false, true, Discouraged;
    0x0012 "TLS_DHE_DSS_WITH_DES_CBC_SHA", "EDH-DSS-DES-CBC-SHA", "DHE", "DSS", "DES", 56, "CBC", "SHA", false, true, Discouraged;
    0x0013 "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", "DHE-DSS-DES-CBC3-SHA", "DHE", "DSS", "3DES", 168, "CBC", "SHA", false, true, Discouraged;
    0x0014 "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-EDH-RSA-DES-CBC-SHA", "DHE", "RSA", "DES", 40, "CBC", "SHA", false, true, Discouraged;
    0x0015 "TLS_DHE_RSA_WITH_DES_CBC_SHA", "EDH-RSA-DES-CBC-SHA", "DHE", "RSA", "DES", 56, "CBC", "SHA", false, true, Discouraged;
    0x0016 "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "DHE-RSA-DES-CBC3-SHA", "DHE", "RSA", "3DES", 168, "CBC", "SHA", false, true, Discouraged;
    0x0017 "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5", "EXP-ADH-RC4-MD5", "DH_anon", "anon", "RC4", 40, "stream", "MD5", false, true, Discouraged;
    0x0018 "TLS_DH_anon_WITH_RC4_128_MD5", "ADH-RC4-MD5", "DH_anon", "anon", "RC4", 128, "stream", "MD5", false, true, Discouraged;
    0x0019 "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", "EXP-ADH-DES-CBC-SHA", "DH_anon", "anon", "DES", 40, "CBC", "SHA", false, true, Discouraged;
    0x001a "TLS_DH_anon_WITH_DES_CBC_SHA", "ADH-DES-CBC-SHA", "DH_anon", "anon", "DES", 56, "CBC", "SHA", false, true, Discouraged;
    0x001b "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", "ADH-DES-CBC3-SHA", "DH_anon", "anon", "3DES", 168, "CBC", "SHA", false, true, Discouraged;
    0x001e "TLS_KRB5_WITH_DES_CBC_SHA", "KRB5-DES-CBC-SHA", "KRB5", "KRB5", "DES", 56, "CBC", "SHA", false, false, Discouraged;
    0x001f "TLS_KRB5_WITH_3DES_EDE_CBC_SHA", "KRB5-DES-CBC3-SHA", "KRB5", "KRB5", "3DES", 168, "CBC", "SHA", false, false, No;
    0x0020 "TLS_KRB5_WITH_RC4_128_SHA", "KRB5-RC4-SHA", "KRB5", "KRB5", "RC4", 128, "stream", "SHA", false, false, Discouraged;
    0x0021 "TLS_KRB5_WITH_IDEA_CBC_SHA", "KRB5-IDEA-CBC-SHA", "KRB5", "KRB5", "IDEA", 128, "CBC", "SHA", false, false, Discouraged;
    0x0022 "TLS_KRB5_WITH_DES_CBC_MD5", "KRB5-DES-CBC-MD5", "KRB5", "KRB5", "DES", 56, "CBC", "MD5", false, false, Discouraged;
    0x0023 "TLS_KRB5_WITH_3DES_EDE_CBC_MD5", "KRB5-DES-CBC3-MD5", "KRB5", "KRB5", "3DES", 168, "CBC", "MD5", false, false, No;
    0x0024 "TLS_KRB5_WITH_RC4_128_MD5", "KRB5-RC4-MD5", "KRB5", "KRB5", "RC4", 128, "stream", "MD5", false, false, Discouraged;
    0x0025 "TLS_KRB5_WITH_IDEA_CBC_MD5", "KRB5-IDEA-CBC-MD5", "KRB5", "KRB5", "IDEA", 128, "CBC", "MD5", false, false, Discouraged;
    0x0026 "TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA", "EXP-KRB5-DES-CBC-SHA", "KRB5", "KRB5", "DES", 40, "CBC", "SHA", false, false, Discouraged;
    0x0027 "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA", "EXP-KRB5-RC2-CBC-SHA", "KRB5", "KRB5", "RC2", 40, "CBC", "SHA", false, false, Discouraged;
    0x0028 "TLS_KRB5_EXPORT_WITH_RC4_40_SHA", "EXP-KRB5-RC4-SHA", "KRB5", "KRB5", "RC4", 40, "stream", "SHA", false, false, Discouraged;
    0x0029 "TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5", "EXP-KRB5-DES-CBC-MD5", "KRB5", "KRB5", "DES", 40, "CBC", "MD5", false, false, Discouraged;
    0x002a "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5", "EXP-KRB5-RC2-CBC-MD5", "KRB5", "KRB5", "RC2", 40, "CBC", "MD5", false, false, Discouraged;
    0x002b "TLS_KRB5_EXPORT_WITH_RC4_40_MD5", "EXP-KRB5-RC4-MD5", "KRB5", "KRB5", "RC4", 40, "stream", "MD5", false, false, Discouraged;
    0x002c "TLS_PSK_WITH_NULL_SHA", "PSK-NULL-SHA", "PSK", "PSK", "NULL", 0, "", "SHA", false, false, Discouraged;
    0x002d "TLS_DHE_PSK_WITH_NULL_SHA", "DHE-PSK-NULL-SHA", "DHE_PSK", "PSK", "NULL", 0, "", "SHA", false, true, Discouraged;
    0x002e "TLS_RSA_PSK_WITH_NULL_SHA", "RSA-PSK-NULL-SHA", "RSA_PSK", "RSA", "NULL", 0, "", "SHA", false, false, Discouraged;
    0x002f "TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA", "RSA", "RSA", "AES", 128, "CBC", "SHA", false, false, Discouraged;
    0x0030 "TLS_DH_DSS_WITH_AES_128_CBC_SHA", "DH-DSS-AES128-SHA", "DH", "DSS", "AES", 128, "CBC", "SHA", false, false, Discouraged;
    0x0031 "TLS_DH_RSA_WITH_AES_128_CBC_SHA", "DH-RSA-AES128-SHA", "DH", "RSA", "AES", 128, "CBC", "SHA", false, false, Discouraged;
    0x0032 "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", "DHE-DSS-AES128-SHA", "DHE", "DSS", "AES", 128, "CBC", "SHA", false, true, Discouraged;
    0x0033 "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "DHE-RSA-AES128-SHA", "DHE", "RSA", "AES", 128, "CBC", "SHA", false, true, Discouraged;
    0x0034 "TLS_DH_anon_WITH_AES_128_CBC_SHA", "ADH-AES128-SHA", "DH_anon", "anon", "AES", 128, "CBC", "SHA", false, true, Discouraged;
    0x0035 "TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA", "RSA", "RSA", "AES", 256, "CBC", "SHA", false, false, Discouraged;
    0x0036 "TLS_DH_DSS_WITH_AES_256_CBC_SHA", "DH-DSS-AES256-SHA", "DH", "DSS", "AES", 256, "CBC", "SHA", false, false, Discouraged;
    0x0037 "TLS_DH_RSA_WITH_AES_256_CBC_SHA", "DH-RSA-AES256-SHA", "DH", "RSA", "AES", 256, "CBC", "SHA", false, false, Discouraged;
    0x0038 "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", "DHE-DSS-AES256-SHA", "DHE", "DSS", "AES", 256, "CBC", "SHA", false, true, Discouraged;
    0x0039 "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "DHE-RSA-AES256-SHA", "DHE", "RSA", "AES", 256, "CBC", "SHA", false, true, Discouraged;
    0x003a "TLS_DH_anon_WITH_AES_256_CBC_SHA", "ADH-AES256-SHA", "DH_anon", "anon", "AES", 256, "CBC", "SHA", false, true, Discouraged;
    0x003b "TLS_RSA_WITH_NULL_SHA256", "NULL-SHA256", "RSA", "RSA", "NULL", 0, "", "SHA256", false, false, Discouraged;
    0x003c "TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256", "RSA", "RSA", "AES", 128, "CBC", "SHA256", false, false, Discouraged;
    0x003d "TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256", "RSA", "RSA", "AES", 256, "CBC", "SHA256", false, false, Discouraged;
    0x003e "TLS_DH_DSS_WITH_AES_128_CBC_SHA256", "DH-DSS-AES128-SHA256", "DH", "DSS", "AES", 128, "CBC", "SHA256", false, false, Discouraged;
    0x003f "TLS_DH_RSA_WITH_AES_128_CBC_SHA256", "DH-RSA-AES128-SHA256", "DH", "RSA", "AES", 128, "CBC", "SHA256", false, false, Discouraged;
    0x0040 "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", "DHE-DSS-AES128-SHA256", "DHE", "DSS", "AES", 128, "CBC", "SHA256", false, true, Discouraged;
    0x0041 "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", "CAMELLIA128-SHA", "RSA", "RSA", "CAMELLIA", 128, "CBC", "SHA", false, false, Discouraged;
    0x0042 "TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA", "DH-DSS-CAMELLIA128-SHA", "DH", "DSS", "CAMELLIA", 128, "CBC", "SHA", false, false, Discouraged;
    0x0043 "TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA", "DH-RSA-CAMELLIA128-SHA", "DH", "RSA", "CAMELLIA", 128, "CBC", "SHA", false, false, Discouraged;
    0x0044 "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA", "DHE-DSS-CAMELLIA128-SHA", "DHE", "DSS", "CAMELLIA", 128, "CBC", "SHA", false, true, Discouraged;
    0x0045 "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", "DHE-RSA-CAMELLIA128-SHA", "DHE", "RSA", "CAMELLIA", 128, "CBC", "SHA", false, true, Discouraged;
    0x0046 "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA", "ADH-CAMELLIA128-SHA", "DH_anon", "anon", "CAMELLIA", 128, "CBC", "SHA", false, true, Discouraged;
    0x0067 "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "DHE-RSA-AES128-SHA256", "DHE", "RSA", "AES", 128, "CBC", "SHA256", false, true, Discouraged;
    0x0068 "TLS_DH_DSS_WITH_AES_256_CBC_SHA256", "DH-DSS-AES256-SHA256", "DH", "DSS", "AES", 256, "CBC", "SHA256", false, false, Discouraged;
    0x0069 "TLS_DH_RSA_WITH_AES_256_CBC_SHA256", "DH-RSA-AES256-SHA256", "DH", "RSA", "AES", 256, "CBC", "SHA256", false, false, Discouraged;
    0x006a "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256", "DHE-DSS-AES256-SHA256", "DHE", "DSS", "AES", 256, "CBC", "SHA256", false, true, Discouraged;
    0x006b "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "DHE-RSA-AES256-SHA256", "DHE", "RSA", "AES", 256, "CBC", "SHA256", false, true, Discouraged;
    0x006c "TLS_DH_anon_WITH_AES_128_CBC_SHA256", "ADH-AES128-SHA256", "DH_anon", "anon", "AES", 128, "CBC", "SHA256", false, true, Discouraged;
    0x006d "TLS_DH_anon_WITH_AES_256_CBC_SHA256", "ADH-AES256-SHA256", "DH_anon", "anon", "AES", 256, "CBC", "SHA256", false, true, Discouraged;
    0x006e "TLS_ASCONAEAD128_ASCONHASH256", "", "", "", "ASCON", 128, "AEAD128", "AEAD", true, true, No;
    0x006f "TLS_ASCONAEAD128_SHA256", "", "", "", "ASCON", 128, "AEAD128", "AEAD", true, true, No;
    0x0070 "TLS_AES_128_GCM_ASCONHASH256", "", "", "", "AES", 128, "GCM", "AEAD", true, true, No;
    0x0071 "TLS_AES_128_CCM_ASCONHASH256", "", "", "", "AES", 128, "CCM", "AEAD", true, true, No;
    0x0084 "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", "CAMELLIA256-SHA", "RSA", "RSA", "CAMELLIA", 256, "CBC", "SHA", false, false, Discouraged;
    0x0085 "TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA", "DH-DSS-CAMELLIA256-SHA", "DH", "DSS", "CAMELLIA", 256, "CBC", "SHA", false, false, Discouraged;
    0x0086 "TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA", "DH-RSA-CAMELLIA256-SHA", "DH", "RSA", "CAMELLIA", 256, "CBC", "SHA", false, false, Discouraged;
    0x0087 "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA", "DHE-DSS-CAMELLIA256-SHA", "DHE", "DSS", "CAMELLIA", 256, "CBC", "SHA", false, true, Discouraged;
    0x0088 "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", "DHE-RSA-CAMELLIA256-SHA", "DHE", "RSA", "CAMELLIA", 256, "CBC", "SHA", false, true, Discouraged;
    0x0089 "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA", "ADH-CAMELLIA256-SHA", "DH_anon", "anon", "CAMELLIA", 256, "CBC", "SHA", false, true, Discouraged;
    0x008a "TLS_PSK_WITH_RC4_128_SHA", "PSK-RC4-SHA", "PSK", "PSK", "RC4", 128, "stream", "SHA", false, false, Discouraged;
    0x008b "TLS_PSK_WITH_3DES_EDE_CBC_SHA", "PSK-3DES-EDE-CBC-SHA", "PSK", "PSK", "3DES", 168, "CBC", "SHA", false, false, No;
    0x008c "TLS_PSK_WITH_AES_128_CBC_SHA", "PSK-AES128-CBC-SHA", "PSK", "PSK", "AES", 128, "CBC", "SHA", false, false, No;
    0x008d "TLS_PSK_WITH_AES_256_CBC_SHA", "PSK-AES256-CBC-SHA", "PSK", "PSK", "AES", 256, "CBC", "SHA", false, false, No;
    0x008e "TLS_DHE_PSK_WITH_RC4_128_SHA", "DHE-PSK-RC4-SHA", "DHE_PSK", "PSK", "RC4", 128, "stream", "SHA", false, true, Discouraged;
    0x008f "TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA", "DHE-PSK-3DES-EDE-CBC-SHA", "DHE_PSK", "PSK", "3DES", 168, "CBC", "SHA", false, true, Discouraged;
    0x0090 "TLS_DHE_PSK_WITH_AES_128_CBC_SHA", "DHE-PSK-AES128-CBC-SHA", "DHE_PSK", "PSK", "AES", 128, "CBC", "SHA", false, true, Discouraged;
    0x0091 "TLS_DHE_PSK_WITH_AES_256_CBC_SHA", "DHE-PSK-AES256-CBC-SHA", "DHE_PSK", "PSK", "AES", 256, "CBC", "SHA", false, true, Discouraged;
    0x0092 "TLS_RSA_PSK_WITH_RC4_128_SHA", "RSA-PSK-RC4-SHA", "RSA_PSK", "RSA", "RC4", 128, "stream", "SHA", false, false, Discouraged;
    0x0093 "TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA", "RSA-PSK-3DES-EDE-CBC-SHA", "RSA_PSK", "RSA", "3DES", 168, "CBC", "SHA", false, false, Discouraged;
    0x0094 "TLS_RSA_PSK_WITH_AES_128_CBC_SHA", "RSA-PSK-AES128-CBC-SHA", "RSA_PSK", "RSA", "AES", 128, "CBC", "SHA", false, false, Discouraged;
    0x0095 "TLS_RSA_PSK_WITH_AES_256_CBC_SHA", "RSA-PSK-AES256-CBC-SHA", "RSA_PSK", "RSA", "AES", 256, "CBC", "SHA", false, false, Discouraged;
    0x0096 "TLS_RSA_WITH_SEED_CBC_SHA", "SEED-SHA", "RSA", "RSA", "SEED", 128, "CBC", "SHA", false, false, Discouraged;
    0x0097 "TLS_DH_DSS_WITH_SEED_CBC_SHA", "DH-DSS-SEED-SHA", "DH", "DSS", "SEED", 128, "CBC", "SHA", false, false, Discouraged;
    0x0098 "TLS_DH_RSA_WITH_SEED_CBC_SHA", "DH-RSA-SEED-SHA", "DH", "RSA", "SEED", 128, "CBC", "SHA", false, false, Discouraged;
    0x0099 "TLS_DHE_DSS_WITH_SEED_CBC_SHA", "DHE-DSS-SEED-SHA", "DHE", "DSS", "SEED", 128, "CBC", "SHA", false, true, Discouraged;
    0x009a "TLS_DHE_RSA_WITH_SEED_CBC_SHA", "DHE-RSA-SEED-SHA", "DHE", "RSA", "SEED", 128, "CBC", "SHA", false, true, Discouraged;
    0x009b "TLS_DH_anon_WITH_SEED_CBC_SHA", "ADH-SEED-SHA", "DH_anon", "anon", "SEED", 128, "CBC", "SHA", false, true, Discouraged;
    0x009c "TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256", "RSA", "RSA", "AES", 128, "GCM", "AEAD", true, false, Discouraged;
    0x009d "TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384", "RSA", "RSA", "AES", 256, "GCM", "AEAD", true, false, Discouraged;
    0x009e "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256", "DHE", "RSA", "AES", 128, "GCM", "AEAD", true, true, Discouraged;
    0x009f "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384", "DHE", "RSA", "AES", 256, "GCM", "AEAD", true, true, Discouraged;
    0x00a0 "TLS_DH_RSA_WITH_AES_128_GCM_SHA256", "DH-RSA-AES128-GCM-SHA256", "DH", "RSA", "AES", 128, "GCM", "AEAD", true, false, Discouraged;
    0x00a1 "TLS_DH_RSA_WITH_AES_256_GCM_SHA384", "DH-RSA-AES256-GCM-SHA384", "DH", "RSA", "AES", 256, "GCM", "AEAD", true, false, Discouraged;
    0x00a2 "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", "DHE-DSS-AES128-GCM-SHA256", "DHE", "DSS", "AES", 128, "GCM", "AEAD", true, true, Discouraged;
    0x00a3 "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", "DHE-DSS-AES256-GCM-SHA384", "DHE", "DSS", "AES", 256, "GCM", "AEAD", true, true, Discouraged;
    0x00a4 "TLS_DH_DSS_WITH_AES_128_GCM_SHA256", "DH-DSS-AES128-GCM-SHA256", "DH", "DSS", "AES", 128, "GCM", "AEAD", true, false, Discouraged;
    0x00a5 "TLS_DH_DSS_WITH_AES_256_GCM_SHA384", "DH-DSS-AES256-GCM-SHA384", "DH", "DSS", "AES", 256, "GCM", "AEAD", true, false, Discouraged;
    0x00a6 "TLS_DH_anon_WITH_AES_128_GCM_SHA256", "ADH-AES128-GCM-SHA256", "DH_anon", "anon", "AES", 128, "GCM", "AEAD", true, true, Discouraged;
    0x00a7 "TLS_DH_anon_WITH_AES_256_GCM_SHA384", "ADH-AES256-GCM-SHA384", "DH_anon", "anon", "AES", 256, "GCM", "AEAD", true, true, Discouraged;
    0x00a8 "TLS_PSK_WITH_AES_128_GCM_SHA256", "PSK-AES128-GCM-SHA256", "PSK", "PSK", "AES", 128, "GCM", "AEAD", true, false, No;
    0x00a9 "TLS_PSK_WITH_AES_256_GCM_SHA384", "PSK-AES256-GCM-SHA384", "PSK", "PSK", "AES", 256, "GCM", "AEAD", true, false, No;
    0x00aa "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", "DHE-PSK-AES128-GCM-SHA256", "DHE_PSK", "PSK", "AES", 128, "GCM", "AEAD", true, true, Discouraged;
    0x00ab "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384", "DHE-PSK-AES256-GCM-SHA384", "DHE_PSK", "PSK", "AES", 256, "GCM", "AEAD", true, true, Discouraged;
    0x00ac "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", "RSA-PSK-AES128-GCM-SHA256", "RSA_PSK", "RSA", "AES", 128, "GCM", "AEAD", true, false, Discouraged;
    0x00ad "TLS_RSA_PSK_WITH_AES_256_GCM_SHA384", "RSA-PSK-AES256-GCM-SHA384", "RSA_PSK", "RSA", "AES", 256, "GCM", "AEAD", true, false, Discouraged;
    0x00ae "TLS_PSK_WITH_AES_128_CBC_SHA256", "PSK-AES128-CBC-SHA256", "PSK", "PSK", "AES", 128, "CBC", "SHA256", false, false, No;
    0x00af "TLS_PSK_WITH_AES_256_CBC_SHA384", "PSK-AES256-CBC-SHA384", "PSK", "PSK", "AES", 256, "CBC", "SHA384", false, false, No;
    0x00b0 "TLS_PSK_WITH_NULL_SHA256", "PSK-NULL-SHA256", "PSK", "PSK", "NULL", 0, "", "SHA256", false, false, Discouraged;
    0x00b1 "TLS_PSK_WITH_NULL_SHA384", "PSK-NULL-SHA384", "PSK", "PSK", "NULL", 0, "", "SHA384", false, false, Discouraged;
    0x00b2 "TLS_DHE_PSK_WITH_AES_128_CBC_SHA256", "DHE-PSK-AES128-CBC-SHA256", "DHE_PSK", "PSK", "AES", 128, "CBC", "SHA256", false, true, Discouraged;
    0x00b3 "TLS_DHE_PSK_WITH_AES_256_CBC_SHA384", "DHE-PSK-AES256-CBC-SHA384", "DHE_PSK", "PSK", "AES", 256, "CBC", "SHA384", false, true, Discouraged;
    0x00b4 "TLS_DHE_PSK_WITH_NULL_SHA256", "DHE-PSK-NULL-SHA256", "DHE_PSK", "PSK", "NULL", 0, "", "SHA256", false, true, Discouraged;
    0x00b5 "TLS_DHE_PSK_WITH_NULL_SHA384", "DHE-PSK-NULL-SHA384", "DHE_PSK", "PSK", "NULL", 0, "", "SHA384", false, true, Discouraged;
    0x00b6 "TLS_RSA_PSK_WITH_AES_128_CBC_SHA256", "RSA-PSK-AES128-CBC-SHA256", "RSA_PSK", "RSA", "AES", 128, "CBC", "SHA256", false, false, Discouraged;
    0x00b7 "TLS_RSA_PSK_WITH_AES_256_CBC_SHA384", "RSA-PSK-AES256-CBC-SHA384", "RSA_PSK", "RSA", "AES", 256, "CBC", "SHA384", false, false, Discouraged;
    0x00b8 "TLS_RSA_PSK_WITH_NULL_SHA256", "RSA-PSK-NULL-SHA256", "RSA_PSK", "RSA", "NULL", 0, "", "SHA256", false, false, Discouraged;
    0x00b9 "TLS_RSA_PSK_WITH_NULL_SHA384", "RSA-PSK-NULL-SHA384", "RSA_PSK", "RSA", "NULL", 0, "", "SHA384", false, false, Discouraged;
    0x00ba "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256", "CAMELLIA128-SHA256", "RSA", "RSA", "CAMELLIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0x00bb "TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA256", "DH-DSS-CAMELLIA128-SHA256", "DH", "DSS", "CAMELLIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0x00bc "TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA256", "DH-RSA-CAMELLIA128-SHA256", "DH", "RSA", "CAMELLIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0x00bd "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256", "DHE-DSS-CAMELLIA128-SHA256", "DHE", "DSS", "CAMELLIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0x00be "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", "DHE-RSA-CAMELLIA128-SHA256", "DHE", "RSA", "CAMELLIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0x00bf "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256", "ADH-CAMELLIA128-SHA256", "DH_anon", "anon", "CAMELLIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0x00c0 "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256", "CAMELLIA256-SHA256", "RSA", "RSA", "CAMELLIA", 256, "CBC", "SHA256", false, false, Discouraged;
    0x00c1 "TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA256", "DH-DSS-CAMELLIA256-SHA256", "DH", "DSS", "CAMELLIA", 256, "CBC", "SHA256", false, false, Discouraged;
    0x00c2 "TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA256", "DH-RSA-CAMELLIA256-SHA256", "DH", "RSA", "CAMELLIA", 256, "CBC", "SHA256", false, false, Discouraged;
    0x00c3 "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256", "DHE-DSS-CAMELLIA256-SHA256", "DHE", "DSS", "CAMELLIA", 256, "CBC", "SHA256", false, true, Discouraged;
    0x00c4 "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256", "DHE-RSA-CAMELLIA256-SHA256", "DHE", "RSA", "CAMELLIA", 256, "CBC", "SHA256", false, true, Discouraged;
    0x00c5 "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256", "ADH-CAMELLIA256-SHA256", "DH_anon", "anon", "CAMELLIA", 256, "CBC", "SHA256", false, true, Discouraged;
    0x00c6 "TLS_SM4_GCM_SM3", "", "", "", "SM4", 128, "GCM", "AEAD", true, true, No;
    0x00c7 "TLS_SM4_CCM_SM3", "", "", "", "SM4", 128, "CCM", "AEAD", true, true, No;
    0x00ff "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "", "", "", "", 0, "", "", false, false, No;
    0x1301 "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "", "", "AES", 128, "GCM", "AEAD", true, true, Yes;
    0x1302 "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "", "", "AES", 256, "GCM", "AEAD", true, true, Yes;
    0x1303 "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "", "", "CHACHA20", 256, "poly1305", "AEAD", true, true, Yes;
    0x1304 "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256", "", "", "AES", 128, "CCM", "AEAD", true, true, Yes;
    0x1305 "TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_8_SHA256", "", "", "AES", 128, "CCM_8", "AEAD", true, true, No;
    0x1306 "TLS_AEGIS_256_SHA512", "", "", "", "AEGIS", 256, "256", "AEAD", true, true, No;
    0x1307 "TLS_AEGIS_128L_SHA256", "", "", "", "AEGIS", 128, "128L", "AEAD", true, true, No;
    0x5600 "TLS_FALLBACK_SCSV", "", "", "", "", 0, "", "", false, false, No;
    0xc001 "TLS_ECDH_ECDSA_WITH_NULL_SHA", "ECDH-ECDSA-NULL-SHA", "ECDH", "ECDSA", "NULL", 0, "", "SHA", false, false, Discouraged;
    0xc002 "TLS_ECDH_ECDSA_WITH_RC4_128_SHA", "ECDH-ECDSA-RC4-SHA", "ECDH", "ECDSA", "RC4", 128, "stream", "SHA", false, false, Discouraged;
    0xc003 "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", "ECDH-ECDSA-DES-CBC3-SHA", "ECDH", "ECDSA", "3DES", 168, "CBC", "SHA", false, false, Discouraged;
    0xc004 "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", "ECDH-ECDSA-AES128-SHA", "ECDH", "ECDSA", "AES", 128, "CBC", "SHA", false, false, Discouraged;
    0xc005 "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", "ECDH-ECDSA-AES256-SHA", "ECDH", "ECDSA", "AES", 256, "CBC", "SHA", false, false, Discouraged;
    0xc006 "TLS_ECDHE_ECDSA_WITH_NULL_SHA", "ECDHE-ECDSA-NULL-SHA", "ECDHE", "ECDSA", "NULL", 0, "", "SHA", false, true, Discouraged;
    0xc007 "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "ECDHE-ECDSA-RC4-SHA", "ECDHE", "ECDSA", "RC4", 128, "stream", "SHA", false, true, Discouraged;
    0xc008 "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-ECDSA-DES-CBC3-SHA", "ECDHE", "ECDSA", "3DES", 168, "CBC", "SHA", false, true, No;
    0xc009 "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE", "ECDSA", "AES", 128, "CBC", "SHA", false, true, No;
    0xc00a "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE", "ECDSA", "AES", 256, "CBC", "SHA", false, true, No;
    0xc00b "TLS_ECDH_RSA_WITH_NULL_SHA", "ECDH-RSA-NULL-SHA", "ECDH", "RSA", "NULL", 0, "", "SHA", false, false, Discouraged;
    0xc00c "TLS_ECDH_RSA_WITH_RC4_128_SHA", "ECDH-RSA-RC4-SHA", "ECDH", "RSA", "RC4", 128, "stream", "SHA", false, false, Discouraged;
    0xc00d "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA", "ECDH-RSA-DES-CBC3-SHA", "ECDH", "RSA", "3DES", 168, "CBC", "SHA", false, false, Discouraged;
    0xc00e "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", "ECDH-RSA-AES128-SHA", "ECDH", "RSA", "AES", 128, "CBC", "SHA", false, false, Discouraged;
    0xc00f "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA", "ECDH-RSA-AES256-SHA", "ECDH", "RSA", "AES", 256, "CBC", "SHA", false, false, Discouraged;
    0xc010 "TLS_ECDHE_RSA_WITH_NULL_SHA", "ECDHE-RSA-NULL-SHA", "ECDHE", "RSA", "NULL", 0, "", "SHA", false, true, Discouraged;
    0xc011 "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "ECDHE-RSA-RC4-SHA", "ECDHE", "RSA", "RC4", 128, "stream", "SHA", false, true, Discouraged;
    0xc012 "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-RSA-DES-CBC3-SHA", "ECDHE", "RSA", "3DES", 168, "CBC", "SHA", false, true, No;
    0xc013 "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA", "ECDHE", "RSA", "AES", 128, "CBC", "SHA", false, true, No;
    0xc014 "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA", "ECDHE", "RSA", "AES", 256, "CBC", "SHA", false, true, No;
    0xc015 "TLS_ECDH_anon_WITH_NULL_SHA", "AECDH-NULL-SHA", "ECDH_anon", "anon", "NULL", 0, "", "SHA", false, true, Discouraged;
    0xc016 "TLS_ECDH_anon_WITH_RC4_128_SHA", "AECDH-RC4-SHA", "ECDH_anon", "anon", "RC4", 128, "stream", "SHA", false, true, Discouraged;
    0xc017 "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA", "AECDH-DES-CBC3-SHA", "ECDH_anon", "anon", "3DES", 168, "CBC", "SHA", false, true, Discouraged;
    0xc018 "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "AECDH-AES128-SHA", "ECDH_anon", "anon", "AES", 128, "CBC", "SHA", false, true, Discouraged;
    0xc019 "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "AECDH-AES256-SHA", "ECDH_anon", "anon", "AES", 256, "CBC", "SHA", false, true, Discouraged;
    0xc01a "TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA", "SRP-3DES-EDE-CBC-SHA", "SRP", "SRP", "3DES", 168, "CBC", "SHA", false, true, No;
    0xc01b "TLS_SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA", "SRP-RSA-3DES-EDE-CBC-SHA", "SRP", "RSA", "3DES", 168, "CBC", "SHA", false, true, No;
    0xc01c "TLS_SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA", "SRP-DSS-3DES-EDE-CBC-SHA", "SRP", "DSS", "3DES", 168, "CBC", "SHA", false, true, No;
    0xc01d "TLS_SRP_SHA_WITH_AES_128_CBC_SHA", "SRP-AES-128-CBC-SHA", "SRP", "SRP", "AES", 128, "CBC", "SHA", false, true, No;
    0xc01e "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA", "SRP-RSA-AES-128-CBC-SHA", "SRP", "RSA", "AES", 128, "CBC", "SHA", false, true, No;
    0xc01f "TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA", "SRP-DSS-AES-128-CBC-SHA", "SRP", "DSS", "AES", 128, "CBC", "SHA", false, true, No;
    0xc020 "TLS_SRP_SHA_WITH_AES_256_CBC_SHA", "SRP-AES-256-CBC-SHA", "SRP", "SRP", "AES", 256, "CBC", "SHA", false, true, No;
    0xc021 "TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA", "SRP-RSA-AES-256-CBC-SHA", "SRP", "RSA", "AES", 256, "CBC", "SHA", false, true, No;
    0xc022 "TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA", "SRP-DSS-AES-256-CBC-SHA", "SRP", "DSS", "AES", 256, "CBC", "SHA", false, true, No;
    0xc023 "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE", "ECDSA", "AES", 128, "CBC", "SHA256", false, true, No;
    0xc024 "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384", "ECDHE", "ECDSA", "AES", 256, "CBC", "SHA384", false, true, No;
    0xc025 "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", "ECDH-ECDSA-AES128-SHA256", "ECDH", "ECDSA", "AES", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc026 "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384", "ECDH-ECDSA-AES256-SHA384", "ECDH", "ECDSA", "AES", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc027 "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE", "RSA", "AES", 128, "CBC", "SHA256", false, true, No;
    0xc028 "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA-AES256-SHA384", "ECDHE", "RSA", "AES", 256, "CBC", "SHA384", false, true, No;
    0xc029 "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256", "ECDH-RSA-AES128-SHA256", "ECDH", "RSA", "AES", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc02a "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384", "ECDH-RSA-AES256-SHA384", "ECDH", "RSA", "AES", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc02b "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE", "ECDSA", "AES", 128, "GCM", "AEAD", true, true, Yes;
    0xc02c "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE", "ECDSA", "AES", 256, "GCM", "AEAD", true, true, Yes;
    0xc02d "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", "ECDH-ECDSA-AES128-GCM-SHA256", "ECDH", "ECDSA", "AES", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc02e "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384", "ECDH-ECDSA-AES256-GCM-SHA384", "ECDH", "ECDSA", "AES", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc02f "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE", "RSA", "AES", 128, "GCM", "AEAD", true, true, Yes;
    0xc030 "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE", "RSA", "AES", 256, "GCM", "AEAD", true, true, Yes;
    0xc031 "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", "ECDH-RSA-AES128-GCM-SHA256", "ECDH", "RSA", "AES", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc032 "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384", "ECDH-RSA-AES256-GCM-SHA384", "ECDH", "RSA", "AES", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc033 "TLS_ECDHE_PSK_WITH_RC4_128_SHA", "ECDHE-PSK-RC4-SHA", "ECDHE_PSK", "PSK", "RC4", 128, "stream", "SHA", false, true, Discouraged;
    0xc034 "TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA", "ECDHE-PSK-3DES-EDE-CBC-SHA", "ECDHE_PSK", "PSK", "3DES", 168, "CBC", "SHA", false, true, No;
    0xc035 "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA", "ECDHE-PSK-AES128-CBC-SHA", "ECDHE_PSK", "PSK", "AES", 128, "CBC", "SHA", false, true, No;
    0xc036 "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA", "ECDHE-PSK-AES256-CBC-SHA", "ECDHE_PSK", "PSK", "AES", 256, "CBC", "SHA", false, true, No;
    0xc037 "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256", "ECDHE-PSK-AES128-CBC-SHA256", "ECDHE_PSK", "PSK", "AES", 128, "CBC", "SHA256", false, true, No;
    0xc038 "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384", "ECDHE-PSK-AES256-CBC-SHA384", "ECDHE_PSK", "PSK", "AES", 256, "CBC", "SHA384", false, true, No;
    0xc039 "TLS_ECDHE_PSK_WITH_NULL_SHA", "ECDHE-PSK-NULL-SHA", "ECDHE_PSK", "PSK", "NULL", 0, "", "SHA", false, true, Discouraged;
    0xc03a "TLS_ECDHE_PSK_WITH_NULL_SHA256", "ECDHE-PSK-NULL-SHA256", "ECDHE_PSK", "PSK", "NULL", 0, "", "SHA256", false, true, Discouraged;
    0xc03b "TLS_ECDHE_PSK_WITH_NULL_SHA384", "ECDHE-PSK-NULL-SHA384", "ECDHE_PSK", "PSK", "NULL", 0, "", "SHA384", false, true, Discouraged;
    0xc03c "TLS_RSA_WITH_ARIA_128_CBC_SHA256", "", "RSA", "RSA", "ARIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc03d "TLS_RSA_WITH_ARIA_256_CBC_SHA384", "", "RSA", "RSA", "ARIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc03e "TLS_DH_DSS_WITH_ARIA_128_CBC_SHA256", "", "DH", "DSS", "ARIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc03f "TLS_DH_DSS_WITH_ARIA_256_CBC_SHA384", "", "DH", "DSS", "ARIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc040 "TLS_DH_RSA_WITH_ARIA_128_CBC_SHA256", "", "DH", "RSA", "ARIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc041 "TLS_DH_RSA_WITH_ARIA_256_CBC_SHA384", "", "DH", "RSA", "ARIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc042 "TLS_DHE_DSS_WITH_ARIA_128_CBC_SHA256", "", "DHE", "DSS", "ARIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0xc043 "TLS_DHE_DSS_WITH_ARIA_256_CBC_SHA384", "", "DHE", "DSS", "ARIA", 256, "CBC", "SHA384", false, true, Discouraged;
    0xc044 "TLS_DHE_RSA_WITH_ARIA_128_CBC_SHA256", "", "DHE", "RSA", "ARIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0xc045 "TLS_DHE_RSA_WITH_ARIA_256_CBC_SHA384", "", "DHE", "RSA", "ARIA", 256, "CBC", "SHA384", false, true, Discouraged;
    0xc046 "TLS_DH_anon_WITH_ARIA_128_CBC_SHA256", "", "DH_anon", "anon", "ARIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0xc047 "TLS_DH_anon_WITH_ARIA_256_CBC_SHA384", "", "DH_anon", "anon", "ARIA", 256, "CBC", "SHA384", false, true, Discouraged;
    0xc048 "TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256", "", "ECDHE", "ECDSA", "ARIA", 128, "CBC", "SHA256", false, true, No;
    0xc049 "TLS_ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384", "", "ECDHE", "ECDSA", "ARIA", 256, "CBC", "SHA384", false, true, No;
    0xc04a "TLS_ECDH_ECDSA_WITH_ARIA_128_CBC_SHA256", "", "ECDH", "ECDSA", "ARIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc04b "TLS_ECDH_ECDSA_WITH_ARIA_256_CBC_SHA384", "", "ECDH", "ECDSA", "ARIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc04c "TLS_ECDHE_RSA_WITH_ARIA_128_CBC_SHA256", "", "ECDHE", "RSA", "ARIA", 128, "CBC", "SHA256", false, true, No;
    0xc04d "TLS_ECDHE_RSA_WITH_ARIA_256_CBC_SHA384", "", "ECDHE", "RSA", "ARIA", 256, "CBC", "SHA384", false, true, No;
    0xc04e "TLS_ECDH_RSA_WITH_ARIA_128_CBC_SHA256", "", "ECDH", "RSA", "ARIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc04f "TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384", "", "ECDH", "RSA", "ARIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc050 "TLS_RSA_WITH_ARIA_128_GCM_SHA256", "ARIA128-GCM-SHA256", "RSA", "RSA", "ARIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc051 "TLS_RSA_WITH_ARIA_256_GCM_SHA384", "ARIA256-GCM-SHA384", "RSA", "RSA", "ARIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc052 "TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256", "DHE-RSA-ARIA128-GCM-SHA256", "DHE", "RSA", "ARIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc053 "TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384", "DHE-RSA-ARIA256-GCM-SHA384", "DHE", "RSA", "ARIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc054 "TLS_DH_RSA_WITH_ARIA_128_GCM_SHA256", "DH-RSA-ARIA128-GCM-SHA256", "DH", "RSA", "ARIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc055 "TLS_DH_RSA_WITH_ARIA_256_GCM_SHA384", "DH-RSA-ARIA256-GCM-SHA384", "DH", "RSA", "ARIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc056 "TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256", "DHE-DSS-ARIA128-GCM-SHA256", "DHE", "DSS", "ARIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc057 "TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384", "DHE-DSS-ARIA256-GCM-SHA384", "DHE", "DSS", "ARIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc058 "TLS_DH_DSS_WITH_ARIA_128_GCM_SHA256", "DH-DSS-ARIA128-GCM-SHA256", "DH", "DSS", "ARIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc059 "TLS_DH_DSS_WITH_ARIA_256_GCM_SHA384", "DH-DSS-ARIA256-GCM-SHA384", "DH", "DSS", "ARIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc05a "TLS_DH_anon_WITH_ARIA_128_GCM_SHA256", "ADH-ARIA128-GCM-SHA256", "DH_anon", "anon", "ARIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc05b "TLS_DH_anon_WITH_ARIA_256_GCM_SHA384", "ADH-ARIA256-GCM-SHA384", "DH_anon", "anon", "ARIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc05c "TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256", "ECDHE-ECDSA-ARIA128-GCM-SHA256", "ECDHE", "ECDSA", "ARIA", 128, "GCM", "AEAD", true, true, No;
    0xc05d "TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384", "ECDHE-ECDSA-ARIA256-GCM-SHA384", "ECDHE", "ECDSA", "ARIA", 256, "GCM", "AEAD", true, true, No;
    0xc05e "TLS_ECDH_ECDSA_WITH_ARIA_128_GCM_SHA256", "ECDH-ECDSA-ARIA128-GCM-SHA256", "ECDH", "ECDSA", "ARIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc05f "TLS_ECDH_ECDSA_WITH_ARIA_256_GCM_SHA384", "ECDH-ECDSA-ARIA256-GCM-SHA384", "ECDH", "ECDSA", "ARIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc060 "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256", "ECDHE-ARIA128-GCM-SHA256", "ECDHE", "RSA", "ARIA", 128, "GCM", "AEAD", true, true, No;
    0xc061 "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384", "ECDHE-ARIA256-GCM-SHA384", "ECDHE", "RSA", "ARIA", 256, "GCM", "AEAD", true, true, No;
    0xc062 "TLS_ECDH_RSA_WITH_ARIA_128_GCM_SHA256", "ECDH-ARIA128-GCM-SHA256", "ECDH", "RSA", "ARIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc063 "TLS_ECDH_RSA_WITH_ARIA_256_GCM_SHA384", "ECDH-ARIA256-GCM-SHA384", "ECDH", "RSA", "ARIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc064 "TLS_PSK_WITH_ARIA_128_CBC_SHA256", "", "PSK", "PSK", "ARIA", 128, "CBC", "SHA256", false, false, No;
    0xc065 "TLS_PSK_WITH_ARIA_256_CBC_SHA384", "", "PSK", "PSK", "ARIA", 256, "CBC", "SHA384", false, false, No;
    0xc066 "TLS_DHE_PSK_WITH_ARIA_128_CBC_SHA256", "", "DHE_PSK", "PSK", "ARIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0xc067 "TLS_DHE_PSK_WITH_ARIA_256_CBC_SHA384", "", "DHE_PSK", "PSK", "ARIA", 256, "CBC", "SHA384", false, true, Discouraged;
    0xc068 "TLS_RSA_PSK_WITH_ARIA_128_CBC_SHA256", "", "RSA_PSK", "RSA", "ARIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc069 "TLS_RSA_PSK_WITH_ARIA_256_CBC_SHA384", "", "RSA_PSK", "RSA", "ARIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc06a "TLS_PSK_WITH_ARIA_128_GCM_SHA256", "PSK-ARIA128-GCM-SHA256", "PSK", "PSK", "ARIA", 128, "GCM", "AEAD", true, false, No;
    0xc06b "TLS_PSK_WITH_ARIA_256_GCM_SHA384", "PSK-ARIA256-GCM-SHA384", "PSK", "PSK", "ARIA", 256, "GCM", "AEAD", true, false, No;
    0xc06c "TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256", "DHE-PSK-ARIA128-GCM-SHA256", "DHE_PSK", "PSK", "ARIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc06d "TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384", "DHE-PSK-ARIA256-GCM-SHA384", "DHE_PSK", "PSK", "ARIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc06e "TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256", "RSA-PSK-ARIA128-GCM-SHA256", "RSA_PSK", "RSA", "ARIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc06f "TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384", "RSA-PSK-ARIA256-GCM-SHA384", "RSA_PSK", "RSA", "ARIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc070 "TLS_ECDHE_PSK_WITH_ARIA_128_CBC_SHA256", "", "ECDHE_PSK", "PSK", "ARIA", 128, "CBC", "SHA256", false, true, No;
    0xc071 "TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384", "", "ECDHE_PSK", "PSK", "ARIA", 256, "CBC", "SHA384", false, true, No;
    0xc072 "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256", "ECDHE-ECDSA-CAMELLIA128-SHA256", "ECDHE", "ECDSA", "CAMELLIA", 128, "CBC", "SHA256", false, true, No;
    0xc073 "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDHE-ECDSA-CAMELLIA256-SHA384", "ECDHE", "ECDSA", "CAMELLIA", 256, "CBC", "SHA384", false, true, No;
    0xc074 "TLS_ECDH_ECDSA_WITH_CAMELLIA_128_CBC_SHA256", "ECDH-ECDSA-CAMELLIA128-SHA256", "ECDH", "ECDSA", "CAMELLIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc075 "TLS_ECDH_ECDSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDH-ECDSA-CAMELLIA256-SHA384", "ECDH", "ECDSA", "CAMELLIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc076 "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", "ECDHE-RSA-CAMELLIA128-SHA256", "ECDHE", "RSA", "CAMELLIA", 128, "CBC", "SHA256", false, true, No;
    0xc077 "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDHE-RSA-CAMELLIA256-SHA384", "ECDHE", "RSA", "CAMELLIA", 256, "CBC", "SHA384", false, true, No;
    0xc078 "TLS_ECDH_RSA_WITH_CAMELLIA_128_CBC_SHA256", "ECDH-RSA-CAMELLIA128-SHA256", "ECDH", "RSA", "CAMELLIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc079 "TLS_ECDH_RSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDH-RSA-CAMELLIA256-SHA384", "ECDH", "RSA", "CAMELLIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc07a "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256", "", "RSA", "RSA", "CAMELLIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc07b "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384", "", "RSA", "RSA", "CAMELLIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc07c "TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256", "", "DHE", "RSA", "CAMELLIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc07d "TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384", "", "DHE", "RSA", "CAMELLIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc07e "TLS_DH_RSA_WITH_CAMELLIA_128_GCM_SHA256", "", "DH", "RSA", "CAMELLIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc07f "TLS_DH_RSA_WITH_CAMELLIA_256_GCM_SHA384", "", "DH", "RSA", "CAMELLIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc080 "TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256", "", "DHE", "DSS", "CAMELLIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc081 "TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384", "", "DHE", "DSS", "CAMELLIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc082 "TLS_DH_DSS_WITH_CAMELLIA_128_GCM_SHA256", "", "DH", "DSS", "CAMELLIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc083 "TLS_DH_DSS_WITH_CAMELLIA_256_GCM_SHA384", "", "DH", "DSS", "CAMELLIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc084 "TLS_DH_anon_WITH_CAMELLIA_128_GCM_SHA256", "", "DH_anon", "anon", "CAMELLIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc085 "TLS_DH_anon_WITH_CAMELLIA_256_GCM_SHA384", "", "DH_anon", "anon", "CAMELLIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc086 "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256", "", "ECDHE", "ECDSA", "CAMELLIA", 128, "GCM", "AEAD", true, true, No;
    0xc087 "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384", "", "ECDHE", "ECDSA", "CAMELLIA", 256, "GCM", "AEAD", true, true, No;
    0xc088 "TLS_ECDH_ECDSA_WITH_CAMELLIA_128_GCM_SHA256", "", "ECDH", "ECDSA", "CAMELLIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc089 "TLS_ECDH_ECDSA_WITH_CAMELLIA_256_GCM_SHA384", "", "ECDH", "ECDSA", "CAMELLIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc08a "TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256", "", "ECDHE", "RSA", "CAMELLIA", 128, "GCM", "AEAD", true, true, No;
    0xc08b "TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384", "", "ECDHE", "RSA", "CAMELLIA", 256, "GCM", "AEAD", true, true, No;
    0xc08c "TLS_ECDH_RSA_WITH_CAMELLIA_128_GCM_SHA256", "", "ECDH", "RSA", "CAMELLIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc08d "TLS_ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384", "", "ECDH", "RSA", "CAMELLIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc08e "TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256", "", "PSK", "PSK", "CAMELLIA", 128, "GCM", "AEAD", true, false, No;
    0xc08f "TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384", "", "PSK", "PSK", "CAMELLIA", 256, "GCM", "AEAD", true, false, No;
    0xc090 "TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256", "", "DHE_PSK", "PSK", "CAMELLIA", 128, "GCM", "AEAD", true, true, Discouraged;
    0xc091 "TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384", "", "DHE_PSK", "PSK", "CAMELLIA", 256, "GCM", "AEAD", true, true, Discouraged;
    0xc092 "TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256", "", "RSA_PSK", "RSA", "CAMELLIA", 128, "GCM", "AEAD", true, false, Discouraged;
    0xc093 "TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384", "", "RSA_PSK", "RSA", "CAMELLIA", 256, "GCM", "AEAD", true, false, Discouraged;
    0xc094 "TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256", "PSK-CAMELLIA128-SHA256", "PSK", "PSK", "CAMELLIA", 128, "CBC", "SHA256", false, false, No;
    0xc095 "TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384", "PSK-CAMELLIA256-SHA384", "PSK", "PSK", "CAMELLIA", 256, "CBC", "SHA384", false, false, No;
    0xc096 "TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256", "DHE-PSK-CAMELLIA128-SHA256", "DHE_PSK", "PSK", "CAMELLIA", 128, "CBC", "SHA256", false, true, Discouraged;
    0xc097 "TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384", "DHE-PSK-CAMELLIA256-SHA384", "DHE_PSK", "PSK", "CAMELLIA", 256, "CBC", "SHA384", false, true, Discouraged;
    0xc098 "TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256", "RSA-PSK-CAMELLIA128-SHA256", "RSA_PSK", "RSA", "CAMELLIA", 128, "CBC", "SHA256", false, false, Discouraged;
    0xc099 "TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384", "RSA-PSK-CAMELLIA256-SHA384", "RSA_PSK", "RSA", "CAMELLIA", 256, "CBC", "SHA384", false, false, Discouraged;
    0xc09a "TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256", "ECDHE-PSK-CAMELLIA128-SHA256", "ECDHE_PSK", "PSK", "CAMELLIA", 128, "CBC", "SHA256", false, true, No;
    0xc09b "TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384", "ECDHE-PSK-CAMELLIA256-SHA384", "ECDHE_PSK", "PSK", "CAMELLIA", 256, "CBC", "SHA384", false, true, No;
    0xc09c "TLS_RSA_WITH_AES_128_CCM", "AES128-CCM", "RSA", "RSA", "AES", 128, "CCM", "AEAD", true, false, Discouraged;
    0xc09d "TLS_RSA_WITH_AES_256_CCM", "AES256-CCM", "RSA", "RSA", "AES", 256, "CCM", "AEAD", true, false, Discouraged;
    0xc09e "TLS_DHE_RSA_WITH_AES_128_CCM", "DHE-RSA-AES128-CCM", "DHE", "RSA", "AES", 128, "CCM", "AEAD", true, true, Discouraged;
    0xc09f "TLS_DHE_RSA_WITH_AES_256_CCM", "DHE-RSA-AES256-CCM", "DHE", "RSA", "AES", 256, "CCM", "AEAD", true, true, Discouraged;
    0xc0a0 "TLS_RSA_WITH_AES_128_CCM_8", "AES128-CCM8", "RSA", "RSA", "AES", 128, "CCM_8", "AEAD", true, false, Discouraged;
    0xc0a1 "TLS_RSA_WITH_AES_256_CCM_8", "AES256-CCM8", "RSA", "RSA", "AES", 256, "CCM_8", "AEAD", true, false, Discouraged;
    0xc0a2 "TLS_DHE_RSA_WITH_AES_128_CCM_8", "DHE-RSA-AES128-CCM8", "DHE", "RSA", "AES", 128, "CCM_8", "AEAD", true, true, Discouraged;
    0xc0a3 "TLS_DHE_RSA_WITH_AES_256_CCM_8", "DHE-RSA-AES256-CCM8", "DHE", "RSA", "AES", 256, "CCM_8", "AEAD", true, true, Discouraged;
    0xc0a4 "TLS_PSK_WITH_AES_128_CCM", "PSK-AES128-CCM", "PSK", "PSK", "AES", 128, "CCM", "AEAD", true, false, No;
    0xc0a5 "TLS_PSK_WITH_AES_256_CCM", "PSK-AES256-CCM", "PSK", "PSK", "AES", 256, "CCM", "AEAD", true, false, No;
    0xc0a6 "TLS_DHE_PSK_WITH_AES_128_CCM", "DHE-PSK-AES128-CCM", "DHE_PSK", "PSK", "AES", 128, "CCM", "AEAD", true, true, Discouraged;
    0xc0a7 "TLS_DHE_PSK_WITH_AES_256_CCM", "DHE-PSK-AES256-CCM", "DHE_PSK", "PSK", "AES", 256, "CCM", "AEAD", true, true, Discouraged;
    0xc0a8 "TLS_PSK_WITH_AES_128_CCM_8", "PSK-AES128-CCM8", "PSK", "PSK", "AES", 128, "CCM_8", "AEAD", true, false, No;
    0xc0a9 "TLS_PSK_WITH_AES_256_CCM_8", "PSK-AES256-CCM8", "PSK", "PSK", "AES", 256, "CCM_8", "AEAD", true, false, No;
    0xc0aa "TLS_PSK_DHE_WITH_AES_128_CCM_8", "DHE-PSK-AES128-CCM8", "DHE_PSK", "PSK", "AES", 128, "CCM_8", "AEAD", true, true, Discouraged;
    0xc0ab "TLS_PSK_DHE_WITH_AES_256_CCM_8", "DHE-PSK-AES256-CCM8", "DHE_PSK", "PSK", "AES", 256, "CCM_8", "AEAD", true, true, Discouraged;
    0xc0ac "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "ECDHE-ECDSA-AES128-CCM", "ECDHE", "ECDSA", "AES", 128, "CCM", "AEAD", true, true, No;
    0xc0ad "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", "ECDHE-ECDSA-AES256-CCM", "ECDHE", "ECDSA", "AES", 256, "CCM", "AEAD", true, true, No;
    0xc0ae "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "ECDHE-ECDSA-AES128-CCM8", "ECDHE", "ECDSA", "AES", 128, "CCM_8", "AEAD", true, true, No;
    0xc0af "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", "ECDHE-ECDSA-AES256-CCM8", "ECDHE", "ECDSA", "AES", 256, "CCM_8", "AEAD", true, true, No;
    0xc0b0 "TLS_ECCPWD_WITH_AES_128_GCM_SHA256", "", "ECCPWD", "ECCPWD", "AES", 128, "GCM", "AEAD", true, true, No;
    0xc0b1 "TLS_ECCPWD_WITH_AES_256_GCM_SHA384", "", "ECCPWD", "ECCPWD", "AES", 256, "GCM", "AEAD", true, true, No;
    0xc0b2 "TLS_ECCPWD_WITH_AES_128_CCM_SHA256", "", "ECCPWD", "ECCPWD", "AES", 128, "CCM", "AEAD", true, true, No;
    0xc0b3 "TLS_ECCPWD_WITH_AES_256_CCM_SHA384", "", "ECCPWD", "ECCPWD", "AES", 256, "CCM", "AEAD", true, true, No;
    0xc0b4 "TLS_SHA256_SHA256", "TLS_SHA256_SHA256", "", "", "NULL", 0, "", "SHA256", false, true, Discouraged;
    0xc0b5 "TLS_SHA384_SHA384", "TLS_SHA384_SHA384", "", "", "NULL", 0, "", "SHA384", false, true, Discouraged;
    0xc100 "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", "GOST2012-KUZNYECHIK-KUZNYECHIKOMAC", "GOST", "GOST", "KUZNYECHIK", 256, "CTR", "OMAC", false, false, No;
    0xc101 "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC", "GOST2012-MAGMA-MAGMAOMAC", "GOST", "GOST", "MAGMA", 256, "CTR", "OMAC", false, false, No;
    0xc102 "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT", "IANA-GOST2012-GOST8912-GOST8912", "GOST", "GOST", "28147_CNT", 256, "stream", "IMIT", false, false, No;
    0xc103 "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L", "", "", "", "KUZNYECHIK", 256, "MGM_L", "AEAD", true, true, No;
    0xc104 "TLS_GOSTR341112_256_WITH_MAGMA_MGM_L", "", "", "", "MAGMA", 256, "MGM_L", "AEAD", true, true, No;
    0xc105 "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S", "", "", "", "KUZNYECHIK", 256, "MGM_S", "AEAD", true, true, No;
    0xc106 "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S", "", "", "", "MAGMA", 256, "MGM_S", "AEAD", true, true, No;
    0xcca8 "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE", "RSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, Yes;
    0xcca9 "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE", "ECDSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, Yes;
    0xccaa "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305", "DHE", "RSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, Discouraged;
    0xccab "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256", "PSK-CHACHA20-POLY1305", "PSK", "PSK", "CHACHA20", 256, "poly1305", "AEAD", true, false, No;
    0xccac "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-PSK-CHACHA20-POLY1305", "ECDHE_PSK", "PSK", "CHACHA20", 256, "poly1305", "AEAD", true, true, Yes;
    0xccad "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256", "DHE-PSK-CHACHA20-POLY1305", "DHE_PSK", "PSK", "CHACHA20", 256, "poly1305", "AEAD", true, true, Discouraged;
    0xccae "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256", "RSA-PSK-CHACHA20-POLY1305", "RSA_PSK", "RSA", "CHACHA20", 256, "poly1305", "AEAD", true, false, Discouraged;
    0xd001 "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "", "ECDHE_PSK", "PSK", "AES", 128, "GCM", "AEAD", true, true, Yes;
    0xd002 "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384", "", "ECDHE_PSK", "PSK", "AES", 256, "GCM", "AEAD", true, true, Yes;
    0xd003 "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256", "", "ECDHE_PSK", "PSK", "AES", 128, "CCM_8", "AEAD", true, true, No;
    0xd005 "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256", "", "ECDHE_PSK", "PSK", "AES", 128, "CCM", "AEAD", true, true, Yes;
};

/// Suites that are **not** IANA's, sorted by code. Some are numbers that IANA reserves to avoid conflicts.
pub static EXTRA_CIPHER_SUITES: &[CipherSuite] = suites! {
    0x001c "SSL_FORTEZZA_KEA_WITH_NULL_SHA", "", "FORTEZZA", "FORTEZZA", "NULL", 0, "", "SHA", false, false, No;
    0x001d "SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA", "", "FORTEZZA", "FORTEZZA", "SKIPJACK", 80, "CBC", "SHA", false, false, No;
    0x0060 "TLS_RSA_EXPORT1024_WITH_RC4_56_MD5", "EXP1024-RC4-MD5", "RSA", "RSA", "RC4", 56, "stream", "MD5", false, false, No;
    0x0061 "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5", "EXP1024-RC2-CBC-MD5", "RSA", "RSA", "RC2", 56, "CBC", "MD5", false, false, No;
    0x0062 "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", "EXP1024-DES-CBC-SHA", "RSA", "RSA", "DES", 56, "CBC", "SHA", false, false, No;
    0x0063 "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA", "EXP1024-DHE-DSS-DES-CBC-SHA", "DHE", "DSS", "DES", 56, "CBC", "SHA", false, true, No;
    0x0064 "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", "EXP1024-RC4-SHA", "RSA", "RSA", "RC4", 56, "stream", "SHA", false, false, No;
    0x0065 "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA", "EXP1024-DHE-DSS-RC4-SHA", "DHE", "DSS", "RC4", 56, "stream", "SHA", false, true, No;
    0x0066 "TLS_DHE_DSS_WITH_RC4_128_SHA", "DHE-DSS-RC4-SHA", "DHE", "DSS", "RC4", 128, "stream", "SHA", false, true, No;
    0x0080 "TLS_GOSTR341094_WITH_28147_CNT_IMIT", "GOST94-GOST89-GOST89", "GOST", "GOST", "28147_CNT", 256, "stream", "IMIT", false, false, No;
    0x0081 "TLS_GOSTR341001_WITH_28147_CNT_IMIT", "GOST2001-GOST89-GOST89", "GOST", "GOST", "28147_CNT", 256, "stream", "IMIT", false, false, No;
    0x0082 "TLS_GOSTR341094_WITH_NULL_GOSTR3411", "GOST94-NULL-GOST94", "GOST", "GOST", "NULL", 0, "", "GOSTR3411", false, false, No;
    0x0083 "TLS_GOSTR341001_WITH_NULL_GOSTR3411", "GOST2001-NULL-GOST94", "GOST", "GOST", "NULL", 0, "", "GOSTR3411", false, false, No;
    0x16b7 "TLS_CECPQ1_RSA_WITH_CHACHA20_POLY1305_SHA256", "", "CECPQ1", "RSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, No;
    0x16b8 "TLS_CECPQ1_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "", "CECPQ1", "ECDSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, No;
    0x16b9 "TLS_CECPQ1_RSA_WITH_AES_256_GCM_SHA384", "", "CECPQ1", "RSA", "AES", 256, "GCM", "AEAD", true, true, No;
    0x16ba "TLS_CECPQ1_ECDSA_WITH_AES_256_GCM_SHA384", "", "CECPQ1", "ECDSA", "AES", 256, "GCM", "AEAD", true, true, No;
    0xcc13 "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256_DRAFT", "", "ECDHE", "RSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, No;
    0xcc14 "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256_DRAFT", "", "ECDHE", "ECDSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, No;
    0xcc15 "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256_DRAFT", "", "DHE", "RSA", "CHACHA20", 256, "poly1305", "AEAD", true, true, No;
    0xe011 "TLCP_ECDHE_SM4_CBC_SM3", "", "SM2", "SM2", "SM4", 128, "CBC", "SM3", false, true, No;
    0xe013 "TLCP_ECC_SM4_CBC_SM3", "", "SM2", "SM2", "SM4", 128, "CBC", "SM3", false, false, No;
    0xe015 "TLCP_IBSDH_SM4_CBC_SM3", "", "IBSDH", "IBS", "SM4", 128, "CBC", "SM3", false, true, No;
    0xe017 "TLCP_IBC_SM4_CBC_SM3", "", "IBC", "IBC", "SM4", 128, "CBC", "SM3", false, false, No;
    0xe019 "TLCP_RSA_SM4_CBC_SM3", "", "RSA", "RSA", "SM4", 128, "CBC", "SM3", false, false, No;
    0xe01c "TLCP_RSA_SM4_CBC_SHA256", "", "RSA", "RSA", "SM4", 128, "CBC", "SHA256", false, false, No;
    0xe051 "TLCP_ECDHE_SM4_GCM_SM3", "", "SM2", "SM2", "SM4", 128, "GCM", "AEAD", true, true, No;
    0xe053 "TLCP_ECC_SM4_GCM_SM3", "", "SM2", "SM2", "SM4", 128, "GCM", "AEAD", true, false, No;
    0xe055 "TLCP_IBSDH_SM4_GCM_SM3", "", "IBSDH", "IBS", "SM4", 128, "GCM", "AEAD", true, true, No;
    0xe057 "TLCP_IBC_SM4_GCM_SM3", "", "IBC", "IBC", "SM4", 128, "GCM", "AEAD", true, false, No;
    0xe059 "TLCP_RSA_SM4_GCM_SM3", "", "RSA", "RSA", "SM4", 128, "GCM", "AEAD", true, false, No;
    0xe05a "TLCP_RSA_SM4_GCM_SHA256", "", "RSA", "RSA", "SM4", 128, "GCM", "AEAD", true, false, No;
    0xfefe "SSL_RSA_FIPS_WITH_DES_CBC_SHA", "", "RSA", "RSA", "DES", 56, "CBC", "SHA", false, false, No;
    0xfeff "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA", "", "RSA", "RSA", "3DES", 168, "CBC", "SHA", false, false, No;
    0xff85 "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_LEGACY", "LEGACY-GOST2012-GOST8912-GOST8912", "GOST", "GOST", "28147_CNT", 256, "stream", "IMIT", false, false, No;
    0xff87 "TLS_GOSTR341112_256_WITH_NULL_GOSTR3411", "GOST2012-NULL-GOST12", "GOST", "GOST", "NULL", 0, "", "GOSTR3411", false, false, No;
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::check;
    use tls_parser::{TlsCipherEnc, TlsCipherEncMode, TlsCipherMac, TlsCipherSuite};

    #[test]
    fn whole() {
        check::whole(CIPHER_SUITES.iter().map(|row| row.code), 356);
        check::whole(EXTRA_CIPHER_SUITES.iter().map(|row| row.code), 36);
        check::apart(CIPHER_SUITES.iter().map(|row| row.code), EXTRA_CIPHER_SUITES.iter().map(|row| row.code));
        check::unique(CIPHER_SUITES.iter().chain(EXTRA_CIPHER_SUITES).map(|row| row.name));
        let openssl = || CIPHER_SUITES.iter().chain(EXTRA_CIPHER_SUITES).map(|row| row.openssl_name);
        check::unique(openssl().filter(|name| !name.is_empty()));
        let rated = |r| CIPHER_SUITES.iter().filter(|row| row.recommended == r).count();
        assert_eq!([Recommended::Yes, Recommended::No, Recommended::Discouraged].map(rated), [14, 94, 248]);
    }

    /// The columns fit each other and the name.
    #[test]
    fn columns_agree() {
        for row in CIPHER_SUITES.iter().chain(EXTRA_CIPHER_SUITES) {
            let name = row.name;
            assert_eq!(row.aead, row.mac == "AEAD", "{name}");
            assert_eq!(row.kx.is_empty(), row.auth.is_empty(), "{name}");
            assert_eq!(row.key_bits == 0, matches!(row.cipher, "" | "NULL"), "{name}");
            assert_eq!(row.mode.is_empty(), matches!(row.cipher, "" | "NULL"), "{name}");
            assert_eq!(row.is_signaling(), name.ends_with("_SCSV"), "{name}");
            let ephemeral = ["DHE", "ECDHE", "SRP", "ECCPWD", "anon", "IBSDH", "CECPQ1"];
            let expected = row.is_tls13() || ephemeral.iter().any(|kx| name.split('_').any(|part| part == *kx));
            assert_eq!(row.forward_secret, expected, "{name}");
            assert_eq!(row.is_tls13(), is_tls13_by_name(name), "{name}");
            if row.is_export() {
                assert!(matches!(row.key_bits, 40 | 56), "{name}");
            }
            for bits in [128, 256] {
                let named = name.split('_').any(|part| part == bits.to_string()) && !name.contains("GOST");
                assert!(!named || row.key_bits == bits, "{name}");
            }
        }
    }

    /// Only RFC 9367's GOST suites of TLS 1.3 have `_WITH_`.
    fn is_tls13_by_name(name: &str) -> bool {
        let old = name.contains("_WITH_") || name.starts_with("TLCP_") || name.ends_with("_SCSV");
        !old || name.contains("_MGM_")
    }

    /// Second source: tls-parser's list, which lacks Ascon (0x006e to 0x0071) and GOST (0xc100 to 0xc106), and has
    /// seven drafts that are extras here.
    #[test]
    fn second_source() {
        let mut compared = 0;
        for code in 0..=u16::MAX {
            let Some(theirs) = TlsCipherSuite::from_id(code) else {
                let missing = matches!(code, 0x006e..=0x0071 | 0xc100..=0xc106);
                assert_eq!(missing, cipher_suite(code).is_some_and(CipherSuite::is_registered), "{code:#06x}");
                continue;
            };
            compared += 1;
            let ours = cipher_suite(code).unwrap_or_else(|| panic!("{code:#06x} {} is missing", theirs.name));
            assert_eq!(ours.name, theirs.name);
            assert_eq!(ours.is_registered(), !matches!(code, 0x0060..=0x0066), "{}", ours.name);
            let signaling = ours.is_signaling();
            let cipher = match theirs.enc {
                TlsCipherEnc::Null if signaling => "",
                TlsCipherEnc::Null => "NULL",
                TlsCipherEnc::Des => "DES",
                TlsCipherEnc::TripleDes => "3DES",
                TlsCipherEnc::Rc2 => "RC2",
                TlsCipherEnc::Rc4 => "RC4",
                TlsCipherEnc::Aria => "ARIA",
                TlsCipherEnc::Idea => "IDEA",
                TlsCipherEnc::Seed => "SEED",
                TlsCipherEnc::Aes => "AES",
                TlsCipherEnc::Camellia => "CAMELLIA",
                TlsCipherEnc::Chacha20_Poly1305 => "CHACHA20",
                TlsCipherEnc::Sm4 => "SM4",
                TlsCipherEnc::Aegis => "AEGIS",
            };
            assert_eq!(ours.cipher, cipher, "{}", ours.name);
            // It calls ChaCha20's key 128 bits; RFC 8439 says 256.
            if cipher != "CHACHA20" {
                assert_eq!(ours.key_bits, theirs.enc_size, "{}", ours.name);
            }
            let mac = match theirs.mac {
                TlsCipherMac::Null if signaling => "",
                TlsCipherMac::Null => "NULL",
                TlsCipherMac::HmacMd5 => "MD5",
                TlsCipherMac::HmacSha1 => "SHA",
                // It takes the hash of an AEGIS suite for a MAC.
                _ if cipher == "AEGIS" => "AEAD",
                TlsCipherMac::HmacSha256 => "SHA256",
                TlsCipherMac::HmacSha384 => "SHA384",
                TlsCipherMac::HmacSha512 => "SHA512",
                TlsCipherMac::Aead => "AEAD",
            };
            assert_eq!(ours.mac, mac, "{}", ours.name);
            match theirs.enc_mode {
                TlsCipherEncMode::Cbc => assert_eq!(ours.mode, "CBC", "{}", ours.name),
                TlsCipherEncMode::Gcm => assert_eq!(ours.mode, "GCM", "{}", ours.name),
                TlsCipherEncMode::Ccm => assert!(ours.mode.starts_with("CCM"), "{}", ours.name),
                TlsCipherEncMode::Null => assert!(!matches!(ours.mode, "CBC" | "GCM"), "{}", ours.name),
            }
        }
        assert_eq!(compared, 352);
    }

    /// One of each family, from its RFC or from OpenSSL's manual.
    #[test]
    fn known() {
        let check = |code, name, openssl, kx, auth| {
            let row = cipher_suite(code).unwrap();
            assert_eq!((row.name, row.openssl_name, row.kx, row.auth), (name, openssl, kx, auth));
        };
        check(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA", "RSA", "RSA");
        check(0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "DHE-RSA-DES-CBC3-SHA", "DHE", "RSA");
        check(0x00c6, "TLS_SM4_GCM_SM3", "", "", "");
        check(0x1301, "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "", "");
        check(0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "AECDH-AES256-SHA", "ECDH_anon", "anon");
        check(0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE", "RSA");
        check(0xc0ab, "TLS_PSK_DHE_WITH_AES_256_CCM_8", "DHE-PSK-AES256-CCM8", "DHE_PSK", "PSK");
        check(0xc100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", "GOST2012-KUZNYECHIK-KUZNYECHIKOMAC", "GOST", "GOST");
        check(0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE", "RSA");
        assert_eq!(cipher_suite(0xcca8).unwrap().key_bits, 256);
        assert!(cipher_suite(0x5600).unwrap().is_signaling() && cipher_suite(0x00ff).unwrap().is_signaling());
        assert!(!cipher_suite(0xcc13).unwrap().is_registered());
        assert!(cipher_suite(0xfefe).is_some() && cipher_suite(0xffff).is_none());
    }
}
