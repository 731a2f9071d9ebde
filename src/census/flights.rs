//! How messages lie in records and segments at once, and how the server's first flight fits the initial window of TCP.

use super::Part;
use crate::row::assemble::FlowRows;
use serde::{Deserialize, Serialize};

/// Records that are told apart: 1, 2, 3, 4 or more.
pub const RECORDS: usize = 4;
/// Segments that are told apart: 1 to 7, 8 or more.
pub const SEGMENTS: usize = 8;
/// Full segments of a flight that are told apart: 1 to 15, 16 or more.
pub const FULL: usize = 16;

/// Counts over all flows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flights {
    /// Complete messages of the handshake in plain, by records, then by segments.
    pub cuts: [[u64; SEGMENTS]; RECORDS],
    /// Server's first flights by how many segments as long as the client's MSS their bytes fill, the last one begun.
    pub full: [u64; FULL],
    /// Server's first flights whose client announced no MSS, or in none was seen.
    pub unknown: u64,
}

impl Part for Flights {
    fn observe(&mut self, rows: &FlowRows) {
        for message in rows.messages.iter().filter(|message| message.layer == "handshake" && message.state == "seen") {
            let place = |count: u32, places: usize| (count.max(1) as usize - 1).min(places - 1);
            self.cuts[place(message.records, RECORDS)][place(message.segments, SEGMENTS)] += 1;
        }
        let flow = &rows.flow;
        let Some(bytes) = flow.server_flight_bytes.filter(|bytes| *bytes > 0) else { return };
        match flow.mss_client_bytes.filter(|mss| *mss > 0) {
            Some(mss) => self.full[(bytes.div_ceil(mss.into()).max(1) as usize - 1).min(FULL - 1)] += 1,
            None => self.unknown += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        let add = |ours: &mut [u64], theirs: &[u64]| ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        for (ours, theirs) in self.cuts.iter_mut().zip(&other.cuts) {
            add(ours, theirs);
        }
        add(&mut self.full, &other.full);
        self.unknown += other.unknown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::message::MessageRow;

    #[test]
    fn flights_fill_segments() {
        let mut flights = Flights::default();
        let mut flight = |bytes: u64, mss: Option<u16>| {
            let mut rows = FlowRows::default();
            rows.flow.server_flight_bytes = Some(bytes);
            rows.flow.mss_client_bytes = mss;
            flights.observe(&rows);
        };
        flight(1_460, Some(1_460));
        flight(1_461, Some(1_460));
        flight(14_600, Some(1_460));
        flight(1 << 40, Some(536));
        flight(99, None);
        flight(0, None);
        assert_eq!((flights.full[0], flights.full[1], flights.full[9], flights.full[15], flights.unknown), (1, 1, 1, 1, 1));
    }

    #[test]
    fn messages_count_by_records_and_segments() {
        let mut rows = FlowRows::default();
        for (layer, state, records, segments) in
            [("handshake", "seen", 1, 3), ("handshake", "seen", 9, 9), ("handshake", "partial", 1, 1), ("data", "seen", 1, 1)]
        {
            rows.messages.push(MessageRow { layer: layer.into(), state: state.into(), records, segments, ..MessageRow::default() });
        }
        let mut flights = Flights::default();
        flights.observe(&rows);
        assert_eq!((flights.cuts[0][2], flights.cuts[3][7]), (1, 1));
        assert_eq!(flights.cuts.iter().flatten().sum::<u64>(), 2);
    }
}
