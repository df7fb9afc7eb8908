// One paper to read: in front of the page, or beside the answers where there is room. Also what is
// kept of it (tags, a note), and "more like this", wherever that stands.

// Whether there is room beside the answers.
rag.wide = () => matchMedia("(min-width: 1440px)").matches;

rag.paper = ({ element, server }) => {
  const dialog = rag.q(element, "dialog");
  const inside = rag.q(dialog, ".inside");
  const side = () => document.querySelector(".reader");
  let before = ""; // the address that closing the paper leads back to
  let span = ""; // the characters of the abstract to mark, "12-40,60-80"
  let asked = 0; // only the latest paper that was asked for is shown beside the answers

  // Beside the answers where there are some, with room, and they are looked at; else in front.
  rag.open = (id, mark = "") => {
    const answers = document.body.dataset.view === "chat" && document.querySelector(".turn");
    if (rag.wide() && answers && !dialog.open)
      return rag.read(id, { mark, focus: true });
    span = mark;
    if (rag.at().name !== "paper") before = location.hash || "#/";
    rag.go(`#/paper/${encodeURIComponent(id)}`);
  };
  rag.routes.paper = async (id) => {
    rag.hidePeek?.();
    const told = await rag.call(server.paper({ id, span }));
    if (told.error) inside.replaceChildren(rag.note(told.error));
    else inside.innerHTML = told.html;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };
  const leave = () => {
    if (rag.at().name === "paper") rag.go(before || "#/", true);
  };
  // "close" comes later, when one may be somewhere else already.
  for (const name of ["cancel", "submit", "close"]) dialog.addEventListener(name, leave);

  rag.read = async (id, { mark = "", focus = false, chosen = true } = {}) => {
    const mine = ++asked;
    if (chosen) followed.chosen = true;
    rag.hidePeek?.();
    const told = await rag.call(server.paper({ id, span: mark, side: true }));
    if (mine !== asked) return;
    const place = side();
    if (told.error) place.replaceChildren(rag.note(told.error));
    else place.innerHTML = told.html;
    place.hidden = false;
    const { parentElement: panel } = place;
    panel.classList.remove("empty");
    panel.scrollTop = 0;
    const first = rag.q(place, "mark");
    if (chosen && first && first.getBoundingClientRect().bottom > innerHeight)
      first.scrollIntoView({ block: "nearest" }); // no further: the title may stay in sight
    for (const card of document.querySelectorAll(".card.cited")) card.classList.remove("cited");
    document.querySelector(`.card[data-id="${CSS.escape(id)}"]`)?.classList.add("cited");
    if (focus) rag.q(place, "h2")?.focus({ preventScroll: true });
  };
  // What an answer cites first is there to be read before anything is chosen.
  let followed = { turn: "", mark: "", chosen: false };
  rag.follow = (turn, card) => {
    const mark = card ? `${card.dataset.id} ${card.dataset.spans}` : "";
    if (turn === followed.turn && (followed.chosen || mark === followed.mark)) return;
    if (turn !== followed.turn || !card) {
      asked += 1;
      side().hidden = true;
      side().replaceChildren();
    }
    followed = { turn, mark, chosen: false };
    if (card && rag.wide())
      rag.read(card.dataset.id, { mark: card.dataset.spans, chosen: false });
  };

  rag.chosen = () => followed.chosen && !side().hidden && rag.wide();

  const like = async (button) => {
    const place = button.nextElementSibling;
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    place.hidden = open;
    if (open || place.childElementCount) return;
    const told = await rag.call(server.like({ id: button.dataset.like }));
    if (told.error) place.replaceChildren(rag.note(told.error));
    else place.innerHTML = told.html;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, a.opens");
    if (button?.href && (event.ctrlKey || event.metaKey || event.shiftKey)) return; // another tab
    if (button?.href) event.preventDefault();
    if (button?.dataset.paper) rag.open(button.dataset.paper, button.dataset.span);
    else if (button?.dataset.like) like(button);
    else if (button?.matches("[data-bibtex]"))
      rag.copied(rag.q(button.closest(".reading"), "pre").textContent);
    else if (button?.dataset.ask) {
      if (dialog.open) dialog.close();
      rag.go(rag.talk(), true);
      rag.show("chat");
      rag.ask(button.dataset.ask);
    } else if (event.target === dialog) dialog.close();
  });

  // Tags and the note of the paper that is read.
  const again = async (own) => {
    const reading = own.closest(".reading");
    const id = reading.dataset.reading;
    const told = await rag.call(server.paper({ id, side: reading.parentElement.matches(".reader") }));
    if (told.error) return;
    const template = document.createElement("template");
    template.innerHTML = told.html;
    own.querySelector(".chips").replaceWith(template.content.querySelector(".own .chips"));
    reading.querySelector(".tagging").focus();
  };
  const keep = async (own, asked) => {
    await rag.save({ papers: [own.dataset.paperOwn], ...asked });
    if (asked.tag) await again(own);
  };
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-untag]");
    if (chip) keep(chip.closest(".own"), { does: "untag", tag: chip.dataset.untag });
  });
  document.addEventListener("change", (event) => {
    const own = event.target.closest(".own");
    if (!own) return;
    const { value } = event.target;
    if (event.target.matches(".noting")) keep(own, { does: "note", note: value });
    else if (event.target.matches(".tagging") && value.trim())
      keep(own, { does: "tag", tag: value });
  });

  rag.peeking(rag.q(element, "#peek"));
  rag.keys(rag.q(element, "#keys"));
  if (rag.at().name === "paper") rag.route();
};
