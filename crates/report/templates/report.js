"use strict";
// The page is whole without this; it adds sorting and shows charts of a kind one at a time. It does without the two
// signs that XML would take for markup, since the page is well-formed XML, too.
(function () {
  document.documentElement.classList.add("js");

  function key(row, column) {
    return row.cells[column].dataset.key;
  }

  // Numbers from the highest down first, text from A on; what has no number stays last either way.
  function sort(table, column, header) {
    const numeric = header.dataset.sort === "number";
    const before = header.getAttribute("aria-sort");
    const next = before ? (before === "ascending" ? "descending" : "ascending") : numeric ? "descending" : "ascending";
    const sign = next === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    rows.sort(function (a, b) {
      const x = key(a, column);
      const y = key(b, column);
      if (x === "" || y === "") return (x === "" ? 1 : 0) - (y === "" ? 1 : 0);
      return sign * (numeric ? Number(x) - Number(y) : x.localeCompare(y, "en"));
    });
    rows.forEach(function (row) { body.appendChild(row); });
    Array.from(table.tHead.rows[0].cells).forEach(function (cell) { cell.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", next);
  }

  document.querySelectorAll("table.policies").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      button.addEventListener("click", function () { sort(table, column, header); });
      header.replaceChildren(button);
    });
  });

  document.querySelectorAll(".switched").forEach(function (group) {
    function choose(value) {
      group.querySelectorAll(".choice").forEach(function (choice) {
        choice.classList.toggle("chosen", choice.dataset.choice === value);
      });
    }
    group.querySelectorAll(".switch input").forEach(function (input) {
      input.addEventListener("change", function () { choose(input.value); });
      // A browser may remember another choice than the page was written with.
      if (input.checked) choose(input.value);
    });
  });
})();
