use monowheel_audit::finding::Severity;
use monowheel_wheel::abi::Family;

use super::*;

fn parse(text: &str) -> Result<Configuration> {
    Configuration::parse(Path::new(FILE), text)
}

fn fails(text: &str) -> String {
    parse(text).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn every_table_of_any_build_backend() -> Result<()> {
    let found = parse(
        "[build-system]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"My.Demo\"\n[tool.maturin]\nfeatures = 1\n\
             [tool.monowheel]\ntargets = [\"win32\"]\nabis = [\"abi3\"]\nwindows = \"msvc\"\n\
             [tool.monowheel.audit]\nfail-on = \"warning\"\n[tool.monowheel.lint]\nfail-on = \"note\"\n\
             [tool.monowheel.test]\ncommand = \"pytest\"\n[tool.monowheel.release]\ntag = \"v{version}\"\n\
             [tool.monowheel.ci]\nbranch = \"main\"\n",
    )?;
    assert_eq!(found.name.as_deref(), Some("my_demo"));
    assert_eq!(found.root, std::path::absolute(".")?);
    assert_eq!(found.config.targets.as_deref(), Some(&["win32".to_owned()][..]));
    assert_eq!(found.config.abis.as_deref(), Some(&[AbiChoice::One(crate::abi::Abi::Stable(Family::Abi3))][..]));
    assert_eq!(found.config.windows, Some(WindowsAbi::Msvc));
    assert_eq!(found.config.audit.fail_on, Some(Severity::Warning));
    assert_eq!(found.config.lint.fail_on, Some(Severity::Note));
    assert_eq!(parse("[project]\n")?.config, Config::default());
    assert_eq!(parse("")?.name, None);
    Ok(())
}

#[test]
fn a_table_of_c_libraries_sets_no_variable_that_decides_what_runs() -> Result<()> {
    let library = |variable: &str| {
        format!(
            "[project]\n[tool.monowheel.native.libraries.demo-sys]\nname = \"demo\"\nlicense = \"MIT\"\n\
                 variables = {{ {variable} = \"1\" }}\n"
        )
    };
    let native = parse(&library("DEMO_STATIC"))?.config.native;
    assert_eq!(native.libraries["demo-sys"].variables["DEMO_STATIC"], "1");
    for variable in ["PATH", "LD_PRELOAD", "RUSTC_WRAPPER", "CARGO_HOME", "PYO3_PYTHON", "lower", "ZIG_LIB_DIR", "A-B"]
    {
        assert!(fails(&library(variable)).contains("cannot set the variable"), "{variable}");
    }
    assert!(fails("[project]\n[tool.monowheel.native]\nwithout = [\"cmaek\"]").contains("cmaek"));
    let accepted = "[project]\n[tool.monowheel.native]\naccept = [{ crate = \"x-sys\", reason = \" \" }]";
    assert!(fails(accepted).contains("without a reason"));
    Ok(())
}

#[test]
fn a_wrong_key_is_refused_with_its_line_and_the_nearest_one() {
    let table = fails("[project]\nname = \"x\"\n[tool.monowheel.adit]\nignore = []");
    assert!(table.contains("unknown field `adit`, expected one of `targets`"), "{table}");
    assert!(table.contains("at: pyproject.toml:3") && table.contains("did you mean `audit`?"), "{table}");
    let key = fails("[tool.monowheel.test]\ncomand = 1");
    assert!(key.contains("unknown field `comand`") && key.contains("did you mean `command`?"), "{key}");
    let far = fails("[tool.monowheel]\nzzz = 1");
    assert!(far.contains("unknown field `zzz`") && far.contains("fix that line"), "{far}");
    assert!(fails("[tool.monowheel.audit]\nfail-on = \"eror\"").contains("did you mean `error`?"));
    assert!(fails("[tool.monowheel.audit]\nignore = [{ rule = \"x\" }]").contains("missing field `reason`"));
    assert!(fails("[tool.monowheel]\ntargets = 1").contains("pyproject.toml:2"));
}

#[test]
fn the_budget_of_a_wheel_is_bytes_or_has_a_unit() -> Result<()> {
    let budget = |value: &str| parse(&format!("[project]\n[tool.monowheel.size]\nmax-wheel = {value}\n"));
    assert_eq!(budget("\"5 MB\"")?.config.size.max_wheel, Some(size::ByteSize(5_000_000)));
    assert_eq!(budget("5000")?.config.size.max_wheel, Some(size::ByteSize(5000)));
    for wrong in ["0", "-1", "\"many\"", "1.5", "true"] {
        let error = budget(wrong).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("pyproject.toml:3") && error.contains("5 MB"), "{wrong}: {error}");
    }
    Ok(())
}

