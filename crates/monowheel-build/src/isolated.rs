//! The sandbox in which a source's code is built: build scripts, procedural macros, and everything that cargo's
//! configuration in it names.
//!
//! | resource | access |
//! | --- | --- |
//! | the toolchain, maturin, zig, Python, standard libraries, SDKs | read |
//! | cargo's registry and git checkouts | read: everything is fetched before |
//! | cargo's configuration | read, without credentials |
//! | the unpacked source, the Cargo target directory of the lane, the directory for the wheel | written |
//! | zig's cache | a separate one for each lane: the user's is shared by every build |
//! | everything else of the user: home, other caches, `dist/`, a wheel under test | hidden |
//! | network, other processes | hidden |

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, Isolation, Isolator, Sandbox, on_path};
use monowheel_system::{atomic_write, cargo};

use crate::compiler_env::reaches_a_compiler;
use crate::input::Input;
use crate::toolchain::Machine;
use crate::toolchain::rust::Toolchain;

/// The parts of an environment, or of another prefix, that programs consist of. The rest of `~/.local` or `~/.cargo`
/// may hold secrets.
const PREFIX: [&str; 10] =
    ["bin", "Scripts", "lib", "lib64", "libexec", "include", "plugins", "pyvenv.cfg", "shims", "versions"];
/// The clock that `reproduce` sets.
const CLOCK: [&str; 3] = ["FAKETIME", "FAKETIME_FMT", "LD_PRELOAD"];
/// Keys of cargo's configuration that hold credentials, or name programs that provide them.
const SECRET: [&str; 4] = ["token", "secret-key", "credential-provider", "global-credential-providers"];

/// The isolation for a source's code; the user's own project is not isolated unless isolation is required.
///
/// # Errors
/// As [`Isolator::choose`].
pub fn isolator(input: &Input, isolation: Isolation, stop: &monowheel_system::exec::CancelToken) -> Result<Isolator> {
    match (input, isolation) {
        (Input::Folder(_), Isolation::Auto) => Ok(Isolator::off("the project is your own")),
        _ => Isolator::choose(isolation, stop),
    }
}

/// Calls of the tools of one build, isolated or not.
#[derive(Clone, Debug)]
pub(crate) struct Isolated {
    isolator: Isolator,
    sandbox: Sandbox,
}

impl Isolated {
    /// `work` is the directory that the source is built in, `source` where it is unpacked.
    ///
    /// # Errors
    /// When cargo's configuration cannot be read, or cannot be written without its secrets.
    pub(crate) fn new(
        isolator: &Isolator,
        machine: &Machine,
        toolchain: &Toolchain,
        sysroot: Option<&Path>,
        work: &Path,
        source: &Path,
    ) -> Result<Self> {
        let mut sandbox = Sandbox::default();
        if isolator.is_on() {
            for path in tools(machine, toolchain, sysroot) {
                sandbox = sandbox.reads(path);
            }
            sandbox = sandbox.reads(work.join("shims"));
            for (name, _) in std::env::vars_os() {
                if name.to_str().is_some_and(|name| reaches_a_compiler(name) || CLOCK.contains(&name)) {
                    sandbox = sandbox.keeps(name);
                }
            }
            for (number, config) in cargo::configs(source).iter().enumerate() {
                // The source sees its own configuration unchanged.
                if !config.starts_with(source) {
                    let public = work.join(format!("cargo-config-{number}.toml"));
                    atomic_write::write(&public, public_config(config)?)?;
                    sandbox = sandbox.reads_at(public, config);
                }
            }
        }
        Ok(Self { isolator: isolator.clone(), sandbox })
    }

    /// Calls without isolation, for tests.
    #[cfg(test)]
    pub(crate) fn off() -> Self {
        Self { isolator: Isolator::off("a test"), sandbox: Sandbox::default() }
    }

    /// Whether it isolates.
    pub(crate) const fn is_on(&self) -> bool {
        self.isolator.is_on()
    }

    /// The call, with write access to only these directories, which are created.
    ///
    /// # Errors
    /// When one cannot be created.
    pub(crate) fn call(&self, call: Call, reads: &[&Path], writes: &[&Path]) -> Result<Call> {
        if !self.is_on() {
            return Ok(call);
        }
        let mut sandbox = reads.iter().fold(self.sandbox.clone(), Sandbox::reads);
        for path in writes {
            fs_err::create_dir_all(path)?;
            sandbox = sandbox.writes(path);
        }
        let call = match cargo::home() {
            Some(home) => call.env("CARGO_HOME", home),
            None => call,
        };
        Ok(self.isolator.apply(call.env("CARGO_NET_OFFLINE", "true"), &sandbox))
    }
}

