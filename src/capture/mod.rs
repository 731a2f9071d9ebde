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
//! | `layout` | the variants of the classic format |
//! | `snoop` | the format of Solaris (RFC 1761) |
//! | `erf` | the records of Endace's cards |
//! | `chain` | the loop over records that only their own lengths hold together: of snoop and ERF |
//! | `netmon` | the format of Microsoft's Network Monitor, versions 1 and 2 |
//! | `interface` | an interface description: link type, snap length, resolution and offset of its clock |
//! | `damage` | stretches of bytes that hold no readable record |
//! | `order` | the byte order of a file or section |

pub mod block;
mod chain;
mod damage;
mod erf;
mod interface;
mod layout;
mod netmon;
mod order;
mod pcap;
mod pcapng;
mod snoop;
#[cfg(test)]
mod tests;

pub use layout::Layout;
pub use order::Order;

use crate::error::CaptureError;
use crate::time::Timestamp;
use erf::Erf;
use netmon::NetMon;
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
    /// The records of Endace's cards, one after the other.
    Erf,
    /// The format of Microsoft's Network Monitor.
    NetMon {
        /// 1 or 2.
        version: u8,
    },
}

impl Format {
    /// The word for `captures.csv`: `pcap`, `pcap-ns`, `pcap-modified`, `pcap-redhat`, `pcap-suse`, `pcap-nokia`,
    /// `pcap-aix`, `lcap`, `lcap-ns`, `pcapng`, all with `-be` where big-endian; `snoop`, `erf`, `netmon1`, `netmon2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Pcap { layout, order } => layout.name(order),
            Format::PcapNg { order: Order::Little } => "pcapng",
            Format::PcapNg { order: Order::Big } => "pcapng-be",
            Format::Snoop => "snoop",
            Format::Erf => "erf",
            Format::NetMon { version: 1 } => "netmon1",
            Format::NetMon { .. } => "netmon2",
        }
    }
}

/// Says by the first bytes what a file is that begins with `head`: 4 bytes tell the classic format (not all of its layouts),
/// 12 pcapng (the block type and the byte-order magic behind the length); ERF, which has no magic, takes two records.
/// `None` for everything else.
pub fn sniff(head: &[u8]) -> Option<Format> {
    let word: [u8; 4] = *head.first_chunk()?;
    if word == pcapng::SECTION_HEADER.to_le_bytes() {
        return Some(Format::PcapNg { order: pcapng::section_order(head)? });
    }
    if head.starts_with(snoop::MAGIC) {
        return Some(Format::Snoop);
    }
    if let Some(version) = netmon::version(word) {
        return Some(Format::NetMon { version });
    }
    for order in [Order::Little, Order::Big] {
        if let Some(layout) = Layout::of_magic(order.u32(&word, 0)) {
            return Some(Format::Pcap { layout, order });
        }
    }
    crate::archive::erf::is_erf(head).then_some(Format::Erf)
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
    Erf(Erf),
    NetMon(NetMon),
}

impl Cutter {
    /// Reads the file header from the first bytes of a file. 128 bytes hold every header; layouts without a magic of their
    /// own take the first two records, so `head` should be all that was read. Gives also how many bytes the header took:
    /// 0 for pcapng, whose section header is a block like others, and for ERF, which has none.
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
            Format::Pcap { layout, order } => {
                let pcap = Pcap::open(head, layout, order)?;
                let format = Format::Pcap { layout: pcap.layout(), order };
                return Ok((Cutter { format, kind: Kind::Pcap(pcap) }, layout.file_header()));
            }
            Format::PcapNg { order } => (Kind::PcapNg(PcapNg::open(order)), 0),
            Format::Snoop => (Kind::Snoop(Snoop::open(head)?), snoop::FILE_HEADER),
            Format::Erf => (Kind::Erf(Erf::default()), 0),
            Format::NetMon { version } => (Kind::NetMon(NetMon::open(head, version)?), netmon::FILE_HEADER),
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
            Kind::Erf(erf) => erf.cut(buf, at, last, sink),
            Kind::NetMon(netmon) => netmon.cut(buf, at, last, sink),
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
            Kind::Erf(erf) => erf.packets(),
            Kind::NetMon(netmon) => netmon.packets(),
        }
    }

    /// The latest frame number given so far. In pcapng it can be more than [`Cutter::packets`]: Wireshark numbers
    /// custom blocks, journal entries and Sysdig events too, and so their numbers are left out here.
    pub fn numbered(&self) -> u64 {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.packets(),
            Kind::PcapNg(pcapng) => pcapng.numbered(),
            Kind::Snoop(snoop) => snoop.packets(),
            Kind::Erf(erf) => erf.packets(),
            Kind::NetMon(netmon) => netmon.packets(),
        }
    }

    /// How many interfaces are in force: 1 for the classic format, those of the present section in pcapng.
    pub fn interfaces(&self) -> usize {
        match &self.kind {
            Kind::Pcap(_) | Kind::Snoop(_) | Kind::Erf(_) | Kind::NetMon(_) => 1,
            Kind::PcapNg(pcapng) => pcapng.interfaces(),
        }
    }

    /// The link types met so far, each once, in order of appearance.
    pub fn link_types(&self) -> &[LinkType] {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.link_types(),
            Kind::PcapNg(pcapng) => pcapng.link_types(),
            Kind::Snoop(snoop) => snoop.link_types(),
            Kind::Erf(erf) => erf.link_types(),
            Kind::NetMon(netmon) => netmon.link_types(),
        }
    }

    /// The largest snap length met so far in bytes, as the file says it; 0 means no limit or not said.
    pub fn snaplen(&self) -> u32 {
        match &self.kind {
            Kind::Pcap(pcap) => pcap.snaplen(),
            Kind::PcapNg(pcapng) => pcapng.snaplen(),
            Kind::Snoop(_) | Kind::Erf(_) | Kind::NetMon(_) => 0,
        }
    }
}

/// Up to four bytes in hexadecimal, for error texts.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
