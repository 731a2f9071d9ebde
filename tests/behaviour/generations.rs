//! Handshakes of every generation over TCP, from hellos in the form of SSL 2.0 to the drafts of TLS 1.3, and every family of key
//! exchanges: what they look like, and what is said of them. Recorded ones are among the samples: renegotiation, resumption,
//! HelloRetryRequest, early data.

use crate::support::follow::follow_one;
use crate::support::talk::{From, Talk, client_hello, extension, finish, message, record, records, server_flight};
use tlscensus::row::assemble::FlowRows;

const C: From = From::Client;
const S: From = From::Server;

/// What both sides send, in order, on a connection that is closed afterwards.
fn talked(sent: &[(From, Vec<u8>)]) -> FlowRows {
    let mut talk = Talk::open([40_000, 443]);
    for (from, bytes) in sent {
        talk.send(*from, bytes);
    }
    talk.close();
    follow_one(&talk.packets)
}

/// A ServerHello of up to TLS 1.2, with a session id of four bytes.
fn answer(version: [u8; 2], suite: u16, extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = extensions.concat();
    let mut body = version.to_vec();
    body.extend([9; 32]);
    body.extend([4, 1, 2, 3, 4]);
    body.extend(suite.to_be_bytes());
    body.push(0);
    if !extensions.is_empty() {
        body.extend((extensions.len() as u16).to_be_bytes());
        body.extend(extensions);
    }
    message(2, &body)
}

/// The rest of a server's flight: a certificate, and ServerHelloDone.
fn rest() -> Vec<u8> {
    [message(11, &[0, 0, 6, 0, 0, 3, 1, 2, 3]), message(14, b"")].concat()
}

fn up_to_tls12(hello: Vec<u8>, flight: Vec<u8>) -> FlowRows {
    talked(&[(C, hello), (S, records(22, 16_384, &flight)), (C, finish(C)), (S, finish(S)), (C, record(23, &[1; 40]))])
}

/// The same bytes with another version in every record's header.
fn in_records_of(version: [u8; 2], mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 0;
    while at < bytes.len() {
        bytes[at + 1..at + 3].copy_from_slice(&version);
        at += 5 + usize::from(u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]));
    }
    bytes
}

#[test]
fn a_hello_in_the_form_of_ssl2() {
    // | length 2 with the high bit | type | version | lengths of suites, session id, challenge | kinds of three bytes |
    let kinds = [1, 0, 0x80, 0, 0, 0x2f, 0, 0, 0x0a, 0, 0, 0xff];
    let hello = [&[0x80, 9 + 12 + 16, 1, 3, 1, 0, 12, 0, 0, 0, 16][..], &kinds, &[5; 16]].concat();
    let flight = [answer([3, 1], 0x002f, &[]), rest()].concat();
    let rows = talked(&[
        (C, hello),
        (S, in_records_of([3, 1], records(22, 16_384, &flight))),
        (C, in_records_of([3, 1], finish(C))),
        (S, in_records_of([3, 1], finish(S))),
    ]);
    let flow = &rows.flow;
    assert_eq!((flow.sequence.as_ref(), flow.outcome.as_ref()), ("CH2 sh crt shd CKE CCS ENC ccs enc", "completed"));
    assert_eq!((flow.tls_version.as_ref(), flow.legacy_version_code, flow.sni_state.as_ref()), ("TLS 1.0", Some(0x0301), "absent"));
    // Kinds of SSL 2.0 alone are left out.
    assert_eq!(flow.suites_offered.0, [0x002f, 0x000a, 0x00ff]);
}

#[test]
fn a_hello_in_the_form_of_ssl2_over_several_segments() {
    let kinds = [0, 0, 0x2f, 0, 0, 0x0a];
    let hello = [&[0x80, 9 + 6 + 16, 1, 3, 1, 0, 6, 0, 0, 0, 16][..], &kinds, &[5; 16]].concat();
    let flight = in_records_of([3, 1], records(22, 16_384, &[answer([3, 1], 0x002f, &[]), rest()].concat()));
    for size in 1..=hello.len() {
        let mut talk = Talk::open([40_000, 443]);
        talk.send_in(C, size, &hello);
        for (from, bytes) in [(S, &flight), (C, &in_records_of([3, 1], finish(C))), (S, &in_records_of([3, 1], finish(S)))] {
            talk.send(from, bytes);
        }
        let rows = follow_one(&talk.packets);
        assert_eq!(rows.flow.sequence, "CH2 sh crt shd CKE CCS ENC ccs enc", "segments of {size}");
        assert_eq!(rows.flow.suites_offered.0, [0x002f, 0x000a], "segments of {size}");
        let row = &rows.messages[0];
        let segments = hello.len().div_ceil(size);
        assert_eq!((row.segments as usize, row.bytes as usize), (segments, hello.len() - 2), "segments of {size}");
        assert_eq!((row.first_frame, row.last_frame), (4, 3 + segments as u64), "segments of {size}");
    }
    // Its end is missing: it is there all the same, in part.
    let mut talk = Talk::open([40_000, 443]);
    talk.send_in(C, 16, &hello);
    talk.packets.pop();
    talk.send(S, &flight);
    let rows = follow_one(&talk.packets);
    assert_eq!((rows.messages[0].message.as_ref(), rows.messages[0].state.as_ref()), ("ssl2_client_hello", "partial"));
    assert_eq!(rows.flow.cipher_suite_code, Some(0x002f));
}

