//! Tunnels directly over IP, and headers in front of others: EtherIP (RFC 3378), L2TPv3 (RFC 3931), NSH (RFC 8300).
//!
//! ```text
//!  EtherIP  | 30 00 | Ethernet
//!  L2TPv3   | session 4 | [cookie 4 or 8] | [sublayer 4] | Ethernet or IP        control messages have session 0
//!  NSH      | version, TTL, length in words 6 bits | type 1 | next 1 | path 3, index 1 | context
//! ```

use super::Stop;
use super::layers::{Layers, Next};
use super::path::Kind;

/// EtherIP.
pub fn etherip(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    match layers.take()? {
        [0x30, _] => {}
        [other, _] => return Err(layers.numbered("etherip_version", u32::from(other >> 4))),
    }
    layers.enter(Kind::Etherip, 0, layers.at)?;
    Ok(Next::Ethernet)
}

/// L2TPv3. The lengths of cookie and sublayer are agreed upon elsewhere: the content has to tell.
pub fn l2tp3(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let session = u32::from_be_bytes(layers.take()?);
    if session == 0 {
        return Err(layers.stop("l2tp_control"));
    }
    for at in [0, 4, 8, 12].map(|skip| layers.at + skip) {
        let next = if layers.is_ethernet_at(at) {
            Next::Ethernet
        } else if let Some(version) = layers.ip_at(at) {
            Next::Ip(version)
        } else {
            continue;
        };
        layers.enter(Kind::L2tp3, session, at)?;
        return Ok(next);
    }
    Err(layers.stop("l2tp_payload"))
}

/// A network service header.
pub fn nsh(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let start = layers.at;
    let [_, length, _, next] = layers.take()?;
    let [a, b, c, _] = layers.take()?;
    let len = usize::from(length & 0x3f) * 4;
    if len < 8 {
        return Err(layers.stop("bad_header_length"));
    }
    layers.skip(len - 8)?;
    layers.enter(Kind::Nsh, u32::from_be_bytes([0, a, b, c]), start + len)?;
    following(next).ok_or_else(|| layers.numbered("nsh_protocol", u32::from(next)))
}

/// The next protocol of NSH (RFC 8300 section 2.2) and of VXLAN-GPE, which has the same numbers.
pub fn following(next: u8) -> Option<Next> {
    Some(match next {
        1 => Next::Ip(4),
        2 => Next::Ip(6),
        3 => Next::Ethernet,
        4 => Next::Nsh,
        5 => Next::Mpls,
        _ => return None,
    })
}
