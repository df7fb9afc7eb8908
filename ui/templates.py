"""The fixed HTML of the page: what stands there before anything is asked.

Gradio evaluates these as templates, so they hold no braces and no backticks; what changes is put
in by the scripts of `ui/page`.
"""

TABS = (
    ("chat", "Ask"),
    ("library", "Library"),
    ("saved", "Saved"),
    ("watches", "New"),
    ("map", "Map"),
    ("add", "Add"),
    ("status", "Status"),
)


def header(name: str) -> str:
    """Return the head of the page: its name and the ways to its parts."""
    links = "".join(f'<a href="#/{view}" data-view="{view}">{label}</a>' for view, label in TABS)
    return (
        '<a class="skip" href="#question">To the question</a>'
        '<header class="bar"><button type="button" class="icon" id="rail-opens" '
        'aria-label="Conversations" aria-expanded="false" title="Conversations">'
        '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7h16M4 12h16M4 17h10" /></svg>'
        f"</button><h1>{name}</h1>"
        f'<nav aria-label="Parts of the page">{links}</nav>'
        '<button type="button" class="icon" id="theme" aria-label="Dark or light" '
        'title="Dark or light"><svg viewBox="0 0 24 24" aria-hidden="true">'
        '<circle cx="12" cy="12" r="8.5" /><path class="half" d="M12 3.5a8.5 8.5 0 0 1 0 17z" />'
        "</svg></button></header>"
    )


CHAT = """
<div class="chat">
  <nav class="rail" aria-label="Conversations">
    <button type="button" class="new" data-do="clear">New conversation</button>
    <label class="hidden" for="sought">Find a conversation</label>
    <input type="search" id="sought" placeholder="Find" autocomplete="off">
    <p class="undo hidden" role="status"></p>
    <div class="listed" tabindex="0" role="group" aria-label="Earlier conversations"></div>
  </nav>
  <section class="conversation" aria-label="Conversation">
    <div class="log" role="log" aria-live="polite" aria-label="Questions and answers" tabindex="0">
      <div class="welcome"></div>
      <div class="turns"></div>
    </div>
    <form class="composer" aria-label="Ask a question">
      <button type="button" class="back" data-do="back" hidden></button>
      <div class="next" hidden></div>
      <ul class="chips" aria-label="Filters set here" hidden></ul>
      <p class="editing" hidden>Asked anew, beside the first version.
        <button type="button" class="quiet" data-do="keep">Leave it</button></p>
      <div class="ask">
        <label class="hidden" for="question">Question</label>
        <textarea id="question" rows="1" placeholder="Ask about the papers"
          autocomplete="off" spellcheck="true"></textarea>
        <button type="submit" class="primary" data-do="ask">Ask</button>
        <button type="button" class="primary stop" data-do="stop" hidden>Stop</button>
      </div>
      <div class="tools">
        <details class="narrow">
          <summary>Filters</summary>
          <div class="filters">
            <label>From <input type="date" name="since"></label>
            <label>To <input type="date" name="until"></label>
            <label>Category <input type="text" name="category" list="categories"
              placeholder="cs.CV" size="9" autocomplete="off"></label>
            <datalist id="categories"></datalist>
            <button type="button" data-do="filter">Add</button>
          </div>
        </details>
        <span class="gap"></span>
        <button type="button" class="quiet keys" data-do="keys">Keys</button>
      </div>
    </form>
  </section>
  <aside class="sources empty" aria-label="Sources" tabindex="0">
    <div class="top">
      <h2>Sources</h2>
      <div class="export" hidden>
        <label class="hidden" for="of-which">Which papers</label>
        <select id="of-which"></select>
        <label class="hidden" for="form">Form of the citations</label>
        <select id="form"></select>
        <button type="button" data-do="copy">Copy</button>
        <button type="button" data-do="download">Download</button>
      </div>
    </div>
    <div class="reader" hidden></div>
    <div class="cards"></div>
    <div class="printed"></div>
  </aside>
</div>
"""

