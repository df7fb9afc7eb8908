// The table of an answer, with its columns, filters and ticked papers.

// Parameters: shown, the turns by name; trigger, which tells the server.
rag.tables = (shown, trigger) => {
  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem("rag-columns")) ?? null;
    } catch {
      return null;
    }
  };
  const make = (turn, columns) => {
    const place = rag.q(shown.get(turn).article, ".table");
    place.innerHTML = "<p>Making the table.</p>";
    const chosen = rag.ticked(shown.get(turn).article);
    place.dataset.of = JSON.stringify(chosen);
    trigger("table", { turn, act: "table", columns, chosen, time: performance.now() });
  };
  const toggle = (turn) => {
    const { article } = shown.get(turn);
    const place = rag.q(article, ".table");
    const focused = document.activeElement;
    place.hidden = !place.hidden;
    rag.q(article, ".claims").hidden = !place.hidden;
    rag.q(article, ".further").classList.toggle("in-table", !place.hidden);
    const button = rag.q(article, "[data-act=table]");
    button.setAttribute("aria-pressed", String(!place.hidden));
    if (article.contains(focused) && !focused.checkVisibility()) button.focus(); // else it is lost
    if (!place.childElementCount) make(turn, remembered());
  };
  rag.tabled = (turn, html) => {
    const place = shown.get(turn) && rag.q(shown.get(turn).article, ".table");
    if (!place) return;
    place.innerHTML = html;
    const { article } = shown.get(turn);
    if (article.facets?.isNarrowed) article.narrow(); // of the rows that have come now, too
    narrow(place);
  };

  // A table that has not all that match is made anew where other facets are chosen.
  rag.tableAnew = (article) => {
    const place = rag.q(article, ".table");
    if (!rag.q(place, ".bounded") || place.dataset.of === JSON.stringify(rag.ticked(article))) return;
    if (place.hidden) place.replaceChildren();
    else make(article.id, remembered());
  };

  const sort = (button) => {
    const body = rag.q(button.closest("table"), "tbody");
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
    const text = (row) =>
      button.dataset.sort === "0" ? row.dataset.number : row.children[button.dataset.sort].textContent;
    const rows = [...body.children].sort(
      (a, b) => down * text(a).localeCompare(text(b), "en", { numeric: true }),
    );
    body.append(...rows);
  };

  // Rows that hold what is typed above their columns, and that the facets leave.
  const narrow = (place) => {
    const fields = [...place.querySelectorAll("[data-filter]")].filter((field) => field.value);
    const out = place.closest(".turn")?.facets?.numbersOut ?? new Set();
    const rows = [...place.querySelectorAll(".of-papers tbody tr")];
    for (const row of rows) {
      const has = (field) =>
        row.children[field.dataset.filter].textContent
          .toLowerCase()
          .includes(field.value.toLowerCase());
      row.hidden = out.has(Number(row.dataset.number)) || !fields.every(has);
    }
    const left = rows.filter((row) => !row.hidden).length;
    const said = rag.q(place, ".left");
    if (said) said.textContent = left < rows.length ? `${left} of ${rows.length} papers` : "";
  };
  rag.narrowTable = narrow;

  const ticked = (place) => [...place.querySelectorAll("[data-tick]:checked")];
  const compare = (place) => {
    const rows = ticked(place).map((tick) => tick.closest("tr"));
    const side = rag.q(place, ".side-by-side");
    const heads = [...place.querySelectorAll("thead th button")].map((each) => each.textContent);
    const table = document.createElement("table");
    table.className = "compared";
    const line = (name, kind, of) => {
      const tr = table.insertRow();
      const th = document.createElement("th");
      th.scope = "row";
      th.textContent = name;
      tr.append(name ? th : document.createElement("td"));
      for (const row of rows) {
        const cell = document.createElement(kind);
        if (kind === "th") cell.scope = "col";
        cell.append(...[...row.children[of].childNodes].map((node) => node.cloneNode(true)));
        tr.append(cell);
      }
    };
    line("", "th", 1); // the title, or whatever the first column is
    heads.slice(2).forEach((name, at) => line(name, "td", at + 2));
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Back to the table";
    close.addEventListener("click", () => (side.hidden = true));
    const heading = document.createElement("h3");
    heading.textContent = `${rows.length} papers side by side`;
    const scrolls = document.createElement("div");
    scrolls.className = "rows";
    scrolls.tabIndex = 0;
    scrolls.setAttribute("role", "group");
    scrolls.setAttribute("aria-label", heading.textContent);
    scrolls.append(table);
    side.replaceChildren(heading, scrolls, close);
    side.hidden = false;
    side.scrollIntoView({ block: "nearest" });
  };

  const listen = (element) => {
    element.addEventListener("input", (event) => {
      const place = event.target.closest(".table");
      if (place && event.target.matches("[data-filter]")) narrow(place);
      if (place && event.target.matches("[data-tick]"))
        rag.q(place, "[data-act=compare]").disabled = ticked(place).length < 2;
    });
    element.addEventListener("submit", (event) => {
      if (!event.target.matches(".choose-columns")) return;
      event.preventDefault();
      const given = new FormData(event.target);
      const other = given.get("other").replaceAll(",", " ").trim();
      const columns = given.getAll("column");
      if (other) columns.splice(columns.indexOf("paper") + 1, 0, other); // where it is seen at once
      if (!columns.length) return;
      localStorage.setItem("rag-columns", JSON.stringify(columns));
      make(event.target.closest(".turn").id, columns);
    });
  };
  return { toggle, sort, compare, listen, columns: remembered };
};
