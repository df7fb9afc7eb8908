// The reading list: stars wherever papers stand, and the list itself.

rag.starred = new Set();

// A star is drawn as the page knows it, also in what the server sends later.
rag.stars = (root) => {
  const stars = root.matches?.("[data-star]") ? [root] : root.querySelectorAll("[data-star]");
  for (const star of stars)
    star.setAttribute("aria-pressed", String(rag.starred.has(star.dataset.star)));
};

rag.saved = ({ element, server }) => {
  const find = (selector) => rag.q(element, selector);
  const list = find(".list");
  let page = 0;
  let shown = { ids: [] };
  let show = "all";

  const take = (told) => {
    if (told.error) return rag.say(told.error);
    rag.starred = new Set(told.starred);
    find("#tags").replaceChildren(...told.tags.map((name) => new Option(name)));
    rag.stars(document);
  };
  // Does something with papers: {papers, does, tag, note}.
  rag.save = async (asked) => {
    take(await rag.call(server.saved(asked)));
    if (document.body.dataset.view === "saved") await load();
    if (asked.tag) rag.tagged();
  };

  const load = async () => {
    const told = await rag.call(server.reading({ show, page }));
    if (told.error) return list.replaceChildren(rag.note(told.error));
    if (!told.ids.length && show.startsWith("tag:")) {
      show = "all"; // the last paper of the tag has gone
      return load();
    }
    shown = told;
    list.innerHTML = told.rows;
    rag.stars(list);
    find(".choices").innerHTML = told.choices;
    find(".choices").hidden = told.empty;
    find(".shown").textContent = told.said;
    find(".acts").hidden = told.empty;
    find(".nothing").hidden = !told.empty;
    find(".pages").hidden = !told.more && !page;
    find("[data-page='-1']").disabled = !page;
    find("[data-page='1']").disabled = !told.more;
  };

  const choose = (value) => {
    show = value;
    page = 0;
    load();
  };
  const download = async () => {
    const told = await rag.call(server.references_of({ form: find("#saved-form").value, show }));
    if (told.error) return rag.say(told.error);
    rag.downloaded(told.text, told.file);
  };
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const data = button.dataset;
    if (data.show) choose(data.show);
    else if (data.reads)
      rag.save({ papers: [button.closest("[data-row]").dataset.row], does: data.reads });
    else if (data.page) {
      page += Number(data.page);
      load().then(() => scrollTo(0, 0));
    } else if (data.do === "take") download();
    else if (data.do === "only" && shown.ids.length) {
      rag.go(rag.talk(), true);
      rag.show("chat");
      rag.only(shown.ids);
    }
  });
  document.addEventListener("click", (event) => {
    const star = event.target.closest("[data-star]");
    if (!star) return;
    const on = star.getAttribute("aria-pressed") !== "true";
    rag.save({ papers: [star.dataset.star], does: on ? "star" : "unstar" });
  });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) rag.stars(node);
  }).observe(document.body, { childList: true, subtree: true });

  const refresh = async () => take(await rag.call(server.saved({})));
  window.addEventListener("focus", refresh); // another tab may have changed it
  rag.opened.saved = load;
  refresh();
  if (document.body.dataset.view === "saved") load();
};
