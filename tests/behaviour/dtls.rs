//! DTLS handshakes of every version, built datagram by datagram: in order and out of it, whole, lost and sent again, alone
//! and in what else shares a conversation.

use crate::support::capture::{Packet, pcap};
use crate::support::datagrams::*;
use crate::support::talk::From::{Client, Server};
use crate::support::talk::{self, From, extension};
use crate::support::{Folder, Line, Table, scan};
use tlscensus::dtls::Association;
use tlscensus::flow::{Carrier, FramePlace, Side};

/// Captures that are scanned together, each a series of its own.
#[derive(Default)]
struct Cases(Vec<(String, Vec<Packet>)>);

/// What came out of them.
struct Results {
    flows: Table,
    messages: Table,
    losses: Table,
    paths: Vec<(String, String)>,
}

impl Cases {
    fn add(&mut self, name: impl Into<String>, datagrams: &[(From, Vec<u8>)]) {
        let mut talk = Datagrams::new([40_000, 4_433]);
        talk.send_all(datagrams);
        self.add_packets(name, talk.packets);
    }

    fn add_packets(&mut self, name: impl Into<String>, packets: Vec<Packet>) {
        self.0.push((name.into(), packets));
    }

    fn scan(self) -> Results {
        let folder = Folder::new();
        for (name, packets) in &self.0 {
            folder.write(format!("in/{name}.pcap"), &pcap(packets));
        }
        let out = folder.at("out");
        scan(&out, [folder.at("in").as_os_str(), "--series".as_ref(), "none".as_ref()]);
        let captures = Table::read(&out, "captures");
        let name = |line: Line<'_>| line["path"].trim_end_matches(".pcap").to_owned();
        let paths = captures.lines().map(|line| (name(line), line["capture_id"].to_owned())).collect();
        Results { flows: Table::read(&out, "flows"), messages: Table::read(&out, "messages"), losses: Table::read(&out, "losses"), paths }
    }
}

impl Results {
    fn flows(&self, name: &str) -> Vec<Line<'_>> {
        let (_, id) = self.paths.iter().find(|(path, _)| path == name).unwrap_or_else(|| panic!("no case {name}"));
        self.flows.lines().filter(|flow| flow["capture_id"] == **id).collect()
    }

    fn flow(&self, name: &str) -> Line<'_> {
        let flows = self.flows(name);
        assert_eq!(flows.len(), 1, "{name}");
        flows[0]
    }

    fn messages(&self, flow: Line<'_>, name: &str) -> Vec<Line<'_>> {
        self.messages.lines().filter(|message| message["flow_id"] == flow["flow_id"] && message["message"] == *name).collect()
    }

    fn message(&self, case: &str, name: &str) -> Line<'_> {
        let found = self.messages(self.flow(case), name);
        assert_eq!(found.len(), 1, "{name} of {case}");
        found[0]
    }

    fn is_lost(&self, reason: &str) -> bool {
        self.losses.lines().any(|loss| loss["reason"] == *reason)
    }
}

/// The server's certificate: 910 bytes with its lists, without the header.
fn certificate() -> Vec<u8> {
    talk::certificate(&[500, 401])
}

/// The first half of a handshake up to DTLS 1.2, of which the server's part is in pieces of `size` bytes.
fn hellos(version: [u8; 2], size: usize, offered: &[Vec<u8>], chosen: &[Vec<u8>]) -> Vec<(From, Vec<u8>)> {
    let flight = talk::server_flight(certificate());
    let mut datagrams = vec![(Client, whole(version, &client_hello(version, 7, &[], offered), 0))];
    datagrams.push((Server, whole(version, &server_hello(version, chosen), 0)));
    datagrams.extend(fragments(version, &flight[1], 1, size).into_iter().map(|bytes| (Server, bytes)));
    datagrams.push((Server, whole(version, &flight[2], 2)));
    datagrams.push((Server, whole(version, &flight[3], 3)));
    datagrams
}

