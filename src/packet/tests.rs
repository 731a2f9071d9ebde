//! Frames of every kind, built layer by layer.

use super::*;
use crate::capture::LinkType;

/// What the innermost TCP segment carries.
const PAYLOAD: &[u8] = b"hello";

/// Layers one behind the other.
macro_rules! bytes {
    ($($part:expr),* $(,)?) => { [$(&$part[..]),*].concat() };
}

pub(super) fn tcp() -> Vec<u8> {
    bytes![[0x9c, 0x40, 1, 187, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 1, 1, 0, 0, 0, 0], PAYLOAD]
}

pub(super) fn ip4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = (20 + payload.len() as u16).to_be_bytes();
    bytes![[0x45, 0, high, low, 0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], payload]
}

pub(super) fn ip6(next: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = (payload.len() as u16).to_be_bytes();
    bytes![[0x60, 0, 0, 0, high, low, next, 64], [0xfd; 16], [0xfe; 16], payload]
}

pub(super) fn plain4() -> Vec<u8> {
    ip4(6, &tcp())
}

pub(super) fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    bytes![[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], kind.to_be_bytes(), payload]
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    bytes![[0xc0, 0], port.to_be_bytes(), (8 + payload.len() as u16).to_be_bytes(), [0, 0], payload]
}

/// Everything that a frame gives, but for the datagrams that wrap the rest.
pub(super) fn all(link: u16, bytes: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let frame = Frame { number: 1, time: Timestamp(0), link: LinkType(link), wire_len: bytes.len() as u32, offset: 0, bytes };
    dissect(&frame, &mut |what| {
        if !matches!(what, Found::Datagram(datagram, _) if datagram.wraps) {
            found.push(what);
        }
    });
    found
}

/// The frame holds a datagram that wraps nothing.
fn datagram(link: u16, bytes: &[u8]) {
    let found = all(link, bytes);
    assert!(matches!(&found[..], [Found::Datagram(..)]), "{found:?}");
}

/// The frame holds the segment, wrapped in `path`; and no prefix or flipped bit of it is a panic.
pub(super) fn check(link: u16, bytes: &[u8], path: &str) -> Tunnel {
    let found = all(link, bytes);
    let [Found::Segment(segment, way)] = &found[..] else { panic!("link type {link}, {path:?}: {found:?}") };
    assert_eq!(way.text(), path, "link type {link}");
    let payload = &bytes[segment.payload_at as usize..][..segment.payload_len as usize];
    assert_eq!((payload, segment.wire_len, segment.key.low.port.min(segment.key.high.port)), (PAYLOAD, 5, 443), "link type {link}, {path}");
    for end in 0..bytes.len() {
        all(link, &bytes[..end]);
    }
    let mut damaged = bytes.to_vec();
    for bit in 0..bytes.len() * 8 {
        damaged[bit / 8] ^= 1 << (bit % 8);
        all(link, &damaged);
        damaged[bit / 8] ^= 1 << (bit % 8);
    }
    segment.key.tunnel
}

/// The frame holds nothing, for a reason.
pub(super) fn stops(link: u16, bytes: &[u8], reason: &str) {
    let found = all(link, bytes);
    let [Found::Stop(stop)] = &found[..] else { panic!("link type {link}, {reason}: {found:?}") };
    assert_eq!(stop.reason.text(), reason, "link type {link}");
}

fn eth4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &ip4(protocol, payload))
}

/// What both ways give of a frame, as text: where the straight one declines, nothing is compared.
fn both_ways(bytes: &[u8], wire_len: usize) -> Option<(String, String)> {
    let frame = Frame { number: 1, time: Timestamp(0), link: LinkType(1), wire_len: wire_len as u32, offset: 0, bytes };
    let straight = match plain(&frame)? {
        Plain::Segment(segment) => format!("{:?}", Found::Segment(segment, Path::default())),
        Plain::Datagram(datagram) => format!("{:?}", Found::Datagram(datagram, Path::default())),
    };
    let mut any = String::new();
    dissect(&frame, &mut |found| any.push_str(&format!("{found:?}")));
    Some((straight, any))
}

