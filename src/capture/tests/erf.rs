//! ERF, record by record.

use super::*;

fn record(kind: u8, wire_len: u16, rest: &[u8]) -> Vec<u8> {
    let len = (16 + rest.len()) as u16;
    [&[0, 0, 0, 0x80][..], &NOON.to_le_bytes(), &[kind, 4], &len.to_be_bytes(), &[0; 2], &wire_len.to_be_bytes(), rest].concat()
}

#[test]
fn a_record_is_a_frame_without_its_padding() {
    let ethernet = record(2, 60, &[7; 62 + 2]);
    let extended = record(0x82, 90, &[&[0x85, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0], &[7; 32][..]].concat());
    let file = [ethernet.clone(), record(48, 0, &[0; 8]), extended.clone(), record(27, 8, &[1; 8])].concat();
    let time = i64::from(NOON) * 1_000_000_000 + 500_000_000;
    let expected = [
        Seen::Frame(1, time, 197, 78, 0, ethernet[..78].to_vec()),
        // A record that fills has no number.
        Seen::Frame(2, time, 197, 16 + 16 + 2 + 90, 104, extended),
        Seen::Frame(3, time, 197, 24, 168, record(27, 8, &[1; 8])),
    ];
    assert_eq!(cut_whole(&file), expected);
    assert_eq!(cut_in_steps(&file, &mut || 1).unwrap(), expected);
    let (cutter, used) = Cutter::open(&file).unwrap();
    assert_eq!((cutter.format().as_str(), used), ("erf", 0));
}

#[test]
fn prefixes_of_erf() {
    let one = record(22, 40, &[7; 40]);
    let file = one.repeat(3);
    for end in 0..=file.len() {
        let opened = cut_in_steps(&file[..end], &mut || 1);
        if end < one.len() {
            // Less than a record tells nothing.
            assert_eq!(opened.unwrap_err().code, if end == 0 { "empty_file" } else { "bad_magic" });
            continue;
        }
        let items = opened.unwrap();
        let (whole, left) = (end / one.len(), end % one.len());
        let told = if left == 0 { vec![] } else { vec![("cut_packet", (end - left) as u64, left as u64)] };
        assert_eq!((frames(&items).len(), damage(&items)), (whole, told), "{end}");
    }
}

#[test]
fn lengths_that_lie_end_the_file() {
    let one = record(22, 40, &[7; 40]);
    for (place, value) in [(10, 0), (11, 15), (8, 0x7f)] {
        let mut file = one.repeat(4);
        file[2 * one.len() + place] = value;
        if place == 11 {
            file[2 * one.len() + 10] = 0;
        }
        let items = cut_whole(&file);
        let expected = if place == 10 { (4, vec![]) } else { (2, vec![("bad_packet_length", 112, 112)]) };
        assert_eq!((frames(&items).len(), damage(&items)), expected, "{place}");
        assert_eq!(cut_in_steps(&file, &mut || 7).unwrap(), items);
    }
}
