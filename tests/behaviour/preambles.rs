//! TLS that begins after another protocol, or in one: at a segment's start or in its middle, whole or cut anywhere.

use crate::support::follow::{follow, follow_one};
use crate::support::random::Random;
use crate::support::talk::{From, Talk, certificate, client_hello, finish, record, records, server_flight, server_name};
use tlscensus::row::assemble::FlowRows;

const WALK: &str = "CH sh crt ske shd CKE CCS ENC ccs enc DATA";

type Steps<'a> = &'a [(From, &'a [u8])];

const C: From = From::Client;
const S: From = From::Server;

/// What each protocol says before TLS.
const PREAMBLES: [(&str, Steps); 23] = [
    ("proxy_v1", &[(C, b"PROXY TCP4 10.0.0.1 10.0.0.2 40000 443\r\n")]),
    ("proxy_v2", &[(C, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x0a\0\0\x01\x0a\0\0\x02\x9c\x40\x01\xbb")]),
    ("connect", &[(C, b"CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n"), (S, b"HTTP/1.1 200 OK\r\n\r\n")]),
    (
        "connect",
        &[
            (C, b"CONNECT www.example.com:443 HTTP/1.1\r\n\r\n"),
            (S, b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 15\r\n\r\n<h1>who?</h1>\r\n"),
            (C, b"CONNECT www.example.com:443 HTTP/1.1\r\nProxy-Authorization: Basic bWU6bWU=\r\n\r\n"),
            (S, b"HTTP/1.0 200 Connection established\r\n\r\n"),
        ],
    ),
    ("socks4", &[(C, b"\x04\x01\x01\xbb\x0a\0\0\x01me\0"), (S, b"\0\x5a\0\0\0\0\0\0")]),
    ("socks4", &[(C, b"\x04\x01\x01\xbb\0\0\0\x01me\0www.example.com\0"), (S, b"\0\x5a\0\0\0\0\0\0")]),
    ("socks5", &[(C, b"\x05\x01\0"), (S, b"\x05\0"), (C, b"\x05\x01\0\x01\x0a\0\0\x01\x01\xbb"), (S, b"\x05\0\0\x01\0\0\0\0\0\0")]),
    (
        "socks5",
        &[
            (C, b"\x05\x02\0\x02"),
            (S, b"\x05\x02"),
            (C, b"\x01\x02me\x04pass"),
            (S, b"\x01\0"),
            (C, b"\x05\x01\0\x03\x0fwww.example.com\x01\xbb"),
            (S, b"\x05\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        ],
    ),
    (
        "smtp",
        &[
            (S, b"220 mail ESMTP\r\n"),
            (C, b"EHLO me\r\n"),
            (S, b"250-mail\r\n250-PIPELINING\r\n250 STARTTLS\r\n"),
            (C, b"STARTTLS\r\n"),
            (S, b"220 go\r\n"),
        ],
    ),
    ("lmtp", &[(S, b"220 mail LMTP\r\n"), (C, b"LHLO me\r\n"), (S, b"250 STARTTLS\r\n"), (C, b"STARTTLS\r\n"), (S, b"220 go\r\n")]),
    ("imap", &[(S, b"* OK [CAPABILITY IMAP4rev2 STARTTLS] ready\r\n"), (C, b"a1 STARTTLS\r\n"), (S, b"a1 OK begin\r\n")]),
    ("pop3", &[(S, b"+OK POP3 ready\r\n"), (C, b"STLS\r\n"), (S, b"+OK begin\r\n")]),
    ("ftp", &[(S, b"220 FTP ready\r\n"), (C, b"AUTH TLS\r\n"), (S, b"234 AUTH TLS OK\r\n")]),
    (
        "ftp",
        &[
            (S, b"220-Welcome\r\n220 FTP\r\n"),
            (C, b"FEAT\r\n"),
            (S, b"211-\r\n AUTH TLS\r\n211 End\r\n"),
            (C, b"AUTH TLS\r\n"),
            (S, b"234 \r\n"),
        ],
    ),
    ("nntp", &[(S, b"200 news ready\r\n"), (C, b"STARTTLS\r\n"), (S, b"382 go\r\n")]),
    ("managesieve", &[(S, b"\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"), (C, b"STARTTLS\r\n"), (S, b"OK \"go\"\r\n")]),
    ("irc", &[(C, b"STARTTLS\r\n"), (S, b":irc.example.com 670 me :go\r\n")]),
    (
        "xmpp",
        &[
            (C, b"<?xml version='1.0'?><stream:stream to='example.com' version='1.0'>"),
            (S, b"<?xml version='1.0'?><stream:stream><stream:features><starttls/></stream:features>"),
            (C, b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            (S, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        ],
    ),
    (
        "ldap",
        &[(C, b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037"), (S, b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0")],
    ),
    ("postgresql", &[(C, b"\0\0\0\x08\x04\xd2\x16\x2f"), (S, b"S")]),
    (
        "mysql",
        &[
            (S, b"\x12\0\0\0\x0a8.0.36\0\x01\0\0\0\0\0\0\0\0\0"),
            (C, b"\x20\0\0\x01\x85\xae\xff\x19\0\0\0\x01\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        ],
    ),
    (
        "rdp",
        &[(C, b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"), (S, b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x01\0\0\0")],
    ),
    ("amqp", &[(C, b"AMQP\x02\x01\0\0"), (S, b"AMQP\x02\x01\0\0")]),
];

/// The steps of a TLS handshake, with data behind it.
fn handshake() -> Vec<(From, Vec<u8>)> {
    vec![
        (C, record(22, &client_hello(&[server_name(b"www.example.com")]))),
        (S, records(22, 16_384, &server_flight(certificate(&[900])).concat())),
        (C, finish(C)),
        (S, finish(S)),
        (C, record(23, &[1; 40])),
    ]
}

/// The first `turns` steps as if nobody had waited for answers: a server's greeting, then all of the client's bytes, then
/// all of the server's.
fn hasty(mut steps: Vec<(From, Vec<u8>)>, turns: usize) -> Vec<(From, Vec<u8>)> {
    let rest = steps.split_off(turns);
    let greeting = steps.drain(..usize::from(steps[0].0 == S)).collect::<Vec<_>>();
    let all = |side: From| (side, steps.iter().filter(|(from, _)| *from == side).flat_map(|(_, bytes)| bytes.clone()).collect());
    [greeting, vec![all(C), all(S)], rest].concat()
}

fn play(steps: &[(From, Vec<u8>)], size: usize, port: u16) -> Vec<FlowRows> {
    let mut talk = Talk::open([40_000, port]);
    for (from, bytes) in steps {
        talk.send_in(*from, size, bytes);
    }
    talk.close();
    follow(&talk.packets)
}

fn check(rows: &[FlowRows], name: &str, context: &str) {
    let [rows] = rows else { panic!("{context}: {} flows", rows.len()) };
    assert_eq!((rows.flow.outcome.as_ref(), rows.flow.sequence.as_ref()), ("completed", WALK), "{context}");
    assert_eq!((rows.flow.sni.0.as_str(), rows.flow.preamble.as_ref()), ("www.example.com", name), "{context}");
    assert_eq!(rows.flow.certificate_count, Some(1), "{context}");
}

#[test]
fn after_any_preamble_in_segments_of_their_own() {
    for (name, preamble) in PREAMBLES {
        for port in [443, 1, 25, 8080, 65_535] {
            let mut steps: Vec<_> = preamble.iter().map(|(from, bytes)| (*from, bytes.to_vec())).collect();
            steps.extend(handshake());
            for size in [1460, 300] {
                let rows = play(&steps, size, port);
                check(&rows, name, &format!("{name} on port {port} in segments of {size}"));
            }
        }
    }
}

#[test]
fn behind_a_preamble_in_the_same_segment() {
    for (name, preamble) in PREAMBLES {
        let mut steps: Vec<_> = preamble.iter().map(|(from, bytes)| (*from, bytes.to_vec())).collect();
        let turns = steps.len() + 2;
        steps.extend(handshake());
        // The client's hello in one segment with its last request, the server's with its last answer.
        for (what, steps) in [("both in haste", hasty(steps.clone(), turns)), ("client in haste", hasty(steps, turns - 1))] {
            for size in [12, 13, 17, 100, 1460] {
                check(&play(&steps, size, 4000), name, &format!("{name}, {what}, in segments of {size}"));
            }
        }
    }
}

#[test]
fn the_frames_of_a_hello_behind_a_preamble() {
    let hello = record(22, &client_hello(&[server_name(b"www.example.com")]));
    for (len, segments) in [(1, 2), (40, 1), (41, 2)] {
        let mut talk = Talk::open([40_000, 8080]);
        let request = b"CONNECT www.example.com:443 HTTP/1.1\r\n\r\n";
        let size = request.len() + hello.len() - if segments == 2 { len } else { 0 };
        talk.send_in(C, size, &[&request[..], &hello].concat());
        let rows = follow_one(&talk.packets);
        let row = &rows.messages[0];
        assert_eq!((row.message.as_ref(), row.segments, row.first_frame), ("client_hello", segments, 4));
        assert_eq!((row.last_frame, row.bytes as usize), (3 + u64::from(segments), hello.len() - 5));
        assert_eq!(row.first_segment_offset_bytes as usize, request.len());
    }
}

#[test]
fn what_a_preamble_quotes_is_not_tls() {
    // A hello in a mail, in a page, behind a web socket's header: never at the end of a unit, nor a segment's start.
    let hello = record(22, &client_hello(&[server_name(b"www.example.com")]));
    let quoted: [&[(From, Vec<u8>)]; 3] = [
        &[(S, b"220 mail\r\n".to_vec()), (C, [b"EHLO me\r\nDATA\r\nX: ", &hello[..]].concat())],
        &[(C, [b"\x05\x01\0\x05\x01\0\x03\xff", &hello[..]].concat())],
        &[
            (C, b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".to_vec()),
            (S, b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec()),
            (C, [&[0x82, hello.len() as u8][..], &hello].concat()),
        ],
    ];
    for steps in quoted {
        assert!(play(steps, 1460, 443).is_empty(), "{:?}", steps[0]);
    }
}

#[test]
fn a_preamble_with_a_hole_hides_nothing_behind_it() {
    for lost in 4..9 {
        let mut talk = Talk::open([40_000, 587]);
        let (_, preamble) = PREAMBLES[8];
        for (from, bytes) in preamble {
            talk.send(*from, bytes);
        }
        for (from, bytes) in handshake() {
            talk.send(from, &bytes);
        }
        talk.close();
        talk.packets.remove(lost - 1);
        check(&follow(&talk.packets), "smtp", &format!("without frame {lost}"));
    }
}

#[test]
fn damaged_preambles_make_nothing_up() {
    for seed in 1..3000 {
        let random = &mut Random::new(seed);
        let (_, preamble) = PREAMBLES[random.below(PREAMBLES.len())];
        let mut steps: Vec<_> = preamble.iter().map(|(from, bytes)| (*from, bytes.to_vec())).collect();
        for _ in 0..random.between(1, 4) {
            let at = random.below(steps.len());
            let bytes = &mut steps[at].1;
            match random.below(3) {
                0 => bytes.truncate(random.between(1, bytes.len())),
                1 => bytes.extend([random.next() as u8; 3]),
                _ => {
                    let place = random.below(bytes.len());
                    bytes[place] = random.next() as u8;
                }
            }
        }
        let turns = steps.len() + 2;
        steps.extend(handshake());
        let steps = if random.chance(2) { hasty(steps, turns) } else { steps };
        for rows in play(&steps, random.between(1, 300), 443) {
            // Whatever becomes of the preamble, what is found is the handshake behind it, or what is left of it.
            assert!(rows.flow.sni.0.is_empty() || rows.flow.sni.0.as_str() == "www.example.com", "seed {seed}");
            assert!(rows.messages.iter().all(|row| row.message != "server_hello" || row.direction == "server"), "seed {seed}");
        }
    }
}
