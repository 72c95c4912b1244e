//! `monowheel init`.

use monowheel_author::scaffold::file::State;
use monowheel_author::scaffold::init::Init;
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::new::args::InitArgs;
use crate::cli::new::report::{lacking, outcome};
use crate::cli::screen::Screen;
use crate::cli::stdin::is_yes;

pub(super) fn run(args: &InitArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let text = screen.report(global.verbose);
    let cannot_ask = |why: &str| {
        Error::new(ErrorKind::Usage, why).next("use --yes to write without asking, or --dry-run to only show the diff")
    };
    if global.json && !args.yes && !args.dry_run {
        return Err(cannot_ask("--json cannot ask for confirmation"));
    }
    let mut init = Init::look(&args.request())?;
    if !global.json {
        screen.print(lacking(&init, text));
    }
    let is_due = init.refused.is_none() && !init.is_done() && !args.dry_run;
    if is_due && (args.yes || agreed(&init, &cannot_ask, stop, screen)?) {
        init.write()?;
    }
    if global.json {
        screen.json(&init)?;
    } else {
        screen.print(outcome(&init, text));
    }
    if let Some(refused) = &init.refused {
        screen.fail(&refused.error(&init.folder));
    }
    Ok(init.exit_code())
}

fn agreed(init: &Init, cannot_ask: &dyn Fn(&str) -> Error, stop: &CancelToken, screen: &mut Screen) -> Result<bool> {
    if !screen.is_answered() {
        return Err(cannot_ask("cannot ask for confirmation: no terminal; nothing was written"));
    }
    let number = init.files.iter().filter(|file| file.state != State::Same).count();
    screen.error(text!("Write {}? [y/N] ", count(number, "file")));
    is_yes(stop)
}
