//! Where the container's output is kept: any number of sinks, all fed the same chunks.
//! A sink that fails loses output but never stops the container: there is nobody to ask.
#![forbid(unsafe_code)]

mod clock;
mod journald;
mod k8s_file;

use crate::arguments::{Arguments, LogTarget};
use crate::diagnostics::Diagnostics;
use crate::error::MonitorError;
use journald::Journal;
use k8s_file::K8sFile;

/// Which of the container's two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Descriptor 1, or the terminal.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

impl Stream {
    /// Its place in an array of two.
    fn index(self) -> usize {
        match self {
            Self::Stdout => 0,
            Self::Stderr => 1,
        }
    }
}

enum Sink {
    File(K8sFile),
    Journal(Journal),
}

/// All sinks of one container.
pub(crate) struct Logs {
    sinks: Vec<Sink>,
    complained: bool,
}

impl Logs {
    /// Opens what the command line names. A log file that exists goes on where it ended.
    pub(crate) fn open(arguments: &Arguments) -> Result<Self, MonitorError> {
        let mut sinks = Vec::new();
        for target in &arguments.logs {
            match target {
                LogTarget::KubernetesFile(path) => {
                    sinks.push(Sink::File(K8sFile::open(path, arguments.log_size_max)?));
                }
                LogTarget::Journald => sinks.push(Sink::Journal(Journal::open(arguments)?)),
                LogTarget::None | LogTarget::Passthrough => {}
            }
        }
        Ok(Self {
            sinks,
            complained: false,
        })
    }

    /// Adds a chunk as it was read.
    pub(crate) fn write(&mut self, stream: Stream, chunk: &[u8], diagnostics: &Diagnostics) {
        self.each(diagnostics, |sink| match sink {
            Sink::File(file) => file.write(stream, chunk),
            Sink::Journal(journal) => journal.write(stream, chunk),
        });
    }

    /// The stream has ended: closes a line that was left open.
    pub(crate) fn finish(&mut self, stream: Stream, diagnostics: &Diagnostics) {
        self.each(diagnostics, |sink| match sink {
            Sink::File(file) => file.finish(stream),
            Sink::Journal(_) => Ok(()),
        });
    }

    /// Opens log files anew by their names, after someone moved them away.
    pub(crate) fn reopen(&mut self, diagnostics: &Diagnostics) {
        self.each(diagnostics, |sink| match sink {
            Sink::File(file) => file.reopen(),
            Sink::Journal(_) => Ok(()),
        });
    }

    /// Brings log files to disk.
    pub(crate) fn sync(&mut self, diagnostics: &Diagnostics) {
        self.each(diagnostics, |sink| match sink {
            Sink::File(file) => file.sync(),
            Sink::Journal(_) => Ok(()),
        });
    }

    /// Complains once per failure, not once per line.
    fn each(
        &mut self,
        diagnostics: &Diagnostics,
        mut action: impl FnMut(&mut Sink) -> Result<(), MonitorError>,
    ) {
        let mut failed = false;
        for sink in &mut self.sinks {
            if let Err(error) = action(sink) {
                failed = true;
                if !self.complained {
                    diagnostics.report(&error);
                }
            }
        }
        self.complained = failed;
    }
}
