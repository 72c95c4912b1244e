//! Plans for a project on a machine, without the machine.

use std::path::{Path, PathBuf};

use monowheel_build::kept::Sources;
use monowheel_build::plan::{Plan, Selection, plan};
use monowheel_build::toolchain::Machine;
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_build::toolchain::std_cache::StdCache;
use monowheel_build::toolchain::tools::Tool;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_project::target::WindowsAbi;

/// A crate in a directory that is removed when this is dropped.
struct Crate(tempfile::TempDir);

impl Crate {
    fn new(dependencies: &str, project: &str) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let cargo = format!(
            "[package]\nname = \"demo\"\nversion = \"1.2.3\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n{dependencies}\n"
        );
        fs_err::write(dir.path().join("Cargo.toml"), cargo)?;
        fs_err::create_dir_all(dir.path().join("src"))?;
        fs_err::write(dir.path().join("src/lib.rs"), "")?;
        let pyproject = format!(
            "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"demo\"\ndynamic = [\"version\"]\n{project}\n"
        );
        fs_err::write(dir.path().join("pyproject.toml"), pyproject)?;
        Ok(Self(dir))
    }

    fn plan(&self, selection: &Selection, machine: &Machine) -> Result<Plan> {
        plan(&Project::read(self.0.path())?, selection, machine)
    }
}

const ABI3: &str = "[dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }";

fn machine() -> Machine {
    let tool = |version: &str| Some(Tool { path: PathBuf::from("/tool"), version: version.to_owned() });
    Machine {
        python: None,
        maturin: tool("1.16.0"),
        zig: tool("0.17.0"),
        toolchains: vec![Toolchain {
            name: "system".to_owned(),
            rustc: PathBuf::from("/usr/bin/rustc"),
            cargo: PathBuf::from("/usr/bin/cargo"),
            verbose_version: "rustc 1.96.0\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\n".to_owned(),
            sysroot: PathBuf::from("/usr"),
            installed: ["x86_64-unknown-linux-gnu".to_owned()].into(),
            has_source: true,
            by_rustup: false,
            is_default: false,
            std: std::collections::BTreeMap::new(),
        }],
        std_cache: StdCache::at(Path::new("/nowhere").to_path_buf()),
        native: Sources::at(PathBuf::from("/nowhere"), true),
        sdkroot: None,
        windows_sdk: None,
        cores: 2,
        others: Vec::new(),
    }
}

fn why(plan: &Plan) -> Vec<String> {
    let mut reasons: Vec<String> = plan
        .jobs
        .iter()
        .filter_map(|job| job.blocked.as_ref())
        .map(|blocked| format!("{} -> {}", blocked.why, blocked.next_step))
        .collect();
    reasons.dedup();
    reasons
}

#[test]
fn the_whole_default_set() -> Result<()> {
    let plan = Crate::new(ABI3, "requires-python = \">=3.8\"")?.plan(&Selection::default(), &machine())?;
    assert_eq!(plan.ready().count(), 14);
    insta::assert_json_snapshot!(plan, { ".monowheel" => "[version]" });
    Ok(())
}

#[test]
fn frame_pointers_are_kept_where_the_project_or_the_command_line_says_so() -> Result<()> {
    for (config, option, kept) in [("", false, false), ("frame-pointers = true", false, true), ("", true, true)] {
        let project = Crate::new(ABI3, &format!("[tool.monowheel]\n{config}"))?;
        let plan = project.plan(&Selection { frame_pointers: option, ..Selection::default() }, &machine())?;
        assert_eq!(plan.frame_pointers, kept, "{config:?} {option}");
    }
    Ok(())
}

#[test]
fn the_configuration_narrows_and_the_command_line_overrides() -> Result<()> {
    let config = "[tool.monowheel]\ntargets = [\"win32\", \"win32\"]\nabis = [\"abi3\"]";
    let project = Crate::new(ABI3, config)?;
    let ids = |selection: &Selection| -> Result<Vec<String>> {
        Ok(project.plan(selection, &machine())?.jobs.into_iter().map(|job| job.id).collect())
    };
    assert_eq!(ids(&Selection::default())?, ["win32-abi3"]);
    let selection = Selection {
        targets: Some(vec!["macosx_arm64".into()]),
        abis: Some(vec!["abi3t".parse()?]),
        ..Selection::default()
    };
    assert_eq!(ids(&selection)?, ["macosx_arm64-abi3t"]);
    Ok(())
}

