use super::*;

fn parsed(words: &[&str]) -> Result<PythonCommand> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    PythonCommand::of_python(PathBuf::from("/p/python3"), &words)
}

#[test]
fn commands_are_taken_apart_as_python_does() -> Result<()> {
    let work = |words: &[&str]| parsed(words).map(|command| (command.options, command.work, command.argv));
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let statements = Work::Statements("f()".to_owned());
    assert_eq!(work(&["-c", "f()", "-x"])?, (vec![], statements.clone(), texts(&["-c", "-x"])));
    assert_eq!(work(&["-cf()"])?, (vec![], statements.clone(), texts(&["-c"])));
    assert_eq!(work(&["-Ic", "f()"])?, (texts(&["-I"]), statements, texts(&["-c"])));
    let module = Work::Module("pytest".to_owned());
    assert_eq!(
        work(&["-X", "dev", "-Werror", "-m", "pytest", "-q"])?,
        (texts(&["-X", "dev", "-Werror"]), module, texts(&["-m", "-q"]))
    );
    let script = Work::Script("bench.py".to_owned());
    assert_eq!(work(&["-u", "bench.py", "-c", "1"])?, (texts(&["-u"]), script, texts(&["bench.py", "-c", "1"])));
    assert_eq!(work(&[])?.1, Work::Nothing);
    Ok(())
}

#[test]
fn what_cannot_be_repeated_is_refused() {
    for (words, part) in [
        (&["-"][..], "standard input"),
        (&["-c"], "nothing follows -c"),
        (&["-i", "x.py"], "the option -i"),
        (&["--version"], "the option --version"),
    ] {
        let error = parsed(words).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(part) && error.contains("next: "), "{words:?}: {error}");
    }
}

#[test]
fn a_script_is_run_by_the_python_of_its_first_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let python = folder.path().join("python3.12");
    fs_err::write(&python, "")?;
    let script = folder.path().join("tool");
    let parse = || PythonCommand::parse(&[script.display().to_string(), "--fast".to_owned()]);
    fs_err::write(&script, format!("#!{}\nimport tool\n", python.display()))?;
    let command = parse()?;
    assert_eq!((command.python, command.argv.len()), (python, 2));
    for other in ["#!/bin/sh\n", "\u{7f}ELF", "", "#!python3\n", "#!\n"] {
        fs_err::write(&script, other)?;
        assert_eq!(parse().err().map(|error| error.kind()), Some(ErrorKind::Usage), "{other:?}");
    }
    Ok(())
}
