// Questions and their answers on the page, as they grow: what is there already is left alone, so that
// nothing that is read moves or closes.

const FEWEST = 4; // papers of an answer that can be narrowed

// Parameters: shown, the turns by name; place, where they stand; begun, told of each new one.
// Returns what puts a turn there, or what has become of it.
rag.turns = (shown, place, begun) => {
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
      '<span class="spent"></span></div><div class="foot"></div>';
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
    if (isNew) begun(article);
  };
  return grow;
};
