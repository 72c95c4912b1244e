//! apt's configuration: the mirror, and of the system's settings only how to reach it.

use std::path::{Path, PathBuf};

/// The default mirror, if the system's configuration has none.
const MIRROR: &str = "http://deb.debian.org/debian";

/// The mirror that the system uses, if it is one of Debian's archive.
pub(in crate::lab) fn mirror() -> String {
    let folder = fs_err::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|file| file.path());
    let mut files: Vec<PathBuf> = folder.collect();
    files.sort();
    files.push(PathBuf::from("/etc/apt/sources.list"));
    let texts = files.iter().filter_map(|file| fs_err::read_to_string(file).ok());
    texts.filter_map(|text| mirror_in(&text)).next().unwrap_or_else(|| MIRROR.to_owned())
}

fn mirror_in(text: &str) -> Option<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut words = lines.filter(|line| !line.starts_with("Types:")).flat_map(str::split_whitespace);
    // security, backports and ports are in directories of other names.
    let is_archive = |word: &&str| word.contains("://") && word.trim_end_matches('/').ends_with("/debian");
    words.find(is_archive).map(|word| word.trim_end_matches('/').to_owned())
}

/// The complete configuration. Of the system's, the settings to reach a mirror (proxies, certificates) are kept.
/// Unsigned or weakly signed lists are always refused; outdated ones unless `outdated` allows them.
pub(super) fn text(folder: &Path, arch: &str, machine: &str, outdated: bool) -> String {
    let reach = |line: &&str| line.starts_with("Acquire::http") || line.starts_with("Acquire::https");
    let kept: String = machine.lines().filter(reach).map(|line| format!("{line}\n")).collect();
    let dated = !outdated;
    let path = |part: &str| folder.join(part).display().to_string();
    format!(
        r#"{kept}Dir::State "{}";
Dir::State::status "{}";
Dir::Cache "{}";
Dir::Cache::archives "{}";
Dir::Etc "{}";
Dir::Log "{}";
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Install-Recommends "false";
APT::Get::List-Cleanup "true";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
Acquire::Check-Valid-Until "{dated}";
Acquire::Check-Date "{dated}";
"#,
        path("state"),
        path("status"),
        path("cache"),
        path("archives"),
        path("etc"),
        path("log"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_own_mirror_of_debian_is_taken() {
        let deb822 = "Types: deb\n# http://snapshot.debian.org/archive/debian/20250520T000000Z\nURIs: http://mirror.example/debian/\nSuites: bookworm\n";
        assert_eq!(mirror_in(deb822).as_deref(), Some("http://mirror.example/debian"));
        assert_eq!(mirror_in("deb [arch=amd64] https://a/debian bookworm main").as_deref(), Some("https://a/debian"));
        assert_eq!(mirror_in("deb http://archive.ubuntu.com/ubuntu noble main\n# deb http://x/debian y main"), None);
        assert_eq!(mirror_in("URIs: http://deb.debian.org/debian-security"), None);
    }

    #[test]
    fn the_way_to_a_mirror_is_the_system_s_and_nothing_else() {
        let machine =
            "Acquire::http::Proxy \"http://p:3128\";\nDPkg::Post-Invoke:: \"rm\";\nDir::State \"/var/lib/apt\";\n";
        let text = text(Path::new("/a lab/apt"), "arm64", machine, false);
        assert!(
            text.starts_with("Acquire::http::Proxy \"http://p:3128\";\nDir::State \"/a lab/apt/state\";\n"),
            "{text}"
        );
        assert!(!text.contains("Post-Invoke") && !text.contains("/var/lib"), "{text}");
    }

    #[test]
    fn dates_and_signatures_are_checked_unless_outdated_lists_are_wanted() {
        let of =
            |outdated| text(Path::new("/lab"), "amd64", "Acquire::AllowInsecureRepositories \"true\";\n", outdated);
        for check in ["Check-Valid-Until", "Check-Date"] {
            assert!(of(false).contains(&format!("Acquire::{check} \"true\";")), "{check}");
            assert!(of(true).contains(&format!("Acquire::{check} \"false\";")), "{check}");
        }
        for outdated in [false, true] {
            let text = of(outdated);
            assert!(
                text.contains("AllowInsecureRepositories \"false\"")
                    && !text.contains("AllowInsecureRepositories \"true\"")
            );
        }
    }
}
