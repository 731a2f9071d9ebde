//! Streams of several parts, one behind the other, where the decoder knows only one part.
//!
//! ```text
//!  gzip   | member | member | zeros            RFC 1952, section 2.2; zeros are what tapes and blocks are filled with
//!  lz4    | frame | skippable frame | frame    lz4 frame format, sections "Frame concatenation", "Skippable frames"
//! ```

use super::input::Input;
use flate2::bufread::GzDecoder;
use lz4_flex::frame::FrameDecoder;
use std::io::{self, Read};

const LZ4_MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// All members of a gzip file.
pub(super) struct Gzip {
    /// None at the end only.
    member: Option<GzDecoder<Input>>,
    taken: u64,
}

impl Gzip {
    pub(super) fn new(input: Input) -> Gzip {
        Gzip { member: Some(GzDecoder::new(input)), taken: 0 }
    }

    pub(super) fn taken(&self) -> u64 {
        self.member.as_ref().map_or(self.taken, |member| member.get_ref().taken())
    }
}

impl Read for Gzip {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(bytes)?;
            if count > 0 {
                return Ok(count);
            }
            let Some(mut input) = self.member.take().map(GzDecoder::into_inner) else { break };
            match input.ahead(2)? {
                [] => self.taken = input.taken(),
                [0x1f, 0x8b, ..] => self.member = Some(GzDecoder::new(input)),
                [0x1f] => return Err(cut()),
                _ => {
                    while let there @ [_, ..] = input.ahead(1)? {
                        if there.iter().any(|byte| *byte != 0) {
                            return Err(io::Error::other("something else follows its last member"));
                        }
                        let zeros = there.len() as u64;
                        input.skip(zeros)?;
                    }
                    self.taken = input.taken();
                }
            }
        }
        Ok(0)
    }
}

/// All frames of an lz4 file.
pub(super) enum Lz4 {
    /// In front of a frame.
    Between(Input),
    /// In a frame; a decoder of its own each, as the buffers of one fit its block size only.
    Frame(Box<FrameDecoder<Input>>),
    /// Behind what could be read; so many bytes were taken.
    Over(u64),
}

impl Lz4 {
    pub(super) fn new(input: Input) -> Lz4 {
        Lz4::Between(input)
    }

    pub(super) fn taken(&self) -> u64 {
        match self {
            Lz4::Between(input) => input.taken(),
            Lz4::Frame(frame) => frame.get_ref().taken(),
            Lz4::Over(taken) => *taken,
        }
    }
}

impl Read for Lz4 {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let taken = self.taken();
            match std::mem::replace(self, Lz4::Over(taken)) {
                Lz4::Over(_) => return Ok(0),
                Lz4::Between(mut input) => {
                    if !reach_frame(&mut input)? {
                        *self = Lz4::Over(input.taken());
                        return Ok(0);
                    }
                    input.ran_out = false;
                    *self = Lz4::Frame(Box::new(FrameDecoder::new(input)));
                }
                Lz4::Frame(mut frame) => {
                    let count = frame.read(bytes)?;
                    if count > 0 {
                        *self = Lz4::Frame(frame);
                        return Ok(count);
                    }
                    // The decoder says the same at the end mark of a frame and where the file ends in front of a block.
                    if frame.get_ref().ran_out {
                        return Err(cut());
                    }
                    *self = Lz4::Between(frame.into_inner());
                }
            }
        }
    }
}

/// Goes to the next frame; false at the end.
fn reach_frame(input: &mut Input) -> io::Result<bool> {
    loop {
        let head = input.ahead(8)?;
        match head {
            [] => return Ok(false),
            _ if head.starts_with(&LZ4_MAGIC) => return Ok(true),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] => {
                let size = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
                if input.skip(8 + size)? < 8 + size {
                    return Err(cut());
                }
            }
            _ if head.len() < 8 => return Err(cut()),
            _ => return Err(io::Error::other("something else follows its last frame")),
        }
    }
}
