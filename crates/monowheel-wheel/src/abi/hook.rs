//! The init functions through which an interpreter loads an extension module (PEP 489, PEP 793).

/// `PyInit`: every version.
pub const INIT: &str = "PyInit";
/// `PyModExport`: searched first by 3.15 and later; if it is found, `PyInit` is never called.
pub const EXPORT: &str = "PyModExport";

/// The symbol that the interpreter looks up: `PyInit_spam`; for a name that is not ASCII, the name in
/// Punycode, `PyInitU_eckzell_hya`. Hyphens become underscores (CPython's `get_encoded_name`).
#[must_use]
pub fn symbol(hook: &str, module: &str) -> String {
    let (letter, name) = match module {
        _ if module.is_ascii() => ("", module.to_owned()),
        // Longer than a file name can be.
        _ if module.len() > 255 => ("U", String::new()),
        _ => ("U", punycode(module)),
    };
    format!("{hook}{letter}_{}", name.replace('-', "_"))
}

/// Whether a symbol is the init function of this kind for some module.
#[must_use]
pub fn is_one(hook: &str, symbol: &str) -> bool {
    symbol.strip_prefix(hook).is_some_and(|rest| rest.starts_with('_') || rest.starts_with("U_"))
}

/// Punycode as in Python's codec of that name (RFC 3492, without a prefix). Quadratic in the
/// number of letters.
fn punycode(text: &str) -> String {
    const BASE: u64 = 36;
    const LEAST: u64 = 1;
    const MOST: u64 = 26;
    let digit = |value: u64| {
        let digits = b"abcdefghijklmnopqrstuvwxyz0123456789";
        usize::try_from(value).ok().and_then(|value| digits.get(value)).map_or('?', |digit| char::from(*digit))
    };
    let mut written: String = text.chars().filter(char::is_ascii).collect();
    let basic = written.len() as u64;
    let mut handled = basic;
    if basic > 0 {
        written.push('-');
    }
    let (mut next, mut delta, mut bias) = (0x80_u64, 0_u64, 72_u64);
    while let Some(least) = text.chars().map(|letter| u64::from(u32::from(letter))).filter(|code| *code >= next).min() {
        delta += (least - next) * (handled + 1);
        next = least;
        for code in text.chars().map(|letter| u64::from(u32::from(letter))) {
            if code < next {
                delta += 1;
            }
            if code != next {
                continue;
            }
            let mut rest = delta;
            let mut place = BASE;
            loop {
                let threshold = place.saturating_sub(bias).clamp(LEAST, MOST);
                if rest < threshold {
                    break;
                }
                written.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
                rest = (rest - threshold) / (BASE - threshold);
                place += BASE;
            }
            written.push(digit(rest));
            // Adapts the bias (RFC 3492, 6.1).
            let mut scaled = if handled == basic { delta / 700 } else { delta / 2 };
            scaled += scaled / (handled + 1);
            let mut steps = 0;
            while scaled > (BASE - LEAST) * MOST / 2 {
                scaled /= BASE - LEAST;
                steps += BASE;
            }
            bias = steps + (BASE - LEAST + 1) * scaled / (scaled + 38);
            delta = 0;
            handled += 1;
        }
        delta += 1;
        next += 1;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_cpython_encodes_them() {
        for (module, expected) in [
            ("spam", "PyInit_spam"),
            ("_spam-eggs", "PyInit__spam_eggs"),
            // Python: "PyInitU_" + name.encode("punycode").replace(b"-", b"_").
            ("eckzellé", "PyInitU_eckzell_hya"),
            ("スパム", "PyInitU_zck5b2b"),
            ("bücher-æ", "PyInitU_bcher__uua4o"),
            ("āščf", "PyInitU_f_nha0bxy"),
            ("😀", "PyInitU_e28h"),
        ] {
            assert_eq!(symbol(INIT, module), expected);
        }
        assert_eq!(symbol(EXPORT, "スパム"), "PyModExportU_zck5b2b");
    }

    #[test]
    fn hooks_are_recognised() {
        assert!(is_one(INIT, "PyInit_a") && is_one(INIT, "PyInitU_a") && is_one(EXPORT, "PyModExport_a"));
        assert!(!is_one(INIT, "PyInitialize_a") && !is_one(INIT, "PyModExport_a"));
    }
}
