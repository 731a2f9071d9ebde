//! ESP (RFC 4303): opaque, unless it was sent with NULL encryption (RFC 2410) and can be recognised as such.
//!
//! ```text
//!  | SPI 4 | sequence 4 | payload ... | 1 2 3 ... pad length 1 | next header 1 | check value 12 to 32 |
//! ```
//!
//! Nothing in the packet says that it is not encrypted, nor how long its check value is. It is taken for plain where
//! the padding counts up, the next header is one that can be checked, and a checksum in the payload is right, or of IPv6
//! the length.

use super::layers::{Layers, Next};
use super::path::Kind;
use super::{Stop, ip};

/// Lengths of check values in use (RFC 8221): HMAC-SHA1-96, HMAC-SHA2-256-128 and GMAC, -384-192, -512-256; 0 in tests.
const CHECK_VALUES: [usize; 5] = [12, 16, 24, 32, 0];

/// From the SPI to what it protects.
pub fn read(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let whole = layers.end == layers.bytes.len();
    let found = if whole { CHECK_VALUES.iter().find_map(|len| plain(layers, *len)) } else { None };
    let Some((next, end)) = found else { return Err(layers.stop("esp")) };
    let spi = u32::from_be_bytes(layers.take()?);
    layers.skip(4)?;
    layers.tag(Kind::EspNull, spi);
    layers.clip(end);
    Ok(Next::Protocol(next))
}

/// The next header and the end of the payload, if the packet is plain with a check value of this length.
fn plain(layers: &Layers<'_>, check_value: usize) -> Option<(u8, usize)> {
    let start = layers.at + 8;
    let trailer = layers.end.checked_sub(check_value + 2)?;
    let &[padding, next] = layers.bytes.get(trailer..trailer + 2)? else { return None };
    let end = trailer.checked_sub(usize::from(padding)).filter(|end| *end >= start + 8)?;
    let counts_up = layers.bytes[end..trailer].iter().zip(1u8..).all(|(byte, count)| *byte == count);
    let payload = &layers.bytes[start..end];
    let checked = match next {
        ip::protocol::IPV4 => {
            let len = usize::from(payload[0] & 15) * 4;
            payload[0] >> 4 == 4
                && len >= 20
                && usize::from(u16::from_be_bytes([payload[2], payload[3]])) == payload.len()
                && fold(sum(payload.get(..len)?)) == 0xffff
        }
        // No checksum: the length has to be the one that there is.
        ip::protocol::IPV6 => {
            payload.len() >= 40 && payload[0] >> 4 == 6 && 40 + usize::from(u16::from_be_bytes([payload[4], payload[5]])) == payload.len()
        }
        ip::protocol::UDP if payload[6..8] == [0, 0] => false,
        ip::protocol::TCP if payload.len() < 20 => false,
        ip::protocol::TCP | ip::protocol::UDP => {
            let outer = layers.ip?;
            // The halves of an IPv4 address in IPv6 form add up to what those of the address do, but for the prefix.
            let prefix = if outer.version == 4 { 2 * 0xffff } else { 0 };
            let addresses = sum(&outer.source) + sum(&outer.destination) - prefix;
            fold(addresses + u64::from(next) + payload.len() as u64 + sum(payload)) == 0xffff
        }
        _ => false,
    };
    (counts_up && checked).then_some((next, end))
}

/// The sum of the 16-bit words, the last one filled up with zero (RFC 1071).
fn sum(bytes: &[u8]) -> u64 {
    bytes.chunks(2).map(|pair| u64::from(pair[0]) << 8 | pair.get(1).copied().map_or(0, u64::from)).sum()
}

fn fold(mut sum: u64) -> u64 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}
