//! The ledger of losses: everything that was passed over, by layer and reason, with a few exact examples.
//!
//! Merging is associative and commutative with [`Ledger::default`] as identity: counts add, and of the examples the
//! first ones by (capture, frame) are kept, whichever side they come from.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Examples kept for each reason.
pub const EXAMPLES: usize = 3;

/// The layer at which reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Records of the capture file.
    Capture,
    /// The link layer.
    Link,
    /// IPv4 and IPv6.
    Ip,
    /// TCP and UDP headers.
    Transport,
    /// Flows: bounds reached.
    Flow,
    /// The order of bytes within a connection.
    Stream,
    /// TLS records and messages.
    Tls,
}

impl Layer {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Capture => "capture",
            Layer::Link => "link",
            Layer::Ip => "ip",
            Layer::Transport => "transport",
            Layer::Flow => "flow",
            Layer::Stream => "stream",
            Layer::Tls => "tls",
        }
    }
}

/// Why, in one fixed word; `number` tells variants apart (a link type, a protocol number).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason {
    /// Snake case.
    pub word: &'static str,
    /// The number that was not known, where there is one.
    pub number: Option<u32>,
}

impl Reason {
    /// A reason without a number.
    pub const fn of(word: &'static str) -> Self {
        Reason { word, number: None }
    }

    /// A reason with the number that was met.
    pub const fn with(word: &'static str, number: u32) -> Self {
        Reason { word, number: Some(number) }
    }

    /// Its text in tables: `unknown_link_type_147`.
    pub fn text(self) -> String {
        match self.number {
            Some(number) => format!("{}_{number}", self.word),
            None => self.word.to_owned(),
        }
    }
}

/// Where a loss can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The capture, by its place in path order.
    pub capture: u32,
    /// The frame in it; 0 where none was read.
    pub frame: u64,
    /// Offset in bytes: in the frame, or in the file where no frame was read.
    pub offset: u64,
}

/// What was lost for one reason.
#[derive(Debug, Clone, Default)]
pub struct Loss {
    /// How often.
    pub count: u64,
    /// Bytes passed over.
    pub bytes: u64,
    /// The first places, at most [`EXAMPLES`].
    pub examples: Vec<Place>,
}

/// All losses.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    losses: BTreeMap<(Layer, Reason), Loss>,
}

impl Ledger {
    /// Notes one loss of `bytes` bytes.
    pub fn note(&mut self, layer: Layer, reason: Reason, bytes: u64, place: Place) {
        let loss = self.losses.entry((layer, reason)).or_default();
        loss.count += 1;
        loss.bytes += bytes;
        keep_first(&mut loss.examples, place);
    }

    /// Notes losses that are known by their number alone.
    pub fn count(&mut self, layer: Layer, reason: Reason, count: u64) {
        if count > 0 {
            self.losses.entry((layer, reason)).or_default().count += count;
        }
    }

    /// Takes in what another ledger holds.
    pub fn merge(&mut self, other: Ledger) {
        for (key, theirs) in other.losses {
            let ours = self.losses.entry(key).or_default();
            ours.count += theirs.count;
            ours.bytes += theirs.bytes;
            for place in theirs.examples {
                keep_first(&mut ours.examples, place);
            }
        }
    }

    /// Each loss, by layer and reason.
    pub fn losses(&self) -> impl Iterator<Item = (Layer, Reason, &Loss)> {
        self.losses.iter().map(|((layer, reason), loss)| (*layer, *reason, loss))
    }
}

/// Keeps the first [`EXAMPLES`] places in order. Most calls come with a later place and a full list, and end at once.
fn keep_first(examples: &mut Vec<Place>, place: Place) {
    if examples.len() == EXAMPLES && examples.last().is_some_and(|last| *last <= place) {
        return;
    }
    let at = examples.partition_point(|held| *held <= place);
    examples.insert(at, place);
    examples.truncate(EXAMPLES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_does_not_depend_on_order() {
        let place = |capture, frame| Place { capture, frame, offset: 0 };
        let all: Vec<_> = (0..10u64).map(|n| place((n % 3) as u32, n)).collect();
        let ledger = |places: &[Place]| {
            let mut ledger = Ledger::default();
            for place in places {
                ledger.note(Layer::Ip, Reason::with("protocol", 50), 7, *place);
            }
            ledger
        };
        let whole = format!("{:?}", ledger(&all));
        for cut in 0..=all.len() {
            let (mut left, mut right) = (ledger(&all[..cut]), ledger(&all[cut..]));
            left.merge(right.clone());
            assert_eq!(format!("{left:?}"), whole);
            right.merge(ledger(&all[..cut]));
            assert_eq!(format!("{right:?}"), whole);
        }
        assert!(whole.contains("count: 10, bytes: 70"));
    }
}
