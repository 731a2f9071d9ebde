//! A ClientHello whose end the capture does not hold, as its snap length was short or a segment is missing: what stands before
//! the cut is said, and nothing of what may stand behind it.

use crate::support::follow::follow_one;
use crate::support::talk::{From, Talk, alpn, client_hello, extension, finish, record, records, server_flight, server_name};
use crate::support::talk::{certificate, message};
use tlscensus::row::assemble::FlowRows;

const C: From = From::Client;
const S: From = From::Server;

/// Bytes of the record, its header with them, after which each list is whole.
struct Ends {
    suites: usize,
    name: usize,
    groups: usize,
    protocols: usize,
}

fn hello() -> (Vec<u8>, Ends) {
    // supported_groups: X25519MLKEM768 and x25519; supported_versions behind all: TLS 1.3.
    let extensions =
        [server_name(b"www.example.com"), extension(10, &[0, 4, 0x11, 0xec, 0, 0x1d]), alpn(&[b"h2"]), extension(43, &[2, 3, 4])];
    let lengths = extensions.each_ref().map(Vec::len);
    // Headers of record and message, version, random, no session id, two suites; compression, length of the extensions.
    let suites = 5 + 4 + 2 + 32 + 1 + 2 + 4;
    let name = suites + 4 + lengths[0];
    let ends = Ends { suites, name, groups: name + lengths[1], protocols: name + lengths[1] + lengths[2] };
    (record(22, &client_hello(&extensions)), ends)
}

fn answer(talk: &mut Talk) {
    talk.send(S, &records(22, 16_384, &server_flight(certificate(&[900])).concat()));
    talk.send(C, &finish(C));
    talk.send(S, &finish(S));
}

fn check(rows: &FlowRows, cut: usize, ends: &Ends, what: &str) {
    let flow = &rows.flow;
    let context = format!("{what}: cut behind {cut} bytes");
    let name = if cut >= ends.name { ("present", "www.example.com") } else { ("not_seen", "") };
    assert_eq!((flow.sni_state.as_ref(), flow.sni.0.as_ref()), name, "{context}");
    let suites: &[u16] = if cut >= ends.suites { &[0xc02f, 0xc030] } else { &[] };
    assert_eq!(flow.suites_offered.0, suites, "{context}");
    assert_eq!(flow.suites_offered_count, (cut >= ends.suites).then_some(2), "{context}");
    assert_eq!(flow.groups_offered_count, (cut >= ends.groups).then_some(2), "{context}");
    assert_eq!(flow.pq_offered, (cut >= ends.groups).then_some(true), "{context}");
    assert_eq!(flow.alpn_offered_count, (cut >= ends.protocols).then_some(1), "{context}");
    // None of these can be told without the end.
    assert_eq!((flow.ja3.as_ref(), flow.ja4.as_ref(), flow.legacy_version_code), ("", "", None), "{context}");
    assert_eq!((flow.ech, flow.early_data, flow.extensions_offered_count), (None, None, None), "{context}");
    assert_eq!((flow.client_port, flow.client_hello_bytes), (40_000, None), "{context}");
    assert!(rows.messages.iter().all(|row| row.message != "client_hello" || row.state == "partial"), "{context}");
}

#[test]
fn cut_by_the_snap_length() {
    let (hello, ends) = hello();
    for cut in 11..hello.len() {
        let mut talk = Talk::open([40_000, 443]);
        talk.send(C, &hello);
        let packet = talk.packets.last_mut().unwrap();
        packet.bytes.truncate(packet.bytes.len() - (hello.len() - cut));
        answer(&mut talk);
        let rows = follow_one(&talk.packets);
        check(&rows, cut, &ends, "snap length");
        assert_eq!(rows.flow.sequence, "CH* sh crt ske shd CKE CCS ENC ccs enc");
    }
}

#[test]
fn its_second_segment_is_missing() {
    let (hello, ends) = hello();
    for cut in 11..hello.len() {
        let mut talk = Talk::open([40_000, 443]);
        talk.send_in(C, cut, &hello);
        talk.packets.truncate(4);
        answer(&mut talk);
        check(&follow_one(&talk.packets), cut, &ends, "lost");
        // The capture ends here.
        talk.packets.truncate(4);
        check(&follow_one(&talk.packets), cut, &ends, "end");
    }
}

#[test]
fn a_whole_one_counts_more() {
    let (hello, _) = hello();
    let mut talk = Talk::open([40_000, 443]);
    talk.send(C, &hello);
    let len = talk.packets[3].bytes.len();
    talk.packets[3].bytes.truncate(len - 9);
    // HelloRetryRequest, and the hello again.
    let retry = [
        &[3, 3][..],
        &[
            0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a,
            0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
        ],
        &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4],
    ];
    talk.send(S, &record(22, &message(2, &retry.concat())));
    talk.send(C, &record(22, &client_hello(&[server_name(b"again.example.com")])));
    let flow = follow_one(&talk.packets).flow;
    assert_eq!((flow.sequence.as_ref(), flow.sni.0.as_ref()), ("CH* hrr CH", "again.example.com"));
    assert_eq!((flow.legacy_version_code, flow.ja3.is_empty()), (Some(0x0303), false));
}
