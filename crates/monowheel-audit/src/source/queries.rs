//! What rules ask about a project: its functions and classes, their crates, and places in files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::finding::{Finding, Place, Severity};
use crate::source::{At, Class, Crate, File, Function, Param, Receiver, Role, Source, Ty, What, modules};

impl Source {
    /// A Rust file that is not on disk, from an editor or a test. Needs a thread with a stack of 256 MiB, which a
    /// deeply nested text uses.
    #[must_use]
    pub fn of_text(path: &str, text: &[u8]) -> Self {
        let file = File { path: path.to_owned(), ..File::default() };
        let (file, _, unreadable) = modules::text(file, text.to_vec(), false);
        let mut source = Self { place: path.to_owned(), files: vec![file], unreadable, ..Self::default() };
        source.resolve();
        source
    }

    /// The files that the user asked for.
    pub fn asked_files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| self.is_asked_file(file))
    }

    /// What could not be read: the place and the reason.
    pub fn unread(&self) -> impl Iterator<Item = (String, String)> {
        self.unreadable.iter().map(|file| (file.place.to_string(), file.why.clone()))
    }

    /// The complete name of the extension module that the package states.
    #[must_use]
    pub fn module_name(&self) -> Option<String> {
        self.package.as_ref()?.module_name.clone()
    }

    /// The name of the library that Python loads.
    #[must_use]
    pub fn library(&self) -> Option<String> {
        Some(self.crates.get(self.built()?)?.library.clone())
    }

    /// The files of that library; all if there is no manifest.
    pub fn library_files(&self) -> impl Iterator<Item = &File> {
        let built = self.built();
        self.files.iter().filter(move |file| built.is_none() || file.krate == built)
    }

    /// The crate that Python loads, as an index.
    pub(crate) fn built(&self) -> Option<usize> {
        let asked = || self.crates.iter().enumerate().filter(|(_, krate)| krate.is_asked);
        asked().find(|(_, krate)| krate.is_cdylib).or_else(|| asked().next()).map(|(at, _)| at)
    }

    /// The version of the crate that Python loads, if its manifest states it.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        self.crates.get(self.built()?)?.version.clone()
    }

    /// The version of `PyO3`: major and minor.
    #[must_use]
    pub fn pyo3(&self) -> Option<(u64, u64)> {
        self.crates.iter().filter(|krate| krate.is_asked).find_map(|krate| krate.binding.version)
    }

    /// The directory of the Python sources; `path` is the one given by the user.
    #[must_use]
    pub fn python_folder(&self, path: &Path) -> PathBuf {
        let folder = if path.is_file() { path.parent().unwrap_or(Path::new("")) } else { path };
        let Some(package) = &self.package else { return folder.to_path_buf() };
        let manifest = folder.join(&package.path);
        let folder = manifest.parent().unwrap_or(folder);
        package.maturin.python_source.as_ref().map_or_else(|| folder.to_path_buf(), |sources| folder.join(sources))
    }

    /// Whether the package has `py.typed`.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        self.package.as_ref().is_some_and(|package| package.is_typed)
    }

    /// Every function with its file.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&File, &Function)> {
        self.files.iter().flat_map(|file| file.functions.iter().map(move |function| (file, function)))
    }

    /// Every function that Python calls, with its file.
    pub(crate) fn exported(&self) -> impl Iterator<Item = (&File, &Function)> {
        self.functions().filter(|(_, function)| function.is_exported())
    }

    /// Every class with its file.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (&File, &Class)> {
        self.files.iter().flat_map(|file| file.classes.iter().map(move |class| (file, class)))
    }

    /// The methods of a class, in all files of its crate; only in its own if the crate has several classes of this name.
    pub(crate) fn methods<'a>(&'a self, file: &'a File, class: &str) -> impl Iterator<Item = &'a Function> {
        let is_known_by_name = self.classes_named(file, class).nth(1).is_none();
        let methods = self.methods_of(file, class);
        methods.filter(move |(other, _)| is_known_by_name || other.path == file.path).map(|(_, method)| method)
    }

    /// The file of one of [`Source::methods`], which is not always that of the class.
    pub(crate) fn file_of<'a>(&'a self, file: &'a File, method: &Function) -> &'a File {
        let mut methods = self.methods_of(file, method.class.as_deref().unwrap_or_default());
        methods.find(|(_, one)| std::ptr::eq(*one, method)).map_or(file, |(file, _)| file)
    }

    /// Whether code that is seen here makes objects of a class. A macro may make them otherwise.
    pub(crate) fn makes(&self, file: &File, class: &str) -> bool {
        let mut same_crate = self.files.iter().filter(|other| other.krate == file.krate);
        self.is_returned(file, class) || same_crate.any(|other| other.made.contains(class))
    }

    /// The crate of a file.
    #[must_use]
    pub(crate) fn krate(&self, file: &File) -> Option<&Crate> {
        self.crates.get(file.krate?)
    }

    /// Whether the file's `PyO3` is at least this version; true if unknown.
    #[must_use]
    pub(crate) fn has_pyo3(&self, file: &File, version: (u64, u64)) -> bool {
        let used = || self.krate(file).and_then(|krate| krate.binding.version);
        self.upgrade.or_else(used).is_none_or(|has| has >= version)
    }

    /// Whether the file's `PyO3` is known to be this version or a later one.
    #[must_use]
    pub(crate) fn is_since_pyo3(&self, file: &File, version: (u64, u64)) -> bool {
        self.krate(file).and_then(|krate| krate.binding.version).is_some_and(|has| has >= version)
    }

    /// Whether the file's crate is raised past a version: it is known to use an older one, and is to use that or a later one.
    #[must_use]
    pub(crate) fn passes_pyo3(&self, file: &File, version: (u64, u64)) -> bool {
        let used = self.krate(file).and_then(|krate| krate.binding.version);
        used.is_some_and(|used| used < version) && self.upgrade.is_some_and(|to| to >= version)
    }

    /// Whether the file's `PyO3` is known to be older than this version.
    #[must_use]
    pub(crate) fn is_before_pyo3(&self, file: &File, version: (u64, u64)) -> bool {
        let used = || self.krate(file).and_then(|krate| krate.binding.version);
        self.upgrade.or_else(used).is_some_and(|has| has < version)
    }

    /// The class of this name in the crate of `file`, which may give it another name; of several, the one in that file.
    pub(crate) fn class(&self, file: &File, name: &str) -> Option<&Class> {
        let named = |name| {
            let here = self.classes_named(file, name).find(|(other, _)| other.path == file.path);
            here.or_else(|| self.classes_named(file, name).next())
        };
        let meant = || named(&file.aliases.iter().find(|(alias, _)| alias == name)?.1.name);
        named(name).or_else(meant).map(|(_, class)| class)
    }

    /// Whether the user asked for this file; others are read for context.
    pub(crate) fn is_asked_file(&self, file: &File) -> bool {
        self.krate(file).is_none_or(|krate| krate.is_asked)
    }

    /// The files and manifests that are only read for context.
    pub(crate) fn context(&self) -> HashSet<&str> {
        let files = self.files.iter().filter(|file| !self.is_asked_file(file)).map(|file| file.path.as_str());
        let manifests = self.crates.iter().filter(|krate| !krate.is_asked).map(|krate| krate.manifest.as_str());
        files.chain(manifests).collect()
    }
}

