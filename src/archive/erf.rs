//! ERF has no magic: two record headers that fit tell it.
//!
//! ```text
//!   0                8      9       10              12       14            16
//!  | time 8, little | type | flags | record length | losses | wire length | [extension headers, 8 each] | packet ...
//!        seconds at 4  ^ bit 7: an extension header follows
//! ```
//!
//! Source: the ERF types reference that Endace publishes, as the LINKTYPE registry's LINKTYPE_ERF points to it.

/// Bytes of a record header without extensions.
pub const HEADER: usize = 16;
/// Type of a record that only fills.
pub const PAD: u8 = 48;
/// Type of a record that tells of the capture.
const META: u8 = 27;
/// How far apart the first two records may be, in seconds: thirty days.
const APART: u32 = 30 * 86_400;
/// Seconds of the years 1995 to 2039, before and after which no card captures.
const YEARS: std::ops::Range<u32> = 788_918_400..2_208_988_800;

/// The fields of a record header that are needed to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Seconds since the epoch, and parts of 2^-32 of one.
    pub seconds: u32,
    /// See there.
    pub fraction: u32,
    /// Its type, without the bit for extensions.
    pub kind: u8,
    /// Whether an extension header follows.
    pub extended: bool,
    /// Flags: which interface, varying length, truncated, errors.
    pub flags: u8,
    /// Bytes of the record, header and padding too.
    pub len: usize,
    /// Bytes of the packet on the wire.
    pub wire_len: u16,
}

impl Record {
    /// The header at the front of `bytes`; none if it is not all there.
    pub fn read(bytes: &[u8]) -> Option<Record> {
        let &[f0, f1, f2, f3, s0, s1, s2, s3, kind, flags, r0, r1, _, _, w0, w1] = bytes.first_chunk::<HEADER>()?;
        Some(Record {
            seconds: u32::from_le_bytes([s0, s1, s2, s3]),
            fraction: u32::from_le_bytes([f0, f1, f2, f3]),
            kind: kind & 0x7f,
            extended: kind & 0x80 != 0,
            flags,
            len: usize::from(u16::from_be_bytes([r0, r1])),
            wire_len: u16::from_be_bytes([w0, w1]),
        })
    }

    /// Whether the lengths allow it to be a record.
    pub fn fits(&self) -> bool {
        matches!(self.kind, 1..=25 | META..=29 | PAD) && self.len >= HEADER + if self.extended { 8 } else { 0 }
    }

    /// Whether everything looks like the first records of a file.
    fn is_likely(&self) -> bool {
        // A record of varying length holds the packet, at most 8 bytes in front of it and padding to 8 behind.
        let most = HEADER + 16 + usize::from(self.wire_len);
        let holds = self.flags & 4 == 0 || self.extended || self.len <= most;
        self.fits() && self.flags & 0xc0 == 0 && holds && (matches!(self.kind, META | PAD) || YEARS.contains(&self.seconds))
    }
}

/// Whether a file begins with two records; or is one, as far as `head` tells.
pub fn is_erf(head: &[u8]) -> bool {
    let is_text = |byte: &u8| matches!(byte, 8..=13 | 0x1b | b' '..=b'~');
    let Some(first) = Record::read(head).filter(Record::is_likely) else { return false };
    if head[..HEADER].iter().all(is_text) {
        return false;
    }
    let Some(rest) = head.get(first.len..) else { return false };
    match Record::read(rest) {
        Some(second) => {
            let timed = ![first.kind, second.kind].iter().any(|kind| matches!(*kind, META | PAD));
            second.is_likely() && (!timed || first.seconds.abs_diff(second.seconds) <= APART)
        }
        // The file ends with the record, or in the header of the next.
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, flags: u8, seconds: u32, wire_len: u16, rest: &[u8]) -> Vec<u8> {
        let len = (HEADER + rest.len()) as u16;
        [&[0; 4][..], &seconds.to_le_bytes(), &[kind, flags], &len.to_be_bytes(), &[0; 2], &wire_len.to_be_bytes(), rest].concat()
    }

    const NOON: u32 = 1_700_000_000;

    #[test]
    fn two_records_tell() {
        let good = record(2, 4, NOON, 60, &[0; 64]);
        let check = |second: &[u8], is: bool| assert_eq!(is_erf(&[&good, second].concat()), is, "{second:?}");
        check(&good, true);
        check(b"", true);
        check(&good[..15], true);
        check(&record(22, 0, NOON + 86_400, 0, &[]), true);
        check(&record(0x94, 4, NOON, 0, &[0; 8]), true);
        check(&record(27, 4, 0, 8, &[0; 8]), true);
        check(&record(48, 0, 0, 0, &[0; 8]), true);
        // No such type; flags that do not exist; another year; no room for the extension; more than was on the wire.
        check(&record(0, 4, NOON, 60, &[0; 64]), false);
        check(&record(26, 4, NOON, 60, &[0; 64]), false);
        check(&record(2, 0x44, NOON, 60, &[0; 64]), false);
        check(&record(2, 4, NOON + 3_000_000, 60, &[0; 64]), false);
        check(&record(0x82, 4, NOON, 60, &[]), false);
        check(&record(2, 4, NOON, 60, &[0; 80]), false);
        let mut short = good.clone();
        short[11] = 15;
        check(&short, false);
        assert!(!is_erf(&good[..40]), "less than one record");
        assert!(!is_erf(&record(2, 4, 0, 60, &[0; 64])), "1970");
        assert!(is_erf(&[record(0x9b, 4, 0, 8, &[0; 16]), good.clone()].concat()), "what the capture is about comes first");
    }

    #[test]
    fn texts_and_zeros_are_none() {
        for text in [&[0u8; 4096][..], include_bytes!("erf.rs"), &b"1\t2\n".repeat(1000), &b"\x1b[0m\n".repeat(1000)] {
            assert!((0..text.len() - 16).all(|at| !is_erf(&text[at..])));
        }
    }
}
