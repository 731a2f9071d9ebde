//! IEEE 802.11 data frames that are not encrypted, and the headers that capturing hosts put in front of them.
//!
//! ```text
//!  802.11    | control 2 | duration 2 | address 3 x 6 | sequence 2 | [address 6] | [QoS 2] | [HT 4] | LLC ...
//!  A-MSDU    | DA 6 | SA 6 | length 2 | LLC ... | padding to 4 |   and again
//!  radiotap  | version 1 | 0 | length 2 LE | fields present 4, bit 31: 4 more | fields, each aligned to its size
//! ```

use super::Stop;
use super::layers::{Layers, Next};

const TO_DS: u8 = 0x01;
const FROM_DS: u8 = 0x02;
const MORE_FRAGMENTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;

/// An 802.11 header; `padded` says that the capturing host filled it up to four bytes.
pub fn read(padded: bool, layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let start = layers.at;
    let [kind, flags, ..] = layers.take::<22>()?;
    match kind & 0x0f {
        0x08 => {}
        0x00 => return Err(layers.stop("wifi_management")),
        0x04 => return Err(layers.stop("wifi_control")),
        other => return Err(layers.numbered("wifi_type", u32::from(other))),
    }
    if kind & 0x40 != 0 {
        return Err(layers.stop("wifi_no_data"));
    }
    if flags & PROTECTED != 0 {
        return Err(layers.stop("wifi_encrypted"));
    }
    let [sequence, _] = layers.take()?;
    if flags & MORE_FRAGMENTS != 0 || sequence & 0x0f != 0 {
        return Err(layers.stop("wifi_fragment"));
    }
    if flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS {
        layers.skip(6)?;
    }
    let mut amsdu = false;
    if kind & 0x80 != 0 {
        let [qos, _] = layers.take()?;
        amsdu = qos & 0x80 != 0;
        if flags & ORDER != 0 {
            layers.skip(4)?;
        }
    }
    if padded {
        layers.skip((layers.at - start).next_multiple_of(4) - (layers.at - start))?;
    }
    Ok(if amsdu { Next::Amsdu } else { Next::Llc })
}

/// Cuts an A-MSDU (IEEE 802.11 section 9.3.2.2) into its subframes, each from its LLC header.
pub fn amsdu<'b>(layers: Layers<'b>, out: &mut dyn FnMut(Layers<'b>)) {
    let mut rest = layers;
    while let Ok([.., high, low]) = rest.take::<14>() {
        let len = usize::from(u16::from_be_bytes([high, low]));
        // What is too short for an LLC header is the check sequence of the frame, or noise.
        if len < 8 || rest.at + len > rest.end {
            return;
        }
        let mut subframe = rest;
        subframe.clip(rest.at + len);
        out(subframe);
        if rest.skip((14 + len).next_multiple_of(4) - 14).is_err() {
            return;
        }
    }
}

/// radiotap: of the fields only the flags matter (padding, bad check sequence).
pub fn radiotap(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let start = layers.at;
    let [version, _, low, high] = layers.take()?;
    if version != 0 {
        return Err(layers.numbered("radiotap_version", u32::from(version)));
    }
    let first = u32::from_le_bytes(layers.take()?);
    let mut present = first;
    while present & 1 << 31 != 0 {
        present = u32::from_le_bytes(layers.take()?);
    }
    let mut flags = 0;
    if first & 2 != 0 {
        if first & 1 != 0 {
            // The time of eight bytes comes first.
            layers.skip((layers.at - start).next_multiple_of(8) - (layers.at - start) + 8)?;
        }
        [flags] = layers.take()?;
    }
    let len = usize::from(u16::from_le_bytes([low, high]));
    if flags & 0x40 != 0 {
        return Err(layers.stop("wifi_bad_check_sequence"));
    }
    to(layers, start, len, Next::Wifi(flags & 0x20 != 0))
}

/// AVS: a magic number with the version, and the length, in network order.
pub fn avs(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let start = layers.at;
    let magic = u32::from_be_bytes(layers.take()?);
    if magic & 0xffff_f000 != 0x8021_1000 {
        return Err(layers.stop("avs_magic"));
    }
    let len = u32::from_be_bytes(layers.take()?) as usize;
    to(layers, start, len, Next::Wifi(false))
}

/// Prism: a message code and the length in the byte order of the capturing host; some drivers put AVS here.
pub fn prism(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    if let [0x80, 0x21, 0x10, ..] = layers.rest() {
        return avs(layers);
    }
    let start = layers.at;
    layers.skip(4)?;
    let bytes = layers.take()?;
    let len = u32::from_le_bytes(bytes).min(u32::from_be_bytes(bytes));
    to(layers, start, len as usize, Next::Wifi(false))
}

/// Goes on behind a header of `len` bytes.
fn to(layers: &mut Layers<'_>, start: usize, len: usize, next: Next) -> Result<Next, Stop> {
    if len < layers.at - start {
        return Err(layers.stop("bad_header_length"));
    }
    layers.at = start;
    layers.skip(len)?;
    Ok(next)
}
