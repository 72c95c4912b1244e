//! The classes that Python sees.

mod node;
mod queue;

pub(super) use node::Node;
pub(super) use queue::Queue;
