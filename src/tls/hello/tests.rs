//! Hellos in full, damaged, and of every version.

use super::super::key_exchange;
use super::*;

/// A ClientHello body with the given extensions.
fn client(extensions: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([2, 0xaa, 0xbb]);
    body.extend([0, 4, 0x13, 1, 0xc0, 0x2f]);
    body.extend([1, 0]);
    let mut block = Vec::new();
    for (kind, data) in extensions {
        block.extend(kind.to_be_bytes());
        block.extend((data.len() as u16).to_be_bytes());
        block.extend(*data);
    }
    body.extend((block.len() as u16).to_be_bytes());
    body.extend(block);
    body
}

#[test]
fn a_client_hello_in_full() {
    let body = client(&[
        (0x0a0a, &[]),
        (0, &[0, 8, 0, 0, 5, b'a', b'.', b'b', b'.', b'c']),
        (10, &[0, 4, 0x11, 0xec, 0, 29]),
        (11, &[1, 0]),
        (16, &[0, 3, 2, b'h', b'2']),
        (35, &[1, 2]),
        (43, &[4, 0x7a, 0x7a, 3, 4]),
        (51, &[0, 5, 0, 29, 0, 1, 9]),
        (0xfe0d, &[0, 0]),
    ]);
    let hello = read_client(&body).unwrap();
    assert!(!hello.malformed);
    assert_eq!(hello.suites, [0x1301, 0xc02f]);
    assert_eq!(hello.extensions, [0x0a0a, 0, 10, 11, 16, 35, 43, 51, 0xfe0d]);
    assert_eq!(hello.server_name.as_deref(), Some(&b"a.b.c"[..]));
    assert_eq!((hello.groups, hello.versions, hello.key_shares), (vec![0x11ec, 29], vec![0x7a7a, 0x0304], vec![29]));
    assert_eq!(hello.alpn, [b"h2"]);
    assert!(hello.ticket && hello.ech && !hello.psk && !hello.early_data);
}

#[test]
fn a_malformed_extension_costs_only_itself() {
    let hello = read_client(&client(&[(10, &[0, 3, 0, 29, 0]), (0, &[0, 9, 0, 0, 5, b'a']), (16, &[0, 3, 2, b'h', b'2'])])).unwrap();
    assert!(hello.malformed);
    assert_eq!((hello.alpn.len(), hello.server_name, hello.groups.len()), (1, None, 0));
}

#[test]
fn lying_lengths_leave_what_stands_before_them() {
    let mut body = client(&[]);
    body[37] = 0xff; // the suites' length
    let hello = read_client(&body).unwrap();
    assert!(hello.malformed && hello.suites.starts_with(&[0x1301, 0xc02f]) && hello.extensions.is_empty());
}

#[test]
fn no_prefix_is_a_panic() {
    let body = client(&[(0, &[0, 4, 0, 0, 1, b'a']), (51, &[0, 5, 0, 29, 0, 1, 9])]);
    for end in 0..body.len() {
        assert!(read_client(&body[..end]).is_none_or(|hello| hello.malformed || end == 45), "{end}");
        let _ = read_server(&body[..end]);
        let _ = read_old_retry(&body[..end]);
        let _ = key_exchange::read(&body[..end], "ECDHE", 0x0303);
        let _ = key_exchange::read(&body[..end], "DHE", 0x0303);
    }
}

