//! The promises of the lab, with interpreters that are made of air.

use std::cell::Cell;

use super::*;

const ID: &str = "cpython-3.15";

/// Makes a file where the interpreter would be.
fn air(site: &Site<'_>) -> Result<Made> {
    fs_err::create_dir_all(site.work.join("bin"))?;
    fs_err::write(site.work.join("bin/python"), "")?;
    Ok(Made {
        runner: Runner::Native,
        python: "bin/python".into(),
        launch: Vec::new(),
        shared: Vec::new(),
        source: "air".into(),
    })
}

/// Believes it.
fn believe(_: &Site<'_>, entry: &mut Entry) -> Result<()> {
    "3.15.1".clone_into(&mut entry.version);
    Ok(())
}

fn refuse(_: &Site<'_>, _: &mut Entry) -> Result<()> {
    Err(Error::new(ErrorKind::Tool, "it does not run"))
}

const HANDS: Hands<'_> = Hands { make: &air, prove: &believe };

fn with_lab(test: impl FnOnce(&Lab, Wish<'_>, &CancelToken) -> Result<()>) -> Result<()> {
    let dir = tempfile::Builder::new().prefix("a lab ").tempdir()?;
    let stop = CancelToken::default();
    let lab = Lab::at(&dir.path().join("it"))?;
    test(&lab, Wish { python: None, allow_outdated: false, stop: &stop, watch: &|_| {} }, &stop)
}

/// What is in the lab beside its lock and its logs.
fn content(lab: &Lab) -> Vec<String> {
    let entries = fs_err::read_dir(lab.root()).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name != ".lock" && name != "logs").collect();
    names.sort();
    names
}

#[test]
fn what_was_made_is_there_and_is_not_made_again() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        assert!(matches!(lab.state(recipe), State::Missing));
        let (entry, made) = lab.get_by(recipe, wish, &HANDS)?;
        assert!(made && entry.python() == lab.root().join(ID).join("bin/python"));
        let never = |_: &Site<'_>| -> Result<Made> { Err(Error::new(ErrorKind::Tool, "made a second time")) };
        let again = lab.get_by(recipe, wish, &Hands { make: &never, prove: &refuse })?;
        assert_eq!(again, (entry.clone(), false));
        assert_eq!(lab.entries(), [entry]);
        assert_eq!(content(lab), [ID]);
        Ok(())
    })
}

#[test]
fn no_wheel_is_tested_on_the_interpreter_with_a_sanitizer() -> Result<()> {
    with_lab(|lab, wish, _| {
        assert!(lab.sanitized().is_err_and(|error| error.to_string().contains("lab get cpython-3.15t-tsan")));
        let free = |site: &Site<'_>, entry: &mut Entry| {
            entry.free_threaded = true;
            believe(site, entry)
        };
        let recipe = Recipe::named("cpython-3.15t-tsan")?;
        let (entry, _) = lab.get_by(recipe, wish, &Hands { make: &air, prove: &free })?;
        assert_eq!(lab.entries(), []);
        assert_eq!(lab.sanitized()?, entry);
        assert!(Recipe::making((3, 15), true, "linux").is_some_and(|found| found.id == "cpython-3.15t"));
        Ok(())
    })
}

#[test]
fn whatever_fails_leaves_nothing() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        let half = |site: &Site<'_>| {
            air(site)?;
            Err(Error::new(ErrorKind::Tool, "the disk broke"))
        };
        assert!(lab.get_by(recipe, wish, &Hands { make: &half, prove: &believe }).is_err());
        assert_eq!(content(lab), [""; 0]);
        assert!(lab.get_by(recipe, wish, &Hands { make: &air, prove: &refuse }).is_err());
        assert_eq!(content(lab), [""; 0]);
        // An interpreter with the GIL is none without it.
        let free = |_: &Site<'_>, entry: &mut Entry| {
            entry.free_threaded = true;
            Ok(())
        };
        assert!(lab.get_by(recipe, wish, &Hands { make: &air, prove: &free }).is_err());
        assert_eq!(content(lab), [""; 0]);
        Ok(())
    })
}

#[test]
fn ctrl_c_leaves_nothing() -> Result<()> {
    with_lab(|lab, wish, stop| {
        let interrupted = |site: &Site<'_>| {
            let made = air(site);
            stop.set();
            made
        };
        let ended = lab.get_by(Recipe::named(ID)?, wish, &Hands { make: &interrupted, prove: &believe });
        assert!(ended.is_err_and(|error| error.kind() == ErrorKind::Interrupted));
        assert_eq!(content(lab), [""; 0]);
        Ok(())
    })
}

#[test]
fn what_a_killed_process_left_is_swept_and_made_anew() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        fs_err::create_dir_all(lab.root().join(format!("{UNFINISHED}{ID}-x1/usr")))?;
        fs_err::create_dir_all(lab.root().join(format!("shared/{UNFINISHED}wine-x1/usr")))?;
        fs_err::create_dir_all(lab.root().join(ID).join("moved but never run"))?;
        assert!(matches!(lab.state(recipe), State::Broken(_)));
        assert_eq!(lab.entries(), []);
        lab.get_by(recipe, wish, &HANDS)?;
        assert_eq!(content(lab), [ID, "shared"]);
        assert_eq!(fs_err::read_dir(lab.root().join("shared"))?.count(), 0);
        assert!(!lab.root().join(ID).join("moved but never run").exists());
        Ok(())
    })
}

