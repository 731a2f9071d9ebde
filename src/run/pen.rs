//! Who writes a table of flows while the merge puts the next rows in order.
//!
//! ```text
//!  merge ──── full chunks ────► digest, pack, write: a thread for each table
//!        ◄── emptied chunks ──
//! ```
//!
//! A run with one thread writes in between instead. The chunks are the same, so the files are, too.

use crate::error::Error;
use crate::report::table_file::{TableFile, Written};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

/// Bytes of lines that are handed on at once.
const CHUNK: usize = 64 << 10;

/// A table of flows and the lines of it that were not handed on yet.
pub struct Pen<'scope> {
    lines: Vec<u8>,
    way: Way<'scope>,
}

enum Way<'scope> {
    Here(Box<TableFile>),
    Apart {
        full: SyncSender<Vec<u8>>,
        emptied: Receiver<Vec<u8>>,
        /// None once its error was told.
        writer: Option<ScopedJoinHandle<'scope, Result<Written, Error>>>,
    },
}

impl<'scope> Pen<'scope> {
    /// Of a table that is written where its lines are added.
    pub fn here(file: TableFile) -> Self {
        Pen { lines: Vec::new(), way: Way::Here(Box::new(file)) }
    }

    /// Of a table that a thread of its own writes.
    pub fn apart(scope: &'scope Scope<'scope, '_>, mut file: TableFile) -> Self {
        let (full, chunks) = sync_channel::<Vec<u8>>(1);
        let (back, emptied) = channel();
        let writer = scope.spawn(move || {
            for mut lines in chunks {
                file.append(&lines)?;
                lines.clear();
                // At the end nobody waits for it.
                let _ = back.send(lines);
            }
            file.finish()
        });
        Pen { lines: Vec::new(), way: Way::Apart { full, emptied, writer: Some(writer) } }
    }

    /// Adds to the line under way, which must be ended before [`Pen::turn`].
    pub fn lines(&mut self) -> &mut Vec<u8> {
        &mut self.lines
    }

    /// Between lines: hands on what was added, if it is much.
    ///
    /// # Errors
    ///
    /// The file system refuses, here and below.
    pub fn turn(&mut self) -> Result<(), Error> {
        if self.lines.len() < CHUNK { Ok(()) } else { self.hand_on() }
    }

    fn hand_on(&mut self) -> Result<(), Error> {
        match &mut self.way {
            Way::Here(file) => {
                file.append(&self.lines)?;
                self.lines.clear();
            }
            Way::Apart { full, emptied, writer } => {
                let next = emptied.try_recv().unwrap_or_default();
                if full.send(std::mem::replace(&mut self.lines, next)).is_err() {
                    // It has ended before its time: it says why.
                    writer.take().map_or(Ok(Written::default()), join)?;
                }
            }
        }
        Ok(())
    }

    /// Hands on the rest, and tells what was written.
    pub fn finish(mut self) -> Result<Written, Error> {
        self.hand_on()?;
        match self.way {
            Way::Here(file) => file.finish(),
            Way::Apart { full, writer, .. } => {
                drop(full);
                writer.map_or(Ok(Written::default()), join)
            }
        }
    }
}

/// What a writer came to; its panic is one of the thread that waits for it.
fn join(writer: ScopedJoinHandle<'_, Result<Written, Error>>) -> Result<Written, Error> {
    writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Layout;
    use crate::row::Row;
    use crate::row::message::MessageRow;

    /// Writes a table of so many lines, here or apart.
    fn write(folder: &std::path::Path, lines: usize, apart: bool) -> Result<Written, Error> {
        let file = TableFile::create(folder, &MessageRow::TABLE, &Layout::default())?;
        std::thread::scope(|scope| {
            let mut pen = if apart { Pen::apart(scope, file) } else { Pen::here(file) };
            for line in 0..lines {
                pen.lines().extend_from_slice(format!("{line},{}\r\n", "x".repeat(100)).as_bytes());
                pen.turn()?;
            }
            pen.finish()
        })
    }

    #[test]
    fn a_thread_of_its_own_writes_the_same() {
        let folder = std::env::temp_dir().join(format!("tlscensus-pen-{}", std::process::id()));
        for lines in [0, 1, 20_000] {
            let [here, apart] = [false, true].map(|apart| write(&folder, lines, apart).unwrap());
            assert_eq!((here.rows, here.csv.len()), (lines as u64, 1));
            assert_eq!(here, apart);
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_a_writer_cannot_do_ends_the_merge() {
        let Ok(full) = std::fs::metadata("/dev/full").map(|_| std::path::Path::new("/dev/full")) else { return };
        let folder = std::env::temp_dir().join(format!("tlscensus-pen-full-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("csv")).unwrap();
        std::os::unix::fs::symlink(full, folder.join("csv/messages.csv")).unwrap();
        let error = write(&folder, 50_000, true).unwrap_err().to_string();
        assert!(error.starts_with("writing ") && error.contains("messages.csv"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
