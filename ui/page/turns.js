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
      '<details class="facets" hidden><summary>Narrow</summary><div class="by"></div>' +
      '<p class="left" role="status"></p></details>' +
      '<div class="claims"></div><ul class="others" aria-label="Also matching" hidden></ul>' +
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
    rag.q(article, "[data-act=sources]").hidden = !(turn.cards.length || turn.near);
    rag.q(article, "[data-act=table]").hidden = !turn.listed;
    rag.q(article, ".facets").hidden = turn.matched < FEWEST;
    rag.q(article, "[data-act=copy]").hidden = !turn.spent;
    kept.turn = turn;
    rest.offer(article, turn.left);
    if (isNew) begun(article);
  };
  return grow;
};

// The papers that an answer does not write about: rows that come page by page, by the button or, below
// the last answer, as one scrolls.
// Parameters: shown, the turns by name; trigger, which tells the server; log, what scrolls.
rag.rest = (shown, trigger, log) => {
  const PAGE = 25; // as many as the server sends
  const button = (article) => rag.q(article, "[data-act=more]");
  const label = (article) => {
    const left = Number(article.dataset.left);
    const count = Math.min(PAGE, left);
    button(article).textContent =
      count < left ? `${count} more of ${left.toLocaleString("en")}` : `${left} more`;
    button(article).hidden = !left;
  };
  const offer = (article, left) => {
    if (article.dataset.offered === String(left)) return;
    article.dataset.offered = article.dataset.left = left;
    rag.q(article, ".further ol").replaceChildren();
    rag.q(article, ".further").hidden = !left;
    label(article);
    if (left) seen.observe(button(article));
  };
  const more = (article) => {
    if (article.dataset.asking || button(article).hidden) return;
    article.dataset.asking = "yes"; // not disabled: that would take the focus away
    const skip = Number(article.dataset.offered) - Number(article.dataset.left);
    trigger("more", { turn: article.id, act: "more", skip, time: Date.now() });
  };
  const seen = new IntersectionObserver(
    (entries) => {
      const last = [...shown.values()].at(-1)?.article;
      for (const { isIntersecting, target } of entries)
        if (isIntersecting && last?.contains(target) && last.dataset.state !== "busy") more(last);
    },
    { root: getComputedStyle(log).overflowY === "visible" ? null : log, rootMargin: "200px" },
  );
  rag.further = ({ turn, html, left }) => {
    const article = shown.get(turn)?.article;
    if (!article) return;
    const had = document.activeElement === button(article);
    const list = rag.q(article, ".further ol");
    const before = list.childElementCount;
    list.insertAdjacentHTML("beforeend", html);
    article.dataset.left = left;
    delete article.dataset.asking;
    if (had) list.children[before]?.querySelector(".opens")?.focus();
    label(article);
    seen.unobserve(button(article)); // told anew whether it is still in sight
    if (left) seen.observe(button(article));
  };
  return { offer, more };
};
