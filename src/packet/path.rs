//! What a frame was wrapped in: the way from the link layer to its TCP segment, and the part of it that tells flows apart.
//!
//! ```text
//!  Ethernet | 802.1Q 10 | IPv4 | UDP 4789 | VXLAN 5001 | Ethernet | IPv4 | TCP      path  vlan=10 vxlan=5001
//!                                                                                   key   digest of (vxlan, 5001)
//! ```
//!
//! The key holds only ids that both directions of a connection share. MPLS labels, GTP tunnel ends and the like are
//! chosen by the receiver; VLAN ids differ by direction at mirror ports and routers. Both stand in the path alone.

use std::collections::HashMap;
use std::fmt::Write;

/// Hops that are kept of a path; further ones are followed, not written.
const MAX_HOPS: usize = 12;

/// The part of a path that tells flows apart: a digest of the network ids on it, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tunnel(pub u64);

impl Tunnel {
    /// Takes in a network id; the order counts.
    fn push(&mut self, kind: Kind, id: u32) {
        let word = (u64::from(kind as u8) + 1) << 32 | u64::from(id);
        let product = u128::from((self.0 ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15)) * 0xd6e8_feb8_6659_fd93;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

/// How an id is written behind the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// There is none.
    Bare,
    /// `name=10`.
    Decimal,
    /// `name=0x1f`.
    Hex,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $form:ident $keyed:literal $doc:literal;)*) => {
        /// Kinds of hops.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[repr(u8)]
        pub enum Kind { #[default] $(#[doc = $doc] $kind,)* }

        impl Kind {
            /// Name, form of the id, and whether both directions share the id.
            fn facts(self) -> (&'static str, Form, bool) {
                match self { $(Kind::$kind => ($name, Form::$form, $keyed),)* }
            }
        }
    };
}

kinds! {
    Vlan "vlan" Decimal false "A VLAN id (IEEE 802.1Q).";
    Pbb "pbb" Decimal false "A service instance id (IEEE 802.1ah).";
    Macsec "macsec" Bare false "A SecTag without encryption (IEEE 802.1AE).";
    Pppoe "pppoe" Decimal false "A session id (RFC 2516).";
    Mpls "mpls" Decimal false "A label (RFC 3032).";
    Gre "gre" Bare false "GRE without a key (RFC 2784).";
    GreKey "gre" Hex true "GRE with a key (RFC 2890).";
    Nvgre "nvgre" Decimal true "A virtual subnet id (RFC 7637).";
    Pptp "pptp" Decimal false "A call id (RFC 2637).";
    Erspan "erspan" Decimal false "A session id of a remote mirror port.";
    Vxlan "vxlan" Decimal true "A VNI (RFC 7348).";
    Geneve "geneve" Decimal true "A VNI (RFC 8926).";
    Gtp "gtp" Hex false "A tunnel endpoint id (3GPP TS 29.281).";
    Teredo "teredo" Bare false "Teredo (RFC 4380).";
    L2tp "l2tp" Hex false "Tunnel id and session id, 16 bits each (RFC 2661).";
    L2tp3 "l2tpv3" Hex false "A session id (RFC 3931).";
    Nsh "nsh" Decimal false "A service path id (RFC 8300).";
    Lisp "lisp" Bare false "LISP without an instance (RFC 9300).";
    LispInstance "lisp" Decimal true "A LISP instance id.";
    Capwap "capwap" Bare false "CAPWAP data (RFC 5415).";
    Tzsp "tzsp" Bare false "TZSP, in which a capturing host sends frames.";
    Trill "trill" Bare false "TRILL (RFC 6325).";
    Etherip "etherip" Bare false "EtherIP (RFC 3378).";
    Ah "ah" Bare false "An authentication header (RFC 4302).";
    EspNull "esp_null" Hex false "ESP without encryption (RFC 2410), with its SPI.";
    Ip4in4 "ip4in4" Bare false "IPv4 in IPv4 (RFC 2003).";
    Ip6in4 "ip6in4" Bare false "IPv6 in IPv4 (RFC 4213).";
    Six4 "6to4" Bare false "IPv6 in IPv4 between addresses of 2002::/16 (RFC 3056).";
    Ip4in6 "ip4in6" Bare false "IPv4 in IPv6 (RFC 2473).";
    Ip6in6 "ip6in6" Bare false "IPv6 in IPv6 (RFC 2473).";
}

/// A way in, outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Path {
    len: u8,
    kinds: [Kind; MAX_HOPS],
    ids: [u32; MAX_HOPS],
}

