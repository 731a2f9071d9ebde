//! The ledger of losses: everything that was passed over, by layer and reason, with a few exact examples.
//!
//! Merging is associative and commutative with [`Ledger::default`] as identity: counts add, and of the examples the
//! first ones by (capture, frame) are kept, whichever side they come from.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The capture, by its place in path order.
    pub capture: u32,
    /// The frame in it; 0 where none was read.
    pub frame: u64,
    /// Offset in bytes: in the frame, or in the file where no frame was read.
    pub offset: u64,
}

/// What was lost for one reason.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Loss {
    /// How often.
    pub count: u64,
    /// Bytes passed over.
    pub bytes: u64,
    /// The first places, at most [`EXAMPLES`].
    pub examples: Vec<Place>,
}

/// All losses.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(into = "Vec<Kept>", try_from = "Vec<Kept>")]
pub struct Ledger {
    losses: BTreeMap<(Layer, Reason), Loss>,
}

/// A loss as it is kept between runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    layer: Layer,
    word: String,
    number: Option<u32>,
    loss: Loss,
}

impl From<Ledger> for Vec<Kept> {
    fn from(ledger: Ledger) -> Self {
        let kept = |((layer, reason), loss): ((Layer, Reason), Loss)| Kept { layer, word: reason.word.into(), number: reason.number, loss };
        ledger.losses.into_iter().map(kept).collect()
    }
}

impl TryFrom<Vec<Kept>> for Ledger {
    type Error = String;

    fn try_from(kept: Vec<Kept>) -> Result<Self, String> {
        let mut ledger = Ledger::default();
        for Kept { layer, word, number, loss } in kept {
            ledger.add(layer, Reason { word: lasting(word)?, number }, loss);
        }
        Ok(ledger)
    }
}

/// Reasons that may be read back; the program knows about a hundred.
const MAX_WORDS: usize = 1_000;

/// A word that was read back, as a constant. Each is kept once, as long as the program runs.
fn lasting(word: String) -> Result<&'static str, String> {
    static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut words = WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = words.get(word.as_str()) {
        return Ok(known);
    }
    let is_word = word.len() <= 64 && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if !is_word || words.len() >= MAX_WORDS {
        return Err(format!("{word:?} is no reason for a loss"));
    }
    let word: &'static str = word.leak();
    words.insert(word);
    Ok(word)
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
        for ((layer, reason), theirs) in other.losses {
            self.add(layer, reason, theirs);
        }
    }

    /// Takes in losses for one reason.
    pub fn add(&mut self, layer: Layer, reason: Reason, theirs: Loss) {
        let ours = self.losses.entry((layer, reason)).or_default();
        ours.count = ours.count.saturating_add(theirs.count);
        ours.bytes = ours.bytes.saturating_add(theirs.bytes);
        for place in theirs.examples {
            keep_first(&mut ours.examples, place);
        }
    }

    /// Leaves one reason out.
    pub fn forget(&mut self, layer: Layer, reason: Reason) {
        self.losses.remove(&(layer, reason));
    }

    /// Gives the captures other numbers. Numbers must keep their order, else other examples would be the first.
    pub fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        for place in self.losses.values_mut().flat_map(|loss| &mut loss.examples) {
            place.capture = number(place.capture);
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
    #[test]
    fn what_is_written_comes_back_and_nothing_else() {
        let mut ledger = Ledger::default();
        ledger.note(Layer::Ip, Reason::with("protocol", 50), 7, Place { capture: 1, frame: 2, offset: 14 });
        ledger.count(Layer::Tls, Reason::of("late"), 3);
        let text = serde_json::to_string(&ledger).unwrap();
        let again: Ledger = serde_json::from_str(&text).unwrap();
        assert_eq!(format!("{again:?}"), format!("{ledger:?}"));
        for word in ["Not A Word", "<script>", &"x".repeat(65)] {
            assert!(serde_json::from_str::<Ledger>(&text.replace("late", word)).is_err(), "{word}");
        }
    }
}
