//! The extension modules that setuptools-rust builds: `[[tool.setuptools-rust.ext-modules]]`, or else the calls
//! `RustExtension(…)` of a setup.py, which is not run.

use toml::{Table, Value};

/// The settings that mean the same in `[tool.maturin]`, or nothing.
const KNOWN: [&str; 6] = ["target", "path", "binding", "features", "py-limited-api", "strip"];

/// An extension module of setuptools-rust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RustExtension {
    /// Its full name, `package.module`; none if a setup.py computes it.
    pub target: Option<String>,
    /// The path of its Cargo.toml, if it is not the one of the project's directory.
    pub manifest: Option<String>,
    /// The bindings, if they are stated: `PyO3`, `RustCPython`, `NoBinding` or `Exec`.
    pub binding: Option<String>,
    /// Cargo features.
    pub features: Vec<String>,
    /// The names of its other settings, or `setup.py`, whose settings are not read.
    pub others: Vec<String>,
}

impl RustExtension {
    /// The extension modules of a project, by the contents of its pyproject.toml and setup.py.
    #[must_use]
    pub fn all(pyproject: &Table, setup: Option<&str>) -> Vec<Self> {
        let tool = pyproject.get("tool").and_then(|tool| tool.get("setuptools-rust"));
        match tool.and_then(|table| table.get("ext-modules")).and_then(Value::as_array) {
            Some(tables) => tables.iter().filter_map(Value::as_table).map(Self::of_table).collect(),
            None => setup.unwrap_or_default().split("RustExtension(").skip(1).map(Self::of_call).collect(),
        }
    }

    fn of_table(table: &Table) -> Self {
        let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
        let features = table.get("features").and_then(Value::as_array).into_iter().flatten();
        Self {
            target: text("target").map(|target| dotted(&target)),
            manifest: text("path").and_then(|path| manifest(&path)),
            binding: text("binding"),
            features: features.filter_map(Value::as_str).map(str::to_owned).collect(),
            others: table.keys().filter(|key| !KNOWN.contains(&key.as_str())).cloned().collect(),
        }
    }

    /// The arguments of `RustExtension("package.module", "rust/Cargo.toml")`, by place or by name.
    fn of_call(arguments: &str) -> Self {
        let first = arguments.trim_start();
        let first = first.strip_prefix("target").map_or(first, |rest| rest.trim_start_matches([' ', '=']));
        let target = literal(first).map(dotted).filter(|name| is_dotted_name(name));
        let second = arguments.split_once(',').and_then(|(_, rest)| literal(rest));
        let named = arguments.split_once("path=").and_then(|(_, rest)| literal(rest));
        let path = named.or(second).filter(|_| target.is_some());
        Self { target, manifest: path.and_then(manifest), others: vec!["setup.py".to_owned()], ..Self::default() }
    }
}

/// The name of a module; setuptools-rust also takes a path.
fn dotted(target: &str) -> String {
    target.replace('/', ".")
}

fn manifest(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    (path.ends_with("Cargo.toml") && path != "Cargo.toml").then_some(path)
}

fn literal(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    text[1..].split(quote).next()
}

fn is_dotted_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pyproject: &str, setup: &str) -> Vec<RustExtension> {
        RustExtension::all(&toml::from_str(pyproject).unwrap(), Some(setup))
    }

    #[test]
    fn the_tables_of_a_pyproject() {
        let array = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"a._b\"\npath = \"rust\\\\Cargo.toml\"\nfeatures = [\"fast\"]\nargs = [\"-q\"]\n";
        let expected = RustExtension {
            target: Some("a._b".to_owned()),
            manifest: Some("rust/Cargo.toml".to_owned()),
            binding: None,
            features: vec!["fast".to_owned()],
            others: vec!["args".to_owned()],
        };
        assert_eq!(read(array, "RustExtension('other')"), [expected]);
        let inline = "[tool.setuptools-rust]\next-modules = [{ target = \"a._b\", path = \"Cargo.toml\", binding = \"PyO3\" }]\n";
        let found = read(inline, "");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].manifest.as_deref(), found[0].binding.as_deref()), (None, Some("PyO3")));
        assert_eq!(read(&format!("{array}{array}"), "").len(), 2);
        assert_eq!(read("", ""), []);
    }

    #[test]
    fn the_calls_of_a_setup_py() {
        for (call, target, manifest) in [
            ("\"a._b\")", "a._b", ""),
            ("'a._b', 'rust/Cargo.toml')", "a._b", "rust/Cargo.toml"),
            ("\n  'a._b', binding=X, path=\"c/Cargo.toml\")", "a._b", "c/Cargo.toml"),
            ("target = 'a._b', path=find())", "a._b", ""),
            ("'a/_b')", "a._b", ""),
            ("NAME, path='c/Cargo.toml')", "", ""),
            ("", "", ""),
        ] {
            let found = read("", &format!("setup(rust_extensions=[RustExtension({call}])\n"));
            let shown: Vec<_> = found
                .iter()
                .map(|each| (each.target.as_deref().unwrap_or(""), each.manifest.as_deref().unwrap_or("")))
                .collect();
            assert_eq!(shown, [(target, manifest)], "{call}");
        }
        assert_eq!(read("", "RustExtension('a') RustExtension('b')").len(), 2);
    }
}
