//! Cases for both formats, and what must hold for every file: prefixes, buffers cut anywhere, flipped bits.

mod erf;
mod layouts;
mod netmon;
mod others;
mod snoop;

use super::*;

/// What a test looks at of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    /// Number, nanoseconds, link type, length on the wire, offset, bytes.
    Frame(u64, i64, u16, u32, u64, Vec<u8>),
    /// Code, offset, bytes passed over.
    Damage(&'static str, u64, u64),
}

fn seen(item: Item<'_>) -> Seen {
    match item {
        Item::Frame(f) => Seen::Frame(f.number, f.time.0, f.link.0, f.wire_len, f.offset, f.bytes.to_vec()),
        Item::Damage { error, skipped } => Seen::Damage(error.code, error.offset, skipped),
    }
}

/// The items of a file, read with buffers that are grown by `step` bytes and as far as `need` asks.
fn cut_in_steps(file: &[u8], step: &mut dyn FnMut() -> usize) -> Result<Vec<Seen>, CaptureError> {
    let (mut cutter, used) = Cutter::open(file)?;
    let mut items = Vec::new();
    let (mut from, mut to) = (used, used);
    loop {
        to = (to + step()).min(file.len());
        let last = to == file.len();
        let mut bookmark = cutter.clone();
        let before = items.len();
        let cut = cutter.cut(&file[from..to], from as u64, last, &mut |item| items.push(seen(item)));
        let mut again = Vec::new();
        assert_eq!(cut, bookmark.cut(&file[from..to], from as u64, last, &mut |item| again.push(seen(item))));
        assert_eq!(items[before..], again[..]);
        assert!(cut.used <= to - from && cut.need <= MAX_RECORD + 28, "{cut:?}");
        from += cut.used;
        if last {
            assert_eq!(from, file.len(), "all is consumed at the end");
            assert_eq!(cutter.packets(), items.iter().filter(|item| matches!(item, Seen::Frame(..))).count() as u64);
            return Ok(items);
        }
        assert!(cut.used > 0 || cut.need > to - from || to == from, "no progress: {cut:?}");
        to = to.max((from + cut.need).min(file.len()));
    }
}

fn cut_whole(file: &[u8]) -> Vec<Seen> {
    cut_in_steps(file, &mut || file.len()).expect("a file header that is known")
}

fn frames(items: &[Seen]) -> Vec<Seen> {
    items.iter().filter(|item| matches!(item, Seen::Frame(..))).cloned().collect()
}

fn damage(items: &[Seen]) -> Vec<(&'static str, u64, u64)> {
    let told = |item: &Seen| if let Seen::Damage(code, offset, skipped) = item { Some((*code, *offset, *skipped)) } else { None };
    items.iter().filter_map(told).collect()
}

fn numbers(items: &[Seen]) -> Vec<u64> {
    items.iter().filter_map(|item| if let Seen::Frame(number, ..) = item { Some(*number) } else { None }).collect()
}

/// Writes captures of both formats.
struct Writer {
    order: Order,
    bytes: Vec<u8>,
}

impl Writer {
    fn new(order: Order) -> Self {
        Writer { order, bytes: Vec::new() }
    }

