//! What only all files of a crate together show: what its types are, and what called functions do.

use std::collections::{BTreeSet, HashMap};

use crate::source::crate_types::Types;
use crate::source::{Event, File, Function, Role, Source, State, Subject, What};

/// How far calls within a crate are followed.
const DEEPEST: usize = 4;

/// Something that a function does to its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deed {
    /// What.
    pub(crate) what: What,
    /// The name that is called for it.
    pub(crate) name: String,
    /// Where, for messages.
    pub(crate) place: String,
}

/// What a function does in the state of its caller, itself or through other functions of the crate.
#[derive(Clone, Debug, Default)]
pub struct Does {
    /// It waits for a future, a thread or the clock.
    pub(crate) waits: Option<Deed>,
    /// It runs Python code.
    pub(crate) python: Option<Deed>,
    /// It attaches.
    pub(crate) attaches: Option<Deed>,
}

impl Does {
    fn is_any(&self) -> bool {
        self.waits.is_some() || self.python.is_some() || self.attaches.is_some()
    }
}

/// Whether a rule looks at the name of a call: that of a method of `self`, or of tokio's.
fn is_named_by_a_rule(event: &Event) -> bool {
    event.name.starts_with("self::") || event.name.starts_with("tokio::")
}

/// A function, as the indices of its file and of itself in that.
type At = (usize, usize);

/// Functions by crate and name.
type Index = HashMap<(Option<usize>, String), Vec<At>>;

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
        self.follow_calls();
    }

    /// The function of the project that an event calls, if it is unambiguous.
    fn callee(&self, index: &Index, file: &File, own: Option<&str>, event: &Event) -> Option<At> {
        if event.what != What::Calls {
            return None;
        }
        let mut parts: Vec<&str> = event.name.split("::").collect();
        let name = parts.pop()?;
        let first = parts.first().copied().unwrap_or_default();
        let class = match parts.last() {
            Some(&("self" | "Self")) if own.is_some() => own,
            Some(last) if last.starts_with(char::is_uppercase) => Some(*last),
            _ => None,
        };
        // `other::name` of another crate of the project, by the name of its library.
        let krate = match self.crates.iter().position(|krate| krate.library == first) {
            Some(other) => Some(other),
            None if self.krate(file).is_some_and(|krate| krate.dependencies.contains(first)) => return None,
            None => file.krate,
        };
        if matches!(first, "std" | "core" | "alloc") {
            return None;
        }
        // The module that the path names, by its file.
        let of_krate = krate.and_then(|at| self.crates.get(at)).map(|krate| krate.library.as_str());
        let is_module = |part: &&&str| {
            !matches!(**part, "crate" | "self" | "super" | "Self")
                && part.starts_with(char::is_lowercase)
                && Some(**part) != of_krate
        };
        let module = parts.iter().rev().find(is_module).copied();
        let named = index.get(&(krate, name.to_owned()))?;
        let fitting: Vec<At> = named
            .iter()
            .filter(|(of, at)| {
                let Some(of) = self.files.get(*of) else { return false };
                let is_there = module.is_none_or(|module| is_file_of(&of.path, module));
                is_there && of.functions.get(*at).is_some_and(|function| function.class.as_deref() == class)
            })
            .copied()
            .collect();
        match fitting.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Passes what functions do on to their callers, up to [`DEEPEST`] calls far.
    fn follow_calls(&mut self) {
        let mut index = Index::new();
        for (at, file) in self.files.iter().enumerate() {
            for (nth, function) in file.functions.iter().enumerate() {
                index.entry((file.krate, function.name.clone())).or_default().push((at, nth));
            }
        }
        for file in &mut self.files {
            for function in &mut file.functions {
                function.does = own(&file.path, function);
            }
        }
        // Each call with its callee.
        let mut calls: Vec<(At, usize, At)> = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            for (nth, function) in file.functions.iter().enumerate() {
                for (event_at, event) in function.events.iter().enumerate() {
                    if let Some(callee) = self
                        .callee(&index, file, function.class.as_deref(), event)
                        .filter(|callee| *callee != (at, nth))
                    {
                        calls.push(((at, nth), event_at, callee));
                    }
                }
            }
        }
        for _ in 0..DEEPEST {
            for (caller, event, callee) in &calls {
                let Some(does) = self.function(*callee).map(|function| function.does.clone()) else { continue };
                let Some(function) = self.files.get_mut(caller.0).and_then(|file| file.functions.get_mut(caller.1))
                else {
                    continue;
                };
                pass_on(function, *event, does);
            }
        }
        for (caller, event, callee) in calls {
            let Some(does) = self.function(callee).map(|function| function.does.clone()) else { continue };
            let function = self.files.get_mut(caller.0).and_then(|file| file.functions.get_mut(caller.1));
            if let Some(event) = function.and_then(|function| function.events.get_mut(event)).filter(|_| does.is_any())
            {
                event.does = Some(Box::new(does));
            }
        }
        // The initializers of statics.
        let mut in_statics: Vec<(usize, usize, At)> = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            for (event_at, event) in file.statics.iter().enumerate() {
                in_statics.extend(self.callee(&index, file, None, event).map(|callee| (at, event_at, callee)));
            }
        }
        for (file, event, callee) in in_statics {
            let Some(does) = self.function(callee).map(|function| function.does.clone()) else { continue };
            let event = self.files.get_mut(file).and_then(|file| file.statics.get_mut(event));
            if let Some(event) = event.filter(|_| does.is_any()) {
                event.does = Some(Box::new(does));
            }
        }
        // Rules ask for no other calls.
        let is_asked_for =
            |event: &Event| event.what != What::Calls || event.does.is_some() || is_named_by_a_rule(event);
        for function in self.files.iter_mut().flat_map(|file| &mut file.functions) {
            function.events.retain(is_asked_for);
        }
    }

    fn function(&self, (file, function): At) -> Option<&Function> {
        self.files.get(file)?.functions.get(function)
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

/// Whether a file is `module.rs` or `module/mod.rs`.
fn is_file_of(path: &str, module: &str) -> bool {
    let stem = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or(path);
    stem.rsplit('/').next() == Some(module)
}

/// What a function does itself, in the state of its caller.
fn own(path: &str, function: &Function) -> Does {
    if function.is_async {
        return Does::default();
    }
    let first = |is_it: &dyn Fn(&Event) -> bool| {
        let event = function.events.iter().find(|event| event.is_here && is_it(event))?;
        let place = format!("{path}:{}", event.at.line);
        Some(Deed { what: event.what, name: event.name.clone(), place })
    };
    // A function with a token is checked itself.
    let is_of_caller = |event: &Event| function.role == Role::Plain && event.state == State::Unknown;
    Does {
        waits: first(&|event| is_of_caller(event) && matches!(event.what, What::Waits | What::BlocksOn)),
        python: first(&|event| event.what == What::Python && event.state == State::Attached),
        attaches: first(&|event| is_of_caller(event) && event.what == What::Attach),
    }
}

/// Adds what a called function does to its caller.
fn pass_on(caller: &mut Function, event: usize, does: Does) {
    let Some(event) = caller.events.get(event).filter(|event| event.is_here && !caller.is_async) else { return };
    let is_of_caller = caller.role == Role::Plain && event.state == State::Unknown;
    let is_attached = event.state == State::Attached;
    if is_of_caller && caller.does.waits.is_none() {
        caller.does.waits = does.waits;
    }
    if is_of_caller && caller.does.attaches.is_none() {
        caller.does.attaches = does.attaches;
    }
    if (is_attached || is_of_caller) && caller.does.python.is_none() {
        caller.does.python = does.python;
    }
}
