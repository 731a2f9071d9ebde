//! A ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2): one record with a header of its own, the first that a client
//! sends. What follows it are records as usual.

use super::super::hello;
use super::super::message::{Content, Message, State};
use super::super::record;
use super::super::span::Span;
use super::{Place, Session};
use crate::flow::{Chunk, Side};

/// One in the making.
#[derive(Debug)]
pub struct OldHello {
    side: Side,
    /// Its header and what came of it.
    bytes: Vec<u8>,
    /// Its length, header included: below 32 KiB.
    len: usize,
    span: Span,
}

impl OldHello {
    /// Bytes that it holds.
    pub fn held(&self) -> usize {
        self.bytes.capacity()
    }
}

impl Session {
    /// Begins one, if the bytes do.
    pub(super) fn begin_old_hello(&mut self, chunk: Chunk<'_>) -> bool {
        let Some(len) = record::v2_hello(chunk.bytes) else { return false };
        let mut span = Span::default();
        span.record();
        self.old_hello = Some(Box::new(OldHello { side: chunk.side, bytes: Vec::new(), len, span }));
        self.seen.records[chunk.side.index()].all += 1;
        self.seen.facts.client.get_or_insert(chunk.side);
        self.directions[chunk.side.index()].place = Place::OldHello;
        true
    }

    /// Takes bytes of it; gives how many.
    pub(super) fn take_old_hello(&mut self, chunk: Chunk<'_>) -> usize {
        let Some(mut hello) = self.old_hello.take_if(|hello| hello.side == chunk.side) else {
            self.lose(chunk.side);
            return chunk.bytes.len();
        };
        let used = (hello.len - hello.bytes.len()).min(chunk.bytes.len());
        hello.span.carry(chunk.carrier, chunk.at, used as u32);
        // The header is not content.
        let head = record::V2_HEADER.saturating_sub(hello.bytes.len()).min(used);
        hello.span.extend(chunk.offset + head as u64, (used - head) as u64);
        hello.bytes.extend_from_slice(&chunk.bytes[..used]);
        if hello.bytes.len() < hello.len {
            self.old_hello = Some(hello);
            return used;
        }
        if self.seen.facts.client_hello.is_none() {
            self.seen.facts.client_hello = hello::read_v2_client(&hello.bytes[record::V2_HEADER..]);
        }
        self.seen.count_handshake(hello.side, &hello.span);
        self.push_old_hello(&hello, State::Seen);
        self.directions[hello.side.index()].place = Place::Header;
        used
    }

    /// Ends one of which no more comes.
    pub(super) fn abandon_old_hello(&mut self, side: Side) {
        if let Some(hello) = self.old_hello.take_if(|hello| hello.side == side) {
            self.push_old_hello(&hello, State::Partial);
        }
    }

    fn push_old_hello(&mut self, hello: &OldHello, state: State) {
        self.push(Message { side: hello.side, content: Content::V2ClientHello, state, span: hello.span, retransmitted: 0 });
    }
}
