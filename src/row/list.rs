//! Lists in a cell, joined by `;`: code points, and texts out of a capture.

use super::cell::{Cell, Kind, MAX_LIST, Style, Wild, visible_len};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Code points in hexadecimal, in the order of the wire: `0x1301;0x1302`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Codes(pub Vec<u16>);

impl Codes {
    /// Whether the cell is cut at [`MAX_LIST`].
    pub fn is_cut(&self) -> bool {
        self.0.len() * 7 > MAX_LIST
    }
}

impl Cell for Codes {
    const KIND: Kind = Kind::Text;
    fn append(&self, _: Style, out: &mut Vec<u8>) {
        if self.0.is_empty() {
            return;
        }
        const HEX: &[u8; 16] = b"0123456789abcdef";
        out.push(b'"');
        for (index, code) in self.0.iter().take(MAX_LIST / 7).enumerate() {
            if index > 0 {
                out.push(b';');
            }
            let nibble = |shift: u16| HEX[usize::from(code >> shift & 15)];
            out.extend_from_slice(&[b'0', b'x', nibble(12), nibble(8), nibble(4), nibble(0)]);
        }
        out.push(b'"');
    }
}

/// Texts out of a capture joined by `;` (a `;` inside one is written `\x3B`), guarded as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WildList(pub Vec<Wild>);

impl WildList {
    /// Whether the cell is cut at [`MAX_LIST`].
    pub fn is_cut(&self) -> bool {
        self.0.iter().map(|text| visible_len(&member(&text.0)) + 1).sum::<usize>() > MAX_LIST
    }
}

/// A text as it stands in a list, where `;` parts one from the next.
fn member(text: &str) -> Cow<'_, str> {
    if text.contains(';') { text.replace(';', "\\x3B").into() } else { text.into() }
}

impl Cell for WildList {
    const KIND: Kind = Kind::Text;
    const WILD: bool = true;
    fn append(&self, style: Style, out: &mut Vec<u8>) {
        if self.0.is_empty() {
            return;
        }
        let (mut joined, mut len) = (String::with_capacity(16), 0);
        for (index, text) in self.0.iter().enumerate() {
            let text = member(&text.0);
            len += visible_len(&text) + 1;
            if len > MAX_LIST {
                break;
            }
            if index > 0 {
                joined.push(';');
            }
            joined.push_str(&text);
        }
        Wild(joined).append(style, out);
    }
    /// A list begins like its first text.
    fn is_guarded(&self) -> bool {
        self.0.first().is_some_and(|first| first.is_guarded() && visible_len(&member(&first.0)) < MAX_LIST)
    }
}
