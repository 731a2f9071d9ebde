//! What TCP allows, or what captures make of it: odd segments around a handshake change nothing that is said of it.

use crate::support::follow::{follow, follow_one};
use crate::support::talk::{
    ACK, FIN, From, RST, SYN, Talk, certificate, client_hello, extension, finish, message, record, records, server_flight, server_hello,
};
use tlscensus::row::assemble::FlowRows;

const WALK: &str = "CH sh crt ske shd CKE CCS ENC ccs enc DATA";
const URG: u8 = 0x20;

const C: From = From::Client;
const S: From = From::Server;

fn hello() -> Vec<u8> {
    record(22, &client_hello(&[]))
}

fn flight() -> Vec<u8> {
    records(22, 16_384, &server_flight(certificate(&[900, 700])).concat())
}

/// What follows the client's hello, in segments of 700 bytes.
fn go_on(talk: &mut Talk) {
    talk.send_in(S, 700, &flight());
    talk.send(C, &finish(C));
    talk.send(S, &finish(S));
    talk.send(C, &record(23, &[1; 40]));
}

fn check(talk: &Talk, context: &str) -> FlowRows {
    let rows = follow_one(&talk.packets);
    assert_eq!((rows.flow.sequence.as_ref(), rows.flow.gap_bytes), (WALK, 0), "{context}");
    assert_eq!((rows.flow.client_port, rows.flow.client_guessed), (40_000, false), "{context}");
    rows
}

#[test]
fn data_in_a_syn_begins_behind_its_number() {
    // TCP Fast Open (RFC 7413): whole in the SYN, in part, and sent again when the server did not take it.
    let hello = hello();
    for (in_syn, accepted) in [(hello.len(), true), (30, true), (hello.len(), false), (1, true)] {
        let mut talk = Talk::midway([40_000, 443]);
        let taken = if accepted { in_syn } else { 0 };
        talk.packet(C, SYN, 1000, 0, &hello[..in_syn]);
        talk.next = [1001 + taken as u32, 5001];
        talk.packet(S, SYN | ACK, 5000, talk.next[0], b"");
        talk.send(C, &hello[taken..]);
        go_on(&mut talk);
        talk.close();
        let rows = check(&talk, &format!("{in_syn} bytes in the SYN, accepted {accepted}"));
        assert_eq!(rows.messages[0].first_frame, 1);
    }
}

#[test]
fn both_sides_open() {
    // Simultaneous open (RFC 9293, figure 8): whose SYN came first is the client.
    let mut talk = Talk::midway([40_000, 443]);
    talk.packet(C, SYN, 1000, 0, b"");
    talk.packet(S, SYN, 5000, 0, b"");
    talk.packet(C, SYN | ACK, 1000, 5001, b"");
    talk.packet(S, SYN | ACK, 5000, 1001, b"");
    talk.send(C, &hello());
    go_on(&mut talk);
    talk.close();
    check(&talk, "simultaneous open");
}

#[test]
fn packets_of_the_opening_may_be_lost() {
    for lost in [&[0][..], &[1], &[2], &[0, 1], &[1, 2], &[0, 1, 2]] {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(C, &hello());
        go_on(&mut talk);
        talk.close();
        for at in lost.iter().rev() {
            talk.packets.remove(*at);
        }
        check(&talk, &format!("without {lost:?}"));
    }
    // Without the SYN-ACK its acknowledgement says where the server's bytes begin, whichever comes first.
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello());
    go_on(&mut talk);
    talk.packets.remove(1);
    talk.packets.swap(3, 4);
    check(&talk, "no SYN-ACK, and the server's first segment late");
}

#[test]
fn probes_and_keep_alives() {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello());
    let flight = flight();
    talk.send_in(S, 700, &flight[..1400]);
    let next = talk.next;
    // The client's window is shut: probes with the next byte, which is then sent again with those behind it.
    for _ in 0..3 {
        talk.packet(S, ACK, next[1], next[0], &flight[1400..1401]);
        talk.packet(C, ACK, next[0], next[1], b"");
    }
    talk.send_in(S, 700, &flight[1400..]);
    // Keep-alives: the byte before the next one, with garbage in it or none.
    for garbage in [&b""[..], b"\0", b"\xff"] {
        talk.packet(C, ACK, talk.next[0] - 1, talk.next[1], garbage);
        talk.packet(S, ACK, talk.next[1] - 1, talk.next[0], garbage);
    }
    talk.send(C, &finish(C));
    talk.send(S, &finish(S));
    talk.send(C, &record(23, &[1; 40]));
    talk.close();
    let rows = check(&talk, "probes and keep-alives");
    // The first probe was new, and overlaps with what is sent later; the others read as keep-alives.
    assert_eq!((rows.flow.retransmissions, rows.flow.overlaps), (Some(0), Some(1)));
}