/// The second half, with a datagram of data of each side.
fn finish(version: [u8; 2], number: u16) -> Vec<(From, Vec<u8>)> {
    let ends = [record(version, 20, 0, &[1]), record(version, 22, 1, &[0xee; 40])].concat();
    let key = whole(version, &talk::message(16, &[65; 66]), number);
    let data = record(version, 23, 1, &[0xdd; 30]);
    vec![(Client, [key, ends.clone()].concat()), (Server, ends), (Client, data.clone()), (Server, data)]
}

pub fn handshake(version: [u8; 2], size: usize) -> Vec<(From, Vec<u8>)> {
    [hellos(version, size, &[], &[]), finish(version, 1)].concat()
}

/// A handshake of DTLS 1.3, whose protected part is what `protected` says.
fn handshake13(protected: &[(From, Vec<u8>)]) -> Vec<(From, Vec<u8>)> {
    let version = extension(43, &[2, 0xfe, 0xfc]);
    let share = extension(51, &[0, 29, 0, 1, 9]);
    let hello = client_hello(DTLS12, 7, &[], &[version]);
    let answer = server_hello(DTLS12, &[extension(43, &[0xfe, 0xfc]), share]);
    [&[(Client, whole(DTLS12, &hello, 0)), (Server, whole(DTLS12, &answer, 0))], protected].concat()
}

#[test]
fn whole_handshakes_of_every_version() {
    let mut cases = Cases::default();
    cases.add("1.0", &handshake(DTLS10, 2000));
    cases.add("1.2", &handshake(DTLS12, 300));
    // With a cookie: the server asks for the hello once more, and its own numbers go on.
    let flight = talk::server_flight(certificate());
    let mut verified = vec![
        (Client, whole(DTLS12, &client_hello(DTLS12, 7, &[], &[]), 0)),
        (Server, whole(DTLS10, &verify(DTLS10, b"cookie"), 0)),
        (Client, whole(DTLS12, &client_hello(DTLS12, 7, b"cookie", &[]), 1)),
        (Server, whole(DTLS12, &server_hello(DTLS12, &[]), 1)),
    ];
    verified.extend(flight[1..].iter().zip(2..).map(|(message, number)| (Server, whole(DTLS12, message, number))));
    verified.extend(finish(DTLS12, 2));
    cases.add("verified", &verified);
    cases.add(
        "1.3",
        &handshake13(&[(Server, unified(2, 90)), (Client, unified(2, 61)), (Client, unified(3, 40)), (Server, unified(3, 40))]),
    );
    let results = cases.scan();
    let check = |name: &str, version: &str, sequence: &str| {
        let flow = results.flow(name);
        assert_eq!(
            [&flow["transport"], &flow["protocol"], &flow["tls_version"], &flow["outcome"]],
            ["udp", "dtls", version, "completed"],
            "{name}"
        );
        assert_eq!((&flow["sequence"], &flow["stream"], &flow["client_ip"]), (sequence, "0", "10.0.0.1"), "{name}");
    };
    check("1.0", "DTLS 1.0", "CH sh crt ske shd CKE CCS ENC ccs enc DATA data");
    check("1.2", "DTLS 1.2", "CH sh crt ske shd CKE CCS ENC ccs enc DATA data");
    check("verified", "DTLS 1.2", "CH hvr CH sh crt ske shd CKE CCS ENC ccs enc DATA data");
    check("1.3", "DTLS 1.3", "CH sh flight FLIGHT DATA data");
    assert!(results.flow("1.0")["findings"].contains("protocol_dtls10") && !results.flow("1.2")["findings"].contains("protocol_dtls10"));
    let (bytes, segments) =
        (results.message("1.2", "certificate").number("bytes"), results.message("1.2", "certificate").number("segments"));
    assert_eq!((bytes, segments), (914, 4));
    assert!(!results.is_lost("fragments_contradict") && !results.is_lost("fragments_beyond_bound"));
}

