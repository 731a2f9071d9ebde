//! However the network cuts, doubles, loses and disorders the segments of a handshake: the same facts, or fewer, never
//! wrong ones.

use crate::support::capture::{File, Packet};
use crate::support::captures_of;
use crate::support::follow::follow_one;
use crate::support::random::Random;
use tlscensus::capture::Frame;
use tlscensus::flow::direction::{Direction, Payload};
use tlscensus::flow::{Chunk, FramePlace, Gap, Interest, Reader, Side, Start};
use tlscensus::packet::{Plain, Segment, plain};
use tlscensus::row::assemble::FlowRows;
use tlscensus::time::Timestamp;

/// Samples of one connection each, Ethernet and IPv4, without loss of their own.
const SAMPLES: [&str; 7] = ["tls12-ecdhe-rsa", "tls12-rsa", "tls12-client-auth", "tls13", "tls13-hrr", "small-records", "big-client-hello"];

fn packets(sample: &str) -> Vec<Packet> {
    File::read(&captures_of(sample)[0]).packets
}

fn segment(packet: &Packet) -> Segment {
    let Packet { time, link, wire_len, bytes } = packet;
    let frame = Frame { number: 1, time: *time, link: *link, wire_len: *wire_len, offset: 0, bytes };
    let Some(Plain::Segment(segment)) = plain(&frame) else { panic!("no plain TCP") };
    segment
}

fn payload(packet: &Packet) -> &[u8] {
    let segment = segment(packet);
    &packet.bytes[segment.payload_at as usize..][..segment.payload_len as usize]
}

/// The packet with other payload at another sequence number.
fn with_payload(packet: &Packet, seq: u32, payload: &[u8]) -> Packet {
    let at = segment(packet).payload_at as usize;
    let mut bytes = packet.bytes[..at].to_vec();
    bytes.extend(payload);
    let total = (bytes.len() - 14) as u16;
    bytes[16..18].copy_from_slice(&total.to_be_bytes());
    let tcp = 14 + usize::from(bytes[14] & 15) * 4;
    bytes[tcp + 4..tcp + 8].copy_from_slice(&seq.to_be_bytes());
    Packet { wire_len: bytes.len() as u32, bytes, ..*packet }
}

/// What must not depend on segments: of each side the messages, and what they said.
fn facts(rows: &FlowRows) -> String {
    let flow = &rows.flow;
    let mut text = format!(
        "{:?}",
        (
            [&flow.tls_version, &flow.cipher_suite, &flow.kx_group, &flow.outcome, &flow.leaf_cert_id, &flow.ja3, &flow.ja3s],
            (&flow.sni, &flow.alpn, flow.certificate_bytes, flow.client_hello_bytes, flow.records_client, flow.records_server),
            (flow.handshake_bytes_client, flow.handshake_bytes_server, flow.gap_bytes)
        )
    );
    for side in ["client", "server"] {
        for (name, state, bytes, records) in messages(rows, side) {
            text.push_str(&format!("\n{side} {name} {state} {bytes} {records}"));
        }
    }
    text
}

fn messages<'r>(rows: &'r FlowRows, side: &'r str) -> impl Iterator<Item = (&'r str, &'r str, u64, u32)> {
    let own = rows.messages.iter().filter(move |row| row.direction == side);
    own.map(|row| (row.message.as_ref(), row.state.as_ref(), row.bytes, row.records))
}

/// Puts times in order again: a microsecond from packet to packet, so that what is late counts as reordered.
fn retimed(mut packets: Vec<Packet>) -> Vec<Packet> {
    for (at, packet) in packets.iter_mut().enumerate() {
        packet.time = Timestamp(1_700_000_000_000_000_000 + at as i64 * 1000);
    }
    packets
}

