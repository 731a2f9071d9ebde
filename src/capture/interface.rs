//! An interface description of pcapng: what its packets begin with, and how its clock counts.
//!
//! ```text
//!   0        4        8      10     12       16
//!  | type 1 | length | link | 0    | snaplen | options ... | length |
//! ```
//!
//! Source: draft-ietf-opsawg-pcapng, section "Interface Description Block".

use super::{LinkType, Order};
use crate::time::Timestamp;
use pcap_parser::{OptionCode, PcapError, parse_option_be, parse_option_le};

/// The bytes of the block before its options.
const OPTIONS_AT: usize = 16;

/// What packets of an interface need to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) link: LinkType,
    /// Largest captured length in bytes; 0 for no limit.
    pub(super) snaplen: u32,
    scale: Scale,
    /// Nanoseconds to add to every time stamp (option `if_tsoffset`, which counts seconds).
    offset: i128,
}

/// How to get from ticks to nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Ticks of a nanosecond or longer: so many nanoseconds each.
    Times(u64),
    /// Ticks shorter than a nanosecond: so many to one.
    Parts(u64),
    /// Ticks of a second divided by this power of two.
    Binary(u32),
    /// Ticks so short that 2^64 of them do not fill a nanosecond.
    Nothing,
}

impl Interface {
    /// Reads a whole block (with both lengths); `None` if it is shorter than its fixed fields. A broken option ends the
    /// list of options, what was read before it holds.
    pub(super) fn read(block: &[u8], order: Order) -> Option<Interface> {
        let end = block.len().checked_sub(4)?;
        let mut options = block.get(OPTIONS_AT..end)?;
        let mut interface =
            Interface { link: LinkType(order.u16(block, 8)), snaplen: order.u32(block, 12), scale: Scale::from_tsresol(6), offset: 0 };
        loop {
            let parsed = match order {
                Order::Little => parse_option_le::<PcapError<&[u8]>>(options),
                Order::Big => parse_option_be::<PcapError<&[u8]>>(options),
            };
            let Ok((rest, option)) = parsed else { break };
            let value = option.value().get(..usize::from(option.len)).unwrap_or_default();
            match (option.code, value) {
                (OptionCode::EndOfOpt, _) => break,
                (OptionCode::IfTsresol, &[resolution, ..]) => interface.scale = Scale::from_tsresol(resolution),
                (OptionCode::IfTsoffset, value) => {
                    if let Some(&raw) = value.first_chunk() {
                        let seconds = match order {
                            Order::Little => i64::from_le_bytes(raw),
                            Order::Big => i64::from_be_bytes(raw),
                        };
                        interface.offset = i128::from(seconds) * i128::from(crate::time::SECOND);
                    }
                }
                _ => {}
            }
            options = rest;
        }
        Some(interface)
    }

    /// The time of a packet from the two halves of its time stamp.
    #[inline(always)]
    pub(super) fn time(&self, high: u32, low: u32) -> Timestamp {
        let ticks = u64::from(high) << 32 | u64::from(low);
        Timestamp::from_wide(self.scale.nanos(ticks) + self.offset)
    }
}

impl Scale {
    /// From the option `if_tsresol`: a second has 10^e ticks, or 2^e where the top bit is set. Every exponent up to
    /// 127 is taken at its word.
    fn from_tsresol(resolution: u8) -> Scale {
        let exponent = u32::from(resolution & 0x7f);
        if resolution & 0x80 != 0 {
            return Scale::Binary(exponent);
        }
        if exponent <= 9 {
            return Scale::Times(10_u64.pow(9 - exponent));
        }
        10_u64.checked_pow(exponent - 9).map_or(Scale::Nothing, Scale::Parts)
    }

    /// Nanoseconds, rounded down.
    #[inline(always)]
    fn nanos(self, ticks: u64) -> i128 {
        match self {
            Scale::Times(nanos) => i128::from(ticks) * i128::from(nanos),
            Scale::Parts(parts) => i128::from(ticks / parts),
            Scale::Binary(exponent) => (i128::from(ticks) * i128::from(crate::time::SECOND)) >> exponent,
            Scale::Nothing => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution() {
        let check = |resolution: u8, ticks: u64, nanos: i128| {
            assert_eq!(Scale::from_tsresol(resolution).nanos(ticks), nanos, "{resolution:#x}");
        };
        check(0, 3, 3_000_000_000);
        check(3, 1_500, 1_500_000_000);
        check(6, 1_700_000_000_000_001, 1_700_000_000_000_001_000);
        check(9, 1_700_000_000_000_000_001, 1_700_000_000_000_000_001);
        check(12, 1_999, 1);
        check(28, u64::MAX, 1);
        check(29, u64::MAX, 0);
        check(0x7f, u64::MAX, 0);
        check(0x80, 2, 2_000_000_000);
        check(0x80 | 10, 1_024 + 512, 1_500_000_000);
        check(0x80 | 32, 1 << 32 | 1 << 31, 1_500_000_000);
        check(0xff, u64::MAX, 0);
        for resolution in 0..=255 {
            let scale = Scale::from_tsresol(resolution);
            let per_second =
                if resolution & 0x80 != 0 { 2_f64.powi(i32::from(resolution & 0x7f)) } else { 10_f64.powi(i32::from(resolution)) };
            for ticks in [0, 1, 999, u64::MAX / 3, u64::MAX] {
                let about = ticks as f64 / per_second * 1e9;
                let got = scale.nanos(ticks) as f64;
                assert!((got - about).abs() <= 1.0 + about * 1e-9, "{resolution:#x} {ticks}: {got} {about}");
            }
        }
    }
}
