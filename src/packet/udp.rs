//! UDP (RFC 768) and the tunnels in it. A port is a hint; what a header says and what follows it must fit, else the
//! datagram is not a tunnel.
//!
//! ```text
//!  UDP     | source 2 | destination 2 | length 2 | checksum 2 |
//!  VXLAN   | flags 1, bit 3: VNI | reserved 3 | VNI 3 | reserved 1 | Ethernet          GPE: bit 2, the next protocol at 3
//!  Geneve  | version, option words 6 bits | flags 1 | EtherType 2 | VNI 3 | reserved 1 | options
//!  GTP-U   | version 1, PT, E S PN | type ff | length 2 | TEID 4 | [sequence 2, N-PDU 1, next 1] | [words 1 ... next 1]
//!  Teredo  | [00 01, lengths 2, id, value, nonce 8, 1] | [00 00, port 2, address 4] | IPv6
//!  L2TP    | T L . . S . O P, version 2 | [length 2] | tunnel 2 | session 2 | [Ns 2, Nr 2] | [offset 2, pad] | PPP
//!  LISP    | N L E V I ... 1 | nonce 3 | instance 3, status 1 | IP
//!  CAPWAP  | 0 | words 5 bits, radio 5, binding 5, T F L W M K | fragment 4 | ... | 802.11 or 802.3
//! ```

use super::layers::{Layers, Next};
use super::path::Kind;
use super::{Datagram, Endpoint, Found, Key, Stop, esp, ethertype, field, ip, mpls, ppp, tunnel, word};
use crate::capture::Frame;
use crate::ledger::Layer;

/// What a datagram turned out to wrap.
struct Inner {
    next: Next,
    at: usize,
    /// Where a length of the tunnel's header ends it.
    end: usize,
    kind: Kind,
    id: u32,
}

/// Reads a datagram, hands it out, and gives what it wraps, if anything.
pub fn read(frame: &Frame<'_>, layers: &mut Layers<'_>, out: &mut dyn FnMut(Found)) -> Result<Option<Next>, Stop> {
    let Some([s1, s2, d1, d2, l1, l2, _, _]) = field::<8>(layers.bytes, layers.at) else {
        return Err(Stop::new(Layer::Transport, "cut_header", layers.bytes.len()));
    };
    let ports = [u16::from_be_bytes([s1, s2]), u16::from_be_bytes([d1, d2])];
    let length = usize::from(u16::from_be_bytes([l1, l2]));
    if length >= 8 {
        layers.clip(layers.at + length);
    }
    layers.at += 8;
    let outer = *layers;
    let inner = wrapped(ports, layers);
    match datagram(frame, &outer, ports) {
        Some(datagram) => out(Found::Datagram(Datagram { wraps: !matches!(inner, Ok(None)), ..datagram }, outer.wrap.path)),
        None => return Err(outer.stop("no_ip_header")),
    }
    inner
}

/// Reads a datagram in an IP packet outside of tunnels whose ports hint at none: what [`read`] gives, in a straight line.
#[inline]
pub fn plain(frame: &Frame<'_>, packet: &ip::Packet) -> Option<Datagram> {
    let [s1, s2, d1, d2, l1, l2, _, _] = field::<8>(frame.bytes, packet.at)?;
    let ports = [u16::from_be_bytes([s1, s2]), u16::from_be_bytes([d1, d2])];
    if packet.wire_len < 8 || ports.into_iter().any(is_hint) {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([l1, l2]));
    let wire_len = if length >= 8 { packet.wire_len.min(length) } else { packet.wire_len } - 8;
    let at = packet.at + 8;
    let ends = (Endpoint { address: packet.source, port: ports[0] }, Endpoint { address: packet.destination, port: ports[1] });
    let (key, from_low) = Key::of(ends.0, ends.1);
    Some(Datagram {
        key,
        from_low,
        ip_version: packet.version,
        wraps: false,
        path: 0,
        fragments: 0,
        time: frame.time,
        frame: frame.number,
        payload_at: at as u32,
        payload_len: (frame.bytes.len() - at).min(wire_len) as u32,
        wire_len: wire_len as u32,
    })
}

/// Whether a port hints at something that wraps packets.
#[inline]
fn is_hint(port: u16) -> bool {
    matches!(port, 1701 | 2152 | 3544 | 4341 | 4500 | 4789 | 4790 | 5247 | 6081 | 6635 | 8472 | 37008 | 48879 | 51820)
}

/// Hands out the datagram whose beginning an error message of ICMP quotes (RFC 792, RFC 4443): nobody reads it, but Wireshark
/// counts its conversation.
pub fn quoted(frame: &Frame<'_>, mut layers: Layers<'_>, protocol: u8, out: &mut dyn FnMut(Found)) {
    let is_error = match layers.rest().first() {
        Some(3..=5 | 11 | 12) => protocol == ip::protocol::ICMP,
        Some(1..=4) => protocol == ip::protocol::ICMPV6,
        _ => false,
    };
    let Ok(packet) = ip::read(layers.bytes, layers.at + 8, if protocol == ip::protocol::ICMP { 4 } else { 6 }) else { return };
    let Some([s1, s2, d1, d2]) = field(layers.bytes, packet.at) else { return };
    if is_error && packet.protocol == ip::protocol::UDP {
        layers.at = packet.at + 8;
        layers.ip = Some(packet);
        let ports = [u16::from_be_bytes([s1, s2]), u16::from_be_bytes([d1, d2])];
        if let Some(datagram) = datagram(frame, &layers, ports) {
            out(Found::Datagram(Datagram { wraps: true, ..datagram }, layers.wrap.path));
        }
    }
}

