//! The list of all tables: what everything walks that names them, the dictionary, the data package, the loaders and the
//! manifest. A new table is its file in `census/` and a line here.

use super::csv;
use super::table_file::Written;
use super::write::Results;
use crate::census::certificates::CertificateRow;
use crate::census::cipher_suites::CipherSuiteRow;
use crate::census::clients::{CipherOfferRow, ClientRow};
use crate::census::failures::FailureRow;
use crate::census::findings::{self, FindingRow};
use crate::census::groups::GroupRow;
use crate::census::losses::{LossRow, losses};
use crate::census::mss::MssRow;
use crate::census::offers::{AlpnRow, ExtensionRow, SignatureSchemeRow};
use crate::census::quantiles::QuantileRow;
use crate::census::segmentation::SegmentationRow;
use crate::census::servers::{self, ServerRow};
use crate::census::timeline::TimelineRow;
use crate::census::versions::VersionRow;
use crate::error::Error;
use crate::row::capture::CaptureRow;
use crate::row::flow::{FlowCertificateRow, FlowRow};
use crate::row::message::MessageRow;
use crate::row::{Row, Table};
use std::path::Path;

/// A table and how its file comes about.
pub struct Entry {
    /// Its schema.
    pub table: Table,
    /// Writes its files from the results; `None`: the run has written them as the flows ended.
    pub write: Option<WriteTable>,
}

/// Writes a table's files into the folder of a result.
pub type WriteTable = fn(&Results, &Path) -> Result<Written, Error>;

macro_rules! tables {
    (streamed [$($streamed:ty),*]; $($row:ty: |$results:ident| $rows:expr;)+) => {
        /// All tables, those of a line a flow first.
        pub static TABLES: &[Entry] = &[
            $(Entry { table: <$streamed as Row>::TABLE, write: None },)*
            $(Entry {
                table: <$row as Row>::TABLE,
                write: Some(|$results, out| {
                    csv::write::<$row>(out, $rows, &$results.layout)
                }),
            },)+
        ];
    };
}

tables! {
    streamed [FlowRow, MessageRow, FlowCertificateRow];
    CaptureRow: |results| results.captures;
    VersionRow: |results| results.census.versions.rows();
    CipherSuiteRow: |results| results.census.cipher_suites.rows();
    GroupRow: |results| results.census.groups.rows();
    CertificateRow: |results| results.census.certificates.rows();
    ExtensionRow: |results| results.census.extensions.rows();
    SignatureSchemeRow: |results| results.census.signature_schemes.rows();
    AlpnRow: |results| results.census.alpn.rows();
    ServerRow: |results| results.census.servers.tallies().into_iter().map(|(server, tally)| servers::row(*server, tally));
    ClientRow: |results| results.census.clients.rows();
    CipherOfferRow: |results| results.census.clients.offers();
    TimelineRow: |results| results.census.timeline.rows();
    QuantileRow: |results| results.census.quantiles.rows();
    SegmentationRow: |results| results.census.segmentation.rows();
    MssRow: |results| results.census.mss.rows();
    FailureRow: |results| results.census.failures.rows();
    FindingRow: |results| findings::rows(results.findings);
    LossRow: |results| losses(results.ledger, |capture| results.path_of(capture));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_once_and_every_column_has_a_sentence() {
        let mut names = BTreeSet::new();
        for Entry { table, .. } in TABLES {
            assert!(names.insert(table.name), "{} twice", table.name);
            assert!(table.doc.trim().ends_with('.'), "{}", table.name);
            let mut columns = BTreeSet::new();
            for column in table.columns {
                let place = format!("{}.{}", table.name, column.name);
                assert!(columns.insert(column.name), "{place} twice");
                assert!(column.doc.trim().len() > 5, "{place} has no sentence");
            }
            assert!(table.key.iter().all(|key| columns.contains(key)), "{}", table.name);
        }
    }
}
