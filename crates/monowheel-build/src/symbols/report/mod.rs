//! Crash reports: the frames in them that name a library and a place in it.
//!
//! | form | written by |
//! | --- | --- |
//! | `lib.so(+0x1f0)[0x7f…]` | `backtrace_symbols_fd` of glibc |
//! | `Binary file "lib.so", at +0x1f0 [0x7f…]` | `faulthandler.dump_c_stack` of Python 3.14 and later |
//! | `5: 0x7f… - <unknown>`, `#5 0x7f… in ?? () from lib.so` | Rust with `RUST_BACKTRACE=full`, gdb; with the lines of `/proc/PID/maps`, or a [`Loaded`] |
//! | `7f… [unknown] (lib.so)`, `(lib.so+0x1f0)` | `perf script --show-mmap-events`, `perf script -F +dsoff`, `perf script` of a `perf record --call-graph` |
//! | an `.ips` file, `3 lib.so 0x1… 0x1… + 496` | macOS |
//! | `Faulting module name`, `Fault Module Name` | Windows Error Reporting |
//! | `lib.pyd+0x1f0`, `lib.pyd + 0x1f0`, `in lib (+0x1f0)` | cdb, minidump-stackwalk, wine |

mod apple;
mod maps;
mod text;

use serde::Serialize;

use crate::symbols::resolve::Address;

/// The most frames that are read: a stack that overflowed has tens of thousands.
const MOST: usize = 200_000;

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// The line of the report, from 1; 0 if the report has none.
    pub line: usize,
    /// What the report says of it.
    pub text: String,
    /// The library: its path, or its name, on Windows maybe without its suffix.
    pub module: String,
    /// The place of the code that was running, or of the call.
    pub address: Address,
    /// The ID of the library, if the report has it: hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether `module` can be something else than a library, such as a function.
    #[serde(skip)]
    pub is_guess: bool,
}

impl Frame {
    /// The library's file name.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.module.rsplit(['/', '\\']).next().unwrap_or(&self.module)
    }
}

/// What was found in a report.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The frames, in their order.
    pub frames: Vec<Frame>,
    /// Addresses that belong to no library, because the report does not say where the libraries are.
    pub unplaced: usize,
    /// Whether there were more frames than are read.
    pub is_cut: bool,
}

/// Where a library is in memory, for a report that does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The library's file name.
    pub module: String,
    /// Its first address.
    pub start: u64,
    /// The address after its last.
    pub end: u64,
}

