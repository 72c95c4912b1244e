//! What an author begins with.

pub mod doctor;
pub mod scaffold;
