// Adding papers, and the status; and taking things away.

rag.add = ({ element, props, trigger, server, upload, watch }) => {
  const find = (selector) => rag.q(element, selector);
  const input = find("input[type=file]");
  const found = find(".found");
  const acts = find(".acts");
  const running = find(".running");
  const megabytes = Math.round(rag.largest / 1e6);
  find(".limit").textContent = `Up to ${megabytes} MB; more with rag index.`;
  let file = "";
  let papers = 0;
  let run = ""; // what is being added, to end it by

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
  const put = (asked) => {
    run = Array.from(crypto.getRandomValues(new Uint32Array(4)), String).join("-");
    acts.hidden = true;
    running.hidden = false;
    trigger("put", { ...asked, run });
  };
  find("[data-do=put]").addEventListener("click", () => put({ file, papers }));
  find("[data-do=end]").addEventListener("click", () => {
    running.hidden = true;
    server.stop({ run });
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
      put(asked);
    });
  }
  watch("value", () => {
    if (!props.value) return;
    tell(props.value.html);
    if (!props.value.over) return;
    running.hidden = true;
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
    const { text, file, act, error, turn } = props.value ?? {};
    if (act === "facets") rag.faceted(props.value); // with an error, too: it takes the choice back
    if (error) {
      if (act === "more") delete document.getElementById(turn)?.dataset.asking; // to be asked again
      return rag.say(error);
    }
    if (act === "more") return rag.further(props.value);
    if (!text) return;
    if (act === "table") return rag.tabled(props.value.turn, text);
    if (act === "copy") return rag.copied(text);
    rag.downloaded(text, file);
  });
};
