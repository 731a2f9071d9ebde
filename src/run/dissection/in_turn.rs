//! A block followed in pieces, as far as its turn goes: for files that are merged by time.

use super::{Dissection, Lanes, Reassembled, part};
use crate::flow::table::BlockFacts;
use crate::ledger::Place;
use crate::packet::defrag::Defragmenter;
use crate::run::collect::Collector;
use crate::time::Timestamp;

/// How far a block was followed: the next segment, datagram and fragment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reached {
    segment: usize,
    datagram: usize,
    fragment: usize,
}

impl Dissection {
    /// The time of what is next; none at the block's end.
    pub fn next_time(&self, reached: Reached) -> Option<Timestamp> {
        let segment = self.lanes[0].get(reached.segment).map(|(_, segment)| (segment.frame, segment.time));
        let datagram = self.datagrams[0].get(reached.datagram).map(|(_, datagram)| (datagram.frame, datagram.time));
        let fragment = self.fragments.get(reached.fragment).map(|fragment| (fragment.frame, fragment.time));
        [segment, datagram, fragment].into_iter().flatten().min().map(|(_, time)| time)
    }

    /// Lets the only lane follow what is next, as long as `goes_on` says so of its time. Gives how far it came, and the
    /// latest time on the way.
    #[allow(clippy::too_many_arguments)]
    pub fn follow_while(
        &self,
        mut reached: Reached,
        goes_on: impl Fn(Timestamp) -> bool,
        lanes: &mut Lanes,
        defragmenter: &mut Defragmenter,
        block: &BlockFacts,
        bytes: &[u8],
        collector: &mut Collector<'_>,
    ) -> (Reached, Option<Timestamp>) {
        let mut latest = None;
        loop {
            let fragment = self.fragments.get(reached.fragment);
            let until = fragment.map_or(u64::MAX, |fragment| fragment.frame);
            let rest = &self.lanes[0][reached.segment..];
            let count = rest.iter().take_while(|(_, segment)| segment.frame <= until && goes_on(segment.time)).count();
            let (segments, rest) = rest.split_at(count);
            lanes.take(segments, bytes, &self.paths, block, collector);
            latest = latest.max(segments.iter().map(|(_, segment)| segment.time).max());
            reached.segment += count;
            let rest_datagrams = &self.datagrams[0][reached.datagram..];
            let count = rest_datagrams.iter().take_while(|(_, datagram)| datagram.frame <= until && goes_on(datagram.time)).count();
            let (datagrams, rest_datagrams) = rest_datagrams.split_at(count);
            lanes.take_datagrams(datagrams, bytes, &self.paths, block, collector);
            latest = latest.max(datagrams.iter().map(|(_, datagram)| datagram.time).max());
            reached.datagram += count;
            let is_next = rest.first().is_none_or(|(_, segment)| segment.frame > until)
                && rest_datagrams.first().is_none_or(|(_, datagram)| datagram.frame > until);
            let Some(fragment) = fragment.filter(|fragment| is_next && goes_on(fragment.time)) else { return (reached, latest) };
            let place = Place { capture: self.capture as u32, frame: fragment.frame, offset: u64::from(fragment.offset) };
            let data = part(bytes, fragment.at, fragment.len);
            let mut whole = Reassembled::default();
            whole.take(defragmenter, lanes.segments.key(), fragment, data, place, &mut collector.collected.ledger);
            lanes.take(&whole.segments, &whole.bytes, &whole.paths, block, collector);
            lanes.take_datagrams(&whole.datagrams, &whole.bytes, &whole.paths, block, collector);
            latest = latest.max(Some(fragment.time));
            reached.fragment += 1;
        }
    }
}
