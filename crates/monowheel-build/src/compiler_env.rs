//! Environment variables of the user that compilers and build scripts read.

/// Variables that set flags: they are part of a wheel's key, and are listed in the manifest.
const FLAGS: [&str; 6] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CFLAGS", "CXXFLAGS", "SOURCE_DATE_EPOCH"];
/// The prefixes of names that may reach a compiler, a linker or a build script. They are part of
/// the key too, by name and value, but are not recorded: a prefix also matches names that hold secrets.
pub(crate) const MAY_REACH_THE_BYTES: [&str; 22] = [
    "AR",
    "BINDGEN_",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CC",
    "CFLAGS",
    "CMAKE_",
    "CPPFLAGS",
    "CXX",
    "HOST_",
    "LDFLAGS",
    "LIBCLANG_",
    "MONOWHEEL_EMSCRIPTEN",
    "OPENSSL_",
    "PKG_CONFIG",
    "RANLIB",
    "RUSTC_",
    "RUSTFLAGS",
    "SDKROOT",
    "TARGET_",
    "XWIN_",
    "ZIG_",
];

/// The variables of this process's environment as texts; without those whose names are none.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
}

/// Whether a variable sets flags, and is recorded in the manifest.
#[must_use]
pub(crate) fn is_flag(name: &str) -> bool {
    FLAGS.contains(&name) || name.starts_with("CARGO_PROFILE_")
}

/// C tools whose variables may end in the name of a Rust target: `CC_aarch64_unknown_linux_gnu`.
const TOOLS: [&str; 6] = ["AR", "CC", "CFLAGS", "CXX", "CXXFLAGS", "RANLIB"];
/// The prefixes of names that compilers and build scripts read, and that never hold secrets.
const FOR_COMPILERS: [&str; 8] =
    ["BINDGEN_", "CARGO_PROFILE_", "CARGO_TARGET_", "CMAKE_", "LIBCLANG_", "OPENSSL_", "PKG_CONFIG", "XWIN_"];
/// Parts of the names of secrets.
const SECRET: [&str; 6] = ["AUTH", "CRED", "KEY", "PASS", "SECRET", "TOKEN"];

/// Whether a variable is passed on to third-party code: by fewer prefixes than a wheel's key has, because one of those
/// matches names that hold secrets (`AR` is the prefix of `ARTIFACTORY_TOKEN`).
#[must_use]
pub(crate) fn reaches_a_compiler(name: &str) -> bool {
    let is_of_tool = |tool: &str| name.strip_prefix(tool).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    let is_known = is_flag(name)
        || ["CPPFLAGS", "LDFLAGS", "SDKROOT"].contains(&name)
        || TOOLS.iter().any(|tool| is_of_tool(tool))
        || FOR_COMPILERS.iter().any(|prefix| name.starts_with(prefix));
    is_known && !SECRET.iter().any(|part| name.to_uppercase().contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_reaches_a_compiler() {
        for name in ["RUSTFLAGS", "CC", "CC_aarch64_unknown_linux_gnu", "CARGO_PROFILE_RELEASE_LTO", "PKG_CONFIG_PATH"]
        {
            assert!(reaches_a_compiler(name), "{name}");
        }
        for name in
            ["ARTIFACTORY_TOKEN", "CC_API_KEY", "CMAKE_PASSWORD", "CARGO_REGISTRY_TOKEN", "AWS_SECRET_ACCESS_KEY"]
        {
            assert!(!reaches_a_compiler(name), "{name}");
        }
    }
}
