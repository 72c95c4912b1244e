//! The obstacles to building a wheel for Pyodide, known before anything is built.

use monowheel_project::abi::Abi;
use monowheel_project::family::{Family, Route};
use monowheel_project::target::Target;
use monowheel_wheel::abi::dotted;

use crate::plan::Blocked;
use crate::toolchain::emscripten;
use crate::toolchain::rust::Toolchain;

/// The first Rust that compiles `wasm32-unknown-emscripten` with WebAssembly exceptions, as Pyodide is compiled since
/// 2025_0; earlier versions use JavaScript exceptions, whose functions Pyodide does not have.
const OLDEST_RUST: (u64, u64) = (1, 93);

/// The variables whose flags reach every crate.
const FLAGS: [&str; 3] = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_WASM32_UNKNOWN_EMSCRIPTEN_RUSTFLAGS"];

/// Whether the one Python of a Pyodide supports wheels of this kind; always true for other platforms.
pub(super) fn takes(target: &Target, route: &Route) -> bool {
    let Some(abi) = target.pyodide() else { return true };
    match route.abi {
        Abi::Stable(Family::Abi3) => route.floor <= abi.python,
        Abi::Stable(Family::Abi3t) => false,
        Abi::Version { free_threaded, .. } => route.floor == abi.python && !free_threaded,
    }
}

/// For `-i`: a bare version, which maturin has in a built-in table.
pub(super) fn interpreter(target: &Target, route: &Route) -> String {
    target.pyodide().map_or_else(|| route.interpreter.clone(), |abi| dotted(abi.python))
}

/// Why `target` cannot be built for `route` with this compiler, whatever else is installed.
pub(super) fn hindrance(target: &Target, route: &Route, toolchain: Option<&Toolchain>) -> Option<Blocked> {
    let abi = target.pyodide()?;
    if !takes(target, route) {
        let python = dotted(abi.python);
        return Some(Blocked {
            why: format!(
                "Pyodide {} is CPython {python} with the GIL, which does not accept {} wheels",
                abi.name(),
                route.abi
            ),
            next_step: format!("choose abi3 with a floor of at most {python}, or cp{}", python.replace('.', "")),
        });
    }
    if let Some(toolchain) = toolchain.filter(|toolchain| release(toolchain) < OLDEST_RUST) {
        return Some(Blocked {
            why: format!(
                "Rust {} ({}) compiles for JavaScript exceptions, which Pyodide {} does not support",
                toolchain.release(),
                toolchain.name,
                abi.name()
            ),
            next_step: format!("use Rust {}.{} or later: rustup update, or --toolchain", OLDEST_RUST.0, OLDEST_RUST.1),
        });
    }
    let flags = FLAGS.into_iter().find(|name| std::env::var(name).is_ok_and(|flags| flags.contains("+atomics")));
    flags.map(|name| Blocked {
        why: format!("{name} enables atomics, which are for threads; Pyodide has none"),
        next_step: format!("leave +atomics out of {name}"),
    })
}

/// A note for a build that may compile C for Pyodide if Emscripten's headers are missing: `users` are the crates
/// that may compile it; if there are none, the project's own.
pub(super) fn note_on_c(targets: &[Target], users: Option<&[String]>) -> Option<String> {
    let is_asked = targets.iter().any(|target| target.pyodide().is_some());
    let users = users.filter(|_| is_asked && emscripten::headers().is_none())?;
    let who = if users.is_empty() { "the build script".to_owned() } else { users.join(", ") };
    Some(format!(
        "{who} may compile C, which for Pyodide needs the headers of Emscripten: set {} to their directory",
        emscripten::HEADERS
    ))
}

fn release(toolchain: &Toolchain) -> (u64, u64) {
    let mut numbers = toolchain.release().split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
