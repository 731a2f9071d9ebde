//! `messages.csv`: a message of a flow with the records, segments and packets that carried it.

use super::Word;
use super::cell::{Millis, Wild};
use crate::table;
use crate::time::Timestamp;

table! {
    /// A handshake message, ChangeCipherSpec, alert, or the first application data of a side, in the order of completion.
    MessageRow, "messages", key ["flow_id", "seq"];
    /// The flow (flows.csv).
    flow_id: Word,
    /// Place in the flow, from 1, by the frame that completes it.
    seq: u32,
    /// Step of the handshake's drawing, 2 to 12 (see the dictionary).
    step: u8,
    /// `handshake`, `ccs`, `alert` or `data`.
    layer: Word,
    /// IANA's name in snake case; `encrypted_handshake` where the type is hidden; `encrypted_flight` for a first protected flight of TLS 1.3.
    message: Word,
    /// HandshakeType, alert description, or empty where it is hidden.
    message_code: Option<u8>,
    /// Who sent it: `client` or `server`.
    direction: Word,
    /// `seen`, `encrypted`, `decrypted`, `partial` (bytes are missing, or it never ended) or `missing`.
    state: Word,
    /// The first frame that carries a byte of it.
    first_frame: u64,
    /// The frame that completes it, where Wireshark shows it.
    last_frame: u64,
    /// The capture whose frame number first_frame is. Empty: that of the flow's first packet, capture_id in flows.csv.
    first_capture_id: Word,
    /// The same of last_frame.
    last_capture_id: Word,
    /// Distinct frames that carry it.
    frames: u32,
    /// Time of the frame that completes it.
    time_utc: Timestamp,
    /// That time since the flow's first packet, in ms.
    since_start_ms: Millis,
    /// Bytes with the 4-byte handshake header (in DTLS, too, whose headers are longer); of a ccs or alert its record body; of a flight its records with their headers.
    bytes: u64,
    /// Records that carry any byte of it: of TLS or DTLS; of QUIC, CRYPTO frames.
    records: u32,
    /// Distinct TCP segments, or datagrams of DTLS and QUIC, that carry any byte of it or of the headers of its records.
    segments: u32,
    /// Packets that carry these segments.
    packets: u32,
    /// IP fragments among them: a segment whose packet was cut counts with all its parts.
    ip_fragments: Option<u32>,
    /// An estimate of the segments on the wire where the capture shows segments above the MSS (offload); else the same as segments.
    wire_segments_estimate: u32,
    /// Where its first byte (or its record's header) lies in its first segment.
    first_segment_offset_bytes: u32,
    /// Whether its last byte is the last byte of a segment.
    ends_segment: bool,
    /// The flight that it belongs to, from 1: it counts the turns of direction.
    flight: u32,
    /// Retransmitted segments that carry bytes of it; in DTLS, datagrams that carry bytes of it once more.
    retransmitted_segments: u32,
    /// What else there is to say: the alert's level, why it is partial.
    detail: Wild,
}
