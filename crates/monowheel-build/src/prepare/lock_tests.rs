//! The lock of a project on machines that have other tools, without the machines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::AbiChoice;
use monowheel_project::project::Project;
use monowheel_system::exec::CancelToken;

use super::planned;
use crate::kept::Sources;
use crate::lockfile::{FILE, LockFile, Mode, Pending, Settled, Standing, Tool};
use crate::plan::{Plan, Selection};
use crate::toolchain::Machine;
use crate::toolchain::choice::{Std, StdFrom};
use crate::toolchain::rust::Toolchain;
use crate::toolchain::rustup::Rustup;
use crate::toolchain::std_cache::StdCache;
use crate::toolchain::tools;

const HOST: &str = "x86_64-unknown-linux-gnu";
const WINDOWS: &str = "x86_64-pc-windows-gnullvm";

/// A project for Linux and Windows.
struct Demo(tempfile::TempDir);

impl Demo {
    fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        fs_err::create_dir_all(dir.path().join("src"))?;
        fs_err::write(dir.path().join("src/lib.rs"), "")?;
        let demo = Self(dir);
        demo.write(
            "Cargo.toml",
            "[package]\nname = \"demo\"\nversion = \"1.2.3\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }\n",
        )?;
        demo.write(
            "pyproject.toml",
            "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"demo\"\n\
             [tool.monowheel]\ntargets = [\"manylinux_2_17_x86_64\", \"win_amd64\"]\nabis = [\"abi3\"]\n",
        )?;
        Ok(demo)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        Ok(fs_err::write(self.0.path().join(name), text)?)
    }

    fn lock(&self) -> Result<String> {
        Ok(fs_err::read_to_string(self.0.path().join(FILE))?)
    }

    fn settle(&self, ask: &Ask<'_>, machine: &Machine) -> Result<(Plan, Settled)> {
        let selection = Selection {
            targets: ask.target.map(|target| vec![target.to_owned()]),
            abis: Some(vec!["abi3".parse::<AbiChoice>()?]),
            toolchain: ask.toolchain.map(str::to_owned),
            lock: ask.mode.clone(),
            ..Selection::default()
        };
        planned(&Project::read(self.0.path())?, &selection, machine, ask.is_foreign)
    }

    /// As in a build.
    fn build(&self, ask: &Ask<'_>, machine: &Machine) -> Result<Plan> {
        let (plan, settled) = self.settle(ask, machine)?;
        if let Some(pending) = settled.pending {
            pending.write(&CancelToken::default())?;
        }
        Ok(plan)
    }

    fn fails(&self, ask: &Ask<'_>, machine: &Machine) -> (ErrorKind, String) {
        let error = self.settle(ask, machine).map(|(plan, _)| plan.tools.rustc).unwrap_err();
        (error.kind(), error.to_string())
    }
}

#[derive(Clone, Default)]
struct Ask<'a> {
    target: Option<&'a str>,
    toolchain: Option<&'a str>,
    mode: Mode,
    is_foreign: bool,
}

fn upgrade(tools: &[Tool]) -> Ask<'static> {
    Ask { mode: Mode::Upgrade(tools.iter().copied().collect()), ..Ask::default() }
}

/// A stand-in for rustup's (with a channel's name) or the system's compiler; its commit is derived from its version.
fn rust(name: &str, version: &str, installed: &[&str], has_source: bool) -> Toolchain {
    let by_rustup = name != "system";
    let commit = format!("{:0>40}", version.replace(|c: char| !c.is_ascii_digit(), ""));
    let built = if by_rustup { "" } else { " (built from a source tarball)" };
    let name = if by_rustup { format!("{name}-{HOST}") } else { name.to_owned() };
    let verbose_version =
        format!("rustc {version} (abc 2026-05-25){built}\nhost: {HOST}\nrelease: {version}\ncommit-hash: {commit}\n");
    let plain = crate::toolchain::rust::tests::toolchain(&name, version, installed, has_source, by_rustup);
    Toolchain { verbose_version, ..plain }
}

