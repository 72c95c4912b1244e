//! Every monowheel command in a hint, a report or the documentation can be pasted: the parser accepts it. The texts are
//! read from the sources, so that no new hint is forgotten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::LazyLock;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::cli::Cli;

/// Programs whose options a hint may name too.
const OTHERS: [&str; 22] = [
    "cargo",
    "pip",
    "rustup",
    "apt-get",
    "git",
    "uv",
    "uvx",
    "maturin",
    "python",
    "python3",
    "twine",
    "docker",
    "zig",
    "rustc",
    "pytest",
    "gh",
    "tox",
    "nox",
    "bwrap",
    "npm",
    "sha256sum",
    "pip3",
];

/// A value that is filled in when the text is shown.
const PLACEHOLDER: &str = "{}";

/// The text of a source file's string literals.
struct Literals {
    all: Vec<String>,
    /// Those in a call of `.next(…)`, which are hints.
    next: Vec<String>,
}

#[test]
fn every_command_that_a_hint_names_is_parsed() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (path, literals) in sources() {
        for command in literals.all.iter().flat_map(|text| commands(text)) {
            seen += 1;
            if let Err(why) = parsed(&command) {
                wrong.push(format!("{}: {}\n    {why}", path.display(), command.join(" ")));
            }
        }
    }
    assert!(seen > 150, "{seen} commands found: are the sources where they were?");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_option_that_a_hint_names_is_one() {
    let known = options();
    assert!(known.contains("--out") && known.contains("--keep-going"));
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (path, literals) in sources() {
        for text in &literals.next {
            // Up to another program, whose options follow.
            for part in text.split([';', ',', ':', '(', '\n']) {
                let words = part.split_whitespace().map(|word| word.trim_matches(|c: char| "`'\".)".contains(c)));
                let own = words.take_while(|word| !OTHERS.contains(word));
                for option in own.filter(|word| word.starts_with("--") && word.len() > 2) {
                    let name = option.split('=').next().unwrap_or(option);
                    seen += 1;
                    if !known.contains(name) {
                        wrong.push(format!("{}: {name} in {text:?}", path.display()));
                    }
                }
            }
        }
    }
    assert!(seen > 20, "{seen} options found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_of_the_documentation_is_parsed() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    let pages = files(&root().join("docs"), "md").into_iter().chain([root().join("README.md")]);
    for page in pages {
        let text = fs_err::read_to_string(&page).expect("a page can be read");
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("$ monowheel ")) {
            // A pipe or another command may follow.
            let line = line.split(['|', ';', '>']).next().unwrap_or(line).split("&&").next().unwrap_or(line);
            let Some(words) = shlex::split(line) else { continue };
            seen += 1;
            if let Err(why) = parsed(&words) {
                wrong.push(format!("{}: {line}\n    {why}", page.display()));
            }
        }
    }
    assert!(seen > 50, "{seen} commands found in the documentation");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_that_is_none_is_noticed() {
    assert_eq!(
        commands("see `monowheel lab list`; or monowheel pythons says more"),
        [vec!["lab", "list"], vec!["pythons"]]
    );
    assert_eq!(
        commands("monowheel wrote this, and monowheel build --toolchain {name} is next"),
        [vec!["build", "--toolchain", PLACEHOLDER]]
    );
    assert!(parsed(&["build".to_owned(), "--no-such".to_owned()]).is_err());
    assert!(parsed(&["lab".to_owned(), "fetch".to_owned()]).is_err());
    assert!(parsed(&["explain".to_owned()]).is_ok());
}

/// Whether the parser accepts these words. A placeholder may be anything, and a command may be named without its
/// required arguments.
fn parsed(words: &[String]) -> Result<(), String> {
    let has_placeholder = words.iter().any(|word| word == PLACEHOLDER);
    match Cli::try_parse_from(std::iter::once("monowheel").chain(words.iter().map(String::as_str))) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            ErrorKind::InvalidSubcommand if has_placeholder => Ok(()),
            ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand | ErrorKind::ArgumentConflict => {
                Err(error.to_string().lines().next().unwrap_or_default().to_owned())
            }
            _ => Ok(()),
        },
    }
}

