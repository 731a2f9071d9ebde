//! The records of a session: where each begins and ends, and how its fragment is read.

use super::super::message::{Content, Message, State, handshake};
use super::super::record::{self, Header, content};
use super::super::span::Span;
use super::{Place, Reading, Row, Session};
use crate::flow::{Chunk, FramePlace, Side};

impl Session {
    pub(super) fn take_header(&mut self, chunk: Chunk<'_>) -> usize {
        let direction = &mut self.directions[chunk.side.index()];
        let used = (record::HEADER - direction.header_len).min(chunk.bytes.len());
        direction.header[direction.header_len..][..used].copy_from_slice(&chunk.bytes[..used]);
        if direction.header_len == 0 {
            direction.header_span = Span::default();
            direction.header_span.record();
        }
        direction.header_span.carry(chunk.carrier, chunk.at, used as u32);
        direction.header_len += used;
        direction.latest = direction.latest.max((chunk.carrier.place, chunk.carrier.time));
        if direction.header_len == record::HEADER {
            match Header::read(direction.header) {
                Some(header) => self.begin_record(chunk.side, header, chunk.offset + used as u64),
                None => {
                    let confirmed = self.seen.records[0].all + self.seen.records[1].all > 1 || self.seen.facts.client.is_some();
                    self.failed |= !confirmed;
                    self.lose(chunk.side);
                    // Nothing in this segment can be trusted any more.
                    return chunk.bytes.len();
                }
            }
        }
        used
    }

    pub(super) fn begin_record(&mut self, side: Side, header: Header, fragment_at: u64) {
        let records = &mut self.seen.records[side.index()];
        records.all += 1;
        records.application_data += u64::from(header.kind == content::APPLICATION_DATA);
        self.end_flight(side.other());
        let first = self.directions[side.index()].header_span.first;
        if self.flight_open && self.seen.facts.client == Some(side) {
            self.turn.get_or_insert(first);
        }
        let in_flight = self.in_flight(side, first);
        let is_tls13 = self.seen.facts.is_tls13();
        let server_spoke = self.seen.facts.server_hello.is_some();
        let direction = &mut self.directions[side.index()];
        // ChangeCipherSpec hides what follows; in TLS 1.3 it means nothing (RFC 8446 appendix D.4).
        let protected = direction.changed_cipher && !is_tls13;
        direction.reading = match header.kind {
            content::HANDSHAKE if protected => Reading::Opaque(Row::EncryptedHandshake),
            content::HANDSHAKE => Reading::Handshake,
            content::CHANGE_CIPHER_SPEC => Reading::Opaque(Row::ChangeCipherSpec),
            content::ALERT if !protected && header.len == 2 => Reading::Alert,
            content::ALERT => Reading::Opaque(Row::EncryptedAlert),
            content::HEARTBEAT if !protected => Reading::Opaque(Row::Heartbeat),
            content::APPLICATION_DATA if is_tls13 && server_spoke && !direction.flight_over => Reading::Flight,
            content::APPLICATION_DATA if !direction.data_seen => Reading::Opaque(Row::ApplicationData),
            _ => Reading::Skip,
        };
        if direction.message.is_open() && direction.reading != Reading::Handshake {
            self.abandon_message(side);
        }
        let direction = &mut self.directions[side.index()];
        direction.record = header;
        direction.record_messages = self.seen.messages.len();
        direction.left = usize::from(header.len);
        direction.place = Place::Fragment;
        direction.span = Span::default();
        match direction.reading {
            Reading::Handshake if direction.message.is_open() => direction.message.span.join(&direction.header_span),
            Reading::Opaque(_) | Reading::Alert => direction.span = direction.header_span,
            Reading::Flight => {
                direction.span = direction.flight.take().unwrap_or_default();
                direction.span.join(&direction.header_span);
                let start = fragment_at - record::HEADER as u64;
                direction.span.extend(start, record::HEADER as u64);
            }
            _ => {}
        }
        direction.record_gap = false;
        // Of the handshake's records the header counts: with the first byte behind it, as that may be missing, or at once where
        // what it is part of has begun.
        direction.header_counted = direction.message.is_open() || direction.reading == Reading::Flight;
        if direction.header_counted {
            self.seen.handshake[side.index()].join(&direction.header_span);
        }
        if in_flight {
            self.seen.server_flight.join(&direction.header_span);
            self.seen.server_flight.extend(fragment_at - record::HEADER as u64, record::HEADER as u64);
        }
        if self.directions[side.index()].left == 0 {
            self.end_record(side);
        }
    }