#[test]
fn urgent_bytes_stay_in_line() {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello());
    go_on(&mut talk);
    for packet in talk.packets.iter_mut().filter(|packet| packet.bytes.len() > 54) {
        packet.bytes[14 + 20 + 13] |= URG;
        packet.bytes[14 + 20 + 18..14 + 20 + 20].copy_from_slice(&[0, 1]);
    }
    check(&talk, "urgent");
}

#[test]
fn the_last_bytes_may_come_with_the_end() {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello());
    talk.send_in(S, 700, &flight());
    talk.send(C, &finish(C));
    talk.send(S, &finish(S));
    let data = record(23, &[1; 40]);
    let [client, server] = talk.next;
    talk.packet(C, FIN | ACK, client, server, &data);
    talk.packet(S, FIN | ACK, server, client + data.len() as u32 + 1, b"");
    check(&talk, "data with FIN");
    // What a RST carries is a reason in words, not data (RFC 9293 section 3.5.3).
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello());
    go_on(&mut talk);
    talk.packet(S, RST | ACK, talk.next[1], talk.next[0], b"no more");
    let rows = check(&talk, "words with RST");
    assert_eq!(rows.flow.closed_by.as_ref(), "server_rst");
}

#[test]
fn a_segment_that_no_window_allows() {
    for (ahead, side) in [(1 << 30, S), (0x7fff_0000, S), (1 << 30, C)] {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(C, &hello());
        let next = talk.next[side as usize].wrapping_add(ahead).wrapping_add(1);
        talk.packet(side, ACK, next, talk.next[side.other() as usize], &[0xaa; 500]);
        go_on(&mut talk);
        talk.close();
        check(&talk, &format!("{ahead} bytes ahead, of the {side:?}"));
    }
}

#[test]
fn one_side_alone() {
    for side in [C, S] {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(C, &hello());
        go_on(&mut talk);
        talk.close();
        talk.packets.retain(|packet| (packet.bytes[26 + 3] == 1) == (side == C));
        let rows = follow_one(&talk.packets);
        let expected = if side == C { "CH CKE CCS ENC DATA" } else { "sh crt ske shd ccs enc" };
        assert_eq!((rows.flow.sequence.as_ref(), rows.flow.gap_bytes, rows.flow.client_port), (expected, 0, 40_000));
    }
    // What the one side ends with is as a rule its close_notify, and nothing that failed.
    let mut talk = Talk::open([40_000, 443]);
    talk.send(S, &flight());
    talk.send(S, &[finish(S), record(21, &[0xaa; 26])].concat());
    talk.close();
    talk.packets.retain(|packet| packet.bytes[26 + 3] == 2);
    let rows = follow_one(&talk.packets);
    assert_eq!((rows.flow.sequence.as_ref(), rows.flow.outcome.as_ref()), ("sh crt ske shd ccs enc alert", "not_judged"));
}

/// A handshake in which the server sends these records behind its hello, and the client these; the server's packets of the
/// places `lost` are not captured.
fn resumed(hello: &[u8], of_server: &[Vec<u8>], of_client: &[u8], lost: usize) -> FlowRows {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, hello);
    talk.send(S, &record(22, &server_hello(&[])));
    let first = talk.packets.len();
    of_server.iter().for_each(|bytes| talk.send(S, bytes));
    talk.packets.drain(first..first + lost);
    talk.send(C, of_client);
    talk.close();
    follow_one(&talk.packets)
}

#[test]
fn what_a_hole_hides_is_no_resumption() {
    let flow = |rows: FlowRows| {
        let flow = rows.flow;
        (flow.resumed, flow.resumption.to_string(), flow.forward_secret)
    };
    let ticket = record(22, &client_hello(&[extension(35, &[7; 100])]));
    let [_, rest @ ..] = &server_flight(certificate(&[900]))[..] else { panic!() };
    let (rest, end) = (records(22, 16_384, &rest.concat()), finish(S));
    let short = [record(20, &[1]), record(22, &[0xee; 40])].concat();
    let full = |lost: usize, of_client: &[u8]| flow(resumed(&ticket, &[rest.clone(), end.clone()], of_client, lost));
    // A ticket that the server did not take, with and without the rest of its flight.
    assert_eq!(full(0, &finish(C)), (Some(false), String::new(), Some(true)));
    assert_eq!(full(1, &finish(C)), (Some(false), String::new(), Some(true)));
    assert_eq!(full(1, &short), (None, String::new(), None));
    // One that it took.
    assert_eq!(flow(resumed(&ticket, std::slice::from_ref(&end), &short, 0)), (Some(true), "ticket".into(), None));
    // Without the client's hello only what follows the server's tells.
    let mut talk = Talk::open([40_000, 443]);
    talk.send(S, &record(22, &server_hello(&[])));
    talk.send(S, &end);
    assert_eq!(flow(follow_one(&talk.packets)), (Some(true), String::new(), None));
    let mut talk = Talk::open([40_000, 443]);
    talk.send(S, &record(22, &server_hello(&[])));
    assert_eq!(flow(follow_one(&talk.packets)), (None, String::new(), None));
}

