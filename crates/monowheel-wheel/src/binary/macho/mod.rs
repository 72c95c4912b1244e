//! Mach-O files, thin and fat: load commands → [`Slice`].

mod bindings;
mod exports;
mod fat;
mod names;
mod symbols;
mod tables;

use monowheel_error::Result;
use object::macho::{self, MachHeader32, MachHeader64};
use object::read::macho::{LoadCommandData, LoadCommandVariant, MachHeader};
use object::{Endianness, FileKind};

use crate::binary::{Arch, EmbeddedPaths, Library, MinimumOs, Segment, Slice, limits, signature, unreadable};

pub(super) use fat::read as read_fat;

/// Reads one slice; `bytes` are exactly its own.
pub(super) fn read(bytes: &[u8]) -> Result<Slice> {
    match FileKind::parse(bytes).map_err(|error| unreadable(&error))? {
        FileKind::MachO32 => read_as::<MachHeader32<Endianness>>(bytes),
        FileKind::MachO64 => read_as::<MachHeader64<Endianness>>(bytes),
        kind => Err(unreadable(&format_args!("{kind:?} instead of a Mach-O file"))),
    }
}

fn read_as<Mach: MachHeader<Endian = Endianness>>(bytes: &[u8]) -> Result<Slice> {
    let damaged = |error: object::Error| unreadable(&error);
    let header = Mach::parse(bytes, 0).map_err(damaged)?;
    let endian = header.endian().map_err(damaged)?;
    if !matches!(header.filetype(endian), macho::MH_DYLIB | macho::MH_BUNDLE | macho::MH_EXECUTE) {
        return Err(unreadable(&format_args!("a Mach-O file of type {} cannot be loaded", header.filetype(endian).0)));
    }
    let mut slice = Slice::of(arch(header.cputype(endian), header.cpusubtype(endian)));
    slice.is_64 = header.is_type_64();
    let flags = header.flags(endian);
    slice.hardening.executable_stack = Some(flags.contains(macho::MH_ALLOW_STACK_EXECUTION));

    if header.ncmds(endian) as usize > limits::PARTS {
        return Err(unreadable(&format_args!("{} load commands", header.ncmds(endian))));
    }
    let mut tables = tables::Tables::default();
    for command in header.load_commands(endian, bytes, 0).map_err(damaged)? {
        let command = command.map_err(damaged)?;
        if !tables.take(&command, endian)? {
            take(&command, endian, &mut slice).map_err(damaged)?;
        }
    }
    slice.link.is_program = header.filetype(endian) == macho::MH_EXECUTE;
    slice.link.chained_fixups = tables.fixups.is_some_and(|fixups| fixups.datasize.get(endian) != 0);
    slice.paths = EmbeddedPaths::scan(bytes);
    names::read::<Mach>(bytes, endian, &tables, flags.contains(macho::MH_TWOLEVEL), &mut slice)?;
    if let Some((offset, size)) = tables.signature {
        slice.signature = signature::check(bytes, offset, size);
    }
    Ok(slice)
}

/// `arm64e` and `x86_64h` are separate architectures: a process of the plain kind cannot load them, or
/// not on every machine.
fn arch(cpu: macho::CpuType, subtype: macho::CpuSubtype) -> Arch {
    let subtype = subtype.0 & !macho::CPU_SUBTYPE_MASK;
    let arm64e = subtype == macho::CPU_SUBTYPE_ARM64E.0;
    let x86_64h = subtype == macho::CPU_SUBTYPE_X86_64_H.0;
    match cpu {
        macho::CPU_TYPE_ARM64 if arm64e => Arch::Other("arm64e".to_owned()),
        macho::CPU_TYPE_ARM64 => Arch::Aarch64,
        macho::CPU_TYPE_X86_64 if x86_64h => Arch::Other("x86_64h".to_owned()),
        macho::CPU_TYPE_X86_64 => Arch::X86_64,
        macho::CPU_TYPE_X86 => Arch::I686,
        macho::CPU_TYPE_POWERPC => Arch::Other("ppc".to_owned()),
        macho::CPU_TYPE_POWERPC64 => Arch::Other("ppc64".to_owned()),
        other => Arch::Other(format!("cpu {:#x}", other.0)),
    }
}

