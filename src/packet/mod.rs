//! A frame to its TCP segment or UDP datagram, or to where reading stopped and why.
//!
//! ```text
//!  frame  | link header | tags and tunnels, in any order and number | IP header | TCP header | payload | padding |
//!           link/, wifi   ethertype, ppp, mpls, gre, udp, tunnel, esp   ip          tcp
//!                         └────────── layers.rs goes from one to the next ─────────┘
//! ```
//!
//! Pure functions over bytes: nothing is allocated, nothing fails. What cannot be read is a [`Stop`] with its layer,
//! reason and offset. Offsets are from the start of the frame, so that a segment outlives the borrow of its frame.
//!
//! Parts of IP packets are put together by [`defrag`], which alone keeps a state. [`plain`] is the fast way for what most
//! frames are, TCP and UDP over IP over Ethernet; [`dissect`] is the way for everything.

pub mod defrag;
mod esp;
mod ethertype;
mod gre;
pub mod ip;
mod layers;
pub mod link;
mod mpls;
mod path;
mod ppp;
pub mod tcp;
#[cfg(test)]
mod tests;
mod tunnel;
mod udp;
mod wifi;

pub use layers::{MAX_TUNNELS, Wrap};
pub use path::{Path, Paths, Tunnel};

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

impl Key {
    /// The key of a packet outside of tunnels, and whether its sender is [`Key::low`].
    #[inline]
    fn of(source: Endpoint, destination: Endpoint) -> (Self, bool) {
        // As numbers: one comparison instead of a call that compares bytes.
        let order = |end: &Endpoint| (u128::from_be_bytes(end.address), end.port);
        let from_low = order(&source) <= order(&destination);
        let (low, high) = if from_low { (source, destination) } else { (destination, source) };
        (Key { low, high, tunnel: Tunnel::default() }, from_low)
    }
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
    /// Whether its IP header has an identification, by which hosts tell their packets apart.
    pub numbered: bool,
    /// TCP flags.
    pub flags: u8,
    /// IP version, 4 or 6.
    pub ip_version: u8,
    /// Maximum segment size option of a SYN, in bytes.
    pub mss: Option<u16>,
    /// The number of its way in among the [`Paths`] of its block; 0 for none.
    pub path: u16,
    /// IP fragments that it was put together from; 0 where it was whole.
    pub fragments: u16,
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
    /// Of what is equal in two copies of one packet: the identification, the TCP header and the length; not of TTL, tags and tunnels.
    pub digest: u32,
}

impl Segment {
    /// The segment with its payload counted from a place `by` bytes before the frame's start.
    pub fn shift(mut self, by: u32) -> Self {
        self.payload_at += by;
        self
    }
}

/// A UDP datagram as captured.
#[derive(Debug, Clone, Copy)]
pub struct Datagram {
    /// The conversation that it belongs to.
    pub key: Key,
    /// Whether [`Key::low`] sent it.
    pub from_low: bool,
    /// IP version, 4 or 6.
    pub ip_version: u8,
    /// Whether it wraps packets that are read on their own, or something opaque: nobody reads its payload.
    pub wraps: bool,
    /// The number of its way in among the [`Paths`] of its block; 0 for none.
    pub path: u16,
    /// IP fragments that it was put together from; 0 where it was whole.
    pub fragments: u16,
    /// When it was captured.
    pub time: Timestamp,
    /// Frame number in its file.
    pub frame: u64,
    /// Where the captured payload starts, in bytes; from the frame's start, or as moved by [`Datagram::shift`].
    pub payload_at: u32,
    /// Payload bytes captured.
    pub payload_len: u32,
    /// Payload bytes on the wire: more than captured where the snap length cut it.
    pub wire_len: u32,
}

impl Datagram {
    /// The datagram with its payload counted from a place `by` bytes before the frame's start.
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

/// A part of an IP packet, for whoever puts them together.
#[derive(Debug, Clone, Copy)]
pub struct Fragment {
    /// The header.
    pub packet: ip::Packet,
    /// Which part it is.
    pub part: ip::Part,
    /// What the packet was wrapped in.
    pub wrap: Wrap,
    /// Where the captured data starts, in bytes from the frame's start.
    pub at: u32,
    /// How much was captured.
    pub len: u32,
    /// The same place for people: it stays what it was when `at` is moved.
    pub offset: u32,
    /// When.
    pub time: Timestamp,
    /// Frame number in its file.
    pub frame: u64,
}

/// What was found in a frame.
#[derive(Debug, Clone, Copy)]
pub enum Found {
    /// A TCP segment, and the way in.
    Segment(Segment, Path),
    /// A UDP datagram, and the way in. What it wraps is found besides.
    Datagram(Datagram, Path),
    /// A part of an IP packet.
    Fragment(Fragment),
    /// Nothing that is read here.
    Stop(Stop),
}

/// What most frames hold.
#[derive(Debug, Clone, Copy)]
pub enum Plain {
    /// A TCP segment.
    Segment(Segment),
    /// A UDP datagram that wraps nothing.
    Datagram(Datagram),
}

impl Plain {
    /// The key of the flow that it belongs to.
    pub fn key(&self) -> &Key {
        match self {
            Plain::Segment(segment) => &segment.key,
            Plain::Datagram(datagram) => &datagram.key,
        }
    }
}

/// Reads a frame that is TCP, or UDP on ports of no tunnel, in a whole IP packet in untagged Ethernet; none for any other,
/// and for damaged ones.
#[inline]
pub fn plain(frame: &Frame<'_>) -> Option<Plain> {
    let version = match word(frame.bytes, 12) {
        Some(ethertype::IPV4) if frame.link.0 == 1 => 4,
        Some(ethertype::IPV6) if frame.link.0 == 1 => 6,
        _ => return None,
    };
    let packet = ip::read(frame.bytes, 14, version).ok()?;
    match packet.protocol {
        _ if packet.fragment.is_some() => None,
        ip::protocol::TCP => tcp::read(frame, &packet).ok().map(Plain::Segment),
        ip::protocol::UDP => udp::plain(frame, &packet).map(Plain::Datagram),
        _ => None,
    }
}

/// Reads any frame. An aggregate of 802.11 holds several segments; every frame gives at least one thing, but an empty aggregate.
#[inline(never)]
pub fn dissect(frame: &Frame<'_>, out: &mut dyn FnMut(Found)) {
    let layers = layers::Layers::new(frame.bytes, frame.wire_len as usize, Wrap::default());
    layers::follow(frame, layers, layers::Next::Link(frame.link.0), out);
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
