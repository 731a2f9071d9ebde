//! Certificates made byte by byte, so that each part of one can be wrong in its own way.

use super::*;

/// `tag | length | content`.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let head = match len {
        0..0x80 => vec![tag, len as u8],
        0x80..0x100 => vec![tag, 0x81, len as u8],
        _ => vec![tag, 0x82, (len >> 8) as u8, len as u8],
    };
    [head, content.to_vec()].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// The DER of an object identifier of arcs below 2^28.
fn oid(text: &str) -> Vec<u8> {
    let arcs: Vec<u32> = text.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let sevens = (0..4).rev().map(|index| (arc >> (7 * index)) as u8 & 0x7f).skip_while(|seven| *seven == 0);
        let mut sevens: Vec<u8> = sevens.map(|seven| seven | 0x80).collect();
        match sevens.last_mut() {
            Some(last) => *last &= 0x7f,
            None => sevens.push(0),
        }
        content.extend(sevens);
    }
    element(6, &content)
}

/// A name of attributes (number, tag of the string, value).
fn name(attributes: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let parts: Vec<u8> =
        attributes.iter().flat_map(|(kind, tag, value)| element(0x31, &sequence(&[&oid(kind), &element(*tag, value)]))).collect();
    element(0x30, &parts)
}

struct Made {
    subject: Vec<u8>,
    issuer: Vec<u8>,
    key: Vec<u8>,
    signature: Vec<u8>,
    names: Vec<Vec<u8>>,
    is_ca: bool,
}

impl Default for Made {
    fn default() -> Self {
        let rsa = sequence(&[&element(2, &[&[0, 0x80][..], &[1; 255]].concat()), &element(2, &[1, 0, 1])]);
        Made {
            subject: name(&[("2.5.4.6", 0x13, b"US"), ("2.5.4.10", 0x0c, b"A, B"), ("2.5.4.3", 0x0c, b"leaf")]),
            issuer: name(&[("2.5.4.3", 0x0c, b"root")]),
            key: sequence(&[&sequence(&[&oid("1.2.840.113549.1.1.1"), &[5, 0]]), &element(3, &[&[0][..], &rsa].concat())]),
            signature: sequence(&[&oid("1.2.840.113549.1.1.11"), &[5, 0]]),
            names: Vec::new(),
            is_ca: false,
        }
    }
}

impl Made {
    fn der(&self) -> Vec<u8> {
        let constraints = element(4, &sequence(&[if self.is_ca { &[1, 1, 0xff][..] } else { &[] }]));
        let mut extensions = sequence(&[&oid("2.5.29.19"), &constraints]);
        if !self.names.is_empty() {
            extensions.extend(sequence(&[&oid("2.5.29.17"), &element(4, &element(0x30, &self.names.concat()))]));
        }
        let validity = sequence(&[&element(0x17, b"200101000000Z"), &element(0x18, b"20501231235959Z")]);
        let tbs = sequence(&[
            &element(0xa0, &[2, 1, 2]),
            &element(2, &[0x0a, 0xff]),
            &self.signature,
            &self.issuer,
            &validity,
            &self.subject,
            &self.key,
            &element(0xa3, &element(0x30, &extensions)),
        ]);
        sequence(&[&tbs, &self.signature, &element(3, &[0, 1, 2, 3])])
    }

    fn read(&self) -> X509 {
        x509::read(&self.der()).unwrap()
    }
}

fn dns(host: &str) -> Vec<u8> {
    element(0x82, host.as_bytes())
}

fn key(kind: &str, parameters: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&oid(kind), parameters]), &element(3, &[&[0], key].concat())])
}

#[test]
fn chains() {
    let body = [0, 0, 9, 0, 0, 3, b'a', b'b', b'c', 0, 0, 0];
    let chain = read(&body);
    assert_eq!(chain.certificates.len(), 2);
    assert!(!chain.malformed);
    let digest: String = chain.certificates[0].id.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4, "abc"
    assert_eq!(chain.certificates[0].x509, Err("der"));
    for end in 0..body.len() {
        assert!(read(&body[..end]).malformed, "{end}");
    }
    assert_eq!(read(&[0, 0, 0]), Chain::default());
    assert!(read(&[0, 0, 0, 1]).malformed);
}

