//! Checks of a pin: one thing changes at a time.

use monowheel::cli::pin::report;
use monowheel_audit::report::Text;
use monowheel_error::ExitCode;
use monowheel_release::pin::judge::Kind;

use super::*;

/// The findings in either form of a pin after a change, and their output.
fn after(change: impl FnOnce(&mut Vec<Served>)) -> Vec<(Vec<Kind>, String)> {
    let index = Index::usual();
    let dir = tempfile::tempdir().unwrap();
    let files = written(&index.pin().unwrap(), dir.path());
    for file in &files {
        let report = index.check(file).unwrap();
        assert!(report.holds && report.exit_code() == ExitCode::Clean, "{report:?}");
    }
    index.change(change);
    let look = |file: &PathBuf| {
        let report = index.check(file).unwrap();
        assert_eq!(report.exit_code(), ExitCode::Findings);
        let kinds = report.releases[0].findings.iter().map(|finding| finding.kind).collect();
        let said = report::render_check(&report, Text { details: true, ..Text::default() }).into_string();
        (kinds, index.shown(&said).replace(&dir.path().display().to_string(), "[folder]"))
    };
    files.iter().map(look).collect()
}

/// The same for both forms.
fn both(change: impl FnOnce(&mut Vec<Served>)) -> (Vec<Kind>, String) {
    let [(kinds, said), (others, _)] = <[_; 2]>::try_from(after(change)).unwrap();
    assert_eq!(kinds, others);
    (kinds, said)
}

#[test]
fn a_file_that_is_gone_and_what_it_served() {
    let (kinds, said) = both(|files| files.retain(|file| !file.name.contains("win")));
    assert_eq!(kinds, [Kind::FileGone]);
    assert!(said.contains("no pinned file fits win_amd64"), "{said}");
    assert!(said.contains("not valid [folder]/requirements.txt: 1 of 1 release"), "{said}");
}

#[test]
fn a_file_with_other_bytes() {
    let (kinds, said) = both(|files| files[1].bytes.push(0));
    assert_eq!(kinds, [Kind::FileChanged]);
    assert!(said.contains("has changed: pinned is") && said.contains("do not install it"), "{said}");
}

#[test]
fn a_yanked_file_with_its_reason() {
    let (kinds, said) = both(|files| files[0].page = json!({"yanked": "it eats\u{1b}[31m files"}));
    assert_eq!(kinds, [Kind::Yanked]);
    assert!(said.contains("was yanked: it eats<U+001B>[31m files"), "{said}");
    let (kinds, said) = both(|files| files.iter_mut().for_each(|file| file.page = json!({"yanked": true})));
    assert_eq!(kinds, [Kind::Yanked]);
    assert!(said.contains("2 pinned files were yanked: no reason is given"), "{said}");
}

#[test]
fn a_platform_that_was_added() {
    let (kinds, said) = both(|files| files.push(Served::of(&Wheel::abi3("win_arm64"))));
    assert_eq!(kinds, [Kind::NotPinned]);
    assert!(said.contains("no pinned file fits on win_arm64 (CPython 3.8, 3.9"), "{said}");
}

#[test]
fn a_wheel_that_would_be_chosen_instead() {
    let better = || Served::of(&Wheel::pure().tagged("cp312-cp312-manylinux_2_17_x86_64"));
    let (kinds, said) = both(|files| files.push(better()));
    assert_eq!(kinds, [Kind::Preferred]);
    let expected = "is selected instead of demo-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl \
                    on manylinux_2_17_x86_64 (CPython 3.12)";
    assert!(said.contains(expected), "{said}");
    // Installers do not choose a yanked one.
    let index = Index::usual();
    let dir = tempfile::tempdir().unwrap();
    let files = written(&index.pin().unwrap(), dir.path());
    index.change(|files| files.push(better().saying(json!({"yanked": true}))));
    assert!(index.check(&files[0]).unwrap().holds);
}

#[test]
fn a_release_that_is_gone() {
    let (kinds, said) = both(|files| files.iter_mut().for_each(|file| file.name = file.name.replace("1.0", "1.1")));
    assert_eq!(kinds, [Kind::ReleaseGone]);
    assert!(said.contains("no index has demo==1.0"), "{said}");
}

#[test]
fn an_sdist_or_a_wheel_for_nobody_is_no_news() {
    let index = Index::usual();
    let dir = tempfile::tempdir().unwrap();
    let files = written(&index.pin().unwrap(), dir.path());
    index.change(|files| {
        files.push(Served::new("demo-1.0.zip", Vec::new()));
        files.push(Served::of(&Wheel::pure().tagged("cp37-cp37m-win_amd64")));
    });
    for file in files {
        assert!(index.check(&file).unwrap().holds);
    }
}

#[test]
fn pins_of_others_have_hashes_without_names() {
    let index = Index::usual();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("requirements.txt");
    let hashes: Vec<String> = index.files.lock().unwrap().iter().map(|file| sha256(&file.bytes)).collect();
    let lines: Vec<String> = hashes.iter().map(|hash| format!(" \\\n    --hash=sha256:{hash}")).collect();
    fs_err::write(&file, format!("Demo==1.0{}\n    # via -r x.in\n", lines.concat())).unwrap();
    assert!(index.check(&file).unwrap().holds);
    index.change(|files| files.truncate(2));
    let report = index.check(&file).unwrap();
    assert_eq!(report.releases[0].findings[0].files, [format!("sha256:{}", hashes[2])]);
    let value: Value = serde_json::from_str(&monowheel_audit::report::document(&report)).unwrap();
    assert_eq!((&value["schema"], &value["holds"]), (&json!("monowheel.pin-check/1"), &json!(false)));
    assert_eq!(value["releases"][0]["findings"][0]["kind"], "file-gone");
}

#[test]
fn a_folder_is_looked_at_as_an_index_is() {
    let wheels = [Wheel::abi3(LINUX), Wheel::abi3("win_amd64")];
    let dir = dist(&wheels);
    let pinned = pin(&Request { subjects: vec![dir.path().to_owned()], ..Request::default() }).unwrap();
    let files = written(&pinned, dir.path());
    let folder = Some(dir.path().to_owned());
    let look = |file: &Path, folder| {
        let request = check::Request { file: file.to_owned(), folder, ..check::Request::default() };
        let report = check(&request).unwrap();
        report.releases[0].findings.iter().map(|finding| finding.kind).collect::<Vec<_>>()
    };
    assert_eq!((look(&files[0], folder.clone()), look(&files[1], None)), (vec![], vec![]));
    fs_err::write(dir.path().join(&wheels[0].file), Wheel::abi3(LINUX).with("demo/x.py", "x = 1\n").bytes()).unwrap();
    assert_eq!(look(&files[0], folder.clone()), [Kind::FileChanged]);
    assert_eq!(look(&files[1], None), [Kind::FileChanged]);
    fs_err::remove_file(dir.path().join(&wheels[0].file)).unwrap();
    assert_eq!(look(&files[1], None), [Kind::FileGone]);
    fs_err::remove_file(dir.path().join(&wheels[1].file)).unwrap();
    assert_eq!(look(&files[1], None), [Kind::ReleaseGone]);
}
