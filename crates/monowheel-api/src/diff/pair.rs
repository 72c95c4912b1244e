//! The items of two surfaces, side by side.

use std::collections::BTreeMap;

use crate::diff::inherit::FullClass;
use crate::surface::{Attribute, Class, Flags, Function, Module, Receiver, Signature, Surface};

/// Modules in which a name is looked for: they may pass it on to each other.
const MOST_STEPS: usize = 64;

/// An item under a name that users reach.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    Function(&'a Function),
    /// A class, and the module that defines it.
    Class(&'a Class, &'a Module),
    /// A value, or a name from elsewhere.
    Value,
    Module,
}

impl Item<'_> {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Function(_) => "function",
            Self::Class(..) => "class",
            Self::Value => "value",
            Self::Module => "module",
        }
    }
}

/// A member of a class.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member<'a> {
    Method(&'a Function, Receiver),
    Attribute(&'a Attribute),
    Class,
}

/// Something that is on both sides.
#[derive(Debug)]
pub(super) struct Both<T> {
    pub(super) name: String,
    pub(super) old: T,
    pub(super) new: T,
}

/// Two surfaces.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) old: BTreeMap<String, Item<'a>>,
    pub(super) new: BTreeMap<String, Item<'a>>,
    /// Whether a module of the new surface may have more than is listed, by its name.
    open: Vec<&'a str>,
    old_surface: &'a Surface,
    new_surface: &'a Surface,
    classes: Vec<Both<FullClass<'a>>>,
}

impl<'a> Pair<'a> {
    pub(super) fn of(old: &'a Surface, new: &'a Surface) -> Self {
        let open = new.modules.iter().filter(|module| module.is_open).map(|module| module.name.as_str()).collect();
        let mut pair =
            Self { old: items(old), new: items(new), open, old_surface: old, new_surface: new, classes: Vec::new() };
        let both = pair.old.iter().filter_map(|(name, item)| match (item, pair.new.get(name)?) {
            (Item::Class(was, old_module), Item::Class(is, new_module)) => Some(Both {
                name: name.clone(),
                old: FullClass::of(old, old_module, was),
                new: FullClass::of(new, new_module, is),
            }),
            _ => None,
        });
        pair.classes = both.collect();
        pair
    }

    /// Whether a name is missing because its module is not read completely.
    pub(super) fn may_be_there(&self, name: &str) -> bool {
        let module = name.rsplit_once('.').map_or("", |(module, _)| module);
        self.open.contains(&module)
    }

    /// Whether both sides have modules at all: a side without any was not read.
    pub(super) fn is_comparable(&self) -> bool {
        !self.old_surface.modules.is_empty() && !self.new_surface.modules.is_empty()
    }

    /// The classes of both.
    pub(super) fn classes(&self) -> &[Both<FullClass<'a>>] {
        &self.classes
    }

