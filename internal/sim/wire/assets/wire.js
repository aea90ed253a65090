// Copies a command. Without this file it can be selected and copied by hand.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const said = document.getElementById("copied");
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(field.value);
      } catch { // no permission: as browsers did it before there was one
        field.select();
        if (!document.execCommand("copy")) { said.textContent = "Selected; copy it with the keyboard."; return; }
      }
      said.textContent = "Copied";
      setTimeout(() => { said.textContent = ""; }, 4000);
    };
    button.addEventListener("click", copy);
    button.hidden = false;
  }
})();