#[test]
fn a_certificate_in_full() {
    let made =
        Made { names: vec![dns("a.example"), element(0x87, &[192, 0, 2, 1]), element(0x81, b"x@y")], is_ca: true, ..Made::default() };
    let read = made.read();
    assert_eq!(read.subject, b"CN=leaf,O=A\\, B,C=US");
    assert_eq!((&read.subject_cn[..], &read.issuer[..], read.self_signed, read.is_ca), (&b"leaf"[..], &b"CN=root"[..], false, true));
    assert_eq!((read.not_before, read.not_after), (1_577_836_800, 2_556_143_999));
    assert_eq!((&read.key_type[..], read.key_bits, &read.curve[..]), ("RSA", Some(2048), ""));
    assert_eq!((&read.signature_algorithm[..], read.signature_hash), ("sha256WithRSAEncryption", "sha256"));
    assert_eq!(read.serial, [0x0a, 0xff]);
    let sans: Vec<_> = read.sans.iter().map(|san| san.text().into_owned()).collect();
    assert_eq!((sans, read.sans_count), (vec![b"a.example".to_vec(), b"IP:192.0.2.1".to_vec(), b"email:x@y".to_vec()], 3));
}

#[test]
fn keys() {
    let check = |spki: Vec<u8>, kind: &str, bits, curve: &str| {
        let read = Made { key: spki, ..Made::default() }.read();
        assert_eq!((&read.key_type[..], read.key_bits, &read.curve[..]), (kind, bits, curve));
    };
    check(key("1.2.840.10045.2.1", &oid("1.2.840.10045.3.1.7"), &[4; 65]), "EC", Some(256), "secp256r1");
    check(key("1.2.840.10045.2.1", &oid("1.3.132.0.35"), &[4; 133]), "EC", Some(521), "secp521r1");
    check(key("1.2.840.10045.2.1", &oid("1.3.9.9"), &[4; 9]), "EC", None, "1.3.9.9");
    check(key("1.2.840.10045.2.1", &sequence(&[&[2, 1, 1]]), &[4; 9]), "EC", None, "explicit");
    check(key("1.3.101.112", &[], &[1; 32]), "Ed25519", Some(256), "");
    check(key("2.16.840.1.101.3.4.3.18", &[], &[1; 1952]), "ML-DSA-65", None, "");
    check(key("1.2.3.4", &[], &[1; 9]), "1.2.3.4", None, "");
    let modulus = [&[0x01][..], &[0; 127]].concat(); // 1,017 bits
    check(key("1.2.840.113549.1.1.1", &[5, 0], &sequence(&[&element(2, &modulus), &[2, 1, 3]])), "RSA", Some(1017), "");
    check(key("1.2.840.113549.1.1.1", &[5, 0], &[0x30, 0x84, 0xff]), "RSA", None, "");
    check(key("1.2.840.10040.4.1", &sequence(&[&element(2, &[0x40; 128])]), &[2, 1, 1]), "DSA", Some(1023), "");
}

#[test]
fn signatures() {
    let check = |signature: Vec<u8>, name: &str, hash: &str| {
        let read = Made { signature, ..Made::default() }.read();
        assert_eq!((&read.signature_algorithm[..], read.signature_hash), (name, hash));
    };
    check(sequence(&[&oid("1.2.840.10045.4.3.3")]), "ecdsa-with-SHA384", "sha384");
    check(sequence(&[&oid("1.2.3.4")]), "1.2.3.4", "");
    let pss = |parameters: &[u8]| sequence(&[&oid("1.2.840.113549.1.1.10"), parameters]);
    check(pss(&sequence(&[&element(0xa0, &sequence(&[&oid("2.16.840.1.101.3.4.2.1"), &[5, 0]]))])), "RSASSA-PSS", "sha256");
    check(pss(&sequence(&[])), "RSASSA-PSS", "sha1");
}