#[test]
fn a_joined_subflow_is_a_connection_of_its_own() {
    // MPTCP (RFC 8684): the first subflow has the handshake, the second one a part of what follows.
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello());
    go_on(&mut talk);
    talk.close();
    let mut joined = Talk::open([40_001, 443]);
    joined.time = talk.time;
    let data = record(23, &[7; 2000]);
    joined.send_in(S, 1000, &data[300..]);
    joined.send(C, &record(23, &[8; 300]));
    joined.close();
    talk.packets.extend(joined.packets);
    check(&talk, "the second subflow is not taken for TLS: its SYN was seen, and no hello");
}

#[test]
fn bytes_that_were_no_payload_hide_no_hello() {
    // Padding of the frame that a wrong length in the IP header makes payload of an ACK.
    for padding in [2, 6] {
        let mut talk = Talk::open([40_000, 443]);
        let next = talk.next;
        talk.packet(C, ACK, next[0], next[1], &[0; 6][..padding]);
        talk.send(C, &hello());
        go_on(&mut talk);
        let rows = check(&talk, &format!("{padding} bytes"));
        assert_eq!(rows.flow.preamble, "", "{padding} bytes");
    }
}

#[test]
fn what_is_sent_tells_who_is_who() {
    // Ports that say the contrary, no hello, no SYN: of each side one message that only it sends.
    let told: [(From, u8, usize); 5] = [(C, 16, 66), (S, 12, 300), (S, 14, 0), (S, 13, 40), (S, 4, 180)];
    for (from, kind, len) in told {
        let mut talk = Talk::midway([40_000, 50_000]);
        talk.send(from, &[record(22, &message(11, &[0; 3])), record(22, &message(kind, &vec![9; len]))].concat());
        let rows = follow(&talk.packets);
        assert_eq!((rows[0].flow.client_port, rows[0].flow.client_guessed), (40_000, false), "type {kind}");
    }
    let mut talk = Talk::midway([40_000, 50_000]);
    talk.send(C, &record(22, &message(11, &[0; 3])));
    assert!(follow(&talk.packets)[0].flow.client_guessed, "a Certificate may be of either");
}

#[test]
fn encrypted_handshakes_of_a_capture_that_begins_late() {
    let nonce = |first: u8| [&[first, 0, 0, 0, 0, 0, 0, 0][..], &[0x5a; 32]].concat();
    let far = [&[11, 0x9c, 0x4d, 0xda][..], &[0x5a; 44]].concat();
    for fragment in [nonce(0), nonce(2), nonce(1), far] {
        let mut talk = Talk::midway([40_000, 443]);
        talk.send(C, &[record(22, &fragment), record(23, &[7; 60])].concat());
        let rows = follow_one(&talk.packets);
        let states: Vec<_> = rows.messages.iter().map(|row| (row.message.as_ref(), row.state.as_ref())).collect();
        assert_eq!(states, [("encrypted_handshake", "encrypted"), ("application_data", "encrypted")], "{:02x?}", &fragment[..4]);
    }
}

#[test]
fn a_direction_is_found_again_behind_bytes_that_came_before() {
    // The capture begins in the middle of a record. The next segment repeats some of it, then goes on with the next record.
    for again in [0, 1, 5, 60, 100] {
        let mut talk = Talk::midway([40_000, 443]);
        talk.send(C, &finish(C));
        talk.send(S, &[0xd7; 100]);
        let seq = talk.next[1].wrapping_sub(again);
        let bytes = [&vec![0xd7; again as usize][..], &finish(S)].concat();
        talk.packet(S, ACK, seq, talk.next[0], &bytes);
        let rows = follow_one(&talk.packets);
        assert_eq!(rows.flow.sequence, "CKE CCS ENC ccs enc", "{again} bytes again");
    }
}

#[test]
fn what_answers_a_lost_hello_is_found() {
    let alert = record(21, &[2, 70]);
    let unasked = |lost: usize, answer: &[u8]| {
        let mut talk = Talk::open([40_000, 443]);
        talk.next[0] += lost as u32;
        talk.send(S, answer);
        talk.flag(S, FIN);
        let flows = follow(&talk.packets);
        flows.iter().map(|rows| rows.flow.sequence.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(unasked(hello().len(), &alert), ["a70"]);
    let without_hello = records(22, 16_384, &server_flight(certificate(&[900]))[1..].concat());
    assert_eq!(unasked(hello().len(), &without_hello), ["crt ske shd"]);
    // Where nothing is missing a server does not begin like that.
    assert!(unasked(0, &alert).is_empty() && unasked(0, &without_hello).is_empty());
    // A FIN that is acknowledged is no byte.
    let mut talk = Talk::open([40_000, 443]);
    talk.flag(C, FIN);
    talk.send(S, &alert);
    assert!(follow(&talk.packets).is_empty());
}
