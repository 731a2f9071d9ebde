//! The byte order of a capture file or of a pcapng section.

/// In which order the bytes of a number stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Order {
    /// The 16-bit number at `at`; 0 where the bytes end before it.
    #[inline(always)]
    pub fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let Some(&raw) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return 0 };
        match self {
            Order::Little => u16::from_le_bytes(raw),
            Order::Big => u16::from_be_bytes(raw),
        }
    }

    /// The 32-bit number at `at`; 0 where the bytes end before it.
    #[inline(always)]
    pub fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let Some(&raw) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return 0 };
        match self {
            Order::Little => u32::from_le_bytes(raw),
            Order::Big => u32::from_be_bytes(raw),
        }
    }
}
