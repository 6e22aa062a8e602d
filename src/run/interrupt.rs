//! Ctrl-C and SIGTERM: the first stops in an orderly way, the second at once, and both heal.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::exit::{Exit, Failure};

/// How far a run has been asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// Go on.
    None,
    /// Stop the load, heal, write, judge; then end with this code.
    Orderly(Exit),
    /// Heal and end with this code.
    AtOnce(Exit),
}

/// The stop signals of this process, as a value to look at and to wait for.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts(watch::Receiver<Interrupt>);

impl Interrupts {
    /// Begins to listen; needs a tokio runtime.
    ///
    /// # Errors
    /// The system refuses to hand out its signals.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (sender, receiver) = watch::channel(Interrupt::None);
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::harness)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(Failure::harness)?;
        tokio::spawn(async move {
            loop {
                let exit = tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => Exit::Terminated,
                };
                sender.send_modify(|stage| {
                    *stage = match *stage {
                        Interrupt::None => Interrupt::Orderly(exit),
                        Interrupt::Orderly(_) | Interrupt::AtOnce(_) => Interrupt::AtOnce(exit),
                    };
                });
            }
        });
        Ok(Self(receiver))
    }

    /// How far it has come.
    pub(crate) fn now(&self) -> Interrupt {
        *self.0.borrow()
    }

    /// The exit code that the signals ask for, if any came.
    pub(crate) fn exit(&self) -> Option<Exit> {
        match self.now() {
            Interrupt::None => None,
            Interrupt::Orderly(exit) | Interrupt::AtOnce(exit) => Some(exit),
        }
    }

    /// Waits until the next signal raises the stage above `seen`.
    pub(crate) async fn beyond(&mut self, seen: Interrupt) -> Interrupt {
        let raised = self.0.wait_for(|stage| *stage != seen).await.map(|stage| *stage);
        match raised {
            Ok(stage) => stage,
            Err(_) => std::future::pending().await,
        }
    }
}
