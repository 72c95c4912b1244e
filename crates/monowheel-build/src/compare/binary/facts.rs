//! What a binary loads, exports and requires of the system, according to the audit's readers.

use std::collections::BTreeSet;

use monowheel_wheel::binary::Slice;

use crate::compare::Kind;
use crate::compare::found::Found;

/// Reports the facts that differ.
pub(super) fn compare(a: &Slice, b: &Slice, found: &mut Found) {
    let libraries = |slice: &Slice| slice.libraries.iter().map(|library| library.name.clone()).collect();
    lists("it loads", &libraries(a), &libraries(b), found);
    let imports = |slice: &Slice| {
        let version =
            |version: &Option<String>| version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
        slice.imports.iter().map(|import| format!("{}{}", import.name, version(&import.version))).collect()
    };
    lists("it imports", &imports(a), &imports(b), found);
    lists(
        "it exports",
        &a.exports.python.iter().cloned().collect(),
        &b.exports.python.iter().cloned().collect(),
        found,
    );
    lists("it has the run path", &a.run_paths.iter().cloned().collect(), &b.run_paths.iter().cloned().collect(), found);
    let versions =
        |slice: &Slice| slice.versions.iter().map(|need| format!("{} of {}", need.version, need.library)).collect();
    lists("it needs", &versions(a), &versions(b), found);
    let mut one = |what: &str, a: Option<String>, b: Option<String>| {
        if a != b {
            let said = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
            found.add(Kind::Linking, format!("{what} is {} in A and {} in B", said(a), said(b)));
        }
    };
    one("its own name", a.own_name.clone(), b.own_name.clone());
    let system = |slice: &Slice| {
        slice.minimum_os.as_ref().map(|os| format!("{} {}.{}", os.platform, os.version.0, os.version.1))
    };
    one("the oldest system it runs on", system(a), system(b));
    let level = |slice: &Slice| slice.isa_level.map(|level| format!("x86-64-v{level}"));
    one("the processor level it needs", level(a), level(b));
    if a.exports.python == b.exports.python {
        one("the number of its exports", Some(a.exports.count.to_string()), Some(b.exports.count.to_string()));
    }
    // The hardening features by their JSON names.
    let defences =
        |slice: &Slice| serde_json::to_value(&slice.hardening).ok().and_then(|value| value.as_object().cloned());
    if let (Some(a), Some(b)) = (defences(a), defences(b)) {
        for (name, value) in &a {
            let other = b.get(name).unwrap_or(&serde_json::Value::Null);
            if other != value {
                found.add(Kind::Linking, format!("{} is {value} in A and {other} in B", name.replace('_', " ")));
            }
        }
    }
}

fn lists(what: &str, a: &BTreeSet<String>, b: &BTreeSet<String>, found: &mut Found) {
    for name in a.difference(b) {
        found.add(Kind::Linking, format!("{what} {name} only in A"));
    }
    for name in b.difference(a) {
        found.add(Kind::Linking, format!("{what} {name} only in B"));
    }
}
