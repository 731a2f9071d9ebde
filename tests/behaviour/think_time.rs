//! How long the server took to answer: what is taken from what, and when it is not known.

use crate::support::follow::follow_one;
use crate::support::talk::{ACK, From, SYN, Talk, client_hello, extension, message, record, server_hello};

const C: From = From::Client;
const S: From = From::Server;
const MS: i64 = 1_000_000;

/// `way` ms from the SYN to the SYN-ACK, then each of these after its ms.
fn check(way: i64, sent: &[(i64, From, Vec<u8>)], expected: Option<i64>) {
    let mut talk = Talk::open([40_000, 443]);
    // The packets stand a tenth of a millisecond apart.
    let late = way * MS - talk.step;
    for packet in &mut talk.packets[1..] {
        packet.time.0 += late;
    }
    talk.time.0 += late;
    for (after, from, bytes) in sent {
        talk.time.0 += after * MS - talk.step;
        talk.send(*from, bytes);
    }
    let rows = follow_one(&talk.packets);
    assert_eq!(rows.flow.server_think_ms.map(|think| think.0.0), expected.map(|ms| ms * MS), "{way} {}", rows.flow.sequence);
}

#[test]
fn the_servers_time_is_what_the_way_does_not_take() {
    let hello = || record(22, &client_hello(&[]));
    let answer = || record(22, &server_hello(&[]));
    check(10, &[(1, C, hello()), (25, S, answer())], Some(15));
    // The way took longer than the answer.
    check(30, &[(1, C, hello()), (25, S, answer())], Some(0));
    // No answer, or an alert.
    check(10, &[(1, C, hello())], None);
    check(10, &[(1, C, hello()), (25, S, record(21, &[2, 40]))], None);
    // From the last part of the ClientHello to the first part of the ServerHello.
    let (hello, answer) = (hello(), answer());
    let pieces = [(1, C, hello[..20].to_vec()), (5, C, hello[20..].to_vec()), (25, S, answer[..9].to_vec()), (7, S, answer[9..].to_vec())];
    check(10, &pieces, Some(15));
}

/// After a HelloRetryRequest the second ClientHello is the one that is answered.
#[test]
fn a_retry_is_not_thought() {
    let mut retry = server_hello(&[extension(43, &[3, 4]), extension(51, &[0, 23])]);
    let random = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
        0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ];
    retry[6..38].copy_from_slice(&random);
    let hello = record(22, &client_hello(&[]));
    let sent =
        [(1, C, hello.clone()), (12, S, record(22, &retry)), (4, C, hello), (13, S, record(22, &server_hello(&[extension(43, &[3, 4])])))];
    check(10, &sent, Some(3));
}

#[test]
fn without_a_syn_it_is_not_known() {
    let mut talk = Talk::midway([40_000, 443]);
    talk.send(C, &record(22, &client_hello(&[])));
    talk.send(S, &record(22, &[server_hello(&[]), message(14, b"")].concat()));
    let rows = follow_one(&talk.packets);
    assert_eq!((rows.flow.sequence.as_ref(), rows.flow.server_think_ms), ("CH sh shd", None));
    assert!(rows.flow.hello_to_hello_ms.is_some());
}

/// A TCP handshake of these packets (milliseconds, sender, flags), then a ClientHello: the round trips in ms.
fn check_round_trips(sent: &[(i64, From, u8)], expected: [Option<i64>; 3]) {
    let mut talk = Talk::midway([40_000, 443]);
    let start = talk.time.0;
    for (at, from, flags) in sent {
        talk.time.0 = start + at * MS - talk.step;
        let (seq, ack) = if *from == C { (1000 + u32::from(flags & SYN == 0), 5001) } else { (5000, 1001) };
        talk.packet(*from, *flags, seq, if flags & ACK != 0 { ack } else { 0 }, b"");
    }
    talk.send(C, &record(22, &client_hello(&[])));
    let flow = follow_one(&talk.packets).flow;
    let found = [flow.rtt_to_server_ms, flow.rtt_to_client_ms, flow.tcp_rtt_ms].map(|way| way.map(|way| way.0.0 / MS));
    assert_eq!(found, expected, "{sent:?}");
}

#[test]
fn round_trips_hold_no_time_out() {
    const BOTH: u8 = SYN | ACK;
    check_round_trips(&[(0, C, SYN), (20, S, BOTH), (25, C, ACK)], [Some(20), Some(5), Some(25)]);
    // The SYN was lost, or refused, and sent again.
    check_round_trips(&[(0, C, SYN), (3000, C, SYN), (3020, S, BOTH), (3025, C, ACK)], [Some(20), Some(5), Some(25)]);
    // The SYN-ACK, or the ACK, was lost.
    check_round_trips(&[(0, C, SYN), (20, S, BOTH), (1020, S, BOTH), (1025, C, ACK)], [Some(20), Some(5), Some(25)]);
    // An answer that comes twice, as the SYN was sent twice: the first one counts, and the last one before the ACK.
    check_round_trips(&[(0, C, SYN), (10, C, SYN), (20, S, BOTH), (30, S, BOTH), (35, C, ACK)], [Some(10), Some(5), Some(15)]);
    // What comes after the ACK changes nothing.
    check_round_trips(&[(0, C, SYN), (20, S, BOTH), (25, C, ACK), (900, S, BOTH), (905, C, ACK)], [Some(20), Some(5), Some(25)]);
    check_round_trips(&[(0, C, SYN), (20, S, BOTH)], [Some(20), Some(0), Some(20)]);
}

#[test]
fn no_time_runs_backwards() {
    const BOTH: u8 = SYN | ACK;
    // The clock was set back while the handshake went on: neither way can be told.
    check_round_trips(&[(5000, C, SYN), (20, S, BOTH), (25, C, ACK)], [None; 3]);
    // The SYN-ACK alone has another clock: the whole way does not need it.
    check_round_trips(&[(0, C, SYN), (5000, S, BOTH), (25, C, ACK)], [None, None, Some(25)]);
    check_round_trips(&[(10_000, C, SYN), (5000, S, BOTH), (10_025, C, ACK)], [None, None, Some(25)]);
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &record(22, &client_hello(&[])));
    talk.time.0 -= 1000 * MS;
    talk.send(S, &record(22, &server_hello(&[])));
    talk.send(S, &record(23, &[1; 20]));
    let flow = follow_one(&talk.packets).flow;
    assert_eq!((flow.hello_to_hello_ms, flow.server_think_ms, flow.first_data_ms), (None, None, None));
    assert!(flow.tcp_rtt_ms.is_some());
}
