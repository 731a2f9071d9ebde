//! `cbom.json`: the cryptography that was seen in use, as a bill of materials in the form of CycloneDX 1.6
//! (ECMA-424, `cryptographic-asset`): protocols with their cipher suites, algorithms, certificates and their keys.
//!
//! ```text
//!  TLS 1.2 ──► its suites ──► RSA, ECDHE, AES_128_GCM, SHA256 ...       certificate ──► what signed it
//!                                     (by bom-ref)                           └────────► its public key ──► RSA
//! ```
//!
//! Only what was chosen or shown is in it, not what clients offer: a bill says what is in use. Everything follows from the
//! counts, the serial number too (a UUID of version 8 made of a digest of the rest, RFC 9562), so that the same
//! captures give the same bytes. It has no timestamp for that reason; CycloneDX does not ask for one.

use super::write::Results;
use crate::census::certificates::CertificateRow;
use crate::row::cell::Cell;
use crate::row::{Style, Wild};
use crate::time::Timestamp;
use crate::tls::names::{self, CipherSuite};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Places that are named for an asset, at most; a property has their number.
const MAX_OCCURRENCES: usize = 20;

/// The bill of materials.
pub fn cbom(results: &Results) -> Value {
    let mut algorithms = Algorithms::default();
    let mut components = protocols(results, &mut algorithms);
    groups(results, &mut algorithms);
    signatures(results, &mut algorithms);
    let certificates: Vec<Value> = results.census.certificates.rows().iter().flat_map(|row| certificate(row, &mut algorithms)).collect();
    components.extend(algorithms.0.into_values());
    components.extend(certificates);
    let mut bom = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "tlscensus", "version": results.version }] },
            "component": { "type": "data", "bom-ref": "captures", "name": results.title },
            "properties": [
                property("tlscensus:captures", results.captures.len()),
                property("tlscensus:tls_flows", results.census.totals.tls_flows),
            ],
        },
        "components": components,
    });
    bom["serialNumber"] = serial(&bom).into();
    bom
}

/// Algorithms by their reference, each once.
#[derive(Default)]
struct Algorithms(BTreeMap<String, Value>);

impl Algorithms {
    /// Puts an algorithm in; gives its reference. What does not apply is left out of `properties` as null.
    fn add(&mut self, name: &str, properties: Value) -> String {
        let reference = format!("algorithm/{name}");
        self.0.entry(reference.clone()).or_insert_with(|| {
            let properties: Map<String, Value> = match properties {
                Value::Object(properties) => properties.into_iter().filter(|(_, value)| !value.is_null()).collect(),
                _ => Map::new(),
            };
            json!({
                "type": "cryptographic-asset",
                "bom-ref": reference,
                "name": name,
                "cryptoProperties": { "assetType": "algorithm", "algorithmProperties": properties },
            })
        });
        reference
    }

    /// Says in how many flows an algorithm was chosen.
    fn count(&mut self, reference: &str, flows: u64, table: &str) {
        if let Some(component) = self.0.get_mut(reference) {
            component["properties"] = json!([property("tlscensus:chosen_flows", flows)]);
            component["evidence"] = json!({ "occurrences": [{ "location": table }] });
        }
    }
}

/// A component for each version that was agreed on, with the suites that were chosen in it and the servers that speak it.
fn protocols(results: &Results, algorithms: &mut Algorithms) -> Vec<Value> {
    let mut suites: BTreeMap<u16, Vec<Value>> = BTreeMap::new();
    for (version, code, _) in results.census.agreed.pairs() {
        suites.entry(version).or_default().push(suite(code, algorithms));
    }
    let servers = results.census.servers.rows();
    let versions = results.census.versions.rows().into_iter().filter(|row| row.chosen_flows > 0);
    let component = |row: crate::census::versions::VersionRow| {
        let speaking = servers.iter().filter(|server| server.versions.split(';').any(|version| version == row.name));
        let places: Vec<String> = speaking.map(|server| place(&server.server_ip, server.server_port)).collect();
        let (family, number) = row.name.split_once(' ').unwrap_or((&row.name, ""));
        json!({
            "type": "cryptographic-asset",
            "bom-ref": format!("protocol/0x{:04x}", row.code),
            "name": row.name,
            "cryptoProperties": {
                "assetType": "protocol",
                "protocolProperties": {
                    "type": if matches!(family, "TLS" | "SSL") { "tls" } else { "other" },
                    "version": number,
                    "cipherSuites": suites.get(&row.code).cloned().unwrap_or_default(),
                },
            },
            "evidence": { "occurrences": places.iter().take(MAX_OCCURRENCES).map(|place| json!({ "location": place })).collect::<Vec<_>>() },
            "properties": [
                property("tlscensus:chosen_flows", row.chosen_flows),
                property("tlscensus:offered_flows", row.offered_flows),
                property("tlscensus:servers", places.len()),
            ],
        })
    };
    versions.map(component).collect()
}

