//! The format of Microsoft's Network Monitor: a header of 128 bytes, then frames, then tables. All numbers are little-endian.
//!
//! ```text
//!   0        4       5       6       8                24            28            32 ...
//!  | magic  | minor | major | media | start, 16 bytes | frame table | its length | others, each offset and length |
//!
//!  version 1  | milliseconds 4 | original 2 | captured 2 | captured bytes ...
//!  version 2  | microseconds 8 | original 4 | captured 4 | captured bytes ... |            times count from the start
//!  2.1, 2.2, 2.3 behind the bytes:                 | media 2 |, | process 4 |, | UTC time 8 | zone 1 |
//! ```
//!
//! The frame table lists where each frame begins. It stands behind the frames, so a stream could use it only once all is over;
//! and the writers that are known put one frame behind the other from byte 128 on. So the frames are walked in order up to
//! the first table, and their number is held against that of the table's entries: another number is told, and nothing that
//! was read is taken back. A length that no frame can have ends the file.
//!
//! Sources: the description of the capture file that comes with Network Monitor 3.4; of version 1, whose description is gone,
//! and of the media types, what Wireshark's reader says. The start is the local time of a zone that is not told, and taken for
//! UTC; frames of 2.3 and later have a UTC time of their own, in 100 ns since 1601.

use super::damage::Damage;
use super::{Cut, Frame, Item, LinkType, MAX_RECORD, Order};
use crate::error::CaptureError;
use crate::time::{SECOND, Timestamp, days_from_civil};
use std::sync::Arc;

/// Bytes of the file header, and where the first frame begins.
pub(super) const FILE_HEADER: usize = 128;
/// From 1601-01-01 to 1970-01-01 in seconds.
const FILETIME_EPOCH: i128 = 11_644_473_600;

/// The version that a magic says.
pub(super) fn version(magic: [u8; 4]) -> Option<u8> {
    match &magic {
        b"RTSS" => Some(1),
        b"GMBU" => Some(2),
        _ => None,
    }
}

/// The state of cutting a Network Monitor file.
#[derive(Debug, Clone)]
pub(super) struct NetMon {
    /// Bytes of a frame's header and of what follows its bytes.
    header: usize,
    trailer: usize,
    /// When the times of frames begin, in nanoseconds.
    start: i128,
    media: u16,
    /// Where the first table begins; none if there is no table.
    end: Option<u64>,
    /// Entries of the frame table.
    entries: u64,
    records: u64,
    packets: u64,
    links: Arc<Vec<LinkType>>,
    damage: Damage,
    over: bool,
}

impl NetMon {
    /// Reads the file header; `version` is what the magic says.
    pub(super) fn open(head: &[u8], version: u8) -> Result<NetMon, CaptureError> {
        let fail = |code, detail, offset| Err(CaptureError { code, detail, offset });
        let Some(head) = head.first_chunk::<FILE_HEADER>() else {
            return fail("cut_header", format!("The file ends after {} bytes; its header has {FILE_HEADER}.", head.len()), 0);
        };
        let (minor, major) = (head[4], head[5]);
        if major != version {
            return fail("bad_version", format!("The version is {major}.{minor}; {version} belongs to the magic."), 4);
        }
        let word = |at| u64::from(Order::Little.u32(head, at));
        // Frame table, user data, comments, processes, networks.
        let tables = [24, 32, 40, 48, 56].map(word);
        if (1..FILE_HEADER as u64).contains(&tables[0]) {
            return fail("bad_frame_table", format!("The frame table begins at {}, inside the file header.", tables[0]), 24);
        }
        Ok(NetMon {
            header: if version == 1 { 8 } else { 16 },
            trailer: match (version, minor) {
                (1, _) | (_, 0) => 0,
                (_, 1) => 2,
                (_, 2) => 6,
                _ => 15,
            },
            start: start(head),
            media: Order::Little.u16(head, 6),
            end: tables.into_iter().filter(|place| *place >= FILE_HEADER as u64).min(),
            entries: if tables[0] == 0 { 0 } else { word(28) / 4 },
            records: 0,
            packets: 0,
            links: Arc::default(),
            damage: Damage::default(),
            over: false,
        })
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        &self.links
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let mut used = 0;
        while !self.over {
            let rest = &buf[used..];
            let offset = at + used as u64;
            let room = self.end.map_or(u64::MAX, |end| end - offset);
            if room == 0 {
                self.compare(offset, sink);
                continue;
            }
            let mut need = self.header;
            if rest.len() >= self.header {
                let (original, captured) = self.lengths(rest);
                let bytes = self.header + captured as usize;
                need = bytes + self.trailer;
                if bytes > MAX_RECORD || need as u64 > room {
                    let detail = format!("A frame says {captured} of {original} bytes were captured; there is no room for them.");
                    self.damage.begin(CaptureError { code: "bad_packet_length", detail, offset });
                    self.over = true;
                    continue;
                }
                if rest.len() >= need {
                    let (data, trailer) = (&rest[self.header..bytes], &rest[bytes..need]);
                    self.frame(rest, data, trailer, original, offset, sink);
                    used += need;
                    continue;
                }
            }
            match (rest.len(), last) {
                (0, false) => return Cut { used, need: 0 },
                (0, true) if self.end.is_none() => return Cut { used, need: 0 },
                (_, false) => return Cut { used, need },
                (there, true) => {
                    let detail = format!("The file ends among its frames: the next has {need} bytes or more, {there} are there.");
                    self.damage.begin(CaptureError { code: "cut_packet", detail, offset });
                    self.over = true;
                }
            }
        }
        // What comes behind the frames is read by nobody.
        self.damage.skip(buf.len() - used);
        if last {
            self.damage.close(sink);
        }
        Cut { used: buf.len(), need: 0 }
    }

