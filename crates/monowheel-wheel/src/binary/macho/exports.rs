//! The export trie, in `LC_DYLD_EXPORTS_TRIE` or in `LC_DYLD_INFO`.
//!
//! `object` walks a trie too, but rejects only cycles; a trie whose nodes share their children still
//! makes it walk 2^n paths.

use monowheel_error::{Error, Result};
use object::Endianness;
use object::read::Bytes;

use crate::binary::macho::names::Gives;
use crate::binary::macho::tables::Tables;
use crate::binary::unreadable;

/// Adds every exported symbol; `false` if there is no trie.
pub(super) fn read(bytes: &[u8], endian: Endianness, tables: &Tables<'_>, gives: &mut Gives) -> Result<bool> {
    let place = |(offset, size): (u32, u32)| {
        let found = bytes.get(offset as usize..).and_then(|rest| rest.get(..size as usize));
        found.ok_or_else(|| unreadable(&"an export trie outside the file"))
    };
    let trie = match (tables.exports, tables.opcodes) {
        (Some(trie), _) => place((trie.dataoff.get(endian), trie.datasize.get(endian)))?,
        (None, Some(info)) => place((info.export_off.get(endian), info.export_size.get(endian)))?,
        (None, None) => return Ok(false),
    };
    if !trie.is_empty() {
        walk(trie, gives)?;
    }
    Ok(true)
}

/// A node with children that have not been visited yet.
struct Node<'data> {
    children: Bytes<'data>,
    left: u8,
    /// The length of the name up to here.
    name: usize,
}

/// Walks a trie, depth first.
fn walk(trie: &[u8], gives: &mut Gives) -> Result<()> {
    let mut name = Vec::new();
    // In a valid trie each byte belongs to one node, so at most all bytes are read. This single
    // condition prevents cycles, shared children and overlapping nodes.
    let mut unread = trie.len();
    let mut path = vec![enter(trie, 0, &mut unread, &name, gives)?];
    while let Some(node) = path.last_mut() {
        name.truncate(node.name);
        let Some(left) = node.left.checked_sub(1) else {
            path.pop();
            continue;
        };
        node.left = left;
        let before = node.children.len();
        let edge = node.children.read_string().map_err(|()| broken())?;
        let offset = node.children.read_uleb128().map_err(|()| broken())?;
        unread = unread.checked_sub(before - node.children.len()).ok_or_else(broken)?;
        name.extend_from_slice(edge);
        let child = enter(trie, offset, &mut unread, &name, gives)?;
        path.push(child);
    }
    Ok(())
}

/// Reads a node up to its children; adds the symbol that ends there.
fn enter<'data>(
    trie: &'data [u8],
    offset: u64,
    unread: &mut usize,
    name: &[u8],
    gives: &mut Gives,
) -> Result<Node<'data>> {
    let offset = usize::try_from(offset).map_err(|_| broken())?;
    let mut rest = Bytes(trie.get(offset..).ok_or_else(broken)?);
    let before = rest.len();
    let terminal = rest.read_uleb128().map_err(|()| broken())?;
    rest.skip(usize::try_from(terminal).map_err(|_| broken())?).map_err(|()| broken())?;
    let left = *rest.read::<u8>().map_err(|()| broken())?;
    *unread = unread.checked_sub(before - rest.len()).ok_or_else(broken)?;
    if terminal != 0 {
        gives.add(name)?;
    }
    Ok(Node { children: rest, left, name: name.len() })
}

fn broken() -> Error {
    unreadable(&"a broken export trie")
}