/// Adds the facts of a single load command.
fn take(
    command: &LoadCommandData<'_, Endianness>,
    endian: Endianness,
    slice: &mut Slice,
) -> std::result::Result<(), object::Error> {
    let text = |place| Ok(String::from_utf8_lossy(command.string(endian, place)?).into_owned());
    match command.variant()? {
        LoadCommandVariant::Segment32(segment, _) => slice.segments.push(segment_of(segment, endian)),
        LoadCommandVariant::Segment64(segment, _) => slice.segments.push(segment_of(segment, endian)),
        LoadCommandVariant::IdDylib(dylib) => slice.own_name = Some(text(dylib.dylib.name)?),
        LoadCommandVariant::Dylib(dylib) => {
            let uses = command.dylib_use_flags(endian, dylib)?.unwrap_or_default();
            let name = text(dylib.dylib.name)?;
            if command.cmd() == macho::LC_REEXPORT_DYLIB || uses.contains(macho::DYLIB_USE_REEXPORT) {
                slice.link.reexports.push(name.clone());
            }
            slice.libraries.push(Library {
                name,
                delayed: command.cmd() == macho::LC_LAZY_LOAD_DYLIB || uses.contains(macho::DYLIB_USE_DELAYED_INIT),
                weak: command.cmd() == macho::LC_LOAD_WEAK_DYLIB || uses.contains(macho::DYLIB_USE_WEAK_LINK),
            });
        }
        LoadCommandVariant::Rpath(rpath) => slice.run_paths.push(text(rpath.path)?),
        LoadCommandVariant::BuildVersion(build, _) => {
            let platform = platform_name(build.platform.get(endian));
            // A library for both macOS and Catalyst has two of these; macOS counts here.
            if slice.minimum_os.is_none() || platform == "macos" {
                slice.minimum_os = Some(MinimumOs { platform, version: version(build.minos.get(endian)) });
            }
        }
        LoadCommandVariant::VersionMin(minimum) => {
            let intel = matches!(slice.arch, Arch::X86_64 | Arch::I686);
            let platform = match command.cmd() {
                macho::LC_VERSION_MIN_MACOSX => "macos",
                macho::LC_VERSION_MIN_IPHONEOS if intel => "ios-simulator",
                macho::LC_VERSION_MIN_IPHONEOS => "ios",
                macho::LC_VERSION_MIN_TVOS => "tvos",
                _ => "watchos",
            };
            if slice.minimum_os.is_none() {
                let version = version(minimum.version.get(endian));
                slice.minimum_os = Some(MinimumOs { platform: platform.to_owned(), version });
            }
        }
        _ => {}
    }
    Ok(())
}

fn segment_of<S: object::read::macho::Segment<Endian = Endianness>>(segment: &S, endian: Endianness) -> Segment {
    let protection = segment.initprot(endian);
    Segment {
        name: String::from_utf8_lossy(segment.name()).into_owned(),
        read: protection.contains(macho::VM_PROT_READ),
        write: protection.contains(macho::VM_PROT_WRITE),
        execute: protection.contains(macho::VM_PROT_EXECUTE),
    }
}

/// `xxxx.yy.zz` in nibbles.
const fn version(macho::Version(packed): macho::Version) -> (u16, u16) {
    ((packed >> 16) as u16, (packed >> 8 & 0xff) as u16)
}

/// The names that `vtool` and `otool` print, in lower case.
fn platform_name(platform: macho::Platform) -> String {
    let name = match platform {
        macho::PLATFORM_MACOS => "macos",
        macho::PLATFORM_IOS => "ios",
        macho::PLATFORM_TVOS => "tvos",
        macho::PLATFORM_WATCHOS => "watchos",
        macho::PLATFORM_BRIDGEOS => "bridgeos",
        macho::PLATFORM_MACCATALYST => "maccatalyst",
        macho::PLATFORM_IOSSIMULATOR => "ios-simulator",
        macho::PLATFORM_TVOSSIMULATOR => "tvos-simulator",
        macho::PLATFORM_WATCHOSSIMULATOR => "watchos-simulator",
        macho::PLATFORM_DRIVERKIT => "driverkit",
        macho::PLATFORM_VISIONOS => "visionos",
        macho::PLATFORM_VISIONOSSIMULATOR => "visionos-simulator",
        other => return format!("platform {}", other.0),
    };
    name.to_owned()
}
