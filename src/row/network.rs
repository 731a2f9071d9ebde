//! What the network shows of a finished flow, whatever its transport: the ground on which its rows are built.

use crate::flow::datagram::DatagramFlow;
use crate::flow::direction::Direction;
use crate::flow::{Close, Flow, FramePlace, Greeting, Handshake, Side};
use crate::packet::{Endpoint, Key, Path};
use crate::time::Timestamp;

/// A conversation by Wireshark's counting: its stream number is the rank of its first frame among those of its transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Conversation {
    /// Whether it is UDP's.
    pub udp: bool,
    /// Its first frame in the capture.
    pub first_frame: u64,
}

/// A flow without its content.
#[derive(Debug, Clone, Copy)]
pub struct Network<'a> {
    /// `tls`, `dtls` or `quic`.
    pub protocol: &'static str,
    /// Whose number is its stream number.
    pub conversation: Conversation,
    /// Endpoints and tunnel.
    pub key: Key,
    /// What its first packet was wrapped in.
    pub path: Option<&'a Path>,
    /// 4 or 6.
    pub ip_version: u8,
    /// Its first packet.
    pub first: FramePlace,
    /// When that was.
    pub first_time: Timestamp,
    /// Its last packet.
    pub last: FramePlace,
    /// The latest time of its packets.
    pub last_time: Timestamp,
    /// Files of the series that carry a packet of it.
    pub files: u32,
    /// Who opened it, where that was seen below its content.
    pub client: Option<Side>,
    /// Packets of each side.
    pub packets: [u64; 2],
    /// Payload bytes of each side on the wire.
    pub bytes: [u64; 2],
    /// Bytes that the capture does not hold.
    pub gap_bytes: u64,
    /// IP fragments that carried it.
    pub ip_fragments: u32,
    /// What closed it first.
    pub close: Option<Close>,
    /// What only TCP has.
    pub tcp: Option<Tcp<'a>>,
}

/// What only TCP has.
#[derive(Debug, Clone, Copy)]
pub struct Tcp<'a> {
    /// Whether the client's SYN was seen.
    pub syn_seen: bool,
    /// Times of the TCP handshake.
    pub handshake: Handshake,
    /// Whether segments above the receiver's MSS, or without a length, were seen.
    pub offload: bool,
    /// Both directions.
    pub directions: &'a [Direction; 2],
    /// The first bytes of each side, where they are of another protocol.
    pub greetings: [Greeting; 2],
}

impl Network<'_> {
    /// The endpoint behind a side.
    pub fn endpoint(&self, side: Side) -> Endpoint {
        if side == Side::Low { self.key.low } else { self.key.high }
    }

    /// When the TCP handshake's steps were seen; never for others.
    pub fn handshake(&self) -> Handshake {
        self.tcp.map(|tcp| tcp.handshake).unwrap_or_default()
    }
}

impl<'a, R> From<&'a Flow<R>> for Network<'a> {
    fn from(flow: &'a Flow<R>) -> Self {
        let directions = &flow.directions;
        Network {
            protocol: "tls",
            conversation: Conversation { udp: false, first_frame: flow.first.frame },
            key: flow.key,
            path: flow.path.as_deref(),
            ip_version: flow.ip_version,
            first: flow.first,
            first_time: flow.first_time,
            last: flow.last,
            last_time: flow.last_time,
            files: flow.files,
            client: flow.client,
            packets: [directions[0].packets, directions[1].packets],
            bytes: [directions[0].bytes, directions[1].bytes],
            gap_bytes: directions.iter().map(|direction| direction.anomalies().gap_bytes).sum(),
            ip_fragments: flow.ip_fragments,
            close: flow.close,
            tcp: Some(Tcp {
                syn_seen: flow.syn_seen,
                handshake: flow.handshake,
                offload: flow.offload,
                directions,
                greetings: flow.greetings,
            }),
        }
    }
}

impl<'a> Network<'a> {
    /// Of a flow in datagrams.
    pub fn of_datagrams<R>(flow: &'a DatagramFlow<R>, protocol: &'static str) -> Self {
        Network {
            protocol,
            conversation: Conversation { udp: true, first_frame: flow.conversation },
            key: flow.key,
            path: flow.path.as_deref(),
            ip_version: flow.ip_version,
            first: flow.first,
            first_time: flow.first_time,
            last: flow.last,
            last_time: flow.last_time,
            files: flow.files,
            client: None,
            packets: flow.packets,
            bytes: flow.bytes,
            gap_bytes: flow.cut_bytes,
            ip_fragments: flow.ip_fragments,
            close: None,
            tcp: None,
        }
    }
}
