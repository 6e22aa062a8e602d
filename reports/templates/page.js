"use strict";
// The page works without this: it only adds copying, a theme switch and keys.
(() => {
  const root = document.documentElement;
  for (const element of document.querySelectorAll(".copy, #theme, .script-only")) {
    element.hidden = false;
  }

  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  for (const button of document.querySelectorAll(".copy")) {
    const code = button.parentElement.querySelector("code");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        select(code);
        button.textContent = "Selected";
      }
    });
  }

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const proofs = [...document.querySelectorAll(".proof")];
  const step = (by) => {
    const here = proofs.findIndex((proof) => "#" + proof.id === location.hash);
    const next = proofs[(here + by + (here < 0 && by < 0 ? 1 : 0) + proofs.length) % proofs.length];
    location.hash = next.id;
    next.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || proofs.length === 0) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
})();
