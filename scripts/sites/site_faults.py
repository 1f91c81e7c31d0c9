"""What is wrong with a site that was built: links that lead nowhere, pages that are hard to reach, what a browser refuses."""

import collections
import html.parser
import pathlib
import posixpath
import re
import urllib.parse

# So many clicks every page is away from the first at most.
CLICKS = 2
# What shows that a piece of a document was not understood.
RAW = re.compile(r"<p>\||```|(?:<p>|\n)(?:[-*] |\d\. )|\]\([a-z.]+\)")
CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)


class Page(html.parser.HTMLParser):
    """The links, anchors and pictures of a page, and what the policy of the daemon's pages does not let in."""

    def __init__(self, text):
        super().__init__()
        self.links, self.sources, self.anchors, self.refused = [], [], set(), []
        self.is_inline = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.anchors |= {known[name] for name in ("id", "name") if known.get(name)}
        if tag == "a" and known.get("href"):
            self.links.append(known["href"])
        if tag in ("img", "script") and known.get("src"):
            self.sources.append(known["src"])
        if tag == "link" and known.get("href"):
            self.sources.append(known["href"])
        if tag == "img" and not known.get("alt"):
            self.refused.append(f"the picture {known.get('src')} says nothing to whoever cannot see it")
        if tag == "style" or (tag == "script" and not known.get("src")):
            self.refused.append(f"<{tag}> within the page")
        self.refused += [f"{name}=" for name in known if name == "style" or name.startswith("on")]


class Site:
    """A folder of pages."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.texts = {
            path.relative_to(self.folder).as_posix(): path.read_text() for path in sorted(self.folder.rglob("*.html"))}
        self.pages = {name: Page(text) for name, text in self.texts.items()}
        self.links = sum(len(page.links) + len(page.sources) for page in self.pages.values())

    def faults(self):
        found = []
        for name, page in self.pages.items():
            found += [f"{name}: {fault}, which browsers are told to refuse" if "picture" not in fault else f"{name}: {fault}"
                      for fault in page.refused]
            found += [f"{name}: {fault}" for link in page.links for fault in self.of_link(name, link)]
            found += [f"{name}: {fault}" for source in page.sources for fault in self.of_source(name, source)]
            found += [f"{name}: a piece was not understood: {raw[0]}"
                      for raw in [RAW.search(CODE.sub("", self.texts[name]))] if raw]
        return found + self.far()

    def of_link(self, name, link):
        split = urllib.parse.urlsplit(link)
        if split.scheme or split.netloc:
            return
        target = self.target(name, split.path)
        if not (self.folder / target).is_file():
            yield f"leads to {link}, which is not there"
        elif split.fragment and target in self.pages and split.fragment not in self.pages[target].anchors:
            yield f"leads to {link}, a place the page does not have"

    def of_source(self, name, source):
        split = urllib.parse.urlsplit(source)
        if split.scheme or split.netloc:
            yield f"loads {source} from elsewhere"
        elif not (self.folder / self.target(name, split.path)).is_file():
            yield f"shows {source}, which is not there"

    def target(self, name, path):
        """The file a path of a page leads to. A site can lie in any folder of a server: one from the root leads nowhere."""
        path = urllib.parse.unquote(path)
        if path.startswith("/"):
            return f"nowhere{path}"
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name

    def far(self):
        """Pages that are more clicks away than they may be."""
        clicks, waiting = {"index.html": 0}, collections.deque(["index.html"])
        while waiting:
            name = waiting.popleft()
            for link in self.pages[name].links if name in self.pages else ():
                split = urllib.parse.urlsplit(link)
                target = self.target(name, split.path)
                if not split.scheme and target in self.pages and target not in clicks:
                    clicks[target] = clicks[name] + 1
                    waiting.append(target)
        return [f"{name}: not within {CLICKS} clicks of the first page" for name in self.pages
                if clicks.get(name, CLICKS + 1) > CLICKS]
