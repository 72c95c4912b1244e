//! The tool that built a wheel (`Generator` in WHEEL), so that a fix names its settings and not those of another tool.

use crate::facts::Facts;

/// A build backend whose settings are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    Maturin,
    Setuptools,
    Hatchling,
    Poetry,
    ScikitBuild,
    Meson,
    Flit,
    Uv,
}

impl Builder {
    /// The tool that built a wheel; `None` for an unknown tool, and for a file that is not a wheel. Tools that repair
    /// wheels (auditwheel, delocate, delvewheel) add their own line or none.
    pub(crate) fn of(facts: &Facts) -> Option<Self> {
        let file = facts.wheel.as_ref()?.wheel_file.as_ref()?;
        file.headers.all("Generator").find_map(Self::parse)
    }

    fn parse(generator: &str) -> Option<Self> {
        let word = generator.trim().split([' ', '(']).next().unwrap_or_default().to_ascii_lowercase();
        Some(match word.as_str() {
            "maturin" => Self::Maturin,
            "bdist_wheel" | "setuptools" => Self::Setuptools,
            "hatchling" => Self::Hatchling,
            "poetry-core" | "poetry" => Self::Poetry,
            "scikit-build-core" => Self::ScikitBuild,
            "meson" | "meson-python" => Self::Meson,
            "flit" | "flit_core" => Self::Flit,
            "uv" | "uv_build" => Self::Uv,
            _ => return None,
        })
    }

    /// The fix for a finding of a rule in terms of this tool; `None` if the rule's own text applies.
    pub(crate) fn fix(self, rule: &str) -> Option<&'static str> {
        match rule {
            "common-toplevel-name" | "leftover-file" => self.exclude(),
            "empty-wheel" => self.include(),
            "license-text-missing" | "license-file-missing" => self.license(),
            "links-libpython" => self.link(),
            "abi3-tag-on-version-specific-module" => self.stable_abi(),
            "debug-info" => self.strip(),
            "build-path" => self.paths(),
            _ => None,
        }
    }

    const fn exclude(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => "exclude it: `exclude = [{ path = \"…\", format = \"wheel\" }]` in [tool.maturin]",
            Self::Setuptools => {
                "exclude it: `exclude` in [tool.setuptools.packages.find], or [tool.setuptools.exclude-package-data]"
            }
            Self::Hatchling => "exclude it: `exclude = [\"…\"]` in [tool.hatch.build.targets.wheel]",
            Self::Poetry => "exclude it: `exclude = [{ path = \"…\", format = \"wheel\" }]` in [tool.poetry]",
            Self::ScikitBuild => "exclude it: `wheel.exclude = [\"…\"]` in [tool.scikit-build]",
            Self::Meson => "do not install it: remove it from `install_sources` in meson.build",
            Self::Uv => "exclude it: `wheel-exclude = [\"…\"]` in [tool.uv.build-backend]",
            Self::Flit => return None,
        })
    }

    const fn include(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => "name the package: `python-source` and `module-name` in [tool.maturin]",
            Self::Setuptools => "name the package: `packages` or `package-dir` in [tool.setuptools]",
            Self::Hatchling => "name the package: `packages = [\"src/…\"]` in [tool.hatch.build.targets.wheel]",
            Self::Poetry => "name the package: `packages = [{ include = \"…\" }]` in [tool.poetry]",
            Self::ScikitBuild => "name the package: `wheel.packages` in [tool.scikit-build]",
            Self::Meson => "install the package: `py.install_sources` in meson.build",
            Self::Uv => "name the package: `module-name` and `module-root` in [tool.uv.build-backend]",
            Self::Flit => "name the package: `name` in [tool.flit.module]",
        })
    }

    const fn license(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => {
                "set `license-files` in [project] (maturin 1.9 or later), with the file next to pyproject.toml"
            }
            Self::Setuptools => "set `license-files` in [project] (setuptools 77 or later), with the file in the sdist",
            Self::Hatchling => "set `license-files` in [project] (hatchling 1.27 or later), with the file in the sdist",
            Self::Poetry => "set `license-files` in [project] (poetry-core 2.2 or later), with the file in the sdist",
            Self::Flit => "set `license-files` in [project] (flit 3.12 or later), with the file in the sdist",
            Self::ScikitBuild | Self::Meson | Self::Uv => return None,
        })
    }

    const fn link(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => "enable PyO3's feature `extension-module`: `features` in [tool.maturin]",
            Self::ScikitBuild => "link `Python::Module` instead of `Python::Python` in CMakeLists.txt",
            Self::Meson => "use `py.extension_module` in meson.build, without `py.dependency(embed: true)`",
            Self::Setuptools => "remove `python3.X` from `libraries` of the Extension",
            _ => return None,
        })
    }

    const fn stable_abi(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => "enable a PyO3 feature such as `abi3-py310` in Cargo.toml",
            Self::Setuptools => {
                "set `py_limited_api=True` and `Py_LIMITED_API` on the Extension as well, not only for bdist_wheel"
            }
            Self::ScikitBuild => "use `Python_add_library(… USE_SABI 3.10)` together with `wheel.py-api`",
            Self::Meson => {
                "pass `limited_api` to `py.extension_module`, together with `limited-api` in [tool.meson-python]"
            }
            _ => return None,
        })
    }

    const fn strip(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => "set `strip = true` in [tool.maturin], or in [profile.release] of Cargo.toml",
            Self::Setuptools => {
                "link with `-Wl,-s` (`extra_link_args` of the Extension), or run `strip` before the wheel is built"
            }
            Self::ScikitBuild => "set `install.strip = true` in [tool.scikit-build]",
            Self::Meson => "set `install-args = [\"--strip\"]` in [tool.meson-python.args]",
            _ => return None,
        })
    }

    const fn paths(self) -> Option<&'static str> {
        Some(match self {
            Self::Maturin => "compile with `--remap-path-prefix` (RUSTFLAGS), as `monowheel build` does",
            Self::Setuptools | Self::ScikitBuild | Self::Meson => {
                "compile with `-ffile-prefix-map=$PWD=.` (CFLAGS, CXXFLAGS)"
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn generators() {
        for (text, builder) in [
            ("maturin (1.8.0)", Some(Builder::Maturin)),
            ("bdist_wheel (0.45.1)", Some(Builder::Setuptools)),
            ("setuptools (80.9.0)", Some(Builder::Setuptools)),
            ("hatchling 1.27.0", Some(Builder::Hatchling)),
            ("poetry-core 2.1.3", Some(Builder::Poetry)),
            ("meson", Some(Builder::Meson)),
            ("delvewheel 1.10.1", None),
            ("", None),
        ] {
            assert_eq!(Builder::parse(text), builder, "{text}");
        }
    }

    #[test]
    fn every_rule_with_words_of_a_tool_exists() {
        for rule in [
            "common-toplevel-name",
            "leftover-file",
            "empty-wheel",
            "license-text-missing",
            "license-file-missing",
            "links-libpython",
            "abi3-tag-on-version-specific-module",
            "debug-info",
            "build-path",
        ] {
            assert!(rules::find(rule).is_some(), "{rule}");
            assert!(Builder::Maturin.fix(rule).is_some(), "{rule}");
        }
        assert_eq!(Builder::Maturin.fix("zip-order"), None);
    }
}
