//! Capture files to frames: the file header, then packet after packet, out of buffers that the caller owns.
//!
//! ```text
//!  file   | header | rec | rec | rec | re|c | rec | ...
//!  buffer          [ range 0             ]
//!                  ^ cut()               ^ used; the record that straddles is completed by the caller
//! ```
//!
//! This stage is the only one that names `pcap_parser`. It does not know what a packet means, and it does no I/O in
//! the cutting itself: bytes in, frames out.
//!
//! | file | what it knows |
//! |---|---|
//! | `pcap` | the classic format: file header, packet record, and how to find the way back after damage |
//! | `pcapng` | the block format: sections, packet blocks, and the same |
//! | `snoop` | the format of Solaris (RFC 1761) |
//! | `interface` | an interface description: link type, snap length, resolution and offset of its clock |
//! | `damage` | stretches of bytes that hold no readable record |
//! | `order` | the byte order of a file or section |

pub mod block;
mod damage;
mod interface;
mod order;
mod pcap;
mod pcapng;
mod snoop;
#[cfg(test)]
mod tests;

pub use order::Order;

use crate::error::CaptureError;
use crate::time::Timestamp;
use pcap::Pcap;
use pcapng::PcapNg;
use snoop::Snoop;

/// The largest record (packet with its header, or pcapng block) that is believed, in bytes. A longer length is damage.
pub const MAX_RECORD: usize = 16 << 20;

/// A link-layer header type as in the LINKTYPE registry of the tcpdump group (the value in files, FCS bits masked off).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

/// A captured frame, borrowed from the buffer that it was read into.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'b> {
    /// Number of the frame in its file, from 1, as Wireshark shows it.
    pub number: u64,
    /// When it was captured.
    pub time: Timestamp,
    /// What the first byte is.
    pub link: LinkType,
    /// Length on the wire in bytes; more than `bytes.len()` where the snap length cut it.
    pub wire_len: u32,
    /// Offset of the record in the file, in bytes.
    pub offset: u64,
    /// The captured bytes.
    pub bytes: &'b [u8],
}

/// What the cutter meets.
#[derive(Debug, Clone)]
pub enum Item<'b> {
    /// A frame.
    Frame(Frame<'b>),
    /// Bytes that hold no readable record: damage, with the reason. Reading goes on behind them if it can.
    Damage {
        /// What was wrong, and where.
        error: CaptureError,
        /// How many bytes were passed over because of it.
        skipped: u64,
    },
}

/// How far [`Cutter::cut`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Bytes consumed from the front of the buffer.
    pub used: usize,
    /// Bytes that the record at `used` needs from its start, as far as known by now (at least a header's worth);
    /// 0 where the buffer ended with a record.
    pub need: usize,
}

/// What kind of capture file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// The classic format of libpcap (draft-ietf-opsawg-pcap).
    Pcap {
        /// What the magic number says about the packet records.
        layout: Layout,
        /// The byte order of the whole file.
        order: Order,
    },
    /// The block format (draft-ietf-opsawg-pcapng).
    PcapNg {
        /// The byte order of the first section; later ones may differ.
        order: Order,
    },
    /// The format of Solaris (RFC 1761).
    Snoop,
}

/// The record layouts of the classic format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// Magic `a1b2c3d4`: microseconds, 16-byte packet header.
    Micro,
    /// Magic `a1b23c4d`: nanoseconds, 16-byte packet header.
    Nano,
    /// Magic `a1b2cd34`: the format of Kuznetzov's patches, microseconds, 24-byte packet header.
    Modified,
}

impl Format {
    /// The word for `captures.csv`: `pcap`, `pcap-ns`, `pcap-modified`, `pcapng`, with `-be` where
    /// big-endian; `snoop`.
    pub fn as_str(self) -> &'static str {
        use Order::{Big, Little};
        match self {
            Format::Pcap { layout: Layout::Micro, order: Little } => "pcap",
            Format::Pcap { layout: Layout::Micro, order: Big } => "pcap-be",
            Format::Pcap { layout: Layout::Nano, order: Little } => "pcap-ns",
            Format::Pcap { layout: Layout::Nano, order: Big } => "pcap-ns-be",
            Format::Pcap { layout: Layout::Modified, order: Little } => "pcap-modified",
            Format::Pcap { layout: Layout::Modified, order: Big } => "pcap-modified-be",
            Format::PcapNg { order: Little } => "pcapng",
            Format::PcapNg { order: Big } => "pcapng-be",
            Format::Snoop => "snoop",
        }
    }
}

