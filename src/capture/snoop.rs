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

use super::damage::Damage;
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
    packets: u64,
    damage: Damage,
    lost: bool,
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
        Ok(Snoop { link: LinkType(link), packets: 0, damage: Damage::default(), lost: false })
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        std::slice::from_ref(&self.link)
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let mut used = 0;
        while !self.lost {
            let rest = &buf[used..];
            let offset = at + used as u64;
            let mut need = RECORD_HEADER;
            if rest.len() >= RECORD_HEADER {
                let word = |place| Order::Big.u32(rest, place);
                let (original, included, record) = (word(0), word(4), word(8));
                need = record as usize;
                let fits = included as usize <= need.saturating_sub(RECORD_HEADER) && need <= MAX_RECORD;
                if need < RECORD_HEADER || !fits || included > original || word(20) >= 1_000_000 {
                    let detail = format!("A packet record of {record} bytes says {included} of {original} bytes were captured.");
                    self.damage.begin(CaptureError { code: "bad_packet_length", detail, offset });
                    self.lost = true;
                    continue;
                }
                if rest.len() >= need {
                    self.packets += 1;
                    sink(Item::Frame(Frame {
                        number: self.packets,
                        time: Timestamp::from_parts(i64::from(word(16)), i64::from(word(20)) * 1000),
                        link: self.link,
                        wire_len: original,
                        offset,
                        bytes: &rest[RECORD_HEADER..RECORD_HEADER + included as usize],
                    }));
                    used += need;
                    continue;
                }
            }
            match (rest.len(), last) {
                (0, _) => return Cut { used, need: 0 },
                (_, false) => return Cut { used, need },
                (there, true) => {
                    let detail = format!("The file ends inside a packet record: it has {need} bytes or more, {there} are there.");
                    self.damage.begin(CaptureError { code: "cut_packet", detail, offset });
                    self.lost = true;
                }
            }
        }
        self.damage.skip(buf.len() - used);
        if last {
            self.damage.close(sink);
        }
        Cut { used: buf.len(), need: 0 }
    }
}
