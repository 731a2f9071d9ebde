//! EtherTypes (IANA and IEEE, 802 Numbers), the tags between them, and IEEE 802.2 headers.
//!
//! ```text
//!  802.1Q, 802.1ad | TCI 2 | type 2 |                   VN-Tag | tag 4 | type 2 |        802.1ah | I-TAG 4 | Ethernet |
//!  802.1CB, HSR | tag 4 | type 2 |
//!  802.1AE  | TCI, AN 1 | short length 1 | number 4 | [SCI 8] | type 2 | ... | ICV |
//!  802.2    | DSAP 1 | SSAP 1 | control 1 |             SNAP | AA AA 03 | organisation 3 | protocol 2 |
//! ```

use super::layers::{Layers, Next};
use super::path::Kind;
use super::{Stop, field};

pub const IPV4: u16 = 0x0800;
pub const IPV6: u16 = 0x86dd;
/// IEEE 802.1Q customer tag.
pub const VLAN: u16 = 0x8100;
/// IEEE 802.1ad service tag.
pub const QINQ: u16 = 0x88a8;
/// Service tags before 802.1ad.
pub const QINQ_OLD: [u16; 3] = [0x9100, 0x9200, 0x9300];
/// Cisco's tag of a security group, between addresses and type.
const CMD: u16 = 0x8909;
const MACSEC: u16 = 0x88e5;
const PBB: u16 = 0x88e7;
const VN_TAG: u16 = 0x8926;
const HSR: u16 = 0x892f;
/// IEEE 802.1CB redundancy tag.
const R_TAG: u16 = 0xf1c1;
const TRILL: u16 = 0x22f3;
const MPLS: u16 = 0x8847;
const MPLS_UPSTREAM: u16 = 0x8848;
const PPPOE_DISCOVERY: u16 = 0x8863;
const PPPOE: u16 = 0x8864;
const PPP: u16 = 0x880b;
pub const NSH: u16 = 0x894f;
/// Ethernet as payload of something else ("transparent Ethernet bridging").
pub const ETHERNET: u16 = 0x6558;
/// Values below are lengths of IEEE 802.3 frames.
pub const SMALLEST: u16 = 0x0600;

/// Whether a value is one of the types that a frame in a tunnel is expected to have.
pub fn is_known(kind: u16) -> bool {
    let tags = [VLAN, QINQ, MACSEC, PBB, VN_TAG, CMD, MPLS, MPLS_UPSTREAM, PPPOE, PPPOE_DISCOVERY, NSH, R_TAG, TRILL];
    [IPV4, IPV6].contains(&kind) || tags.contains(&kind) || QINQ_OLD.contains(&kind) || name(kind).is_some()
}

/// From behind an EtherType to what it names.
pub fn read(kind: u16, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    match kind {
        IPV4 => Ok(Next::Ip(4)),
        IPV6 => Ok(Next::Ip(6)),
        VLAN | QINQ | 0x9100 | 0x9200 | 0x9300 => {
            let tci = layers.take_word()?;
            let kind = layers.take_word()?;
            vlan(tci & 0x0fff, layers);
            Ok(Next::Type(kind))
        }
        length if length < SMALLEST => Ok(Next::Llc),
        MPLS | MPLS_UPSTREAM => Ok(Next::Mpls),
        PPPOE => super::ppp::pppoe(layers),
        PPP => Ok(Next::Ppp),
        MACSEC => macsec(layers),
        PBB => {
            let [_, high, middle, low] = layers.take()?;
            layers.tag(Kind::Pbb, u32::from_be_bytes([0, high, middle, low]));
            Ok(Next::Ethernet)
        }
        VN_TAG | HSR | R_TAG => {
            layers.skip(4)?;
            layers.take_word().map(Next::Type)
        }
        CMD => {
            layers.skip(6)?;
            layers.take_word().map(Next::Type)
        }
        NSH => Ok(Next::Nsh),
        TRILL => super::tunnel::trill(layers),
        ETHERNET => Ok(Next::Ethernet),
        other => {
            let at = layers.at.saturating_sub(2);
            Err(match name(other) {
                Some(name) => Stop::new(layers.layer(), name, at),
                None => Stop::numbered(layers.layer(), "ethertype", u32::from(other), at),
            })
        }
    }
}

