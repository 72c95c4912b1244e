//! Project scaffolding and the doctor.

pub mod doctor;
pub mod scaffold;
