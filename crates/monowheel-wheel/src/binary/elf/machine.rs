//! The architecture of an ELF file.

use object::Endianness;
use object::elf::{
    EF_ARM_ABI_FLOAT_HARD, EF_ARM_EABI_VER5, EF_ARM_EABIMASK, EF_PPC64_ABI, EF_RISCV_FLOAT_ABI, EM_386, EM_AARCH64,
    EM_ARM, EM_LOONGARCH, EM_MIPS, EM_PPC, EM_PPC64, EM_RISCV, EM_S390, EM_SPARCV9, EM_X86_64, Machine,
    R_386_IRELATIVE, R_390_IRELATIVE, R_AARCH64_IRELATIVE, R_ARM_IRELATIVE, R_PPC64_IRELATIVE, R_RISCV_IRELATIVE,
    R_X86_64_IRELATIVE, RelocationType,
};
use object::read::elf::FileHeader;

use crate::binary::Arch;
use crate::binary::elf::image::Image;

/// The architecture by machine, class, byte order and ABI flags, for each of which a loader may reject a file.
pub(super) fn arch<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Arch {
    let header = image.header;
    let machine = header.e_machine(image.endian);
    let other = |name: &str| Arch::Other(name.to_owned());
    match (machine, header.is_type_64(), header.is_big_endian()) {
        (EM_X86_64, true, false) => Arch::X86_64,
        (EM_X86_64, false, false) => other("x32"),
        (EM_386, false, false) => Arch::I686,
        (EM_AARCH64, true, false) => Arch::Aarch64,
        (EM_AARCH64, true, true) => other("aarch64_be"),
        (EM_ARM, false, false) => {
            // `EF_ARM_ABI_FLOAT_HARD` means this only under version 5 of the EABI (Arm ELF, 5.2).
            let flags = header.e_flags(image.endian).0;
            let hard = flags & EF_ARM_EABIMASK == EF_ARM_EABI_VER5.0 && flags & EF_ARM_ABI_FLOAT_HARD != 0;
            if hard { Arch::Armv7l } else { other("arm") }
        }
        (EM_ARM, false, true) => other("armeb"),
        // 1 is the ABI of big-endian systems; 0 is unspecified, and accepted (glibc's `elf_machine_matches_host`).
        (EM_PPC64, true, false) if header.e_flags(image.endian).0 & EF_PPC64_ABI == 1 => other("ppc64le-elfv1"),
        (EM_PPC64, true, false) => Arch::Ppc64le,
        (EM_PPC64, true, true) => other("ppc64"),
        (EM_PPC, false, true) => other("ppc"),
        (EM_S390, true, true) => Arch::S390x,
        (EM_S390, false, true) => other("s390"),
        // Linux's only ABI passes doubles in registers; a loader rejects the others.
        (EM_RISCV, true, false) => match header.e_flags(image.endian).0 & EF_RISCV_FLOAT_ABI {
            0 => other("riscv64-lp64"),
            2 => other("riscv64-lp64f"),
            4 => Arch::Riscv64,
            _ => other("riscv64-lp64q"),
        },
        (EM_RISCV, false, false) => other("riscv32"),
        (EM_LOONGARCH, true, false) => Arch::Loongarch64,
        (EM_MIPS, true, false) => other("mips64el"),
        (EM_MIPS, true, true) => other("mips64"),
        (EM_MIPS, false, false) => other("mipsel"),
        (EM_MIPS, false, true) => other("mips"),
        (EM_SPARCV9, true, true) => other("sparc64"),
        _ => Arch::Other(format!("machine-{}", machine.0)),
    }
}

/// The type of the relocations by which the loader chooses a function (`R_X86_64_IRELATIVE`).
pub(super) const fn indirect(machine: Machine) -> Option<RelocationType> {
    Some(match machine {
        EM_X86_64 => R_X86_64_IRELATIVE,
        EM_386 => R_386_IRELATIVE,
        EM_AARCH64 => R_AARCH64_IRELATIVE,
        EM_ARM => R_ARM_IRELATIVE,
        EM_PPC64 => R_PPC64_IRELATIVE,
        EM_S390 => R_390_IRELATIVE,
        EM_RISCV => R_RISCV_IRELATIVE,
        _ => return None,
    })
}

/// What glibc assumes of a file without `PT_GNU_STACK`: `DEFAULT_STACK_PERMS` in its `stackinfo.h` leaves
/// out `PF_X` on the newer architectures (glibc 2.41).
pub(super) fn stack_is_executable_by_default<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> bool {
    !matches!(image.header.e_machine(image.endian), EM_AARCH64 | EM_RISCV | EM_LOONGARCH | EM_PPC64)
}
