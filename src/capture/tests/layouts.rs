//! The variants of the classic format.

use super::*;

/// Three records with `more` bytes behind each header.
fn records(writer: &mut Writer, more: usize) {
    for second in 0..3 {
        writer.u32(NOON + second).u32(5).u32(70).u32(1500).raw(&[0xee; 12][..more]).raw(&payload(70, second));
    }
}

fn check(writer: &Writer, name: &str, nanos: i64, link: u16, first: u64, size: u64) {
    let (cutter, _) = Cutter::open(&writer.bytes).unwrap();
    let name = if writer.order == Order::Big { format!("{name}-be") } else { name.into() };
    assert_eq!((cutter.format().as_str(), cutter.link_types()), (name.as_str(), &[LinkType(link)][..]));
    let time = |second: u32| i64::from(NOON + second) * 1_000_000_000 + nanos;
    let frame = |second: u32| {
        let number = u64::from(second) + 1;
        Seen::Frame(number, time(second), link, 1500, first + (number - 1) * size, payload(70, second))
    };
    let expected = [frame(0), frame(1), frame(2)];
    assert_eq!(cut_whole(&writer.bytes), expected, "{name}");
    assert_eq!(cut_in_steps(&writer.bytes, &mut || 1).unwrap(), expected, "{name}");
}

#[test]
fn the_second_record_tells_the_layout() {
    for order in BOTH {
        for (magic, more, name) in [
            (0xa1b2_c3d4, 0, "pcap"),
            (0xa1b2_c3d4, 4, "pcap-nokia"),
            (0xa1b2_c3d4, 8, "pcap-redhat"),
            (0xa1b2_cd34, 8, "pcap-modified"),
            (0xa1b2_cd34, 12, "pcap-suse"),
        ] {
            let mut writer = Writer::pcap(order, magic, (2, 4), 96, 1);
            records(&mut writer, more);
            check(&writer, name, 5000, 1, 24, 86 + more as u64);
        }
    }
}

/// One record is read as the usual layout has it, and so is a file whose second record is damaged.
#[test]
fn what_tells_nothing_has_the_usual_layout() {
    let mut writer = Writer::pcap(Order::Little, 0xa1b2_c3d4, (2, 4), 96, 1);
    records(&mut writer, 0);
    for len in [24, 24 + 86, 24 + 86 + 4, 24 + 86 + 8, 24 + 86 + 15] {
        let (cutter, _) = Cutter::open(&writer.bytes[..len]).unwrap();
        assert_eq!(cutter.format().as_str(), "pcap", "{len}");
    }
    writer.bytes[24 + 86 + 10] = 0xff;
    assert_eq!(damage(&cut_whole(&writer.bytes)), [("bad_packet_length", 110, 172)]);
    assert_eq!(Cutter::open(&writer.bytes).unwrap().0.format().as_str(), "pcap");
}

#[test]
fn aix_has_numbers_of_its_own() {
    for order in BOTH {
        for (number, link) in [(6, 1), (9, 6), (15, 10), (24, 0)] {
            let mut writer = Writer::pcap(order, 0xa1b2_c3d4, (2, 2), 96, number);
            for second in 0..3 {
                writer.u32(NOON + second).u32(5).u32(1500).u32(70).raw(&payload(70, second));
            }
            check(&writer, "pcap-aix", 5, link, 24, 86);
        }
        // An old file of another system.
        let old = Writer::pcap(order, 0xa1b2_c3d4, (2, 2), 96, 1);
        assert!(!Cutter::open(&old.bytes).unwrap().0.format().as_str().contains("aix"));
    }
}

#[test]
fn lcap_has_a_longer_file_header() {
    for order in BOTH {
        for (magic, name, nanos) in [(0x1c00_01ac, "lcap-ns", 5), (0x1c00_01ab, "lcap", 5000)] {
            let mut writer = Writer::pcap(order, magic, (2, 4), 96, 1);
            writer.u32(3 * 86);
            records(&mut writer, 0);
            check(&writer, name, nanos, 1, 28, 86);
            let cut = Cutter::open(&writer.bytes[..27]).map(|_| ()).unwrap_err();
            assert_eq!((cut.code, cut.offset), ("cut_header", 0));
        }
    }
}