/// Says by the magic bytes alone what a file is that begins with `head`: 4 bytes tell the classic format, 12 pcapng
/// (the block type and the byte-order magic behind the length). `None` for everything else.
pub fn sniff(head: &[u8]) -> Option<Format> {
    let word: [u8; 4] = *head.first_chunk()?;
    if word == pcapng::SECTION_HEADER.to_le_bytes() {
        return Some(Format::PcapNg { order: pcapng::section_order(head)? });
    }
    if head.starts_with(snoop::MAGIC) {
        return Some(Format::Snoop);
    }
    for order in [Order::Little, Order::Big] {
        let layout = match order.u32(&word, 0) {
            0xa1b2_c3d4 => Layout::Micro,
            0xa1b2_3c4d => Layout::Nano,
            0xa1b2_cd34 => Layout::Modified,
            _ => continue,
        };
        return Some(Format::Pcap { layout, order });
    }
    None
}

/// Cuts a capture file into frames: fed with buffers in file order, it keeps what must be known from one to the next
/// (the number of the next frame, section and interfaces, an open stretch of damage).
///
/// A clone is a bookmark: cutting the same bytes again from a clone gives the same items. It costs a few counters and
/// two reference counts. What is cut does not depend on where the buffers end.
#[derive(Debug, Clone)]
pub struct Cutter {
    format: Format,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Pcap(Pcap),
    PcapNg(PcapNg),
    Snoop(Snoop),
}

impl Cutter {
    /// Reads the file header from the first bytes of a file; 24 bytes are enough for every format. Gives also how many
    /// bytes the header took: 24 for the classic format, 16 for snoop, 0 for pcapng, whose section header is a block like others.
    ///
    /// # Errors
    ///
    /// `empty_file`, `bad_magic`, `cut_header`, `bad_version`, `bad_link_type`.
    pub fn open(head: &[u8]) -> Result<(Cutter, usize), CaptureError> {
        let fail = |code, detail| Err(CaptureError { code, detail, offset: 0 });
        let Some(format) = sniff(head) else {
            return match head {
                [] => fail("empty_file", "The file has no bytes.".into()),
                _ if head.len() < 12 && head.starts_with(&pcapng::SECTION_HEADER.to_le_bytes()) => {
                    fail("cut_header", format!("The file ends after {} bytes, inside its section header.", head.len()))
                }
                _ => fail("bad_magic", format!("The file begins with {}: not a capture file that is known.", hex(head))),
            };
        };
        let (kind, used) = match format {
            Format::Pcap { layout, order } => (Kind::Pcap(Pcap::open(head, layout, order)?), pcap::FILE_HEADER),
            Format::PcapNg { order } => (Kind::PcapNg(PcapNg::open(order)), 0),
            Format::Snoop => (Kind::Snoop(Snoop::open(head)?), snoop::FILE_HEADER),
        };
        Ok((Cutter { format, kind }, used))
    }

    /// Cuts whole records off the front of `buf` and hands every frame, and every stretch of damage, to `sink` in file
    /// order.
    ///
    /// `at` is the offset of `buf[0]` in the file, `last` says that no bytes follow `buf` in it. The next call begins
    /// at `at + used`. Where `used` is 0 and `last` is not set, the caller must come back with at least `need` bytes,
    /// or with `last` set; `need` is never more than [`MAX_RECORD`] and one header. With `last` everything is
    /// consumed. A caller who finds out late that the file has ended calls once more with an empty buffer and `last`,
    /// so that an open stretch of damage is reported.
    pub fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        match &mut self.kind {
            Kind::Pcap(pcap) => pcap.cut(buf, at, last, sink),
            Kind::PcapNg(pcapng) => pcapng.cut(buf, at, last, sink),
            Kind::Snoop(snoop) => snoop.cut(buf, at, last, sink),
        }
    }

    /// What kind of file it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many frames were handed out so far.
    pub fn packets(&self) -> u64 {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.packets(),
            Kind::PcapNg(pcapng) => pcapng.packets(),
            Kind::Snoop(snoop) => snoop.packets(),
        }
    }

    /// The latest frame number given so far. In pcapng it can be more than [`Cutter::packets`]: Wireshark numbers
    /// custom blocks, journal entries and Sysdig events too, and so their numbers are left out here.
    pub fn numbered(&self) -> u64 {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.packets(),
            Kind::PcapNg(pcapng) => pcapng.numbered(),
            Kind::Snoop(snoop) => snoop.packets(),
        }
    }

    /// How many interfaces are in force: 1 for the classic format, those of the present section in pcapng.
    pub fn interfaces(&self) -> usize {
        match &self.kind {
            Kind::Pcap(_) | Kind::Snoop(_) => 1,
            Kind::PcapNg(pcapng) => pcapng.interfaces(),
        }
    }

    /// The link types met so far, each once, in order of appearance.
    pub fn link_types(&self) -> &[LinkType] {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.link_types(),
            Kind::PcapNg(pcapng) => pcapng.link_types(),
            Kind::Snoop(snoop) => snoop.link_types(),
        }
    }

    /// The largest snap length met so far in bytes, as the file says it; 0 means no limit or not said.
    pub fn snaplen(&self) -> u32 {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.snaplen(),
            Kind::PcapNg(pcapng) => pcapng.snaplen(),
            Kind::Snoop(_) => 0,
        }
    }
}

/// Up to four bytes in hexadecimal, for error texts.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