#[test]
fn single_versions_and_ranges_are_jobs_of_their_own() -> Result<()> {
    let project = Crate::new("[dependencies]\npyo3 = \"0.27\"", "requires-python = \">=3.12\"")?;
    let tags = |abi: &str, target: &str| -> Result<Vec<String>> {
        let selection =
            Selection { targets: Some(vec![target.into()]), abis: Some(vec![abi.parse()?]), ..Selection::default() };
        Ok(project.plan(&selection, &machine())?.jobs.into_iter().map(|job| job.tag).collect())
    };
    assert_eq!(tags("cp312-cp313", "win_amd64")?, ["cp312-cp312-win_amd64", "cp313-cp313-win_amd64"]);
    assert_eq!(
        tags("auto", "musllinux_1_2_x86_64")?,
        ["cp312-cp312", "cp313-cp313", "cp314-cp314", "cp314-cp314t"].map(|abi| format!("{abi}-musllinux_1_2_x86_64"))
    );
    Ok(())
}

#[test]
fn abi3_from_outside_is_said_and_marked() -> Result<()> {
    let project = Crate::new("[dependencies]\npyo3 = \"0.27\"", "requires-python = \">=3.12\"")?;
    let refused = project.plan(&Selection::default(), &machine()).unwrap_err().to_string();
    assert!(refused.contains("--abi abi3 --floor 3.12") && refused.contains("--abi auto"), "{refused}");
    let selection =
        Selection { abis: Some(vec!["abi3".parse()?]), floor: Some((3, 12).into()), ..Selection::default() };
    let plan = project.plan(&selection, &machine())?;
    let plan = serde_json::to_value(&plan).unwrap();
    let job = &plan["jobs"][0];
    assert_eq!(job["added_features"], serde_json::json!(["pyo3/abi3-py312"]));
    assert!(job["notes"][0].as_str().is_some_and(|note| note.contains("enabled from outside")), "{job}");
    Ok(())
}

#[test]
fn an_older_pyo3_gets_its_import_library_on_windows_alone() -> Result<()> {
    let needs = |dependency: &str, abi: &str| -> Result<Vec<String>> {
        let selection = Selection { abis: Some(vec![abi.parse()?]), ..Selection::default() };
        let plan = Crate::new(dependency, "requires-python = \">=3.8\"")?.plan(&selection, &machine())?;
        let plan = serde_json::to_value(&plan).unwrap();
        let jobs = plan["jobs"].as_array().cloned().unwrap_or_default();
        let needing = jobs.iter().filter(|job| job["import_library"] == true);
        Ok(needing.filter_map(|job| job["id"].as_str().map(str::to_owned)).collect())
    };
    let older = "[dependencies]\npyo3 = { version = \"0.28\", features = [\"abi3-py38\"] }";
    assert_eq!(needs(older, "abi3")?, ["win_amd64-abi3", "win_arm64-abi3"]);
    let making = older.replace("\"abi3-py38\"", "\"abi3-py38\", \"generate-import-lib\"");
    assert_eq!(needs(&making, "abi3")?, [""; 0]);
    assert_eq!(needs(&making, "cp314t")?, ["win_amd64-cp314t", "win_arm64-cp314t"], "its release may not know 3.14t");
    assert_eq!(needs(ABI3, "abi3")?, [""; 0]);
    Ok(())
}

#[test]
fn every_missing_tool_has_its_command() -> Result<()> {
    let project = Crate::new(ABI3, "")?;
    let reasons = |change: fn(&mut Machine)| -> Result<Vec<String>> {
        let mut machine = machine();
        change(&mut machine);
        Ok(why(&project.plan(&Selection::default(), &machine)?))
    };
    insta::assert_json_snapshot!([
        reasons(|machine| machine.maturin = None)?,
        reasons(|machine| machine.maturin.iter_mut().for_each(|tool| tool.version = "1.9.0".into()))?,
        reasons(|machine| machine.zig = None)?,
        reasons(|machine| machine.toolchains.clear())?,
        reasons(|machine| machine.toolchains[0].has_source = false)?,
    ]);
    Ok(())
}

