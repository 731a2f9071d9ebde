//! TCP (RFC 9293 section 3.1): header, options, and how much payload there is.

use super::ip::Packet;
use super::{Endpoint, Key, Segment, Stop, field, flag};
use crate::capture::Frame;
use crate::ledger::Layer;

/// ```text
///  0         2              4     8     12             13      14       16         18       20
///  | source 2 | destination 2 | seq 4 | ack 4 | offset, .. 1 | flags 1 | window 2 | sum 2 | urgent 2 | options
/// ```
#[inline]
pub fn read(frame: &Frame<'_>, packet: &Packet) -> Result<Segment, Stop> {
    let at = packet.at;
    let Some(header) = field::<20>(frame.bytes, at) else {
        return Err(Stop::new(Layer::Transport, "cut_header", frame.bytes.len()));
    };
    let header_len = usize::from(header[12] >> 4) * 4;
    if header_len < 20 || header_len > packet.wire_len {
        return Err(Stop::new(Layer::Transport, "bad_data_offset", at + 12));
    }
    let source = Endpoint { address: packet.source, port: u16::from_be_bytes([header[0], header[1]]) };
    let destination = Endpoint { address: packet.destination, port: u16::from_be_bytes([header[2], header[3]]) };
    let (key, from_low) = Key::of(source, destination);
    let flags = header[13];
    let payload_at = at + header_len;
    let wire_len = packet.wire_len - header_len;
    // Ethernet pads short frames: what lies behind the IP packet is not payload.
    let payload_len = frame.bytes.len().saturating_sub(payload_at).min(wire_len);
    // The length field gave nothing: what the snap length cut from the frame is all that tells.
    let cut = if packet.zero_length { (frame.wire_len as usize).saturating_sub(frame.bytes.len()) } else { 0 };
    let options = frame.bytes.get(at + 20..payload_at).unwrap_or_default();
    let mss = if flags & flag::SYN != 0 { mss(options) } else { None };
    Ok(Segment {
        key,
        from_low,
        zero_length: packet.zero_length,
        numbered: packet.id != 0,
        flags,
        ip_version: packet.version,
        mss,
        path: 0,
        fragments: 0,
        time: frame.time,
        frame: frame.number,
        seq: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
        ack: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
        payload_at: payload_at.min(frame.bytes.len()) as u32,
        payload_len: payload_len as u32,
        wire_len: (wire_len + cut) as u32,
        digest: digest(packet.id, &header, options, wire_len),
    })
}

/// A digest of what a copy of the packet has in common with it and another packet has not: the IP identification, the TCP header from
/// the sequence number to the urgent pointer, the first twelve bytes of options (which hold the timestamps, RFC 7323 appendix A),
/// the length. The checksum among it stands for the other options and the payload. Never 0.
#[inline]
fn digest(id: u16, header: &[u8; 20], options: &[u8], len: usize) -> u32 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |sum: u64, word: u64| (sum.rotate_left(29) ^ word).wrapping_mul(ODD);
    let [seq_ack, rest] = [4, 12].map(|at| field(header, at).map_or(0, u64::from_ne_bytes));
    let stamps = field(options, 0).map_or(0, u64::from_ne_bytes);
    let echo = field(options, 8).map_or(0, u32::from_ne_bytes);
    let sum = mix(mix(mix(u64::from(id) << 32 | len as u64, seq_ack), rest), stamps);
    ((mix(sum, u64::from(echo)) >> 32) as u32).max(1)
}

