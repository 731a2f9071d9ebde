//! Flows of the sample captures as templates: what is the same in every copy, and the places that a copy fills in.
//!
//! ```text
//!  sample frame   | Ethernet | IP: addresses, checksum | TCP: ports, seq, ack, checksum | payload |
//!  template                      client 4, server 4, sum         client's port, seq, ack, sum
//! ```
//!
//! Filled in are the client's port and of each address the last four bytes. Sequence numbers are kept relative to the
//! initial one of their sender. The checksums of what stays the same are summed once, so that each copy has right ones.

use std::io;
use std::ops::Range;
use std::path::Path;

/// A flow of a sample.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// Its packets in order.
    pub packets: Vec<Packet>,
    /// Packets that a copy may repeat any number of times, and the bytes that the server sends in them.
    pub cycle: Option<(Range<usize>, u32)>,
    /// Whether it is a TLS flow (all of them complete their handshake).
    pub tls: bool,
}

/// One packet.
#[derive(Debug, Clone)]
pub struct Packet {
    /// The frame, with nothing in the places to fill in.
    pub frame: Vec<u8>,
    /// Whether the client sent it.
    from_client: bool,
    /// Whether it acknowledges something.
    is_ack: bool,
    /// Relative sequence number.
    pub seq: u32,
    /// Relative acknowledgement number.
    pub ack: u32,
    tcp_at: usize,
    payload_at: usize,
    /// Sums of all that is not filled in, under the IPv4 and the TCP checksum.
    ip_sum: u32,
    tcp_sum: u32,
}

/// What tells one copy from another.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// Last four bytes of the client's address.
    pub client: u32,
    /// Last four bytes of the server's address.
    pub server: u32,
    /// The client's port.
    pub port: u16,
    /// Initial sequence number of the client.
    pub client_isn: u32,
    /// Initial sequence number of the server, and what repeated cycles added.
    pub server_isn: u32,
}

const IP_AT: usize = 14;

impl Packet {
    /// Writes a copy of the packet over `out`, which has the frame's length.
    pub fn fill(&self, names: &Names, out: &mut [u8]) {
        out.copy_from_slice(&self.frame);
        let (source, destination) = if self.from_client { (names.client, names.server) } else { (names.server, names.client) };
        let (ours, theirs) = if self.from_client { (names.client_isn, names.server_isn) } else { (names.server_isn, names.client_isn) };
        let seq = ours.wrapping_add(self.seq);
        let ack = if self.is_ack { theirs.wrapping_add(self.ack) } else { 0 };
        let tcp = self.tcp_at;
        let port_at = if self.from_client { tcp } else { tcp + 2 };
        out[port_at..port_at + 2].copy_from_slice(&names.port.to_be_bytes());
        out[tcp + 4..tcp + 8].copy_from_slice(&seq.to_be_bytes());
        out[tcp + 8..tcp + 12].copy_from_slice(&ack.to_be_bytes());
        let halves = |word: u32| (word >> 16) + (word & 0xffff);
        let addresses = halves(source) + halves(destination);
        let tcp_sum = self.tcp_sum + addresses + u32::from(names.port) + halves(seq) + halves(ack);
        out[tcp + 16..tcp + 18].copy_from_slice(&checksum(tcp_sum));
        let [source_at, destination_at] = self.addresses();
        out[source_at..source_at + 4].copy_from_slice(&source.to_be_bytes());
        out[destination_at..destination_at + 4].copy_from_slice(&destination.to_be_bytes());
        if self.is_v4() {
            out[IP_AT + 10..IP_AT + 12].copy_from_slice(&checksum(self.ip_sum + addresses));
        }
    }

    /// Reads a frame of a sample; none where it is not Ethernet, IP and TCP. Gives its flow, too: the two addresses'
    /// last bytes and the ports, the sender's first.
    fn read(frame: &[u8]) -> Option<(Packet, [u32; 2], [u16; 2])> {
        let v4 = match frame.get(12..14)? {
            [0x08, 0x00] => true,
            [0x86, 0xdd] => false,
            _ => return None,
        };
        let tcp_at = if v4 { IP_AT + usize::from(frame[IP_AT] & 15) * 4 } else { IP_AT + 40 };
        if frame[if v4 { IP_AT + 9 } else { IP_AT + 6 }] != 6 || frame.len() < tcp_at + 20 {
            return None;
        }
        let half = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
        let word = |at: usize| u32::from(half(at)) << 16 | u32::from(half(at + 2));
        // Ethernet pads short frames.
        let end = if v4 { IP_AT + usize::from(half(IP_AT + 2)) } else { tcp_at + usize::from(half(IP_AT + 4)) };
        let packet = Packet {
            frame: frame[..end].to_vec(),
            from_client: half(tcp_at) > half(tcp_at + 2),
            is_ack: frame[tcp_at + 13] & 0x10 != 0,
            seq: word(tcp_at + 4),
            ack: word(tcp_at + 8),
            tcp_at,
            payload_at: tcp_at + usize::from(frame[tcp_at + 12] >> 4) * 4,
            ip_sum: 0,
            tcp_sum: 0,
        };
        let addresses = packet.addresses().map(word);
        Some((packet, addresses, [half(tcp_at), half(tcp_at + 2)]))
    }