/// The 24 orders of a message in four fragments, each also with every fragment twice.
#[test]
fn fragments_in_every_order() {
    let mut cases = Cases::default();
    for order in 0..24 {
        let mut left: Vec<(From, Vec<u8>)> = hellos(DTLS12, 250, &[], &[]).drain(2..6).collect();
        let mut rest = order;
        let ordered: Vec<_> = (1..=4)
            .rev()
            .map(|count| {
                let at = rest % count;
                rest /= count;
                left.remove(at)
            })
            .collect();
        for twice in [false, true] {
            let mut datagrams = handshake(DTLS12, 250);
            let sent = ordered.iter().flat_map(|one| vec![one.clone(); if twice { 2 } else { 1 }]);
            datagrams.splice(2..6, sent);
            cases.add(format!("{order}-{twice}"), &datagrams);
        }
    }
    let results = cases.scan();
    for order in 0..24 {
        for (twice, again) in [(false, 0), (true, 4)] {
            let name = format!("{order}-{twice}");
            let message = results.message(&name, "certificate");
            let numbers = ["bytes", "segments", "retransmitted_segments"].map(|column| message.number(column));
            assert_eq!((numbers, &message["state"]), ([914, 4, again], "seen"), "{name}");
            assert_eq!(&results.flow(&name)["outcome"], "completed", "{name}");
            assert_eq!(&results.flow(&name)["certificate_count"], "2", "{name}");
        }
    }
}

#[test]
fn what_is_lost_and_what_comes_again() {
    let (flight, mut cases) = (talk::server_flight(certificate()), Cases::default());
    let with = |pieces: &[(usize, usize)]| {
        let mut datagrams = handshake(DTLS12, 2000);
        let sent: Vec<_> = pieces.iter().map(|(from, to)| (Server, record(DTLS12, 22, 0, &fragment(&flight[1], 1, *from, *to)))).collect();
        datagrams.splice(2..3, sent);
        datagrams
    };
    cases.add("lost", &with(&[(0, 300), (600, 910)]));
    cases.add("overlap", &with(&[(0, 300), (200, 700), (600, 910)]));
    cases.add("hole", &with(&[(0, 300), (600, 910), (200, 700)]));
    // A repetition within one datagram is one.
    let mut together = with(&[(0, 300)]);
    together[2].1.extend(
        [record(DTLS12, 22, 0, &fragment(&flight[1], 1, 0, 200)), record(DTLS12, 22, 0, &fragment(&flight[1], 1, 100, 910))].concat(),
    );
    cases.add("together", &together);
    // The same number with another length, and a message whose fragment goes past its end.
    let mut lying = with(&[(0, 300), (300, 910)]);
    lying.insert(3, (Server, record(DTLS12, 22, 0, &fragment(&talk::certificate(&[9, 9]), 1, 0, 10))));
    cases.add("lying", &lying);
    let results = cases.scan();
    let check = |name: &str, state: &str, numbers: [u64; 3]| {
        let message = results.message(name, "certificate");
        let found = ["bytes", "segments", "retransmitted_segments"].map(|column| message.number(column));
        assert_eq!((&message["state"], found), (state, numbers), "{name}");
    };
    check("lost", "partial", [614, 2, 0]);
    check("overlap", "seen", [914, 3, 2]);
    check("hole", "seen", [914, 3, 1]);
    check("together", "seen", [914, 1, 1]);
    check("lying", "seen", [914, 2, 0]);
    assert!(results.is_lost("fragments_contradict") && !results.is_lost("fragments_beyond_bound"));
}

/// Seventeen messages in the making, of which sixteen are held; and one in more runs than are held.
#[test]
fn what_is_beyond_the_bounds_is_named() {
    let mut cases = Cases::default();
    let message = talk::certificate(&[1000]);
    let mut many = handshake(DTLS12, 2000);
    many.extend((20..37).map(|number| (Server, record(DTLS12, 22, 0, &fragment(&message, number, 0, 1)))));
    cases.add("many", &many);
    let mut runs = handshake(DTLS12, 2000);
    runs.extend((0..65).map(|at| (Server, record(DTLS12, 22, 0, &fragment(&message, 20, 3 * at, 3 * at + 1)))));
    cases.add("runs", &runs);
    let results = cases.scan();
    assert!(results.is_lost("fragments_beyond_bound"));
    let places = results.losses.lines().filter(|loss| loss["reason"] == *"fragments_beyond_bound").map(|loss| loss.number("count"));
    assert_eq!(places.sum::<u64>(), 2);
    assert_eq!(&results.flow("many")["outcome"], "completed");
}

