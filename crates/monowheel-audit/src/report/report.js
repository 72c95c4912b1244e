"use strict";
// Hides findings and rows that do not have the words. Without it the page shows all of them.
for (const field of document.querySelectorAll(".monowheel .filter")) {
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const page = field.closest(".monowheel");
    for (const part of page.querySelectorAll(".finding, tbody tr")) {
      const group = part.closest(".group");
      const text = ((group ? group.querySelector("h3").textContent : "") + " " + part.textContent).toLowerCase();
      part.hidden = !words.every((word) => text.includes(word));
    }
  });
}