/// rustup's 1.95 without sources, and the system's 1.96 with them: formerly, the compiler depended on the targets here.
fn machine() -> Machine {
    let tool = |version: &str| Some(tools::Tool { path: PathBuf::from("/tool"), version: version.to_owned() });
    Machine {
        python: None,
        maturin: tool("1.16.0"),
        zig: tool("0.17.0"),
        toolchains: vec![
            Toolchain { is_default: true, ..rust("1.95.0", "1.95.0", &[HOST], false) },
            rust("system", "1.96.0", &[HOST], true),
        ],
        std_cache: StdCache::at(PathBuf::from("/nowhere")),
        native: Sources::at(PathBuf::from("/nowhere"), true),
        sdkroot: None,
        windows_sdk: None,
        cores: 2,
        others: Vec::new(),
    }
}

fn rustc(plan: &Plan) -> &str {
    plan.tools.rustc.as_deref().unwrap_or_default()
}

/// Case H of the tested crates: one target used rustup's compiler, two used the system's.
#[test]
fn the_compiler_does_not_depend_on_the_targets_that_are_asked_for() -> Result<()> {
    for mode in [Mode::Use, Mode::Ignore] {
        let demo = Demo::new()?;
        let mut seen = BTreeSet::new();
        for target in [Some("manylinux_2_17_x86_64"), None, Some("win_amd64")] {
            let plan = demo.build(&Ask { target, mode: mode.clone(), ..Ask::default() }, &machine())?;
            seen.insert(rustc(&plan).to_owned());
        }
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen.iter().all(|rustc| rustc.contains("1.96.0")), "{seen:?}");
    }
    Ok(())
}

#[test]
fn the_first_build_writes_a_lock_of_all_targets_and_the_next_ones_keep_it() -> Result<()> {
    let demo = Demo::new()?;
    let linux = Ask { target: Some("manylinux_2_17_x86_64"), ..Ask::default() };
    let (plan, _) = demo.settle(&linux, &machine())?;
    assert_eq!(plan.lock.map(|lock| lock.state), Some(Standing::New));
    assert!(!demo.0.path().join(FILE).exists(), "a plan writes nothing");
    demo.build(&linux, &machine())?;
    let written = demo.lock()?;
    insta::assert_snapshot!(written.replace(monowheel_error::VERSION, "[version]"));
    for ask in [Ask::default(), linux, Ask { mode: Mode::Locked, ..Ask::default() }] {
        let plan = demo.build(&ask, &machine())?;
        assert_eq!(plan.lock.map(|lock| lock.state), Some(Standing::Used));
    }
    // A newer toolchain, and newly installed standard libraries, change nothing.
    let mut richer = machine();
    richer.toolchains.push(rust("stable", "1.99.0", &[HOST, WINDOWS], true));
    richer.toolchains[1].installed.insert(WINDOWS.to_owned());
    let plan = demo.build(&Ask::default(), &richer)?;
    assert!(rustc(&plan).contains("1.96.0"));
    let windows = plan.jobs.iter().find(|job| job.id.starts_with("win")).map(|job| job.std[0].from);
    assert_eq!(windows, Some(StdFrom::Source), "installed by now, and the lock says from source");
    // The other one does not compile, but may fetch git dependencies that the locked one cannot.
    let (_, settled) = demo.settle(&Ask::default(), &richer)?;
    let machine = &settled.machine;
    let others: Vec<&str> = machine.others.iter().map(|toolchain| toolchain.name.as_str()).collect();
    assert_eq!(machine.toolchains.len(), 1);
    assert!(others.iter().any(|name| name.starts_with("stable")), "{others:?}");
    assert_eq!(demo.lock()?, written);
    Ok(())
}

#[test]
fn what_is_written_is_read_again() -> Result<()> {
    let demo = Demo::new()?;
    demo.build(&Ask::default(), &machine())?;
    let (lock, text) = LockFile::read(demo.0.path())?.ok_or_else(|| Error::new(ErrorKind::Io, "no lock"))?;
    assert_eq!((lock.text(), lock.rust.channel.as_deref()), (text, None));
    assert_eq!(lock.targets.get(WINDOWS).map(|row| row.std), Some(Std::Source));
    Ok(())
}

