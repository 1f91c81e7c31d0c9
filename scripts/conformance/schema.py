"""JSON Schema 2020-12, as much of it as the schemas in docs/engines use."""

import json
import pathlib
import re

TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int}


class Schemas:
    """The schemas in a folder; references go from file to file."""

    def __init__(self, folder):
        self.files = {path.name: json.loads(path.read_text()) for path in pathlib.Path(folder).glob("*.schema.json")}

    def faults(self, value, file, name):
        """How a value differs from a definition of a file, as sentences."""
        return self._check(value, {"$ref": f"{file}#/$defs/{name}"}, file, "it")

    def _check(self, value, schema, file, place):
        found = []
        for word, part in schema.items():
            found += getattr(self, "_" + word.lstrip("$").lower(), self._annotation)(value, part, file, place)
        return found

    def _annotation(self, value, part, file, place):
        return []

    def _ref(self, value, part, file, place):
        target, _, pointer = part.partition("#")
        target = target or file
        schema = self.files[target]
        for step in pointer.strip("/").split("/"):
            schema = schema[step]
        return self._check(value, schema, target, place)

    def _type(self, value, part, file, place):
        fits = isinstance(value, TYPES[part]) and (part == "boolean" or not isinstance(value, bool))
        return [] if fits else [f"{place} is {value!r}, no {part}"]

    def _required(self, value, part, file, place):
        lacking = [name for name in part if isinstance(value, dict) and name not in value]
        return [f"{place} lacks {name!r}" for name in lacking]

    def _properties(self, value, part, file, place):
        if not isinstance(value, dict):
            return []
        return [
            text for name, schema in part.items() if name in value
            for text in self._check(value[name], schema, file, f"{place}.{name}")]

    def _items(self, value, part, file, place):
        if not isinstance(value, list):
            return []
        return [text for n, one in enumerate(value) for text in self._check(one, part, file, f"{place}[{n}]")]

    def _allof(self, value, part, file, place):
        return [text for schema in part for text in self._check(value, schema, file, place)]

    def _not(self, value, part, file, place):
        return [] if self._check(value, part, file, place) else [f"{place} is {value!r}, which it must not be"]

    def _enum(self, value, part, file, place):
        return [] if value in part else [f"{place} is {value!r}, none of {', '.join(map(str, part))}"]

    def _const(self, value, part, file, place):
        return self._enum(value, [part], file, place)

    def _minimum(self, value, part, file, place):
        return [f"{place} is {value}, below {part}"] if isinstance(value, int) and value < part else []

    def _maximum(self, value, part, file, place):
        return [f"{place} is {value}, above {part}"] if isinstance(value, int) and value > part else []

    def _minlength(self, value, part, file, place):
        return [f"{place} is too short"] if isinstance(value, str) and len(value) < part else []

    def _maxlength(self, value, part, file, place):
        return [f"{place} is too long"] if isinstance(value, str) and len(value) > part else []

    def _minitems(self, value, part, file, place):
        return [f"{place} has too few elements"] if isinstance(value, list) and len(value) < part else []

    def _pattern(self, value, part, file, place):
        return [f"{place} is {value!r}"] if isinstance(value, str) and not re.search(part, value) else []