#[test]
fn a_broken_file_is_said_and_mended() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        lab.get_by(recipe, wish, &HANDS)?;
        fs_err::write(lab.root().join(ID).join(entry::FILE), "{\"schema\":")?;
        let State::Broken(error) = lab.state(recipe) else { panic!("it counts as an entry") };
        assert!(error.to_string().contains("next: monowheel lab get cpython-3.15"), "{error}");
        assert!(lab.get_by(recipe, wish, &HANDS)?.1);
        assert!(matches!(lab.state(recipe), State::Ready(_)));
        Ok(())
    })
}

#[test]
fn an_interpreter_without_its_emulator_is_broken_until_it_is_made_anew() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        let emulated = |site: &Site<'_>| {
            let emulator = site.piece("emulator", "1", |_, _| Ok(()))?;
            Ok(Made { shared: vec![emulator], ..air(site)? })
        };
        let hands = Hands { make: &emulated, prove: &believe };
        lab.get_by(recipe, wish, &hands)?;
        fs_err::remove_dir_all(lab.root().join("shared/emulator"))?;
        assert_eq!(lab.entries(), []);
        let broken = lab.broken();
        assert!(broken.len() == 1 && broken[0].1.to_string().contains("shared/emulator is missing"), "{broken:?}");
        assert!(lab.get_by(recipe, wish, &hands)?.1);
        assert!(matches!(lab.state(recipe), State::Ready(_)) && lab.broken().is_empty());
        Ok(())
    })
}

#[test]
fn another_recipe_or_another_place_makes_it_anew() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        let (mut entry, _) = lab.get_by(recipe, wish, &HANDS)?;
        "0".clone_into(&mut entry.recipe);
        entry.write()?;
        assert!(matches!(lab.state(recipe), State::Outdated(_)));
        assert!(lab.get_by(recipe, wish, &HANDS)?.1);
        let moved = Lab::at(&lab.root().with_file_name("moved"))?;
        fs_err::rename(lab.root(), moved.root())?;
        assert!(matches!(moved.state(recipe), State::Outdated(_)));
        Ok(())
    })
}

#[test]
fn what_is_removed_is_gone() -> Result<()> {
    with_lab(|lab, wish, _| {
        lab.get_by(Recipe::named(ID)?, wish, &HANDS)?;
        fs_err::create_dir_all(lab.root().join("shared/qemu"))?;
        fs_err::write(lab.root().join("somebody else's"), "")?;
        assert!(lab.remove(ID, wish)?);
        assert!(!lab.remove(ID, wish)?);
        assert_eq!(content(lab), ["shared", "somebody else's"]);
        assert_eq!(lab.clear(wish)?, ["shared", "logs"]);
        assert_eq!(content(lab), ["somebody else's"]);
        assert!(lab.remove("cpython-3.15x", wish).is_err_and(|error| error.to_string().contains("cpython-3.15")));
        Ok(())
    })
}

#[test]
fn a_shared_piece_is_made_once_and_whole() -> Result<()> {
    with_lab(|lab, wish, _| {
        let times = Cell::new(0);
        let fails = Cell::new(true);
        let make = |site: &Site<'_>| {
            let piece = site.piece("tool", "1", |work, home| {
                times.set(times.get() + 1);
                assert_eq!(home, lab.root().join("shared/tool"));
                fs_err::write(work.join("file"), "")?;
                if fails.get() { Err(Error::new(ErrorKind::Tool, "no network")) } else { Ok(()) }
            })?;
            assert!(piece.join("file").is_file());
            air(site)
        };
        let hands = Hands { make: &make, prove: &believe };
        assert!(lab.get_by(Recipe::named(ID)?, wish, &hands).is_err());
        assert_eq!(fs_err::read_dir(lab.root().join("shared"))?.count(), 0);
        fails.set(false);
        lab.get_by(Recipe::named(ID)?, wish, &hands)?;
        lab.get_by(Recipe::named("cpython-3.14")?, wish, &hands)?;
        assert_eq!(times.get(), 2);
        Ok(())
    })
}

/// Two commands at once: the second waits, and finds what the first made.
#[test]
fn of_two_at_once_one_makes_it() -> Result<()> {
    with_lab(|lab, wish, _| {
        let recipe = Recipe::named(ID)?;
        let times = std::sync::atomic::AtomicU32::new(0);
        let both = std::thread::scope(|scope| {
            let work = || {
                let make = |site: &Site<'_>| {
                    times.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(200));
                    air(site)
                };
                lab.get_by(recipe, wish, &Hands { make: &make, prove: &believe }).map(|(_, made)| made)
            };
            let other = scope.spawn(work);
            let one = work();
            [Some(one), other.join().ok()]
        });
        let mut made: Vec<bool> = both.into_iter().flatten().collect::<Result<_>>()?;
        made.sort_unstable();
        assert_eq!((made, times.into_inner()), (vec![false, true], 1));
        Ok(())
    })
}
