//! Where a preamble ends, in the middle of a segment too: the protocol before TLS is followed unit by unit.
//!
//! ```text
//!  segment   | CONNECT h:443 HTTP/1.1 \r\n | \r\n | 16 03 01 ...
//!                                          unit   unit└ TLS is looked for here, and at the start of any segment
//! ```
//!
//! A unit is what a protocol's own lengths say: a line of text, a request of SOCKS, a packet of MySQL. Nothing is looked
//! for inside a unit, so that what a mail or a page quotes is never taken for TLS.

use crate::flow::Side;

/// Bytes of both sides that are followed, at most: after that TLS is found at the start of a segment only.
const MAX_PREAMBLE: usize = 16 << 10;
/// The longest line or header that is put together over segments.
const MAX_UNIT: usize = 2 << 10;

/// Bytes of a PROXY protocol header of version 1, at most (PROXY protocol specification, section 2.1).
const PROXY_V1: usize = 107;
/// The signature of a PROXY protocol header of version 2 (section 2.2).
pub(super) const PROXY_V2: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The request codes of PostgreSQL that stand in place of a version: SSLRequest and GSSENCRequest.
pub(super) const POSTGRES_SSL: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
pub(super) const POSTGRES_GSS: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];
/// The protocol header of AMQP 1.0 that asks for TLS (part 5, section 5.2.1): id 2.
pub(super) const AMQP_TLS: [u8; 5] = *b"AMQP\x02";

/// What begins a flow that may come to TLS as text: requests and greetings.
const WORDS: [&[u8]; 19] = [
    b"CONNECT ",
    b"EHLO",
    b"HELO",
    b"LHLO",
    b"AUTH ",
    b"STARTTLS",
    b"STLS",
    b"CAP LS",
    b"NICK ",
    b"PASS ",
    b"<?xml",
    b"<stream",
    b"220",
    b"200 ",
    b"201 ",
    b"* ",
    b"+OK",
    b"\"IMPLEMENT",
    b"HTTP/1.",
];

/// Shapes of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Text,
    /// A PROXY header, then whatever the client speaks.
    Proxy,
    Socks4,
    Socks5,
    /// TPKT packets (RFC 1006 section 6).
    Rdp,
    /// LDAPMessages (RFC 4511 section 4.1.1).
    Ldap,
    Mysql,
    Postgres,
    Amqp,
}

/// How far the unit that begins some bytes goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Long(usize),
    /// They do not tell yet.
    Open,
    /// They are no unit of the protocol.
    Foreign,
}

/// The preamble of a flow.
#[derive(Debug)]
pub struct Preamble {
    protocol: Protocol,
    /// Who spoke first.
    opener: Side,
    sides: [Progress; 2],
    taken: usize,
}

/// Where a side stands.
#[derive(Debug, Default)]
struct Progress {
    /// A unit's beginning, until its length is known.
    head: Vec<u8>,
    /// Bytes of the current unit that are still to come.
    left: usize,
    /// Whether a unit has ended.
    spoke: bool,
    /// Whether bytes are missing, so that nobody knows where units begin.
    lost: bool,
    /// Whether TLS has begun.
    over: bool,
}

impl Preamble {
    /// The preamble that a flow begins with, where its first bytes tell one.
    pub fn open(opener: Side, bytes: &[u8]) -> Option<Preamble> {
        Some(Preamble { protocol: Protocol::of(bytes)?, opener, sides: Default::default(), taken: 0 })
    }

    /// Whether a flow's first bytes are of a protocol that is followed.
    pub fn is_opened_by(bytes: &[u8]) -> bool {
        Protocol::of(bytes).is_some()
    }

    /// Learns that a side has come to TLS.
    pub fn end(&mut self, side: Side) {
        self.sides[side.index()].over = true;
    }

    /// Whether a side has come to TLS.
    pub fn is_over(&self, side: Side) -> bool {
        self.sides[side.index()].over
    }

    /// Whether the next byte of a side begins a unit, or TLS.
    pub fn is_between(&self, side: Side) -> bool {
        let progress = &self.sides[side.index()];
        !progress.lost && progress.left == 0 && progress.head.is_empty()
    }

    /// Takes bytes up to the end of a unit, and gives how many; none where they are not of the protocol, or too many.
    pub fn take(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let used = self.pass(side, bytes).filter(|used| *used > 0)?;
        self.taken += used;
        (self.taken <= MAX_PREAMBLE).then_some(used)
    }

