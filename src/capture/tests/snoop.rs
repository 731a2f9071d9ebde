//! snoop captures, record by record.

use super::*;

/// A snoop record with its padding.
fn snoop_record(original: u32, data: &[u8], padding: usize) -> Vec<u8> {
    let whole = 24 + data.len() + padding;
    let words = [original, data.len() as u32, whole as u32, 0, 100, 7];
    words.iter().flat_map(|word| word.to_be_bytes()).chain(data.iter().copied()).chain(vec![0; padding]).collect()
}

fn snoop_file(datalink: u32) -> Vec<u8> {
    [&b"snoop\0\0\0"[..], &2u32.to_be_bytes(), &datalink.to_be_bytes()].concat()
}

pub(super) fn sample() -> Vec<u8> {
    [snoop_file(4), snoop_record(90, &[7; 61], 3).repeat(5)].concat()
}

#[test]
fn snoop_records() {
    let records = [snoop_record(90, b"abc", 1), snoop_record(4, b"defg", 0)].concat();
    for (datalink, link) in [(0, 1), (4, 1), (2, 6), (8, 10)] {
        let time = 100_000_007_000;
        let expected = [Seen::Frame(1, time, link, 90, 16, b"abc".to_vec()), Seen::Frame(2, time, link, 4, 44, b"defg".to_vec())];
        assert_eq!(cut_whole(&[snoop_file(datalink), records.clone()].concat()), expected);
    }
    let whole = [snoop_file(4), records].concat();
    for end in 16..=whole.len() {
        let cut = cut_whole(&whole[..end]);
        assert_eq!(cut_in_steps(&whole[..end], &mut || 1).unwrap(), cut);
        let left = (end - 16)
            - if end >= 72 {
                56
            } else if end >= 44 {
                28
            } else {
                0
            };
        let expected = if left == 0 { vec![] } else { vec![("cut_packet", (end - left) as u64, left as u64)] };
        assert_eq!(damage(&cut), expected, "{end}");
    }
}

#[test]
fn snoop_headers_and_lengths_that_lie() {
    let code = |file: &[u8]| Cutter::open(file).unwrap_err().code;
    assert_eq!(code(&snoop_file(9)), "bad_link_type");
    assert_eq!(code(&snoop_file(4)[..12]), "cut_header");
    assert_eq!(code(b"snoop\0\0\0\0\0\0\x03\0\0\0\x04"), "bad_version");
    // Places of the record's words, and what they say: a record shorter than its bytes, one beyond all bounds, and so on.
    for (place, value) in [(8, 20), (8, 26), (8, u32::MAX), (4, 900), (0, 2), (20, 1_000_000)] {
        let mut bad = snoop_record(3, b"abc", 1);
        bad[place..place + 4].copy_from_slice(&u32::to_be_bytes(value));
        let file = [snoop_file(4), snoop_record(3, b"abc", 1), bad, snoop_record(3, b"abc", 1)].concat();
        let items = cut_whole(&file);
        assert_eq!((frames(&items).len(), damage(&items)), (1, vec![("bad_packet_length", 44, 56)]), "{place} {value}");
        assert_eq!(cut_in_steps(&file, &mut || 5).unwrap(), items);
    }
}
