//! Network Monitor's files, frame by frame.

use super::*;

const NOON_2026: i64 = 1_767_268_800_000_000_000;

/// A file of version 2 that began at noon, from its frames and what the header says of the tables.
fn file(minor: u8, frames: &[Vec<u8>], tables: [u32; 3]) -> Vec<u8> {
    let mut writer = Writer::new(Order::Little);
    writer.raw(b"GMBU").raw(&[minor, 2]).u16(1);
    for word in [2026, 1, 4, 1, 12, 0, 0, 250] {
        writer.u16(word);
    }
    writer.u32(tables[0]).u32(tables[1]).u32(tables[2]);
    writer.bytes.resize(128, 0);
    writer.bytes.extend(frames.concat());
    writer.bytes
}

fn frame(micros: u64, original: u32, data: &[u8], trailer: &[u8]) -> Vec<u8> {
    [&micros.to_le_bytes()[..], &original.to_le_bytes(), &(data.len() as u32).to_le_bytes(), data, trailer].concat()
}

/// A file whose frame table says `entries`.
fn whole(minor: u8, frames: &[Vec<u8>], entries: usize) -> Vec<u8> {
    let end = 128 + frames.iter().map(Vec::len).sum::<usize>();
    [file(minor, frames, [end as u32, entries as u32 * 4, 0]), vec![0xff; entries * 4 + 9]].concat()
}

#[test]
fn times_and_link_types() {
    let wifi = [&[2, 32, 0][..], &[0; 29], b"radio"].concat();
    let media = |number: u16, data: &[u8]| frame(7, 90, data, &number.to_le_bytes());
    let frames = [
        media(0, b"ether"),
        media(1, b"ether"),
        media(2, b"ring"),
        media(3, b"fddi"),
        media(4, &[&[0; 16][..], b"llc"].concat()),
        media(6, &wifi),
        media(9, b"ip"),
        media(0xe071, b"cooked"),
        media(0xe080, b"radio"),
        // Payload, networks and names: no frames.
        media(0xfffc, b"x"),
        media(0xfffd, b"x"),
        media(0xfffe, b"x"),
        media(0xffe0, b"event"),
        media(5, b"x"),
    ];
    let items = cut_whole(&whole(1, &frames, 14));
    let links: Vec<_> =
        items.iter().map(|item| if let Seen::Frame(number, _, link, ..) = item { (*number, *link) } else { (0, 0) }).collect();
    let expected = [1, 1, 6, 10, 100, 105, 101, 113, 105, 0xffe0, 0xf005];
    assert_eq!(links, (1..).zip(expected).collect::<Vec<_>>());
    assert!(matches!(&items[5], Seen::Frame(_, time, _, 58, _, bytes) if bytes == b"radio" && *time == NOON_2026 + 250_007_000));
    assert!(matches!(&items[4], Seen::Frame(_, _, _, 74, _, bytes) if bytes == b"llc"));
    // A header of the card that is longer than the frame.
    assert!(matches!(&cut_whole(&whole(1, &[media(6, &[2, 99, 0, 0])], 1))[..], [Seen::Frame(_, _, 105, 0, _, bytes)] if bytes.is_empty()));
    let time = |minor, micros, trailer: &[u8]| match cut_whole(&whole(minor, &[frame(micros, 3, b"abc", trailer)], 1))[..] {
        [Seen::Frame(1, time, 1, 3, 128, _)] => time - NOON_2026,
        _ => panic!(),
    };
    assert_eq!(time(0, 1_000_000, &[]), 1_250_000_000);
    // One second before the start: ten times the number wraps.
    assert_eq!(time(0, (u64::MAX - 9_999_999) / 10, &[]) / 1_000_000, -750);
    assert_eq!(time(2, 7, &[1, 0, 0, 0, 0, 0]), 250_007_000);
    let filetime = (NOON_2026 as u64 / 100 + 116_444_736_000_000_000 + 3).to_le_bytes();
    assert_eq!(time(3, 7, &[&[1, 0, 0, 0, 0, 0][..], &filetime, &[0]].concat()), 300);
}

#[test]
fn prefixes_of_network_monitor() {
    let file = whole(0, &[frame(0, 9, b"abc", &[]), frame(1, 9, b"defgh", &[])], 2);
    let edges = [128, 147, 168];
    for end in 0..=file.len() {
        let Ok(items) = cut_in_steps(&file[..end], &mut || 1) else {
            assert!(end < 128);
            continue;
        };
        let count = edges[1..].iter().filter(|edge| **edge <= end).count();
        let start = edges[count];
        let told = if count == 2 { vec![] } else { vec![("cut_packet", start as u64, (end - start) as u64)] };
        assert_eq!((frames(&items).len(), damage(&items)), (count, told), "{end}");
    }
}

#[test]
fn headers_and_tables_that_lie() {
    let code = |file: &[u8]| Cutter::open(file).map(|_| ()).unwrap_err().code;
    let good = [frame(0, 9, b"abc", &[]), frame(1, 9, b"defgh", &[])];
    assert_eq!(code(&whole(0, &good, 2)[..127]), "cut_header");
    assert_eq!(code(&file(0, &good, [100, 8, 0])), "bad_frame_table");
    let mut other = whole(0, &good, 2);
    other[5] = 1;
    assert_eq!(code(&other), "bad_version");
    // The table has another number of entries.
    for entries in [1, 3] {
        let items = cut_whole(&whole(0, &good, entries));
        assert_eq!((frames(&items).len(), damage(&items)), (2, vec![("bad_frame_table", 168, 0)]));
    }
    // No table at all: the file was left open. And one that begins inside a frame.
    let items = cut_whole(&file(0, &good, [0, 0, 0]));
    assert_eq!((frames(&items).len(), damage(&items)), (2, vec![]));
    let items = cut_whole(&file(0, &good, [150, 8, 0]));
    assert_eq!((frames(&items).len(), damage(&items)), (1, vec![("bad_packet_length", 147, 21)]));
    // Comments in front of the frame table end the frames, too.
    let items = cut_whole(&[file(0, &good, [170, 8, 168]), vec![0; 20]].concat());
    assert_eq!((frames(&items).len(), damage(&items)), (2, vec![]));
    // A length beyond all bounds.
    let mut long = whole(0, &good, 2);
    long[140..144].fill(0xff);
    let items = cut_whole(&long);
    assert_eq!((frames(&items).len(), damage(&items).len(), damage(&items)[0].0), (0, 1, "bad_packet_length"));
    assert_eq!(cut_in_steps(&long, &mut || 3).unwrap(), items);
}
