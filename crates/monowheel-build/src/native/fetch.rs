//! Fetches a program from the index: its wheel, checked against the hashes of `programs.toml`, and unpacked.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{IndexOptions, Requirements, served};
use monowheel_wheel::archive::{Archive, Limits, Member, Oddity, OddityKind};
use monowheel_wheel::filename::WheelName;
use monowheel_wheel::source::File;

use super::program::Program;

/// The maximum unpacked size of a program's wheel: libclang's has 64 MB.
const LIMITS: Limits = Limits { members: 20_000, directory: 8 << 20, member: 512 << 20, total: 1 << 30 };

/// Fetches the wheel of a program for this machine and unpacks it into `files`.
///
/// # Errors
/// When the index cannot be reached, has no wheel for this machine, or serves an unknown file.
pub(crate) fn program(program: &Program, files: &Path, index: &IndexOptions) -> Result<()> {
    let title = format!("{} {}", program.package, program.version);
    let hashes: String = program.sha256.iter().map(|sha256| format!(" --hash=sha256:{sha256}")).collect();
    let mut requirements = Requirements::default();
    requirements.add(&format!("{}=={}{hashes}", program.package, program.version))?;
    let next = || {
        format!(
            "make the index reachable (docs/indexes.md), or set your own: {}={}",
            program.variable(),
            if program.name == "ninja" {
                "\"Unix Makefiles\"".to_owned()
            } else {
                format!("/path/to/{}", program.name)
            }
        )
    };
    let lacking = |error: Error| {
        let place = error.place().unwrap_or_default().to_owned();
        Error::new(error.kind(), format!("{title}, which a build script runs, cannot be fetched: {}", error.what()))
            .at(place)
            .next(next())
    };
    let release = served(&requirements, index).map_err(lacking)?;
    let is_meant = |name: &str| WheelName::parse(name).is_ok_and(|wheel| runs_here(&wheel.tag));
    let known = release.wheels.iter().find(|wheel| {
        is_meant(&wheel.name) && wheel.sha256.as_ref().is_some_and(|sha256| program.sha256.contains(sha256))
    });
    let wheel = known.ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, format!("{title}, which a build script runs, has no wheel for this machine"))
            .next(format!("install it another way, and set {}", program.variable()))
    })?;
    let folder = tempfile::tempdir()?;
    let path = release.save(wheel, folder.path()).map_err(lacking)?;
    unpack(&path, files).map_err(|error| error.at(&wheel.name))?;
    match program.within(files) {
        Some(_) => Ok(()),
        None => Err(Error::new(ErrorKind::Format, format!("the wheel of {title} does not contain {}", program.name))
            .at(&wheel.name)),
    }
}

/// Whether a wheel with programs for any Python runs on this machine: monowheel itself was built for one like it.
fn runs_here(tag: &str) -> bool {
    let arch = match std::env::consts::ARCH {
        "powerpc64" => "ppc64le",
        "x86" => "i686",
        arch => arch,
    };
    let is_platform = |platform: &str| match std::env::consts::OS {
        "macos" => {
            let arch = if arch == "aarch64" { "arm64" } else { arch };
            platform.starts_with("macosx_") && (platform.ends_with("_universal2") || platform.ends_with(arch))
        }
        "windows" => platform == if arch == "aarch64" { "win_arm64" } else { "win_amd64" },
        _ => {
            let libc = if cfg!(target_env = "musl") { "musllinux" } else { "manylinux" };
            platform.starts_with(libc) && platform.ends_with(&format!("_{arch}"))
        }
    };
    tag.rsplit('-').next().unwrap_or_default().split('.').any(is_platform)
}

/// Unpacks a wheel; an ambiguous archive is refused.
fn unpack(wheel: &Path, files: &Path) -> Result<()> {
    let file = File::open(wheel)?;
    let mut archive = Archive::open(&file, &LIMITS)?;
    refuse(&archive.oddities)?;
    for member in std::mem::take(&mut archive.members).iter().filter(|member| !member.is_folder) {
        let path = inside(files, &member.path)?;
        fs_err::create_dir_all(path.parent().unwrap_or(files))?;
        fs_err::write(&path, bytes(&archive, member)?)?;
        #[cfg(unix)]
        if member.mode.is_some_and(|mode| mode & 0o111 != 0) {
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        }
    }
    Ok(())
}

fn bytes(archive: &Archive<'_>, member: &Member) -> Result<Vec<u8>> {
    let (mut bytes, mut oddities) = (Vec::new(), Vec::new());
    let is_read = archive.read(member, &mut oddities, &mut |piece| bytes.extend_from_slice(piece))?;
    refuse(&oddities)?;
    if is_read { Ok(bytes) } else { Err(damaged(&member.path)) }
}

fn refuse(oddities: &[Oddity]) -> Result<()> {
    match oddities.iter().find(|oddity| oddity.kind != OddityKind::DataDescriptor) {
        Some(oddity) => Err(damaged(&oddity.detail)),
        None => Ok(()),
    }
}

/// The path of a member, which must be a plain path below `files`.
fn inside(files: &Path, member: &str) -> Result<std::path::PathBuf> {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if member.split('/').all(is_plain) { Ok(files.join(member)) } else { Err(damaged(member)) }
}

fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::Format, format!("the wheel cannot be unpacked: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_of_this_machine_is_chosen() {
        let here = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", arch) if cfg!(target_env = "musl") => format!("musllinux_1_2_{arch}"),
            ("linux", arch) => format!("manylinux2014_{arch}.manylinux_2_17_{arch}"),
            ("macos", _) => "macosx_10_10_universal2".to_owned(),
            _ => "win_amd64".to_owned(),
        };
        assert!(runs_here(&format!("py3-none-{here}")), "{here}");
        for other in ["py3-none-any", "py3-none-manylinux_2_17_s390x", "py3-none-win32", "py3-none-macosx_10_9_ppc"] {
            assert!(!runs_here(other), "{other}");
        }
    }

    #[test]
    fn a_member_stays_below_the_entry() {
        let files = Path::new("/kept");
        assert!(inside(files, "cmake/data/bin/cmake").is_ok());
        for outside in ["../x", "/etc/passwd", "a//b", "a/../../b", "C:/x", "a\\b"] {
            assert!(inside(files, outside).is_err(), "{outside}");
        }
    }
}
