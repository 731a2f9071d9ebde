//! Short text of our own making: a state, a name from a registry, an id, an address.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr};

/// A word of our own vocabulary. A constant is not copied, one of up to 23 bytes (every id of a flow or capture, every IPv4
/// address) lives in its place, a longer one is shared: so a flow's dozens of words cost next to no allocation, and none to copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Word(SmolStr);

impl Word {
    /// A copy of a text.
    pub fn new(text: &str) -> Self {
        Word(SmolStr::new(text))
    }

    /// What a value is displayed as.
    pub fn of(value: impl std::fmt::Display) -> Self {
        Word(value.to_smolstr())
    }

    /// The text as a string of its own.
    pub fn into_owned(self) -> String {
        self.0.into()
    }
}

impl std::ops::Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for Word {
    fn from(text: &'static str) -> Self {
        Word(SmolStr::new_static(text))
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Word(text.into())
    }
}

impl From<std::borrow::Cow<'static, str>> for Word {
    fn from(text: std::borrow::Cow<'static, str>) -> Self {
        match text {
            std::borrow::Cow::Borrowed(text) => text.into(),
            std::borrow::Cow::Owned(text) => text.into(),
        }
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Word {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}

impl PartialEq<Word> for &str {
    fn eq(&self, other: &Word) -> bool {
        other.0 == *self
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.0.as_str(), f)
    }
}
