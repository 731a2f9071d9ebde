//! The block format: blocks of many types, each with its length in front and behind.
//!
//! ```text
//!   0      4        8           12         16        20         24         28
//!  | type | length | body, padded to 4 bytes ...                               | length |
//!  | 6    | length | interface | time high | time low | captured | original | bytes, options | length |   enhanced packet
//!  | 2    | length | if | drops | time high | time low | captured | original | bytes, options | length |   packet (obsolete)
//!  | 3    | length | original  | bytes                                                       | length |   simple packet
//! ```
//!
//! Source: draft-ietf-opsawg-pcapng. Where it leaves a choice:
//!
//! - A section header starts anew: byte order and interfaces. Its own section length is not used, so -1 is like any other.
//! - A section of another major version than 1 is passed over as damage.
//! - A length that is no multiple of 4 is taken as if it were padded, when the length behind agrees.
//! - A simple packet has no time: it gets that of the frame before it, the epoch if there is none.
//! - Secrets, name resolution, statistics, custom and unknown blocks are passed over without a look inside.
//! - A packet block with an interface that was not described, or with more captured bytes than the block holds, is
//!   damage of that block only. It takes no frame number (Wireshark stops there, so it has none to agree with).
//! - Custom blocks, journal entries and Sysdig events are no packets, but Wireshark lists them in the same row of
//!   numbers: each takes a frame number and no frame is handed out, so that numbers stay those that Wireshark shows.
//! - Where only the length behind is wrong and a block follows in its place, the block is read and 4 bytes are damage.
//!
//! Damage: blocks stand on multiples of 4 bytes, so the way back is first sought there, and on any byte only when
//! nothing was found in 64 KiB. A block is believed again when its type is known, its two lengths agree, its fields
//! make sense, and so does the block behind it.

mod resync;

use super::damage::{Damage, Likely, Search};
use super::interface::Interface;
use super::{Cut, Frame, Item, LinkType, MAX_RECORD, Order, hex};
use crate::error::CaptureError;
use crate::time::{SECOND, Timestamp};
use resync::sane_length;
use std::sync::Arc;

/// Block type of a section header: the same in both byte orders.
pub(super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
const INTERFACE: u32 = 1;
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAME_RESOLUTION: u32 = 4;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const JOURNAL: u32 = 9;
const SECRETS: u32 = 10;
const SYSDIG_EVENT: u32 = 0x204;
const CUSTOM: u32 = 0xbad;
const CUSTOM_DO_NOT_COPY: u32 = 0x4000_0bad;

/// Type, length, and length again.
const FRAMING: usize = 12;
/// Bytes of a packet block, enhanced or obsolete, without packet and options.
const PACKET_FRAMING: usize = 32;
/// Bytes of a simple packet block without packet.
const SIMPLE_FRAMING: usize = 16;
/// Bytes of a section header without options.
const SECTION_FRAMING: usize = 28;
/// How far after damage only multiples of 4 bytes are tried.
const ALIGNED: usize = 64 << 10;
/// How far the block behind a candidate is looked at, in bytes.
const WINDOW: usize = 1 << 20;
/// Option bytes behind a packet that are believed when the file ends inside the block.
const USUAL_OPTIONS: usize = 4096;
/// Interfaces of a section that are kept; the packets of later ones are damage.
const MAX_INTERFACES: usize = 1 << 16;
/// Link types that are listed for a file.
const MAX_LINK_TYPES: usize = 256;
/// How far apart in time frames may be around damage, in nanoseconds.
const DAY: i64 = 86_400 * SECOND;

/// The byte order of the section whose header begins `block`; `None` where the magic is not there.
pub(super) fn section_order(block: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big].into_iter().find(|order| order.u32(block, 8) == BYTE_ORDER_MAGIC)
}

/// The state of cutting a pcapng file.
#[derive(Debug, Clone)]
pub(super) struct PcapNg {
    order: Order,
    /// The interfaces of the section; `None` for one whose description could not be read.
    interfaces: Arc<Vec<Option<Interface>>>,
    link_types: Arc<Vec<LinkType>>,
    snaplen: u32,
    packets: u64,
    /// Frame numbers given: packets and the records that Wireshark numbers with them.
    numbered: u64,
    first: Timestamp,
    latest: Timestamp,
    /// The section is of a version that is not known.
    foreign: bool,
    damage: Damage,
    lost: Lost,
}

/// Whether the next block is being searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    No,
    /// On multiples of 4 bytes from the damaged block, which is still the front of the buffer.
    Aligned,
    /// On every byte.
    Anywhere,
}

/// What stands at the front of a buffer.
enum Front {
    Block {
        kind: u32,
        length: usize,
    },
    /// The same, but the length behind is wrong.
    Trailer {
        kind: u32,
        length: usize,
        error: CaptureError,
    },
    Need(usize),
    /// The file ends inside it; so much was wanted.
    Ends(usize),
    Damage(CaptureError),
}

