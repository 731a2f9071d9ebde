//! Rows without what names people and machines: the same rows under keyed pseudonyms.
//!
//! ```text
//!  address   192.0.2.77  = p0 p1 p2 ... p31     bit i of the pseudonym = p_i xor PRF(i, p_0 ... p_(i-1))
//!            so two addresses share as many leading bits afterwards as before, and nothing else is kept
//!  name      www.example.com                    n and 16 hex digits of PRF(name), ending in .invalid (RFC 6761)
//!  ids       flow, certificate, series, serial  the digits of PRF(id)
//! ```
//!
//! Keeping prefixes is the scheme of Xu, Fan, Ammar and Moon ("Prefix-Preserving IP Address Anonymization", 2002), here
//! with HMAC-SHA256 as the pseudorandom function. Ids are replaced because they are digests without a key of things that
//! can be guessed: of addresses, of public certificates. Ports, times, sizes, versions, suites, application protocols and
//! fingerprints stay; whoever has the capture finds every flow again by them.

use super::assemble::{FlowRows, address_text, hex};
use super::{Wild, Word};
use crate::tls::certificate::{Certificate, San, X509};
use ring::hmac::{HMAC_SHA256, Key, sign};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Pseudonyms of a kind that are kept, so that they need not be made again.
const MAX_KEPT: usize = 1 << 16;
/// Certificates that are kept, which are larger.
const MAX_CERTIFICATES: usize = 1 << 10;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Makes pseudonyms with a key.
pub struct Mask {
    key: Key,
    addresses: Mutex<HashMap<IpAddr, IpAddr>>,
    certificates: Mutex<HashMap<[u8; 32], Arc<Certificate>>>,
}

/// Says nothing of its key.
impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    /// With the bytes of a key, which nothing gives away again.
    pub fn new(key: &[u8]) -> Self {
        Mask { key: Key::new(HMAC_SHA256, key), addresses: Mutex::default(), certificates: Mutex::default() }
    }

    /// Puts pseudonyms into the rows of a flow. The certificate names are compared with the server name, and rules asked, before.
    pub fn rows(&self, rows: &mut FlowRows) {
        let flow = &mut rows.flow;
        let addresses = rows.addresses.map(|ends| ends.map(|address| self.address(address)));
        for (text, address) in [&mut flow.client_ip, &mut flow.server_ip].into_iter().zip(addresses.iter().flatten()) {
            *text = address_text(*address);
        }
        rows.addresses = addresses;
        flow.flow_id = self.id("flow", &flow.flow_id, 'f', 8);
        for id in rows.messages.iter_mut().map(|row| &mut row.flow_id).chain(rows.certificates.iter_mut().map(|row| &mut row.flow_id)) {
            *id = flow.flow_id.clone();
        }
        flow.sni = Wild(self.name(&flow.sni.0));
        let terms = flow.wireshark_filter.split(" && ").filter(|term| !term.starts_with("ip.addr") && !term.starts_with("ipv6.addr"));
        flow.wireshark_filter = terms.collect::<Vec<_>>().join(" && ").into();
        for (row, shown) in rows.certificates.iter_mut().zip(&mut rows.shown) {
            *shown = self.certificate(shown);
            if row.side == "server" && row.position == 0 {
                flow.leaf_cert_id = hex(&shown.id).into();
            }
            row.cert_id = hex(&shown.id).into();
        }
    }

    /// The pseudonym of an address.
    pub fn address(&self, address: IpAddr) -> IpAddr {
        kept(&self.addresses, MAX_KEPT, address, || match address {
            IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from(self.bits::<4>(b"address4", address.octets()))),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(self.bits::<16>(b"address6", address.octets()))),
        })
    }

    /// The pseudonym of the series that captures form.
    pub fn series(&self, id: &str) -> Word {
        if id.is_empty() { Word::default() } else { self.id("series", id, 's', 6) }
    }

    /// The name of a capture: its place among all, so that their order stays, and a pseudonym of its path.
    pub fn path(&self, place: usize, path: &str) -> String {
        format!("{place:08}-{}", hex(&self.digest("path", path.as_bytes())[..8]))
    }

    /// The pseudonym of a host's or a person's name; that of nothing is nothing.
    pub fn name(&self, name: &str) -> String {
        let (wildcard, bare) = name.strip_prefix("*.").map_or(("", name), |bare| ("*.", bare));
        let bare = bare.trim_end_matches('.').to_lowercase();
        if bare.is_empty() {
            return String::new();
        }
        format!("{wildcard}n{}.invalid", hex(&self.digest("name", bare.as_bytes())[..8]))
    }

    /// A certificate with pseudonyms for all of its names; its validity begins and ends with a day.
    fn certificate(&self, certificate: &Arc<Certificate>) -> Arc<Certificate> {
        kept(&self.certificates, MAX_CERTIFICATES, certificate.id, || {
            let x509 = certificate.x509.as_ref().map(|x509| self.x509(x509)).map_err(|error| *error);
            Arc::new(Certificate { id: self.digest("certificate", &certificate.id), der_bytes: certificate.der_bytes, x509 })
        })
    }

    fn x509(&self, x509: &X509) -> X509 {
        let of = |name: &[u8]| self.name(&String::from_utf8_lossy(name)).into_bytes();
        X509 {
            subject_cn: of(&x509.subject_cn),
            subject: of(&x509.subject),
            issuer: of(&x509.issuer),
            sans: x509.sans.iter().map(|san| self.san(san)).collect(),
            serial: if x509.serial.is_empty() { Vec::new() } else { self.digest("serial", &x509.serial)[..8].to_vec() },
            not_before: x509.not_before.div_euclid(DAY) * DAY,
            not_after: x509.not_after.div_euclid(DAY) * DAY,
            ..x509.clone()
        }
    }

    fn san(&self, san: &San) -> San {
        let of = |name: &[u8]| self.name(&String::from_utf8_lossy(name));
        match san {
            San::Dns(name) => San::Dns(of(name).into_bytes()),
            San::Ip(address) => San::Ip(self.address(*address)),
            San::Other(text) => {
                // The kind in front is a word of ours.
                let at = text.iter().position(|byte| *byte == b':').map_or(0, |at| at + 1);
                let kind = String::from_utf8_lossy(&text[..at]);
                San::Other(format!("{kind}{}", of(&text[at..])).into_bytes())
            }
        }
    }

    /// A letter and so many bytes of a digest in hex.
    fn id(&self, kind: &str, id: &str, letter: char, bytes: usize) -> Word {
        format!("{letter}{}", hex(&self.digest(kind, id.as_bytes())[..bytes])).into()
    }

    /// Address bits, each under the bits before it.
    fn bits<const N: usize>(&self, kind: &[u8], address: [u8; N]) -> [u8; N] {
        let mut out = address;
        for bit in 0..N * 8 {
            let (byte, mask) = (bit / 8, 0x80u8 >> (bit % 8));
            let mut before = [0; N];
            before[..byte].copy_from_slice(&address[..byte]);
            before[byte] = address[byte] & !(mask | (mask - 1));
            let asked = [kind, &[bit as u8], &before].concat();
            if sign(&self.key, &asked).as_ref()[0] & 1 == 1 {
                out[byte] ^= mask;
            }
        }
        out
    }

    /// 32 bytes that only who has the key can make of a value.
    fn digest(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        let tag = sign(&self.key, &[kind.as_bytes(), b"\0", value].concat());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }
}

