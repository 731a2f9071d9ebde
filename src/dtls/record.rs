//! DTLS records in a datagram, and what a datagram may wrap them in.
//!
//! ```text
//!  to 1.2, plain 1.3   | type 1 | version 2 | epoch 2 | sequence 6 | length 2 | fragment        RFC 6347 section 4.1
//!  connection id       | 25     | version 2 | epoch 2 | sequence 6 | id 0..255 | length 2 |     RFC 9146 section 4
//!  1.3, protected      | 001CSLEE | [id] | sequence 1 or 2 | [length 2] | fragment              RFC 9147 section 4
//!  CAPWAP              | 0x01 | 0 3 | datagram                                                RFC 5415 section 4.2
//!  TURN channel data   | channel 2, 0x4000 to 0x7fff | length 2 | datagram                      RFC 8656 section 12.4
//!  TURN indication     | 0x0016 or 0x0017 | length 2 | 0x2112a442 | id 12 | attributes: type 2, length 2, value, padding
//! ```

/// Bytes of a record header up to DTLS 1.2.
const HEADER: usize = 13;
/// The longest fragment: 2^14 and what protection may add (RFC 6347 section 4.1).
const MAX_FRAGMENT: usize = (1 << 14) + 2048;
/// The attribute DATA of TURN.
const DATA: u16 = 0x0013;

/// Content types (IANA, TLS ContentType).
pub mod content {
    #![allow(missing_docs)]
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    pub const ALERT: u8 = 21;
    pub const HANDSHAKE: u8 = 22;
    pub const APPLICATION_DATA: u8 = 23;
    pub const CID: u8 = 25;
    pub const ACK: u8 = 26;
}

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'b> {
    /// Content type; none where it is protected with the rest.
    pub kind: Option<u8>,
    /// The epoch; of a unified header its lowest two bits.
    pub epoch: u16,
    /// Whether it has the unified header of DTLS 1.3.
    pub is_unified: bool,
    /// What follows the header, as far as it was captured.
    pub fragment: &'b [u8],
    /// Bytes of it that the snap length cut.
    pub cut: usize,
    /// Where the header begins in the payload.
    pub at: usize,
    /// Where the fragment begins in the payload.
    pub fragment_at: usize,
}

impl Record<'_> {
    /// One past its last byte in the payload.
    pub fn end(&self) -> usize {
        self.fragment_at + self.len()
    }

    /// Bytes of the fragment on the wire.
    pub fn len(&self) -> usize {
        self.fragment.len() + self.cut
    }
}

/// Reads the record at `at` of a payload of `wire_len` bytes, in a direction whose connection ids have `id_len` bytes, if that
/// is known. None where none begins there, or the datagram ends within it.
///
/// Where an id is there whose length is not known, the rest of the datagram is one record.
pub fn read(bytes: &[u8], at: usize, wire_len: usize, id_len: Option<usize>) -> Option<Record<'_>> {
    let rest = bytes.get(at..)?;
    let first = *rest.first()?;
    let wire_len = wire_len.saturating_sub(at).max(rest.len());
    if first & 0xe0 == 0x20 {
        return read_unified(rest, at, wire_len, id_len);
    }
    let header: &[u8; HEADER] = rest.get(..HEADER)?.try_into().ok()?;
    if !(content::CHANGE_CIPHER_SPEC..=content::ACK).contains(&first) || !is_version([header[1], header[2]]) {
        return None;
    }
    let epoch = u16::from_be_bytes([header[3], header[4]]);
    let record = |kind, start, (fragment, cut)| Record { kind, epoch, is_unified: false, fragment, cut, at, fragment_at: at + start };
    if first == content::CID {
        let Some(id_len) = id_len else { return Some(record(None, HEADER - 2, open_ended(rest, HEADER - 2, wire_len)?)) };
        let start = HEADER + id_len;
        let [high, low] = *rest.get(start - 2..)?.first_chunk()?;
        return Some(record(None, start, sized(rest, start, wire_len, u16::from_be_bytes([high, low]))?));
    }
    let fragment = sized(rest, HEADER, wire_len, u16::from_be_bytes([header[11], header[12]]))?;
    Some(record(Some(first), HEADER, fragment))
}