#[test]
fn ssl3() {
    let mut hello = client_hello(&[]);
    hello[5] = 0;
    // SSL 3.0 knows no extensions.
    hello.truncate(hello.len() - 2);
    hello[3] -= 2;
    let flight = [answer([3, 0], 0x0005, &[]), rest()].concat();
    let all = [(C, record(22, &hello)), (S, records(22, 16_384, &flight)), (C, finish(C)), (S, finish(S))];
    let rows = talked(&all.map(|(from, bytes)| (from, in_records_of([3, 0], bytes))));
    let flow = &rows.flow;
    assert_eq!((flow.sequence.as_ref(), flow.outcome.as_ref()), ("CH sh crt shd CKE CCS ENC ccs enc", "completed"));
    assert_eq!((flow.tls_version.as_ref(), flow.legacy_version_code), ("SSL 3.0", Some(0x0300)));
    assert_eq!((flow.cipher_suite.as_ref(), flow.kx.as_ref(), flow.forward_secret), ("TLS_RSA_WITH_RC4_128_SHA", "RSA", Some(false)));
}

/// Suite, key exchange, authentication, forward secrecy; and whether the server sends a Certificate and a ServerKeyExchange.
#[test]
fn every_family_of_key_exchange() {
    let check = |suite: u16, kx: &str, auth: &str, secret: bool, certificate: bool, exchange: bool| {
        let mut flight = answer([3, 3], suite, &[]);
        let mut sequence = "CH sh".to_owned();
        if certificate {
            flight.extend(message(11, &[0, 0, 6, 0, 0, 3, 1, 2, 3]));
            sequence += " crt";
        }
        if exchange {
            flight.extend(message(12, &[0, 4, b'h', b'i', b'n', b't']));
            sequence += " ske";
        }
        flight.extend(message(14, b""));
        let rows = up_to_tls12(record(22, &client_hello(&[])), flight);
        let flow = &rows.flow;
        assert_eq!((flow.kx.as_ref(), flow.auth.as_ref(), flow.forward_secret), (kx, auth, Some(secret)), "{suite:#06x}");
        assert_eq!(
            (flow.sequence.clone(), flow.outcome.as_ref()),
            ((sequence + " shd CKE CCS ENC ccs enc DATA").into(), "completed"),
            "{kx}"
        );
    };
    check(0x009c, "RSA", "RSA", false, true, false);
    check(0x0031, "DH", "RSA", false, true, false);
    check(0x009e, "DHE", "RSA", true, true, true);
    check(0x0034, "DH_anon", "anon", true, false, true);
    check(0xc004, "ECDH", "ECDSA", false, true, false);
    check(0xc02f, "ECDHE", "RSA", true, true, true);
    check(0xc018, "ECDH_anon", "anon", true, false, true);
    check(0x00a8, "PSK", "PSK", false, false, true);
    check(0x00a8, "PSK", "PSK", false, false, false);
    check(0x00aa, "DHE_PSK", "PSK", true, false, true);
    check(0xd001, "ECDHE_PSK", "PSK", true, false, true);
    check(0x00ac, "RSA_PSK", "RSA", false, true, false);
    check(0xc01d, "SRP", "SRP", true, false, true);
    check(0xc01e, "SRP", "RSA", true, true, true);
    check(0x001e, "KRB5", "KRB5", false, false, false);
    check(0xc100, "GOST", "GOST", false, true, false);
    check(0x0081, "GOST", "GOST", false, true, false);
    check(0xc0b0, "ECCPWD", "ECCPWD", true, false, true);
    check(0xe013, "SM2", "SM2", false, true, true);
}

/// TLCP (GB/T 38636-2020) writes 1.1 in its records and hellos.
#[test]
fn tlcp() {
    let mut hello = client_hello(&[]);
    hello[4..6].copy_from_slice(&[1, 1]);
    let flight = [answer([1, 1], 0xe053, &[]), rest()].concat();
    let all = [(C, record(22, &hello)), (S, records(22, 16_384, &flight)), (C, finish(C)), (S, finish(S))];
    let rows = talked(&all.map(|(from, bytes)| (from, in_records_of([1, 1], bytes))));
    assert_eq!((rows.flow.tls_version.as_ref(), rows.flow.kx.as_ref(), rows.flow.outcome.as_ref()), ("TLCP 1.1", "SM2", "completed"));
}

