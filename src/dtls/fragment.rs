//! The handshake layer of one direction: messages out of fragments that come in any order (RFC 6347 section 4.2.3).
//!
//! ```text
//!  | type 1 | length 3 | message_seq 2 | fragment_offset 3 | fragment_length 3 | bytes |
//! ```
//! The first bytes that were captured win. What is held grows with the bytes that came, whatever length a fragment claims.

use crate::flow::Carrier;
use crate::tls::seen::MAX_MESSAGES;
use crate::tls::span::Span;
use std::collections::VecDeque;

/// Bytes of a fragment's header.
pub const HEADER: usize = 12;
/// Bytes that a direction holds of messages in the making: as much as the longest message that is put together. Longer ones
/// are noise or hostile: no common one comes near.
const MAX_HELD: usize = 1 << 18;
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
    /// This part, as far as it was captured.
    pub bytes: &'b [u8],
}

/// Reads the fragment at the start of bytes behind which the snap length cut `cut`; none where lengths contradict one another.
pub fn read(bytes: &[u8], cut: usize) -> Option<Fragment<'_>> {
    let header: &[u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
    let number = |at: usize| u32::from_be_bytes([0, header[at], header[at + 1], header[at + 2]]) as usize;
    let (len, offset, part) = (number(1), number(6), number(9));
    let captured = &bytes[HEADER..bytes.len().min(HEADER + part)];
    let bytes = Some(captured).filter(|captured| offset + part <= len && part - captured.len() <= cut)?;
    Some(Fragment { kind: header[0], len, number: u16::from_be_bytes([header[4], header[5]]), offset, bytes })
}

/// Bytes of a message without a hole.
#[derive(Debug)]
struct Run {
    start: usize,
    /// Grows at both ends, as fragments come in either order.
    bytes: VecDeque<u8>,
}

impl Run {
    fn end(&self) -> usize {
        self.start + self.bytes.len()
    }

    /// Takes in the run that begins where this one ends. The smaller one is copied.
    fn join(&mut self, mut later: Run) {
        if self.bytes.len() < later.bytes.len() {
            for byte in std::mem::take(&mut self.bytes).into_iter().rev() {
                later.bytes.push_front(byte);
            }
            self.bytes = later.bytes;
        } else {
            self.bytes.append(&mut later.bytes);
        }
    }
}

/// A message in the making.
#[derive(Debug)]
pub struct Partial {
    /// HandshakeType.
    pub kind: u8,
    number: u16,
    /// Bytes of the whole.
    len: usize,
    /// What is there, sorted and apart.
    runs: Vec<Run>,
    /// Where it lies.
    pub span: Span,
    /// Datagrams that carried bytes of it again.
    pub retransmitted: u32,
    /// The last of them.
    again: u64,
}

impl Partial {
    /// Whether all of it is there.
    fn is_whole(&self) -> bool {
        self.held() == self.len
    }

    fn held(&self) -> usize {
        self.runs.iter().map(|run| run.bytes.len()).sum()
    }

    /// The body of a whole one.
    pub fn body(&mut self) -> &[u8] {
        self.runs.first_mut().map(|run| &*run.bytes.make_contiguous()).unwrap_or_default()
    }

    /// The body up to its first byte that is missing.
    pub fn start(&mut self) -> &[u8] {
        let first = self.runs.first_mut().filter(|run| run.start == 0);
        first.map(|run| &*run.bytes.make_contiguous()).unwrap_or_default()
    }

    /// The runs that overlap `start..end` or touch it: from which on, and how many.
    fn touched(&self, start: usize, end: usize) -> (usize, usize) {
        let at = self.runs.partition_point(|run| run.end() < start);
        (at, self.runs[at..].iter().take_while(|run| run.start <= end).count())
    }

