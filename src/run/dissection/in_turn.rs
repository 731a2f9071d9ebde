//! A block followed in pieces, as far as its turn goes: for files that are merged by time.

use super::{Dissection, Reassembled, follow_segments};
use crate::flow::table::{BlockFacts, Lane};
use crate::ledger::Place;
use crate::packet::defrag::Defragmenter;
use crate::run::collect::Collector;
use crate::time::Timestamp;
use crate::tls::Session;

/// How far a block was followed: the next segment and the next fragment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reached {
    segment: usize,
    fragment: usize,
}

impl Dissection {
    /// The time of what is next; none at the block's end.
    pub fn next_time(&self, reached: Reached) -> Option<Timestamp> {
        let segment = self.lanes[0].get(reached.segment).map(|(_, segment)| (segment.frame, segment.time));
        let fragment = self.fragments.get(reached.fragment).map(|fragment| (fragment.frame, fragment.time));
        let next = match (segment, fragment) {
            (Some(segment), Some(fragment)) => Some(if fragment.0 < segment.0 { fragment } else { segment }),
            (segment, fragment) => segment.or(fragment),
        };
        next.map(|(_, time)| time)
    }

    /// Lets the only lane follow what is next, as long as `goes_on` says so of its time. Gives how far it came, and the
    /// latest time on the way.
    #[allow(clippy::too_many_arguments)]
    pub fn follow_while(
        &self,
        mut reached: Reached,
        goes_on: impl Fn(Timestamp) -> bool,
        lane: &mut Lane<Session>,
        defragmenter: &mut Defragmenter,
        block: &BlockFacts,
        bytes: &[u8],
        collector: &mut Collector<'_>,
    ) -> (Reached, Option<Timestamp>) {
        let mut latest = None;
        loop {
            let rest = &self.lanes[0][reached.segment..];
            let fragment = self.fragments.get(reached.fragment);
            let until = fragment.map_or(u64::MAX, |fragment| fragment.frame);
            let count = rest.iter().take_while(|(_, segment)| segment.frame <= until && goes_on(segment.time)).count();
            follow_segments(&rest[..count], bytes, &self.paths, lane, block, collector);
            latest = latest.max(rest[..count].iter().map(|(_, segment)| segment.time).max());
            reached.segment += count;
            let is_next = rest.get(count).is_none_or(|(_, segment)| segment.frame > until);
            let Some(fragment) = fragment.filter(|fragment| is_next && goes_on(fragment.time)) else { return (reached, latest) };
            let place = Place { capture: self.capture as u32, frame: fragment.frame, offset: u64::from(fragment.offset) };
            let data = bytes.get(fragment.at as usize..).and_then(|rest| rest.get(..fragment.len as usize)).unwrap_or_default();
            let mut whole = Reassembled::default();
            whole.take(defragmenter, lane.key(), fragment, data, place, &mut collector.collected.ledger);
            follow_segments(&whole.segments, &whole.bytes, &whole.paths, lane, block, collector);
            latest = latest.max(Some(fragment.time));
            reached.fragment += 1;
        }
    }
}
