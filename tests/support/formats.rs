//! Packets written in the capture formats that no tool at hand writes, or not from anything. All packets must be Ethernet.

use super::capture::Packet;
use tlscensus::time::SECOND;

/// In which order the bytes of a number stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    fn put(self, bytes: &mut Vec<u8>, words: &[u32]) {
        for word in words {
            bytes.extend(if self == Order::Big { word.to_be_bytes() } else { word.to_le_bytes() });
        }
    }
}

/// A variant of the classic format.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// The word for it in `captures.csv`, where little-endian.
    pub name: &'static str,
    magic: u32,
    minor: u16,
    link: u32,
    nanos: bool,
    /// Bytes between packet header and packet.
    more: usize,
    /// Bytes behind the file header.
    behind: usize,
}

/// All of them.
pub const VARIANTS: [Variant; 9] = [
    Variant { name: "pcap", magic: 0xa1b2_c3d4, minor: 4, link: 1, nanos: false, more: 0, behind: 0 },
    Variant { name: "pcap-ns", magic: 0xa1b2_3c4d, minor: 4, link: 1, nanos: true, more: 0, behind: 0 },
    Variant { name: "pcap-nokia", magic: 0xa1b2_c3d4, minor: 4, link: 1, nanos: false, more: 4, behind: 0 },
    Variant { name: "pcap-redhat", magic: 0xa1b2_c3d4, minor: 4, link: 1, nanos: false, more: 8, behind: 0 },
    Variant { name: "pcap-modified", magic: 0xa1b2_cd34, minor: 4, link: 1, nanos: false, more: 8, behind: 0 },
    Variant { name: "pcap-suse", magic: 0xa1b2_cd34, minor: 4, link: 1, nanos: false, more: 12, behind: 0 },
    Variant { name: "pcap-aix", magic: 0xa1b2_c3d4, minor: 2, link: 6, nanos: true, more: 0, behind: 0 },
    Variant { name: "lcap-ns", magic: 0x1c00_01ac, minor: 4, link: 1, nanos: true, more: 0, behind: 4 },
    Variant { name: "lcap", magic: 0x1c00_01ab, minor: 4, link: 1, nanos: false, more: 0, behind: 4 },
];

/// Packets as a variant of the classic format.
pub fn variant(variant: Variant, order: Order, packets: &[Packet]) -> Vec<u8> {
    let version = if order == Order::Big { 2 << 16 | u32::from(variant.minor) } else { u32::from(variant.minor) << 16 | 2 };
    let mut bytes = Vec::new();
    order.put(&mut bytes, &[variant.magic, version, 0, 0, 262_144, variant.link]);
    bytes.extend(&[0x55; 8][..variant.behind]);
    for packet in packets {
        let (seconds, nanos) = (packet.time.0 / SECOND, packet.time.0 % SECOND);
        let fraction = if variant.nanos { nanos } else { nanos / 1000 };
        let mut lens = [packet.bytes.len() as u32, packet.wire_len];
        if variant.minor == 2 {
            lens.reverse();
        }
        order.put(&mut bytes, &[seconds as u32, fraction as u32, lens[0], lens[1]]);
        bytes.extend(&[0xee; 12][..variant.more]);
        bytes.extend(&packet.bytes);
    }
    bytes
}

