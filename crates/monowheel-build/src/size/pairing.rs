//! What in another release corresponds: the wheel for the same platform, the member of the same name.

use monowheel_wheel::filename::WheelName;

/// Of these file names, the one that an installer takes where it takes `file`: of the same tags, else of the same ABI
/// for another version of the same system, else for the same system with any ABI. The only file is always it.
#[must_use]
pub fn counterpart<'a>(file: &str, others: &[&'a str]) -> Option<&'a str> {
    if let [only] = others {
        return Some(only);
    }
    let tag = Tag::of(file)?;
    let parsed = || others.iter().filter_map(|other| Some((*other, Tag::of(other)?)));
    let same = |is: &dyn Fn(&Tag) -> bool| parsed().find(|(_, other)| is(other)).map(|(other, _)| other);
    same(&|other| *other == tag)
        .or_else(|| same(&|other| other.abi == tag.abi && other.system() == tag.system()))
        .or_else(|| same(&|other| other.system() == tag.system()))
}

/// `python-abi` and `platform` of a wheel.
#[derive(PartialEq, Eq)]
struct Tag {
    abi: String,
    platform: String,
}

impl Tag {
    fn of(file: &str) -> Option<Self> {
        let tag = WheelName::parse(file).ok()?.tag;
        let (abi, platform) = tag.rsplit_once('-')?;
        Some(Self { abi: abi.to_owned(), platform: platform.to_owned() })
    }

    /// The platform without versions: `manylinux_2_17_x86_64.manylinux2014_x86_64` is `manylinux_x86_64`.
    fn system(&self) -> String {
        let first = self.platform.split('.').next().unwrap_or_default();
        let mut parts = first.split('_');
        let system = parts.next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
        let is_version = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        // `win32` is a system and a processor.
        let system = if first == "win32" { first } else { system };
        let rest: Vec<&str> = parts.skip_while(is_version).collect();
        std::iter::once(system).chain(rest).collect::<Vec<_>>().join("_")
    }
}

/// A member's path without what another release has otherwise: the version of `.dist-info` and `.data`, the hash of a
/// vendored library, the interpreter of an extension module.
pub(super) fn stable_path(path: &str) -> String {
    let (top, rest) = path.split_once('/').unwrap_or((path, ""));
    for ending in [".dist-info", ".data"] {
        if let (Some(name), false) = (top.strip_suffix(ending), rest.is_empty()) {
            return format!("{}{ending}/{rest}", name.split('-').next().unwrap_or(name));
        }
    }
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
    let file =
        if folder.ends_with(".libs") || folder.ends_with(".dylibs") { without_hash(file) } else { file.to_owned() };
    let lower = file.to_ascii_lowercase();
    let file = match file.split_once('.') {
        Some((module, _)) if !folder.ends_with(".libs") && (lower.ends_with(".so") || lower.ends_with(".pyd")) => {
            format!("{module}.so")
        }
        _ => file,
    };
    if folder.is_empty() { file } else { format!("{folder}/{file}") }
}

/// `libz-1a2b3c4d.so.1` without the hash that auditwheel and delvewheel put before the first dot.
fn without_hash(file: &str) -> String {
    let (stem, ending) = file.split_once('.').unwrap_or((file, ""));
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{name}.{ending}")
        }
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wheel_for_the_same_platform() {
        let others = [
            "demo-1.0-cp38-abi3-macosx_10_12_x86_64.whl",
            "demo-1.0-cp38-abi3-macosx_11_0_arm64.whl",
            "demo-1.0-cp38-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
            "demo-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "demo-1.0-cp38-abi3-win32.whl",
            "demo-1.0-cp38-abi3-win_amd64.whl",
        ];
        for (file, other) in [
            ("demo-2.0-cp38-abi3-macosx_11_0_x86_64.whl", Some(others[0])),
            ("demo-2.0-cp38-abi3-macosx_12_0_arm64.whl", Some(others[1])),
            ("demo-2.0-cp38-abi3-manylinux_2_28_x86_64.whl", Some(others[4])),
            ("demo-2.0-cp312-cp312-manylinux_2_28_x86_64.whl", Some(others[3])),
            ("demo-2.0-cp315-abi3.abi3t-win_amd64.whl", Some(others[6])),
            ("demo-2.0-cp38-abi3-win32.whl", Some(others[5])),
            ("demo-2.0-cp38-abi3-win_arm64.whl", None),
            ("demo-2.0-cp38-abi3-musllinux_1_2_x86_64.whl", None),
            ("no wheel", None),
        ] {
            assert_eq!(counterpart(file, &others), other, "{file}");
        }
        assert_eq!(counterpart("x", &["y"]), Some("y"));
        assert_eq!(counterpart("x", &[]), None);
    }

    #[test]
    fn paths_of_two_releases() {
        for (path, stable) in [
            ("demo-1.0.dist-info/METADATA", "demo.dist-info/METADATA"),
            ("demo-1.0.data/scripts/demo", "demo.data/scripts/demo"),
            ("demo/_demo.cpython-312-x86_64-linux-gnu.so", "demo/_demo.so"),
            ("demo/_demo.abi3.so", "demo/_demo.so"),
            ("demo/_demo.pyd", "demo/_demo.so"),
            ("demo.libs/libz-1a2b3c4d.so.1", "demo.libs/libz.so.1"),
            ("demo.libs/libz-1.2.so", "demo.libs/libz-1.2.so"),
            ("demo/__init__.py", "demo/__init__.py"),
            ("x", "x"),
        ] {
            assert_eq!(stable_path(path), stable);
        }
    }
}
