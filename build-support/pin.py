"""Writes constraints.txt: the newest versions that go together, for all extras.

Run it with the oldest Python supported: what installs there installs on the later ones too. torch
stays a range, because its builds for processors and for GPUs have different versions; what only
one platform's torch needs is left free.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FREE = re.compile(r"arxiv-rag|torch|triton|nvidia-.*|cuda-.*|pip|setuptools")
HEADER = """\
# The versions that `make` installs. `make constraints` writes this file; nothing else should.
"""


def main() -> None:
    """Resolve the project afresh and write what came out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = ",".join(project["optional-dependencies"])
    torch = next(x for x in project["dependencies"] if re.match(r"torch\b", x))
    resolve = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    resolve += ["--report", "-", f"{ROOT}[{extras}]"]
    report = json.loads(subprocess.run(resolve, check=True, stdout=subprocess.PIPE).stdout)
    pins = [torch]
    for found in report["install"]:
        name = re.sub(r"[-_.]+", "-", found["metadata"]["name"]).lower()
        if not FREE.fullmatch(name):
            pins.append(f"{name}=={found['metadata']['version'].split('+')[0]}")
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(sorted(pins)) + "\n")


if __name__ == "__main__":
    main()