/// Changes the packets of every sample in many ways, and expects the same facts of each.
fn check(change: impl Fn(Vec<Packet>, &mut Random) -> Vec<Packet>) {
    for sample in SAMPLES {
        let original = retimed(packets(sample));
        let expected = facts(&follow_one(&original));
        for seed in 1..40 {
            let changed = retimed(change(original.clone(), &mut Random::new(seed)));
            assert_eq!(facts(&follow_one(&changed)), expected, "{sample}, seed {seed}");
        }
    }
}

/// From the first data segment to the last: the TCP handshake and the end stay where they are.
fn data_range(packets: &[Packet]) -> std::ops::Range<usize> {
    let has_data = |packet: &Packet| !payload(packet).is_empty();
    let last = packets.iter().rposition(has_data).unwrap();
    packets.iter().position(has_data).unwrap()..last + 1
}

/// Each side's segments among themselves, within a window; the client cannot answer what it has not got.
fn permute(mut packets: Vec<Packet>, random: &mut Random) -> Vec<Packet> {
    let range = data_range(&packets);
    for from in range.clone() {
        let to = (from + random.below(4)).min(range.end - 1);
        let one_side = packets[from..=to].iter().map(|packet| segment(packet).from_low).collect::<Vec<_>>();
        if one_side.windows(2).all(|pair| pair[0] == pair[1]) {
            packets.swap(from, to);
        }
    }
    packets
}

fn duplicate(packets: Vec<Packet>, random: &mut Random) -> Vec<Packet> {
    let mut out: Vec<Packet> = Vec::new();
    for packet in packets {
        out.push(packet.clone());
        if random.chance(3) {
            out.push(packet);
        }
        if random.chance(6) {
            let again = out[random.below(out.len())].clone();
            // A SYN that comes again is one too.
            out.push(again);
        }
    }
    out
}

fn split(packets: Vec<Packet>, random: &mut Random) -> Vec<Packet> {
    let mut out = Vec::new();
    for packet in packets {
        let (seq, bytes) = (segment(&packet).seq, payload(&packet).to_vec());
        let mut at = 0;
        while bytes.len() - at > 1 && random.below(4) > 0 {
            let len = random.between(1, bytes.len() - at - 1);
            out.push(with_payload(&packet, seq.wrapping_add(at as u32), &bytes[at..at + len]));
            at += len;
        }
        out.push(with_payload(&packet, seq.wrapping_add(at as u32), &bytes[at..]));
    }
    out
}

/// Segments that reach back into what their side has sent, and retransmissions with boundaries of their own.
fn overlap(packets: Vec<Packet>, random: &mut Random) -> Vec<Packet> {
    let mut sent: [Vec<u8>; 2] = Default::default();
    let mut first: [Option<u32>; 2] = [None; 2];
    let mut out = Vec::new();
    for packet in packets {
        let (segment, bytes) = (segment(&packet), payload(&packet).to_vec());
        let side = usize::from(segment.from_low);
        if bytes.is_empty() {
            out.push(packet);
            continue;
        }
        let base = *first[side].get_or_insert(segment.seq);
        let back = random.below(sent[side].len().min(700) + 1);
        let with_old = [&sent[side][sent[side].len() - back..], &bytes].concat();
        out.push(with_payload(&packet, segment.seq.wrapping_sub(back as u32), &with_old));
        sent[side].extend(&bytes);
        if random.chance(2) {
            let from = random.below(sent[side].len());
            let to = random.between(from + 1, sent[side].len().min(from + 1460));
            out.push(with_payload(&packet, base.wrapping_add(from as u32), &sent[side][from..to]));
        }
    }
    out
}

#[test]
fn any_order_within_a_window() {
    check(permute);
}

#[test]
fn anything_twice() {
    check(duplicate);
}

#[test]
fn other_boundaries() {
    check(split);
}

#[test]
fn overlaps_and_retransmissions_with_other_boundaries() {
    check(overlap);
}

#[test]
fn all_of_it_together() {
    check(|packets, random| {
        let packets = overlap(packets, random);
        let packets = split(packets, random);
        let packets = permute(packets, random);
        duplicate(packets, random)
    });
}

