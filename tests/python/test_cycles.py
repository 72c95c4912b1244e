"""ci/cycles.py on workspaces with one cycle each, and on code that only looks like one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_wheel

SCRIPT = Path(__file__).resolve().parents[2] / "ci" / "cycles.py"
MANIFEST = '[package]\nname = "planted"\nversion = "1.0.0"\nedition = "2024"\n'


def check(folder: Path, files: dict[str, str]) -> tuple[int, str]:
    """Write a workspace (a crate named `planted` if there is no manifest) and check it."""
    for name, text in {"Cargo.toml": MANIFEST, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def test_a_planted_loop_is_reported_with_the_place_of_every_arrow(tmp_path: Path) -> None:
    code, said = check(
        tmp_path,
        {
            "src/lib.rs": "mod top;\nmod middle;\nmod low;\nmod aside;\n",
            "src/top.rs": "use crate::middle::go;\npub fn start() { go() }\n",
            "src/middle/mod.rs": "pub mod deep;\npub fn go() { deep::go() }\n",
            "src/middle/deep.rs": "\npub fn go() {\n    super::super::low::end()\n}\n",
            "src/low.rs": "pub fn end() {}\npub fn back() -> impl Fn() {\n    crate::top::start\n}\n",
            "src/aside.rs": "use crate::{low, top};\n",
        },
    )
    assert code == 1, said
    assert "modules of planted: 3 in one cycle: low, middle, top" in said
    assert "modules of planted: low → top → middle → low\n" in said
    assert "  low → top  src/low.rs:3\n" in said
    assert "  top → middle  src/top.rs:1\n" in said
    assert "  middle → low  src/middle/deep.rs:3\n" in said
    assert "1 crates, 4 top-level modules: 1 loop\n" in said


def test_the_shortest_of_two_ways_is_reported(tmp_path: Path) -> None:
    code, said = check(
        tmp_path,
        {
            "src/lib.rs": "mod a;\nmod b;\nmod c;\n",
            "src/a.rs": "use crate::b::B;\n",
            "src/b.rs": "use crate::c::C;\nuse crate::a::A;\n",
            "src/c.rs": "use crate::a::A;\n",
        },
    )
    assert code == 1
    assert "a → b → a\n" in said
    # `c` is in a cycle too, and the shortest one through it is reported.
    assert "c → a → b → c\n" in said


@pytest.mark.parametrize(
    ("name", "b"),
    [
        ("use", "use crate::a::A;"),
        ("nested groups", "use crate::{c::{self, C}, a::{deep::{X, Y}, A as Other}};"),
        ("a group of the root", "use {std::fmt, crate::a};"),
        ("super", "use super::a::A;"),
        ("super, from inside", "mod inside {\n    fn f() { super::super::a::f() }\n}"),
        ("self and super", "fn f() { self::super::a::f() }"),
        ("an expression", "fn f() { let _ = crate::a::f(1); }"),
        ("a type", "struct S(Vec<crate::a::A>);"),
        ("a bound", "fn f<T: crate::a::Trait + 'static>(t: &'_ T) {}"),
        ("a qualified path", "fn f() { <crate::c::C as crate::a::Trait>::g() }"),
        ("a macro's body", "macro_rules! m { ($x:expr) => { $crate::a::f($x) } }"),
        ("a macro's arguments", 'fn f() { println!("{}", crate::a::f()) }'),
        ("visibility and use", "pub(crate) use crate::a::A;"),
        ("all of the root", "use super::*;\nfn f() { a::f() }"),
        ("an attribute", "#[derive(crate::a::Derive)]\nstruct S;"),
        ("a string of serde", '#[derive(D)]\nstruct S { #[serde(with = "crate::a::iso")] s: u8 }'),
        ("a re-export of the root", "use crate::Exported;"),
        ("a renamed re-export", "use crate::Renamed;"),
        ("a re-export by a star", "fn f() { crate::starred() }"),
        ("an exported macro", "fn f() { crate::shout!(1) }"),
        ("a test", "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}"),
        ("after a char and a lifetime", "fn f<'a>(x: &'a str) -> char { let _ = '\"'; crate::a::f(); '\\'' }"),
        ("after a raw string", 'const R: &str = r#"a " quote"#;\nuse crate::a::A;'),
        ("after a nested comment", "/* one /* two */ still */ use crate::a::A;"),
    ],
)
def test_an_arrow_in_any_form_closes_the_loop(tmp_path: Path, name: str, b: str) -> None:
    root = "mod a;\nmod b;\nmod c;\npub use a::{Exported, Name as Renamed};\npub use crate::a::*;\n"
    a = "use crate::b::B;\npub fn starred() {}\n#[macro_export]\nmacro_rules! shout { () => {} }\n"
    code, said = check(tmp_path, {"src/lib.rs": root, "src/a.rs": a, "src/b.rs": b, "src/c.rs": ""})
    assert code == 1, f"{name}: {said}"
    assert "b → a  src/b.rs:" in said
    assert ("(test code)" in said) == (name == "a test")


@pytest.mark.parametrize(
    ("name", "b"),
    [
        (
            "a comment",
            "// use crate::a::A;\n/* crate::a::f() /* crate::a */ crate::a::f() */\n/// [`crate::a::A`]\nfn f() {}",
        ),
        ("a string", 'const S: &str = "use crate::a::A; \\" crate::a::f()";'),
        ("a raw string", 'const S: &str = r##"crate::a::f() "# crate::a"##;'),
        ("a documentation attribute", '#[doc = "crate::a::A"]\nfn f() {}'),
        ("another crate's module", "use ::other::crate_a::A;\nuse std::a::A;"),
        ("its own module of that name", "mod a { pub fn f() {} }\nfn f() { a::f(); self::a::f() }"),
        ("a sibling of its own", "mod x { pub mod a { pub fn f() {} }\n mod y { use super::a::f; } }"),
        ("a method and a field", "fn f(s: S) { s.a.b(); S::a() }"),
        ("what the root declares", "use crate::VERSION;\nfn f() { crate::helper() }"),
        ("a path of visibility", "pub(in crate::b) fn f() {}"),
        ("generics of use", "fn f<'a>(x: &'a u8) -> impl Sized + use<'a> { x }"),
    ],
)
def test_what_only_looks_like_an_arrow_is_none(tmp_path: Path, name: str, b: str) -> None:
    root = "mod a;\nmod b;\npub const VERSION: u8 = 1;\npub fn helper() { a::f() }\n"
    code, said = check(tmp_path, {"src/lib.rs": root, "src/a.rs": "use crate::b::B;\n", "src/b.rs": b})
    assert code == 0, f"{name}: {said}"
    assert "1 crates, 2 top-level modules: no loops" in said


def test_modules_in_odd_places_are_followed(tmp_path: Path) -> None:
    code, said = check(
        tmp_path,
        {
            "src/lib.rs": '#[path = "elsewhere/one.rs"]\nmod a;\nmod b {\n    mod deep;\n}\nmod r#type;\n',
            "src/elsewhere/one.rs": "mod child;\n",
            "src/elsewhere/child.rs": "use crate::b::B;\n",
            "src/b/deep.rs": "use crate::r#type::T;\n",
            "src/type.rs": "\nuse crate::a::A;\n",
        },
    )
    assert code == 1, said
    assert "a → b  src/elsewhere/child.rs:1\n" in said
    assert "b → r#type  src/b/deep.rs:1\n" in said
    assert "r#type → a  src/type.rs:2\n" in said


def test_a_program_is_a_crate_of_its_own(tmp_path: Path) -> None:
    files = {
        "src/lib.rs": "pub mod a;\n",
        "src/a.rs": "",
        "src/main.rs": "mod a;\nmod b;\n",
        "src/b.rs": "use crate::a::A;",
    }
    assert check(tmp_path, files)[0] == 0
    code, said = check(tmp_path, {**files, "src/main.rs": "mod a { use crate::b; }\nmod b;\n"})
    assert code == 1
    assert "modules of planted (program planted): a → b → a" in said


def crate(name: str, tables: str) -> dict[str, str]:
    """Return the files of a member of a workspace."""
    manifest = f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2024"\n\n{tables}'
    return {f"crates/{name}/Cargo.toml": manifest, f"crates/{name}/src/lib.rs": "mod inside {}\n"}


WORKSPACE = '[workspace]\nmembers = ["crates/*"]\nresolver = "3"\n'


def test_a_loop_of_crates_that_cargo_lets_pass_is_reported(tmp_path: Path) -> None:
    code, said = check(
        tmp_path,
        {
            "Cargo.toml": WORKSPACE,
            **crate("low", '[dev-dependencies]\nhigh = { path = "../high" }\n'),
            **crate("high", '[dependencies.low]\npath = "../low"\n'),
        },
    )
    assert code == 1, said
    assert "crates: high → low → high\n" in said
    assert "  high → low  crates/high/Cargo.toml:6\n" in said
    assert "  low → high  crates/low/Cargo.toml:7 (dev-dependency)\n" in said


def test_crates_without_a_loop_pass(tmp_path: Path) -> None:
    files = {**crate("low", ""), **crate("high", '[dependencies]\nlow = { path = "../low" }\n')}
    code, said = check(tmp_path, {"Cargo.toml": WORKSPACE, **files})
    assert (code, said) == (0, "2 crates, 2 top-level modules: no loops\n")


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"src/lib.rs": "mod a;\n"}, "src/lib.rs:1: no file for `mod a;`"),
        ({"src/lib.rs": "mod a {\n"}, "a brace is not closed"),
        ({"src/lib.rs": "fn f() {}\n"}, "has a module; is this the workspace?"),
        ({"src/lib.rs": "mod a {}\n", "Cargo.toml": "[package]\n"}, "Cargo.toml"),
    ],
)
def test_what_cannot_be_looked_at_does_not_pass(tmp_path: Path, files: dict[str, str], wanted: str) -> None:
    code, said = check(tmp_path, files)
    assert code == 2, said
    assert wanted in said
