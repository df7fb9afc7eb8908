// The conversation: what is asked goes out as an event, what comes back is shown as it grows.
// Turns that are there already are left alone, so nothing that is read moves or closes.

const MEANWHILE = 500; // milliseconds between two looks whether the examples are there
const PATIENCE = 20_000; // milliseconds until a question that was not taken is given back

rag.chat = ({ element, props, trigger, server, watch }) => {
  const find = (selector) => rag.q(element, selector);
  const log = find(".log");
  const composer = find(".composer");
  const question = find("#question");
  const editing = find(".editing");
  const filters = rag.filters(find, () => question.focus());
  const shown = new Map(); // the turns on the page, by their names
  const tables = rag.tables(shown, trigger);
  const narrow = () => getComputedStyle(log).overflowY === "visible";
  const { sources, cite, current } = rag.beside(find, shown, narrow, () => away.offer());
  const away = rag.away(find, shown, current, trigger);
  const rest = rag.rest(shown, trigger, log);
  const facets = rag.facets(shown, trigger, (article) => {
    rest.narrow(article);
    if (article.id === current()) away.offer();
  });
  const grow = rag.turns(shown, find(".turns"), (article) => toTop(article), rest);
  let insteadOf = "";
  let busy = false;
  let pending = 0; // asked, and nothing heard of it yet: the clock that gives it up
  let latest = 0; // when what is shown was told
  let asking = ""; // what was asked last
  let due = ""; // the turn whose sources are still to be shown
  let wanted = null; // the conversation that is being opened, "" a new one
  let left = ""; // the one that is left for a new one
  let looked = 0; // when this tab was last come back to
  let aside = null; // a draft that was there before a question was edited

  rag.ask = (text, more = {}) => {
    if (busy || pending || !text.trim()) return;
    if (rag.gone) {
      write(text);
      return rag.look();
    }
    const typed = question.value;
    if (text === typed) write(aside ?? ""); // what is written stays where something else is asked
    aside = null;
    pending = setTimeout(() => {
      pending = 0;
      write(typed || text);
      state();
      rag.look();
    }, PATIENCE);
    asking = text;
    if (rag.touched()) question.blur(); // its keyboard would cover the answer
    composer.classList.remove("touched");
    find(".next").hidden = false;
    find(".back").hidden = true;
    state();
    const where = wanted === null ? {} : { id: wanted, at: performance.now() };
    trigger("ask", { question: text, filters: filters.set(), instead_of: insteadOf, ...where, ...more });
    edit("");
  };

  rag.kept = () => {
    if ((busy || pending) && !question.value) write(asking);
    clearTimeout(pending);
    pending = 0;
    busy = false;
    state();
  };

  const edit = (name) => {
    insteadOf = name;
    editing.hidden = !name;
  };

  const write = (text) => {
    question.value = text;
    draft();
    fit();
  };
  const draft = () => insteadOf || localStorage.setItem("rag-draft", question.value);

  const state = () => {
    find("[data-do=ask]").hidden = busy || pending > 0;
    find("[data-do=stop]").hidden = !busy && !pending;
    find(".log").setAttribute("aria-busy", String(busy));
  };

  const fit = () => {
    question.style.height = "auto";
    question.style.height = `${Math.min(question.scrollHeight, 160)}px`;
  };

  // A new question goes to the top, and what is said grows below it in the room that is left there.
  const toTop = (article) => {
    for (const { article: other } of shown.values()) other.style.minHeight = "";
    article.style.minHeight = `${narrow() ? innerHeight : log.clientHeight}px`;
    if (narrow()) article.scrollIntoView({ block: "start" });
    else log.scrollTop += article.getBoundingClientRect().top - log.getBoundingClientRect().top;
  };
  const update = () => {
    const value = props.value ?? { turns: [], busy: false, at: 1, conversation: "" };
    if (value.at < latest) return;
    latest = value.at;
    const moved = value.conversation !== rag.conversation;
    if (moved || value.turns.some(({ name }) => !shown.has(name))) {
      clearTimeout(pending); // what else comes may be about the question before
      pending = 0;
    }
    rag.conversation = value.conversation;
    const there = wanted ? value.conversation === wanted : value.conversation !== left;
    if (value.missing || there) wanted = null;
    if (value.missing) rag.missing(value.missing);
    else if (moved && value.conversation) rag.named();
    const names = new Set(value.turns.map((turn) => turn.name));
    for (const [name, { article }] of shown) {
      if (names.has(name)) continue;
      article.remove();
      shown.delete(name);
    }
    find(".welcome").hidden = value.turns.length > 0;
    // Its room is kept from the question on, so that nothing moves when the answer is there.
    find(".next").hidden = !value.turns.length;
    const isNew = !shown.has(value.turns.at(-1)?.name);
    for (const turn of value.turns) {
      if (JSON.stringify(shown.get(turn.name)?.turn) !== JSON.stringify(turn)) grow(turn);
    }
    const next = find(".next");
    const offered = value.busy ? "" : (value.turns.at(-1)?.next ?? "");
    if (next.innerHTML !== offered) next.innerHTML = offered;
    rag.oneRow(next); // what does not fit into it whole is not offered
    busy = value.busy;
    state();
    if (!busy && narrow()) for (const { article } of shown.values()) article.style.minHeight = "";
    if (moved && value.turns.length !== 1) log.scrollTop = 0;
    if (!busy) rag.listed?.();
    const last = value.turns.at(-1);
    if (isNew) due = last?.name ?? "";
    const stands = last && [due, current()].includes(last.name); // else an earlier one is read
    if (stands && (last.cards.length || !busy)) {
      sources(last.name);
      due = "";
    }
    if (!last) sources("");
    rag.cited = value.turns.findLast((turn) => turn.cited.length)?.cited ?? [];
  };

  // -- what is done on the page -------------------------------------------------------------------

  const doing = {
    stop: () => trigger("stop", {}),
    clear: () => rag.go("#/"),
    filter: () => filters.add(),
    keep: () => {
      edit("");
      write(aside ?? "");
      aside = null;
    },
    copy: () => away.take("copy"),
    download: () => away.take("download"),
    keys: () => document.getElementById("keys").showModal(),
    back: () => history.back(),
  };

  // What an address of a conversation does.
  const forget = () => {
    keep();
    clearTimeout(pending);
    pending = 0;
  };
  const keep = () => insteadOf && doing.keep();
  rag.routes.new = () => {
    rag.show("chat");
    rag.railed(false);
    if (rag.conversation || busy) {
      forget();
      wanted = "";
      left = rag.conversation;
      trigger("clear", { at: performance.now() });
    }
    if (!rag.touched()) question.focus({ preventScroll: true });
  };
  rag.routes.c = (id) => {
    rag.show("chat");
    rag.railed(false);
    if (id === (wanted ?? rag.conversation)) return;
    forget();
    wanted = id;
    trigger("open", { id, at: performance.now() });
  };

  const act = (name, turn) => {
    const asked = shown.get(turn).turn;
    if (name === "retry") rag.ask(asked.plain, { instead_of: turn, filters: asked.filters });
    else if (name === "copy") away.send("copy", { turn, form: "markdown" });
    else if (name === "csv")
      away.send("download", { turn, form: "table", columns: tables.columns() });
    else if (name === "table") tables.toggle(turn);
    else if (name === "widen") shown.get(turn).article.widen();
    else if (name === "more") rest.more(shown.get(turn).article, true);
    else if (name === "compare") tables.compare(rag.q(shown.get(turn).article, ".table"));
    else if (name === "sources") {
      sources(turn);
      find(".sources").scrollIntoView({ block: "nearest" });
      find(".sources").focus({ preventScroll: true });
    } else {
      aside ??= question.value;
      edit(turn);
      write(asked.plain);
      question.focus();
    }
  };

  const unfold = (sentence) => {
    const open = sentence.getAttribute("aria-expanded") === "true";
    sentence.setAttribute("aria-expanded", String(!open));
    document.getElementById(sentence.getAttribute("aria-controls")).hidden = open;
  };
  element.addEventListener("keydown", (event) => {
    if (!event.target.matches(".opens-evidence") || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    unfold(event.target);
  });

  element.addEventListener("click", (event) => {
    const target = event.target.closest("a.ref, button, .opens-evidence");
    if (!target) return;
    if (target.matches(".opens-evidence")) {
      if (getSelection().isCollapsed) unfold(target); // words can be marked without opening it
      return;
    }
    const data = target.dataset;
    if (target.matches("a.ref")) {
      event.preventDefault();
      cite(data.turn, data.source, target);
    } else if (data.without) {
      const asked = shown.get(data.turn).turn.plain;
      rag.ask(asked, { instead_of: data.turn, filters: JSON.parse(data.without) });
    } else if (data.instead) {
      rag.ask(data.instead, { instead_of: data.turn });
    } else if (data.by) {
      const { name, versions } = shown.get(target.closest(".turn").id).turn;
      trigger("choose", { turn: versions[versions.indexOf(name) + Number(data.by)] });
    } else if (data.sort) tables.sort(target);
    else if (data.act) act(data.act, target.closest(".turn").id);
    else if (data.do && data.do !== "ask") doing[data.do]();
  });

  // Not by the focus alone: what moves while a button is pressed is not pressed.
  question.addEventListener("focus", () => composer.classList.add("touched"));
  document.addEventListener("pointerdown", (event) => {
    if (!composer.contains(event.target)) composer.classList.remove("touched");
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    rag.ask(question.value);
  });
  question.addEventListener("input", () => (draft(), fit()));
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      rag.ask(question.value);
    } else if (event.key === "ArrowUp" && !question.value) {
      const asked = [...shown.values()].at(-1)?.turn.plain;
      if (!asked) return;
      event.preventDefault();
      write(asked);
    } else if (event.key === "Escape" && (busy || pending)) doing.stop();
  });
  tables.listen(element);
  element.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches(".facets[open]") || event.target.dataset.asked) return;
      event.target.dataset.asked = "yes";
      facets(event.target.closest(".turn"));
    },
    true,
  );
  watch("value", update);

  // Who comes back to this tab sees what was asked in another one.
  const again = () => {
    const now = performance.now();
    const idle = rag.conversation && rag.keeps && wanted === null && !busy && !pending;
    if (document.hidden || !idle || now - looked < 1000) return;
    looked = now;
    trigger("open", { id: rag.conversation, at: now });
  };
  document.addEventListener("visibilitychange", again);
  window.addEventListener("focus", again);

  const open = async () => {
    const told = rag.told ?? (await rag.call(server.opening({}))); // at first it came with the page
    if (told.error) return find(".welcome").replaceChildren(rag.note(told.error));
    find(".welcome").innerHTML = told.welcome;
    const option = ([value, text]) => new Option(text, value);
    find("#form").replaceChildren(...Object.entries(told.forms).map(option));
    find("#categories").replaceChildren(...told.categories.map((name) => new Option(name)));
    examples();
  };
  // They are tried before they are offered, and take longer than the rest where papers are many; so
  // do the topics, which the map is drawn for.
  const examples = async () => {
    const here = find(".here");
    if (!here) return;
    const told = await rag.call(server.examples({}));
    if (!here.isConnected) return;
    if (told.pending) return setTimeout(examples, MEANWHILE);
    const place = find(".examples[aria-busy]");
    if (place) {
      place.removeAttribute("aria-busy");
      place.style.minHeight = `${place.getBoundingClientRect().height}px`; // nothing below moves
      place.innerHTML = told.html ?? "";
    }
    if (told.topics) rag.q(here, ".largest").innerHTML = told.topics;
    if (told.drawing) setTimeout(examples, 2 * MEANWHILE);
  };
  new ResizeObserver(() => rag.oneRow(find(".next"))).observe(find(".next"));
  rag.firstSeen();
  rag.added = open; // what stands there at first is of all papers
  open();
  write(localStorage.getItem("rag-draft") ?? "");
  if (!rag.touched()) question.focus({ preventScroll: true });
  rag.rail(find, server);
  rag.told = undefined;
};
