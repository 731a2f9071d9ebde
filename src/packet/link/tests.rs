//! A frame of each link type.

use crate::packet::tests::{all, check, ethernet, ip4, ip6, plain4, stops, tcp};
use crate::packet::{Found, Tunnel};

macro_rules! bytes {
    ($($part:expr),* $(,)?) => { [$(&$part[..]),*].concat() };
}

fn snap() -> Vec<u8> {
    bytes![[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], plain4()]
}

fn six() -> Vec<u8> {
    ip6(6, &tcp())
}

#[test]
fn ethernet_and_its_tags() {
    let behind = |tags: &[u8]| bytes![[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], tags, plain4()];
    check(1, &behind(&[8, 0]), "");
    assert_eq!(check(1, &behind(&[0x81, 0, 0x20, 10, 8, 0]), "vlan=10"), Tunnel(0));
    check(1, &behind(&[0x81, 0, 0xe0, 0, 8, 0]), "");
    check(1, &behind(&[0x88, 0xa8, 0, 10, 0x81, 0, 0, 20, 8, 0]), "vlan=10/20");
    check(1, &behind(&[0x91, 0, 0x0f, 0xff, 0x81, 0, 0, 1, 8, 0]), "vlan=4095/1");
    check(1, &behind(&[0x88, 0xe5, 0, 0, 0, 0, 0, 1, 8, 0]), "macsec");
    check(1, &behind(&[0x88, 0xe5, 0x20, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0]), "macsec");
    check(1, &behind(&[0x81, 0, 0, 10, 0x81, 0, 0, 20, 8, 0]), "vlan=10/20");
    check(1, &behind(&[0x81, 0, 0, 10, 0x88, 0xe5, 0, 0, 0, 0, 0, 1, 8, 0]), "vlan=10 macsec");
    // The check value of MACsec, and padding, behind the packet.
    check(1, &bytes![behind(&[0x88, 0xe5, 0, 0, 0, 0, 0, 1, 8, 0]), [0xa5; 16]], "macsec");
    check(1, &behind(&[0xf1, 0xc1, 0, 0, 0, 9, 8, 0]), "");
    check(1, &behind(&[0x89, 0x2f, 0, 52, 0, 1, 8, 0]), "");
    check(1, &behind(&[0x89, 0x26, 0, 0, 0, 1, 0x81, 0, 0, 7, 8, 0]), "vlan=7");
    check(1, &behind(&[0x22, 0xf3, 0, 0x45, 0, 1, 0, 2, 9, 9, 9, 9, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]), "trill");
    stops(1, &behind(&[0x22, 0xf3, 0x40, 0, 0, 1, 0, 2]), "trill_version_1");
    stops(1, &behind(&[0x88, 0x63, 0x11, 9, 0, 0, 0, 0]), "pppoe_discovery");
    check(1, &behind(&[0x89, 0x26, 0, 0, 0, 1, 8, 0]), "");
    check(1, &behind(&[0x89, 9, 1, 1, 0, 1, 0, 9, 8, 0]), "");
    check(1, &behind(&[0x88, 0xa8, 0, 10, 0x88, 0xe7, 0, 1, 2, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]), "vlan=10 pbb=66051");
    check(1, &behind(&[0, 53, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]), "");
    check(1, &behind(&[0, 48, 6, 6, 3]), "");
    check(1, &behind(&[0, 68, 0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]), "");
    check(1, &behind(&[0x88, 0x64, 0x11, 0, 0, 9, 0, 47, 0, 0x21]), "pppoe=9");
    stops(1, &behind(&[0x88, 0xe5, 0x0c, 0, 0, 0, 0, 1]), "macsec_encrypted");
    stops(1, &behind(&[8, 6]), "arp");
    stops(1, &behind(&[0x60, 3]), "ethertype_24579");
    stops(1, &behind(&[0, 38, 0x42, 0x42, 3]), "spanning_tree");
    stops(1, &[0; 13], "cut_header");
    stops(1, &behind(&[0x81, 0, 0, 1].repeat(70)), "too_many_layers");
}

/// A box in between took the padding of short frames into the length of the IP packet, but not into that of PPPoE.
#[test]
fn the_length_of_a_wrapping_bounds_that_of_the_packet_in_it() {
    let mut padded = bytes![plain4(), [0; 3]];
    padded[3] += 3;
    check(51, &bytes![[0x11, 0, 0, 9, 0, 47, 0, 0x21], padded], "pppoe=9");
}

