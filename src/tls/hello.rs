//! ClientHello, ServerHello and HelloRetryRequest (RFC 8446 section 4.1, RFC 5246 section 7.4.1) and their extensions.
//!
//! Parsing keeps what it could read: a malformed extension is noted, the rest of the hello stays. Lists keep the order
//! of the wire, GREASE (RFC 8701) included.

use super::transport_parameters::{self, TransportParameters};

/// ExtensionType values that are read (IANA, TLS ExtensionType Values).
mod extension {
    pub const SERVER_NAME: u16 = 0;
    pub const MAX_FRAGMENT_LENGTH: u16 = 1;
    pub const SUPPORTED_GROUPS: u16 = 10;
    pub const EC_POINT_FORMATS: u16 = 11;
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    pub const USE_SRTP: u16 = 14;
    pub const ALPN: u16 = 16;
    pub const COMPRESS_CERTIFICATE: u16 = 27;
    pub const RECORD_SIZE_LIMIT: u16 = 28;
    pub const DELEGATED_CREDENTIAL: u16 = 34;
    pub const SESSION_TICKET: u16 = 35;
    pub const PRE_SHARED_KEY: u16 = 41;
    pub const EARLY_DATA: u16 = 42;
    pub const SUPPORTED_VERSIONS: u16 = 43;
    pub const KEY_SHARE: u16 = 51;
    pub const CONNECTION_ID: u16 = 54;
    /// key_share of the drafts of TLS 1.3 before 23.
    pub const KEY_SHARE_DRAFT: u16 = 40;
    pub const QUIC_TRANSPORT_PARAMETERS: u16 = 57;
    /// Application settings: both numbers that Chromium's draft had.
    pub const APPLICATION_SETTINGS: u16 = 17513;
    pub const APPLICATION_SETTINGS_NEW: u16 = 17613;
    pub const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
    /// quic_transport_parameters of the drafts of QUIC.
    pub const QUIC_TRANSPORT_PARAMETERS_DRAFT: u16 = 0xffa5;
}

/// Values of a list that are kept, at most; a hello cannot hold more suites than this.
const MAX_LIST: usize = 1 << 15;

/// SHA-256 of "HelloRetryRequest": the random of a ServerHello that is one (RFC 8446 section 4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What a ClientHello says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientHello {
    /// legacy_version.
    pub version: u16,
    /// Session id, to compare with the server's.
    pub session_id: Vec<u8>,
    /// Cipher suites in order.
    pub suites: Vec<u16>,
    /// Extension types in order.
    pub extensions: Vec<u16>,
    /// The first host_name of server_name.
    pub server_name: Option<Vec<u8>>,
    /// ALPN protocols in order.
    pub alpn: Vec<Vec<u8>>,
    /// Named groups in order.
    pub groups: Vec<u16>,
    /// EC point formats in order.
    pub point_formats: Vec<u8>,
    /// Signature schemes in order.
    pub signature_schemes: Vec<u16>,
    /// supported_versions in order.
    pub versions: Vec<u16>,
    /// Groups of the key shares in order.
    pub key_shares: Vec<u16>,
    /// Algorithms of compress_certificate (RFC 8879) in order.
    pub certificate_compressions: Vec<u16>,
    /// The longest protected record that the client takes, by record_size_limit (RFC 8449).
    pub record_size_limit: Option<u16>,
    /// The code in max_fragment_length (RFC 6066 section 4).
    pub max_fragment_length: Option<u8>,
    /// Signature schemes of delegated_credential (RFC 9345) in order.
    pub delegated_credentials: Vec<u16>,
    /// Transport parameters of QUIC.
    pub transport_parameters: Option<Box<TransportParameters>>,
    /// Whether application settings (ALPS) are offered.
    pub application_settings: bool,
    /// Protection profiles of use_srtp (RFC 5764) in order.
    pub srtp_profiles: Vec<u16>,
    /// Bytes of the connection id by which the client wants to be addressed (DTLS, RFC 9146), where it has the extension.
    pub connection_id_len: Option<u8>,
    /// Whether a session ticket (not an empty one) is sent.
    pub ticket: bool,
    /// Whether a pre-shared key is offered.
    pub psk: bool,
    /// Whether early data is announced.
    pub early_data: bool,
    /// Whether encrypted_client_hello is there, real or GREASE.
    pub ech: bool,
    /// Whether an extension, or the whole, did not read as its lengths say.
    pub malformed: bool,
}

