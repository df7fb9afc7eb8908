// The conversations at the left, and what a number shows when it is pointed at.

rag.keeps = true;

rag.rail = (find, server) => {
  const rail = find(".rail");
  const listed = find(".rail .listed");
  const undo = find(".rail .undo");
  const welcome = find(".welcome");
  const opens = document.getElementById("rail-opens");

  const ask = async (asked) =>
    show(await rag.call(server.conversations({ words: find("#sought").value, ...asked })));
  const show = (told) => {
    if (told.error) return listed.replaceChildren(rag.note(told.error));
    rag.keeps = told.keeps;
    if (listed.innerHTML !== told.html) listed.innerHTML = told.html;
    mark();
  };
  const mark = () => {
    for (const link of listed.querySelectorAll("a")) {
      if (link.hash === `#/c/${rag.conversation}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  rag.listed = () => ask({});

  // The conversation that has just got its name has an address too.
  rag.named = () => {
    const { name } = rag.at();
    if (rag.keeps && ["new", "chat", "c"].includes(name)) rag.go(rag.talk(), true);
    document.querySelector(".missing")?.remove();
    mark();
  };
  rag.missing = () => {
    const note = rag.note("This conversation is not here: it was deleted, or is somebody else’s.");
    note.classList.add("missing");
    document.querySelector(".missing")?.remove();
    welcome.prepend(note);
  };
  rag.railed = (open) => {
    rail.classList.toggle("open", open);
    opens.setAttribute("aria-expanded", String(open));
  };
  opens.addEventListener("click", () => {
    rag.railed(!rail.classList.contains("open"));
    if (rail.classList.contains("open")) find("#sought").focus();
  });

  document.addEventListener("pointerdown", ({ target }) => {
    if (!rail.contains(target) && !opens.contains(target)) rag.railed(false); // it lies over the rest
  });
  rail.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !rail.classList.contains("open")) return;
    rag.railed(false);
    opens.focus();
  });

  const rename = (item, link) => {
    const field = document.createElement("input");
    field.value = link.textContent;
    field.setAttribute("aria-label", "Name of the conversation");
    link.replaceWith(field);
    field.select();
    let over = false;
    const done = (title) => {
      if (over) return;
      over = true;
      ask({ rename: item.dataset.conversation, title });
      field.replaceWith(link);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") done(field.value);
      if (event.key === "Escape") done("");
    });
    field.addEventListener("blur", () => done(field.value));
  };

  listed.addEventListener("click", (event) => {
    const item = event.target.closest("[data-conversation]");
    const link = event.target.closest("a");
    if (link) {
      event.preventDefault();
      return rag.go(link.getAttribute("href"));
    }
    const does = event.target.closest("[data-rail]")?.dataset.rail;
    if (does === "rename") rename(item, rag.q(item, "a"));
    if (does !== "delete") return;
    const name = item.dataset.conversation;
    const wasOpen = name === rag.conversation;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    button.addEventListener("click", async () => {
      undo.classList.add("hidden");
      await ask({ undo: name });
      if (wasOpen && rag.at().name === "new") rag.go(`#/c/${name}`);
    });
    undo.replaceChildren("Deleted. ", button);
    undo.classList.remove("hidden");
    ask({ delete: name });
    if (!wasOpen) return;
    const isOpen = rail.classList.contains("open");
    rag.go("#/");
    rag.railed(isOpen); // what takes it back stays in sight
  });
  let typing;
  find("#sought").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(rag.listed, 150);
  });
  document.addEventListener("visibilitychange", () => document.hidden || rag.listed());
  window.addEventListener("focus", rag.listed);
  show(rag.told.conversations);
  if (rag.at().name === "c") rag.route();
};

// What a number shows while it is pointed at, or has the focus.
rag.peeking = (peek) => {
  let leaving;
  let of = null;
  rag.hidePeek = () => {
    peek.hidden = true;
    of?.removeAttribute("aria-describedby");
    of = null;
  };
  const later = () => {
    clearTimeout(leaving);
    leaving = setTimeout(rag.hidePeek, 200);
  };
  const element = (name, text, kind = "") => {
    const made = document.createElement(name);
    made.className = kind;
    made.textContent = text;
    return made;
  };
  const show = (ref) => {
    clearTimeout(leaving);
    if (of === ref) return;
    const card = rag.cardOf(ref.dataset.turn, Number(ref.dataset.source));
    if (!card) return;
    of = ref;
    const quoted = ref.closest(".claim, .head")?.querySelector("blockquote mark");
    const marked = quoted ?? rag.q(card, "mark");
    const parts = [
      element("p", rag.q(card, "h3 a, h3").textContent.replace(/^\[\d+\]\s*/, ""), "of"),
      element("p", card.dataset.by, "by"),
    ];
    if (marked) {
      const words = element("p", "", "words");
      words.append(marked.cloneNode(true));
      parts.push(words);
    }
    const open = element("button", "Open", "quiet");
    open.dataset.paper = card.dataset.id;
    const cite = element("button", "Copy BibTeX", "quiet");
    cite.addEventListener("click", () => rag.cite(ref.dataset.turn, card.dataset.id));
    const acts = element("div", "", "acts");
    acts.append(open, cite);
    peek.replaceChildren(...parts, acts);
    peek.hidden = false;
    ref.setAttribute("aria-describedby", "peek");
    const at = ref.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - peek.offsetWidth - 8);
    const below = at.bottom + 6 + peek.offsetHeight < innerHeight;
    peek.style.left = `${Math.max(8, left)}px`;
    peek.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - 6 - peek.offsetHeight)}px`;
  };
  const over = (event) => {
    const ref = event.target.closest?.("a.ref");
    if (ref) show(ref);
    else if (event.target.closest?.("#peek")) clearTimeout(leaving);
    else if (of) later();
  };
  document.addEventListener("mouseover", over);
  document.addEventListener("focusin", over);
  document.addEventListener("scroll", () => of && rag.hidePeek(), true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && rag.hidePeek());
};
