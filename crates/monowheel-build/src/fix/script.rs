//! The first line of a script: installers replace `#!python` with the Python that they install for (binary
//! distribution format, "Recommended installer features").

use monowheel_audit::gather::EXEC;

use crate::normalize::Done;

/// The script with `#!python` if it begins with the path of a Python, or with `env` and an option; its arguments are
/// kept.
pub(super) fn without_build_python(bytes: &[u8]) -> Done {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (head, rest) = first_line(text);
    let direct = || Some((std::str::from_utf8(head).ok().and_then(replaced)?, rest));
    if let Some((line, rest)) = direct().or_else(|| wrapped(head, rest)) {
        let said = vec![format!("begins with {}", line.trim_end())];
        return Done { bytes: Some([line.as_bytes(), rest].concat()), said };
    }
    if text.len() < bytes.len() {
        return Done { bytes: Some(text.to_vec()), said: vec!["begins without a byte order mark".to_owned()] };
    }
    Done { bytes: None, said: vec!["left as it is: its interpreter is not Python".to_owned()] }
}

/// The first line for a shell script that starts Python in its second, and what follows its third.
fn wrapped<'a>(head: &[u8], rest: &'a [u8]) -> Option<(String, &'a [u8])> {
    let (exec, rest) = first_line(rest.strip_prefix(b"\n")?);
    let (_, rest) = first_line(rest.strip_prefix(b"\n")?);
    let call = std::str::from_utf8(exec).ok()?.strip_prefix(EXEC)?;
    // The shell passes its own arguments on; an installer's `#!` does so too.
    let line = replaced(&format!("#!{}", call.split(" \"$0\"").next()?))?;
    head.starts_with(b"#!/bin/sh").then_some((line, rest))
}

/// The script with LF line endings.
pub(super) fn with_unix_lines(bytes: &[u8]) -> Done {
    let mut fixed = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => fixed.extend([line, b"\n"].concat()),
            None => fixed.extend_from_slice(line),
        }
    }
    Done { bytes: Some(fixed), said: vec!["has LF line endings".to_owned()] }
}

/// The first line without its end, and the rest from its end on.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(memchr::memchr(b'\n', bytes).unwrap_or(bytes.len()))
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
    if name == "env" {
        // Without an option it starts what the search path has; with one, nothing.
        let (name, arguments) = arguments.trim_start().split_once(' ')?;
        let is_python = name.starts_with("python") && !arguments.trim().is_empty();
        return is_python.then(|| format!("#!python {arguments}"));
    }
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
            ("#!/usr/bin/env python3 -u", Some("#!python -u")),
            ("#!/usr/bin/env -S python3 -u", None),
            ("import x", None),
        ] {
            assert_eq!(replaced(line).as_deref(), expected, "{line}");
        }
    }
    #[test]
    fn scripts_that_start_nothing() {
        let fixed = |text: &str| without_build_python(text.as_bytes()).bytes.map(String::from_utf8);
        let long = "#!/bin/sh\n'''exec' \"/home/jane/venv/bin/python\" \"$0\" \"$@\"\n' '''\nimport x\n";
        assert_eq!(fixed(long), Some(Ok("#!python\nimport x\n".to_owned())));
        let marked = "\u{feff}#!/usr/bin/env python3\n";
        assert_eq!(fixed(marked), Some(Ok("#!/usr/bin/env python3\n".to_owned())));
        assert_eq!(fixed("#!/bin/sh\necho\n"), None);
        assert_eq!(with_unix_lines(b"#!/bin/sh\r\na\rb\nc\r").bytes.unwrap(), b"#!/bin/sh\na\rb\nc\r");
    }
}