    fn is_v4(&self) -> bool {
        self.frame[12] == 0x08
    }

    /// Where the last four bytes of the addresses are, the sender's first.
    fn addresses(&self) -> [usize; 2] {
        if self.is_v4() { [IP_AT + 12, IP_AT + 16] } else { [IP_AT + 20, IP_AT + 36] }
    }

    /// TCP flags.
    fn flags(&self) -> u8 {
        self.frame[self.tcp_at + 13]
    }

    fn payload(&self) -> &[u8] {
        &self.frame[self.payload_at..]
    }

    /// The relative sequence number behind the payload.
    fn end(&self) -> u32 {
        self.seq.wrapping_add(self.payload().len() as u32)
    }

    /// The packet with another payload and place in the stream.
    fn with(&self, payload: &[u8], seq: u32, ack: u32) -> Packet {
        let mut packet = self.clone();
        packet.frame.truncate(self.payload_at);
        packet.frame.extend_from_slice(payload);
        let (at, len) = if self.is_v4() { (IP_AT + 2, packet.frame.len() - IP_AT) } else { (IP_AT + 4, packet.frame.len() - IP_AT - 40) };
        packet.frame[at..at + 2].copy_from_slice(&(len as u16).to_be_bytes());
        (packet.seq, packet.ack) = (seq, ack);
        packet.blank();
        packet
    }

    /// Empties the places to fill in and sums the rest.
    fn blank(&mut self) {
        let tcp = self.tcp_at;
        let port_at = if self.from_client { tcp } else { tcp + 2 };
        let [source, destination] = self.addresses();
        for range in [port_at..port_at + 2, tcp + 4..tcp + 12, tcp + 16..tcp + 18, source..source + 4, destination..destination + 4] {
            self.frame[range].fill(0);
        }
        if self.is_v4() {
            self.frame[IP_AT + 10..IP_AT + 12].fill(0);
            self.ip_sum = sum(&self.frame[IP_AT..tcp]);
        }
        let addresses = if self.is_v4() { IP_AT + 12..IP_AT + 20 } else { IP_AT + 8..IP_AT + 40 };
        self.tcp_sum = sum(&self.frame[tcp..]) + sum(&self.frame[addresses]) + 6 + (self.frame.len() - tcp) as u32;
    }
}

/// The sum of 16-bit words (RFC 1071), not yet folded; at most 2^31 for a frame.
fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0))).sum()
}

fn checksum(mut sum: u32) -> [u8; 2] {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    (!(sum as u16)).to_be_bytes()
}

/// The flows of a sample, in order of their first packets.
pub fn flows(samples: &Path, name: &str, tls: bool) -> io::Result<Vec<Template>> {
    let bytes = std::fs::read(samples.join(name).join(format!("{name}.pcap")))?;
    let mut keys = Vec::new();
    let mut flows: Vec<Template> = Vec::new();
    let mut rest = bytes.get(24..).unwrap_or_default();
    while let Some((header, behind)) = rest.split_first_chunk::<16>() {
        let (frame, behind) = behind.split_at(u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize);
        rest = behind;
        let Some((mut packet, mut addresses, mut ports)) = Packet::read(frame) else { continue };
        if !packet.from_client {
            addresses.reverse();
            ports.reverse();
        }
        let flow = keys.iter().position(|key| *key == (addresses, ports)).unwrap_or_else(|| {
            keys.push((addresses, ports));
            flows.push(Template { tls, ..Template::default() });
            keys.len() - 1
        });
        packet.blank();
        flows[flow].packets.push(packet);
    }
    flows.retain(|flow| flow.packets.first().is_some_and(|packet| packet.flags() & 0x12 == 0x02));
    for flow in &mut flows {
        flow.make_relative();
    }
    Ok(flows)
}

impl Template {
    /// Bytes of all frames with `header` bytes before each, the cycle `cycles` times.
    pub fn bytes(&self, header: u64, cycles: u32) -> u64 {
        let len = |packets: &[Packet]| packets.iter().map(|packet| header + packet.frame.len() as u64).sum::<u64>();
        let cycle = self.cycle.as_ref().map_or(0, |(range, _)| len(&self.packets[range.clone()]));
        len(&self.packets) - cycle + cycle * u64::from(cycles)
    }

    fn make_relative(&mut self) {
        let isn = |from_client| self.packets.iter().find(|packet| packet.from_client == from_client).map_or(0, |packet| packet.seq);
        let (client, server) = (isn(true), isn(false));
        for packet in &mut self.packets {
            let (ours, theirs) = if packet.from_client { (client, server) } else { (server, client) };
            packet.seq = packet.seq.wrapping_sub(ours);
            packet.ack = packet.ack.wrapping_sub(theirs);
        }
    }

