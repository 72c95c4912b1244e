//! A stub that people wrote against the source: where they contradict each other.

use serde::Serialize;

use crate::surface::{Class, Function, Kind, Module, Signature, Surface};

/// A contradiction between two sources of the same fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The complete name.
    pub name: String,
    /// Where the source has it, if it does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// Where a stub contradicts the source of the module. Types are not compared: a stub may know more than the source.
#[must_use]
pub fn contradictions(source: &Surface, stub: &Surface) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for module in &source.modules {
        if let Some(other) = stub.module(&module.name) {
            Compare { module, found: &mut found, other: "stub" }.module(other);
        }
    }
    found
}

/// Where the running module contradicts the source.
#[must_use]
pub fn disagreements(source: &Surface, running: &Surface) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for module in &source.modules {
        if let Some(other) = running.module(&module.name) {
            Compare { module, found: &mut found, other: "running module" }.module(other);
        }
    }
    found
}

struct Compare<'a> {
    /// What the source is compared with.
    other: &'static str,
    module: &'a Module,
    found: &'a mut Vec<Contradiction>,
}

/// Whether a name is one that a module always has, or that is for type checkers only.
fn is_special(name: &str) -> bool {
    matches!(name, "__all__" | "__getattr__" | "__doc__") || (name.starts_with('_') && !name.ends_with("__"))
}

impl Compare<'_> {
    fn lacks(&self, what: &str) -> String {
        format!("the {} does not have this {what}", self.other)
    }

    fn say(&mut self, name: &str, place: &str, what: String) {
        let name = format!("{}.{name}", self.module.name);
        self.found.push(Contradiction { name, place: place.to_owned(), what });
    }

    fn module(&mut self, stub: &Module) {
        let has = |module: &Module, name: &str| {
            module.names().any(|known| known == name) || module.reexports.iter().any(|(here, _)| here == name)
        };
        // A stub with `__getattr__` says that it is not complete.
        let is_partial = stub.function("__getattr__").is_some();
        for function in &self.module.functions {
            match stub.function(&function.name) {
                Some(other) => self.function(&function.name, function, other),
                None if has(stub, &function.name) || is_partial => {}
                None => self.say(&function.name, &function.about.place, self.lacks("function")),
            }
        }
        for class in self.module.classes.iter().filter(|class| !class.is_typing_only) {
            match stub.class(&class.name) {
                Some(other) => self.class(class, other),
                None if has(stub, &class.name) || is_partial => {}
                None => self.say(&class.name, &class.about.place, self.lacks("class")),
            }
        }
        let module = self.module;
        for constant in module.constants.iter().filter(|constant| !has(stub, &constant.name) && !is_partial) {
            self.say(&constant.name, "", self.lacks("value"));
        }
        if module.is_open {
            return;
        }
        let for_types: Vec<&str> = stub
            .classes
            .iter()
            .filter(|class| class.is_typing_only)
            .map(|class| class.name.as_str())
            .chain(stub.constants.iter().filter(|one| one.is_typing_only).map(|one| one.name.as_str()))
            .collect();
        for name in stub.names().filter(|name| !for_types.contains(name) && !is_special(name) && !has(module, name)) {
            self.say(name, "", format!("the {} has this name, and the source does not", self.other));
        }
    }

    fn function(&mut self, name: &str, source: &Function, stub: &Function) {
        let [source_signature] = source.signatures.as_slice() else { return };
        // Of an overload, each is a part of the signature.
        let [stub_signature] = stub.signatures.as_slice() else { return };
        if let Some(what) = difference(source_signature, stub_signature, self.other) {
            self.say(name, &source.about.place, what);
        }
    }

    fn class(&mut self, source: &Class, stub: &Class) {
        // A base of the stub may have what the class defines.
        let inherits = stub.bases.iter().any(|base| !source.bases.contains(base) && !base.starts_with("typing"));
        for method in &source.methods {
            let function = &method.function;
            let name = format!("{}.{}", source.name, function.name);
            match stub.method(&function.name) {
                Some(other) if is_plain(&function.name) => {
                    if method.receiver != other.receiver {
                        let what = "one of them is a static method or a class method, the other is not";
                        self.say(&name, &function.about.place, what.to_owned());
                    } else {
                        self.function(&name, function, &other.function);
                    }
                }
                Some(_) => {}
                None if !is_plain(&function.name) => {}
                // Python finds a constructor under either name.
                None if function.name == "__new__" => match stub.method("__init__") {
                    Some(other) => self.function(&name, function, &other.function),
                    None if inherits || function.signatures.iter().all(|one| one.parameters.is_empty()) => {}
                    None => self.say(&name, &function.about.place, "the stub has no constructor".to_owned()),
                },
                None if stub.attribute(&function.name).is_some() || inherits => {}
                None => self.say(&name, &function.about.place, self.lacks("method")),
            }
        }
        for attribute in source.attributes.iter().filter(|attribute| !attribute.name.starts_with("__")) {
            let name = format!("{}.{}", source.name, attribute.name);
            match stub.attribute(&attribute.name) {
                Some(other) if attribute.is_settable && !other.is_settable && self.other == "stub" => {
                    self.say(&name, &attribute.about.place, "it can be set; the stub says that it cannot".to_owned());
                }
                Some(other) if !attribute.is_settable && other.is_settable && !attribute.is_of_class => {
                    self.say(&name, &attribute.about.place, "it cannot be set; the stub says that it can".to_owned());
                }
                Some(_) => {}
                None if stub.method(&attribute.name).is_some() => {
                    self.say(&name, &attribute.about.place, "it is an attribute; the stub has a method".to_owned());
                }
                None if inherits => {}
                None => self.say(&name, &attribute.about.place, self.lacks("attribute")),
            }
        }
        // A base that is not read may have them.
        if !source.bases.is_empty() || source.is_exception {
            return;
        }
        for method in &stub.methods {
            let name = &method.function.name;
            let is_known = source.method(name).is_some() || source.attribute(name).is_some() || !is_plain(name);
            if !is_known && name != "__init__" && name != "__new__" {
                let what = format!("the {} has this method, and the source does not", self.other);
                self.say(&format!("{}.{name}", source.name), &source.about.place, what);
            }
        }
        for attribute in &stub.attributes {
            let name = &attribute.name;
            let is_known = source.attribute(name).is_some() || source.method(name).is_some();
            if !is_known && !name.starts_with("__") && source.classes.iter().all(|class| class.name != *name) {
                let what = format!("the {} has this attribute, and the source does not", self.other);
                self.say(&format!("{}.{name}", source.name), &source.about.place, what);
            }
        }
    }
}

