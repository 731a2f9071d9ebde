//! The way back into a pcapng file after damage: which bytes look like a block.
//!
//! ```text
//!   damaged block          candidate                 the block behind it
//!  | type | length?? ....  | type | length ... length | type | length ... length |
//!                            known, equal lengths,      known, equal lengths as far as the window reaches
//!                            fields and time fit
//! ```

use super::super::damage::zeros;
use super::*;

/// Bytes of a block's type.
const KIND: usize = 4;

impl PcapNg {
    /// A block that is not all in the buffer.
    #[cold]
    pub(super) fn short_block(&self, kind: u32, length: usize, rest: &[u8], offset: u64, last: bool) -> Front {
        if !last {
            return Front::Need(length);
        }
        // A wrong length that leads out of the file shows in a packet block: it has far more room than the packet.
        if kind == ENHANCED_PACKET && rest.len() >= PACKET_FRAMING {
            let captured = self.packet(kind, rest).captured;
            let spare = length.checked_sub(PACKET_FRAMING).and_then(|room| room.checked_sub(captured));
            if spare.is_none_or(|spare| spare > USUAL_OPTIONS) && matches!(self.search_aligned(rest, true), Search::Found(_)) {
                let detail = format!("A packet block says it has {length} bytes, {} are left, and blocks follow.", rest.len());
                return Front::Damage(CaptureError { code: "bad_block_length", detail, offset });
            }
        }
        Front::Ends(length)
    }

    /// A block whose two lengths differ: the one behind is wrong if a block follows in its place.
    #[cold]
    pub(super) fn trailer_differs(&self, kind: u32, length: usize, behind: usize, rest: &[u8], offset: u64, last: bool) -> Front {
        let detail = format!("A block of type {kind:#x} has {length} bytes by the length in front, {behind} by that behind.");
        let error = CaptureError { code: "bad_block_trailer", detail, offset };
        let next = &rest[length..];
        if next.len() < FRAMING && !last {
            return Front::Need(length + FRAMING);
        }
        let fits = if next.len() < FRAMING { next.is_empty() } else { self.likely_header(next).is_some() };
        if fits { Front::Trailer { kind, length, error } } else { Front::Damage(error) }
    }

    /// Keeps what a block means for those behind it although its length is damaged: a section header starts a section,
    /// an interface description has a number.
    pub(super) fn mourn(&mut self, rest: &[u8]) {
        match self.order.u32(rest, 0) {
            SECTION_HEADER if section_order(rest).is_some() => {
                self.order = section_order(rest).unwrap_or(self.order);
                self.interfaces = Arc::default();
                self.foreign = false;
            }
            INTERFACE if !self.foreign => self.add_interface(None),
            _ => {}
        }
    }

    /// Goes on with the search: how many bytes were passed over to the next block, or where it stopped for want of
    /// bytes.
    pub(super) fn find(&mut self, rest: &[u8], last: bool) -> Result<usize, Cut> {
        let search = match self.lost {
            Lost::Aligned => self.search_aligned(rest, last),
            _ => self.search_anywhere(rest, last),
        };
        match search {
            Search::Found(passed) => {
                self.lost = Lost::No;
                self.damage.skip(passed);
                Ok(passed)
            }
            Search::More { passed, need } => {
                self.damage.skip(passed);
                Err(Cut { used: passed, need })
            }
            Search::Nothing if self.lost == Lost::Aligned => {
                self.lost = Lost::Anywhere;
                let passed = rest.len().min(1);
                self.damage.skip(passed);
                Ok(passed)
            }
            Search::Nothing => {
                self.lost = Lost::No;
                self.damage.skip(rest.len());
                Ok(rest.len())
            }
        }
    }

    /// Tries the multiples of 4 bytes behind the damaged block that begins `rest`. Passes over nothing, as the search
    /// may have to begin again here.
    pub(super) fn search_aligned(&self, rest: &[u8], last: bool) -> Search {
        for place in (4..=ALIGNED).step_by(4) {
            match self.likely_block(rest, place, MAX_RECORD, last) {
                Likely::No => {}
                Likely::Yes => return Search::Found(place),
                Likely::Need(need) => return Search::More { passed: 0, need },
            }
        }
        Search::Nothing
    }

