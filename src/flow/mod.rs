//! Segments to flows: which connection, in which order, what is missing, and when.
//!
//! ```text
//!  block 1          block 2                 per flow and direction
//!  | s s s s |      | s s s |     ──►       bytes in order ──deliver──►
//!    lane 0: s   s    s                     holes          ──gap──────►   a Reader (TLS)
//!    lane 1:   s   s    s s                 copies         ──retransmitted►
//! ```
//!
//! A [`Lane`](table::Lane) holds the flows whose keyed hash falls to it and consumes segments in capture order. What the bytes mean
//! is the [`Reader`]'s business: this stage does not know TLS. Time is packet time; nothing here depends on threads.

mod connection;
pub mod datagram;
pub mod direction;
mod duplicate;
pub mod hash;
mod held;
mod side_by_side;
mod slab;
pub mod table;
mod tombs;

use crate::packet::{Key, Path, Segment};
use crate::time::{Span, Timestamp};
use direction::Direction;
use duplicate::Copies;
use side_by_side::SideBySide;

/// A direction of a flow, by which of the key's endpoints sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// [`Key::low`] sends.
    Low,
    /// [`Key::high`] sends.
    High,
}

impl Side {
    /// Both, in the order of their indices.
    pub const BOTH: [Side; 2] = [Side::Low, Side::High];

    /// 0 or 1.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The one that listens.
    pub fn other(self) -> Side {
        if self == Side::Low { Side::High } else { Side::Low }
    }
}

/// The segment that carried bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carrier {
    /// Its number in its direction: later ones are higher; equal means the same segment.
    pub id: u64,
    /// Its frame: in a rotated series a later file may hold a lower number.
    pub place: FramePlace,
    /// When it was captured.
    pub time: Timestamp,
    /// Its payload on the wire, in bytes.
    pub len: u32,
    /// The MSS that its receiver announced, in bytes; 0 where the capture does not hold it.
    pub mss: u16,
    /// The IP fragments that it was put together from; 0 where it was whole.
    pub fragments: u16,
}

/// Bytes in order, all from one segment.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'b> {
    /// Who sent them.
    pub side: Side,
    /// Place of the first byte in the direction's stream, from the first byte that the capture could hold.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'b [u8],
    /// What carried them.
    pub carrier: Carrier,
    /// Where the first byte lies in the carrier's payload.
    pub at: u32,
}

impl<'b> Chunk<'b> {
    /// What stands behind the first `len` bytes.
    pub fn behind(self, len: usize) -> Chunk<'b> {
        Chunk { bytes: &self.bytes[len..], offset: self.offset + len as u64, at: self.at + len as u32, ..self }
    }
}

/// Bytes that the capture does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Whose bytes.
    pub side: Side,
    /// Place of the first missing byte.
    pub offset: u64,
    /// How many.
    pub len: u64,
}

/// Whether a reader has found its protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// It has seen too little.
    Undecided,
    /// It has.
    Found,
    /// What was delivered is something else.
    Not,
}

/// What a segment begins, as far as its bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Nothing for the reader.
    No,
    /// The reader's protocol.
    Own,
    /// Another one that leads to it or carries it, which the reader follows to find where its own begins.
    Led,
}

/// A protocol on top of the ordered bytes of a flow: the seam between this stage and TLS.
pub trait Reader: Default {
    /// Bytes that one takes with what it keeps of a common flow, about: what the bound on memory counts.
    const BYTES: u64;
    /// What a segment could begin: the first one of the flow, or one in the middle of another protocol (STARTTLS,
    /// CONNECT). `midway` says that the capture does not hold the flow's beginning.
    fn starts(bytes: &[u8], first: bool, midway: bool) -> Start;
    /// Takes bytes in order.
    fn deliver(&mut self, chunk: Chunk<'_>);
    /// Learns of a hole before what follows it is delivered.
    fn gap(&mut self, gap: Gap);
    /// Learns that a segment carried bytes from `from` to `to` again, or for the first time in place of a copy that the
    /// capture does not hold. The second kind comes before the bytes themselves.
    fn retransmitted(&mut self, side: Side, from: u64, to: u64);
    /// Whether this is the reader's protocol.
    fn interest(&self) -> Interest;
    /// Bytes that it holds beyond [`Reader::BYTES`]: of long messages and lists.
    fn held(&self) -> u64 {
        0
    }
}

/// A frame of a series. The order is that in which frames are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FramePlace {
    /// Counts the changes from file to file on the way through the series: where files are merged by time, a file has many
    /// turns. Beyond 2^32 changes the count stays, and frames of one file are in order still.
    pub turn: u32,
    /// The file, by its place in the series.
    pub file: u32,
    /// The frame in it.
    pub frame: u64,
}

/// What ended a flow, as the capture shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The first FIN, and who sent it.
    Fin(Side),
    /// A RST before any FIN, and who sent it.
    Rst(Side),
}

/// Why a flow is over for the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A new SYN took its key.
    Reused,
    /// Both sides closed it, or one reset it, and nothing came since.
    Closed,
    /// Silence for longer than the time-out.
    Idle,
    /// The bound on live flows was reached.
    Evicted,
    /// The series ended.
    EndOfCapture,
}

/// Times of the TCP handshake, in as little space as they need. Of packets that came again it is the last before the answer that
/// counts: a time-out is no way.
///
/// ```text
///  SYN ... SYN ────► SYN-ACK ... SYN-ACK ────► ACK
///          └ to the server ┘     └ to the client ┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handshake {
    /// The last SYN, the first SYN-ACK, the last SYN-ACK, the ACK.
    times: [Timestamp; 4],
}

