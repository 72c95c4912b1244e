//! The modules of a crate: first what each exports, so that every class has a place, then the items themselves.

use std::collections::{HashMap, HashSet};

use monowheel_audit::source::Ty;
use monowheel_audit::source::exports::{Export, ModuleItem};

use crate::exceptions;
use crate::read::source::index::{Index, Item};
use crate::read::source::types::{Types, Way};
use crate::read::source::{callable, class, class_of, place};
use crate::surface::{About, Attribute, Class, Constant, Module, Note, Surface};

/// What a module exports.
#[derive(Debug, Default)]
struct Content<'a> {
    name: String,
    doc: String,
    /// Whether a run would show more.
    is_open: bool,
    items: Vec<(Option<String>, usize, Item<'a>)>,
    values: Vec<(String, Option<Ty>, String, usize)>,
    reexports: Vec<(String, String)>,
}

struct Collector<'a, 'b> {
    index: &'b Index<'a>,
    modules: Vec<Content<'a>>,
    notes: Vec<Note>,
    /// The registrars that are being followed: they may call each other.
    open: HashSet<*const str>,
}

/// The surface of the module and those below it.
pub(super) fn surface(
    index: &Index<'_>,
    (file, root): (usize, &ModuleItem),
    name: &str,
    pyo3: Option<(u64, u64)>,
    notes: Vec<Note>,
) -> Surface {
    let mut collector = Collector { index, modules: Vec::new(), notes, open: HashSet::new() };
    collector.module(root, file, name.to_owned());
    let Collector { modules, notes, .. } = collector;
    let mut homes: HashMap<usize, (String, String)> = HashMap::new();
    for content in &modules {
        for (stated, _, item) in &content.items {
            if let Some(class) = class_of(*item) {
                let own = own_name(index, class);
                let name = stated.clone().unwrap_or(own);
                homes.entry(class).or_insert_with(|| (content.name.clone(), name));
            }
        }
    }
    // Classes that no module exports exist for type checkers, where the root module is read.
    let hidden: Vec<usize> = (0..index.classes.len()).filter(|class| !homes.contains_key(class)).collect();
    for class in &hidden {
        homes.insert(*class, (name.to_owned(), own_name(index, *class)));
    }
    let mut surface = Surface { modules: Vec::new(), notes };
    for content in &modules {
        let mut types =
            Types { index, homes: &homes, module: &content.name, pyo3, unknown: Vec::new(), protocols: Vec::new() };
        let hidden = if content.name == name { hidden.as_slice() } else { &[] };
        let module = build(content, hidden, &mut types, &mut surface.notes);
        surface.modules.push(module);
    }
    surface
}

fn own_name(index: &Index<'_>, class: usize) -> String {
    match index.classes.get(class) {
        Some((_, item)) => item.python.clone(),
        None => index.exception(class).map(|(_, item)| item.name.clone()).unwrap_or_default(),
    }
}

impl<'a> Collector<'a, '_> {
    fn module(&mut self, item: &ModuleItem, file: usize, name: String) {
        // A module that exports itself has been read.
        if self.modules.iter().any(|known| known.name == name) || name.split('.').count() > 16 {
            return;
        }
        let number = self.modules.len();
        self.modules.push(Content { name, doc: item.doc.clone(), ..Content::default() });
        for export in &item.exports {
            self.export(number, export, file);
        }
        // Function style: the registrar of its name, in its file.
        if item.exports.is_empty() {
            self.through(number, &format!("self::{}", item.name), file);
        }
    }

    fn export(&mut self, number: usize, export: &Export, file: usize) {
        match export {
            Export::Item { path, name } => self.item(number, path, name.as_deref(), file),
            Export::Value { name, ty, doc } => {
                if let Some(content) = self.modules.get_mut(number) {
                    content.values.push((name.clone(), ty.clone(), doc.clone(), file));
                }
            }
            Export::Through { path } => self.through(number, path, file),
            Export::Unknown { what, line } => {
                let place = place(self.index, file, *line);
                self.note(number, place, format!("{what} is not known: only a run would show it"));
            }
            Export::Variable { .. } => {}
        }
    }

    fn note(&mut self, number: usize, place: String, what: String) {
        self.notes.push(Note { place, what });
        if let Some(content) = self.modules.get_mut(number) {
            content.is_open = true;
        }
    }

    fn item(&mut self, number: usize, path: &str, name: Option<&str>, file: usize) {
        let last = path.rsplit("::").next().unwrap_or(path);
        match self.index.item(path, file) {
            Some((place, Item::Module(module))) => {
                let parent = self.modules.get(number).map(|content| content.name.clone()).unwrap_or_default();
                self.module(module, place, format!("{parent}.{}", name.unwrap_or(&module.python)));
            }
            Some((place, item @ (Item::Function(_) | Item::Class(_) | Item::Exception(_)))) => {
                if let Some(content) = self.modules.get_mut(number) {
                    content.items.push((name.map(str::to_owned), place, item));
                }
            }
            _ => match exceptions::of_type(last) {
                Some(exception) => {
                    if let Some(content) = self.modules.get_mut(number) {
                        let here = name.unwrap_or(exception).to_owned();
                        content.reexports.push((here, format!("builtins.{exception}")));
                    }
                }
                None => {
                    let what = format!("{path} is exported, but is not defined in the sources that were read");
                    let place = place(self.index, file, 0).trim_end_matches(":0").to_owned();
                    self.note(number, place, what);
                    // A class has a name of its own in Python, which is not known.
                    if let (Some(name), Some(content)) = (name, self.modules.get_mut(number)) {
                        content.values.push((name.to_owned(), None, String::new(), file));
                    }
                }
            },
        }
    }

    /// What a function adds to the module that it receives, and to those that it creates.
    fn through(&mut self, number: usize, path: &str, file: usize) {
        let Some((place, registrar)) = self.index.registrar(path, file) else {
            return;
        };
        let key: *const str = registrar.name.as_str();
        if !self.open.insert(key) {
            return;
        }
        // The variables of modules → the modules.
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for (variable, created) in &registrar.variables {
            match created {
                None => {
                    numbers.insert(variable, number);
                }
                Some(created) => {
                    // Its complete name has that of the module that it is added to.
                    let parents = registrar.adds.iter();
                    let parent = parents.filter_map(|(to, export)| match export {
                        Export::Variable { name } if name == variable => numbers.get(to.as_str()).copied(),
                        _ => None,
                    });
                    let parent = parent.into_iter().next().or_else(|| numbers.values().next().copied());
                    let Some(parent) = parent.and_then(|parent| self.modules.get(parent)) else { continue };
                    // `PyModule::new(py, "package.child")` states the complete name.
                    let name = format!("{}.{}", parent.name, created.rsplit('.').next().unwrap_or(created));
                    numbers.insert(variable, self.modules.len());
                    self.modules.push(Content { name, ..Content::default() });
                }
            }
        }
        for (variable, export) in &registrar.adds {
            let number = numbers.get(variable.as_str()).copied().unwrap_or(number);
            self.export(number, export, place);
        }
        self.open.remove(&key);
    }
}

