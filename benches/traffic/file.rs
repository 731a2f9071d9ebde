//! Capture files as they are written: classic pcap (little-endian, microseconds) or pcapng, link type Ethernet.

use std::io::{self, Write};

/// Which file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Classic pcap.
    Pcap,
    /// pcapng: one section, one interface, enhanced packet blocks.
    Pcapng,
}

const LINK_ETHERNET: u32 = 1;
const SNAPLEN: u32 = 262_144;
const FLUSH_AT: usize = 256 << 10;

impl Format {
    /// Bytes before a frame and behind it, with `frame` bytes in it.
    pub fn overhead(self, frame: usize) -> usize {
        match self {
            Format::Pcap => 16,
            Format::Pcapng => 32 + frame.next_multiple_of(4) - frame,
        }
    }

    fn header(self) -> Vec<u8> {
        let words: &[u32] = match self {
            Format::Pcap => &[0xa1b2_c3d4, 2 | 4 << 16, 0, 0, SNAPLEN, LINK_ETHERNET],
            Format::Pcapng => {
                &[0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28, 1, 20, LINK_ETHERNET, SNAPLEN, 20] // section, interface
            }
        };
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

/// Writes packets in large pieces.
pub struct Writer<W: Write> {
    out: W,
    format: Format,
    buffer: Vec<u8>,
    /// Bytes so far.
    pub bytes: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub fn new(out: W, format: Format) -> Self {
        let buffer = format.header();
        Writer { out, format, bytes: buffer.len() as u64, buffer }
    }

    /// Writes a packet at `micros` since 1970, whose `len` bytes `fill` writes.
    pub fn packet(&mut self, micros: u64, len: usize, fill: impl FnOnce(&mut [u8])) -> io::Result<()> {
        let start = self.buffer.len();
        let size = len as u32;
        let head = match self.format {
            Format::Pcap => {
                let words = [(micros / 1_000_000) as u32, (micros % 1_000_000) as u32, size, size];
                self.words(&words);
                16
            }
            Format::Pcapng => {
                let total = (len + self.format.overhead(len)) as u32;
                self.words(&[6, total, 0, (micros >> 32) as u32, micros as u32, size, size]);
                28
            }
        };
        self.buffer.resize(start + head + len, 0);
        fill(&mut self.buffer[start + head..]);
        if self.format == Format::Pcapng {
            self.buffer.resize(start + len + self.format.overhead(len) - 4, 0);
            self.words(&[(len + self.format.overhead(len)) as u32]);
        }
        self.bytes += (self.buffer.len() - start) as u64;
        if self.buffer.len() >= FLUSH_AT { self.flush() } else { Ok(()) }
    }

    fn words(&mut self, words: &[u32]) {
        for word in words {
            self.buffer.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// Writes what is left.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        self.out.flush()
    }
}
