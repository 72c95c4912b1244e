//! `reproduce`: the second build cannot change what is known about the first one.

use monowheel_build::reproduce::{Request, reproduce};
use monowheel_error::Result;
use monowheel_system::exec::{CancelToken, Isolator};

use crate::fixture::Fixture;

/// Two builds of a project by a `monowheel build` that leaves one wheel, different each time; then it does `attack`.
fn reproduced(attack: &str) -> Result<bool> {
    let fixture = Fixture::new("");
    fixture.tool(
        "python",
        &format!(
            "out=\n\
             while [ $# -gt 0 ]; do case $1 in --out) out=$2 ;; esac; shift; done\n\
             mkdir -p \"$out\"\n\
             case $out in */here) text=first ;; *) text=second ;; esac\n\
             echo $text > \"$out/demo-1.0.tar.gz\"\n\
             if [ $text = second ]; then {attack}; fi"
        ),
    );
    let folder = fixture.path("work");
    fs_err::create_dir_all(&folder).unwrap();
    let request = Request {
        project: fixture.path("project").display().to_string(),
        words: Vec::new(),
        python: fixture.path("tools/bin/python"),
        cold: false,
        folder,
        isolator: Isolator::off("a test"),
    };
    reproduce(&request, &CancelToken::default(), &mut |_| {}).map(|reproduction| reproduction.comparison.identical)
}

#[test]
fn builds_that_differ_are_told_apart() {
    // The difference is not in an archive, and so could not be compared in detail: it is not identical anyway.
    assert!(!reproduced("true").unwrap());
}

#[test]
fn a_second_build_that_overwrites_the_first_gets_no_verdict() {
    let error = reproduced("cp \"$out\"/*.tar.gz \"$out/../../here/\"").err().map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(error.contains("changed while the second build ran"), "{error}");
}
