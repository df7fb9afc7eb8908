"""Python processes that begin with the imports done.

`run` does what `subprocess.run` does for this Python: what it runs has a process of its own, with
its arguments, environment, folder, streams, status and death by a signal. But that process forks
from one that has imported the program already, which saves a second or two of processor time each.
All forks share one seed of hashes. Tests of imports, of signals that are sent, and of pipes that
break start Python themselves.

What a fork starts in its turn, for the doctor to look at Chroma, is a fork too: of a second process
that the first one forked before it served anybody.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import types
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]

# What the commands import while they run; no module of these reads the environment or starts a
# thread when it is imported.
IMPORTED = (
    "rag.cli", "rag.assistant", "rag.library.doctor", "rag.library.restoring", "rag.cli.tabulating",
    "chromadb.api.client", "chromadb.api.rust", "tantivy", "onnx", "onnxruntime", "tokenizers",
    "numpy.ma", "filelock", "platformdirs", "rich.table", "rag.listings", "ftfy", "lxml.etree",
    "bs4", "soupsieve", "charset_normalizer", "rag.models.language",
)  # fmt: skip

STARTING = ("PYTHON", "LC_", "LANG", "TZ", "OMP_", "OPENBLAS_")  # read when Python starts
LONGEST = 100_000  # bytes of arguments and environment in one message

_PATIENCE = 60  # seconds for the imports, or for a process to end that was killed
_ONE = threading.Lock()
_second: list[socket.socket] = []  # in a fork: the process that forks for it


def run(
    command: Sequence[object],
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    input: str | None = None,
    timeout: float = 120,
    stdout: int | None = None,
    stderr: int | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run ``[sys.executable, "-m" or "-c", ...]``, and give what it printed, as text.

    Takes of `subprocess.run` what is used here, and raises what it raises; what is printed is
    given back whatever ``stdout`` and ``stderr`` say. One runs at a time.
    """
    words = [str(each) for each in command]
    environment = dict(os.environ if env is None else env)
    call = json.dumps({"argv": words[1:], "cwd": str(cwd), "env": environment}).encode()
    if _starts_otherwise(environment) or len(call) > LONGEST:
        return subprocess.run(
            words, cwd=cwd, env=environment, input=input, timeout=timeout, text=True,
            capture_output=True,
        )  # fmt: skip
    here, there = _pair()
    with here, tempfile.TemporaryFile() as given, _output() as printed, _output() as told:
        given.write((input or "").encode())
        given.seek(0)
        with _ONE:
            with there:
                handles = [file.fileno() for file in (given, printed, told, there)]
                socket.send_fds(_server(), [call], handles)
            status = _ended(here, words, timeout)
        return subprocess.CompletedProcess(words, status, _text(printed), _text(told))


def for_doctor() -> types.SimpleNamespace:
    """Return what stands for `subprocess` in `rag.library.doctor`, which starts a process by it."""
    return types.SimpleNamespace(
        run=run, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
    )


def _starts_otherwise(environment: Mapping[str, str]) -> bool:
    def starting(all_: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in all_.items() if name.startswith(STARTING)}

    return starting(environment) != starting(os.environ)


def _output() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def _ended(here: socket.socket, words: list[str], timeout: float) -> int:
    """Wait for a fork to end, and return its status; end it if it takes too long."""
    pid = int(_answer(here, _PATIENCE))
    try:
        return int(_answer(here, timeout))
    except BaseException as error:
        os.kill(pid, signal.SIGKILL)
        if isinstance(error, TimeoutError):
            raise subprocess.TimeoutExpired(words, timeout) from None
        raise


def _answer(server: socket.socket, timeout: float) -> bytes:
    server.settimeout(timeout)
    said = server.recv(100)
    assert said, "the process that the others fork from has ended"
    return said


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@functools.cache
def _server() -> socket.socket:
    """Start the process that the others fork from; it ends when this one does."""
    if _second:
        return _second[0]
    here, there = _pair()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", str(there.fileno())],
        cwd=ROOT,
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    there.close()
    atexit.register(process.wait)
    atexit.register(here.close)  # called first
    return here


def _serve(there: socket.socket) -> dict[str, Any]:
    """Fork for each call, and wait for the fork; return in the fork what it has to run."""
    while True:
        message, handles, _, _ = socket.recv_fds(there, 2 * LONGEST, 4)
        if not message:
            os._exit(0)
        *streams, last = handles
        if pid := os.fork():
            for handle in streams:
                os.close(handle)
            with socket.socket(fileno=last) as asking:
                _tell(asking, pid)
                _, status = os.waitpid(pid, 0)
                _tell(asking, os.waitstatus_to_exitcode(status))
            continue
        there.close()
        os.close(last)
        for place, handle in enumerate(streams):
            os.dup2(handle, place)
            os.close(handle)
        call: dict[str, Any] = json.loads(message)
        return call


def _tell(asking: socket.socket, number: int) -> None:
    with suppress(OSError):  # who asked may be gone, or have been killed
        asking.send(str(number).encode())


def _become(call: dict[str, Any]) -> None:
    """Do what ``python -m MODULE ...`` or ``python -c CODE ...`` does once it has started."""
    os.environ.clear()
    os.environ.update(call["env"])
    os.chdir(call["cwd"])
    kind, what, *arguments = call["argv"]
    sys.argv = [kind, *arguments]
    if kind == "-m":
        sys.modules.pop(what, None)  # it may have been imported, and is to run as a program
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), main.__dict__)


def _main(there: socket.socket) -> None:
    for module in IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # the forks share what is there already
    here, second = _pair()
    if os.fork():
        second.close()
        _second.append(here)
        sys.modules["rag.library.doctor"].__dict__["subprocess"] = for_doctor()
        _become(_serve(there))
    else:
        there.close()
        here.close()
        _become(_serve(second))


if __name__ == "__main__":
    _main(socket.socket(fileno=int(sys.argv[1])))
