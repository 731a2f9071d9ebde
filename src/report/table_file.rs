//! A table on its way to the disk: whole lines go in, files come out in the form that was asked for.
//!
//! ```text
//!  lines ──┬──► counted, cut at the rows of a file ──► packed ──► digest ──► csv/flows-0001.csv.gz
//!          └──► cells by the schema, columns of a row group ─────► digest ──► parquet/flows.parquet
//! ```
//!
//! A table that fits one file is `flows.csv`. The first file is renamed when a second one turns out to be needed.

use super::csv::header;
use super::layout::{Format, Layout, Packing};
use super::parquet::ParquetFile;
use crate::error::Error;
use crate::row::Table;
use flate2::write::GzEncoder;
use memchr::memchr_iter;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use zstd::zstd_safe::CParameter;

/// Levels of compression: beyond these it takes much longer for little.
const GZIP_LEVEL: u32 = 6;
const ZSTD_LEVEL: i32 = 3;
/// Bytes that a thread packs at a time by zstd, where several do. The bytes that come out follow from this, not from how many there are.
const ZSTD_JOB: u32 = 2 << 20;
/// Threads that pack one table, at most: each has a context and two jobs in memory.
const MAX_PACKERS: usize = 8;

/// A table that was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The table.
    pub table: &'static str,
    /// Rows, without headers.
    pub rows: u64,
    /// Cells that got a `'` in front as a guard against formulas.
    pub guarded_cells: u64,
    /// Its CSV files, in order. None if CSV is not written.
    pub csv: Vec<WrittenFile>,
    /// Its Parquet file. None if Parquet is not written.
    pub parquet: Option<WrittenFile>,
}

/// A file that was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenFile {
    /// Where, relative to the result: `csv/flows.csv`.
    pub path: String,
    /// Rows, without the header.
    pub rows: u64,
    /// Bytes of the file as it lies there.
    pub bytes: u64,
    /// SHA-256 of them in hex.
    pub sha256: String,
}

/// See the head of this file.
pub struct TableFile {
    out: PathBuf,
    table: Table,
    layout: Layout,
    /// Threads that pack it; none: the one that appends to it does.
    packers: usize,
    rows: u64,
    guarded_cells: u64,
    /// The CSV file under way; none if CSV is not written.
    part: Option<Part>,
    done: Vec<WrittenFile>,
    parquet: Option<ParquetFile>,
}

impl TableFile {
    /// Begins a table of the result in `out`.
    ///
    /// # Errors
    ///
    /// The file system refuses, here and below.
    pub fn create(out: &Path, table: &Table, layout: &Layout) -> Result<Self, Error> {
        TableFile::create_with(out, table, layout, 0)
    }

    /// Begins one whose rows are as many as flows: so long that it is worth threads of its own to pack it by zstd.
    pub fn create_long(out: &Path, table: &Table, layout: &Layout) -> Result<Self, Error> {
        TableFile::create_with(out, table, layout, rayon::current_num_threads().min(MAX_PACKERS))
    }

    fn create_with(out: &Path, table: &Table, layout: &Layout, packers: usize) -> Result<Self, Error> {
        let mut file = TableFile {
            out: out.to_owned(),
            table: *table,
            layout: layout.clone(),
            packers,
            rows: 0,
            guarded_cells: 0,
            part: None,
            done: Vec::new(),
            parquet: layout.has(Format::Parquet).then(|| ParquetFile::create(out, table, layout.raw)).transpose()?,
        };
        if layout.has(Format::Csv) {
            create_folder(&out.join("csv"))?;
            file.part = Some(file.begin(None)?);
        }
        Ok(file)
    }

