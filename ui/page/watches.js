// The watches: what has come for each, one after the other, as the server has judged it.

rag.watches = ({ element, server }) => {
  const find = (selector) => rag.q(element, selector);
  const form = find(".watching");
  let of = "new";
  let round = 0; // only the latest look is shown

  const told = async (number, mine) => {
    const section = find(`[data-watch="${number}"]`);
    const news = await rag.call(server.news({ number, of }));
    if (mine !== round || !section) return;
    if (news.error) return rag.q(section, ".told").replaceChildren(rag.note(news.error));
    rag.q(section, ".told").textContent = news.said;
    rag.q(section, ".list").innerHTML = news.html;
    const seen = rag.q(section, "[data-seen]");
    seen.hidden = of !== "new";
    seen.disabled = !news.ids.length;
    seen.dataset.seen = JSON.stringify(news.ids);
  };

  const load = async (asked = {}) => {
    const mine = ++round;
    const watches = await rag.call(server.watches(asked));
    if (mine !== round) return;
    find(".wrong").replaceChildren(...(watches.error ? [rag.note(watches.error)] : []));
    if (watches.error) return;
    if (asked.add) form.reset();
    find(".all").innerHTML = watches.html;
    find(".nothing").hidden = watches.numbers.length > 0;
    find(".scope").hidden = !watches.numbers.length;
    find("[data-do=read-all]").disabled = !watches.fresh;
    for (const number of watches.numbers) {
      if (mine !== round) return;
      await told(number, mine);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { add, category } = Object.fromEntries(new FormData(form));
    if (add.trim()) load({ add, category });
  });
  find(".scope select").addEventListener("change", (event) => {
    of = event.target.value;
    load();
  });
  element.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    const number = Number(button?.closest("[data-watch]")?.dataset.watch);
    if (!button) return;
    if (button.matches("[data-unwatch]")) load({ remove: number });
    else if (button.matches("[data-do=read-all]")) {
      await rag.call(server.seen({ all: true }));
      load();
    } else if (button.matches("[data-seen]")) {
      const papers = JSON.parse(button.dataset.seen);
      await rag.call(server.seen({ number, papers }));
      told(number, round);
    }
  });
  rag.opened.watches = () => load();
  if (document.body.dataset.view === "watches") load();
};
