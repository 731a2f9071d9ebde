//! What the tests share: folders of their own, runs of the program, tables read back, the samples.

pub mod capture;
pub mod datagrams;
pub mod follow;
pub mod formats;
pub mod quic;
pub mod random;
pub mod talk;
pub mod tar;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::ops::Index;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own for each test, gone afterwards.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tlscensus-behaviour-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.join(path)
    }

    pub fn write(&self, path: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The folder of the samples.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Names of the sample folders, sorted.
pub fn sample_names() -> Vec<String> {
    let entries = fs::read_dir(samples()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 40, "the samples are not all there");
    names
}

/// The captures of a sample, sorted by name.
pub fn captures_of(sample: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(samples().join(sample)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension() != Some(OsStr::new("md"))).collect();
    paths.sort();
    paths
}

/// The program with none of the caller's settings.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlscensus"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TLSCENSUS_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs `scan` and expects exit code 0 or 3.
pub fn scan<A: AsRef<OsStr>>(out: &Path, arguments: impl IntoIterator<Item = A>) -> Output {
    let output = program().arg("scan").args(arguments).arg("-o").arg(out).arg("--progress").arg("none").output().unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 3)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A CSV table as it was read back.
pub struct Table {
    header: Vec<String>,
    places: HashMap<String, usize>,
    lines: Vec<csv::StringRecord>,
}

/// A line of it, to be asked by column.
#[derive(Clone, Copy)]
pub struct Line<'t> {
    table: &'t Table,
    at: usize,
}

impl Table {
    /// Reads `csv/NAME.csv` of a result; every line must have as many cells as the header.
    pub fn read(out: &Path, name: &str) -> Table {
        let bytes = fs::read(out.join("csv").join(format!("{name}.csv"))).unwrap();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let places = header.iter().cloned().zip(0..).collect();
        Table { header, places, lines: reader.records().map(|line| line.unwrap()).collect() }
    }

    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        (0..self.lines.len()).map(|at| Line { table: self, at })
    }

    /// The lines by what stands in a column, each list in the order of the table.
    pub fn by(&self, column: &str) -> HashMap<&str, Vec<Line<'_>>> {
        let mut groups: HashMap<&str, Vec<Line<'_>>> = HashMap::new();
        for line in self.lines() {
            groups.entry(line.get(column)).or_default().push(line);
        }
        groups
    }
}

impl<'t> Line<'t> {
    pub fn columns(self) -> impl Iterator<Item = &'t str> {
        self.table.header.iter().map(String::as_str)
    }

    pub fn get(self, column: &str) -> &'t str {
        let at = *self.table.places.get(column).unwrap_or_else(|| panic!("no column {column}"));
        &self.table.lines[self.at][at]
    }

    pub fn number(self, column: &str) -> u64 {
        self.get(column).parse().unwrap_or_else(|_| panic!("{column} is {:?}", self.get(column)))
    }
}

impl Index<&str> for Line<'_> {
    type Output = str;
    fn index(&self, column: &str) -> &str {
        self.get(column)
    }
}

/// The path of each file below a folder, relative to it, and its bytes.
pub fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}