/// The commands that a text names: everything in backticks; in prose, as far as the words belong to a command.
fn commands(text: &str) -> Vec<Vec<String>> {
    static APP: LazyLock<clap::Command> = LazyLock::new(Cli::command);
    let app = &*APP;
    let is_command = |word: &str| app.get_subcommands().any(|command| command.get_name() == word);
    let mut found = Vec::new();
    for (start, _) in text.match_indices("monowheel ") {
        let is_quoted = text[..start].ends_with('`');
        if !is_quoted && text[..start].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "-./_".contains(c)) {
            continue;
        }
        let rest = &text[start + "monowheel ".len()..];
        let rest = if is_quoted { rest.split('`').next().unwrap_or(rest) } else { rest };
        let rest = rest.split('\n').next().unwrap_or(rest);
        let mut words: Vec<String> = Vec::new();
        let mut depth = app;
        for word in rest.split_whitespace() {
            let ends = word.ends_with([';', ',', ':', ')', '.']);
            let bare = word.trim_end_matches([';', ',', ':', ')', '.', '`']).trim_matches('\'');
            let is_placeholder = bare.contains('{');
            let sub = depth.find_subcommand(bare);
            let is_option_or_value = bare.starts_with('-')
                || is_placeholder
                || words.last().is_some_and(|last| last.starts_with('-'))
                || bare.chars().any(|c| c.is_ascii_uppercase()) && !bare.chars().any(|c| c.is_ascii_lowercase());
            if words.is_empty() && !is_command(bare) {
                break;
            }
            if !is_quoted && sub.is_none() && !is_option_or_value {
                break;
            }
            if bare.is_empty() || bare == "…" || bare == "..." {
                break;
            }
            words.push(if is_placeholder { PLACEHOLDER.to_owned() } else { bare.to_owned() });
            depth = sub.unwrap_or(depth);
            if ends && !is_quoted {
                break;
            }
        }
        if !words.is_empty() {
            found.push(words);
        }
    }
    found
}

/// The long options of all commands.
fn options() -> BTreeSet<String> {
    fn add(command: &clap::Command, into: &mut BTreeSet<String>) {
        into.extend(command.get_arguments().filter_map(|arg| Some(format!("--{}", arg.get_long()?))));
        command.get_subcommands().for_each(|sub| add(sub, into));
    }
    // `--hash` is part of a requirement, as pip has it; `--theirs` is git's.
    let mut all = BTreeSet::from(["--help", "--version", "--hash", "--theirs"].map(str::to_owned));
    add(&Cli::command(), &mut all);
    all
}

/// The literals of every source file, except those of tests.
fn sources() -> Vec<(PathBuf, Literals)> {
    let crates = fs_err::read_dir(root().join("crates")).expect("the crates can be listed").flatten();
    let folders = crates.map(|entry| entry.path().join("src")).chain([root().join("src")]);
    let paths = folders.flat_map(|folder| files(&folder, "rs")).filter(|path| !path.ends_with("tests.rs"));
    paths
        .map(|path| {
            let text = fs_err::read_to_string(&path).expect("a source can be read");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(&text);
            let code = code.split("#[cfg(all(test, unix))]\nmod tests").next().unwrap_or(code);
            let mut literals = Literals { all: Vec::new(), next: Vec::new() };
            let tokens = TokenStream::from_str(code).expect("a source is Rust");
            collect(tokens, false, &mut literals);
            (path.strip_prefix(root()).map(Path::to_path_buf).unwrap_or(path), literals)
        })
        .filter(|(path, _)| !path.ends_with("hints.rs"))
        .collect()
}

fn collect(tokens: TokenStream, is_next: bool, into: &mut Literals) {
    let mut before = String::new();
    for token in tokens {
        match &token {
            TokenTree::Group(group) => {
                let is_call = before == "next" && group.delimiter() == Delimiter::Parenthesis;
                collect(group.stream(), is_next || is_call, into);
            }
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    into.all.push(text.value());
                    if is_next {
                        into.next.push(text.value());
                    }
                }
            }
            _ => {}
        }
        before = token.to_string();
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files with this suffix in a directory and its subdirectories.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.extension().is_some_and(|is| is == end) {
            found.push(path);
        }
    }
    found
}
