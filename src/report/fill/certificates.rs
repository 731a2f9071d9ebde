//! Certificates into the page, what ends first on top.

use super::super::view::{self, Certificates, Level};
use crate::census::certificates::{self, CertificateRow};

/// Days left up to which a certificate is worth a look.
const SOON: i64 = 30;

/// Section 6.
pub fn certificates(census: &certificates::Certificates) -> Certificates {
    let mut rows = census.rows();
    rows.sort_by(|one, other| {
        let key = |row: &CertificateRow| (row.days_left_at_capture.is_none(), row.days_left_at_capture);
        key(one).cmp(&key(other)).then_with(|| one.cert_id.cmp(&other.cert_id))
    });
    let count = |is: fn(i64) -> bool| rows.iter().filter(|row| row.days_left_at_capture.is_some_and(is)).count() as u64;
    Certificates {
        expired: count(|days| days < 0),
        ending: count(|days| (0..=SOON).contains(&days)),
        rows: rows.iter().map(certificate).collect(),
    }
}

fn certificate(row: &CertificateRow) -> view::CertificateRow {
    let named = [row.subject_cn.0.as_str(), row.sans.0.first().map_or("", |san| &san.0)].into_iter().find(|name| !name.is_empty());
    let size = row.key_bits.map_or_else(|| row.curve.to_string(), |bits| format!("{bits} bits"));
    view::CertificateRow {
        name: named.map_or_else(|| row.cert_id.chars().take(16).collect(), String::from),
        issuer: row.issuer.0.clone(),
        days_left: row.days_left_at_capture,
        level: match row.days_left_at_capture {
            None => Level::Neutral,
            Some(days) if days < 0 => Level::Bad,
            Some(days) if days <= SOON => Level::Warn,
            Some(_) => Level::Good,
        },
        key: format!("{} {size}", row.key_type).trim().to_owned(),
        signature: row.signature_algorithm.clone().into_owned(),
        flows: row.flows,
        servers: row.servers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Wild;

    #[test]
    fn days_left_have_a_word_and_a_nameless_certificate_its_digest() {
        let of = |days| {
            certificate(&CertificateRow { cert_id: "0123456789abcdef0123".into(), days_left_at_capture: days, ..Default::default() })
        };
        for (days, level) in
            [(None, Level::Neutral), (Some(-1), Level::Bad), (Some(0), Level::Warn), (Some(30), Level::Warn), (Some(31), Level::Good)]
        {
            assert_eq!(of(days).level, level, "{days:?}");
        }
        assert_eq!(of(None).name, "0123456789abcdef");
        let row =
            CertificateRow { subject_cn: Wild("a.example".into()), key_type: "RSA".into(), key_bits: Some(1024), ..Default::default() };
        assert_eq!((certificate(&row).name.as_str(), certificate(&row).key.as_str()), ("a.example", "RSA 1024 bits"));
    }
}