#[test]
fn plain_and_any_agree() {
    let long = |payload: &[u8]| bytes![[0x9c, 0x40, 0, 53, 0, 200, 0, 0], payload];
    let short = |payload: &[u8]| bytes![[0x9c, 0x40, 0, 53, 0, 10, 0, 0], payload];
    let none = |payload: &[u8]| bytes![[0x9c, 0x40, 0, 53, 0, 0, 0, 0], payload];
    for bytes in [
        ethernet(0x0800, &plain4()),
        ethernet(0x86dd, &ip6(6, &tcp())),
        eth4(17, &udp(53, PAYLOAD)),
        ethernet(0x86dd, &ip6(17, &udp(443, PAYLOAD))),
        ethernet(0x86dd, &ip6(60, &bytes![[17, 0, 1, 4, 0, 0, 0, 0], udp(443, PAYLOAD)])),
        eth4(17, &long(PAYLOAD)),
        eth4(17, &short(PAYLOAD)),
        eth4(17, &none(PAYLOAD)),
        bytes![eth4(17, &udp(53, PAYLOAD)), [0; 9]],
    ] {
        let wire_len = bytes.len();
        let (straight, any) = both_ways(&bytes, wire_len).unwrap();
        assert_eq!(straight, any);
        for end in 0..=bytes.len() {
            both_ways(&bytes[..end], wire_len).inspect(|(straight, any)| assert_eq!(straight, any, "{end} of {bytes:?}"));
        }
        let mut damaged = bytes.to_vec();
        for bit in 0..bytes.len() * 8 {
            damaged[bit / 8] ^= 1 << (bit % 8);
            both_ways(&damaged, wire_len).inspect(|(straight, any)| assert_eq!(straight, any, "bit {bit} of {bytes:?}"));
            damaged[bit / 8] ^= 1 << (bit % 8);
        }
    }
    check(1, &ethernet(0x0800, &plain4()), "");
}

/// Whatever the port, and whatever tunnel may lie behind it.
#[test]
fn the_straight_way_takes_no_tunnel() {
    let inner = ethernet(0x0800, &plain4());
    let wrapped = [
        bytes![[8, 0, 0, 0, 0, 0, 1, 0], inner],
        bytes![[0, 0, 0x65, 0x58, 0, 0, 1, 0], inner],
        bytes![[0x30, 0xff, 0, plain4().len() as u8, 0, 0, 0, 1], plain4()],
        bytes![[0, 1, 1, 64], plain4()],
        bytes![[8, 0, 0, 0, 0, 0, 1, 0], plain4()],
        bytes![[4, 0, 0, 0, 1, 2, 3, 4], [0; 40]],
        ip6(6, &tcp()),
    ];
    let mut taken = 0;
    for payload in &wrapped {
        for port in 0..=u16::MAX {
            let bytes = eth4(17, &udp(port, payload));
            let frame = Frame { number: 1, time: Timestamp(0), link: LinkType(1), wire_len: 200, offset: 0, bytes: &bytes };
            if let Some(Plain::Datagram(straight)) = plain(&frame) {
                let found = all(1, &bytes);
                let is_same = |found: &Datagram| {
                    (found.key, found.payload_at, found.wire_len) == (straight.key, straight.payload_at, straight.wire_len)
                };
                assert!(matches!(&found[..], [Found::Datagram(found, _)] if is_same(found)), "port {port}: {found:?}");
                taken += 1;
            }
        }
    }
    assert_eq!(taken, wrapped.len() * (65_536 - 14));
}

