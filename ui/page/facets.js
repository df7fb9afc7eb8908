// What narrows an answer: it hides, and asks nothing anew. The server counts, and tells which of the
// rows that are there are not left; the page holds no more than what it shows.

// Parameters: shown, the turns by name; trigger, which tells the server; narrowed, told when other rows
// are to be hidden.
rag.facets = (shown, trigger, narrowed) => {
  const rows = (article, which) => [...article.querySelectorAll(which)];
  const ask = (article) => {
    const chosen = {};
    for (const [name, some] of Object.entries(article.chosen)) chosen[name] = [...some];
    article.counted = performance.now(); // what comes for an earlier choice is left aside
    rag.say(""); // as is what was told of it
    trigger("facets", {
      turn: article.id,
      act: "facets",
      time: article.counted,
      chosen,
      here: rows(article, ".further [data-id]").map((row) => row.dataset.id),
      numbers: rows(article, ".of-papers tbody tr").map((row) => Number(row.dataset.number)),
    });
  };

  // What is ticked of a turn, as the server takes it; null if nothing is.
  rag.ticked = (article) => {
    const some = Object.entries(article?.chosen ?? {}).filter(([, values]) => values.size);
    return some.length ? Object.fromEntries(some.map(([name, values]) => [name, [...values]])) : null;
  };

  const group = ({ name, label, isTime, values }) => {
    const most = Math.max(...values.map(({ count }) => count), 1);
    const box = document.createElement("div");
    box.className = isTime ? "facet times" : "facet";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
    const heading = document.createElement("span");
    heading.className = "label";
    heading.textContent = label;
    box.append(heading);
    for (const { value, said, count, pressed } of values) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.facet = name;
      button.dataset.value = value;
      button.setAttribute("aria-pressed", String(pressed));
      const many = count.toLocaleString("en");
      button.setAttribute("aria-label", `${said}: ${many} ${count === 1 ? "paper" : "papers"}`);
      const word = document.createElement("span");
      word.textContent = said;
      const number = document.createElement("span");
      number.className = "many";
      number.textContent = many;
      if (isTime) {
        const bar = document.createElement("span");
        bar.className = "column-bar";
        bar.style.height = `${Math.round((36 * count) / most)}px`;
        button.append(number, bar, word);
      } else button.append(word, number);
      button.disabled = !count && !pressed;
      box.append(button);
    }
    return box;
  };

  // A claim goes by the number of its paper, or by that of the claim before it; a heading goes with
  // the last of its claims.
  const narrowClaims = (article, out) => {
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

  const draw = (article, told) => {
    const place = rag.q(article, ".facets .by");
    const had = place.contains(document.activeElement) ? document.activeElement.dataset : null;
    place.replaceChildren(...told.groups.map(group));
    if (had?.facet)
      rag.q(place, `[data-facet="${had.facet}"][data-value="${CSS.escape(had.value)}"]`)?.focus();
    const isNarrowed = rag.ticked(article) !== null;
    article.facets = {
      chosen: copied(article.chosen),
      isNarrowed,
      left: told.left,
      mentioning: told.mentioning,
      rows: told.rows,
      out: new Set(told.out),
      numbersOut: new Set(told.numbers_out),
    };
    narrowClaims(article, article.facets.numbersOut);
    const said = rag.q(article, ".narrowed");
    said.hidden = !isNarrowed;
    const [left, all] = [told.left, told.matching].map((count) => count.toLocaleString("en"));
    rag.q(said, "span").textContent = `${left} of ${all} papers`;
    rag.narrowTable(rag.q(article, ".table"));
    rag.tableAnew(article);
    narrowed(article);
  };

  const copied = (chosen) =>
    Object.fromEntries(Object.entries(chosen).map(([name, some]) => [name, new Set(some)]));

  // Back to the choice that was counted last: what was ticked since could not be applied.
  const restore = (article) => {
    const details = rag.q(article, ".facets");
    article.chosen = copied(article.facets?.chosen ?? {});
    for (const button of details.querySelectorAll("[data-facet]")) {
      const { facet, value } = button.dataset;
      button.setAttribute("aria-pressed", String(article.chosen[facet]?.has(value) ?? false));
    }
    if (article.facets) return;
    rag.q(details, ".by").replaceChildren();
    details.open = false; // opened again, it counts again
    delete details.dataset.asked;
  };

  const begin = (article) => {
    const place = rag.q(article, ".facets .by");
    place.textContent = "Counting what matches.";
    if (article.narrow) return ask(article); // it could not be counted before
    article.chosen = {};
    article.narrow = () => ask(article);
    article.widen = () => {
      article.chosen = {};
      ask(article);
      rag.q(article, ".facets summary").focus();
    };
    place.addEventListener("click", (event) => {
      const button = event.target.closest("[data-facet]");
      if (!button) return;
      const { facet, value } = button.dataset;
      const some = (article.chosen[facet] ??= new Set());
      if (!some.delete(value)) some.add(value);
      button.setAttribute("aria-pressed", String(some.has(value))); // at once; the counts follow
      ask(article);
    });
    ask(article);
  };
  // Tags have changed: what is open is counted again at once, what is closed when it is opened.
  rag.tagged = () => {
    for (const { article } of shown.values()) {
      if (!article.narrow) continue;
      const details = rag.q(article, ".facets");
      if (details.open) article.narrow();
      else delete details.dataset.asked;
    }
  };
  rag.faceted = (told) => {
    const article = shown.get(told.turn)?.article;
    if (!article || told.time !== article.counted) return;
    if (told.groups) draw(article, told);
    else restore(article);
  };
  return begin;
};