#[test]
fn tools_that_are_not_here_are_named_with_what_installs_them() -> Result<()> {
    let demo = Demo::new()?;
    demo.build(&Ask { toolchain: Some("1.95.0"), ..Ask::default() }, &machine())?;
    let mut poor = machine();
    poor.toolchains.remove(0);
    poor.maturin = None;
    poor.zig.as_mut().unwrap().version = "0.15.2".to_owned();
    for ask in [Ask::default(), Ask { mode: Mode::Locked, ..Ask::default() }] {
        let (kind, said) = demo.fails(&ask, &poor);
        assert_eq!(kind, ErrorKind::Toolchain);
        for part in [
            "rustc 1.95.0 (abc 2026-05-25) from rustup, 1.95.0; here: 1.96.0",
            "maturin 1.16.0; here: none",
            "zig 0.17.0; here: 0.15.2",
            "rustup toolchain install 1.95.0",
            "pip install 'maturin==1.16.0'",
            "pip install 'ziglang==0.17.0'",
            "monowheel build --upgrade=rust --upgrade=zig",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    // A standard library that the lock has from sources, which are missing here.
    let demo = Demo::new()?;
    demo.build(&Ask::default(), &machine())?;
    let mut poor = machine();
    poor.toolchains[1].has_source = false;
    let (kind, said) = demo.fails(&Ask::default(), &poor);
    assert_eq!(kind, ErrorKind::Toolchain);
    assert!(said.contains(&format!("{WINDOWS} standard library from source; here: none")), "{said}");
    assert!(demo.settle(&Ask { target: Some("manylinux_2_17_x86_64"), ..Ask::default() }, &poor).is_ok());
    Ok(())
}

#[test]
fn an_upgrade_moves_what_it_names_and_nothing_else() -> Result<()> {
    let demo = Demo::new()?;
    demo.build(&Ask { toolchain: Some("1.95.0"), ..Ask::default() }, &machine())?;
    let mut newer = machine();
    newer.maturin.as_mut().unwrap().version = "1.17.0".to_owned();
    newer.toolchains.push(rust("stable", "1.99.0", &[HOST, WINDOWS], true));
    assert!(demo.settle(&Ask::default(), &newer).is_err());
    demo.build(&upgrade(&[Tool::Maturin]), &newer)?;
    let lock = demo.lock()?;
    assert!(lock.contains("maturin = \"1.17.0\"") && lock.contains("rustc = \"1.95.0"), "{lock}");
    demo.build(&Ask { toolchain: Some("1.95.0"), ..upgrade(&[Tool::Zig]) }, &newer)?;
    assert_eq!(demo.lock()?, lock, "zig is unchanged");
    let plan = demo.build(&upgrade(&Tool::ALL), &newer)?;
    let lock = demo.lock()?;
    assert!(rustc(&plan).contains("1.99.0") && lock.contains("rustc = \"1.99.0"), "{lock}");
    assert!(lock.contains(&format!("{WINDOWS} = {{ std = \"toolchain\"")), "{lock}");
    // To a named one, even an older one.
    demo.build(&Ask { toolchain: Some("system"), ..upgrade(&[Tool::Rust]) }, &newer)?;
    assert!(demo.lock()?.contains("from = \"system\""));
    newer.maturin = None;
    assert!(demo.fails(&upgrade(&[Tool::Maturin]), &newer).1.contains("maturin is not installed"));
    Ok(())
}

#[test]
fn another_toolchain_by_name_is_for_one_build() -> Result<()> {
    let demo = Demo::new()?;
    demo.build(&Ask::default(), &machine())?;
    let before = demo.lock()?;
    let other = Ask { toolchain: Some("1.95.0"), ..Ask::default() };
    let (plan, settled) = demo.settle(&other, &machine())?;
    assert!(rustc(&plan).contains("1.95.0") && settled.pending.is_none());
    assert!(settled.notes[0].contains("for this build only"), "{:?}", settled.notes);
    let (kind, said) = demo.fails(&Ask { mode: Mode::Locked, ..other }, &machine());
    assert!(kind == ErrorKind::Usage && said.contains("--locked requires the one in the lock"), "{said}");
    let same = Ask { toolchain: Some("system"), mode: Mode::Locked, ..Ask::default() };
    assert_eq!(demo.build(&same, &machine())?.lock.map(|lock| lock.state), Some(Standing::Used));
    assert_eq!(demo.lock()?, before);
    Ok(())
}

#[test]
fn locked_writes_nothing() -> Result<()> {
    let demo = Demo::new()?;
    let locked = Ask { mode: Mode::Locked, ..Ask::default() };
    let (kind, said) = demo.fails(&locked, &machine());
    assert!(kind == ErrorKind::Project && said.contains("there is no monowheel.lock"), "{said}");
    demo.build(&Ask::default(), &machine())?;
    let without: String =
        demo.lock()?.lines().filter(|line| !line.starts_with(WINDOWS)).map(|line| format!("{line}\n")).collect();
    demo.write(FILE, &without)?;
    assert!(demo.fails(&locked, &machine()).1.contains("the lock would change"));
    assert_eq!(demo.lock()?, without);
    demo.build(&Ask::default(), &machine())?;
    assert!(demo.lock()?.contains(WINDOWS), "a target that the project plans is added");
    let foreign = Ask { target: Some("musllinux_1_2_x86_64"), ..locked };
    assert!(demo.fails(&foreign, &machine()).1.contains("no entry for x86_64-unknown-linux-musl"));
    let before = demo.lock()?;
    demo.build(&Ask { mode: Mode::Use, ..foreign }, &machine())?;
    assert_eq!(demo.lock()?, before, "a single request is not part of the project");
    Ok(())
}

#[test]
fn a_lock_that_cannot_be_used_is_an_error() -> Result<()> {
    let demo = Demo::new()?;
    demo.build(&Ask::default(), &machine())?;
    let good = demo.lock()?;
    let changed = |from: &str, to: &str| {
        let text = good.replace(from, to);
        assert_ne!(text, good, "{from}");
        text
    };
    let version = format!("monowheel = \"{}\"", monowheel_error::VERSION);
    for (text, part) in [
        (String::new(), "damaged"),
        ("\u{0}garbage".to_owned(), "damaged"),
        (good[..good.len() / 2].to_owned(), "damaged"),
        (changed("monowheel.lock/1", "monowheel.lock/2"), "a newer monowheel wrote it"),
        (changed(&version, "monowheel = \"999.0\""), "pip install 'monowheel==999.0'"),
        (changed(&version, "monowheel = \"soon\""), "damaged"),
        (changed("from = \"system\"", "from = \"a friend\""), "damaged"),
        (changed("maturin = \"1.16.0\"", "maturin = \"1'; rm -rf ~; '\""), "damaged"),
        (changed("maturin = \"1.16.0\"", "maturin = \"1.16.0\"\nrun = \"x\""), "unknown field `run`"),
        (changed("commit = \"0", "commit = \"../0"), "damaged"),
        (changed("[targets]\n", "[targets]\n\"../../x\" = { std = \"source\", linker = \"zig\" }\n"), "damaged"),
        (format!("<<<<<<< ours\n{good}=======\n{good}>>>>>>> theirs\n"), "merge conflict"),
    ] {
        demo.write(FILE, &text)?;
        let (kind, said) = demo.fails(&Ask::default(), &machine());
        assert!(said.contains(part) && matches!(kind, ErrorKind::Project | ErrorKind::Toolchain), "{text}\n{said}");
        // A request that cannot be read is ignored.
        let request = Ask { is_foreign: true, ..Ask::default() };
        assert!(demo.settle(&request, &machine())?.1.notes[0].contains("not used"), "{text}");
        assert!(demo.settle(&Ask { mode: Mode::Ignore, ..Ask::default() }, &machine()).is_ok(), "{text}");
    }
    Ok(())
}

#[test]
fn the_project_s_own_words_on_rust_hold() -> Result<()> {
    let demo = Demo::new()?;
    demo.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95\"\ncomponents = [\"rust-src\"]\n")?;
    assert!(rustc(&demo.build(&Ask::default(), &machine())?).contains("1.95.0"));
    for (text, part) in [
        ("1.96.0", "this file asks for 1.96.0"),
        ("[toolchain]\nchannel = \"nightly-2026-05-26\"\n", "--upgrade=rust"),
        ("[toolchain]\nchannel = \"$(x)\"\n", "not a channel"),
        ("[toolchain]\n", "does not name a channel"),
    ] {
        demo.write("rust-toolchain.toml", text)?;
        let (kind, said) = demo.fails(&Ask::default(), &machine());
        assert!(kind == ErrorKind::Project && said.contains(part), "{text}: {said}");
    }
    demo.write("rust-toolchain.toml", "[toolchain]\npath = \"/evil\"\n")?;
    let (plan, settled) = demo.settle(&Ask::default(), &machine())?;
    assert!(rustc(&plan).contains("1.95.0") && settled.notes[0].contains("by its path"), "{:?}", settled.notes);
    demo.write("rust-toolchain.toml", "stable")?;
    demo.build(&Ask::default(), &machine())?;
    let cargo = fs_err::read_to_string(demo.0.path().join("Cargo.toml"))?;
    demo.write("Cargo.toml", &cargo.replace("edition", "rust-version = \"1.96\"\nedition"))?;
    let (_, said) = demo.fails(&Ask::default(), &machine());
    assert!(said.contains("the crate needs 1.96") && said.contains("--upgrade=rust"), "{said}");
    assert!(rustc(&demo.build(&upgrade(&[Tool::Rust]), &machine())?).contains("1.96.0"));
    // One that is missing, for a project without a lock.
    fs_err::remove_file(demo.0.path().join(FILE))?;
    demo.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.80.1\"\n")?;
    let (kind, said) = demo.fails(&Ask::default(), &machine());
    assert!(kind == ErrorKind::Toolchain && said.contains("rustup toolchain install 1.80.1"), "{said}");
    assert!(rustc(&demo.build(&Ask { toolchain: Some("system"), ..Ask::default() }, &machine())?).contains("1.96.0"));
    Ok(())
}

