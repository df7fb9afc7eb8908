// The keys, and the palette of Ctrl+K over conversations, papers and commands.

rag.keys = (dialog) => {
  const writing = (target) => target.matches?.("input, textarea, select, [contenteditable]");
  // What j and k go through: the papers of what is looked at.
  const stops = () => {
    const view = document.body.dataset.view;
    const inside = view === "chat" ? ".turn" : `#part-${view}`;
    const rows =
      ".claim:has(.of, .column), .of-papers tbody tr, .further li:not(.label), .nearest li, .saved, tbody tr";
    return [...document.querySelectorAll(`${inside} :is(${rows})`)].filter(
      (row, at, all) => row.checkVisibility() && all.indexOf(row) === at,
    );
  };
  const title = (row) =>
    row.querySelector(".of a:not(.ref)") ?? row.querySelector(".opens:not(.quoted), [data-paper]");
  const step = (by) => {
    const rows = stops();
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const at = now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by;
    const next = rows[Math.min(Math.max(at, 0), rows.length - 1)];
    title(next)?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const last = (selector) => [...document.querySelectorAll(selector)].at(-1);
  const does = {
    "/": () => {
      rag.show("chat");
      document.getElementById("question").focus();
    },
    "?": () => dialog.showModal(),
    n: () => rag.go("#/"),
    j: () => step(1),
    k: () => step(-1),
    t: () => last(".turn:has(.claim) [data-act=table]:not([hidden])")?.click(),
    s: () => {
      const row = stops().find((each) => each.contains(document.activeElement));
      (row ?? document.querySelector("dialog[open], .reader"))?.querySelector(".star")?.click();
    },
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return rag.palette();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter") {
      const row = stops().find((each) => each.contains(event.target));
      const opens = row?.querySelector("[data-paper]");
      if (!opens || event.target !== title(row) || event.target === opens) return;
      event.preventDefault(); // the title leads to arXiv when it is clicked
      return opens.click();
    }
    if (!does[event.key]) return;
    event.preventDefault();
    does[event.key]();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
};

rag.finding = ({ element, server }) => {
  const dialog = rag.q(element, "#palette");
  const field = rag.q(dialog, "input");
  const list = rag.q(dialog, "[role=listbox]");
  const commands = [
    ["New conversation", () => rag.go("#/")],
    ["To the question", () => (rag.show("chat"), document.getElementById("question").focus())],
    ["Library", () => rag.go("#/library")],
    ["Reading list", () => rag.go("#/saved")],
    ["New for your watches", () => rag.go("#/watches")],
    ["Map", () => rag.go("#/map")],
    ["Add papers", () => rag.go("#/add")],
    ["Status", () => rag.go("#/status")],
    ["Dark or light", () => document.getElementById("theme").click()],
    ["Print", () => print()],
    ["Keys", () => document.getElementById("keys").showModal()],
  ];
  let chosen = 0;
  let asked = 0;

  const mark = () => {
    const options = [...list.querySelectorAll("[role=option]")];
    chosen = Math.min(Math.max(chosen, 0), options.length - 1);
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    const now = options[chosen];
    if (now) field.setAttribute("aria-activedescendant", now.id);
    else field.removeAttribute("aria-activedescendant");
    now?.scrollIntoView({ block: "nearest" });
  };
  const group = (name, entries) => {
    if (!entries.length) return [];
    const box = document.createElement("div");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", name);
    const heading = document.createElement("div");
    heading.className = "label";
    heading.setAttribute("aria-hidden", "true");
    heading.textContent = name;
    const options = entries.map(([label, act], at) => {
      const option = document.createElement("div");
      option.id = `palette-${name.toLowerCase()}-${at}`;
      option.setAttribute("role", "option");
      option.textContent = label;
      option.addEventListener("click", () => {
        dialog.close();
        act();
      });
      return option;
    });
    box.append(heading, ...options);
    return [box];
  };
  let looking;
  // What is offered to be asked follows the box at once, also while the server still looks.
  const offer = () => {
    const option = document.getElementById("palette-ask-0");
    if (option) option.textContent = `Ask “${field.value.trim()}”`;
  };
  const look = async () => {
    const mine = ++asked;
    offer();
    const words = field.value.trim().toLowerCase();
    const told = await rag.call(server.found({ words }));
    if (mine !== asked) return;
    if (told.error) return list.replaceChildren(rag.note(told.error));
    const fits = ([label]) => words.split(/\s+/).every((word) => label.toLowerCase().includes(word));
    const ask = field.value.trim();
    list.replaceChildren(
      ...group("Commands", commands.filter(fits).slice(0, words ? 5 : 4)),
      ...group("Conversations", told.talks.map(({ title, to }) => [title, () => rag.go(to)])),
      ...group("Papers", told.papers.map(({ title, id }) => [title, () => rag.open(id)])),
      ...group(
        "Ask",
        ask ? [[`Ask “${ask}”`, () => (rag.go(rag.talk(), true), rag.show("chat"), rag.ask(field.value.trim()))]] : [],
      ),
    );
    chosen = 0;
    mark();
  };
  field.addEventListener("input", () => (looking = look()));
  field.addEventListener("keydown", async (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      chosen += by;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      await looking;
      list.querySelector("[aria-selected=true]")?.click();
    }
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  rag.palette = () => {
    if (dialog.open) return dialog.close();
    document.querySelector("dialog[open]")?.close();
    field.value = "";
    dialog.showModal();
    looking = look();
  };
};
