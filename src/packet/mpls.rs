//! MPLS (RFC 3032) and Ethernet pseudowires in it (RFC 4448).
//!
//! ```text
//!  | label 20, class 3, bottom 1, TTL 8 | ... | label, bottom | IP, or [control word 0000 ....] Ethernet
//! ```
//!
//! Nothing says what follows the bottom label; RFC 4928 has the first nibble tell, but a pseudowire without a control word
//! begins with a hardware address, whatever its nibble. So IP is what also has lengths that fit, Ethernet what has a
//! known type.

use super::layers::{Layers, Next};
use super::path::Kind;
use super::{Stop, ethertype, word};

/// Labels that are followed in one stack.
const MAX_LABELS: usize = 16;

/// From the top label to what follows the bottom one.
pub fn read(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    if layers.wrap.tunnels == super::layers::MAX_TUNNELS {
        return Err(layers.stop("too_many_tunnels"));
    }
    layers.wrap.tunnels += 1;
    for _ in 0..MAX_LABELS {
        let entry = u32::from_be_bytes(layers.take()?);
        layers.tag(Kind::Mpls, entry >> 12);
        if entry & 0x100 != 0 {
            return payload(layers);
        }
    }
    Err(layers.stop("too_many_labels"))
}

fn payload(layers: &mut Layers<'_>) -> Result<Next, Stop> {
    let at = layers.at;
    let Some(first) = layers.bytes.get(at) else { return Err(Stop::new(layers.layer(), "cut_header", at)) };
    // A type of IP with an IP header behind it says more than a nibble and a length.
    if matches!(word(layers.bytes, at + 12), Some(ethertype::IPV4 | ethertype::IPV6)) && layers.is_ethernet_at(at) {
        return Ok(Next::Ethernet);
    }
    if let Some(version) = layers.ip_at(at) {
        return Ok(Next::Ip(version));
    }
    if first >> 4 == 0 && layers.is_ethernet_at(at + 4) {
        layers.skip(4)?;
        return Ok(Next::Ethernet);
    }
    if layers.is_ethernet_at(at) {
        return Ok(Next::Ethernet);
    }
    match first >> 4 {
        // Not enough was captured to tell better.
        4 | 6 => Ok(Next::Ip(0)),
        1 => Err(layers.stop("mpls_channel")),
        _ => Err(layers.stop("mpls_payload")),
    }
}
