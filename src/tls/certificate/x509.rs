//! What an X.509 certificate says (RFC 5280), as bytes and names that a row can show.
//!
//! ```text
//!  SEQUENCE { tbsCertificate { version serial signature issuer validity subject publicKey ... extensions }
//!             signatureAlgorithm signature }
//! ```
//!
//! Nothing is verified: no signature, no path, no revocation. Every text is an attacker's own: it is cut, kept as the
//! bytes that it is, and made visible by whoever writes it.

use super::oids;
use std::borrow::Cow;
use std::net::IpAddr;
use x509_parser::asn1_rs::Tag;
use x509_parser::error::X509Error;
use x509_parser::extensions::{BasicConstraints, SubjectAlternativeName};
use x509_parser::nom::Parser;
use x509_parser::prelude::{AlgorithmIdentifier, AttributeTypeAndValue, FromDer, GeneralName, X509CertificateParser, X509Name};
use x509_parser::x509::SubjectPublicKeyInfo;

/// Bytes of a name that are kept, at most.
pub const MAX_NAME: usize = 512;
/// Bytes of the subjectAltName that are kept, at most: some 300 host names.
pub const MAX_SANS: usize = 8192;

/// subjectAltName (RFC 5280 section 4.2.1.6) and basicConstraints (4.2.1.9).
const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";

/// What a certificate says; times in seconds since 1970, UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct X509 {
    /// The last commonName of the subject.
    pub subject_cn: Vec<u8>,
    /// The subject as RFC 4514 writes it, the most specific part first, cut at [`MAX_NAME`].
    pub subject: Vec<u8>,
    /// The issuer in the same way.
    pub issuer: Vec<u8>,
    /// Names of the subjectAltName in order, cut at [`MAX_SANS`].
    pub sans: Vec<San>,
    /// How many it has.
    pub sans_count: u32,
    /// The serial number's bytes.
    pub serial: Vec<u8>,
    /// The first second of its validity.
    pub not_before: i64,
    /// The last one.
    pub not_after: i64,
    /// `RSA`, `EC`, `Ed25519`, `ML-DSA-65`, ...; the number where it has no name here.
    pub key_type: Cow<'static, str>,
    /// Bits of the modulus or the field; none where the kind says it all.
    pub key_bits: Option<u32>,
    /// The curve of an EC key; `explicit` where its parameters are spelled out.
    pub curve: Cow<'static, str>,
    /// `sha256WithRSAEncryption`, ...; the number where it has no name here.
    pub signature_algorithm: Cow<'static, str>,
    /// `md5`, `sha1`, `sha256`, ...; `intrinsic`; empty where it is not known.
    pub signature_hash: &'static str,
    /// Whether issuer and subject are the same name: the signature is not looked at.
    pub self_signed: bool,
    /// cA of basicConstraints; false where the extension is absent.
    pub is_ca: bool,
}

/// A name of the subjectAltName.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum San {
    /// dNSName.
    Dns(Vec<u8>),
    /// iPAddress.
    Ip(IpAddr),
    /// Another kind, with its kind in front: `email:`, `URI:`, `dirName:`, `other:`.
    Other(Vec<u8>),
}

impl San {
    /// As it stands in a list: a host name bare, all else with its kind in front.
    pub fn text(&self) -> Cow<'_, [u8]> {
        match self {
            San::Dns(name) | San::Other(name) => name.into(),
            San::Ip(address) => format!("IP:{address}").into_bytes().into(),
        }
    }
}

impl X509 {
    /// Whether the list of names was cut.
    pub fn sans_cut(&self) -> bool {
        self.sans.len() < self.sans_count as usize
    }
}

/// Reads a certificate from its DER.
///
/// # Errors
///
/// A word for what is wrong: `der`, `version`, `serial`, `algorithm`, `name`, `date`, `public_key`, `extensions`,
/// `signature`, or `trailing_bytes` where the DER ends before its bytes do.
pub fn read(der: &[u8]) -> Result<X509, &'static str> {
    let (rest, certificate) =
        X509CertificateParser::new().with_deep_parse_extensions(false).parse(der).map_err(|error| word(error.into()))?;
    if !rest.is_empty() {
        return Err("trailing_bytes");
    }
    let (subject, issuer) = (name(certificate.subject()), name(certificate.issuer()));
    let mut read = X509 {
        subject_cn: common_name(certificate.subject()),
        self_signed: subject == issuer,
        serial: cut(certificate.raw_serial(), 64),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        subject,
        issuer,
        ..X509::default()
    };
    read.read_key(certificate.public_key());
    read.read_signature(&certificate.signature_algorithm);
    let extension = |oid: &str| certificate.extensions().iter().find(|extension| extension.oid.to_id_string() == oid);
    if let Some(extension) = extension(BASIC_CONSTRAINTS) {
        let (_, constraints) = BasicConstraints::from_der(extension.value).map_err(|_| "extensions")?;
        read.is_ca = constraints.ca;
    }
    if let Some(extension) = extension(SUBJECT_ALT_NAME) {
        let (_, names) = SubjectAlternativeName::from_der(extension.value).map_err(|_| "extensions")?;
        read.read_names(&names.general_names);
    }
    Ok(read)
}

