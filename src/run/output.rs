//! The output folder: made beside its place and renamed, whole or not at all.

use super::collect::Collected;
use super::memory::Memory;
use super::store::{RowStore, TABLES};
use super::streams::Streams;
use crate::archive::{FLOOR, MAX_RATIO, MAX_WINDOW};
use crate::decimal::append_integer;
use crate::error::Error;
use crate::flow::datagram::IDLE_DATAGRAMS;
use crate::flow::table::{IDLE, IDLE_CLOSED, LINGER, LINGER_SETTLED};
use crate::report::Layout;
use crate::report::table_file::{TableFile, Written};
use crate::row::Row;
use crate::row::flow::{FlowCertificateRow, FlowRow};
use crate::row::message::MessageRow;
use crate::time::SECOND;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder under its temporary name.
pub struct OutputFolder {
    place: PathBuf,
    temporary: PathBuf,
    replace: bool,
}

impl OutputFolder {
    /// Makes the temporary folder beside `place`.
    ///
    /// # Errors
    ///
    /// `place` exists and `force` is not set, or it is something else than a result of this program.
    pub fn create(place: &Path, force: bool) -> Result<Self, Error> {
        let exists = place.symlink_metadata().is_ok();
        let empty = fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
        if exists && !empty {
            if !force {
                return Err(Error::OutputExists(place.to_owned()));
            }
            if !place.join("manifest.json").is_file() {
                return Err(Error::OutputForeign(place.to_owned()));
            }
        }
        let parent = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(Error::io("creating", parent))?;
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let temporary = parent.join(format!(".{name}.{}.part", std::process::id()));
        fs::create_dir(&temporary).map_err(Error::io("creating", &temporary))?;
        Ok(OutputFolder { place: place.to_owned(), temporary, replace: exists })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Where scratch files go: beside the rest, so that the space is where the user wanted it.
    pub fn scratch(&self) -> PathBuf {
        self.temporary.join("scratch")
    }

    /// Lets the folder appear in its place; an earlier result there goes away.
    pub fn publish(self) -> Result<(), Error> {
        if self.replace {
            let old = self.temporary.with_extension("old");
            fs::rename(&self.place, &old).map_err(Error::io("replacing", &self.place))?;
            fs::rename(&self.temporary, &self.place).map_err(Error::io("creating", &self.place))?;
            fs::remove_dir_all(&old).map_err(Error::io("removing", &old))?;
        } else {
            fs::rename(&self.temporary, &self.place).map_err(Error::io("creating", &self.place))?;
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // After publish there is nothing here any more.
        let _ = fs::remove_dir_all(&self.temporary);
    }
}
/// A folder for scratch files, gone when this is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes the folder.
    pub fn create(path: &Path) -> Result<Self, Error> {
        fs::create_dir(path).map_err(Error::io("creating", path))?;
        Ok(Scratch(path.to_owned()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Bytes of lines that are handed on at once.
const CHUNK: usize = 512 << 10;

/// Writes the tables whose rows belong to flows, in order, each flow with the stream number that it has by now.
pub fn write_rows(folder: &Path, store: RowStore, collected: &Collected, layout: &Layout) -> Result<Vec<Written>, Error> {
    let mut files = Vec::new();
    for table in [FlowRow::TABLE, MessageRow::TABLE, FlowCertificateRow::TABLE] {
        files.push(TableFile::create_long(folder, &table, layout)?);
    }
    let before_stream = FlowRow::TABLE.columns.iter().position(|column| column.name == "stream").unwrap_or_default();
    let mut streams = (u32::MAX, Streams::default());
    let mut pending: [Vec<u8>; TABLES] = Default::default();
    store.merge(|rows| {
        let [flow, messages, certificates]: [&[u8]; TABLES] = rows.tables();
        let Some(key) = rows.key else { return Ok(()) };
        if streams.0 != key.capture {
            streams = (key.capture, collected.streams(key.capture as usize));
        }
        // The cells before the stream are words of our own without a comma.
        let mut commas = flow.iter().enumerate().filter(|(_, byte)| **byte == b',');
        let at = commas.nth(before_stream - 1).map_or(0, |(at, _)| at + 1);
        let lines = &mut pending[0];
        lines.extend_from_slice(&flow[..at]);
        append_integer(streams.1.number(rows.conversation), lines);
        lines.extend_from_slice(&flow[at..]);
        pending[1].extend_from_slice(messages);
        pending[2].extend_from_slice(certificates);
        if pending.iter().map(Vec::len).sum::<usize>() < CHUNK { Ok(()) } else { append(&mut files, &mut pending) }
    })?;
    append(&mut files, &mut pending)?;
    files[0].guarded(collected.guarded_cells);
    files.into_iter().map(TableFile::finish).collect()
}

/// Appends lines to their tables, side by side: digesting and packing them takes longer than putting them in order.
fn append(files: &mut [TableFile], pending: &mut [Vec<u8>; TABLES]) -> Result<(), Error> {
    files.par_iter_mut().zip(pending).try_for_each(|(file, lines)| {
        file.append(lines)?;
        lines.clear();
        Ok(())
    })
}

/// Limits in force, as they are said to the reader.
pub fn limits(memory: Memory) -> Vec<(&'static str, String)> {
    let mut limits = memory.limits();
    limits.extend([
        ("bytes held behind holes in a direction, at most", crate::flow::direction::MAX_HELD.to_string()),
        ("silence that ends an open flow", format!("{} s", IDLE.0 / SECOND)),
        ("silence that ends a closing flow", format!("{} s", IDLE_CLOSED.0 / SECOND)),
        ("silence that ends a closed flow", format!("{} s", LINGER.0 / SECOND)),
        ("the same where both ends are acknowledged", format!("{} ms", LINGER_SETTLED.0 * 1000 / SECOND)),
        ("silence that ends a flow in datagrams", format!("{} s", IDLE_DATAGRAMS.0 / SECOND)),
        ("bytes of a record or block, at most", crate::capture::MAX_RECORD.to_string()),
        ("window of a compressed capture, at most", MAX_WINDOW.to_string()),
        ("a compressed capture becomes, at most", format!("{MAX_RATIO} times its size, or {FLOOR} bytes")),
        ("files of a merged series open at the same time, at most", super::merge::MAX_OPEN.to_string()),
        ("servers kept, at most", crate::census::servers::MAX_SERVERS.to_string()),
        ("fingerprints of clients kept, at most", crate::census::clients::MAX_FINGERPRINTS.to_string()),
        ("certificates kept, at most", crate::census::certificates::MAX_CERTIFICATES.to_string()),
        ("messages kept of a flow, at most", crate::tls::seen::MAX_MESSAGES.to_string()),
    ]);
    limits
}
