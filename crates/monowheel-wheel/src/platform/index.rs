//! The platform tags that PyPI accepts (`pypi_platforms.tsv`). Other indexes may accept more.

use std::sync::LazyLock;

/// A row of the table: the parts of the tag between underscores, and the possible values of `ARCH`.
struct Pattern {
    parts: Vec<&'static str>,
    architectures: Vec<&'static str>,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let rows = include_str!("pypi_platforms.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let (tag, architectures) = row.split_once('\t').unwrap_or((row, ""));
        Pattern { parts: tag.split('_').collect(), architectures: architectures.split(' ').collect() }
    })
    .collect()
});

impl Pattern {
    fn accepts(&self, tag: &str) -> bool {
        let mut rest = Some(tag);
        for part in &self.parts {
            let Some(left) = rest else { return false };
            // An architecture may contain underscores, and is always the last part.
            if *part == "ARCH" {
                return self.architectures.contains(&left);
            }
            let (word, after) = left.split_once('_').map_or((left, None), |(word, after)| (word, Some(after)));
            let is_number = || !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
            let fits = if matches!(*part, "X" | "Y") { is_number() } else { word == *part };
            if !fits {
                return false;
            }
            rest = after;
        }
        rest.is_none()
    }
}

/// Whether PyPI accepts a wheel with this platform tag (not a compressed set: each of its tags counts).
#[must_use]
pub fn accepts(tag: &str) -> bool {
    PATTERNS.iter().any(|pattern| pattern.accepts(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tags() {
        for tag in [
            "any",
            "win32",
            "win_arm64",
            "manylinux1_i686",
            "manylinux2014_ppc64",
            "manylinux_2_17_x86_64",
            "manylinux_2_39_riscv64",
            "musllinux_1_2_armv7l",
            "linux_armv7l",
            "macosx_10_12_x86_64",
            "macosx_10_9_universal2",
            "macosx_11_0_arm64",
            "macosx_26_0_arm64",
            "ios_13_0_arm64_iphoneos",
            "android_24_arm64_v8a",
            "pyemscripten_2026_0_wasm32",
        ] {
            assert!(accepts(tag), "{tag}");
        }
    }

    #[test]
    fn refused_tags() {
        for tag in [
            "",
            "any_",
            "linux_x86_64",
            "win_x86",
            "win32_x",
            "manylinux1_aarch64",
            "manylinux_2_36_loongarch64",
            "manylinux_2_x86_64",
            "manylinux_2__x86_64",
            "musllinux_1_2_ppc64",
            "macosx_11_1_arm64",
            "macosx_16_0_arm64",
            "macosx_11_0",
            "ios_13_0_arm64",
            "emscripten_3_1_58_wasm32",
            "win_ARCH",
            "manylinux_X_Y_x86_64",
        ] {
            assert!(!accepts(tag), "{tag}");
        }
    }
}