    /// Learns that bytes of a side are missing.
    pub fn lose(&mut self, side: Side, len: u64) {
        let progress = &mut self.sides[side.index()];
        if len <= progress.left as u64 {
            progress.left -= len as usize;
        } else {
            *progress = Progress { lost: true, ..Progress::default() };
        }
    }

    fn pass(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let from_opener = side == self.opener;
        let progress = &mut self.sides[side.index()];
        if progress.lost {
            return Some(bytes.len());
        }
        if progress.left == 0 {
            let had = progress.head.len();
            let fresh = &bytes[..bytes.len().min(MAX_UNIT - had)];
            let unit = if had == 0 {
                self.protocol.unit(fresh, from_opener, !progress.spoke)
            } else {
                progress.head.extend(fresh);
                self.protocol.unit(&progress.head, from_opener, !progress.spoke)
            };
            match unit {
                Unit::Long(len) => progress.left = len.checked_sub(had)?,
                Unit::Open if had + fresh.len() < MAX_UNIT => {
                    if had == 0 {
                        progress.head = fresh.to_vec();
                    }
                    return Some(fresh.len());
                }
                Unit::Open | Unit::Foreign => return None,
            }
            progress.head = Vec::new();
        }
        let used = progress.left.min(bytes.len());
        progress.left -= used;
        if progress.left == 0 {
            progress.spoke = true;
            if self.protocol == Protocol::Proxy && from_opener {
                self.protocol = Protocol::Text;
            }
        }
        Some(used)
    }
}

impl Protocol {
    fn of(bytes: &[u8]) -> Option<Protocol> {
        match bytes {
            [b'P', b'R', b'O', b'X', b'Y', b' ', ..] => Some(Protocol::Proxy),
            _ if bytes.starts_with(&PROXY_V2) => Some(Protocol::Proxy),
            _ if bytes.starts_with(&POSTGRES_SSL) || bytes.starts_with(&POSTGRES_GSS) => Some(Protocol::Postgres),
            _ if bytes.starts_with(&AMQP_TLS) => Some(Protocol::Amqp),
            [4, 1, _, _, _, _, _, _, ..] => Some(Protocol::Socks4),
            // All methods that are registered or private: no more than a handful are offered.
            [5, 1..=16, ..] => Some(Protocol::Socks5),
            [3, 0, _, _, _, 0xe0 | 0xd0, ..] => Some(Protocol::Rdp),
            // An ExtendedRequest, which is what StartTLS is.
            [0x30, _, 2, 1, _, 0x77, ..] => Some(Protocol::Ldap),
            // A server's handshake of version 10, or an SSLRequest: CLIENT_SSL is bit 11 of the capabilities.
            [_, _, 0, 0, 10, b'0'..=b'9', ..] => Some(Protocol::Mysql),
            [32, 0, 0, 1, _, capabilities, ..] if capabilities & 8 != 0 => Some(Protocol::Mysql),
            // The server name of IRC.
            [b':', b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', ..] => Some(Protocol::Text),
            _ => WORDS.iter().any(|word| begins(bytes, word)).then_some(Protocol::Text),
        }
    }

    /// How far the unit goes that `bytes` begin with; `first` says that it is the first of its side.
    fn unit(self, bytes: &[u8], from_opener: bool, first: bool) -> Unit {
        match self {
            Protocol::Text => line(bytes),
            Protocol::Proxy if from_opener => proxy_header(bytes),
            Protocol::Proxy => line(bytes),
            Protocol::Socks4 if from_opener => socks4_request(bytes),
            Protocol::Socks4 => Unit::Long(8),
            Protocol::Socks5 => socks5(bytes, from_opener, first),
            Protocol::Rdp => match bytes {
                [3, 0, high, low, ..] => Unit::Long(usize::from(u16::from_be_bytes([*high, *low])).max(4)),
                [3] | [3, 0] | [3, 0, _] => Unit::Open,
                _ => Unit::Foreign,
            },
            Protocol::Ldap => ber(bytes),
            Protocol::Mysql => match bytes {
                [low, middle, high, _, ..] => Unit::Long(4 + u32::from_le_bytes([*low, *middle, *high, 0]) as usize),
                _ => Unit::Open,
            },
            Protocol::Postgres if from_opener => match bytes.first_chunk() {
                Some(&(POSTGRES_SSL | POSTGRES_GSS)) => Unit::Long(8),
                Some(_) => Unit::Foreign,
                None => Unit::Open,
            },
            Protocol::Postgres => match bytes {
                // Yes or no to either request. An error is text of an old server, and no TLS comes.
                [b'S' | b'N', ..] => Unit::Long(1),
                _ => Unit::Foreign,
            },
            Protocol::Amqp if bytes.len() < AMQP_TLS.len() => Unit::Open,
            Protocol::Amqp if bytes.starts_with(&AMQP_TLS) => Unit::Long(8),
            Protocol::Amqp => Unit::Foreign,
        }
    }
}

/// A line of text, or as far as a tag of XML.
fn line(bytes: &[u8]) -> Unit {
    let end = bytes.iter().position(|byte| *byte == b'\n' || *byte == b'>' || is_control(*byte));
    match end {
        Some(at) if is_control(bytes[at]) => Unit::Foreign,
        Some(at) => Unit::Long(at + 1),
        None => Unit::Open,
    }
}

fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n')
}