/// The fragment that begins at `start`, as far as it was captured, and how much of it was cut; none where the datagram ends
/// within it.
fn sized(rest: &[u8], start: usize, wire_len: usize, len: u16) -> Option<(&[u8], usize)> {
    let len = usize::from(len);
    let captured = rest.get(start..rest.len().min(start + len))?;
    (len <= MAX_FRAGMENT && start + len <= wire_len).then_some((captured, len - captured.len()))
}

/// The same of one that goes on to the datagram's end.
fn open_ended(rest: &[u8], start: usize, wire_len: usize) -> Option<(&[u8], usize)> {
    Some((rest.get(start..)?, wire_len - rest.len()))
}

fn read_unified(rest: &[u8], at: usize, wire_len: usize, id_len: Option<usize>) -> Option<Record<'_>> {
    let first = rest[0];
    let (has_id, has_len) = (first & 0x10 != 0, first & 0x04 != 0);
    let sequence = if first & 0x08 != 0 { 2 } else { 1 };
    let start = 1 + sequence + if has_id { id_len.unwrap_or(0) } else { 0 };
    let (start, (fragment, cut)) = if has_len && (!has_id || id_len.is_some()) {
        let [high, low] = *rest.get(start..)?.first_chunk()?;
        (start + 2, sized(rest, start + 2, wire_len, u16::from_be_bytes([high, low]))?)
    } else {
        (start, open_ended(rest, start, wire_len)?)
    };
    // Protection adds 16 bytes or more, and the number is masked with a sample of 16.
    let record = Record { kind: None, epoch: u16::from(first & 3), is_unified: true, fragment, cut, at, fragment_at: at + start };
    (record.len() >= 16).then_some(record)
}

/// DTLS 1.0 and 1.2 (1.3 writes 1.2), and what OpenSSL wrote before there was a standard.
fn is_version(version: [u8; 2]) -> bool {
    matches!(version, [0xfe, 0xff | 0xfd] | [1, 0])
}

/// Where DTLS begins in a payload: at once, or in what TURN wraps it in.
pub fn start(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [20..=63, ..] => Some(0),
        // CAPWAP's DTLS header: version 0, type 1, reserved (RFC 5415 section 4.2).
        [1, 0, 0, 0, 20..=63, ..] => Some(4),
        [0x40..=0x7f, _, high, low, inner, ..] => {
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            (bytes.len() >= 4 + len && matches!(inner, 20..=63)).then_some(4)
        }
        [0, 0x16 | 0x17, _, _, 0x21, 0x12, 0xa4, 0x42, ..] => indicated(bytes),
        _ => None,
    }
}

