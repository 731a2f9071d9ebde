//! A buffer over the file that a decoder takes its bytes from: counts them, can be looked into, knows its end.

use std::fmt;
use std::io::{self, BufRead, Read};

const BUFFER: usize = 64 << 10;

/// See the head of this file.
pub(super) struct Input {
    source: Box<dyn Read + Send>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    taken: u64,
    /// Somebody asked for more than there is.
    pub(super) ran_out: bool,
}

/// The mark of an error that the file's reader gave, to tell it from what a decoder finds.
#[derive(Debug)]
struct System(io::Error);

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for System {}

/// Whether reading the file failed, and not decoding it.
pub(super) fn is_of_the_system(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<System>())
}

impl Input {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Input {
        Input { source, buffer: vec![0; BUFFER].into(), start: 0, end: 0, taken: 0, ran_out: false }
    }

    /// Bytes that were taken out.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// The next `count` bytes, at most [`BUFFER`], without taking them; fewer only at the end.
    pub(super) fn ahead(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count.min(BUFFER) {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io::Error::other(System(error))),
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Passes over bytes; gives how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let there = self.fill_buf()?.len();
            if there == 0 {
                break;
            }
            let step = there.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.consume(step);
            left -= step as u64;
        }
        Ok(count - left)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ahead(1)?;
        self.ran_out |= self.start == self.end;
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.taken += count as u64;
    }
}

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let there = self.fill_buf()?;
        let count = there.len().min(bytes.len());
        bytes[..count].copy_from_slice(&there[..count]);
        self.consume(count);
        Ok(count)
    }
}
