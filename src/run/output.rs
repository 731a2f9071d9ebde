//! The output folder: made beside its place and renamed, whole or not at all.

use super::Found;
use super::collect::Streams;
use super::store::TABLES;
use crate::error::Error;
use crate::row::capture::CaptureRow;
use crate::row::flow::{FlowCertificateRow, FlowRow};
use crate::row::message::MessageRow;
use crate::row::{Row, Style, Table};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
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
        let folder = OutputFolder { place: place.to_owned(), temporary, replace: exists };
        for sub in ["csv", "state"] {
            let path = folder.temporary.join(sub);
            fs::create_dir(&path).map_err(Error::io("creating", &path))?;
        }
        Ok(folder)
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// A folder for scratch files, which is gone when the result appears.
    pub fn scratch(&self) -> PathBuf {
        self.temporary.join("state")
    }

    /// Lets the folder appear in its place; an earlier result there goes away.
    pub fn publish(self) -> Result<(), Error> {
        let scratch = self.scratch();
        fs::remove_dir_all(&scratch).map_err(Error::io("removing", &scratch))?;
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
/// x
pub struct Settings;
/// x
pub fn write(folder: &Path, found: Found, bom: bool, style: Style) -> Result<(), Error> {
    let csv = folder.join("csv");
    let mut writers: Vec<BufWriter<File>> = Vec::new();
    let open = |table: Table| -> Result<BufWriter<File>, Error> {
        let path = csv.join(format!("{}.csv", table.name));
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(Error::io("creating", &path))?);
        let mut line = Vec::new();
        if bom {
            line.extend_from_slice(b"\xef\xbb\xbf");
        }
        for column in table.columns {
            line.extend_from_slice(column.name.as_bytes());
            line.push(b',');
        }
        line.pop();
        line.extend_from_slice(b"\r\n");
        file.write_all(&line).map_err(Error::io("writing", &path))?;
        Ok(file)
    };
    for table in [FlowRow::TABLE, MessageRow::TABLE, FlowCertificateRow::TABLE] {
        writers.push(open(table)?);
    }
    let mut captures = open(CaptureRow::TABLE)?;
    for row in &found.captures {
        let mut line = Vec::new();
        row.append_csv(style, &mut line);
        captures.write_all(&line).map_err(Error::io("writing", &csv))?;
    }
    let stream_column = FlowRow::TABLE.columns.iter().position(|column| column.name == "stream").unwrap_or_default();
    let mut streams = (u32::MAX, Streams::default());
    let collected = &found.collected;
    found.store.merge(|rows| {
        let [flow, messages, certificates]: [&[u8]; TABLES] = rows.tables();
        let Some(key) = rows.key else { return Ok(()) };
        if streams.0 != key.capture {
            streams = (key.capture, collected.streams(key.capture as usize));
        }
        let at = flow.iter().enumerate().filter(|(_, byte)| **byte == b',').nth(stream_column - 1).map_or(0, |(at, _)| at + 1);
        let mut line = flow[..at].to_vec();
        line.extend_from_slice(streams.1.number(key.frame).to_string().as_bytes());
        line.extend_from_slice(&flow[at..]);
        for (writer, bytes) in writers.iter_mut().zip([&line[..], messages, certificates]) {
            writer.write_all(bytes).map_err(Error::io("writing", &csv))?;
        }
        Ok(())
    })?;
    for mut writer in writers {
        writer.flush().map_err(Error::io("writing", &csv))?;
    }
    captures.flush().map_err(Error::io("writing", &csv))?;
    Ok(())
}
