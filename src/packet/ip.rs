//! IPv4 (RFC 791) and IPv6 (RFC 8200): from the IP header to the transport header.

use super::{Address, Stop, field, word};
use crate::ledger::Layer;

/// Extension headers that are followed in one IPv6 packet.
const MAX_EXTENSIONS: usize = 16;

/// Assigned protocol numbers (IANA, Protocol Numbers).
mod protocol {
    pub const HOP_BY_HOP: u8 = 0;
    pub const TCP: u8 = 6;
    pub const UDP: u8 = 17;
    pub const ROUTING: u8 = 43;
    pub const FRAGMENT: u8 = 44;
    pub const AUTHENTICATION: u8 = 51;
    pub const NO_NEXT: u8 = 59;
    pub const DESTINATION: u8 = 60;
    pub const MOBILITY: u8 = 135;
    pub const HIP: u8 = 139;
    pub const SHIM6: u8 = 140;
}

/// Where the transport layer starts, and how far the packet says it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    /// 4 or 6.
    pub version: u8,
    /// Sender.
    pub source: Address,
    /// Receiver.
    pub destination: Address,
    /// Offset of the transport header in the frame.
    pub at: usize,
    /// Bytes from there to the end of the IP packet on the wire.
    pub wire_len: usize,
    /// Whether the packet gave no length (offload): `wire_len` is then what the frame holds.
    pub zero_length: bool,
}

/// Reads the IP header at `at`; `version` 0 lets the first nibble decide.
#[inline]
pub fn read(frame: &[u8], at: usize, version: u8) -> Result<Transport, Stop> {
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
fn v4(frame: &[u8], at: usize) -> Result<Transport, Stop> {
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
    // More fragments, or not the first one: the reassembly of fragments is a stage of its own.
    if u16::from_be_bytes([header[6], header[7]]) & 0x3fff != 0 {
        return Err(Stop::new(Layer::Ip, "fragment", at + 6));
    }
    let transport = Transport {
        version: 4,
        source: mapped([header[12], header[13], header[14], header[15]]),
        destination: mapped([header[16], header[17], header[18], header[19]]),
        at: at + header_len,
        wire_len: total - header_len,
        zero_length,
    };
    tcp_only(header[9], transport, at + 9)
}

/// ```text
///  | version, class, flow label 4 | payload length 2 | next header 1 | hop limit 1 | source 16 | destination 16 | extension headers
/// ```
fn v6(frame: &[u8], at: usize) -> Result<Transport, Stop> {
    let (Some(payload), Some(source), Some(destination)) = (word(frame, at + 4), field(frame, at + 8), field(frame, at + 24)) else {
        return Err(Stop::new(Layer::Ip, "cut_header", frame.len()));
    };
    let mut next = frame[at + 6];
    let mut next_at = at + 6;
    let mut here = at + 40;
    // 0 is a jumbogram (RFC 2675) or offload; either way the packet goes to the end of the frame.
    let zero_length = payload == 0;
    let end = if zero_length { frame.len().max(here) } else { here + usize::from(payload) };
    for _ in 0..MAX_EXTENSIONS {
        let length = match next {
            protocol::HOP_BY_HOP | protocol::ROUTING | protocol::DESTINATION | protocol::MOBILITY | protocol::HIP | protocol::SHIM6 => {
                let Some([_, units]) = field::<2>(frame, here) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
                8 + usize::from(units) * 8
            }
            protocol::AUTHENTICATION => {
                let Some([_, units]) = field::<2>(frame, here) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
                8 + usize::from(units) * 4
            }
            protocol::FRAGMENT => {
                let Some(offset) = word(frame, here + 2) else { return Err(Stop::new(Layer::Ip, "cut_header", frame.len())) };
                // An atomic fragment (RFC 6946) is whole.
                if offset & 0xfff9 != 0 {
                    return Err(Stop::new(Layer::Ip, "fragment", here));
                }
                8
            }
            _ => {
                if here > end {
                    return Err(Stop::new(Layer::Ip, "bad_payload_length", at + 4));
                }
                return tcp_only(next, Transport { version: 6, source, destination, at: here, wire_len: end - here, zero_length }, next_at);
            }
        };
        next = frame[here];
        next_at = here;
        here += length;
    }
    Err(Stop::new(Layer::Ip, "too_many_extension_headers", here))
}

/// TCP goes on; everything else has a name, or its number.
#[inline]
fn tcp_only(protocol: u8, transport: Transport, at: usize) -> Result<Transport, Stop> {
    let name = match protocol {
        protocol::TCP => return Ok(transport),
        protocol::UDP => return Err(Stop::new(Layer::Transport, "udp_not_followed", at)),
        protocol::NO_NEXT => "no_next_header",
        1 => "icmp",
        2 => "igmp",
        4 => "ipv4_in_ip",
        41 => "ipv6_in_ip",
        47 => "gre",
        50 => "esp",
        58 => "icmpv6",
        88 => "eigrp",
        89 => "ospf",
        97 => "etherip",
        103 => "pim",
        112 => "vrrp",
        115 => "l2tp",
        132 => "sctp",
        other => return Err(Stop::numbered(Layer::Ip, "protocol", u32::from(other), at)),
    };
    Err(Stop::new(Layer::Ip, name, at))
}

/// An IPv4 address as IPv6 (RFC 4291 section 2.5.5.2).
#[inline]
fn mapped(v4: [u8; 4]) -> Address {
    std::net::Ipv4Addr::from(v4).to_ipv6_mapped().octets()
}
