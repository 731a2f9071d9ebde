//! Parquet files of the tables, with their types.
//!
//! They are made from the lines of the CSV files, so that both say the same by construction; rows of flows are kept as
//! lines anyway until the run knows their order. What the schema says of a column makes its text a value again, exactly:
//! numbers have fixed decimals, times microseconds, text stands in quotes, and the guard against formulas can be told
//! from text and is taken away.
//!
//! ```text
//!  "a""b",17,1.250,true,2024-05-01T10:00:00.000000Z,     a line
//!    │    │   │     │    │                         └──── nothing: null
//!    │    │   │     │    └── INT64, timestamp in microseconds, UTC
//!    │    │   │     └── BOOLEAN
//!    │    │   └── DOUBLE
//!    │    └── INT64
//!    └── BYTE_ARRAY, string
//! ```
//!
//! A row group ends by count or by bytes, whichever comes first: memory stays bounded, and the same rows give the same
//! bytes.

use super::table_file::{Digesting, WrittenFile, create_folder};
use crate::error::Error;
use crate::row::read::{ReadCell, unguarded};
use crate::row::{Kind, Table};
use crate::time::Timestamp;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::borrow::Cow;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group, at most.
const GROUP_ROWS: usize = 122_880;
/// Bytes of lines that become one row group, at most (but for one line).
const GROUP_BYTES: usize = 16 << 20;

/// See the head of this file.
pub struct ParquetFile {
    place: PathBuf,
    path: String,
    writer: SerializedFileWriter<Digesting<BufWriter<File>>>,
    columns: Vec<Column>,
    raw: bool,
    /// What the row group under way holds.
    rows: usize,
    bytes: usize,
    all_rows: u64,
}

/// The values of a column in the row group under way.
struct Column {
    kind: Kind,
    wild: bool,
    /// 1 for each row that has a value, 0 for each that has none.
    levels: Vec<i16>,
    values: Values,
}

enum Values {
    /// Texts one behind the other, and where each ends.
    Text(Vec<u8>, Vec<usize>),
    Long(Vec<i64>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
}

impl ParquetFile {
    /// Begins the file of a table; `raw`: text in lines is not guarded against formulas.
    ///
    /// # Errors
    ///
    /// The file system refuses, here and below.
    pub fn create(out: &Path, table: &Table, raw: bool) -> Result<Self, Error> {
        create_folder(&out.join("parquet"))?;
        let path = format!("parquet/{}.parquet", table.name);
        let place = out.join(&path);
        let file = File::create(&place).map_err(Error::io("creating", &place))?;
        let sink = Digesting::new(BufWriter::with_capacity(256 << 10, file));
        let level = ZstdLevel::try_new(3).map_err(failed(&place))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(concat!("tlscensus ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = schema(table).map_err(failed(&place))?;
        let writer = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties)).map_err(failed(&place))?;
        let columns = table.columns.iter().map(Column::new).collect();
        Ok(ParquetFile { place, path, writer, columns, raw, rows: 0, bytes: 0, all_rows: 0 })
    }