    /// Whether a segment belongs to the server's first flight.
    pub(super) fn in_flight(&self, side: Side, place: FramePlace) -> bool {
        self.flight_open && self.seen.facts.client != Some(side) && self.turn.is_none_or(|turn| place < turn)
    }

    pub(super) fn take_fragment(&mut self, chunk: Chunk<'_>) -> usize {
        let side = chunk.side;
        let direction = &mut self.directions[side.index()];
        let used = direction.left.min(chunk.bytes.len());
        let bytes = &chunk.bytes[..used];
        if direction.reading.is_handshake() {
            let handshake = &mut self.seen.handshake[side.index()];
            if !std::mem::replace(&mut direction.header_counted, true) {
                handshake.join(&direction.header_span);
            }
            handshake.carry(chunk.carrier, chunk.at, used as u32);
        }
        direction.left -= used;
        direction.latest = direction.latest.max((chunk.carrier.place, chunk.carrier.time));
        match direction.reading {
            Reading::Skip => {}
            Reading::Handshake => self.take_handshake(Chunk { bytes, ..chunk }),
            Reading::Alert | Reading::Opaque(_) | Reading::Flight => {
                let before = usize::from(direction.record.len) - direction.left - used;
                for (place, byte) in direction.head.iter_mut().skip(before).zip(bytes) {
                    *place = *byte;
                }
                direction.span.carry(chunk.carrier, chunk.at, used as u32);
                direction.span.extend(chunk.offset, used as u64);
            }
        }
        if self.in_flight(side, chunk.carrier.place) {
            self.seen.server_flight.carry(chunk.carrier, chunk.at, used as u32);
            self.seen.server_flight.extend(chunk.offset, used as u64);
        }
        if self.directions[side.index()].left == 0 {
            self.end_record(side);
        }
        used
    }

    /// Passes over missing bytes of the current record.
    pub(super) fn skip_fragment(&mut self, side: Side, offset: u64, missing: usize) {
        let direction = &mut self.directions[side.index()];
        direction.left -= missing;
        direction.record_gap = true;
        match direction.reading {
            Reading::Skip | Reading::Opaque(_) | Reading::Flight => direction.span.extend(offset, missing as u64),
            Reading::Alert => direction.reading = Reading::Opaque(Row::EncryptedAlert),
            Reading::Handshake => {
                let inside = direction.message.remaining().map_or(0, |remaining| remaining.min(missing));
                if direction.message.skip(offset, inside) {
                    self.end_skipped(side);
                }
                if inside < missing {
                    self.abandon_message(side);
                    self.directions[side.index()].reading = Reading::Skip;
                }
            }
        }
        if self.directions[side.index()].left == 0 {
            self.end_record(side);
        }
    }

