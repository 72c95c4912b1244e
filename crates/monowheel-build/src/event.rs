//! What happens during a build, for whoever shows it.

use crate::manifest;
use crate::plan::Job;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// Something worth a line of its own.
    Note(String),
    /// A step before the wheels begins.
    Step(&'static str),
    /// A step printed a line.
    StepLine(&'a str),
    /// The step that began last has ended.
    StepDone,
    /// The wheels that will be built now, before the first begins.
    Wheels(Vec<&'a str>),
    /// A wheel's build begins.
    Began(&'a Job),
    /// A wheel's build printed a line.
    Line(&'a Job, &'a str),
    /// A wheel is finished, one way or another.
    Ended(&'a Job, &'a manifest::Wheel),
}

/// Shows a build while it runs. Called from several threads.
pub trait Watch: Sync {
    /// Something happened.
    fn saw(&self, event: &Event<'_>);
}
