// The conversation: what is asked goes out as an event, what comes back is shown as it grows.
// Turns that are there already are left alone, so nothing that is read moves or closes.

const PATIENCE = 20_000; // milliseconds until a question that was not taken is given back

rag.chat = ({ element, props, trigger, server, watch }) => {
  const find = (selector) => rag.q(element, selector);
  const log = find(".log");
  const question = find("#question");
  const chips = find(".composer .chips");
  const editing = find(".editing");
  const shown = new Map(); // the turns on the page, by their names
  let filters = null; // those set here; null: what the question says
  let insteadOf = "";
  let current = ""; // the turn whose sources are shown
  let busy = false;
  let pending = 0; // asked, and nothing heard of it yet: the clock that gives it up

  rag.ask = (text, more = {}) => {
    if (busy || pending || !text.trim()) return;
    const typed = question.value;
    question.value = "";
    fit();
    pending = setTimeout(() => {
      pending = 0;
      question.value = typed;
      fit();
      state();
    }, PATIENCE);
    state();
    trigger("ask", { question: text, filters, instead_of: insteadOf, ...more });
    edit("");
  };

  const edit = (name) => {
    insteadOf = name;
    editing.hidden = !name;
  };

  const state = () => {
    find("[data-do=ask]").hidden = busy || pending > 0;
    find("[data-do=stop]").hidden = !busy && !pending;
    find(".log").setAttribute("aria-busy", String(busy));
  };

  const fit = () => {
    question.style.height = "auto";
    question.style.height = `${Math.min(question.scrollHeight, 160)}px`;
  };

  // -- turns ------------------------------------------------------------------------------------

  const begin = (turn) => {
    const article = document.createElement("article");
    article.className = "turn";
    article.id = turn.name;
    article.innerHTML =
      '<h2 class="asked"></h2><p class="stage"></p><div class="head"></div>' +
      '<div class="claims"></div><div class="foot"></div><div class="acts">' +
      '<button type="button" class="quiet" data-act="retry">Ask again</button>' +
      '<button type="button" class="quiet" data-act="edit">Edit</button>' +
      '<button type="button" class="quiet" data-act="sources">Sources</button></div>';
    find(".turns").append(article);
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
    kept.turn = turn;
    if (isNew) toTop(article);
  };

  // A new question goes to the top, and what is said grows below it in the room that is left there.
  const toTop = (article) => {
    for (const { article: other } of shown.values()) other.style.minHeight = "";
    article.style.minHeight = `${narrow() ? innerHeight : log.clientHeight}px`;
    if (narrow()) article.scrollIntoView({ block: "start" });
    else log.scrollTop = article.offsetTop - log.offsetTop;
  };
  const narrow = () => getComputedStyle(log).overflowY === "visible";

  const update = () => {
    const value = props.value ?? { turns: [], busy: false };
    clearTimeout(pending);
    pending = 0;
    const names = new Set(value.turns.map((turn) => turn.name));
    for (const [name, { article }] of shown) {
      if (names.has(name)) continue;
      article.remove();
      shown.delete(name);
    }
    for (const turn of value.turns) {
      if (JSON.stringify(shown.get(turn.name)?.turn) !== JSON.stringify(turn)) grow(turn);
    }
    find(".welcome").hidden = value.turns.length > 0;
    busy = value.busy;
    state();
    if (!busy && narrow()) for (const { article } of shown.values()) article.style.minHeight = "";
    const last = value.turns.at(-1);
    if (last && (last.cards.length || last.near || !busy)) sources(last.name);
    if (!last) sources("");
    rag.cited = value.turns.findLast((turn) => turn.cited.length)?.cited ?? [];
  };

  // -- sources ----------------------------------------------------------------------------------

  const panel = find(".cards");
  let cards = [];
  const sources = (name) => {
    const turn = shown.get(name)?.turn ?? { cards: [], near: "" };
    if (name !== current) {
      panel.replaceChildren();
      find(".nearby").innerHTML = "";
      cards = [];
    }
    turn.cards.forEach((card, at) => {
      if (card === cards[at]) return;
      const old = panel.children[at];
      const template = document.createElement("template");
      template.innerHTML = card;
      const fresh = template.content.firstElementChild;
      if (!old) panel.append(fresh);
      else {
        const details = rag.q(old, "details.abstract");
        rag.q(details, "p").innerHTML = rag.q(fresh, "details.abstract p").innerHTML;
      }
    });
    cards = turn.cards;
    const near = find(".nearby");
    if (near.dataset.shown !== name + turn.near) near.innerHTML = turn.near;
    near.dataset.shown = name + turn.near;
    find(".export").hidden = !cards.length;
    find(".sources").classList.toggle("empty", !cards.length && !turn.near);
    current = name;
  };

  const cite = (name, number) => {
    sources(name);
    const card = document.getElementById(`${name}-${number}`);
    if (!card) return;
    rag.q(card, "details.abstract").open = true;
    card.scrollIntoView({ block: "start", behavior: rag.calm() ? "auto" : "smooth" });
    card.focus({ preventScroll: true });
    for (const other of panel.querySelectorAll(".cited")) other.classList.remove("cited");
    card.classList.add("cited");
  };

  // -- filters ----------------------------------------------------------------------------------

  const said = { since: "since", until: "until" };
  const chip = (text, without) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = text;
    button.setAttribute("aria-label", `Remove the filter ${text}`);
    const cross = document.createElement("span");
    cross.setAttribute("aria-hidden", "true");
    cross.textContent = " ×";
    button.append(cross);
    button.addEventListener("click", () => {
      without();
      draw();
      question.focus();
    });
    item.append(button);
    return item;
  };

  const draw = () => {
    const items = [];
    for (const name of ["since", "until"]) {
      if (filters?.[name])
        items.push(chip(`${said[name]} ${filters[name]}`, () => delete filters[name]));
    }
    for (const category of filters?.categories ?? []) {
      items.push(
        chip(`in ${category}`, () => {
          filters.categories = filters.categories.filter((other) => other !== category);
          if (!filters.categories.length) delete filters.categories;
        }),
      );
    }
    if (!items.length) filters = null;
    chips.replaceChildren(...items);
    chips.hidden = !items.length;
  };

  const addFilters = () => {
    const field = (name) => find(`.filters [name=${name}]`);
    const set = filters ?? {};
    for (const name of ["since", "until"]) if (field(name).value) set[name] = field(name).value;
    const category = field("category").value.trim();
    if (category) set.categories = [...new Set([...(set.categories ?? []), category])];
    for (const name of ["since", "until", "category"]) field(name).value = "";
    filters = set;
    draw();
    find(".narrow").open = false;
    question.focus();
  };

  // -- what is done on the page -------------------------------------------------------------------

  const doing = {
    stop: () => trigger("stop", {}),
    clear: () => {
      edit("");
      trigger("clear", {});
      question.focus();
    },
    filter: addFilters,
    keep: () => {
      edit("");
      question.value = "";
      fit();
    },
    copy: () => take("copy"),
    download: () => take("download"),
  };

  const take = (act) =>
    trigger("export", { turn: current, form: find("#form").value, act, time: Date.now() });

  const act = (name, turn) => {
    const asked = shown.get(turn).turn;
    if (name === "retry") rag.ask(asked.plain, { instead_of: turn, filters: asked.filters });
    else if (name === "sources") {
      sources(turn);
      find(".sources").scrollIntoView({ block: "nearest" });
      find(".sources").focus({ preventScroll: true });
    } else {
      edit(turn);
      question.value = asked.plain;
      fit();
      question.focus();
    }
  };

  element.addEventListener("click", (event) => {
    const target = event.target.closest("a.ref, button");
    if (!target) return;
    const data = target.dataset;
    if (target.matches("a.ref")) {
      event.preventDefault();
      cite(data.turn, data.source);
    } else if (data.without) {
      const asked = shown.get(data.turn).turn.plain;
      rag.ask(asked, { instead_of: data.turn, filters: JSON.parse(data.without) });
    } else if (data.act) act(data.act, target.closest(".turn").id);
    else if (data.do && data.do !== "ask") doing[data.do]();
  });

  find(".composer").addEventListener("submit", (event) => {
    event.preventDefault();
    rag.ask(question.value);
  });
  question.addEventListener("input", fit);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      rag.ask(question.value);
    } else if (event.key === "Escape" && (busy || pending)) doing.stop();
  });
  watch("value", update);

  rag.call(server.opening({})).then((told) => {
    if (told.error) return find(".welcome").replaceChildren(rag.note(told.error));
    find(".welcome").innerHTML = told.welcome;
    const option = ([value, text]) => new Option(text, value);
    find("#form").replaceChildren(...Object.entries(told.forms).map(option));
    find("#categories").replaceChildren(...told.categories.map((name) => new Option(name)));
  });
  question.focus({ preventScroll: true });
};