/// The locations of the build tools.
fn tools(machine: &Machine, toolchain: &Toolchain, sysroot: Option<&Path>) -> Vec<PathBuf> {
    let mut paths = vec![toolchain.sysroot.clone(), toolchain.rustc.clone(), toolchain.cargo.clone()];
    paths.extend(sysroot.map(Path::to_path_buf));
    paths.extend(machine.sdkroot.clone());
    // A Python package beside others: monowheel itself, which is a linker for macOS.
    paths.extend(
        machine
            .zig
            .iter()
            .filter_map(|zig| zig.path.parent())
            .flat_map(|zig| [Some(zig), zig.parent()])
            .flatten()
            .map(Path::to_path_buf),
    );
    // The Windows SDK, with the files that cargo-xwin keeps beside it.
    paths.extend(machine.windows_sdk.iter().filter_map(|sdk| sdk.parent()).map(Path::to_path_buf));
    // Build scripts run the first python3 on PATH: if it were hidden, they would silently run another one.
    let found = on_path("python3");
    let programs = machine.python.iter().chain(machine.maturin.iter().map(|tool| &tool.path)).chain(&found);
    paths.extend(programs.flat_map(|program| prefix(program)));
    if let Some(home) = cargo::home() {
        // Each may be a link to another home.
        paths.extend(
            ["registry", "registry/index", "registry/cache", "registry/src", "git"].map(|name| home.join(name)),
        );
    }
    paths
}

/// The parts of the prefixes that a program belongs to: its environment's, and those of the Python below it.
#[must_use]
pub fn prefix(program: &Path) -> Vec<PathBuf> {
    let real = fs_err::canonicalize(program).ok();
    let programs = std::iter::once(program).chain(real.as_deref());
    let roots = programs.filter_map(|program| program.parent()?.parent());
    roots.flat_map(|root| PREFIX.iter().map(|name| root.join(name))).filter(|path| path.exists()).collect()
}

/// The directory that contains everything a project in `root` needs: the top of its checkout or workspace.
#[must_use]
pub fn top(root: &Path) -> PathBuf {
    let is_part = |folder: &&Path| folder.join("Cargo.toml").is_file() || folder.join(".git").exists();
    root.ancestors().filter(is_part).last().unwrap_or(root).to_path_buf()
}

/// cargo's configuration without credentials.
fn public_config(path: &Path) -> Result<String> {
    let text = fs_err::read_to_string(path)?;
    let mut table: toml::Table = toml::from_str(&text).map_err(|error| {
        Error::new(ErrorKind::Project, format!("cargo's configuration cannot be read: {error}")).at(path.display())
    })?;
    without_secrets(&mut table);
    Ok(table.to_string())
}

fn without_secrets(table: &mut toml::Table) {
    table.retain(|key, _| !SECRET.contains(&key));
    for (_, value) in table.iter_mut() {
        if let toml::Value::Table(table) = value {
            without_secrets(table);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_cargos_configuration_is_not_shown() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("config.toml");
        fs_err::write(
            &path,
            "[registry]\ntoken = \"s3cret\"\n[registries.x]\nindex = \"sparse+https://x/\"\ntoken = \"s3cret\"\n[net]\nretry = 2\n",
        )?;
        let public = public_config(&path)?;
        assert!(!public.contains("s3cret"), "{public}");
        assert!(public.contains("sparse+https://x/") && public.contains("retry = 2"), "{public}");
        Ok(())
    }

    #[test]
    fn of_a_prefix_only_what_programs_are_made_of_is_shown() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for name in ["bin", "lib", "share/keyrings"] {
            fs_err::create_dir_all(dir.path().join(name))?;
        }
        fs_err::write(dir.path().join("bin/tool"), "")?;
        let found = prefix(&dir.path().join("bin/tool"));
        assert!(found.contains(&dir.path().join("bin")) && found.contains(&dir.path().join("lib")));
        assert!(!found.iter().any(|path| dir.path().join("share").starts_with(path)));
        Ok(())
    }
}
