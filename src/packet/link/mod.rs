//! Link types: from the first byte of a frame to an EtherType, an IP header, or another link type.
//!
//! A new link type is one arm in [`read`], a case in the tests, and a line in [`name()`]. What no arm reads is a loss by
//! its name. Numbers: the LINKTYPE registry of the tcpdump group, which also gives the layouts.
//!
//! ```text
//!  cooked v1  | packet type 2 | ARPHRD 2 | length 2 | address 8 | type 2 |
//!  cooked v2  | type 2 | reserved 2 | interface 4 | ARPHRD 2 | packet type 1 | address length 1 | address 8 |
//!  PPI        | version 1 | flags 1 | length 2 LE | link type 4 LE | fields
//!  PKTAP      | length 4 LE | record 4 LE | link type 4 LE | ...
//!  NFLOG      | family 1 | version 1 | resource 2 | then | length 2 | kind 2 | value, padded to 4 | in the host's order
//!  ERF        | time 8 | type 1, bit 7: extensions of 8 | flags 1 | record length 2 | loss 2 | wire length 2 |
//!  Juniper    | 4d 47 43 | flags 1 | bit 7: | extension length 2 | extensions |
//! ```

mod name;
#[cfg(test)]
mod tests;

pub use name::name;

use super::layers::{Layers, Next};
use super::{Stop, ethertype, field, ppp, tunnel, wifi};
use crate::capture::LinkType;

/// From the start of a frame of a link type to what comes next.
pub fn read(link: u16, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    match link {
        1 => Ok(Next::Ethernet),
        0 | 108 => family(link, layers),
        12 | 14 | 101 => Ok(Next::Ip(0)),
        228 => Ok(Next::Ip(4)),
        229 => Ok(Next::Ip(6)),
        113 => cooked(layers),
        276 => cooked_v2(layers),
        // Token Ring: access and frame control, addresses; a set bit in the source says that a route follows.
        6 => token_ring(layers),
        // SLIP: direction, and 15 bytes of a compressed header.
        8 => skipped(16, Next::Ip(0), layers),
        9 => Ok(Next::Ppp),
        50 => ppp::hdlc(layers),
        51 => ppp::pppoe(layers),
        // A direction in front of PPP, and in place of its address.
        204 => skipped(1, Next::Ppp, layers),
        166 => pppd(layers),
        104 => ppp::hdlc(layers),
        107 => ppp::frame_relay(layers),
        10 => skipped(13, Next::Llc, layers),
        100 => Ok(Next::Llc),
        106 => Ok(if let [0xaa, 0xaa, 3, ..] = layers.rest() { Next::Llc } else { Next::Ip(0) }),
        122 => skipped(16, Next::Llc, layers),
        // FireWire: two addresses of eight bytes.
        138 => typed(16, layers),
        105 => Ok(Next::Wifi(false)),
        119 => wifi::prism(layers),
        127 => wifi::radiotap(layers),
        163 => wifi::avs(layers),
        192 => ppi(layers),
        109 => enc(layers),
        117 => pflog(layers),
        178 => juniper(Next::Ethernet, layers),
        179 => juniper(Next::Ppp, layers),
        180 => juniper(Next::Link(107), layers),
        181 => juniper(Next::Link(104), layers),
        197 => erf(layers),
        205 => skipped(1, Next::Link(104), layers),
        206 => skipped(1, Next::Link(107), layers),
        128 => tzsp(layers),
        // What Hilscher's card says, and all that was on the wire from the preamble on.
        240 => skipped(4, Next::Ethernet, layers),
        241 => skipped(12, Next::Ethernet, layers),
        226 => ipnet(layers),
        239 => nflog(layers),
        258 => pktap(layers),
        274 => mpacket(layers),
        // Tags of switch chips: Broadcom behind the addresses or in front, Marvell with and without an EtherType of its own.
        281 => typed(16, layers),
        282 => skipped(4, Next::Ethernet, layers),
        284 => marvell(12, layers),
        285 => marvell(16, layers),
        other => Err(match name(LinkType(other)) {
            name::UNKNOWN => layers.numbered("unsupported_link_type", u32::from(other)),
            _ => layers.stop(name::loss(LinkType(other))),
        }),
    }
}

fn skipped(len: usize, next: Next, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    layers.skip(len)?;
    Ok(next)
}

fn typed(len: usize, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    layers.skip(len)?;
    layers.take_word().map(Next::Type)
}

fn cooked(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [_, _, high, low, ..] = layers.take::<14>()?;
    let kind = layers.take_word()?;
    Ok(of_device(u16::from_be_bytes([high, low]), kind))
}

fn cooked_v2(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let kind = layers.take_word()?;
    let [_, _, _, _, _, _, high, low, ..] = layers.take::<18>()?;
    Ok(of_device(u16::from_be_bytes([high, low]), kind))
}

/// What a device of Linux hands on: the type says it, but for those whose own header comes first.
fn of_device(hardware: u16, kind: u16) -> Next {
    match hardware {
        770 => Next::Link(107),
        803 => Next::Link(127),
        _ => Next::Type(kind),
    }
}

fn tzsp(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let Some((next, at)) = tunnel::tzsp(layers) else { return Err(layers.stop("tzsp_without_frame")) };
    layers.at = at;
    Ok(next)
}

/// `LINKTYPE_NULL` (the capturing host's byte order) and `LINKTYPE_LOOP` (network order): four bytes of address family.
///
/// AF_INET is 2 everywhere; AF_INET6 is 24, 28, 30 or 10 by system. A family fits the low 16 bits, which tells the order.
fn family(link: u16, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let bytes = layers.take()?;
    let big = u32::from_be_bytes(bytes);
    let family = if link == 108 || big <= 0xffff { big } else { u32::from_le_bytes(bytes) };
    ip_family(family).ok_or_else(|| Stop::numbered(layers.layer(), "address_family", family, 0))
}

