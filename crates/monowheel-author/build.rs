//! Embeds the examples in the binary, as the templates of `monowheel new`.
//!
//! It writes one Rust expression, which src/scaffold/template.rs includes. It contains the texts as literals and no
//! path of this machine, so the same examples give the same bytes in every directory.

use std::path::{Path, PathBuf};

#[path = "src/scaffold/examples.rs"]
mod examples;

use examples::{DIRECTORY, Example};

#[allow(clippy::print_stdout, reason = "a build script talks to cargo on its standard output")]
fn main() {
    match embed() {
        Ok(watched) => {
            for path in watched {
                println!("cargo::rerun-if-changed={}", path.display());
            }
        }
        Err(error) => println!("cargo::error={error}"),
    }
}

/// Writes the expression and returns what to watch. cargo runs this in the crate's directory.
fn embed() -> Result<Vec<PathBuf>, String> {
    let found = examples::read(Path::new(DIRECTORY))?;
    let out = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set; run this by cargo")?;
    let out = Path::new(&out).join("examples.rs");
    std::fs::write(&out, expression(&found.examples)).map_err(|error| format!("{}: {error}", out.display()))?;
    Ok(found.watched)
}

/// A slice of `Embedded`. The compiler keeps equal literals (the licenses) once.
fn expression(examples: &[Example]) -> String {
    let mut out = String::from("&[\n");
    for Example { name, files } in examples {
        out += &format!("    Embedded {{\n        name: {name:?},\n        files: &[\n");
        for file in files {
            let (path, executable, text) = (&file.path, file.executable, &file.text);
            out +=
                &format!("            EmbeddedFile {{ path: {path:?}, executable: {executable}, text: {text:?} }},\n");
        }
        out += "        ],\n    },\n";
    }
    out + "]\n"
}