LIBRARY = """
<section class="panel" aria-labelledby="library-name">
  <h2 id="library-name">Library</h2>
  <form class="find" role="search">
    <label class="wide">Words<input type="search" name="words" autocomplete="off"
      placeholder="Title, abstract, author, 2104.00194"></label>
    <label>From<input type="date" name="since"></label>
    <label>To<input type="date" name="until"></label>
    <label>Category<input type="text" name="category" list="categories" placeholder="cs.CV"
      size="10" autocomplete="off"></label>
    <label>Order<select name="order"><option value="relevance" disabled>Best match first</option>
      <option value="listed" selected>Newest first</option>
      <option value="oldest">Oldest first</option>
      <option value="title">Title, A to Z</option>
      <option value="z">Title, Z to A</option>
    </select></label>
  </form>
  <div class="acts choosing">
    <label class="all"><input type="checkbox" aria-label="Tick all on this page"></label>
    <p class="shown" role="status"></p>
    <p class="picked" role="status"></p>
    <button type="button" class="quiet" data-do="every" hidden>Tick all that match</button>
    <button type="button" class="quiet" data-do="none" hidden>Untick</button>
    <span class="gap"></span>
    <button type="button" data-do="only" disabled>Ask only these</button>
    <button type="button" data-do="save" disabled>Save</button>
    <label class="hidden" for="library-form">Form of the references</label>
    <select id="library-form"><option value="bibtex">BibTeX</option><option value="ris">RIS</option>
      <option value="csv">CSV</option><option value="csl">CSL-JSON</option></select>
    <button type="button" data-do="take">Download</button>
  </div>
  <div class="rows"><table>
    <thead><tr><th scope="col"><button type="button" data-orders="title z">Title</button></th>
    <th scope="col"><button type="button" data-orders="listed oldest">Day</button></th>
    <th scope="col">Categories</th></tr></thead><tbody></tbody></table></div>
  <div class="pages">
    <button type="button" data-page="-1">Previous</button>
    <span class="page"></span>
    <button type="button" data-page="1">Next</button>
  </div>
</section>
"""

SAVED = """
<section class="panel" aria-labelledby="saved-name">
  <h2 id="saved-name">Reading list</h2>
  <div class="choices" role="group" aria-label="Which of them"></div>
  <div class="acts">
    <p class="shown" role="status"></p>
    <span class="gap"></span>
    <button type="button" data-do="only">Ask only these</button>
    <label class="hidden" for="saved-form">Form of the references</label>
    <select id="saved-form"><option value="bibtex">BibTeX</option><option value="ris">RIS</option>
      <option value="csv">CSV</option><option value="csl">CSL-JSON</option></select>
    <button type="button" data-do="take">Download</button>
  </div>
  <ul class="list" aria-label="Saved papers"></ul>
  <p class="nothing" hidden>Nothing is saved yet. The star beside a paper puts it here, and so does
    a tag; both are kept beside the index.</p>
  <div class="pages"><button type="button" data-page="-1">Previous</button>
    <button type="button" data-page="1">Next</button></div>
</section>
<datalist id="tags"></datalist>
"""

WATCHES = """
<section class="panel" aria-labelledby="watches-name">
  <h2 id="watches-name">New for your watches</h2>
  <form class="find watching">
    <label class="wide">Watch for<input type="text" name="add" autocomplete="off"
      placeholder="which papers use transformers for tracking"></label>
    <label>Category<input type="text" name="category" list="categories" placeholder="any"
      size="10" autocomplete="off"></label>
    <button type="submit">Add the watch</button>
  </form>
  <div class="wrong"></div>
  <div class="acts scope" hidden>
    <label>Show <select><option value="new">what is new</option>
      <option value="day">the newest day</option>
      <option value="week">the newest seven days</option></select></label>
    <span class="gap"></span>
    <button type="button" class="quiet" data-do="read-all">Mark all as read</button>
  </div>
  <div class="all"></div>
  <p class="nothing" hidden>A watch is a question that is asked again of every paper that comes.
    What matches stands here, with the sentence that says why; it is the same as
    <code>rag watch</code> and <code>rag new</code>.</p>
</section>
"""

TAKEN = '<p class="taken-told" role="status"></p>'

PAPER = """
<dialog id="paper" aria-labelledby="paper-title">
  <form method="dialog"><button class="icon" aria-label="Close">×</button></form>
  <div class="inside"></div>
</dialog>
<div id="peek" role="tooltip" hidden></div>
"""

