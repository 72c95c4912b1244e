//! The types of one crate: what aliases mean, which receivers are locks, which type a method belongs to.

use std::collections::{BTreeSet, HashMap};

use crate::source::guards::{is_of_object, lends_entry};
use crate::source::{Event, File, Guard, Subject, Ty, What};

/// How many aliases lead from one name to another.
const DEEPEST: usize = 4;

/// The types of one crate.
#[derive(Default)]
pub(super) struct Types {
    aliases: HashMap<String, Ty>,
    /// Field name → the types of all fields of this name, each with its struct.
    fields: HashMap<String, Vec<(String, Ty)>>,
    /// Struct name → the place of each of its fields among those of its name.
    own_fields: HashMap<String, Vec<(String, usize)>>,
    statics: HashMap<String, Ty>,
    /// The structs and enums themselves.
    own: BTreeSet<String>,
    /// The traits that its code implements.
    traits: BTreeSet<String>,
    /// Function name → the results of the functions of this name, by their class.
    returned: HashMap<String, HashMap<Option<String>, Vec<Ty>>>,
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
    pub(super) fn of<'a>(files: impl Iterator<Item = &'a File>) -> Self {
        let mut types = Self::default();
        for file in files {
            types.aliases.extend(file.aliases.iter().cloned());
            for class in file.classes.iter().chain(&file.structs) {
                types.own.insert(class.name.clone());
                for field in class.fields.iter().filter(|field| !field.name.is_empty()) {
                    let of_name = types.fields.entry(field.name.clone()).or_default();
                    types.own_fields.entry(class.name.clone()).or_default().push((field.name.clone(), of_name.len()));
                    of_name.push((class.name.clone(), field.ty.clone()));
                }
            }
            for item in &file.static_items {
                types.statics.insert(item.name.clone(), item.ty.clone());
            }
            for function in &file.functions {
                types.traits.extend(function.of_trait.clone());
                if let Some(output) = &function.output {
                    let of_name = types.returned.entry(function.name.clone()).or_default();
                    of_name.entry(function.class.clone()).or_default().push(output.clone());
                }
            }
        }
        // A name of a struct or an enum is no alias.
        types.aliases.retain(|name, _| !types.own.contains(name));
        types
    }

    /// The type of a field of a struct.
    fn own_field(&self, field: &str, class: Option<&str>) -> Option<&Ty> {
        let (_, at) = self.own_fields.get(class?)?.iter().find(|(name, _)| name == field)?;
        Some(&self.fields.get(field)?.get(*at)?.1)
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

    pub(super) fn put_into(&self, file: &mut File) {
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
                    What::Sends => self.settle_send(event, class),
                    _ => {}
                }
            }
        }
    }

    /// `drop(self.runtime.take())`.
    fn settle_drop(&self, event: &mut Event, class: Option<&str>) {
        let Some(field) = event.name.strip_prefix("self.") else { return };
        if self.own_field(field, class).is_some_and(|ty| ty.holds("Runtime")) {
            event.what = What::Waits;
            event.name = "drop of a tokio Runtime".to_owned();
        }
    }

    /// `self.sender.send(item)`, which waits if the channel is bounded.
    fn settle_send(&self, event: &mut Event, class: Option<&str>) {
        let Some(field) = event.name.strip_prefix("self.") else { return };
        if self.own_field(field, class).is_some_and(|ty| ty.holds("SyncSender")) {
            event.what = What::Waits;
            event.name = "send".to_owned();
        }
    }

    /// `self.field.method` and `STATIC.method` → `Type::method`, if the type is one of the crate.
    fn name_type(&self, event: &mut Event, class: Option<&str>) {
        let Some((place, method)) = event.name.rsplit_once('.') else { return };
        let ty = match place.strip_prefix("self.") {
            Some(field) => self.own_field(field, class),
            None => self.statics.get(place),
        };
        if let Some(ty) =
            ty.and_then(Ty::inside).filter(|ty| self.own.contains(&ty.name) || self.traits.contains(&ty.name))
        {
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
        let by_name = method.starts_with("lock")
            || method.starts_with("try_lock")
            || method.contains("upgradable")
            || method == "read_recursive";
        let of = |ty: &Ty| self.is_lock_type(ty, method, by_name, DEEPEST);
        match &guard.subject {
            Subject::Ty(ty) if ty.name == "Self" => match class {
                Some(class) => of(&Ty { name: class.to_owned(), ..Ty::default() }),
                None => by_name,
            },
            Subject::Ty(ty) => of(ty),
            Subject::OwnField(name) => self.own_field(name, class).map_or(by_name, of),
            Subject::Field(name) => match self.fields.get(name) {
                Some(fields) => fields.iter().any(|(_, ty)| of(ty)),
                None => by_name,
            },
            Subject::Static(name) => self.statics.get(name).map_or(by_name, of),
            // `let state = self.locked();`, if the function returns a guard.
            Subject::Returned(name) if name.strip_prefix("self::").unwrap_or(name) == method => {
                let by_class = self.returned.get(method);
                let own = by_class
                    .filter(|_| name.starts_with("self::"))
                    .map(|by_class| by_class.get(&class.map(str::to_owned)));
                let is_guard = |ty: &Ty| ty.parts().iter().any(|part| part.name.ends_with("Guard"));
                let is_of_lock = |ty: &Ty| ty.parts().iter().any(|part| is_guard_of_lock(&part.name));
                let mut outputs: Box<dyn Iterator<Item = &Ty>> = match own {
                    Some(own) => Box::new(own.into_iter().flatten()),
                    None => Box::new(by_class.into_iter().flat_map(HashMap::values).flatten()),
                };
                match name.contains("lock") || name.contains("guard") {
                    true => outputs.any(is_guard),
                    false => {
                        let mut outputs = outputs.peekable();
                        outputs.peek().is_some() && outputs.all(is_of_lock)
                    }
                }
            }
            Subject::Returned(name) => match self.returned.get(name) {
                Some(outputs) => outputs.values().flatten().any(of),
                None => by_name,
            },
            Subject::Unknown | Subject::Runner => by_name,
        }
    }

    fn is_dash_map(&self, subject: &Subject, class: Option<&str>) -> bool {
        let is_one = |ty: &Ty| ty.parts().iter().any(|part| part.name == "DashMap");
        match subject {
            Subject::Ty(ty) => is_one(ty),
            Subject::OwnField(name) => self.own_field(name, class).is_some_and(is_one),
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
            let of_class = self.returned.get(method).and_then(|by_class| by_class.get(&Some(part.name.clone())));
            let mut outputs = of_class.into_iter().flatten();
            return outputs.any(|output| output.parts().iter().any(|part| part.name.contains("Guard")));
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