/// What a ServerHello or HelloRetryRequest says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerHello {
    /// legacy_version.
    pub legacy_version: u16,
    /// The version that was chosen.
    pub version: u16,
    /// Session id.
    pub session_id: Vec<u8>,
    /// Cipher suite.
    pub suite: u16,
    /// Compression method of the records: 0 is none.
    pub compression: u8,
    /// What the random's last bytes say of a version that the server could have spoken.
    pub downgrade: Option<Downgrade>,
    /// Extension types in order.
    pub extensions: Vec<u16>,
    /// The chosen application protocol.
    pub alpn: Option<Vec<u8>>,
    /// The longest protected record that the server takes, by record_size_limit (RFC 8449).
    pub record_size_limit: Option<u16>,
    /// The code in max_fragment_length (RFC 6066 section 4).
    pub max_fragment_length: Option<u8>,
    /// The chosen protection profile of use_srtp (RFC 5764).
    pub srtp_profile: Option<u16>,
    /// Bytes of the connection id by which the server wants to be addressed, where it has the extension.
    pub connection_id_len: Option<u8>,
    /// Group of the key share.
    pub key_share: Option<u16>,
    /// Whether a pre-shared key was accepted.
    pub psk: bool,
    /// Whether it is a HelloRetryRequest.
    pub retry: bool,
    /// Whether an extension, or the whole, did not read as its lengths say.
    pub malformed: bool,
}

/// The sentinel by which a server that speaks a later version says that it was made to speak an older one: the last
/// eight bytes of its random (RFC 8446 section 4.1.3).
///
/// ```text
///  | 24 bytes of random | "DOWNGRD" 7 | 1: TLS 1.2 was chosen, 0: TLS 1.1 or older |
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Downgrade {
    /// A server of TLS 1.3 chose TLS 1.2.
    ToTls12,
    /// A server of TLS 1.2 or 1.3 chose something older.
    ToTls11,
}

impl Downgrade {
    fn of(random: &[u8]) -> Option<Self> {
        match random.last_chunk::<8>()?.strip_prefix(b"DOWNGRD")? {
            [1] => Some(Downgrade::ToTls12),
            [0] => Some(Downgrade::ToTls11),
            _ => None,
        }
    }

    /// The word in the column `downgrade_sentinel`.
    pub fn as_str(self) -> &'static str {
        match self {
            Downgrade::ToTls12 => "tls12",
            Downgrade::ToTls11 => "tls11",
        }
    }
}

/// Whether a version is TLS 1.3 or one of its drafts and experiments.
pub fn is_tls13(version: u16) -> bool {
    matches!(version, 0x0304 | 0x7f00..=0x7fff | 0x7e00..=0x7eff | 0xfb00..=0xfbff | 0xfefc)
}

/// Reads the body of a ClientHello.
pub fn read_client(body: &[u8]) -> Option<ClientHello> {
    let Ok((rest, parsed)) = tls_parser::parse_tls_handshake_client_hello(body) else { return read_client_start(body) };
    let mut hello = ClientHello {
        version: parsed.version.0,
        session_id: parsed.session_id.unwrap_or_default().to_vec(),
        suites: parsed.ciphers.iter().map(|suite| suite.0).collect(),
        malformed: !rest.is_empty(),
        ..ClientHello::default()
    };
    // Where the block's length lies about its end, tls-parser gives none of it: take what is there.
    let extensions = parsed.ext.or_else(|| rest.get(2..)).unwrap_or_default();
    let whole = each_extension(extensions, |kind, data| {
        hello.extensions.push(kind);
        hello.malformed |= hello.read_extension(kind, data).is_none();
    });
    hello.malformed |= !whole;
    Some(hello)
}

/// What can be read of a ClientHello whose lengths lie: up to the cipher suites, as many as are there.
fn read_client_start(body: &[u8]) -> Option<ClientHello> {
    let mut body = Cursor(body);
    let version = body.word()?;
    body.bytes(32)?; // random
    let session_id = body.vector8()?.to_vec();
    let len = usize::from(body.word()?).min(body.0.len());
    let suites = words(&body.0[..len & !1])?;
    Some(ClientHello { version, session_id, suites, malformed: true, ..ClientHello::default() })
}

