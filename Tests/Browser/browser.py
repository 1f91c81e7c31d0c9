"""A headless Chromium, driven by the WebDriver protocol (JSON over HTTP) with the standard library alone."""

import base64
import json
import os
import pathlib
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"tab": "\ue004", "enter": "\ue007", "escape": "\ue00c", "space": " ", "shift": "\ue008"}


class BrowserError(AssertionError):
    """What the driver says went wrong; `kind` is its code, such as `no such element`."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Element:
    def __init__(self, browser, reference):
        self.browser = browser
        self.reference = reference

    def click(self):
        self._post("click", {})

    def type(self, text):
        self._post("value", {"text": text})

    def fill(self, text):
        self._post("clear", {})
        self.type(text)

    @property
    def text(self):
        return self._get("text")

    @property
    def is_shown(self):
        return self.browser.script("return arguments[0].checkVisibility()", self)

    def attribute(self, name):
        return self._get(f"attribute/{name}")

    def _post(self, path, body):
        return self.browser.command("POST", f"/element/{self.reference}/{path}", body)

    def _get(self, path):
        return self.browser.command("GET", f"/element/{self.reference}/{path}")


class Browser:
    """One window with a profile of its own; `with` closes it."""

    def __init__(self, width=1280, height=900):
        self.size = (width, height)

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="confd-browser-")
        port = _free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--allowed-ips=127.0.0.1"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "HOME": self.profile, "XDG_CACHE_HOME": self.profile})
        self.address = f"http://127.0.0.1:{port}"
        try:
            self._await_driver()
            width, height = self.size
            arguments = [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*", "--force-device-scale-factor=1",
                f"--window-size={width},{height}", f"--user-data-dir={self.profile}/profile"]
            wanted = {"acceptInsecureCerts": True, "goog:chromeOptions": {"args": arguments},
                      "goog:loggingPrefs": {"browser": "ALL"}, "timeouts": {"script": 60_000}}
            answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            self.session = answer["sessionId"]
        except BaseException:
            self._end()
            raise
        self.resize(width, height)
        return self

    def __exit__(self, *_):
        try:
            self._send("DELETE", f"/session/{self.session}")
        finally:
            self._end()

    def open(self, url):
        self.command("POST", "/url", {"url": url})

    def find(self, selector, deadline=15):
        """The first element that fits and is shown, as soon as there is one."""
        return self.until(lambda: next((e for e in self.all(selector) if e.is_shown), None), selector, deadline)

    def all(self, selector):
        found = self.command("POST", "/elements", {"using": "css selector", "value": selector})
        return [Element(self, one[ELEMENT]) for one in found]

    def button(self, name, within="body"):
        """The button or link with this text, as soon as it is shown."""
        def look():
            return self.script(
                "return [...document.querySelectorAll(arguments[0] + ' :is(button, a)')].find(e =>"
                " e.textContent.trim() === arguments[1] && e.checkVisibility() && !e.disabled) ?? null", within, name)
        return self.until(look, f"button '{name}'")

    def until(self, condition, what="condition", deadline=15):
        """What the condition gives as soon as it is true; elements may go while they are looked at."""
        end = time.monotonic() + deadline
        while True:
            try:
                found = condition()
                if found:
                    return found
            except BrowserError as error:
                if error.kind not in ("stale element reference", "no such element", "javascript error"):
                    raise
            if time.monotonic() > end:
                raise AssertionError(f"no {what} within {deadline} s; the page says:\n{self.text()[:3000]}\n{self.log()}")

    def until_text(self, text, selector="body", deadline=15):
        """Waits until the words stand on the page."""
        self.until(lambda: text in self.text(selector), f"'{text}' in {selector}", deadline)

    def text(self, selector="body"):
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def script(self, code, *arguments):
        plain = [{ELEMENT: a.reference} if isinstance(a, Element) else a for a in arguments]
        return self._value(self.command("POST", "/execute/sync", {"script": code, "args": plain}))

    def script_async(self, code, *arguments):
        """Runs a script whose last argument is to be called with its result."""
        return self._value(self.command("POST", "/execute/async", {"script": code, "args": list(arguments)}))

    def devtools(self, command, **parameters):
        return self.command("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def press(self, *keys):
        """Presses keys where the focus is; a key held is written as in "shift+tab"."""
        steps = []
        for key in keys:
            chord = [KEYS.get(one, one) for one in key.split("+")]
            steps += [{"type": "keyDown", "value": one} for one in chord]
            steps += [{"type": "keyUp", "value": one} for one in reversed(chord)]
        self.command("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": steps}]})

    def resize(self, width, height, is_phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone)

    def prefer(self, **features):
        """Sets media features, as in `prefer(**{"prefers-color-scheme": "dark"})`."""
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": k, "value": v} for k, v in features.items()])

    def scripts(self, allowed):
        self.devtools("Emulation.setScriptExecutionDisabled", value=not allowed)

    def picture(self, path):
        """Stores the whole page, however long, as PNG."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.devtools(
            "Page.captureScreenshot", captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def log(self):
        """What the browser had to complain about since the last look, one line each."""
        entries = self.command("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]

    def command(self, method, path, body=None):
        return self._send(method, f"/session/{self.session}{path}", body)

    def _value(self, value):
        return Element(self, value[ELEMENT]) if isinstance(value, dict) and ELEMENT in value else value

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=90) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise BrowserError(value["error"], value["message"].split("\n")[0]) from None

    def _await_driver(self):
        lines = queue.Queue()

        def read():
            for line in self.driver.stdout:
                lines.put(line)
        threading.Thread(target=read, daemon=True).start()
        end = time.monotonic() + 30
        while "started successfully" not in lines.get(timeout=max(0.1, end - time.monotonic())):
            pass

    def _end(self):
        self.driver.terminate()
        self.driver.wait(10)
        self.driver.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