    /// Takes a part; gives how many bytes of it are new. None where it would be one run too many.
    fn take(&mut self, fragment: &Fragment<'_>) -> Option<usize> {
        let (start, end) = (fragment.offset, fragment.offset + fragment.bytes.len());
        let (at, count) = self.touched(start, end);
        if count == 0 {
            if self.runs.len() == MAX_RUNS {
                return None;
            }
            if start < end {
                self.runs.insert(at, Run { start, bytes: fragment.bytes.iter().copied().collect() });
            }
            return Some(end - start);
        }
        let mut new = 0;
        // What comes before the first run, then what fills the holes behind each.
        if start < self.runs[at].start {
            let run = &mut self.runs[at];
            new += run.start - start;
            for byte in fragment.bytes[..run.start - start].iter().rev() {
                run.bytes.push_front(*byte);
            }
            run.start = start;
        }
        for _ in 1..count {
            let later = self.runs.remove(at + 1);
            let run = &mut self.runs[at];
            let missing = run.end() - start..later.start - start;
            new += missing.len();
            run.bytes.extend(&fragment.bytes[missing]);
            run.join(later);
        }
        let run = &mut self.runs[at];
        if run.end() < end {
            new += end - run.end();
            run.bytes.extend(&fragment.bytes[run.end() - start..]);
        }
        Some(new)
    }
}

/// A message that was whole.
#[derive(Debug)]
struct Whole {
    number: u16,
    kind: u8,
    /// Its place in the list of messages; none where that was full.
    place: Option<usize>,
    /// The last datagram that carried bytes of it again.
    again: u64,
}

/// The messages of a direction.
#[derive(Debug, Default)]
pub struct Fragments {
    open: Vec<Partial>,
    /// Those that were whole, for their copies: no more than a flow keeps messages.
    whole: Vec<Whole>,
}

/// What a fragment came to.
#[derive(Debug)]
pub enum Step {
    /// A message is whole.
    Message(Partial),
    /// It brought bytes of a message that lacks others.
    Part,
    /// It brought nothing.
    Nothing,
    /// The first copy in this datagram of a message that was whole, by its place in the list of messages.
    Copy(usize),
    /// Not taken: too long, or too much is open.
    Beyond,
    /// Not taken: another length or type than other fragments of the same number said.
    Contradicts,
}

impl Fragments {
    /// Takes a fragment. `span` is what carried it, without content; `carrier` the number of its datagram; `offset` its
    /// place in the direction.
    pub fn take(&mut self, fragment: &Fragment<'_>, span: &Span, carrier: u64, offset: u64) -> Step {
        let is_it = |whole: &&mut Whole| whole.number == fragment.number && whole.kind == fragment.kind;
        if let Some(whole) = self.whole.iter_mut().rev().find(is_it) {
            let first = std::mem::replace(&mut whole.again, carrier) != carrier;
            return whole.place.filter(|_| first).map_or(Step::Nothing, Step::Copy);
        }
        if fragment.bytes.is_empty() && fragment.len > 0 {
            return Step::Nothing;
        }
        if fragment.len > MAX_HELD || self.held() + fragment.bytes.len() > MAX_HELD || self.whole.len() == MAX_MESSAGES {
            return Step::Beyond;
        }
        let at = match self.open.iter().position(|partial| partial.number == fragment.number) {
            Some(at) if self.open[at].len == fragment.len && self.open[at].kind == fragment.kind => at,
            Some(_) => return Step::Contradicts,
            None if self.open.len() == MAX_OPEN => return Step::Beyond,
            None => {
                let (kind, number, len) = (fragment.kind, fragment.number, fragment.len);
                self.open.push(Partial { kind, number, len, runs: Vec::new(), span: Span::default(), retransmitted: 0, again: 0 });
                self.open.len() - 1
            }
        };
        let partial = &mut self.open[at];
        let Some(new) = partial.take(fragment) else { return Step::Beyond };
        if new < fragment.bytes.len() && std::mem::replace(&mut partial.again, carrier) != carrier {
            partial.retransmitted += 1;
        }
        if new == 0 && fragment.len > 0 {
            return Step::Nothing;
        }
        if partial.span.segments == 0 {
            partial.span = *span;
            // The header counts as the four bytes that it has in TLS.
            partial.span.extend(offset, 4);
        } else {
            partial.span.join(span);
        }
        partial.span.extend(offset, new as u64);
        if partial.is_whole() { Step::Message(self.open.swap_remove(at)) } else { Step::Part }
    }

