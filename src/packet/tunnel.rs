//! Tunnels directly over IP, and headers in front of others: EtherIP (RFC 3378), L2TPv3 (RFC 3931), NSH (RFC 8300), TRILL
//! (RFC 6325), and TZSP, which capturing hosts send frames in.
//!
//! ```text
//!  EtherIP  | 30 00 | Ethernet
//!  L2TPv3   | session 4 | [cookie 4 or 8] | [sublayer 4] | Ethernet or IP        control messages have session 0
//!  NSH      | version, TTL, length in words 6 bits | type 1 | next 1 | path 3, index 1 | context
//!  TRILL    | version 2 bits, 3, words of options 5, hops 6 | egress 2 | ingress 2 | options | Ethernet
//!  TZSP     | 01 | type 1 | protocol 2 | tags: kind 1, [length 1, value], 1 ends them, 0 is alone | frame
//! ```

use super::layers::{Layers, Next};
use super::path::Kind;
use super::{Stop, field};

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

/// TRILL; the nicknames of its ends differ by direction.
pub fn trill(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let flags = layers.take_word()?;
    if flags >> 14 != 0 {
        return Err(layers.numbered("trill_version", u32::from(flags >> 14)));
    }
    layers.skip(4 + usize::from(flags >> 6 & 0x1f) * 4)?;
    layers.enter(Kind::Trill, 0, layers.at)?;
    Ok(Next::Ethernet)
}

/// Where the frame in TZSP begins, and what it is; none if this is no packet of it that carries one.
///
/// Source: the description of the TaZmen Sniffer Protocol as MikroTik and Wireshark document it: protocols 1 Ethernet,
/// 18 802.11, 119 and 127 with Prism's and AVS's headers.
pub fn tzsp(layers: &Layers<'_>) -> Option<(Next, usize)> {
    let [1, 0 | 1, high, low] = field(layers.bytes, layers.at)? else { return None };
    let next = match u16::from_be_bytes([high, low]) {
        1 => Next::Ethernet,
        18 => Next::Wifi(false),
        119 => Next::Link(119),
        127 => Next::Link(163),
        _ => return None,
    };
    let mut at = layers.at + 4;
    loop {
        match layers.bytes.get(at)? {
            0 => at += 1,
            1 => return Some((next, at + 1)),
            _ => at += 2 + usize::from(*layers.bytes.get(at + 1)?),
        }
    }
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
