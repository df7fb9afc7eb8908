// The table of an answer, with its columns, filters and ticked papers; and what narrows an answer.

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
    trigger("table", { turn, act: "table", columns, time: Date.now() });
  };
  const toggle = (turn) => {
    const { article } = shown.get(turn);
    const place = rag.q(article, ".table");
    place.hidden = !place.hidden;
    rag.q(article, ".claims").hidden = !place.hidden;
    rag.q(article, ".further").classList.toggle("in-table", !place.hidden);
    rag.q(article, "[data-act=table]").setAttribute("aria-pressed", String(!place.hidden));
    if (!place.childElementCount) make(turn, remembered());
  };
  rag.tabled = (turn, html) => {
    const place = shown.get(turn) && rag.q(shown.get(turn).article, ".table");
    if (!place) return;
    place.innerHTML = html;
    narrow(place);
  };

  const sort = (button) => {
    const body = rag.q(button.closest("table"), "tbody");
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
    const text = (row) => row.children[button.dataset.sort].textContent;
    const rows = [...body.children].sort(
      (a, b) => down * text(a).localeCompare(text(b), "en", { numeric: true }),
    );
    body.append(...rows);
  };

  // Rows that hold what is typed above their columns, and that the facets leave.
  const narrow = (place) => {
    const fields = [...place.querySelectorAll("[data-filter]")].filter((field) => field.value);
    const out = place.closest(".turn")?.facets?.numbers ?? new Set();
    const rows = [...place.querySelectorAll("tbody tr")];
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
      const columns = [...given.getAll("column"), ...(other ? [other] : [])];
      if (!columns.length) return;
      localStorage.setItem("rag-columns", JSON.stringify(columns));
      make(event.target.closest(".turn").id, columns);
    });
  };
  return { toggle, sort, compare, listen, columns: remembered };
};

// -- facets: they hide, and ask nothing anew -----------------------------------------------------

// Parameters: papers, what each is, first those that match, then those that only mention what was
// asked (no number; they are hidden, and not counted); narrowed, told when others are to be hidden.
rag.facets = (article, papers, narrowed) => {
  const chosen = {}; // names of facets to the values that are ticked
  const matching = papers.filter(({ number }) => number !== null);
  const place = rag.q(article, ".facets .by");
  const one = (name) => new Set(matching.map((paper) => paper[name]).filter(Boolean)).size < 2;
  const time = one("year") ? (one("month") ? "" : "month") : "year";
  const yes = ["code", "dataset", "survey"];
  const kinds = {
    ...(time ? { [time]: time === "year" ? "Year" : "Month" } : {}),
    categories: "Category",
    kind: "Has",
    tags: "Tag",
  };
  const said = { code: "code", dataset: "a new dataset", survey: "a survey" };
  const values = (paper, name) =>
    name === "kind" ? yes.filter((each) => paper[each]) : [paper[name]].flat().filter(Boolean);
  const passes = (paper, but = "") =>
    Object.entries(chosen).every(
      ([name, some]) =>
        name === but || !some.size || values(paper, name).some((value) => some.has(value)),
    );

  const group = (name, label) => {
    const counts = new Map();
    for (const paper of matching)
      for (const value of values(paper, name)) counts.set(value, counts.get(value) ?? 0);
    for (const paper of matching)
      if (passes(paper, name))
        for (const value of values(paper, name)) counts.set(value, counts.get(value) + 1);
    if (!counts.size || (name !== "kind" && name !== "tags" && counts.size < 2)) return null;
    const isTime = name === time;
    const rows = [...counts].sort((a, b) =>
      isTime ? a[0].localeCompare(b[0]) : b[1] - a[1] || a[0].localeCompare(b[0]),
    );
    const most = Math.max(...counts.values(), 1);
    const box = document.createElement("div");
    box.className = isTime ? "facet times" : "facet";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
    const heading = document.createElement("span");
    heading.className = "label";
    heading.textContent = label;
    box.append(heading);
    for (const [value, count] of rows.slice(0, isTime ? 40 : 12)) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.facet = name;
      button.dataset.value = value;
      button.setAttribute("aria-pressed", String(Boolean(chosen[name]?.has(value))));
      const what = name === "kind" ? said[value] : value;
      button.setAttribute("aria-label", `${what}: ${count} ${count === 1 ? "paper" : "papers"}`);
      const word = document.createElement("span");
      word.textContent = what;
      const number = document.createElement("span");
      number.className = "many";
      number.textContent = count;
      if (isTime) {
        const bar = document.createElement("span");
        bar.className = "column-bar";
        bar.style.height = `${Math.round((36 * count) / most)}px`;
        button.append(number, bar, word);
      } else button.append(word, number);
      button.disabled = !count && !chosen[name]?.has(value);
      box.append(button);
    }
    return box;
  };

  // A claim goes by the number of its paper, or by that of the claim before it; a heading goes with
  // the last of its claims.
  const narrowClaims = (out) => {
    let number = 0;
    let heading = null;
    let empty = true;
    const leave = () => heading?.classList.toggle("out", empty);
    for (const claim of article.querySelectorAll(".claims > .claim")) {
      number = Number(claim.querySelector(".ref")?.dataset.source ?? number);
      const isOut = out.has(number);
      if (rag.q(claim, ".group")) {
        leave();
        heading = rag.q(claim, ".group");
        empty = true;
      }
      empty &&= isOut;
      claim.classList.toggle("out", isOut);
    }
    leave();
  };
  const draw = () => {
    place.replaceChildren(...Object.entries(kinds).map((each) => group(...each)).filter(Boolean));
    const left = papers.filter((paper) => passes(paper));
    const outside = papers.filter((paper) => !passes(paper));
    const numbers = new Set(outside.map(({ number }) => number).filter(Boolean));
    const isNarrowed = Object.values(chosen).some((some) => some.size > 0);
    article.facets = { isNarrowed, left, numbers, out: new Set(outside.map(({ id }) => id)) };
    narrowClaims(numbers);
    const said = rag.q(article, ".narrowed");
    said.hidden = !isNarrowed;
    rag.q(said, "span").textContent = `${matching.length - numbers.size} of ${matching.length} papers`;
    rag.narrowTable(rag.q(article, ".table"));
    narrowed(article);
  };
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-facet]");
    if (!button) return;
    const { facet, value } = button.dataset;
    const some = (chosen[facet] ??= new Set());
    if (!some.delete(value)) some.add(value);
    draw();
    place.querySelector(`[data-facet="${facet}"][data-value="${CSS.escape(value)}"]`)?.focus();
  });
  article.widen = () => {
    for (const some of Object.values(chosen)) some.clear();
    draw();
    rag.q(article, ".facets summary").focus();
  };
  draw();
};