    /// Appends whole CSV lines.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), Error> {
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let mut rest = line.strip_suffix(b"\r\n").unwrap_or(line);
            for column in &mut self.columns {
                let (cell, after) = first_cell(rest);
                column.push(&cell, self.raw);
                rest = after;
            }
            self.rows += 1;
            self.bytes += line.len();
            if self.rows == GROUP_ROWS || self.bytes >= GROUP_BYTES {
                self.end_group()?;
            }
        }
        Ok(())
    }

    /// Ends the file and tells what is in it.
    pub fn finish(mut self) -> Result<WrittenFile, Error> {
        self.end_group()?;
        let sink = self.writer.into_inner().map_err(failed(&self.place))?;
        let (bytes, sha256) = sink.finish().map_err(Error::io("writing", &self.place))?;
        Ok(WrittenFile { path: self.path, rows: self.all_rows, bytes, sha256 })
    }

    fn end_group(&mut self) -> Result<(), Error> {
        if self.rows > 0 {
            let group = self.writer.next_row_group().map_err(failed(&self.place))?;
            write_group(group, &mut self.columns).map_err(failed(&self.place))?;
        }
        self.all_rows += self.rows as u64;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Column {
    fn new(column: &crate::row::Column) -> Self {
        let values = match column.kind {
            Kind::Text => Values::Text(Vec::new(), Vec::new()),
            Kind::Integer | Kind::Time => Values::Long(Vec::new()),
            Kind::Decimal => Values::Double(Vec::new()),
            Kind::Boolean => Values::Bool(Vec::new()),
        };
        Column { kind: column.kind, wild: column.wild, levels: Vec::new(), values }
    }

    /// Takes a cell, quotes removed.
    fn push(&mut self, cell: &[u8], raw: bool) {
        let text = std::str::from_utf8(cell).unwrap_or_default();
        self.levels.push(i16::from(!text.is_empty()));
        if text.is_empty() {
            return;
        }
        match &mut self.values {
            Values::Text(bytes, ends) => {
                bytes.extend_from_slice(if self.wild && !raw { unguarded(text) } else { text }.as_bytes());
                ends.push(bytes.len());
            }
            Values::Long(values) if self.kind == Kind::Time => {
                values.push(Timestamp::read(text).map_or(0, |time| time.0.div_euclid(1000)));
            }
            // Beyond 63 bits no table of a census counts; DuckDB's BIGINT ends there as well.
            Values::Long(values) => values.push(text.parse().unwrap_or(i64::MAX)),
            Values::Double(values) => values.push(text.parse().unwrap_or(f64::NAN)),
            Values::Bool(values) => values.push(text == "true"),
        }
    }
}

fn write_group<W: std::io::Write + Send>(mut group: SerializedRowGroupWriter<'_, W>, columns: &mut [Column]) -> Result<(), ParquetError> {
    for column in columns {
        let levels = std::mem::take(&mut column.levels);
        match &mut column.values {
            Values::Text(bytes, ends) => {
                let mut start = 0;
                let texts: Vec<ByteArray> =
                    ends.iter().map(|end| bytes[std::mem::replace(&mut start, *end)..*end].to_vec().into()).collect();
                (*bytes, *ends) = (Vec::new(), Vec::new());
                write_column::<_, ByteArrayType>(&mut group, &texts, &levels)?;
            }
            Values::Long(values) => write_column::<_, Int64Type>(&mut group, &std::mem::take(values), &levels)?,
            Values::Double(values) => write_column::<_, DoubleType>(&mut group, &std::mem::take(values), &levels)?,
            Values::Bool(values) => write_column::<_, BoolType>(&mut group, &std::mem::take(values), &levels)?,
        }
    }
    group.close().map(drop)
}

fn write_column<W: std::io::Write + Send, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    levels: &[i16],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Err(ParquetError::General("more columns than the schema has".into())) };
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    column.close()
}

/// Every column may be empty.
fn schema(table: &Table) -> Result<Type, ParquetError> {
    let field = |column: &crate::row::Column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Decimal => (Physical::DOUBLE, None),
            Kind::Boolean => (Physical::BOOLEAN, None),
            Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        let field = Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL);
        field.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = table.columns.iter().map(field).collect::<Result<_, _>>()?;
    Type::group_type_builder(table.name).with_fields(fields).build()
}

/// The first cell of a line without its quotes, and what follows its comma.
fn first_cell(line: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let after = |at: usize| line.get(at + 1..).unwrap_or_default();
    let Some(quoted) = line.strip_prefix(b"\"") else {
        let end = line.iter().position(|byte| *byte == b',').unwrap_or(line.len());
        return (Cow::Borrowed(&line[..end]), after(end));
    };
    // A quote within stands twice.
    let (mut end, mut doubled) = (0, false);
    while end < quoted.len() {
        if quoted[end] != b'"' {
            end += 1;
        } else if quoted.get(end + 1) == Some(&b'"') {
            doubled = true;
            end += 2;
        } else {
            break;
        }
    }
    let cell = &quoted[..end];
    let cell = if doubled {
        let mut plain = Vec::with_capacity(cell.len());
        let mut at = 0;
        while at < cell.len() {
            plain.push(cell[at]);
            at += if cell[at] == b'"' { 2 } else { 1 };
        }
        Cow::Owned(plain)
    } else {
        Cow::Borrowed(cell)
    };
    (cell, after(end + 2))
}

