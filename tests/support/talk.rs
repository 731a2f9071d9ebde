//! TCP conversations made by hand: Ethernet, IPv4, TCP, both sides' sequence numbers kept.

use super::capture::Packet;
use tlscensus::capture::LinkType;
use tlscensus::time::Timestamp;

pub const FIN: u8 = 0x01;
pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const ACK: u8 = 0x10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Client,
    Server,
}

impl From {
    pub fn other(self) -> From {
        if self == From::Client { From::Server } else { From::Client }
    }
}

/// A conversation in the making.
#[derive(Debug, Clone)]
pub struct Talk {
    pub packets: Vec<Packet>,
    pub ports: [u16; 2],
    /// The next sequence number of each side.
    pub next: [u32; 2],
    pub time: Timestamp,
    /// Nanoseconds from packet to packet.
    pub step: i64,
}

impl Talk {
    /// A conversation without its TCP handshake.
    pub fn midway(ports: [u16; 2]) -> Talk {
        Talk { packets: Vec::new(), ports, next: [1001, 5001], time: Timestamp(1_700_000_000_000_000_000), step: 100_000 }
    }

    /// A conversation that begins with a TCP handshake and an MSS of 1460 on both sides.
    pub fn open(ports: [u16; 2]) -> Talk {
        Talk::open_at(ports, [1000, 5000])
    }

    /// The same with these initial sequence numbers.
    pub fn open_at(ports: [u16; 2], isn: [u32; 2]) -> Talk {
        let mut talk = Talk::midway(ports);
        talk.next = [isn[0].wrapping_add(1), isn[1].wrapping_add(1)];
        talk.packet(From::Client, SYN, isn[0], 0, b"");
        talk.packet(From::Server, SYN | ACK, isn[1], talk.next[0], b"");
        talk.packet(From::Client, ACK, talk.next[0], talk.next[1], b"");
        talk
    }

    /// One packet with these numbers, whatever the conversation's own are.
    pub fn packet(&mut self, from: From, flags: u8, seq: u32, ack: u32, payload: &[u8]) {
        self.time.0 += self.step;
        let (client, server) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let (source, destination, ports) = match from {
            From::Client => (client, server, self.ports),
            From::Server => (server, client, [self.ports[1], self.ports[0]]),
        };
        let options: &[u8] = if flags & SYN != 0 { &[2, 4, 5, 0xb4] } else { &[] };
        let total = 40 + options.len() + payload.len();
        let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        // As a card with segmentation offload leaves it: a length that does not fit the field is 0.
        bytes.extend(u16::try_from(total).unwrap_or(0).to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend(source);
        bytes.extend(destination);
        bytes.extend(ports[0].to_be_bytes());
        bytes.extend(ports[1].to_be_bytes());
        bytes.extend(seq.to_be_bytes());
        bytes.extend(ack.to_be_bytes());
        bytes.extend([((5 + options.len() / 4) << 4) as u8, flags, 0xff, 0xff, 0, 0, 0, 0]);
        bytes.extend(options);
        bytes.extend(payload);
        self.packets.push(Packet { time: self.time, link: LinkType(1), wire_len: bytes.len() as u32, bytes });
    }

    /// Sends bytes in segments of at most `size` bytes, without acknowledgements between them.
    pub fn send_in(&mut self, from: From, size: usize, bytes: &[u8]) {
        for piece in bytes.chunks(size) {
            let (seq, ack) = (self.next[from as usize], self.next[from.other() as usize]);
            self.packet(from, ACK, seq, ack, piece);
            self.next[from as usize] = seq.wrapping_add(piece.len() as u32);
        }
    }

    /// Sends bytes in segments of 1,460 bytes.
    pub fn send(&mut self, from: From, bytes: &[u8]) {
        self.send_in(from, 1460, bytes);
    }

    /// A packet without payload: ACK, and FIN or RST where asked.
    pub fn flag(&mut self, from: From, flags: u8) {
        let (seq, ack) = (self.next[from as usize], self.next[from.other() as usize]);
        self.packet(from, flags | ACK, seq, ack, b"");
        if flags & FIN != 0 {
            self.next[from as usize] = seq.wrapping_add(1);
        }
    }

    /// FIN of the client, then of the server.
    pub fn close(&mut self) {
        self.flag(From::Client, FIN);
        self.flag(From::Server, FIN);
        self.flag(From::Client, 0);
    }
}

/// A TLS record.
pub fn record(kind: u8, fragment: &[u8]) -> Vec<u8> {
    let len = u16::try_from(fragment.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3][..], &len, fragment].concat()
}

/// Content in records of at most `size` bytes.
pub fn records(kind: u8, size: usize, content: &[u8]) -> Vec<u8> {
    content.chunks(size).flat_map(|fragment| record(kind, fragment)).collect()
}

/// A handshake message with its header.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = (body.len() as u32).to_be_bytes();
    [&[kind, len[1], len[2], len[3]][..], body].concat()
}

/// An extension.
pub fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &(body.len() as u16).to_be_bytes(), body].concat()
}

/// server_name with one host name.
pub fn server_name(name: &[u8]) -> Vec<u8> {
    let len = name.len() as u16;
    extension(0, &[&(len + 3).to_be_bytes()[..], &[0], &len.to_be_bytes(), name].concat())
}

/// application_layer_protocol_negotiation.
pub fn alpn(protocols: &[&[u8]]) -> Vec<u8> {
    let list: Vec<u8> = protocols.iter().flat_map(|name| [&[name.len() as u8][..], name].concat()).collect();
    extension(16, &[&(list.len() as u16).to_be_bytes()[..], &list].concat())
}

/// A TLS 1.2 ClientHello that offers two ECDHE-RSA suites.
pub fn client_hello(extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = extensions.concat();
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 4, 0xc0, 0x2f, 0xc0, 0x30, 1, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    message(1, &body)
}

/// The ServerHello that answers it with 0xc02f.
pub fn server_hello(extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = extensions.concat();
    let mut body = vec![3, 3];
    body.extend([9; 32]);
    body.extend([0, 0xc0, 0x2f, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    message(2, &body)
}

/// A Certificate message whose certificates are runs of bytes of these lengths.
pub fn certificate(lengths: &[usize]) -> Vec<u8> {
    let vector = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[1..], bytes].concat();
    let list: Vec<u8> = lengths.iter().enumerate().flat_map(|(at, len)| vector(&vec![at as u8 + 1; *len])).collect();
    message(11, &vector(&list))
}

/// What the server sends in its first flight, one vector a message: hello, certificate, key exchange, done.
pub fn server_flight(certificate: Vec<u8>) -> Vec<Vec<u8>> {
    let mut key_exchange = vec![3, 0, 23, 65];
    key_exchange.extend([4; 65]);
    key_exchange.extend([4, 1, 1, 0]);
    key_exchange.extend([5; 256]);
    vec![server_hello(&[]), certificate, message(12, &key_exchange), message(14, b"")]
}

/// What each side sends at the end of a TLS 1.2 handshake: ClientKeyExchange of the client, ChangeCipherSpec, a
/// Finished that is encrypted.
pub fn finish(from: From) -> Vec<u8> {
    let mut bytes = Vec::new();
    if from == From::Client {
        bytes.extend(record(22, &message(16, &[65; 66])));
    }
    bytes.extend(record(20, &[1]));
    bytes.extend(record(22, &[0xee; 40]));
    bytes
}
