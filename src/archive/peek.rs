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