/// A suite as a part of a protocol, with references to what it is made of.
fn suite(code: u16, algorithms: &mut Algorithms) -> Value {
    let identifiers = [format!("0x{:02X}", code >> 8), format!("0x{:02X}", code & 0xff)];
    let Some(suite) = names::cipher_suite(code) else {
        return json!({ "name": format!("0x{code:04x}"), "identifiers": identifiers });
    };
    json!({ "name": suite.name, "identifiers": identifiers, "algorithms": made_of(suite, algorithms) })
}

/// Key exchange, authentication, cipher and hash of a suite, as far as it names them.
fn made_of(suite: &CipherSuite, algorithms: &mut Algorithms) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    if !matches!(suite.kx, "" | "NULL") {
        let primitive = match suite.kx {
            "RSA" | "RSA_PSK" => "pke",
            "PSK" | "KRB5" => "other",
            _ => "key-agree",
        };
        parts.insert(algorithms.add(suite.kx, json!({ "primitive": primitive, "nistQuantumSecurityLevel": broken_by_quantum(suite.kx) })));
    }
    if !matches!(suite.auth, "" | "NULL" | "anon") && suite.auth != suite.kx {
        let primitive = if matches!(suite.auth, "RSA" | "DSS" | "ECDSA" | "GOST") { "signature" } else { "other" };
        parts.insert(algorithms.add(
            &format!("{}-authentication", suite.auth),
            json!({ "primitive": primitive, "nistQuantumSecurityLevel": broken_by_quantum(suite.auth) }),
        ));
    }
    if !matches!(suite.cipher, "" | "NULL") {
        parts.insert(cipher(suite, algorithms));
    }
    if !matches!(suite.mac, "" | "AEAD" | "NULL") {
        parts.insert(algorithms.add(&format!("HMAC-{}", suite.mac), json!({ "primitive": "mac", "parameterSetIdentifier": suite.mac })));
    }
    parts
}

fn cipher(suite: &CipherSuite, algorithms: &mut Algorithms) -> String {
    let mode = match suite.mode {
        "CBC" => Some("cbc"),
        "GCM" => Some("gcm"),
        "CCM" | "CCM_8" => Some("ccm"),
        "CTR" => Some("ctr"),
        "" | "stream" => None,
        _ => Some("other"),
    };
    let primitive = match (suite.aead, suite.mode) {
        (true, _) => "ae",
        (false, "stream") => "stream-cipher",
        _ => "block-cipher",
    };
    let name = [suite.cipher.to_owned(), suite.key_bits.to_string(), suite.mode.to_owned()];
    let name = name.into_iter().filter(|part| !part.is_empty() && part != "0").collect::<Vec<_>>().join("-");
    // NIST's categories: 1, 3 and 5 are as hard to break as AES with keys of 128, 192 and 256 bits.
    let level = match (suite.cipher, suite.key_bits) {
        ("AES", 128) => Some(1),
        ("AES", 192) => Some(3),
        ("AES", 256) => Some(5),
        (_, bits) if bits < 128 => Some(0),
        _ => None,
    };
    algorithms.add(
        &name,
        json!({
            "primitive": primitive,
            "parameterSetIdentifier": (suite.key_bits > 0).then(|| suite.key_bits.to_string()),
            "mode": mode,
            "nistQuantumSecurityLevel": level,
        }),
    )
}

/// Category 0 for what Shor's algorithm breaks: factors and discrete logarithms. Nothing is said of the rest, nor of what
/// is made to withstand it (ML-DSA, SLH-DSA).
fn broken_by_quantum(name: &str) -> Option<u8> {
    let name = name.to_ascii_uppercase();
    let broken = ["RSA", "DH", "DSS", "DSA", "EC", "ED25519", "ED448", "GOST", "SM2"].iter().any(|broken| name.contains(broken));
    (broken && !["ML", "SLH"].iter().any(|safe| name.starts_with(safe))).then_some(0)
}

