//! Where the functions, classes and structs of a name are: a rule that asks for those of each class would otherwise go through
//! all of them every time.

use std::collections::{HashMap, HashSet};

use crate::source::{Class, File, Function, Source};

/// An item, as the indices of its file and of itself in that.
type At = (usize, usize);

/// The items of a resolved project by their names, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameIndex {
    functions: HashMap<String, Vec<At>>,
    /// By the class whose `impl` they are in.
    methods: HashMap<String, Vec<At>>,
    classes: HashMap<String, Vec<At>>,
    structs: HashMap<String, Vec<At>>,
    /// The types that functions return, with their crates; `Self` is that of the `impl`.
    returned: HashMap<String, HashSet<Option<usize>>>,
    /// What functions outside of an `impl` call as an object of Python, with their crates.
    called: HashMap<String, HashSet<Option<usize>>>,
}

impl NameIndex {
    fn of(files: &[File]) -> Self {
        let mut index = Self::default();
        for (at, file) in files.iter().enumerate() {
            for (nth, function) in file.functions.iter().enumerate() {
                index.function(function, (at, nth), file.krate);
            }
            for (nth, class) in file.classes.iter().enumerate() {
                add(&mut index.classes, &class.name, (at, nth));
            }
            for (nth, class) in file.structs.iter().enumerate() {
                add(&mut index.structs, &class.name, (at, nth));
            }
        }
        index
    }

    fn function(&mut self, function: &Function, at: At, krate: Option<usize>) {
        add(&mut self.functions, &function.name, at);
        match &function.class {
            Some(class) => add(&mut self.methods, class, at),
            None => {
                for name in &function.called {
                    self.called.entry(name.clone()).or_default().insert(krate);
                }
            }
        }
        for part in function.output.iter().flat_map(|output| output.parts()) {
            let name = match &function.class {
                Some(class) if part.name == "Self" => class,
                _ => &part.name,
            };
            match self.returned.get_mut(name) {
                Some(crates) => drop(crates.insert(krate)),
                None => drop(self.returned.insert(name.clone(), HashSet::from([krate]))),
            }
        }
    }
}

fn add(map: &mut HashMap<String, Vec<At>>, name: &str, at: At) {
    match map.get_mut(name) {
        Some(all) => all.push(at),
        None => drop(map.insert(name.to_owned(), vec![at])),
    }
}

impl Source {
    /// Makes the index, once nothing changes any more.
    pub(super) fn index_names(&mut self) {
        self.index = NameIndex::of(&self.files);
    }

    fn named<'a, T: 'a>(
        &'a self,
        map: &'a HashMap<String, Vec<At>>,
        krate: Option<usize>,
        name: &str,
        items: fn(&File) -> &[T],
    ) -> impl Iterator<Item = (&'a File, &'a T)> {
        let found = map.get(name).into_iter().flatten().filter_map(move |(at, nth)| {
            let file = self.files.get(*at)?;
            Some((file, items(file).get(*nth)?))
        });
        found.filter(move |(file, _)| file.krate == krate)
    }

    /// The functions and methods of this name in the crate of `file`.
    pub(crate) fn functions_named(&self, file: &File, name: &str) -> impl Iterator<Item = (&File, &Function)> {
        self.named(&self.index.functions, file.krate, name, |file| &file.functions)
    }

    /// The methods of all types of this name in the crate of `file`.
    pub(crate) fn methods_of(&self, file: &File, class: &str) -> impl Iterator<Item = (&File, &Function)> {
        self.named(&self.index.methods, file.krate, class, |file| &file.functions)
    }

    /// The classes of this name in the crate of `file`.
    pub(crate) fn classes_named(&self, file: &File, name: &str) -> impl Iterator<Item = (&File, &Class)> {
        self.named(&self.index.classes, file.krate, name, |file| &file.classes)
    }

    /// The structs of this name in the crate of `file` that are not classes.
    pub(crate) fn structs_named(&self, file: &File, name: &str) -> impl Iterator<Item = (&File, &Class)> {
        self.named(&self.index.structs, file.krate, name, |file| &file.structs)
    }

    /// Whether a function of the crate of `file` returns a type of this name, or something that has it.
    pub(crate) fn is_returned(&self, file: &File, name: &str) -> bool {
        self.index.returned.get(name).is_some_and(|crates| crates.contains(&file.krate))
    }

    /// Whether a function of the crate of `file`, outside of an `impl`, calls a value of this name as an object of Python.
    pub(crate) fn is_called_by_function(&self, file: &File, name: &str) -> bool {
        self.index.called.get(name).is_some_and(|crates| crates.contains(&file.krate))
    }
}