/// The datagram whose payload begins here.
fn datagram(frame: &Frame<'_>, layers: &Layers<'_>, [source, destination]: [u16; 2]) -> Option<Datagram> {
    let packet = layers.ip?;
    let ends = (Endpoint { address: packet.source, port: source }, Endpoint { address: packet.destination, port: destination });
    let (key, from_low) = Key::of(ends.0, ends.1);
    Some(Datagram {
        key: Key { tunnel: layers.wrap.key, ..key },
        from_low,
        ip_version: packet.version,
        wraps: false,
        path: 0,
        fragments: layers.wrap.fragments,
        time: frame.time,
        frame: frame.number,
        payload_at: layers.at.min(layers.bytes.len()) as u32,
        payload_len: layers.rest().len() as u32,
        wire_len: layers.end.saturating_sub(layers.at) as u32,
    })
}

/// What the ports hint at, if the content bears it out.
fn wrapped([source, destination]: [u16; 2], layers: &mut Layers<'_>) -> Result<Option<Next>, Stop> {
    for port in [destination, source].into_iter().filter(|port| is_hint(*port)) {
        // RFC 3948: four zero bytes are IKE, a single one a keep-alive; all else is ESP.
        if port == 4500 && !matches!(layers.rest(), [0, 0, 0, 0, ..] | [_] | []) {
            return esp::read(layers).map(Some);
        }
        // RFC 7510: labels and nothing else in front.
        let mut labels = *layers;
        if port == 6635
            && let Ok(next) = mpls::read(&mut labels)
        {
            *layers = labels;
            return Ok(Some(next));
        }
        if let Some(inner) = tunnel_at(port, layers)? {
            layers.enter(inner.kind, inner.id, inner.at)?;
            layers.clip(inner.end);
            return Ok(Some(inner.next));
        }
    }
    Ok(None)
}

/// A tunnel by its port, if the content bears it out; the opaque ones stop with their name.
fn tunnel_at(port: u16, layers: &mut Layers<'_>) -> Result<Option<Inner>, Stop> {
    Ok(match port {
        4789 | 8472 | 4790 | 48879 => vxlan(layers),
        6081 => geneve(layers),
        2152 => gtp(layers),
        3544 => teredo(layers),
        1701 => return l2tp(layers),
        4341 => lisp(layers),
        37008 => tzsp(layers),
        5247 => return capwap(layers),
        51820 if matches!(layers.rest(), [1..=4, 0, 0, 0, ..]) => return Err(layers.stop("wireguard")),
        _ => None,
    })
}

/// 24 bits in network order.
fn number24([a, b, c]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}

/// Whether what comes next fits its lengths; deeper layers judge themselves.
fn fits(layers: &Layers<'_>, next: Next, at: usize) -> bool {
    match next {
        Next::Ip(0) => layers.ip_at(at).is_some(),
        Next::Ip(version) => layers.ip_at(at) == Some(version),
        Next::Ethernet => layers.is_ethernet_at(at),
        _ => true,
    }
}

/// What follows is Ethernet, or what GPE names. Some senders name it without the bit that says so: content decides there.
fn vxlan(layers: &Layers<'_>) -> Option<Inner> {
    let [flags, _, _, protocol, a, b, c, _] = field::<8>(layers.bytes, layers.at)?;
    let at = layers.at + 8;
    let named = tunnel::following(protocol);
    let next = match named {
        Some(Next::Ip(_)) if flags & 0x04 == 0 && !layers.is_ethernet_at(at) => named?,
        _ if flags & 0x04 != 0 => named?,
        _ => Next::Ethernet,
    };
    (flags & 0x08 != 0 && fits(layers, next, at)).then_some(Inner { next, at, end: layers.end, kind: Kind::Vxlan, id: number24([a, b, c]) })
}

fn geneve(layers: &Layers<'_>) -> Option<Inner> {
    let [first, flags, high, low, a, b, c, _] = field::<8>(layers.bytes, layers.at)?;
    let next = match u16::from_be_bytes([high, low]) {
        ethertype::ETHERNET => Next::Ethernet,
        ethertype::IPV4 => Next::Ip(4),
        ethertype::IPV6 => Next::Ip(6),
        kind if ethertype::is_known(kind) => Next::Type(kind),
        _ => return None,
    };
    let at = layers.at + 8 + usize::from(first & 0x3f) * 4;
    (first >> 6 == 0 && flags & 0x3f == 0 && fits(layers, next, at)).then_some(Inner {
        next,
        at,
        end: layers.end,
        kind: Kind::Geneve,
        id: number24([a, b, c]),
    })
}

