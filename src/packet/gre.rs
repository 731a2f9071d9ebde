//! GRE (RFC 2784, 2890), NVGRE (RFC 7637), PPTP's GRE version 1 (RFC 2637), ERSPAN types I, II, III (draft-foschiano-erspan).
//!
//! ```text
//!  GRE 0       | C . K S, version 2 | EtherType 2 | [checksum 2, reserved 2] | [key 4] | [sequence 4] | ...
//!  GRE 1       | . . K S, A, version 2 | 880B | length 2 | call id 2 | [sequence 4] | [acknowledgement 4] | PPP
//!  ERSPAN II   | version 4 bits, VLAN 12 | class, truncated, session 10 bits | index 4 | Ethernet
//!  ERSPAN III  | the same 4 | time 4 | group 2 | flags 2, the lowest bit: 8 more follow | [8] | Ethernet
//! ```

use super::Stop;
use super::ethertype;
use super::layers::{Layers, Next};
use super::path::Kind;

const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
const ACKNOWLEDGEMENT: u16 = 0x0080;
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;
const WCCP: u16 = 0x883e;

/// From a GRE header to what it carries.
pub fn read(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let flags = layers.take_word()?;
    let kind = layers.take_word()?;
    match flags & 7 {
        0 if flags & ROUTING == 0 => version_0(flags, kind, layers),
        0 => Err(layers.stop("gre_routing")),
        1 => version_1(flags, layers),
        other => Err(layers.numbered("gre_version", u32::from(other))),
    }
}

fn version_0(flags: u16, kind: u16, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    if flags & CHECKSUM != 0 {
        layers.skip(4)?;
    }
    let key = if flags & KEY != 0 { Some(u32::from_be_bytes(layers.take()?)) } else { None };
    if flags & SEQUENCE != 0 {
        layers.skip(4)?;
    }
    let at = layers.at;
    match key {
        // NVGRE: nothing but a key, whose low byte only spreads load; a key below 256 is a plain one.
        Some(key) if kind == ethertype::ETHERNET && flags & (CHECKSUM | SEQUENCE) == 0 && key >> 8 != 0 => {
            layers.enter(Kind::Nvgre, key >> 8, at)?;
        }
        Some(key) => layers.enter(Kind::GreKey, key, at)?,
        None => layers.enter(Kind::Gre, 0, at)?,
    }
    match kind {
        ERSPAN if flags & SEQUENCE == 0 => {
            layers.tag(Kind::Erspan, 0);
            Ok(Next::Ethernet)
        }
        ERSPAN | ERSPAN_III => erspan(layers),
        // A redirect header of 4 bytes, but in version 1 of the protocol.
        WCCP => {
            if layers.ip_at(at) != Some(4) {
                layers.skip(4)?;
            }
            Ok(Next::Ip(4))
        }
        0 => Err(layers.stop("gre_keepalive")),
        kind if kind < ethertype::SMALLEST => Err(layers.numbered("ethertype", u32::from(kind))),
        kind => Ok(Next::Type(kind)),
    }
}

fn erspan(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [version, _, high, low] = layers.take()?;
    let session = u32::from(u16::from_be_bytes([high, low]) & 0x3ff);
    match version >> 4 {
        1 => layers.skip(4)?,
        2 => {
            let [.., flags] = layers.take::<8>()?;
            if flags & 1 != 0 {
                layers.skip(8)?;
            }
        }
        other => return Err(layers.numbered("erspan_version", u32::from(other))),
    }
    layers.tag(Kind::Erspan, session);
    Ok(Next::Ethernet)
}

fn version_1(flags: u16, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let length = layers.take_word()?;
    let call = layers.take_word()?;
    for bit in [SEQUENCE, ACKNOWLEDGEMENT] {
        if flags & bit != 0 {
            layers.skip(4)?;
        }
    }
    if length == 0 {
        return Err(layers.stop("pptp_acknowledgement"));
    }
    layers.enter(Kind::Pptp, u32::from(call), layers.at)?;
    layers.clip(layers.at + usize::from(length));
    Ok(Next::Ppp)
}
