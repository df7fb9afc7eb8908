// Whether the server is there: when it is gone that is told at once, nothing that was written is
// lost, and the page goes on by itself when it is back. One that was started anew may be another
// version, and knows nothing of this tab: then the page is loaded again, at the same address.

rag.alive = (bar) => {
  const EVERY = 3_000; // milliseconds between two looks while all is well
  const GONE = 1_500; // and while it is not
  const address = new URL("alive", document.baseURI);
  let clock;

  const banner = document.createElement("p");
  banner.className = "gone";
  banner.setAttribute("role", "alert");
  banner.hidden = true;
  bar.after(banner);

  const lost = () => {
    rag.gone = true;
    rag.kept?.(); // a question that is not answered goes back into the box
    banner.textContent =
      "The server does not answer: it was stopped, or the way to it is cut. What you have written " +
      "is kept, and this page goes on by itself as soon as it is back.";
    banner.hidden = false;
    document.body.style.setProperty("--gone", `${banner.offsetHeight}px`); // the room that it takes
  };
  const look = async () => {
    clearTimeout(clock);
    try {
      const told = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5_000) });
      const { boot } = await told.json();
      if (boot !== rag.boot) return location.reload();
      rag.gone = false;
      banner.hidden = true;
      document.body.style.removeProperty("--gone");
    } catch {
      lost();
    }
    clock = setTimeout(later, rag.gone ? GONE : EVERY);
  };
  // What the server did not answer is asked again, where it is looked at.
  const later = async () => {
    if (document.hidden) return;
    await look();
    const part = document.getElementById(`part-${rag.at().name}`);
    if (!rag.gone && part?.querySelector(".unanswered")) rag.route();
  };
  rag.look = look;
  document.addEventListener("visibilitychange", () => document.hidden || look());
  window.addEventListener("online", look);
  window.addEventListener("offline", lost);
  clock = setTimeout(later, EVERY);
};
