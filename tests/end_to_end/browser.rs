//! The pages in a real browser, opened from disk.

use std::path::Path;
use std::process::Command;

use crate::certificate::night;
use crate::program::{files, needed};

/// Opens a page, lets a probe script in a copy of it report, and gives the probe's findings.
fn look(page: &Path, width: u32) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={width},900"))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    (dom, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A frame of the wanted width round a page (headless windows have a least width of their own), and
/// a script that measures what the page would scroll.
fn framed(page: &Path, width: u32, folder: &Path) -> std::path::PathBuf {
    let frame = folder.join(format!("frame-{width}.html"));
    let text = std::fs::read_to_string(page).unwrap();
    let inner = folder.join("page.html");
    // The page's own policy forbids foreign scripts, so the measured copy goes without it.
    let open = text.replace("http-equiv=\"Content-Security-Policy\"", "name=\"policy\"");
    let probe = "<script>addEventListener('load',()=>{const e=document.documentElement;\
                 parent.postMessage({scroll:e.scrollWidth,client:e.clientWidth},'*')})</script>";
    std::fs::write(&inner, open.replacen("</head>", &format!("{probe}</head>"), 1)).unwrap();
    let outer = format!(
        "<!doctype html><title>frame</title><p id=found>nothing</p>\
         <script>addEventListener('message',e=>{{document.getElementById('found').textContent=\
         'scroll '+e.data.scroll+' of '+e.data.client}})</script>\
         <iframe src=page.html width={width} height=800></iframe>"
    );
    std::fs::write(&frame, outer).unwrap();
    frame
}

#[test]
fn pages_open_from_disk_without_errors_requests_or_sideways_scrolling() {
    let mend = "install Debian's chromium";
    let Some(()) = needed(Command::new("chromium").arg("--version"), mend) else { return };
    let night = night();
    let mut pages = vec![night.page.clone()];
    pages.extend(files(night.page.parent().unwrap(), "report.html").into_iter().take(4));
    for page in pages {
        let (dom, said) = look(&page, 1280);
        assert!(dom.contains("<h1"), "{}: {said}", page.display());
        let console: Vec<&str> = said.lines().filter(|line| line.contains(":CONSOLE")).collect();
        assert!(console.is_empty(), "{}: {console:?}", page.display());
        for foreign in ["http://", "https://", "src=\"//", "@import"] {
            let text = std::fs::read_to_string(&page).unwrap();
            let text = text.replace("http://www.w3.org/", "");
            assert!(!text.contains(foreign), "{}: {foreign}", page.display());
        }
        for width in [1280, 390] {
            let folder = tempfile::tempdir().unwrap();
            let (dom, _) = look(&framed(&page, width, folder.path()), 1400);
            let found = dom.split("id=\"found\">").nth(1).and_then(|rest| rest.split('<').next());
            let (scroll, client) = found
                .and_then(|text| text.strip_prefix("scroll "))
                .and_then(|text| text.split_once(" of "))
                .unwrap_or_else(|| panic!("{}: {found:?}", page.display()));
            assert!(
                scroll.parse::<u32>().unwrap() <= client.parse::<u32>().unwrap(),
                "{} at {width}: {found:?}",
                page.display()
            );
        }
    }
}
