//! QUIC: what is read of Initial packets that the tests protect themselves, and what is counted of the rest.

use crate::support::capture::pcap;
use crate::support::quic::{
    Datagrams, Ids, V1, V2, client_hello, close, crypto, handshake, initial, negotiation, one_rtt, retry, server_hello, zero_rtt,
};
use crate::support::talk::From::{self, Client, Server};
use crate::support::{Folder, Line, Table, files_below, scan};
use std::collections::HashMap;
use tlscensus::flow::{Carrier, Side};
use tlscensus::quic::Connection;

const FIRST: &[u8] = b"original";
const MINE: &[u8] = b"mine";
const YOURS: &[u8] = b"server";
/// Of the client's first packets, of its later ones, of the server's.
const START: Ids = Ids { to: FIRST, of: MINE, keys: FIRST };
const LATER: Ids = Ids { to: YOURS, of: MINE, keys: FIRST };
const BACK: Ids = Ids { to: MINE, of: YOURS, keys: FIRST };

fn hello(version: u32, ids: Ids<'_>) -> Vec<u8> {
    initial(version, Client, ids, b"", 0, &crypto(0, &client_hello(0)), 1150)
}

/// The server's first flight in one datagram.
fn answer(version: u32, ids: Ids<'_>) -> Vec<u8> {
    [initial(version, Server, ids, b"", 0, &crypto(0, &server_hello()), 100), handshake(version, ids, 900), one_rtt(ids.to)].concat()
}

/// The client's last flight of the handshake, and data.
fn end(version: u32, ids: Ids<'_>) -> Vec<u8> {
    [initial(version, Client, ids, b"", 1, &[2, 0, 0, 0, 0], 40), handshake(version, ids, 60), one_rtt(ids.to)].concat()
}

/// A connection of three datagrams.
pub fn connection() -> [(From, Vec<u8>); 3] {
    [(Client, hello(V1, START)), (Server, answer(V1, BACK)), (Client, end(V1, LATER))]
}