/// Moves one side's sequence numbers so that 2^32 lies `at` bytes behind its first byte.
fn wrapped(packets: &[Packet], server: bool, at: u32) -> Vec<Packet> {
    let syn = segment(&packets[0]);
    let is_server = |segment: &Segment| segment.from_low != syn.from_low;
    let own = packets.iter().map(segment).find(|segment| is_server(segment) == server).unwrap();
    let offset = 0u32.wrapping_sub(at).wrapping_sub(own.seq.wrapping_add(1));
    packets
        .iter()
        .map(|packet| {
            let mut packet = packet.clone();
            let segment = segment(&packet);
            let tcp = 14 + usize::from(packet.bytes[14] & 15) * 4;
            let (field, value) = if is_server(&segment) == server { (4, segment.seq) } else { (8, segment.ack) };
            // The first SYN acknowledges nothing.
            if field == 4 || segment.flags & 0x10 != 0 {
                packet.bytes[tcp + field..tcp + field + 4].copy_from_slice(&value.wrapping_add(offset).to_be_bytes());
            }
            packet
        })
        .collect()
}

#[test]
fn sequence_numbers_that_wrap() {
    for sample in ["tls12-ecdhe-rsa", "reordered", "retransmitted", "tls13"] {
        let packets = packets(sample);
        let text = |rows: &FlowRows| serde_json::to_string(rows).unwrap();
        let expected = text(&follow_one(&packets));
        for at in (0..4200).step_by(97).chain([0, 1, 69, 70, 75, 1447, 1448, 1449, 2896, u32::MAX, 1 << 31]) {
            for server in [false, true] {
                assert_eq!(text(&follow_one(&wrapped(&packets, server, at))), expected, "{sample}, wrap at {at}, server {server}");
            }
        }
    }
}

#[test]
fn a_lost_segment_takes_facts_away_and_makes_none_up() {
    for sample in SAMPLES.into_iter().chain(["tls12-dhe", "tls10", "tls13-psk"]) {
        let original = packets(sample);
        let whole = crate::support::follow::follow(&original);
        for lost in (0..original.len()).filter(|at| !payload(&original[*at]).is_empty()) {
            let mut packets = original.clone();
            let gone = packets.remove(lost);
            for rows in crate::support::follow::follow(&packets) {
                let context = format!("{sample} without frame {}", lost + 1);
                let expected = whole.iter().find(|whole| whole.flow.client_port == rows.flow.client_port);
                let expected = expected.unwrap_or_else(|| panic!("{context}: a flow that is not there"));
                for side in ["client", "server"] {
                    // What was seen whole is what was sent, in that order.
                    let mut sent = messages(expected, side).filter(|(_, state, ..)| *state == "seen");
                    for message in messages(&rows, side).filter(|(_, state, ..)| *state == "seen") {
                        assert!(sent.any(|other| other == message), "{context}: {side} {message:?}");
                    }
                }
                let theirs = |rows: &FlowRows| rows.certificates.iter().map(|row| row.cert_id.to_string()).collect::<Vec<_>>();
                let (ours, all) = (theirs(&rows), theirs(expected));
                assert!(ours.iter().all(|id| all.contains(id)), "{context}");
                assert!(rows.flow.gap_bytes <= u64::from(segment(&gone).wire_len), "{context}");
                assert!(rows.flow.sni.0.is_empty() || rows.flow.sni == expected.flow.sni, "{context}");
                assert!(matches!(rows.flow.outcome.as_ref(), "completed" | "gap" | "not_judged"), "{context}: {}", rows.flow.outcome);
            }
        }
    }
}

/// A reader that keeps what it is told.
#[derive(Default)]
struct Tape(Vec<Option<u8>>);

impl Reader for Tape {
    const BYTES: u64 = 1024;

    fn starts(_: &[u8], _: bool, _: bool) -> Start {
        Start::Own
    }

    fn deliver(&mut self, chunk: Chunk<'_>) {
        assert_eq!(chunk.offset, self.0.len() as u64, "out of order");
        assert!(!chunk.bytes.is_empty() && chunk.at as usize + chunk.bytes.len() <= chunk.carrier.len as usize);
        self.0.extend(chunk.bytes.iter().copied().map(Some));
    }

