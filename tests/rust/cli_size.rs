//! `monowheel size` as a person or a script meets it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_forge::sections::elf;
use monowheel_forge::wheel::Wheel;
use monowheel_system::hash::sha256;
use serde_json::{Value, json};

use crate::said::{Ended, ran};
use crate::server::{Reply, Server};

const LINUX: &str = "cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64";
const MEMBER: &str = "demo/_demo.abi3.so";

fn size(words: &[&str], paths: &[&Path]) -> Ended {
    let mut argv: Vec<OsString> = std::iter::once("size").chain(words.iter().copied()).map(OsString::from).collect();
    argv.extend(paths.iter().map(|path| path.as_os_str().to_owned()));
    ran(&argv)
}

/// An extension with 4,000 bytes of a crate, and what another crate has.
fn extension(automata: u64) -> Vec<u8> {
    let code = vec![0x90; 4000 + usize::try_from(automata).unwrap_or_default()];
    let functions = [
        ("_RINvCsa_4demo3maphEB2_", 0, 0, 1000),
        ("_RINvCsa_4demo3mapmEB2_", 0, 1000, 1000),
        ("_RNvNtCsa_4demo5inner3run", 0, 2000, 1000),
        ("ZSTD_compress", 0, 3000, 1000),
        ("_RNvNtCsb_14regex_automata4meta6search", 0, 4000, automata),
    ];
    let functions = if automata == 0 { &functions[..4] } else { &functions[..] };
    elf(&[(".text", true, code), (".comment", false, b"GCC".to_vec())], functions)
}

fn wheel(version: &str, extension: &[u8], sbom: &str) -> Wheel {
    let mut wheel = Wheel::pure()
        .tagged(LINUX)
        .info("sboms/demo.cyclonedx.json", |_| format!("{{\"bomFormat\": \"CycloneDX\", \"components\": [{sbom}]}}"))
        .with(MEMBER, extension);
    wheel.file = wheel.file.replace("1.0", version);
    wheel
}

const AUTOMATA: &str = r#"{"name": "regex-automata", "purl": "pkg:cargo/regex-automata@0.4.9"}"#;
const SYN: &str = r#"{"name": "syn", "purl": "pkg:cargo/syn@2.0.1"}"#;

/// A directory whose name has a space, with two releases and what is none.
struct Folder {
    dir: tempfile::TempDir,
    old: PathBuf,
    new: PathBuf,
}

fn folder() -> std::io::Result<Folder> {
    let dir = tempfile::Builder::new().prefix("with a space").tempdir()?;
    let save = |folder: &str, wheel: Wheel| -> std::io::Result<PathBuf> {
        fs_err::create_dir_all(dir.path().join(folder))?;
        let path = dir.path().join(folder).join(&wheel.file);
        fs_err::write(&path, wheel.bytes())?;
        Ok(path)
    };
    let old = save("old", wheel("1.0", &extension(0), SYN))?;
    let new = save("new", wheel("1.1", &extension(9000), &format!("{AUTOMATA}, {SYN}")))?;
    Ok(Folder { dir, old, new })
}