#[test]
fn msvc_needs_the_sdk_and_not_zig() -> Result<()> {
    let project = Crate::new(ABI3, "")?;
    let selection = Selection {
        targets: Some(vec!["win_amd64".into()]),
        windows: Some(WindowsAbi::Msvc),
        abis: Some(vec!["abi3".parse()?]),
        ..Selection::default()
    };
    let mut machine = machine();
    machine.zig = None;
    assert!(why(&project.plan(&selection, &machine)?)[0].contains("cargo xwin"));
    machine.windows_sdk = Some(PathBuf::from("/sdk"));
    assert_eq!(why(&project.plan(&selection, &machine)?), Vec::<String>::new());
    Ok(())
}

#[test]
fn what_rustup_can_add_is_no_hindrance() -> Result<()> {
    let mut machine = machine();
    machine.toolchains[0].has_source = false;
    machine.toolchains[0].by_rustup = true;
    assert_eq!(Crate::new(ABI3, "")?.plan(&Selection::default(), &machine)?.ready().count(), 14);
    Ok(())
}

#[test]
fn an_untested_zig_is_noted() -> Result<()> {
    let mut machine = machine();
    machine.zig.iter_mut().for_each(|tool| tool.version = "0.19.0".into());
    let plan = Crate::new(ABI3, "")?.plan(&Selection::default(), &machine)?;
    assert!(plan.jobs.iter().all(|job| job.notes.iter().any(|note| note.contains("untested"))));
    Ok(())
}

#[test]
fn a_promise_below_the_floor_is_refused() -> Result<()> {
    let refused = |requires: &str| -> Result<Option<Error>> {
        let project = Crate::new(
            "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py310\"] }",
            &format!("requires-python = \"{requires}\""),
        )?;
        Ok(project.plan(&Selection::default(), &machine()).err())
    };
    let error = refused(">=3.8")?.map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("admits Python 3.8") && error.contains(">=3.10"), "{error}");
    assert!(refused(">=3.10")?.is_none());
    assert!(refused(">=3.10.4,<4")?.is_none());
    assert_eq!(refused("three")?.map(|error| error.kind()), Some(ErrorKind::Project));
    Ok(())
}

#[test]
fn a_workspace_member_reads_its_workspace() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let member = dir.path().join("crates/py");
    fs_err::create_dir_all(member.join("src"))?;
    fs_err::write(member.join("src/lib.rs"), "")?;
    fs_err::write(
        dir.path().join("Cargo.toml"),
        "[workspace]\nmembers = [\"crates/*\"]\n[workspace.package]\nversion = \"4.5.6\"\n[workspace.dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }",
    )?;
    fs_err::write(dir.path().join("Cargo.lock"), "version = 4\n[[package]]\nname = \"pyo3\"\nversion = \"0.29.2\"\n")?;
    fs_err::write(
        member.join("Cargo.toml"),
        "[package]\nname = \"py\"\nversion.workspace = true\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\npyo3.workspace = true",
    )?;
    fs_err::write(
        member.join("pyproject.toml"),
        "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"py\"\ndynamic = [\"version\"]",
    )?;
    let project = Project::read(&member)?;
    assert_eq!((project.version.as_str(), project.bindings.version_text.as_str()), ("4.5.6", "0.29.2"));
    assert_eq!(project.routes(None, None)?[0].python_abi_tag(), "cp39-abi3");
    let error = Project::read(dir.path()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("no pyproject.toml"), "{error}");
    Ok(())
}

/// The lock file of a crate that depends on PyO3 and on `direct`, with these packages.
fn lock(direct: &[&str], packages: &[(&str, &str, &[&str])]) -> String {
    let row = |name: &str, version: &str, dependencies: &[&str]| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = {dependencies:?}\n")
    };
    let mut all: Vec<&str> = direct.to_vec();
    all.push("pyo3");
    let others: String = packages.iter().map(|(name, version, of)| row(name, version, of)).collect();
    format!("version = 4\n{}{}{others}", row("demo", "1.2.3", &all), row("pyo3", "0.29.3", &[]))
}

impl Crate {
    /// A crate with dependencies besides PyO3, and its lock file.
    fn locked(direct: &[&str], packages: &[(&str, &str, &[&str])], project: &str) -> Result<Self> {
        let more: String = direct.iter().map(|name| format!("\n{name} = \"*\"")).collect();
        let made = Self::new(&format!("{ABI3}{more}"), project)?;
        fs_err::write(made.0.path().join("Cargo.lock"), lock(direct, packages))?;
        Ok(made)
    }
}