#[test]
fn cooked_raw_and_loopback() {
    check(113, &bytes![[0; 14], [8, 0], plain4()], "");
    check(113, &bytes![[0; 14], [0x81, 0, 0, 7, 8, 0], plain4()], "vlan=7");
    check(113, &bytes![[0; 14], [0, 4], snap()], "");
    check(276, &bytes![[0x86, 0xdd], [0; 18], six()], "");
    check(276, &bytes![[0x81, 0], [0; 18], [0, 7, 8, 0], plain4()], "vlan=7");
    // Devices whose header comes first: radiotap, Frame Relay.
    let wifi = bytes![[0, 0, 8, 0, 0, 0, 0, 0], [8, 1], [0; 22], snap()];
    check(113, &bytes![[0, 0, 3, 0x23], [0; 10], [0, 4], wifi], "");
    check(276, &bytes![[0, 4], [0; 6], [3, 0x23], [0; 10], wifi], "");
    check(113, &bytes![[0, 0, 3, 2], [0; 10], [8, 0], [0x18, 0x41, 3, 0xcc], plain4()], "");
    check(0, &bytes![[2, 0, 0, 0], plain4()], "");
    check(0, &bytes![[0, 0, 0, 30], six()], "");
    check(108, &bytes![[0, 0, 0, 24], six()], "");
    check(0, &bytes![[24, 0, 0, 0], six()], "");
    check(108, &bytes![[0, 0, 0, 2], plain4()], "");
    stops(0, &[0, 0, 0, 7], "address_family_7");
    check(101, &plain4(), "");
    check(12, &six(), "");
    check(228, &plain4(), "");
    check(229, &six(), "");
    check(109, &bytes![[2, 0, 0, 0], [0; 8], plain4()], "");
    check(117, &bytes![[61, 2], [0; 62], plain4()], "");
    check(226, &bytes![[1, 2], [0; 22], plain4()], "");
}

#[test]
fn ppp_hdlc_and_frame_relay() {
    check(9, &bytes![[0xff, 3, 0, 0x21], plain4()], "");
    check(9, &bytes![[0x57], six()], "");
    check(50, &bytes![[0xff, 3, 0, 0x21], plain4()], "");
    check(50, &bytes![[0x0f, 0, 8, 0], plain4()], "");
    check(51, &bytes![[0x11, 0, 0, 9, 0, 47, 0, 0x21], plain4()], "pppoe=9");
    // Padding that IP counts and PPPoE does not.
    let padded = all(51, &bytes![[0x11, 0, 0, 9, 0, 2 + 40 + 1, 0, 0x21], plain4()]);
    assert!(matches!(padded[..], [Found::Segment(segment, _)] if (segment.wire_len, segment.payload_len) == (1, 1)), "{padded:?}");
    check(9, &bytes![[0xff, 3, 2, 0x81, 0, 1, 1, 64], plain4()], "mpls=16");
    check(9, &bytes![[0xff, 3, 0, 0x31, 0, 1], ethernet(0x0800, &plain4())], "");
    check(204, &bytes![[1, 0xff, 3, 0, 0x21], plain4()], "");
    check(166, &bytes![[1, 3, 0, 0x21], plain4()], "");
    stops(9, &[0xff, 3, 0xc0, 0x21], "ppp_control");
    check(104, &bytes![[0x0f, 0, 8, 0], plain4()], "");
    check(107, &bytes![[0x18, 0x41, 3, 0xcc], plain4()], "");
    check(107, &bytes![[0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0], plain4()], "");
    check(107, &bytes![[0x18, 0x41, 8, 0], plain4()], "");
    check(107, &bytes![[0x18, 0x41, 3, 0x8e], six()], "");
    check(205, &bytes![[1], [0x8f, 0, 0x86, 0xdd], six()], "");
    check(206, &bytes![[0], [0x18, 0x41, 3, 0xcc], plain4()], "");
    check(104, &bytes![[0x0f, 0, 0x88, 0x47], [0, 1, 1, 64], plain4()], "mpls=16");
}

#[test]
fn older_lans() {
    check(6, &bytes![[0x10, 0x40], [0; 12], snap()], "");
    check(6, &bytes![[0x10, 0x40], [0; 6], [0x80, 0, 0, 0, 0, 0], [6, 0, 1, 2, 3, 4], snap()], "");
    check(10, &bytes![[0x50], [0; 12], snap()], "");
    check(100, &snap(), "");
    check(106, &snap(), "");
    check(106, &plain4(), "");
    check(122, &bytes![[0; 16], snap()], "");
    check(138, &bytes![[0; 16], [8, 0], plain4()], "");
    check(8, &bytes![[0; 16], plain4()], "");
}

#[test]
fn wireless() {
    let data = |kind: u8, flags: u8, more: &[u8]| bytes![[kind, flags], [0; 22], more, snap()];
    check(105, &data(8, 1, &[]), "");
    check(105, &data(8, 3, &[0; 6]), "");
    check(105, &data(0x88, 2, &[0; 2]), "");
    check(105, &data(0x88, 0x82, &[0; 6]), "");
    check(127, &bytes![[0, 0, 8, 0, 0, 0, 0, 0], data(8, 1, &[])], "");
    // A second word of fields, the time, and flags that say that the header is padded.
    let flags = |flags| bytes![[0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0], [0; 4], [9; 8], [flags]];
    check(127, &bytes![flags(0x20), data(0x88, 2, &[0; 4])], "");
    stops(127, &bytes![flags(0x40), data(0x88, 2, &[0; 4])], "wifi_bad_check_sequence");
    check(192, &bytes![[0, 0, 8, 0, 105, 0, 0, 0], data(8, 1, &[])], "");
    check(163, &bytes![[0x80, 0x21, 0x10, 1, 0, 0, 0, 64], [0; 56], data(8, 1, &[])], "");
    check(119, &bytes![[0x44, 0, 0, 0, 144, 0, 0, 0], [0; 136], data(8, 1, &[])], "");
    stops(105, &data(8, 0x41, &[]), "wifi_encrypted");
    stops(105, &data(0x80, 0, &[]), "wifi_management");
    stops(105, &data(0x48, 1, &[]), "wifi_no_data");
}

