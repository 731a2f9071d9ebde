//! The ClientHello in the form of SSL 2.0, which is one record without a record header: what clients sent that would have spoken
//! SSL 2.0 as well. All that follows it is in records.

use super::super::hello;
use super::super::message::{Content, Message, State};
use super::super::record::{self, V2Hello};
use super::super::span::Span;
use super::{Place, Session};
use crate::flow::{Chunk, Side};

/// One in the making.
#[derive(Debug, Default)]
pub(super) struct Partial {
    /// Its bytes so far, its header with them: 32 KiB at most, as its length has 15 bits.
    bytes: Vec<u8>,
    span: Span,
}

impl Session {
    /// Learns that a hello in the form of SSL 2.0 begins with the next byte.
    pub(super) fn expect_v2_hello(&mut self, side: Side) {
        let direction = &mut self.directions[side.index()];
        direction.place = Place::V2Hello;
        let mut span = Span::default();
        span.record();
        direction.v2_hello = Some(Box::new(Partial { bytes: Vec::new(), span }));
    }

    /// Takes bytes up to its end.
    pub(super) fn take_v2_hello(&mut self, chunk: Chunk<'_>) -> usize {
        let Some(mut partial) = self.directions[chunk.side.index()].v2_hello.take() else {
            self.lose(chunk.side);
            return 0;
        };
        let had = partial.bytes.len();
        partial.bytes.extend_from_slice(&chunk.bytes[..chunk.bytes.len().min(record::V2_HELLO_HEAD.saturating_sub(had))]);
        let len = match record::v2_hello(&partial.bytes) {
            V2Hello::Long(len) => len,
            V2Hello::Open => {
                partial.carry(chunk, had);
                self.directions[chunk.side.index()].v2_hello = Some(partial);
                return chunk.bytes.len();
            }
            V2Hello::No => {
                self.failed |= self.seen.records[0].all + self.seen.records[1].all == 0;
                self.directions[chunk.side.index()].place = Place::Lost;
                return chunk.bytes.len();
            }
        };
        if had < record::V2_HELLO_HEAD {
            self.seen.records[chunk.side.index()].all += 1;
            self.seen.facts.client.get_or_insert(chunk.side);
        }
        let rest = &chunk.bytes[partial.bytes.len() - had..];
        partial.bytes.extend_from_slice(&rest[..rest.len().min(len - partial.bytes.len())]);
        let used = partial.bytes.len() - had;
        partial.carry(Chunk { bytes: &chunk.bytes[..used], ..chunk }, had);
        if partial.bytes.len() < len {
            self.directions[chunk.side.index()].v2_hello = Some(partial);
            return used;
        }
        if self.seen.facts.client_hello.is_none() {
            self.seen.facts.client_hello = hello::read_v2_client(&partial.bytes[record::V2_HEADER..]);
        }
        self.expect_record(chunk.side);
        self.push_v2_hello(chunk.side, partial.span, State::Seen);
        used
    }

    /// Ends one that will not be whole.
    pub(super) fn abandon_v2_hello(&mut self, side: Side) {
        let partial = self.directions[side.index()].v2_hello.take();
        if let Some(partial) = partial.filter(|partial| partial.bytes.len() >= record::V2_HELLO_HEAD) {
            self.push_v2_hello(side, partial.span, State::Partial);
        }
    }

    fn push_v2_hello(&mut self, side: Side, span: Span, state: State) {
        self.seen.count_handshake(side, &span);
        self.push(Message { side, content: Content::V2ClientHello, state, span, retransmitted: 0 });
    }
}

impl Partial {
    /// Bytes that it holds.
    pub(super) fn held(&self) -> usize {
        self.bytes.capacity()
    }

    /// Counts bytes of a segment, of which those behind the two of the header are content.
    fn carry(&mut self, chunk: Chunk<'_>, had: usize) {
        self.span.carry(chunk.carrier, chunk.at, chunk.bytes.len() as u32);
        let header = record::V2_HEADER.saturating_sub(had).min(chunk.bytes.len());
        self.span.extend(chunk.offset + header as u64, (chunk.bytes.len() - header) as u64);
    }
}
