//! PPP (RFC 1661), PPP in HDLC framing (RFC 1662), PPPoE (RFC 2516), Cisco HDLC and Frame Relay (RFC 2427).
//!
//! ```text
//!  PPP         | [FF 03] | protocol 1 or 2 | ...             a protocol with an odd first byte was compressed to it
//!  PPPoE       | 11 | code 1 | session 2 | length 2 | PPP without FF 03
//!  Cisco HDLC  | address 1 | control 1 | EtherType 2 | ...
//!  Frame Relay | DLCI 2 to 4, the last with its low bit set | 03 | [00] | NLPID 1 | ...        or Cisco's EtherType
//! ```

use super::Stop;
use super::layers::{Layers, Next};
use super::path::Kind;

/// From address and control, or from the protocol, to what it names (IANA, PPP Numbers).
pub fn read(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    if let [0xff, 0x03, ..] = layers.rest() {
        layers.skip(2)?;
    }
    let protocol = match layers.take()? {
        [odd] if odd & 1 == 1 => u16::from(odd),
        [high] => u16::from_be_bytes([high, layers.take::<1>()?[0]]),
    };
    let name = match protocol {
        0x0021 => return Ok(Next::Ip(4)),
        0x0057 => return Ok(Next::Ip(6)),
        0x0281 | 0x0283 => return Ok(Next::Mpls),
        // Bridged (RFC 3518): flags and the kind of frame; 1 is Ethernet.
        0x0031 => match layers.take()? {
            [_, 1] => return Ok(Next::Ethernet),
            _ => "ppp_bridged",
        },
        0x002d | 0x002f => "van_jacobson",
        0x003d => "ppp_multilink",
        0x0053 | 0x0055 => "ppp_encrypted",
        0x00fb | 0x00fd => "ppp_compressed",
        0x8000.. => "ppp_control",
        other => return Err(layers.numbered("ppp_protocol", u32::from(other))),
    };
    Err(layers.stop(name))
}

/// Whether PPP with IP in it may begin here.
pub fn is_plausible(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(&[0xff, 0x03]).unwrap_or(rest);
    matches!(rest, [0x21 | 0x57, ..] | [0x00, 0x21 | 0x57, ..] | [0x80 | 0xc0 | 0xc2, ..])
}

/// A PPPoE session.
pub fn pppoe(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [version, code, high, low] = layers.take()?;
    let length = layers.take_word()?;
    match (version, code) {
        (0x11, 0) => {}
        (0x11, _) => return Err(layers.stop("pppoe_discovery")),
        _ => return Err(layers.numbered("pppoe_version", u32::from(version))),
    }
    layers.tag(Kind::Pppoe, u32::from(u16::from_be_bytes([high, low])));
    if length > 0 {
        layers.clip(layers.at + usize::from(length));
    }
    Ok(Next::Ppp)
}

/// Cisco HDLC; PPP where address and control say so.
pub fn hdlc(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    if let [0xff, 0x03, ..] = layers.rest() {
        return Ok(Next::Ppp);
    }
    layers.skip(2)?;
    match layers.take_word()? {
        0x2000 => Err(layers.stop("cisco_control")),
        0x8035 => Err(layers.stop("slarp")),
        kind => Ok(Next::Type(kind)),
    }
}

/// Frame Relay.
pub fn frame_relay(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let mut address = 0;
    while layers.take::<1>()?[0] & 1 == 0 {
        address += 1;
        if address == 4 {
            return Err(layers.stop("frame_relay_address"));
        }
    }
    let [control, mut nlpid] = layers.take()?;
    if control != 3 {
        return Ok(Next::Type(u16::from_be_bytes([control, nlpid])));
    }
    if nlpid == 0 {
        [nlpid] = layers.take()?;
    }
    match nlpid {
        0xcc => Ok(Next::Ip(4)),
        0x8e => Ok(Next::Ip(6)),
        0xcf => Ok(Next::Ppp),
        0x80 => Ok(Next::Snap),
        0x08 => Err(layers.stop("q933")),
        other => Err(layers.numbered("nlpid", u32::from(other))),
    }
}
