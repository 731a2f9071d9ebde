//! Capture files to frames: the file header, then packet after packet, out of buffers that the caller owns.
//!
//! ```text
//!  file   | header | rec | rec | rec | re|c | rec | ...
//!  buffer          [ range 0             ]
//!                  ^ cut()               ^ used; the record that straddles is completed by the caller
//! ```
//!
//! This stage is the only one that names `pcap_parser`. It does not know what a packet means, and it does no I/O in
//! the cutting itself: bytes in, frames out.

use crate::error::CaptureError;
use crate::time::Timestamp;

/// The largest record (packet with its header, or pcapng block) that is believed, in bytes. A longer length is damage.
pub const MAX_RECORD: usize = 16 << 20;

/// A link-layer header type as in the LINKTYPE registry of the tcpdump group (the value in files, FCS bits masked off).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

/// A captured frame, borrowed from the buffer that it was read into.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'b> {
    /// Number of the frame in its file, from 1, as Wireshark shows it.
    pub number: u64,
    /// When it was captured.
    pub time: Timestamp,
    /// What the first byte is.
    pub link: LinkType,
    /// Length on the wire in bytes; more than `bytes.len()` where the snap length cut it.
    pub wire_len: u32,
    /// Offset of the record in the file, in bytes.
    pub offset: u64,
    /// The captured bytes.
    pub bytes: &'b [u8],
}

/// What the cutter meets.
#[derive(Debug, Clone)]
pub enum Item<'b> {
    /// A frame.
    Frame(Frame<'b>),
    /// Bytes that hold no readable record: damage, with the reason. Reading goes on behind them if it can.
    Damage {
        /// What was wrong, and where.
        error: CaptureError,
        /// How many bytes were passed over because of it.
        skipped: u64,
    },
}

/// How far [`Cutter::cut`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Bytes consumed from the front of the buffer.
    pub used: usize,
    /// Bytes that the record at `used` needs from its start, as far as known by now (at least a header's worth);
    /// 0 where the buffer ended with a record.
    pub need: usize,
}
