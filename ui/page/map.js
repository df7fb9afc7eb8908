// The map, drawn by the Plotly that the server brings along, once somebody looks at it.

rag.map = ({ element, server }) => {
  const find = (selector) => rag.q(element, selector);
  const plot = find(".plot");
  let drawn = null;

  const library = () =>
    (rag.plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("plotly.js", document.baseURI);
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    }));

  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

  // The papers of the last answer, with a ring around each.
  const cited = (traces) => {
    const rings = { x: [], y: [], text: [], customdata: [] };
    for (const trace of traces) {
      trace.customdata.forEach((id, at) => {
        if (!rag.cited?.includes(id)) return;
        for (const name of Object.keys(rings)) rings[name].push(trace[name][at]);
      });
    }
    const line = { width: 2.5, color: colour("--text") };
    const marker = { size: 20, symbol: "circle-open", line, color: colour("--text") };
    return { ...rings, mode: "markers", marker, hovertemplate: "%{text}<extra></extra>" };
  };

  const layout = (given) => ({
    ...given,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    hoverlabel: {
      bgcolor: colour("--raised"),
      bordercolor: colour("--line"),
      font: { color: colour("--text"), family: "system-ui, sans-serif", size: 14 },
    },
    dragmode: "pan",
    autosize: true,
  });

  const draw = async () => {
    const { figure, shown } = drawn;
    const traces = figure.data.map((trace, at) => ({ ...trace, visible: shown[at] }));
    await Plotly.react(plot, [cited(traces), ...traces], layout(figure.layout), {
      displayModeBar: false,
      responsive: true,
      scrollZoom: true,
    });
    plot.removeAllListeners("plotly_click");
    plot.on("plotly_click", ({ points }) => rag.open(points[0].customdata));
  };

  const load = async () => {
    const told = await rag.call(server.figure({}));
    const problem = told.error ?? (told.figure ? "" : told.said);
    if (problem) return find(".shown").replaceChildren(rag.note(problem));
    await library();
    const figure = JSON.parse(told.figure);
    drawn = { figure, shown: figure.data.map(() => true) };
    find(".topics").innerHTML = told.topics;
    for (const dot of element.querySelectorAll(".shape")) dot.style.color = dot.dataset.colour;
    const last = rag.cited?.length ? " Rings mark the papers of the last answer." : "";
    find(".shown").textContent = told.said + last;
    await draw();
  };

  find(".topics").addEventListener("click", (event) => {
    const button = event.target.closest("[data-topic]");
    if (!button) return;
    const at = Number(button.dataset.topic);
    drawn.shown[at] = !drawn.shown[at];
    button.setAttribute("aria-pressed", String(drawn.shown[at]));
    draw();
  });
  document.addEventListener("rag-theme", () => drawn && draw());
  rag.opened.map = load;
  if (document.body.dataset.view === "map") load();
};
