//! CSV lines of tables that are made from counts, and the header of all tables.
//!
//! Rows make their lines themselves, quoted by schema. Lines end in CRLF (RFC 4180).

use super::layout::Layout;
use super::table_file::{TableFile, Written};
use crate::error::Error;
use crate::row::{Row, Table};
use std::borrow::Borrow;
use std::path::Path;

/// UTF-8's byte order mark, which Excel wants and DuckDB and pandas pass over.
pub const BOM: &[u8] = b"\xef\xbb\xbf";

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

/// Bytes of lines that are handed on at once.
const CHUNK: usize = 256 << 10;

/// Writes all rows of a table to its files.
///
/// # Errors
///
/// The file system refuses.
pub fn write<R: Row>(out: &Path, rows: impl IntoIterator<Item: Borrow<R>>, layout: &Layout) -> Result<Written, Error> {
    let style = layout.style();
    let mut file = TableFile::create(out, &R::TABLE, layout)?;
    let mut lines = Vec::new();
    for row in rows {
        let row = row.borrow();
        row.append_csv(style, &mut lines);
        file.guarded(if style.raw { 0 } else { row.guarded_cells() });
        if lines.len() >= CHUNK {
            file.append(&lines)?;
            lines.clear();
        }
    }
    file.append(&lines)?;
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::losses::LossRow;
    use crate::row::Style;
    use crate::row::Wild;
    use crate::row::flow::FlowRow;

    /// Bytes that spreadsheets, readers and terminals choke on.
    const HOSTILE: [&[u8]; 8] =
        [b"=1+1", b"a\"b\",c", b"x\r\ny", b"\xff\xfe", b"\0", "\u{202e}gpj".as_bytes(), b"'", b"-2+3+cmd|' /C calc'!A0"];

    /// Lines as the csv crate makes them of cells.
    fn body<R: Row>(out: &mut Vec<u8>, rows: &[R], style: Style) {
        let mut form = csv::WriterBuilder::new();
        let mut lines = form.has_headers(false).quote_style(csv::QuoteStyle::Never).terminator(csv::Terminator::CRLF).from_writer(out);
        for row in rows {
            let mut record = csv::ByteRecord::new();
            row.cells(style, &mut |cell| record.push_field(cell));
            lines.write_byte_record(&record).unwrap();
        }
        lines.flush().unwrap();
    }

    fn rows() -> Vec<LossRow> {
        let row =
            |text: &[u8]| LossRow { layer: "ip".into(), example: Wild::from_bytes(text), example_frame: Some(1), ..LossRow::default() };
        HOSTILE.iter().map(|text| row(text)).chain([LossRow::default()]).collect()
    }

    #[test]
    fn the_csv_crate_and_the_formatter_of_the_lanes_write_the_same_bytes() {
        for raw in [false, true] {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            body(&mut one, &rows(), Style { raw });
            rows().iter().for_each(|row| row.append_csv(Style { raw }, &mut other));
            assert_eq!(String::from_utf8(one).unwrap(), String::from_utf8(other).unwrap());
        }
        let flow = FlowRow::default();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        body(&mut one, std::slice::from_ref(&flow), Style::default());
        flow.append_csv(Style::default(), &mut other);
        assert_eq!(one, other);
    }

    #[test]
    fn hostile_text_comes_back_in_one_cell_and_is_counted() {
        let mut file = header(&LossRow::TABLE, false);
        body(&mut file, &rows(), Style::default());
        assert_eq!(rows().iter().map(Row::guarded_cells).sum::<u64>(), 3);
        let text = String::from_utf8(file).unwrap();
        assert!(text.split("\r\n").all(|line| !line.contains(['\r', '\n', '\0'])));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "example").unwrap();
        let cells: Vec<String> = reader.records().map(|record| record.unwrap()[column].to_owned()).collect();
        let expected = ["'=1+1", "a\"b\",c", "x\\x0D\\x0Ay", "\\xFF\\xFE", "'\\x00", "\\u{202E}gpj", "'", "'-2+3+cmd|' /C calc'!A0", ""];
        assert_eq!(cells, expected);
    }
}
