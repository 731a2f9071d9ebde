//! DTLS over UDP made by hand: Ethernet, IPv4, UDP, and what both sides of a handshake send.

use super::capture::Packet;
use super::talk::From;
use tlscensus::capture::LinkType;
use tlscensus::time::Timestamp;

/// The versions as DTLS writes them.
pub const DTLS10: [u8; 2] = [0xfe, 0xff];
pub const DTLS12: [u8; 2] = [0xfe, 0xfd];

/// Datagrams between two endpoints.
#[derive(Debug, Clone)]
pub struct Datagrams {
    pub packets: Vec<Packet>,
    pub ports: [u16; 2],
    pub time: Timestamp,
}

impl Datagrams {
    pub fn new(ports: [u16; 2]) -> Self {
        Datagrams { packets: Vec::new(), ports, time: Timestamp(1_700_000_000_000_000_000) }
    }

    /// Sends one, a tenth of a millisecond after the one before.
    pub fn send(&mut self, from: From, payload: &[u8]) {
        self.time.0 += 100_000;
        let [client, server] = self.ports;
        let ports = if from == From::Client { [client, server] } else { [server, client] };
        let bytes = frame(from, ports, payload);
        self.packets.push(Packet { time: self.time, link: LinkType(1), wire_len: bytes.len() as u32, bytes });
    }

    /// Sends each of them.
    pub fn send_all(&mut self, datagrams: &[(From, Vec<u8>)]) {
        datagrams.iter().for_each(|(from, payload)| self.send(*from, payload));
    }
}

/// A frame of Ethernet with a datagram from 10.0.0.1 to 10.0.0.2, or back.
fn frame(from: From, ports: [u16; 2], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    bytes.extend(packet(from, ports, payload));
    bytes
}

/// The IP packet in it.
pub fn packet(from: From, ports: [u16; 2], payload: &[u8]) -> Vec<u8> {
    let (client, server) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let (source, destination) = if from == From::Client { (client, server) } else { (server, client) };
    let len = payload.len() as u16;
    let mut bytes = vec![0x45, 0];
    bytes.extend((28 + len).to_be_bytes());
    bytes.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
    bytes.extend(source);
    bytes.extend(destination);
    ports.into_iter().for_each(|port| bytes.extend(port.to_be_bytes()));
    bytes.extend((8 + len).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// A record with a plain header.
pub fn record(version: [u8; 2], kind: u8, epoch: u8, fragment: &[u8]) -> Vec<u8> {
    let len = (fragment.len() as u16).to_be_bytes();
    [&[kind, version[0], version[1], 0, epoch, 0, 0, 0, 0, 0, 9][..], &len, fragment].concat()
}

/// A protected record of DTLS 1.3, with a length and these low bits of its epoch.
pub fn unified(epoch: u8, len: u8) -> Vec<u8> {
    [&[0x2c | epoch, 0, 1, 0, len][..], &vec![0x5a; len.into()]].concat()
}

/// Bytes `from..to` of a message (as TLS has it, with a header of four bytes), with the header of DTLS.
pub fn fragment(message: &[u8], number: u16, from: usize, to: usize) -> Vec<u8> {
    let [_, from_bytes @ ..] = (from as u32).to_be_bytes();
    let [_, len @ ..] = ((to - from) as u32).to_be_bytes();
    [&message[..4], &number.to_be_bytes(), &from_bytes, &len, &message[4 + from..4 + to]].concat()
}

/// A message whole in a record of its own.
pub fn whole(version: [u8; 2], message: &[u8], number: u16) -> Vec<u8> {
    record(version, 22, 0, &fragment(message, number, 0, message.len() - 4))
}

/// A message in fragments of `size` bytes, each in a record of its own.
pub fn fragments(version: [u8; 2], message: &[u8], number: u16, size: usize) -> Vec<Vec<u8>> {
    let len = message.len() - 4;
    (0..len).step_by(size).map(|from| record(version, 22, 0, &fragment(message, number, from, len.min(from + size)))).collect()
}

/// A ClientHello that offers 0xc02f, with its random made of one byte.
pub fn client_hello(version: [u8; 2], random: u8, cookie: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = extensions.concat();
    let mut body = version.to_vec();
    body.extend([random; 32]);
    body.push(0);
    body.push(cookie.len() as u8);
    body.extend(cookie);
    body.extend([0, 2, 0xc0, 0x2f, 1, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    super::talk::message(1, &body)
}

/// The ServerHello that answers it.
pub fn server_hello(version: [u8; 2], extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut message = super::talk::server_hello(extensions);
    message[4..6].copy_from_slice(&version);
    message
}

/// HelloVerifyRequest.
pub fn verify(version: [u8; 2], cookie: &[u8]) -> Vec<u8> {
    super::talk::message(3, &[&version[..], &[cookie.len() as u8], cookie].concat())
}