#[test]
fn an_aggregate_holds_several() {
    let subframe = bytes![[0; 12], [0, snap().len() as u8], snap()];
    let padded = bytes![subframe, vec![0; subframe.len().next_multiple_of(4) - subframe.len()]];
    let found = all(105, &bytes![[0x88, 1], [0; 22], [0x80, 0], padded, subframe, [1, 2, 3, 4]]);
    assert!(matches!(found[..], [Found::Segment(..), Found::Segment(..)]), "{found:?}");
}

#[test]
fn headers_of_capturing_hosts() {
    check(239, &bytes![[2, 0, 0, 0], [8, 0, 1, 0, 1, 2, 3, 4], [5, 0, 10, 0, 0, 0, 0, 0], [49, 0, 9, 0], plain4(), [0, 0, 0]], "");
    check(239, &bytes![[10, 0, 0, 0], [0, 69, 0, 9], six()], "");
    check(258, &bytes![[16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], ethernet(0x0800, &plain4())], "");
    check(178, &bytes![[0x4d, 0x47, 0x43, 1], ethernet(0x0800, &plain4())], "");
    check(179, &bytes![[0x4d, 0x47, 0x43, 0x80, 0, 2, 9, 9], [0, 0x21], plain4()], "");
    check(180, &bytes![[0x4d, 0x47, 0x43, 0], [0x18, 0x41, 3, 0xcc], plain4()], "");
    check(181, &bytes![[0x4d, 0x47, 0x43, 0], [0x0f, 0, 8, 0], plain4()], "");
    let erf = |kind| bytes![[0; 8], [kind], [0; 7]];
    check(197, &bytes![erf(2), [0, 0], ethernet(0x0800, &plain4())], "");
    check(197, &bytes![erf(0x82), [0x83, 0, 0, 0, 0, 0, 0, 0], [3; 8], [0, 0], ethernet(0x0800, &plain4())], "");
    check(197, &bytes![erf(1), [0xff, 3, 0, 0x21], plain4()], "");
    check(197, &bytes![erf(5), [0; 4], [0x0f, 0, 8, 0], plain4()], "");
    check(197, &bytes![erf(4), [0; 4], snap()], "");
    check(197, &bytes![erf(22), plain4()], "");
    stops(197, &bytes![erf(27), [0; 8]], "erf_type_27");
    check(197, &bytes![erf(23), six()], "");
    stops(178, &[0x4d, 0x47, 0x43, 2, 0, 0], "juniper_without_link_layer");
    stops(178, &[0x4d, 0x47, 0x44, 1, 0, 0], "juniper_magic");
    check(128, &bytes![[1, 0, 0, 1], [0, 10, 2, 7, 7, 1], ethernet(0x0800, &plain4())], "");
    stops(128, &[1, 4, 0, 1, 1], "tzsp_without_frame");
    check(240, &bytes![[0; 4], ethernet(0x0800, &plain4()), [9; 4]], "");
    check(241, &bytes![[0; 4], [0x55; 7], [0xd5], ethernet(0x0800, &plain4())], "");
    check(192, &bytes![[0, 0, 20, 0, 1, 0, 0, 0], [5; 12], ethernet(0x0800, &plain4())], "");
    check(274, &bytes![[0x55; 7], [0xd5], ethernet(0x0800, &plain4())], "");
    check(281, &bytes![[0; 12], [9; 4], [8, 0], plain4()], "");
    check(282, &bytes![[9; 4], ethernet(0x0800, &plain4())], "");
    check(284, &bytes![[0; 12], [0x20, 0, 0, 7], [8, 0], plain4()], "vlan=7");
    check(285, &bytes![[0; 12], [0xda, 0xda, 0, 0], [0xc0, 0, 0, 7], [8, 0], plain4()], "");
}

#[test]
fn what_is_not_read_has_a_name() {
    stops(147, &[0; 40], "link_type_user0");
    stops(189, &[0; 40], "link_type_usb_linux");
    stops(220, &[0; 40], "link_type_usb_linux_mmapped");
    stops(8224, &[0; 40], "unsupported_link_type_8224");
    stops(276, &[8, 0], "cut_header");
    stops(1, &ethernet(0x0800, &ip4(1, &[8; 8])), "icmp");
}
