//! Certificates into the page, what ends first on top.

use super::super::figure::expiry;
use super::super::view::{self, Certificates, Level};
use super::super::write::Results;
use crate::census::certificates::{self, CertificateRow};
use crate::census::findings::Found;

/// Days left up to which a certificate is worth a look.
const SOON: i64 = 30;

/// Section 6.
pub fn certificates(results: &Results) -> Certificates {
    let mut rows = results.census.certificates.rows();
    rows.sort_by(|one, other| {
        let key = |row: &CertificateRow| (row.days_left_at_capture.is_none(), row.days_left_at_capture);
        key(one).cmp(&key(other)).then_with(|| one.cert_id.cmp(&other.cert_id))
    });
    let count = |is: fn(i64) -> bool| rows.iter().filter(|row| row.days_left_at_capture.is_some_and(is)).count() as u64;
    Certificates {
        expired: count(|days| days < 0),
        ending: count(|days| (0..=SOON).contains(&days)),
        columns: expiry::columns(rows.iter().filter_map(|row| row.days_left_at_capture)),
        findings: results
            .findings
            .iter()
            .filter(|found| !found.setting.muted && found.rule.subject().as_str() == "certificate")
            .map(of_rule)
            .collect(),
        rows: rows.iter().map(certificate).collect(),
    }
}

fn of_rule(found: &Found) -> (String, String, Level, u64) {
    let subjects = found.rows.len() as u64 - u64::from(found.more);
    (found.rule.id.into(), found.rule.title.into(), super::findings::level(found.setting.severity), subjects)
}

/// Certificates that have ended at a time (microseconds since 1970), that end within 30 days of it, and all whose end is known.
pub fn ended(census: &certificates::Certificates, at_us: i64) -> (u64, u64, u64) {
    let days = |row: &CertificateRow| Some(super::micros(row.not_after_utc?).saturating_sub(at_us).div_euclid(86_400_000_000));
    let days: Vec<i64> = census.rows().iter().filter_map(days).collect();
    let count = |is: fn(i64) -> bool| days.iter().filter(|days| is(**days)).count() as u64;
    (count(|days| days < 0), count(|days| (0..=SOON).contains(&days)), days.len() as u64)
}

fn certificate(row: &CertificateRow) -> view::CertificateRow {
    let named = [row.subject_cn.0.as_str(), row.sans.0.first().map_or("", |san| &san.0)].into_iter().find(|name| !name.is_empty());
    let size = row.key_bits.map_or_else(|| row.curve.to_string(), |bits| format!("{bits} bits"));
    let (standing, level) = match row.days_left_at_capture {
        None => ("unknown", Level::Neutral),
        Some(days) if days < 0 => ("expired", Level::Bad),
        Some(_) if row.not_before_utc.is_some_and(|from| from > row.first_utc) => ("not yet valid", Level::Bad),
        Some(days) if days <= SOON => ("ends soon", Level::Warn),
        Some(_) => ("valid", Level::Good),
    };
    view::CertificateRow {
        name: named.map_or_else(|| row.cert_id.chars().take(16).collect(), String::from),
        issuer: row.issuer.0.clone(),
        ends_us: row.not_after_utc.map(super::micros),
        days_left: row.days_left_at_capture,
        standing,
        level,
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
    use crate::time::Timestamp;

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
        let early = |from| CertificateRow {
            days_left_at_capture: Some(90),
            not_before_utc: Some(Timestamp(from)),
            first_utc: Timestamp(1_000),
            ..Default::default()
        };
        assert_eq!([1_000, 1_001].map(|from| certificate(&early(from)).standing), ["valid", "not yet valid"]);
        assert_eq!(of(None).name, "0123456789abcdef");
        let row =
            CertificateRow { subject_cn: Wild("a.example".into()), key_type: "RSA".into(), key_bits: Some(1024), ..Default::default() };
        assert_eq!((certificate(&row).name.as_str(), certificate(&row).key.as_str()), ("a.example", "RSA 1024 bits"));
    }
}
