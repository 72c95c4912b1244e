//! Decompresses and hashes (SHA-256) every entry of the given wheels, on one thread, and nothing else.

use std::fs::File;
use std::io::{BufReader, Read};

use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut buffer = vec![0; 1 << 17];
    let (mut entries, mut bytes) = (0_u64, 0_u64);
    for path in std::env::args_os().skip(1) {
        let mut archive = zip::ZipArchive::new(BufReader::with_capacity(1 << 17, File::open(path)?))?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            let mut hash = Sha256::new();
            loop {
                let read = entry.read(&mut buffer)?;
                if read == 0 {
                    break;
                }
                bytes += read as u64;
                hash.update(&buffer[..read]);
            }
            entries += 1;
            std::hint::black_box(hash.finalize());
        }
    }
    println!("{entries} entries, {bytes} bytes");
    Ok(())
}