/// Reads what there is of the body of a ClientHello that is cut: its lists as far as they are whole. None where it ends before
/// its suites do.
pub fn read_client_cut(body: &[u8]) -> Option<ClientHello> {
    let mut body = Cursor(body);
    let version = body.word()?;
    body.bytes(32)?; // random
    let session_id = body.vector8()?.to_vec();
    let suites = words(body.vector16()?)?;
    let mut hello = ClientHello { version, session_id, suites, ..ClientHello::default() };
    if body.vector8().is_some() && body.word().is_some() {
        each_extension(body.0, |kind, data| {
            hello.extensions.push(kind);
            hello.malformed |= hello.read_extension(kind, data).is_none();
        });
    }
    Some(hello)
}

/// Reads a ClientHello in the form of SSL 2.0, from its type on. Cipher kinds of SSL 2.0 alone, which have 24 bits, are
/// left out.
pub fn read_v2_client(message: &[u8]) -> Option<ClientHello> {
    let mut message = Cursor(message);
    message.byte()?;
    let version = message.word()?;
    let (suites, session_id, _challenge) = (message.word()?, message.word()?, message.word()?);
    let (kinds, _) = message.bytes(usize::from(suites))?.as_chunks::<3>();
    let suites = kinds.iter().filter(|kind| kind[0] == 0).map(|kind| u16::from_be_bytes([kind[1], kind[2]])).collect();
    let session_id = message.bytes(usize::from(session_id))?.to_vec();
    Some(ClientHello { version, suites, session_id, ..ClientHello::default() })
}

impl ClientHello {
    /// Bytes that its lists hold, about: of a protocol's name what a short one takes.
    pub fn held(&self) -> usize {
        let lists = [&self.suites, &self.extensions, &self.groups, &self.signature_schemes, &self.versions, &self.key_shares];
        let words: usize = lists.iter().map(|list| list.capacity()).sum();
        words * 2 + self.alpn.capacity() * (size_of::<Vec<u8>>() + 16) + self.server_name.as_ref().map_or(0, Vec::capacity)
    }

    fn read_extension(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        let mut data = Cursor(data);
        match kind {
            extension::SERVER_NAME => {
                // A list of (type 1, length 2, name); of type host_name (0) there is at most one.
                let mut list = Cursor(data.vector16()?);
                while !list.is_empty() {
                    let is_host = list.byte()? == 0;
                    let name = list.vector16()?;
                    if is_host && self.server_name.is_none() {
                        self.server_name = Some(name.to_vec());
                    }
                }
            }
            extension::ALPN => self.alpn = data.alpn()?,
            extension::SUPPORTED_GROUPS => self.groups = words(data.vector16()?)?,
            extension::EC_POINT_FORMATS => self.point_formats = data.vector8()?.to_vec(),
            extension::SIGNATURE_ALGORITHMS => self.signature_schemes = words(data.vector16()?)?,
            extension::COMPRESS_CERTIFICATE => self.certificate_compressions = words(data.vector8()?)?,
            extension::RECORD_SIZE_LIMIT => self.record_size_limit = Some(data.word()?),
            extension::MAX_FRAGMENT_LENGTH => self.max_fragment_length = Some(data.byte()?),
            extension::DELEGATED_CREDENTIAL => self.delegated_credentials = words(data.vector16()?)?,
            extension::QUIC_TRANSPORT_PARAMETERS | extension::QUIC_TRANSPORT_PARAMETERS_DRAFT => {
                self.transport_parameters = Some(Box::new(transport_parameters::read(std::mem::take(&mut data.0))?));
            }
            extension::APPLICATION_SETTINGS | extension::APPLICATION_SETTINGS_NEW => {
                self.application_settings = true;
                data.0 = &[];
            }
            extension::SUPPORTED_VERSIONS => self.versions = words(data.vector8()?)?,
            extension::KEY_SHARE | extension::KEY_SHARE_DRAFT => {
                let mut list = Cursor(data.vector16()?);
                while !list.is_empty() {
                    self.key_shares.push(list.word()?);
                    list.vector16()?;
                }
            }
            extension::USE_SRTP => self.srtp_profiles = data.srtp_profiles()?,
            extension::CONNECTION_ID => self.connection_id_len = Some(u8::try_from(data.vector8()?.len()).ok()?),
            extension::SESSION_TICKET => self.ticket = !std::mem::take(&mut data.0).is_empty(),
            extension::PRE_SHARED_KEY => {
                self.psk = true;
                data.0 = &[];
            }
            extension::EARLY_DATA => self.early_data = true,
            extension::ENCRYPTED_CLIENT_HELLO => {
                self.ech = true;
                data.0 = &[];
            }
            _ => data.0 = &[],
        }
        data.is_empty().then_some(())
    }
}

