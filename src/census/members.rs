//! A sorted set of a few members, which lie in their place as long as they are no more than `N`: there are many servers, each
//! with a version or two, and to follow a pointer for each would cost more than all that is done with them.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// Members in order, none twice. Made for a handful: taking one in costs a search and moves what is behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Members<T, const N: usize>(SmallVec<[T; N]>);

impl<T, const N: usize> Default for Members<T, N> {
    fn default() -> Self {
        Members(SmallVec::new())
    }
}

impl<T: Ord, const N: usize> Members<T, N> {
    /// Takes a member in, if it is not there.
    pub fn insert(&mut self, member: T) {
        if let Err(at) = self.0.binary_search(&member) {
            self.0.insert(at, member);
        }
    }

    /// Takes in the members of another set.
    pub fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|member| self.insert(member));
    }

    /// Keeps the first so many.
    pub fn truncate(&mut self, most: usize) {
        self.0.truncate(most);
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_in_order_and_none_twice() {
        let of = |members: &[u16]| {
            let mut set = Members::<u16, 2>::default();
            members.iter().for_each(|member| set.insert(*member));
            set
        };
        let check =
            |members: &[u16], expected: &[u16]| assert_eq!(of(members).iter().copied().collect::<Vec<_>>(), expected, "{members:?}");
        check(&[], &[]);
        check(&[7, 7, 3], &[3, 7]);
        check(&[9, 1, 5, 1, 9, 2], &[1, 2, 5, 9]);
        let mut left = of(&[4, 2, 8]);
        left.merge(of(&[1, 2, 9]));
        left.truncate(4);
        assert_eq!(left, of(&[1, 2, 4, 8]));
        assert_eq!(serde_json::from_str::<Members<u16, 2>>(&serde_json::to_string(&left).unwrap()).unwrap(), left);
    }
}
