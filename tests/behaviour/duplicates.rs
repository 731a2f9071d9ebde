//! A packet that was captured twice counts as one; one that was sent twice is a retransmission.

use crate::support::capture::{File, Packet, pcap};
use crate::support::follow::{follow, follow_one};
use crate::support::talk::{ACK, FIN, From, Talk, certificate, client_hello, finish, record, records, server_flight};
use crate::support::{Folder, Table, captures_of, sample_names, scan};
use tlscensus::capture::LinkType;
use tlscensus::row::Row;
use tlscensus::row::assemble::FlowRows;

const MICROSECOND: i64 = 1000;
const MILLISECOND: i64 = 1_000_000;

/// Where a copy may differ from its packet.
type Change = fn(&mut Packet);

const CHANGES: [(&str, Change); 3] = [
    ("the same", |_| {}),
    // Behind a router: TTL and header checksum.
    ("routed", |packet| {
        packet.bytes[22] -= 1;
        packet.bytes[25] ^= 1;
    }),
    ("in a VLAN", |packet| {
        packet.bytes.splice(12..12, [0x81, 0, 0, 20]);
        packet.wire_len += 4;
    }),
];

fn is_ethernet_ipv4(packet: &Packet) -> bool {
    packet.link == LinkType(1) && packet.bytes[12..14] == [8, 0] && packet.bytes[14] == 0x45
}

fn is_whole_tcp(packet: &Packet) -> bool {
    is_ethernet_ipv4(packet) && packet.bytes[23] == 6 && u16::from_be_bytes([packet.bytes[20], packet.bytes[21]]) & 0x3fff == 0
}

/// Each packet and its copy, which comes `after` nanoseconds later.
fn doubled(packets: &[Packet], after: i64, change: Change) -> Vec<Packet> {
    let copy = |packet: &Packet| {
        let mut copy = packet.clone();
        copy.time.0 += after;
        if is_ethernet_ipv4(packet) {
            change(&mut copy);
        }
        copy
    };
    let mut all: Vec<Packet> = packets.iter().flat_map(|packet| [packet.clone(), copy(packet)]).collect();
    all.sort_by_key(|packet| packet.time);
    all
}

/// What may differ: numbers and counts of frames, and what is made of them.
const FRAMES: [&str; 9] = [
    "first_frame",
    "last_frame",
    "packets_client",
    "packets_server",
    "bytes_client",
    "bytes_server",
    "duplicate_frames",
    "duration_s",
    "stream",
];

fn cells<R: Row + serde::Serialize>(row: &R) -> Vec<(String, String)> {
    let serde_json::Value::Object(cells) = serde_json::to_value(row).unwrap() else { panic!("not a row") };
    let kept =
        |name: &String| !FRAMES.contains(&name.as_str()) && !["flow_id", "wireshark_filter", "ip_fragments"].contains(&name.as_str());
    cells.into_iter().filter(|(name, _)| kept(name)).map(|(name, value)| (name, value.to_string())).collect()
}

fn same(context: &str, one: &FlowRows, two: &FlowRows) {
    assert_eq!(cells(&one.flow), cells(&two.flow), "{context}");
    assert_eq!(one.messages.len(), two.messages.len(), "{context}");
    for (one, two) in one.messages.iter().zip(&two.messages) {
        assert_eq!(cells(one), cells(two), "{context}");
    }
}

