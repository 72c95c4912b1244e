//! The processor of the build machine: a wheel is installed on others too, so that nothing is compiled for this one only.
//!
//! Developers set `-C target-cpu=native` for themselves, in `~/.cargo/config.toml` or in `RUSTFLAGS`, and some build scripts
//! pass `-march=native` to C compilers. On an older processor the wheel would end Python with *illegal instruction*, and on
//! another machine the same source would give other bytes.

use std::path::Path;

use monowheel_system::{cargo, regular_file};
use toml::{Table, Value};

use crate::compiler_env::variables;

/// For the script that runs rustc: leaves `-C target-cpu=native` out, in all its forms.
pub(super) const WITHOUT_FOR_RUSTC: &str = r#"case " $* " in
  *target-cpu=native*)
    left=$# held=
    while [ "$left" -gt 0 ]; do
      left=$((left - 1))
      case $held$1 in
        -Ctarget-cpu=native | --codegentarget-cpu=native | --codegen=target-cpu=native) held= ;;
        -C | --codegen) held=$1 ;;
        *) set -- "$@" ${held:+"$held"} "$1" && held= ;;
      esac
      shift
    done ;;
esac
"#;

/// For the script that runs zig as a C compiler: leaves out `-march=native` and the like.
pub(super) const WITHOUT_FOR_C: &str = r#"for arg in "$@"; do
  shift
  case $arg in -march=native | -mcpu=native | -mtune=native) ;; *) set -- "$@" "$arg" ;; esac
done
"#;

/// What any x86-64 or Arm processor of 64 bits can run.
const EVERY: [&str; 3] = ["generic", "x86-64", "x86_64"];

/// The settings of a project in this directory that compile for some processors only: those of cargo's configuration files
/// and of the environment.
pub(crate) fn notes(project: &Path) -> Vec<String> {
    let files = cargo::configs(project).into_iter().flat_map(|file| {
        let flags = regular_file::read_text(&file).map(|text| flags_of(&text)).unwrap_or_default();
        flags.into_iter().map(move |flag| (file.display().to_string(), flag))
    });
    let variables = variables().filter(|(name, _)| name.ends_with("RUSTFLAGS"));
    let mut notes: Vec<String> = files.chain(variables).filter_map(|(place, flags)| note(&place, &flags)).collect();
    notes.dedup();
    notes
}

/// The `rustflags` of a configuration file of cargo, each a text with one or more options.
fn flags_of(text: &str) -> Vec<String> {
    let Ok(table) = toml::from_str::<Table>(text) else { return Vec::new() };
    let targets = table.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let all = table.get("build").into_iter().chain(targets).filter_map(|table| table.get("rustflags"));
    all.map(|flags| match flags.as_array() {
        Some(flags) => flags.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        None => flags.as_str().unwrap_or_default().to_owned(),
    })
    .collect()
}

/// What a place's options mean for a wheel.
fn note(place: &str, flags: &str) -> Option<String> {
    let separators = |letter: char| letter.is_whitespace() || letter == '\u{1f}';
    let mut words = flags.split(separators).filter_map(|word| Some(word.split_once("target-cpu=")?.1));
    match words.next_back()? {
        "native" => {
            Some(format!("{place} sets target-cpu=native, which is left out: wheels are for other processors too"))
        }
        cpu if EVERY.contains(&cpu) => None,
        cpu => Some(format!(
            "{place} sets target-cpu={cpu}: on older processors, for which pip installs the wheel too, it crashes"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_read_from_every_form_of_a_configuration() {
        for (config, expected) in [
            ("[build]\nrustflags = [\"-C\", \"target-cpu=native\"]", Some("native, which is left out")),
            ("[build]\nrustflags = \"-Clto -Ctarget-cpu=native\"", Some("native, which is left out")),
            ("[target.'cfg(unix)']\nrustflags = [\"-Ctarget-cpu=haswell\"]", Some("haswell: on older")),
            ("[build]\nrustflags = [\"-Ctarget-cpu=x86-64\"]", None),
            (
                "[build]\nrustflags = [\"--cfg\", \"tokio_unstable\"]\n[target.x86_64-apple-darwin]\nlinker = \"x\"",
                None,
            ),
            ("[build", None),
            ("build = 1\ntarget = [2]", None),
        ] {
            let notes: Vec<String> = flags_of(config).iter().filter_map(|flags| note("f", flags)).collect();
            match expected {
                Some(part) => assert!(notes.len() == 1 && notes[0].contains(part), "{config}: {notes:?}"),
                None => assert_eq!(notes, Vec::<String>::new(), "{config}"),
            }
        }
        assert!(note("RUSTFLAGS", "-Copt-level=3\u{1f}-Ctarget-cpu=native").is_some());
    }

    #[test]
    fn the_configuration_beside_a_project_and_above_it_counts() {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("a project");
        for (folder, cpu) in [(dir.path(), "native"), (&project, "znver3")] {
            fs_err::create_dir_all(folder.join(".cargo")).unwrap();
            let text = format!("[build]\nrustflags = [\"-Ctarget-cpu={cpu}\"]\n");
            fs_err::write(folder.join(".cargo/config.toml"), text).unwrap();
        }
        let notes = notes(&project);
        assert!(notes[0].contains("a project/.cargo/config.toml sets target-cpu=znver3"), "{notes:?}");
        assert!(notes[1].contains(".cargo/config.toml sets target-cpu=native"), "{notes:?}");
    }

    #[cfg(unix)]
    #[test]
    fn neither_rustc_nor_a_c_compiler_is_told_to_compile_for_this_processor() -> monowheel_error::Result<()> {
        use monowheel_system::exec::{Call, CancelToken};

        use crate::toolchain::remap::Remap;
        use crate::toolchain::rust::tests::toolchain;
        use crate::toolchain::shims::{Shims, write_script};

        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let tool = dir.path().join("a tool");
        write_script(&tool, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let mut toolchain = toolchain("x", "1.96.0", &[], false, false);
        toolchain.rustc = tool.clone();
        let shims = Shims::write(&dir.path().join("bin"), &toolchain, None, &Remap::default())?;
        let zig = shims.zig(&tool, &Remap::default(), None)?;
        let said = |program: &Path, words: &[&str]| {
            Call::new(program).args(words).stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        for native in [&["-C", "target-cpu=native"][..], &["-Ctarget-cpu=native"], &["--codegen=target-cpu=native"]] {
            let words = [&["-C", "opt-level=3", "--cfg", "a b"], native, &["-C", "lto", "x.rs"]].concat();
            assert_eq!(said(&shims.rustc, &words)?, "-C|opt-level=3|--cfg|a b|-C|lto|x.rs|");
        }
        assert_eq!(said(&shims.rustc, &["-Ctarget-cpu=haswell", "a b"])?, "-Ctarget-cpu=haswell|a b|");
        let c = said(&zig, &["cc", "-O2", "-march=native", "-mtune=native", "-march=x86-64-v2", "a b.c"])?;
        assert_eq!(c, "cc|-O2|-march=x86-64-v2|a b.c|");
        Ok(())
    }
}
