//! Events of a build, for the code that displays them.

use crate::manifest;
use crate::plan::Job;

/// An event.
#[derive(Debug)]
pub enum Event<'a> {
    /// A message that deserves a line of its own.
    Note(String),
    /// A step before the wheels starts.
    Step(&'static str),
    /// A step printed a line.
    StepLine(&'a str),
    /// The most recent step has ended.
    StepDone,
    /// The wheels that will be built, before the first starts.
    Wheels(Vec<&'a str>),
    /// A wheel's build starts.
    Began(&'a Job),
    /// A wheel's build printed a line.
    Line(&'a Job, &'a str),
    /// A wheel's build has ended, successfully or not.
    Ended(&'a Job, &'a manifest::Wheel),
}

/// Displays a build while it runs. Called from several threads.
pub trait Watch: Sync {
    /// Receives an event.
    fn saw(&self, event: &Event<'_>);
}