impl Default for Handshake {
    fn default() -> Self {
        Handshake { times: [Timestamp(i64::MIN); 4] }
    }
}

impl Handshake {
    /// From the client's SYN to the server's SYN-ACK.
    pub fn to_server(&self) -> Option<Span> {
        Some(self.time(1)?.since(self.time(0)?))
    }

    /// From the server's SYN-ACK to the first ACK of the client after it.
    pub fn to_client(&self) -> Option<Span> {
        Some(self.time(3)?.since(self.time(2)?))
    }

    fn time(&self, index: usize) -> Option<Timestamp> {
        Some(self.times[index]).filter(|time| time.0 != i64::MIN)
    }

    fn syn(&mut self, time: Timestamp) {
        if self.time(1).is_none() {
            self.times[0] = time;
        }
    }

    fn syn_ack(&mut self, time: Timestamp) {
        self.note(1, time);
        if self.time(3).is_none() {
            self.times[2] = time;
        }
    }

    fn ack(&mut self, time: Timestamp) {
        if self.time(1).is_some() {
            self.note(3, time);
        }
    }

    fn note(&mut self, index: usize, time: Timestamp) {
        if self.times[index].0 == i64::MIN {
            self.times[index] = time;
        }
    }
}

/// The first bytes that a side sent, so far as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Greeting {
    bytes: [u8; 12],
    len: u8,
}

impl Greeting {
    /// Keeps the first bytes of a side's first segment.
    fn keep(&mut self, payload: &[u8]) {
        if self.len == 0 {
            let kept = payload.len().min(self.bytes.len());
            self.bytes[..kept].copy_from_slice(&payload[..kept]);
            self.len = kept as u8;
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// A TCP connection. What every packet asks for stands in front, so that it lies in few cache lines.
#[derive(Debug)]
#[repr(C)]
pub struct Flow<R> {
    /// Endpoints and tunnel.
    pub key: Key,
    /// Its last packet.
    pub last: FramePlace,
    /// Both directions, by [`Side::index`].
    pub directions: [Direction; 2],
    /// The latest time of its packets.
    pub last_time: Timestamp,
    /// The time-high mark of the lane when its last packet came.
    active: Timestamp,
    /// The protocol on top, once a byte of payload was seen and as long as it may be the reader's.
    pub reader: Option<Box<R>>,
    /// 4 or 6.
    pub ip_version: u8,
    /// Who opened it, where a SYN or SYN-ACK was seen.
    pub client: Option<Side>,
    /// Whether the client's SYN was seen.
    pub syn_seen: bool,
    /// What closed it first.
    pub close: Option<Close>,
    /// Whether segments above the receiver's MSS, or without a length, were seen.
    pub offload: bool,
    /// Who sent a FIN.
    fins: [bool; 2],
    /// Whose FIN the other side has acknowledged, with all bytes before it.
    fins_acknowledged: [bool; 2],
    /// A RST was seen, and no SYN since.
    reset: bool,
    /// By which packets that were captured twice are found.
    copies: Copies,
    /// Times of the TCP handshake.
    pub handshake: Handshake,
    /// Its first packet.
    pub first: FramePlace,
    /// When that was.
    pub first_time: Timestamp,
    /// Files of the series that carry a packet of it.
    pub files: u32,
    /// IP fragments that its segments came in.
    pub ip_fragments: u32,
    /// Which of the files that are open at the same time do.
    seen_in: SideBySide,
    /// What its first packet was wrapped in.
    pub path: Option<Box<Path>>,
    /// What the reader holds beyond what is counted for every one.
    reader_holds: u64,
    /// The first bytes of each side, where they are of another protocol than the reader's.
    pub greetings: [Greeting; 2],
}

impl<R> Flow<R> {
    /// The endpoint behind a side.
    pub fn endpoint(&self, side: Side) -> crate::packet::Endpoint {
        if side == Side::Low { self.key.low } else { self.key.high }
    }

    /// Reads a word of every cache line that a packet asks for; the sum means nothing.
    fn touch(&self) -> u64 {
        let sides = self.directions[0].packets ^ self.directions[1].packets;
        sides ^ u64::from(self.key.low.port) ^ self.last.frame ^ self.active.0 as u64 ^ self.copies.touch() ^ self.first.frame
    }

    /// Whether nothing but late packets can come.
    fn is_over(&self) -> bool {
        self.reset || self.fins == [true; 2]
    }

    /// Whether both sides have closed it and know that the other has: all bytes were seen, and nothing but copies can come.
    fn is_settled(&self) -> bool {
        self.fins_acknowledged == [true; 2] && !self.reset
    }

    fn new(segment: &Segment, path: Option<&Path>, place: FramePlace) -> Self {
        Flow {
            key: segment.key,
            last: place,
            directions: Default::default(),
            last_time: segment.time,
            active: segment.time,
            reader: None,
            ip_version: segment.ip_version,
            client: None,
            syn_seen: false,
            close: None,
            offload: false,
            fins: [false; 2],
            fins_acknowledged: [false; 2],
            reset: false,
            copies: Copies::default(),
            handshake: Handshake::default(),
            first: place,
            first_time: segment.time,
            files: 1,
            ip_fragments: 0,
            seen_in: SideBySide::default(),
            path: path.copied().map(Box::new),
            reader_holds: 0,
            greetings: Default::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There are as many as connections are open: whoever makes one larger should know.
    #[test]
    fn flows_are_small() {
        assert_eq!(size_of::<Direction>(), 64);
        assert!(size_of::<Option<Flow<u64>>>() <= 400, "{}", size_of::<Option<Flow<u64>>>());
        assert!(size_of::<Option<tombs::Tomb>>() <= 40, "{}", size_of::<Option<tombs::Tomb>>());
    }
}
