//! Layer by layer through a frame: what comes next, what was met on the way, where it ends.
//!
//! ```text
//!  | link | tags | IP | UDP | VXLAN | Ethernet | IP | TCP | payload | padding |
//!                              at ──►                               ^ end: how far the innermost length goes
//! ```
//!
//! This is the way for everything but TCP and most UDP over IP over Ethernet, which [`super::plain`] reads by itself. Each layer
//! is a function from [`Layers`] to what comes [`Next`]; the number of layers is bounded, and each moves forward.

use super::path::{Kind, Path, Tunnel};
use super::{Found, Fragment, Stop, esp, ethertype, field, gre, ip, link, mpls, ppp, tcp, tunnel, udp, wifi, word};
use crate::capture::Frame;
use crate::ledger::Layer;

/// Tunnels that are followed into one another.
pub const MAX_TUNNELS: u8 = 8;
/// Layers that are followed in one frame, of whatever kind.
const MAX_LAYERS: usize = 64;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A link type of the registry.
    Link(u16),
    /// Ethernet, from its destination address.
    Ethernet,
    /// What an EtherType names.
    Type(u16),
    /// An IEEE 802.2 header.
    Llc,
    /// The organisation code of a SNAP header.
    Snap,
    /// An IEEE 802.11 header; whether it is padded to four bytes.
    Wifi(bool),
    /// Subframes of an A-MSDU.
    Amsdu,
    /// PPP, with or without address and control.
    Ppp,
    /// An MPLS label.
    Mpls,
    /// A network service header.
    Nsh,
    /// An IP header: 4, 6, or 0 where its first nibble decides.
    Ip(u8),
    /// What an IP protocol number names.
    Protocol(u8),
}

/// What a packet was wrapped in so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wrap {
    /// The way.
    pub path: Path,
    /// What of it tells flows apart.
    pub key: Tunnel,
    /// Tunnels on it.
    pub tunnels: u8,
    /// IP fragments that were put together for it.
    pub fragments: u16,
}

/// Where reading a frame is.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'b> {
    /// The captured bytes, up to the end that the lengths give.
    pub bytes: &'b [u8],
    /// The next byte.
    pub at: usize,
    /// Where the current packet ends on the wire; beyond the bytes where the snap length cut them.
    pub end: usize,
    /// Where the wrapping ends, as far as a length field of it said.
    limit: usize,
    /// What was met.
    pub wrap: Wrap,
    /// The innermost IP header so far.
    pub ip: Option<ip::Packet>,
}

impl<'b> Layers<'b> {
    /// At the start of bytes that went on to `end` on the wire.
    pub fn new(bytes: &'b [u8], end: usize, wrap: Wrap) -> Self {
        Layers { bytes, at: 0, end: end.max(bytes.len()), limit: usize::MAX, wrap, ip: None }
    }

