//! Rows read back from the tables that a run wrote, as a stream: a line at a time, so that memory stays small.

use super::csv::BOM;
use super::reading::Reading;
use crate::error::Error;
use crate::row::Row;
use crate::row::read::unguarded;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// A line of a table.
pub struct Line<'a> {
    path: &'a Path,
    /// Places of the columns by their names.
    places: &'a HashMap<String, usize>,
    cells: &'a csv::StringRecord,
    /// Whether text is without the guard against formulas.
    raw: bool,
}

impl Line<'_> {
    /// A cell by its place.
    pub fn get(&self, at: usize) -> Option<&str> {
        self.cells.get(at)
    }

    /// As a row of its table.
    ///
    /// # Errors
    ///
    /// A cell does not fit its column.
    pub fn row<R: Row>(&self) -> Result<R, Error> {
        let cell = |name: &str| {
            let text = self.cells.get(*self.places.get(name)?)?;
            let wild = || R::TABLE.columns.iter().any(|column| column.wild && column.name == name);
            // Reading takes a guard away: one is put before text that looks as if it had one.
            let guard = if self.raw && unguarded(text).len() < text.len() && wild() { "'" } else { "" };
            Some(format!("{guard}{text}"))
        };
        let line = self.cells.position().map_or(0, csv::Position::line);
        R::read(&cell).ok_or_else(|| Error::result(self.path, format!("has a cell in line {line} that does not fit its column")))
    }
}

/// Hands out the lines of a table until `each` has seen enough.
///
/// # Errors
///
/// The table cannot be read as CSV, or `each` fails.
pub fn walk(table: Reading, mut each: impl FnMut(Line<'_>) -> Result<ControlFlow<()>, Error>) -> Result<(), Error> {
    let (path, raw): (PathBuf, bool) = (table.path().to_owned(), table.is_raw());
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::io("reading", &path)(source),
        other => Error::result(&path, format!("cannot be read: {other:?}")),
    };
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(256 << 10).from_reader(table);
    let mark = std::str::from_utf8(BOM).unwrap_or_default();
    let header = reader.headers().map_err(failed)?.iter().enumerate();
    let places = header.map(|(at, name)| (name.strip_prefix(mark).unwrap_or(name).to_owned(), at)).collect();
    let mut cells = csv::StringRecord::new();
    while reader.read_record(&mut cells).map_err(failed)? {
        if each(Line { path: &path, places: &places, cells: &cells, raw })?.is_break() {
            break;
        }
    }
    Ok(())
}
