//! Compiles C and C++: the compilers are those that monowheel names in `CC_…` and `CXX_…`.

fn main() {
    println!("cargo::rerun-if-changed=src/jump.c");
    println!("cargo::rerun-if-changed=src/number.cc");
    cc::Build::new().file("src/jump.c").compile("jump");
    cc::Build::new().cpp(true).file("src/number.cc").compile("number");
}
