//! Process groups, and the shell that kills them when this process is gone.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::net::SendFlags;
use rustix::process::{Pid, Signal, kill_process_group};

/// Reads `+ NUMBER GROUP` and `- NUMBER` until the other end is closed, then kills the remaining groups.
/// It leads its own group, so that neither Ctrl-C nor killing monowheel by name or session kills it first.
const WATCHER: &str = r#"
trap '' HUP INT QUIT TERM TSTP
held=' '
while read -r sign number group; do
  case "$sign$held" in
    +*) held="$held$number:$group " ;;
    -*" $number:"*)
      before="${held%% "$number":*} "
      after="${held#"$before"}"
      held="$before${after#* }" ;;
  esac
done
for one in $held; do
  kill -s KILL -- "-${one#*:}"
done
"#;

#[cfg(target_os = "linux")]
const QUIETLY: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
#[cfg(not(target_os = "linux"))]
const QUIETLY: SendFlags = SendFlags::DONTWAIT;

static WATCH: Mutex<Watch> = Mutex::new(Watch { shell: None, groups: BTreeMap::new() });
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// The shell, and the running groups, by the number of their entry.
struct Watch {
    shell: Option<(Child, Arc<UnixStream>)>,
    groups: BTreeMap<u64, u32>,
}

impl Watch {
    /// This process's end of the socket. A new shell is started if there is none, or it was killed.
    fn line(&mut self) -> io::Result<Arc<UnixStream>> {
        if let Some((shell, line)) = &mut self.shell {
            if matches!(shell.try_wait(), Ok(None)) {
                return Ok(Arc::clone(line));
            }
        }
        let (ours, theirs) = UnixStream::pair()?;
        // Elsewhere the flags of each call do it: a watcher that is gone must not end this process by SIGPIPE.
        #[cfg(target_vendor = "apple")]
        rustix::net::sockopt::set_socket_nosigpipe(&ours, true)?;
        // Before there is a reader: if monowheel is killed meanwhile, the complete list is in the socket.
        for (number, group) in &self.groups {
            writeln!(&ours, "+ {number} {group}")?;
        }
        let shell = Command::new("/bin/sh")
            .args(["-c", WATCHER])
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .spawn()?;
        let ours = Arc::new(ours);
        self.shell = Some((shell, Arc::clone(&ours)));
        Ok(ours)
    }
}

/// The hold on a process and its descendants, until it is dropped.
#[derive(Debug)]
pub(in crate::exec) struct Leash {
    number: u64,
    line: Option<Arc<UnixStream>>,
    group: Option<Pid>,
}

/// Starts a process that leads a group, and is on the watcher's list before it is more than a copy of this one.
///
/// # Errors
/// When it cannot be started.
pub(in crate::exec) fn spawn(command: &mut Command) -> io::Result<(Leash, Child)> {
    let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
    // Without /bin/sh, programs can still run; then only the thread that waits for one ends it.
    let line = WATCH.lock().unwrap_or_else(PoisonError::into_inner).line().ok();
    command.process_group(0);
    if let Some(line) = &line {
        announce(command, number, Arc::clone(line));
    }
    let mut leash = Leash { number, line, group: None };
    let child = command.spawn()?;
    leash.group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
    watch.groups.insert(number, child.id());
    // It wrote to a watcher that was replaced in the meantime, and the new one only got groups that were in the list.
    if let Some((_, now)) = &watch.shell {
        if leash.line.as_ref().is_none_or(|told| !Arc::ptr_eq(told, now)) {
            let _ = rustix::net::send(now, format!("+ {number} {}\n", child.id()).as_bytes(), QUIETLY);
            leash.line = Some(Arc::clone(now));
        }
    }
    drop(watch);
    Ok((leash, child))
}

/// Lets the new process write its own line. If this process did that after the start, a kill in between
/// would leave the new one on no list. The socket does not close before every copy of this process has become another
/// program, so that the watcher has read all lines when it sees the end.
#[expect(unsafe_code, reason = "the standard library has no safe way to act between fork and exec")]
fn announce(command: &mut Command, number: u64, line: Arc<UnixStream>) {
    let begin = format!("+ {number} ").into_bytes();
    let said = move || {
        let mut text = [0_u8; 64];
        let mut rest = &mut text[..];
        // Neither can fail: a number has at most 20 digits. If the watcher is gone, the program runs anyway.
        let _ = rest.write_all(&begin);
        let _ = writeln!(rest, "{}", std::process::id());
        let left = rest.len();
        let _ = rustix::net::send(&line, &text[..64 - left], QUIETLY);
        Ok(())
    };
    // SAFETY: between fork and exec only what is async-signal-safe may be called. The closure formats integers into its
    // own stack and calls getpid and send; it takes no memory and no lock, and cannot panic: the text has 64 bytes for
    // 44.
    unsafe { command.pre_exec(said) };
}

impl Leash {
    /// Asks the whole group to terminate; returns whether that is possible on this system.
    pub(in crate::exec) fn ask(&self, _leader: &Child) -> bool {
        self.signal(Signal::TERM);
        true
    }

    /// Kills the whole group.
    pub(in crate::exec) fn kill(&self, _leader: &mut Child) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        WATCH.lock().unwrap_or_else(PoisonError::into_inner).groups.remove(&self.number);
        if let Some(line) = &self.line {
            let _ = rustix::net::send(line, format!("- {}\n", self.number).as_bytes(), QUIETLY);
        }
    }
}
