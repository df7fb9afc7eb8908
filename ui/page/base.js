// What the parts of the page share: the head with its ways and its light, and the paper in front.
// Each part is a function of rag that Gradio calls with its element once that is on the page.

rag.q = (element, selector) => element.querySelector(selector);

// A server function's answer; its error, or that there was none, as words.
rag.call = async (asked) => {
  const told = await asked;
  if (told === undefined) return { error: "The page cannot be reached: is it still running?" };
  return told;
};

// Whether who looks wants nothing to move.
rag.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

rag.note = (text) => {
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "alert");
  note.textContent = text;
  return note;
};

rag.views = ["chat", "library", "map", "add", "status"];
rag.opened = {}; // what to do when a part is looked at

// Where the page is, by its address: #/c/ID, #/paper/ID, #/library?q=..., #/map, #/; each part says
// in rag.routes what its own address does.
rag.routes = {};
rag.at = () => {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  return { name: name || "new", rest: decodeURIComponent(rest.join("/")), query };
};
rag.route = () => {
  const { name, rest, query } = rag.at();
  if (name !== "paper") document.querySelector("#paper[open]")?.close();
  if (rag.views.includes(name)) rag.show(name);
  rag.routes[name]?.(rest, new URLSearchParams(query));
};
rag.go = (address, quietly = false) => {
  if (location.hash !== address) history.pushState(null, "", address);
  if (!quietly) rag.route();
};

rag.show = (name) => {
  const view = rag.views.includes(name) ? name : "chat";
  document.body.dataset.view = view;
  for (const link of document.querySelectorAll("nav a[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  rag.opened[view]?.();
};

rag.header = ({ element }) => {
  const remembered = localStorage.getItem("rag-theme");
  if (remembered) document.body.classList.toggle("dark", remembered === "dark");
  rag.q(element, "#theme").addEventListener("click", () => {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("rag-theme", dark ? "dark" : "light");
    document.dispatchEvent(new Event("rag-theme"));
  });
  rag.q(element, ".skip").addEventListener("click", (event) => {
    event.preventDefault();
    rag.show("chat");
    document.getElementById("question")?.focus();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link) return;
    event.preventDefault();
    rag.go(link.dataset.view === "chat" ? rag.talk() : `#/${link.dataset.view}`);
  });
  window.addEventListener("popstate", rag.route);
  const { name } = rag.at();
  rag.show(rag.views.includes(name) ? name : "chat");
};

// The address of the conversation that is open.
rag.talk = () => (rag.conversation && rag.keeps ? `#/c/${rag.conversation}` : "#/chat");

// The paper in front of the page; also where "more like this" is answered, wherever it stands.
rag.paper = ({ element, server }) => {
  const dialog = rag.q(element, "dialog");
  const inside = rag.q(dialog, ".inside");
  let before = ""; // the address that closing the paper leads back to
  let span = ""; // the characters of the abstract to mark, "start-end"
  rag.open = (id, mark = "") => {
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
  dialog.addEventListener("close", () => {
    if (rag.at().name === "paper") rag.go(before || "#/", true);
  });
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
    const button = event.target.closest("button");
    if (button?.dataset.paper) rag.open(button.dataset.paper, button.dataset.span);
    else if (button?.dataset.like) like(button);
    else if (button?.dataset.ask) {
      if (dialog.open) dialog.close();
      rag.go(rag.talk(), true);
      rag.show("chat");
      rag.ask(button.dataset.ask);
    } else if (event.target === dialog) dialog.close();
  });
  rag.peeking(rag.q(element, "#peek"));
  rag.keys(rag.q(element, "#keys"));
  if (rag.at().name === "paper") rag.route();
};
