// The library: searched as one types, sorted, read page by page; papers are ticked and taken away.
// Its address holds all of it: #/library?q=...&order=title&page=2.

rag.library = ({ element, server }) => {
  const find = (selector) => rag.q(element, selector);
  const form = find(".find");
  const field = (name) => rag.q(form, `[name=${name}]`);
  const picked = new Set(); // kept while one searches on
  let page = 0;
  let count = 0;
  let order = ""; // the one that was chosen; none: the best first while there are words
  let asked = 0; // only the latest question's answer is shown

  const query = () => ({ ...Object.fromEntries(new FormData(form)), order: effective() });
  const effective = () => order || (field("words").value.trim() ? "relevance" : "listed");
  const NAMES = { words: "q", category: "category", since: "since", until: "until" };

  const address = () => {
    const parts = new URLSearchParams();
    for (const [name, short] of Object.entries(NAMES))
      if (field(name).value.trim()) parts.set(short, field(name).value.trim());
    if (order) parts.set("order", order);
    if (page) parts.set("page", page + 1);
    const said = parts.toString();
    return said ? `#/library?${said}` : "#/library";
  };
  const remember = () => (rag.ways.library = address());

  const load = async () => {
    const mine = ++asked;
    const words = field("words").value.trim();
    rag.q(form, "[value=relevance]").disabled = !words;
    if (order === "relevance" && !words) order = "";
    field("order").value = effective();
    remember();
    const told = await rag.call(server.rows({ ...query(), page }));
    if (mine !== asked) return;
    if (told.error) return find(".shown").replaceChildren(rag.note(told.error));
    find("tbody").innerHTML = told.rows;
    for (const button of element.querySelectorAll("[data-orders]")) {
      const at = button.dataset.orders.split(" ").indexOf(effective());
      const up = ["title", "oldest"].includes(effective()) && at >= 0;
      button.parentElement.setAttribute(
        "aria-sort",
        at < 0 ? "none" : up ? "ascending" : "descending",
      );
    }
    ({ page, count } = told);
    remember();
    find(".shown").textContent = told.said;
    find(".page").textContent = told.more || page ? `Page ${page + 1}` : "";
    find("[data-page='-1']").disabled = !page;
    find("[data-page='1']").disabled = !told.more;
    find(".pages").hidden = !told.more && !page;
    mark();
  };
  const anew = () => {
    page = 0;
    return load();
  };

  let typing;
  form.addEventListener("input", (event) => {
    if (event.target.name === "order") return;
    page = 0;
    clearTimeout(typing);
    typing = setTimeout(load, 150);
    history.replaceState(null, "", address()); // no step back for every letter
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  const sort = (wanted) => {
    order = wanted === (field("words").value.trim() ? "relevance" : "listed") ? "" : wanted;
    page = 0;
    rag.go(address(), true);
    load();
  };
  field("order").addEventListener("change", (event) => sort(event.target.value));
  find("thead").addEventListener("click", (event) => {
    const orders = event.target.closest("[data-orders]")?.dataset.orders.split(" ");
    if (orders) sort(effective() === orders[0] ? orders[1] : orders[0]);
  });
  find(".pages").addEventListener("click", (event) => {
    const by = event.target.closest("[data-page]")?.dataset.page;
    if (!by) return;
    page += Number(by);
    rag.go(address(), true);
    load().then(() => scrollTo(0, 0));
  });
  rag.routes.library = (_, given) => {
    for (const [name, short] of Object.entries(NAMES)) field(name).value = given.get(short) ?? "";
    order = given.get("order") ?? "";
    if (![...field("order").options].some(({ value }) => value === order)) order = "";
    page = Math.max(0, Number(given.get("page") ?? 1) - 1 || 0);
    load();
  };

  // -- what is ticked ---------------------------------------------------------------------------

  const all = find(".all input");
  const boxes = () => [...element.querySelectorAll("[data-pick]")];
  const mark = () => {
    const here = boxes();
    for (const box of here) box.checked = picked.has(box.dataset.pick);
    const on = here.filter((box) => box.checked).length;
    all.checked = on > 0 && on === here.length;
    all.indeterminate = on > 0 && on < here.length;
    all.disabled = !here.length;
    const number = picked.size.toLocaleString("en");
    find(".picked").textContent = picked.size ? `${number} ticked` : "";
    const every = find("[data-do=every]");
    every.hidden = !all.checked || count <= here.length || picked.size >= count;
    every.textContent = `Tick all ${count.toLocaleString("en")} that match`;
    find("[data-do=none]").hidden = !picked.size;
    for (const name of ["only", "save"]) find(`[data-do=${name}]`).disabled = !picked.size;
    find("[data-do=take]").disabled = !picked.size && !count;
    find("[data-do=take]").textContent = picked.size
      ? `Download ${number} ticked`
      : `Download ${count.toLocaleString("en")}`;
  };
  const pick = (boxes, on) => {
    for (const { dataset } of boxes) on ? picked.add(dataset.pick) : picked.delete(dataset.pick);
    mark();
  };
  let last = null; // with Shift, all between this one and the next
  find("tbody").addEventListener("click", (event) => {
    const box = event.target.closest("[data-pick]");
    if (!box) return;
    const here = boxes();
    const [from, to] = [here.indexOf(last), here.indexOf(box)].sort((a, b) => a - b);
    pick(event.shiftKey && from >= 0 ? here.slice(from, to + 1) : [box], box.checked);
    last = box;
  });
  all.addEventListener("change", () => pick(boxes(), all.checked));

  const doing = {
    every: async () => {
      const told = await rag.call(server.ticked(query()));
      if (told.error) return rag.say(told.error);
      for (const id of told.ids) picked.add(id);
      mark();
    },
    none: () => {
      picked.clear();
      mark();
    },
    only: () => {
      rag.go(rag.talk(), true);
      rag.show("chat");
      rag.only([...picked]);
    },
    save: async () => {
      await rag.save({ papers: [...picked], does: "star" });
      rag.say(`${picked.size.toLocaleString("en")} on the reading list.`);
    },
    take: async () => {
      const of = picked.size ? { papers: [...picked] } : query();
      const told = await rag.call(server.taken({ ...of, form: find("#library-form").value }));
      if (told.error) return rag.say(told.error);
      rag.downloaded(told.text, told.file);
    },
  };
  find(".choosing").addEventListener("click", (event) => {
    const name = event.target.closest("[data-do]")?.dataset.do;
    if (name) doing[name]();
  });

  rag.opened.library = () => rag.at().name === "library" || anew();
  if (document.body.dataset.view === "library")
    rag.routes.library("", new URLSearchParams(rag.at().query));
};
