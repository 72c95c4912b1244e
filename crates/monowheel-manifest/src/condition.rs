//! Whether a table `[target.….dependencies]` applies to a Rust target.
//!
//! Only conditions on the operating system, its family and the processor are decided; what else a condition names is
//! left open.

/// The deepest nesting that is followed; a real condition has two or three levels.
const DEPTH: usize = 16;

/// Whether a platform, `cfg(…)` or the name of a target, is this Rust target; `None` if that cannot be decided.
pub(crate) fn applies(platform: &str, triple: &str) -> Option<bool> {
    let platform = platform.trim();
    let Some(condition) = platform.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')) else {
        return Some(platform == triple);
    };
    holds(condition, triple, DEPTH)
}

fn holds(condition: &str, triple: &str, depth: usize) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    let condition = condition.trim();
    let within = |name: &str| condition.strip_prefix(name)?.trim_start().strip_prefix('(')?.strip_suffix(')');
    if let Some(inner) = within("not") {
        return holds(inner, triple, depth).map(|is_true| !is_true);
    }
    for (name, decides) in [("all", false), ("any", true)] {
        if let Some(inner) = within(name) {
            let each: Vec<Option<bool>> = parts(inner).into_iter().map(|part| holds(part, triple, depth)).collect();
            let is_decided = each.contains(&Some(decides));
            return if is_decided { Some(decides) } else { (!each.contains(&None)).then_some(!decides) };
        }
    }
    let os = system(triple)?;
    let family = if os == "windows" { "windows" } else { "unix" };
    match condition.split_once('=').map(|(key, value)| (key.trim(), value.trim().trim_matches('"'))) {
        None if matches!(condition, "unix" | "windows") => Some(condition == family),
        Some(("target_os", value)) => Some(value == os),
        Some(("target_family", value)) if os != "emscripten" => Some(value == family),
        Some(("target_arch", value)) => processor(triple).map(|arch| arch == value),
        _ => None,
    }
}

/// The parts between the commas outside parentheses.
fn parts(list: &str) -> Vec<&str> {
    let (mut found, mut begin, mut depth) = (Vec::new(), 0, 0_usize);
    for (index, letter) in list.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(&list[begin..index]);
                begin = index + 1;
            }
            _ => {}
        }
    }
    found.push(&list[begin..]);
    found.retain(|part| !part.trim().is_empty());
    found
}

/// `target_os`.
fn system(triple: &str) -> Option<&'static str> {
    let known =
        [("-windows-", "windows"), ("-apple-darwin", "macos"), ("-linux-", "linux"), ("-emscripten", "emscripten")];
    known.iter().find(|(part, _)| triple.contains(part)).map(|(_, os)| *os)
}

/// `target_arch`.
fn processor(triple: &str) -> Option<&str> {
    match triple.split('-').next()? {
        arch if arch.starts_with("armv7") => Some("arm"),
        "i686" => Some("x86"),
        arch @ ("x86_64" | "aarch64") => Some(arch),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "x86_64-unknown-linux-gnu";
    const WINDOWS: &str = "aarch64-pc-windows-gnullvm";
    const MAC: &str = "aarch64-apple-darwin";

    #[test]
    fn conditions_on_the_platform_are_decided() {
        for (platform, linux, windows, mac) in [
            ("cfg(unix)", true, false, true),
            ("cfg(windows)", false, true, false),
            ("cfg(not(windows))", true, false, true),
            ("cfg(target_os = \"macos\")", false, false, true),
            ("cfg(target_family=\"unix\")", true, false, true),
            ("cfg(any(target_os = \"linux\", all(windows, target_arch = \"aarch64\")))", true, true, false),
            ("cfg(all(unix, not(target_arch = \"aarch64\")))", true, false, false),
            ("x86_64-unknown-linux-gnu", true, false, false),
        ] {
            let found = [LINUX, WINDOWS, MAC].map(|triple| applies(platform, triple));
            assert_eq!(found, [Some(linux), Some(windows), Some(mac)], "{platform}");
        }
    }

    #[test]
    fn a_condition_that_names_something_else_is_open() {
        assert_eq!(applies("cfg(feature = \"x\")", LINUX), None);
        assert_eq!(applies("cfg(all(unix, foo))", LINUX), None);
        assert_eq!(applies("cfg(all(windows, foo))", LINUX), Some(false));
        assert_eq!(applies("cfg(any(unix, foo))", LINUX), Some(true));
        assert_eq!(applies(&format!("cfg({}unix{})", "not(".repeat(99), ")".repeat(99)), LINUX), None);
        assert_eq!(applies("cfg(unix)", "wasm32-unknown-unknown"), None);
    }
}
