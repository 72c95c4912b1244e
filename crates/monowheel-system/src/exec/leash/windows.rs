//! Job objects: one that ends with this process and contains all its children, and in it one for each call.
#![expect(unsafe_code, reason = "job objects have no safe interface")]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::process::{Child, Command};
use std::sync::OnceLock;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    TerminateJobObject,
};
use windows_sys::Win32::System::Threading::GetCurrentProcess;

/// A job whose processes end when its last handle is closed: at the latest when this process ends.
#[derive(Debug)]
struct Job(OwnedHandle);

impl Job {
    fn new() -> io::Result<Self> {
        // SAFETY: both pointers may be null: no attributes, no name.
        let handle = unsafe { CreateJobObjectW(std::ptr::null(), std::ptr::null()) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the handle was just created, and nothing else closes it.
        let job = Self(unsafe { OwnedHandle::from_raw_handle(handle as RawHandle) });
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        // SAFETY: the pointer is to a structure of the kind and size that are named.
        let done = unsafe {
            SetInformationJobObject(
                job.0.as_raw_handle() as HANDLE,
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast(),
                size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>() as u32,
            )
        };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(job) }
    }

    fn take(&self, process: HANDLE) -> io::Result<()> {
        // SAFETY: both handles are open.
        let done = unsafe { AssignProcessToJobObject(self.0.as_raw_handle() as HANDLE, process) };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn end(&self) {
        // SAFETY: the handle is open.
        unsafe { TerminateJobObject(self.0.as_raw_handle() as HANDLE, 1) };
    }
}

/// The job of this process, and so of everything that it starts from now on. Its handle is closed by the system.
fn own() -> Option<&'static Job> {
    static OWN: OnceLock<Option<Job>> = OnceLock::new();
    OWN.get_or_init(|| {
        let job = Job::new().ok()?;
        // SAFETY: it returns a constant that stands for this process, and cannot fail.
        job.take(unsafe { GetCurrentProcess() }).ok()?;
        Some(job)
    })
    .as_ref()
}

/// The hold on a process and its descendants.
#[derive(Debug)]
pub(in crate::exec) struct Leash(Option<Job>);

/// Starts a process in a separate job.
///
/// # Errors
/// When it cannot be started.
pub(in crate::exec) fn spawn(command: &mut Command) -> io::Result<(Leash, Child)> {
    // Processes that the new one starts before it is in its own job are in this one.
    own();
    let child = command.spawn()?;
    let job = Job::new().and_then(|job| job.take(child.as_raw_handle() as HANDLE).map(|()| job));
    Ok((Leash(job.ok()), child))
}

impl Leash {
    /// Windows has no request to terminate that every program understands.
    pub(in crate::exec) const fn ask(&self, _leader: &Child) -> bool {
        false
    }

    /// Kills the process and its descendants.
    pub(in crate::exec) fn kill(&self, leader: &mut Child) {
        if let Some(job) = &self.0 {
            job.end();
        }
        let _ = leader.kill();
    }
}
