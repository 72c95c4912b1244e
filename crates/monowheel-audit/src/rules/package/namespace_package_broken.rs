use monowheel_wheel::entry_points::is_identifier;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// An `__init__.py` turns a shared namespace into a regular package of this project.
    ///
    /// # What it does
    /// Looks for `__init__.py` in well-known namespaces (`google`, `google.cloud`, `azure`, `zope`, `sphinxcontrib`,
    /// `backports`, …) and in those that `namespace_packages.txt` of setuptools lists, unless the file declares the
    /// namespace in one of the older ways (`pkgutil.extend_path`, `pkg_resources.declare_namespace`). Namespaces that
    /// METADATA states as `Import-Namespace` are checked by `import-name-untrue`.
    ///
    /// # Why it matters
    /// Python treats the first directory with an `__init__.py` as the complete package. After this wheel is installed,
    /// importing the other projects in the namespace fails with `ModuleNotFoundError`.
    ///
    /// # Example
    /// An empty `google/__init__.py` next to `google/demo/`: `import google.protobuf` fails.
    ///
    /// # Fix
    /// Delete the `__init__.py` (PEP 420).
    pub(super) static RULE: "namespace-package-broken", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let stated = wheel.heads.iter().filter(|(path, _)| crate::gather::is_namespaces(path));
    let stated = stated.flat_map(|(_, head)| head.lines().map(str::trim)).filter(|name| is_identifier(name));
    for name in stated {
        let path = format!("{name}/__init__.py");
        let is_shared = wheel.heads.get(&path).is_some_and(|head| is_shared(head));
        if wheel.member(&path).is_some() && !is_shared && crate::gather::namespace_of(&path).is_none() {
            found.add(hiding(&path, &format!("{name}, which namespace_packages.txt lists")));
        }
    }
    for (path, head) in &wheel.heads {
        let Some(namespace) = crate::gather::namespace_of(path) else { continue };
        if !is_shared(head) {
            found.add(hiding(path, &namespace.replace('/', ".")));
        }
    }
}

/// Whether an `__init__.py` declares its namespace in one of the older ways.
fn is_shared(head: &str) -> bool {
    crate::gather::SHARES.iter().any(|word| head.contains(word))
}

fn hiding(path: &str, namespace: &str) -> Finding {
    let message = format!("hides other projects' packages in the namespace {namespace}");
    Finding::new(Severity::Warning, Place::member(path), message)
        .fix("delete the file: a namespace package has no `__init__.py`")
}
