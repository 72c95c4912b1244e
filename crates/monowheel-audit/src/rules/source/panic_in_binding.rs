//! The rule `panic-in-binding`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, Function, INTERNAL, Source, State, What};

rule! {
    /// A function that Python calls may panic, which `except Exception` does not catch.
    ///
    /// # What it does
    /// Reports `panic!`, `todo!` and `unimplemented!`, indexing with a parameter, and dividing by one, cutting in `chunks` of
    /// its size and `Duration::from_secs_f64`, `as_slice().unwrap()` of an array of numpy, and `init()` of a logger without
    /// a `Once` (warnings), and `unwrap`, `expect`, `unreachable!` and a `panic!` whose message
    /// names a bug ("internal error", "cannot happen") as one note per function, in functions that Python calls.
    /// `lock().unwrap()` is ignored, and so is a parameter that the function compares with something.
    ///
    /// # Why it matters
    /// A panic becomes `PanicException`, which derives from `BaseException`: error handlers do not catch it, and a
    /// service exits instead of answering "bad request" (pyo3#2783). It does not say what was wrong with the input.
    /// Also reported in pyo3#3918, pyo3#2880, parsec-cloud#3929, fast_mail_parser#162, rust-numpy#468, satkit#22,
    /// zenoh-python#61.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn nth(values: Vec<i64>, index: usize) -> i64 {
    ///     values[index]
    /// }
    /// ```
    ///
    /// # Fix
    /// `values.get(index).copied().ok_or_else(|| PyIndexError::new_err(…))`. Panics that cannot happen may stay, with a
    /// comment `// monowheel: ignore[panic-in-binding] why`.
    pub(super) static RULE: "panic-in-binding", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        let title = function.title();
        let mut unwraps = Vec::new();
        for event in function.events.iter().filter(|event| event.state != State::Unknown) {
            match event.what {
                What::Panics if matches!(event.name.as_str(), "unreachable" | INTERNAL) => unwraps.push(event),
                What::Panics => found.add(
                    file.finding(Severity::Warning, &event.at, format!("{title} may reach `{}!`", event.name))
                        .fix("return a PyResult and raise a suitable exception"),
                ),
                What::Index if is_number(function, &event.name) => found.add(
                    file.finding(
                        Severity::Warning,
                        &event.at,
                        format!("{title} indexes with its parameter `{}`: a wrong value panics", event.name),
                    )
                    .fix("use get() and raise PyIndexError"),
                ),
                What::Divides if is_number(function, &event.name) => found.add(
                    file.finding(
                        Severity::Warning,
                        &event.at,
                        format!("{title} panics if its parameter `{}` is zero", event.name),
                    )
                    .fix("check it first, and raise PyZeroDivisionError or PyValueError"),
                ),
                What::Seconds if is_float(function, &event.name) => found.add(
                    file.finding(
                        Severity::Warning,
                        &event.at,
                        format!("{title} panics if its parameter `{}` is negative or not finite", event.name),
                    )
                    .fix("use Duration::try_from_secs_f64, and raise PyValueError"),
                ),
                What::Slices if has_array(function, &event.name) => found.add(
                    file.finding(
                        Severity::Warning,
                        &event.at,
                        format!(
                            "{title} panics if its parameter `{}` is not contiguous: `array.T`, `array[::2]`",
                            event.name
                        ),
                    )
                    .fix("use `?`, or as_array(), which takes any array"),
                ),
                What::InitsLogger if !event.is_once => found.add(
                    file.finding(
                        Severity::Warning,
                        &event.at,
                        format!("{title} panics if it is called twice, or if there is a logger already"),
                    )
                    .fix("use try_init(), or initialize the logger in the #[pymodule]"),
                ),
                What::Unwraps if !is_told_better(function, event) => unwraps.push(event),
                _ => {}
            }
        }
        if let Some(first) = unwraps.first() {
            let message = match (unwraps.len(), first.name.as_str()) {
                (1, INTERNAL) => format!("{title} may reach a {INTERNAL}"),
                (1, "unreachable") => format!("{title} may reach `unreachable!`"),
                (1, name) => format!("{title} panics if `{name}` fails"),
                (many, _) => {
                    format!("{title} panics if one of {many} uses of `unwrap`, `expect` or `unreachable!` fails")
                }
            };
            let lines = unwraps.iter().map(|event| format!("line {}: {}", event.at.line, event.name));
            found.add(
                file.finding(Severity::Note, &first.at, message)
                    .details(lines)
                    .fix("use `?` with an error that converts to an exception"),
            );
        }
    }
}

/// Whether `unwrap` is the end of an `array.as_slice().unwrap()` that is reported itself.
fn is_told_better(function: &Function, unwrap: &Event) -> bool {
    function
        .events
        .iter()
        .any(|event| event.what == What::Slices && event.at == unwrap.at && has_array(function, &event.name))
}

fn has_array(function: &Function, name: &str) -> bool {
    function.params.iter().any(|param| param.name == name && param.ty.is_array())
}

fn is_number(function: &Function, name: &str) -> bool {
    let is_index = |param: &&crate::source::Param| {
        param.name == name
            && matches!(param.ty.name.as_str(), "usize" | "isize" | "u64" | "u32" | "i64" | "i32" | "u8" | "u16")
    };
    function.params.iter().any(|param| is_index(&param))
}

fn is_float(function: &Function, name: &str) -> bool {
    function.params.iter().any(|param| param.name == name && matches!(param.ty.name.as_str(), "f32" | "f64"))
}