MAP = """
<section class="panel" aria-labelledby="map-name">
  <h2 id="map-name">Map</h2>
  <p class="shown" role="status">The map is being read.</p>
  <progress class="drawing" max="1" aria-label="How much of the map is drawn" hidden></progress>
  <div class="on-map" hidden>
    <form class="finds" role="search"><label class="hidden" for="map-words">Find on the map</label>
      <input type="search" id="map-words" placeholder="Find on the map" autocomplete="off">
      <span class="marks" role="status"></span></form>
    <span class="gap"></span>
    <button type="button" class="quiet" data-do="again">Draw anew</button>
    <button type="button" data-do="out" aria-label="Zoom out">&minus;</button>
    <button type="button" data-do="in" aria-label="Zoom in">+</button>
    <button type="button" data-do="reset">Show all</button>
  </div>
  <div class="plot" role="img" aria-label="The papers as points; near ones are alike"></div>
  <div class="topics"></div>
  <p class="hint" hidden>A click on a topic shows it alone, another one shows all again; with Shift
    it is hidden.</p>
</section>
"""

ADD = """
<section class="panel" aria-labelledby="add-name">
  <h2 id="add-name">Add papers</h2>
  <form class="find named"><label class="wide">From arXiv, by identifier or link
      <input type="text" name="named" autocomplete="off"
      placeholder="2104.00194, https://arxiv.org/abs/2104.00403"></label>
    <button type="submit">Fetch and add</button></form>
  <form class="find of-day"><label>All of a category
      <input type="text" name="category" list="categories" placeholder="cs.CV" size="10"
      autocomplete="off" required></label>
    <label>submitted on (UTC) <input type="date" name="day" required></label>
    <button type="submit">Fetch and add</button></form>
  <p class="hint">These two ask arXiv over the network; nothing else on this page does.</p>
  <h3>From a file</h3>
  <p>A listing in any form that is read here: Markdown, Atom, RSS, OAI-PMH, BibTeX, CSV, JSON,
    JSON lines; compressed with gzip or not.</p>
  <label class="drop"><input type="file" name="listing">
    <span><strong>Choose a file</strong> or drop it here</span>
    <span class="limit"></span></label>
  <div class="found" role="status" aria-live="polite"></div>
  <div class="acts" hidden>
    <button type="button" class="primary" data-do="put">Add</button>
    <button type="button" class="quiet" data-do="drop">Leave it</button>
  </div>
  <p class="running" hidden><button type="button" data-do="end">Stop</button></p>
</section>
"""

KEYS = """
<dialog id="keys" aria-labelledby="keys-title">
  <form method="dialog"><button class="icon" aria-label="Close">×</button></form>
  <h2 id="keys-title">Keys</h2>
  <dl><dt><kbd>/</kbd></dt><dd>To the question</dd>
  <dt><kbd>↑</kbd></dt><dd>The last question again, in the empty box</dd>
  <dt><kbd>Enter</kbd></dt><dd>Ask; with <kbd>Shift</kbd> a new line</dd>
  <dt><kbd>Esc</kbd></dt><dd>Stop the answer, or close what is in front</dd>
  <dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>To the next paper, to the one before</dd>
  <dt><kbd>Enter</kbd></dt><dd>On a paper: open it</dd>
  <dt><kbd>s</kbd></dt><dd>Save the paper, or take it off the list</dd>
  <dt><kbd>t</kbd></dt><dd>The answer as a table, and back</dd>
  <dt><kbd>Ctrl</kbd> <kbd>K</kbd></dt><dd>Find conversations, papers and commands</dd>
  <dt><kbd>n</kbd></dt><dd>New conversation</dd>
  <dt><kbd>?</kbd></dt><dd>These keys</dd></dl>
</dialog>
"""

FINDING = """
<dialog id="palette" aria-label="Find conversations, papers and commands">
  <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
    aria-label="Find" placeholder="Conversation, paper or command" autocomplete="off">
  <div id="palette-list" role="listbox" aria-label="Found" tabindex="-1"></div>
</dialog>
"""

STATUS = """
<section class="panel" aria-labelledby="status-name">
  <h2 id="status-name">Status</h2>
  <div class="facts"></div>
</section>
"""
