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

use super::damage::Damage;
use super::{Cut, Frame, Item, LinkType};
use crate::archive::erf::{HEADER, PAD, Record};
use crate::error::CaptureError;
use crate::time::Timestamp;

/// LINKTYPE_ERF.
const ERF: [LinkType; 1] = [LinkType(197)];

/// The state of cutting an ERF file.
#[derive(Debug, Clone, Default)]
pub(super) struct Erf {
    packets: u64,
    damage: Damage,
    lost: bool,
}

impl Erf {
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        &ERF
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let mut used = 0;
        while !self.lost {
            let rest = &buf[used..];
            let offset = at + used as u64;
            let mut need = HEADER;
            if let Some(record) = Record::read(rest) {
                need = record.len;
                if !record.fits() {
                    let detail = format!("A record of type {} says it has {} bytes.", record.kind, record.len);
                    self.damage.begin(CaptureError { code: "bad_packet_length", detail, offset });
                    self.lost = true;
                    continue;
                }
                if let Some(bytes) = rest.get(..need) {
                    if record.kind != PAD {
                        self.packets += 1;
                        sink(Item::Frame(frame(self.packets, record, offset, bytes)));
                    }
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
