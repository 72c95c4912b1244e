use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// An `__init__.py` turns a shared namespace into a regular package of this project.
    ///
    /// # What it does
    /// Looks for `__init__.py` in well-known namespaces (`google`, `google.cloud`, `azure`, `zope`, `sphinxcontrib`,
    /// `backports`, …), unless the file declares the namespace in one of the older ways (`pkgutil.extend_path`,
    /// `pkg_resources.declare_namespace`). Namespaces that METADATA states as `Import-Namespace` are checked by
    /// `import-name-untrue`.
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
    for (path, head) in &wheel.heads {
        let Some(namespace) = crate::gather::namespace_of(path) else { continue };
        if crate::gather::SHARES.iter().any(|word| head.contains(word)) {
            continue;
        }
        let name = namespace.replace('/', ".");
        found.add(
            Finding::new(
                Severity::Warning,
                Place::member(path),
                format!("hides other projects' packages in the namespace {name}"),
            )
            .fix("delete the file: a namespace package has no `__init__.py`"),
        );
    }
}
