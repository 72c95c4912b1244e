//! The content of pins, and their format.

use monowheel::cli::pin::report;
use monowheel_audit::report::Text;
use monowheel_release::pin::{pylock, requirements};

use super::*;

#[test]
fn both_forms_of_one_wheel_for_each_platform() {
    let index = Index::usual();
    let pinned = index.pin().unwrap();
    let text = format!(
        "{}\n=== pylock.toml\n{}\n=== terminal\n{}",
        requirements::render(&pinned),
        pylock::render(&pinned, Path::new("/nowhere")).unwrap(),
        report::render(&pinned, Text::default()).into_string()
    );
    insta::assert_snapshot!(index.shown(&text));
}

#[test]
fn the_same_pin_gives_the_same_text() {
    let index = Index::usual();
    let text = requirements::render(&index.pin().unwrap());
    index.change(|files| files.reverse());
    assert_eq!(requirements::render(&index.pin().unwrap()), text);
}

#[test]
fn json_has_its_schema_and_the_map() {
    let index = Index::usual();
    let value: Value = serde_json::from_str(&monowheel_audit::report::document(&index.pin().unwrap())).unwrap();
    assert_eq!(value["schema"], "monowheel.pin/1");
    let release = &value["releases"][0];
    assert_eq!(release["from"]["index"], index.server.url("/simple/"));
    assert_eq!(release["coverage"]["rows"][0]["platform"], "manylinux_2_17_x86_64");
    assert_eq!(release["wheels"][0]["url"], index.server.url(&format!("/f/demo-1.0-cp38-abi3-{LINUX}.whl")));
}

#[test]
fn wheels_that_nobody_gets_are_left_out() {
    let of = |tag: &str| Served::of(&Wheel::pure().tagged(tag));
    let tags = [
        "cp38-abi3-manylinux_2_17_x86_64",
        "cp37-cp37m-manylinux_2_17_x86_64",
        "pp310-pypy310_pp73-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp27-cp27m-win32",
    ];
    let index = Index::of(tags.map(of).to_vec());
    let pinned = index.pin().unwrap();
    assert_eq!(
        files(&pinned),
        ["demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl"]
    );
    assert_eq!(pinned.releases[0].for_one_python, 1);
    let said = report::render(&pinned, Text::default()).into_string();
    assert!(
        said.contains("more than one wheel per platform: 2 wheels for 1 platform, up to 2 per platform; 1 of them"),
        "{said}"
    );
    assert!(said.contains("no wheel for CPython 3.8"), "{said}");
}

#[test]
fn both_families_of_the_stable_abi_count() {
    let index = Index::of(vec![Served::of(&Wheel::abi3(LINUX)), Served::of(&Wheel::abi3t(LINUX))]);
    let pinned = index.pin().unwrap();
    assert_eq!((files(&pinned).len(), pinned.releases[0].for_one_python), (2, 0));
    let said = report::render(&pinned, Text::default()).into_string();
    assert!(said.contains("2 wheels for 1 platform: at most 2 per platform, none for only one Python"), "{said}");
}

#[test]
fn the_wheel_of_a_single_version_and_that_without_the_gil_are_pinned_beside_the_stable_ones() {
    let of = |abi: &str| Served::of(&Wheel::pure().tagged(&format!("{abi}-manylinux_2_17_x86_64")));
    let index = Index::of(["cp38-abi3", "cp315-abi3.abi3t", "cp314-cp314", "cp314-cp314t"].map(of).to_vec());
    let pinned = index.pin().unwrap();
    assert_eq!(files(&pinned).len(), 4);
    let said = report::render(&pinned, Text::default()).into_string();
    let row = said.lines().find(|line| line.trim_start().starts_with("manylinux")).unwrap_or_default();
    let takes: Vec<&str> = row.split_whitespace().skip(1).collect();
    // 3.8 to 3.13, then 3.14, 3.15, 3.14t, 3.15t.
    assert_eq!(takes[..6], ["1"; 6], "{said}");
    assert!(takes[6] != "1" && takes[8] != "1" && takes[6] != takes[8] && takes[7] == takes[9], "{said}");
}