fn of_targets(names: &[&str]) -> Selection {
    Selection { targets: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..Selection::default() }
}

#[test]
fn a_library_whose_license_forbids_static_linking_is_a_problem_until_it_is_accepted() -> Result<()> {
    let gmp: &[(&str, &str, &[&str])] = &[("gmp-mpfr-sys", "1.7.1", &[])];
    let refused = Crate::locked(&["gmp-mpfr-sys"], gmp, "")?.plan(&of_targets(&["win_amd64"]), &machine())?;
    assert!(
        refused.problems[0].why.contains("its license (LGPL-3.0-or-later) does not allow that"),
        "{:?}",
        refused.problems
    );
    assert_eq!(refused.ready().count(), 0);
    let accepted = "[tool.monowheel.native]\naccept = [{ crate = \"gmp-mpfr-sys\", reason = \"we ship objects\" }]";
    let built = Crate::locked(&["gmp-mpfr-sys"], gmp, accepted)?.plan(&of_targets(&["win_amd64"]), &machine())?;
    assert!(built.problems.is_empty() && built.ready().count() > 0);
    assert!(built.notes.iter().any(|note| note.contains("we ship objects")), "{:?}", built.notes);
    Ok(())
}

#[test]
fn a_crate_of_microsofts_compiler_blocks_the_windows_of_zig_alone() -> Result<()> {
    let made = Crate::locked(&["v8"], &[("v8", "152.2.0", &[])], "")?;
    let plan = made.plan(&of_targets(&["win_amd64", "manylinux_2_17_x86_64"]), &machine())?;
    for job in &plan.jobs {
        let why = job.blocked.as_ref().map(|blocked| blocked.why.as_str()).unwrap_or_default();
        assert_eq!(
            why.contains("v8 cannot be built for Windows without Microsoft's compiler"),
            job.id.starts_with("win"),
            "{why}"
        );
    }
    Ok(())
}

/// The program was missing, although the index has it.
#[test]
fn a_program_that_the_project_s_own_build_script_runs_is_planned() -> Result<()> {
    let made = Crate::locked(&["cmake"], &[("cmake", "0.1.58", &["cc"]), ("cc", "1.2.0", &[])], "")?;
    let plan = made.plan(&of_targets(&["win_amd64"]), &machine())?;
    let programs: Vec<(&str, &[String])> =
        plan.native.programs.iter().map(|needed| (needed.name.as_str(), needed.users.as_slice())).collect();
    assert_eq!(programs, [("cmake", &["demo".to_owned()][..]), ("ninja", &["demo".to_owned()][..])]);
    Ok(())
}

#[test]
fn without_a_lock_file_a_note_says_that_programs_are_unknown() -> Result<()> {
    let notes = |dependencies: &str| -> Result<String> {
        Ok(Crate::new(dependencies, "")?.plan(&of_targets(&["win_amd64"]), &machine())?.notes.join("\n"))
    };
    assert_eq!(notes(ABI3)?, "");
    assert!(notes(&format!("{ABI3}\nserde = \"1\""))?.contains("cargo generate-lockfile"));
    assert!(notes(&format!("{ABI3}\n[build-dependencies]\ncmake = \"0.1\""))?.contains("cargo generate-lockfile"));
    Ok(())
}

#[test]
fn a_platform_for_which_the_crate_has_no_pyo3_is_blocked() -> Result<()> {
    let pyo3 = "[target.'cfg(unix)'.dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }";
    let plan = Crate::new(pyo3, "")?.plan(&Selection::default(), &machine())?;
    for job in &plan.jobs {
        let why = job.blocked.as_ref().map(|blocked| blocked.why.as_str()).unwrap_or_default();
        let is_said = why.contains("depends on pyo3 for other platforms only: [target.'cfg(unix)'.dependencies]");
        assert_eq!(is_said, job.id.starts_with("win"), "{}: {why}", job.id);
    }
    Ok(())
}

#[test]
fn a_misspelled_feature_of_pyo3_is_the_error_and_not_missing_abi3() -> Result<()> {
    let project = Crate::new("[dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3_py39\"] }", "")?;
    let said = project.plan(&Selection::default(), &machine()).unwrap_err().to_string();
    assert!(said.contains("names pyo3/abi3_py39") && said.contains("did you mean abi3-py39"), "{said}");
    Ok(())
}

