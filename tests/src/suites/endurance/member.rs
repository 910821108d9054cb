//! One container of a long run: frozen and thawed in all ways, with engine and monitor killed in
//! between, and each time what it counts is looked at.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::dice::Dice;
use super::kinds::{self, Kind};
use crate::harness::{Host, IMAGE, command, is_there, wait};

/// About how long a freeze or a thaw takes: kills come within it.
const USUAL: Duration = Duration::from_millis(500);
/// How many named checkpoints are left when older ones are pruned.
const KEPT: u64 = 2;

/// What was done to all containers of a run.
#[derive(Debug, Default, Clone, Copy)]
pub struct Deeds {
    /// Freezes and thaws.
    pub cycles: u32,
    /// Engines that were killed before their end.
    pub engines: u32,
    /// Monitors that were killed.
    pub monitors: u32,
    /// Containers that ended because nobody read what they said any more.
    pub silenced: u32,
    /// Thaws from a named checkpoint of an earlier time.
    pub returns: u32,
}

impl Deeds {
    /// With those of others.
    pub fn add(&mut self, other: Self) {
        self.cycles += other.cycles;
        self.engines += other.engines;
        self.monitors += other.monitors;
        self.silenced += other.silenced;
        self.returns += other.returns;
    }
}

/// A container, and what is known of it.
#[derive(Debug)]
pub struct Member {
    /// With the runtime that it is for: they take turns.
    host: Host,
    name: String,
    kind: Kind,
    id: String,
    archive: PathBuf,
    /// Where it stood when it was last seen: it may not be less.
    number: u64,
    /// Numbers of its log that were looked at.
    logged: usize,
    /// Its monitor was killed since it was last seen to have one.
    orphaned: bool,
    /// Names of its checkpoints so far.
    named: u32,
    /// What was done last, for messages.
    story: Vec<String>,
    deeds: Deeds,
}

impl Member {
    /// Starts it.
    pub fn start(number: usize) -> Self {
        let kind = kinds::KINDS[number % kinds::KINDS.len()];
        let name = format!("m{number}");
        let runtime = ["crun", "runc"][(number + number / kinds::KINDS.len()) % 2];
        let host = Host::new(runtime);
        let mut member = Self {
            archive: host.path(&format!("{name}.tar.zst")),
            host,
            name,
            kind,
            id: String::new(),
            number: 0,
            logged: 0,
            orphaned: false,
            named: 0,
            story: Vec::new(),
            deeds: Deeds::default(),
        };
        if kind == Kind::Web {
            let network = kinds::network(&member.name);
            member.host.ok(&["network", "create", &network]);
        }
        member.start_anew();
        member
    }

    /// What was done so far.
    pub fn deeds(&self) -> Deeds {
        self.deeds
    }

    /// Freezes and thaws it once, in one way or another, with or without kills.
    pub fn cycle(&mut self, dice: &mut Dice) {
        self.story.clear();
        self.deeds.cycles += 1;
        let name = self.name.clone();
        match dice.roll(8) {
            0..3 => {
                self.run(&["container", "checkpoint", &name], dice);
                self.settle();
                self.settle_frozen(dice);
            }
            3..5 => self.travel(dice),
            5 => {
                let words = ["container", "checkpoint", "--leave-running", &name];
                self.run(&words, dice);
            }
            6 => self.name_one(dice),
            _ => self.return_to_named(dice),
        }
        self.settle();
        self.look();
        let _ = fs::remove_file(&self.archive);
    }

    /// Freezes and thaws it once with nothing in the way; what it has of named checkpoints goes, and
    /// it has had one: the catalogue keeps the directory of such a container.
    pub fn cycle_in_peace(&mut self) {
        self.story.clear();
        let name = self.name.clone();
        let point = ["checkpoint", "create", "--leave-running", &name, "last"];
        self.host.ok(&point);
        self.host.ok(&["checkpoint", "prune", "--force", &name]);
        self.host.ok(&["container", "checkpoint", &name]);
        self.host.ok(&["container", "restore", &name]);
        self.settle();
        self.look();
    }

    /// Takes it and what it had off the host.
    pub fn end(self) {
        self.host.ok(&["rm", "-f", "-t", "0", &self.name]);
        match self.kind {
            Kind::Web => self
                .host
                .ok(&["network", "rm", &kinds::network(&self.name)]),
            Kind::Volume => self.host.ok(&["volume", "rm", &kinds::volume(&self.name)]),
            _ => String::new(),
        };
    }

