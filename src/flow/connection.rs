//! One connection takes its segments: roles, times, flags, and the payload for whoever reads it.

use super::direction::{MAX_HELD, Payload};
use super::table::{Pressure, side};
use super::{Close, Flow, Greeting, Interest, Reader, Side, Start};
use crate::packet::{Segment, flag};

impl<R: Reader> Flow<R> {
    /// Bytes that it takes beyond what every flow does.
    pub(super) fn extras(&self) -> u64 {
        self.copies.bytes() + self.reader_holds
    }

    /// Bytes that it holds behind holes.
    pub(super) fn held(&self) -> u64 {
        self.directions.iter().map(|direction| direction.held_bytes() as u64).sum()
    }

    pub(super) fn flush(&mut self) {
        if let Some(reader) = &mut self.reader {
            for side in Side::BOTH {
                self.directions[side.index()].flush(side, &mut **reader);
            }
        }
    }

    /// Takes one segment of the flow; gives whether it was a packet that had been captured already, which only counts.
    pub(super) fn take(&mut self, segment: &Segment, payload: &[u8], pressure: Pressure) -> bool {
        let side = side(segment);
        let syn = segment.flags & flag::SYN != 0;
        let ack = segment.flags & flag::ACK != 0;
        self.directions[side.index()].packets += u64::from(segment.fragments.max(1));
        self.ip_fragments += u32::from(segment.fragments);
        let direction = &mut self.directions[side.index()];
        if self.copies.repeats(side, segment, direction.is_new(segment.seq, segment.wire_len)) {
            direction.anomalies_mut().duplicates += u32::from(segment.fragments.max(1));
            direction.bytes += u64::from(segment.wire_len);
            return true;
        }
        let first_byte = segment.seq.wrapping_add(u32::from(syn));
        if syn {
            // The connection that a RST refused, or seemed to, is tried again.
            self.reset = false;
            self.open_side(side, segment, ack, first_byte);
        }
        self.directions[side.index()].anchor(first_byte);
        if ack {
            let other = side.other().index();
            if self.syn_seen && self.client == Some(side) {
                // The SYN-ACK was lost: what answers it says where the server's bytes begin.
                self.directions[other].anchor(segment.ack);
            }
            self.fins_acknowledged[other] |= self.fins[other] && self.directions[other].is_next(segment.ack.wrapping_sub(1));
            self.directions[other].acknowledge(segment.ack);
            if !syn && self.client == Some(side) {
                self.handshake.ack(segment.time);
            }
        }
        let mss = self.directions[side.other().index()].mss.unwrap_or(0);
        self.offload |= segment.zero_length || (mss > 0 && segment.wire_len > u32::from(mss));
        if segment.wire_len > 0 && segment.flags & flag::RST == 0 {
            let payload = Payload {
                seq: first_byte,
                bytes: payload,
                wire_len: segment.wire_len,
                place: self.last,
                time: segment.time,
                mss,
                fragments: segment.fragments,
            };
            let acknowledged = ack.then_some(segment.ack);
            self.take_payload(side, payload, acknowledged, pressure);
        }
        if segment.flags & flag::RST != 0 {
            self.close.get_or_insert(Close::Rst(side));
            self.reset = true;
        } else if segment.flags & flag::FIN != 0 {
            self.close.get_or_insert(Close::Fin(side));
            self.fins[side.index()] = true;
        }
        false
    }

    /// A SYN or SYN-ACK: who is the client, the times, the MSS.
    fn open_side(&mut self, side: Side, segment: &Segment, ack: bool, first_byte: u32) {
        if ack {
            self.client.get_or_insert(side.other());
            if self.client != Some(side) {
                self.handshake.syn_ack(segment.time);
            }
            self.directions[side.index()].rebase(first_byte);
        } else {
            if *self.client.get_or_insert(side) == side {
                self.handshake.syn(segment.time);
            }
            self.syn_seen = true;
        }
        if segment.mss.is_some() {
            self.directions[side.index()].mss = segment.mss;
        }
    }

    /// Whether a segment answers bytes that the capture does not hold: in what comes then, the protocol may have begun already.
    fn answers_unseen(&self, side: Side, acknowledged: Option<u32>) -> bool {
        let other = side.other().index();
        // A FIN takes a number, too.
        acknowledged.is_some_and(|ack| self.directions[other].lacks(ack.wrapping_sub(u32::from(self.fins[other]))))
    }

    /// `acknowledged` is the number up to which the sender has the other side's bytes.
    fn take_payload(&mut self, side: Side, payload: Payload<'_>, acknowledged: Option<u32>, pressure: Pressure) {
        if self.reader.as_ref().is_none_or(|reader| reader.interest() == Interest::Undecided) {
            let first = self.directions.iter().all(|direction| direction.segments == 0);
            // A first segment behind a hole is held until what comes before it tells what it is.
            let behind_hole = first && !self.directions[side.index()].is_next(payload.seq);
            let side_first = self.directions[side.index()].segments == 0;
            let midway = !self.syn_seen || self.answers_unseen(side, acknowledged);
            let start = R::starts(payload.bytes, if self.reader.is_none() { first } else { side_first }, midway);
            if start != Start::Own && !behind_hole && (side_first || self.reader.is_none()) {
                self.greetings[side.index()].keep(payload.bytes);
            }
            if self.reader.is_none() && start == Start::No && !behind_hole {
                self.directions[side.index()].count(payload);
                return;
            }
            if self.reader.is_none() && start == Start::Own && self.directions[side.index()].rewind(payload.seq) {
                self.greetings[side.index()] = Greeting::default();
            }
            self.reader.get_or_insert_default();
        }
        let direction = &mut self.directions[side.index()];
        if let Some(reader) = &mut self.reader {
            direction.take(side, payload, MAX_HELD >> pressure.held, &mut **reader);
            self.reader_holds = reader.held();
            if reader.interest() == Interest::Not {
                self.reader = None;
                self.reader_holds = 0;
                for direction in &mut self.directions {
                    direction.release();
                }
            }
        }
    }
}
