//! Messages over any number of records and segments: sizes and places are those of the layout.

use crate::support::follow::{follow, follow_one};
use crate::support::talk::{
    From, Talk, certificate, client_hello, extension, finish, message, record, records, server_flight, server_hello, server_name,
};
use tlscensus::row::assemble::FlowRows;
use tlscensus::row::message::MessageRow;

/// A handshake whose server sends its first flight as `bytes` in segments of `size`.
fn handshake(size: usize, bytes: &[u8]) -> FlowRows {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &record(22, &client_hello(&[server_name(b"www.example.com")])));
    talk.send_in(From::Server, size, bytes);
    finish_and_close(&mut talk);
    follow_one(&talk.packets)
}

/// The rest of the handshake, and data of the client.
fn go_on(talk: &mut Talk) {
    talk.send(From::Client, &finish(From::Client));
    talk.send(From::Server, &finish(From::Server));
    talk.send(From::Client, &record(23, &[1; 40]));
}

fn finish_and_close(talk: &mut Talk) {
    go_on(talk);
    talk.close();
}

fn find<'r>(rows: &'r FlowRows, name: &str) -> &'r MessageRow {
    rows.messages.iter().find(|row| row.message == name).unwrap_or_else(|| panic!("no {name} in {}", rows.flow.sequence))
}

const WALK: &str = "CH sh crt ske shd CKE CCS ENC ccs enc DATA";

/// Each message in records of its own of at most `record_size`, in segments of `segment_size`.
fn check(certificates: &[usize], record_size: usize, segment_size: usize) {
    let context = format!("certificates {certificates:?}, records of {record_size}, segments of {segment_size}");
    let messages = server_flight(certificate(certificates));
    let mut stream = Vec::new();
    let mut places = Vec::new();
    for message in &messages {
        let start = stream.len();
        stream.extend(records(22, record_size, message));
        places.push((start, stream.len()));
    }
    let rows = handshake(segment_size, &stream);
    assert_eq!((rows.flow.outcome.as_ref(), rows.flow.sequence.as_ref()), ("completed", WALK), "{context}");
    assert_eq!(rows.flow.certificate_count, Some(certificates.len() as u32), "{context}");
    for ((name, message), (start, end)) in
        ["server_hello", "certificate", "server_key_exchange", "server_hello_done"].iter().zip(&messages).zip(places)
    {
        let row = find(&rows, name);
        let (first, last) = (start / segment_size, (end - 1) / segment_size);
        // TCP handshake and ClientHello are frames 1 to 4.
        assert_eq!((row.first_frame, row.last_frame), (5 + first as u64, 5 + last as u64), "{context}: {name}");
        assert_eq!(row.segments as usize, last - first + 1, "{context}: {name}");
        assert_eq!(row.records as usize, message.len().div_ceil(record_size), "{context}: {name}");
        assert_eq!((row.bytes as usize, row.state.as_ref()), (message.len(), "seen"), "{context}: {name}");
        assert_eq!(row.first_segment_offset_bytes as usize, start % segment_size, "{context}: {name}");
        assert_eq!(row.ends_segment, end % segment_size == 0 || end == stream.len(), "{context}: {name}");
        assert_eq!(row.flight, 2, "{context}: {name}");
    }
    assert_eq!(rows.flow.server_flight_bytes, Some(stream.len() as u64), "{context}");
    assert_eq!(rows.flow.server_flight_segments, Some(stream.len().div_ceil(segment_size) as u32), "{context}");
}

#[test]
fn any_records_in_any_segments() {
    for record_size in [1, 2, 3, 4, 5, 7, 100, 512, 1455, 16_384] {
        for segment_size in [1, 2, 5, 6, 9, 536, 1460, 65_000] {
            check(&[300, 200], record_size, segment_size);
        }
    }
}

#[test]
fn a_certificate_message_of_340_kilobytes() {
    for (record_size, segment_size) in [(16_384, 1460), (16_384, 536), (512, 1460), (16_384, 30_000)] {
        check(&[170_000, 169_990], record_size, segment_size);
    }
    check(&[1200; 64], 16_384, 1460);
}

