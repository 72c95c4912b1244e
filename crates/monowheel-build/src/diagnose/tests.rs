//! Logs of real builds, shortened, and the diagnosis of each.

use std::path::Path;

use super::*;

const OPENSSL_SCRIPT: &str = "\
   Compiling openssl-sys v0.9.118
error: failed to run custom build command for `openssl-sys v0.9.118`
note: To improve backtraces for build dependencies, set the CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_DEBUG=true

Caused by:
  process didn't exit successfully: `/t/release/build/openssl-sys-1/build-script-main` (exit status: 101)
  --- stdout
  cargo:rustc-check-cfg=cfg(osslconf, values(\"OPENSSL_NO_OCB\"))
  cargo:rustc-check-cfg=cfg(openssl)
  cargo:rerun-if-env-changed=X86_64_UNKNOWN_LINUX_GNU_OPENSSL_LIB_DIR
  X86_64_UNKNOWN_LINUX_GNU_OPENSSL_LIB_DIR unset
  cargo:rerun-if-env-changed=OPENSSL_DIR
  OPENSSL_DIR unset

  --- stderr

  thread 'main' (77) panicked at /r/openssl-sys-0.9.118/build/find_normal.rs:241:5:

  Could not find directory of OpenSSL installation, and this `-sys` crate cannot
  proceed without this knowledge.

  $HOST = x86_64-unknown-linux-gnu
  $TARGET = x86_64-unknown-linux-gnu
  openssl-sys = 0.9.118

  note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
warning: build failed, waiting for other jobs to finish...
💥 maturin failed
  Caused by: Failed to build a native library through cargo
  Caused by: Cargo build finished with \"exit status: 101\": `env -u CARGO PATH=\"/a:/b\" cargo rustc`
";

/// On the machine's own platform, pkg-config finds the library, but zig does not find its headers: h4-openssl of the
/// first hour, whose first target failed in the same way as the six others.
const OPENSSL_HEADERS: &str = "\
warning: openssl-sys@0.9.118: In file included from build/expando.c:1:
warning: openssl-sys@0.9.118: /usr/include/openssl/opensslv.h:14:10: fatal error: 'openssl/opensslconf.h' file not found
warning: openssl-sys@0.9.118:    14 | #include <openssl/opensslconf.h>
error: failed to run custom build command for `openssl-sys v0.9.118`
note: To improve backtraces for build dependencies, set the CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_DEBUG=true

Caused by:
  process didn't exit successfully: `/t/build-script-main` (exit status: 101)
  --- stdout
  cargo:rustc-check-cfg=cfg(openssl)
  CC_x86_64-unknown-linux-gnu = None

  --- stderr

  thread 'main' (18874) panicked at /cargo/registry/openssl-sys-0.9.118/build/main.rs:322:13:

  Header expansion error:
  Failed to find OpenSSL development headers.
💥 maturin failed
";

/// On Windows and macOS its build script ends without a panic.
const OPENSSL_CROSS: &str = "\
error: failed to run custom build command for `openssl-sys v0.9.118`

Caused by:
  process didn't exit successfully: `/t/build-script-main` (exit status: 101)
  --- stdout
  cargo:rustc-check-cfg=cfg(openssl)


  Could not find openssl via pkg-config:
  pkg-config has not been configured to support cross-compilation.

  --- stderr


  Could not find directory of OpenSSL installation, and this `-sys` crate cannot
  proceed without this knowledge.

  $HOST = x86_64-unknown-linux-gnu
  openssl-sys = 0.9.118


💥 maturin failed
";

#[test]
fn openssl_has_one_hint_on_every_target() {
    let of = |log| Diagnosis::of(log, &|_, _| vec!["vendored".to_owned()]);
    let [panics, headers, cross] = [OPENSSL_SCRIPT, OPENSSL_HEADERS, OPENSSL_CROSS].map(of);
    assert!(headers.lines.contains("fatal error: 'openssl/opensslconf.h' file not found"), "{}", headers.lines);
    assert!(cross.lines.contains("\nCould not find directory of OpenSSL"), "{}", cross.lines);
    assert!(panics.next.contains("vendored") && panics.next == headers.next && headers.next == cross.next);
}

fn of(log: &str) -> Diagnosis {
    Diagnosis::of(log, &|_, _| Vec::new())
}

/// A build script's failure with this stderr and stdout.
fn script(package: &str, stdout: &str, stderr: &str) -> String {
    let indented = |text: &str| text.lines().map(|line| format!("  {line}\n")).collect::<String>();
    format!(
        "error: failed to run custom build command for `{package} v1.2.3`\n\nCaused by:\n  process didn't exit \
         successfully: `/t/build-script-build` (exit status: 101)\n  --- stdout\n{}\n  --- stderr\n{}warning: build \
         failed, waiting for other jobs to finish...\n💥 maturin failed\n",
        indented(stdout),
        indented(stderr)
    )
}

#[test]
fn a_build_script_says_its_cause_and_not_what_it_told_cargo() {
    let with = |features: &[&str]| {
        let features: Vec<String> = features.iter().map(ToString::to_string).collect();
        Diagnosis::of(OPENSSL_SCRIPT, &|package, version| {
            assert_eq!((package, version), ("openssl-sys", "0.9.118"));
            features.clone()
        })
    };
    let offered = with(&["default", "vendored"]);
    assert!(offered.lines.starts_with("the build script of openssl-sys 0.9.118 failed\nCould not find directory"));
    for noise in ["check-cfg", "rerun-if", "unset", "$HOST", "RUST_BACKTRACE", "PATH="] {
        assert!(!offered.lines.contains(noise), "{noise}: {}", offered.lines);
    }
    assert!(offered.next.contains("cargo add openssl-sys@0.9.118 --features vendored"), "{}", offered.next);
    // The hint fits the features of the crate.
    let not_offered = with(&["default"]);
    assert!(not_offered.next.contains("openssl-sys 0.9.118 has no feature"), "{}", not_offered.next);
}

#[test]
fn every_failure_of_a_library_has_the_hint_of_that_library() {
    let offered = |_: &str, _: &str| vec!["bundled".to_owned()];
    for stderr in [
        "thread 'main' panicked at b.rs:1:1:\nThe system library `libpq` required by crate `pq-sys` was not found.\n",
        "pkg-config has not been configured to support cross-compilation.\n",
        "thread 'main' panicked at b.rs:1:1:\nsomething that nobody knows\n",
    ] {
        let said = Diagnosis::of(&script("pq-sys", "", stderr), &offered);
        assert!(said.next.contains("cargo add pq-sys@1.2.3 --features bundled"), "{}", said.next);
    }
}

#[test]
fn programs_that_are_missing_are_named() {
    for (stdout, stderr, cause, next) in [
        (
            "",
            "thread 'main' panicked at b.rs:7:9:\nMissing dependency: cmake\n",
            "Missing dependency: cmake",
            "pip install cmake",
        ),
        (
            "cargo:rerun-if-changed=x",
            "thread 'main' panicked at cmake.rs:1:1:\n\nfailed to execute command: No such file or directory (os error \
             2)\nis `cmake` not installed?\n\nbuild script failed, must exit now\n",
            "is `cmake` not installed?",
            "pip install cmake",
        ),
        (
            "",
            "thread 'main' panicked at b.rs:1:1:\nUnable to find libclang: \"couldn't find any valid shared libraries matching: \
             ['libclang.so']\"\n",
            "Unable to find libclang",
            "libclang-dev",
        ),
        (
            "",
            "thread 'main' panicked at b.rs:1:1:\nNASM command not found or failed to execute.\n",
            "NASM",
            "apt-get install nasm",
        ),
        (
            "",
            "Can't locate FindBin.pm in @INC\nthread 'main' panicked at lib.rs:1:1:\nError configuring OpenSSL build:\n",
            "OpenSSL build",
            "apt-get install perl",
        ),
        (
            "",
            "sh: 1: autoreconf: not found\nthread 'main' panicked at b.rs:1:1:\nexit 127\n",
            "autoreconf: not found",
            "autoconf",
        ),
        (
            "",
            "thread 'main' panicked at lib.rs:1:1:\ndon't know how to configure OpenSSL for aarch64-pc-windows-gnullvm\n",
            "aarch64-pc-windows-gnullvm",
            "rustls",
        ),
        (
            "cargo:warning=a.c:1:10: fatal error: 'zlib.h' file not found\ncargo:rerun-if-env-changed=CC",
            "error occurred in cc-rs: command did not execute successfully (status code exit status: 1): env -u A \"zig\"\n",
            "fatal error: 'zlib.h' file not found",
            "header",
        ),
    ] {
        let said = of(&script("x", stdout, stderr));
        assert!(said.lines.contains(cause), "{cause}: {}", said.lines);
        if next == "header" {
            assert!(said.next.contains("no feature that builds its own copy"), "{}", said.next);
        } else {
            assert!(said.next.contains(next), "{next}: {}", said.next);
        }
    }
}

#[test]
fn no_environment_is_printed() {
    let variables: String = (0..200).map(|number| format!("VARIABLE_{number}=value-{number} ")).collect();
    let secret = "TOKEN_OF_THE_ENVIRONMENT=abc";
    for log in [
        format!(
            "💥 maturin failed\n  Caused by: Cargo build finished with \"exit status: 101\": `env {variables}{secret} cargo`\n"
        ),
        format!("a\n{variables}{secret}\nb\n"),
        script(
            "x",
            "",
            &format!(
                "{secret}\nthread 'main' panicked at b.rs:1:1:\nCommand {{ env: {variables}{secret} {variables} }} failed\n"
            ),
        ),
    ] {
        let said = of(&log);
        assert!(!said.lines.contains(secret) && said.lines.len() < 1200, "{}", said.lines);
    }
}

#[test]
fn a_framework_asks_for_an_sdk_in_the_words_of_every_zig() {
    let zig = "\
error: linking with `/w/linkers/aarch64-apple-darwin` failed: exit status: 1
  |
  = note:  \"/w/linkers/aarch64-apple-darwin\" \"-arch\" \"arm64\" \"/t/a.o\" \"-framework\" \"CoreFoundation\"
  = note: some arguments are omitted. use `--verbose` to show all linker arguments
  = note: error: unable to find system framework \"CoreFoundation\"

error: could not compile `x` (lib) due to 1 previous error
";
    let said = of(zig);
    assert!(said.lines.contains("unable to find system framework \"CoreFoundation\""), "{}", said.lines);
    assert!(!said.lines.contains("-arch") && said.next.contains("SDKROOT"), "{said:?}");
    assert!(of("error: unable to find framework 'Security'").next.contains("SDKROOT"));
    assert!(of("something else").next.contains("leave the target out"));
}

#[test]
fn a_framework_of_a_later_macos_and_its_headers_have_their_own_next_steps() {
    let linking = "\
error: linking with `/w/linkers/aarch64-apple-darwin` failed: exit status: 3
  |
  = note:  \"/w/linkers/aarch64-apple-darwin\" \"-arch\" \"arm64\" \"/t/a.o\"
  = note: error: the crate links ScreenCaptureKit, which macOS has from 12.3 on; the wheel promises 11.0
            next: build for a later macOS

error: could not compile `x` (lib) due to 1 previous error
";
    let said = of(linking);
    assert!(said.lines.contains("macOS has from 12.3 on"), "{}", said.lines);
    assert!(said.next.contains("--target macosx_"), "{}", said.next);
    let including = "a.m:1:10: fatal error: 'Foundation/Foundation.h' file not found";
    assert!(of(including).next.contains("SDKROOT"));
    assert!(!of("a.c:1:10: fatal error: 'openssl/ssl.h' file not found").next.contains("SDKROOT"));
}

#[test]
fn undefined_symbols_are_shown_without_the_command() {
    let log = "error: linking with `cc` failed: exit status: 1\n  |\n  = note:  \"cc\" \"-m64\" \"/t/a.o\"\n  = note: ld.lld: error: \
               undefined symbol: foo_init\n          >>> referenced by a.rs\n\nerror: could not compile `x` (lib)\n";
    let said = of(log);
    assert!(said.lines.contains("undefined symbol: foo_init") && !said.lines.contains("-m64"), "{}", said.lines);
    assert!(said.next.contains("rustc-link-lib"), "{}", said.next);
}

const RUSTC: &str = "\
warning: unused variable: `m`
 --> src/lib.rs:5:11

error[E0599]: no method named `foo` found for type `i64` in the current scope
 --> src/lib.rs:3:35
  |
3 | fn add(a: i64, b: i64) -> i64 { a.foo() }
  |                                   ^^^ method not found in `i64`

warning: something else

error: could not compile `f2_new` (lib) due to 1 previous error; 2 warnings emitted
💥 maturin failed
  Caused by: Failed to build a native library through cargo
";

#[test]
fn the_first_error_is_shown_without_warnings_after_it() {
    let said = of(RUSTC);
    assert!(said.lines.starts_with("error[E0599]") && said.lines.ends_with("2 warnings emitted"), "{}", said.lines);
    assert!(!said.lines.contains("something else") && said.next.contains("cargo check"), "{said:?}");
    assert_eq!(of("a\n\nb").lines, "a\nb");
}

fn sources(lib: &str) -> std::io::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs_err::create_dir_all(dir.path().join("x-1/src"))?;
    fs_err::write(dir.path().join("x-1/Cargo.toml"), "[package]\nname = \"x\"\n")?;
    fs_err::write(dir.path().join("x-1/src/lib.rs"), lib)?;
    Ok(dir)
}

#[test]
fn an_error_that_no_target_changes_is_recognized() -> std::io::Result<()> {
    let plain = sources("fn add(a: i64) -> i64 { a.foo() }")?;
    let error = OwnError::of(RUSTC, plain.path());
    assert!(error.is_some_and(|error| error.title.starts_with("error[E0599]")));
    let syntax = "error: expected one of `;` or `}`, found `x`\n --> src/lib.rs:1:1\n";
    assert!(OwnError::of(syntax, plain.path()).is_some());
    Ok(())
}

#[test]
fn an_error_that_may_be_one_targets_own_stops_no_other() -> std::io::Result<()> {
    let plain = sources("fn f() {}")?;
    // Errors that another crate may cause on some targets only, and errors outside the project.
    for log in [
        "error[E0425]: cannot find function `fork` in crate `libc`\n --> src/lib.rs:1:1\n",
        "error[E0599]: no method named `as_raw_fd` found for struct `File` in the current scope\n --> src/lib.rs:1:1\n",
        "error[E0308]: mismatched types\n --> src/lib.rs:1:1\n  |\n1 | f()\n  | expected `i8`, found `u8`\n",
        "error[E0382]: use of moved value\n --> /home/me/.cargo/registry/src/x/foo-1/src/lib.rs:1:1\n",
        OPENSSL_SCRIPT,
        "no error",
    ] {
        assert_eq!(OwnError::of(log, plain.path()), None, "{log}");
    }
    for lib in [
        "#[cfg(windows)]\nfn add(a: i64) -> i64 { a.foo() }",
        "#[cfg(target_os = \"linux\")] mod x;",
        "#[cfg(not(unix))] mod x;",
        "use std::os::fd::RawFd;",
        "fn f(a: std::ffi::c_char) {}",
        "include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));",
    ] {
        assert_eq!(OwnError::of(RUSTC, sources(lib)?.path()), None, "{lib}");
    }
    let dependent = sources("fn f() {}")?;
    fs_err::write(dependent.path().join("x-1/Cargo.toml"), "[target.'cfg(windows)'.dependencies]\nx = \"1\"\n")?;
    assert_eq!(OwnError::of(RUSTC, dependent.path()), None);
    assert_eq!(OwnError::of(RUSTC, Path::new("/nowhere")), None);
    Ok(())
}

/// A build script of the project itself, which cargo names with its directory.
fn own_script(stderr: &str) -> Diagnosis {
    let log = format!(
        "error: failed to run custom build command for `demo v0.1.0 (/build/package/demo-0.1.0)`\n\nCaused by:\n  process didn't \
         exit successfully: `/t/build-script-build` (exit status: 101)\n  --- stderr\n{stderr}\n  note: run with \
         `RUST_BACKTRACE=1` environment variable to display a backtrace\n💥 maturin failed\n"
    );
    Diagnosis::of(&log, &|_, _| Vec::new())
}

#[test]
fn a_build_script_that_needs_a_variable_says_so() {
    let found = own_script("  thread 'main' (7) panicked at build.rs:1:53:\n  DEMO_KEY must be set: NotPresent");
    assert_eq!(found.lines, "the build script of demo 0.1.0 failed (build.rs:1:53)\nDEMO_KEY must be set: NotPresent");
    assert!(found.next.starts_with("set that environment variable"), "{}", found.next);
    let macro_ = "error: environment variable `DEMO_BUILD_ID` not defined at compile time\n --> src/lib.rs:3:20\n  |\n";
    assert!(Diagnosis::of(macro_, &|_, _| Vec::new()).next.starts_with("set that environment variable"));
}

#[test]
fn a_build_script_of_the_project_is_not_advised_to_use_another_crate() {
    let said = "  thread 'main' panicked at build.rs:1:68:\n  called `Result::unwrap()` on an `Err` value: Os { code: 2, kind: \
                NotFound, message: \"No such file or directory\" }";
    let found = own_script(said);
    assert!(found.lines.contains("(build.rs:1:68)") && found.next.contains("must be on PATH"), "{found:?}");
    let header = own_script("  c/x.c:1:10: fatal error: 'zlib.h' file not found");
    assert!(header.next.starts_with("the crate's C code includes a header"), "{}", header.next);
    let panic = own_script("  thread 'main' panicked at build.rs:1:13:\n  run tools/gen.sh");
    assert!(panic.next.starts_with("fix what the build script reports"), "{}", panic.next);
}

#[test]
fn what_cmake_ran_says_the_cause() {
    let log = "error: failed to run custom build command for `demo-sys v0.3.3`\n\nCaused by:\n  process didn't exit successfully: `x` \
               (exit status: 101)\n  --- stdout\n  -- Configuring done\n  [2/4] Building C object lsqpack.c.o\n  FAILED: lsqpack.c.o\n  \
               lsqpack.c:38:10: fatal error: 'sys/queue.h' file not found\n  1 error generated.\n  ninja: build stopped.\n\n  --- \
               stderr\n  CMake Warning (deprecated) at CMakeLists.txt:11\n\n  thread 'main' (7) panicked at \
               /cargo/cmake-0.1.58/src/lib.rs:1132:5:\n\n  command did not execute successfully, got: exit status: 1\n\n  build script \
               failed, must exit now\n";
    let found = Diagnosis::of(log, &|_, _| Vec::new());
    let expected =
        "the build script of demo-sys 0.3.3 failed\nlsqpack.c:38:10: fatal error: 'sys/queue.h' file not found";
    assert_eq!(found.lines, expected);
}
