// Questions and their answers on the page, as they grow: what is there already is left alone, so that
// nothing that is read moves or closes.

const FEWEST = 4; // papers of an answer that can be narrowed

// Parameters: shown, the turns by name; place, where they stand; begun, told of each new one; rest, what
// an answer does not write about.
// Returns what puts a turn there, or what has become of it.
rag.turns = (shown, place, begun, rest) => {
  const begin = (turn) => {
    const article = document.createElement("article");
    article.className = "turn";
    article.id = turn.name;
    article.innerHTML =
      '<h2 class="asked"></h2><p class="stage"></p><div class="head"></div>' +
      '<details class="facets" hidden><summary>Narrow</summary><div class="by"></div></details>' +
      '<p class="narrowed" hidden><span role="status"></span> ' +
      '<button type="button" class="quiet" data-act="widen">Show all</button></p>' +
      '<div class="claims"></div>' +
      '<div class="table" hidden></div><div class="acts"><span class="versions" hidden>' +
      '<button type="button" class="quiet" data-by="-1" aria-label="Earlier version">‹</button>' +
      '<span class="which"></span>' +
      '<button type="button" class="quiet" data-by="1" aria-label="Later version">›</button></span>' +
      '<button type="button" class="quiet" data-act="table" aria-pressed="false">Table</button>' +
      '<button type="button" class="quiet" data-act="copy">Copy</button>' +
      '<button type="button" class="quiet" data-act="retry">Ask again</button>' +
      '<button type="button" class="quiet" data-act="edit">Edit</button>' +
      '<button type="button" class="quiet" data-act="sources">Sources</button>' +
      '<span class="spent"></span></div><div class="foot"></div>' +
      '<section class="further" aria-label="Also matching" hidden><ol></ol>' +
      '<button type="button" data-act="more"></button></section>';
    place.append(article);
    const kept = { article, turn: {} };
    shown.set(turn.name, kept);
    return kept;
  };

  const put = (element, before, after) => {
    if (before !== after) element.innerHTML = after;
  };

  const grow = (turn) => {
    const isNew = !shown.has(turn.name);
    const kept = shown.get(turn.name) ?? begin(turn);
    const { article, turn: before } = kept;
    article.dataset.state = turn.state;
    article.dataset.kind = turn.kind;
    article.dataset.columns = turn.columns;
    article.dataset.doubtful = turn.doubtful;
    const at = turn.versions.indexOf(turn.name);
    rag.q(article, ".versions").hidden = turn.versions.length < 2;
    rag.q(article, ".which").textContent = `${at + 1} of ${turn.versions.length}`;
    rag.q(article, "[data-by='-1']").disabled = at < 1;
    rag.q(article, "[data-by='1']").disabled = at > turn.versions.length - 2;
    put(rag.q(article, ".spent"), before.spent, turn.spent);
    put(rag.q(article, ".asked"), before.question, turn.question);
    put(rag.q(article, ".stage"), before.stage, turn.stage);
    put(rag.q(article, ".head"), before.head, turn.head);
    const told = rag.q(article, ".claims");
    turn.claims.forEach((claim, at) => {
      if (claim === before.claims?.[at]) return;
      const element = document.createElement("div");
      element.className = "claim";
      element.innerHTML = claim;
      const old = told.children[at];
      if (!old) told.append(element); // what can change later is how many a group has
      else rag.q(old, ".group")?.replaceWith(rag.q(element, ".group"));
    });
    put(rag.q(article, ".foot"), before.foot, turn.foot);
    rag.q(article, "[data-act=sources]").hidden = !turn.cards.length;
    rag.q(article, "[data-act=table]").hidden = !turn.listed;
    rag.q(article, ".facets").hidden = turn.matched < FEWEST || turn.kind === "compare";
    rag.q(article, "[data-act=copy]").hidden = !turn.spent;
    kept.turn = turn;
    rest.offer(article, turn.left);
    if (isNew) begun(article);
  };
  return grow;
};

// The papers that an answer does not write about: rows that come page by page, by the button or, below
// the last answer, as one scrolls. Facets narrow them, those that are still to come too.
// Parameters: shown, the turns by name; trigger, which tells the server; log, what scrolls.
rag.rest = (shown, trigger, log) => {
  const PAGE = 25; // as many as the server sends
  const button = (article) => rag.q(article, "[data-act=more]");
  const list = (article) => rag.q(article, ".further ol");
  const rows = (article) => [...list(article).querySelectorAll("[data-id]")];
  const label = (article, left) => {
    article.dataset.left = left;
    const count = Math.min(PAGE, left);
    button(article).textContent =
      count < left ? `${count} more of ${left.toLocaleString("en")}` : `${left} more`;
    button(article).hidden = !left;
    seen.unobserve(button(article)); // told anew whether it is still in sight
    if (left) seen.observe(button(article));
  };
  const offer = (article, left) => {
    if (article.dataset.offered === String(left)) return;
    article.dataset.offered = left;
    list(article).replaceChildren();
    rag.q(article, ".further").hidden = !left;
    label(article, left);
  };
  const more = (article, isPressed = false) => {
    if (article.dataset.asking || button(article).hidden) return;
    article.isPressed = isPressed;
    const have = rows(article).map((row) => row.dataset.id);
    const chosen = rag.ticked(article);
    article.dataset.asking = JSON.stringify(chosen); // not disabled: that would take the focus away
    trigger("more", { turn: article.id, act: "more", have, chosen, time: performance.now() });
  };
  const seen = new IntersectionObserver(
    (entries) => {
      const last = [...shown.values()].at(-1)?.article;
      for (const { isIntersecting, target } of entries)
        if (isIntersecting && last?.contains(target) && last.dataset.state !== "busy" && !rag.isFollowing())
          more(last);
    },
    { root: getComputedStyle(log).overflowY === "visible" ? null : log, rootMargin: "200px" },
  );

  // Hides the rows that the facets leave out, and offers those that they leave and are not there yet.
  const narrow = (article) => {
    const { out, mentioning, rows: left, isNarrowed } = article.facets;
    const here = rows(article);
    for (const row of here) row.classList.toggle("out", out.has(row.dataset.id));
    const line = rag.q(list(article), ".label");
    if (line) {
      line.classList.toggle("out", !mentioning);
      const [all] = line.dataset.said.split(" ");
      const some = mentioning.toLocaleString("en");
      line.textContent = isNarrowed ? `${some} of the ${all} that mention it` : line.dataset.said;
    }
    label(article, left);
    const none = here.every((row) => row.classList.contains("out"));
    if (isNarrowed && none) more(article);
  };

  rag.further = ({ turn, html, left }) => {
    const article = shown.get(turn)?.article;
    if (!article) return;
    const had = document.activeElement === button(article);
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = [...template.content.children];
    const place = (row) => Number(row.dataset.at);
    for (const row of fresh) {
      const after = [...list(article).children].find((other) => place(other) > place(row));
      list(article).insertBefore(row, after ?? null);
    }
    const { asking } = article.dataset;
    delete article.dataset.asking;
    if (article.narrow && asking !== JSON.stringify(rag.ticked(article)))
      article.narrow(); // chosen meanwhile
    else if (article.facets) {
      article.facets.rows = left;
      narrow(article);
    } else label(article, left);
    // The focus stays on a button that nobody pressed, while it is there.
    if (had && (article.isPressed || button(article).hidden))
      fresh.find((row) => row.dataset.id)?.querySelector(".opens")?.focus();
  };
  return { offer, more, narrow };
};