#[test]
fn several_messages_in_one_record() {
    let messages = server_flight(certificate(&[900, 1300]));
    let whole = messages.concat();
    for segment_size in [1, 100, 1460] {
        let rows = handshake(segment_size, &record(22, &whole));
        assert_eq!((rows.flow.outcome.as_ref(), rows.flow.sequence.as_ref()), ("completed", WALK));
        let mut at = 5;
        for (row, message) in rows.messages[1..5].iter().zip(&messages) {
            assert_eq!((row.bytes as usize, row.records), (message.len(), 1), "{}", row.message);
            // Each carries its own bytes and the header of the record; what lies between is another message's.
            let (first, last) = (at / segment_size, (at + message.len() - 1) / segment_size);
            let header = 4 / segment_size + 1;
            let expected = last - first + 1 + header - usize::from(first < header);
            if segment_size > 5 {
                assert_eq!(row.segments as usize, expected, "{} in segments of {segment_size}", row.message);
            }
            at += message.len();
        }
        // Of all together each segment counts once, the header's, too; the last one holds the Finished.
        let segments = (5 + whole.len()).div_ceil(segment_size) + 1;
        assert_eq!(rows.flow.handshake_segments_server as usize, segments, "segments of {segment_size}");
        // A record is read as a whole: nothing in it is there before its last byte.
        let end = 5 + (5 + whole.len()).div_ceil(segment_size) as u64 - 1;
        assert!(rows.messages[1..5].iter().all(|row| row.last_frame == end), "segments of {segment_size}");
    }
}

#[test]
fn records_without_content() {
    let [hello, certificate, rest @ ..] = &server_flight(certificate(&[700]))[..] else { panic!() };
    let (head, tail) = certificate.split_at(250);
    let stream =
        [record(22, hello), record(22, b""), record(22, head), record(22, b""), record(22, tail), record(22, &rest.concat())].concat();
    for segment_size in [1, 3, 1460] {
        let rows = handshake(segment_size, &stream);
        assert_eq!((rows.flow.outcome.as_ref(), rows.flow.sequence.as_ref()), ("completed", WALK));
        let row = find(&rows, "certificate");
        assert_eq!((row.bytes as usize, row.state.as_ref()), (certificate.len(), "seen"));
    }
    // Empty records of application data are a habit of old stacks.
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &record(22, &client_hello(&[])));
    talk.send(From::Server, &records(22, 16_384, &server_flight(self::certificate(&[700])).concat()));
    go_on(&mut talk);
    let before = follow_one(&talk.packets).flow.app_records_client;
    talk.send(From::Client, &[record(23, b""), record(23, &[2; 30])].concat());
    talk.close();
    let rows = follow_one(&talk.packets);
    assert_eq!((rows.flow.app_records_client, rows.flow.gap_bytes), (before + 2, 0));
}

#[test]
fn encrypted_bytes_are_never_read_as_messages() {
    // An encrypted record that happens to begin like a HelloRequest, a ClientHello or a Certificate.
    for kind in [0, 1, 11, 20] {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(From::Client, &record(22, &client_hello(&[])));
        talk.send(From::Server, &records(22, 16_384, &server_flight(certificate(&[900])).concat()));
        go_on(&mut talk);
        talk.send(From::Server, &record(22, &message(kind, &[0xaa; 60])));
        let rows = follow_one(&talk.packets);
        let last = rows.messages.last().unwrap();
        assert_eq!((last.message.as_ref(), last.state.as_ref()), ("encrypted_handshake", "encrypted"), "type {kind}");
    }
}

#[test]
fn a_renegotiations_change_of_ciphers_is_encrypted() {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &record(22, &client_hello(&[])));
    talk.send(From::Server, &records(22, 16_384, &server_flight(certificate(&[900])).concat()));
    go_on(&mut talk);
    talk.send(From::Client, &record(20, &[0xaa; 32]));
    let rows = follow_one(&talk.packets);
    let changes: Vec<_> = rows.messages.iter().filter(|row| row.layer == "ccs").map(|row| (row.state.as_ref(), row.bytes)).collect();
    assert_eq!((changes, rows.flow.renegotiations), (vec![("seen", 1), ("seen", 1), ("encrypted", 32)], Some(1)));
}

#[test]
fn what_is_cut_off_counts_as_far_as_it_came() {
    let check = |records: &[Vec<u8>], cut: usize, sequence: &str| {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(From::Client, &record(22, &client_hello(&[])));
        let stream = records.concat();
        talk.send_in(From::Server, 100, &stream[..stream.len() - cut]);
        let rows = follow_one(&talk.packets);
        assert_eq!(rows.flow.sequence.as_ref(), sequence);
        let of_server = rows.messages.iter().filter(|row| row.direction == "server" && row.layer != "ccs");
        assert_eq!(rows.flow.handshake_bytes_server, of_server.map(|row| row.bytes).sum::<u64>(), "{sequence}");
        assert_eq!(rows.flow.handshake_segments_server as usize, (stream.len() - cut).div_ceil(100), "{sequence}");
    };
    let hello = record(22, &server_hello(&[]));
    let hello13 = record(22, &server_hello(&[extension(43, &[3, 4])]));
    check(&[hello13, record(23, &[9; 300]), record(23, &[9; 500])], 250, "CH sh flight*");
    check(&[hello.clone(), record(22, &certificate(&[400]))], 150, "CH sh crt*");
    check(&[hello, record(20, &[1]), record(22, &[9; 300])], 150, "CH sh ccs enc*");
}

