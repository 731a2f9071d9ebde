//! TLS in the control channel of OpenVPN over TCP: read through its packets, its places those of the real segments.

use crate::support::follow::{follow, follow_one};
use crate::support::random::Random;
use crate::support::talk::{From, Talk, certificate, client_hello, finish, record, records, server_flight, server_name};

const WALK: &str = "CH sh crt ske shd CKE CCS ENC ccs enc DATA";
const SESSIONS: [[u8; 8]; 2] = [*b"clientid", *b"serverid"];
const RESET: [u8; 2] = [7, 8];
const CONTROL: u8 = 4;
const ACK: u8 = 5;
const DATA: u8 = 6;

/// A side that makes packets.
struct Vpn {
    from: From,
    /// Bytes of HMAC; no tls-auth where 0.
    hmac: usize,
    replay: u32,
    id: u32,
}

impl Vpn {
    fn new(from: From, hmac: usize) -> Vpn {
        Vpn { from, hmac, replay: 0, id: 0 }
    }

    /// A control packet that acknowledges these ids, with a packet id unless it does nothing else.
    fn packet(&mut self, opcode: u8, key: u8, acknowledged: &[u32], content: &[u8]) -> Vec<u8> {
        let mut packet = vec![opcode << 3 | key];
        packet.extend(SESSIONS[self.from as usize]);
        if self.hmac > 0 {
            self.replay += 1;
            packet.extend(vec![0x77; self.hmac]);
            packet.extend(self.replay.to_be_bytes());
            packet.extend([0x65, 0, 0, 0]);
        }
        packet.push(acknowledged.len() as u8);
        packet.extend(acknowledged.iter().flat_map(|id| id.to_be_bytes()));
        if !acknowledged.is_empty() {
            packet.extend(SESSIONS[self.from.other() as usize]);
        }
        if opcode != ACK {
            packet.extend(self.id.to_be_bytes());
            self.id += 1;
        }
        packet.extend(content);
        framed(&packet)
    }

    /// Content in control packets of 100 bytes of it, acknowledgements in some and between.
    fn control(&mut self, content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, piece) in content.chunks(100).enumerate() {
            let acknowledged = [9, 10, 11, 12, 13, 14, 15, 16];
            bytes.extend(self.packet(CONTROL, 0, &acknowledged[..number % 9], piece));
            if number % 3 == 1 {
                bytes.extend(self.packet(ACK, 0, &[number as u32], b""));
            }
        }
        bytes
    }
}

fn framed(packet: &[u8]) -> Vec<u8> {
    [&(packet.len() as u16).to_be_bytes()[..], packet].concat()
}

/// A handshake within OpenVPN, in segments of `size`; `between` is sent by both sides after each step.
fn talk(hmac: usize, size: usize, between: impl Fn(&mut Vpn) -> Vec<u8>) -> Talk {
    let mut sides = [Vpn::new(From::Client, hmac), Vpn::new(From::Server, hmac)];
    let mut talk = Talk::open([40_000, 1194]);
    for vpn in &mut sides {
        let acknowledged: &[u32] = if vpn.from == From::Client { &[] } else { &[0] };
        let reset = vpn.packet(RESET[vpn.from as usize], 0, acknowledged, b"");
        talk.send(vpn.from, &reset);
    }
    let steps = [
        (From::Client, record(22, &client_hello(&[server_name(b"vpn.example.com")]))),
        (From::Server, records(22, 16_384, &server_flight(certificate(&[900, 700])).concat())),
        (From::Client, finish(From::Client)),
        (From::Server, finish(From::Server)),
        (From::Client, record(23, &[1; 140])),
    ];
    for (from, bytes) in steps {
        let vpn = &mut sides[from as usize];
        let bytes = [vpn.control(&bytes), between(vpn)].concat();
        talk.send_in(from, size, &bytes);
    }
    talk.close();
    talk
}

fn check(talk: &Talk, context: &str) {
    let rows = follow_one(&talk.packets);
    let flow = &rows.flow;
    assert_eq!((flow.outcome.as_ref(), flow.sequence.as_ref(), flow.preamble.as_ref()), ("completed", WALK, "openvpn"), "{context}");
    assert_eq!((flow.sni.0.as_str(), flow.certificate_count, flow.gap_bytes), ("vpn.example.com", Some(2), 0), "{context}");
    let sizes: Vec<_> = rows.messages.iter().map(|row| row.bytes).collect();
    let messages = server_flight(certificate(&[900, 700]));
    assert_eq!(sizes[1..5], messages.iter().map(|message| message.len() as u64).collect::<Vec<_>>(), "{context}");
}