/// Another association between the same ports begins with another ClientHello, however small its fragments are.
#[test]
fn two_associations() {
    let mut cases = Cases::default();
    let again = |random: u8, size: usize| {
        let mut datagrams = handshake(DTLS12, 2000);
        let mut second = handshake(DTLS12, 2000);
        let hello = fragments(DTLS12, &client_hello(DTLS12, random, &[], &[]), 0, size).into_iter().map(|bytes| (Client, bytes));
        second.splice(..1, hello);
        datagrams.extend(second);
        datagrams
    };
    for size in [3, 10, 33, 34, 2000] {
        cases.add(format!("other-{size}"), &again(8, size));
        cases.add(format!("same-{size}"), &again(7, size));
    }
    let results = cases.scan();
    for size in [3, 10, 33, 34, 2000] {
        let flows = results.flows(&format!("other-{size}"));
        let outcomes: Vec<&str> = flows.iter().map(|flow| flow.get("outcome")).collect();
        assert_eq!(outcomes, ["completed", "completed"], "{size}");
        assert_eq!([&flows[0]["stream"], &flows[1]["stream"]], ["0", "0"], "one conversation to Wireshark");
        assert_eq!(results.messages(flows[1], "client_hello")[0].number("segments"), 45usize.div_ceil(size).max(1) as u64);
        // The same hello once more is a retransmission.
        let flow = results.flow(&format!("same-{size}"));
        assert!(results.messages(flow, "client_hello")[0].number("retransmitted_segments") >= 1, "{size}");
    }
}

#[test]
fn what_else_shares_a_conversation() {
    let mut cases = Cases::default();
    let wrap = |with: &dyn Fn(&[u8]) -> Vec<u8>| -> Vec<(From, Vec<u8>)> {
        handshake(DTLS12, 300).iter().map(|(from, bytes)| (*from, with(bytes))).collect()
    };
    cases.add("channel", &wrap(&|bytes| [&[0x40, 1][..], &(bytes.len() as u16).to_be_bytes(), bytes].concat()));
    cases.add("capwap", &wrap(&|bytes| [&[1, 0, 0, 0][..], bytes].concat()));
    cases.add(
        "indication",
        &wrap(&|bytes| {
            let padding = vec![0; bytes.len().next_multiple_of(4) - bytes.len()];
            let peer = [0, 0x12, 0, 8, 0, 1, 0x9c, 0x40, 10, 0, 0, 9];
            let data = [&[0, 0x13][..], &(bytes.len() as u16).to_be_bytes(), bytes, &padding].concat();
            let len = (peer.len() + data.len()) as u16;
            [&[0, 0x16][..], &len.to_be_bytes(), &[0x21, 0x12, 0xa4, 0x42], &[3; 12], &peer, &data].concat()
        }),
    );
    // SRTP and STUN before, between and after.
    let other = [[&[0x80, 0x60][..], &[5; 100]].concat(), [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[3; 12]].concat()];
    let mut mixed: Vec<(From, Vec<u8>)> = other.iter().map(|bytes| (Server, bytes.clone())).collect();
    for datagram in handshake(DTLS12, 300) {
        mixed.push(datagram);
        mixed.extend(other.iter().map(|bytes| (Client, bytes.clone())));
    }
    cases.add("mixed", &mixed);
    let results = cases.scan();
    for name in ["channel", "capwap", "indication", "mixed"] {
        let (flow, message) = (results.flow(name), results.message(name, "certificate"));
        assert_eq!((&flow["outcome"], message.number("bytes"), message.number("segments")), ("completed", 914, 4), "{name}");
    }
    assert_eq!(results.flow("mixed").number("first_frame"), 3);
}