#[test]
fn the_lock_of_an_sdist_is_a_request() -> Result<()> {
    let demo = Demo::new()?;
    demo.build(&Ask { toolchain: Some("1.95.0"), ..Ask::default() }, &machine())?;
    let request = Ask { is_foreign: true, ..Ask::default() };
    let (plan, settled) = demo.settle(&request, &machine())?;
    assert!(rustc(&plan).contains("1.95.0") && settled.notes.is_empty() && settled.pending.is_none());
    let mut other = machine();
    other.toolchains.remove(0);
    let (plan, settled) = demo.settle(&request, &other)?;
    assert!(rustc(&plan).contains("1.96.0") && settled.notes[0].contains("request"), "{:?}", settled.notes);
    assert_eq!(plan.lock.map(|lock| lock.state), Some(Standing::RequestNotMet));
    assert!(
        demo.fails(&Ask { mode: Mode::Locked, ..request.clone() }, &other)
            .1
            .contains("rustup toolchain install 1.95.0")
    );
    assert_eq!(demo.fails(&Ask { is_foreign: true, ..upgrade(&Tool::ALL) }, &other).0, ErrorKind::Usage);
    // A third party's toolchain file that cannot be satisfied, or names a path, is reported and ignored.
    fs_err::remove_file(demo.0.path().join(FILE))?;
    for text in ["[toolchain]\npath = \"/evil\"\n", "[toolchain]\nchannel = \"1.2.3\"\n"] {
        demo.write("rust-toolchain.toml", text)?;
        assert_eq!(demo.settle(&request, &machine())?.1.notes.len(), 1, "{text}");
    }
    assert!(!demo.0.path().join(FILE).exists());
    Ok(())
}

