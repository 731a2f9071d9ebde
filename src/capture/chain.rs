//! Records one behind the other that only their own lengths hold together: snoop and ERF. One whose length cannot be right
//! ends the file, as no mark tells where another begins.

use super::damage::Damage;
use super::{Cut, Frame, Item};
use crate::error::CaptureError;

/// How far such a file is.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    packets: u64,
    damage: Damage,
    lost: bool,
}

/// What a format knows of its records.
pub(super) trait Record {
    /// Bytes of a record's header.
    const HEADER: usize;

    /// Bytes of the whole record at the front of `rest`, which holds its header; what is wrong with them where they cannot be right.
    fn len(&self, rest: &[u8]) -> Result<usize, String>;

    /// A whole record as a frame; none for one that has no number, as it only fills.
    fn frame<'b>(&self, record: &'b [u8], number: u64, offset: u64) -> Option<Frame<'b>>;
}

impl Chain {
    /// Frames so far.
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b, R: Record>(&mut self, of: &R, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let mut used = 0;
        while !self.lost {
            let rest = &buf[used..];
            let offset = at + used as u64;
            let mut need = R::HEADER;
            if rest.len() >= R::HEADER {
                need = match of.len(rest) {
                    Ok(len) => len,
                    Err(detail) => {
                        self.lose("bad_packet_length", detail, offset);
                        continue;
                    }
                };
                if let Some(record) = rest.get(..need) {
                    if let Some(frame) = of.frame(record, self.packets + 1, offset) {
                        self.packets += 1;
                        sink(Item::Frame(frame));
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
                    self.lose("cut_packet", detail, offset);
                }
            }
        }
        self.damage.skip(buf.len() - used);
        if last {
            self.damage.close(sink);
        }
        Cut { used: buf.len(), need: 0 }
    }

    fn lose(&mut self, code: &'static str, detail: String, offset: u64) {
        self.damage.begin(CaptureError { code, detail, offset });
        self.lost = true;
    }
}
