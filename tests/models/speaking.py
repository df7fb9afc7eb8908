"""A server that speaks as much of OpenAI's protocol as is needed, on the loopback."""

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Says `text`, and to what is asked with probabilities how sure it is; `fault` goes wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.fault = ""
        self.text = "TransMOT leverages powerful graph transformers [1]."
        self.texts: dict[str, str] = {}  # said instead where the question has the words
        self.sure: Callable[[str], float] = lambda asked: 0.9  # of "Yes"
        self.asked: list[dict] = []
        self.keys: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Speaking(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.server.keys.append(self.headers.get("Authorization", ""))
        if self.server.fault == "401":
            self.answer(401, {"error": {"message": "Incorrect API key.\nGet another."}})
        elif self.server.fault == "html":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Welcome</html>")
        else:
            known = [] if self.server.fault == "no models" else [{"id": "big", "object": "model"}]
            self.answer(200, {"object": "list", "data": known})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        if self.server.fault.startswith("5"):
            self.answer(int(self.server.fault), {"error": {"message": "out of\nmemory"}})
        elif body.get("stream"):
            self.say()
        else:
            self.decide(body)

    def text(self) -> str:
        asked = self.server.asked[-1]["messages"][-1]["content"]
        texts = (text for words, text in self.server.texts.items() if words in asked)
        return next(texts, self.server.text)

    def decide(self, body: dict) -> None:
        """Say yes or no, with the probabilities of both."""
        yes = self.server.sure(body["messages"][-1]["content"])
        said = "Yes" if yes >= 0.5 else "No"
        shares = ((" Yes", yes * 0.6), ("yes", yes * 0.4), ("No", 1 - yes))
        likely = [{"token": w, "logprob": math.log(max(p, 1e-6)), "bytes": None} for w, p in shares]
        token = {**likely[0], "token": said, "top_logprobs": likely}
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": f"{said}."},
            "logprobs": None if self.server.fault == "no odds" else {"content": [token]},
        }
        whole = {"id": "x", "object": "chat.completion", "created": 1, "model": "big"}
        self.answer(200, whole | {"choices": [choice]})

    def say(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.server.fault == "cut":
            self.send_header("Content-Length", "100000")  # more than will come
        self.end_headers()
        for n, word in enumerate(self.text().split(" ")):
            if self.server.fault == "cut" and n == 3:
                self.wfile.write(b'data: {"id": "x", "object": "chat.com')
                return
            piece = {"index": 0, "delta": {"role": "assistant", "content": word + " "}}
            self.event({"choices": [piece]})
        self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, body: dict) -> None:
        whole = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "big"} | body
        self.wfile.write(b"data: " + json.dumps(whole).encode() + b"\n\n")
        self.wfile.flush()


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