/// Epoch 2 is the handshake's, however late a part of it comes again; its bits are those of epoch 6, too, which is data.
#[test]
fn epochs_of_dtls13() {
    let mut cases = Cases::default();
    let flight = [(Server, unified(2, 90)), (Client, unified(2, 61))];
    let end = [(Server, unified(3, 40)), (Server, unified(2, 90)), (Client, unified(3, 40))];
    cases.add("again", &handshake13(&[&flight[..], &end].concat()));
    let updates = [(Server, unified(3, 40)), (Server, unified(0, 40)), (Server, unified(1, 40)), (Server, unified(2, 40))];
    cases.add("updates", &handshake13(&[&flight[..], &updates].concat()));
    // An acknowledgement in plain is neither data nor a message.
    cases.add("plain-ack", &handshake13(&[&[(Client, record(DTLS12, 26, 0, &[0, 0]))], &flight[..], &end].concat()));
    let results = cases.scan();
    let check = |name: &str, datagrams: &str, data: &str| {
        let flow = results.flow(name);
        let flights = results.messages(flow, "encrypted_flight");
        let of_server = flights.iter().find(|flight| flight["direction"] == *"server").unwrap();
        assert_eq!((&of_server["segments"], &flow["app_records_server"], &flow["outcome"]), (datagrams, data, "completed"), "{name}");
    };
    check("again", "2", "1");
    check("updates", "1", "4");
    check("plain-ack", "2", "1");
    assert_eq!((&results.flow("plain-ack")["records_client"], &results.flow("plain-ack")["app_records_client"]), ("4", "1"));
}

/// A client's acknowledgements and alerts have the keys of the handshake, too: they complete nothing, its data does.
#[test]
fn what_completes_dtls13() {
    let mut cases = Cases::default();
    let mut add = |name: &str, of_client: &[(u8, u8)]| {
        let answers: Vec<_> = of_client.iter().map(|(epoch, len)| (Client, unified(*epoch, *len))).collect();
        cases.add(name, &handshake13(&[&[(Server, unified(2, 90))][..], &answers].concat()));
    };
    add("nothing", &[]);
    add("alert", &[(2, 19)]);
    // Acknowledgements of none, one and four records.
    add("acks", &[(2, 19), (2, 35), (2, 83)]);
    add("finished", &[(2, 35), (2, 61)]);
    add("acks-and-data", &[(2, 35), (3, 40)]);
    let results = cases.scan();
    for (name, outcome) in [
        ("nothing", "not_judged"),
        ("alert", "not_judged"),
        ("acks", "not_judged"),
        ("finished", "completed"),
        ("acks-and-data", "completed"),
    ] {
        assert_eq!(&results.flow(name)["outcome"], outcome, "{name}");
    }
}

/// Several records in a datagram whose headers have ids: how long, the other side's hello says.
#[test]
fn connection_ids_and_srtp() {
    let mut cases = Cases::default();
    let id = |bytes: &[u8]| extension(54, &[&[bytes.len() as u8][..], bytes].concat());
    let srtp = |profiles: &[u8]| extension(14, &[&[0, profiles.len() as u8][..], profiles, &[0]].concat());
    let tagged = |id: &[u8]| [&[25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 3][..], id, &[0, 30], &[0xcc; 30]].concat();
    let with = |chosen: &[Vec<u8>]| {
        let mut datagrams = hellos(DTLS12, 2000, &[id(b"client"), srtp(&[0, 7, 0, 1])], chosen);
        datagrams.push((Client, [tagged(b"srv"), tagged(b"srv"), tagged(b"srv")].concat()));
        datagrams.push((Server, [tagged(b"client"), tagged(b"client")].concat()));
        datagrams
    };
    cases.add("both", &with(&[id(b"srv"), srtp(&[0, 7])]));
    cases.add("unknown", &with(&[srtp(&[0x12, 0x34])]));
    let results = cases.scan();
    let check = |name: &str, client: &str, server: &str, profile: &str| {
        let flow = results.flow(name);
        assert_eq!([&flow["app_records_client"], &flow["app_records_server"], &flow["srtp_profile"]], [client, server, profile], "{name}");
    };
    check("both", "3", "2", "SRTP_AEAD_AES_128_GCM");
    check("unknown", "1", "1", "0x1234");
}

