//! OpenVPN over TCP: its control channel carries TLS in packets of its own.
//!
//! ```text
//!  | length 2 | opcode 5 bits, key id 3 bits | session id 8 | with tls-auth: HMAC h, replay id 4, time 4 |
//!             | n 1 | acknowledged ids 4n | where n > 0: the other's session id 8 | packet id 4 | TLS ... |
//! ```
//!
//! Sources: "OpenVPN Protocol" (openvpn.net, community resources) and the OpenVPN wire protocol draft. The control channel is
//! read in plain and with tls-auth, whose HMAC only stands in between; with tls-crypt it is encrypted. The first TLS
//! session of a connection is read: hourly renewals are under other key ids, and stand beside it in the same stream.

use crate::flow::Side;

/// Opcodes: what resets a session, by client and server in both versions.
const RESETS: [u8; 4] = [1, 2, 7, 8];
/// P_CONTROL_V1: a piece of TLS.
const CONTROL: u8 = 4;
/// P_CONTROL_SOFT_RESET_V1 and P_ACK_V1: control packets without TLS.
const OTHER_CONTROL: [u8; 2] = [3, 5];
/// P_DATA_V1 and P_DATA_V2: what the tunnel carries.
const DATA: [u8; 2] = [6, 9];
/// Lengths of the HMAC of tls-auth: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512; none without it.
const HMACS: [usize; 7] = [0, 16, 20, 28, 32, 48, 64];
/// Replay id and time behind it.
const REPLAY: usize = 8;
/// Acknowledged ids in a packet, at most.
const MAX_ACKNOWLEDGED: usize = 8;
/// The longest header: what stands before TLS.
const MAX_HEADER: usize = 2 + 1 + 8 + 64 + REPLAY + 1 + 4 * MAX_ACKNOWLEDGED + 8 + 4;

/// Both sides of a connection.
#[derive(Debug)]
pub struct OpenVpn {
    /// Bytes between session id and acknowledgements.
    auth: usize,
    sides: [Wire; 2],
}

/// Where a side stands.
#[derive(Debug, Default)]
struct Wire {
    place: Place,
    /// The header in the making.
    head: Vec<u8>,
    /// Its own session id, as its first control packet had it.
    session: Option<[u8; 8]>,
    /// The key id of the TLS session that is read.
    key: Option<u8>,
    /// The packet id that comes next: control packets are numbered, and may come again.
    next_id: Option<u32>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Header,
    /// In a packet's payload: bytes of it to come, whether they are TLS, and whether the first one is still to come.
    Payload { left: usize, tls: bool, begins: bool },
    /// Packets are found again where a segment begins with one.
    Lost,
}

/// What a run of bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Not TLS: headers, acknowledgements, data, what came before.
    Other,
    /// TLS; `begins` says that they are the first bytes of a packet's payload.
    Tls {
        /// See above.
        begins: bool,
    },
    /// No packets, so bytes of TLS may be missing here.
    Lost,
}

/// What a packet's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    /// They do not tell yet.
    Open,
    /// A packet to be passed over, of so many bytes.
    Other {
        whole: usize,
    },
    /// A piece of TLS.
    Control {
        header: usize,
        whole: usize,
        id: u32,
    },
    Foreign,
}

impl OpenVpn {
    /// OpenVPN, if a flow's first segment begins with a whole reset: the packet that opens a session.
    pub fn open(bytes: &[u8]) -> Option<OpenVpn> {
        let (len, rest) = bytes.split_first_chunk()?;
        let packet = rest.get(..usize::from(u16::from_be_bytes(*len)))?;
        RESETS.contains(&(packet.first()? >> 3)).then_some(())?;
        let is_reset = |hmac: &&usize| {
            let auth = if **hmac == 0 { 0 } else { **hmac + REPLAY };
            let Some(&count) = packet.get(9 + auth) else { return false };
            let behind = packet.len() - (9 + auth);
            let fits = behind == 1 + usize::from(count) * 4 + if count > 0 { 8 } else { 0 } + 4;
            // The first packet of a side: id 0, and replay id 1 in front of the time. What is encrypted does not read so.
            let replay = &packet[9 + **hmac..9 + auth];
            fits && usize::from(count) <= MAX_ACKNOWLEDGED && packet.ends_with(&[0; 4]) && (auth == 0 || replay.starts_with(&[0, 0, 0]))
        };
        let hmac = HMACS.iter().find(is_reset)?;
        Some(OpenVpn { auth: if *hmac == 0 { 0 } else { hmac + REPLAY }, sides: Default::default() })
    }

