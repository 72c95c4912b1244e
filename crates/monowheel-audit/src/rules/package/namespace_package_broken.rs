use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// An `__init__.py` makes a namespace that many projects share a package of this one.
    ///
    /// # What it does
    /// Looks for `__init__.py` in well-known namespaces (`google`, `google.cloud`, `azure`, `zope`, `sphinxcontrib`,
    /// `backports`, …), unless the file declares the namespace in one of the older ways (`pkgutil.extend_path`,
    /// `pkg_resources.declare_namespace`). Namespaces that METADATA states as `Import-Namespace` are the business of
    /// `import-name-untrue`.
    ///
    /// # Why it matters
    /// Python takes the first directory with an `__init__.py` for the whole package: after an install of this wheel, the
    /// other projects in the namespace say `ModuleNotFoundError`.
    ///
    /// # Example
    /// An empty `google/__init__.py` beside `google/demo/`: `import google.protobuf` fails.
    ///
    /// # Fix
    /// Delete the `__init__.py` (PEP 420).
    pub(super) static RULE: "namespace-package-broken", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    for (path, head) in &wheel.heads {
        let Some(namespace) = crate::gather::namespace_of(path) else { continue };
        if ["extend_path", "declare_namespace"].iter().any(|word| head.contains(word)) {
            continue;
        }
        let name = namespace.replace('/', ".");
        found.add(
            Finding::new(
                Severity::Warning,
                Place::member(path),
                format!("hides what other projects install in the namespace {name}"),
            )
            .fix("delete the file: a namespace has no `__init__.py`"),
        );
    }
}
