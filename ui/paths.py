"""What of all that Gradio serves is used here, and may be reached.

The rest would fetch addresses from the network, write files, list what the page alone calls, or
make changes that nobody asked for. A path counts as it is found: one that another program would
read otherwise (two slashes, another case) is none.
"""

import re
from collections.abc import Mapping
from typing import Any

UPLOAD, SERVER, JOIN = (
    f"/gradio_api/{name}" for name in ("upload", "component_server", "queue/join")
)
"""What only the page calls; the last one is for programs too."""

LOGIN = "/login"
"""Where a name and a password are sent."""

BEAT = "/gradio_api/heartbeat/"
"""Where a tab lets the server know that it is there, with the name of its session behind."""

BY_NAME = re.compile(r"/gradio_api/(?:call|run|api)/(\w+)")
"""What programs call, by the name of an event."""

READ = re.compile(
    r"|/(?:config|favicon\.ico|robots\.txt|theme\.css|manifest\.json|logout|plotly\.js|alive)"
    r"|/(?:assets|static|svelte)/.+"
    r"|/gradio_api/(?:info|theme\.css|startup-events|app_id|user|login_check|upload_progress)"
    r"|/gradio_api/(?:queue/data|queue/status|heartbeat/[\w-]+|call/\w+/\w+)"
)
"""What may be read."""

CHANGED = re.compile(rf"{LOGIN}|/gradio_api/(?:cancel|reset)|{UPLOAD}|{SERVER}|{JOIN}")
"""What may be sent to, beside `BY_NAME`."""


def path_of(scope: Mapping[str, Any]) -> str:
    """Return what is asked for, as it is found: without the path of a proxy, or a last slash."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    return path.removesuffix("/")
