//! The variants of the classic format: what tells them apart, and how long their headers are.
//!
//! ```text
//!  magic, most significant byte first   version  link type     packet header                     fraction   layout
//!  a1b2c3d4                                                    16                                10^-6      Micro
//!  a1b2c3d4                             2.2      6, 9, 15, 24  16, the original length first     10^-9      Aix
//!  a1b2c3d4                                                    16 + 4                            10^-6      Nokia
//!  a1b2c3d4                                                    16 + 8                            10^-6      RedHat
//!  a1b23c4d                                                    16                                10^-9      Nano
//!  a1b2cd34                                                    16 + 8                            10^-6      Modified
//!  a1b2cd34                                                    16 + 12                           10^-6      Suse
//!  1c0001ac  (file header 24 + 4)                              16                                10^-9      IxiaHardware
//!  1c0001ab  (file header 24 + 4)                              16                                10^-6      IxiaSoftware
//! ```
//!
//! Sources: draft-ietf-opsawg-pcap; pcap-savefile(5); what the readers of the tcpdump group and Wireshark say about the
//! variants that no document describes. Nokia's, Red Hat's and SUSE's have the magic of another layout: the first records
//! tell, see `pcap`. AIX numbers its interfaces as RFC 1573 does (6 Ethernet, 9 token ring, 15 FDDI, 24 loopback). Ixia's
//! file header ends with the sum of the record lengths, which is not needed.

use super::{LinkType, Order};

/// The record layouts of the classic format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// Microseconds, the usual one.
    Micro,
    /// Nanoseconds.
    Nano,
    /// Kuznetzov's patches of October 1999.
    Modified,
    /// Kuznetzov's patches of April 1999, as in Red Hat 6.1.
    RedHat,
    /// Kuznetzov's patches of September 1999, as in SUSE 6.3.
    Suse,
    /// Nokia's firewalls.
    Nokia,
    /// AIX.
    Aix,
    /// Ixia's lcap, captured in hardware.
    IxiaHardware,
    /// Ixia's lcap, captured in software.
    IxiaSoftware,
}

impl Layout {
    /// The layout that a magic number tells, as far as it does.
    pub(super) fn of_magic(magic: u32) -> Option<Layout> {
        Some(match magic {
            0xa1b2_c3d4 => Layout::Micro,
            0xa1b2_3c4d => Layout::Nano,
            0xa1b2_cd34 => Layout::Modified,
            0x1c00_01ac => Layout::IxiaHardware,
            0x1c00_01ab => Layout::IxiaSoftware,
            _ => return None,
        })
    }

    /// Other layouts with the same magic number and longer packet headers.
    pub(super) fn others(self) -> &'static [Layout] {
        match self {
            Layout::Micro => &[Layout::Nokia, Layout::RedHat],
            Layout::Modified => &[Layout::Suse],
            _ => &[],
        }
    }

    /// What AIX means by a link type, which is none of the registry, of a file of version 2.2.
    pub(super) fn aix(link: LinkType) -> Option<LinkType> {
        Some(LinkType(match link.0 {
            6 => 1,
            9 => 6,
            15 => 10,
            24 => 0,
            _ => return None,
        }))
    }

    /// Bytes of the file header.
    pub(super) fn file_header(self) -> usize {
        if matches!(self, Layout::IxiaHardware | Layout::IxiaSoftware) { 28 } else { 24 }
    }

    /// Bytes of a packet header.
    #[inline(always)]
    pub(super) fn packet_header(self) -> usize {
        match self {
            Layout::Nokia => 20,
            Layout::Modified | Layout::RedHat => 24,
            Layout::Suse => 28,
            _ => 16,
        }
    }

    /// Nanoseconds in the unit of the fraction of a second.
    #[inline(always)]
    pub(super) fn unit(self) -> u32 {
        if matches!(self, Layout::Nano | Layout::Aix | Layout::IxiaHardware) { 1 } else { 1000 }
    }

    /// The word for `captures.csv`.
    pub(super) fn name(self, order: Order) -> &'static str {
        let (little, big) = match self {
            Layout::Micro => ("pcap", "pcap-be"),
            Layout::Nano => ("pcap-ns", "pcap-ns-be"),
            Layout::Modified => ("pcap-modified", "pcap-modified-be"),
            Layout::RedHat => ("pcap-redhat", "pcap-redhat-be"),
            Layout::Suse => ("pcap-suse", "pcap-suse-be"),
            Layout::Nokia => ("pcap-nokia", "pcap-nokia-be"),
            Layout::Aix => ("pcap-aix", "pcap-aix-be"),
            Layout::IxiaHardware => ("lcap-ns", "lcap-ns-be"),
            Layout::IxiaSoftware => ("lcap", "lcap-be"),
        };
        if order == Order::Big { big } else { little }
    }
}
