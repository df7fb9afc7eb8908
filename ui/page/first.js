// The first view, as it was sent with the page: it is looked at until the parts that can be used are
// there, and then gives way to them, at the same places.

rag.first = () => {
  const first = document.getElementById("first");
  const { name } = rag.at();
  rag.show(name);
  if (name === "c") rag.q(first, ".welcome").replaceChildren(); // a conversation will stand there
  rag.q(first, "textarea").value = localStorage.getItem("rag-draft") ?? "";
  // Gradio goes by what the system says, whatever was chosen here.
  const remembered = localStorage.getItem("rag-theme");
  const dark = remembered ? remembered === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const light = () => document.body.classList.toggle("dark", dark);
  const watching = new MutationObserver(light);
  watching.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  light();
  rag.firstSeen = () => {
    first.remove();
    watching.disconnect();
  };
};
