//! The first line of a script: installers replace `#!python` with the Python that they install for (binary
//! distribution format, "Recommended installer features").

use crate::normalize::Done;

/// The script with `#!python` if it begins with the path of a Python; its arguments are kept.
pub(super) fn without_build_python(bytes: &[u8]) -> Done {
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at(end);
    let Some(line) = std::str::from_utf8(head).ok().and_then(replaced) else {
        return Done { bytes: None, said: vec!["left as it is: its interpreter is not Python".to_owned()] };
    };
    Done { bytes: Some([line.as_bytes(), rest].concat()), said: vec![format!("begins with {}", line.trim_end())] }
}

fn replaced(line: &str) -> Option<String> {
    let call = line.strip_prefix("#!")?.trim_start();
    // A quoted path may have blanks.
    let (program, arguments) = match call.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => call.split_at(call.find(char::is_whitespace).unwrap_or(call.len())),
    };
    let (_, name) = program.rsplit_once(['/', '\\'])?;
    let name = name.to_ascii_lowercase();
    let python = if name.starts_with("pythonw") { "pythonw" } else { "python" };
    (name.starts_with("python") || name.starts_with("pypy")).then(|| format!("#!{python}{arguments}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        for (line, expected) in [
            ("#!/home/jane/venv/bin/python3 -s", Some("#!python -s")),
            ("#!/usr/bin/python3\r", Some("#!python\r")),
            ("#!\"/Users/jane doe/bin/python\"", Some("#!python")),
            ("#!C:\\Python312\\pythonw.exe", Some("#!pythonw")),
            ("#!/opt/tool/bin/perl", None),
            ("#!/usr/bin/env python3", None),
            ("import x", None),
        ] {
            assert_eq!(replaced(line).as_deref(), expected, "{line}");
        }
    }
}
