//! snoop, the format of Solaris: a file header of 16 bytes, then packet records, all numbers big-endian.
//!
//! ```text
//!   0                8         12         16
//!  | "snoop" 0 0 0  | version | datalink |
//!
//!   0          4          8        12      16        20             24
//!  | original | included | record | drops | seconds | microseconds | included bytes ... | padding |
//!                         ^ bytes of all of the record, padding too
//! ```
//!
//! Source: RFC 1761, which knows version 2 and the datalink types 0 to 9. A record whose lengths do not fit into one another
//! ends the file: no mark tells where another begins.

use super::chain::{Chain, Record};
use super::{Cut, Frame, Item, LinkType, MAX_RECORD, Order};
use crate::error::CaptureError;
use crate::time::Timestamp;

/// Bytes of the file header.
pub(super) const FILE_HEADER: usize = 16;
const RECORD_HEADER: usize = 24;

/// The magic of a file.
pub(super) const MAGIC: &[u8; 8] = b"snoop\0\0\0";

/// The state of cutting a snoop file.
#[derive(Debug, Clone)]
pub(super) struct Snoop {
    link: LinkType,
    chain: Chain,
}

impl Snoop {
    /// Reads the file header.
    pub(super) fn open(head: &[u8]) -> Result<Snoop, CaptureError> {
        let fail = |code, detail, offset| Err(CaptureError { code, detail, offset });
        if head.len() < FILE_HEADER {
            return fail("cut_header", format!("The file ends after {} bytes; its header has {FILE_HEADER}.", head.len()), 0);
        }
        let (version, datalink) = (Order::Big.u32(head, 8), Order::Big.u32(head, 12));
        if version != 2 {
            return fail("bad_version", format!("The version is {version}; 2 is known."), 8);
        }
        // IEEE 802.3 and Ethernet, token ring, FDDI: as the LINKTYPE registry numbers them.
        let link = match datalink {
            0 | 4 => 1,
            2 => 6,
            8 => 10,
            _ => return fail("bad_link_type", format!("The datalink type {datalink} of snoop is not read."), 12),
        };
        Ok(Snoop { link: LinkType(link), chain: Chain::default() })
    }

    pub(super) fn packets(&self) -> u64 {
        self.chain.packets()
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        std::slice::from_ref(&self.link)
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        self.chain.cut(&Records(self.link), buf, at, last, sink)
    }
}

/// The records of a file with this link type.
struct Records(LinkType);

impl Record for Records {
    const HEADER: usize = RECORD_HEADER;

    fn len(&self, rest: &[u8]) -> Result<usize, String> {
        let word = |place| Order::Big.u32(rest, place);
        let (original, included, record) = (word(0), word(4), word(8));
        let len = record as usize;
        let fits = included as usize <= len.saturating_sub(RECORD_HEADER) && len <= MAX_RECORD;
        if len < RECORD_HEADER || !fits || included > original || word(20) >= 1_000_000 {
            return Err(format!("A packet record of {record} bytes says {included} of {original} bytes were captured."));
        }
        Ok(len)
    }

    fn frame<'b>(&self, record: &'b [u8], number: u64, offset: u64) -> Option<Frame<'b>> {
        let word = |place| Order::Big.u32(record, place);
        Some(Frame {
            number,
            time: Timestamp::from_parts(i64::from(word(16)), i64::from(word(20)) * 1000),
            link: self.0,
            wire_len: word(0),
            offset,
            bytes: record.get(RECORD_HEADER..RECORD_HEADER + word(4) as usize)?,
        })
    }
}