    fn pcap(order: Order, magic: u32, version: (u16, u16), snaplen: u32, link: u32) -> Self {
        let mut writer = Writer::new(order);
        writer.u32(magic).u16(version.0).u16(version.1).u32(0).u32(0).u32(snaplen).u32(link);
        writer
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes.extend(if self.order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes.extend(if self.order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend(bytes);
        self
    }

    fn record(&mut self, seconds: u32, fraction: u32, bytes: &[u8]) -> &mut Self {
        let length = bytes.len() as u32;
        self.u32(seconds).u32(fraction).u32(length).u32(length).raw(bytes)
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let padded = body.len().next_multiple_of(4);
        let length = padded as u32 + 12;
        self.u32(kind).u32(length).raw(body).raw(&[0; 3][..padded - body.len()]).u32(length)
    }

    /// A block whose body is written by `body`.
    fn block_of(&mut self, kind: u32, body: impl FnOnce(&mut Writer)) -> &mut Self {
        let mut inner = Writer::new(self.order);
        body(&mut inner);
        self.block(kind, &inner.bytes)
    }

    fn section(&mut self) -> &mut Self {
        self.block_of(pcapng::SECTION_HEADER, |w| {
            w.u32(0x1a2b_3c4d).u16(1).u16(0).u32(u32::MAX).u32(u32::MAX);
        })
    }

    fn interface(&mut self, link: u16, snaplen: u32, options: &[(u16, &[u8])]) -> &mut Self {
        self.block_of(1, |w| {
            w.u16(link).u16(0).u32(snaplen);
            for (code, value) in options {
                w.u16(*code).u16(value.len() as u16).raw(value).raw(&[0; 3][..value.len().next_multiple_of(4) - value.len()]);
            }
            if !options.is_empty() {
                w.u32(0);
            }
        })
    }

    fn enhanced(&mut self, interface: u32, ticks: u64, bytes: &[u8]) -> &mut Self {
        self.block_of(6, |w| {
            w.u32(interface).u32((ticks >> 32) as u32).u32(ticks as u32);
            w.u32(bytes.len() as u32).u32(bytes.len() as u32).raw(bytes);
        })
    }
}

/// Bytes of a packet that look like nothing in particular.
fn payload(length: usize, seed: u32) -> Vec<u8> {
    let mut random = Random(u64::from(seed) + 1);
    (0..length).map(|_| random.next() as u8).collect()
}

/// The xorshift generator with 64 bits of state.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

const NOON: u32 = 1_700_000_000;
const MICROS: u64 = 1_700_000_000_000_000;
const BOTH: [Order; 2] = [Order::Little, Order::Big];

/// Ten packets of several lengths.
fn small_pcap(order: Order) -> Vec<u8> {
    let mut writer = Writer::pcap(order, 0xa1b2_c3d4, (2, 4), 65_535, 1);
    for index in 0..10 {
        writer.record(NOON + index, 7 * index, &payload(20 + 13 * index as usize, index));
    }
    writer.bytes
}

/// Packets of every block type between blocks that are passed over, and a second section in the other byte order.
fn small_pcapng(order: Order) -> Vec<u8> {
    let mut writer = Writer::new(order);
    writer.section().interface(1, 65_535, &[(2, b"eth0")]).interface(101, 40, &[(9, &[9])]);
    for index in 0..6 {
        writer.enhanced(index % 2, if index % 2 == 0 { MICROS } else { MICROS * 1000 }, &payload(21 + 8 * index as usize, index));
    }
    writer.block(4, &[0; 4]).block(5, &[1; 12]).block(10, b"KEYLsecret").block(0x7777, &[9; 21]);
    writer.block_of(3, |w| {
        w.u32(60).raw(&payload(60, 70));
    });
    writer.block_of(2, |w| {
        w.u16(0).u16(3).u32((MICROS >> 32) as u32).u32(MICROS as u32).u32(30).u32(90).raw(&payload(30, 71));
    });
    writer.order = if order == Order::Big { Order::Little } else { Order::Big };
    writer.section().interface(113, 0, &[]);
    for index in 0..3 {
        writer.enhanced(0, MICROS + u64::from(index), &payload(33, 80 + index));
    }
    writer.bytes
}

fn small_files() -> Vec<Vec<u8>> {
    BOTH.into_iter().flat_map(|order| [small_pcap(order), small_pcapng(order)]).collect()
}

#[test]
fn magic_numbers() {
    let check = |head: &[u8], word: Option<&str>| assert_eq!(sniff(head).map(Format::as_str), word, "{head:x?}");
    check(&[0xd4, 0xc3, 0xb2, 0xa1], Some("pcap"));
    check(&[0xa1, 0xb2, 0xc3, 0xd4], Some("pcap-be"));
    check(&[0x4d, 0x3c, 0xb2, 0xa1], Some("pcap-ns"));
    check(&[0xa1, 0xb2, 0x3c, 0x4d], Some("pcap-ns-be"));
    check(&[0x34, 0xcd, 0xb2, 0xa1], Some("pcap-modified"));
    check(&[0xa1, 0xb2, 0xcd, 0x34], Some("pcap-modified-be"));
    check(&[10, 13, 13, 10, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a], Some("pcapng"));
    check(&[10, 13, 13, 10, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d], Some("pcapng-be"));
    check(&[10, 13, 13, 10, 0, 0, 0, 28, 1, 2, 3, 4], None);
    check(&[10, 13, 13, 10], None);
    check(b"", None);
    check(b"GIF", None);
    check(b"PK\x03\x04....", None);
}

#[test]
fn file_headers() {
    let check = |file: &[u8], code: &str| assert_eq!(Cutter::open(file).map(|_| ()).map_err(|e| e.code), Err(code), "{file:x?}");
    check(b"", "empty_file");
    check(b"hello", "bad_magic");
    check(&[10, 13, 13, 10, 28], "cut_header");
    check(&small_pcap(Order::Little)[..23], "cut_header");
    check(&Writer::pcap(Order::Big, 0xa1b2_c3d4, (1, 4), 0, 1).bytes, "bad_version");
    check(&Writer::pcap(Order::Little, 0xa1b2_c3d4, (2, 4), 0, 0x0010_0001).bytes, "bad_link_type");
    let (cutter, used) = Cutter::open(&Writer::pcap(Order::Little, 0xa1b2_c3d4, (2, 4), 99, 0x2400_0071).bytes).unwrap();
    assert_eq!((used, cutter.link_types(), cutter.snaplen(), cutter.interfaces()), (24, &[LinkType(113)][..], 99, 1));
}

#[test]
fn record_layouts() {
    for order in BOTH {
        for (magic, nanos, pad) in [(0xa1b2_c3d4, 5_000, 0), (0xa1b2_3c4d, 5, 0), (0xa1b2_cd34, 5_000, 8)] {
            let mut writer = Writer::pcap(order, magic, (2, 4), 96, 228);
            writer.u32(NOON).u32(5).u32(3).u32(1500).raw(&[0xee; 8][..pad]).raw(b"abc");
            let time = i64::from(NOON) * 1_000_000_000 + nanos;
            assert_eq!(cut_whole(&writer.bytes), [Seen::Frame(1, time, 228, 1500, 24, b"abc".to_vec())]);
        }
        // Which of the two lengths is which.
        for (version, first, second) in [((2, 2), 9, 3), ((543, 0), 9, 3), ((2, 3), 9, 3), ((2, 3), 3, 9), ((2, 4), 3, 9)] {
            let mut writer = Writer::pcap(order, 0xa1b2_c3d4, version, 96, 1);
            writer.u32(1).u32(2_500_000).u32(first).u32(second).raw(b"abc");
            assert_eq!(cut_whole(&writer.bytes), [Seen::Frame(1, 3_500_000_000, 1, 9, 24, b"abc".to_vec())]);
        }
    }
}

#[test]
fn lengths_above_the_snap_length_or_the_original_are_taken() {
    let mut writer = Writer::pcap(Order::Little, 0xa1b2_c3d4, (2, 4), 4, 1);
    writer.record(NOON, 0, b"longer than four").u32(NOON).u32(0).u32(6).u32(2).raw(b"abcdef").record(NOON, 0, b"");
    assert_eq!(numbers(&cut_whole(&writer.bytes)), [1, 2, 3]);
}

#[test]
fn every_packet_block() {
    for order in BOTH {
        let items = cut_whole(&small_pcapng(order));
        let lengths: Vec<_> = items
            .iter()
            .map(|item| match item {
                Seen::Frame(_, time, link, wire, _, bytes) => (*time / 1000, *link, *wire, bytes.len()),
                Seen::Damage(..) => panic!("{item:?}"),
            })
            .collect();
        let noon = MICROS as i64;
        assert_eq!(lengths[..2], [(noon, 1, 21, 21), (noon, 101, 29, 29)]);
        assert_eq!(
            lengths[6..],
            [(noon, 1, 60, 60), (noon, 1, 90, 30), (noon, 113, 33, 33), (noon + 1, 113, 33, 33), (noon + 2, 113, 33, 33)]
        );
    }
}

#[test]
fn clocks_of_interfaces() {
    for order in BOTH {
        let offset = |seconds: i64| if order == Order::Big { seconds.to_be_bytes() } else { seconds.to_le_bytes() };
        let check = |options: &[(u16, &[u8])], ticks: u64, nanos: i64| {
            let mut writer = Writer::new(order);
            writer.section().interface(1, 0, options).enhanced(0, ticks, b"x");
            let items = cut_whole(&writer.bytes);
            assert!(matches!(items[..], [Seen::Frame(_, time, ..)] if time == nanos), "{options:x?} {items:?}");
        };
        check(&[], 7, 7_000);
        check(&[(9, &[9])], 7, 7);
        check(&[(9, &[0])], 7, 7_000_000_000);
        check(&[(9, &[0x8a])], 512, 500_000_000);
        check(&[(9, &[12])], 7_999, 7);
        check(&[(9, &[0])], u64::MAX, i64::MAX);
        check(&[(9, &[0xff])], u64::MAX, 0);
        check(&[(14, &offset(-1))], 7, -999_993_000);
        check(&[(14, &offset(i64::MIN)), (9, &[0x7f])], 7, i64::MIN);
        check(&[(2, b"odd"), (9, &[6]), (14, &offset(1))], 0, 1_000_000_000);
        check(&[(0, &[]), (9, &[0])], 7, 7_000); // behind the end of the options
        check(&[(9, &[])], 7, 7_000);
    }
}

#[test]
fn simple_packets_are_cut_by_the_snap_length() {
    let mut writer = Writer::new(Order::Little);
    writer.section().interface(1, 10, &[]);
    writer.block_of(3, |w| {
        w.u32(60).raw(&[1; 12]);
    });
    writer.block_of(3, |w| {
        w.u32(3).raw(&[1; 4]);
    });
    let items = cut_whole(&writer.bytes);
    assert!(
        matches!(&items[..], [Seen::Frame(1, 0, 1, 60, _, ten), Seen::Frame(2, 0, 1, 3, _, three)] if ten.len() == 10 && three.len() == 3)
    );
}

#[test]
fn numbers_that_belong_to_other_records_are_left_out() {
    let mut writer = Writer::new(Order::Little);
    writer.section().interface(1, 0, &[]).enhanced(0, MICROS, b"x");
    writer.block(0xbad, &[1; 8]).block(0x4000_0bad, &[1; 8]).block(9, b"A=B\n").block(10, &[1; 8]).enhanced(0, MICROS, b"y");
    assert_eq!(numbers(&cut_whole(&writer.bytes)), [1, 5]);
}

#[test]
fn blocks_that_are_damaged_alone() {
    let mut writer = Writer::new(Order::Little);
    writer.section().interface(1, 0, &[]).enhanced(0, MICROS, b"good");
    let offset = writer.bytes.len() as u64;
    writer.enhanced(1, MICROS, b"no such interface").enhanced(7, MICROS, b"nor this");
    writer.block_of(6, |w| {
        w.u32(0).u32(0).u32(0).u32(500).u32(500).raw(b"captured length beyond the block");
    });
    let skipped = writer.bytes.len() as u64 - offset;
    writer.enhanced(0, MICROS, b"good");
    let items = cut_whole(&writer.bytes);
    assert_eq!(numbers(&items), [1, 2]);
    assert_eq!(damage(&items), [("bad_interface", offset, skipped)]);
}

#[test]
fn a_section_of_another_version_is_passed_over() {
    let mut writer = Writer::new(Order::Little);
    writer.section().interface(1, 0, &[]).enhanced(0, MICROS, b"good");
    let offset = writer.bytes.len();
    writer.section().interface(1, 0, &[]).enhanced(0, MICROS, b"of another time");
    writer.bytes[offset + 12] = 9;
    let end = writer.bytes.len();
    writer.section().interface(1, 0, &[]).enhanced(0, MICROS, b"good");
    let items = cut_whole(&writer.bytes);
    assert_eq!(numbers(&items), [1, 2]);
    assert_eq!(damage(&items), [("bad_section", offset as u64, (end - offset) as u64)]);
}

#[test]
fn damaged_pcap_records() {
    let clean = cut_whole(&small_pcap(Order::Little));
    let places: Vec<usize> = clean.iter().map(|item| if let Seen::Frame(.., at, _) = item { *at as usize } else { 0 }).collect();
    let check = |change: &dyn Fn(&mut Vec<u8>), lost: &[usize], told: &[(&'static str, u64, u64)]| {
        let mut file = small_pcap(Order::Little);
        change(&mut file);
        let items = cut_whole(&file);
        assert_eq!(damage(&items), told);
        let bytes = |items: &[Seen]| -> Vec<Vec<u8>> {
            items.iter().filter_map(|item| if let Seen::Frame(.., bytes) = item { Some(bytes.clone()) } else { None }).collect()
        };
        let mut wanted = bytes(&clean);
        for index in lost.iter().rev() {
            wanted.remove(*index);
        }
        assert_eq!(bytes(&items), wanted);
    };
    let size = |index: usize| (places[index + 1] - places[index]) as u64;
    // The captured length beyond every bound, and beyond the original length.
    check(&|file| file[places[3] + 11] = 0x7f, &[3], &[("bad_packet_length", places[3] as u64, size(3))]);
    check(&|file| file[places[3] + 9] = 0x01, &[3], &[("bad_packet_length", places[3] as u64, size(3))]);
    check(&|file| file[places[7] + 10] = 0x03, &[7], &[("bad_packet_length", places[7] as u64, size(7))]);
    // A hole over two records.
    check(&|file| file[places[2]..places[4]].fill(0), &[2, 3], &[("zero_header", places[2] as u64, size(2) + size(3))]);
    // Bytes gone.
    check(&|file| drop(file.drain(places[5]..places[5] + 9)), &[5], &[("bad_packet_length", places[5] as u64, size(5) - 9)]);
    // The last record but one: a single record is no chain.
    check(&|file| file[places[8] + 11] = 1, &[8, 9], &[("bad_packet_length", places[8] as u64, size(8) + 16 + 20 + 13 * 9)]);
    // The first record.
    check(&|file| file[places[0] + 11] = 1, &[0], &[("bad_packet_length", places[0] as u64, size(0))]);
}

#[test]
fn damaged_pcapng_blocks() {
    for order in BOTH {
        let mut writer = Writer::new(order);
        writer.section().interface(1, 0, &[]);
        let mut places = Vec::new();
        for index in 0..8 {
            places.push(writer.bytes.len());
            writer.enhanced(0, MICROS + u64::from(index), &payload(40 + index as usize, index));
        }
        places.push(writer.bytes.len());
        let check = |change: &dyn Fn(&mut Vec<u8>), frames: usize, told: &[(&'static str, usize, usize)]| {
            let mut file = writer.bytes.clone();
            change(&mut file);
            let items = cut_whole(&file);
            assert_eq!(numbers(&items).len(), frames);
            let told: Vec<_> = told.iter().map(|(code, offset, skipped)| (*code, *offset as u64, *skipped as u64)).collect();
            assert_eq!(damage(&items), told);
        };
        let size = |index: usize| places[index + 1] - places[index];
        let low = |index: usize| places[index] + if order == Order::Big { 7 } else { 4 };
        let high = |index: usize| places[index] + if order == Order::Big { 4 } else { 7 };
        check(&|file| file[high(3)] = 0x7f, 7, &[("bad_block_length", places[3], size(3))]);
        check(&|file| file[low(3)] ^= 8, 7, &[("bad_block_trailer", places[3], size(3))]);
        check(&|file| file[places[4] - 2] ^= 8, 8, &[("bad_block_trailer", places[3], 4)]);
        check(&|file| file[places[3]..places[5]].fill(0), 6, &[("bad_block_length", places[3], size(3) + size(4))]);
        // Bytes gone: nothing stands on a multiple of 4 any more.
        check(&|file| drop(file.drain(places[3] + 30..places[3] + 31)), 7, &[("bad_block_trailer", places[3], size(3) - 1)]);
        // A length that leads out of the file.
        check(
            &|file| file[high(6) + if order == Order::Big { 2 } else { 0 } - if order == Order::Big { 0 } else { 2 }] = 0x7f,
            7,
            &[("bad_block_length", places[6], size(6))],
        );
        // The type of the block is not known any more: its length still leads on.
        check(&|file| file[places[3]] ^= 0x40, 7, &[]);
        // The interface is lost: so are its packets.
        check(&|file| file[28 + if order == Order::Big { 4 } else { 7 }] = 0x7f, 0, &[("bad_block_length", 28, file_len(&writer) - 28)]);
    }
    fn file_len(writer: &Writer) -> usize {
        writer.bytes.len()
    }
}

#[test]
fn a_capture_inside_a_packet_is_no_capture() {
    for inner in small_files() {
        let mut writer = Writer::pcap(Order::Little, 0xa1b2_c3d4, (2, 4), 0, 1);
        for second in 0..5 {
            writer.record(NOON + second, 0, &[&[0; 54], &inner[..]].concat());
        }
        let items = cut_whole(&writer.bytes);
        assert_eq!((numbers(&items).len(), damage(&items).len()), (5, 0));
        // Cut inside the inner capture.
        let items = cut_whole(&writer.bytes[..writer.bytes.len() - 100]);
        assert_eq!((numbers(&items).len(), damage(&items)[0].0), (4, "cut_packet"));

        let mut writer = Writer::new(Order::Little);
        writer.section().interface(1, 0, &[]);
        for tick in 0..5 {
            writer.enhanced(0, MICROS + tick, &[&[0; 56], &inner[..]].concat());
        }
        let items = cut_whole(&writer.bytes);
        assert_eq!((numbers(&items).len(), damage(&items).len()), (5, 0));
        let items = cut_whole(&writer.bytes[..writer.bytes.len() - 100]);
        assert_eq!((numbers(&items).len(), damage(&items)[0].0), (4, "cut_block"));
    }
}

#[test]
fn every_prefix() {
    for file in small_files() {
        let whole = cut_whole(&file);
        for end in 0..file.len() {
            let Ok(items) = cut_in_steps(&file[..end], &mut || end.max(1)) else {
                assert!(end < 24);
                continue;
            };
            let frames = frames(&items);
            assert_eq!(frames[..], whole[..frames.len()]);
            let told = damage(&items);
            assert!(told.len() <= 1 && told.iter().all(|(code, ..)| code.starts_with("cut_")), "{end}: {told:?}");
        }
    }
}

#[test]
fn flipped_bits_and_buffers_cut_anywhere() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for file in small_files() {
        for round in 0..400 {
            let mut file = file.clone();
            for _ in 0..round % 7 {
                let at = 24 + random.next() as usize % (file.len() - 24);
                file[at] ^= 1 << (random.next() % 8);
            }
            if round % 11 == 10 {
                let at = 24 + random.next() as usize % (file.len() - 24);
                file.drain(at..(at + random.next() as usize % 60).min(file.len()));
            }
            let whole = cut_whole(&file);
            let held: u64 = whole
                .iter()
                .map(|item| match item {
                    Seen::Frame(.., bytes) => bytes.len() as u64,
                    Seen::Damage(_, _, skipped) => *skipped,
                })
                .sum();
            assert!(held <= file.len() as u64);
            if round % 40 == 1 {
                assert_eq!(cut_in_steps(&file, &mut || 1).unwrap(), whole);
            }
            let most = 1 + random.next() as usize % 300;
            assert_eq!(cut_in_steps(&file, &mut || 1 + random.next() as usize % most).unwrap(), whole);
        }
    }
}

#[test]
fn the_end_is_told_late() {
    let mut file = small_pcap(Order::Little);
    file.extend([0xff; 40]);
    let (mut cutter, used) = Cutter::open(&file).unwrap();
    let mut items = Vec::new();
    let cut = cutter.cut(&file[used..], used as u64, false, &mut |item| items.push(seen(item)));
    let rest = &file[used + cut.used..];
    assert_eq!((items.len(), cut.need), (10, 16));
    assert_eq!(cutter.cut(rest, (used + cut.used) as u64, true, &mut |item| items.push(seen(item))), Cut { used: rest.len(), need: 0 });
    assert_eq!(damage(&items), [("bad_packet_length", file.len() as u64 - 40, 40)]);
}

#[test]
fn noise_is_passed_over() {
    let mut random = Random(99);
    for mut file in small_files() {
        file.truncate(48);
        file.extend((0..300_000).map(|_| random.next() as u8));
        let items = cut_whole(&file);
        assert!(numbers(&items).len() <= 1, "{items:?}");
    }
}

/// Zeros are passed over in strides, which must not step over the record behind them, wherever the buffer ends.
#[test]
fn zeros_before_a_record() {
    let mut pcap = Writer::pcap(Order::Little, 0xa1b2_c3d4, (2, 4), 65_535, 1);
    let mut pcapng = Writer::new(Order::Little);
    pcapng.section().interface(1, 0, &[]);
    let mut places = [0; 2];
    for index in 0..10 {
        if index == 4 {
            places = [pcap.bytes.len(), pcapng.bytes.len()];
        }
        pcap.record(NOON + index, 7 * index, &payload(20 + 13 * index as usize, index));
        pcapng.enhanced(0, MICROS + u64::from(index), &payload(20 + 13 * index as usize, index));
    }
    for (file, place) in [pcap.bytes, pcapng.bytes].iter().zip(places) {
        for zeros in (16..150).chain([4_095, 4_096, 70_001]) {
            let mut damaged = file.clone();
            damaged.splice(place..place, vec![0; zeros]);
            let items = cut_whole(&damaged);
            assert_eq!(numbers(&items), (1..=10).collect::<Vec<_>>(), "{zeros} zeros");
            let [(_, offset, skipped)] = damage(&items)[..] else { panic!("{items:?}") };
            assert_eq!((offset, skipped), (place as u64, zeros as u64));
            let mut step = 7;
            let mut next = || {
                step = step * 13 % 97 + 1;
                step
            };
            assert_eq!(cut_in_steps(&damaged, &mut next).unwrap(), items, "{zeros} zeros, in steps");
        }
    }
}