#[test]
fn samples_captured_twice() {
    let mut compared = 0;
    for sample in sample_names() {
        let mut packets: Vec<Packet> = captures_of(&sample).iter().flat_map(|path| File::read(path).packets).collect();
        packets.sort_by_key(|packet| packet.time);
        let once = follow(&packets);
        // Without an identification, only what comes at once is told for a copy.
        let numbered = packets.iter().all(|packet| is_whole_tcp(packet) && packet.bytes[18..20] != [0, 0] || packet.wire_len > 20_000);
        for (name, change) in CHANGES {
            let twice = follow(&doubled(&packets, 20 * MICROSECOND, change));
            assert_eq!(once.len(), twice.len(), "{sample}");
            for (one, two) in once.iter().zip(&twice) {
                same(&format!("{sample}, {name}"), one, two);
                let (packets, again) =
                    (one.flow.packets_client + one.flow.packets_server, two.flow.packets_client + two.flow.packets_server);
                assert_eq!(packets * 2, again, "{sample}, {name}");
                let copies = two.flow.duplicate_frames.unwrap() - one.flow.duplicate_frames.unwrap();
                assert!(copies <= packets && copies * 3 >= packets, "{sample}, {name}: {copies} of {packets}");
                assert!(!numbered || copies == packets - one.flow.duplicate_frames.unwrap(), "{sample}, {name}: {copies} of {packets}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 150, "{compared}");
}

/// A conversation whose packets have identifications, as most hosts give them.
fn conversation() -> Talk {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &record(22, &client_hello(&[])));
    talk.send(From::Server, &records(22, 4000, &server_flight(certificate(&[3000, 2000])).concat()));
    talk.send(From::Client, &finish(From::Client));
    talk.send(From::Server, &finish(From::Server));
    talk.send(From::Server, &record(23, &[1; 9000]));
    talk.flag(From::Client, 0);
    talk.flag(From::Client, FIN);
    talk.flag(From::Server, FIN);
    talk.flag(From::Client, 0);
    talk
}

fn number(packets: &mut [Packet]) {
    for (packet, id) in packets.iter_mut().zip(500u16..) {
        packet.bytes[18..20].copy_from_slice(&id.to_be_bytes());
    }
}

#[test]
fn copies_that_come_later() {
    // Packets follow one another by 0.1 ms, so that these copies come some packets later, but not too many.
    for (after, all) in [(0, true), (10 * MICROSECOND, true), (250 * MICROSECOND, true), (350 * MICROSECOND, true)] {
        let mut packets = conversation().packets;
        number(&mut packets);
        let (one, two) = (follow_one(&packets), follow_one(&doubled(&packets, after, |_| {})));
        same(&format!("{after}"), &one, &two);
        assert_eq!(two.flow.duplicate_frames == Some(packets.len() as u64), all, "{after}: {:?}", two.flow.duplicate_frames);
    }
}

/// One more packet in the middle of the data, `after` nanoseconds later: (duplicates, retransmissions).
fn one_more(ids: [u16; 2], after: i64, payload: bool) -> (u64, u64) {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &record(22, &client_hello(&[])));
    talk.send(From::Server, &record(23, &[1; 1400]));
    if !payload {
        talk.flag(From::Client, 0);
    }
    let last = talk.packets.len() - 1;
    let mut copy = talk.packets[last].clone();
    copy.time.0 += after;
    talk.packets[last].bytes[18..20].copy_from_slice(&ids[0].to_be_bytes());
    copy.bytes[18..20].copy_from_slice(&ids[1].to_be_bytes());
    talk.packets.push(copy);
    let flow = follow_one(&talk.packets).flow;
    (flow.duplicate_frames.unwrap(), flow.retransmissions.unwrap())
}

#[test]
fn what_was_sent_twice_is_a_retransmission() {
    // The same identification, soon, and too late to be a copy.
    assert_eq!(one_more([7, 7], 20 * MICROSECOND, true), (1, 0));
    assert_eq!(one_more([7, 7], 50 * MILLISECOND, true), (1, 0));
    assert_eq!(one_more([7, 7], 200 * MILLISECOND, true), (0, 1));
    // Another identification: sent twice, however soon.
    assert_eq!(one_more([7, 8], 20 * MICROSECOND, true), (0, 1));
    // None: only time tells.
    assert_eq!(one_more([0, 0], 20 * MICROSECOND, true), (1, 0));
    assert_eq!(one_more([0, 0], 3 * MILLISECOND, true), (0, 1));
}

#[test]
fn duplicate_acknowledgements_are_no_copies() {
    assert_eq!(one_more([7, 8], 20 * MICROSECOND, false), (0, 0));
    assert_eq!(one_more([0, 0], 20 * MICROSECOND, false), (0, 0));
    assert_eq!(one_more([7, 7], 20 * MICROSECOND, false), (1, 0));
}

/// A retransmission whose timestamps or window differ is none, nor is another segment of equal length.
#[test]
fn other_headers_are_other_packets() {
    let check = |change: fn(&mut Vec<u8>), expected: (u64, u64)| {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(From::Client, &record(22, &client_hello(&[])));
        let (seq, ack) = (talk.next[1], talk.next[0]);
        talk.step = 1000;
        talk.packet(From::Server, ACK, seq, ack, &record(23, &[1; 1000]));
        talk.packet(From::Server, ACK, seq, ack, &record(23, &[1; 1000]));
        change(&mut talk.packets.last_mut().unwrap().bytes);
        let flow = follow_one(&talk.packets).flow;
        assert_eq!((flow.duplicate_frames.unwrap(), flow.retransmissions.unwrap()), expected);
    };
    check(|_| {}, (1, 0));
    check(|bytes| bytes[48] ^= 1, (0, 1)); // window
    check(|bytes| bytes[50] ^= 1, (0, 1)); // checksum
    check(|bytes| bytes[45] ^= 1, (0, 1)); // acknowledgement
    check(|bytes| bytes[47] ^= 8, (0, 1)); // PSH
    check(|bytes| bytes[22] ^= 8, (1, 0)); // TTL
}

/// Keep-alives and probes of a closed window repeat a byte, seconds apart.
#[test]
fn keep_alives_are_no_copies() {
    let mut talk = conversation();
    talk.packets.truncate(talk.packets.len() - 3);
    let next = talk.next[0] - 1;
    talk.step = 1_000_000_000;
    for _ in 0..5 {
        talk.packet(From::Client, ACK, next - 1, talk.next[1], &[0]);
        talk.packet(From::Server, ACK, talk.next[1], next, b"");
    }
    let flow = follow_one(&talk.packets).flow;
    assert_eq!((flow.duplicate_frames, flow.retransmissions), (Some(0), Some(0)));
}

#[test]
fn captures_count_them_too() {
    let mut packets = conversation().packets;
    number(&mut packets);
    let folder = Folder::new();
    let out = folder.at("out");
    folder.write("in/x.pcap", &pcap(&doubled(&packets, 5 * MICROSECOND, |_| {})));
    folder.write("in/y.pcap", &pcap(&packets));
    scan(&out, [folder.at("in").as_os_str(), "--series".as_ref(), "none".as_ref()]);
    let counts: Vec<u64> = Table::read(&out, "captures").lines().map(|line| line.number("duplicate_frames")).collect();
    assert_eq!(counts, [packets.len() as u64, 0]);
}