impl File {
    /// Its type aliases.
    pub fn type_aliases(&self) -> impl Iterator<Item = (&str, &Ty)> {
        self.aliases.iter().map(|(name, ty)| (name.as_str(), ty))
    }

    /// A place in this file.
    #[must_use]
    pub(crate) fn place(&self, at: &At) -> Place {
        Place {
            line: Some(at.line),
            column: Some(at.column),
            end_line: Some(at.end_line),
            end_column: Some(at.end_column),
            ..Place::member(&self.path)
        }
    }

    /// A finding in this file.
    pub(crate) fn finding(&self, severity: Severity, at: &At, message: impl Into<String>) -> Finding {
        Finding::new(severity, self.place(at), message)
    }
}

impl Function {
    /// Whether Python calls it.
    #[must_use]
    pub(crate) fn is_exported(&self) -> bool {
        !matches!(self.role, Role::Plain | Role::Import)
    }

    /// Its name in Python: of a getter or a setter, that of the attribute.
    #[must_use]
    pub(crate) fn in_python(&self) -> &str {
        let prefix = match self.role {
            Role::Getter => "get_",
            Role::Setter => "set_",
            _ => "",
        };
        match &self.python_name {
            Some(name) => name,
            None => self.name.strip_prefix(prefix).unwrap_or(&self.name),
        }
    }

    /// The parameter that holds an object exclusively: `slf: PyRefMut<'_, Self>`.
    pub(crate) fn exclusive_param(&self) -> Option<&Param> {
        self.params.iter().find(|param| param.ty.name == "PyRefMut")
    }

    /// Whether an event happens while the function holds an object exclusively: by `&mut self`, or by a `PyRefMut` that it
    /// has not dropped yet.
    pub(crate) fn is_exclusive_at(&self, event: usize) -> bool {
        let is_dropped = |param: &Param| {
            self.events.iter().take(event).any(|event| event.what == What::Drops && event.name == param.name)
        };
        self.receiver == Receiver::Exclusive || self.exclusive_param().is_some_and(|param| !is_dropped(param))
    }

    /// Its name in messages: `` `Class.name` `` or `` `name` ``.
    #[must_use]
    pub(crate) fn title(&self) -> String {
        match &self.class {
            Some(class) => format!("`{class}.{}`", self.name),
            None => format!("`{}`", self.name),
        }
    }
}