/// Packets as snoop (RFC 1761).
pub fn snoop(packets: &[Packet]) -> Vec<u8> {
    let mut bytes = [&b"snoop\0\0\0"[..], &2u32.to_be_bytes(), &4u32.to_be_bytes()].concat();
    for packet in packets {
        let captured = packet.bytes.len() as u32;
        let (seconds, micros) = ((packet.time.0 / SECOND) as u32, (packet.time.0 % SECOND / 1000) as u32);
        Order::Big.put(&mut bytes, &[packet.wire_len, captured, 24 + captured.next_multiple_of(4), 0, seconds, micros]);
        bytes.extend(&packet.bytes);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

/// Packets as ERF records with `extensions` extension headers, between records that fill and tell of the capture.
pub fn erf(packets: &[Packet], extensions: usize) -> Vec<u8> {
    let mut bytes = erf_record(27, 0, 16, &[9; 16]);
    for packet in packets {
        let (seconds, nanos) = (packet.time.0 as u64 / 1_000_000_000, packet.time.0 as u64 % 1_000_000_000);
        let fraction = ((nanos << 32) + 500_000_000) / 1_000_000_000;
        let kind = if extensions > 0 { 0x82 } else { 2 };
        let more = (0..extensions).map(|at| if at + 1 < extensions { 0x85 } else { 5 });
        let mut rest: Vec<u8> = more.flat_map(|first| [first, 0, 0, 0, 0, 0, 0, 1]).collect();
        rest.extend([0, 0]);
        rest.extend(&packet.bytes);
        bytes.extend(erf_record(kind, seconds << 32 | fraction, packet.wire_len as u16, &rest));
        bytes.extend(erf_record(48, 0, 0, &[]));
    }
    bytes
}

/// An ERF record, padded to eight bytes.
fn erf_record(kind: u8, time: u64, wire_len: u16, rest: &[u8]) -> Vec<u8> {
    let len = (16 + rest.len()).next_multiple_of(8);
    let mut bytes = [&time.to_le_bytes()[..], &[kind, 4], &(len as u16).to_be_bytes(), &[0; 2], &wire_len.to_be_bytes(), rest].concat();
    bytes.resize(len, 0xaa);
    bytes
}

/// Packets as Network Monitor writes them: of version `(1, 1)`, or `(2, 0)` to `(2, 3)`. Times are cut to milliseconds in the first.
pub fn netmon((major, minor): (u8, u8), packets: &[Packet]) -> Vec<u8> {
    let start = packets[0].time.0 / SECOND;
    let date = tlscensus::time::Timestamp(start * SECOND).utc();
    let field = |place: std::ops::Range<usize>| date[place].parse::<u16>().unwrap();
    let mut bytes = Vec::new();
    let mut table: Vec<u32> = Vec::new();
    for packet in packets {
        table.push(128 + bytes.len() as u32);
        let since = packet.time.0 - start * SECOND;
        let (wire_len, captured) = (packet.wire_len, packet.bytes.len() as u32);
        if major == 1 {
            bytes.extend(((since / 1_000_000) as u32).to_le_bytes());
            bytes.extend([wire_len as u16, captured as u16].iter().flat_map(|word| word.to_le_bytes()));
        } else {
            bytes.extend(((since / 1000) as u64).to_le_bytes());
            Order::Little.put(&mut bytes, &[wire_len, captured]);
        }
        bytes.extend(&packet.bytes);
        if major == 2 {
            let filetime = packet.time.0 as u64 / 100 + 116_444_736_000_000_000;
            let trailer = [&1u16.to_le_bytes()[..], &7u32.to_le_bytes(), &filetime.to_le_bytes(), &[0]].concat();
            bytes.extend(&trailer[..[0, 2, 6, 15][usize::from(minor)]]);
        }
    }
    let mut file = [if major == 1 { b"RTSS" } else { b"GMBU" }.to_vec(), vec![minor, major]].concat();
    let clock = [field(0..4), field(5..7), 0, field(8..10), field(11..13), field(14..16), field(17..19), 0];
    file.extend([1].iter().chain(&clock).flat_map(|word| word.to_le_bytes()));
    // Frame table, and behind it a comment.
    let at = 128 + bytes.len() as u32;
    let end = at + table.len() as u32 * 4;
    Order::Little.put(&mut file, &[at, table.len() as u32 * 4, 0, 0, end, 40]);
    file.resize(128, 0);
    file.extend(bytes);
    Order::Little.put(&mut file, &table);
    file.extend([b'c'; 40]);
    file
}
