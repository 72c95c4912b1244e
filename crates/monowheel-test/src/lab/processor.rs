//! The processors for which Debian has a Python, and how each runs here.

/// A processor, with its names.
#[derive(Debug)]
pub(super) struct Processor {
    /// Its name in platform tags, and the suffix of the lab's ids.
    pub(super) tag: &'static str,
    /// Debian's name of it.
    pub(super) debian: &'static str,
    /// The suffix of the emulator's name after `qemu-`.
    pub(super) qemu: &'static str,
    /// The CPU model for qemu, if the default is not suitable.
    pub(super) cpu: Option<&'static str>,
    /// Whether a pointer has 32 bits.
    pub(super) is_32: bool,
    /// If an x86-64 machine may run its programs without an emulator: its loader, and the directory of
    /// its libraries.
    pub(super) native: Option<(&'static str, &'static str)>,
}

/// Every processor except this machine's own.
const PROCESSORS: &[Processor] = &[
    // The default model signs pointers, which costs eight times as much to emulate.
    Processor { tag: "aarch64", debian: "arm64", qemu: "aarch64", cpu: Some("cortex-a72"), is_32: false, native: None },
    // The default model is an ARMv8, on which `uname -m` is armv8l, so that `linux_armv7l` is not a supported tag.
    Processor { tag: "armv7l", debian: "armhf", qemu: "arm", cpu: Some("cortex-a15"), is_32: true, native: None },
    Processor {
        tag: "i686",
        debian: "i386",
        qemu: "i386",
        cpu: None,
        is_32: true,
        native: Some(("usr/lib/ld-linux.so.2", "usr/lib/i386-linux-gnu")),
    },
    Processor { tag: "ppc64le", debian: "ppc64el", qemu: "ppc64le", cpu: None, is_32: false, native: None },
    Processor { tag: "riscv64", debian: "riscv64", qemu: "riscv64", cpu: None, is_32: false, native: None },
    Processor { tag: "s390x", debian: "s390x", qemu: "s390x", cpu: None, is_32: false, native: None },
];

impl Processor {
    /// All of them.
    pub(super) const fn all() -> &'static [Self] {
        PROCESSORS
    }

    /// The one that an id ends in.
    pub(super) fn of(id: &str) -> Option<&'static Self> {
        PROCESSORS.iter().find(|processor| id.strip_suffix(processor.tag).is_some_and(|rest| rest.ends_with('-')))
    }

    /// The file name of its emulator.
    pub(super) fn emulator(&self) -> String {
        format!("qemu-{}", self.qemu)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_processor() {
        let of = |id| Processor::of(id).map(|processor| processor.debian);
        assert_eq!(of("cpython-3.13-armv7l"), Some("armhf"));
        assert_eq!(of("cpython-3.15-ppc64le"), Some("ppc64el"));
        assert_eq!(of("cpython-3.15"), None);
        assert_eq!(of("s390x"), None);
    }
}