/// The fields of a packet block.
struct Packet {
    interface: usize,
    high: u32,
    low: u32,
    captured: usize,
    original: u32,
}

impl PcapNg {
    pub(super) fn open(order: Order) -> PcapNg {
        PcapNg {
            order,
            interfaces: Arc::default(),
            link_types: Arc::default(),
            snaplen: 0,
            packets: 0,
            numbered: 0,
            first: Timestamp(0),
            latest: Timestamp(0),
            foreign: false,
            damage: Damage::default(),
            lost: Lost::No,
        }
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) fn numbered(&self) -> u64 {
        self.numbered
    }

    pub(super) fn interfaces(&self) -> usize {
        self.interfaces.len()
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        &self.link_types
    }

    pub(super) fn snaplen(&self) -> u32 {
        self.snaplen
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let mut used = 0;
        let need = loop {
            let rest = &buf[used..];
            if self.lost != Lost::No {
                match self.find(rest, last) {
                    Ok(passed) => used += passed,
                    Err(Cut { used: passed, need }) => {
                        used += passed;
                        break need;
                    }
                }
                continue;
            }
            let offset = at + used as u64;
            match self.front(rest, offset, last) {
                Front::Block { kind, length } => {
                    self.block(kind, &rest[..length], offset, sink);
                    used += length;
                }
                Front::Trailer { kind, length, error } => {
                    let before = self.damage.skipped();
                    self.block(kind, &rest[..length], offset, sink);
                    if self.damage.skipped() == before {
                        self.damage.begin(error);
                        self.damage.skip(4);
                    }
                    used += length;
                }
                Front::Need(need) => break if rest.is_empty() { 0 } else { need },
                Front::Ends(whole) => {
                    let detail = format!("The file ends inside a block: it has {whole} bytes or more, {} are there.", rest.len());
                    self.damage.begin(CaptureError { code: "cut_block", detail, offset });
                    self.damage.skip(rest.len());
                    used = buf.len();
                    break 0;
                }
                Front::Damage(error) => {
                    self.damage.begin(error);
                    self.mourn(rest);
                    self.lost = Lost::Aligned;
                }
            }
        };
        if last {
            self.damage.close(sink);
        }
        Cut { used, need }
    }

    /// Measures the block at the front.
    #[inline(always)]
    fn front(&self, rest: &[u8], offset: u64, last: bool) -> Front {
        let short = |need| if last && !rest.is_empty() { Front::Ends(need) } else { Front::Need(need) };
        if rest.len() < 8 {
            return short(8);
        }
        let mut order = self.order;
        let kind = order.u32(rest, 0);
        if kind == SECTION_HEADER {
            if rest.len() < FRAMING {
                return short(FRAMING);
            }
            let Some(own) = section_order(rest) else {
                let detail = format!("A section header has the byte-order magic {}.", hex(&rest[8..]));
                return Front::Damage(CaptureError { code: "bad_byte_order", detail, offset });
            };
            order = own;
        }
        let said = order.u32(rest, 4) as usize;
        let Some(length) = sane_length(said) else {
            let detail = format!("A block of type {kind:#x} says it has {said} bytes; {FRAMING} to {MAX_RECORD} can be.");
            return Front::Damage(CaptureError { code: "bad_block_length", detail, offset });
        };
        if rest.len() < length {
            return self.short_block(kind, length, rest, offset, last);
        }
        let behind = order.u32(rest, length - 4) as usize;
        if behind == said {
            return Front::Block { kind, length };
        }
        self.trailer_differs(kind, length, behind, rest, offset, last)
    }

