// The library, adding papers, the status; and taking the citations away.

rag.library = ({ element, server }) => {
  const find = (selector) => rag.q(element, selector);
  let page = 0;
  let asked = 0; // only the latest question's answer is shown
  const load = async () => {
    const mine = ++asked;
    const query = Object.fromEntries(new FormData(find(".find")));
    const told = await rag.call(server.rows({ ...query, page }));
    if (mine !== asked) return;
    if (told.error) return find(".shown").replaceChildren(rag.note(told.error));
    find("tbody").innerHTML = told.rows;
    for (const button of element.querySelectorAll("[data-orders]")) {
      const at = button.dataset.orders.split(" ").indexOf(query.order);
      const up = (query.order === "title" || query.order === "oldest") && at >= 0;
      button.parentElement.setAttribute(
        "aria-sort",
        at < 0 ? "none" : up ? "ascending" : "descending",
      );
    }
    find(".shown").textContent = told.said;
    find(".page").textContent = told.more || page ? `Page ${page + 1}` : "";
    find("[data-page='-1']").disabled = !page;
    find("[data-page='1']").disabled = !told.more;
    find(".pages").hidden = !told.more && !page;
  };
  let typing;
  find(".find").addEventListener("input", () => {
    page = 0;
    clearTimeout(typing);
    typing = setTimeout(load, 150);
    history.replaceState(null, "", address());
  });
  find(".find").addEventListener("submit", (event) => event.preventDefault());
  find("thead").addEventListener("click", (event) => {
    const orders = event.target.closest("[data-orders]")?.dataset.orders.split(" ");
    if (!orders) return;
    const field = find("[name=order]");
    field.value = field.value === orders[0] ? orders[1] : orders[0];
    page = 0;
    load();
  });
  find(".pages").addEventListener("click", (event) => {
    const by = event.target.closest("[data-page]")?.dataset.page;
    if (!by) return;
    page += Number(by);
    load().then(() => scrollTo(0, 0));
  });
  // A search has an address; typing changes it without a step back for every letter.
  const address = () => {
    const words = find("[name=words]").value;
    return words ? `#/library?q=${encodeURIComponent(words)}` : "#/library";
  };
  rag.routes.library = (_, query) => {
    const words = query.get("q") ?? "";
    if (find("[name=words]").value === words) return;
    find("[name=words]").value = words;
    page = 0;
    load();
  };
  rag.opened.library = load;
  if (document.body.dataset.view === "library") {
    rag.routes.library("", new URLSearchParams(rag.at().query));
    load();
  }
};

rag.add = ({ element, props, trigger, server, upload, watch }) => {
  const find = (selector) => rag.q(element, selector);
  const input = find("input[type=file]");
  const found = find(".found");
  const acts = find(".acts");
  const megabytes = Math.round(rag.largest / 1e6);
  find(".limit").textContent = `Up to ${megabytes} MB; more with rag index.`;
  let file = "";
  let papers = 0;

  const tell = (html) => {
    found.innerHTML = html;
  };
  const reset = () => {
    file = "";
    papers = 0;
    input.value = "";
    acts.hidden = true;
  };
  const read = async (chosen) => {
    reset();
    if (chosen.size > rag.largest)
      return found.replaceChildren(
        rag.note(`${chosen.name} has more than ${megabytes} MB: use rag index for it.`),
      );
    tell("<p>Reading the listing.</p>");
    try {
      file = (await upload(chosen)).path;
    } catch (error) {
      const why = /413|waiting/.test(error?.message ?? "")
        ? "is not taken: too much is waiting to be added. Add it, or leave it, first."
        : "could not be uploaded: try it again.";
      return found.replaceChildren(rag.note(`${chosen.name} ${why}`));
    }
    const told = await rag.call(server.preview({ file }));
    if (told.error) return found.replaceChildren(rag.note(told.error));
    tell(told.html);
    papers = told.papers;
    acts.hidden = !told.ready;
    if (told.ready) find("[data-do=put]").focus();
  };

  input.addEventListener("change", () => input.files[0] && read(input.files[0]));
  const drop = find(".drop");
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
    });
  }
  find("[data-do=put]").addEventListener("click", () => {
    acts.hidden = true;
    trigger("put", { file, papers });
  });
  find("[data-do=drop]").addEventListener("click", () => {
    server.drop({ file });
    reset();
    tell("");
  });
  for (const form of element.querySelectorAll("form.named, form.of-day")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = Object.fromEntries(new FormData(form));
      if (Object.values(asked).some((value) => !value.trim())) return;
      acts.hidden = true;
      trigger("put", asked);
    });
  }
  watch("value", () => {
    if (!props.value) return;
    tell(props.value.html);
    if (!props.value.over) return;
    reset();
    rag.added?.();
  });
};

rag.status = ({ element, server }) => {
  const load = async () => {
    const told = await rag.call(server.facts({}));
    const place = rag.q(element, ".facts");
    if (told.error) place.replaceChildren(rag.note(told.error));
    else place.innerHTML = told.html;
  };
  rag.opened.status = load;
  if (document.body.dataset.view === "status") load();
};

// What comes of taking something away: into the clipboard or into a file.
rag.say = (text) => {
  const told = document.querySelector(".taken-told");
  told.textContent = text;
  clearTimeout(rag.telling);
  rag.telling = setTimeout(() => (told.textContent = ""), 4000);
};
rag.downloaded = (text, file) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = file;
  link.click();
  URL.revokeObjectURL(link.href);
  rag.say(`Saved as ${file}.`);
};

rag.taken = ({ props, watch }) => {
  rag.copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea"); // on a page that is not at 127.0.0.1
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    rag.say("Copied.");
  };
  watch("value", () => {
    const { text, file, act } = props.value ?? {};
    if (act === "facets") return rag.faceted(props.value.turn, props.value.papers);
    if (!text) return;
    if (act === "table") return rag.tabled(props.value.turn, text);
    if (act === "copy") return rag.copied(text);
    rag.downloaded(text, file);
  });
};