#[test]
fn a_lock_is_not_written_without_all_its_tools() -> Result<()> {
    let demo = Demo::new()?;
    let mut poor = machine();
    poor.zig = None;
    let (plan, settled) = demo.settle(&Ask::default(), &poor)?;
    assert!(settled.pending.is_none() && plan.ready().next().is_none());
    assert_eq!(plan.lock.map(|lock| lock.state), Some(Standing::Incomplete));
    poor = machine();
    poor.toolchains.clear();
    assert!(demo.settle(&Ask::default(), &poor)?.1.pending.is_none());
    Ok(())
}

#[test]
fn two_builds_at_once_write_one_lock() -> Result<()> {
    let demo = Demo::new()?;
    let mut other = machine();
    other.maturin.as_mut().unwrap().version = "1.17.0".to_owned();
    let stop = CancelToken::default();
    let pending = |machine: &Machine| -> Result<Pending> {
        demo.settle(&Ask::default(), machine)?.1.pending.ok_or_else(|| Error::new(ErrorKind::Io, "nothing to write"))
    };
    let (one, same, different) = (pending(&machine())?, pending(&machine())?, pending(&other)?);
    assert!(one.write(&stop)?.is_some());
    assert!(same.write(&stop)?.is_none(), "the same text, and nothing to say");
    let error = different.write(&stop).unwrap_err();
    assert!(error.kind() == ErrorKind::Busy && error.to_string().contains("run the command again"), "{error}");
    assert!(demo.lock()?.contains("1.16.0"));
    // Many at once: each leaves a complete file.
    let text = demo.lock()?;
    fs_err::remove_file(demo.0.path().join(FILE))?;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(one.write(&stop).is_ok()));
        }
    });
    assert_eq!(demo.lock()?, text);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_lock_that_cannot_be_written_says_what_to_do() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let demo = Demo::new()?;
    let pending = demo.settle(&Ask::default(), &machine())?.1.pending.unwrap();
    let read_only = |mode| fs_err::set_permissions(demo.0.path(), std::fs::Permissions::from_mode(mode));
    read_only(0o555)?;
    let is_root = fs_err::write(demo.0.path().join("probe"), "").is_ok();
    let written = pending.write(&CancelToken::default()).map(|_| ());
    read_only(0o755)?;
    // Permissions do not affect root.
    if !is_root {
        let error = written.unwrap_err();
        assert!(error.to_string().contains("--no-lock") && !demo.0.path().join(FILE).exists(), "{error}");
    }
    // A directory of that name affects root too.
    let demo = Demo::new()?;
    fs_err::create_dir(demo.0.path().join(FILE))?;
    assert!(demo.settle(&Ask::default(), &machine()).is_err());
    assert!(Path::new(demo.0.path()).join(FILE).is_dir());
    Ok(())
}

