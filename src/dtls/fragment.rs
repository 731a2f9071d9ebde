//! The handshake layer of one direction: messages out of fragments that come in any order (RFC 6347 section 4.2.3).
//!
//! ```text
//!  | type 1 | length 3 | message_seq 2 | fragment_offset 3 | fragment_length 3 | bytes |
//! ```
//! The first bytes that were captured win.

use crate::flow::Carrier;
use crate::tls::span::Span;

/// Bytes of a fragment's header.
pub const HEADER: usize = 12;
/// The longest message that is put together. Longer ones are noise or hostile: no common one comes near.
const MAX_MESSAGE: usize = 1 << 18;
/// Messages in the making of a direction, at most.
const MAX_OPEN: usize = 16;
/// Separate runs of a message that are held, at most.
const MAX_RUNS: usize = 64;

/// A fragment of a handshake message.
#[derive(Debug, Clone, Copy)]
pub struct Fragment<'b> {
    /// HandshakeType.
    pub kind: u8,
    /// Bytes of the whole message.
    pub len: usize,
    /// Its number in its direction.
    pub number: u16,
    /// Where this part begins.
    pub offset: usize,
    /// This part.
    pub bytes: &'b [u8],
}

/// Reads the fragment at the start; none where lengths contradict one another.
pub fn read(bytes: &[u8]) -> Option<Fragment<'_>> {
    let header: &[u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
    let number = |at: usize| u32::from_be_bytes([0, header[at], header[at + 1], header[at + 2]]) as usize;
    let (len, offset, part) = (number(1), number(6), number(9));
    let bytes = bytes.get(HEADER..HEADER + part).filter(|_| offset + part <= len)?;
    Some(Fragment { kind: header[0], len, number: u16::from_be_bytes([header[4], header[5]]), offset, bytes })
}

/// A message in the making.
#[derive(Debug)]
pub struct Partial {
    /// HandshakeType.
    pub kind: u8,
    number: u16,
    bytes: Vec<u8>,
    /// Runs that are there, sorted and apart.
    runs: Vec<(usize, usize)>,
    /// Where it lies.
    pub span: Span,
    /// Datagrams that brought nothing new.
    pub retransmitted: u32,
}

impl Partial {
    /// Whether all of it is there.
    fn is_whole(&self) -> bool {
        self.bytes.is_empty() || self.runs == [(0, self.bytes.len())]
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes a part; gives how many bytes of it are new.
    fn take(&mut self, fragment: &Fragment<'_>) -> usize {
        let (start, end) = (fragment.offset, fragment.offset + fragment.bytes.len());
        let at = self.runs.partition_point(|run| run.1 < start);
        let touched = self.runs[at..].iter().take_while(|run| run.0 <= end).count();
        if touched == 0 && self.runs.len() == MAX_RUNS {
            return 0;
        }
        let mut new = 0;
        let mut from = start;
        for run in &self.runs[at..at + touched] {
            if from < run.0 {
                self.bytes[from..run.0].copy_from_slice(&fragment.bytes[from - start..run.0 - start]);
                new += run.0 - from;
            }
            from = from.max(run.1);
        }
        if from < end {
            self.bytes[from..end].copy_from_slice(&fragment.bytes[from - start..]);
            new += end - from;
        }
        let merged = self.runs[at..at + touched].iter().fold((start, end), |all, run| (all.0.min(run.0), all.1.max(run.1)));
        self.runs.splice(at..at + touched, [merged]);
        new
    }
}

/// The messages of a direction.
#[derive(Debug, Default)]
pub struct Fragments {
    open: Vec<Partial>,
    /// Numbers of messages that were whole, for their copies.
    whole: Vec<u16>,
}

/// What a fragment came to.
#[derive(Debug)]
pub enum Step {
    /// A message is whole.
    Message(Partial),
    /// Bytes are still missing.
    More,
    /// A copy of a message that was whole, by its number.
    Copy(u16),
    /// Not taken: too long, or too much is open.
    Passed,
}

impl Fragments {
    /// Takes a fragment. `span` is what carried it, without content; `offset` its place in the direction.
    pub fn take(&mut self, fragment: &Fragment<'_>, span: &Span, offset: u64) -> Step {
        if self.whole.contains(&fragment.number) {
            return Step::Copy(fragment.number);
        }
        let at = match self.open.iter().position(|partial| partial.number == fragment.number) {
            Some(at) if self.open[at].bytes.len() == fragment.len && self.open[at].kind == fragment.kind => at,
            Some(_) => return Step::Passed,
            None if fragment.len > MAX_MESSAGE || self.open.len() == MAX_OPEN => return Step::Passed,
            None => {
                self.open.push(Partial {
                    kind: fragment.kind,
                    number: fragment.number,
                    bytes: vec![0; fragment.len],
                    runs: Vec::new(),
                    span: Span::default(),
                    retransmitted: 0,
                });
                self.open.len() - 1
            }
        };
        let partial = &mut self.open[at];
        let new = partial.take(fragment);
        if new == 0 && fragment.len > 0 {
            partial.retransmitted += 1;
            return Step::More;
        }
        if partial.span.segments == 0 {
            partial.span = *span;
            // The header counts as the four bytes that it has in TLS.
            partial.span.extend(offset, 4);
        } else {
            partial.span.join(span);
        }
        partial.span.extend(offset, new as u64);
        if partial.is_whole() {
            if self.whole.len() == crate::tls::seen::MAX_MESSAGES {
                self.whole.remove(0);
            }
            self.whole.push(fragment.number);
            return Step::Message(self.open.swap_remove(at));
        }
        Step::More
    }

    /// Ends what will not be whole.
    pub fn abandon(&mut self) -> Vec<Partial> {
        std::mem::take(&mut self.open)
    }
}

/// Notes what carried a record or a part of it.
pub fn carried(carrier: Carrier, at: usize, len: usize) -> Span {
    let mut span = Span::default();
    span.record();
    span.carry(carrier, at as u32, len as u32);
    span
}
