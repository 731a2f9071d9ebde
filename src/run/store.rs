//! Rows of the large tables: formatted once, sorted by where their flow starts, merged at the end.
//!
//! ```text
//!  lanes ──► runs (rows as text + an index) ──► over the bound: sorted, one scratch file a batch ──┐
//!                                              the rest stays in memory ──────────────────────────┴─► merge
//! ```
//!
//! A flow's rows stay together: its line of flows.csv, its lines of messages.csv and of flow_certificates.csv. The
//! column `stream` is put in at the merge, because it is known only when all lanes have passed the flow's first frame.

use crate::error::Error;
use crate::row::assemble::FlowRows;
use crate::row::network::Conversation;
use crate::row::{Row, Style};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Bytes of rows kept in memory before they are written to a scratch file.
pub const MAX_MEMORY: usize = 6 << 20;

/// Scratch files that are read at the same time; if there are more, they are first merged to fewer.
const MAX_OPEN: usize = 64;

/// Tables whose rows belong to flows.
pub const TABLES: usize = 3;

/// Where a flow starts: the order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    /// The capture, by its place in path order.
    pub capture: u32,
    /// Its first frame.
    pub frame: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    key: RowKey,
    /// The chunk that holds its rows, and where in it they begin.
    chunk: u32,
    at: u32,
    /// Bytes of each table's rows, one behind the other.
    lens: [u32; TABLES],
    conversation: Conversation,
}

/// Bytes after which rows begin another chunk: one buffer that doubles would be copied, and touch fresh pages, again and again.
const CHUNK: usize = 256 << 10;

/// Rows with an index. All rows of a flow are in one chunk.
#[derive(Debug, Default)]
pub struct Run {
    /// Those in use, and behind them emptied ones, to be filled next: fresh memory costs more than the rows that are written to it.
    chunks: Vec<Vec<u8>>,
    used: usize,
    entries: Vec<Entry>,
    len: usize,
}

impl Run {
    /// Formats the rows of a flow.
    pub fn push(&mut self, key: RowKey, rows: &FlowRows, style: Style) {
        if self.used == 0 || self.chunks[self.used - 1].len() > CHUNK - CHUNK / 16 {
            if self.used == self.chunks.len() {
                // The first one grows as it is needed: most runs are small.
                self.chunks.push(if self.used == 0 { Vec::new() } else { Vec::with_capacity(CHUNK) });
            }
            self.used += 1;
        }
        let chunk = self.used - 1;
        let bytes = &mut self.chunks[chunk];
        let at = bytes.len();
        rows.flow.append_csv(style, bytes);
        let flow_end = bytes.len();
        for message in &rows.messages {
            message.append_csv(style, bytes);
        }
        let message_end = bytes.len();
        for certificate in &rows.certificates {
            certificate.append_csv(style, bytes);
        }
        self.len += bytes.len() - at;
        let lens = [flow_end - at, message_end - flow_end, bytes.len() - message_end].map(|len| len as u32);
        self.entries.push(Entry { key, chunk: chunk as u32, at: at as u32, lens, conversation: rows.conversation });
    }

    /// The rows of an entry, those of all tables.
    fn rows(&self, entry: &Entry) -> &[u8] {
        &self.chunks[entry.chunk as usize][entry.at as usize..][..entry.lens.iter().sum::<u32>() as usize]
    }

    /// Empties it, and keeps its memory.
    fn clear(&mut self) {
        self.chunks[..self.used].iter_mut().for_each(Vec::clear);
        self.used = 0;
        self.entries.clear();
        self.len = 0;
    }

    /// Bytes of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The rows of one flow, as they come out of the merge.
#[derive(Debug, Default)]
pub struct Rows {
    /// Where the flow starts.
    pub key: Option<RowKey>,
    /// Whose number is its stream number.
    pub conversation: Conversation,
    bytes: Vec<u8>,
    lens: [u32; TABLES],
}

impl Rows {
    /// The lines for each table.
    pub fn tables(&self) -> [&[u8]; TABLES] {
        let (flow, rest) = self.bytes.split_at(self.lens[0] as usize);
        let (messages, certificates) = rest.split_at(self.lens[1] as usize);
        [flow, messages, certificates]
    }
}

/// All rows of a run.
pub struct RowStore {
    scratch: PathBuf,
    /// Bytes of rows in memory, and scratch files that are read at the same time, at most.
    most: (usize, usize),
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    runs: Vec<Run>,
    bytes: usize,
    files: Vec<PathBuf>,
    /// What may be used again: emptied runs, and what scratch files were written with.
    spare: Vec<Run>,
    desks: Vec<Desk>,
    error: Option<Error>,
}

/// What is needed to write a scratch file.
#[derive(Default)]
struct Desk {
    order: Vec<(RowKey, u32, u32)>,
    lines: Vec<u8>,
}

impl RowStore {
    /// An empty store that may write to a folder, and keeps so many bytes of rows in memory.
    pub fn new(scratch: &Path, memory: usize) -> Self {
        RowStore { scratch: scratch.to_owned(), most: (memory, MAX_OPEN), inner: Mutex::default() }
    }

