//! Every compression gives its bytes back; what is cut or damaged gives what can be had, and says how it ended.

use super::*;
use std::io::{Cursor, Write};

const ALL: [Compression; 5] = [Compression::Gzip, Compression::Zstd, Compression::Xz, Compression::Bzip2, Compression::Lz4];

/// Bytes that compress to about a half.
fn content(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let step = |i: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if i.is_multiple_of(2) { (state >> 24) as u8 } else { 0 }
    };
    (0..length).map(step).collect()
}

fn pack(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    match compression {
        Compression::Gzip => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        Compression::Zstd => {
            let mut packer = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
            packer.include_checksum(true).unwrap();
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        Compression::Xz => {
            let mut packer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(0)).unwrap();
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        Compression::Bzip2 => {
            let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        Compression::Lz4 => {
            use lz4_flex::frame::{BlockSize, FrameInfo};
            let block = if bytes.len() > 1_000_000 { BlockSize::Max256KB } else { BlockSize::Max64KB };
            let frame =
                FrameInfo::new().content_checksum(true).block_size(if bytes.len().is_multiple_of(2) { block } else { BlockSize::Max4MB });
            let mut packer = lz4_flex::frame::FrameEncoder::with_frame_info(frame, Vec::new());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
    }
}

/// What was read, and the code of what ended it.
fn unpack(compression: Compression, packed: impl Read + Send + 'static) -> (Vec<u8>, Option<CaptureError>) {
    let mut bytes = Vec::new();
    let read = Unpacked::new(compression, Box::new(packed)).unwrap().read_to_end(&mut bytes);
    let error = read.err().map(|error| error.downcast::<CaptureError>().unwrap());
    (bytes, error)
}

#[test]
fn one_part_and_several() {
    let (first, second) = (content(300_000), content(70_001));
    for compression in ALL {
        let (one, two) = (pack(compression, &first), pack(compression, &second));
        let (read, error) = unpack(compression, Cursor::new(one.clone()));
        assert!(read == first && error.is_none(), "{compression:?} {error:?}");
        let empty = pack(compression, b"");
        let parts = [&one[..], &empty, &two, &empty].concat();
        let (read, error) = unpack(compression, Cursor::new(parts));
        assert!(read == [&first[..], &second].concat() && error.is_none(), "{compression:?} {error:?}");
        assert_eq!(unpack(compression, Cursor::new(empty)), (Vec::new(), None), "{compression:?}");
    }
}

#[test]
fn skippable_frames_and_padding() {
    let bytes = content(1000);
    let skippable = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";
    for compression in [Compression::Zstd, Compression::Lz4] {
        let one = pack(compression, &bytes);
        let parts = [skippable, &one[..], skippable, &one, skippable].concat();
        assert_eq!(unpack(compression, Cursor::new(parts)), ([&bytes[..], &bytes].concat(), None), "{compression:?}");
    }
    let padded = [pack(Compression::Gzip, &bytes), vec![0; 100_000]].concat();
    assert_eq!(unpack(Compression::Gzip, Cursor::new(padded)), (bytes, None));
}

#[test]
fn every_prefix_gives_what_is_there() {
    let bytes = content(2000);
    for compression in ALL {
        let whole = pack(compression, &bytes);
        for end in 1..whole.len() {
            let (read, error) = unpack(compression, Cursor::new(whole[..end].to_vec()));
            let error = error.unwrap_or_else(|| panic!("{compression:?} {end} of {}", whole.len()));
            assert_eq!((error.code, error.offset), ("cut_stream", read.len() as u64), "{compression:?} {end}: {}", error.detail);
            assert!(bytes.starts_with(&read), "{compression:?} {end}");
        }
    }
}

#[test]
fn a_cut_stream_gives_its_beginning() {
    let bytes = content(1_500_000);
    for compression in ALL {
        let mut whole = pack(compression, &bytes);
        whole.truncate(whole.len() / 10 * 9);
        let (read, error) = unpack(compression, Cursor::new(whole));
        assert!(read.len() >= 500_000 && bytes.starts_with(&read), "{compression:?} {}", read.len());
        assert_eq!(error.map(|error| error.code), Some("cut_stream"), "{compression:?}");
    }
}

#[test]
fn every_flipped_bit_is_taken() {
    let bytes = content(600);
    for compression in ALL {
        let whole = pack(compression, &bytes);
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let (read, error) = unpack(compression, Cursor::new(damaged).chain(std::io::repeat(0).take(20_000)));
            assert!(read.len() <= 1 << 25, "{compression:?} {bit}");
            if let Some(error) = error {
                let known = ["cut_stream", "bad_stream", "decompression_memory"].contains(&error.code);
                assert!(known && !error.detail.contains("please report"), "{compression:?} {bit}: {error}");
            }
        }
    }
}

#[test]
fn what_follows_the_end_is_told() {
    let bytes = content(1000);
    for compression in ALL {
        let packed = [&pack(compression, &bytes)[..], b"something else, long enough to be looked at"].concat();
        let (read, error) = unpack(compression, Cursor::new(packed));
        let error = error.map(|error| (error.code, error.offset));
        assert_eq!((read, error), (bytes.clone(), Some(("bad_stream", 1000))), "{compression:?}");
    }
}

#[test]
fn large_windows_are_refused() {
    // A frame header with a window of 2^(10+18) bytes, and an xz stream with a dictionary of 1.5 GiB.
    let mut zstd = pack(Compression::Zstd, &content(100));
    zstd.splice(4..6, [0x00, 18 << 3]);
    let (_, error) = unpack(Compression::Zstd, Cursor::new(zstd));
    assert_eq!(error.map(|error| error.code), Some("decompression_memory"));
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 256 << 20;
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    packer.write_all(b"short").unwrap();
    let (_, error) = unpack(Compression::Xz, Cursor::new(packer.finish().unwrap()));
    assert_eq!(error.map(|error| error.code), Some("decompression_memory"));
}

/// A file that cannot be read is not a damaged stream.
#[test]
fn errors_of_the_system_pass() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("no disk"))
        }
    }
    for compression in ALL {
        let packed = pack(compression, &content(100_000));
        let packed = Cursor::new(packed[..packed.len() / 2].to_vec()).chain(Broken);
        let mut bytes = Vec::new();
        let error = Unpacked::new(compression, Box::new(packed)).unwrap().read_to_end(&mut bytes).unwrap_err();
        assert!(error.get_ref().is_some_and(|inner| !inner.is::<CaptureError>()), "{compression:?} {error}");
        assert_eq!(error.to_string(), "no disk");
    }
}
