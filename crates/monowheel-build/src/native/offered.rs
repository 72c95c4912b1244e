//! The C environment of a wheel's build: variables, programs on its PATH, and readable directories.

use std::path::{Path, PathBuf};

use monowheel_system::exec::{Call, search_path};

/// The programs and libraries obtained for one build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offered {
    /// Variables and their values; the user's own take precedence.
    variables: Vec<(String, String)>,
    /// Directories of programs.
    programs: Vec<PathBuf>,
    /// All of their paths on disk.
    files: Vec<PathBuf>,
}

/// The name of a variable for one Rust target: `AARCH64_APPLE_DARWIN_OPENSSL_DIR`.
pub(crate) fn variable(triple: &str, name: &str) -> String {
    format!("{}_{name}", triple.to_uppercase().replace(['-', '.'], "_"))
}

impl Offered {
    /// Adds a variable.
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.variables.push((name.into(), value.into()));
    }

    /// Adds a program by its name, in its directory in an entry of the store.
    pub(crate) fn program(&mut self, name: &str, path: &Path, files: &Path) {
        let folder = path.parent().unwrap_or(files);
        match name {
            "cmake" => {
                self.set("CMAKE", path.display().to_string());
                self.programs.push(folder.to_path_buf());
            }
            "ninja" => {
                self.set("CMAKE_GENERATOR", "Ninja");
                self.programs.push(folder.to_path_buf());
            }
            _ => self.set("LIBCLANG_PATH", folder.display().to_string()),
        }
        self.files.push(files.to_path_buf());
    }

    /// Adds the OpenSSL of a Rust target. `is_instead` if the crate would build its own.
    pub(crate) fn openssl(&mut self, triple: &str, files: &Path, is_instead: bool) {
        self.set(variable(triple, "OPENSSL_DIR"), files.display().to_string());
        self.set(variable(triple, "OPENSSL_STATIC"), "1");
        if is_instead {
            self.set(variable(triple, "OPENSSL_NO_VENDOR"), "1");
        }
        self.files.push(files.to_path_buf());
    }

    /// The call with all of it; `shims` stays first on PATH.
    pub(crate) fn call(&self, mut call: Call, shims: &Path) -> Call {
        for (name, value) in &self.variables {
            if std::env::var_os(name).is_none_or(|value| value.is_empty()) {
                call = call.env(name, value);
            }
        }
        if self.programs.is_empty() {
            return call;
        }
        let path = std::iter::once(shims.to_path_buf()).chain(self.programs.iter().cloned()).chain(search_path());
        match std::env::join_paths(path) {
            Ok(path) => call.env("PATH", path),
            Err(_) => call,
        }
    }

    /// The paths that a sandbox has to make readable.
    pub(crate) fn reads(&self) -> Vec<&Path> {
        self.files.iter().map(PathBuf::as_path).collect()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use monowheel_error::Result;
    use monowheel_system::exec::CancelToken;

    use super::*;

    fn printed(offered: &Offered, script: &str) -> Result<String> {
        let call = offered.call(Call::new("/bin/sh"), Path::new("/shims")).args(["-c", script]);
        Ok(call.stdout(Duration::from_secs(10), &CancelToken::default())?.trim().to_owned())
    }

    #[test]
    fn build_scripts_find_each_program_in_the_way_that_they_look() -> Result<()> {
        let mut offered = Offered::default();
        offered.program("cmake", Path::new("/k/cmake/data/bin/cmake"), Path::new("/k"));
        offered.program("ninja", Path::new("/n/ninja.data/scripts/ninja"), Path::new("/n"));
        offered.program("libclang", Path::new("/c/native/libclang.so"), Path::new("/c"));
        offered.openssl("aarch64-apple-darwin", Path::new("/o"), false);
        offered.openssl("aarch64-pc-windows-gnullvm", Path::new("/w"), true);
        assert_eq!(
            printed(&offered, "echo $CMAKE $CMAKE_GENERATOR $LIBCLANG_PATH")?,
            "/k/cmake/data/bin/cmake Ninja /c/native"
        );
        assert!(printed(&offered, "echo $PATH")?.starts_with("/shims:/k/cmake/data/bin:/n/ninja.data/scripts:"));
        let openssl = "echo $AARCH64_APPLE_DARWIN_OPENSSL_DIR $AARCH64_APPLE_DARWIN_OPENSSL_STATIC \
                       $AARCH64_APPLE_DARWIN_OPENSSL_NO_VENDOR $AARCH64_PC_WINDOWS_GNULLVM_OPENSSL_NO_VENDOR";
        assert_eq!(printed(&offered, openssl)?, "/o 1 1");
        assert_eq!(offered.reads().len(), 5);
        Ok(())
    }

    #[test]
    fn what_the_user_has_set_goes_before() -> Result<()> {
        let mut offered = Offered::default();
        offered.set("PATH", "/nothing");
        assert_ne!(printed(&offered, "echo $PATH")?, "/nothing");
        Ok(())
    }
}
