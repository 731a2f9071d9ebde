//! `captures.csv`: every file that the run met, read or not.

use super::Word;
use super::cell::{Seconds, Wild};
use crate::table;
use crate::time::Timestamp;

table! {
    /// A capture file, read or not: nothing that was found is left out.
    CaptureRow, "captures", key ["path"];
    /// `c` and 12 hex digits of a hash of size, first and last 64 KiB; of standard input, of its first MiB. Empty: it could not be opened.
    capture_id: Word,
    /// Its path relative to the root that was given.
    path: Wild,
    /// The series of rotated captures that it is part of.
    series_id: Word,
    /// Its format by content, after decompression.
    format: Word,
    /// Link types by number in the LINKTYPE registry, in order of appearance.
    link_types: Word,
    /// The largest snap length that it declares, in bytes. Empty: none, or unlimited.
    snaplen_bytes: Option<u32>,
    /// Size of the file in bytes, compressed as it is. Empty for standard input that was not read to its end.
    size_bytes: Option<u64>,
    /// The compression by content: `gzip`, `zstd`, `xz`, `bzip2` or `lz4`. Empty: none.
    compressed: Word,
    /// `ok`, `truncated` (ends or breaks inside a record; what could be read was read), `failed`, `skipped`, `duplicate` or `empty`.
    status: Word,
    /// A fixed word for what ended the reading too soon; else for the first damage, which was passed over.
    error_code: Word,
    /// What was found and what was needed.
    error_detail: Wild,
    /// Offset in the file (in what is within, if it is compressed) at which it was noticed, in bytes.
    error_offset_bytes: Option<u64>,
    /// Frames read.
    packets: u64,
    /// Frames whose captured length is below their length on the wire.
    packets_cut: u64,
    /// Time of the first frame. Empty: no frame.
    first_utc: Option<Timestamp>,
    /// The latest frame time.
    last_utc: Option<Timestamp>,
    /// From the first frame to the latest, in seconds.
    duration_s: Option<Seconds>,
    /// TCP connections with a packet in it.
    tcp_flows: u64,
    /// UDP conversations with a packet in it.
    udp_flows: u64,
    /// TLS flows that start in it.
    tls_flows: u64,
    /// Of these, with a completed handshake.
    handshakes_completed: u64,
    /// Of these, with a handshake that failed (outcome alert, reset, closed or timeout).
    handshakes_failed: u64,
    /// Whether segments above the MSS were seen.
    offload_suspected: bool,
    /// Frames that hold a packet of TCP that was captured just before (a mirror port, two interfaces): it is counted as a packet, and not
    /// taken for a retransmission. Bare ACKs without an IP identification cannot be told and are not among them.
    duplicate_frames: Option<u64>,
    /// The path of the capture with the same content that was read instead.
    duplicate_of: Wild,
}