#[test]
fn a_record_with_a_hole_is_not_whole() {
    // The middle one of three segments is lost: of a protected message, of data, and of a message in plain.
    let check = |kind: u8, changed: bool, sequence: &str| {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(From::Client, &record(22, &client_hello(&[])));
        let before = [record(22, &server_hello(&[])), if changed { record(20, &[1]) } else { Vec::new() }].concat();
        talk.send(From::Server, &before);
        let content = if kind == 22 && !changed { certificate(&[280]) } else { vec![9; 300] };
        talk.send_in(From::Server, 110, &record(kind, &content));
        let lost = talk.packets.len() - 2;
        talk.packets.remove(lost);
        talk.close();
        let rows = follow_one(&talk.packets);
        assert_eq!((rows.flow.sequence.as_ref(), rows.flow.gap_bytes), (sequence, 110));
        let row = rows.messages.last().unwrap();
        assert_eq!((row.state.as_ref(), row.bytes as usize, row.segments), ("partial", content.len(), 2), "{sequence}");
        let of_handshake = if kind == 22 { 3 } else { 1 };
        assert_eq!(rows.flow.handshake_segments_server, of_handshake, "{sequence}");
    };
    check(22, true, "CH sh ccs enc*");
    check(23, true, "CH sh ccs data*");
    check(22, false, "CH sh crt*");
}

#[test]
fn a_header_without_a_body_is_no_handshake() {
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &record(22, &client_hello(&[])));
    talk.send(From::Server, &record(22, &[7; 90])[..5]);
    talk.close();
    let rows = follow_one(&talk.packets);
    assert_eq!((rows.flow.handshake_bytes_server, rows.flow.handshake_segments_server), (0, 0));
}

/// A ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2): two suites, one of them of SSL 2.0 alone, and a challenge.
fn old_hello() -> Vec<u8> {
    let body = [&[1, 3, 1, 0, 6, 0, 0, 0, 16][..], &[1, 0, 0x80, 0, 0, 0x2f], &[7; 16]].concat();
    [&[0x80, body.len() as u8][..], &body].concat()
}

#[test]
fn a_hello_in_the_form_of_ssl2_over_any_number_of_segments() {
    let hello = old_hello();
    for size in [11, 12, 20, hello.len() - 1, hello.len(), 1460] {
        let mut talk = Talk::open([40_000, 443]);
        talk.send_in(From::Client, size, &hello);
        talk.send(From::Server, &records(22, 16_384, &server_flight(certificate(&[900])).concat()));
        finish_and_close(&mut talk);
        let rows = follow_one(&talk.packets);
        assert_eq!((rows.flow.outcome.as_ref(), rows.flow.sequence.as_ref()), ("completed", &*WALK.replacen("CH", "CH2", 1)), "{size}");
        assert_eq!((&rows.flow.suites_offered.0[..], rows.flow.legacy_version_code), (&[0x002f][..], Some(0x0301)), "{size}");
        let row = find(&rows, "ssl2_client_hello");
        let segments = hello.len().div_ceil(size);
        assert_eq!((row.bytes as usize, row.segments as usize, row.records), (hello.len() - 2, segments, 1), "{size}");
        assert_eq!((row.first_frame, row.last_frame as usize, row.state.as_ref()), (4, 3 + segments, "seen"), "{size}");
    }
    // Its end is missing: what came is told, and no more.
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &hello[..hello.len() - 5]);
    talk.close();
    let rows = follow_one(&talk.packets);
    let row = find(&rows, "ssl2_client_hello");
    assert_eq!((row.bytes as usize, row.state.as_ref(), rows.flow.legacy_version_code), (hello.len() - 7, "partial", None));
    // Lengths that do not add up are no hello.
    let mut other = hello.clone();
    other[1] += 1;
    let mut talk = Talk::open([40_000, 443]);
    talk.send(From::Client, &other);
    talk.close();
    assert!(follow(&talk.packets).is_empty());
}