/// The maximum segment size option: kind 2, length 4 (RFC 9293 section 3.2).
fn mss(mut options: &[u8]) -> Option<u16> {
    loop {
        match options {
            [2, 4, high, low, ..] => return Some(u16::from_be_bytes([*high, *low])),
            [1, rest @ ..] => options = rest,
            [0, ..] | [] | [_] => return None,
            [_, length, ..] => options = options.get(usize::from(*length).max(2)..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::LinkType;
    use crate::packet::{Found, dissect};
    use crate::time::Timestamp;

    /// Raw IPv4 with `ip_options` bytes of options, TCP with `options`, and `payload`, padded by `padding`.
    fn v4(ip_options: usize, options: &[u8], payload: &[u8], padding: usize) -> Vec<u8> {
        let tcp_len = 20 + options.len() + payload.len();
        let total = (20 + ip_options + tcp_len) as u16;
        let mut ip = vec![0x45 + (ip_options / 4) as u8, 0, (total >> 8) as u8, total as u8, 0, 0, 0x40, 0, 64, 6, 0, 0];
        ip.extend([10, 0, 0, 1, 10, 0, 0, 2]);
        ip.resize(20 + ip_options, 1);
        [&ip[..], &tcp(options, payload), &vec![0; padding]].concat()
    }

    fn tcp(options: &[u8], payload: &[u8]) -> Vec<u8> {
        let mut tcp = vec![0x9c, 0x40, 1, 187, 0, 0, 0, 1, 0, 0, 0, 2, ((5 + options.len() / 4) << 4) as u8, 0x02, 1, 1, 0, 0, 0, 0];
        tcp.extend(options);
        tcp.extend(payload);
        tcp
    }

    fn read_raw(bytes: &[u8], wire_len: usize) -> Result<Segment, Stop> {
        let mut found = None;
        dissect(&Frame { number: 7, time: Timestamp(3), link: LinkType(101), wire_len: wire_len as u32, offset: 0, bytes }, &mut |what| {
            found = Some(what);
        });
        match found.unwrap() {
            Found::Segment(segment, _) => Ok(segment),
            Found::Datagram(datagram, _) => Err(Stop::new(Layer::Transport, "udp", datagram.payload_at as usize)),
            Found::Fragment(fragment) => Err(Stop::new(Layer::Ip, "fragment", fragment.at as usize)),
            Found::Stop(stop) => Err(stop),
        }
    }

    #[test]
    fn options_padding_and_cuts() {
        let bytes = v4(8, &[1, 1, 4, 2, 2, 4, 5, 0xb4], b"hello", 6);
        let segment = read_raw(&bytes, bytes.len()).unwrap();
        assert_eq!((segment.mss, segment.payload_at, segment.payload_len, segment.wire_len), (Some(1460), 56, 5, 5));
        assert_eq!((segment.frame, segment.seq, segment.ack, segment.key.low.port), (7, 1, 2, 40000));
        assert!(segment.from_low && !segment.zero_length);
        let cut = read_raw(&bytes[..58], bytes.len()).unwrap();
        assert_eq!((cut.payload_len, cut.wire_len), (2, 5));
        let cut_in_options = read_raw(&bytes[..52], bytes.len()).unwrap();
        assert_eq!((cut_in_options.mss, cut_in_options.payload_len, cut_in_options.wire_len), (None, 0, 5));
    }

    #[test]
    fn a_total_length_of_zero_goes_to_the_end_of_the_frame() {
        let mut bytes = v4(0, &[], &[7; 3000], 0);
        (bytes[2], bytes[3]) = (0, 0);
        let segment = read_raw(&bytes, bytes.len()).unwrap();
        assert_eq!((segment.payload_len, segment.wire_len, segment.zero_length), (3000, 3000, true));
        let cut = read_raw(&bytes[..140], bytes.len()).unwrap();
        assert_eq!((cut.payload_len, cut.wire_len), (100, 3000));
    }

    #[test]
    fn extension_headers_lead_to_tcp() {
        let mut bytes = vec![0x60, 0, 0, 0, 0, 0, 0, 64];
        bytes.extend([1; 16]);
        bytes.extend([2; 16]);
        bytes.extend([60, 0, 1, 4, 0, 0, 0, 0]); // hop-by-hop, then destination options
        bytes.extend([44, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // then an atomic fragment
        bytes.extend([6, 0, 0, 0, 0, 0, 0, 9]);
        bytes.extend(tcp(&[], b"abc"));
        let payload = (bytes.len() - 40) as u16;
        (bytes[4], bytes[5]) = ((payload >> 8) as u8, payload as u8);
        let segment = read_raw(&bytes, bytes.len()).unwrap();
        assert_eq!((segment.payload_len, segment.ip_version), (3, 6));
        let fragment_at = 40 + 8 + 16;
        bytes[fragment_at + 3] |= 1; // more fragments
        assert_eq!(read_raw(&bytes, bytes.len()).unwrap_err().reason.word, "fragment");
    }

    #[test]
    fn no_prefix_and_no_flipped_bit_is_a_panic() {
        for whole in [v4(8, &[2, 4, 5, 0xb4], b"hello", 3), [&[0x60, 0, 0, 0, 0, 40, 0, 64][..], &[0; 80]].concat()] {
            for end in 0..=whole.len() {
                let _ = read_raw(&whole[..end], whole.len());
            }
            for bit in 0..whole.len() * 8 {
                let mut bytes = whole.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let _ = read_raw(&bytes, whole.len());
            }
        }
    }

    #[test]
    fn lying_headers_stop_with_a_reason() {
        let check = |change: &dyn Fn(&mut Vec<u8>), word: &str| {
            let mut bytes = v4(0, &[], b"hello", 0);
            change(&mut bytes);
            assert_eq!(read_raw(&bytes, bytes.len()).unwrap_err().reason.word, word);
        };
        check(&|b| b[0] = 0x44, "bad_header_length");
        check(&|b| b[0] = 0x55, "ip_version");
        check(&|b| (b[2], b[3]) = (0, 19), "bad_total_length");
        check(&|b| b[6] = 0x20, "fragment");
        check(&|b| b[9] = 50, "esp");
        check(&|b| b[9] = 200, "protocol");
        check(&|b| b[32] = 0x40, "bad_data_offset");
        check(&|b| b[32] = 0xf0, "bad_data_offset");
        check(&|b| b.truncate(30), "cut_header");
    }
}