/// Next Protocol Negotiation: the server's list is plain, the client's choice comes behind its ChangeCipherSpec.
#[test]
fn next_protocol_negotiation() {
    let mut flight = server_flight(message(11, &[0, 0, 6, 0, 0, 3, 1, 2, 3]));
    flight[0] = answer([3, 3], 0xc02f, &[extension(13_172, b"\x06spdy/3\x08http/1.1")]);
    let mut last = finish(C);
    // NextProtocol, before the Finished.
    let at = last.len() - 45;
    last.splice(at..at, record(22, &[0xcc; 60]));
    let rows = talked(&[
        (C, record(22, &client_hello(&[extension(13_172, b"")]))),
        (S, records(22, 16_384, &flight.concat())),
        (C, last),
        (S, finish(S)),
        (C, record(23, &[1; 40])),
    ]);
    let flow = &rows.flow;
    assert_eq!((flow.sequence.as_ref(), flow.outcome.as_ref()), ("CH sh crt ske shd CKE CCS ENC ENC ccs enc DATA", "completed"));
    assert!(flow.extensions_offered.0.contains(&13_172) && flow.extensions_chosen.0.contains(&13_172));
    assert_eq!((&flow.alpn.0[..], flow.renegotiations), ("", Some(0)));
}

/// A second handshake on the connection, all of it encrypted: counted by the client's ChangeCipherSpec.
#[test]
fn renegotiation() {
    let mut sent = vec![(C, record(22, &client_hello(&[]))), (S, records(22, 16_384, &server_flight(rest()[..13].to_vec()).concat()))];
    sent.extend([
        (C, finish(C)),
        (S, finish(S)),
        (S, record(22, &[0xaa; 32])),
        (C, record(22, &[0xab; 200])),
        (S, record(22, &[0xac; 900])),
    ]);
    let again = [record(22, &[0xad; 100]), record(20, &[1]), record(22, &[0xee; 40])].concat();
    sent.extend([(C, again), (S, [record(20, &[1]), record(22, &[0xee; 40])].concat()), (C, record(23, &[1; 40]))]);
    let rows = talked(&sent);
    assert_eq!((rows.flow.outcome.as_ref(), rows.flow.renegotiations), ("completed", Some(1)), "{}", rows.flow.sequence);
    assert!(rows.flow.sequence.ends_with("CCS ENC ccs enc enc ENC enc ENC CCS ENC ccs enc DATA"), "{}", rows.flow.sequence);
}

/// Drafts of TLS 1.3: the ServerHello without session id up to draft 21, with it and supported_versions from 22 on; the
/// HelloRetryRequest as a type of its own, and as a ServerHello.
#[test]
fn drafts_of_tls13() {
    let share = extension(40, &[0, 29, 0, 1, 9]);
    let old = |version: u8, extensions: &[Vec<u8>]| {
        let extensions = extensions.concat();
        let body = [&[0x7f, version][..], &[9; 32], &[0x13, 1], &(extensions.len() as u16).to_be_bytes(), &extensions].concat();
        message(2, &body)
    };
    let offered = |version: u8| record(22, &client_hello(&[extension(43, &[2, 0x7f, version]), extension(40, &[0, 5, 0, 29, 0, 1, 9])]));
    let end = [(S, record(23, &[0xee; 900])), (C, record(23, &[0xee; 53])), (C, record(23, &[1; 40])), (S, record(23, &[2; 40]))];
    let check = |name: &str, sent: &[(From, Vec<u8>)], sequence: &str, retry: bool| {
        let rows = talked(&[sent, &end].concat());
        let flow = &rows.flow;
        assert_eq!((flow.tls_version.as_ref(), flow.sequence.as_ref(), flow.outcome.as_ref()), (name, sequence, "completed"));
        assert_eq!((flow.hello_retry, flow.kx.as_ref(), flow.kx_group.as_ref()), (retry, "ECDHE", "x25519"), "{name}");
        assert_eq!((flow.cipher_suite.as_ref(), flow.forward_secret), ("TLS_AES_128_GCM_SHA256", Some(true)), "{name}");
    };
    check(
        "TLS 1.3 draft 18",
        &[(C, offered(18)), (S, record(22, &old(18, std::slice::from_ref(&share))))],
        "CH sh flight FLIGHT DATA data",
        false,
    );
    let retry = message(6, &[&[0x7f, 20, 0x13, 1, 0, 6][..], &extension(40, &[0, 29])].concat());
    check(
        "TLS 1.3 draft 20",
        &[(C, offered(20)), (S, record(22, &retry)), (C, offered(20)), (S, record(22, &old(20, &[share])))],
        "CH hrr CH sh flight FLIGHT DATA data",
        true,
    );
    let newer = |version: [u8; 2]| answer([3, 3], 0x1301, &[extension(43, &version), extension(51, &[0, 29, 0, 1, 9])]);
    let names = [
        ([0x7f, 22], "TLS 1.3 draft 22"),
        ([0x7f, 28], "TLS 1.3 draft 28"),
        ([0xfb, 23], "TLS 1.3 (Facebook draft 23)"),
        ([3, 4], "TLS 1.3"),
    ];
    for (version, name) in names {
        let hello = record(22, &client_hello(&[extension(43, &[2, version[0], version[1]]), extension(51, &[0, 5, 0, 29, 0, 1, 9])]));
        check(name, &[(C, hello), (S, record(22, &newer(version)))], "CH sh flight FLIGHT DATA data", false);
    }
}
