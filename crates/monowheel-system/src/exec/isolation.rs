//! Whether third-party code is isolated, with which tool, and why not.
//!
//! The isolation uses bubblewrap: it is small, made for this, used by Flatpak, and in every distribution. `unshare`
//! with a script of mounts would be a sandbox of our own, which would have to learn everything that bubblewrap knows
//! about `/proc`, locked mounts and capabilities. Without bubblewrap, or if the machine does not let it create
//! namespaces, there is no weaker substitute: the report says so, and [`Isolation::Required`] refuses.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::sandbox::Sandbox;
use super::{Call, CancelToken, last_lines, on_path};

/// How long the first sandbox may take.
const LIMIT: Duration = Duration::from_secs(20);
/// The sandbox program.
const PROGRAM: &str = "bwrap";

/// The user's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// Isolate where this machine can.
    #[default]
    Auto,
    /// Isolate, or run nothing.
    Required,
    /// Do not isolate.
    Off,
}

impl Isolation {
    /// As the option's value.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Required => "required",
            Self::Off => "off",
        }
    }
}

/// How third-party code was run, for a report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct IsolationReport {
    /// The program that isolated it, with its version; `None` if it ran as the user.
    pub by: Option<String>,
    /// Why it was not isolated, or which part of it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl IsolationReport {
    /// A one-line description.
    #[must_use]
    pub fn line(&self) -> String {
        let why = self.why.as_deref().unwrap_or_default();
        match &self.by {
            Some(by) if why.is_empty() => format!("isolated by {by}"),
            Some(by) => format!("isolated by {by}, but {why}"),
            None => format!("as this user, not isolated: {why}"),
        }
    }
}

/// The bubblewrap of this machine, after a successful test.
#[derive(Clone, Debug)]
struct Bubblewrap {
    path: PathBuf,
    version: String,
}

/// Runs calls isolated, or directly.
#[derive(Clone, Debug)]
pub struct Isolator {
    /// Or why there is none.
    tool: std::result::Result<Bubblewrap, String>,
}

impl Isolator {
    /// The isolation that this machine offers. The first call in a process tests it.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] when isolation is required and not available; after Ctrl-C.
    pub fn choose(isolation: Isolation, stop: &CancelToken) -> Result<Self> {
        if isolation == Isolation::Off {
            return Ok(Self::off("--isolation off"));
        }
        let tool = probe(stop)?;
        match tool {
            Err(why) if isolation == Isolation::Required => Err(Error::new(
                ErrorKind::Toolchain,
                format!("isolation is required, but not available on this machine: {why}"),
            )
            .next("fix that, or let it run with all your permissions: --isolation off")),
            tool => Ok(Self { tool }),
        }
    }

    /// One that isolates nothing, for this reason.
    #[must_use]
    pub fn off(why: &str) -> Self {
        Self { tool: Err(why.to_owned()) }
    }

    /// Whether it isolates.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.tool.is_ok()
    }

    /// The call in this sandbox, or unchanged.
    #[must_use]
    pub fn apply(&self, call: Call, sandbox: &Sandbox) -> Call {
        match &self.tool {
            Ok(tool) => sandbox.around(&tool.path, call),
            Err(_) => call,
        }
    }

    /// For a report.
    #[must_use]
    pub fn report(&self) -> IsolationReport {
        match &self.tool {
            Ok(tool) => IsolationReport { by: Some(tool.version.clone()), why: None },
            Err(why) => IsolationReport { by: None, why: Some(why.clone()) },
        }
    }
}

impl Default for Isolator {
    fn default() -> Self {
        Self::off("not requested")
    }
}

/// Tests bubblewrap once; the result is reused in this process.
fn probe(stop: &CancelToken) -> Result<std::result::Result<Bubblewrap, String>> {
    static FOUND: OnceLock<std::result::Result<Bubblewrap, String>> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let found = tried(stop);
    stop.check()?;
    Ok(FOUND.get_or_init(|| found).clone())
}

fn tried(stop: &CancelToken) -> std::result::Result<Bubblewrap, String> {
    if !cfg!(target_os = "linux") {
        return Err("isolation needs bubblewrap, which is available only on Linux".to_owned());
    }
    let path = on_path(PROGRAM).ok_or("bubblewrap is not installed: apt-get install bubblewrap")?;
    let version = Call::new(&path).arg("--version").stdout(LIMIT, stop).map_err(|error| error.what().to_owned())?;
    let call = Sandbox::default().around(&path, Call::new("sh").args(["-c", ":"]).dir("/"));
    let ended = call.capture(LIMIT, stop).map_err(|error| error.what().to_owned())?;
    if ended.status.success() {
        return Ok(Bubblewrap { path, version: version.trim().to_owned() });
    }
    Err(format!(
        "bubblewrap does not work here ({}): the machine, or the container, does not let this user create namespaces; \
         on Ubuntu, see kernel.apparmor_restrict_unprivileged_userns",
        last_lines(&ended.stderr, 1).trim()
    ))
}