#[test]
fn names_are_kept_as_they_are_and_cut() {
    let wide = Made { subject: name(&[("2.5.4.3", 0x1e, &[0x20, 0xac, 0, b'x'])]), ..Made::default() }.read();
    assert_eq!(wide.subject_cn, "€x".as_bytes());
    let long = Made { subject: name(&[("2.5.4.3", 0x0c, "€".repeat(400).as_bytes())]), ..Made::default() }.read();
    assert!(long.subject.len() <= x509::MAX_NAME && std::str::from_utf8(&long.subject).is_ok());
    let many = Made { names: vec![dns("host.example.com"); 2000], ..Made::default() }.read();
    assert!(many.sans_cut() && many.sans_count == 2000 && many.sans.len() < 500);
    assert_eq!(names_host(&many, b"host.example.com"), Some(true));
    assert_eq!(names_host(&many, b"other.example.com"), None);
    let own = Made { issuer: Made::default().subject, ..Made::default() }.read();
    assert!(own.self_signed);
}

/// RFC 9525 section 6.
#[test]
fn hosts() {
    let read = Made { names: vec![dns("Example.com"), dns("*.a.example"), dns("f*.b.example"), dns("*")], ..Made::default() }.read();
    let check = |host: &str, named| assert_eq!(names_host(&read, host.as_bytes()), Some(named), "{host}");
    check("example.COM", true);
    check("example.com.", true);
    check("www.example.com", false);
    check("x.a.example", true);
    check("x.y.a.example", false);
    check("a.example", false);
    check(".a.example", false);
    check("foo.b.example", false);
    check("localhost", false);
    check("leaf", false); // the commonName
    check("", false);
    let addresses = Made { names: vec![element(0x87, &[192, 0, 2, 1]), dns("192.0.2.2")], ..Made::default() }.read();
    assert_eq!(names_host(&addresses, b"192.0.2.1"), Some(true));
    assert_eq!(names_host(&addresses, b"192.0.2.2"), Some(false));
}

#[test]
fn orders() {
    let common = |text: &str| name(&[("2.5.4.3", 0x0c, text.as_bytes())]);
    let made = |subject: &str, issuer: &str| Made { subject: common(subject), issuer: common(issuer), ..Made::default() }.der();
    let check = |list: &[Vec<u8>], expected| {
        let list: Vec<u8> = list.iter().flat_map(|der| [&[0, (der.len() >> 8) as u8, der.len() as u8][..], der].concat()).collect();
        let chain = read(&[&[0, (list.len() >> 8) as u8, list.len() as u8][..], &list].concat());
        assert_eq!(order(&chain), expected);
    };
    check(&[], None);
    check(&[made("a", "b")], Some(Order::Single));
    check(&[made("a", "a")], Some(Order::SelfSigned));
    check(&[made("a", "b"), made("b", "c"), made("c", "c")], Some(Order::Ordered));
    check(&[made("a", "b"), made("c", "c"), made("b", "c")], Some(Order::Unordered));
    check(&[made("a", "b"), b"junk".to_vec()], Some(Order::Unreadable));
}

#[test]
fn no_prefix_and_no_flipped_byte_is_a_panic() {
    let der = Made { names: vec![dns("a.example"), element(0x87, &[1; 16])], ..Made::default() }.der();
    for end in 0..der.len() {
        assert!(x509::read(&der[..end]).is_err(), "{end}");
    }
    assert_eq!(x509::read(&[&der[..], &[0]].concat()), Err("trailing_bytes"));
    for at in 0..der.len() {
        for flip in [1, 0x80, 0xff] {
            let mut der = der.clone();
            der[at] ^= flip;
            let _ = x509::read(&der);
        }
    }
}
