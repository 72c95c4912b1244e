//! The rule `missing-traverse`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Class, Field, File, Function, Param, Receiver, Role, Source, Ty};

rule! {
    /// A class holds Python objects but does not support the garbage collector.
    ///
    /// # What it does
    /// Searches the fields of each `#[pyclass]`, and of the structs in them, for a `Py<…>` that may lead back to the
    /// object. Ignored are strings, bytes and numbers, classes of the crate that hold nothing themselves, and values
    /// shared by an `Arc`, which cannot be traversed. Reports classes without `__traverse__` in any `#[pymethods]` of
    /// the crate. It is a warning if code of Python can close the cycle: it passes an object that the crate calls (a
    /// callback), that a setter or a method stores in an object that exists already, or that is one of many in a container.
    /// Otherwise it is a note: only Rust chooses what the class holds, or the constructor stores a single object, which
    /// would have to learn of its owner later; or a container of another crate holds the objects.
    ///
    /// # Why it matters
    /// Reference counting never frees a cycle. An object that is reachable from itself (a callback that is a method of
    /// its owner) is never freed, and neither is everything it holds (pyo3#5663).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Button { on_click: Option<Py<PyAny>> }
    /// ```
    ///
    /// # Fix
    /// ```rust,ignore
    /// fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.on_click) }
    /// fn __clear__(&mut self) { self.on_click = None; }
    /// ```
    /// A frozen class needs a `Mutex` around the fields that `__clear__` clears.
    pub(super) static RULE: "missing-traverse", Source, Warning, Source(check);
}

/// Types whose objects hold no references.
const LEAVES: [&str; 17] = [
    "PyString",
    "PyBytes",
    "PyInt",
    "PyLong",
    "PyFloat",
    "PyBool",
    "PyComplex",
    "PyNone",
    "PyDate",
    "PyDateTime",
    "PyDelta",
    "PyTime",
    "PyTzInfo",
    "PyType",
    "PyModule",
    "PyEllipsis",
    "PyNotImplemented",
];

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum) {
        let is_told = source.methods(file, &class.name).any(|method| method.name == "__traverse__");
        if is_told {
            continue;
        }
        let Some(field) = class.fields.iter().find(|field| leads_on(source, file, &field.ty, DEEPEST)) else {
            continue;
        };
        let name = if field.name.is_empty() { "its field".to_owned() } else { format!("`{}`", field.name) };
        let message = format!("`{}` holds Python objects in {name}: a cycle through it is never freed", class.name);
        let may_close = is_filled_by_python(source, file, class) && closes_cycle(source, file, class);
        let severity = if may_close { Severity::Warning } else { Severity::Note };
        found.add(file.finding(severity, &class.at, message).fix("write __traverse__ and __clear__"));
    }
}

/// Whether Python decides what an object of a class holds: it passes an object to the constructor, a setter, or a method
/// that may store it.
fn is_filled_by_python(source: &Source, file: &File, class: &Class) -> bool {
    let may_store = |ty: &Ty| {
        ty.parts()
            .iter()
            .any(|part| part.name.ends_with("Lock") || part.name.contains("Mutex") || part.name.contains("Cell"))
    };
    let is_open_inside = class.fields.iter().any(|field| may_store(&field.ty));
    let changes = |method: &Function| {
        is_open_inside
            || matches!(method.role, Role::New | Role::Setter)
            || method.receiver == Receiver::Exclusive
            || method.exclusive_param().is_some()
    };
    let is_itself = |param: &Param| {
        let own = param.ty.args.first().is_some_and(|ty| ty.name == "Self" || ty.name == class.name);
        own && matches!(param.ty.name.as_str(), "PyRef" | "PyRefMut" | "Py")
    };
    let gets_object = |method: &Function| {
        method.params.iter().any(|param| !is_itself(param) && may_be_object(source, file, &param.ty))
    };
    class.options.contains("set_all")
        || class.fields.iter().any(|field| field.is_set)
        || source
            .methods(file, &class.name)
            .any(|method| method.is_exported() && changes(method) && gets_object(method))
}

/// Whether what Python passes is likely to lead back: a callback, an object that is stored later, one of many.
fn closes_cycle(source: &Source, file: &File, class: &Class) -> bool {
    let same_crate = || source.functions().filter(|(other, _)| other.krate == file.krate);
    let is_called = |owner: &str, name: &str| {
        same_crate().any(|(_, function)| match &function.class {
            Some(class) => (class == owner) && function.called.contains(name),
            None => !name.is_empty() && function.called.contains(name),
        })
    };
    let stores = |method: &Function| {
        let is_stored = |param: &Param| method.stored.contains(&param.name) && may_be_object(source, file, &param.ty);
        method.role != Role::New && method.params.iter().any(is_stored)
    };
    let mut held = Vec::new();
    class.fields.iter().for_each(|field| holders(source, file, (class, field), DEEPEST, &mut held));
    // Containers that share what they hold cannot be traversed by each of their owners.
    held.retain(|(_, field)| !field.ty.parts().iter().any(|part| is_shared_container(source, file, &part.name)));
    if held.is_empty() {
        return false;
    }
    class.options.contains("set_all")
        || class.fields.iter().any(|field| field.is_set)
        || held.iter().any(|(owner, field)| {
            is_called(&owner.name, &field.name) || is_called(&class.name, &field.name) || holds_many(&field.ty)
        })
        || source.methods(file, &class.name).any(|method| method.is_exported() && stores(method))
}