#[test]
fn the_parity_of_an_api() -> Result<()> {
    let table = |keys: &str| format!("[project]\n[tool.monowheel.parity]\n{keys}\n");
    let found = parse(&table("of = \"core\"\nfail-under = 90\nnames = { \"A::b\" = \"A.c\" }"))?.config.parity;
    assert_eq!((found.of.as_deref(), found.fail_under, found.names.len()), (Some("core"), Some(90), 1));
    assert!(fails(&table("fail-under = 101")).contains("percentage"));
    assert!(fails(&table("exclude = [{ name = \"A\", reason = \"\" }]")).contains("without a name or a reason"));
    assert!(fails(&table("exclude = [{ name = \"A\" }]")).contains("missing field `reason`"));
    Ok(())
}

#[test]
fn the_gates_of_the_api() -> Result<()> {
    let table = |keys: &str| format!("[project]\n[tool.monowheel.api]\n{keys}\n");
    let allow = |lint: &str, reason: &str| {
        table(&format!("allow = [{{ lint = \"{lint}\", name = \"demo.f\", reason = \"{reason}\" }}]"))
    };
    let found = parse(&table("baseline = \"index\"\nstubs = \"check\""))?.config.api;
    assert_eq!((found.baseline.as_deref(), found.stubs), (Some(api::INDEX), Some(api::Stubs::Check)));
    assert_eq!(parse(&allow("name-removed", "moved"))?.config.api.allow[0].name, "demo.f");
    assert!(fails(&allow("name-remved", "moved")).contains("unknown lint"));
    assert!(fails(&allow("name-removed", "")).contains("without a reason"));
    assert!(fails(&table("baseline = \"\"")).contains("is empty"));
    assert!(fails(&table("stubs = \"chek\"")).contains("did you mean `check`?"));
    assert!(fails(&table("allow = [{ lint = \"name-removed\", reason = \"x\" }]")).contains("missing field `name`"));
    Ok(())
}

#[test]
fn a_wrong_value_is_refused() {
    let rule = fails("[tool.monowheel.audit]\nignore = [{ rule = \"no-such-rule\", reason = \"r\" }]");
    assert!(rule.contains("unknown rule \"no-such-rule\""), "{rule}");
    assert!(fails("[tool.monowheel.lint]\nignore = [{ rule = \"old-name\", reason = \" \" }]").contains("reason"));
    assert!(fails("[tool.monowheel]\ntargets = [\"amiga\"]").contains("amiga"));
    assert!(fails("[tool.monowheel]\ntargets = []").contains("no target is named"));
}

#[test]
fn one_rule_says_which_file_counts() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (with, without) = (dir.path().join("with"), dir.path().join("with/without"));
    fs_err::create_dir_all(&without)?;
    fs_err::write(with.join(FILE), "[project]\nname = \"with\"\n")?;
    fs_err::write(dir.path().join("other.toml"), "[project]\nname = \"other\"\n")?;
    fs_err::write(dir.path().join("Cargo.toml"), "[package]\nname = \"cargo\"\n")?;
    let name = |found: Result<Option<Configuration>>| found.map(|found| found.and_then(|found| found.name));
    let other = dir.path().join("other.toml");
    assert_eq!(name(Configuration::find(Some(&other), Some(&with)))?.as_deref(), Some("other"));
    assert_eq!(name(Configuration::find(None, Some(&with)))?.as_deref(), Some("with"));
    // The directory above is not searched; this crate's directory, which is the current one, has no such file.
    assert_eq!(name(Configuration::find(None, Some(&without)))?, None);
    assert_eq!(name(Configuration::find(None, None))?, None);
    for (file, what) in [("gone.toml", "no such configuration"), ("Cargo.toml", "neither [project]")] {
        let error = Configuration::find(Some(&dir.path().join(file)), None).err();
        assert_eq!(error.as_ref().map(Error::kind), Some(ErrorKind::Usage), "{file}");
        assert!(error.is_some_and(|error| error.what().contains(what)), "{file}");
    }
    Ok(())
}