    /// The next bytes, and moves on.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let bytes = field(self.bytes, self.at).ok_or_else(|| self.cut())?;
        self.at += N;
        Ok(bytes)
    }

    /// A 16-bit number in network order, and moves on.
    pub fn take_word(&mut self) -> Result<u16, Stop> {
        self.take().map(u16::from_be_bytes)
    }

    /// Moves on without looking.
    pub fn skip(&mut self, len: usize) -> Result<(), Stop> {
        self.at = self.at.saturating_add(len);
        if self.at > self.bytes.len() { Err(self.cut()) } else { Ok(()) }
    }

    /// Bytes from here on, and as many as are there.
    pub fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The layer that a stop here belongs to.
    pub fn layer(&self) -> Layer {
        if self.ip.is_some() || self.wrap.tunnels > 0 { Layer::Ip } else { Layer::Link }
    }

    /// A stop for a reason.
    pub fn stop(&self, word: &'static str) -> Stop {
        Stop::new(self.layer(), word, self.at.min(self.bytes.len()))
    }

    /// A stop with the number that was not known.
    pub fn numbered(&self, word: &'static str, number: u32) -> Stop {
        Stop::numbered(self.layer(), word, number, self.at.min(self.bytes.len()))
    }

    fn cut(&self) -> Stop {
        Stop::new(self.layer(), "cut_header", self.bytes.len())
    }

    /// Notes a tag or label.
    pub fn tag(&mut self, kind: Kind, id: u32) {
        self.wrap.path.push(kind, id, &mut self.wrap.key);
    }

    /// Notes a tunnel and goes on at `at`.
    pub fn enter(&mut self, kind: Kind, id: u32, at: usize) -> Result<(), Stop> {
        if self.wrap.tunnels == MAX_TUNNELS {
            return Err(self.stop("too_many_tunnels"));
        }
        self.wrap.tunnels += 1;
        self.tag(kind, id);
        self.at = at;
        Ok(())
    }

    /// Ends the packet where a length field says, if that is not beyond its wrapping.
    pub fn clip(&mut self, end: usize) {
        self.end = self.end.min(end);
        self.limit = self.limit.min(end);
        self.bytes = &self.bytes[..self.bytes.len().min(self.end)];
    }

    /// The version of an IP header at `at`, if its lengths fit what holds it.
    pub fn ip_at(&self, at: usize) -> Option<u8> {
        let room = self.end.checked_sub(at)?;
        match self.bytes.get(at)? >> 4 {
            4 => {
                let [first, _, high, low] = field::<4>(self.bytes, at)?;
                let (header, total) = (usize::from(first & 15) * 4, usize::from(u16::from_be_bytes([high, low])));
                (header >= 20 && header <= room && (total == 0 || (header..=room).contains(&total))).then_some(4)
            }
            6 => (40 + usize::from(word(self.bytes, at + 4)?) <= room).then_some(6),
            _ => None,
        }
    }

    /// Whether Ethernet may begin at `at`: its type is one that is met in practice, and an IP header behind it fits.
    pub fn is_ethernet_at(&self, at: usize) -> bool {
        match word(self.bytes, at + 12) {
            Some(ethertype::IPV4) => self.ip_at(at + 14) == Some(4),
            Some(ethertype::IPV6) => self.ip_at(at + 14) == Some(6),
            Some(length) if length < ethertype::SMALLEST => {
                matches!(field(self.bytes, at + 14), Some([0xaa, 0xaa, 3] | [0x42, 0x42, 3] | [0xfe, 0xfe, 3]))
            }
            Some(kind) => ethertype::is_known(kind),
            None => false,
        }
    }
}

/// Follows a frame from `next` to its end.
pub fn follow(frame: &Frame<'_>, mut layers: Layers<'_>, mut next: Next, out: &mut dyn FnMut(Found)) {
    for _ in 0..MAX_LAYERS {
        let step = match next {
            Next::Protocol(ip::protocol::TCP) => return out(segment(frame, &layers)),
            Next::Protocol(ip::protocol::UDP) => match udp::read(frame, &mut layers, out) {
                Ok(Some(next)) => Ok(next),
                Ok(None) => return,
                Err(stop) => Err(stop),
            },
            Next::Amsdu => return wifi::amsdu(layers, &mut |subframe| follow(frame, subframe, Next::Llc, out)),
            Next::Ip(version) => match ip_header(frame, &mut layers, version) {
                Ok(Header::Whole(protocol)) => Ok(Next::Protocol(protocol)),
                Ok(Header::Fragment(fragment)) => return out(Found::Fragment(fragment)),
                Err(stop) => Err(stop),
            },
            Next::Protocol(protocol @ (ip::protocol::ICMP | ip::protocol::ICMPV6)) => {
                udp::quoted(frame, layers, protocol, out);
                Err(ip::other_protocol(protocol, layers.at))
            }
            Next::Link(link) => link::read(link, &mut layers),
            Next::Ethernet => layers.skip(12).and_then(|()| layers.take_word()).map(Next::Type),
            Next::Type(kind) => ethertype::read(kind, &mut layers),
            Next::Llc => ethertype::llc(&mut layers),
            Next::Snap => ethertype::snap(&mut layers),
            Next::Wifi(padded) => wifi::read(padded, &mut layers),
            Next::Ppp => ppp::read(&mut layers),
            Next::Mpls => mpls::read(&mut layers),
            Next::Nsh => tunnel::nsh(&mut layers),
            Next::Protocol(protocol) => transport(protocol, &mut layers),
        };
        next = match step {
            Ok(next) => next,
            Err(stop) => return out(Found::Stop(stop)),
        };
    }
    out(Found::Stop(layers.stop("too_many_layers")));
}