fn build(content: &Content<'_>, hidden: &[usize], types: &mut Types<'_>, notes: &mut Vec<Note>) -> Module {
    let index = types.index;
    let mut module = Module {
        name: content.name.clone(),
        about: About::of_source(&content.doc, String::new()),
        is_open: content.is_open,
        is_native: true,
        reexports: content.reexports.clone(),
        ..Module::default()
    };
    for (stated, file, item) in &content.items {
        match item {
            Item::Function(function) => {
                let mut built = callable::function(function, *file, None, types);
                if let Some(stated) = stated {
                    built.name.clone_from(stated);
                }
                note_unknown(types, &built.about.place, &built.name, notes);
                if function.is_conditional {
                    let what =
                        format!("{} is there only under a #[cfg]; it is written as if it always were", built.name);
                    notes.push(Note { place: built.about.place.clone(), what });
                }
                if module.function(&built.name).is_none() {
                    module.functions.push(built);
                }
            }
            _ => {
                if let Some(number) = class_of(*item) {
                    add_class(&mut module, number, stated.clone(), types, notes);
                }
            }
        }
    }
    for number in hidden {
        let name = own_name(index, *number);
        if module.class(&name).is_none() {
            add_class(&mut module, *number, None, types, notes);
            if let Some(class) = module.classes.last_mut() {
                class.is_typing_only = true;
            }
        }
    }
    for (name, ty, doc, file) in &content.values {
        let annotation = match ty {
            Some(ty) => types.annotation(ty, Way::Result, *file, None),
            None => {
                let place = place(index, *file, 0).trim_end_matches(":0").to_owned();
                notes.push(Note { place, what: format!("the type of {name} is not known") });
                "typing.Any".to_owned()
            }
        };
        module.constants.retain(|known| known.name != *name);
        module.constants.push(Constant {
            name: name.clone(),
            about: About::of_source(doc, String::new()),
            annotation: Some(annotation),
            ..Constant::default()
        });
    }
    let protocols = std::mem::take(&mut types.protocols);
    module.classes.extend(protocols.into_iter().map(|(name, fields)| protocol(name, fields)));
    module
}

fn add_class(module: &mut Module, number: usize, stated: Option<String>, types: &mut Types<'_>, notes: &mut Vec<Note>) {
    let Some(mut built) = class::class(number, types) else { return };
    if let Some(stated) = stated {
        built.name = stated;
    }
    note_unknown(types, &built.about.place, &built.name, notes);
    if module.class(&built.name).is_none() {
        module.classes.push(built);
    }
}

/// Says which types of an item have no conversion that is known.
fn note_unknown(types: &mut Types<'_>, place: &str, name: &str, notes: &mut Vec<Note>) {
    for unknown in std::mem::take(&mut types.unknown) {
        let what = format!("{name}: no conversion is known for {unknown}; it is typing.Any");
        notes.push(Note { place: place.to_owned(), what });
    }
}

/// A class for type checkers: anything with these attributes.
fn protocol(name: String, fields: Vec<(String, String)>) -> Class {
    let attribute = |(name, annotation)| Attribute {
        name,
        annotation: Some(annotation),
        is_readable: true,
        ..Attribute::default()
    };
    Class {
        name,
        bases: vec!["typing.Protocol".to_owned()],
        attributes: fields.into_iter().map(attribute).collect(),
        is_typing_only: true,
        ..Class::default()
    }
}