/// The groups that were chosen.
fn groups(results: &Results, algorithms: &mut Algorithms) {
    for row in results.census.groups.rows().into_iter().filter(|row| row.chosen_flows > 0) {
        let group = names::group(row.code);
        let post_quantum = group.is_some_and(|group| group.post_quantum);
        let hybrid = group.is_some_and(|group| group.hybrid);
        let primitive = match (post_quantum, hybrid) {
            (true, true) => "combiner",
            (true, false) => "kem",
            _ => "key-agree",
        };
        let reference = algorithms.add(
            &row.name,
            json!({
                "primitive": primitive,
                "parameterSetIdentifier": format!("0x{:04x}", row.code),
                "classicalSecurityLevel": group.map(|group| group.strength_bits).filter(|bits| *bits > 0),
                "nistQuantumSecurityLevel": (group.is_some() && !post_quantum).then_some(0),
            }),
        );
        algorithms.count(&reference, row.chosen_flows, "csv/groups.csv");
    }
}

/// The schemes with which servers were seen to sign their key exchange.
fn signatures(results: &Results, algorithms: &mut Algorithms) {
    for row in results.census.signature_schemes.rows().into_iter().filter(|row| row.chosen_flows > 0) {
        let level = names::signature_scheme(row.code).and_then(|scheme| broken_by_quantum(scheme.signature));
        let properties =
            json!({ "primitive": "signature", "parameterSetIdentifier": format!("0x{:04x}", row.code), "nistQuantumSecurityLevel": level });
        let reference = algorithms.add(&row.name, properties);
        algorithms.count(&reference, row.chosen_flows, "csv/signature_schemes.csv");
    }
}

/// A certificate and its key.
fn certificate(row: &CertificateRow, algorithms: &mut Algorithms) -> Vec<Value> {
    let mut properties = Map::new();
    let mut parts = Vec::new();
    let id = row.cert_id.as_ref();
    if !row.signature_algorithm.is_empty() {
        let level = broken_by_quantum(&row.signature_algorithm);
        let signature = algorithms.add(&row.signature_algorithm, json!({ "primitive": "signature", "nistQuantumSecurityLevel": level }));
        properties.insert("signatureAlgorithmRef".into(), signature.into());
    }
    if !row.key_type.is_empty() {
        let parameter = if row.curve.is_empty() { row.key_bits.map(|bits| bits.to_string()) } else { Some(row.curve.to_string()) };
        let name = parameter.iter().fold(row.key_type.to_string(), |name, parameter| format!("{name}-{parameter}"));
        let curve = (!row.curve.is_empty()).then(|| row.curve.to_string());
        let algorithm = algorithms.add(
            &name,
            json!({ "primitive": "pke", "parameterSetIdentifier": parameter, "curve": curve, "nistQuantumSecurityLevel": broken_by_quantum(&row.key_type) }),
        );
        properties.insert("subjectPublicKeyRef".into(), format!("key/{id}").into());
        let mut key = json!({ "type": "public-key", "algorithmRef": algorithm });
        if let Some(bits) = row.key_bits {
            key["size"] = bits.into();
        }
        parts.push(json!({
            "type": "cryptographic-asset",
            "bom-ref": format!("key/{id}"),
            "name": format!("{name} key of {}", &id[..id.len().min(12)]),
            "cryptoProperties": { "assetType": "related-crypto-material", "relatedCryptoMaterialProperties": key },
        }));
    }
    for (name, text) in [("subjectName", &row.subject), ("issuerName", &row.issuer)] {
        properties.extend((!text.0.is_empty()).then(|| (name.to_owned(), visible(text).into())));
    }
    for (name, time) in [("notValidBefore", row.not_before_utc), ("notValidAfter", row.not_after_utc)] {
        properties.extend(time.map(|time| (name.to_owned(), utc(time).into())));
    }
    properties.insert("certificateFormat".into(), "X.509".into());
    let name = if row.subject_cn.0.is_empty() { format!("certificate {}", &id[..id.len().min(12)]) } else { visible(&row.subject_cn) };
    let counts = [("flows", row.flows), ("leaf_flows", row.leaf_flows), ("client_flows", row.client_flows), ("servers", row.servers)];
    parts.insert(
        0,
        json!({
            "type": "cryptographic-asset",
            "bom-ref": format!("certificate/{id}"),
            "name": name,
            "hashes": [{ "alg": "SHA-256", "content": id }],
            "cryptoProperties": { "assetType": "certificate", "certificateProperties": properties },
            "evidence": { "occurrences": [{ "location": "csv/certificates.csv", "additionalContext": format!("cert_id = {id}") }] },
            "properties": counts.map(|(name, count)| property(&format!("tlscensus:{name}"), count)),
        }),
    );
    parts
}

