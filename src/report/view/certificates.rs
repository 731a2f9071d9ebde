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
    /// Whole days from the last flow that showed it to its end, negative once it has ended.
    pub days_left: Option<i64>,
    /// The days left, in words of how much it matters.
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
