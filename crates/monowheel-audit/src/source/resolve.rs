//! What only all files of a crate together show: type aliases, which calls take a lock, and what called functions do.

use std::collections::{BTreeSet, HashMap};

use crate::source::guards::{is_of_object, lends_entry};
use crate::source::{Event, File, Function, Guard, Role, Source, State, Subject, Ty, What};

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
}

impl Does {
    fn is_any(&self) -> bool {
        let deeds = [&self.waits, &self.python, &self.attaches, &self.detaches, &self.logs];
        deeds.into_iter().any(Option::is_some)
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

/// The types of one crate.
#[derive(Default)]
struct Types {
    aliases: HashMap<String, Ty>,
    /// Field name → the types of all fields of this name, each with its struct.
    fields: HashMap<String, Vec<(String, Ty)>>,
    statics: HashMap<String, Ty>,
    /// The structs and enums themselves.
    own: BTreeSet<String>,
    /// Function name → the class and the result of each function of this name.
    returned: HashMap<String, Vec<(Option<String>, Ty)>>,
}

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
        detaches: first(&|event| event.what == What::Detach),
        logs: first(&|event| event.what == What::Logs),
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
    if (is_attached || is_of_caller) && caller.does.detaches.is_none() {
        caller.does.detaches = does.detaches;
    }
    if caller.does.logs.is_none() {
        caller.does.logs = does.logs;
    }
}

/// Puts a type in the place of the parameter of an alias, which is a single letter.
fn fill(ty: &mut Ty, given: &Ty) {
    if ty.name.len() == 1 && ty.args.is_empty() {
        *ty = given.clone();
    } else {
        ty.args.iter_mut().for_each(|arg| fill(arg, given));
    }
}

impl Types {
    fn of<'a>(files: impl Iterator<Item = &'a File>) -> Self {
        let mut types = Self::default();
        for file in files {
            types.aliases.extend(file.aliases.iter().cloned());
            for class in file.classes.iter().chain(&file.structs) {
                types.own.insert(class.name.clone());
                for field in class.fields.iter().filter(|field| !field.name.is_empty()) {
                    let of_name = types.fields.entry(field.name.clone()).or_default();
                    of_name.push((class.name.clone(), field.ty.clone()));
                }
            }
            for item in &file.static_items {
                types.statics.insert(item.name.clone(), item.ty.clone());
            }
            for function in &file.functions {
                if let Some(output) = &function.output {
                    let of_name = types.returned.entry(function.name.clone()).or_default();
                    of_name.push((function.class.clone(), output.clone()));
                }
            }
        }
        // A name of a struct or an enum is no alias.
        types.aliases.retain(|name, _| !types.own.contains(name));
        types
    }

    /// The type that a name refers to.
    fn meant<'a>(&'a self, name: &'a str) -> &'a str {
        let mut name = name;
        for _ in 0..DEEPEST {
            match self.aliases.get(name) {
                Some(ty) if ty.name != name && !ty.name.is_empty() => name = &ty.name,
                _ => break,
            }
        }
        name
    }

    /// Writes the types that aliases stand for: `Arc<Mutex<u64>>` for `Shared<u64>`.
    fn expand(&self, ty: &mut Ty, deep: usize) {
        let Some(deeper) = deep.checked_sub(1) else { return };
        if let Some(meant) = self.aliases.get(&ty.name).filter(|meant| !meant.name.is_empty()) {
            let given = std::mem::take(&mut ty.args);
            *ty = meant.clone();
            if let [given] = given.as_slice() {
                fill(ty, given);
            }
            self.expand(ty, deeper);
        } else {
            ty.args.iter_mut().for_each(|arg| self.expand(arg, deep));
        }
    }

    fn put_into(&self, file: &mut File) {
        let names = file.mentioned.iter().map(|name| (name, self.meant(name)));
        let meant: Vec<String> =
            names.filter(|(name, meant)| meant != name).map(|(_, meant)| meant.to_owned()).collect();
        file.mentioned.extend(meant);
        let fields = file.classes.iter_mut().chain(&mut file.structs).flat_map(|class| &mut class.fields);
        fields.for_each(|field| self.expand(&mut field.ty, DEEPEST));
        for function in &mut file.functions {
            function.params.iter_mut().for_each(|param| self.expand(&mut param.ty, DEEPEST));
            if let Some(class) = &mut function.class {
                *class = self.meant(class).to_owned();
            }
            let class = function.class.as_deref();
            let is_lock: Vec<bool> = function.guards.iter().map(|guard| self.is_lock(guard, class)).collect();
            for event in &mut function.events {
                event.guards.retain(|held| is_lock.get(usize::from(*held)).copied().unwrap_or(true));
                match event.what {
                    What::Calls => self.name_type(event, class),
                    What::Drops => self.settle_drop(event, class),
                    _ => {}
                }
            }
        }
    }

    /// `drop(self.runtime.take())`.
    fn settle_drop(&self, event: &mut Event, class: Option<&str>) {
        let Some(field) = event.name.strip_prefix("self.") else { return };
        let mut own = self.fields.get(field).into_iter().flatten().filter(|(of, _)| Some(of.as_str()) == class);
        if own.any(|(_, ty)| ty.holds("Runtime")) {
            event.what = What::Waits;
            event.name = "drop of a tokio Runtime".to_owned();
        }
    }

