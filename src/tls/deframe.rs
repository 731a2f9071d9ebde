//! The handshake layer of one direction: messages out of the fragments of records (RFC 8446 section 4).
//!
//! ```text
//!  fragment 1            fragment 2            fragment 3
//!  [t|len|body][t|len|bo][dy . . . . . . . . .][. .][t|len|body]
//!   message 1   message 2 over three records         message 3
//! ```
//! A message that lies whole in one chunk is read in place; others are put together in a buffer of this layer.

use super::span::Span;
use crate::flow::Carrier;

/// Bytes of a handshake header: type 1, length 3.
pub const HEADER: usize = 4;
/// The longest message that is kept to be read. Longer ones are followed to their end, but their content is not read.
pub const MAX_MESSAGE: usize = 1 << 20;

/// Bytes for which room is made when a message begins: what its header claims is not believed beyond this.
const MAX_RESERVED: usize = 8 << 10;

/// A message in the making.
#[derive(Debug, Default)]
pub struct Partial {
    /// Header and body so far; holes are zeros.
    bytes: Vec<u8>,
    /// Bytes taken, header included: more than are kept where the message is longer than [`MAX_MESSAGE`].
    taken: usize,
    /// Bytes before the first that is missing.
    whole_to: Option<usize>,
    /// Where it lies.
    pub span: Span,
}

impl Partial {
    /// Bytes that it holds.
    pub fn held(&self) -> usize {
        self.bytes.capacity()
    }
}

/// A message that is complete.
#[derive(Debug)]
pub struct Whole<'a> {
    /// HandshakeType.
    pub kind: u8,
    /// The body, where all of it was seen and kept.
    pub body: Option<&'a [u8]>,
    /// As much of the body as was seen before the first byte that is missing.
    pub start: &'a [u8],
    /// Where it lies.
    pub span: Span,
}

/// A run of plain handshake bytes of one record, in one segment.
#[derive(Debug, Clone, Copy)]
pub struct Fragment<'a> {
    /// Place in the stream.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// What carried them.
    pub carrier: Carrier,
    /// Where they lie in it.
    pub at: u32,
}

/// What a fragment gave.
#[derive(Debug)]
pub enum Step<'a> {
    /// A message ended; so many bytes were used.
    Message(Whole<'a>, usize),
    /// The fragment ended within a message.
    More,
    /// The bytes at the start are no handshake message.
    Foreign,
}

impl Partial {
    /// Whether a message has begun.
    pub fn is_open(&self) -> bool {
        self.taken > 0
    }

    /// The whole length, header included, once the header is there.
    pub fn len(&self) -> Option<usize> {
        let header = self.bytes.get(..HEADER)?;
        Some(HEADER + u32::from_be_bytes([0, header[1], header[2], header[3]]) as usize)
    }

    /// Bytes that it still lacks, once the header is there.
    pub fn remaining(&self) -> Option<usize> {
        Some(self.len()? - self.taken)
    }

    /// The type, once its byte is there.
    pub fn kind(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// Ends the message in the making and hands out its type, where it lay, and its body as far as it was seen.
    pub fn abandon(&mut self) -> (Option<u8>, Span, Vec<u8>) {
        let mut partial = std::mem::take(self);
        let kind = partial.kind();
        partial.bytes.truncate(partial.whole_to.unwrap_or(usize::MAX));
        partial.bytes.drain(..HEADER.min(partial.bytes.len()));
        (kind, partial.span, partial.bytes)
    }

    /// Passes over `len` missing bytes inside the message; false where the message is shorter, or its length unknown.
    pub fn skip(&mut self, offset: u64, len: usize) -> bool {
        let Some(whole) = self.len().filter(|whole| self.taken + len <= *whole) else { return false };
        self.whole_to.get_or_insert(self.taken);
        self.taken += len;
        self.bytes.resize(self.taken.min(whole).min(MAX_MESSAGE), 0);
        self.span.extend(offset, len as u64);
        true
    }

    /// Takes bytes from the front of a fragment, up to the end of the message. `plausible` tells the first bytes of messages
    /// from noise.
    pub fn take<'a>(&'a mut self, fragment: Fragment<'a>, plausible: impl Fn(&[u8]) -> bool) -> Step<'a> {
        if !self.is_open() {
            if fragment.bytes.is_empty() {
                return Step::More;
            }
            if !plausible(fragment.bytes) {
                return Step::Foreign;
            }
            // The whole message in one run: no copy.
            if let Some(header) = fragment.bytes.get(..HEADER) {
                let len = HEADER + u32::from_be_bytes([0, header[1], header[2], header[3]]) as usize;
                if let Some(message) = fragment.bytes.get(..len) {
                    let mut span = self.span;
                    span.carry(fragment.carrier, fragment.at, len as u32);
                    span.extend(fragment.offset, len as u64);
                    self.span = Span::default();
                    return Step::Message(Whole { kind: message[0], body: Some(&message[HEADER..]), start: &message[HEADER..], span }, len);
                }
            }
        }
        let mut used = 0;
        if self.len().is_none() {
            used = (HEADER - self.bytes.len()).min(fragment.bytes.len());
            self.append(&fragment, 0, used);
        }
        let Some(whole) = self.len() else { return Step::More };
        if self.bytes.len() == HEADER {
            self.bytes.reserve_exact((whole - HEADER).min(MAX_RESERVED));
        }
        let body = (whole - self.taken).min(fragment.bytes.len() - used);
        self.append(&fragment, used, body);
        used += body;
        match self.complete() {
            Some(whole) => Step::Message(whole, used),
            None => Step::More,
        }
    }

    /// Hands out the message in the making, if all its bytes were taken or passed over.
    pub fn complete(&mut self) -> Option<Whole<'_>> {
        let whole = self.len().filter(|whole| self.taken >= *whole)?;
        let whole_to = self.whole_to.take();
        let readable = whole_to.is_none() && whole <= MAX_MESSAGE;
        let (kind, span) = (self.bytes[0], self.span);
        self.taken = 0;
        self.span = Span::default();
        let body = &self.bytes[HEADER..];
        let start = &body[..whole_to.map_or(body.len(), |len| (len - HEADER).min(body.len()))];
        Some(Whole { kind, body: readable.then_some(body), start, span })
    }

    /// Lets go of the buffer after [`Step::Message`] handed it out: most sides send one message that needs one.
    pub fn reset(&mut self) {
        if self.taken == 0 {
            self.bytes = Vec::new();
        }
    }

    fn append(&mut self, fragment: &Fragment<'_>, from: usize, len: usize) {
        let kept = len.min(MAX_MESSAGE.saturating_sub(self.bytes.len()));
        self.bytes.extend_from_slice(&fragment.bytes[from..from + kept]);
        self.taken += len;
        self.span.carry(fragment.carrier, fragment.at + from as u32, len as u32);
        self.span.extend(fragment.offset + from as u64, len as u64);
    }
}