    /// Holds the number of frames against that of the frame table, where the frames end.
    fn compare<'b>(&mut self, offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        self.over = true;
        if self.records != self.entries {
            let detail = format!("The frame table has {} entries; {} frames stand in front of it.", self.entries, self.records);
            sink(Item::Damage { error: CaptureError { code: "bad_frame_table", detail, offset }, skipped: 0 });
        }
    }

    /// Original and captured length of the frame at the front of `record`.
    fn lengths(&self, record: &[u8]) -> (u32, u32) {
        match self.header {
            8 => (Order::Little.u16(record, 4).into(), Order::Little.u16(record, 6).into()),
            _ => (Order::Little.u32(record, 8), Order::Little.u32(record, 12)),
        }
    }

    /// Hands out a frame, unless it is one that Wireshark gives no number to.
    fn frame<'b>(&mut self, record: &[u8], data: &'b [u8], trailer: &[u8], original: u32, offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        self.records += 1;
        let media = if trailer.is_empty() { self.media } else { Order::Little.u16(trailer, 0) };
        // Payload put together by the program, networks, names: no packets.
        if (0xfffc..=0xfffe).contains(&media) {
            return;
        }
        let (link, skip) = link(media, data);
        if !self.links.contains(&link) && self.links.len() < 64 {
            Arc::make_mut(&mut self.links).push(link);
        }
        self.packets += 1;
        sink(Item::Frame(Frame {
            number: self.packets,
            time: self.time(record, trailer),
            link,
            wire_len: original.saturating_sub(skip as u32),
            offset,
            bytes: data.get(skip..).unwrap_or_default(),
        }));
    }

    fn time(&self, record: &[u8], trailer: &[u8]) -> Timestamp {
        let long = |bytes: &[u8], at| u64::from(Order::Little.u32(bytes, at + 4)) << 32 | u64::from(Order::Little.u32(bytes, at));
        if trailer.len() == 15 {
            return Timestamp::from_wide(i128::from(long(trailer, 6)) * 100 - FILETIME_EPOCH * i128::from(SECOND));
        }
        let since = match self.header {
            8 => i128::from(Order::Little.u32(record, 0)) * 1_000_000,
            // Frames may be older than the start: ten times the number is to be read as one with a sign.
            _ => i128::from(long(record, 0).wrapping_mul(10) as i64) * 100,
        };
        Timestamp::from_wide(self.start + since)
    }
}

/// ```text
///   8      10      12            14    16     18       20       22
///  | year | month | day of week | day | hour | minute | second | millisecond |
/// ```
fn start(head: &[u8]) -> i128 {
    let word = |at| i64::from(Order::Little.u16(head, at));
    let seconds = days_from_civil(word(8), word(10), word(14)) * 86_400 + word(16) * 3600 + word(18) * 60 + word(20);
    i128::from(seconds) * i128::from(SECOND) + i128::from(word(22)) * 1_000_000
}

/// The link type of a media type, and how many bytes of its own stand in front. Where there is none it is `f000` and the
/// number, which the registry does not have.
fn link(media: u16, data: &[u8]) -> (LinkType, usize) {
    let (link, skip) = match media {
        // Some files have no media type, and Ethernet.
        0 | 1 => (1, 0),
        2 => (6, 0),
        3 => (10, 0),
        // ATM: two addresses, path and channel.
        4 => (100, 16),
        // 802.11 behind what the card said, whose length stands behind a version.
        6 => (105, usize::from(Order::Little.u16(data, 1))),
        7..=9 => (101, 0),
        0xe080 => (105, 0),
        0xe081..=0xe08a => (0xf000 | media, 0),
        // Converted from pcap.
        0xe000..=0xefff => (media & 0x0fff, 0),
        other => (0xf000 | other, 0),
    };
    (LinkType(link), skip)
}