#[test]
fn with_and_without_authentication_in_any_segments() {
    for hmac in [0, 16, 20, 28, 32, 48, 64] {
        for size in [1, 2, 3, 11, 33, 100, 117, 1460] {
            check(&talk(hmac, size, |_| Vec::new()), &format!("HMAC of {hmac}, segments of {size}"));
        }
    }
}

#[test]
fn what_stands_between_control_packets() {
    let data = |_: &mut Vpn| framed(&[&[DATA << 3][..], &[0x16, 3, 1, 0, 80, 1], &[0xdd; 300]].concat());
    check(&talk(20, 700, data), "data");
    let again = |vpn: &mut Vpn| {
        vpn.id -= 1;
        vpn.packet(CONTROL, 0, &[], &[0xee; 60])
    };
    check(&talk(0, 700, again), "a packet that comes again");
    let renewal = |vpn: &mut Vpn| {
        let id = std::mem::replace(&mut vpn.id, 0);
        let packets = [vpn.packet(3, 1, &[], b""), vpn.packet(CONTROL, 1, &[], &record(22, &client_hello(&[])))].concat();
        vpn.id = id;
        packets
    };
    check(&talk(0, 700, renewal), "another key id");
}

#[test]
fn the_places_are_those_of_tcp() {
    let talk = talk(0, 90, |_| Vec::new());
    let rows = follow_one(&talk.packets);
    let row = &rows.messages[0];
    // TCP handshake, two resets; then the hello behind a header of 16 bytes, longer than a segment.
    assert_eq!((row.message.as_ref(), row.first_frame, row.last_frame, row.segments), ("client_hello", 6, 7, 2));
    assert_eq!((row.first_segment_offset_bytes, row.records), (16, 1));
}

#[test]
fn a_lost_segment_makes_nothing_up() {
    for size in [90, 300, 1460] {
        let whole = talk(0, size, |_| Vec::new());
        let all = follow_one(&whole.packets);
        for lost in 5..whole.packets.len() {
            let mut packets = whole.packets.clone();
            packets.remove(lost);
            for rows in follow(&packets) {
                let context = format!("segments of {size}, without frame {}", lost + 1);
                assert_eq!(rows.flow.preamble, "openvpn", "{context}");
                for row in rows.messages.iter().filter(|row| row.state == "seen") {
                    let sent = all.messages.iter().any(|other| (&other.message, other.bytes) == (&row.message, row.bytes));
                    assert!(sent, "{context}: {} of {} bytes", row.message, row.bytes);
                }
            }
        }
    }
}

#[test]
fn what_only_looks_like_it() {
    // tls-crypt: as long as a reset with an HMAC of SHA-256, but encrypted. And lengths that do not fit.
    let crypt = framed(&[&[7 << 3][..], b"clientid", &[0, 0, 0, 1, 0x65, 0, 0, 0], &[0x9e; 37]].concat());
    let short = framed(&[&[7 << 3][..], b"clientid", &[0; 3]].concat());
    for first in [crypt, short] {
        let mut talk = Talk::open([40_000, 1194]);
        talk.send(From::Client, &first);
        talk.send(From::Client, &[&[0; 16][..], &record(22, &client_hello(&[]))].concat());
        assert!(follow(&talk.packets).is_empty());
    }
}

#[test]
fn damaged_packets_make_no_flow_but_this() {
    for seed in 1..1500 {
        let random = &mut Random::new(seed);
        let mut packets = talk([0, 20, 32][seed as usize % 3], random.between(5, 200), |_| Vec::new()).packets;
        for _ in 0..random.between(1, 20) {
            // Behind the headers of Ethernet, IP and TCP.
            let at = random.below(packets.len());
            let packet = &mut packets[at];
            if packet.bytes.len() > 54 {
                let place = random.between(54, packet.bytes.len() - 1);
                packet.bytes[place] = random.next() as u8;
            }
            if random.chance(8) {
                packets.remove(at);
            }
        }
        for rows in follow(&packets) {
            let bytes: u64 = rows.messages.iter().filter(|row| row.state == "seen").map(|row| row.bytes).sum();
            assert!(bytes <= rows.flow.bytes_client + rows.flow.bytes_server, "seed {seed}");
        }
    }
}