    pub(super) fn end_record(&mut self, side: Side) {
        let tls13_finished = self.finished_len();
        let is_client = self.seen.facts.client == Some(side);
        let direction = &mut self.directions[side.index()];
        let gap = direction.record_gap;
        direction.place = Place::Header;
        direction.header_len = 0;
        // A record is read as a whole, and in order: what ended in it is there when its last byte is, and all before it.
        let (place, time) = direction.latest;
        for message in self.seen.messages.iter_mut().skip(direction.record_messages).filter(|message| message.side == side) {
            message.span.complete(place, time);
        }
        direction.span.complete(place, time);
        let span = direction.span;
        let state = if gap { State::Partial } else { State::Encrypted };
        let row = |content, state| Message { side, content, state, span, retransmitted: 0 };
        match direction.reading {
            Reading::Skip | Reading::Handshake => {}
            Reading::Flight => {
                direction.flight = Some(span);
                // The client's flight ends with its Finished, known by its length; the server's with the turn.
                if is_client && (tls13_finished == Some(direction.record.len) || span.records >= 8) {
                    self.end_flight(side);
                }
            }
            Reading::Alert => {
                let [level, description, ..] = direction.head;
                let index = side.index();
                self.seen.facts.alert.get_or_insert((side, level, description));
                self.seen.facts.close_notify[index] |= description == 0;
                self.push(row(Content::Alert(level, description), State::Seen));
            }
            Reading::Opaque(Row::EncryptedHandshake) => {
                let finished = if gap { None } else { plain_finished(direction.head, direction.record.len) };
                self.seen.count_handshake_bytes(side, &span);
                match finished {
                    Some(len) => {
                        let span = span.cut(len);
                        self.push(Message {
                            side,
                            content: Content::Handshake(handshake::FINISHED),
                            state: State::Seen,
                            span,
                            retransmitted: 0,
                        });
                    }
                    None => self.push(row(Content::EncryptedHandshake, state)),
                }
            }
            Reading::Opaque(Row::EncryptedAlert) => {
                self.seen.facts.encrypted_alert[side.index()] = true;
                self.push(row(Content::EncryptedAlert, state));
            }
            Reading::Opaque(Row::ChangeCipherSpec) => {
                // A renegotiation's is protected itself.
                let protected = std::mem::replace(&mut direction.changed_cipher, true) && direction.record.len > 1;
                self.push(row(Content::ChangeCipherSpec, if gap || protected { state } else { State::Seen }));
            }
            Reading::Opaque(Row::Heartbeat) => {
                self.seen.facts.overlong_heartbeat[side.index()] |= !gap && is_overlong_heartbeat(direction.head, direction.record.len);
            }
            Reading::Opaque(Row::ApplicationData) => {
                direction.data_seen = true;
                self.push(row(Content::ApplicationData, state));
            }
        }
    }
}

/// Whether a heartbeat record asks for more than it holds: the shape of Heartbleed (CVE-2014-0160).
///
/// ```text
///  | type 1 (1: request) | payload length 2 | payload | padding, 16 at least |
/// ```
fn is_overlong_heartbeat(head: [u8; 4], record_len: u16) -> bool {
    let payload = u32::from(u16::from_be_bytes([head[1], head[2]]));
    record_len >= 3 && head[0] == 1 && 3 + payload + 16 > u32::from(record_len)
}

/// Length of a Finished in plain after ChangeCipherSpec, as a NULL cipher leaves it, with or without a MAC behind it:
/// verify_data of 12 bytes (RFC 5246 section 7.4.9) or 36 (SSL 3.0). Encrypted bytes that read so are one in 2^32.
fn plain_finished(head: [u8; 4], record_len: u16) -> Option<u64> {
    let verify_data = match head {
        [handshake::FINISHED, 0, 0, 12] => 12,
        [handshake::FINISHED, 0, 0, 36] => 36,
        _ => return None,
    };
    (verify_data + 4 <= u64::from(record_len)).then_some(verify_data + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heartbeats_that_ask_for_more_than_they_hold() {
        let check = |head, len, overlong| assert_eq!(is_overlong_heartbeat(head, len), overlong, "{head:?} of {len}");
        check([1, 0x40, 0, 0], 3, true); // the well-known probe
        check([1, 0, 4, 0], 23, false);
        check([1, 0, 5, 0], 23, true);
        check([2, 0x40, 0, 0], 3, false); // a response
        check([1, 0xff, 0xff, 0], 2, false); // too short to be one
    }
}