fn failed(place: &Path) -> impl FnOnce(ParquetError) -> Error + use<> {
    let place = place.to_owned();
    |error| match error {
        ParquetError::External(error) => Error::io("writing", place)(std::io::Error::other(error)),
        error => Error::io("writing", place)(std::io::Error::other(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::csv;
    use crate::report::layout::{Format, Layout};
    use crate::row::capture::CaptureRow;
    use crate::row::{Row, Seconds, Style, Wild};
    use crate::time::Span;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    fn rows() -> Vec<CaptureRow> {
        let texts = ["=1+1", "a\"b\",\"", "x\r\ny", "'", "'=x", "\u{202e}+x", "", "\u{ff1d}", ",", "\"\""];
        let row = |(at, text): (usize, &&str)| CaptureRow {
            path: Wild((*text).to_owned()),
            capture_id: if at % 2 == 0 { String::from("c\"1\"").into() } else { "".into() },
            packets: at as u64,
            error_offset_bytes: (at % 3 == 0).then_some(i64::MAX as u64 - at as u64),
            first_utc: (at % 4 != 0).then_some(Timestamp(-1_999_999_999 + at as i64)),
            duration_s: (at > 2).then_some(Seconds(Span(at as i64 * 123_456_789))),
            offload_suspected: at % 2 == 1,
            ..CaptureRow::default()
        };
        texts.iter().enumerate().map(row).collect()
    }

    /// Rows as Parquet gives them back, in the letters of the CSV without its guard.
    fn read(path: &Path) -> (usize, Vec<Vec<String>>) {
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        let text = |(name, field): (&String, &Field)| match field {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            Field::Long(number) => number.to_string(),
            Field::Bool(yes) => yes.to_string(),
            Field::Double(number) => format!("{number:.6}"),
            Field::TimestampMicros(time) => {
                let mut text = Vec::new();
                crate::row::Cell::append(&Timestamp(time * 1000), Style::default(), &mut text);
                String::from_utf8(text).unwrap()
            }
            other => panic!("{name} is {other:?}"),
        };
        let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(text).collect()).collect();
        (reader.num_row_groups(), rows)
    }

    #[test]
    fn what_is_read_back_is_what_the_csv_says() {
        let out = std::env::temp_dir().join(format!("tlscensus-parquet-{}", std::process::id()));
        std::fs::create_dir_all(&out).unwrap();
        for raw in [false, true] {
            let layout = Layout { formats: vec![Format::Parquet], raw, ..Layout::default() };
            let written = csv::write::<CaptureRow>(&out, rows(), &layout).unwrap();
            let file = written.parquet.unwrap();
            assert_eq!((file.path.as_str(), file.rows, written.csv.len()), ("parquet/captures.parquet", 10, 0));
            let (groups, found) = read(&out.join(&file.path));
            assert_eq!((groups, found.len()), (1, 10));
            for (row, found) in rows().iter().zip(found) {
                let mut expected = Vec::new();
                row.cells(Style { raw: true }, &mut |cell| expected.push(String::from_utf8(first_cell(cell).0.into_owned()).unwrap()));
                assert_eq!(found, expected);
            }
        }
        // A row group ends by its bytes as well, and nothing is lost where it does.
        let many = vec![CaptureRow { format: "x".repeat(1 << 20).into(), ..CaptureRow::default() }; 17];
        csv::write::<CaptureRow>(&out, &many, &Layout { formats: vec![Format::Parquet], ..Layout::default() }).unwrap();
        let (groups, found) = read(&out.join("parquet/captures.parquet"));
        assert_eq!((groups, found.len()), (2, 17));
        let place = CaptureRow::TABLE.columns.iter().position(|column| column.name == "format").unwrap();
        assert!(found.iter().all(|row| row[place].len() == 1 << 20));
        std::fs::remove_dir_all(&out).unwrap();
    }
}