    fn gap(&mut self, gap: Gap) {
        assert_eq!(gap.offset, self.0.len() as u64, "out of order");
        self.0.resize(self.0.len() + gap.len as usize, None);
    }

    fn retransmitted(&mut self, _: Side, from: u64, to: u64) {
        assert!(from <= to);
    }

    fn interest(&self) -> Interest {
        Interest::Found
    }
}

/// What is known of a byte of the stream.
#[derive(Clone, Copy, PartialEq)]
enum Slot {
    Unseen,
    /// In a segment, but behind what the snap length kept of it.
    Cut,
    Seen(u8),
}

/// The naive twin: a place for each byte, and who comes first has it.
#[test]
fn a_direction_does_what_a_plain_table_of_bytes_does() {
    for seed in 1..1500 {
        let random = &mut Random::new(seed);
        let len = random.between(1, 900);
        let base = (random.next() as u32).wrapping_sub(if random.chance(2) { 0 } else { random.next() as u32 });
        let base = if random.chance(3) { 0u32.wrapping_sub(random.below(len) as u32) } else { base };
        let mut slots = vec![Slot::Unseen; len];
        let (mut direction, mut tape) = (Direction::default(), Tape::default());
        direction.anchor(base);
        let most = if random.chance(2) { 40 } else { 300 };
        for number in 0..random.between(1, 60) {
            let from = random.below(len);
            let size = random.between(1, (len - from).min(most));
            let kept = if random.chance(8) { random.below(size + 1) } else { size };
            // Every segment has bytes of its own, so that the first ones can be told from later ones.
            let bytes: Vec<u8> = (0..kept).map(|at| (number * 7 + at) as u8).collect();
            for (at, slot) in slots[from..from + size].iter_mut().enumerate().filter(|(_, slot)| **slot == Slot::Unseen) {
                *slot = bytes.get(at).map_or(Slot::Cut, |byte| Slot::Seen(*byte));
            }
            let payload = Payload {
                seq: base.wrapping_add(from as u32),
                bytes: &bytes,
                wire_len: size as u32,
                place: FramePlace { frame: number as u64 + 1, ..FramePlace::default() },
                time: Timestamp(number as i64),
                mss: 0,
                fragments: 0,
            };
            direction.take(Side::Low, payload, usize::MAX, &mut tape);
        }
        direction.flush(Side::Low, &mut tape);
        let end = slots.iter().rposition(|slot| *slot != Slot::Unseen).unwrap() + 1;
        let expected: Vec<Option<u8>> =
            slots[..end].iter().map(|slot| if let Slot::Seen(byte) = slot { Some(*byte) } else { None }).collect();
        assert!(tape.0 == expected, "seed {seed}: {} bytes, expected {}", tape.0.len(), expected.len());
        assert_eq!(direction.anomalies().gap_bytes, expected.iter().filter(|byte| byte.is_none()).count() as u64, "seed {seed}");
        assert_eq!(direction.held_bytes(), 0, "seed {seed}");
    }
}

/// What is held behind a hole stays below the bound, however much comes.
#[test]
fn what_is_held_is_bounded() {
    let (mut direction, mut tape) = (Direction::default(), Tape::default());
    direction.anchor(0);
    for number in 0..5000u32 {
        let payload = Payload {
            seq: 1 + number * 200,
            bytes: &[number as u8; 100],
            wire_len: 100,
            place: FramePlace { frame: u64::from(number), ..FramePlace::default() },
            time: Timestamp(0),
            mss: 0,
            fragments: 0,
        };
        direction.take(Side::High, payload, 20_000, &mut tape);
        assert!(direction.held_bytes() <= 20_000, "{}", direction.held_bytes());
    }
    direction.flush(Side::High, &mut tape);
    assert_eq!(tape.0.len(), 1 + 4999 * 200 + 100);
}
