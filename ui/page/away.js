// What is taken away of an answer: its citations, all papers that match, or those that facets leave.

// Parameters: find, which looks in the conversation; shown, the turns by name; current, returns the one
// whose sources are shown; trigger, which tells the server.
// Returns what sends for it, and what offers the choice.
rag.away = (find, shown, current, trigger) => {
  const which = find("#of-which");
  const count = (number) => number.toLocaleString("en");
  let of = ""; // the turn that the choice is of

  const send = (act, more) => trigger("export", { act, time: Date.now(), ...more });
  const take = (act) => {
    const turn = current();
    const chosen = which.value === "narrowed" ? rag.ticked(shown.get(turn)?.article) : null;
    send(act, { turn, form: find("#form").value, all: which.value === "all", chosen });
  };
  const offer = () => {
    const { turn, article } = shown.get(current()) ?? {};
    if (!turn) return;
    const { isNarrowed, left } = article.facets ?? {};
    const options = [new Option(`${count(turn.cited.length)} cited`, "cited")];
    if (turn.matched > turn.cited.length)
      options.push(new Option(`all ${count(turn.matched)}`, "all"));
    if (isNarrowed) options.push(new Option(`${count(left)} left`, "narrowed"));
    const before = turn.name === of ? which.value : "";
    of = turn.name;
    which.replaceChildren(...options);
    const wanted = isNarrowed ? "narrowed" : before;
    which.value = options.some(({ value }) => value === wanted) ? wanted : "cited";
    which.hidden = options.length < 2;
  };
  rag.cite = (turn, paper) => send("copy", { turn, papers: [paper], form: "bibtex" });
  return { send, take, offer };
};
