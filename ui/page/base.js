// What the parts of the page share: the head with its ways and its light, and the paper in front.
// Each part is a function of rag that Gradio calls with its element once that is on the page.

rag.q = (element, selector) => element.querySelector(selector);

const UNANSWERED = "The server did not answer this.";

// A server function's answer; its error, or that there was none, as words.
rag.call = async (asked) => {
  const told = await Promise.resolve(asked).catch(() => undefined);
  if (told !== undefined) return told;
  rag.look?.();
  return { error: UNANSWERED };
};

// Whether who looks wants nothing to move.
rag.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Whether it is used by touch: a field with the focus would bring up a keyboard.
rag.touched = () => matchMedia("(pointer: coarse)").matches;

// Hides the items of a list that would stand in a second row.
rag.oneRow = (place) => {
  const items = [...place.querySelectorAll("li")];
  for (const item of items) item.hidden = false;
  for (const item of items) item.hidden = item.offsetTop > items[0].offsetTop;
};

rag.note = (text) => {
  const note = document.createElement("p");
  note.className = text === UNANSWERED ? "note unanswered" : "note";
  note.setAttribute("role", "alert");
  note.textContent = text;
  return note;
};

// Maths is copied as it was written: its parts would each be a line of their own.
rag.copying = (event) => {
  const selection = getSelection();
  const copied = selection.rangeCount ? selection.getRangeAt(0).cloneContents() : null;
  if (!copied?.querySelector("math")) return;
  for (const maths of copied.querySelectorAll("math"))
    maths.replaceWith(maths.getAttribute("data-latex") ?? maths.textContent);
  const place = document.createElement("div"); // in the page, where what is hidden is known
  place.style.cssText = "position: fixed; left: -200vw; width: 100vw";
  place.append(copied);
  document.querySelector(".gradio-container").append(place);
  event.clipboardData.setData("text/plain", place.innerText);
  place.remove();
  event.preventDefault();
};

rag.views = ["chat", "library", "saved", "watches", "map", "add", "status"];
rag.opened = {}; // what to do when a part is looked at
rag.ways = {}; // the address that leads back to where a part was left

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
    const way = event.target.closest(".here a:not(.opens)");
    if (way) {
      event.preventDefault();
      return rag.go(way.getAttribute("href"));
    }
    const link = event.target.closest("a[data-view]");
    if (!link) return;
    event.preventDefault();
    const { view } = link.dataset;
    const again = document.body.dataset.view === view; // a second click begins anew
    rag.go(view === "chat" ? rag.talk() : (!again && rag.ways[view]) || `#/${view}`);
  });
  document.addEventListener("copy", rag.copying);
  window.addEventListener("popstate", (event) => rag.cameBack?.(event) || rag.route());
  rag.alive(rag.q(element, ".bar"));
  rag.show(rag.at().name);
};

// The address of the conversation that is open.
rag.talk = () => (rag.conversation && rag.keeps ? `#/c/${rag.conversation}` : "#/chat");
