//! Section 6: certificates that were sent in plain, judged at capture time.

use super::{Cut, Level};

/// Certificates in the table.
pub const MAX_CERTIFICATES: usize = 60;

/// Section 6, what ends first on top. TLS 1.3 encrypts certificates, so they are not among these.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// Certificates that had ended when last seen.
    pub expired: u64,
    /// Certificates with up to 30 days left when last seen.
    pub ending: u64,
    /// Certificates by place on the axis of days left and class: what [`super::super::figure::expiry::columns`] makes.
    pub columns: Vec<(u64, &'static str, u64)>,
    /// Rules that found something in certificates: id, title, how much it matters, certificates concerned.
    pub findings: Vec<(String, String, Level, u64)>,
    /// The certificates.
    pub rows: Cut<CertificateRow, MAX_CERTIFICATES>,
}

/// One certificate.
#[derive(Clone, Debug, Default)]
pub struct CertificateRow {
    /// Common name of its subject, else the first alternative name, else the start of its digest.
    pub name: String,
    /// Its issuer.
    pub issuer: String,
    /// Its last second, microseconds since 1970 UTC.
    pub ends_us: Option<i64>,
    /// Whole days from the last flow that showed it to its end, negative once it has ended.
    pub days_left: Option<i64>,
    /// Whether it was valid whenever it was shown, in words.
    pub standing: &'static str,
    /// How much that matters.
    pub level: Level,
    /// Key type and size, or curve.
    pub key: String,
    /// Signature algorithm.
    pub signature: String,
    /// Flows that showed it.
    pub flows: u64,
    /// Servers that showed it.
    pub servers: u64,
}
