//! `losses.csv`: what was passed over, from the ledger.

use crate::ledger::{Ledger, Place};
use crate::row::{Wild, Word};
use crate::table;

table! {
    /// A reason for which bytes or packets were passed over.
    LossRow, "losses", key ["layer", "reason"];
    /// Where reading stopped: `capture`, `link`, `ip`, `transport`, `flow`, `stream` or `tls`.
    layer: Word,
    /// Why, in one fixed word, with the number that was met where there is one: `unknown_link_type_147`.
    reason: Word,
    /// How often.
    count: u64,
    /// Bytes passed over.
    bytes: u64,
    /// Path of the capture that holds the first example.
    example: Wild,
    /// Frame of the example. Empty: no frame was read there.
    example_frame: Option<u64>,
    /// Offset of the example in bytes: in its frame, or in the file where no frame was read.
    example_offset_bytes: Option<u64>,
}

/// The table, by layer and reason. `path_of` gives the path of a capture by its number in the ledger.
pub fn losses<'a>(ledger: &Ledger, path_of: impl Fn(u32) -> &'a str) -> Vec<LossRow> {
    ledger
        .losses()
        .map(|(layer, reason, loss)| {
            let example = loss.examples.first();
            LossRow {
                layer: layer.as_str().into(),
                reason: reason.text().into(),
                count: loss.count,
                bytes: loss.bytes,
                example: Wild(example.map_or_else(String::new, |place: &Place| path_of(place.capture).to_owned())),
                example_frame: example.map(|place| place.frame).filter(|frame| *frame > 0),
                example_offset_bytes: example.map(|place| place.offset),
            }
        })
        .collect()
}