#[test]
fn a_tree_that_fits_80_columns() -> std::io::Result<()> {
    let Folder { dir, new, old } = folder()?;
    let ended = size(&["--against", &old.display().to_string()], &[&new]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    for text in
        ["extension modules (1)", "regex-automata 0.4.9", "   2 x demo::map<_>", ".comment (comment)", "ZSTD_compress"]
    {
        assert!(ended.out.contains(text), "{text}: {}", ended.out);
    }
    assert!(ended.out.contains("+8.8 KiB  regex-automata 0.4.9 is new"), "{}", ended.out);
    let directory = size(&["--verbose"], &[&dir.path().join("new")]);
    for line in ended.out.lines().chain(directory.out.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    Ok(())
}

#[test]
fn json_adds_up() -> std::io::Result<()> {
    let Folder { dir: _dir, new, old } = folder()?;
    let ended = size(&["--json", "--against", &old.display().to_string()], &[&new]);
    let report: Value = serde_json::from_str(&ended.out)?;
    assert_eq!(report["schema"], "monowheel.size/1");
    let file = &report["files"][0];
    let sum = |list: &Value, key: &str| -> i64 {
        list.as_array().unwrap().iter().map(|one| one[key].as_i64().unwrap()).sum()
    };
    assert_eq!(sum(&file["members"], "bytes"), file["unpacked"].as_i64().unwrap());
    assert_eq!(
        sum(&file["members"], "compressed") + file["archive"].as_i64().unwrap(),
        file["bytes"].as_i64().unwrap()
    );
    let part = &file["binaries"][0]["parts"][0];
    assert_eq!(sum(&part["sections"], "bytes") + part["outside"].as_i64().unwrap(), part["bytes"].as_i64().unwrap());
    assert_eq!(sum(&part["crates"], "bytes"), 13_000);
    assert_eq!(sum(&file["change"]["causes"], "bytes"), file["change"]["unpacked"].as_i64().unwrap());
    Ok(())
}

#[test]
fn a_stripped_binary_says_what_it_does_not_show() -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let stripped = elf(&[(".text", true, vec![0x90; 9000])], &[("PyInit__demo", 0, 0, 10)]);
    let (a, b) = (wheel("1.0", &stripped, SYN), wheel("1.1", &stripped, AUTOMATA));
    fs_err::write(dir.path().join(&a.file), a.bytes())?;
    fs_err::write(dir.path().join(&b.file), b.bytes())?;
    let against = dir.path().join(&a.file).display().to_string();
    let ended = size(&["--against", &against], &[&dir.path().join(&b.file)]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("stripped: build with `monowheel build --symbols` to see crates"), "{}", ended.out);
    assert!(
        ended.out.contains("regex-automata 0.4.9 is new") && ended.out.contains("syn 2.0.1 is gone"),
        "{}",
        ended.out
    );
    Ok(())
}

#[test]
fn a_budget_is_held() -> std::io::Result<()> {
    let Folder { dir, new, .. } = folder()?;
    let config = dir.path().join("pyproject.toml");
    let with = |max: &str| -> std::io::Result<Ended> {
        fs_err::write(&config, format!("[project]\nname = \"demo\"\n[tool.monowheel.size]\nmax-wheel = {max}\n"))?;
        Ok(size(&["--config", &config.display().to_string()], &[&new]))
    };
    let exact = fs_err::metadata(&new)?.len();
    assert_eq!(with(&exact.to_string())?.code, 0);
    let over = with(&(exact - 1).to_string())?;
    assert_eq!(over.code, 1, "{}", over.out);
    let message =
        format!("over budget: demo-1.1-{LINUX}.whl has {exact} bytes, 1 more than max-wheel of [tool.monowheel.size]");
    assert!(over.out.contains(&message), "{}", over.out);
    assert_eq!(with("\"1 GB\"")?.code, 0);
    assert_eq!(with("\"large\"")?.code, 2);
    Ok(())
}

#[test]
fn the_page_has_a_map_and_runs_nothing() -> std::io::Result<()> {
    let Folder { dir, old, .. } = folder()?;
    let hostile = wheel("1.2", &extension(0), SYN).with("demo/<script>alert(1)<script>\u{202e}.txt", "x".repeat(5000));
    let path = dir.path().join(&hostile.file);
    fs_err::write(&path, hostile.bytes())?;
    let output = dir.path().join("size.html");
    let words = ["--format", "html", "-o", &output.display().to_string(), "--against", &old.display().to_string()];
    let ended = size(&words, &[&path]);
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    let page = fs_err::read_to_string(&output)?;
    assert!(page.contains("<svg class=\"size-map\"") && page.contains("(C, not mangled)"), "{page:.500}");
    assert!(page.contains("default-src 'none'"), "{page:.500}");
    for unsafe_text in ["<script", "\u{202e}", "src=", "href=", "url("] {
        assert!(!page.contains(unsafe_text), "{unsafe_text}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)"), "the name is shown");
    Ok(())
}

#[test]
fn the_last_release_is_fetched_from_the_index() -> std::io::Result<()> {
    let Folder { dir: _dir, new, .. } = folder()?;
    let old = wheel("1.0", &extension(0), SYN);
    let (name, bytes) = (old.file.clone(), old.bytes());
    let server = Server::start(move |request| {
        if request.path == "/simple/demo/" {
            let file = json!({"filename": name, "url": format!("/f/{name}"), "hashes": {"sha256": sha256(&bytes)}, "size": bytes.len()});
            let page = json!({"meta": {"api-version": "1.1"}, "name": "demo", "files": [file]});
            return Reply::new(200, page.to_string()).header("Content-Type", "application/vnd.pypi.simple.v1+json");
        }
        if request.path == format!("/f/{name}") { Reply::file(request, &bytes, "\"1\"") } else { Reply::new(404, "") }
    });
    let index = server.url("/simple");
    let ended = size(&["--index-url", &index, "--against", "demo==1.0"], &[&new]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("regex-automata 0.4.9 is new"), "{}", ended.out);
    let itself = size(&["--index-url", &index, "demo==1.0"], &[]);
    assert!(itself.code == 0 && itself.out.contains("demo-1.0-cp38"), "{}{}", itself.out, itself.err);
    Ok(())
}

#[test]
fn bad_input() -> std::io::Result<()> {
    let Folder { dir, new, old } = folder()?;
    let file = |name: &str, bytes: &[u8]| -> std::io::Result<PathBuf> {
        let path = dir.path().join(name);
        fs_err::write(&path, bytes)?;
        Ok(path)
    };
    // Others are shown all the same.
    file("new/demo-1.1-py3-none-any.whl", b"no archive")?;
    let ended = size(&[], &[&dir.path().join("new")]);
    assert_eq!(ended.code, 3, "{}", ended.out);
    assert!(ended.out.contains("not readable") && ended.out.contains("extension modules (1)"), "{}", ended.out);
    for (name, bytes) in [("x.txt", &b"text"[..]), ("x.so", b"\x7fELF"), ("empty", b"")] {
        let ended = size(&[], &[&file(name, bytes)?]);
        assert_eq!(ended.code, 3, "{name}: {}{}", ended.out, ended.err);
    }
    let gone = dir.path().join("gone");
    assert_eq!(size(&[], &[&gone]).code, 2);
    assert_eq!(size(&["--against", &gone.display().to_string()], &[&new]).code, 2);
    fs_err::create_dir(dir.path().join("no wheels"))?;
    assert_eq!(size(&[], &[&dir.path().join("no wheels")]).code, 2);
    // Nothing there is for this platform: that is told, and not an error.
    let windows = wheel("1.0", &extension(0), SYN).tagged("cp38-abi3-win_amd64");
    fs_err::create_dir(dir.path().join("others"))?;
    for (folder, wheel) in [("others", &windows), ("others", &windows.clone().tagged("cp38-abi3-win32"))] {
        fs_err::write(dir.path().join(folder).join(&wheel.file), wheel.bytes())?;
    }
    let ended = size(&["--against", &dir.path().join("others").display().to_string()], &[&old]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("no wheel to compare it with is for this platform"), "{}", ended.err);
    Ok(())
}
