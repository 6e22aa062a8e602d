//! How much memory is in use, and how much was at most.
#![expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait; it passes all on to the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static USED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
pub(crate) struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(USED.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(USED.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }
}

/// A moment, and what was in use then, in bytes.
pub(crate) struct Mark {
    used: usize,
    resident: usize,
}

impl Mark {
    /// Starts to look for the peak anew.
    pub(crate) fn now() -> Self {
        // Lets the kernel, too, forget the peak so far.
        std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
        let used = USED.load(Relaxed);
        PEAK.store(used, Relaxed);
        Self { used, resident: resident("VmRSS:") }
    }

    /// The most bytes in use since then, beyond those in use then: as the allocator counts, or as
    /// the kernel does, which knows of pages that were mapped without the allocator.
    pub(crate) fn more(&self) -> usize {
        let mapped = resident("VmHWM:").saturating_sub(self.resident);
        (PEAK.load(Relaxed) - self.used).max(mapped)
    }
}

/// One of the kernel's figures of this process, in bytes.
fn resident(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the figure");
    let kib: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024
}
