//! Capture files taken apart at their records, and classic pcap files made of packets.

use std::fs;
use std::path::Path;
use tlscensus::capture::{Cutter, Item, LinkType};
use tlscensus::time::Timestamp;

/// A packet as a capture file holds it.
#[derive(Debug, Clone)]
pub struct Packet {
    pub time: Timestamp,
    pub link: LinkType,
    pub wire_len: u32,
    pub bytes: Vec<u8>,
}

/// A capture file: what stands before the first packet, and where each packet's record ends.
pub struct File {
    pub bytes: Vec<u8>,
    /// Offset of each record, and at last the length of the file.
    pub records: Vec<usize>,
    pub packets: Vec<Packet>,
}

impl File {
    pub fn read(path: &Path) -> File {
        let bytes = fs::read(path).unwrap();
        let (mut cutter, used) = Cutter::open(&bytes).unwrap();
        let (mut records, mut packets) = (Vec::new(), Vec::new());
        cutter.cut(&bytes[used..], used as u64, true, &mut |item| match item {
            Item::Frame(frame) => {
                records.push(frame.offset as usize);
                packets.push(Packet { time: frame.time, link: frame.link, wire_len: frame.wire_len, bytes: frame.bytes.to_vec() });
            }
            Item::Damage { error, .. } => panic!("{}: {error}", path.display()),
        });
        records.push(bytes.len());
        File { bytes, records, packets }
    }

    /// The file header: for pcapng the blocks before the first packet.
    pub fn header(&self) -> &[u8] {
        &self.bytes[..self.records[0]]
    }

    /// A file of the packets from number `from` (from 0) up to `to`.
    pub fn part(&self, from: usize, to: usize) -> Vec<u8> {
        [self.header(), &self.bytes[self.records[from]..self.records[to]]].concat()
    }
}

/// A classic little-endian pcap file with times in nanoseconds. All packets must have one link type.
pub fn pcap(packets: &[Packet]) -> Vec<u8> {
    let link = packets.first().map_or(1, |packet| packet.link.0);
    let mut file = Vec::new();
    for word in [0xa1b2_3c4du32, 0x0004_0002, 0, 0, 262_144, u32::from(link)] {
        file.extend(word.to_le_bytes());
    }
    for packet in packets {
        assert_eq!(packet.link.0, link);
        let (seconds, nanos) = (packet.time.0 / 1_000_000_000, packet.time.0 % 1_000_000_000);
        for word in [seconds as u32, nanos as u32, packet.bytes.len() as u32, packet.wire_len] {
            file.extend(word.to_le_bytes());
        }
        file.extend(&packet.bytes);
    }
    file
}
