//! The calls between the functions of a project, and what a called function does to its caller.

use std::collections::HashMap;

use crate::source::{Event, File, Function, Role, Source, State, What};

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
    /// It detaches.
    pub(crate) detaches: Option<Deed>,
    /// It logs.
    pub(crate) logs: Option<Deed>,
    /// It distributes work to rayon's threads.
    pub(crate) rayon: Option<Deed>,
    /// That work attaches.
    pub(crate) rayon_attaches: bool,
    /// It is async, and awaits what needs a runtime of tokio.
    pub(crate) runtime: Option<Deed>,
}

impl Does {
    fn is_any(&self) -> bool {
        self.rayon_attaches || self.has_deed()
    }

    fn has_deed(&self) -> bool {
        let deeds = [&self.waits, &self.python, &self.attaches, &self.detaches, &self.logs, &self.rayon, &self.runtime];
        deeds.into_iter().any(Option::is_some)
    }

    /// What one of two functions does.
    fn or(self, other: Self) -> Self {
        Self {
            waits: self.waits.or(other.waits),
            python: self.python.or(other.python),
            attaches: self.attaches.or(other.attaches),
            detaches: self.detaches.or(other.detaches),
            logs: self.logs.or(other.logs),
            rayon: self.rayon.or(other.rayon),
            rayon_attaches: self.rayon_attaches || other.rayon_attaches,
            runtime: self.runtime.or(other.runtime),
        }
    }
}

/// Whether a rule looks at the name of a call: that of a method of `self`, or of tokio's.
fn is_named_by_a_rule(event: &Event) -> bool {
    event.name.starts_with("self::") || event.name.starts_with("tokio::")
}

/// A function, as the indices of its file and of itself in that.
type At = (usize, usize);

/// The functions of one name.
#[derive(Default)]
struct Named<'a> {
    /// By the type whose `impl` they are in.
    of_class: HashMap<Option<&'a str>, Vec<At>>,
    /// Implementations of the methods of traits, by the trait.
    of_trait: HashMap<&'a str, Vec<At>>,
    /// The provided methods of traits.
    provided: Vec<At>,
}

/// Functions by crate and name.
#[derive(Default)]
struct Index<'a>(HashMap<(Option<usize>, &'a str), Named<'a>>);

impl<'a> Index<'a> {
    fn of(files: &'a [File]) -> Self {
        let mut index = Self::default();
        for (at, file) in files.iter().enumerate() {
            for (nth, function) in file.functions.iter().enumerate() {
                let named = index.0.entry((file.krate, &function.name)).or_default();
                named.of_class.entry(function.class.as_deref()).or_default().push((at, nth));
                if let Some(of_trait) = function.of_trait.as_deref() {
                    named.of_trait.entry(of_trait).or_default().push((at, nth));
                    if function.class.as_deref() == Some(of_trait) {
                        named.provided.push((at, nth));
                    }
                }
            }
        }
        index
    }
}

impl Source {
    /// The function of the project that an event calls, if it is unambiguous; for the method of a trait, its implementations.
    fn callees(&self, index: &Index<'_>, file: &File, own: Option<&str>, event: &Event) -> Vec<At> {
        self.named_callees(index, file, own, event).unwrap_or_default()
    }

    fn named_callees(&self, index: &Index<'_>, file: &File, own: Option<&str>, event: &Event) -> Option<Vec<At>> {
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
        let named = index.0.get(&(krate, name))?;
        let is_there = |(of, _): &&At| {
            module.is_none_or(|module| self.files.get(*of).is_some_and(|of| is_file_of(&of.path, module)))
        };
        let fitting =
            |all: Option<&Vec<At>>| -> Vec<At> { all.into_iter().flatten().filter(is_there).copied().collect() };
        // In the `impl` of a trait itself are its provided methods.
        let is_own =
            |at: &At| class.is_none() || self.function(*at).is_some_and(|one| one.of_trait.as_deref() != class);
        let mut of_class = fitting(named.of_class.get(&class));
        of_class.retain(is_own);
        match (of_class.as_slice(), class) {
            ([_], _) => Some(of_class),
            ([], Some(class)) if Some(class) != own => Some(fitting(named.of_trait.get(class))),
            ([], Some(_)) => {
                let own_first = fitting(named.of_class.get(&class));
                let provided = if own_first.is_empty() { fitting(Some(&named.provided)) } else { own_first };
                (provided.len() == 1).then_some(provided)
            }
            _ => None,
        }
    }