    fn start_anew(&mut self) {
        let options = self.kind.options(&self.name);
        let script = self.kind.script();
        let mut words = vec!["run", "-d", "--name", &self.name];
        words.extend(options.iter().map(String::as_str));
        words.extend([IMAGE, "sh", "-c", &script]);
        self.id = self.host.ok(&words);
        (self.number, self.logged, self.orphaned) = (0, 0, false);
        self.look();
    }

    /// Through an archive.
    fn travel(&mut self, dice: &mut Dice) {
        let (name, archive) = (self.name.clone(), self.archive.display().to_string());
        self.run(&["container", "checkpoint", "-e", &archive, &name], dice);
        if self.status().as_deref() == Some("exited") && is_there(&self.archive) {
            self.run(&["rm", &name], dice);
            if self.status().is_none() {
                self.forget_volume();
                self.import(Some(dice));
            }
        }
    }

    /// From the archive, which has the volume's content too.
    fn import(&mut self, dice: Option<&mut Dice>) {
        let archive = self.archive.display().to_string();
        let words = ["container", "restore", "-i", &archive];
        match dice {
            Some(dice) => self.run(&words, dice),
            None => self.must(&words),
        }
    }

    /// Makes a named checkpoint, and perhaps prunes older ones.
    fn name_one(&mut self, dice: &mut Dice) {
        self.named += 1;
        let (name, point) = (self.name.clone(), format!("p{}", self.named));
        if dice.once_in(2) {
            self.run(
                &["checkpoint", "create", "--leave-running", &name, &point],
                dice,
            );
        } else {
            self.run(&["checkpoint", "create", &name, &point], dice);
            let there = self.names().contains(&point);
            if self.status().as_deref() == Some("exited") && there {
                self.run(&["start", "--checkpoint", &point, &name], dice);
                self.settle_named(&point);
            }
        }
        if dice.once_in(2) {
            let keep = KEPT.to_string();
            self.run(
                &["checkpoint", "prune", "--force", "--keep", &keep, &name],
                dice,
            );
        }
    }

    /// Ends it and thaws one of its named checkpoints, if it has any.
    fn return_to_named(&mut self, dice: &mut Dice) {
        let names = self.names();
        // The content of a volume is as it is; a counter that goes back would write it twice.
        if names.is_empty() || self.kind == Kind::Volume {
            return self.name_one(dice);
        }
        let chosen = usize::try_from(dice.roll(names.len() as u64)).unwrap_or(0);
        let (name, point) = (self.name.clone(), names[chosen].clone());
        self.must(&["stop", "-t", "0", &name]);
        (self.number, self.logged) = (0, usize::MAX);
        self.deeds.returns += 1;
        self.run(&["start", "--checkpoint", &point, &name], dice);
        self.settle_named(&point);
    }

    /// After a thaw from a named checkpoint that may have been cut off.
    fn settle_named(&mut self, point: &str) {
        if self.status().as_deref() == Some("exited") {
            let name = self.name.clone();
            self.must(&["start", "--checkpoint", point, &name]);
        }
    }

    /// One that stands still thaws where it is, perhaps with a kill in between.
    fn settle_frozen(&mut self, dice: &mut Dice) {
        if self.status().as_deref() == Some("exited") {
            let name = self.name.clone();
            self.run(&["container", "restore", &name], dice);
        }
    }
}

impl Member {
    /// Runs a command of the engine; chance decides whether it is killed, or the monitor is.
    fn run(&mut self, words: &[&str], dice: &mut Dice) {
        let line = words.join(" ");
        let (engine, monitor) = (dice.once_in(4), dice.once_in(6));
        let (first, second) = (dice.within(USUAL), dice.within(USUAL));
        if !engine && !monitor {
            let done = self.host.run(words);
            self.story.push(line);
            assert!(done.code == 0, "{}: {done}", self.told());
            return;
        }
        let mut child = self.host.spawn(words);
        let mut hit = false;
        let mut told = vec![line];
        if monitor {
            std::thread::sleep(first);
            let killed = kill_monitors(&self.id);
            self.orphaned |= killed > 0;
            self.deeds.monitors += killed;
            let after = first.as_millis();
            told.push(format!("{killed} monitors killed after {after} ms"));
        }
        if engine {
            std::thread::sleep(second);
            hit = child.try_wait().expect("a child can be asked").is_none();
            let _ = child.kill();
            self.deeds.engines += u32::from(hit);
            let after = second.as_millis();
            told.push(format!("engine killed {after} ms later: {hit}"));
        }
        let code = command::wait(&mut child, &told[0], command::LIMIT);
        told.push(format!("status {code}"));
        self.story.push(told.join(", "));
        assert!(code == 0 || hit || monitor, "{}", self.told());
    }

    /// Runs a command that has no reason to fail.
    fn must(&mut self, words: &[&str]) {
        self.story.push(words.join(" "));
        let done = self.host.run(words);
        assert_eq!(done.code, 0, "{}: {done}", self.told());
    }

