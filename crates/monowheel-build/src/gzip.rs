//! Writing gzip.

use libdeflater::{CompressionLvl, Compressor};

/// A gzip file of one member without name and time: the same bytes everywhere. Compressed in one call, because the output
/// of a streaming compressor may depend on how its input is split.
///
/// # Errors
/// What the compressor says.
pub(crate) fn packed(data: &[u8]) -> Result<Vec<u8>, String> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut packed = vec![0; compressor.gzip_compress_bound(data.len())];
    let length = compressor.gzip_compress(data, &mut packed).map_err(|error| error.to_string())?;
    packed.truncate(length);
    Ok(packed)
}
