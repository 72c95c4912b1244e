//! Why a channel or a tree refuses something.

use std::fmt;

/// Why a channel or a tree refuses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no room.
    Full,
    /// There is no item.
    Empty,
    /// The channel is closed.
    Closed,
    /// A channel without room for anything.
    NoCapacity,
    /// A timeout that is negative or NaN.
    NoTime,
    /// A node that has a parent already.
    HasParent,
    /// A node that would be below itself.
    OwnAncestor,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the queue is full",
            Self::Empty => "the queue is empty",
            Self::Closed => "the queue is closed",
            Self::NoCapacity => "a queue needs a capacity of 1 or more",
            Self::NoTime => "a timeout is 0 or more seconds",
            Self::HasParent => "the node has a parent",
            Self::OwnAncestor => "the node would be below itself",
        })
    }
}

impl std::error::Error for Error {}
