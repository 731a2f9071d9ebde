//! Link layers: from the first byte of a frame to the first byte of its IP header.
//!
//! A new link type is one arm in [`read`], one name in [`name`] and a case in the tests.
//! Numbers: the LINKTYPE registry of the tcpdump group. EtherTypes: IANA, IEEE 802 Numbers.

use super::{Stop, Tunnel, field, word};
use crate::capture::LinkType;
use crate::ledger::Layer;

/// VLAN and provider tags that are followed in one frame.
const MAX_TAGS: usize = 8;

/// Where the network layer starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Offset of the IP header in the frame.
    pub at: usize,
    /// Which IP: 4, 6, or 0 where the link layer does not say and the first nibble decides.
    pub version: u8,
    /// What it was wrapped in.
    pub tunnel: Tunnel,
}

/// EtherTypes (IANA, IEEE 802 Numbers).
mod ethertype {
    pub const IPV4: u16 = 0x0800;
    pub const IPV6: u16 = 0x86dd;
    /// IEEE 802.1Q customer tag.
    pub const VLAN: u16 = 0x8100;
    /// IEEE 802.1ad service tag.
    pub const QINQ: u16 = 0x88a8;
    /// The service tag before 802.1ad.
    pub const QINQ_OLD: u16 = 0x9100;
    /// Values below are lengths of IEEE 802.3 frames.
    pub const SMALLEST: u16 = 0x0600;
}

/// Reads the link layer of a frame.
#[inline]
pub fn read(link: LinkType, frame: &[u8]) -> Result<Network, Stop> {
    match link.0 {
        1 => ethertype_at(frame, 12),
        0 | 108 => family(link, frame),
        101 | 12 | 14 => raw(0),
        228 => raw(4),
        229 => raw(6),
        113 => ethertype_at(frame, 14),
        276 => cooked_v2(frame),
        other => Err(Stop::numbered(Layer::Link, "unsupported_link_type", u32::from(other), 0)),
    }
}

/// The registry's name of a link type, lower case; `linktype` where this table has none.
pub fn name(link: LinkType) -> &'static str {
    match link.0 {
        0 => "null",
        1 => "ethernet",
        12 | 14 | 101 => "raw",
        108 => "loop",
        113 => "linux_sll",
        228 => "ipv4",
        229 => "ipv6",
        276 => "linux_sll2",
        _ => "linktype",
    }
}

fn raw(version: u8) -> Result<Network, Stop> {
    Ok(Network { at: 0, version, tunnel: Tunnel::default() })
}

/// ```text
///  Ethernet  | destination 6 | source 6 | type 2 |     cooked v1  | packet type 2 | ARPHRD 2 | length 2 | address 8 | type 2 |
/// ```
/// Both end in an EtherType; any number of tags (TCI 2, type 2) may follow it.
#[inline]
fn ethertype_at(frame: &[u8], at: usize) -> Result<Network, Stop> {
    let Some(kind) = word(frame, at) else { return Err(Stop::new(Layer::Link, "cut_header", frame.len())) };
    tagged(frame, kind, at + 2)
}

/// From an EtherType to IP over VLAN tags.
#[inline]
fn tagged(frame: &[u8], mut kind: u16, mut at: usize) -> Result<Network, Stop> {
    let mut tunnel = Tunnel::default();
    for _ in 0..=MAX_TAGS {
        match kind {
            ethertype::IPV4 => return Ok(Network { at, version: 4, tunnel }),
            ethertype::IPV6 => return Ok(Network { at, version: 6, tunnel }),
            ethertype::VLAN | ethertype::QINQ | ethertype::QINQ_OLD => {
                let Some([tci_high, tci_low, kind_high, kind_low]) = field::<4>(frame, at) else {
                    return Err(Stop::new(Layer::Link, "cut_header", frame.len()));
                };
                // The id 0 is a priority tag: it names no VLAN (IEEE 802.1Q table 9-2).
                match u16::from_be_bytes([tci_high, tci_low]) & 0x0fff {
                    0 => {}
                    id => tunnel.push_vlan(id),
                }
                kind = u16::from_be_bytes([kind_high, kind_low]);
                at += 4;
            }
            length if length < ethertype::SMALLEST => return Err(Stop::new(Layer::Link, "ieee_802_3_length", at - 2)),
            other => return Err(other_protocol(other, at - 2)),
        }
    }
    Err(Stop::new(Layer::Link, "too_many_tags", at))
}

/// EtherTypes that carry no IP that is read here: the common ones by name, others by number.
fn other_protocol(kind: u16, at: usize) -> Stop {
    let name = match kind {
        0x0806 => "arp",
        0x8847 | 0x8848 => "mpls",
        0x8863 | 0x8864 => "pppoe",
        0x88a2 => "ata_over_ethernet",
        0x88cc => "lldp",
        0x88e5 => "macsec",
        0x88e7 => "provider_backbone_bridge",
        0x88f7 => "ptp",
        0x888e => "eapol",
        0x8906 => "fcoe",
        0x893a => "ieee_1905",
        0x9000 => "loopback_test",
        other => return Stop::numbered(Layer::Link, "ethertype", u32::from(other), at),
    };
    Stop::new(Layer::Link, name, at)
}

