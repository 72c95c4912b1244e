//! A handler of the console's control events. The system calls it on a thread of its own.
#![expect(unsafe_code, reason = "the console has no safe interface")]

use std::io;

use monowheel_error::ExitCode;
use windows_sys::Win32::Foundation::{FALSE, TRUE};
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, SetConsoleCtrlHandler};
use windows_sys::Win32::System::Threading::{ExitProcess, Sleep};
use windows_sys::core::BOOL;

/// The system kills a process some seconds after its console was closed; that is the time to stop in order.
const CLOSING: u32 = 4_000;

/// Removes the handler when it is dropped; the previous ones are called again.
#[derive(Debug)]
pub(super) struct Handlers(());

unsafe extern "system" fn noted(event: u32) -> BOOL {
    if !matches!(event, CTRL_C_EVENT | CTRL_BREAK_EVENT | CTRL_CLOSE_EVENT) {
        return FALSE;
    }
    // Events begin with 0, which stands for none.
    if super::is_second(i32::try_from(event).unwrap_or_default() + 1) {
        // SAFETY: it ends this process; the job objects end what it has started.
        unsafe { ExitProcess(ExitCode::Interrupted as u32) }
    }
    if event == CTRL_CLOSE_EVENT {
        // SAFETY: it only waits. When this returns, the process ends.
        unsafe { Sleep(CLOSING) };
    }
    TRUE
}

impl Handlers {
    pub(super) fn install() -> io::Result<Self> {
        // SAFETY: the function lives as long as the process.
        if unsafe { SetConsoleCtrlHandler(Some(noted), TRUE) } == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self(()))
    }
}

impl Drop for Handlers {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { SetConsoleCtrlHandler(Some(noted), FALSE) };
    }
}

/// The exit code of a process that was ended by Ctrl-C, or by a console that closes.
pub(super) const fn exit_code(number: i32) -> ExitCode {
    if number == CTRL_CLOSE_EVENT as i32 + 1 { ExitCode::HungUp } else { ExitCode::Interrupted }
}
