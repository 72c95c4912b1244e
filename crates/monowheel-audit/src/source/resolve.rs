//! What only all files of a crate together show: type aliases, which calls take a lock, and what called functions do.

use std::collections::{BTreeSet, HashMap};

use crate::source::crate_types::Types;
use crate::source::{Event, File, Function, Source, State, Subject, What};

impl Source {
    /// Resolves what single files leave open.
    pub(super) fn resolve(&mut self) {
        let crates: BTreeSet<Option<usize>> = self.files.iter().map(|file| file.krate).collect();
        for krate in crates {
            let types = Types::of(self.files.iter().filter(|file| file.krate == krate));
            for file in self.files.iter_mut().filter(|file| file.krate == krate) {
                types.put_into(file);
            }
            let runners = runners(self.files.iter().filter(|file| file.krate == krate));
            for file in self.files.iter_mut().filter(|file| file.krate == krate) {
                file.functions.iter_mut().for_each(|function| settle_runners(function, &runners));
            }
        }
        self.attach_drops();
        self.follow_calls();
        self.index_names();
    }

    /// Python drops the objects of a class, on a thread that is attached.
    fn attach_drops(&mut self) {
        let classes: BTreeSet<(Option<usize>, String)> =
            self.classes().map(|(file, class)| (file.krate, class.name.clone())).collect();
        for file in &mut self.files {
            let krate = file.krate;
            let is_drop = |function: &&mut Function| {
                function.of_trait.as_deref() == Some("Drop")
                    && function.class.as_ref().is_some_and(|class| classes.contains(&(krate, class.clone())))
            };
            for function in file.functions.iter_mut().filter(is_drop) {
                let here = function.events.iter_mut().filter(|event| event.is_here && event.state == State::Unknown);
                here.for_each(|event| event.state = State::Attached);
            }
        }
    }
}

/// The names of functions that run a closure while they hold a lock: `fn with_state(&self, run: impl FnOnce(&mut State))`.
/// A name that another function of the crate has too is ambiguous.
fn runners<'a>(files: impl Iterator<Item = &'a File>) -> BTreeSet<String> {
    let mut found: HashMap<&str, bool> = HashMap::new();
    for function in files.flat_map(|file| &file.functions) {
        let is_param = |name: &str| function.params.iter().any(|param| param.name == name);
        let runs = |event: &Event| {
            let locks = event.guards.iter().filter_map(|held| function.guards.get(usize::from(*held)));
            event.what == What::Calls
                && is_param(&event.name)
                && locks.into_iter().any(|guard| guard.subject != Subject::Runner)
        };
        let is_runner = function.events.iter().any(runs);
        found.entry(&function.name).and_modify(|all| *all &= is_runner).or_insert(is_runner);
    }
    found.into_iter().filter(|(_, is_runner)| *is_runner).map(|(name, _)| name.to_owned()).collect()
}

/// Keeps the locks of functions that run a closure only where the function takes one.
fn settle_runners(function: &mut Function, runners: &BTreeSet<String>) {
    let guards = &function.guards;
    let is_held = |held: &u16| match guards.get(usize::from(*held)) {
        Some(guard) if guard.subject == Subject::Runner => runners.contains(&guard.method),
        _ => true,
    };
    function.events.iter_mut().for_each(|event| event.guards.retain(is_held));
}