    /// The state's word; none without such a container.
    fn status(&self) -> Option<String> {
        let done = self.host.run(&["container", "inspect", &self.name]);
        if done.code != 0 {
            assert!(
                done.stderr.contains("no such container"),
                "{}: {done}",
                self.told()
            );
            return None;
        }
        let value: Value = serde_json::from_str(&done.stdout).expect("inspect prints JSON");
        Some(
            value[0]["State"]["Status"]
                .as_str()
                .unwrap_or("")
                .to_owned(),
        )
    }

    /// Names of its checkpoints.
    fn names(&self) -> Vec<String> {
        let text = self.host.ok(&["checkpoint", "ls", "--quiet", &self.name]);
        text.lines().map(str::to_owned).collect()
    }

    /// Whatever was cut off: it runs, or a checkpoint of it is there and thaws, or, if its monitor
    /// was killed, it may have ended and starts anew. Nothing else may be.
    fn settle(&mut self) {
        for _ in 0..4 {
            let name = self.name.clone();
            let status = self.status();
            self.story.push(format!("is {status:?}"));
            let archived = is_there(&self.archive);
            match status.as_deref() {
                Some("running") => return,
                Some("exited") if archived => {
                    self.must(&["rm", &name]);
                    self.forget_volume();
                    self.import(None);
                }
                Some("exited") if self.is_frozen() => {
                    self.must(&["container", "restore", &name]);
                }
                Some("exited") if self.orphaned => {
                    self.deeds.silenced += 1;
                    self.must(&["rm", "-v", &name]);
                    self.forget_volume();
                    self.start_anew();
                }
                None if archived => self.import(None),
                _ => panic!("{}", self.told()),
            }
        }
        panic!("{}: it never runs", self.told());
    }

    /// An archive brings its volume with it, and a counter begins with an empty one.
    fn forget_volume(&mut self) {
        if self.kind == Kind::Volume {
            self.must(&["volume", "rm", &kinds::volume(&self.name)]);
        }
    }

    fn is_frozen(&self) -> bool {
        let inspected = self.host.inspect(&self.name);
        inspected["State"]["Checkpointed"]
            .as_bool()
            .unwrap_or(false)
    }

    /// It counts, on from where it was last seen.
    fn look(&mut self) {
        if self.orphaned && self.kind.speaks() {
            self.hear_again();
        }
        let limit = wait::limit(wait::SOON);
        let mut seen = None;
        let now = wait::try_until(limit, || {
            let number = match self.kind.number(&self.host, &self.name) {
                Ok(number) => number?,
                Err(wrong) => panic!("{}: {wrong}", self.told()),
            };
            let before = *seen.get_or_insert(number);
            (number > before).then_some(number)
        });
        let (Some(first), Some(now)) = (seen, now) else {
            panic!("{}: it stands still at {seen:?}", self.told());
        };
        if self.kind == Kind::Log {
            let from = self.logged.min(usize::MAX - 1);
            match kinds::check_log(&self.host, &self.name, from) {
                Ok(count) => self.logged = count - 1,
                Err(wrong) => panic!("{}: {wrong}", self.told()),
            }
        }
        let before = self.number;
        assert!(
            first >= before,
            "{}: it was at {before}, is at {first}",
            self.told()
        );
        self.number = now;
        self.orphaned = monitors(&self.id).is_empty();
    }

    /// Nobody hears what it says any more, or nobody did for a while: a freeze and a thaw give it a
    /// monitor again.
    fn hear_again(&mut self) {
        let name = self.name.clone();
        self.must(&["container", "checkpoint", &name]);
        self.must(&["container", "restore", &name]);
        self.logged = usize::MAX;
        self.orphaned = false;
    }

    fn told(&self) -> String {
        let (name, kind, runtime) = (&self.name, self.kind, self.host.runtime);
        format!("{name} ({kind:?}, {runtime}): {}", self.story.join("; "))
    }
}

/// Kills the monitors of a container and says how many there were.
fn kill_monitors(id: &str) -> u32 {
    let mut count = 0;
    for pid in monitors(id) {
        let done = command::run(
            std::process::Command::new("kill").args(["-9", &pid.to_string()]),
            "",
        );
        count += u32::from(done.code == 0);
    }
    count
}

/// The monitors of a container, or of all with an empty id, by their command lines.
pub fn monitors(id: &str) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("there is /proc").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_monitor = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = text.split('\0');
        let program = words.next().unwrap_or("");
        program.ends_with("conmon-rs") && (id.is_empty() || words.any(|word| word == id))
    };
    numbers.filter(is_monitor).collect()
}