impl X509 {
    fn read_key(&mut self, key: &SubjectPublicKeyInfo<'_>) {
        let oid = key.algorithm.algorithm.to_id_string();
        let Some((name, bits)) = oids::key_type(&oid) else {
            self.key_type = oid.into();
            return;
        };
        self.key_type = name.into();
        self.key_bits = match oid.as_str() {
            // RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
            oids::RSA | oids::RSASSA_PSS => content(0x30, &key.subject_public_key.data).and_then(integer_bits),
            // Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }
            oids::DSA => key.algorithm.parameters.as_ref().and_then(|parameters| integer_bits(parameters.data)),
            oids::EC => {
                let (curve, bits) = curve(&key.algorithm);
                self.curve = curve;
                bits
            }
            _ => bits,
        };
    }

    fn read_signature(&mut self, algorithm: &AlgorithmIdentifier<'_>) {
        let oid = algorithm.algorithm.to_id_string();
        let Some(known) = oids::signature_algorithm(&oid) else {
            self.signature_algorithm = oid.into();
            return;
        };
        self.signature_algorithm = known.name.into();
        self.signature_hash = if oid == oids::RSASSA_PSS { pss_hash(algorithm) } else { known.hash };
    }

    fn read_names(&mut self, names: &[GeneralName<'_>]) {
        let mut len = 0;
        self.sans_count = names.len() as u32;
        for name in names {
            let san = san(name);
            len += san.text().len() + 1;
            if len > MAX_SANS {
                break;
            }
            self.sans.push(san);
        }
    }
}

fn san(general: &GeneralName<'_>) -> San {
    let other = |kind: &str, value: &[u8]| San::Other([kind.as_bytes(), value].concat());
    match general {
        GeneralName::DNSName(name) => San::Dns(name.as_bytes().to_vec()),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(address), _) => San::Ip(address.into()),
            (_, Ok(address)) => San::Ip(address.into()),
            _ => other("IP:", b"?"),
        },
        GeneralName::RFC822Name(address) => other("email:", address.as_bytes()),
        GeneralName::URI(uri) => other("URI:", uri.as_bytes()),
        GeneralName::DirectoryName(directory) => other("dirName:", &name(directory)),
        GeneralName::OtherName(oid, _) | GeneralName::RegisteredID(oid) => other("other:", oid.to_id_string().as_bytes()),
        GeneralName::X400Address(_) | GeneralName::EDIPartyName(_) => other("other:", b"?"),
        GeneralName::Invalid(_, bytes) => other("invalid:", bytes),
    }
}

/// The curve of an EC key (RFC 5480 section 2.1.1) and the bits of its field.
fn curve(algorithm: &AlgorithmIdentifier<'_>) -> (Cow<'static, str>, Option<u32>) {
    let Some(parameters) = &algorithm.parameters else { return (Cow::default(), None) };
    let Some(oid) = parameters.as_oid().ok().filter(|_| parameters.tag() == Tag::Oid) else { return ("explicit".into(), None) };
    let oid = oid.to_id_string();
    oids::curve(&oid).map_or((oid.into(), None), |(name, bits)| (name.into(), Some(bits)))
}

