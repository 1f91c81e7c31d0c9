"""The document says all a client needs, in forms every generator of clients reads."""

import json
import re

import built
import document as doc

# Constructs some generators do not read, or read differently.
FORBIDDEN = ("const", "prefixItems", "if", "then", "else", "patternProperties", "unevaluatedProperties", "anyOf", "not",
             "nullable")
# Probes answer everything as text and are not limited: who watches has to get an answer.
PROBES = {"getLiveness", "getReadiness", "getStartup", "isMaster"}
RIGHTS = re.compile(r"Needs no login\.|For (?:root|everybody)\b")
ID = re.compile(r"[a-z][A-Za-z0-9]+\Z")


def failures(root):
    """None when nothing has been built."""
    program = built.program(root)
    if program is None:
        return []
    try:
        old, new = json.loads(built.printed(program, "json")), json.loads(built.printed(program, "json-3.1"))
    except RuntimeError as error:
        return [str(error)]
    return lint(old) + same(old, new)


def lint(document):
    """What is missing or forbidden, a line each."""
    return [*_names(document), *_operations(document), *_schemas(document), *_examples(document)]


# Names

def _names(document):
    seen = {}
    tags = {tag["name"] for tag in document.get("tags", [])}
    for path, method, operation in doc.operations(document):
        place, name = f"{method.upper()} {path}", operation.get("operationId", "")
        if not ID.match(name):
            yield f"{place}: operationId '{name}' is not lowerCamelCase"
        if name in seen:
            yield f"{place}: operationId '{name}' is that of {seen[name]}, too"
        seen[name] = place
        if len(operation.get("tags", [])) != 1 or not tags.issuperset(operation["tags"]):
            yield f"{place}: needs one tag that the document lists"
        for parameter in (doc.resolved(document, part) for part in operation.get("parameters", [])):
            if parameter["in"] != "header" and not re.match(r"[a-z][a-z0-9_]*\Z", parameter["name"]):
                yield f"{place}: parameter '{parameter['name']}' is not snake_case"
        named = {part["name"] for part in operation.get("parameters", []) if part.get("in") == "path"}
        if named != set(re.findall(r"\{(\w+)\}", path)):
            yield f"{place}: its path parameters are not those of the path"


# Operations

def _operations(document):
    for path, method, operation in doc.operations(document):
        place = f"{method.upper()} {path}"
        if not operation.get("summary"):
            yield f"{place}: has no summary"
        if not RIGHTS.search(operation.get("description", "")):
            yield f"{place}: the description does not say who may"
        is_probe = operation.get("operationId") in PROBES
        if not is_probe:
            for status in ("429", "503"):
                if status not in operation["responses"]:
                    yield f"{place}: does not say that it can answer {status}"
        for digits, kind in (("2", "success"), ("345", "error")):
            if is_probe and kind == "error":
                continue
            found = _answers(document, operation, digits)
            if len({json.dumps(content["schema"], sort_keys=True) for _, content in found}) != 1:
                yield f"{place}: needs one schema for {kind}, in one media type"
            if not any(_has_example(document, content) for _, content in found):
                yield f"{place}: has no example of {kind}"
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media.endswith("json") and not _has_example(document, content):
                yield f"{place}: has no example of a request"


def _answers(document, operation, digits):
    found = []
    for status, response in operation["responses"].items():
        if status[0] in digits:
            found += list(doc.resolved(document, response).get("content", {}).items())
    # A success without a body, such as 204, is a success all the same.
    return found or [("", {"schema": {}, "example": ""})] if digits == "2" else found


def _has_example(document, content):
    return "example" in content or "example" in doc.resolved(document, content["schema"])


# Schemas

def _schemas(document):
    for place, schema in doc.schemas(document):
        is_named = place.count("/") == 2 and place.startswith("components/schemas/")
        for word in FORBIDDEN:
            if word in schema:
                yield f"{place}: '{word}' is not read by all generators"
        if isinstance(schema.get("type"), list):
            yield f"{place}: a list of types is not read by all generators"
        if "$ref" in schema and len(schema) > 1:
            yield f"{place}: what stands beside a reference is not read"
        if not is_named and ("properties" in schema or "allOf" in schema or "oneOf" in schema):
            yield f"{place}: an object needs a name of its own"
        if not is_named and "enum" in schema:
            yield f"{place}: a list of words needs a name of its own (EnumSchema)"
        if "oneOf" in schema and not schema.get("discriminator", {}).get("mapping"):
            yield f"{place}: oneOf needs a discriminator with a mapping"
        if "allOf" in schema and any("allOf" in doc.resolved(document, part) for part in schema["allOf"]):
            yield f"{place}: allOf goes one level deep"
    for path, method, operation in doc.operations(document):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media.endswith("json") and content["schema"].keys() != {"$ref"}:
                yield f"{method.upper()} {path}: the request needs a named schema"
        for status, response in operation["responses"].items():
            for media, content in doc.resolved(document, response).get("content", {}).items():
                if media.endswith("json") and content["schema"].keys() != {"$ref"}:
                    yield f"{method.upper()} {path}: answer {status} needs a named schema"


# Examples

def _examples(document):
    for place, schema in doc.schemas(document):
        if "example" in schema:
            found = doc.fault(document, schema["example"], schema)
            if found:
                yield f"{place}: the example is not as the schema says: {found}"
    for place, content in _contents(document):
        if "example" in content:
            found = doc.fault(document, content["example"], content["schema"])
            if found:
                yield f"{place}: the example is not as the schema says: {found}"


def _contents(document):
    for name, response in document["components"].get("responses", {}).items():
        for content in response.get("content", {}).values():
            yield f"components/responses/{name}", content
    for path, method, operation in doc.operations(document):
        place = f"{method.upper()} {path}"
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield place, content
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                yield f"{place} {status}", content


# The two forms

def same(old, new):
    """The first place where the document of 3.1 says something else than that of 3.0.3."""
    if not str(new.get("openapi", "")).startswith("3.1."):
        return ["the form of 3.1 does not say so"]
    found = _difference(old, {**_lowered(new), "openapi": old["openapi"]}, "")
    return [f"3.0.3 and 3.1 differ: {found}"] if found else []


def _lowered(part, is_schema=False, is_map=False):
    """The parts of 3.1 that the document uses, in the words of 3.0.3."""
    if isinstance(part, list):
        return [_lowered(one, is_schema) for one in part]
    if not isinstance(part, dict):
        return part
    members = {}
    for name, value in part.items():
        if is_schema and not is_map and name == "examples":
            members["example"] = value[0]
        elif is_schema and not is_map and name in ("example", "default", "enum"):
            members[name] = value
        else:
            inside = is_schema or name in ("schema", "schemas")
            members[name] = value if name == "example" else _lowered(
                value, inside, is_map=name in ("schemas", "properties") and not (is_map and name == "properties"))
    return members


def _difference(old, new, place):
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            if name not in old or name not in new:
                return f"{place}/{name} stands in one only"
            found = _difference(old[name], new[name], f"{place}/{name}")
            if found:
                return found
        return None
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        found = (_difference(one, other, f"{place}/{number}") for number, (one, other) in enumerate(zip(old, new)))
        return next((one for one in found if one), None)
    return None if old == new else f"{place} is {old!r} and {new!r}"