/// ```text
///  version 1   PROXY TCP4 192.0.2.1 192.0.2.2 40000 443 \r\n
///  version 2   | signature 12 | command 1 | family 1 | length 2 | addresses ... |
/// ```
fn proxy_header(bytes: &[u8]) -> Unit {
    if bytes.starts_with(b"PROXY ") {
        let text = &bytes[..bytes.len().min(PROXY_V1)];
        return match text.windows(2).position(|pair| pair == b"\r\n") {
            Some(at) => Unit::Long(at + 2),
            None if text.len() < PROXY_V1 => Unit::Open,
            None => Unit::Foreign,
        };
    }
    match bytes.strip_prefix(&PROXY_V2) {
        Some([_, _, high, low, ..]) => Unit::Long(16 + usize::from(u16::from_be_bytes([*high, *low]))),
        _ => Unit::Open,
    }
}

/// A request of SOCKS 4, or 4A where the address is 0.0.0.x and a name follows ("SOCKS: a protocol for TCP proxy across
/// firewalls", and its extension 4A).
///
/// ```text
///  | 4 | 1 | port 2 | address 4 | user ... 0 | name ... 0 |
/// ```
fn socks4_request(bytes: &[u8]) -> Unit {
    let Some((head, rest)) = bytes.split_first_chunk::<8>() else { return Unit::Open };
    let name_follows = head[4..7] == [0; 3] && head[7] != 0;
    let mut ends = rest.iter().enumerate().filter(|(_, byte)| **byte == 0);
    match ends.nth(usize::from(name_follows)) {
        Some((at, _)) => Unit::Long(head.len() + at + 1),
        None => Unit::Open,
    }
}

/// SOCKS 5 (RFC 1928), with a user name and password (RFC 1929) where asked.
///
/// ```text
///  client   | 5 | n | methods n |   | 1 | len | user | len | password |   | 5 | 1 | 0 | address | port 2 |
///  server   | 5 | method |          | 1 | status |                        | 5 | reply | 0 | address | port 2 |
///  address  | 1 | 4 bytes |  or  | 3 | len | name |  or  | 4 | 16 bytes |
/// ```
fn socks5(bytes: &[u8], from_client: bool, first: bool) -> Unit {
    match bytes {
        [5] | [1] | [] => Unit::Open,
        [5, methods, ..] if first && from_client => Unit::Long(2 + usize::from(*methods)),
        [5, ..] if first => Unit::Long(2),
        [1, ..] if !from_client => Unit::Long(2),
        [1, user, rest @ ..] => match rest.get(usize::from(*user)) {
            Some(password) => Unit::Long(3 + usize::from(*user) + usize::from(*password)),
            None => Unit::Open,
        },
        [5, _, _, 1, ..] => Unit::Long(10),
        [5, _, _, 3, len, ..] => Unit::Long(7 + usize::from(*len)),
        [5, _, _, 4, ..] => Unit::Long(22),
        [5, _] | [5, _, _] | [5, _, _, 3] => Unit::Open,
        _ => Unit::Foreign,
    }
}

/// An LDAPMessage: a SEQUENCE in BER, its length in one byte or in up to four behind a count.
fn ber(bytes: &[u8]) -> Unit {
    match bytes {
        [] | [0x30] => Unit::Open,
        [0x30, len @ ..=0x7f, ..] => Unit::Long(2 + usize::from(*len)),
        [0x30, count @ 0x81..=0x84, rest @ ..] => match rest.get(..usize::from(count - 0x80)) {
            Some(len) => Unit::Long(2 + len.len() + len.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))),
            None => Unit::Open,
        },
        _ => Unit::Foreign,
    }
}