    /// Reads a block that is all there.
    #[inline(always)]
    fn block<'b>(&mut self, kind: u32, block: &'b [u8], offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        if kind == ENHANCED_PACKET && !self.foreign && block.len() >= PACKET_FRAMING {
            let packet = self.packet(kind, block);
            return self.hand_out(packet, block, offset, sink);
        }
        self.rare_block(kind, block, offset, sink);
    }

    fn rare_block<'b>(&mut self, kind: u32, block: &'b [u8], offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        match kind {
            SECTION_HEADER => {
                self.damage.close(sink);
                self.begin_section(block, offset);
            }
            _ if self.foreign => self.damage.skip(block.len()),
            INTERFACE => {
                let read = Interface::read(block, self.order);
                match read {
                    Some(interface) => {
                        self.damage.close(sink);
                        self.note(interface);
                    }
                    None => self.spoil(block, "bad_interface_block", format!("It has only {} bytes.", block.len()), offset),
                }
                self.add_interface(read);
            }
            ENHANCED_PACKET | PACKET if block.len() < PACKET_FRAMING => {
                let detail = format!("A packet block has {} bytes, fewer than its fields.", block.len());
                self.spoil(block, "bad_packet_length", detail, offset);
            }
            PACKET => {
                let packet = self.packet(kind, block);
                self.hand_out(packet, block, offset, sink);
            }
            SIMPLE_PACKET => self.simple(block, offset, sink),
            CUSTOM | CUSTOM_DO_NOT_COPY | JOURNAL | SYSDIG_EVENT => self.numbered += 1,
            _ => {}
        }
    }

    /// The fields of a packet block of at least [`PACKET_FRAMING`] bytes, enhanced or obsolete.
    #[inline(always)]
    fn packet(&self, kind: u32, block: &[u8]) -> Packet {
        let word = |at| self.order.u32(block, at);
        Packet {
            interface: if kind == PACKET { usize::from(self.order.u16(block, 8)) } else { word(8) as usize },
            high: word(12),
            low: word(16),
            captured: word(20) as usize,
            original: word(24),
        }
    }

    #[inline(always)]
    fn hand_out<'b>(&mut self, packet: Packet, block: &'b [u8], offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        let Some(Some(interface)) = self.interfaces.get(packet.interface) else {
            return self.no_interface(packet.interface, block, offset);
        };
        let (time, link) = (interface.time(packet.high, packet.low), interface.link);
        let room = block.len() - PACKET_FRAMING;
        if packet.captured > room {
            let detail = format!("A packet block says {} bytes were captured; it has room for {room}.", packet.captured);
            return self.spoil(block, "bad_packet_length", detail, offset);
        }
        self.emit(time, link, packet.original, &block[28..28 + packet.captured], offset, sink);
    }

    /// A simple packet: of the first interface, as long as the packet, the snap length and the block allow.
    fn simple<'b>(&mut self, block: &'b [u8], offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        let Some(&Some(interface)) = self.interfaces.first() else {
            return self.no_interface(0, block, offset);
        };
        let Some(room) = block.len().checked_sub(SIMPLE_FRAMING) else {
            return self.spoil(block, "bad_packet_length", "A simple packet block has no room for its length.".into(), offset);
        };
        let original = self.order.u32(block, 8);
        let limit = if interface.snaplen == 0 { usize::MAX } else { interface.snaplen as usize };
        let captured = room.min(limit).min(original as usize);
        self.emit(self.latest, interface.link, original, &block[12..12 + captured], offset, sink);
    }

    #[inline(always)]
    fn emit<'b>(&mut self, time: Timestamp, link: LinkType, wire_len: u32, bytes: &'b [u8], offset: u64, sink: &mut impl FnMut(Item<'b>)) {
        self.damage.close(sink);
        if self.packets == 0 {
            self.first = time;
        }
        self.packets += 1;
        self.numbered += 1;
        self.latest = time;
        sink(Item::Frame(Frame { number: self.numbered, time, link, wire_len, offset, bytes }));
    }

    /// A section header with a byte-order magic: its bytes may be fewer than its fields.
    fn begin_section(&mut self, block: &[u8], offset: u64) {
        self.order = section_order(block).unwrap_or(self.order);
        self.interfaces = Arc::default();
        let (major, minor) = (self.order.u16(block, 12), self.order.u16(block, 14));
        self.foreign = block.len() < SECTION_FRAMING || major != 1;
        if self.foreign {
            let detail = if block.len() < SECTION_FRAMING {
                format!("A section header has {} bytes, fewer than its fields.", block.len())
            } else {
                format!("A section is of version {major}.{minor}; 1.0 is known.")
            };
            self.spoil(block, "bad_section", detail, offset);
        }
    }

    fn add_interface(&mut self, interface: Option<Interface>) {
        if self.interfaces.len() < MAX_INTERFACES {
            Arc::make_mut(&mut self.interfaces).push(interface);
        }
    }

    /// Keeps link type and snap length of an interface for the row of the file.
    fn note(&mut self, interface: Interface) {
        self.snaplen = self.snaplen.max(interface.snaplen);
        if self.link_types.len() < MAX_LINK_TYPES && !self.link_types.contains(&interface.link) {
            Arc::make_mut(&mut self.link_types).push(interface.link);
        }
    }

    /// Counts a block as damage; the next one stands where its length says.
    #[cold]
    fn spoil(&mut self, block: &[u8], code: &'static str, detail: String, offset: u64) {
        self.damage.begin(CaptureError { code, detail, offset });
        self.damage.skip(block.len());
    }

    #[cold]
    fn no_interface(&mut self, id: usize, block: &[u8], offset: u64) {
        let detail = format!("A packet is of interface {id}; {} were described.", self.interfaces.len());
        self.spoil(block, "bad_interface", detail, offset);
    }
}
