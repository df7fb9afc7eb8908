// The map, drawn by the Plotly that the server brings along, once somebody looks at it: in WebGL where
// there are many papers. Whatever is hidden, marked or zoomed, no paper moves.

rag.map = ({ element, server }) => {
  rag.mostPoints = 2000; // papers up to which each is an element of its own
  const LOOK = 600; // milliseconds between two looks at a map that is being drawn
  const WIDTH = 48; // characters of a title on one line
  const find = (selector) => rag.q(element, selector);
  const plot = find(".plot");
  let map = null; // as the server told it
  let shown = []; // of each topic, whether it is shown
  let marked = new Set(); // papers that were searched for
  let wanted = ""; // the name of a topic that is to be shown alone once the map is there
  let looking; // the clock that looks whether the map is drawn

  const library = () =>
    (rag.plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("plotly.js", document.baseURI);
      script.onload = () => resolve({});
      script.onerror = reject;
      document.head.append(script);
    }).catch(() => {
      rag.plotly = undefined; // to be fetched again
      return { error: UNANSWERED };
    }));

  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  let isAble; // whether there is WebGL: tried once, since a browser has few contexts of it
  const tried = () => {
    const context = document.createElement("canvas").getContext("webgl");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  };
  const gl = () =>
    map.ids.length > rag.mostPoints && (isAble ??= tried()) ? "scattergl" : "scatter";

  // A title as Plotly takes it: no markup of its own, and broken into lines.
  const wrapped = (title) => {
    const lines = [""];
    for (const word of title.split(/\s+/)) {
      if (lines.at(-1) && lines.at(-1).length + word.length >= WIDTH) lines.push("");
      lines.push(`${lines.pop()} ${word}`.trim());
    }
    const plain = lines.join("\n").replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);
    return plain.replaceAll("\n", "<br>");
  };

  const points = (at) => ({
    type: gl(),
    mode: "markers",
    x: at.map((n) => map.x[n]),
    y: at.map((n) => map.y[n]),
    customdata: at.map((n) => map.ids[n]),
    text: at.map((n) => wrapped(map.titles[n])),
    hovertemplate: "%{text}<extra></extra>",
  });
  const size = () => (map.ids.length > 8000 ? 4 : map.ids.length > 1000 ? 6 : 10);
  const topics = () => {
    const members = map.looks.map(() => []);
    map.topic.forEach((topic, n) => members[topic].push(n));
    return map.looks.map((look, topic) => ({
      ...points(members[topic]),
      name: wrapped(look.name),
      marker: { color: look.colour, symbol: look.shape, size: size(), line: { width: 0 } },
    }));
  };

  // Some papers over the others: those of the last answer with a ring around each, those that were
  // searched for larger, and all in their own colours.
  const some = (names) =>
    map.ids.flatMap((id, n) => (names.has(id) && shown[map.topic[n]] ? [n] : []));
  const rings = (names) => {
    const line = { width: 2.5, color: colour("--text") };
    const marker = { size: size() + 10, symbol: "circle-open", line, color: colour("--text") };
    return { ...points(some(names)), marker };
  };
  const larger = (names) => {
    const at = some(names);
    const looks = at.map((n) => map.looks[map.topic[n]]);
    const line = { width: 1.5, color: colour("--text") };
    const [color, symbol] = [looks.map((look) => look.colour), looks.map(({ shape }) => shape)];
    return { ...points(at), marker: { size: size() + 4, color, symbol, line } };
  };

  const bounds = (values) => {
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    const room = (high - low || 1) * 0.04;
    return [low - room, high + room];
  };
  const layout = () => {
    const axis = { visible: false, autorange: false };
    return {
      margin: { l: 8, r: 8, t: 8, b: 8 },
      showlegend: false,
      hovermode: "closest",
      xaxis: { ...axis, range: map.view?.x ?? bounds(map.x) },
      yaxis: { ...axis, range: map.view?.y ?? bounds(map.y) },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      hoverlabel: {
        bgcolor: colour("--raised"),
        bordercolor: colour("--line"),
        font: { color: colour("--text"), family: "system-ui, sans-serif", size: 14 },
      },
      dragmode: "pan",
      autosize: true,
    };
  };

  const draw = async () => {
    const faint = marked.size ? 0.4 : 1; // what is found stands out
    const all = map.traces.map((trace, at) => ({ ...trace, visible: shown[at], opacity: faint }));
    const cited = new Set(rag.cited ?? []);
    await Plotly.react(plot, [rings(cited), ...all, larger(marked)], layout(), {
      displayModeBar: false,
      responsive: true,
      scrollZoom: true,
      doubleClick: false,
    });
    plot.removeAllListeners("plotly_click");
    plot.removeAllListeners("plotly_relayout");
    plot.on("plotly_click", ({ points }) => rag.open(points[0].customdata));
    plot.on("plotly_relayout", () => {
      const { xaxis, yaxis } = plot.layout;
      map.view = { x: [...xaxis.range], y: [...yaxis.range] };
    });
    plot.dataset.drawn = plot.querySelector(".gl-canvas") ? "webgl" : "svg";
  };

  let sought = null; // what was found on the map
  const say = () => {
    const last = rag.cited?.length ? " Rings mark the papers of the last answer." : "";
    find(".shown").textContent = map.said + last;
    const number = (count) => count.toLocaleString("en");
    const { ids, count } = sought ?? { ids: [], count: 0 };
    const best = `The best ${number(ids.length)} of ${number(count)}`;
    const found = count > ids.length ? best : `${number(count)} found`;
    const away = marked.size - some(marked).length;
    const hidden = away ? `, ${number(away)} of them in topics that are hidden` : "";
    find(".marks").textContent = sought ? found + hidden : "";
  };
  const load = async (again = false) => {
    clearTimeout(looking);
    const told = await rag.call(server.figure({ again }));
    const fetched = told.ids ? await library() : {};
    const error = told.error ?? fetched.error;
    const problem = error ?? (told.ids || "progress" in told ? "" : told.said);
    if (problem) return find(".shown").replaceChildren(rag.note(problem));
    const bar = find(".drawing");
    bar.hidden = !("progress" in told);
    if (!bar.hidden) {
      bar.value = told.progress;
      find(".shown").textContent = told.said;
      if (document.body.dataset.view === "map") looking = setTimeout(load, LOOK);
      return;
    }
    const same = map && map.looks.length === told.looks.length && map.drawn === told.drawn;
    const { view } = map ?? {};
    map = told;
    if (same) map.view = view;
    else shown = map.looks.map(() => true);
    map.traces = topics();
    if (map.looks.some(({ name }) => name === wanted))
      shown = map.looks.map(({ name }) => name === wanted);
    wanted = "";
    find(".topics").innerHTML = told.topics;
    for (const dot of element.querySelectorAll(".shape")) dot.style.color = dot.dataset.colour;
    for (const part of [".on-map", ".hint"]) find(part).hidden = false;
    press();
    say();
    await draw();
  };

  // -- topics -----------------------------------------------------------------------------------

  const press = () => {
    for (const button of element.querySelectorAll("[data-topic]"))
      button.setAttribute("aria-pressed", String(shown[Number(button.dataset.topic)]));
  };
  find(".topics").addEventListener("click", (event) => {
    const button = event.target.closest("[data-topic]");
    if (!button) return;
    const at = Number(button.dataset.topic);
    const alone = shown.every((on, n) => on === (n === at));
    if (event.shiftKey) shown[at] = !shown[at];
    else shown = shown.map((_, n) => alone || n === at);
    press();
    say();
    draw();
  });

  // -- zoom and search --------------------------------------------------------------------------

  // Around the middle of what is seen; where no paper would be left, around the nearest one.
  const zoom = (by) => {
    const papers = map.ids.flatMap((_, n) => (shown[map.topic[n]] ? [[map.x[n], map.y[n]]] : []));
    const ranges = ["xaxis", "yaxis"].map((axis) => plot.layout[axis].range);
    const halves = ranges.map(([low, high]) => ((high - low) / 2) * by);
    let middle = ranges.map(([low, high]) => (low + high) / 2);
    const off = (paper) => Math.max(...paper.map((at, n) => Math.abs(at - middle[n]) / halves[n]));
    const near = papers.reduce((best, each) => (best && off(best) <= off(each) ? best : each), null);
    if (near && off(near) > 1) middle = near;
    const [x, y] = middle.map((at, n) => [at - halves[n], at + halves[n]]);
    Plotly.relayout(plot, { "xaxis.range": x, "yaxis.range": y });
  };
  const doing = {
    in: () => zoom(1 / 1.6),
    out: () => zoom(1.6),
    reset: async () => {
      shown = map.looks.map(() => true);
      press();
      say();
      await draw();
      Plotly.relayout(plot, { "xaxis.range": bounds(map.x), "yaxis.range": bounds(map.y) });
    },
    again: () => {
      map = null;
      load(true);
    },
  };
  find(".on-map").addEventListener("click", (event) => {
    const name = event.target.closest("[data-do]")?.dataset.do;
    if (name) doing[name]();
  });
  let typing;
  let asked = 0;
  const search = async () => {
    const mine = ++asked;
    const words = find("#map-words").value.trim();
    const told = words ? await rag.call(server.marked({ words })) : null;
    if (mine !== asked) return;
    if (told?.error) return rag.say(told.error);
    const here = new Set(map.ids);
    sought = told;
    marked = new Set(told?.ids.filter((id) => here.has(id)));
    say();
    draw();
  };
  find(".finds").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 200);
  });
  find(".finds").addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("rag-theme", () => map && draw());
  rag.opened.map = () => load();
  rag.routes.map = (_, given) => (wanted = given.get("topic") ?? "");
  if (document.body.dataset.view === "map") {
    rag.routes.map("", new URLSearchParams(rag.at().query));
    load();
  }
};
