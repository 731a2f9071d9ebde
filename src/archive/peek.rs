//! The time and the link type of the first packet: all that the order of captures needs.
//!
//! The capture stage reads these formats properly. This file knows where in the first 64 KiB the two stand, and
//! believes no length: what does not fit is unknown, and the capture is read all the same.

use super::Format;
use crate::time::Timestamp;

/// Time and link type of the first packet, as far as its header lies within `head`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct First {
    pub time: Option<Timestamp>,
    pub link: Option<u16>,
}

pub(super) fn peek(format: Format, head: &[u8]) -> First {
    match format {
        Format::Pcapng => peek_pcapng(head),
        Format::Snoop => peek_snoop(head),
        _ => peek_pcap(format, head),
    }
}

/// ```text
///  0      4      8                    20          24        28         32
///  | magic| 2, 4 | zone, sigfigs, snap | link type | seconds | fraction | ...
/// ```
fn peek_pcap(format: Format, head: &[u8]) -> First {
    let big = head.first() == Some(&0xa1);
    // The upper half of the link type word tells of frame check sequences.
    let link = u32_at(head, 20, big).map(|word| word as u16);
    let scale = if format == Format::PcapNanos { 1 } else { 1000 };
    let time = u32_at(head, 24, big)
        .zip(u32_at(head, 28, big))
        .map(|(seconds, fraction)| Timestamp::from_parts(i64::from(seconds), i64::from(fraction) * scale));
    First { time, link }
}

/// ```text
///  0         8         12         16                                   32        36             40
///  | "snoop" | version | datalink | original, included, record, drops | seconds | microseconds |
/// ```
fn peek_snoop(head: &[u8]) -> First {
    // Datalink types of RFC 1761 by their LINKTYPE.
    let link = u32_at(head, 12, true)
        .and_then(|datalink| [Some(1), None, Some(6), None, Some(1), None, None, None, Some(10)].get(datalink as usize).copied()?);
    let time = u32_at(head, 32, true)
        .zip(u32_at(head, 36, true))
        .map(|(seconds, fraction)| Timestamp::from_parts(i64::from(seconds), i64::from(fraction) * 1000));
    First { time, link }
}

/// An interface of a pcapng section.
#[derive(Clone, Copy)]
struct Interface {
    link: u16,
    resolution: u8,
    offset: i64,
}

/// ```text
///  0      4        8                                   length-4
///  | type | length | body ...                          | length |    type 0x0a0d0d0a: byte order at 8
///                  | link type, 0, snap | options          type 1, an interface
///                  | interface | time high | time low      type 6, a packet
///                  | if, drops | time high | time low      type 2, a packet of old
///                  | wire length | ...                     type 3, a packet without a time
/// ```
fn peek_pcapng(head: &[u8]) -> First {
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut big = false;
    let mut at = 0;
    let mut first = First::default();
    let mut met_packet = false;
    while let Some(word) = u32_at(head, at, big) {
        if word == 0x0a0d_0d0a {
            let Some(order) = byte_order(head, at) else { break };
            big = order;
            interfaces.clear();
        }
        let Some(length) = u32_at(head, at + 4, big) else { break };
        let end = at.saturating_add(length as usize);
        if length < 12 || length % 4 != 0 {
            break;
        }
        match word {
            1 => {
                let Some(link) = u16_at(head, at + 8, big) else { break };
                let options = head.get(at + 16..(end - 4).min(head.len())).unwrap_or(&[]);
                let (resolution, offset) = interface_time(options, big);
                interfaces.push(Interface { link, resolution, offset });
                if !met_packet && first.link.is_none() {
                    first.link = Some(link);
                }
            }
            2 | 6 => {
                let index = if word == 6 { u32_at(head, at + 8, big) } else { u16_at(head, at + 8, big).map(u32::from) };
                let Some(((index, high), low)) = index.zip(u32_at(head, at + 12, big)).zip(u32_at(head, at + 16, big)) else { break };
                if let Some(interface) = interfaces.get(index as usize) {
                    if !met_packet {
                        first.link = Some(interface.link);
                    }
                    first.time = Some(pcapng_time(u64::from(high) << 32 | u64::from(low), *interface));
                    break;
                }
            }
            3 => {
                if let Some(interface) = interfaces.first().filter(|_| !met_packet) {
                    first.link = Some(interface.link);
                }
                met_packet = true;
            }
            _ => {}
        }
        at = end;
    }
    first
}

/// Whether the section header at `at` is big-endian; none if its magic is neither.
pub(super) fn byte_order(head: &[u8], at: usize) -> Option<bool> {
    match head.get(at + 8..at + 12)? {
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(true),
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(false),
        _ => None,
    }
}

/// if_tsresol (option 9) and if_tsoffset (option 14), or their defaults: microseconds from the epoch.
fn interface_time(options: &[u8], big: bool) -> (u8, i64) {
    let (mut resolution, mut offset) = (6, 0);
    let mut at = 0;
    while let (Some(code @ 1..), Some(length)) = (u16_at(options, at, big), u16_at(options, at + 2, big)) {
        let value = at + 4;
        match (code, length) {
            (9, 1..) => resolution = options.get(value).copied().unwrap_or(6),
            (14, 8..) => {
                if let (Some(a), Some(b)) = (u32_at(options, value, big), u32_at(options, value + 4, big)) {
                    let (high, low) = if big { (a, b) } else { (b, a) };
                    offset = (u64::from(high) << 32 | u64::from(low)) as i64;
                }
            }
            _ => {}
        }
        at = value + usize::from(length).next_multiple_of(4);
    }
    (resolution, offset)
}

