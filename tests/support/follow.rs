//! Packets through the stages from `packet` to `row`, on one lane and without files.

use super::capture::Packet;
use tlscensus::capture::Frame;
use tlscensus::flow::hash::HashKey;
use tlscensus::flow::table::{BlockFacts, Lane, Pressure, Sink};
use tlscensus::flow::{End, Flow, FramePlace, Interest, Reader};
use tlscensus::packet::{Found, dissect};
use tlscensus::row::assemble::{FlowRows, Origin, assemble};
use tlscensus::time::Timestamp;
use tlscensus::tls::Session;

/// Follows packets, the first of which is frame 1; gives the TLS flows in the order of their first packets.
pub fn follow(packets: &[Packet]) -> Vec<FlowRows> {
    follow_and_weigh(packets).0
}

/// The same, and the bytes that the flows take when the last packet has come.
pub fn follow_and_weigh(packets: &[Packet]) -> (Vec<FlowRows>, u64) {
    let key = HashKey::fixed(1, 2);
    let mut lane: Lane<Session> = Lane::new(key);
    let mut rows = Rows(Vec::new());
    let latest = packets.iter().map(|packet| packet.time).max();
    let block = BlockFacts { file: 0, turn: 0, side_by_side: None, latest, pressure: Pressure::default() };
    lane.begin(&block, &mut rows);
    for (index, Packet { time, link, wire_len, bytes }) in packets.iter().enumerate() {
        let frame = Frame { number: index as u64 + 1, time: *time, link: *link, wire_len: *wire_len, offset: 0, bytes };
        dissect(&frame, &mut |found| {
            if let Found::Segment(segment, path) = found {
                let payload = &bytes[segment.payload_at as usize..][..segment.payload_len as usize];
                lane.follow(lane.look_up(key.hash(&segment.key)), &segment, payload, Some(&path), &block, &mut rows);
            }
        });
    }
    lane.end(&block);
    let weight = lane.load().flows;
    lane.finish(&mut rows);
    rows.0.sort_by_key(|rows| rows.flow.first_frame);
    (rows.0, weight)
}

/// The same for packets that hold one TLS flow.
pub fn follow_one(packets: &[Packet]) -> FlowRows {
    let mut flows = follow(packets);
    assert_eq!(flows.len(), 1, "not one TLS flow");
    flows.remove(0)
}

struct Rows(Vec<FlowRows>);

impl Sink<Session> for Rows {
    fn appeared(&mut self, _: FramePlace) {}

    fn duplicate(&mut self, _: FramePlace, _: u16) {}

    fn late(&mut self, _: FramePlace, _: u32) {}

    fn ended(&mut self, mut flow: Flow<Session>, end: End, latest: Timestamp) {
        let Some(mut session) = flow.reader.take().filter(|session| session.interest() == Interest::Found) else { return };
        session.finish();
        let origin = Origin { captures: &["c0".into()], series_id: &"s0".into() };
        self.0.push(assemble(&(&flow).into(), &mut session.seen, end, latest, origin));
    }
}
