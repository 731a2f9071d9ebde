//! The time and the link type of the first packet: all that the order of captures needs.
//!
//! The capture stage reads these formats properly. This file knows where in the first 64 KiB the two stand, and
//! believes no length: what does not fit is unknown, and the capture is read all the same.

use super::Format;
use super::erf::{PAD, Record};
use crate::time::{SECOND, Timestamp, days_from_civil};

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
        Format::Erf => peek_erf(head),
        Format::Netmon1 | Format::Netmon2 => peek_netmon(format, head),
        _ => peek_pcap(format, head),
    }
}

/// ```text
///  0      4      8                    20          24        28         32
///  | magic| 2, 4 | zone, sigfigs, snap | link type | seconds | fraction | ...
/// ```
fn peek_pcap(format: Format, head: &[u8]) -> First {
    let big = matches!(head.first(), Some(0xa1 | 0x1c));
    // The upper half of the link type word tells of frame check sequences.
    let mut link = u32_at(head, 20, big).map(|word| word as u16);
    let mut scale = if matches!(format, Format::PcapNanos | Format::LcapNanos) { 1 } else { 1000 };
    // AIX has numbers of its own for links, and nanoseconds.
    let version = u16_at(head, 4, big).zip(u16_at(head, 6, big));
    let aix = match link {
        Some(6) => Some(1),
        Some(9) => Some(6),
        Some(15) => Some(10),
        Some(24) => Some(0),
        _ => None,
    };
    if aix.is_some() && format == Format::Pcap && version == Some((2, 2)) {
        (link, scale) = (aix, 1);
    }
    let at = if matches!(format, Format::Lcap | Format::LcapNanos) { 28 } else { 24 };
    let time = u32_at(head, at, big)
        .zip(u32_at(head, at + 4, big))
        .map(|(seconds, fraction)| Timestamp::from_parts(i64::from(seconds), i64::from(fraction) * scale));
    First { time, link }
}

/// Of the first record that holds a packet: others have no time that counts.
fn peek_erf(head: &[u8]) -> First {
    let mut rest = head;
    while let Some(record) = Record::read(rest).filter(Record::fits) {
        if record.kind != PAD && record.seconds != 0 {
            let nanos = (u64::from(record.fraction) * 1_000_000_000 + (1 << 31)) >> 32;
            return First { time: Some(Timestamp::from_parts(i64::from(record.seconds), nanos as i64)), link: Some(197) };
        }
        rest = rest.get(record.len..).unwrap_or_default();
    }
    First { time: None, link: Some(197) }
}

/// ```text
///  0         6       8                                                       24     128
///  | version | media | year, month, week day, day, hour, minute, second, ms | ...  | since the start: 4, ms; or 8, µs
/// ```
fn peek_netmon(format: Format, head: &[u8]) -> First {
    let [media, year, month, day, hour, minute, second, millis] =
        [6, 8, 10, 14, 16, 18, 20, 22].map(|at| u16_at(head, at, false).map_or(0, i64::from));
    let link = match media {
        0 | 1 => Some(1),
        2 => Some(6),
        3 => Some(10),
        _ => None,
    };
    let since = u32_at(head, 128, false).zip(u32_at(head, 132, false)).map(|(low, high)| match format {
        Format::Netmon1 => i128::from(low) * 1_000_000,
        _ => i128::from((u64::from(high) << 32 | u64::from(low)).wrapping_mul(10) as i64) * 100,
    });
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let start = i128::from(seconds) * i128::from(SECOND) + i128::from(millis) * 1_000_000;
    First { time: since.map(|since| Timestamp::from_wide(start + since)), link }
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

    #[test]
    fn variants_of_pcap() {
        let check = |format, bytes: &[u8], nanos: i64, link| {
            assert_eq!(peek(format, bytes), First { time: Some(Timestamp(100_000_000_000 + nanos)), link: Some(link) });
        };
        for (big, magic) in [(true, [0x1c, 0, 1, 0xac]), (false, [0xac, 1, 0, 0x1c])] {
            let mut bytes = pcap(magic, big, 1);
            bytes.splice(24..24, [9; 4]);
            check(Format::LcapNanos, &bytes, 7, 1);
            check(Format::Lcap, &bytes, 7000, 1);
        }
        let mut aix = pcap([0xa1, 0xb2, 0xc3, 0xd4], true, 6);
        check(Format::Pcap, &aix, 7000, 6);
        (aix[5], aix[7]) = (2, 2);
        check(Format::Pcap, &aix, 7, 1);
        aix[23] = 1;
        check(Format::Pcap, &aix, 7000, 1);
    }

    #[test]
    fn erf_and_network_monitor() {
        let record = |kind: u8, seconds: u32| [&[0, 0, 0, 0x80][..], &seconds.to_le_bytes(), &[kind, 4, 0, 16, 0, 0, 0, 0]].concat();
        let erf = [record(48, 7), record(27, 0), record(2, 100)].concat();
        assert_eq!(peek(Format::Erf, &erf), First { time: Some(Timestamp(100_500_000_000)), link: Some(197) });
        assert_eq!(peek(Format::Erf, &erf[..40]), First { time: None, link: Some(197) });
        let words: [u16; 11] = [0x0200, 1, 2026, 1, 4, 1, 12, 0, 0, 500, 0];
        let mut netmon = [b"GMBU".to_vec(), words.iter().flat_map(|word| word.to_le_bytes()).collect()].concat();
        netmon.resize(128, 0);
        netmon.extend(1_000_001u64.to_le_bytes());
        let noon = 1_767_268_800_000_000_000;
        assert_eq!(peek(Format::Netmon2, &netmon), First { time: Some(Timestamp(noon + 1_500_001_000)), link: Some(1) });
        assert_eq!(peek(Format::Netmon1, &netmon), First { time: Some(Timestamp(noon + 500_000_000 + 1_000_001_000_000)), link: Some(1) });
        assert_eq!(peek(Format::Netmon2, &netmon[..130]).time, None);
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
