//! The classic format: a file header of 24 bytes, then packet records without any mark between them.
//!
//! ```text
//!   0       4       6       8          16        20
//!  | magic | major | minor | reserved | snaplen | FCS bits and link type |
//!
//!   0         4          8          12         16
//!  | seconds | fraction | captured | original | captured bytes ...
//!  | seconds | fraction | captured | original | 4, 8 or 12 bytes | captured bytes ...    as `layout` says
//! ```
//!
//! A file whose second record does not stand where the usual layout has it, but where another one with the same magic
//! number does, has that layout. One record alone tells nothing: it is read as the usual layout.
//!
//! Sources: draft-ietf-opsawg-pcap; the manual page pcap-savefile(5); the LINKTYPE registry at tcpdump.org. What older
//! writers did is as the readers of the tcpdump group and Wireshark treat it:
//!
//! - Versions below 2.3, and 543.0, have the two lengths in the other order; 2.3 where they make sense only so.
//! - A captured length above the snap length, or above the original length, is taken as it stands.
//! - The largest captured length that is believed is the snap length or 262,144 bytes, whichever is more.
//! - Of the link-type word the low 16 bits are the link type. The FCS bits above do not matter here; the reserved bits
//!   among them (`03ff0000`) must be 0, or the file is refused.
//! - Seconds are unsigned. A fraction of a second and more is carried into the seconds.
//!
//! Damage: a header is not believed when its captured length is above that bound, when it is all zeros (a hole), or
//! when it says that more was captured than there was and something else is wrong too. From there on every byte is
//! tried as the start of a chain of records.

use super::damage::{Damage, Likely, Search, zeros};
use super::{Cut, Frame, Item, Layout, LinkType, MAX_RECORD, Order, hex};
use crate::error::CaptureError;
use crate::time::Timestamp;
use pcap_parser::parse_pcap_header;

/// Bytes of the file header, as far as it is the same in every layout.
const FILE_HEADER: usize = 24;
/// Bytes of the four fields that every record header begins with.
const FIELDS: usize = 16;
/// Bytes of the longest packet header.
const LONGEST_HEADER: usize = 28;
/// The captured length that every reader allows, whatever the snap length says.
const USUAL_LIMIT: u32 = 262_144;
/// Records that make a chain.
const CHAIN: usize = 4;
/// Records that make a chain where the file ends behind them, or the window.
const SHORT_CHAIN: usize = 2;
/// How far a chain is followed beyond its second record, in bytes.
const WINDOW: usize = 1 << 20;
/// How far apart in time the records of a chain may be, in seconds.
const DAY: u32 = 86_400;

/// The state of cutting a classic capture file.
#[derive(Debug, Clone)]
pub(super) struct Pcap {
    order: Order,
    layout: Layout,
    /// Bytes of a packet header.
    size: usize,
    lengths: Lengths,
    link: LinkType,
    snaplen: u32,
    /// Largest captured length that is believed.
    bound: u32,
    packets: u64,
    /// Seconds of the first and of the latest frame: what the time of a record is held against after damage.
    first: u32,
    latest: u32,
    damage: Damage,
    /// Searching for the next record.
    lost: bool,
}

/// Which of the two lengths of a record comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lengths {
    CapturedFirst,
    OriginalFirst,
    SmallerIsCaptured,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    seconds: u32,
    fraction: u32,
    captured: u32,
    original: u32,
}

/// What to make of a header that is odd.
enum Verdict {
    Believe,
    Need(usize),
    Damage(CaptureError),
}

