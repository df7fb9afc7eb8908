// What stands beside an answer: its sources, and the way to them from a number and back.

// Parameters: find, which looks in the conversation; shown, the turns by name; narrow, tells whether
// the sources stand below the answers; changed, told when the sources of a turn stand there.
// Returns what shows the sources of a turn, and what follows a number.
rag.beside = (find, shown, narrow, changed) => {
  const panel = find(".cards");
  let current = ""; // the turn whose sources are shown
  let cards = [];
  const sources = (name) => {
    const turn = shown.get(name)?.turn ?? { cards: [] };
    if (name !== current) {
      panel.replaceChildren();
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
        old.dataset.spans = fresh.dataset.spans;
        const details = rag.q(old, "details.abstract");
        rag.q(details, "p").innerHTML = rag.q(fresh, "details.abstract p").innerHTML;
      }
    });
    cards = turn.cards;
    find(".export").hidden = !cards.length;
    find(".sources").classList.toggle("empty", !cards.length);
    rag.follow(name, panel.firstElementChild);
    current = name;
    changed();
  };

  // What stands beside follows what is read, unless a paper was chosen to be read there.
  const READ = 1 / 2; // of the height of what is seen: above it stands what is read
  let scrolling;
  const log = find(".log");
  const follow = () => {
    if (narrow() || rag.chosen()) return;
    const { top, height } = log.getBoundingClientRect();
    const above = ({ article }) => article.getBoundingClientRect().top <= top + READ * height;
    const [name, { turn } = {}] = [...shown].findLast(([, each]) => above(each)) ?? [];
    if (!turn || name === current) return;
    if (turn.cards.length || turn.state !== "busy") sources(name); // none beside what has none
  };
  log.addEventListener("scroll", () => {
    clearTimeout(scrolling);
    scrolling = setTimeout(follow, 150);
  });

  // The card of a source, whether it stands beside the answer now or not.
  rag.cardOf = (name, number) => {
    const template = document.createElement("template");
    template.innerHTML = shown.get(name)?.turn.cards.join("") ?? "";
    return template.content.getElementById(`${name}-${number}`);
  };

  const cite = (name, number, ref) => {
    sources(name);
    const card = document.getElementById(`${name}-${number}`);
    if (!card) return;
    if (rag.wide()) {
      rag.read(card.dataset.id, { mark: card.dataset.spans, focus: true });
      return;
    }
    if (narrow()) wayBack(number, ref);
    rag.q(card, "details.abstract").open = true;
    // On a phone at once: on the way more papers would come in between.
    const behavior = narrow() || rag.calm() ? "instant" : "smooth";
    card.scrollIntoView({ block: "start", behavior });
    card.focus({ preventScroll: true });
    for (const other of panel.querySelectorAll(".cited")) other.classList.remove("cited");
    card.classList.add("cited");
  };

  // On a phone the sources stand below the answers: a button leads back to the number that was
  // followed, and so does the browser's own.
  const followed = []; // the numbers, and where the page stood
  const wayBack = (number, ref) => {
    history.replaceState({ followed: followed.push({ ref, top: scrollY }) - 1 }, "");
    history.pushState(null, "", location.hash || "#/");
    find(".back").textContent = `Back to [${number}] in the answer`;
    find(".back").hidden = false;
  };
  rag.isFollowing = () => !find(".back").hidden; // a number was followed: nothing may come above its paper
  rag.cameBack = (event) => {
    const place = followed[event.state?.followed];
    find(".back").hidden = true;
    if (!place?.ref?.isConnected || document.body.dataset.view !== "chat") return false;
    scrollTo({ top: place.top, behavior: "instant" });
    place.ref.focus({ preventScroll: true });
    return true;
  };

  // On paper: the sources of all that was asked, each once, with its abstract.
  addEventListener("beforeprint", () => {
    const printed = new Map();
    const template = document.createElement("template");
    for (const { turn } of shown.values()) {
      template.innerHTML = turn.cards.join("");
      for (const card of template.content.children) {
        card.removeAttribute("id");
        rag.q(card, "details.abstract").open = true;
        printed.set(card.dataset.id, card);
      }
    }
    const number = (card) => Number(rag.q(card, ".number").textContent.replace(/\D/g, ""));
    find(".printed").replaceChildren(...[...printed.values()].sort((a, b) => number(a) - number(b)));
  });
  addEventListener("afterprint", () => find(".printed").replaceChildren());

  return { sources, cite, current: () => current };
};
