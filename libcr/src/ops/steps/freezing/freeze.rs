//! Stops a container's processes in the cgroup freezer, and lets them go on whatever happens.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::model::container::Container;
use crate::ops::steps::life::bring_up::{cgroup_path, pod_cgroup_of};
use crate::sys::cgroup::Cgroup;
use crate::sys::{fault, proc};

/// How often a container that is caught between vfork and execve is let go on for a moment.
const VFORK_ATTEMPTS: u32 = 200;
/// How long that moment is; odd, so as not to meet a loop's own rhythm again and again.
const VFORK_PAUSE: Duration = Duration::from_micros(1_370);

/// A container whose processes stand still. Dropped, they go on.
#[derive(Debug)]
pub struct Frozen {
    group: Cgroup,
    since: Instant,
    done: bool,
}

impl Frozen {
    /// Freezes a container. It takes 0.2 ms, where CRIU's own freezing polls for 100 ms, and it
    /// makes memory and files of one instant possible.
    pub fn begin(container: &Container) -> Result<Self> {
        let group = Cgroup::at(&cgroup_path(&container.config));
        let mut patience = VFORK_ATTEMPTS;
        loop {
            let since = Instant::now();
            group.freeze()?;
            let frozen = Self {
                group: group.clone(),
                since,
                done: false,
            };
            // A process that waits for its vfork child (vfork(2), posix_spawn(3)) counts as
            // frozen, but CRIU can't seize it before the child, frozen too, has called execve:
            // the dump would fail after ten seconds. A moment later the child has.
            let stuck = group.processes().into_iter().any(proc::is_uninterruptible);
            if !stuck || patience == 0 {
                return Ok(frozen);
            }
            patience -= 1;
            frozen.thaw()?;
            std::thread::sleep(VFORK_PAUSE);
        }
    }

    /// Freezes several containers at one instant. Where all are in a cgroup that they have in
    /// common, that is one step of the kernel; else each is told before the first is waited for.
    ///
    /// # Errors
    /// When one of them can't be frozen; all go on then.
    pub fn begin_together(containers: &[&Container]) -> Result<Vec<Self>> {
        let each = containers.iter().map(|one| &one.config);
        let groups: Vec<Cgroup> = each
            .clone()
            .map(|one| Cgroup::at(&cgroup_path(one)))
            .collect();
        let parents: BTreeSet<_> = each.map(pod_cgroup_of).collect();
        let common = match Vec::from_iter(parents).as_slice() {
            [Some(only)] => Some(Cgroup::at(only)),
            _ => None,
        };
        let mut patience = VFORK_ATTEMPTS;
        loop {
            let since = Instant::now();
            let of = |group: &Cgroup| Self {
                group: group.clone(),
                since,
                done: false,
            };
            // Dropped below, when each container stands still by itself.
            let common = common.as_ref().map(of);
            if let Some(common) = &common {
                common.group.freeze()?;
                fault::point("pod-frozen");
            }
            let frozen: Vec<Self> = groups.iter().map(of).collect();
            for one in &frozen {
                one.group.begin_freeze()?;
            }
            for one in &frozen {
                one.group.wait_frozen()?;
            }
            let mut processes = groups.iter().flat_map(Cgroup::processes);
            if patience == 0 || !processes.any(proc::is_uninterruptible) {
                return Ok(frozen);
            }
            patience -= 1;
            drop((frozen, common));
            std::thread::sleep(VFORK_PAUSE);
        }
    }

    /// How long they have stood still until now.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Lets the processes go on; returns how long they stood still.
    pub fn thaw(mut self) -> Result<Duration> {
        // Gone where a dump ended the processes.
        if self.group.exists() {
            self.group.thaw()?;
        }
        self.done = true;
        Ok(self.since.elapsed())
    }

    /// The processes end now, or have ended: returns how long they stood still.
    pub fn end(mut self) -> Duration {
        self.done = true;
        self.since.elapsed()
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        if !self.done
            && self.group.exists()
            && let Err(error) = self.group.thaw()
        {
            tracing::error!(%error, "a container stays frozen: cryopod unpause, or write 0 to cgroup.freeze");
        }
    }
}