    /// Takes rows; where that is too much for the memory, writes what it holds to a scratch file. Gives an empty run in return.
    pub fn add(&self, run: Run) -> Run {
        if run.is_empty() {
            return run;
        }
        let (batch, path, mut desk) = {
            let mut inner = super::lock(&self.inner);
            inner.bytes += run.len();
            inner.runs.push(run);
            if inner.bytes < self.most.0 {
                return inner.spare.pop().unwrap_or_default();
            }
            inner.bytes = 0;
            let path = self.scratch.join(format!("rows-{}", inner.files.len()));
            inner.files.push(path.clone());
            (std::mem::take(&mut inner.runs), path, inner.desks.pop().unwrap_or_default())
        };
        let written = desk.write(&batch, &path);
        let mut inner = super::lock(&self.inner);
        if let Err(source) = written {
            inner.error.get_or_insert(Error::Io { action: "writing", path, source });
        }
        inner.desks.push(desk);
        inner.spare.extend(batch.into_iter().map(|mut run| {
            run.clear();
            run
        }));
        inner.spare.pop().unwrap_or_default()
    }

    /// The first error of a scratch file.
    pub fn check(&self) -> Result<(), Error> {
        super::lock(&self.inner).error.take().map_or(Ok(()), Err)
    }

    /// Hands out all rows, flow after flow in order of their keys.
    pub fn merge(self, mut each: impl FnMut(&Rows) -> Result<(), Error>) -> Result<(), Error> {
        let Inner { runs, files, .. } = self.inner.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut sources = open(&fewer(files, self.most.1)?)?;
        let mut order = Vec::new();
        sort(&runs, &mut order);
        sources.push(Source::Memory { order, runs, next: 0 });
        in_order(sources, &mut each)
    }
}

/// Merges scratch files until there are at most so many.
fn fewer(mut files: Vec<PathBuf>, most: usize) -> Result<Vec<PathBuf>, Error> {
    while files.len() > most {
        files = files.par_chunks(most).map(merge_files).collect::<Result<_, _>>()?;
    }
    Ok(files)
}

/// Merges files to one, which replaces them.
fn merge_files(files: &[PathBuf]) -> Result<PathBuf, Error> {
    let mut path = files[0].clone().into_os_string();
    path.push("+");
    let path = PathBuf::from(path);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(Error::io("creating", &path))?);
    in_order(open(files)?, &mut |rows| {
        let Some(key) = rows.key else { return Ok(()) };
        write_rows(&mut out, key, rows.lens, rows.conversation, &rows.bytes).map_err(Error::io("writing", &path))
    })?;
    out.flush().map_err(Error::io("writing", &path))?;
    for file in files {
        std::fs::remove_file(file).map_err(Error::io("removing", file))?;
    }
    Ok(path)
}

fn open(files: &[PathBuf]) -> Result<Vec<Source>, Error> {
    let open = |path: &PathBuf| {
        let file = File::open(path).map_err(Error::io("reading", path))?;
        Ok(Source::File(BufReader::with_capacity(64 << 10, file), path.clone()))
    };
    files.iter().map(open).collect()
}

/// Hands out the rows of all sources in the order of their keys.
fn in_order(mut sources: Vec<Source>, each: &mut impl FnMut(&Rows) -> Result<(), Error>) -> Result<(), Error> {
    let mut heads = Vec::new();
    let mut heap = BinaryHeap::new();
    for (index, source) in sources.iter_mut().enumerate() {
        let mut rows = Rows::default();
        source.next(&mut rows)?;
        heap.extend(rows.key.map(|key| Reverse((key, index))));
        heads.push(rows);
    }
    while let Some(Reverse((_, index))) = heap.pop() {
        each(&heads[index])?;
        sources[index].next(&mut heads[index])?;
        heap.extend(heads[index].key.map(|key| Reverse((key, index))));
    }
    Ok(())
}

/// The entries of all runs in order of their keys: (key, run, entry).
fn sort(runs: &[Run], order: &mut Vec<(RowKey, u32, u32)>) {
    order.clear();
    for (run, entries) in runs.iter().enumerate() {
        order.extend(entries.entries.iter().enumerate().map(|(index, entry)| (entry.key, run as u32, index as u32)));
    }
    order.sort_unstable_by_key(|(key, ..)| *key);
}

/// Bytes in front of a flow's rows in a scratch file.
const HEAD: usize = 33;

