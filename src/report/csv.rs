//! CSV files of tables that fit memory, and the header of those that are written as the run goes.
//!
//! Cells come quoted by schema from [`Row::cells`], so the csv crate never quotes. Lines end in CRLF (RFC 4180).

use crate::error::Error;
use crate::row::{Row, Style, Table};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// UTF-8's byte order mark, which Excel wants and DuckDB and pandas pass over.
pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The table.
    pub table: &'static str,
    /// Rows, without the header.
    pub rows: u64,
    /// Bytes of the file, header and byte order mark included.
    pub bytes: u64,
    /// SHA-256 of the file in hex.
    pub sha256: String,
    /// Cells that got a `'` in front as a guard against formulas.
    pub guarded_cells: u64,
}

/// The first line of a table's file, with its line end, and the byte order mark before it if wanted.
pub fn header(table: &Table, bom: bool) -> Vec<u8> {
    let mut line = if bom { BOM.to_vec() } else { Vec::new() };
    for (index, column) in table.columns.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        line.extend_from_slice(column.name.as_bytes());
    }
    line.extend_from_slice(b"\r\n");
    line
}

/// Writes all rows of a table to a file.
pub fn write<R: Row>(path: &Path, rows: &[R], style: Style, bom: bool) -> Result<Written, Error> {
    let failed = || Error::io("writing", path);
    let file = File::create(path).map_err(Error::io("creating", path))?;
    let mut out = Digesting::new(BufWriter::new(file));
    out.write_all(&header(&R::TABLE, bom)).map_err(failed())?;
    let guarded_cells = body(&mut out, rows, style).map_err(|error| failed()(error.into()))?;
    out.flush().map_err(failed())?;
    let (bytes, sha256) = out.finish();
    Ok(Written { table: R::TABLE.name, rows: rows.len() as u64, bytes, sha256, guarded_cells })
}

/// The lines of rows. Returns how many cells were guarded.
fn body<R: Row>(out: impl Write, rows: &[R], style: Style) -> csv::Result<u64> {
    let mut lines =
        csv::WriterBuilder::new().has_headers(false).quote_style(csv::QuoteStyle::Never).terminator(csv::Terminator::CRLF).from_writer(out);
    let mut guarded = 0;
    let mut record = csv::ByteRecord::new();
    for row in rows {
        record.clear();
        row.cells(style, &mut |cell| record.push_field(cell));
        lines.write_byte_record(&record)?;
        guarded += guarded_cells(row, style);
    }
    lines.flush()?;
    Ok(guarded)
}

/// How many cells of a row the guard against formulas alters.
pub fn guarded_cells<R: Row>(row: &R, style: Style) -> u64 {
    if style.raw || !R::TABLE.columns.iter().any(|column| column.wild) {
        return 0;
    }
    let (mut plain, mut guarded) = (0u64, 0u64);
    row.cells(Style { raw: true }, &mut |cell| plain += cell.len() as u64);
    row.cells(style, &mut |cell| guarded += cell.len() as u64);
    guarded - plain // one quote a cell
}

/// A writer that knows the length and the SHA-256 of what went through it.
pub struct Digesting<W> {
    inner: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Digesting<W> {
    /// Around another writer.
    pub fn new(inner: W) -> Self {
        Digesting { inner, digest: Sha256::new(), bytes: 0 }
    }

    /// Bytes written and their SHA-256 in hex.
    pub fn finish(self) -> (u64, String) {
        (self.bytes, self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::losses::LossRow;
    use crate::row::Wild;
    use crate::row::flow::FlowRow;

    /// Bytes that spreadsheets, readers and terminals choke on.
    const HOSTILE: [&[u8]; 8] =
        [b"=1+1", b"a\"b\",c", b"x\r\ny", b"\xff\xfe", b"\0", "\u{202e}gpj".as_bytes(), b"'", b"-2+3+cmd|' /C calc'!A0"];

    fn rows() -> Vec<LossRow> {
        let row =
            |text: &[u8]| LossRow { layer: "ip".into(), example: Wild::from_bytes(text), example_frame: Some(1), ..LossRow::default() };
        HOSTILE.iter().map(|text| row(text)).chain([LossRow::default()]).collect()
    }

    #[test]
    fn the_csv_crate_and_the_formatter_of_the_lanes_write_the_same_bytes() {
        for raw in [false, true] {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            body(&mut one, &rows(), Style { raw }).unwrap();
            rows().iter().for_each(|row| row.append_csv(Style { raw }, &mut other));
            assert_eq!(String::from_utf8(one).unwrap(), String::from_utf8(other).unwrap());
        }
        let flow = FlowRow::default();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        body(&mut one, std::slice::from_ref(&flow), Style::default()).unwrap();
        flow.append_csv(Style::default(), &mut other);
        assert_eq!(one, other);
    }

    #[test]
    fn hostile_text_comes_back_in_one_cell_and_is_counted() {
        let mut file = header(&LossRow::TABLE, false);
        let guarded = body(&mut file, &rows(), Style::default()).unwrap();
        assert_eq!(guarded, 3);
        let text = String::from_utf8(file).unwrap();
        assert!(text.split("\r\n").all(|line| !line.contains(['\r', '\n', '\0'])));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "example").unwrap();
        let cells: Vec<String> = reader.records().map(|record| record.unwrap()[column].to_owned()).collect();
        let expected = ["'=1+1", "a\"b\",c", "x\\x0D\\x0Ay", "\\xFF\\xFE", "'\\x00", "\\u{202E}gpj", "'", "'-2+3+cmd|' /C calc'!A0", ""];
        assert_eq!(cells, expected);
    }

    #[test]
    fn a_file_has_its_header_and_its_digest() {
        let folder = std::env::temp_dir().join(format!("tlscensus-csv-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("losses.csv");
        let written = write(&path, &rows(), Style::default(), true).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"\xef\xbb\xbflayer,reason,count,"));
        assert_eq!((written.rows, written.bytes), (9, bytes.len() as u64));
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(written.sha256, digest);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