/// Scans datagrams; gives the flows, and the losses by reason with their count.
fn scanned<T>(datagrams: &[(From, Vec<u8>)], look: impl FnOnce(&[Line<'_>], &HashMap<String, u64>) -> T) -> T {
    let mut talk = Datagrams::new([50_000, 443]);
    for (from, payload) in datagrams {
        talk.send(*from, payload);
    }
    let folder = Folder::new();
    let (capture, out) = (folder.write("in/quic.pcap", &pcap(&talk.packets)), folder.at("out"));
    scan(&out, [&capture]);
    let (flows, losses) = (Table::read(&out, "flows"), Table::read(&out, "losses"));
    let losses = losses.lines().map(|line| (line.get("reason").to_owned(), line.number("count"))).collect();
    look(&flows.lines().collect::<Vec<_>>(), &losses)
}

/// One flow, whose columns must hold these values.
fn check(datagrams: &[(From, Vec<u8>)], columns: &[(&str, &str)]) {
    scanned(datagrams, |flows, losses| {
        assert_eq!(flows.len(), 1, "flows");
        for (column, value) in columns {
            assert_eq!(flows[0].get(column), *value, "{column} of {}", flows[0].get("sequence"));
        }
        assert_eq!(losses.get("quic_initial_not_decrypted"), None);
    });
}

#[test]
fn a_handshake() {
    // JA4 and JA3 by hand: SHA-256 of `1301` and `000a,000d,002b,0033,0039,1234_0403`, MD5 of
    // `771,4865,0-10-16-13-43-51-57-4660,29,`.
    check(
        &connection(),
        &[
            ("protocol", "quic"),
            ("outcome", "completed"),
            ("sequence", "CH sh flight data FLIGHT DATA"),
            ("sni", "www.example.com"),
            ("alpn_offered", "h3"),
            ("cipher_suite", "TLS_AES_128_GCM_SHA256"),
            ("ja4", "q13d0108h3_0f2cb44170f4_ba6a15fb44fa"),
            ("ja3", "6bdf8d6c2234cf896208a8b3f64a86f9"),
            ("quic_version", "QUIC v1"),
            ("quic_version_code", "1"),
            ("quic_first_version_code", ""),
            ("quic_retry", "false"),
            ("quic_version_negotiation", "false"),
            ("quic_initial_packets_client", "2"),
            ("quic_initial_packets_server", "1"),
            ("quic_handshake_packets", "2"),
            ("quic_0rtt_packets", "0"),
            ("quic_transport_parameters", "max_idle_timeout"),
            ("quic_max_idle_timeout_ms", "30000"),
            ("quic_max_udp_payload_bytes", ""),
        ],
    );
}

/// Three packets with pieces of the hello in a shuffled order, every piece twice.
#[test]
fn a_hello_in_pieces() {
    let whole = client_hello(2500);
    let pieces: Vec<_> = whole.chunks(300).enumerate().map(|(at, bytes)| crypto(at * 300, bytes)).collect();
    let packet = |number: u16, order: &[usize]| {
        let frames: Vec<u8> = order.iter().flat_map(|at| pieces[*at].clone()).collect();
        (Client, initial(V1, Client, START, b"", number, &frames, 1150))
    };
    assert_eq!(pieces.len(), 9);
    check(
        &[
            packet(2, &[8, 1, 4, 1, 8, 4]),
            packet(0, &[0, 7, 3, 3, 7, 0]),
            packet(1, &[6, 2, 5, 5, 2, 6]),
            (Server, answer(V1, BACK)),
            (Client, end(V1, LATER)),
        ],
        &[
            ("sni", "www.example.com"),
            ("client_hello_bytes", &whole.len().to_string()),
            ("client_hello_segments", "3"),
            ("outcome", "completed"),
        ],
    );
}

/// The server's packets before the client's first one wait for its keys, four of them; they keep no packet of the client from
/// being opened.
#[test]
fn the_server_first() {
    let early = initial(V1, Server, BACK, b"", 0, &crypto(0, &server_hello()), 100);
    let rest = [(Client, hello(V1, START)), (Server, [handshake(V1, BACK, 900), one_rtt(MINE)].concat()), (Client, end(V1, LATER))];
    for (count, lost) in [(1, None), (4, None), (20, Some(&16))] {
        let datagrams = [vec![(Server, early.clone()); count], rest.to_vec()].concat();
        scanned(&datagrams, |flows, losses| {
            assert_eq!((flows.len(), flows[0].get("sni"), flows[0].get("outcome")), (1, "www.example.com", "completed"));
            assert_eq!(flows[0].get("cipher_suite"), "TLS_AES_128_GCM_SHA256");
            assert_eq!(flows[0].get("sequence"), "sh CH flight data FLIGHT DATA");
            assert_eq!((flows[0].get("client_port"), flows[0].number("quic_initial_packets_server")), ("50000", count as u64));
            assert_eq!(losses.get("quic_initial_not_decrypted"), lost);
        });
    }
    // Nobody comes with keys.
    scanned(&[(Server, early.clone()), (Server, early)], |_, losses| assert_eq!(losses.get("quic_initial_not_decrypted"), Some(&2)));
}

/// What a side sends of a handshake that is never whole is charged to its flow, and let go at its end.
#[test]
fn what_is_held_is_charged() {
    let mut connection = Connection::begin(&hello(V1, START)).unwrap();
    for number in 0..60u16 {
        let packet = initial(V1, Client, START, b"", number, &crypto(1 + usize::from(number) * 1000, &[7; 1000]), 1100);
        connection.deliver(Side::Low, &packet, Carrier { id: number.into(), ..Carrier::default() });
    }
    assert!((60_000..140_000).contains(&connection.held()), "{}", connection.held());
}

/// After a Retry the keys are made of its source id: the server's packet opens though the client's second one is missing.
#[test]
fn after_a_retry() {
    let from_retry = |ids: Ids<'static>| Ids { keys: b"other id", ..ids };
    let datagrams = [
        (Client, hello(V1, START)),
        (Server, retry(V1, Ids { of: b"other id", ..BACK })),
        (
            Client,
            initial(V1, Client, Ids { to: b"other id", of: MINE, keys: b"other id" }, b"token", 1, &crypto(0, &client_hello(0)), 1150),
        ),
        (Server, answer(V1, from_retry(BACK))),
        (Client, end(V1, from_retry(LATER))),
    ];
    let expected = [("quic_retry", "true"), ("outcome", "completed"), ("cipher_suite", "TLS_AES_128_GCM_SHA256")];
    check(&datagrams, &expected);
    // The second hello was asked for; a third one is a retransmission.
    check(&datagrams, &[("findings", "no_post_quantum_offer")]);
    let again = [&datagrams[..3], &datagrams[2..]].concat();
    check(&again, &[("findings", "handshake_retransmitted;no_post_quantum_offer")]);
    let without = [&datagrams[..2], &datagrams[3..]].concat();
    check(&without, &expected);
}

#[test]
fn a_version_that_the_server_does_not_speak() {
    const UNKNOWN: u32 = 0x1a2a_3a4a;
    let versions = negotiation(BACK, &[V1, 0x3a4a_5a6a]);
    let datagrams = [
        (Client, hello(UNKNOWN, START)),
        (Server, versions),
        (Client, hello(V1, START)),
        (Server, answer(V1, BACK)),
        (Client, end(V1, LATER)),
    ];
    let changed = [("quic_version_negotiation", "true"), ("quic_version", "QUIC v1"), ("outcome", "completed")];
    check(&datagrams, &changed);
    check(&datagrams, &[("quic_first_version_code", &UNKNOWN.to_string())]);
    // Ids that no version here has (RFC 8999 section 5.1): the flow begins with what is known.
    let ids = [vec![1; 40], vec![2; 255]];
    let (long, back) = (Ids { to: &ids[0], of: &ids[1], keys: FIRST }, Ids { to: &ids[1], of: &ids[0], keys: FIRST });
    let datagrams = [
        (Client, hello(UNKNOWN, long)),
        (Server, negotiation(back, &[0x3a4a_5a6a, V1])),
        (Client, hello(V1, START)),
        (Server, answer(V1, BACK)),
        (Client, end(V1, LATER)),
    ];
    check(&datagrams, &changed);
}

/// The server answers the id of the client's packet in the other version; older packets come again in the first one.
#[test]
fn a_compatible_change_of_version() {
    let datagrams = [
        (Client, hello(V1, START)),
        (Server, answer(V2, BACK)),
        (Client, hello(V1, START)),
        (Server, initial(V2, Server, BACK, b"", 1, &[1], 60)),
        (Client, end(V2, LATER)),
        (Client, hello(V1, START)),
    ];
    let expected = [
        ("quic_version", "QUIC v2"),
        ("quic_first_version_code", "1"),
        ("sni", "www.example.com"),
        ("quic_initial_packets_client", "4"),
        ("outcome", "completed"),
    ];
    check(&datagrams, &expected);
}

/// Two connections on the same ports, one after the other; a browser's have no source id.
#[test]
fn another_connection() {
    for mine in [b"", MINE] {
        let of = |first: &'static [u8], mine: &'static [u8], keys| (Ids { to: first, of: mine, keys }, Ids { to: mine, of: YOURS, keys });
        let ((start, back), (again, back_again)) =
            (of(FIRST, mine, FIRST), of(b"and again", if mine.is_empty() { b"" } else { b"new" }, b"and again"));
        let datagrams = [
            (Client, hello(V1, start)),
            (Server, answer(V1, back)),
            (Client, end(V1, Ids { to: YOURS, ..start })),
            (Client, hello(V1, start)),
            (Client, hello(V1, again)),
            (Server, answer(V1, back_again)),
            (Client, hello(V1, again)),
        ];
        scanned(&datagrams, |flows, losses| {
            let outcomes: Vec<_> = flows.iter().map(|flow| (flow.get("outcome"), flow.get("sni"), flow.number("first_frame"))).collect();
            assert_eq!(outcomes, [("completed", "www.example.com", 1), ("not_judged", "www.example.com", 5)]);
            assert!(!losses.contains_key("quic_initial_not_decrypted"));
        });
    }
}

#[test]
fn an_alert_in_connection_close() {
    let refused = initial(V1, Server, BACK, b"", 0, &close(0x0100 + 120), 60);
    check(
        &[(Client, hello(V1, START)), (Server, refused.clone())],
        &[("outcome", "alert"), ("alert_code", "120"), ("alert_name", "no_application_protocol"), ("alert_from", "server")],
    );
    let other = initial(V1, Server, BACK, b"", 0, &close(2), 60);
    check(&[(Client, hello(V1, START)), (Server, other)], &[("outcome", "not_judged"), ("alert_code", "")]);
    // The next connection of the same ports is one of its own.
    let again = hello(V1, Ids { to: b"and again", of: b"new", keys: b"and again" });
    scanned(&[(Client, hello(V1, START)), (Server, refused), (Client, again)], |flows, _| assert_eq!(flows.len(), 2));
}

#[test]
fn early_data_and_padding() {
    let first = [hello(V1, START), zero_rtt(V1, START)].concat();
    check(&[(Client, first), (Server, answer(V1, BACK))], &[("quic_0rtt_packets", "1"), ("outcome", "not_judged")]);
    // Frames of nothing but PADDING, and zeros behind the last packet.
    let empty = [initial(V1, Client, START, b"", 0, &[], 1000), vec![0; 200]].concat();
    let expected =
        [("quic_padding_bytes", "1000"), ("quic_initial_packets_client", "1"), ("records_client", "1"), ("sni_state", "not_seen")];
    check(&[(Client, empty)], &expected);
}

/// What says that a handshake was complete: data of the client, or data of the server after the client's last flight.
#[test]
fn completion() {
    let flight = [initial(V1, Server, BACK, b"", 0, &crypto(0, &server_hello()), 100), handshake(V1, BACK, 900)].concat();
    let (last, data, answer) = (handshake(V1, LATER, 60), one_rtt(YOURS), one_rtt(MINE));
    let check = |rest: &[(From, &Vec<u8>)], outcome: &str| {
        let mut datagrams = vec![(Client, hello(V1, START)), (Server, flight.clone())];
        datagrams.extend(rest.iter().map(|(from, bytes)| (*from, bytes.to_vec())));
        check(&datagrams, &[("outcome", outcome)]);
    };
    check(&[], "not_judged");
    check(&[(Server, &answer)], "not_judged");
    check(&[(Client, &last)], "not_judged");
    check(&[(Server, &answer), (Client, &last)], "not_judged");
    check(&[(Client, &last), (Server, &answer)], "completed");
    check(&[(Client, &last), (Client, &data)], "completed");
    check(&[(Client, &data), (Server, &answer)], "completed");
}

/// Google's own QUIC is not TLS: a loss with the number of its version, and no flow.
#[test]
fn gquic_is_a_loss() {
    let old = |version: &[u8]| [&[0x0d][..], b"8 bytes.", version, &[1; 40]].concat();
    let new = |version: &[u8]| [&[0xc3][..], version, &[0x50], b"8 bytes.", &[1; 40]].concat();
    for (payload, reason) in [(old(b"Q043"), "gquic_43"), (new(b"Q046"), "gquic_46"), (new(b"Q050"), "gquic_50")] {
        scanned(&[(Client, payload.clone()), (Server, vec![0; 30]), (Client, payload)], |flows, losses| {
            assert_eq!((flows.len(), losses.get(reason)), (0, Some(&1)));
        });
    }
    scanned(&[(Client, old(b"Qabc")), (Client, vec![9; 8])], |flows, losses| assert!(flows.is_empty() && losses.is_empty()));
}

#[test]
fn threads_do_not_matter() {
    let folder = Folder::new();
    let mut talk = Datagrams::new([1000, 443]);
    for port in 0..300 {
        talk.ports[0] = 1000 + port;
        for (from, payload) in [(Client, hello(V1, START)), (Server, answer(V1, BACK)), (Client, end(V1, LATER))] {
            talk.send(from, &payload);
        }
    }
    let capture = folder.write("in/quic.pcap", &pcap(&talk.packets));
    let results = ["-j1", "-j8"].map(|threads| {
        let out = folder.at(threads);
        scan(&out, [capture.as_os_str(), threads.as_ref()]);
        files_below(&out.join("csv"))
    });
    assert!(results[0].len() > 10);
    assert!(results[0] == results[1], "the tables differ");
}

/// Every prefix of a datagram, and every datagram with a bit turned over, in a connection: read without a panic, and what
/// is bounded stays so.
#[test]
fn damage() {
    let datagrams = [
        (Side::Low, hello(V1, START)),
        (Side::High, [answer(V1, BACK), retry(V1, BACK)].concat()),
        (Side::High, negotiation(BACK, &[V1, V2])),
        (Side::Low, end(V1, LATER)),
        (Side::Low, zero_rtt(V1, START)),
    ];
    let follow = |at: usize, damaged: &[u8]| {
        let payload = |index: usize| if index == at { damaged } else { &datagrams[index].1 };
        let Some(mut connection) = Connection::begin(payload(0)) else { return false };
        for (index, (side, _)) in datagrams.iter().enumerate() {
            connection.is_renewed_by(*side, payload(index));
            connection.deliver(*side, payload(index), Carrier { id: index as u64, ..Carrier::default() });
        }
        assert!(connection.held() <= 2 * (64 << 10) + (8 << 10));
        connection.finish();
        assert!(connection.seen.messages.len() < 20);
        connection.seen.facts.client_hello.is_some()
    };
    assert!(follow(1, &datagrams[1].1));
    for (at, (_, bytes)) in datagrams.iter().enumerate() {
        for end in (0..bytes.len()).step_by(3) {
            assert_eq!(follow(at, &bytes[..end]), at > 0);
        }
        for bit in (0..bytes.len() * 8).step_by(if bytes.len() > 300 { 41 } else { 3 }) {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            follow(at, &damaged);
        }
    }
}