/// Whether bytes begin with a word, in any case.
fn begins(bytes: &[u8], word: &[u8]) -> bool {
    bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_the_lengths_that_they_say() {
        let check = |protocol: Protocol, from_opener: bool, first: bool, unit: &[u8]| {
            let context = format!("{protocol:?}, from the opener {from_opener}: {unit:?}");
            assert_eq!(protocol.unit(unit, from_opener, first), Unit::Long(unit.len()), "{context}");
            let longer = [unit, &[0x16, 3, 1, 0, 1]].concat();
            assert_eq!(protocol.unit(&longer, from_opener, first), Unit::Long(unit.len()), "{context}");
            for len in 1..unit.len() {
                let shorter = protocol.unit(&unit[..len], from_opener, first);
                assert!(matches!(shorter, Unit::Open) || shorter == Unit::Long(unit.len()), "{context}, {len} of it: {shorter:?}");
            }
        };
        check(Protocol::Text, true, true, b"CONNECT h:443 HTTP/1.1\r\n");
        check(Protocol::Text, false, false, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        check(Protocol::Proxy, true, true, b"PROXY TCP4 10.0.0.1 10.0.0.2 40000 443\r\n");
        check(Protocol::Proxy, true, true, &[&PROXY_V2[..], &[0x21, 0x11, 0, 12], &[0; 12]].concat());
        check(Protocol::Socks4, true, true, &[4, 1, 1, 187, 10, 0, 0, 1, b'm', b'e', 0]);
        check(Protocol::Socks4, true, true, b"\x04\x01\x01\xbb\0\0\0\x01me\0www.example.com\0");
        check(Protocol::Socks4, false, true, &[0, 90, 0, 0, 0, 0, 0, 0]);
        check(Protocol::Socks5, true, true, &[5, 3, 0, 1, 2]);
        check(Protocol::Socks5, false, true, &[5, 2]);
        check(Protocol::Socks5, true, false, b"\x01\x02me\x04pass");
        check(Protocol::Socks5, false, false, &[1, 0]);
        check(Protocol::Socks5, true, false, &[5, 1, 0, 1, 10, 0, 0, 1, 1, 187]);
        check(Protocol::Socks5, true, false, b"\x05\x01\0\x03\x0bexample.com\x01\xbb");
        check(Protocol::Socks5, false, false, &[&[5, 0, 0, 4][..], &[0; 18]].concat());
        check(Protocol::Rdp, true, true, &[&[3, 0, 0, 19, 14, 0xe0][..], &[0; 13]].concat());
        check(Protocol::Ldap, true, true, &[0x30, 3, 2, 1, 1]);
        check(Protocol::Ldap, false, true, &[0x30, 0x84, 0, 0, 0, 3, 2, 1, 1]);
        check(Protocol::Mysql, true, true, &[3, 0, 0, 0, 10, b'8', 0]);
        check(Protocol::Postgres, true, true, &POSTGRES_SSL);
        check(Protocol::Postgres, false, true, b"S");
        check(Protocol::Amqp, true, true, b"AMQP\x02\x01\x00\x00");
    }

    #[test]
    fn what_is_not_of_the_protocol_ends_it() {
        let check = |protocol: Protocol, bytes: &[u8]| assert_eq!(protocol.unit(bytes, true, false), Unit::Foreign, "{bytes:?}");
        check(Protocol::Text, b"GIF\x01");
        check(Protocol::Proxy, &[b"PROXY ", &[b'x'; 120][..]].concat());
        check(Protocol::Socks5, &[7, 7, 7]);
        check(Protocol::Rdp, &[2, 0, 0, 9]);
        check(Protocol::Ldap, &[0x31, 3]);
        check(Protocol::Ldap, &[0x30, 0x85, 0, 0, 0, 0, 0]);
        check(Protocol::Postgres, &[0, 0, 0, 9, 0, 3, 0, 0]);
        check(Protocol::Amqp, b"AMQP\x00\x01\x00\x00");
    }

    #[test]
    fn what_is_followed_is_bounded() {
        let mut preamble = Preamble::open(Side::Low, b"EHLO me\r\n").unwrap();
        let mut taken = 0;
        while let Some(used) = preamble.take(Side::Low, b"more and more\r\n") {
            taken += used;
        }
        assert!((MAX_PREAMBLE - 15..=MAX_PREAMBLE).contains(&taken), "{taken}");
        let mut preamble = Preamble::open(Side::Low, b"EHLO me\r\n").unwrap();
        let lines = (0..).find(|_| preamble.take(Side::Low, &[b'x'; 100]).is_none());
        assert_eq!(lines, Some(MAX_UNIT / 100));
    }
}