/// The fields that hold objects themselves, of a class and of the structs in it, each with its owner.
fn holders<'a>(
    source: &'a Source,
    file: &File,
    (owner, field): (&'a Class, &'a Field),
    deep: u8,
    found: &mut Vec<(&'a Class, &'a Field)>,
) {
    let Some(deeper) = deep.checked_sub(1) else { return };
    if field.ty.parts().iter().any(|part| matches!(part.name.as_str(), "PyObject" | "Py")) {
        if leads_on(source, file, &field.ty, DEEPEST) {
            found.push((owner, field));
        }
        return;
    }
    for inside in field.ty.parts().iter().filter_map(|part| structs(source, file, &part.name)) {
        inside.fields.iter().for_each(|field| holders(source, file, (inside, field), deeper, found));
    }
}

/// Whether a type contains any number of objects.
fn holds_many(ty: &Ty) -> bool {
    let is_many = |name: &str| {
        OWNERS.contains(&name) && ["Vec", "Map", "Set", "List", "Heap", "Deque"].iter().any(|kind| name.contains(kind))
    };
    let is_any = |part: &&Ty| {
        part.name == "PyObject" || part.name == "Py" && part.args.first().is_some_and(|inner| inner.name == "PyAny")
    };
    ty.parts().iter().any(|part| is_many(&part.name) && part.args.iter().flat_map(Ty::parts).any(|part| is_any(&part)))
}

/// Whether a type is a container of another crate that may share what it holds between objects.
fn is_shared_container(source: &Source, file: &File, name: &str) -> bool {
    is_foreign_container(name) && !OWNERS.contains(&name) && structs(source, file, name).is_none()
}

/// Whether a type of another crate seems to own what is inside, by its name: `HashTrieMapSync`, but not its iterator.
fn is_foreign_container(name: &str) -> bool {
    let is_container = ["Map", "Set", "List", "Vec", "Queue", "Trie", "Tree"].iter().any(|kind| name.contains(kind));
    is_container && !["Iter", "Keys", "Values", "Ref", "Guard"].iter().any(|end| name.ends_with(end))
}

/// Types that are converted from what Python passes, or only wrap others.
const PLAIN: [&str; 33] = [
    "", "&", "&mut", "[]", "()", "bool", "char", "str", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8",
    "i16", "i32", "i64", "i128", "isize", "f32", "f64", "Vec", "Option", "HashMap", "BTreeMap", "HashSet", "BTreeSet",
    "Cow", "Path", "PathBuf", "Python",
];

/// Whether a parameter of this type may bring in an object that leads back: one of Python's, a class or a struct of the
/// crate that holds one, or a type that is not known here.
fn may_be_object(source: &Source, file: &File, ty: &Ty) -> bool {
    ty.parts().iter().any(|part| {
        let name = part.name.as_str();
        let is_leaf = PLAIN.contains(&name)
            || LEAVES.contains(&name)
            || name.starts_with("PyArray")
            || name.starts_with("PyReadonlyArray");
        let inside = || source.class(file, name).or_else(|| structs(source, file, name));
        !is_leaf
            && match part.args.first() {
                // What they hold is a part of its own.
                Some(_) if matches!(name, "Bound" | "Borrowed" | "Py" | "PyRef" | "PyRefMut") => false,
                _ => inside()
                    .is_none_or(|inside| inside.fields.iter().any(|field| leads_on(source, file, &field.ty, DEEPEST))),
            }
    })
}

/// Types that own what is inside and lend it. Others borrow it (`hash_map::Iter`), or do not say.
const OWNERS: [&str; 34] = [
    "()",
    "[]",
    "Option",
    "Result",
    "Box",
    "Vec",
    "VecDeque",
    "LinkedList",
    "BinaryHeap",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "IndexMap",
    "IndexSet",
    "AHashMap",
    "FxHashMap",
    "FxHashSet",
    "DashMap",
    "SmallVec",
    "ArrayVec",
    "Cell",
    "RefCell",
    "UnsafeCell",
    "OnceCell",
    "OnceLock",
    "PyOnceLock",
    "GILOnceCell",
    "Mutex",
    "RwLock",
    "ReentrantMutex",
    "GILProtected",
    "ArcSwapOption",
    "ManuallyDrop",
];

/// How many types of the crate are searched for one field, since they may be recursive.
const DEEPEST: u8 = 4;

/// Whether a Python object in this type may lead back to the object that holds it.
fn leads_on(source: &Source, file: &File, ty: &Ty, deep: u8) -> bool {
    let Some(deeper) = deep.checked_sub(1) else { return false };
    match ty.name.as_str() {
        "PyObject" => true,
        "Py" => match ty.args.first() {
            Some(inner) if LEAVES.contains(&inner.name.as_str()) || inner.name.starts_with("PyArray") => false,
            // A class of the crate holds references if its own fields do.
            Some(inner) => source.class(file, &inner.name).is_none_or(|class| {
                class.options.contains("subclass")
                    || class.fields.iter().any(|field| leads_on(source, file, &field.ty, deeper))
            }),
            None => true,
        },
        // The first ones keep nothing alive, and shared values have no single owner that could traverse them.
        "PhantomData" | "PyWeakref" | "Weak" | "PyBackedStr" | "PyBackedBytes" | "Arc" | "Rc" => false,
        name => {
            let inside = structs(source, file, name);
            let is_owner = OWNERS.contains(&name) || inside.is_some() || is_foreign_container(name);
            is_owner && ty.args.iter().any(|arg| leads_on(source, file, arg, deeper))
                || inside
                    .is_some_and(|inner| inner.fields.iter().any(|field| leads_on(source, file, &field.ty, deeper)))
        }
    }
}

fn structs<'a>(source: &'a Source, file: &File, name: &str) -> Option<&'a Class> {
    let same = source.files.iter().filter(|other| other.krate == file.krate);
    same.flat_map(|file| &file.structs).find(|inner| inner.name == name)
}
