//! Compressed files to the bytes within, as a stream.
//!
//! ```text
//!  file ──► Input ──► decoder (gzip, zstd, xz, bzip2, lz4) ──► Unpacked ──► bytes in order
//!           counts what is taken                                counts what is given, holds both against the bounds
//! ```
//!
//! A stream is hostile data, so it has bounds that do not depend on what it says of itself: a decoder keeps no more than
//! [`MAX_WINDOW`] of what it gave, and beyond [`FLOOR`] bytes no stream may become [`MAX_RATIO`] times its size. What
//! cannot be decoded ends the stream with a [`CaptureError`] inside the [`io::Error`], after all that could be:
//!
//! | code | meaning |
//! |---|---|
//! | `cut_stream` | it ends before its end mark |
//! | `bad_stream` | damage, a wrong checksum, or something else behind its end |
//! | `decompression_ratio` | it grows beyond the bound |
//! | `decompression_memory` | decoding would take a larger window than the bound |
//!
//! Their offsets count in the decompressed bytes, as all offsets in a capture do: that is where the data end.

mod frames;
mod input;

use super::Compression;
use crate::error::CaptureError;
use frames::{Gzip, Lz4};
use input::Input;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The largest window or dictionary that a stream may ask for, in bytes: what zstd and xz themselves use at every level
/// unless told otherwise (zstd asks for more only with `--long=28` and above).
pub const MAX_WINDOW: u64 = 128 << 20;
/// How many times its own size a stream may become. Captures become 2 to 30 times; a gzip of zeros 1000 times.
pub const MAX_RATIO: u64 = 250;
/// Up to so many decompressed bytes the ratio does not matter.
pub const FLOOR: u64 = 1 << 30;

/// The bytes within a compressed file. An error holds a [`CaptureError`] where it is not the file that cannot be read.
pub struct Unpacked {
    compression: Compression,
    decoder: Decoder,
    given: u64,
    over: bool,
}

enum Decoder {
    Gzip(Box<Gzip>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Input>>),
    Xz(Box<lzma_rust2::XzReader<Input>>),
    Bzip2(bzip2::bufread::MultiBzDecoder<Input>),
    Lz4(Lz4),
}

impl Unpacked {
    /// Reads from `packed`, which stands at the beginning of a stream.
    ///
    /// # Errors
    ///
    /// Only where there is no memory for a decoder.
    pub fn new(compression: Compression, packed: Box<dyn Read + Send>) -> io::Result<Unpacked> {
        let input = Input::new(packed);
        let decoder = match compression {
            Compression::Gzip => Decoder::Gzip(Box::new(Gzip::new(input))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
                decoder.window_log_max(MAX_WINDOW.ilog2())?;
                Decoder::Zstd(Box::new(decoder))
            }
            Compression::Xz => Decoder::Xz(Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, (MAX_WINDOW >> 10) as u32))),
            Compression::Bzip2 => Decoder::Bzip2(bzip2::bufread::MultiBzDecoder::new(input)),
            Compression::Lz4 => Decoder::Lz4(Lz4::new(input)),
        };
        Ok(Unpacked { compression, decoder, given: 0, over: false })
    }

    /// Bytes of the file that were decoded.
    fn taken(&self) -> u64 {
        match &self.decoder {
            Decoder::Gzip(gzip) => gzip.taken(),
            Decoder::Zstd(zstd) => zstd.get_ref().taken(),
            Decoder::Xz(xz) => xz.inner().taken(),
            Decoder::Bzip2(bzip2) => bzip2.get_ref().taken(),
            Decoder::Lz4(lz4) => lz4.taken(),
        }
    }

    fn decode(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match &mut self.decoder {
            Decoder::Gzip(gzip) => gzip.read(bytes),
            Decoder::Zstd(zstd) => zstd.read(bytes),
            Decoder::Xz(xz) => xz.read(bytes),
            Decoder::Bzip2(bzip2) => bzip2.read(bytes),
            Decoder::Lz4(lz4) => lz4.read(bytes),
        }
    }

    /// Ends the stream with this.
    fn fail(&mut self, code: &'static str, detail: String) -> io::Error {
        self.over = true;
        io::Error::other(CaptureError { code, detail, offset: self.given })
    }

    fn failed(&mut self, error: io::Error) -> io::Error {
        let name = self.compression.name();
        match error.kind() {
            io::ErrorKind::Interrupted => error,
            io::ErrorKind::UnexpectedEof => self.fail("cut_stream", format!("The {name} stream ends before its end mark.")),
            _ if input::is_of_the_system(&error) => {
                self.over = true;
                error
            }
            io::ErrorKind::OutOfMemory => self.too_large(),
            _ => {
                let text = error.to_string();
                // What libzstd says for a window above the bound.
                if text.contains("too much memory") {
                    return self.too_large();
                }
                self.fail("bad_stream", format!("The {name} stream is damaged: {text}."))
            }
        }
    }

    fn too_large(&mut self) -> io::Error {
        let name = self.compression.name();
        self.fail("decompression_memory", format!("The {name} stream asks for a window of more than {} MiB.", MAX_WINDOW >> 20))
    }
}

impl Read for Unpacked {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.over || bytes.is_empty() {
            return Ok(0);
        }
        // A decoder that panics is a fault of ours or of the library's; it costs this capture what is left of it.
        let count = match catch_unwind(AssertUnwindSafe(|| self.decode(bytes))) {
            Ok(Ok(count)) => count,
            Ok(Err(error)) => return Err(self.failed(error)),
            Err(_) => return Err(self.fail("bad_stream", "The decoder failed on this stream; please report it.".into())),
        };
        self.over = count == 0;
        let given = self.given + count as u64;
        if given > FLOOR && given / MAX_RATIO > self.taken() {
            let detail = format!("{} bytes of the file became {given}, more than {MAX_RATIO} times as many.", self.taken());
            return Err(self.fail("decompression_ratio", detail));
        }
        self.given = given;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