/// Text of a capture with controls made visible, as in the tables.
fn visible(text: &Wild) -> String {
    super::words::clip(&text.0, usize::MAX)
}

fn utc(time: Timestamp) -> String {
    let mut text = Vec::new();
    time.append(Style::default(), &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn place(ip: &str, port: u16) -> String {
    if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}

fn property(name: &str, value: impl ToString) -> Value {
    json!({ "name": name, "value": value.to_string() })
}

/// `urn:uuid:` and a UUID of version 8 (RFC 9562 section 5.8): 122 bits of a digest.
fn serial(bom: &Value) -> String {
    let digest = Sha256::digest(bom.to_string().as_bytes());
    let mut bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::Census;
    use crate::ledger::Ledger;
    use crate::report::{Layout, RunBlock};

    fn of(flows: u64) -> Value {
        let mut census = Census::default();
        crate::census::tests::flows(flows).iter().for_each(|rows| census.observe(rows));
        cbom(&Results {
            title: "t".into(),
            partial: None,
            version: "0".into(),
            captures: &[],
            not_captures: 0,
            census: &census,
            ledger: &Ledger::default(),
            baseline: None,
            findings: &[],
            settings: Vec::new(),
            layout: Layout::default(),
            pages_from: None,
            run: RunBlock::default(),
        })
    }

    #[test]
    fn every_reference_leads_to_a_component_and_every_component_is_once() {
        let bom = of(200);
        let components = bom["components"].as_array().unwrap();
        let references: BTreeSet<&str> = components.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), components.len());
        let mut asked = Vec::new();
        for component in components {
            let crypto = &component["cryptoProperties"];
            let properties = ["protocolProperties", "certificateProperties", "relatedCryptoMaterialProperties"];
            for properties in properties.iter().filter_map(|name| crypto.get(name)) {
                asked.extend(
                    ["signatureAlgorithmRef", "subjectPublicKeyRef", "algorithmRef"]
                        .iter()
                        .filter_map(|name| properties.get(name)?.as_str()),
                );
                for suite in properties.get("cipherSuites").and_then(Value::as_array).into_iter().flatten() {
                    asked.extend(suite["algorithms"].as_array().into_iter().flatten().filter_map(Value::as_str));
                }
            }
        }
        assert!(asked.len() > 10 && asked.iter().all(|name| references.contains(name)), "{asked:?}");
        let kinds: BTreeSet<&str> = components.iter().map(|one| one["cryptoProperties"]["assetType"].as_str().unwrap()).collect();
        assert_eq!(kinds, BTreeSet::from(["algorithm", "certificate", "protocol"]));
    }

    #[test]
    fn what_falls_to_a_quantum_computer() {
        for name in ["RSA", "ECDHE", "DHE_PSK", "rsa_pss_rsae", "ecdsa-with-SHA256", "Ed25519", "sha256WithRSAEncryption"] {
            assert_eq!(broken_by_quantum(name), Some(0), "{name}");
        }
        for name in ["mldsa", "ML-DSA-44", "slhdsa", "PSK", "KRB5", ""] {
            assert_eq!(broken_by_quantum(name), None, "{name}");
        }
    }

    #[test]
    fn the_serial_number_follows_from_the_content() {
        let (one, same, other) = (of(100), of(100), of(101));
        assert_eq!(one, same);
        assert_ne!(one["serialNumber"], other["serialNumber"]);
        let serial = one["serialNumber"].as_str().unwrap();
        assert!(serial.len() == 45 && serial.as_bytes()[9 + 14] == b'8' && b"89ab".contains(&serial.as_bytes()[9 + 19]), "{serial}");
    }
}
