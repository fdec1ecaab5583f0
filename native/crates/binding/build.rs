//! Lets the addon find Node's symbols at load time, which macOS and Windows need told.

fn main() {
    napi_build::setup();
}
