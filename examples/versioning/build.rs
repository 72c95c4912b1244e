//! Lets the sources check the floor with `#[cfg(Py_3_11)]` and the like.

fn main() {
    // `Py_3_N` for each N up to the floor, not up to the building Python; and `Py_LIMITED_API`.
    #[cfg(feature = "python")]
    pyo3_build_config::use_pyo3_cfgs();
    // Without this line the build script runs again whenever any file of the package changes.
    println!("cargo:rerun-if-changed=build.rs");
}
