use crate::facts::{Facts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel is the result of an editable install.
    ///
    /// # What it does
    /// Looks at the top of site-packages for the files with which build backends lead Python to the sources (PEP 660):
    /// `__editable__.*` and `__editable___*_finder.py` of setuptools, `_editable_impl_*` of hatchling, and every `.pth`
    /// file of a wheel with the build number `0.editable`.
    ///
    /// # Why it matters
    /// The wheel contains a path of the machine that built it instead of the package. It installs anywhere, and every
    /// import fails with `ModuleNotFoundError`.
    ///
    /// # Example
    /// `__editable__.demo-1.0.pth` with `/home/jane/demo/src`: the file that `pip install -e .` builds was uploaded from
    /// the cache.
    ///
    /// # Fix
    /// Build a regular wheel (`python -m build`, `monowheel build`), and yank the release if it was published.
    pub(super) static RULE: "editable-wheel", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let is_built = wheel.name.as_ref().and_then(|name| name.build.as_deref()) == Some("0.editable");
    let tops = wheel.members.iter().filter_map(|member| site_path(&member.path)).filter(|path| !path.contains('/'));
    let files: Vec<&str> = tops
        .filter(|file| {
            ["__editable__", "_editable_impl_"].iter().any(|begin| file.starts_with(begin))
                || (is_built && file.ends_with(".pth"))
        })
        .collect();
    if files.is_empty() {
        return;
    }
    found.add(
        Finding::new(
            Severity::Error,
            Place::file(),
            format!(
                "is an editable wheel, which only leads to the sources on the machine that built it: {}",
                some_of(&files)
            ),
        )
        .details(files)
        .fix("build a regular wheel: `python -m build` or `monowheel build`"),
    );
}