    /// Passes what functions do on to their callers, up to [`DEEPEST`] calls far.
    pub(super) fn follow_calls(&mut self) {
        for file in &mut self.files {
            for function in &mut file.functions {
                function.does = Some(own(&file.path, function)).filter(Does::is_any).map(Box::new);
            }
        }
        let index = Index::of(&self.files);
        // Each call with its callee.
        let mut calls: Vec<(At, usize, At)> = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            for (nth, function) in file.functions.iter().enumerate() {
                for (event_at, event) in function.events.iter().enumerate() {
                    let callees = self.callees(&index, file, function.class.as_deref(), event);
                    let others = callees.into_iter().filter(|callee| *callee != (at, nth));
                    calls.extend(others.map(|callee| ((at, nth), event_at, callee)));
                }
            }
        }
        // The initializers of statics.
        let mut in_statics: Vec<(usize, usize, At)> = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            for (event_at, event) in file.statics.iter().enumerate() {
                let callees = self.callees(&index, file, None, event);
                in_statics.extend(callees.into_iter().map(|callee| (at, event_at, callee)));
            }
        }
        for _ in 0..DEEPEST {
            for (caller, event, callee) in &calls {
                let Some(does) = self.function(*callee).and_then(|function| function.does.clone()) else { continue };
                let Some(function) = self.files.get_mut(caller.0).and_then(|file| file.functions.get_mut(caller.1))
                else {
                    continue;
                };
                pass_on(function, *event, *does);
            }
        }
        for (caller, event, callee) in calls {
            let does = self.function(callee).and_then(|function| function.does.clone());
            let Some(does) = does.filter(|does| does.has_deed()) else { continue };
            let function = self.files.get_mut(caller.0).and_then(|file| file.functions.get_mut(caller.1));
            if let Some(event) = function.and_then(|function| function.events.get_mut(event)) {
                // Of several implementations, the first that does it.
                event.does = Some(match event.does.take() {
                    Some(first) => Box::new(first.or(*does)),
                    None => does,
                });
            }
        }
        for (file, event, callee) in in_statics {
            let does = self.function(callee).and_then(|function| function.does.clone());
            let event = self.files.get_mut(file).and_then(|file| file.statics.get_mut(event));
            if let (Some(event), Some(does)) = (event, does.filter(|does| does.has_deed())) {
                event.does = Some(does);
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

/// Whether a file is `module.rs` or `module/mod.rs`.
fn is_file_of(path: &str, module: &str) -> bool {
    let stem = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or(path);
    stem.rsplit('/').next() == Some(module)
}

/// What a function does itself, in the state of its caller.
fn own(path: &str, function: &Function) -> Does {
    let first = |is_it: &dyn Fn(&Event) -> bool| {
        let event = function.events.iter().find(|event| event.is_here && is_it(event))?;
        let place = format!("{path}:{}", event.at.line);
        Some(Deed { what: event.what, name: event.name.clone(), place })
    };
    if function.is_async {
        return Does { runtime: first(&needs_runtime), ..Does::default() };
    }
    // A function with a token is checked itself.
    let is_of_caller = |event: &Event| function.role == Role::Plain && event.state == State::Unknown;
    Does {
        waits: first(&|event| is_of_caller(event) && matches!(event.what, What::Waits | What::BlocksOn)),
        python: first(&|event| event.what == What::Python && event.state == State::Attached),
        attaches: first(&|event| is_of_caller(event) && event.what == What::Attach),
        detaches: first(&|event| event.what == What::Detach),
        logs: first(&|event| event.what == What::Logs),
        rayon: first(&|event| is_of_caller(event) && event.what == What::Rayon && !event.name.starts_with("par_sort")),
        rayon_attaches: function.events.iter().any(|event| event.is_rayon && event.what == What::Attach),
        runtime: None,
    }
}

/// What of tokio works only within its runtime.
const OF_RUNTIME: [&str; 6] =
    ["tokio::time::", "tokio::net::", "tokio::fs::", "tokio::process::", "tokio::spawn", "tokio::task::spawn"];

/// Whether a call works only within a runtime of tokio.
pub(crate) fn needs_runtime(event: &Event) -> bool {
    matches!(event.what, What::Calls | What::Spawn) && OF_RUNTIME.iter().any(|start| event.name.starts_with(start))
}

/// Adds what a called function does to its caller.
fn pass_on(caller: &mut Function, event: usize, does: Does) {
    let Some(event) = caller.events.get(event) else { return };
    let is_of_caller = caller.role == Role::Plain && event.state == State::Unknown;
    let is_attached = event.state == State::Attached;
    let own = caller.does.get_or_insert_default();
    own.rayon_attaches |= event.is_rayon && does.attaches.is_some();
    if !event.is_here {
        return;
    }
    if caller.is_async {
        own.runtime = own.runtime.take().or(does.runtime);
        return;
    }
    if is_of_caller && own.waits.is_none() {
        own.waits = does.waits;
    }
    if is_of_caller && own.attaches.is_none() {
        own.attaches = does.attaches;
    }
    if is_of_caller && own.rayon.is_none() {
        own.rayon = does.rayon;
        own.rayon_attaches |= does.rayon_attaches;
    }
    if (is_attached || is_of_caller) && own.python.is_none() {
        own.python = does.python;
    }
    if (is_attached || is_of_caller) && own.detaches.is_none() {
        own.detaches = does.detaches;
    }
    if own.logs.is_none() {
        own.logs = does.logs;
    }
}
