//! `monowheel compare` from the view of a user or a script.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_forge::wheel::Wheel;

use crate::said::{Ended, ran};

fn compare(args: &[&str], paths: &[&Path]) -> Ended {
    let mut argv: Vec<OsString> = std::iter::once("compare").chain(args.iter().copied()).map(OsString::from).collect();
    argv.extend(paths.iter().map(|path| path.as_os_str().to_owned()));
    ran(&argv)
}

/// A directory whose name has a space, with two wheels that differ in a line and one that is not a wheel.
struct Folder {
    dir: tempfile::TempDir,
    a: PathBuf,
    b: PathBuf,
    none: PathBuf,
}

fn folder() -> std::io::Result<Folder> {
    let dir = tempfile::Builder::new().prefix("with a space").tempdir()?;
    let save = |name: &str, bytes: &[u8]| -> std::io::Result<PathBuf> {
        let path = dir.path().join(name);
        fs_err::write(&path, bytes)?;
        Ok(path)
    };
    let a = save("a.whl", &Wheel::pure().bytes())?;
    let b = save("b.whl", &Wheel::pure().info("METADATA", |text| text.replace("demonstration", "show")).bytes())?;
    let none = save("none.whl", b"no archive")?;
    Ok(Folder { dir, a, b, none })
}

#[test]
fn exit_codes() -> std::io::Result<()> {
    let Folder { dir, a, b, none } = folder()?;
    let same = compare(&[], &[&a, &a]);
    assert_eq!((same.code, same.err.as_str()), (0, ""), "{}", same.out);
    assert!(same.out.ends_with("identical\n"), "{}", same.out);
    let different = compare(&[], &[&a, &b]);
    assert_eq!(different.code, 1, "{}", different.err);
    assert!(different.out.contains("METADATA line 4: Summary is `A demonstration` in A"), "{}", different.out);
    assert!(different.out.ends_with("\ndifferent\n"), "{}", different.out);
    assert_eq!(compare(&[], &[&a, &dir.path().join("gone")]).code, 2);
    assert_eq!(compare(&[], &[&a, dir.path()]).code, 2);
    let broken = compare(&[], &[&a, &none]);
    assert_eq!(broken.code, 3, "{}{}", broken.out, broken.err);
    Ok(())
}

#[test]
fn the_report_goes_to_a_file() -> std::io::Result<()> {
    let Folder { dir, a, b, .. } = folder()?;
    let output = dir.path().join("report.json");
    let words = output.display().to_string();
    let ended = compare(&["--json", "-o", &words], &[&a, &b]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("different; the report is in "), "{}", ended.err);
    let json: serde_json::Value = serde_json::from_str(&fs_err::read_to_string(&output)?)?;
    assert_eq!(json["schema"], "monowheel.compare/1");
    let printed = compare(&["--format", "json"], &[&a, &b]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&printed.out)?, json);
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_long_form_is_diffoscopes() -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let Folder { dir, a, b, .. } = folder()?;
    let without = compare(&["--long"], &[&a, &b]);
    if !without.err.is_empty() {
        assert!(
            without.err.contains("diffoscope is not installed\n  next: pipx install diffoscope"),
            "{}",
            without.err
        );
        assert_eq!(without.code, 1);
    }
    // The program is found only by PATH, so a child with a PATH of its own tests it.
    let tool = dir.path().join("diffoscope");
    fs_err::write(&tool, "#!/bin/sh\nprintf 'I was told: %s\\n\\tand \\033[31m\\n' \"$*\"\nexit 1\n")?;
    fs_err::set_permissions(&tool, std::fs::Permissions::from_mode(0o755))?;
    let test = std::env::current_exe()?;
    let child = std::process::Command::new(test)
        .args(["--exact", "--ignored", "--nocapture", "cli_compare::long_form_in_a_child"])
        .env("PATH", dir.path())
        .env("COMPARED_A", &a)
        .env("COMPARED_B", &b)
        .output()?;
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
    let told = format!("I was told: --text - -- {} {}\n\tand <U+001B>[31m\n", a.display(), b.display());
    assert!(said.contains(&told), "{said}");
    Ok(())
}

#[cfg(unix)]
#[test]
#[ignore = "only a child of `the_long_form_is_diffoscopes` has the variables"]
fn long_form_in_a_child() {
    let (Some(a), Some(b)) = (std::env::var_os("COMPARED_A"), std::env::var_os("COMPARED_B")) else { return };
    let ended = compare(&["--long"], &[Path::new(&a), Path::new(&b)]);
    assert_eq!((ended.code, ended.err.as_str()), (1, ""));
    print!("{}", ended.out);
}
