//! How long the server took to answer: what is taken from what, and when it is not known.

use crate::support::follow::follow_one;
use crate::support::talk::{From, Talk, client_hello, extension, message, record, server_hello};

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