/// Notes a VLAN. The id 0 is a priority tag: it names none (IEEE 802.1Q table 9-2).
pub fn vlan(id: u16, layers: &mut Layers<'_>) {
    if id != 0 {
        layers.tag(Kind::Vlan, u32::from(id));
    }
}

/// The names of EtherTypes that carry no IP that is read here.
fn name(kind: u16) -> Option<&'static str> {
    Some(match kind {
        0x0806 => "arp",
        0x8035 => "rarp",
        0x809b => "appletalk",
        0x8137 => "ipx",
        0x8809 => "slow_protocols",
        PPPOE_DISCOVERY => "pppoe_discovery",
        0x887b => "homeplug",
        0x8892 => "profinet",
        0x88a2 => "ata_over_ethernet",
        0x88a4 => "ethercat",
        0x88b8 => "goose",
        0x88ba => "sampled_values",
        0x88cc => "lldp",
        0x88f7 => "ptp",
        0x888e => "eapol",
        0x8902 => "cfm",
        0x8906 => "fcoe",
        0x8914 => "fip",
        0x8915 => "roce",
        0x893a => "ieee_1905",
        0x9000 => "loopback_test",
        _ => return None,
    })
}

/// IEEE 802.1AE: with E or C set the user data is encrypted or changed, else it is plain and an ICV follows it.
fn macsec(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [tci, _, ..] = layers.take::<6>()?;
    if tci & 0x0c != 0 {
        return Err(layers.stop("macsec_encrypted"));
    }
    if tci & 0x20 != 0 {
        layers.skip(8)?;
    }
    layers.tag(Kind::Macsec, 0);
    layers.take_word().map(Next::Type)
}

/// IEEE 802.2: SNAP and the few service access points that carry IP.
pub fn llc(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [destination, source, control] = layers.take()?;
    match (destination, source) {
        (0xaa, 0xaa) if control == 3 => Ok(Next::Snap),
        (0x06, 0x06) if control == 3 => Ok(Next::Ip(4)),
        (0x42, 0x42) => Err(layers.stop("spanning_tree")),
        (0xfe, 0xfe) => Err(layers.stop("osi")),
        (0xe0, 0xe0) | (0xff, 0xff) => Err(layers.stop("ipx")),
        (0xf0, 0xf0) => Err(layers.stop("netbeui")),
        _ => Err(layers.numbered("llc_sap", u32::from(destination))),
    }
}

/// A SNAP header (IEEE 802; RFC 1042). Organisation 0 has EtherTypes; 00-00-f8 is 802.1H; 00-80-c2 bridged frames (RFC 2684).
pub fn snap(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let [a, b, c] = layers.take()?;
    let protocol = layers.take_word()?;
    match [a, b, c] {
        [0, 0, 0] | [0, 0, 0xf8] => match protocol {
            kind if kind < SMALLEST => Err(layers.numbered("snap_protocol", u32::from(kind))),
            kind => Ok(Next::Type(kind)),
        },
        [0, 0x80, 0xc2] if protocol == 1 || protocol == 7 => {
            // Over ATM two bytes of padding come first.
            if field(layers.bytes, layers.at) == Some([0, 0]) && layers.is_ethernet_at(layers.at + 2) {
                layers.skip(2)?;
            }
            Ok(Next::Ethernet)
        }
        [0, 0, 0x0c] => Err(layers.stop("cisco_control")),
        _ => Err(layers.numbered("snap_organisation", u32::from_be_bytes([0, a, b, c]))),
    }
}
