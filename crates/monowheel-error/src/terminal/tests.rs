use super::*;

#[test]
fn a_link_is_text_without_it() {
    let link = Ink::Bad.paint(text!("{}", "a\x1b]8;;evil")).linked("https://example.org/a");
    assert_eq!(link.plain(), "a<U+001B>]8;;evil");
    assert_eq!(link.without_links(), "\x1b[1;31ma<U+001B>]8;;evil\x1b[0m");
    assert!(link.as_str().starts_with("\x1b]8;;https://example.org/a\x1b\\\x1b[1;31ma"), "{link:?}");
    // Padding counts what is shown.
    assert_eq!(text!("{:>12}", text!("{}", "abc").linked("https://example.org")).plain(), "         abc");
    for url in ["https://example.org/\x1b\\", "https://example.org/a b", "é"] {
        assert_eq!(text!("{}", "x").linked(url).as_str(), "x");
    }
}

#[test]
fn arguments_are_escaped_and_literals_are_not() {
    let hostile = String::from("a\x1b[31m\nb\u{202e}");
    let said = text!("{}:\n{} {:>3}|\n", Ink::Bad.paint(&hostile), hostile, 7);
    assert_eq!(said.as_str(), "\x1b[1;31ma<U+001B>[31m\\nb<U+202E>\x1b[0m:\na<U+001B>[31m\\nb<U+202E>   7|\n");
    assert_eq!(said.plain(), "a<U+001B>[31m\\nb<U+202E>:\na<U+001B>[31m\\nb<U+202E>   7|\n");
    let mut more = text!("{}", text!("once\n"));
    more += text!("{}", "twice\n");
    assert_eq!(more.line().as_str(), "once\ntwice\\n\n");
    assert_eq!(lines("a\tb \r\nc\u{7}\n").as_str(), "a    b\nc<U+0007>");
}

#[test]
fn widths_count_what_is_seen() {
    let wide = 6;
    assert_eq!(text!("{:wide$}|{:>4}|{:^4}|", "\u{7}", "é", "x").as_str(), "<U+0007>|   é| x  |");
    assert_eq!(text!("{:wide$}|", Ink::Good.paint("ok")).as_str(), "\x1b[32mok\x1b[0m    |");
    assert_eq!(text!("{:>7.1} s", 1.25).as_str(), "    1.2 s");
}

#[test]
fn captured_arguments_are_refused() {
    for (format, is_good) in
        [("{} {{x}} {:>5}", true), ("{name}", false), ("{} {name:>5}", false), ("{0}", false), ("{", false)]
    {
        assert_eq!(takes_arguments_only(format), is_good, "{format}");
    }
}

#[test]
fn no_line_is_a_command() {
    for (line, safe) in [
        ("::error::x", ": :error::x"),
        ("a\n  \u{a0}::add-mask::x\n", "a\n  \u{a0}: :add-mask::x\n"),
        ("a\r::error::x", "a\r: :error::x"),
        ("\x1b[1m::error::x\x1b[0m", "\x1b[1m: :error::x\x1b[0m"),
        ("a ##[error]x", "a ## [error]x"),
        ("::##[error]x", ": :## [error]x"),
        ("  ::: src/lib.rs:3:5", "  ::: src/lib.rs:3:5"),
        ("std::mem::swap", "std::mem::swap"),
    ] {
        assert_eq!(without_commands(line), safe);
    }
}
