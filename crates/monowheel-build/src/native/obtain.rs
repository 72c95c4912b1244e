//! Obtains the C tools and libraries of a build: programs before anything is built, libraries before the first wheel.

use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::IndexOptions;
use monowheel_system::exec::{Call, CancelToken};

use super::linked::Linked;
use super::offered::Offered;
use super::openssl::{self, Builder};
use super::program::{From, Program};
use super::{Native, fetch};
use crate::kept::Store;
use crate::toolchain::tools::Tool;

/// An OpenSSL that was obtained for a Rust target.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    pub(crate) triple: String,
    pub(crate) files: PathBuf,
    pub(crate) linked: Linked,
}

/// A Rust target whose library could not be built, and why.
type Failed = (String, Error);

/// Fetches the missing programs, and returns what is offered to build scripts. `told` receives notes for the user.
///
/// # Errors
/// When one cannot be fetched and this machine has none.
pub(crate) fn programs(
    native: &Native,
    store: &Store,
    index: &IndexOptions,
    stop: &CancelToken,
    told: &dyn Fn(String),
) -> Result<Offered> {
    let mut offered = Offered::default();
    for needed in native.programs.iter().filter(|needed| !matches!(needed.from, From::Variable | From::Machine)) {
        let Some(program) = Program::named(&needed.name) else { continue };
        let entry = program.entry();
        if !store.has(&entry) {
            told(format!(
                "fetching {} {}, which the build script of {} runs",
                needed.name,
                needed.version,
                needed.users.join(", ")
            ));
        }
        let files = match store.get(&entry, stop, told, |files| fetch::program(program, files, index)) {
            Ok(files) => files,
            Err(error) if error.kind() != ErrorKind::Interrupted && program.is_on_machine() => {
                told(format!("{}; using this machine's, whatever its version", error.what()));
                continue;
            }
            Err(error) => return Err(error),
        };
        let path = program.within(&files).ok_or_else(|| {
            Error::new(ErrorKind::Format, format!("{entry} does not contain {}", needed.name)).at(files.display())
        })?;
        offered.program(&needed.name, &path, &files);
    }
    for (name, value) in &native.variables {
        offered.set(name, value);
    }
    Ok(offered)
}

/// The tools that build libraries on this machine.
pub(crate) struct Workbench<'a> {
    pub(crate) store: &'a Store,
    pub(crate) zig: &'a Tool,
    pub(crate) cargo: Call,
    pub(crate) cores: usize,
    /// The log file of a library's build, by its name.
    pub(crate) log: &'a dyn Fn(&str) -> PathBuf,
    pub(crate) stop: &'a CancelToken,
}

impl Workbench<'_> {
    /// The libraries that `native` needs for these Rust targets, built if they are not cached. One that cannot be built
    /// fails the wheels that need it.
    ///
    /// # Errors
    /// When Ctrl-C was pressed.
    pub(crate) fn libraries(
        &self,
        native: &Native,
        triples: &[&str],
        begun: &dyn Fn(&str, &str),
        told: &dyn Fn(String),
    ) -> Result<(Vec<Library>, Vec<Failed>)> {
        let (mut built, mut failed) = (Vec::new(), Vec::new());
        let wanted = native.openssl.as_ref().and_then(|wanted| Some((wanted, openssl::release(&wanted.version)?)));
        let Some((wanted, release)) = wanted else { return Ok((built, failed)) };
        for triple in triples {
            let own = openssl::target(triple).filter(|target| !wanted.vendored || target.unknown);
            let Some(target) = own else { continue };
            if std::env::var_os(super::offered::variable(triple, "OPENSSL_DIR")).is_some() {
                continue;
            }
            let entry = openssl::entry(release, target, &self.zig.version);
            if !self.store.has(&entry) {
                begun(&release.version, triple);
            }
            let builder = Builder {
                release,
                target,
                zig: self.zig,
                cargo: self.cargo.clone(),
                cores: self.cores,
                log: (self.log)(&format!("openssl-{triple}")),
                stop: self.stop,
            };
            match self.store.get(&entry, self.stop, told, |files| builder.build(files)) {
                Ok(files) => {
                    built.push(Library { triple: (*triple).to_owned(), files, linked: Linked::openssl(release) });
                }
                Err(error) => {
                    self.stop.check()?;
                    failed.push(((*triple).to_owned(), error));
                }
            }
        }
        Ok((built, failed))
    }
}