/// The hash of RSASSA-PSS: SHA-1 unless the parameters say otherwise (RFC 4055 section 3.1).
///
/// ```text
///  SEQUENCE { [0] { AlgorithmIdentifier { OID hash } } ... }
///             a0 n  30       n             06 n
/// ```
fn pss_hash(algorithm: &AlgorithmIdentifier<'_>) -> &'static str {
    let parameters = algorithm.parameters.as_ref().map_or(&[][..], |parameters| parameters.data);
    let Some(hash) = content(0xa0, parameters) else { return "sha1" };
    AlgorithmIdentifier::from_der(hash).ok().and_then(|(_, hash)| oids::hash(&hash.algorithm.to_id_string())).unwrap_or_default()
}

/// Bits of the INTEGER that the bytes begin with, without leading zeros.
fn integer_bits(bytes: &[u8]) -> Option<u32> {
    let magnitude = content(0x02, bytes)?;
    let zeros = magnitude.iter().take_while(|byte| **byte == 0).count();
    let first = magnitude.get(zeros)?;
    Some((magnitude.len() - zeros) as u32 * 8 - first.leading_zeros())
}

/// The content of the element that the bytes begin with, if it has this tag: `tag 1 | length 1 or 1 + n | content`.
fn content(tag: u8, bytes: &[u8]) -> Option<&[u8]> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    if head[0] != tag {
        return None;
    }
    let long = usize::from(head[1] & 0x7f);
    let (len, rest) = match head[1] {
        0..=0x7f => (long, rest),
        0x81..=0x84 => (rest.get(..long)?.iter().fold(0, |len, byte| len << 8 | usize::from(*byte)), &rest[long..]),
        _ => return None,
    };
    rest.get(..len)
}

/// A name as RFC 4514 writes it: `CN=example.com,O=Example,C=US`, the last part of the DER first.
fn name(name: &X509Name<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    let parts: Vec<_> = name.iter_rdn().collect();
    for (index, part) in parts.iter().rev().enumerate() {
        for (number, attribute) in part.iter().enumerate() {
            if index + number > 0 {
                text.push(if number > 0 { b'+' } else { b',' });
            }
            let oid = attribute.attr_type().to_id_string();
            text.extend_from_slice(oids::attribute(&oid).unwrap_or(&oid).as_bytes());
            text.push(b'=');
            escape(&value(attribute), &mut text);
        }
        if text.len() > MAX_NAME {
            break;
        }
    }
    cut(&text, MAX_NAME)
}

fn common_name(name: &X509Name<'_>) -> Vec<u8> {
    let is_common_name = |attribute: &&AttributeTypeAndValue<'_>| attribute.attr_type().to_id_string() == oids::COMMON_NAME;
    name.iter_attributes().filter(is_common_name).last().map(|attribute| cut(&value(attribute), MAX_NAME)).unwrap_or_default()
}

/// The bytes of a value; those of the 16-bit and 32-bit strings as UTF-8.
fn value<'a>(attribute: &'a AttributeTypeAndValue<'_>) -> Cow<'a, [u8]> {
    const UNIVERSAL_STRING: u32 = 28;
    const BMP_STRING: u32 = 30;
    let bytes = attribute.as_slice();
    let bytes = &bytes[..bytes.len().min(8 * MAX_NAME)];
    match attribute.attr_value().tag().0 {
        BMP_STRING => {
            let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes().into()
        }
        UNIVERSAL_STRING => {
            let units = bytes.as_chunks::<4>().0.iter().map(|unit| u32::from_be_bytes(*unit));
            units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes().into()
        }
        _ => bytes.into(),
    }
}

/// Appends a value with a backslash before what would end it (RFC 4514 section 2.4).
fn escape(value: &[u8], text: &mut Vec<u8>) {
    for (index, byte) in value.iter().enumerate() {
        let ends = matches!(byte, b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\');
        let first = index == 0 && matches!(byte, b' ' | b'#');
        let last = index + 1 == value.len() && *byte == b' ';
        if ends || first || last {
            text.push(b'\\');
        }
        text.push(*byte);
    }
}

/// At most `limit` bytes, not in the middle of a character of UTF-8.
fn cut(bytes: &[u8], limit: usize) -> Vec<u8> {
    let mut end = bytes.len().min(limit);
    while end < bytes.len() && end > 0 && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    bytes[..end].to_vec()
}

fn word(error: X509Error) -> &'static str {
    match error {
        X509Error::InvalidVersion => "version",
        X509Error::InvalidSerial => "serial",
        X509Error::InvalidAlgorithmIdentifier => "algorithm",
        X509Error::InvalidX509Name | X509Error::InvalidAttributes | X509Error::DuplicateAttributes => "name",
        X509Error::InvalidDate => "date",
        X509Error::InvalidSPKI => "public_key",
        X509Error::InvalidExtensions | X509Error::DuplicateExtensions => "extensions",
        X509Error::InvalidSignatureValue => "signature",
        _ => "der",
    }
}
