//! CompressedCertificate (RFC 8879 section 4): a Certificate message of TLS 1.3, compressed.
//!
//! ```text
//!  | algorithm 2 | length when whole 3 | length 3 | compressed ... |
//!                                        └ context 1.. | list length 3 | length 3 | DER ... | extensions 2.. | ...
//!                                                      (RFC 8446 section 4.4.2)
//! ```
//! TLS 1.3 encrypts it: in plain it is seen only where something is not as it should be. zlib and zstd are taken off, within the
//! length that the message states; brotli is not.

use super::{Chain, MAX_CHAIN, recent, vector};
use std::io::Read;

/// Bytes of a Certificate message that are made of a compressed one, at most: as many as of a plain one are read.
const MAX_BYTES: usize = 1 << 20;
/// The largest window of zstd, as a power of two: what [`MAX_BYTES`] may need.
const WINDOW: u32 = 20;

/// Reads the body of a CompressedCertificate; none where it cannot be taken apart, or is not of the length that it states.
pub fn read(body: &[u8]) -> Option<Chain> {
    let ([high, low, l0, l1, l2], rest) = body.split_first_chunk()?;
    let len = u32::from_be_bytes([0, *l0, *l1, *l2]) as usize;
    let (compressed, _) = vector(rest).filter(|(_, behind)| behind.is_empty() && len <= MAX_BYTES)?;
    let whole = match u16::from_be_bytes([*high, *low]) {
        1 => bytes(flate2::read::ZlibDecoder::new(compressed), len),
        3 => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed).ok()?;
            decoder.window_log_max(WINDOW).ok()?;
            bytes(decoder, len)
        }
        _ => None,
    }?;
    read_tls13(&whole)
}

/// All of a stream, if it has this length.
fn bytes(decoder: impl Read, len: usize) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    decoder.take(len as u64 + 1).read_to_end(&mut whole).ok()?;
    (whole.len() == len).then_some(whole)
}

/// The list of a Certificate message of TLS 1.3, behind its context.
fn read_tls13(body: &[u8]) -> Option<Chain> {
    let (context, rest) = body.split_first()?;
    let (mut list, rest) = vector(rest.get(usize::from(*context)..)?)?;
    let mut chain = Chain { malformed: !rest.is_empty(), ..Chain::default() };
    while !list.is_empty() {
        let entry = vector(list).and_then(|(der, rest)| {
            let ([high, low], rest) = rest.split_first_chunk()?;
            Some((der, rest.get(usize::from(u16::from_be_bytes([*high, *low]))..)?))
        });
        let Some((der, rest)) = entry.filter(|_| chain.certificates.len() < MAX_CHAIN) else {
            chain.malformed = true;
            break;
        };
        chain.certificates.push(recent::certificate(der));
        list = rest;
    }
    Some(chain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use std::io::Write;

    fn long(len: usize) -> [u8; 3] {
        let [_, bytes @ ..] = (len as u32).to_be_bytes();
        bytes
    }

    /// A Certificate message of TLS 1.3 with a context of one byte and two certificates of 40 and 50 bytes.
    fn whole() -> Vec<u8> {
        let list = [&long(40)[..], &[1; 40], &[0, 0], &long(50), &[2; 50], &[0, 3, 9, 9, 9]].concat();
        [&[1, 7][..], &long(list.len()), &list].concat()
    }

    fn message(algorithm: u8, len: usize, compressed: &[u8]) -> Vec<u8> {
        [&[0, algorithm][..], &long(len), &long(compressed.len()), compressed].concat()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn zlib_and_zstd_are_taken_off() {
        let whole = whole();
        for (algorithm, compressed) in [(1, zlib(&whole)), (3, zstd::encode_all(&whole[..], 3).unwrap())] {
            let chain = read(&message(algorithm, whole.len(), &compressed)).unwrap();
            assert_eq!(chain.certificates.iter().map(|one| one.der_bytes).collect::<Vec<_>>(), [40, 50]);
            assert!(!chain.malformed);
            // Of another length than stated, and cut.
            assert!(read(&message(algorithm, whole.len() - 1, &compressed)).is_none());
            assert!(read(&message(algorithm, whole.len() + 1, &compressed)).is_none());
            for end in 0..compressed.len() {
                assert!(
                    read(&message(algorithm, whole.len(), &compressed[..end])).is_none_or(|chain| chain.certificates.len() == 2),
                    "{end}"
                );
            }
        }
        assert!(read(&message(2, whole.len(), &whole)).is_none(), "brotli");
    }

    #[test]
    fn no_more_is_made_than_is_stated() {
        let bomb = zlib(&vec![0; 4 << 20]);
        assert!(read(&message(1, 4 << 20, &bomb)).is_none() && read(&message(1, 100, &bomb)).is_none());
        let bomb = zstd::encode_all(&vec![0; 4 << 20][..], 19).unwrap();
        assert!(read(&message(3, 4 << 20, &bomb)).is_none() && read(&message(3, 100, &bomb)).is_none());
    }
}