impl Pcap {
    /// Reads the file header, and the first records where they decide about the layout. `layout` is what the magic says.
    pub(super) fn open(head: &[u8], layout: Layout, order: Order) -> Result<Pcap, CaptureError> {
        let fail = |code, detail, offset| Err(CaptureError { code, detail, offset });
        let size = layout.file_header();
        let (Some(&(mut raw)), true) = (head.first_chunk::<FILE_HEADER>(), head.len() >= size) else {
            let detail = format!("The file ends after {} bytes; its header has {size}.", head.len());
            return fail("cut_header", detail, 0);
        };
        // The parser does not know every magic, and the rest of the header is the same.
        raw[..4].copy_from_slice(&if order == Order::Big { 0xa1b2_c3d4_u32.to_be_bytes() } else { 0xa1b2_c3d4_u32.to_le_bytes() });
        let Ok((_, header)) = parse_pcap_header(&raw) else {
            return fail("bad_magic", format!("The file header begins with {}.", hex(head)), 0);
        };
        let (major, minor) = (header.version_major, header.version_minor);
        let lengths = match (major, minor) {
            (2, 0..=2) | (543, 0) => Lengths::OriginalFirst,
            (2, 3) => Lengths::SmallerIsCaptured,
            (2, _) => Lengths::CapturedFirst,
            _ => return fail("bad_version", format!("The version is {major}.{minor}; 2.0 to 2.4 are known."), 4),
        };
        let word = header.network.0 as u32;
        if word & 0x03ff_0000 != 0 {
            let detail = format!("The link-type word is {word:#010x}: bits are set that are reserved.");
            return fail("bad_link_type", detail, 20);
        }
        let link = LinkType(word as u16);
        let aix = Layout::aix(link).filter(|_| layout == Layout::Micro && (major, minor) == (2, 2));
        let layout = if aix.is_some() { Layout::Aix } else { layout };
        let pcap = Pcap {
            order,
            layout,
            size: layout.packet_header(),
            lengths,
            link: aix.unwrap_or(link),
            snaplen: header.snaplen,
            bound: header.snaplen.clamp(USUAL_LIMIT, (MAX_RECORD - LONGEST_HEADER) as u32),
            packets: 0,
            first: 0,
            latest: 0,
            damage: Damage::default(),
            lost: false,
        };
        // The variants without a magic of their own have version 2.4.
        Ok(if (major, minor) == (2, 4) { pcap.settle(&head[size..]) } else { pcap })
    }

    /// Takes the layout by which the second record is one, if that is not the usual one.
    fn settle(self, records: &[u8]) -> Pcap {
        let fits = |pcap: &Pcap| {
            let second = pcap.header(records).and_then(|first| records.get(pcap.size + first.captured as usize..));
            second.is_some_and(|second| second.len() >= pcap.size && pcap.chain(records, 0, true, SHORT_CHAIN) == Likely::Yes)
        };
        if self.layout.others().is_empty() || fits(&self) {
            return self;
        }
        let others = self.layout.others().iter().map(|layout| Pcap { layout: *layout, size: layout.packet_header(), ..self.clone() });
        others.into_iter().find(fits).unwrap_or(self)
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) fn link_types(&self) -> &[LinkType] {
        std::slice::from_ref(&self.link)
    }

    pub(super) fn snaplen(&self) -> u32 {
        self.snaplen
    }

