//! The flows' tables of several runs as one: whole lines, copied in the order of captures, one line in memory at a time.
//!
//! A capture was read by one run, and a run's lines are in the order of its captures. So the next lines are always those
//! of the run whose next capture comes first, up to the end of that capture; within it nothing changes its place.

use super::merge::{Part, is_read};
use crate::error::Error;
use crate::report::Layout;
use crate::report::csv::{BOM, header};
use crate::report::reading::{self, Reading};
use crate::report::table_file::{TableFile, Written};
use crate::row::flow::{FlowCertificateRow, FlowRow};
use crate::row::message::MessageRow;
use crate::row::{Row, Table};
use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::path::Path;

/// Bytes that a line may have: its cells end at 32,000 characters, most of them much sooner.
const MAX_LINE: u64 = 16 << 20;

/// The tables, that of the flows first.
const TABLES: [Table; 3] = [FlowRow::TABLE, MessageRow::TABLE, FlowCertificateRow::TABLE];

/// Writes the flows' tables of all runs to `out/csv`.
///
/// # Errors
///
/// A table is not what a run of this version writes, or the file system refuses.
pub fn merge(parts: &[Part], out: &Path, layout: &Layout) -> Result<Vec<Written>, Error> {
    let mut files = Vec::new();
    for table in &TABLES {
        files.push(TableFile::create_long(out, table, layout)?);
    }
    let mut sources = parts.iter().map(Source::open).collect::<Result<Vec<_>, _>>()?;
    while let Some((at, place)) = first(&sources) {
        while sources[at].next == Some(place) {
            sources[at].copy_flow(&mut files)?;
        }
    }
    if let Some(lines) = sources.iter().flat_map(|source| &source.tables).find(|lines| !lines.line.is_empty()) {
        return Err(Error::result(lines.file.path(), "has lines of a flow that flows.csv does not have there"));
    }
    let mut written = files.into_iter().map(TableFile::finish).collect::<Result<Vec<_>, _>>()?;
    for (at, file) in written.iter_mut().enumerate() {
        let of = |part: &Part| part.state.streamed().get(at).map_or(0, |table| table.guarded_cells);
        file.guarded_cells = parts.iter().map(of).sum();
    }
    Ok(written)
}

/// The run whose next capture comes first, and that capture.
fn first(sources: &[Source]) -> Option<(usize, u32)> {
    sources.iter().enumerate().filter_map(|(at, source)| Some((at, source.next?))).min_by_key(|(_, place)| *place)
}

/// The tables of one run.
struct Source<'a> {
    tables: [Lines; 3],
    /// The place of each capture that was read, by its id.
    places: HashMap<&'a str, u32>,
    /// The capture of the flow that comes next.
    next: Option<u32>,
}

impl<'a> Source<'a> {
    fn open(part: &'a Part) -> Result<Self, Error> {
        let [flows, messages, certificates] = &TABLES;
        let open = |table: &Table| Lines::open(&part.folder, table);
        let captures = part.state.captures.iter().zip(&part.places).filter(|(capture, _)| is_read(capture));
        let mut source = Source {
            tables: [open(flows)?, open(messages)?, open(certificates)?],
            places: captures.map(|(capture, place)| (capture.capture_id.as_ref(), *place)).collect(),
            next: None,
        };
        source.look()?;
        Ok(source)
    }

    /// Looks in which capture the next flow starts.
    fn look(&mut self) -> Result<(), Error> {
        let flows = &self.tables[0];
        if flows.line.is_empty() {
            self.next = None;
            return Ok(());
        }
        let place = std::str::from_utf8(flows.cell(1)).ok().and_then(|id| self.places.get(id).copied());
        let Some(place) = place else { return Err(flows.wrong("names a capture that the run did not read")) };
        if self.next.is_some_and(|before| place < before) {
            return Err(flows.wrong("is not in the order of its captures"));
        }
        self.next = Some(place);
        Ok(())
    }

    /// Copies the lines of the next flow.
    fn copy_flow(&mut self, files: &mut [TableFile]) -> Result<(), Error> {
        let [flows, rest @ ..] = &mut self.tables;
        let id = flows.cell(0).to_vec();
        files[0].append(&flows.line)?;
        flows.advance()?;
        for (lines, file) in rest.iter_mut().zip(&mut files[1..]) {
            while !lines.line.is_empty() && lines.cell(0) == id {
                file.append(&lines.line)?;
                lines.advance()?;
            }
        }
        self.look()
    }
}

/// A table, line by line.
struct Lines {
    file: Reading,
    /// The next line with its end; empty at the end of the table.
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    fn open(out: &Path, table: &Table) -> Result<Self, Error> {
        let mut lines = Lines { file: reading::open(out, table.name)?, line: Vec::new(), number: 0 };
        lines.advance()?;
        if lines.line.strip_prefix(BOM).unwrap_or(&lines.line) != header(table, false) {
            return Err(Error::result(lines.file.path(), "has other columns than this version writes; scan the captures again"));
        }
        lines.advance()?;
        Ok(lines)
    }

    /// Reads the next line. A line feed stands only at the end of a line: cells show theirs as `\x0A`.
    fn advance(&mut self) -> Result<(), Error> {
        self.line.clear();
        self.number += 1;
        self.file.by_ref().take(MAX_LINE).read_until(b'\n', &mut self.line).map_err(Error::io("reading", self.file.path()))?;
        if self.line.is_empty() || self.line.ends_with(b"\r\n") { Ok(()) } else { Err(self.wrong("does not end as a line does")) }
    }

    /// One of the first cells: ids, without a comma in them.
    fn cell(&self, at: usize) -> &[u8] {
        let cell = self.line.split(|byte| *byte == b',').nth(at).unwrap_or_default();
        cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell)
    }

    fn wrong(&self, what: &str) -> Error {
        Error::result(self.file.path(), format!("line {} {what}", self.number))
    }
}