impl Path {
    /// Adds a hop, and takes its id into the key where both directions share it.
    pub fn push(&mut self, kind: Kind, id: u32, key: &mut Tunnel) {
        let at = usize::from(self.len);
        if at < MAX_HOPS {
            (self.kinds[at], self.ids[at]) = (kind, id);
            self.len += 1;
        }
        if kind.facts().2 {
            key.push(kind, id);
        }
    }

    /// Whether there is no hop.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `vlan=10/20 gre=0x1f ip6in4`: hops outermost first with a space between, ids of equal hops in a row with a slash.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut last = None;
        for (kind, id) in self.kinds.iter().zip(self.ids).take(usize::from(self.len)) {
            let (name, form, _) = kind.facts();
            if last != Some(*kind) || form == Form::Bare {
                let space = if text.is_empty() { "" } else { " " };
                let equals = if form == Form::Bare { "" } else { "=" };
                // Writing to a String does not fail.
                let _ = write!(text, "{space}{name}{equals}");
            } else {
                text.push('/');
            }
            let _ = match form {
                Form::Bare => Ok(()),
                Form::Decimal => write!(text, "{id}"),
                Form::Hex => write!(text, "{id:#x}"),
            };
            last = Some(*kind);
        }
        text
    }
}

/// The paths of a block, each once; a segment holds its number.
#[derive(Debug, Default)]
pub struct Paths {
    list: Vec<Path>,
    numbers: HashMap<Path, u16>,
    last: u16,
}

impl Paths {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.list.clear();
        self.numbers.clear();
        self.last = 0;
    }

    /// The number of a path; 0 is the empty one, and any that the table has no room for.
    pub fn enter(&mut self, path: &Path) -> u16 {
        if path.is_empty() {
            return 0;
        }
        if self.path(self.last) == Some(path) {
            return self.last;
        }
        if let Some(number) = self.numbers.get(path) {
            self.last = *number;
        } else {
            // A block of 512 KiB holds at most some ten thousand frames.
            let Ok(number) = u16::try_from(self.list.len() + 1) else { return 0 };
            self.list.push(*path);
            self.numbers.insert(*path, number);
            self.last = number;
        }
        self.last
    }

    /// The path with a number; none for 0.
    pub fn path(&self, number: u16) -> Option<&Path> {
        self.list.get(usize::from(number).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(hops: &[(Kind, u32)]) -> (Path, Tunnel) {
        let (mut path, mut key) = (Path::default(), Tunnel::default());
        hops.iter().for_each(|(kind, id)| path.push(*kind, *id, &mut key));
        (path, key)
    }

    #[test]
    fn hops_are_written_outermost_first() {
        let text = |hops: &[(Kind, u32)]| path(hops).0.text();
        assert_eq!(text(&[]), "");
        assert_eq!(text(&[(Kind::Vlan, 10), (Kind::Vlan, 20), (Kind::GreKey, 31), (Kind::Ip6in4, 0)]), "vlan=10/20 gre=0x1f ip6in4");
        assert_eq!(text(&[(Kind::Gre, 0), (Kind::Gre, 0), (Kind::Gtp, 0x1234)]), "gre gre gtp=0x1234");
        assert_eq!(text(&[(Kind::Mpls, 16); 20]), format!("mpls={}", ["16"; MAX_HOPS].join("/")));
    }

    #[test]
    fn only_ids_that_both_directions_share_are_in_the_key() {
        let key = |hops: &[(Kind, u32)]| path(hops).1;
        assert_eq!(key(&[(Kind::Vlan, 10), (Kind::Mpls, 5), (Kind::Gtp, 7), (Kind::Gre, 0)]), Tunnel(0));
        assert_ne!(key(&[(Kind::Vxlan, 1)]), key(&[(Kind::Vxlan, 2)]));
        assert_ne!(key(&[(Kind::Vxlan, 1)]), key(&[(Kind::Geneve, 1)]));
        assert_ne!(key(&[(Kind::Vxlan, 1), (Kind::Vxlan, 2)]), key(&[(Kind::Vxlan, 2), (Kind::Vxlan, 1)]));
        assert_eq!(key(&[(Kind::Vlan, 3), (Kind::Vxlan, 1)]), key(&[(Kind::Vxlan, 1)]));
    }

    #[test]
    fn a_path_is_entered_once() {
        let mut paths = Paths::default();
        let (one, two) = (path(&[(Kind::Vlan, 1)]).0, path(&[(Kind::Vlan, 2)]).0);
        assert_eq!([paths.enter(&one), paths.enter(&two), paths.enter(&one), paths.enter(&Path::default())], [1, 2, 1, 0]);
        assert_eq!((paths.path(2), paths.path(0), paths.path(3)), (Some(&two), None, None));
        paths.clear();
        assert_eq!((paths.enter(&two), paths.path(2)), (1, None));
    }
}
