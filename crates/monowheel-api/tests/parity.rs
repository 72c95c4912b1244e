//! The public items of crates.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use monowheel_api::parity::reachable;
use monowheel_audit::source::read_library;

/// The paths of the items of a library, and what could not be followed.
fn items(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("src").join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let (items, notes) = reachable(&read_library(&folder.path().join("src/lib.rs")).unwrap());
    (items.into_iter().map(|item| item.path).collect(), notes.into_iter().map(|note| note.what).collect())
}

#[test]
fn modules_that_re_export_each_other_end_and_each_item_has_its_shortest_path() {
    let (paths, notes) = items(&[(
        "lib.rs",
        "pub mod a { pub use crate::b::X; pub use crate::b::*; pub use std::time::Duration; }\n\
         pub mod b { pub use crate::a::X; pub use crate::a::*; pub struct Y; impl Y { pub fn m(&self) {} } }\n\
         pub use a::*;\nmod private { pub fn hidden() {} }\n",
    )]);
    assert_eq!(paths, ["Y", "Y::m"]);
    assert_eq!(notes, ["std::time::Duration is of another crate; what it re-exports is not counted"]);
}

#[test]
fn items_of_private_modules_count_where_they_are_re_exported() {
    let (paths, _) = items(&[
        ("lib.rs", "mod session;\npub mod errors;\npub use session::{Session as Client, inner::deep};\n"),
        (
            "session.rs",
            "pub struct Session;\npub struct Unseen;\npub mod inner;\nimpl Session { pub fn close(self) {} }\n",
        ),
        ("session/inner.rs", "pub fn deep() {}\npub fn not_here() {}\n"),
        ("errors.rs", "use crate::session::Unseen;\npub use Unseen as Seen;\npub use super::session::inner as more;\n"),
    ]);
    assert_eq!(paths, ["Client", "Client::close", "deep", "errors::Seen", "errors::more::not_here"]);
}

#[test]
fn two_types_of_one_name_have_their_own_members() {
    let (paths, _) = items(&[
        ("lib.rs", "pub mod a;\npub mod b;\n"),
        ("a.rs", "pub struct T;\nimpl T { pub fn of_a(&self) {} }\n"),
        ("b.rs", "pub struct T;\nimpl T { pub fn of_b(&self) {} }\n"),
    ]);
    assert_eq!(paths, ["a::T", "a::T::of_a", "b::T", "b::T::of_b"]);
}
