//! The wheels of a folder, as maturin made them: `MONOWHEEL_WHEELS=dist cargo test --test finish -- --ignored`.

use std::path::PathBuf;

use monowheel::finding::Severity;
use monowheel::finish::{Recipe, wheel};
use monowheel::rule::Group;
use monowheel::{audit, gather};

use super::sections::code;

#[test]
#[ignore = "only for a folder of wheels, named by MONOWHEEL_WHEELS"]
fn each_is_finished_once_and_clean() {
    let Some(folder) = std::env::var_os("MONOWHEEL_WHEELS").map(PathBuf::from) else { return };
    let out = std::env::var_os("MONOWHEEL_FINISHED").map(PathBuf::from);
    let (mut before, mut after) = (0, 0);
    for entry in fs_err::read_dir(&folder)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ext| ext == "whl"))
    {
        let file = entry.file_name().to_string_lossy().into_owned();
        let bytes = fs_err::read(entry.path()).unwrap();
        let recipe =
            Recipe { strip: true, extra: vec![("monowheel.json".to_owned(), b"{}\n".to_vec())], ..Recipe::default() };
        let started = std::time::Instant::now();
        let finished = wheel(&bytes, &recipe).unwrap_or_else(|error| panic!("{file}: {error}"));
        let took = started.elapsed().as_secs_f64();
        let again = wheel(&finished.bytes, &recipe).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(again.bytes, finished.bytes, "{file}: finishing twice changes something");
        assert_eq!(code(&bytes), code(&finished.bytes), "{file}: code was changed");
        let facts = gather::facts(&finished.bytes, &file, gather::Depth::Everything).unwrap();
        let wrong: Vec<String> = audit::findings(&facts)
            .into_iter()
            // The paths in panic messages are the compiler's: `--remap-path-prefix` is for them.
            .filter(|finding| finding.rule != "build-path")
            .filter(|finding| {
                finding.severity == Severity::Error
                    || monowheel::rules::all().any(|rule| rule.id == finding.rule && rule.group == Group::Reproducible)
            })
            .map(|finding| format!("{} {}: {}", finding.rule, finding.place, finding.message))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{file}");
        println!(
            "{file}\n  {} -> {} ({:.3}) in {took:.2} s",
            bytes.len(),
            finished.bytes.len(),
            finished.bytes.len() as f64 / bytes.len() as f64
        );
        for step in &finished.steps {
            println!("    {}: {}", step.member.as_deref().unwrap_or("archive"), step.what);
        }
        before += bytes.len();
        after += finished.bytes.len();
        if let Some(out) = &out {
            fs_err::create_dir_all(out).unwrap();
            fs_err::write(out.join(&file), &finished.bytes).unwrap();
        }
    }
    assert!(before > 0, "no wheels in {}", folder.display());
    println!("{before} -> {after}: {:.3}", after as f64 / before as f64);
}
