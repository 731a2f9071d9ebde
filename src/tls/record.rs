//! The record layer (RFC 8446 section 5.1, RFC 5246 section 6.2.1) of one direction.
//!
//! ```text
//!  | type 1 | version 2 | length 2 | fragment ... |
//! ```
//! The layer only keeps a header that is being put together and counts a fragment down; bytes are never copied.

/// ContentType (IANA, TLS ContentType).
pub mod content {
    /// change_cipher_spec
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    /// alert
    pub const ALERT: u8 = 21;
    /// handshake
    pub const HANDSHAKE: u8 = 22;
    /// application_data
    pub const APPLICATION_DATA: u8 = 23;
    /// heartbeat (RFC 6520)
    pub const HEARTBEAT: u8 = 24;
}

/// Bytes of a record header.
pub const HEADER: usize = 5;
/// The longest fragment: TLSCiphertext of RFC 5246 section 6.2.3, 2^14 + 2048.
pub const MAX_FRAGMENT: usize = (1 << 14) + 2048;

/// A record header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header {
    /// ContentType.
    pub kind: u8,
    /// The record's version: a legacy value, not what is spoken.
    pub version: u16,
    /// Length of the fragment.
    pub len: u16,
}

impl Header {
    /// Reads a header, where the bytes can be one.
    pub fn read(bytes: [u8; HEADER]) -> Option<Header> {
        let header =
            Header { kind: bytes[0], version: u16::from_be_bytes([bytes[1], bytes[2]]), len: u16::from_be_bytes([bytes[3], bytes[4]]) };
        let known = (content::CHANGE_CIPHER_SPEC..=content::HEARTBEAT).contains(&header.kind);
        let sane = is_version(bytes[1], bytes[2]) && usize::from(header.len) <= MAX_FRAGMENT;
        (known && sane).then_some(header)
    }
}

/// SSL 3.0 to TLS 1.3, and TLCP (GB/T 38636-2020), which counts for itself: 1.1.
const fn is_version(major: u8, minor: u8) -> bool {
    major == 3 && minor <= 4 || major == 1 && minor == 1
}

/// Bytes of a record header of SSL 2.0 without padding.
pub const V2_HEADER: usize = 2;

/// Bytes at the start of a hello in the form of SSL 2.0 that tell it and its length.
pub const V2_HELLO_HEAD: usize = 11;

/// What bytes tell of a ClientHello in the form of SSL 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum V2Hello {
    /// They begin none.
    No,
    /// They may, but are too few to tell.
    Open,
    /// They begin one of so many bytes, its header included.
    Long(usize),
}

/// Whether bytes begin a ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2), as far as they go.
///
/// ```text
///  | 0x80 + length 2 | type 1 | version 2 | suites' length 2 | session id's length 2 | challenge's length 2 | ...
/// ```
pub fn v2_hello(bytes: &[u8]) -> V2Hello {
    let byte = |index: usize, fits: &dyn Fn(u8) -> bool| bytes.get(index).is_none_or(|byte| fits(*byte));
    let version = byte(3, &|major| matches!(major, 0 | 3)) && byte(4, &|minor| if bytes[3] == 3 { minor <= 4 } else { minor == 2 });
    if bytes.is_empty() || bytes[0] & 0x80 == 0 || !byte(2, &|kind| kind == 1) || !version {
        return V2Hello::No;
    }
    let Some(head) = bytes.first_chunk::<V2_HELLO_HEAD>() else { return V2Hello::Open };
    let word = |at: usize| usize::from(u16::from_be_bytes([head[at], head[at + 1]]));
    let (len, suites, session_id, challenge) = (word(0) & 0x7fff, word(5), word(7), word(9));
    let is_whole =
        suites > 0 && suites % 3 == 0 && session_id <= 32 && (16..=32).contains(&challenge) && 9 + suites + session_id + challenge == len;
    if is_whole { V2Hello::Long(V2_HEADER + len) } else { V2Hello::No }
}

/// Whether a segment that starts so can be the start of TLS: see [`could_start`]. The first bytes of a direction may also be a
/// hello in the form of SSL 2.0.
pub fn could_open(bytes: &[u8], first: bool, any: bool) -> bool {
    could_start(bytes, first, any) || first && v2_hello(bytes) != V2Hello::No
}