#[test]
fn mpls() {
    let labels = [0, 1, 0, 64, 0, 1, 0x11, 64]; // 16, 17
    check(1, &ethernet(0x8847, &bytes![labels, plain4()]), "mpls=16/17");
    check(1, &ethernet(0x8848, &bytes![labels, ip6(6, &tcp())]), "mpls=16/17");
    check(1, &ethernet(0x8847, &bytes![labels, ethernet(0x0800, &plain4())]), "mpls=16/17");
    check(1, &ethernet(0x8847, &bytes![labels, [0, 0, 0, 9], ethernet(0x8100, &bytes![[0, 7, 8, 0], plain4()])]), "mpls=16/17 vlan=7");
    // A hardware address that begins like IPv4.
    let mut frame = ethernet(0x0800, &plain4());
    frame[0] = 0x45;
    check(1, &ethernet(0x8847, &bytes![labels, frame]), "mpls=16/17");
    check(1, &eth4(137, &bytes![[0, 1, 1, 64], plain4()]), "mpls=16");
    check(1, &eth4(17, &udp(6635, &bytes![labels, plain4()])), "mpls=16/17");
    // An Ethernet pseudowire in an LSP in GRE, and a stack without an end.
    check(1, &eth4(47, &bytes![[0, 0, 0x88, 0x47], labels, [0; 4], ethernet(0x0800, &plain4())]), "gre mpls=16/17");
    stops(1, &ethernet(0x8847, &[0, 1, 0, 64].repeat(20)), "too_many_labels");
    stops(1, &ethernet(0x8847, &bytes![[0, 1, 1, 64], [0x10, 0, 0, 7, 0, 0]]), "mpls_channel");
}