fn ip_family(family: u32) -> Option<Next> {
    match family {
        2 => Some(Next::Ip(4)),
        10 | 24 | 26 | 28 | 30 => Some(Next::Ip(6)),
        _ => None,
    }
}

fn token_ring(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [.., first, _, _, _, _, _] = layers.take::<14>()?;
    if first & 0x80 != 0 {
        let route = field::<1>(layers.bytes, layers.at).map_or(2, |[control]| usize::from(control & 0x1f));
        layers.skip(route)?;
    }
    Ok(Next::Llc)
}

fn pppd(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    layers.skip(1)?;
    if let [0x03, ..] = layers.rest() {
        layers.skip(1)?;
    }
    Ok(Next::Ppp)
}

fn ppi(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [_, _, low, high] = layers.take()?;
    let link = u32::from_le_bytes(layers.take()?);
    behind(usize::from(u16::from_le_bytes([low, high])), 8, link, layers)
}

fn pktap(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let len = u32::from_le_bytes(layers.take()?);
    layers.skip(4)?;
    let link = u32::from_le_bytes(layers.take()?);
    behind(len as usize, 12, link, layers)
}

/// Another link type behind a header of `len` bytes, of which `read` were read.
fn behind(len: usize, read: usize, link: u32, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let Some(rest) = len.checked_sub(read) else { return Err(layers.stop("bad_header_length")) };
    layers.skip(rest)?;
    match u16::try_from(link) {
        Ok(link) => Ok(Next::Link(link)),
        Err(_) => Err(layers.numbered("unsupported_link_type", link)),
    }
}

/// OpenBSD's enc: address family in the host's order, SPI, flags.
fn enc(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let bytes = layers.take()?;
    layers.skip(8)?;
    let family = u32::from_le_bytes(bytes).min(u32::from_be_bytes(bytes));
    ip_family(family).ok_or_else(|| layers.numbered("address_family", family))
}

/// OpenBSD's pflog: length of the header, rounded up to four; the address family comes next.
fn pflog(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [length, family] = layers.take()?;
    layers.skip(usize::from(length).next_multiple_of(4).saturating_sub(2))?;
    ip_family(u32::from(family)).ok_or_else(|| layers.numbered("address_family", u32::from(family)))
}

/// Solaris: version, family, hook type, length, three interfaces or zones and one more.
fn ipnet(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [_, family, ..] = layers.take::<24>()?;
    ip_family(u32::from(family)).ok_or_else(|| layers.numbered("address_family", u32::from(family)))
}

fn juniper(next: Next, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [a, b, c, flags] = layers.take()?;
    if [a, b, c] != *b"MGC" {
        return Err(layers.stop("juniper_magic"));
    }
    if flags & 0x80 != 0 {
        let extensions = layers.take_word()?;
        layers.skip(usize::from(extensions))?;
    }
    // Without a layer 2 header a cookie of no stated form stands in its place.
    if flags & 0x02 != 0 {
        return Err(layers.stop("juniper_without_link_layer"));
    }
    Ok(next)
}

fn erf(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [.., kind, _, _, _, _, _, _, _] = layers.take::<16>()?;
    let mut more = kind & 0x80 != 0;
    while more {
        let [first, ..] = layers.take::<8>()?;
        more = first & 0x80 != 0;
    }
    match kind & 0x7f {
        // Packet over SONET, plain, coloured, for a stream, by hash.
        1 | 10 | 15 | 19 => Ok(Next::Link(104)),
        2 | 11 | 16 | 20 => skipped(2, Next::Ethernet, layers),
        // A channel, then HDLC; the header of an ATM cell, then LLC or IP, AAL5 put together.
        5 | 17 => skipped(4, Next::Link(104), layers),
        4 => skipped(4, Next::Link(106), layers),
        22 => Ok(Next::Ip(4)),
        23 => Ok(Next::Ip(6)),
        other => Err(layers.numbered("erf_type", u32::from(other))),
    }
}

/// Netlink messages of the firewall log; the packet is the value of kind 9.
fn nflog(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [family, _, _, _] = layers.take()?;
    loop {
        let [l1, l2, k1, k2] = layers.take()?;
        let (little, big) = (u16::from_le_bytes([l1, l2]), u16::from_be_bytes([l1, l2]));
        // The order shows in the kind: there are fewer than 256.
        let (len, kind) = if k2 == 0 { (little, k1) } else { (big, k2) };
        let len = usize::from(len);
        if len < 4 {
            return Err(layers.stop("nflog_length"));
        }
        if kind & 0x7f == 9 {
            layers.clip(layers.at + len - 4);
            return ip_family(u32::from(family)).ok_or_else(|| layers.numbered("address_family", u32::from(family)));
        }
        layers.skip(len.next_multiple_of(4) - 4)?;
    }
}

/// IEEE 802.3br: seven bytes of preamble and a delimiter, which says whether the frame is whole.
fn mpacket(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    match layers.take::<8>()? {
        [.., 0xd5] => Ok(Next::Ethernet),
        _ => Err(layers.stop("mpacket_fragment")),
    }
}

/// Marvell's DSA tag stands in place of an 802.1Q tag, and holds what that one would.
fn marvell(at: usize, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    layers.skip(at)?;
    let [command, _, high, low] = layers.take()?;
    if command & 0x20 != 0 {
        ethertype::vlan(u16::from_be_bytes([high, low]) & 0x0fff, layers);
    }
    layers.take_word().map(Next::Type)
}