fn gtp(layers: &Layers<'_>) -> Option<Inner> {
    let [flags, kind, high, low, id @ ..] = field::<8>(layers.bytes, layers.at)?;
    let mut at = layers.at + 8;
    let end = at + usize::from(u16::from_be_bytes([high, low]));
    if flags & 0xf0 != 0x30 || kind != 0xff || end > layers.end {
        return None;
    }
    if flags & 7 != 0 {
        let [_, _, _, mut next] = field::<4>(layers.bytes, at)?;
        at += 4;
        while flags & 4 != 0 && next != 0 {
            let words = usize::from(*layers.bytes.get(at)?);
            next = *layers.bytes.get(at + (words * 4).checked_sub(1)?)?;
            at += words * 4;
        }
    }
    let next = layers.ip_at(at).map(Next::Ip).or_else(|| layers.is_ethernet_at(at).then_some(Next::Ethernet));
    Some(Inner { next: next?, at, end, kind: Kind::Gtp, id: u32::from_be_bytes(id) })
}

fn teredo(layers: &Layers<'_>) -> Option<Inner> {
    let mut at = layers.at;
    if let Some([0, 1, id, value]) = field(layers.bytes, at) {
        at += 4 + usize::from(id) + usize::from(value) + 9;
    }
    if word(layers.bytes, at) == Some(0) {
        at += 8;
    }
    (layers.ip_at(at) == Some(6)).then_some(Inner { next: Next::Ip(6), at, end: layers.end, kind: Kind::Teredo, id: 0 })
}

fn l2tp(layers: &mut Layers<'_>) -> Result<Option<Inner>, Stop> {
    let Some(flags) = word(layers.bytes, layers.at) else { return Ok(None) };
    match flags & 0x0f {
        2 if flags & 0x8000 != 0 => Err(layers.stop("l2tp_control")),
        2 => Ok(l2tp2(layers, flags)),
        3 if flags & 0x8000 != 0 => Err(layers.stop("l2tp_control")),
        3 => {
            // Over UDP (RFC 3931 section 4.1.2) a word of flags comes first, then the same as over IP.
            let mut data = *layers;
            data.at += 4;
            let Ok(next) = tunnel::l2tp3(&mut data) else { return Ok(None) };
            let id = field(layers.bytes, layers.at + 4).map_or(0, u32::from_be_bytes);
            Ok(Some(Inner { next, at: data.at, end: layers.end, kind: Kind::L2tp3, id }))
        }
        _ => Ok(None),
    }
}

fn l2tp2(layers: &Layers<'_>, flags: u16) -> Option<Inner> {
    let mut at = layers.at + 2;
    let mut end = layers.end;
    if flags & 0x4000 != 0 {
        end = layers.at + usize::from(word(layers.bytes, at)?);
        at += 2;
    }
    let id = u32::from_be_bytes(field(layers.bytes, at)?);
    at += 4;
    if flags & 0x0800 != 0 {
        at += 4;
    }
    if flags & 0x0200 != 0 {
        at += 2 + usize::from(word(layers.bytes, at)?);
    }
    let fits = flags & 0x34f0 == 0 && end <= layers.end && at < end;
    (fits && ppp::is_plausible(layers.bytes.get(at..)?)).then_some(Inner { next: Next::Ppp, at, end, kind: Kind::L2tp, id })
}

fn lisp(layers: &Layers<'_>) -> Option<Inner> {
    let [flags, .., a, b, c, _] = field::<8>(layers.bytes, layers.at)?;
    let at = layers.at + 8;
    let version = layers.ip_at(at)?;
    let (kind, id) = if flags & 0x08 != 0 { (Kind::LispInstance, number24([a, b, c])) } else { (Kind::Lisp, 0) };
    Some(Inner { next: Next::Ip(version), at, end: layers.end, kind, id })
}

fn tzsp(layers: &Layers<'_>) -> Option<Inner> {
    let (next, at) = tunnel::tzsp(layers)?;
    fits(layers, next, at).then_some(Inner { next, at, end: layers.end, kind: Kind::Tzsp, id: 0 })
}

fn capwap(layers: &mut Layers<'_>) -> Result<Option<Inner>, Stop> {
    let Some([first, length, low, flags]) = field(layers.bytes, layers.at) else { return Ok(None) };
    let word = match first {
        0 if flags & 0x80 != 0 => "capwap_fragment",
        0 if flags & 0x08 != 0 => "capwap_keep_alive",
        0 => {
            let at = layers.at + usize::from(length >> 3) * 4;
            let next = match field::<2>(layers.bytes, at) {
                _ if length >> 3 < 2 => return Ok(None),
                // Some controllers send the two bytes of the frame control in the other order.
                Some([kind, _]) if low & 1 != 0 && kind & 0x0f == 8 => Next::Wifi(false),
                _ if low & 1 == 0 && layers.is_ethernet_at(at) => Next::Ethernet,
                _ => return Ok(None),
            };
            return Ok(Some(Inner { next, at, end: layers.end, kind: Kind::Capwap, id: 0 }));
        }
        1 => "capwap_encrypted",
        _ => return Ok(None),
    };
    Err(layers.stop(word))
}