    /// The server's largest record of application data, if it is larger than the certificates, as relative sequence
    /// numbers of its first byte and of the byte behind it.
    fn page(&self) -> Option<(u32, u32)> {
        let mut stream = Vec::new();
        for packet in self.packets.iter().filter(|packet| !packet.from_client && !packet.payload().is_empty()) {
            // Samples of this kind have neither loss nor reordering.
            if packet.seq as usize != stream.len() + 1 {
                return None;
            }
            stream.extend_from_slice(packet.payload());
        }
        let (mut at, mut page) = (0, None);
        while let Some([kind, _, _, high, low]) = stream.get(at..).and_then(|rest| rest.first_chunk()) {
            let end = at + 5 + usize::from(u16::from_be_bytes([*high, *low]));
            if *kind == 23 && end - at > 4000 {
                page = Some((at as u32 + 1, end as u32 + 1));
            }
            at = end;
        }
        page
    }

    /// The flow without the page that its server sends; none where the page does not fill whole segments.
    pub fn without_page(&self) -> Option<Template> {
        let (from, to) = self.page()?;
        let starts = |at: u32| self.packets.iter().any(|packet| !packet.from_client && packet.seq == at);
        if !(starts(from) && starts(to)) {
            return None;
        }
        let mut short = Template { tls: self.tls, ..Template::default() };
        let place = |at: u32| if at >= to { at - (to - from) } else { at.min(from) };
        for packet in &self.packets {
            let inside = from <= packet.seq && packet.seq < to && !packet.from_client;
            let acknowledges = packet.from_client && packet.payload().is_empty() && from < packet.ack && packet.ack < to;
            if inside || acknowledges {
                continue;
            }
            let mut packet = packet.clone();
            let number = if packet.from_client { &mut packet.ack } else { &mut packet.seq };
            *number = place(*number);
            short.packets.push(packet);
        }
        Some(short)
    }

    /// The flow with a cycle of full segments behind the last data of its server: records that begin at different
    /// places of a segment, and an acknowledgement for every three segments.
    pub fn with_download(&self) -> Option<Template> {
        const SEGMENT: usize = 1448;
        /// Four of them fill 45 segments.
        const RECORD: usize = 45 * SEGMENT / 4;
        let last = self.packets.iter().rposition(|packet| !packet.from_client && !packet.payload().is_empty())?;
        let end = self.packets[last].end();
        let data = self.packets.iter().find(|packet| !packet.from_client && packet.payload().len() == SEGMENT)?;
        let ack = self.packets.iter().find(|packet| packet.from_client && packet.payload().is_empty() && packet.flags() == 0x10)?;
        let client = self.packets[..=last].iter().rfind(|packet| packet.from_client)?.end();
        let mut stream = data.payload().repeat(45);
        for record in stream.chunks_mut(RECORD) {
            record[..5].copy_from_slice(&[23, 3, 3, ((RECORD - 5) >> 8) as u8, (RECORD - 5) as u8]);
        }
        let mut cycle = Vec::new();
        for (index, payload) in stream.chunks(SEGMENT).enumerate() {
            let seq = end + (index * SEGMENT) as u32;
            cycle.push(data.with(payload, seq, client));
            if index % 3 == 2 {
                cycle.push(ack.with(&[], client, seq + SEGMENT as u32));
            }
        }
        let range = last + 1..last + 1 + cycle.len();
        let mut packets = self.packets.clone();
        packets.splice(last + 1..last + 1, cycle);
        Some(Template { packets, cycle: Some((range, stream.len() as u32)), tls: self.tls })
    }

    /// The flow's beginning and end with so many exchanges of small segments between them.
    pub fn small_talk(&self, exchanges: u32) -> Option<Template> {
        let data = |from_client| self.packets.iter().find(|packet| packet.from_client == from_client && !packet.payload().is_empty());
        let fin = |from_client| self.packets.iter().find(|packet| packet.from_client == from_client && packet.flags() & 1 != 0);
        let (question, answer, ack) = (data(true)?, data(false)?, self.packets.get(2)?);
        let len = 100 - question.payload_at.max(answer.payload_at);
        let mut packets = self.packets[..3].to_vec();
        for exchange in 0..exchanges {
            let at = 1 + exchange * len as u32;
            packets.push(question.with(&question.payload()[..len], at, at));
            packets.push(answer.with(&answer.payload()[..len], at, at + len as u32));
        }
        let end = 1 + exchanges * len as u32;
        packets.push(fin(true)?.with(&[], end, end));
        packets.push(fin(false)?.with(&[], end, end + 1));
        packets.push(ack.with(&[], end + 1, end + 1));
        Some(Template { packets, cycle: None, tls: false })
    }
}
