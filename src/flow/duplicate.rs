//! Packets that were captured twice: by a mirror port that copies them on their way in and out, by two interfaces, before
//! and behind a router.
//!
//! ```text
//!  a copy            same IP id, same TCP header, soon after; another VLAN, TTL or tunnel
//!  a retransmission  another IP id, other timestamps (as a rule), at least a round trip or 200 ms later
//!  duplicate ACKs    another IP id each, microseconds apart
//! ```
//!
//! With an IP identification that is not 0 the packet has a number of its own, which hosts do not use again for a
//! retransmission: the same within [`NUMBERED`] is the same packet. Without one (IPv6, and hosts that leave it 0 in packets
//! that must not be fragmented, RFC 6864 section 4.1) only time tells: [`PLAIN`] is less than a retransmission takes but on a
//! link whose round trip is shorter still, and there timestamps differ, as a rule; where numbered packets of the connection
//! were seen to come twice, it is as long as these took. Bare ACKs and RSTs without identification are never taken for
//! copies: hosts send equal ones within microseconds, and nothing follows from a copy of one. Neither is what brings
//! bytes that were not seen.
//!
//! Only the last few segments of a direction are remembered; more, once one packet of the connection came twice, as then
//! all do.

use super::Side;
use crate::packet::{Segment, flag};

/// Segments of a direction that a new one is compared with.
const FEW: usize = 3;
/// The same in a connection that was captured twice: the copies of a burst come behind it.
const MANY: usize = 64;
/// Within which time a packet with an identification is a copy, in units of 2^20 ns: 0.1 s, half of the shortest retransmission
/// time-out in wide use (200 ms; RFC 6298 section 2.4 has 1 s).
const NUMBERED: u16 = 95;
/// The same without one: 1 to 2 ms.
const PLAIN: u16 = 1;

/// What is remembered of a connection's segments.
#[derive(Debug, Default)]
pub(super) struct Copies {
    few: [Recent<FEW>; 2],
    many: Option<Box<Many>>,
}

/// The same once a packet came twice.
#[derive(Debug)]
struct Many {
    sides: [Recent<MANY>; 2],
    /// The longest that a copy with an identification took, and a unit more; 0 before the first one.
    delay: u16,
}

impl Copies {
    /// Whether a segment is the copy of one before it; if not, it is remembered. `new` says that it brings bytes that were not seen.
    #[inline]
    pub fn repeats(&mut self, side: Side, segment: &Segment, new: bool) -> bool {
        let bare = segment.wire_len == 0 && segment.flags & (flag::SYN | flag::FIN) == 0;
        if bare && !segment.numbered {
            return false;
        }
        let now = (segment.time.0 >> 20) as u16;
        let delay = self.many.as_ref().map_or(0, |many| many.delay);
        let limit = if segment.numbered { NUMBERED } else { PLAIN.max(delay) };
        let side = side.index();
        let found = match &self.many {
            _ if new => None,
            None => self.few[side].find(segment.digest, now),
            Some(many) => many.sides[side].find(segment.digest, now),
        };
        match found.filter(|distance| *distance <= limit) {
            Some(distance) => self.found(segment, distance),
            None => match &mut self.many {
                None => self.few[side].keep(segment.digest, now),
                Some(many) => many.sides[side].keep(segment.digest, now),
            },
        }
        found.is_some_and(|distance| distance <= limit)
    }

    /// A word of it, to have it in the cache.
    pub fn touch(&self) -> u64 {
        u64::from(self.few[1].digests[0])
    }

    #[cold]
    fn found(&mut self, segment: &Segment, distance: u16) {
        let few = &self.few;
        let many = self.many.get_or_insert_with(|| Box::new(Many { sides: [few[0].widened(), few[1].widened()], delay: 0 }));
        if segment.numbered {
            many.delay = many.delay.max(distance + 1);
        }
    }

    /// Bytes that it takes besides its own size.
    pub fn bytes(&self) -> u64 {
        self.many.as_ref().map_or(0, |many| size_of_val(&**many) as u64)
    }
}

/// Digests of the last segments of a direction and their times, which go round after 68 s.
#[derive(Debug)]
struct Recent<const N: usize> {
    digests: [u32; N],
    times: [u16; N],
    next: u8,
}

impl<const N: usize> Default for Recent<N> {
    fn default() -> Self {
        Recent { digests: [0; N], times: [0; N], next: 0 }
    }
}

impl<const N: usize> Recent<N> {
    /// How far from `now` the nearest segment with this digest lies; before or behind it, as two interfaces may record a
    /// packet and its copy in either order.
    fn find(&self, digest: u32, now: u16) -> Option<u16> {
        if !self.digests.contains(&digest) {
            return None;
        }
        let same = self.digests.iter().zip(self.times).filter(|(own, _)| **own == digest);
        same.map(|(_, time)| (now.wrapping_sub(time) as i16).unsigned_abs()).min()
    }

    fn keep(&mut self, digest: u32, now: u16) {
        let at = usize::from(self.next);
        (self.digests[at], self.times[at]) = (digest, now);
        self.next = if at + 1 == N { 0 } else { self.next + 1 };
    }

    /// The same with more room.
    fn widened<const M: usize>(&self) -> Recent<M> {
        let mut wide = Recent::default();
        for (digest, time) in self.digests.iter().zip(self.times) {
            wide.keep(*digest, time);
        }
        wide
    }
}