#[test]
fn a_pin_is_narrowed_and_says_so() {
    let index = Index::usual();
    let request = Request { scope: scope(&["win_amd64"], &["3.12", "3.14"]), ..index.request() };
    let pinned = pin(&request).unwrap();
    assert_eq!(files(&pinned), ["demo-1.0-cp38-abi3-win_amd64.whl"]);
    assert_eq!(pinned.releases[0].coverage.pythons.len(), 2);
    let dir = tempfile::tempdir().unwrap();
    for file in written(&pinned, dir.path()) {
        // The other platform is not reported, because it was left out.
        let report = index.check(&file).unwrap();
        assert!(report.holds, "{report:?}");
        assert_eq!(report.scope, request.scope);
    }
    let gone = |scope| refusal(pin(&Request { scope, ..index.request() }));
    let said = gone(scope(&["win_arm64"], &[]));
    assert!(
        said.contains("Usage") && said.contains("at: win_arm64") && said.contains("wheels for manylinux_2_17_x86_64")
    );
    assert!(gone(scope(&["win_amd64"], &["3.14t"])).contains("no wheel for CPython 3.14t"));
}

#[test]
fn the_sdist_is_kept_on_demand() {
    let index = Index::usual();
    let pinned = pin(&Request { sdist: true, ..index.request() }).unwrap();
    let text = requirements::render(&pinned);
    assert_eq!(text.matches("--hash=sha256:").count(), 3);
    assert!(pylock::render(&pinned, Path::new("/")).unwrap().contains("[packages.sdist]\nname = \"demo-1.0.tar.gz\""));
    assert_eq!(requirements::render(&index.pin().unwrap()).matches("--hash").count(), 2);
}

#[test]
fn what_a_release_needs_is_named() {
    let needs =
        |text: String| text.replacen("Summary", "Requires-Dist: cffi>=1\nRequires-Dist: x; extra == 'y'\nSummary", 1);
    let index = Index::of(vec![Served::of(&Wheel::abi3(LINUX).info("METADATA", needs))]);
    let pinned = index.pin().unwrap();
    assert_eq!(pinned.needs, ["cffi>=1"]);
    let said = report::render(&pinned, Text::default()).into_string();
    assert!(said.contains("required but not pinned: cffi>=1"), "{said}");
    assert!(said.contains("printf '%s\\n' demo==1.0 | uv pip compile --generate-hashes -"), "{said}");
    assert!(requirements::render(&pinned).contains("# Required but not pinned: cffi>=1\n"));
}

#[test]
fn a_folder_is_pinned_by_its_bytes() {
    let wheels = [Wheel::abi3(LINUX), Wheel::abi3("win_amd64")];
    let dir = dist(&wheels);
    let request = Request { subjects: vec![dir.path().to_owned()], ..Request::default() };
    let pinned = pin(&request).unwrap();
    assert_eq!(files(&pinned).len(), 2);
    let lock = pylock::render(&pinned, dir.path().parent().unwrap()).unwrap();
    let folder = dir.path().file_name().unwrap().to_str().unwrap();
    assert!(lock.contains(&format!("path = \"{folder}/{}\"", wheels[1].file)), "{lock}");
    assert!(lock.contains(&sha256(&wheels[1].bytes())) && !lock.contains("url") && !lock.contains("index"));
    let text = requirements::render(&pinned);
    assert!(text.contains(&format!("--no-index --find-links '{}'", dir.path().display())), "{text}");
    // One wheel of it, by its path.
    let one = Request { subjects: vec![dir.path().join(&wheels[0].file)], ..Request::default() };
    assert_eq!(files(&pin(&one).unwrap()), [&wheels[0].file]);
}

#[test]
fn hashes_that_a_file_allows_are_not_widened() {
    let index = Index::usual();
    let allowed = sha256(&Wheel::abi3("win_amd64").bytes());
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("r.txt");
    fs_err::write(&file, format!("demo==1.0 --hash=sha256:{allowed}\n")).unwrap();
    let request = Request { subjects: vec![], files: vec![file.clone()], ..index.request() };
    assert_eq!(files(&pin(&request).unwrap()), ["demo-1.0-cp38-abi3-win_amd64.whl"]);
    fs_err::write(&file, format!("demo==1.0 --hash=sha256:{}\n", "0".repeat(64))).unwrap();
    assert!(refusal(pin(&request)).contains("no wheel of demo==1.0 has one of the hashes"));
}

#[test]
fn credentials_stay_out_of_what_is_written() {
    let index = Index::usual();
    let with = index.server.url("/simple/").replacen("http://", "http://user:secret@", 1);
    let options = IndexOptions { index_url: Some(with), ..index.options() };
    index.change(|files| files[0].page = json!({"url": format!("/f/{}?key=secret", files[0].name)}));
    let pinned = pin(&Request { index: options, ..index.request() }).unwrap();
    assert!(pinned.notes.iter().any(|note| note.contains("the query of its URL is left out")));
    let lock = pylock::render(&pinned, Path::new("/")).unwrap();
    let said = format!("{}{lock}{}", requirements::render(&pinned), monowheel_audit::report::document(&pinned));
    assert!(!said.contains("secret") && !said.contains("user"), "{said}");
}