/// Whether a segment that starts so can be the start of a record, as far as its bytes go. Content that starts like the
/// plain messages of a handshake, and records that end where the segment ends or where another one begins.
///
/// `first` says that they are the first bytes of their direction, where even one byte is worth a try; `any` lets records
/// of all kinds begin here, not only hellos.
pub fn could_start(bytes: &[u8], first: bool, any: bool) -> bool {
    let prefix = |index: usize, fits: &dyn Fn(u8) -> bool| bytes.get(index).is_none_or(|byte| fits(*byte));
    if bytes.len() < HEADER {
        let least = if first { 1 } else { 3 };
        let version = prefix(1, &|major| prefix(2, &|minor| is_version(major, minor)) && matches!(major, 1 | 3));
        let handshake = prefix(0, &|b| b == content::HANDSHAKE) && version;
        return bytes.len() >= least && handshake && prefix(3, &|b| b <= 0x48);
    }
    let Some(header) = Header::read([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]]) else { return false };
    // A record may end before the bytes that are looked at: the rest of the hello is in records behind it.
    let inside = |index: usize, fits: &dyn Fn(u8) -> bool| HEADER + usize::from(header.len) <= index || prefix(index, fits);
    let is_hello = header.kind == content::HANDSHAKE
        && header.len > 0
        && prefix(5, &|kind| kind == 1 || kind == 2)
        && inside(6, &|high| high <= 0x01)
        && inside(9, &|major| matches!(major, 3 | 1 | 0x7f | 0x7e | 0xfb))
        && (header.len > 4 || chained(&bytes[HEADER..], usize::from(header.len)));
    if is_hello || !any {
        return is_hello;
    }
    let rest = &bytes[HEADER..];
    let plausible = match header.kind {
        content::CHANGE_CIPHER_SPEC => header.len == 1 && rest.first().is_none_or(|value| *value == 1),
        content::ALERT => header.len == 2 || (16..=80).contains(&header.len),
        content::HANDSHAKE => header.len >= 4,
        content::APPLICATION_DATA => header.len >= 16,
        _ => false,
    };
    plausible && chained(rest, usize::from(header.len))
}

/// Whether another record header follows a fragment, as far as the bytes go.
fn chained(rest: &[u8], len: usize) -> bool {
    match rest.get(len..) {
        None => true,
        Some(next) => next.len() < HEADER || Header::read([next[0], next[1], next[2], next[3], next[4]]).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        assert_eq!(Header::read([22, 3, 1, 2, 0]), Some(Header { kind: 22, version: 0x0301, len: 512 }));
        assert_eq!(Header::read([22, 1, 1, 2, 0]).map(|h| h.version), Some(0x0101));
        assert!([[22, 1, 0, 2, 0], [22, 1, 3, 2, 0], [22, 3, 5, 2, 0]].iter().all(|bytes| Header::read(*bytes).is_none()));
        assert_eq!(Header::read([25, 3, 1, 2, 0]), None);
        assert_eq!(Header::read([22, 2, 1, 2, 0]), None);
        assert_eq!(Header::read([23, 3, 3, 0x48, 0]).map(|h| h.len), Some(18_432));
        assert_eq!(Header::read([23, 3, 3, 0x48, 1]), None);
    }

    #[test]
    fn hellos_in_the_form_of_ssl2() {
        let hello = [0x80, 9 + 3 + 16, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f];
        for len in 1..11 {
            assert_eq!(v2_hello(&hello[..len]), V2Hello::Open, "{len}");
            assert!(could_open(&hello[..len], true, false) && !could_open(&hello[..len], false, true), "{len}");
        }
        assert_eq!((v2_hello(&hello[..11]), v2_hello(&hello)), (V2Hello::Long(30), V2Hello::Long(30)));
        // A clear first bit, another type, versions, lengths that do not add up.
        for (at, byte) in [(0, 0), (2, 2), (3, 1), (3, 0), (4, 5), (1, 27), (6, 4), (8, 33), (10, 15)] {
            let mut other = hello;
            other[at] = byte;
            assert_eq!(v2_hello(&other), V2Hello::No, "{byte} at {at}");
        }
        assert_eq!(v2_hello(b""), V2Hello::No);
    }

    #[test]
    fn starts() {
        let hello = [22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
        for len in 3..=hello.len() {
            assert!(could_start(&hello[..len], false, false), "{len}");
        }
        assert!(could_start(&[22, 3, 1, 0, 1, 2, 22, 3, 1, 0, 1], false, false));
        assert!(!could_start(&[22, 3, 1, 0, 1, 2, 7, 3, 1, 0, 1], false, false));
        assert!(!could_start(&hello[..2], false, false));
        assert!(could_start(&hello[..1], true, false));
        assert!(
            [&[22][..], &[22, 1], &[22, 1, 1], &[22, 1, 1, 0, 90, 1, 0, 0, 86, 1, 1]].iter().all(|start| could_start(start, true, false))
        );
        assert!([&[22, 2][..], &[22, 1, 0], &[22, 1, 1, 0, 90, 1, 0, 0, 86, 2, 1]].iter().all(|start| !could_start(start, true, false)));
        assert!(!could_start(b"G", true, true));
        assert!(!could_start(b"GET / HTTP/1.1\r\n", true, true));
        assert!(!could_start(&[23, 3, 3, 0, 20, 0], true, false));
        assert!(could_start(&[23, 3, 3, 0, 20, 0], false, true));
        assert!(!could_start(&[&[23, 3, 3, 0, 16][..], &[0; 16], b"HTTP/1.1"].concat(), false, true));
        assert!(could_start(&[&[23, 3, 3, 0, 16][..], &[0; 16], &[21, 3, 3, 0, 26, 1]].concat(), false, true));
    }
}
