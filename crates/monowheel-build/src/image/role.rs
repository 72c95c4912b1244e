//! The content of a section, by its name and kind.

use object::SectionKind;

use crate::image::Section;

/// The content of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Code,
    Data,
    /// The names of tools.
    Comment,
    /// A hash or a random number that identifies the build.
    BuildId,
    /// Debug information, or a list of symbols.
    Debug,
    /// Addresses: they differ if anything else has a different length.
    Layout,
}

/// Sections with addresses of others, or data derived from them.
const LAYOUT: [&str; 34] = [
    ".dynamic",
    ".dynsym",
    ".dynstr",
    ".hash",
    ".gnu.hash",
    ".gnu.version",
    ".gnu.version_r",
    ".gnu.version_d",
    ".eh_frame",
    ".eh_frame_hdr",
    ".gcc_except_table",
    ".got",
    ".got.plt",
    ".plt",
    ".plt.got",
    ".plt.sec",
    ".shstrtab",
    ".init_array",
    ".fini_array",
    ".relr.dyn",
    ".relro_padding",
    ".pdata",
    ".xdata",
    ".idata",
    ".edata",
    ".reloc",
    "__unwind_info",
    "__eh_frame",
    "__gcc_except_tab",
    "__stubs",
    "__stub_helper",
    "__got",
    "__la_symbol_ptr",
    "__init_offsets",
];

/// Debug sections by name, if the format does not mark them.
const DEBUG: [&str; 6] = [".symtab", ".strtab", ".gnu_debuglink", ".gnu_debugdata", ".gdb_index", ".stab"];

impl Role {
    /// The word for it in a report.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Data => "data",
            Self::Comment => "comment",
            Self::BuildId => "build-id",
            Self::Debug => "debug",
            Self::Layout => "addresses",
        }
    }

    /// The role of a section.
    pub(crate) fn of(section: &Section) -> Self {
        let name = section.name.as_str();
        match name {
            ".comment" => Self::Comment,
            ".note.gnu.build-id" => Self::BuildId,
            _ if DEBUG.contains(&name) || name.starts_with(".debug") || name.starts_with(".zdebug") => Self::Debug,
            _ if LAYOUT.contains(&name) || name.starts_with(".rel.") || name.starts_with(".rela.") => Self::Layout,
            _ => match section.kind {
                SectionKind::Text => Self::Code,
                SectionKind::Debug | SectionKind::DebugString => Self::Debug,
                _ => Self::Data,
            },
        }
    }
}
