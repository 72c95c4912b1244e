//! Lets the sources ask for the floor with `#[cfg(Py_3_11)]` and the like.

fn main() {
    // `Py_3_N` for each N up to the floor, not up to the Python that builds; and `Py_LIMITED_API`.
    #[cfg(feature = "python")]
    pyo3_build_config::use_pyo3_cfgs();
    // A build script that names nothing runs again whenever any file of the package changes.
    println!("cargo:rerun-if-changed=build.rs");
}