#[test]
fn server_hellos() {
    let body = |version: [u8; 2], random: &[u8; 32], tail: &[u8]| [&version[..], random, tail].concat();
    let tls13 = read_server(&body([3, 3], &[1; 32], &[0, 0x13, 1, 0, 0, 14, 0, 43, 0, 2, 3, 4, 0, 51, 0, 4, 0, 29, 0, 0])).unwrap();
    assert_eq!((tls13.version, tls13.legacy_version, tls13.key_share, tls13.retry), (0x0304, 0x0303, Some(29), false));
    let retry = read_server(&body([3, 3], &RETRY_RANDOM, &[0, 0x13, 1, 0, 0, 6, 0, 51, 0, 2, 0, 23])).unwrap();
    assert!(retry.retry && retry.key_share == Some(23));
    let bare = read_server(&body([3, 1], &[1; 32], &[0, 0, 0x2f, 1])).unwrap();
    assert_eq!((bare.version, bare.suite, bare.compression, bare.malformed), (0x0301, 0x002f, 1, false));
    let sentinel = |last: &[u8; 8]| {
        let random = [[1; 8], [2; 8], [3; 8], *last].concat().try_into().unwrap();
        read_server(&body([3, 3], &random, &[0, 0, 0x2f, 0])).unwrap().downgrade
    };
    assert_eq!(sentinel(b"DOWNGRD\x01"), Some(Downgrade::ToTls12));
    assert_eq!(sentinel(b"DOWNGRD\x00"), Some(Downgrade::ToTls11));
    assert_eq!(sentinel(b"DOWNGRD\x02"), None);
    let draft = read_server(&body([0x7f, 18], &[1; 32], &[0x13, 2, 0, 0])).unwrap();
    assert_eq!((draft.version, draft.suite), (0x7f12, 0x1302));
}

/// use_srtp and connection_id: what the client offers, what the server chose.
#[test]
fn extensions_of_dtls() {
    let srtp = |profiles: &[u8]| [&[0, profiles.len() as u8][..], profiles, &[0]].concat();
    let offered = read_client(&client(&[(14, &srtp(&[0, 7, 0, 1])), (54, &[3, 1, 2, 3])])).unwrap();
    assert_eq!((offered.srtp_profiles, offered.connection_id_len, offered.malformed), (vec![7, 1], Some(3), false));
    assert!(read_client(&client(&[(14, &[0, 3, 0, 7, 0, 0])])).unwrap().malformed);
    assert!(read_client(&client(&[(54, &[3, 1, 2])])).unwrap().malformed);
    let tail = [&[0, 0xc0, 0x2f, 0, 0, 14, 0, 14, 0, 5][..], &srtp(&[0, 1]), &[0, 54, 0, 1, 0]].concat();
    let chosen = read_server(&[&[0xfe, 0xfd][..], &[1; 32], &tail].concat()).unwrap();
    assert_eq!((chosen.srtp_profile, chosen.connection_id_len, chosen.malformed), (Some(1), Some(0), false));
}

/// Limits on records, credentials, settings, parameters of QUIC: as offered, and limits as accepted.
#[test]
fn extensions_of_records_and_transport() {
    let offered = read_client(&client(&[
        (1, &[2]),
        (28, &[0x40, 1]),
        (34, &[0, 4, 4, 3, 8, 7]),
        (57, &[1, 2, 0x40, 0x64]),
        (17_513, &[0, 3, 2, b'h', b'2']),
    ]))
    .unwrap();
    assert_eq!((offered.max_fragment_length, offered.record_size_limit), (Some(2), Some(0x4001)));
    assert_eq!((&offered.delegated_credentials[..], offered.application_settings), (&[0x0403, 0x0807][..], true));
    assert_eq!(offered.transport_parameters.unwrap().max_idle_timeout, Some(100));
    assert!(!offered.malformed);
    for bad in [(1, &[][..]), (1, &[1, 1]), (28, &[64]), (34, &[0, 3, 4, 3, 8]), (57, &[1])] {
        assert!(read_client(&client(&[bad])).unwrap().malformed, "{bad:?}");
    }
    let tail = [0, 0xc0, 0x2f, 0, 0, 11, 0, 1, 0, 1, 4, 0, 28, 0, 2, 2, 0];
    let chosen = read_server(&[&[3, 3][..], &[1; 32], &tail].concat()).unwrap();
    assert_eq!((chosen.max_fragment_length, chosen.record_size_limit, chosen.malformed), (Some(4), Some(512), false));
}
