//! Rules on certificates that were shown in plain. Nothing is verified: no signature, no path, no revocation.

use super::rule::{Check, Rule, Severity, Subject, Threshold};
use crate::census::certificates::CertificateRow;

const RENEW: &str = "Renew the certificate and automate its renewal; see subject, sans and not_after_utc in certificates.csv.";

fn named(certificate: &CertificateRow, what: &str) -> String {
    let name = if certificate.subject_cn.0.is_empty() { &certificate.subject.0 } else { &certificate.subject_cn.0 };
    format!("{}: {what}", name.chars().take(120).collect::<String>())
}

/// A root in a chain is trusted for itself: its dates and its signature say nothing.
fn is_root(certificate: &CertificateRow) -> bool {
    certificate.self_signed == Some(true) && certificate.leaf_flows == 0
}

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "certificate_expired",
        severity: Severity::High,
        title: "Expired certificate",
        why: "Clients that check refuse the server, and users learn to click warnings away.",
        advice: RENEW,
        decided: "not_after_utc lies before the last time that it was shown. Roots in a chain are left out.",
        threshold: None,
        source: "RFC 5280 section 4.1.2.5 (May 2008)",
        check: Check::Certificate(|certificate, _| {
            let days = certificate.days_left_at_capture.filter(|days| *days < 0 && !is_root(certificate))?;
            Some(named(certificate, &format!("expired, {} days left when it was last shown", days)))
        }),
    },
    Rule {
        id: "certificate_expiring",
        severity: Severity::Medium,
        title: "Certificate expires soon",
        why: "On the day after, clients refuse the server.",
        advice: RENEW,
        decided: "Whole days from the last time that it was shown to not_after_utc. The day of the run does not count, so that a result depends on its captures alone.",
        threshold: Some(Threshold { value: 30, unit: "days" }),
        source: "RFC 5280 section 4.1.2.5 (May 2008)",
        check: Check::Certificate(|certificate, limit| {
            let days =
                certificate.days_left_at_capture.filter(|days| *days >= 0 && days.unsigned_abs() < limit && !is_root(certificate))?;
            Some(named(certificate, &format!("{days} days left")))
        }),
    },
    Rule {
        id: "certificate_not_yet_valid",
        severity: Severity::High,
        title: "Certificate not yet valid",
        why: "Clients that check refuse it; often the clock of the server or of the issuer is wrong.",
        advice: "Check the clocks, also that of the capturing host.",
        decided: "not_before_utc lies after the first time that it was shown. Roots in a chain are left out.",
        threshold: None,
        source: "RFC 5280 section 4.1.2.5 (May 2008)",
        check: Check::Certificate(|certificate, _| {
            certificate.not_before_utc.filter(|from| *from > certificate.first_utc && !is_root(certificate))?;
            Some(named(certificate, "shown before it was valid"))
        }),
    },
    Rule {
        id: "certificate_self_signed",
        severity: Severity::Medium,
        title: "Self-signed certificate",
        why: "Without a certificate that was handed over beforehand a client cannot tell the server from anybody else.",
        advice: "Use a certificate of a public or of your own authority.",
        decided: "The leaf's issuer and subject are the same name; the signature is not verified.",
        threshold: None,
        source: "RFC 5280 section 3.2 (May 2008)",
        check: Check::Certificate(|certificate, _| {
            (certificate.self_signed == Some(true) && certificate.leaf_flows > 0).then(|| named(certificate, "issued by itself"))
        }),
    },
    Rule {
        id: "certificate_key_small",
        severity: Severity::High,
        title: "Certificate with a small key",
        why: "A key that can be computed lets anyone take the server's place.",
        advice: "Make a new key: ECDSA with P-256, or RSA with 2,048 bits or more.",
        decided: "RSA and DSA keys below the threshold; of elliptic curves those below an eighth of it (256 bits).",
        threshold: Some(Threshold { value: 2048, unit: "bits" }),
        source: "RFC 9325 section 4.5 (November 2022)",
        check: Check::Certificate(|certificate, bits| {
            let size = certificate.key_bits?;
            let least = match certificate.key_type.as_ref() {
                "RSA" | "RSA-PSS" | "DSA" => bits,
                "EC" => bits / 8,
                _ => return None,
            };
            (u64::from(size) < least).then(|| named(certificate, &format!("{} with {size} bits", certificate.key_type)))
        }),
    },
    Rule {
        id: "certificate_signature_weak",
        severity: Severity::High,
        title: "Certificate signed with MD5 or SHA-1",
        why: "Collisions of these hashes have been used to forge certificates.",
        advice: "Have it issued again with SHA-256.",
        decided: "By its signature algorithm. Self-signed ones are left out: their signature proves nothing.",
        threshold: None,
        source: "RFC 9155 (December 2021); RFC 9325 section 4.5 (November 2022)",
        check: Check::Certificate(|certificate, _| {
            let weak = matches!(certificate.signature_hash.as_ref(), "md2" | "md5" | "sha1") && certificate.self_signed != Some(true);
            weak.then(|| named(certificate, &certificate.signature_algorithm))
        }),
    },
    Rule {
        id: "certificate_name_mismatch",
        severity: Severity::Medium,
        title: "Certificate for another name",
        why: "Clients that check refuse the server.",
        advice: "Add the name to the certificate, or send the client elsewhere: some hosts answer unknown names with a default certificate.",
        decided: "No name in the leaf's subjectAltName fits the server_name; a commonName does not count. Certificates of TLS 1.3 are encrypted and not judged.",
        threshold: None,
        source: "RFC 9525 section 6 (November 2023)",
        check: Check::Flow(
            Subject::Server,
            |look, _| look.flow().certificate_name_match == Some(false),
            |look| format!("asked for {}", look.flow().sni.0.chars().take(120).collect::<String>()),
        ),
    },
    Rule {
        id: "certificate_unreadable",
        severity: Severity::Low,
        title: "Certificate that cannot be read",
        why: "Clients with a strict reader refuse it.",
        advice: "Have it issued again; see error in certificates.csv.",
        decided: "Its DER does not read as X.509. Certificates of TLS 1.3 are encrypted and not judged.",
        threshold: None,
        source: "RFC 5280 section 4.1 (May 2008)",
        check: Check::Certificate(|certificate, _| {
            (!certificate.error.is_empty()).then(|| named(certificate, &format!("error {}", certificate.error)))
        }),
    },
];
