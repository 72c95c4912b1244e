//! SIGINT, SIGTERM and SIGHUP: the first asks, the second kills.

use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};
use std::time::Duration;

use monowheel_system::exec::{Call, Signals};

use crate::other::{comes_true, is_other, marked, start};

/// A shell that starts these tests in the background makes them ignore Ctrl-C.
const HEARING: [&str; 2] = ["env", "--default-signal=INT,TERM,HUP"];
/// The exit code of the other process when it stops in order.
const IN_ORDER: i32 = 99;

/// Waits for a program until it is asked to terminate.
fn wait_in_order(script: &str) -> ! {
    let signals = Signals::listen().unwrap();
    let end = Call::new("sh").args(["-c", script]).logged(&mut std::io::sink(), &signals.token(), &mut |_| ());
    assert!(end.is_err() && signals.exit_code().is_some());
    let code = signals.exit_code().unwrap();
    println!("ended with {}", code as u8);
    std::process::exit(IN_ORDER);
}

fn send(signal: &str, to: &Child) {
    assert!(Command::new("kill").args([&format!("-{signal}"), &to.id().to_string()]).status().unwrap().success());
}

#[test]
fn the_first_signal_asks() {
    if is_other() {
        wait_in_order("while :; do sleep 1; done");
    }
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let mark = format!("first-{signal}-{}", std::process::id());
        let mut other = start(&HEARING, "asked::the_first_signal_asks", &mark);
        assert!(comes_true(|| marked(&mark) >= 2));
        send(signal, &other);
        assert_eq!(other.wait().unwrap().code(), Some(IN_ORDER), "{signal}");
        let mut said = String::new();
        other.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains(&format!("ended with {code}\n")), "{signal}: {said}");
        assert!(comes_true(|| marked(&mark) == 0));
    }
}

#[test]
fn the_second_signal_ends_at_once_also_what_ignores_it() {
    if is_other() {
        wait_in_order("trap '' TERM INT HUP; while :; do sleep 1; done");
    }
    for (first, second, code) in [("INT", "INT", 130), ("INT", "TERM", 143), ("HUP", "HUP", 129)] {
        let mark = format!("second-{first}-{second}-{}", std::process::id());
        let mut other = start(&HEARING, "asked::the_second_signal_ends_at_once_also_what_ignores_it", &mark);
        assert!(comes_true(|| marked(&mark) >= 2));
        send(first, &other);
        std::thread::sleep(Duration::from_millis(100));
        assert!(other.try_wait().unwrap().is_none(), "the child that ignores SIGTERM is waited for");
        send(second, &other);
        assert_eq!(other.wait().unwrap().code(), Some(code), "{first}, {second}");
        assert!(comes_true(|| marked(&mark) == 0), "{} processes live on", marked(&mark));
    }
}

#[test]
fn what_was_ignored_stays_ignored() {
    if is_other() {
        wait_in_order("while :; do sleep 1; done");
    }
    let mark = format!("ignored-{}", std::process::id());
    let mut other = start(
        &["env", "--default-signal=INT", "sh", "-c", "trap '' HUP; exec \"$@\"", "sh"],
        "asked::what_was_ignored_stays_ignored",
        &mark,
    );
    assert!(comes_true(|| marked(&mark) >= 2));
    send("HUP", &other);
    std::thread::sleep(Duration::from_millis(200));
    assert!(other.try_wait().unwrap().is_none(), "nohup did not help");
    send("INT", &other);
    assert_eq!(other.wait().unwrap().code(), Some(IN_ORDER));
}

#[test]
fn afterwards_a_signal_does_what_it_did_before() {
    if is_other() {
        for _ in 0..2 {
            let signals = Signals::listen().unwrap();
            assert!(!signals.token().is_set());
            let this = std::process::id().to_string();
            assert!(Command::new("kill").args(["-TERM", &this]).status().unwrap().success());
            assert!(comes_true(|| signals.token().is_set()));
        }
        println!("listened twice");
        std::thread::sleep(Duration::from_secs(60));
        std::process::exit(IN_ORDER);
    }
    let mark = format!("before-{}", std::process::id());
    let mut other = start(&HEARING, "asked::afterwards_a_signal_does_what_it_did_before", &mark);
    let mut out = other.stdout.take().unwrap();
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("listened twice") {
        let mut byte = [0];
        assert_eq!(out.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.extend(byte);
    }
    send("TERM", &other);
    assert_eq!(other.wait().unwrap().signal(), Some(15));
}