/// The number is the rank of the conversation's first frame, whatever the conversation begins with; the datagrams around
/// tunnels and those that errors quote are conversations, too.
#[test]
fn numbers_of_conversations() {
    let vxlan = |inner: &[Packet]| {
        let mut outer = Datagrams::new([50_000, 4_789]);
        inner.iter().for_each(|packet| outer.send(Client, &[&[8, 0, 0, 0, 0, 0, 1, 0][..], &packet.bytes].concat()));
        outer.packets
    };
    let dns = |port: u16| {
        let mut talk = Datagrams::new([port, 53]);
        talk.send(Client, &[1; 30]);
        talk.packets
    };
    let mut dtls = Datagrams::new([40_000, 4_433]);
    // The conversation begins with something else.
    dtls.send(Client, &[&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[3; 12]].concat());
    dtls.send_all(&handshake(DTLS12, 2000));
    let mut quote = Datagrams::new([1, 2]);
    quote.send(Server, &[]);
    let quoted = packet(Client, [33_000, 33_001], &[0; 8]);
    let error = &mut quote.packets[0].bytes;
    error.truncate(34);
    error[23] = 1;
    error[16..18].copy_from_slice(&(28 + quoted.len() as u16).to_be_bytes());
    error.extend([3, 3, 0, 0, 0, 0, 0, 0]);
    error.extend(&quoted);
    quote.packets[0].wire_len = error.len() as u32;
    let first = dtls.packets.split_off(1);
    let mut cases = Cases::default();
    cases.add_packets("plain", [&dns(5001), &dns(5002), &dns(5001), &dtls.packets, &dns(5003), &first].map(Clone::clone).concat());
    cases.add_packets("quoted", [&dns(5001), &quote.packets, &dtls.packets, &first].map(Clone::clone).concat());
    cases.add_packets("wrapped", [&dns(5001), &vxlan(&dtls.packets), &vxlan(&first)].map(Clone::clone).concat());
    let results = cases.scan();
    for (name, stream) in [("plain", "2"), ("quoted", "2"), ("wrapped", "2")] {
        // By tshark 4.0.17, too.
        assert_eq!((&results.flow(name)["stream"], &results.flow(name)["outcome"]), (stream, "completed"), "{name}");
    }
    assert_eq!(&results.flow("wrapped")["tunnel"], "vxlan=1");
}

/// Every prefix and every flipped bit of every datagram of a handshake, with the rest as it was.
#[test]
fn no_prefix_and_no_flipped_bit_is_a_panic() {
    let follow = |datagrams: &[(From, &[u8])]| {
        let (_, first) = datagrams[0];
        let Some(mut association) = Association::begin(first, first.len()) else { return 0 };
        for ((from, bytes), frame) in datagrams.iter().zip(1..) {
            let side = if *from == Client { Side::Low } else { Side::High };
            association.is_renewed_by(bytes, bytes.len());
            let place = FramePlace { turn: 0, file: 0, frame };
            let time = tlscensus::time::Timestamp(frame as i64);
            association.deliver(side, bytes, Carrier { id: frame, place, time, len: bytes.len() as u32, mss: 0, fragments: 0 });
        }
        association.finish();
        assert!(association.held() == 0);
        association.seen.messages.len()
    };
    for all in [handshake(DTLS10, 300), handshake13(&[(Server, unified(2, 90)), (Client, unified(2, 61)), (Client, unified(3, 40))])] {
        let whole: Vec<(From, &[u8])> = all.iter().map(|(from, bytes)| (*from, bytes.as_slice())).collect();
        let expected = follow(&whole);
        assert!(expected >= 5);
        for at in 0..whole.len() {
            for len in 0..whole[at].1.len() {
                let mut cut = whole.clone();
                cut[at].1 = &whole[at].1[..len];
                assert!(follow(&cut) <= expected + 1, "{len} bytes of datagram {at}");
            }
            for bit in 0..whole[at].1.len().min(100) * 8 {
                let mut damaged = whole[at].1.to_vec();
                damaged[bit / 8] ^= 1 << (bit % 8);
                let mut with = whole.clone();
                with[at].1 = &damaged;
                // A bit makes one datagram into at most a few other messages.
                assert!(follow(&with) <= expected + 4, "bit {bit} of datagram {at}");
            }
        }
    }
}

