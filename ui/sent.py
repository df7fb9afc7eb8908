"""The page as it is sent: its looks, its scripts and the first view stand in it.

By itself Gradio sends an empty page, whose scripts then fetch some 30 files, one after the other,
and ask what is to be shown. Here what is seen first comes with the page, and gives way to the parts
that can be used, at the same places, once they are there (`page/first.js`).
"""

import json
import re
from pathlib import Path

import gradio as gr
import gradio.routes
from jinja2 import ChoiceLoader, DictLoader
from starlette.requests import Request

from ui import templates

_INDEX, _APP = "frontend/index.html", "<gradio-app"
_PLACE = "{% if not config.auth_required %}{{ first_view(request) | safe }}{% endif %}"
_ENTRY = re.compile(r'src="\./(assets/[\w.-]+\.js)"')
_NEEDED = re.compile(r"__vite__mapDeps=.*?=\[(.*?)\]")
_SCRIPT = re.compile(r'"\./([\w.-]+\.js)"')
_NAMES = re.compile(r' (?:id|for|list)="(?!theme|rail-opens)[^"]*"')


def with_first_view(page: gr.Blocks, head: str) -> None:
    """Have a page of `ui.app` sent with its looks and scripts, and with what is seen first."""

    def first_view(request: Request) -> str:
        told = page.sent(request)  # type: ignore[attr-defined]
        shown = _NAMES.sub("", templates.header(str(page.title)) + templates.CHAT)
        filled = {_WELCOME: told.get("welcome"), _LISTED: told["conversations"].get("html")}
        for place, html in filled.items():
            shown = shown.replace(place, f"{place}{html or ''}")
        data = json.dumps(told).replace("<", "\\u003c")
        return (  # what comes from papers was escaped where `told` was made
            f'{head}<div id="first" inert aria-hidden="true"><div class="gradio-container">{shown}'
            f"</div></div><script>rag.told = {data}; rag.first();</script>"
        )

    page.first_view = first_view  # type: ignore[attr-defined]


_WELCOME = '<div class="welcome">'
_LISTED = '<div class="listed" tabindex="0" role="group" aria-label="Earlier conversations">'


def _first_view(request: Request) -> str:
    """Return the first view of the page that is asked for."""
    return str(request.app.get_blocks().first_view(request))


def _index(source: str, folder: Path) -> str:
    """Return Gradio's page with a place for the first view, and what its script fetches named."""
    entry = _ENTRY.search(source)
    script = (folder / entry[1]).read_text(encoding="utf-8") if entry else ""
    needed = _NEEDED.search(script)
    links = "".join(
        f'<link rel="modulepreload" crossorigin href="./assets/{name}">'
        for name in _SCRIPT.findall(needed[1] if needed else "")
    )
    return source.replace("</head>", f"{links}</head>", 1).replace(_APP, f"{_PLACE}{_APP}", 1)


def _install() -> None:
    env = gradio.routes.templates.env
    assert env.loader
    source, file, _ = env.loader.get_source(env, _INDEX)
    ours = DictLoader({_INDEX: _index(source, Path(str(file)).parent)})
    env.loader = ChoiceLoader([ours, env.loader])
    env.globals["first_view"] = _first_view


_install()