    /// The classes of both whose flag was set and no longer is; those where a side does not know it are left out.
    pub(super) fn classes_that_lost(&self, flag: fn(&Flags) -> Option<bool>) -> Vec<String> {
        let is_lost = |both: &&Both<FullClass<'_>>| {
            flag(&both.old.class.flags) == Some(true) && flag(&both.new.class.flags) == Some(false)
        };
        self.classes.iter().filter(is_lost).map(|both| both.name.clone()).collect()
    }

    /// The names of the members that the second class does not have. What a public base has lost too is said of that base
    /// alone.
    pub(super) fn lacking(&self, had: &FullClass<'a>, has: &FullClass<'a>) -> Vec<&'a str> {
        let is_of_base = |name: &str, base: &Class| {
            let is_base = |class: &FullClass<'a>| std::ptr::eq(class.class, base);
            let both = self.classes.iter().find(|both| is_base(&both.old) || is_base(&both.new));
            both.is_some_and(|both| !both.old.members.contains_key(name) || !both.new.members.contains_key(name))
        };
        let gone = had.members.iter().filter(|(name, _)| !has.members.contains_key(*name));
        gone.filter(|(name, one)| !one.of.is_some_and(|base| is_of_base(name, base))).map(|(name, _)| *name).collect()
    }

    /// The members of classes on both sides; those that both have from a public base only there.
    pub(super) fn members(&self) -> Vec<Both<Member<'a>>> {
        let is_public = |of: Option<&Class>, side: fn(&Both<FullClass<'a>>) -> &'a Class| {
            of.is_some_and(|base| self.classes.iter().any(|both| std::ptr::eq(side(both), base)))
        };
        let mut found = Vec::new();
        for Both { name, old, new } in &self.classes {
            for (member, was) in &old.members {
                let Some(is) = new.members.get(member) else { continue };
                if !(is_public(was.of, |both| both.old.class) && is_public(is.of, |both| both.new.class)) {
                    found.push(Both { name: format!("{name}.{member}"), old: was.member, new: is.member });
                }
            }
        }
        found
    }

    /// The signatures of functions and methods on both sides. Overloads are paired if their number is the same.
    pub(super) fn signatures(&self) -> Vec<Both<&'a Signature>> {
        let mut functions: Vec<(String, &'a Function, &'a Function)> = Vec::new();
        for (name, old) in &self.old {
            if let (Item::Function(old), Some(Item::Function(new))) = (old, self.new.get(name)) {
                functions.push((name.clone(), old, new));
            }
        }
        for Both { name, old, new } in self.members() {
            if let (Member::Method(old, _), Member::Method(new, _)) = (old, new) {
                functions.push((name, old, new));
            }
        }
        let mut found = Vec::new();
        for (name, old, new) in functions {
            if old.signatures.len() == new.signatures.len() {
                let pairs = old.signatures.iter().zip(&new.signatures);
                found.extend(pairs.map(|(old, new)| Both { name: name.clone(), old, new }));
            }
        }
        found
    }
}

/// The members that users reach: `__new__` and `__init__` are one, the constructor.
pub(super) fn members(class: &Class) -> Vec<(&str, Member<'_>)> {
    let is_public = |name: &str| !name.starts_with('_') || (name.starts_with("__") && name.ends_with("__"));
    let has_new = class.method("__new__").is_some();
    let mut found = Vec::new();
    for method in &class.methods {
        let name = method.function.name.as_str();
        match name {
            "__init__" if !has_new => found.push(("__new__", Member::Method(&method.function, Receiver::Class))),
            // Every object has them.
            "__init__" | "__repr__" | "__str__" | "__getattr__" | "__reduce__" | "__reduce_ex__" | "__ne__"
            | "__dir__" | "__getstate__" | "__setstate__" | "__getnewargs__" | "__getnewargs_ex__"
            | "__init_subclass__" | "__subclasshook__" | "__format__" | "__sizeof__" | "__getattribute__"
            | "__setattr__" | "__delattr__" | "__hash__" => {}
            _ if is_public(name) => found.push((name, Member::Method(&method.function, method.receiver))),
            _ => {}
        }
    }
    let attributes = class.attributes.iter().filter(|one| is_public(&one.name) && !one.name.starts_with("__"));
    found.extend(attributes.map(|one| (one.name.as_str(), Member::Attribute(one))));
    found.extend(class.classes.iter().filter(|one| is_public(&one.name)).map(|one| (one.name.as_str(), Member::Class)));
    found
}

/// Whether a method is called by an operator or a protocol, which passes its arguments by position.
pub(super) fn is_operator(name: &str) -> bool {
    let method = name.rsplit('.').next().unwrap_or(name);
    method.starts_with("__") && !matches!(method, "__new__" | "__call__")
}

/// What users reach. A private module is reached through those that pass its names on; alone, by its own name.
fn items(surface: &Surface) -> BTreeMap<String, Item<'_>> {
    let mut found = BTreeMap::new();
    let has_public = surface.modules.iter().any(|module| !is_private(&module.name));
    for module in &surface.modules {
        let has_names = module.names().next().is_some() || !module.reexports.is_empty();
        if has_public && is_private(&module.name) {
            continue;
        }
        if has_names {
            found.insert(module.name.clone(), Item::Module);
        }
        let exported = exported(surface, module);
        found.extend(exported.into_iter().map(|(name, item)| (format!("{}.{name}", module.name), item)));
    }
    found
}