/// Datagrams that the snap length cut: what is there of a hello is said, and records count by their headers.
#[test]
fn what_the_snap_length_leaves() {
    let extensions = [talk::server_name(b"www.example.com"), extension(21, &[0; 200])];
    let hello = whole(DTLS12, &client_hello(DTLS12, 7, b"cookie", &extensions), 0);
    let again = whole(DTLS12, &client_hello(DTLS12, 8, b"", &extensions), 0);
    let data = record(DTLS12, 23, 1, &[0x5a; 300]);
    let mut all = Datagrams::new([40_000, 4_433]);
    for (from, payload) in [(Client, &hello), (Server, &data), (Server, &data), (Client, &again)] {
        all.send(from, payload);
    }
    let mut cases = Cases::default();
    // Record, message, version, random, no session id, cookie; a suite; compression, length of the extensions; the name.
    let suites = 13 + 12 + 2 + 32 + 1 + 7 + 2 + 2;
    let name = suites + 4 + 24;
    let lens = [26, 30, suites - 1, suites, name - 1, name, hello.len() - 1];
    for len in lens {
        let mut packets = all.packets.clone();
        packets.iter_mut().for_each(|packet| packet.bytes.truncate(42 + len));
        cases.add_packets(len.to_string(), packets);
    }
    let results = cases.scan();
    for len in lens {
        let flows = results.flows(&len.to_string());
        // The second hello's length, or its random, tells that it begins another association.
        assert_eq!(flows.len(), 2, "{len}");
        let of = |index: usize, column: &str| flows[index][column].to_owned();
        assert_eq!(
            (of(0, "protocol"), of(0, "client_port"), of(0, "app_records_server")),
            ("dtls".into(), "40000".into(), "2".into()),
            "{len}"
        );
        assert_eq!(of(0, "suites_offered_count"), if len >= suites { "1" } else { "" }, "{len}");
        assert_eq!(of(0, "sni"), if len >= name { "www.example.com" } else { "" }, "{len}");
        assert_eq!((of(0, "sequence"), of(0, "ja4")), ("CH* data*".into(), String::new()), "{len}");
    }
}

#[test]
fn datagrams_of_a_handshake_count_once_in_any_order() {
    let mut cases = Cases::default();
    let datagrams = handshake(DTLS12, 300);
    let of_server = |(from, _): &&(From, Vec<u8>)| *from == Server;
    // All but data: the hello, four parts of the certificate, the key exchange, the end of the flight, the Finished.
    let count = datagrams.iter().filter(of_server).count() - 1;
    // Which of the server's first flight comes before which.
    let orders = [[1, 2, 3, 4, 5], [2, 1, 4, 3, 5], [5, 4, 3, 2, 1], [1, 5, 2, 4, 3]];
    for order in &orders {
        let mut changed = datagrams.clone();
        for (place, at) in order.iter().enumerate() {
            changed[place + 1] = datagrams[*at].clone();
        }
        cases.add(format!("{order:?}"), &changed);
    }
    // Parts of two messages in each datagram.
    let mut mixed = datagrams.clone();
    let (hello, rest) = (mixed.remove(0), mixed.split_off(6));
    let halves: Vec<_> = (0..3).map(|at| (Server, [mixed[at].1.clone(), mixed[5 - at].1.clone()].concat())).collect();
    cases.add("mixed", &[vec![hello], halves, rest].concat());
    let results = cases.scan();
    for order in &orders {
        assert_eq!(results.flow(&format!("{order:?}")).number("handshake_segments_server"), count as u64, "{order:?}");
    }
    assert_eq!(results.flow("mixed").number("handshake_segments_server"), count as u64 - 3);
}
