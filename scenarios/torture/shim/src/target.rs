//! What a descriptor is: a file by its path, a TCP socket by the port of either end.

use std::ffi::{c_int, c_void};
use std::os::unix::ffi::OsStrExt;

const AF_INET: u16 = 2;

/// `sockaddr_in`: family, port (big endian), address.
#[repr(C)]
struct Address {
    family: u16,
    port: [u8; 2],
    rest: [u8; 124],
}

unsafe extern "C" {
    fn getpeername(fd: c_int, address: *mut c_void, length: *mut u32) -> c_int;
    fn getsockname(fd: c_int, address: *mut c_void, length: *mut u32) -> c_int;
}

/// Whether the path of an open file holds this text; of none that is empty.
pub fn has_path(fd: c_int, text: &[u8]) -> bool {
    if text.is_empty() {
        return false;
    }
    let Ok(path) = std::fs::read_link(format!("/proc/self/fd/{fd}")) else {
        return false;
    };
    path.as_os_str().as_bytes().windows(text.len()).any(|part| part == text)
}

/// Whether this is a TCP socket over IPv4 one of whose ends has this port.
pub fn has_port(fd: c_int, port: u32) -> bool {
    is_port(fd, getpeername, port) || is_port(fd, getsockname, port)
}

type NameOf = unsafe extern "C" fn(c_int, *mut c_void, *mut u32) -> c_int;

fn is_port(fd: c_int, name_of: NameOf, port: u32) -> bool {
    let mut address = Address { family: 0, port: [0; 2], rest: [0; 124] };
    let mut length = size_of::<Address>() as u32;
    let at = (&raw mut address).cast::<c_void>();
    let failed = unsafe { name_of(fd, at, &raw mut length) } != 0;
    !failed && address.family == AF_INET && u32::from(u16::from_be_bytes(address.port)) == port
}
