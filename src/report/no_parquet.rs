//! What stands for Parquet files in a build without them.

use super::table_file::WrittenFile;
use crate::error::Error;
use crate::row::Table;
use std::path::Path;

/// A file that cannot be.
pub enum ParquetFile {}

impl ParquetFile {
    /// Refuses.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn create(_: &Path, _: &Table, _: bool) -> Result<Self, Error> {
        Err(Error::Usage("this build writes no Parquet files: it was made without the feature parquet".to_owned()))
    }

    /// Nothing to append to.
    pub fn append(&mut self, _: &[u8]) -> Result<(), Error> {
        match *self {}
    }

    /// Nothing to end.
    pub fn finish(self) -> Result<WrittenFile, Error> {
        match self {}
    }
}
