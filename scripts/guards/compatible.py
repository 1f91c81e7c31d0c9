"""Clients made from the document of the last release work with this one."""

import re
import subprocess
import sys

import built
import document as doc
from openapi import DOCUMENT

TAG = re.compile(r"v?\d+\.\d+\.\d+\Z")


def failures(root):
    """None when nothing has been released or built yet."""
    tag, program = last_release(root), built.program(root)
    if tag is None:
        print("compatible: nothing has been released yet, so there is nothing to compare with", file=sys.stderr)
    if tag is None or program is None:
        return []
    try:
        import yaml
    except ImportError:
        return ["PyYAML is missing: install python3-yaml"]
    kept = _git(root, "show", f"{tag}:{DOCUMENT}")
    if kept is None:
        return []
    try:
        new = yaml.safe_load(built.printed(program, "json"))
    except RuntimeError as error:
        return [str(error)]
    return [f"since {tag}: {line}" for line in breaks(yaml.safe_load(kept), new)]


def last_release(root):
    """The newest tag that is a version and is part of the history of this checkout."""
    tags = (_git(root, "tag", "--merged", "HEAD", "--sort=-version:refname") or "").split()
    return next((tag for tag in tags if TAG.match(tag)), None)


def _git(root, *words):
    try:
        run = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", root, *words], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return run.stdout if run.returncode == 0 else None


def breaks(old, new):
    """What an old client could stumble over, a line each."""
    return list(dict.fromkeys(_Comparison(old, new).lines()))


class _Comparison:
    def __init__(self, old, new):
        self.old, self.new = old, new
        self.seen = set()

    def lines(self):
        for path, item in self.old["paths"].items():
            if path not in self.new["paths"]:
                yield f"{path} is gone"
                continue
            for method in doc.METHODS:
                if method not in item:
                    continue
                place = f"{method.upper()} {path}"
                if method not in self.new["paths"][path]:
                    yield f"{place} is gone"
                else:
                    yield from self._operation(place, item[method], self.new["paths"][path][method])

    def _operation(self, place, old, new):
        if old["operationId"] != new["operationId"]:
            yield f"{place}: operationId was {old['operationId']}"
        if old.get("security") == [] and new.get("security") != []:
            yield f"{place}: needs a login now"
        yield from self._parameters(place, old, new)
        yield from self._body(place, old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(place, old["responses"], new["responses"])

    # What a client sends may become less strict only.

    def _parameters(self, place, old, new):
        before, after = self._by_name(self.old, old), self._by_name(self.new, new)
        for name, parameter in before.items():
            if name not in after:
                yield f"{place}: parameter {name[1]} is gone"
                continue
            if after[name].get("required") and not parameter.get("required"):
                yield f"{place}: parameter {name[1]} is needed now"
            yield from self._sent(f"{place}: parameter {name[1]}", parameter["schema"], after[name]["schema"])
        for name, parameter in after.items():
            if name not in before and parameter.get("required"):
                yield f"{place}: parameter {name[1]} is new and needed"

    @staticmethod
    def _by_name(document, operation):
        parameters = [doc.resolved(document, part) for part in operation.get("parameters", [])]
        return {(parameter["in"], parameter["name"]): parameter for parameter in parameters}

    def _body(self, place, old, new):
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{place}: a body is needed now"
        if old and not new:
            yield f"{place}: takes no body any more"
        for media, content in (old or {}).get("content", {}).items():
            if new and media not in new["content"]:
                yield f"{place}: takes no {media} any more"
            elif new:
                yield from self._sent(f"{place}: body", content["schema"], new["content"][media]["schema"])

    def _sent(self, place, old, new):
        yield from self._schema(place, old, new, isSent=True)

    # What a client reads may become richer only.

    def _answers(self, place, old, new):
        for status, answer in old.items():
            if status not in new:
                yield f"{place}: answer {status} is gone"
                continue
            before, after = doc.resolved(self.old, answer), doc.resolved(self.new, new[status])
            for name in before.get("headers", {}):
                if name not in after.get("headers", {}):
                    yield f"{place}: answer {status} has no {name} any more"
            for media, content in before.get("content", {}).items():
                if media not in after.get("content", {}):
                    yield f"{place}: answer {status} is no {media} any more"
                else:
                    yield from self._schema(
                        f"{place}: answer {status}", content["schema"], after["content"][media]["schema"],
                        isSent=False)
        for status in new:
            if status not in old and status.startswith("2"):
                yield f"{place}: answer {status} is new"

    # Both

    def _schema(self, place, old, new, isSent):
        names = (old.get("$ref"), new.get("$ref"), isSent)
        if names[0] or names[1]:
            if names in self.seen:
                return
            self.seen.add(names)
            if names[0]:
                place = names[0].rsplit("/", 1)[1] + (" (sent)" if isSent else "")
        old, new = doc.resolved(self.old, old), doc.resolved(self.new, new)
        yield from self._type(place, old, new, isSent)
        yield from self._words(place, old, new, isSent)
        yield from self._members(place, old, new, isSent)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
                yield from self._schema(f"{place}/{word}", old[word], new[word], isSent)

    @staticmethod
    def _type(place, old, new, isSent):
        before, after = old.get("type"), new.get("type")
        isWider = isSent and (after is None or (before, after) == ("integer", "number"))
        isNarrower = not isSent and before is None
        if before != after and not isWider and not isNarrower:
            yield f"{place}: was {before or 'anything'}, is {after or 'anything'}"
        if not isSent:
            return
        for word, isStricter in (
            ("minimum", lambda one, other: other > one), ("minLength", lambda one, other: other > one),
            ("maximum", lambda one, other: other < one), ("maxLength", lambda one, other: other < one),
        ):
            if word in new and (word not in old or isStricter(old[word], new[word])):
                yield f"{place}: {word} is {new[word]}, was {old.get(word, 'none')}"
        if new.get("pattern", old.get("pattern")) != old.get("pattern"):
            yield f"{place}: has another pattern"

    @staticmethod
    def _words(place, old, new, isSent):
        before, after = old.get("enum"), new.get("enum")
        if isSent and after is not None:
            gone = [word for word in before or [] if word not in after]
            if before is None:
                yield f"{place}: takes only {after} now"
            elif gone:
                yield f"{place}: takes no {', '.join(map(str, gone))} any more"
        if not isSent and before is not None:
            fresh = [word for word in after or [] if word not in before]
            if after is None:
                yield f"{place}: may be any word now"
            elif fresh:
                yield f"{place}: can be {', '.join(map(str, fresh))}, too"

    def _members(self, place, old, new, isSent):
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                if not isSent or new.get("additionalProperties") is False:
                    yield f"{place}: member {name} is gone"
            else:
                yield from self._schema(f"{place}/{name}", schema, after[name], isSent)
        needed, was = set(new.get("required", [])), set(old.get("required", []))
        if isSent:
            for name in sorted(needed - was):
                yield f"{place}: member {name} is needed now"
        else:
            for name in sorted(was - needed):
                yield f"{place}: member {name} may be absent now"