/// `LINKTYPE_NULL` (the capturing host's byte order) and `LINKTYPE_LOOP` (network order): four bytes of address family.
///
/// AF_INET is 2 everywhere; AF_INET6 is 24, 28, 30 or 10 by system. A family fits the low 16 bits, which tells the order.
fn family(link: LinkType, frame: &[u8]) -> Result<Network, Stop> {
    let Some(bytes) = field::<4>(frame, 0) else { return Err(Stop::new(Layer::Link, "cut_header", frame.len())) };
    let big = u32::from_be_bytes(bytes);
    let family = if link.0 == 108 || big <= 0xffff { big } else { u32::from_le_bytes(bytes) };
    let version = match family {
        2 => 4,
        10 | 24 | 28 | 30 => 6,
        other => return Err(Stop::numbered(Layer::Link, "address_family", other, 0)),
    };
    Ok(Network { at: 4, version, tunnel: Tunnel::default() })
}

/// ```text
///  cooked v2 | type 2 | reserved 2 | interface 4 | ARPHRD 2 | packet type 1 | address length 1 | address 8 |
/// ```
fn cooked_v2(frame: &[u8]) -> Result<Network, Stop> {
    let kind = match word(frame, 0) {
        Some(kind) if frame.len() >= 20 => kind,
        _ => return Err(Stop::new(Layer::Link, "cut_header", frame.len())),
    };
    tagged(frame, kind, 20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Reason;

    fn check(link: u16, frame: &[u8], at: usize, version: u8, tunnel: &str) {
        let network = read(LinkType(link), frame).unwrap();
        assert_eq!((network.at, network.version, network.tunnel.text().as_str()), (at, version, tunnel), "link type {link}");
    }

    fn ethernet(rest: &[u8]) -> Vec<u8> {
        [&[0; 12], rest].concat()
    }

    #[test]
    fn each_link_type_leads_to_ip() {
        check(1, &ethernet(&[0x08, 0x00]), 14, 4, "");
        check(1, &ethernet(&[0x86, 0xdd]), 14, 6, "");
        check(1, &ethernet(&[0x81, 0x00, 0x20, 0x0a, 0x08, 0x00]), 18, 4, "vlan=10");
        check(1, &ethernet(&[0x81, 0x00, 0xe0, 0x00, 0x08, 0x00]), 18, 4, "");
        check(1, &ethernet(&[0x88, 0xa8, 0x00, 0x0a, 0x81, 0x00, 0x00, 0x14, 0x86, 0xdd]), 22, 6, "vlan=10/20");
        check(1, &ethernet(&[0x91, 0x00, 0x0f, 0xff, 0x81, 0x00, 0x00, 0x01, 0x08, 0x00]), 22, 4, "vlan=4095/1");
        check(113, &[&[0; 14][..], &[0x08, 0x00]].concat(), 16, 4, "");
        check(113, &[&[0; 14][..], &[0x81, 0x00, 0x00, 0x07, 0x08, 0x00]].concat(), 20, 4, "vlan=7");
        check(276, &[&[0x86, 0xdd][..], &[0; 18]].concat(), 20, 6, "");
        check(0, &[2, 0, 0, 0, 0x45], 4, 4, "");
        check(0, &[0, 0, 0, 30, 0x60], 4, 6, "");
        check(108, &[0, 0, 0, 24, 0x60], 4, 6, "");
        check(101, &[0x45], 0, 0, "");
        check(228, &[0x45], 0, 4, "");
        check(229, &[0x60], 0, 6, "");
    }

    #[test]
    fn what_is_not_read_has_a_name() {
        let check = |link: u16, frame: &[u8], reason: Reason| assert_eq!(read(LinkType(link), frame).unwrap_err().reason, reason);
        check(147, &[0; 40], Reason::with("unsupported_link_type", 147));
        check(1, &[0; 13], Reason::of("cut_header"));
        check(1, &ethernet(&[0x08, 0x06]), Reason::of("arp"));
        check(1, &ethernet(&[0x60, 0x03]), Reason::with("ethertype", 0x6003));
        check(1, &ethernet(&[0x00, 0x26]), Reason::of("ieee_802_3_length"));
        check(1, &ethernet(&[0x81, 0x00, 0x00]), Reason::of("cut_header"));
        check(1, &ethernet(&[0x81, 0x00, 0x00, 0x01].repeat(12)), Reason::of("too_many_tags"));
        check(0, &[0, 0, 0, 7], Reason::with("address_family", 7));
        check(276, &[0x08, 0x00], Reason::of("cut_header"));
    }
}