    /// Remembers a message that was whole, and where it stands, for its copies.
    pub fn remember(&mut self, message: &Partial, place: Option<usize>) {
        self.whole.push(Whole { number: message.number, kind: message.kind, place, again: message.again });
    }

    /// Bytes that are held of messages in the making.
    pub fn held(&self) -> usize {
        self.open.iter().map(Partial::held).sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u16, len: usize, offset: usize, bytes: &[u8]) -> Fragment<'_> {
        Fragment { kind: 11, len, number, offset, bytes }
    }

    /// Takes a fragment in a datagram of its own; a whole message is remembered at its number's place.
    fn take(fragments: &mut Fragments, fragment: &Fragment<'_>, carrier: u64) -> Step {
        let step = fragments.take(fragment, &Span::default(), carrier, 0);
        if let Step::Message(message) = &step {
            fragments.remember(message, Some(fragment.number.into()));
        }
        step
    }

    #[test]
    fn a_claimed_length_takes_no_memory() {
        let mut fragments = Fragments::default();
        for number in 0..MAX_OPEN as u16 {
            assert!(matches!(take(&mut fragments, &part(number, MAX_HELD, 5, &[1]), 1), Step::Part));
        }
        assert!(matches!(take(&mut fragments, &part(99, MAX_HELD, 5, &[1]), 1), Step::Beyond));
        let reserved: usize = fragments.open.iter().flat_map(|partial| &partial.runs).map(|run| run.bytes.capacity()).sum();
        assert!(fragments.held() == MAX_OPEN && reserved <= MAX_OPEN * 16, "{reserved}");
    }

    #[test]
    fn what_a_direction_holds_is_bounded() {
        let (mut fragments, bytes) = (Fragments::default(), vec![7; 10_000]);
        let steps: Vec<bool> = (0..60)
            .map(|at| matches!(take(&mut fragments, &part(at % 2, MAX_HELD, usize::from(at / 2) * 8_000, &bytes), 1), Step::Beyond))
            .collect();
        assert!(fragments.held() <= MAX_HELD && steps.contains(&true) && !steps[..20].contains(&true));
    }

    /// Numbers of whole messages are kept to the same bound as messages, and each copy finds its own.
    #[test]
    fn copies_are_those_of_their_message() {
        let mut fragments = Fragments::default();
        for number in 0..300 {
            let step = take(&mut fragments, &part(number, 1, 0, &[1]), 1);
            assert_eq!(matches!(step, Step::Message(_)), usize::from(number) < MAX_MESSAGES, "{number}");
        }
        assert_eq!(fragments.whole.len(), MAX_MESSAGES);
        for number in [0, 5, 255] {
            assert!(matches!(take(&mut fragments, &part(number, 1, 0, &[1]), 2), Step::Copy(place) if place == usize::from(number)));
            assert!(matches!(take(&mut fragments, &part(number, 1, 0, &[1]), 2), Step::Nothing), "once a datagram");
            assert!(matches!(take(&mut fragments, &part(number, 1, 0, &[1]), 3), Step::Copy(_)));
        }
    }

    /// All ways to send five pieces, which overlap, give the same bytes: those of the first that came.
    #[test]
    fn pieces_in_every_order() {
        let body: Vec<u8> = (0..100).collect();
        let pieces = [(0, 30), (20, 50), (50, 60), (55, 90), (80, 100)];
        for order in 0..120 {
            let (mut left, mut rest, mut fragments) = (pieces.to_vec(), order, Fragments::default());
            for count in (1..=5).rev() {
                let (from, to) = left.remove(rest % count);
                rest /= count;
                match take(&mut fragments, &part(3, 100, from, &body[from..to]), count as u64) {
                    Step::Message(mut message) => assert!(count == 1 && message.body() == body, "{order}"),
                    step => assert!(count > 1 && matches!(step, Step::Part | Step::Nothing), "{order}: {step:?}"),
                }
            }
        }
    }
}