/// `ticks` of 10^-n or, with the top bit set, of 2^-n seconds.
fn pcapng_time(ticks: u64, interface: Interface) -> Timestamp {
    let power = u32::from(interface.resolution & 0x7f);
    let ticks = u128::from(ticks);
    let nanos = if interface.resolution & 0x80 != 0 {
        (ticks * 1_000_000_000) >> power
    } else if power <= 9 {
        ticks * 10u128.pow(9 - power)
    } else {
        10u128.checked_pow(power - 9).map_or(0, |unit| ticks / unit)
    };
    Timestamp::from_wide(nanos as i128 + i128::from(interface.offset) * 1_000_000_000)
}

fn u16_at(bytes: &[u8], at: usize, big: bool) -> Option<u16> {
    let word: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(if big { u16::from_be_bytes(word) } else { u16::from_le_bytes(word) })
}

fn u32_at(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let word: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcap(magic: [u8; 4], big: bool, link: u32) -> Vec<u8> {
        let word = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        [magic, [0; 4], [0; 4], [0; 4], word(65535), word(link), word(100), word(7), word(0), word(0)].concat()
    }

    #[test]
    fn pcap_of_each_magic() {
        let check = |format, magic, big, nanos: i64| {
            let expected = First { time: Some(Timestamp(100_000_000_000 + nanos)), link: Some(113) };
            assert_eq!(peek(format, &pcap(magic, big, 0xf000_0071)), expected);
        };
        check(Format::Pcap, [0xa1, 0xb2, 0xc3, 0xd4], true, 7000);
        check(Format::Pcap, [0xd4, 0xc3, 0xb2, 0xa1], false, 7000);
        check(Format::PcapNanos, [0xa1, 0xb2, 0x3c, 0x4d], true, 7);
        check(Format::PcapNanos, [0x4d, 0x3c, 0xb2, 0xa1], false, 7);
        check(Format::PcapModified, [0x34, 0xcd, 0xb2, 0xa1], false, 7000);
    }

    /// A block with its body, in the byte order given.
    fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
        let word = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let length = word(body.len() as u32 + 12);
        [&word(kind)[..], &length, body, &length].concat()
    }

    fn section(big: bool) -> Vec<u8> {
        let magic: u32 = 0x1a2b_3c4d;
        let order = if big { magic.to_be_bytes() } else { magic.to_le_bytes() };
        block(big, 0x0a0d_0d0a, &[&order[..], &[0; 12]].concat())
    }

    /// Link type 101 with if_tsresol and if_tsoffset.
    fn interface(big: bool, resolution: u8, offset: i64) -> Vec<u8> {
        let half = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let long = if big { offset.to_be_bytes() } else { offset.to_le_bytes() };
        let options = [&half(9)[..], &half(1), &[resolution, 0, 0, 0], &half(14), &half(8), &long, &[0; 4]].concat();
        block(big, 1, &[&half(101)[..], &[0; 6], &options].concat())
    }

    fn packet(big: bool, index: u32, ticks: u64) -> Vec<u8> {
        let word = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        block(big, 6, &[word(index), word((ticks >> 32) as u32), word(ticks as u32), word(0), word(0)].concat())
    }

    #[test]
    fn pcapng_of_both_orders_and_each_resolution() {
        let check = |resolution, offset, ticks, nanos| {
            for big in [false, true] {
                let bytes = [section(big), interface(big, resolution, offset), packet(big, 0, ticks)].concat();
                let expected = First { time: Some(Timestamp(nanos)), link: Some(101) };
                assert_eq!(peek(Format::Pcapng, &bytes), expected, "{resolution:#x}");
            }
        };
        check(6, 0, 1_000_001, 1_000_001_000);
        check(9, 0, 5_000_000_007, 5_000_000_007);
        check(0, 0, 5, 5_000_000_000);
        check(12, 0, 7_000, 7);
        check(0x8a, 0, 512, 500_000_000);
        check(0xff, 0, u64::MAX, 0);
        check(0x7f, 0, u64::MAX, 0);
        check(0, 0, u64::MAX, i64::MAX);
        check(6, -3, 1_000_000, -2_000_000_000);
        check(0, i64::MIN, 0, i64::MIN);
    }

    #[test]
    fn the_interface_of_the_packet_counts_and_sections_start_anew() {
        let other = block(false, 1, &[&1u16.to_le_bytes()[..], &[0; 6]].concat());
        let simple = block(false, 3, &[0; 4]);
        let bytes = [section(false), other.clone(), interface(false, 6, 0), packet(false, 1, 1)].concat();
        assert_eq!(peek(Format::Pcapng, &bytes), First { time: Some(Timestamp(1000)), link: Some(101) });
        let bytes = [section(true), interface(true, 6, 0), section(false), other.clone(), packet(false, 0, 2)].concat();
        assert_eq!(peek(Format::Pcapng, &bytes), First { time: Some(Timestamp(2000)), link: Some(1) });
        // A packet without a time has a link type; the time is that of the next.
        let bytes = [section(false), other, interface(false, 6, 0), simple, packet(false, 1, 3)].concat();
        assert_eq!(peek(Format::Pcapng, &bytes), First { time: Some(Timestamp(3000)), link: Some(1) });
    }

    #[test]
    fn every_prefix_and_every_flipped_bit_is_taken() {
        for big in [false, true] {
            let whole = [section(big), interface(big, 6, 0), packet(big, 0, 1)].concat();
            let classic = pcap([0xd4, 0xc3, 0xb2, 0xa1], false, 1);
            for (format, bytes) in [(Format::Pcapng, &whole), (Format::Pcap, &classic)] {
                for end in 0..bytes.len() {
                    peek(format, &bytes[..end]);
                }
                for bit in 0..bytes.len() * 8 {
                    let mut bytes = bytes.clone();
                    bytes[bit / 8] ^= 1 << (bit % 8);
                    peek(format, &bytes);
                }
            }
        }
    }
}
