//! IPv4 (RFC 791) and IPv6 (RFC 8200): from the IP header to the transport header.

use super::{Address, Stop, field, word};
use crate::ledger::Layer;

/// Extension headers that are followed in one IPv6 packet.
const MAX_EXTENSIONS: usize = 16;

/// Assigned protocol numbers (IANA, Protocol Numbers).
pub(super) mod protocol {
    pub const HOP_BY_HOP: u8 = 0;
    pub const ICMP: u8 = 1;
    pub const IPV4: u8 = 4;
    pub const TCP: u8 = 6;
    pub const UDP: u8 = 17;
    pub const IPV6: u8 = 41;
    pub const ROUTING: u8 = 43;
    pub const FRAGMENT: u8 = 44;
    pub const GRE: u8 = 47;
    pub const ESP: u8 = 50;
    pub const AUTHENTICATION: u8 = 51;
    pub const ICMPV6: u8 = 58;
    pub const DESTINATION: u8 = 60;
    pub const ETHERIP: u8 = 97;
    pub const L2TP: u8 = 115;
    pub const MOBILITY: u8 = 135;
    pub const MPLS: u8 = 137;
    pub const HIP: u8 = 139;
    pub const SHIM6: u8 = 140;
}

/// An IP packet: where what it carries starts, and how far the packet says it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// 4 or 6.
    pub version: u8,
    /// What it carries.
    pub protocol: u8,
    /// Whether the packet gave no length (offload): `wire_len` is then what the frame holds.
    pub zero_length: bool,
    /// Sender.
    pub source: Address,
    /// Receiver.
    pub destination: Address,
    /// Offset of what it carries in the frame.
    pub at: usize,
    /// Bytes from there to the end of the IP packet on the wire.
    pub wire_len: usize,
    /// Identification of an IPv4 packet: where it is not 0, hosts give each packet another one. 0 for IPv6.
    pub id: u16,
    /// Which part it is, where it is not whole.
    pub fragment: Option<Part>,
}

/// A part of a packet that was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The identification that its parts share.
    pub id: u32,
    /// Where it begins, in bytes.
    pub offset: u32,
    /// Whether others follow it.
    pub more: bool,
}

/// Reads the IP header at `at`; `version` 0 lets the first nibble decide.
#[inline]
pub fn read(frame: &[u8], at: usize, version: u8) -> Result<Packet, Stop> {
    let Some(first) = frame.get(at) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
    match (version, first >> 4) {
        (0 | 4, 4) => v4(frame, at),
        (0 | 6, 6) => v6(frame, at),
        (_, nibble) => Err(Stop::numbered(Layer::Ip, "ip_version", u32::from(nibble), at)),
    }
}

/// ```text
///  0                   4        6                 8     9         10         12        16             20
///  | version, IHL, TOS, length 2 | id 2 | flags, fragment offset 2 | TTL | protocol | checksum | source | destination | options
/// ```
#[inline]
fn v4(frame: &[u8], at: usize) -> Result<Packet, Stop> {
    let Some(header) = field::<20>(frame, at) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
    let header_len = usize::from(header[0] & 15) * 4;
    if header_len < 20 {
        return Err(Stop::new(Layer::Ip, "bad_header_length", at));
    }
    let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let zero_length = total == 0;
    let total = if zero_length { frame.len() - at } else { total };
    if total < header_len {
        return Err(Stop::new(Layer::Ip, "bad_total_length", at + 2));
    }
    let cut = u16::from_be_bytes([header[6], header[7]]);
    // More fragments, or not the first one.
    let fragment = (cut & 0x3fff != 0).then(|| Part {
        id: u32::from(u16::from_be_bytes([header[4], header[5]])),
        offset: u32::from(cut & 0x1fff) * 8,
        more: cut & 0x2000 != 0,
    });
    Ok(Packet {
        version: 4,
        protocol: header[9],
        zero_length,
        source: mapped([header[12], header[13], header[14], header[15]]),
        destination: mapped([header[16], header[17], header[18], header[19]]),
        at: at + header_len,
        wire_len: total - header_len,
        id: u16::from_be_bytes([header[4], header[5]]),
        fragment,
    })
}

/// ```text
///  | version, class, flow label 4 | payload length 2 | next header 1 | hop limit 1 | source 16 | destination 16 | extension headers
/// ```
fn v6(frame: &[u8], at: usize) -> Result<Packet, Stop> {
    let (Some(payload), Some(source), Some(destination)) = (word(frame, at + 4), field(frame, at + 8), field(frame, at + 24)) else {
        return Err(Stop::new(Layer::Ip, "cut_header", frame.len()));
    };
    let mut next = frame[at + 6];
    let mut fragment = None;
    let mut here = at + 40;
    // 0 is a jumbogram (RFC 2675) or offload; either way the packet goes to the end of the frame.
    let zero_length = payload == 0;
    let end = if zero_length { frame.len().max(here) } else { here + usize::from(payload) };
    let mut extensions = 0;
    while fragment.is_none() {
        let length = match next {
            next if is_extension(next) => {
                let Some([_, units]) = field::<2>(frame, here) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
                8 + usize::from(units) * 8
            }
            protocol::AUTHENTICATION => {
                let Some([_, units]) = field::<2>(frame, here) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
                8 + usize::from(units) * 4
            }
            protocol::FRAGMENT => {
                let Some([_, _, high, low, id @ ..]) = field::<8>(frame, here) else {
                    return Err(Stop::new(Layer::Ip, "cut_header", frame.len()));
                };
                let cut = u16::from_be_bytes([high, low]);
                // An atomic fragment (RFC 6946) is whole. What follows another one is data of it.
                if cut & 0xfff9 != 0 {
                    fragment = Some(Part { id: u32::from_be_bytes(id), offset: u32::from(cut & 0xfff8), more: cut & 1 != 0 });
                }
                8
            }
            _ => break,
        };
        extensions += 1;
        if extensions > MAX_EXTENSIONS {
            return Err(Stop::new(Layer::Ip, "too_many_extension_headers", here));
        }
        next = frame[here];
        here += length;
    }
    if here > end {
        return Err(Stop::new(Layer::Ip, "bad_payload_length", at + 4));
    }
    Ok(Packet { version: 6, protocol: next, zero_length, source, destination, at: here, wire_len: end - here, id: 0, fragment })
}

/// Whether a next header of IPv6 is an extension header whose length stands in its second byte, in units of 8 bytes.
pub fn is_extension(next: u8) -> bool {
    use protocol::*;
    [HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY, HIP, SHIM6].contains(&next)
}

/// Why nothing is read of what a protocol number names: its name, or its number.
pub fn other_protocol(protocol: u8, at: usize) -> Stop {
    let name = match protocol {
        1 => "icmp",
        2 => "igmp",
        33 => "dccp",
        protocol::FRAGMENT => "fragment_in_fragment",
        46 => "rsvp",
        55 => "minimal_encapsulation",
        58 => "icmpv6",
        59 => "no_next_header",
        88 => "eigrp",
        89 => "ospf",
        94 => "ipip_with_header",
        103 => "pim",
        108 => "ipcomp",
        112 => "vrrp",
        132 => "sctp",
        136 => "udp_lite",
        other => return Stop::numbered(Layer::Ip, "protocol", u32::from(other), at),
    };
    Stop::new(Layer::Ip, name, at)
}

/// An IPv4 address as IPv6 (RFC 4291 section 2.5.5.2).
#[inline]
fn mapped(v4: [u8; 4]) -> Address {
    std::net::Ipv4Addr::from(v4).to_ipv6_mapped().octets()
}
