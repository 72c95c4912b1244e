//! `plan NAME==VERSION`: the sdist comes from the index by its hash, and none of its code runs.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use monowheel_system::hash::sha256;
use serde_json::json;

use crate::said::ran;
use crate::server::{Reply, Server};

const PYPROJECT: &str = "[build-system]\nrequires = [\"maturin>=1.16,<2\"]\nbuild-backend = \"maturin\"\nbackend-path = [\".\"]\n\
                         [project]\nname = \"acme\"\nversion = \"1.0\"\n";
const MANIFEST: &str = "[package]\nname = \"acme\"\nversion = \"1.0.0\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
                        [dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\n";

/// An sdist whose build backend, build script and cargo configuration write `mark` as soon as one of them runs.
fn sdist(mark: &Path, note: &str) -> Vec<u8> {
    let mark = mark.display();
    let backend = format!("open({:?}, 'a').write('ran')\n", mark.to_string());
    let script = format!("fn main() {{ std::fs::write({:?}, \"ran\").unwrap(); }}\n", mark.to_string());
    let wrapper = format!("[build]\nrustc = \"{mark}.sh\"\nrustc-wrapper = \"{mark}.sh\"\n");
    let members = [
        ("PKG-INFO", "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n"),
        ("pyproject.toml", PYPROJECT),
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", note),
        ("maturin/__init__.py", &backend),
        ("setup.py", &backend),
        ("build.rs", &script),
        (".cargo/config.toml", &wrapper),
    ];
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("acme-1.0/{name}"), text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn index(sdist: Vec<u8>) -> Server {
    Server::start(move |request| match request.path.as_str() {
        "/simple/acme/" => {
            let file = json!({
                "filename": "acme-1.0.tar.gz", "url": "/f/acme-1.0.tar.gz", "hashes": {"sha256": sha256(&sdist)},
            });
            Reply::new(200, json!({"meta": {"api-version": "1.1"}, "files": [file]}).to_string())
                .header("Content-Type", "application/vnd.pypi.simple.v1+json")
        }
        "/f/acme-1.0.tar.gz" => Reply::new(200, sdist.clone()),
        _ => Reply::new(404, ""),
    })
}

/// Runs `monowheel WORDS…` in a process with a cache of its own.
fn monowheel(words: &[&str], cache: &Path) -> Output {
    monowheel_with(words, cache, &[])
}

fn monowheel_with(words: &[&str], cache: &Path, variables: &[(&str, &str)]) -> Output {
    let test = std::env::current_exe().unwrap();
    Command::new(test)
        .args(["--exact", "cli_release_source::a_child_with_a_cache", "--ignored", "--nocapture"])
        .env("MONOWHEEL_CACHE", cache)
        .env("WORDS", words.join("\n"))
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

#[test]
#[ignore = "only a child of the other tests has the variables"]
fn a_child_with_a_cache() {
    let words: Vec<OsString> = std::env::var("WORDS").unwrap().lines().map(OsString::from).collect();
    let ended = ran(&words);
    print!("CODE {}\n{}{}", ended.code, ended.out, ended.err);
}

#[test]
fn a_plan_of_a_release_runs_none_of_its_code() {
    let dir = tempfile::tempdir().unwrap();
    let mark = dir.path().join("ran");
    let server = index(sdist(&mark, "// the first\n"));
    let url = server.url("/simple/");
    for command in [&["plan"][..], &["build", "--dry-run"]] {
        let words = [command, &["acme==1.0", "--index-url", &url, "--target", "manylinux_2_17_x86_64"]].concat();
        let ended = monowheel(&words, &dir.path().join("cache"));
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(said.contains("acme 1.0 (pyo3"), "{said}");
        assert!(!mark.exists(), "{command:?} ran code of the sdist");
    }
}

#[test]
fn two_indexes_with_one_release_each_give_their_own_sdist() {
    let dir = tempfile::tempdir().unwrap();
    let (mark, cache) = (dir.path().join("ran"), dir.path().join("cache"));
    for note in ["// the first\n", "// the second\n"] {
        let bytes = sdist(&mark, note);
        let kept = cache.join("sdists").join(sha256(&bytes)).join("acme-1.0.tar.gz");
        let server = index(bytes);
        monowheel(&["plan", "acme==1.0", "--index-url", &server.url("/simple/")], &cache);
        assert!(kept.is_file(), "{}", kept.display());
    }
    assert_eq!(fs_err::read_dir(cache.join("sdists")).unwrap().count(), 2);
}

#[test]
fn what_is_asked_on_this_machine_does_not_leave_it_through_a_proxy() {
    let dir = tempfile::tempdir().unwrap();
    let server = index(sdist(&dir.path().join("ran"), ""));
    let proxy = Server::start(|_| Reply::new(404, ""));
    let words = ["plan", "acme==1.0", "--index-url", &server.url("/simple/").replace("://", "://me:s3cret@")];
    let proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, proxy.url("")));
    let variables: Vec<(&str, &str)> = proxies.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let ended = monowheel_with(&words, &dir.path().join("cache"), &[&variables[..], &[("NO_PROXY", "")]].concat());
    assert!(String::from_utf8_lossy(&ended.stdout).contains("acme 1.0 (pyo3"));
    assert!(proxy.seen().is_empty());
    assert!(server.seen().iter().all(|request| request.headers.contains_key("authorization")));
}

#[test]
fn the_password_of_netrc_is_sent_to_its_host_and_shown_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let netrc = dir.path().join("netrc");
    fs_err::write(&netrc, "machine 127.0.0.1 login me password s3cret\n").unwrap();
    let server = Server::start(|_| Reply::new(403, "no"));
    for command in ["plan", "pin", "audit"] {
        let words = [command, "acme==1.0", "--json", "--index-url", &server.url("/simple/")];
        let ended = monowheel_with(&words, &dir.path().join("cache"), &[("NETRC", &netrc.display().to_string())]);
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(said.contains("HTTP status 403") && !said.contains("s3cret"), "{said}");
    }
    // me:s3cret
    let is_sent = |request: &crate::server::Request| request.headers["authorization"] == "Basic bWU6czNjcmV0";
    assert!(server.seen().len() == 3 && server.seen().iter().all(is_sent));
}