/// Reads the body of a ServerHello.
///
/// Drafts of TLS 1.3 before 22 have neither session id nor compression method in it.
pub fn read_server(body: &[u8]) -> Option<ServerHello> {
    let mut body = Cursor(body);
    let mut hello = ServerHello { legacy_version: body.word()?, ..ServerHello::default() };
    hello.version = hello.legacy_version;
    let random = body.bytes(32)?;
    hello.retry = random == RETRY_RANDOM;
    hello.downgrade = Downgrade::of(random);
    if matches!(hello.legacy_version, 0x7f00..=0x7f15) {
        hello.suite = body.word()?;
    } else {
        hello.session_id = body.vector8()?.to_vec();
        hello.suite = body.word()?;
        hello.compression = body.byte()?;
    }
    hello.read_extensions(body);
    Some(hello)
}

/// Reads the body of the HelloRetryRequest of drafts before 22, a message type of its own: version, suite (from draft
/// 19 on), extensions.
pub fn read_old_retry(body: &[u8]) -> Option<ServerHello> {
    let mut body = Cursor(body);
    let version = body.word()?;
    let mut hello = ServerHello { legacy_version: version, version, retry: true, ..ServerHello::default() };
    if version >= 0x7f13 {
        hello.suite = body.word()?;
    }
    hello.read_extensions(body);
    Some(hello)
}

impl ServerHello {
    /// Bytes that its lists hold.
    pub fn held(&self) -> usize {
        self.extensions.capacity() * 2 + self.alpn.as_ref().map_or(0, Vec::capacity)
    }

    fn read_extensions(&mut self, mut body: Cursor<'_>) {
        if body.is_empty() {
            return;
        }
        let Some(extensions) = body.vector16() else {
            self.malformed = true;
            return;
        };
        let whole = each_extension(extensions, |kind, data| {
            self.extensions.push(kind);
            self.malformed |= self.read_extension(kind, data).is_none();
        });
        self.malformed |= !whole || !body.is_empty();
    }

    fn read_extension(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        let mut data = Cursor(data);
        match kind {
            extension::SUPPORTED_VERSIONS => self.version = data.word()?,
            extension::ALPN => self.alpn = data.alpn()?.into_iter().next(),
            // In a HelloRetryRequest the group alone, without a share.
            extension::KEY_SHARE | extension::KEY_SHARE_DRAFT => self.key_share = Some(data.word()?),
            extension::PRE_SHARED_KEY => self.psk = true,
            extension::RECORD_SIZE_LIMIT => self.record_size_limit = Some(data.word()?),
            extension::MAX_FRAGMENT_LENGTH => self.max_fragment_length = Some(data.byte()?),
            extension::USE_SRTP => self.srtp_profile = data.srtp_profiles()?.first().copied(),
            extension::CONNECTION_ID => self.connection_id_len = Some(u8::try_from(data.vector8()?.len()).ok()?),
            _ => {}
        }
        Some(())
    }
}

/// Hands out each (type, data) of an extension block; false where the lengths do not add up.
fn each_extension(bytes: &[u8], mut each: impl FnMut(u16, &[u8])) -> bool {
    let mut rest = Cursor(bytes);
    while !rest.is_empty() {
        let (Some(kind), Some(data)) = (rest.word(), rest.vector16()) else { return false };
        each(kind, data);
    }
    true
}

/// 16-bit values; none for an odd length.
fn words(bytes: &[u8]) -> Option<Vec<u16>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().take(MAX_LIST).map(|pair| u16::from_be_bytes(*pair)).collect())
}

/// The rest of a structure in TLS presentation language (RFC 8446 section 3).
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|byte| byte[0])
    }

    fn word(&mut self) -> Option<u16> {
        self.bytes(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
    }

    fn vector8(&mut self) -> Option<&'a [u8]> {
        let len = self.byte()?;
        self.bytes(usize::from(len))
    }

    fn vector16(&mut self) -> Option<&'a [u8]> {
        let len = self.word()?;
        self.bytes(usize::from(len))
    }

    /// Profiles, and behind them the identifier of the master key, which nobody needs here (RFC 5764 section 4.1.1).
    fn srtp_profiles(&mut self) -> Option<Vec<u16>> {
        let profiles = words(self.vector16()?)?;
        self.vector8()?;
        Some(profiles)
    }

    fn alpn(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut list = Cursor(self.vector16()?);
        let mut protocols = Vec::new();
        while !list.is_empty() {
            protocols.push(list.vector8()?.to_vec());
        }
        Some(protocols)
    }
}

#[cfg(test)]
mod tests;