/// The DATA of a Send or Data indication.
fn indicated(bytes: &[u8]) -> Option<usize> {
    let mut at = 20;
    while let Some([k1, k2, l1, l2]) = bytes.get(at..at + 4) {
        let len = usize::from(u16::from_be_bytes([*l1, *l2]));
        if u16::from_be_bytes([*k1, *k2]) == DATA {
            return bytes.get(at + 4).filter(|first| matches!(first, 20..=63)).map(|_| at + 4);
        }
        at += 4 + len.next_multiple_of(4);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(kind: u8, epoch: u8, fragment: &[u8]) -> Vec<u8> {
        [&[kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 1, 0, fragment.len() as u8], fragment].concat()
    }

    #[test]
    fn records_follow_one_another() {
        let bytes = [plain(22, 0, &[1, 2, 3]), plain(20, 0, &[1]), [&[0x2e, 0, 1, 0, 16][..], &[7; 16]].concat()].concat();
        let first = read(&bytes, 0, bytes.len(), None).unwrap();
        assert_eq!((first.kind, first.epoch, first.fragment, first.end()), (Some(22), 0, &[1, 2, 3][..], 16));
        let second = read(&bytes, first.end(), bytes.len(), None).unwrap();
        assert_eq!((second.kind, second.fragment), (Some(20), &[1][..]));
        let third = read(&bytes, second.end(), bytes.len(), None).unwrap();
        assert_eq!((third.kind, third.epoch, third.fragment, third.end()), (None, 2, &[7; 16][..], bytes.len()));
        assert_eq!(read(&bytes, bytes.len(), bytes.len(), None), None);
        for end in 0..bytes.len() {
            let mut at = 0;
            while let Some(record) = read(&bytes[..end], at, end, None) {
                assert!(record.end() > at && record.end() <= end);
                at = record.end();
            }
        }
    }

    #[test]
    fn records_may_be_cut_by_the_snap_length() {
        let check = |bytes: &[u8], header: usize| {
            for end in 0..bytes.len() {
                let record = read(&bytes[..end], 0, bytes.len(), None);
                let lens = record.map(|record| (record.fragment.len(), record.cut, record.end()));
                let expected = (end >= header).then(|| (end - header, bytes.len() - end, bytes.len()));
                assert_eq!(lens, expected, "{end} of {bytes:?}");
                // Nothing is cut where the datagram is as short as that.
                assert!(read(&bytes[..end], 0, end, None).is_none_or(|record| record.cut == 0), "{end} of {bytes:?}");
            }
        };
        check(&plain(22, 0, &[1; 30]), HEADER);
        check(&[&[0x2e, 0, 1, 0, 16][..], &[7; 16]].concat(), 5);
        check(&[&[0x2a, 0, 1][..], &[7; 20]].concat(), 3);
    }

    #[test]
    fn what_is_no_record() {
        let check = |bytes: &[u8]| assert_eq!(read(bytes, 0, bytes.len(), None), None, "{bytes:?}");
        check(&[]);
        check(&plain(19, 0, &[1]));
        check(&[22, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check(&plain(22, 0, &[1, 2])[..14]);
        check(&[0x2c, 0, 1, 0, 16, 1]);
        check(&[0x80; 40]);
    }

    /// Two records in a datagram are told apart by the length of the id that the receiver chose.
    #[test]
    fn connection_ids() {
        let old = |fragment: &[u8]| [&[25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1][..], b"id", &[0, fragment.len() as u8], fragment].concat();
        let new = [&[0x3f][..], b"id", &[0, 1, 0, 17], &[7; 17]].concat();
        let check = |bytes: &[u8], id_len: Option<usize>, lens: &[usize]| {
            let (mut at, mut found) = (0, Vec::new());
            while let Some(record) = read(bytes, at, bytes.len(), id_len) {
                assert_eq!((record.kind, record.at), (None, at));
                found.push(record.fragment.len());
                at = record.end();
            }
            assert_eq!((found, at), (lens.to_vec(), bytes.len()));
        };
        check(&[old(&[1; 20]), old(&[2; 30])].concat(), Some(2), &[20, 30]);
        check(&[old(&[1; 20]), new.clone(), new.clone()].concat(), Some(2), &[20, 17, 17]);
        check(&[old(&[1; 20]), old(&[2; 30])].concat(), None, &[20 + 30 + 4 + 15]);
        check(&[new.clone(), new.clone()].concat(), None, &[2 * new.len() - 3]);
        assert_eq!(read(&new, 0, new.len(), Some(200)), None);
        assert_eq!(read(&old(&[1; 20]), 0, 35, Some(200)), None);
    }

    #[test]
    fn turn_is_unwrapped() {
        let record = plain(22, 0, &[1]);
        assert_eq!(start(&record), Some(0));
        let channel = [&[0x40, 1, 0, record.len() as u8][..], &record].concat();
        assert_eq!(start(&channel), Some(4));
        assert_eq!(start(&channel[..9]), None);
        assert_eq!(start(&[&[1, 0, 0, 0][..], &record].concat()), Some(4));
        let head = [0, 0x17, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let indication = [&head[..], &[0, 0x12, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0], &[0, 0x13, 0, record.len() as u8], &record].concat();
        assert_eq!(start(&indication), Some(36));
        for end in 0..36 {
            assert_eq!(start(&indication[..end]), None);
        }
        assert_eq!(start(&[0x80, 0x60, 1, 2]), None);
    }
}
