// The filters that are set on the page, as chips above the question.

rag.filters = (find, focus) => {
  const chips = find(".composer .chips");
  let filters = null; // null: what the question says

  const said = { since: "since", until: "until" };
  const chip = (text, without) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = text;
    button.setAttribute("aria-label", `Remove the filter ${text}`);
    const cross = document.createElement("span");
    cross.setAttribute("aria-hidden", "true");
    cross.textContent = " ×";
    button.append(cross);
    button.addEventListener("click", () => {
      without();
      draw();
      focus();
    });
    item.append(button);
    return item;
  };

  const draw = () => {
    const items = [];
    for (const name of ["since", "until"]) {
      if (filters?.[name])
        items.push(chip(`${said[name]} ${filters[name]}`, () => delete filters[name]));
    }
    for (const category of filters?.categories ?? []) {
      items.push(
        chip(`in ${category}`, () => {
          filters.categories = filters.categories.filter((other) => other !== category);
          if (!filters.categories.length) delete filters.categories;
        }),
      );
    }
    const only = filters?.ids?.length;
    if (only)
      items.push(chip(only === 1 ? "only 1 paper" : `only ${only} papers`, () => delete filters.ids));
    if (!items.length) filters = null;
    chips.replaceChildren(...items);
    chips.hidden = !items.length;
  };

  const add = () => {
    const field = (name) => find(`.filters [name=${name}]`);
    const given = filters ?? {};
    for (const name of ["since", "until"]) if (field(name).value) given[name] = field(name).value;
    const category = field("category").value.trim();
    if (category) given.categories = [...new Set([...(given.categories ?? []), category])];
    for (const name of ["since", "until", "category"]) field(name).value = "";
    filters = given;
    draw();
    find(".narrow").open = false;
    focus();
  };

  // Asks from now on only about some papers.
  rag.only = (ids) => {
    filters = { ...filters, ids };
    draw();
    focus();
  };

  return { add, set: () => filters };
};
