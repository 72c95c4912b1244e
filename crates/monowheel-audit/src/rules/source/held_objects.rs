//! What a type holds: whether a Python object in it may lead back to its owner.

use crate::source::{Class, Field, File, Function, Param, Source, Ty};

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

/// Types that are converted from what Python passes, or only wrap others.
const PLAIN: [&str; 33] = [
    "", "&", "&mut", "[]", "()", "bool", "char", "str", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8",
    "i16", "i32", "i64", "i128", "isize", "f32", "f64", "Vec", "Option", "HashMap", "BTreeMap", "HashSet", "BTreeSet",
    "Cow", "Path", "PathBuf", "Python",
];

/// Whether a parameter of this type may bring in an object that leads back: one of Python's, a class or a struct of the
/// crate that holds one, or a type that is not known here.
pub(super) fn may_be_object(source: &Source, file: &File, ty: &Ty) -> bool {
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
pub(super) const DEEPEST: u8 = 4;

/// Whether a Python object in this type may lead back to the object that holds it.
pub(super) fn leads_on(source: &Source, file: &File, ty: &Ty, deep: u8) -> bool {
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
    source.structs_named(file, name).next().map(|(_, inner)| inner)
}

/// The fields that hold objects themselves, of a class and of the structs in it, each with its owner.
pub(super) fn holders<'a>(
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
pub(super) fn holds_many(ty: &Ty) -> bool {
    let is_many = |name: &str| {
        OWNERS.contains(&name) && ["Vec", "Map", "Set", "List", "Heap", "Deque"].iter().any(|kind| name.contains(kind))
    };
    let is_any = |part: &&Ty| {
        part.name == "PyObject" || part.name == "Py" && part.args.first().is_some_and(|inner| inner.name == "PyAny")
    };
    ty.parts().iter().any(|part| is_many(&part.name) && part.args.iter().flat_map(Ty::parts).any(|part| is_any(&part)))
}

/// Whether a type is a container of another crate that may share what it holds between objects.
pub(super) fn is_shared_container(source: &Source, file: &File, name: &str) -> bool {
    is_foreign_container(name) && !OWNERS.contains(&name) && structs(source, file, name).is_none()
}

/// Whether a type of another crate seems to own what is inside, by its name: `HashTrieMapSync`, but not its iterator.
fn is_foreign_container(name: &str) -> bool {
    let is_container = ["Map", "Set", "List", "Vec", "Queue", "Trie", "Tree"].iter().any(|kind| name.contains(kind));
    is_container && !["Iter", "Keys", "Values", "Ref", "Guard"].iter().any(|end| name.ends_with(end))
}

/// Whether a parameter may bring in an object that leads back; not one that the function accepts only as text, as a class
/// or as another type without references.
pub(super) fn may_bring(source: &Source, file: &File, function: &Function, param: &Param) -> bool {
    may_be_object(source, file, &param.ty) && !is_checked(source, file, function, &param.name)
}

/// Whether a function, or one that it passes the variable to, refuses everything but types without references.
pub(super) fn is_checked(source: &Source, file: &File, function: &Function, variable: &str) -> bool {
    let refuses = |function: &Function, variable: &str| {
        let mut casts = function.cast.iter().filter(|(name, _)| name == variable).peekable();
        casts.peek().is_some() && casts.all(|(_, ty)| LEAVES.contains(&ty.as_str()))
    };
    let by_check = |(callee, at, name): &(String, usize, String)| {
        let mut named = source.functions_named(file, callee);
        name == variable && named.any(|(_, one)| one.params.get(*at).is_some_and(|param| refuses(one, &param.name)))
    };
    refuses(function, variable) || function.passed.iter().any(by_check)
}
