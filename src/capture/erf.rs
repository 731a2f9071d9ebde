//! ERF, the records of Endace's cards one after the other, without a header of the file.
//!
//! ```text
//!  | time 8 | type | flags | record length 2 | losses 2 | wire length 2 | [extensions, 8 each] | [2 or 4] | packet | padding |
//!  └ frame: all of this as LINKTYPE_ERF has it ───────────────────────────────────────────────────────────────────┘
//! ```
//!
//! The header is in `archive::erf`, which knows such files by it; what is in a record, in `packet::link`. Records that only
//! fill have no number. Of a packet that was cut a record holds bytes to its end, as cards round the snap length up; padding there
//! could not be told from bytes of the packet. A length that no record can have ends the file: no mark tells where another begins.

use super::chain::{self, Chain};
use super::{Cut, Frame, Item, LinkType};
use crate::archive::erf::{HEADER, PAD, Record};
use crate::time::Timestamp;

/// LINKTYPE_ERF.
const ERF: [LinkType; 1] = [LinkType(197)];

/// The state of cutting an ERF file.
#[derive(Debug, Clone, Default)]
pub(super) struct Erf(Chain);

impl Erf {
    pub(super) fn packets(&self) -> u64 {
        self.0.packets()
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        &ERF
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        self.0.cut(&Records, buf, at, last, sink)
    }
}

/// Every record says all of itself.
struct Records;

impl chain::Record for Records {
    const HEADER: usize = HEADER;

    fn len(&self, rest: &[u8]) -> Result<usize, String> {
        match Record::read(rest) {
            Some(record) if record.fits() => Ok(record.len),
            Some(record) => Err(format!("A record of type {} says it has {} bytes.", record.kind, record.len)),
            None => Ok(HEADER),
        }
    }

    fn frame<'b>(&self, bytes: &'b [u8], number: u64, offset: u64) -> Option<Frame<'b>> {
        let record = Record::read(bytes).filter(|record| record.kind != PAD)?;
        Some(frame(number, record, offset, bytes))
    }
}

/// A record as a frame, without the padding behind the packet where the type says where the packet begins.
fn frame(number: u64, record: Record, offset: u64, bytes: &[u8]) -> Frame<'_> {
    let mut start = HEADER;
    let mut more = record.extended;
    while let (true, Some(first)) = (more, bytes.get(start)) {
        more = first & 0x80 != 0;
        start += 8;
    }
    let end = match record.kind {
        // Ethernet, and channels of HDLC; packets alone.
        2 | 11 | 16 | 20 => Some(start + 2 + usize::from(record.wire_len)),
        5 | 17 => Some(start + 4 + usize::from(record.wire_len)),
        1 | 10 | 15 | 19 | 22 | 23 => Some(start + usize::from(record.wire_len)),
        _ => None,
    };
    let wire_len = end.unwrap_or(bytes.len());
    // 2^32 parts of a second, to the nearest nanosecond.
    let nanos = (u64::from(record.fraction) * 1_000_000_000 + (1 << 31)) >> 32;
    Frame {
        number,
        time: Timestamp::from_parts(i64::from(record.seconds), nanos as i64),
        link: ERF[0],
        wire_len: wire_len as u32,
        offset,
        bytes: &bytes[..bytes.len().min(wire_len)],
    }
}