impl Desk {
    /// Writes the rows of all runs, in order.
    fn write(&mut self, runs: &[Run], path: &Path) -> std::io::Result<()> {
        let mut file = File::create(path)?;
        sort(runs, &mut self.order);
        for (_, run, index) in &self.order {
            let run = &runs[*run as usize];
            let entry = run.entries[*index as usize];
            write_rows(&mut self.lines, entry.key, entry.lens, entry.conversation, run.rows(&entry))?;
            if self.lines.len() > CHUNK - CHUNK / 16 {
                file.write_all(&self.lines)?;
                self.lines.clear();
            }
        }
        file.write_all(&self.lines)?;
        self.lines.clear();
        Ok(())
    }
}

/// A scratch file is a sequence of: capture 4, frame 8, three lengths 4 each, whether UDP 1, the conversation's first
/// frame 8 (little-endian), the rows.
fn write_rows(out: &mut impl Write, key: RowKey, lens: [u32; TABLES], conversation: Conversation, rows: &[u8]) -> std::io::Result<()> {
    out.write_all(&key.capture.to_le_bytes())?;
    out.write_all(&key.frame.to_le_bytes())?;
    for len in lens {
        out.write_all(&len.to_le_bytes())?;
    }
    out.write_all(&[u8::from(conversation.udp)])?;
    out.write_all(&conversation.first_frame.to_le_bytes())?;
    out.write_all(rows)
}

enum Source {
    Memory { runs: Vec<Run>, order: Vec<(RowKey, u32, u32)>, next: usize },
    File(BufReader<File>, PathBuf),
}

impl Source {
    /// Reads the next flow's rows; none at the end.
    fn next(&mut self, rows: &mut Rows) -> Result<(), Error> {
        rows.bytes.clear();
        rows.key = None;
        match self {
            Source::Memory { runs, order, next } => {
                if let Some((_, run, index)) = order.get(*next) {
                    *next += 1;
                    let run = &runs[*run as usize];
                    let entry = run.entries[*index as usize];
                    rows.key = Some(entry.key);
                    (rows.lens, rows.conversation) = (entry.lens, entry.conversation);
                    rows.bytes.extend_from_slice(run.rows(&entry));
                }
                Ok(())
            }
            Source::File(file, path) => read_next(file, rows).map_err(Error::io("reading", path.clone())),
        }
    }
}

fn read_next(file: &mut BufReader<File>, rows: &mut Rows) -> std::io::Result<()> {
    let mut head = [0; HEAD];
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..])? {
            0 if filled == 0 => return Ok(()),
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
    }
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
    rows.key = Some(RowKey { capture: word(0), frame: long(4) });
    rows.conversation = Conversation { udp: head[24] == 1, first_frame: long(25) };
    rows.lens = [word(12), word(16), word(20)];
    rows.bytes.resize(rows.lens.iter().map(|len| *len as usize).sum(), 0);
    file.read_exact(&mut rows.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::flow::FlowRow;

    /// A flow by its number.
    fn flow(number: u64) -> FlowRows {
        let flow = FlowRow { flow_id: number.to_string().into(), ..FlowRow::default() };
        FlowRows { flow, conversation: Conversation { udp: number % 2 == 1, first_frame: number }, ..FlowRows::default() }
    }

    /// However often rows went to scratch files, and however often these had to be merged, they come out in order.
    #[test]
    fn rows_come_out_in_order_whatever_the_bounds() {
        let folder = std::env::temp_dir().join(format!("tlscensus-store-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let check = |memory: usize, open: usize| {
            let store = RowStore { most: (memory, open), ..RowStore::new(&folder, MAX_MEMORY) };
            let mut run = Run::default();
            for number in 0..1_000u64 {
                let key = RowKey { capture: (number % 3) as u32, frame: number * 617 % 1_000 };
                run.push(key, &flow(key.frame), Style::default());
                if number % 7 == 0 {
                    run = store.add(run);
                    assert!(run.is_empty());
                }
            }
            store.add(run);
            store.check().unwrap();
            let mut keys = Vec::new();
            store
                .merge(|rows| {
                    let key = rows.key.unwrap();
                    let [line, messages, certificates] = rows.tables();
                    let mut expected = Vec::new();
                    flow(key.frame).flow.append_csv(Style::default(), &mut expected);
                    assert!(line == expected && messages.is_empty() && certificates.is_empty(), "{key:?}");
                    assert_eq!((rows.conversation.first_frame, rows.conversation.udp), (key.frame, key.frame % 2 == 1));
                    keys.push(key);
                    Ok(())
                })
                .unwrap();
            assert_eq!(keys.len(), 1_000, "{memory} bytes, {open} files");
            assert!(keys.is_sorted());
        };
        check(usize::MAX, 64);
        check(1, 64);
        check(1, 2);
        check(10_000, 3);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
