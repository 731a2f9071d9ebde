//! Values by a number of 16 bits: a code point, a bucket. Of every flow some hundred are counted, so they are found by their
//! place in an array, not by a hash. The array is in pages, as registries use a few stretches of their space.
//!
//! ```text
//!  pages   | 0x0000.. | 0x0040.. |  none  | ... | 0x1300.. | ... | 0xc000.. |        64 values each
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const PAGE: usize = 64;

/// Values by number. One that equals its default counts as absent.
#[derive(Debug, Clone)]
pub struct ByCode<V>(Vec<Option<Box<[V; PAGE]>>>);

impl<V> Default for ByCode<V> {
    fn default() -> Self {
        ByCode(Vec::new())
    }
}

impl<V: Default + PartialEq> ByCode<V> {
    /// The value of a number.
    pub fn entry(&mut self, code: u16) -> &mut V {
        let (page, at) = (usize::from(code) / PAGE, usize::from(code) % PAGE);
        if page >= self.0.len() {
            self.0.resize_with(page + 1, || None);
        }
        &mut self.0[page].get_or_insert_with(|| Box::new(std::array::from_fn(|_| V::default())))[at]
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// All of it in the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &V)> + Clone {
        let pages = self.0.iter().enumerate().filter_map(|(page, values)| Some((page, values.as_ref()?)));
        let values = pages.flat_map(|(page, values)| values.iter().enumerate().map(move |(at, value)| ((page * PAGE + at) as u16, value)));
        values.filter(|(_, value)| **value != V::default())
    }
}

/// As a list of pairs.
impl<V: Default + PartialEq + Serialize> Serialize for ByCode<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de, V: Default + PartialEq + Deserialize<'de>> Deserialize<'de> for ByCode<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut by_code = ByCode::default();
        for (code, value) in Vec::<(u16, V)>::deserialize(from)? {
            *by_code.entry(code) = value;
        }
        Ok(by_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_out_in_order_and_is_read_back() {
        let mut by_code = ByCode::<u64>::default();
        assert!(by_code.is_empty());
        for code in [0xffff, 1, 9, 0xc02f, 1, 64, 63] {
            *by_code.entry(code) += 1;
        }
        by_code.entry(0x5000);
        assert_eq!(by_code.iter().collect::<Vec<_>>(), [(1, &2), (9, &1), (63, &1), (64, &1), (0xc02f, &1), (0xffff, &1)]);
        let text = serde_json::to_string(&by_code).unwrap();
        assert_eq!(text, "[[1,2],[9,1],[63,1],[64,1],[49199,1],[65535,1]]");
        assert_eq!(serde_json::from_str::<ByCode<u64>>(&text).unwrap().iter().collect::<Vec<_>>(), by_code.iter().collect::<Vec<_>>());
    }
}