#[test]
fn gre() {
    check(1, &eth4(47, &bytes![[0, 0, 8, 0], plain4()]), "gre");
    check(1, &eth4(47, &bytes![[0xb0, 0, 0x86, 0xdd, 0, 0, 0, 0, 0, 0, 0, 31, 0, 0, 0, 1], ip6(6, &tcp())]), "gre=0x1f");
    check(1, &eth4(47, &bytes![[0x20, 0, 0x65, 0x58, 0, 0x13, 0x89, 7], ethernet(0x0800, &plain4())]), "nvgre=5001");
    // Checksum alone; over IPv6; a key of NVGRE that is none, as a sequence number follows.
    check(1, &eth4(47, &bytes![[0x80, 0, 8, 0, 0xab, 0xcd, 0, 0], plain4()]), "gre");
    check(1, &ethernet(0x86dd, &ip6(47, &bytes![[0x20, 0, 8, 0, 0, 0, 0, 9], plain4()])), "gre=0x9");
    check(1, &eth4(47, &bytes![[0x30, 0, 0x65, 0x58, 0, 0, 0, 9, 0, 0, 0, 1], ethernet(0x0800, &plain4())]), "gre=0x9");
    check(1, &eth4(47, &bytes![[0, 0, 0x88, 0xbe], ethernet(0x0800, &plain4())]), "gre erspan=0");
    // A tag of the mirrored frame.
    check(
        1,
        &eth4(
            47,
            &bytes![[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1], [0x10, 0, 0, 9, 0, 0, 0, 0], ethernet(0x8100, &bytes![[0, 7, 8, 0], plain4()])],
        ),
        "gre erspan=9 vlan=7",
    );
    check(
        1,
        &eth4(47, &bytes![[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1], [0x10, 0, 0, 9, 0, 0, 0, 0], ethernet(0x0800, &plain4())]),
        "gre erspan=9",
    );
    let three = [0x20, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    check(1, &eth4(47, &bytes![[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1], three, [0], ethernet(0x0800, &plain4())]), "gre erspan=9");
    check(1, &eth4(47, &bytes![[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1], three, [1], [0; 8], ethernet(0x0800, &plain4())]), "gre erspan=9");
    let pptp = |length: u8| [0x30, 0x81, 0x88, 0x0b, 0, length, 0, 5, 0, 0, 0, 1, 0, 0, 0, 1];
    check(1, &eth4(47, &bytes![pptp(49), [0xff, 3, 0, 0x21], plain4()]), "pptp=5");
    stops(1, &eth4(47, &pptp(0)), "pptp_acknowledgement");
    check(1, &eth4(47, &bytes![[0, 0, 0x88, 0x3e], plain4()]), "gre");
    check(1, &eth4(47, &bytes![[0, 0, 0x88, 0x3e, 0, 0, 0, 0], plain4()]), "gre");
    stops(1, &eth4(47, &[0, 0, 0, 0]), "gre_keepalive");
}

#[test]
fn overlays_in_udp() {
    let inner = ethernet(0x0800, &plain4());
    let vxlan = |flags, next, inner: &[u8]| bytes![[flags, 0, 0, next, 0, 0x13, 0x89, 0], inner];
    let key = check(1, &eth4(17, &udp(4789, &vxlan(8, 0, &inner))), "vxlan=5001");
    assert_ne!(key, Tunnel(0));
    check(1, &ethernet(0x86dd, &ip6(17, &udp(8472, &vxlan(8, 0, &inner)))), "vxlan=5001");
    check(1, &eth4(17, &udp(4790, &vxlan(12, 1, &plain4()))), "vxlan=5001");
    check(1, &eth4(17, &udp(4790, &vxlan(12, 3, &inner))), "vxlan=5001");
    // A next protocol without the bit that says that there is one.
    check(1, &eth4(17, &udp(4790, &vxlan(8, 1, &plain4()))), "vxlan=5001");
    check(1, &eth4(17, &udp(4790, &vxlan(8, 2, &ip6(6, &tcp())))), "vxlan=5001");
    check(1, &eth4(17, &udp(4790, &vxlan(8, 1, &inner))), "vxlan=5001");
    datagram(1, &eth4(17, &udp(4790, &vxlan(8, 2, &plain4()))));
    let nsh = bytes![[0, 0xc6, 1, 3, 0, 0, 42, 255], [0; 16], inner];
    check(1, &eth4(17, &udp(4790, &vxlan(12, 4, &nsh))), "vxlan=5001 nsh=42");
    check(1, &ethernet(0x894f, &nsh), "nsh=42");
    datagram(1, &eth4(17, &udp(4789, &vxlan(0, 0, &inner))));
    datagram(1, &eth4(17, &udp(4789, &vxlan(8, 0, &[7; 60]))));
    let geneve = [1, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 3, 0];
    check(1, &eth4(17, &udp(6081, &bytes![geneve, inner])), "geneve=7");
    check(1, &eth4(17, &udp(6081, &bytes![[0, 0, 8, 0, 0, 0, 7, 0], plain4()])), "geneve=7");
    // Two options, of which one is critical; a tag of the inner frame; an option longer than the packet.
    let options = [4, 0x40, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 0x83, 1, 9, 9, 9, 9, 1, 2, 3, 1, 8, 8, 8, 8];
    check(1, &eth4(17, &udp(6081, &bytes![options, inner])), "geneve=7");
    datagram(1, &eth4(17, &udp(6081, &bytes![[0x3f, 0, 0x65, 0x58, 0, 0, 7, 0], inner])));
    let tagged = ethernet(0x8100, &bytes![[0, 7, 8, 0], plain4()]);
    check(1, &eth4(17, &udp(4789, &vxlan(8, 0, &tagged))), "vxlan=5001 vlan=7");
    check(1, &eth4(17, &udp(4790, &vxlan(12, 5, &bytes![[0, 1, 1, 64], plain4()]))), "vxlan=5001 mpls=16");
    // An overlay in a tunnel of the provider.
    let two = ip4(17, &udp(4789, &vxlan(8, 0, &inner)));
    check(1, &eth4(47, &bytes![[0x20, 0, 8, 0, 0, 0, 0, 9], two]), "gre=0x9 vxlan=5001");
    check(1, &eth4(17, &udp(37008, &bytes![[1, 0, 0, 1, 1], inner])), "tzsp");
    let wifi = bytes![[8, 1], [0; 22], [0xaa, 0xaa, 3, 0, 0, 0, 8, 0], plain4()];
    check(1, &eth4(17, &udp(37008, &bytes![[1, 0, 0, 18, 0, 10, 1, 200, 1], wifi])), "tzsp");
    datagram(1, &eth4(17, &udp(37008, &bytes![[1, 4, 0, 1, 1], inner])));
    datagram(1, &eth4(17, &udp(37008, &[1, 0, 0, 1, 10, 200, 1])));
    check(1, &eth4(17, &udp(4341, &bytes![[0x88, 0, 0, 1, 0, 0, 3, 1], plain4()])), "lisp=3");
    check(1, &eth4(17, &udp(4341, &bytes![[0x80, 0, 0, 1, 0, 0, 3, 1], plain4()])), "lisp");
}

#[test]
fn mobile_and_access() {
    let inner = plain4();
    let gtp = |flags, extra: &[u8]| bytes![[flags, 0xff, 0, (extra.len() + inner.len()) as u8, 0, 0, 0x12, 0x34], extra, inner];
    let key = check(1, &eth4(17, &udp(2152, &gtp(0x30, &[]))), "gtp=0x1234");
    assert_eq!(key, Tunnel(0));
    check(1, &eth4(17, &udp(2152, &gtp(0x34, &[0, 0, 0, 0x85, 1, 0, 9, 0x85, 1, 0, 9, 0]))), "gtp=0x1234");
    check(1, &eth4(17, &udp(2152, &gtp(0x32, &[0, 1, 0, 0]))), "gtp=0x1234");
    datagram(1, &eth4(17, &udp(2152, &gtp(0x34, &[0, 0, 0, 0x85, 0, 0, 0, 0]))));
    let l2tp = bytes![[0x40, 2, 0, 57, 0, 1, 0, 2], [0xff, 3, 0, 0x21], inner];
    check(1, &eth4(17, &udp(1701, &l2tp)), "l2tp=0x10002");
    stops(1, &eth4(17, &udp(1701, &[0xc8, 2, 0, 12, 0, 1, 0, 2, 0, 0, 0, 0])), "l2tp_control");
    for cookie in 0..4 {
        check(1, &eth4(115, &bytes![[0, 0, 0, 9], [1; 12][..cookie * 4], ethernet(0x0800, &inner)]), "l2tpv3=0x9");
    }
    check(1, &eth4(17, &udp(1701, &bytes![[0, 3, 0, 0, 0, 0, 0, 9], ethernet(0x0800, &inner)])), "l2tpv3=0x9");
    let wifi = bytes![[8, 1], [0; 22], [0xaa, 0xaa, 3, 0, 0, 0, 8, 0], inner];
    check(1, &eth4(17, &udp(5247, &bytes![[0, 0x10, 3, 0, 0, 0, 0, 0], wifi])), "capwap");
    check(1, &eth4(17, &udp(5247, &bytes![[0, 0x10, 2, 0, 0, 0, 0, 0], ethernet(0x0800, &inner)])), "capwap");
    stops(1, &eth4(17, &udp(5247, &[1, 0, 0, 0, 1, 2, 3, 4])), "capwap_encrypted");
    stops(1, &eth4(17, &udp(5247, &[0, 0x10, 2, 0x80, 0, 0, 0, 0])), "capwap_fragment");
    stops(1, &eth4(17, &udp(5247, &[0, 0x10, 2, 8, 0, 0, 0, 0])), "capwap_keep_alive");
    // L2TP with sequence numbers and an offset; over UDP in IPv6; version 3 with IP in it.
    let l2tp = bytes![[0x4a, 2, 0, 65, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 9, 9], [0xff, 3, 0, 0x21], inner];
    check(1, &ethernet(0x86dd, &ip6(17, &udp(1701, &l2tp))), "l2tp=0x10002");
    check(1, &eth4(115, &bytes![[0, 0, 0, 9], inner]), "l2tpv3=0x9");
    stops(1, &eth4(115, &bytes![[0; 4], [0; 20]]), "l2tp_control");
    // GTP-U with a sequence number and an extension of two words; IPv6 in it; what is no packet of a user.
    check(1, &eth4(17, &udp(2152, &gtp(0x36, &[0, 1, 0, 0xc0, 2, 0, 0, 0, 0, 0, 0, 0]))), "gtp=0x1234");
    let six = ip6(6, &tcp());
    check(1, &eth4(17, &udp(2152, &bytes![[0x30, 0xff, 0, six.len() as u8, 0, 0, 0, 5], six])), "gtp=0x5");
    datagram(1, &eth4(17, &udp(2152, &[0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0])));
}

#[test]
fn ip_in_ip() {
    check(1, &eth4(4, &plain4()), "ip4in4");
    check(1, &eth4(41, &ip6(6, &tcp())), "ip6in4");
    check(1, &ethernet(0x86dd, &ip6(4, &plain4())), "ip4in6");
    check(1, &ethernet(0x86dd, &ip6(41, &ip6(6, &tcp()))), "ip6in6");
    let mut six = ip6(6, &tcp());
    (six[8], six[9]) = (0x20, 2);
    check(1, &eth4(41, &six), "6to4");
    check(1, &eth4(17, &udp(3544, &six)), "teredo");
    check(1, &eth4(17, &udp(3544, &bytes![[0, 1, 0, 0], [7; 8], [0], [0, 0, 1, 2, 3, 4, 5, 6], six])), "teredo");
    check(1, &eth4(97, &bytes![[0x30, 0], ethernet(0x0800, &plain4())]), "etherip");
    check(1, &eth4(51, &bytes![[6, 4], [0; 22], tcp()]), "ah");
    check(1, &eth4(51, &bytes![[4, 4], [0; 22], plain4()]), "ah ip4in4");
    check(1, &ethernet(0x86dd, &ip6(51, &bytes![[6, 4], [0; 22], tcp()])), "");
    check(1, &ethernet(0x86dd, &ip6(97, &bytes![[0x30, 0], ethernet(0x0800, &plain4())])), "etherip");
    stops(1, &eth4(97, &[0x20, 0, 0, 0]), "etherip_version_2");
    // An origin alone; nothing at all.
    check(1, &eth4(17, &udp(3544, &bytes![[0, 0, 1, 2, 3, 4, 5, 6], six])), "teredo");
    datagram(1, &eth4(17, &udp(3544, &[0, 1, 0, 0, 1, 2])));
    let many = |count| (0..count).fold(plain4(), |inner, _| ip4(4, &inner));
    check(1, &ethernet(0x0800, &many(MAX_TUNNELS)), &["ip4in4"; MAX_TUNNELS as usize].join(" "));
    stops(1, &ethernet(0x0800, &many(MAX_TUNNELS + 1)), "too_many_tunnels");
}

#[test]
fn esp() {
    // The checksum of the pseudo-header, TCP header and payload (RFC 9293 section 3.1), by hand.
    let mut segment = tcp();
    let mut sum = 0x0a00u32 * 2 + 1 + 2 + 6 + segment.len() as u32;
    sum += segment.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum::<u32>();
    let checksum = !((sum & 0xffff) + (sum >> 16)) as u16;
    segment[16..18].copy_from_slice(&checksum.to_be_bytes());
    let esp = |padding: &[u8], value| bytes![[0, 0, 0, 5, 0, 0, 0, 1], segment, padding, [padding.len() as u8, 6], vec![0xa5; value]];
    for value in [0, 12, 16, 24, 32] {
        check(1, &eth4(50, &esp(&[1], value)), "esp_null=0x5");
    }
    check(1, &eth4(17, &udp(4500, &esp(&[1], 12))), "esp_null=0x5");
    let tunnel = |next: u8, inner: &[u8]| bytes![[0, 0, 0, 5, 0, 0, 0, 1], inner, [1, 2, 2, next], [0xa5; 16]];
    let mut four = plain4();
    let sum = four[..20].chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum::<u32>();
    four[10..12].copy_from_slice(&(!((sum & 0xffff) + (sum >> 16)) as u16).to_be_bytes());
    check(1, &eth4(50, &tunnel(4, &four)), "esp_null=0x5 ip4in4");
    check(1, &ethernet(0x86dd, &ip6(50, &tunnel(41, &ip6(6, &tcp())))), "esp_null=0x5 ip6in6");
    stops(1, &eth4(50, &tunnel(41, &ip6(6, &tcp())[..50])), "esp");
    // A datagram with its checksum, and one without, which nothing bears out.
    let mut datagram_in = udp(53, PAYLOAD);
    let sum = 0x0a00u32 * 2 + 1 + 2 + 17 + datagram_in.len() as u32;
    let sum = sum + datagram_in.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum::<u32>();
    let without = tunnel(17, &datagram_in);
    datagram_in[6..8].copy_from_slice(&(!((sum & 0xffff) + (sum >> 16)) as u16).to_be_bytes());
    datagram(1, &eth4(50, &bytes![[0, 0, 0, 5, 0, 0, 0, 1], datagram_in, [1, 1, 17], [0xa5; 12]]));
    stops(1, &eth4(50, &without), "esp");
    stops(1, &eth4(50, &esp(&[9], 12)), "esp");
    segment[0] ^= 1;
    stops(1, &eth4(50, &bytes![[0, 0, 0, 5, 0, 0, 0, 1], segment, [1, 1, 6], [0; 12]]), "esp");
    stops(1, &eth4(17, &udp(51820, &[4, 0, 0, 0, 1, 2, 3, 4])), "wireguard");
    datagram(1, &eth4(17, &udp(4500, &[0, 0, 0, 0, 1, 2, 3, 4])));
}

#[test]
fn a_part_of_a_packet_says_where_it_belongs() {
    let mut packet = ip4(6, &[7; 40]);
    (packet[4], packet[5], packet[6], packet[7]) = (1, 2, 0x20, 3);
    let found = all(1, &ethernet(0x0800, &packet));
    let [Found::Fragment(fragment)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(fragment.part, ip::Part { id: 0x102, offset: 24, more: true });
    assert_eq!((fragment.at, fragment.len, fragment.packet.protocol), (34, 40, 6));
    let six = ip6(44, &bytes![[6, 0, 0, 16, 0, 0, 0, 9], [7; 24]]);
    let found = all(229, &six);
    let [Found::Fragment(fragment)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(fragment.part, ip::Part { id: 9, offset: 16, more: false });
    assert_eq!((fragment.at, fragment.len, fragment.packet.protocol), (48, 24, 6));
}

#[test]
fn noise_is_no_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let seeds = [
        eth4(17, &udp(4789, &bytes![[8, 0, 0, 0, 0, 0, 1, 0], ethernet(0x8847, &bytes![[0, 1, 1, 64], plain4()])])),
        eth4(47, &bytes![[0x30, 1, 0x88, 0x0b, 0, 49, 0, 5, 0, 0, 0, 1], [0xff, 3, 0, 0x21], plain4()]),
        vec![0; 120],
    ];
    for round in 0..40_000u64 {
        let mut bytes = seeds[round as usize % seeds.len()].clone();
        for _ in 0..1 + next() % 12 {
            let at = next() as usize % bytes.len();
            bytes[at] = next() as u8;
        }
        all((next() % 300) as u16, &bytes);
        all(1, &bytes);
    }
}