/// What was made before, else what is made now. It is a function of the key and the value: forgetting changes nothing.
fn kept<K: Hash + Eq, V: Clone>(held: &Mutex<HashMap<K, V>>, most: usize, key: K, make: impl FnOnce() -> V) -> V {
    if let Some(value) = held.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return value.clone();
    }
    let value = make();
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    if held.len() >= most {
        held.clear();
    }
    held.insert(key, value.clone());
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_share_as_many_bits_as_before() {
        let mask = Mask::new(b"a key of the test");
        let shared = |one: u128, other: u128| (one ^ other).leading_zeros();
        let four = ["192.0.2.1", "192.0.2.2", "192.0.3.1", "10.0.0.1", "192.0.2.129", "255.255.255.255", "0.0.0.0"];
        let six = ["2001:db8::1", "2001:db8::2", "2001:db8:1::1", "fe80::1", "::", "2001:db8:0:0:8000::1"];
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
            IpAddr::V6(address) => u128::from(address),
        };
        for list in [&four[..], &six[..]] {
            let pairs: Vec<_> = list.iter().map(|text| text.parse().unwrap()).map(|ip| (number(ip), number(mask.address(ip)))).collect();
            for (one, masked) in &pairs {
                for (other, other_masked) in &pairs {
                    assert_eq!(shared(*one, *other).min(128), shared(*masked, *other_masked).min(128), "{list:?}");
                }
            }
        }
    }

    #[test]
    fn a_pseudonym_depends_on_the_key_and_the_name_alone() {
        let (one, same, other) = (Mask::new(b"one"), Mask::new(b"one"), Mask::new(b"other"));
        let address = "198.51.100.7".parse().unwrap();
        assert_eq!((one.name("A.example."), one.address(address)), (same.name("a.EXAMPLE"), same.address(address)));
        assert!(one.name("a.example") != other.name("a.example") && one.address(address) != other.address(address));
        assert!(one.name("*.a.example").starts_with("*.n") && one.name("*.a.example").ends_with(&one.name("a.example")));
        assert_eq!((one.name(""), one.series("")), (String::new(), Word::default()));
        assert!(one.path(3, "b") > one.path(2, "z") && one.path(3, "b") != other.path(3, "b"));
    }

    #[test]
    fn no_name_of_a_certificate_is_left() {
        let mask = Mask::new(b"key");
        let x509 = X509 {
            subject_cn: b"a.example".to_vec(),
            subject: b"CN=a.example,O=Example".to_vec(),
            issuer: b"CN=Example CA".to_vec(),
            sans: vec![San::Dns(b"*.a.example".to_vec()), San::Ip("192.0.2.1".parse().unwrap()), San::Other(b"email:x@a.example".to_vec())],
            serial: vec![1, 2, 3],
            not_before: 3 * DAY + 5,
            not_after: -1,
            ..X509::default()
        };
        let masked = mask.certificate(&Arc::new(Certificate { id: [7; 32], der_bytes: 5, x509: Ok(x509) }));
        let text = format!("{masked:?}")
            + &masked.x509.as_ref().unwrap().sans.iter().map(|san| String::from_utf8(san.text().into()).unwrap()).collect::<String>();
        assert!(!text.contains("example") && !text.contains("192.0.2.1") && text.contains("email:n"), "{text}");
        let read = masked.x509.as_ref().unwrap();
        assert!(masked.id != [7; 32] && masked.der_bytes == 5 && read.serial.len() == 8);
        assert_eq!((read.not_before, read.not_after), (3 * DAY, -DAY));
    }
}