    /// `self.field.method` and `STATIC.method` → `Type::method`, if the type is one of the crate.
    fn name_type(&self, event: &mut Event, class: Option<&str>) {
        let Some((place, method)) = event.name.rsplit_once('.') else { return };
        let ty = match place.strip_prefix("self.") {
            Some(field) => {
                let own = self.fields.get(field).into_iter().flatten().find(|(of, _)| Some(of.as_str()) == class);
                own.map(|(_, ty)| ty)
            }
            None => self.statics.get(place),
        };
        if let Some(ty) = ty.and_then(Ty::inside).filter(|ty| self.own.contains(&ty.name)) {
            event.name = format!("{}::{method}", ty.name);
        }
    }

    /// Whether a guard is that of a lock: by the type of the receiver if it is known, otherwise by the method's name.
    fn is_lock(&self, guard: &Guard, class: Option<&str>) -> bool {
        let method = guard.method.as_str();
        if method.ends_with("_py_attached") || is_of_object(method) || guard.subject == Subject::Runner {
            return true;
        }
        if lends_entry(method) {
            return self.is_dash_map(&guard.subject, class);
        }
        // Many other types have `read()` and `write()`.
        let by_name = method.starts_with("lock") || method == "try_lock";
        let of = |ty: &Ty| self.is_lock_type(ty, method, by_name, DEEPEST);
        match &guard.subject {
            Subject::Ty(ty) if ty.name == "Self" => match class {
                Some(class) => of(&Ty { name: class.to_owned(), ..Ty::default() }),
                None => by_name,
            },
            Subject::Ty(ty) => of(ty),
            Subject::OwnField(name) => {
                let own = self.fields.get(name).into_iter().flatten().find(|(of, _)| Some(of.as_str()) == class);
                own.map_or(by_name, |(_, ty)| of(ty))
            }
            Subject::Field(name) => match self.fields.get(name) {
                Some(fields) => fields.iter().any(|(_, ty)| of(ty)),
                None => by_name,
            },
            Subject::Static(name) => self.statics.get(name).map_or(by_name, of),
            // `let state = self.locked();`, if the function returns a guard.
            Subject::Returned(name) if name.strip_prefix("self::").unwrap_or(name) == method => {
                let outputs = self.returned.get(method).into_iter().flatten();
                let is_own = |of: &Option<String>| !name.starts_with("self::") || of.as_deref() == class;
                let outputs: Vec<&(Option<String>, Ty)> = outputs.filter(|(of, _)| is_own(of)).collect();
                let is_guard = |(_, ty): &(_, Ty)| ty.parts().iter().any(|part| part.name.ends_with("Guard"));
                let is_of_lock = |(_, ty): &(_, Ty)| ty.parts().iter().any(|part| is_guard_of_lock(&part.name));
                match name.contains("lock") || name.contains("guard") {
                    true => outputs.into_iter().any(is_guard),
                    false => !outputs.is_empty() && outputs.into_iter().all(is_of_lock),
                }
            }
            Subject::Returned(name) => match self.returned.get(name) {
                Some(outputs) => outputs.iter().any(|(_, ty)| of(ty)),
                None => by_name,
            },
            Subject::Unknown | Subject::Runner => by_name,
        }
    }

    fn is_dash_map(&self, subject: &Subject, class: Option<&str>) -> bool {
        let is_one = |ty: &Ty| ty.parts().iter().any(|part| part.name == "DashMap");
        match subject {
            Subject::Ty(ty) => is_one(ty),
            Subject::OwnField(name) => {
                let mut fields = self.fields.get(name).into_iter().flatten();
                fields.any(|(of, ty)| Some(of.as_str()) == class && is_one(ty))
            }
            Subject::Static(name) => self.statics.get(name).is_some_and(is_one),
            Subject::Field(_) | Subject::Returned(_) | Subject::Runner | Subject::Unknown => false,
        }
    }

    fn is_lock_type(&self, ty: &Ty, method: &str, by_name: bool, deep: usize) -> bool {
        let Some(deeper) = deep.checked_sub(1) else { return by_name };
        let parts = ty.parts();
        if parts.iter().any(|part| is_lock_name(&part.name)) {
            return true;
        }
        if let Some(meant) = parts.iter().find_map(|part| self.aliases.get(&part.name)) {
            return self.is_lock_type(meant, method, by_name, deeper);
        }
        // A type of the crate has the method itself.
        if let Some(part) = parts.iter().find(|part| self.own.contains(&part.name)) {
            let methods = self.returned.get(method).into_iter().flatten();
            let mut of_class = methods.filter(|(class, _)| class.as_deref() == Some(part.name.as_str()));
            return of_class.any(|(_, output)| output.parts().iter().any(|part| part.name.contains("Guard")));
        }
        by_name
    }
}

/// Whether the name of a type is that of a lock's guard: `MutexGuard`, `MappedRwLockReadGuard`.
fn is_guard_of_lock(name: &str) -> bool {
    name.ends_with("Guard") && (name.contains("Mutex") || name.contains("RwLock"))
}

/// Whether the name of a type is that of a lock; cells that are initialized once are not.
fn is_lock_name(name: &str) -> bool {
    name.contains("Mutex") || (name.ends_with("Lock") && !name.contains("Once") && !name.contains("Lazy"))
}