    /// Tries every byte.
    fn search_anywhere(&self, rest: &[u8], last: bool) -> Search {
        let mut place = 0;
        while place < rest.len() {
            // No block is of type 0.
            let zeros = zeros(&rest[place..]);
            if zeros >= KIND {
                place += zeros - KIND + 1;
                continue;
            }
            match self.likely_block(rest, place, usize::MAX, last) {
                Likely::No => place += 1,
                Likely::Yes => return Search::Found(place),
                Likely::Need(need) => return Search::More { passed: place, need: need - place },
            }
        }
        if last { Search::Nothing } else { Search::More { passed: rest.len(), need: FRAMING } }
    }

    /// Whether a block begins at `place` that ends before `limit`. What is decided depends on the bytes of the file
    /// only, not on the buffer.
    fn likely_block(&self, rest: &[u8], place: usize, limit: usize, last: bool) -> Likely {
        let short = |need| if last { Likely::No } else { Likely::Need(need) };
        let Some(block) = rest.get(place..).filter(|block| block.len() >= FRAMING) else {
            return short(place + FRAMING);
        };
        let Some((order, kind, length)) = self.likely_header(block) else { return Likely::No };
        if place.saturating_add(length) > limit {
            return Likely::No;
        }
        if block.len() < length {
            return short(place + length);
        }
        if order.u32(block, length - 4) as usize != length || !self.likely_fields(kind, &block[..length]) {
            return Likely::No;
        }
        let next = &block[length..];
        if next.len() < FRAMING {
            // The end of the file behind a block, or a cut one, is as good as another block.
            return if last { Likely::Yes } else { Likely::Need(place + length + FRAMING) };
        }
        let Some((order, _, next_length)) = self.likely_header(next) else { return Likely::No };
        if length.saturating_add(next_length) > WINDOW {
            return Likely::Yes;
        }
        if next.len() < next_length {
            return if last { Likely::Yes } else { Likely::Need(place + length + next_length) };
        }
        if order.u32(next, next_length - 4) as usize == next_length { Likely::Yes } else { Likely::No }
    }

    /// Byte order, type and length of a block of a known type with a length that can be; `block` has 12 bytes or more.
    pub(super) fn likely_header(&self, block: &[u8]) -> Option<(Order, u32, usize)> {
        let (order, kind) = match self.order.u32(block, 0) {
            SECTION_HEADER => (section_order(block)?, SECTION_HEADER),
            kind => (self.order, kind),
        };
        let least = match kind {
            SECTION_HEADER => SECTION_FRAMING,
            INTERFACE => 20,
            PACKET | ENHANCED_PACKET => PACKET_FRAMING,
            SIMPLE_PACKET => SIMPLE_FRAMING,
            NAME_RESOLUTION | STATISTICS | JOURNAL | SECRETS | CUSTOM | CUSTOM_DO_NOT_COPY => FRAMING,
            _ => return None,
        };
        let length = order.u32(block, 4) as usize;
        (length >= least && length.is_multiple_of(4) && length <= MAX_RECORD).then_some((order, kind, length))
    }

    /// Whether a packet block fits: an interface that is there, no more bytes than room, a time near the others.
    fn likely_fields(&self, kind: u32, block: &[u8]) -> bool {
        if kind != ENHANCED_PACKET && kind != PACKET {
            return true;
        }
        let packet = self.packet(kind, block);
        let Some(interface) = self.interfaces.get(packet.interface) else { return false };
        let near = |time: Timestamp, other: Timestamp| time.0.abs_diff(other.0) <= DAY as u64;
        packet.captured <= block.len() - PACKET_FRAMING
            && interface.is_none_or(|interface| {
                let time = interface.time(packet.high, packet.low);
                self.packets == 0 || near(time, self.first) || near(time, self.latest)
            })
    }
}

/// The bytes that a block takes whose header says `said`: padded to a multiple of 4.
pub(super) fn sane_length(said: usize) -> Option<usize> {
    (FRAMING..=MAX_RECORD).contains(&said).then_some(said.next_multiple_of(4))
}