#[test]
fn a_renamed_pyo3_is_named_by_its_package() -> Result<()> {
    let renamed = "[dependencies]\npy = { package = \"pyo3\", version = \"0.29\" }";
    let made = Crate::new(renamed, "")?;
    let refused = made.plan(&Selection::default(), &machine()).unwrap_err().to_string();
    assert!(refused.contains("cargo add pyo3 --rename py --features abi3-py38"), "{refused}");
    let selection = Selection { abis: Some(vec!["auto".parse()?]), ..of_targets(&["win_amd64"]) };
    assert_eq!(made.plan(&selection, &machine())?.project.bindings, "pyo3 ^0.29, named py");
    let git =
        Crate::new("[dependencies]\npyo3 = { git = \"https://example.org/pyo3\", features = [\"abi3-py38\"] }", "")?;
    let plan = git.plan(&of_targets(&["win_amd64"]), &machine())?;
    assert_eq!(plan.project.bindings, "pyo3 without Cargo.lock: version unknown");
    Ok(())
}

#[test]
fn an_openssl_that_no_crate_vendors_is_built_and_one_for_another_platform_is_blocked() -> Result<()> {
    let of = |openssl: &[&str], target: &str| {
        let packages: &[(&str, &str, &[&str])] =
            &[("openssl-sys", "0.9.118", openssl), ("openssl-src", "300.6.1+3.6.3", &[])];
        Crate::locked(&["openssl-sys"], packages, "")?.plan(&of_targets(&[target]), &machine())
    };
    let plan = of(&[], "win_arm64")?;
    let openssl = plan.native.openssl.as_ref().map(|openssl| (openssl.version.as_str(), openssl.vendored));
    assert_eq!(openssl, Some(("4.0.3", false)));
    let plan = of(&["openssl-src"], "win_arm64")?;
    assert_eq!(plan.native.openssl.map(|openssl| openssl.vendored), Some(true));
    let blocked = of(&[], "manylinux_2_17_s390x")?.jobs[0].blocked.clone();
    let why = blocked.map(|blocked| blocked.why).unwrap_or_default();
    assert!(why.contains("which monowheel does not build for s390x-unknown-linux-gnu"), "{why}");
    Ok(())
}

#[test]
fn variables_that_keep_the_building_machines_libraries_out_are_planned() -> Result<()> {
    let project = "[tool.monowheel.native.libraries.demo-sys]\nname = \"demo\"\nlicense = \"MIT\"\nvariables = { DEMO_STATIC = \"yes\" }";
    let packages: &[(&str, &str, &[&str])] = &[("libz-sys", "1.1.33", &[]), ("demo-sys", "1.0.0", &[])];
    let plan =
        Crate::locked(&["libz-sys", "demo-sys"], packages, project)?.plan(&of_targets(&["win_amd64"]), &machine())?;
    let variables: Vec<(&str, &str)> =
        plan.native.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(variables, [("DEMO_STATIC", "yes"), ("LIBZ_SYS_STATIC", "1")]);
    Ok(())
}

/// For Pyodide, on a machine with a Python.
fn for_pyodide(target: &str, abi: Option<&str>) -> Result<Selection> {
    let abis = abi.map(str::parse).transpose()?.map(|abi| vec![abi]);
    Ok(Selection { targets: Some(vec![target.into()]), abis, ..Selection::default() })
}

fn with_python() -> Machine {
    Machine { python: Some(PathBuf::from("/usr/bin/python3")), ..machine() }
}

#[test]
fn the_experimental_free_threaded_build_is_blocked_and_nothing_else() -> Result<()> {
    let project = Crate::new("[dependencies]\npyo3 = \"0.24\"", "requires-python = \">=3.9\"")?;
    let abis = ["cp313", "cp313t"].map(|abi| abi.parse().ok()).into_iter().collect();
    let selection = Selection { abis, targets: Some(vec!["manylinux_2_17_x86_64".to_owned()]), ..Selection::default() };
    let plan = project.plan(&selection, &machine())?;
    let blocked: Vec<_> =
        plan.jobs.iter().map(|job| job.blocked.as_ref().map(|blocked| blocked.why.as_str())).collect();
    assert_eq!(blocked.len(), 2);
    assert_eq!(blocked[0], None);
    assert!(blocked[1].is_some_and(|why| why.contains("experimental, since 1.14")), "{blocked:?}");
    Ok(())
}

