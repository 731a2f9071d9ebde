//! The transport parameters that a client of QUIC offers in its ClientHello (RFC 9000 section 18).
//!
//! ```text
//!  from draft 27 on   ( id 1..8 | length 1..8 | value )*        integers of variable length, RFC 9000 section 16
//!  before             | length 2 | ( id 2 | length 2 | value )* |    integers in values as today
//! ```

/// Parameters whose ids are kept: clients send about a dozen.
const MAX_IDS: usize = 128;

/// The parameters of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransportParameters {
    /// Identifiers in order, those that are reserved to be ignored included.
    pub ids: Vec<u64>,
    /// max_idle_timeout in milliseconds.
    pub max_idle_timeout: Option<u64>,
    /// max_udp_payload_size in bytes.
    pub max_udp_payload: Option<u64>,
    /// initial_max_data in bytes.
    pub initial_max_data: Option<u64>,
}

/// Reads the extension's data; none where its lengths lie.
///
/// The older form comes first: where its length fits, the newer one would begin with parameter 0, which only servers send.
pub fn read(data: &[u8]) -> Option<TransportParameters> {
    let older = word(data).filter(|(len, rest)| *len == rest.len() as u64).and_then(|(_, rest)| read_with(rest, word));
    older.or_else(|| read_with(data, varint))
}

/// Reads an integer; gives it and what follows it.
type Integer = fn(&[u8]) -> Option<(u64, &[u8])>;

fn read_with(mut rest: &[u8], integer: Integer) -> Option<TransportParameters> {
    let mut read = TransportParameters::default();
    while !rest.is_empty() {
        let (id, after) = integer(rest)?;
        let (len, after) = integer(after)?;
        let (value, after) = after.split_at_checked(usize::try_from(len).ok()?)?;
        rest = after;
        if read.ids.len() < MAX_IDS {
            read.ids.push(id);
        }
        let number = || varint(value).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number);
        match id {
            1 => read.max_idle_timeout = number(),
            3 => read.max_udp_payload = number(),
            4 => read.initial_max_data = number(),
            _ => {}
        }
    }
    Some(read)
}

/// An integer of variable length: the two highest bits say how long.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let first = *bytes.first()?;
    let (number, rest) = bytes.split_at_checked(1 << (first >> 6))?;
    Some((number[1..].iter().fold(u64::from(first & 0x3f), |value, byte| value << 8 | u64::from(*byte)), rest))
}

fn word(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let ([high, low], rest) = bytes.split_first_chunk()?;
    Some((u64::from(u16::from_be_bytes([*high, *low])), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_both_forms() {
        let check = |data: &[u8], ids: &[u64], numbers: [Option<u64>; 3]| {
            let read = read(data).unwrap();
            assert_eq!(read.ids, ids);
            assert_eq!([read.max_idle_timeout, read.max_udp_payload, read.initial_max_data], numbers);
        };
        let of_today = [1, 4, 0x80, 0, 0x75, 0x30, 3, 2, 0x45, 0xac, 4, 1, 63, 0x40, 0x20, 1, 0, 0x6a, 0xb2, 0];
        check(&of_today, &[1, 3, 4, 32, 0x2ab2], [Some(30_000), Some(1_452), Some(63)]);
        check(&[0, 12, 0, 1, 0, 4, 0x80, 0, 0x75, 0x30, 0, 12, 0, 0], &[1, 12], [Some(30_000), None, None]);
        check(&[], &[], [None; 3]);
        // The longest identifier, a number that does not fill its value, and more parameters than are kept.
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0], &[(1 << 62) - 1], [None; 3]);
        check(&[1, 2, 5, 5], &[1], [None; 3]);
        check(&[5, 0].repeat(200), &[5; MAX_IDS], [None; 3]);
    }

    #[test]
    fn no_prefix_is_a_panic() {
        let data = [1, 4, 0x80, 0, 0x75, 0x30, 0x40, 0x20, 1, 0];
        for end in 0..data.len() {
            assert_eq!(read(&data[..end]).is_some(), end == 0 || end == 6, "{end}");
        }
        assert_eq!(read(&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), None);
    }
}
