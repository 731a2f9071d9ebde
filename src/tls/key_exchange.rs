//! ServerKeyExchange: group or prime of an ephemeral key, and what signed it.

/// What a ServerKeyExchange says of the ephemeral key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerKeyExchange {
    /// The named group (ECDHE).
    pub group: Option<u16>,
    /// SignatureAndHashAlgorithm (TLS 1.2).
    pub signature_scheme: Option<u16>,
    /// Size of the prime in bits (DHE).
    pub prime_bits: Option<u16>,
}

/// Reads a ServerKeyExchange for a suite's key exchange (`ECDHE`, `DHE`, ...): RFC 8422 section 5.4, RFC 5246 section 7.4.3.
pub fn read(body: &[u8], kx: &str, version: u16) -> ServerKeyExchange {
    let mut read = ServerKeyExchange::default();
    let signature = match kx {
        "ECDHE" | "ECDH_anon" => tls_parser::parse_ecdh_params(body).ok().map(|(rest, params)| {
            if let tls_parser::ECParametersContent::NamedGroup(group) = params.curve_params.params_content {
                read.group = Some(group.0);
            }
            rest
        }),
        "DHE" => tls_parser::parse_dh_params(body).ok().map(|(rest, params)| {
            read.prime_bits = Some(bits(params.dh_p));
            rest
        }),
        _ => None,
    };
    if let Some([high, low, ..]) = signature.filter(|_| matches!(version, 0x0303 | 0xfefd) && kx != "ECDH_anon") {
        read.signature_scheme = Some(u16::from_be_bytes([*high, *low]));
    }
    read
}

/// Size of a big-endian number in bits.
fn bits(number: &[u8]) -> u16 {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    u16::try_from((number.len() - zeros) * 8 - first).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_exchanges() {
        let ecdhe = [3, 0, 29, 2, 1, 2, 4, 3, 0, 1, 9];
        assert_eq!(read(&ecdhe, "ECDHE", 0x0303), ServerKeyExchange { group: Some(29), signature_scheme: Some(0x0403), prime_bits: None });
        assert_eq!(read(&ecdhe, "ECDHE", 0x0301).signature_scheme, None);
        let dhe = [0, 1, 7, 0, 1, 2, 0, 1, 3, 8, 4, 0, 0];
        let read = read(&dhe, "DHE", 0x0303);
        assert_eq!((read.signature_scheme, read.prime_bits), (Some(0x0804), Some(3)));
        for (number, size) in [(&[][..], 0), (&[0, 0], 0), (&[0, 1], 1), (&[0x80, 0], 16), (&[0xff; 256], 2048), (&[0xff; 9000], u16::MAX)]
        {
            assert_eq!(bits(number), size);
        }
    }
}
