//! Architectures, in the terms of Rust and of Linux's platform tags.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The architecture of a slice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 64-bit x86 (`win_amd64`).
    X86_64,
    /// 32-bit x86 (`win32`).
    I686,
    /// 64-bit ARM (`arm64` on macOS and Windows).
    Aarch64,
    /// 32-bit ARM, hard float.
    Armv7l,
    /// 64-bit POWER, little-endian.
    Ppc64le,
    /// IBM Z.
    S390x,
    /// 64-bit RISC-V.
    Riscv64,
    /// 64-bit `LoongArch`.
    Loongarch64,
    /// WebAssembly with 32-bit addresses.
    Wasm32,
    /// Any other, with the container's name for it.
    Other(String),
}

impl Arch {
    const KNOWN: [Self; 9] = [
        Self::X86_64,
        Self::I686,
        Self::Aarch64,
        Self::Armv7l,
        Self::Ppc64le,
        Self::S390x,
        Self::Riscv64,
        Self::Loongarch64,
        Self::Wasm32,
    ];

    /// The name in Linux's platform tags.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::X86_64 => "x86_64",
            Self::I686 => "i686",
            Self::Aarch64 => "aarch64",
            Self::Armv7l => "armv7l",
            Self::Ppc64le => "ppc64le",
            Self::S390x => "s390x",
            Self::Riscv64 => "riscv64",
            Self::Loongarch64 => "loongarch64",
            Self::Wasm32 => "wasm32",
            Self::Other(name) => name,
        }
    }

    /// The architecture from a platform tag's last part: `amd64` and `arm64` are known too.
    #[must_use]
    pub fn from_tag(name: &str) -> Self {
        match name {
            "x86_64" | "amd64" => Self::X86_64,
            "i686" | "i386" | "32" => Self::I686,
            "aarch64" | "arm64" => Self::Aarch64,
            "armv7l" => Self::Armv7l,
            "ppc64le" => Self::Ppc64le,
            "s390x" => Self::S390x,
            "riscv64" => Self::Riscv64,
            "loongarch64" => Self::Loongarch64,
            "wasm32" => Self::Wasm32,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether a pointer has 64 bits.
    #[must_use]
    pub const fn is_64(&self) -> bool {
        !matches!(self, Self::I686 | Self::Armv7l | Self::Wasm32 | Self::Other(_))
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Arch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Arch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        // Only the names that it is written with: a container's own name for another may be `arm64`.
        Ok(Self::KNOWN.into_iter().find(|known| known.name() == name).unwrap_or(Self::Other(name)))
    }
}