/// Whether the signature of a method says what a call needs: those that operators call do not.
fn is_plain(name: &str) -> bool {
    !(name.starts_with("__") && name.ends_with("__")) || matches!(name, "__new__" | "__call__")
}

/// What a call may pass that the other refuses.
fn difference(source: &Signature, stub: &Signature, named: &str) -> Option<String> {
    let (ours, theirs) = (&source.parameters, &stub.parameters);
    let shown = |signature: &Signature| {
        let bare = Signature {
            parameters: signature
                .parameters
                .iter()
                .cloned()
                .map(|one| crate::surface::Parameter { annotation: None, ..one })
                .collect(),
            returns: None,
        };
        bare.to_string()
    };
    let both = || format!("the source has {}, the {named} {}", shown(source), shown(stub));
    // `*args, **kwargs` of a stub takes everything.
    let takes_all = |signature: &Signature| {
        signature.parameters.len() == 2
            && signature.parameters.iter().all(|one| matches!(one.kind, Kind::Arguments | Kind::Keywords))
    };
    if takes_all(stub) || takes_all(source) {
        return None;
    }
    if ours.len() != theirs.len() {
        return Some(both());
    }
    let by_name = |name: &str| theirs.iter().find(|one| one.name == name);
    for (index, one) in ours.iter().enumerate() {
        // Keyword-only parameters have no order; those by position only have no name.
        let other = match one.kind {
            Kind::KeywordOnly => by_name(&one.name),
            _ => theirs.get(index),
        };
        let Some(other) = other else { return Some(both()) };
        let same_name = one.name == other.name || !one.kind.is_named() || other.kind == Kind::PositionalOnly;
        let same_kind = one.kind == other.kind || (one.kind == Kind::Either && other.kind == Kind::PositionalOnly);
        if !same_name || !same_kind || one.is_required() != other.is_required() {
            return Some(both());
        }
        let is_known = |default: &Option<String>| default.as_deref().filter(|default| *default != "...").map(normal);
        if let (Some(ours), Some(theirs)) = (is_known(&one.default), is_known(&other.default)) {
            if ours != theirs {
                return Some(format!("the default of {} is {ours}, and {theirs} in the {named}", one.name));
            }
        }
    }
    None
}

/// A default without differences of style.
fn normal(default: &str) -> String {
    default.replace('\'', "\"")
}
