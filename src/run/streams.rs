//! Wireshark's stream numbers: the rank of a conversation's first frame among those of its transport in a capture.
//!
//! First frames are kept as differences, about two bytes each, in a list for each lane; ranks are counted at the end.

use crate::row::network::Conversation;

/// Ascending frame numbers, as differences in as few bytes as they need (seven bits a byte, lowest first).
#[derive(Debug, Clone, Default)]
pub struct Births {
    bytes: Vec<u8>,
    last: u64,
    /// How many there are.
    pub count: u64,
}

impl Births {
    /// Adds a frame behind the last one.
    pub fn push(&mut self, frame: u64) {
        let mut rest = frame - self.last;
        self.last = frame;
        self.count += 1;
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }
}

/// Reads [`Births`] in order, to count those before a frame.
#[derive(Debug)]
struct BirthCursor {
    births: Births,
    at: usize,
    value: u64,
    passed: u64,
}

impl BirthCursor {
    fn new(births: Births) -> Self {
        let mut cursor = BirthCursor { births, at: 0, value: 0, passed: 0 };
        cursor.read();
        cursor
    }

    fn read(&mut self) {
        let (mut difference, mut shift) = (0u64, 0);
        while let Some(byte) = self.births.bytes.get(self.at) {
            self.at += 1;
            difference |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.value += difference;
    }

    fn before(&mut self, frame: u64) -> u64 {
        while self.passed < self.births.count && self.value < frame {
            self.passed += 1;
            self.read();
        }
        self.passed
    }
}

/// How many first frames lie before one, asked for in ascending order.
#[derive(Debug, Default)]
pub struct Ranks(Vec<BirthCursor>);

impl Ranks {
    /// Of lists that were merged.
    pub fn new(births: &[Births]) -> Self {
        Ranks(births.iter().cloned().map(BirthCursor::new).collect())
    }

    /// How many lie before a frame.
    pub fn of(&mut self, frame: u64) -> u64 {
        self.0.iter_mut().map(|cursor| cursor.before(frame)).sum()
    }
}

/// Wireshark's stream numbers of one capture.
#[derive(Debug, Default)]
pub struct Streams {
    /// Of TCP.
    pub connections: Ranks,
    /// The first frames of conversations that are asked for, and their numbers.
    pub conversations: Vec<(u64, u64)>,
}

impl Streams {
    /// The number of a conversation: how many of its transport came before. Connections are asked for in ascending order.
    pub fn number(&mut self, conversation: Conversation) -> u64 {
        let frame = conversation.first_frame;
        if !conversation.udp {
            return self.connections.of(frame);
        }
        let place = self.conversations.binary_search_by_key(&frame, |(first, _)| *first);
        place.map_or(0, |place| self.conversations[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_count_what_came_before() {
        let mut lanes = [Births::default(), Births::default(), Births::default()];
        let frames: Vec<u64> = (0..1000u64).map(|n| 1 + n * n % 7 + n * 300).collect();
        for (index, frame) in frames.iter().enumerate() {
            lanes[index % 3].push(*frame);
        }
        let mut ranks = Ranks::new(&lanes);
        for (index, frame) in frames.iter().enumerate() {
            assert_eq!(ranks.of(*frame), index as u64);
        }
    }
}