/// The names of a module that users reach: its own, those that it passes on, and those of the modules that it passes on
/// completely.
fn exported<'a>(surface: &'a Surface, module: &'a Module) -> BTreeMap<&'a str, Item<'a>> {
    let mut found: BTreeMap<&str, Item<'_>> = BTreeMap::new();
    let (mut waiting, mut seen) = (vec![module], Vec::new());
    while let Some(module) = waiting.pop() {
        if seen.contains(&module.name.as_str()) {
            continue;
        }
        seen.push(&module.name);
        for (name, complete) in module.reexports.iter().filter(|(name, _)| is_public(name)) {
            found.entry(name).or_insert_with(|| meant(surface, complete));
        }
        for (name, item) in own(module).filter(|(name, _)| is_public(name)) {
            found.entry(name).or_insert(item);
        }
        waiting.extend(stars(surface, module));
    }
    found
}

/// The modules whose names it all passes on.
fn stars<'a>(surface: &'a Surface, module: &'a Module) -> impl Iterator<Item = &'a Module> {
    let stars = module.reexports.iter().filter(|(name, _)| name == "*");
    stars.filter_map(|(_, complete)| surface.module(complete.trim_end_matches(".*")))
}

/// The item that a complete name means, through the modules that pass it on.
fn meant<'a>(surface: &'a Surface, complete: &str) -> Item<'a> {
    if surface.module(complete).is_some() {
        return Item::Module;
    }
    let found = complete.rsplit_once('.').and_then(|(module, name)| within(surface, module, name));
    found.unwrap_or(Item::Value)
}

/// The item of this name in a module, through those that pass it on.
fn within<'a>(surface: &'a Surface, module: &str, name: &str) -> Option<Item<'a>> {
    let mut waiting = vec![(surface.module(module)?, name)];
    for _ in 0..MOST_STEPS {
        let (module, name) = waiting.pop()?;
        if let Some((_, item)) = own(module).find(|(own, _)| *own == name) {
            return Some(item);
        }
        match module.reexports.iter().find(|(here, _)| here == name) {
            Some((_, further)) if surface.module(further).is_some() => return Some(Item::Module),
            Some((_, further)) => {
                let (module, name) = further.rsplit_once('.')?;
                waiting.extend(surface.module(module).map(|module| (module, name)));
            }
            None => waiting.extend(stars(surface, module).map(|target| (target, name))),
        }
    }
    None
}

/// The class that a name in a module means, and the module that defines it. One for type checkers only has members, too.
pub(super) fn home<'a>(surface: &'a Surface, module: &Module, name: &str) -> Option<(&'a Module, &'a Class)> {
    let (module, name) = name.rsplit_once('.').unwrap_or((&module.name, name));
    let own = surface.module(module).and_then(|module| Some((module, module.class(name)?)));
    if own.is_some() {
        return own;
    }
    match within(surface, module, name)? {
        Item::Class(class, module) => Some((module, class)),
        _ => None,
    }
}

/// What a module defines.
fn own(module: &Module) -> impl Iterator<Item = (&str, Item<'_>)> {
    let functions = module.functions.iter().map(|one| (one.name.as_str(), Item::Function(one)));
    let classes = module.classes.iter().filter(|one| !one.is_typing_only);
    let classes = classes.map(move |one| (one.name.as_str(), Item::Class(one, module)));
    let constants = module.constants.iter().filter(|one| !one.is_typing_only);
    functions.chain(classes).chain(constants.map(|one| (one.name.as_str(), Item::Value)))
}

fn is_public(name: &str) -> bool {
    name != "*" && !name.starts_with('_') || name == "__version__"
}

fn is_private(module: &str) -> bool {
    module.split('.').any(|part| part.starts_with('_'))
}