/// The server is queried once, for the lock: later plans neither need a network nor wait for one.
#[test]
fn a_locked_standard_library_asks_no_server() -> Result<()> {
    let demo = Demo::new()?;
    let toolchains = vec![rust("1.96.0", "1.96.0", &[HOST], true)];
    let with = |rustup: &Rustup| Machine {
        toolchains: toolchains.clone(),
        std_cache: StdCache::at(PathBuf::from("/nowhere")).with_rustup(rustup.clone()),
        ..machine()
    };
    demo.build(&Ask::default(), &with(&Rustup::that_answers(false)))?;
    let rustup = Rustup::that_was_not_asked();
    demo.build(&Ask::default(), &with(&rustup))?;
    assert!(!rustup.was_asked());
    Ok(())
}

/// rustup's library is ready in seconds, and the one from source in minutes; the first choice stays.
#[test]
fn a_standard_library_that_rustup_has_ready_is_locked_as_the_toolchains() -> Result<()> {
    let rows = |answers: bool| -> Result<String> {
        let demo = Demo::new()?;
        let std_cache = StdCache::at(PathBuf::from("/nowhere")).with_rustup(Rustup::that_answers(answers));
        let toolchains = vec![rust("1.96.0", "1.96.0", &[HOST], true)];
        demo.build(&Ask::default(), &Machine { toolchains, std_cache, ..machine() })?;
        demo.lock()
    };
    let row = |text: &str| text.lines().find(|line| line.contains("x86_64-pc-windows-gnullvm")).map(str::to_owned);
    assert!(row(&rows(true)?).is_some_and(|row| row.contains("toolchain")));
    assert!(row(&rows(false)?).is_some_and(|row| row.contains("source")));
    Ok(())
}