/// Reads a report; `loaded` are libraries whose place it does not say.
#[must_use]
pub fn read(text: &str, loaded: &[Loaded]) -> Report {
    let mut report = apple::ips(text).unwrap_or_else(|| self::text::read(text, loaded));
    report.is_cut = report.frames.len() > MOST;
    report.frames.truncate(MOST);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_names_library_and_place() {
        let maps = "7f10-7f20 r--p 00000000 08:01 7 /v/lib.abi3.so\n7f20-7f30 r-xp 00000010 08:01 7 /v/lib.abi3.so\n";
        let (base, file) = (Address::FromBase, Address::InFile);
        for (text, module, address) in [
            ("/v/a b/lib.abi3.so(+0x1f0)[0x7f3f]", "/v/a b/lib.abi3.so", base(0x1ef)),
            ("  Binary file \"/v/lib.abi3.so\", at +0x1f0 [0x7f3f]", "/v/lib.abi3.so", base(0x1ef)),
            (&format!("{maps}   5:     0x7f25 - <unknown>"), "/v/lib.abi3.so", file(0x14)),
            (&format!("#0  0x0000000000007f25 in ?? () from /v/lib.abi3.so\n{maps}"), "/v/lib.abi3.so", file(0x15)),
            ("python 1 [0] 2.5: 1 cycles:\n\t7f25 [unknown] (/v/lib.abi3.so+0x25)\n", "/v/lib.abi3.so", file(0x25)),
            (
                "python 1 PERF_RECORD_MMAP2 1/1: [0x7f20(0x10) @ 0x10 08:01 7 0]: r-xp /v/lib.abi3.so\n\n\
                 python 1 cycles:\n\t7f25 [unknown] (/v/lib.abi3.so)\n\n",
                "/v/lib.abi3.so",
                file(0x15),
            ),
            ("python 1\n\t1f25 [unknown] (/v/lib.abi3.so)\n\n", "/v/lib.abi3.so", file(0x1f25)),
            (
                "Faulting module name: _lib.pyd, version: 0.0.0.0\nException code: 0xc0000005\n\
                 Fault offset: 0x00000000000001f0\n",
                "_lib.pyd",
                base(0x1f0),
            ),
            (
                "Sig[3].Name=Fault Module Name\r\nSig[3].Value=_lib.pyd\r\nSig[6].Name=Exception Code\r\n\
                 Sig[7].Name=Exception Offset\r\nSig[7].Value=00000000000001f0\r\n",
                "_lib.pyd",
                base(0x1f0),
            ),
            (" 0  _lib.pyd + 0x1f0", "_lib.pyd", base(0x1f0)),
            ("03 000000e4`4f0ff7c0 00007ff8`1a2b3c4d     _lib+0x1f0", "_lib", base(0x1ef)),
            ("=>0 0x00006ffff81f0 in _lib (+0x1f0) (0x00007ffffe1ff2a0)", "_lib", base(0x1f0)),
            ("  1 0x00006ffff81f0 in _lib (+0x1f0) (0x00007ffffe1ff2a0)", "_lib", base(0x1ef)),
            (
                "3   _lib.abi3.so  0x00000001041f0 0x104000 + 496\nBinary Images:\n\
                 0x104000 - 0x108fff _lib.abi3.so (0) <0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9> /v/_lib.abi3.so\n",
                "_lib.abi3.so",
                base(0x1ef),
            ),
        ] {
            let report = read(text, &[]);
            let found: Vec<_> = report.frames.iter().map(|frame| (frame.module.as_str(), frame.address)).collect();
            assert_eq!(found, [(module, address)], "{text}");
            assert_eq!(report.unplaced, 0, "{text}");
        }
    }

    #[test]
    fn an_id_of_the_report_goes_with_its_frames() {
        let text = "3   _lib.abi3.so  0x00000001041f0 0x104000 + 496\nBinary Images:\n\
                    0x104000 - 0x108fff _lib.abi3.so (0) <0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9> /v/_lib.abi3.so\n";
        assert_eq!(read(text, &[]).frames[0].id.as_deref(), Some("0a1b2c3d4e5f60718293a4b5c6d7e8f9"));
        let ips = r#"{"app_name":"Python","name":"Python","bug_type":"309"}
{"usedImages":[{"name":"Python","uuid":"x","base":1},
 {"name":"_lib.abi3.so","path":"\/v\/_lib.abi3.so","uuid":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","base":4362076160}],
 "threads":[{"id":1,"triggered":true,"frames":[{"imageOffset":496,"imageIndex":1},{"imageOffset":500,"imageIndex":1},
 {"imageOffset":3,"imageIndex":0}]},{"id":2,"frames":[{"imageOffset":7,"imageIndex":9}]}]}"#;
        let report = read(ips, &[]);
        let frames: Vec<_> = report.frames.iter().map(|frame| (frame.text.as_str(), frame.address)).collect();
        let base = Address::FromBase;
        assert_eq!(
            frames,
            [
                ("thread 0 (crashed), frame 0: _lib.abi3.so + 0x1f0", base(496)),
                ("thread 0 (crashed), frame 1: _lib.abi3.so + 0x1f4", base(499)),
                ("thread 0 (crashed), frame 2: Python + 0x3", base(2)),
            ]
        );
        assert_eq!(report.frames[0].id.as_deref(), Some("0a1b2c3d4e5f60718293a4b5c6d7e8f9"));
    }

    #[test]
    fn addresses_without_a_map_are_counted_and_prose_is_no_frame() {
        let report = read(
            "stack backtrace:\n   0:     0x7f5c1c0a8e2d - <unknown>\n   1: 0x7f5c1c0a8e2e - main\nC++ + 0x\n",
            &[],
        );
        assert_eq!((report.frames.len(), report.unplaced), (0, 2));
        assert_eq!(read("  30:        0x140001658\n  31:     0x6fffffa54819\n", &[]).unplaced, 2, "Rust on Windows");
        assert_eq!(read("{\"usedImages\": 3}\n{", &[]).frames, []);
        assert_eq!(read("", &[]).frames, []);
        // A number beyond 64 bits is none.
        assert_eq!(read("/v/lib.so(+0x11111111111111111)[0x1]", &[]).frames, []);
    }

    #[test]
    fn a_report_with_addresses_alone_is_read_with_the_place_of_the_library() {
        let loaded = [Loaded { module: "_lib.pyd".to_owned(), start: 0x7ff8_1000, end: 0x7ff8_2000 }];
        let report = read("  30:     0x7ff81658\n  31:     0x7ff82001\n  32:     0x7ff80fff\n", &loaded);
        assert_eq!(report.unplaced, 2);
        let [frame] = report.frames.as_slice() else { panic!("{report:?}") };
        assert_eq!((frame.module.as_str(), frame.address), ("_lib.pyd", Address::FromBase(0x657)));
    }
}
