//! A frame to a TCP segment, or to where reading stopped and why.
//!
//! ```text
//!  frame  | link header | VLAN tags | IP header | TCP header | payload | padding |
//!           link.rs                   ip.rs       tcp.rs
//! ```
//!
//! Pure functions over bytes: nothing is allocated, nothing fails. What cannot be read is a [`Stop`] with its layer,
//! reason and offset. Offsets are from the start of the frame, so that a segment outlives the borrow of its frame.

pub mod ip;
pub mod link;
pub mod tcp;

use crate::capture::{Frame, LinkType};
use crate::ledger::{Layer, Reason};
use crate::time::Timestamp;

/// An address: IPv6, or IPv4 as `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2).
pub type Address = [u8; 16];

/// One side of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Endpoint {
    /// Its address.
    pub address: Address,
    /// Its TCP or UDP port.
    pub port: u16,
}

/// What a flow was wrapped in, as far as it tells flows apart. 0 is nothing.
///
/// VLAN ids stand in it as they are, see [`Tunnel::push_vlan`]; a digest of other tunnels will set the top bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tunnel(pub u64);

impl Tunnel {
    /// Enters a VLAN; up to four tags are kept apart, each as its id + 1 in 13 bits, the outermost highest.
    pub fn push_vlan(&mut self, id: u16) {
        if self.0 >> 39 == 0 {
            self.0 = (self.0 << 13) | (u64::from(id & 0x0fff) + 1);
        }
    }

    /// `vlan=10/20`, outermost first; empty for none.
    pub fn text(self) -> String {
        let tags = [39, 26, 13, 0].map(|shift| self.0 >> shift & 0x1fff);
        let ids: Vec<String> = tags.iter().filter(|tag| **tag > 0).map(|tag| (tag - 1).to_string()).collect();
        if ids.is_empty() { String::new() } else { format!("vlan={}", ids.join("/")) }
    }
}

/// The key of a flow: both endpoints in a fixed order, and what it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key {
    /// The smaller endpoint.
    pub low: Endpoint,
    /// The larger endpoint.
    pub high: Endpoint,
    /// What they were wrapped in.
    pub tunnel: Tunnel,
}

/// Flags of the TCP header (RFC 9293 section 3.1).
pub mod flag {
    /// No more data from the sender.
    pub const FIN: u8 = 0x01;
    /// Synchronise sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset the connection.
    pub const RST: u8 = 0x04;
    /// The acknowledgement number counts.
    pub const ACK: u8 = 0x10;
}

/// A TCP segment as captured.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// The flow that it belongs to.
    pub key: Key,
    /// Whether [`Key::low`] sent it.
    pub from_low: bool,
    /// Whether its IP total length was 0: the capturing host left the cutting to the network card.
    pub zero_length: bool,
    /// TCP flags.
    pub flags: u8,
    /// IP version, 4 or 6.
    pub ip_version: u8,
    /// Maximum segment size option of a SYN, in bytes.
    pub mss: Option<u16>,
    /// When it was captured.
    pub time: Timestamp,
    /// Frame number in its file.
    pub frame: u64,
    /// Sequence number of the first byte (of the SYN, where there is one).
    pub seq: u32,
    /// Acknowledgement number.
    pub ack: u32,
    /// Where the captured payload starts, in bytes; from the frame's start, or as moved by [`Segment::shift`].
    pub payload_at: u32,
    /// Payload bytes captured.
    pub payload_len: u32,
    /// Payload bytes on the wire: more than captured where the snap length cut it.
    pub wire_len: u32,
}

impl Segment {
    /// The segment with its payload counted from a place `by` bytes before the frame's start.
    pub fn shift(mut self, by: u32) -> Self {
        self.payload_at += by;
        self
    }
}

/// Where reading a frame stopped, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// At which layer.
    pub layer: Layer,
    /// Why.
    pub reason: Reason,
    /// At which byte of the frame.
    pub offset: u32,
}

impl Stop {
    fn new(layer: Layer, word: &'static str, offset: usize) -> Self {
        Stop { layer, reason: Reason::of(word), offset: offset as u32 }
    }

    fn numbered(layer: Layer, word: &'static str, number: u32, offset: usize) -> Self {
        Stop { layer, reason: Reason::with(word, number), offset: offset as u32 }
    }
}

/// What a frame turned out to be.
pub type Dissected = Result<Segment, Stop>;

/// Reads a frame down to its TCP segment.
pub fn dissect(frame: &Frame<'_>) -> Dissected {
    let network = link::read(frame.link, frame.bytes)?;
    let transport = ip::read(frame.bytes, network.at, network.version)?;
    tcp::read(frame, network.tunnel, &transport)
}

/// Bytes `at..at + N` of a frame, or none where the capture ends before.
#[inline]
fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// A 16-bit field in network order.
#[inline]
fn word(bytes: &[u8], at: usize) -> Option<u16> {
    field(bytes, at).map(u16::from_be_bytes)
}

/// A name for the commonest link types, for tables.
pub fn link_name(link: LinkType) -> &'static str {
    link::name(link)
}