    /// Takes bytes from the front that are of one kind, and gives how many, at least one. `segment_start` says that a TCP
    /// segment begins with them.
    pub fn take(&mut self, side: Side, bytes: &[u8], segment_start: bool) -> (usize, Part) {
        let auth = self.auth;
        let wire = &mut self.sides[side.index()];
        if wire.place == Place::Lost {
            if !(segment_start && wire.is_own(bytes)) {
                return (bytes.len(), Part::Other);
            }
            wire.place = Place::Header;
        }
        if let Place::Payload { left, tls, begins } = &mut wire.place {
            let used = bytes.len().min(*left);
            let part = if *tls { Part::Tls { begins: std::mem::take(begins) } } else { Part::Other };
            *left -= used;
            if *left == 0 {
                wire.place = Place::Header;
            }
            return (used, part);
        }
        let had = wire.head.len();
        let fresh = bytes.len().min(MAX_HEADER - had);
        wire.head.extend(&bytes[..fresh]);
        match wire.read(auth) {
            Header::Open => (fresh, Part::Other),
            Header::Other { whole } => wire.enter(had, fresh, 0, whole, false),
            Header::Control { header, whole, id } => {
                let expected = wire.next_id.unwrap_or(id);
                let again = id.wrapping_sub(expected) as i32;
                if again >= 0 {
                    wire.next_id = Some(id.wrapping_add(1));
                }
                let (used, part) = wire.enter(had, fresh, header, whole, again >= 0);
                // Ids that were left out are bytes that are missing.
                (used, if again > 0 { Part::Lost } else { part })
            }
            Header::Foreign => {
                wire.head.clear();
                wire.place = Place::Lost;
                (bytes.len(), Part::Lost)
            }
        }
    }

    /// Passes over missing bytes: says what they were.
    pub fn skip(&mut self, side: Side, len: u64) -> Part {
        let wire = &mut self.sides[side.index()];
        match &mut wire.place {
            Place::Payload { left, tls, begins } if len <= *left as u64 => {
                *left -= len as usize;
                *begins = false;
                let part = if *tls { Part::Tls { begins: false } } else { Part::Other };
                if *left == 0 {
                    wire.place = Place::Header;
                }
                part
            }
            _ => {
                wire.head.clear();
                wire.place = Place::Lost;
                Part::Lost
            }
        }
    }
}

impl Wire {
    /// Reads the header in the making.
    fn read(&mut self, auth: usize) -> Header {
        let [high, low, kind, ref rest @ ..] = self.head[..] else { return Header::Open };
        let whole = 2 + usize::from(u16::from_be_bytes([high, low]));
        let (opcode, key) = (kind >> 3, kind & 7);
        if whole == 2 {
            return Header::Foreign;
        }
        if DATA.contains(&opcode) {
            return Header::Other { whole };
        }
        if !RESETS.contains(&opcode) && !OTHER_CONTROL.contains(&opcode) && opcode != CONTROL {
            return Header::Foreign;
        }
        let Some(session) = rest.first_chunk::<8>().copied() else { return if whole < 11 { Header::Foreign } else { Header::Open } };
        if *self.session.get_or_insert(session) != session {
            return Header::Foreign;
        }
        if opcode != CONTROL || *self.key.get_or_insert(key) != key {
            return Header::Other { whole };
        }
        if whole < 3 + 8 + auth + 1 + 4 {
            return Header::Foreign;
        }
        let Some(count) = rest.get(8 + auth).copied().map(usize::from) else { return Header::Open };
        let header = 3 + 8 + auth + 1 + 4 * count + if count > 0 { 8 } else { 0 } + 4;
        if count > MAX_ACKNOWLEDGED || header > whole {
            return Header::Foreign;
        }
        match self.head.get(header - 4..header).and_then(|id| id.first_chunk()) {
            Some(id) => Header::Control { header, whole, id: u32::from_be_bytes(*id) },
            None => Header::Open,
        }
    }

    /// Enters a packet whose header is known, of which `had` bytes came before and `fresh` with this run.
    fn enter(&mut self, had: usize, fresh: usize, header: usize, whole: usize, tls: bool) -> (usize, Part) {
        let header = if tls { header } else { whole.min(had + fresh) };
        self.head.clear();
        let left = whole - header;
        self.place = if left == 0 { Place::Header } else { Place::Payload { left, tls, begins: true } };
        (header - had, Part::Other)
    }

    /// Whether a segment begins with a control packet of this side.
    fn is_own(&self, bytes: &[u8]) -> bool {
        bytes.get(3..11).is_some_and(|session| self.session.is_some_and(|own| own == session))
    }
}