#[test]
fn a_pyodide_gets_what_its_one_python_takes() -> Result<()> {
    let both = "[dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }\n[features]\nabi3t = [\"pyo3/abi3t-py315\"]";
    let project = Crate::new(both, "requires-python = \">=3.8\"")?;
    for (target, interpreter) in [("pyemscripten_2026_0_wasm32", "3.14"), ("pyemscripten_2025_0_wasm32", "3.13")] {
        let plan = project.plan(&for_pyodide(target, None)?, &with_python())?;
        let plan = serde_json::to_value(&plan).unwrap();
        let jobs = plan["jobs"].as_array().unwrap();
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        assert_eq!(jobs[0]["tag"], format!("cp38-abi3-{target}"));
        assert_eq!(jobs[0]["interpreter"], interpreter);
        assert_eq!(jobs[0]["linker"], "zig 0.17.0");
        assert_eq!(jobs[0]["blocked"], serde_json::Value::Null);
        assert_eq!(jobs[0]["std"][0]["triple"], "wasm32-unknown-emscripten");
    }
    Ok(())
}

#[test]
fn an_abi_that_a_pyodide_or_its_compiler_does_not_serve_is_refused_before_anything_is_built() -> Result<()> {
    let target = "pyemscripten_2026_0_wasm32";
    let without_abi3 = Crate::new("[dependencies]\npyo3 = \"0.29.3\"", "requires-python = \">=3.8\"")?;
    let wrong = without_abi3.plan(&for_pyodide(target, Some("cp313"))?, &with_python())?;
    assert!(why(&wrong)[0].starts_with("Pyodide 2026_0 is CPython 3.14 with the GIL"), "{:?}", why(&wrong));
    let right = without_abi3.plan(&for_pyodide(target, Some("cp314"))?, &with_python())?;
    assert_eq!((why(&right), right.jobs[0].tag.as_str()), (vec![], "cp314-cp314-pyemscripten_2026_0_wasm32"));
    let too_new = Crate::new(&ABI3.replace("py38", "py315"), "")?.plan(&for_pyodide(target, None)?, &with_python())?;
    assert!(why(&too_new)[0].contains("a floor of at most 3.14"), "{:?}", why(&too_new));
    let project = Crate::new(ABI3, "")?;
    let mut old = with_python();
    old.toolchains[0].verbose_version = old.toolchains[0].verbose_version.replace("1.96.0", "1.92.0");
    let refused = project.plan(&for_pyodide(target, None)?, &old)?;
    assert!(
        why(&refused)[0].contains("JavaScript exceptions") && why(&refused)[0].contains("1.93"),
        "{:?}",
        why(&refused)
    );
    let refused = project.plan(&for_pyodide(target, None)?, &machine())?;
    assert!(why(&refused)[0].contains("no Python found"), "{:?}", why(&refused));
    Ok(())
}

#[test]
fn the_default_set_has_no_pyodide() -> Result<()> {
    let plan = Crate::new(ABI3, "")?.plan(&Selection::default(), &with_python())?;
    assert!(plan.jobs.iter().all(|job| !job.tag.contains("pyemscripten")));
    Ok(())
}

#[test]
fn c_for_a_pyodide_is_seen_in_the_lock_file() -> Result<()> {
    let packages: &[(&str, &str, &[&str])] = &[("zstd-sys", "2.1.3", &["cc"]), ("cc", "1.2.0", &[])];
    let project = Crate::locked(&["zstd-sys"], packages, "")?;
    let plan = project.plan(&for_pyodide("pyemscripten_2026_0_wasm32", None)?, &with_python())?;
    let is_it = |note: &String| note.starts_with("zstd-sys may compile C") && note.contains("MONOWHEEL_EMSCRIPTEN");
    assert!(plan.notes.iter().any(is_it), "{:?}", plan.notes);
    assert!(!project.plan(&of_targets(&["win_amd64"]), &with_python())?.notes.iter().any(is_it));
    let haiku: &[(&str, &str, &[&str])] = &[("iana-time-zone-haiku", "0.1.2", &["cc"]), ("cc", "1.2.0", &[])];
    let project = Crate::locked(&["iana-time-zone-haiku"], haiku, "")?;
    let plan = project.plan(&for_pyodide("pyemscripten_2026_0_wasm32", None)?, &with_python())?;
    assert!(!plan.notes.iter().any(|note| note.contains("may compile C")), "{:?}", plan.notes);
    Ok(())
}
