"""Python processes that begin with the imports done.

`run` does what `subprocess.run` does for this Python: what it runs has a process of its own, with
its arguments, environment, folder, streams, status and death by a signal. But that process forks
from one that has imported the program already, which saves a second or two of processor time each.
All forks share one seed of hashes. Tests of imports, of signals that are sent, and of pipes that
break start Python themselves.
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
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]

# What the commands import while they run; no module of these reads the environment or starts a
# thread when it is imported.
IMPORTED = (
    "rag.cli", "rag.assistant", "rag.library.doctor", "rag.library.backup", "rag.cli.tabulating",
    "chromadb.api.client", "chromadb.api.rust", "tantivy", "onnxruntime", "tokenizers",
    "numpy.ma", "filelock", "platformdirs", "rich.table", "rag.listings", "ftfy", "lxml.etree",
    "bs4", "soupsieve", "charset_normalizer", "rag.models.language",
)  # fmt: skip

STARTING = ("PYTHON", "LC_", "LANG", "TZ", "OMP_", "OPENBLAS_")  # read when Python starts
LONGEST = 100_000  # bytes of arguments and environment in one message

_PATIENCE = 60  # seconds for the imports, or for a process to end that was killed
_ONE = threading.Lock()


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
    with tempfile.TemporaryFile() as given, _output() as printed, _output() as told:
        given.write((input or "").encode())
        given.seek(0)
        handles = [file.fileno() for file in (given, printed, told)]
        with _ONE:
            status = _forked(call, handles, words, timeout)
        return subprocess.CompletedProcess(words, status, _text(printed), _text(told))


def _starts_otherwise(environment: Mapping[str, str]) -> bool:
    def starting(all_: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in all_.items() if name.startswith(STARTING)}

    return starting(environment) != starting(os.environ)


def _output() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def _forked(call: bytes, handles: list[int], words: list[str], timeout: float) -> int:
    server = _server()
    socket.send_fds(server, [call], handles)
    pid = int(_answer(server, _PATIENCE))
    try:
        return int(_answer(server, timeout))
    except BaseException as error:
        os.kill(pid, signal.SIGKILL)
        _answer(server, _PATIENCE)  # which the next run would take for its own
        if isinstance(error, TimeoutError):
            raise subprocess.TimeoutExpired(words, timeout) from None
        raise


def _answer(server: socket.socket, timeout: float) -> bytes:
    server.settimeout(timeout)
    said = server.recv(100)
    assert said, "the process that the others fork from has ended"
    return said


@functools.cache
def _server() -> socket.socket:
    """Start the process that the others fork from; it ends when this one does."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
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
        message, handles, _, _ = socket.recv_fds(there, 2 * LONGEST, 3)
        if not message:
            sys.exit()
        if pid := os.fork():
            for handle in handles:
                os.close(handle)
            there.send(str(pid).encode())
            _, status = os.waitpid(pid, 0)
            there.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        there.close()
        for place, handle in enumerate(handles):
            os.dup2(handle, place)
            os.close(handle)
        call: dict[str, Any] = json.loads(message)
        return call


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


if __name__ == "__main__":
    for module in IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # the forks share what is there already
    _become(_serve(socket.socket(fileno=int(sys.argv[1]))))