    /// See [`super::Cutter::cut`].
    pub(super) fn cut<'b>(&mut self, buf: &'b [u8], at: u64, last: bool, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let size = self.size;
        let mut used = 0;
        loop {
            let rest = &buf[used..];
            if self.lost {
                match self.search(rest, last) {
                    Search::Found(passed) => {
                        self.damage.skip(passed);
                        self.damage.close(sink);
                        self.lost = false;
                        used += passed;
                    }
                    Search::More { passed, need } => {
                        self.damage.skip(passed);
                        return Cut { used: used + passed, need };
                    }
                    Search::Nothing => {
                        self.damage.skip(rest.len());
                        self.damage.close(sink);
                        self.lost = false;
                        return Cut { used: buf.len(), need: 0 };
                    }
                }
                continue;
            }
            let offset = at + used as u64;
            let Some(header) = self.header(rest) else {
                return match (rest.len(), last) {
                    (0, _) => Cut { used, need: 0 },
                    (_, false) => Cut { used, need: size },
                    (there, true) => self.end_inside(there, size, offset, buf.len(), sink),
                };
            };
            // One look for the hot path: a length of 0, above the bound, or above the original is odd.
            if header.captured.wrapping_sub(1) >= self.bound || header.captured > header.original {
                match self.judge(header, rest, offset, last) {
                    Verdict::Believe => {}
                    Verdict::Need(need) => return Cut { used, need },
                    Verdict::Damage(error) => {
                        self.damage.begin(error);
                        self.damage.skip(1);
                        self.lost = true;
                        used += 1;
                        continue;
                    }
                }
            }
            let whole = size + header.captured as usize;
            let Some(bytes) = rest.get(size..whole) else {
                if last {
                    return self.end_inside(rest.len(), whole, offset, buf.len(), sink);
                }
                return Cut { used, need: whole };
            };
            if self.packets == 0 {
                self.first = header.seconds;
            }
            self.packets += 1;
            self.latest = header.seconds;
            sink(Item::Frame(Frame {
                number: self.packets,
                time: self.time(header),
                link: self.link,
                wire_len: header.original,
                offset,
                bytes,
            }));
            used += whole;
        }
    }

    /// Reports that the file ends inside a record.
    fn end_inside<'b>(&mut self, there: usize, whole: usize, offset: u64, used: usize, sink: &mut impl FnMut(Item<'b>)) -> Cut {
        let detail = format!("The file ends inside a packet record: it has {whole} bytes or more, {there} are there.");
        self.damage.begin(CaptureError { code: "cut_packet", detail, offset });
        self.damage.skip(there);
        self.damage.close(sink);
        Cut { used, need: 0 }
    }

    /// The record header at the front of `bytes`; `None` if it is not all there.
    #[inline(always)]
    fn header(&self, bytes: &[u8]) -> Option<Header> {
        if bytes.len() < self.size {
            return None;
        }
        let raw: &[u8; 16] = bytes.first_chunk()?;
        let word = |at| self.order.u32(raw, at);
        let (first, second) = (word(8), word(12));
        let (captured, original) = match self.lengths {
            Lengths::CapturedFirst => (first, second),
            Lengths::OriginalFirst => (second, first),
            Lengths::SmallerIsCaptured => (first.min(second), first.max(second)),
        };
        Some(Header { seconds: word(0), fraction: word(4), captured, original })
    }

    #[inline(always)]
    fn time(&self, header: Header) -> Timestamp {
        Timestamp::from_parts(i64::from(header.seconds), i64::from(header.fraction) * i64::from(self.layout.unit()))
    }

    /// Fractions in a second.
    fn limit(&self) -> u32 {
        1_000_000_000 / self.layout.unit()
    }

    /// Decides about a header that is odd: see the head of this file.
    #[cold]
    fn judge(&self, header: Header, rest: &[u8], offset: u64, last: bool) -> Verdict {
        let Header { seconds, fraction, captured, original } = header;
        let damage = |code, detail| Verdict::Damage(CaptureError { code, detail, offset });
        if captured > self.bound {
            let detail = format!("A packet record says {captured} bytes were captured; at most {} can be.", self.bound);
            return damage("bad_packet_length", detail);
        }
        if seconds == 0 && fraction == 0 && captured == 0 && original == 0 {
            return damage("zero_header", "A packet header is all zeros.".into());
        }
        if captured <= original {
            return Verdict::Believe;
        }
        // More captured than there was: some writers do so. It must fit in otherwise.
        let detail = format!("A packet record says {captured} bytes were captured of {original}, and ");
        if fraction >= self.limit() {
            return damage("bad_packet_header", detail + &format!("its fraction of a second is {fraction}."));
        }
        let size = self.size;
        let whole = size + captured as usize;
        if let Some(next) = rest.get(whole..).and_then(|next| self.header(next)) {
            if next.captured > self.bound {
                return damage("bad_packet_length", detail + "no record follows it.");
            }
        } else if !last {
            return Verdict::Need(whole + size);
        } else if rest.len() < whole && matches!(self.search(&rest[1..], true), Search::Found(_)) {
            return damage("bad_packet_length", detail + "the file ends before, but other records follow.");
        }
        Verdict::Believe
    }

    /// Looks for the next place where a chain of records begins.
    #[cold]
    fn search(&self, rest: &[u8], last: bool) -> Search {
        let size = self.size;
        let mut place = 0;
        while place < (rest.len() + 1).saturating_sub(size) {
            // A header that is all zeros is none, wherever in them it begins.
            let zeros = zeros(&rest[place..]);
            if zeros >= FIELDS {
                place += zeros - FIELDS + 1;
                continue;
            }
            match self.chain(rest, place, last, CHAIN) {
                Likely::No => place += 1,
                Likely::Yes => return Search::Found(place),
                Likely::Need(need) => return Search::More { passed: place, need: need - place },
            }
        }
        if last {
            return Search::Nothing;
        }
        Search::More { passed: (rest.len() + 1).saturating_sub(size), need: size }
    }

    /// Whether a chain of `links` plausible records begins at `start`; or of two and more that reach to the end of the
    /// file, or out of the window. What is decided depends on the bytes of the file only, not on the buffer.
    fn chain(&self, rest: &[u8], start: usize, last: bool, links: usize) -> Likely {
        let size = self.size;
        let mut place = start;
        let mut times = (self.packets > 0).then_some((self.first, self.latest));
        for records in 0..links {
            if records >= SHORT_CHAIN && place - start > WINDOW {
                return Likely::Yes;
            }
            let Some(header) = rest.get(place..).and_then(|bytes| self.header(bytes)) else {
                return match last {
                    false => Likely::Need(place + size),
                    true if records >= SHORT_CHAIN => Likely::Yes,
                    true => Likely::No,
                };
            };
            let Header { seconds, fraction, captured, original } = header;
            let sane = captured.wrapping_sub(1) < self.bound
                && captured <= original
                && original <= MAX_RECORD as u32
                && fraction < self.limit()
                && times.is_none_or(|(one, other)| seconds.abs_diff(one) <= DAY || seconds.abs_diff(other) <= DAY);
            if !sane {
                return Likely::No;
            }
            times = Some((seconds, seconds));
            place += size + captured as usize;
        }
        Likely::Yes
    }
}
