//! Declares a module in a crate's root file.

/// The declaration.
pub(super) const LINES: &str = "#[cfg(feature = \"python\")]\nmod python;\n";

/// The text with the module declared before the first item, after the file's documentation and attributes. None if a
/// module of that name is declared differently.
pub(super) fn declared(text: &str) -> Option<String> {
    if text.replace("\r\n", "\n").contains(LINES) {
        return Some(text.to_owned());
    }
    let is_declared = |line: &str| {
        let words: Vec<&str> = line.trim().split([' ', '{', ';']).filter(|word| !word.is_empty()).collect();
        matches!(words[..], ["mod", "python", ..] | [_, "mod", "python", ..])
    };
    if text.lines().any(is_declared) {
        return None;
    }
    let at = head(text);
    let (before, after) = text.split_at(at);
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = LINES.replace('\n', end);
    let blank = |text: &str| text.ends_with(&end.repeat(2)) || text.is_empty();
    let gap = match before {
        _ if blank(before) => String::new(),
        _ if before.ends_with('\n') => end.to_owned(),
        _ => end.repeat(2),
    };
    let follow =
        if after.trim_start_matches(['\r', '\n']).len() == after.len() && !after.is_empty() { end } else { "" };
    Some(format!("{before}{gap}{lines}{follow}{after}"))
}

/// The end of a file's head: its documentation, its attributes, and comments that a blank line separates from the
/// rest.
fn head(text: &str) -> usize {
    let (mut at, mut end) = (0, 0);
    // The open brackets and comments.
    let (mut brackets, mut comments) = (0_i32, 0_i32);
    for line in text.split_inclusive('\n') {
        let bare = line.trim().trim_start_matches('\u{feff}');
        let is_inner = bare.starts_with("//!") || bare.starts_with("#!") || bare.starts_with("/*!");
        let is_inside = brackets > 0 || comments > 0;
        let is_comment =
            bare.starts_with("//") && !bare.starts_with("///") || bare.starts_with("/*") && !bare.starts_with("/**");
        if !(is_inside || is_inner || is_comment || bare.is_empty()) {
            break;
        }
        if comments > 0 || bare.starts_with("/*") {
            comments += count(bare, "/*") - count(bare, "*/");
        } else if brackets > 0 || bare.starts_with("#![") {
            brackets += count(bare, "[") - count(bare, "]");
        }
        at += line.len();
        if is_inside || is_inner || bare.is_empty() {
            end = at;
        }
    }
    end
}

fn count(line: &str, what: &str) -> i32 {
    i32::try_from(line.matches(what).count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_the_head_and_before_the_first_item() {
        for (text, wanted) in [
            ("", "MOD"),
            ("pub fn f() {}\n", "MOD\npub fn f() {}\n"),
            ("//! Docs.\n\nuse std::fmt;\n", "//! Docs.\n\nMOD\nuse std::fmt;\n"),
            ("//! Docs.\nuse std::fmt;\n", "//! Docs.\n\nMOD\nuse std::fmt;\n"),
            (
                "#![no_std]\n#![allow(\n    dead_code,\n)]\n\nmod a;\n",
                "#![no_std]\n#![allow(\n    dead_code,\n)]\n\nMOD\nmod a;\n",
            ),
            ("/*! Docs\n\nmod b;\n*/\nmod a;\n", "/*! Docs\n\nmod b;\n*/\n\nMOD\nmod a;\n"),
            ("// Copyright\n\n// of the item\nmod a;\n", "// Copyright\n\nMOD\n// of the item\nmod a;\n"),
            ("// Copyright\n/// Of the item.\nmod a;\n", "MOD\n// Copyright\n/// Of the item.\nmod a;\n"),
            ("//! Docs without an end", "//! Docs without an end\n\nMOD"),
            ("#!/usr/bin/env x\n//! Docs\n", "#!/usr/bin/env x\n//! Docs\n\nMOD"),
            ("\u{feff}//! Docs\nmod a;\n", "\u{feff}//! Docs\n\nMOD\nmod a;\n"),
        ] {
            let wanted = wanted.replace("MOD\n", &format!("{LINES}\n")).replace("MOD", LINES);
            assert_eq!(declared(text).as_deref(), Some(wanted.as_str()), "{text}");
            // A second time changes nothing.
            assert_eq!(declared(&wanted).as_deref(), Some(wanted.as_str()));
            if !text.contains('\n') {
                continue;
            }
            let windows = declared(&text.replace('\n', "\r\n")).unwrap();
            assert_eq!(windows, wanted.replace('\n', "\r\n"));
            assert_eq!(declared(&windows), Some(windows.clone()));
        }
    }

    #[test]
    fn a_module_of_that_name_stays() {
        for text in ["mod python;\n", "pub mod python {\n}\n", "    pub(crate) mod python;\n"] {
            assert_eq!(declared(text), None, "{text}");
        }
        assert!(declared("mod pythons;\n// mod of python\n").is_some());
    }
}