/// What an IP header leads to.
enum Header {
    Whole(u8),
    Fragment(Fragment),
}

fn ip_header(frame: &Frame<'_>, layers: &mut Layers<'_>, version: u8) -> Result<Header, Stop> {
    let packet = ip::read(layers.bytes, layers.at, version)?;
    layers.at = packet.at;
    // The lengths of a packet within another do not shorten what the capture holds of it.
    // But what is behind the end of a wrapping is padding, though an IP length may take it in.
    layers.end = (packet.at + packet.wire_len).min(layers.limit.max(packet.at));
    layers.bytes = &layers.bytes[..layers.bytes.len().min(layers.end)];
    layers.ip = Some(packet);
    Ok(match packet.fragment {
        None => Header::Whole(packet.protocol),
        Some(part) => Header::Fragment(Fragment {
            packet,
            part,
            wrap: layers.wrap,
            at: packet.at.min(layers.bytes.len()) as u32,
            len: layers.bytes.len().saturating_sub(packet.at) as u32,
            offset: packet.at as u32,
            time: frame.time,
            frame: frame.number,
        }),
    })
}

fn segment(frame: &Frame<'_>, layers: &Layers<'_>) -> Found {
    let Some(packet) = layers.ip else { return Found::Stop(layers.stop("no_ip_header")) };
    let packet = ip::Packet { at: layers.at, wire_len: layers.end.saturating_sub(layers.at), ..packet };
    match tcp::read(frame, &packet) {
        Ok(mut segment) => {
            segment.key.tunnel = layers.wrap.key;
            segment.fragments = layers.wrap.fragments;
            Found::Segment(segment, layers.wrap.path)
        }
        Err(stop) => Found::Stop(stop),
    }
}

/// From a protocol number to what it carries.
fn transport(protocol: u8, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    match protocol {
        ip::protocol::IPV4 | ip::protocol::IPV6 => ip_in_ip(protocol, layers),
        ip::protocol::GRE => gre::read(layers),
        ip::protocol::ESP => esp::read(layers),
        ip::protocol::AUTHENTICATION => {
            let [next, units] = layers.take()?;
            layers.skip(6 + usize::from(units) * 4)?;
            layers.tag(Kind::Ah, 0);
            Ok(Next::Protocol(next))
        }
        ip::protocol::ETHERIP => tunnel::etherip(layers),
        ip::protocol::L2TP => tunnel::l2tp3(layers),
        ip::protocol::MPLS => Ok(Next::Mpls),
        // Behind a fragment header the extension headers go on.
        protocol if ip::is_extension(protocol) && layers.ip.is_some_and(|ip| ip.version == 6) => {
            let [next, units] = layers.take()?;
            layers.skip(6 + usize::from(units) * 8)?;
            Ok(Next::Protocol(next))
        }
        other => Err(ip::other_protocol(other, layers.at)),
    }
}

fn ip_in_ip(protocol: u8, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let outer = layers.ip.map_or(0, |ip| ip.version);
    let at = layers.at;
    let six_to_four = || [at + 8, at + 24].iter().any(|at| word(layers.bytes, *at) == Some(0x2002));
    let (kind, version) = match (outer, protocol) {
        (6, ip::protocol::IPV4) => (Kind::Ip4in6, 4),
        (6, _) => (Kind::Ip6in6, 6),
        (_, ip::protocol::IPV4) => (Kind::Ip4in4, 4),
        _ if six_to_four() => (Kind::Six4, 6),
        _ => (Kind::Ip6in4, 6),
    };
    layers.enter(kind, 0, at)?;
    Ok(Next::Ip(version))
}
