//! `build`: the audited bytes are the recorded ones, and an isolated source reaches nothing.

use std::net::TcpListener;

use monowheel_build::driver::{self, Request};
use monowheel_build::input::Input;
use monowheel_build::manifest::{FILE, Manifest, Verdict};
use monowheel_build::plan::Selection;
use monowheel_build::prepare::prepare;
use monowheel_error::Result;
use monowheel_net::IndexOptions;
use monowheel_system::exec::{CancelToken, Isolator};
use monowheel_system::hash::sha256_file;

use crate::fixture::{Blind, Fixture, isolator, read};

fn built(fixture: &Fixture, targets: &[&str], isolator: Isolator) -> Result<Manifest> {
    let (machine, stop) = (fixture.machine(), CancelToken::default());
    let selection = Selection {
        targets: Some(targets.iter().map(ToString::to_string).collect()),
        abis: Some(vec!["abi3".parse()?]),
        ..Selection::default()
    };
    let (input, index) = (Input::Folder(fixture.path("project")), IndexOptions::default());
    let prepared = prepare(&input, &selection, &machine, &index, false, &stop, &Blind)?;
    let request = Request { jobs: Some(1), ..Request::new(fixture.path("dist"), isolator) };
    driver::build(prepared, &request, &stop, &Blind)
}

const BOTH: [&str; 2] = ["manylinux_2_17_x86_64", "musllinux_1_2_x86_64"];

#[test]
fn a_build_script_that_swaps_a_finished_wheel_makes_the_build_fail() {
    // The previous wheel is audited, placed and known by its hash when the next one is built.
    let attack = "for wheel in \"${0%/*}\"/../../dist/*.whl; do [ ! -e \"$wheel\" ] || echo evil > \"$wheel\"; done";
    let fixture = Fixture::new(attack);
    let ended = built(&fixture, &BOTH, Isolator::off("a test"));
    let error = ended.map_or_else(|error| error.to_string(), |manifest| format!("built: {:?}", manifest.wheels));
    assert!(error.contains(".whl changed during the build"), "{error}");
    assert!(!fixture.path("dist").join(FILE).exists(), "there is a record of a wheel that was swapped");
}

#[test]
fn a_wheel_that_is_a_link_out_of_the_build_is_refused() {
    let fixture = Fixture::new(
        "for wheel in \"$out\"/*.whl; do mv \"$wheel\" \"$out/moved\"; ln -s \"$out/moved\" \"$wheel\"; done",
    );
    let manifest = built(&fixture, &BOTH[..1], Isolator::off("a test")).unwrap();
    assert_eq!(manifest.wheels[0].verdict, Verdict::Failed);
    assert!(manifest.wheels[0].why.as_ref().unwrap().contains("not a regular file"), "{:?}", manifest.wheels[0].why);
}

#[test]
fn a_wheel_that_is_a_pipe_ends_the_build_and_does_not_hold_it() {
    let fixture = Fixture::new("for wheel in \"$out\"/*.whl; do rm \"$wheel\"; mkfifo \"$wheel\"; done");
    let manifest = built(&fixture, &BOTH[..1], Isolator::off("a test")).unwrap();
    assert!(manifest.wheels[0].why.as_ref().unwrap().contains("not a regular file"), "{:?}", manifest.wheels[0].why);
}

#[test]
fn an_isolated_source_reaches_nothing_outside_of_its_build() {
    let Some(isolator) = isolator() else { return };
    let fixture = Fixture::new("sh \"$0.attack\"");
    let (outside, dist, pid) =
        (fixture.path("outside").display().to_string(), fixture.path("dist"), std::process::id());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = std::env::var("HOME").unwrap();
    let (dist, cache) = (dist.display(), fixture.path("project/target/monowheel/demo/wheels"));
    fixture.tool(
        "maturin.attack",
        &format!(
            "cat {outside}/secret && echo REACHED a file of the user\n\
             echo evil > {outside}/secret && echo REACHED a file of the user for writing\n\
             ls {dist} && echo REACHED the output directory\n\
             ls {} && echo REACHED the kept wheels\n\
             echo evil > $0 && echo REACHED a tool\n\
             ls -A {home}/.ssh {home}/.cargo/credentials.toml && echo REACHED the home\n\
             kill -0 {pid} && echo REACHED a process\n\
             bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' && echo REACHED a server of this machine\n\
             (sleep 1; echo evil > {outside}/secret; echo evil > {dist}/late) </dev/null >/dev/null 2>&1 &\n\
             echo ATTACKED",
            cache.display()
        ),
    );
    let manifest = built(&fixture, &BOTH, isolator).unwrap();
    assert!(manifest.complete, "{:?}", manifest.wheels);
    assert!(manifest.isolation.as_ref().is_some_and(|isolation| isolation.by.is_some()));
    for target in BOTH {
        let log = fixture.path("project/target/monowheel/demo/logs").join(format!("{target}-abi3.log"));
        let log = String::from_utf8_lossy(&read(&log)).into_owned();
        assert!(log.contains("ATTACKED") && !log.contains("REACHED"), "{log}");
    }
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(read(&fixture.path("outside/secret")), b"s3cret");
    assert!(!fixture.path("dist/late").exists());
    for file in manifest.files() {
        assert_eq!(sha256_file(&fixture.path("dist").join(&file.file)).unwrap(), file.sha256);
    }
}