    /// Appends whole lines. A line feed stands only at the end of a line: cells show theirs as `\x0A`.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), Error> {
        let mut rest = lines;
        let mut count = memchr_iter(b'\n', lines).count() as u64;
        self.rows += count;
        if let Some(parquet) = &mut self.parquet {
            parquet.append(lines)?;
        }
        while let Some(part) = &mut self.part {
            let room = self.layout.rows_per_file.map_or(u64::MAX, |most| most.saturating_sub(part.rows));
            if count <= room {
                return part.append(rest, count);
            }
            let (fitting, beyond) = rest.split_at(end_of_lines(rest, room));
            part.append(fitting, room)?;
            (rest, count) = (beyond, count - room);
            self.turn()?;
        }
        Ok(())
    }

    /// Counts cells that the guard against formulas altered.
    pub fn guarded(&mut self, cells: u64) {
        self.guarded_cells += cells;
    }

    /// Ends the last file and tells what was written.
    pub fn finish(mut self) -> Result<Written, Error> {
        if let Some(part) = self.part.take() {
            self.done.push(part.finish()?);
        }
        let parquet = self.parquet.map(ParquetFile::finish).transpose()?;
        Ok(Written { table: self.table.name, rows: self.rows, guarded_cells: self.guarded_cells, csv: self.done, parquet })
    }

    /// Ends the file under way and begins the next one.
    fn turn(&mut self) -> Result<(), Error> {
        let Some(part) = self.part.take() else { return Ok(()) };
        let mut written = part.finish()?;
        if self.done.is_empty() {
            let numbered = self.layout.csv_path(self.table.name, Some(1));
            fs::rename(self.out.join(&written.path), self.out.join(&numbered)).map_err(Error::io("renaming", &written.path))?;
            written.path = numbered;
        }
        self.done.push(written);
        self.part = Some(self.begin(Some(self.done.len() + 1))?);
        Ok(())
    }

    fn begin(&self, number: Option<usize>) -> Result<Part, Error> {
        let path = self.layout.csv_path(self.table.name, number);
        Part::create(&self.out, path, &header(&self.table, self.layout.bom), (self.layout.packing, self.packers))
    }
}

/// Where the first so many lines end.
fn end_of_lines(lines: &[u8], count: u64) -> usize {
    let ends = memchr_iter(b'\n', lines).map(|at| at + 1);
    std::iter::once(0).chain(ends).nth(count as usize).unwrap_or(lines.len())
}

/// Makes a folder of the result, which other tables may be making at the same time.
pub fn create_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::io("creating", folder))
}

/// One CSV file under way.
struct Part {
    place: PathBuf,
    path: String,
    rows: u64,
    out: Packer,
}

impl Part {
    fn create(out: &Path, path: String, header: &[u8], packing: (Packing, usize)) -> Result<Self, Error> {
        let place = out.join(&path);
        let file = File::create(&place).map_err(Error::io("creating", &place))?;
        let out = Packer::new(packing, Digesting::new(BufWriter::with_capacity(32 << 10, file))).map_err(Error::io("creating", &place))?;
        let mut part = Part { place, path, rows: 0, out };
        part.append(header, 0)?;
        Ok(part)
    }

    fn append(&mut self, lines: &[u8], rows: u64) -> Result<(), Error> {
        self.rows += rows;
        self.out.write_all(lines).map_err(Error::io("writing", &self.place))
    }

    fn finish(self) -> Result<WrittenFile, Error> {
        let (bytes, sha256) = self.out.finish().map_err(Error::io("writing", &self.place))?;
        Ok(WrittenFile { path: self.path, rows: self.rows, bytes, sha256 })
    }
}

type Hashed = Digesting<BufWriter<File>>;

/// What packs the bytes of a file. Neither form holds a time or a name: the same bytes in, the same bytes out.
enum Packer {
    None(Hashed),
    Gzip(Box<GzEncoder<Hashed>>),
    Zstd(Box<zstd::stream::write::Encoder<'static, Hashed>>),
}

impl Packer {
    fn new((packing, packers): (Packing, usize), file: Hashed) -> io::Result<Packer> {
        Ok(match packing {
            Packing::None => Packer::None(file),
            Packing::Gzip => Packer::Gzip(Box::new(GzEncoder::new(file, flate2::Compression::new(GZIP_LEVEL)))),
            Packing::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                if packers > 0 {
                    encoder.multithread(packers as u32)?;
                    encoder.set_parameter(CParameter::JobSize(ZSTD_JOB))?;
                }
                Packer::Zstd(Box::new(encoder))
            }
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Packer::None(file) => file.write_all(bytes),
            Packer::Gzip(file) => file.write_all(bytes),
            Packer::Zstd(file) => file.write_all(bytes),
        }
    }

    /// Length and SHA-256 of the file.
    fn finish(self) -> io::Result<(u64, String)> {
        let file = match self {
            Packer::None(file) => file,
            Packer::Gzip(packer) => packer.finish()?,
            Packer::Zstd(packer) => packer.finish()?,
        };
        file.finish()
    }
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

    /// Bytes written and their SHA-256 in hex, once all of them are through.
    pub fn finish(mut self) -> io::Result<(u64, String)> {
        self.inner.flush()?;
        Ok((self.bytes, self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
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
