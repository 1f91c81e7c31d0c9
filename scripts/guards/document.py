"""An OpenAPI document, asked about its parts: what the guards of the contract share."""

import re

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


def operations(document):
    """(path, method, operation) of each."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def resolved(document, part):
    """What a reference leads to; the part itself when it is none."""
    while isinstance(part, dict) and "$ref" in part:
        target = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name.replace("~1", "/").replace("~0", "~")]
        part = target
    return part


def schemas(document):
    """(place, schema) of every schema, with the schemas within it."""
    for name, schema in document["components"].get("schemas", {}).items():
        yield from _within(f"components/schemas/{name}", schema)
    for kind in ("parameters", "headers"):
        for name, part in document["components"].get(kind, {}).items():
            yield from _within(f"components/{kind}/{name}", part.get("schema", {}))
    for name, response in document["components"].get("responses", {}).items():
        for content in response.get("content", {}).values():
            yield from _within(f"components/responses/{name}", content["schema"])
    for path, method, operation in operations(document):
        place = f"{method.upper()} {path}"
        for parameter in operation.get("parameters", []):
            if "schema" in parameter:
                yield from _within(f"{place} {parameter['name']}", parameter["schema"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield from _within(f"{place} body", content["schema"])
        for status, response in operation.get("responses", {}).items():
            for content in response.get("content", {}).values():
                yield from _within(f"{place} {status}", content["schema"])


def _within(place, schema):
    if not isinstance(schema, dict):
        return
    yield place, schema
    for name, part in schema.get("properties", {}).items():
        yield from _within(f"{place}/{name}", part)
    for word in ("items", "x-items", "x-object", "additionalProperties", "not"):
        if isinstance(schema.get(word), dict):
            yield from _within(f"{place}/{word}", schema[word])
    for word in ("allOf", "oneOf", "anyOf"):
        for number, part in enumerate(schema.get(word, [])):
            yield from _within(f"{place}/{word}/{number}", part)


def fault(document, value, schema, place=""):
    """What is wrong with a value by a schema of the kinds that are allowed here, None when nothing is."""
    schema = resolved(document, schema)
    if isinstance(value, dict) and "x-object" in schema:
        schema = resolved(document, schema["x-object"])
    if value is None and schema.get("nullable"):
        return None
    kinds = schema.get("x-types") or [kind for kind in [schema.get("type")] if kind]
    kind = next((kind for kind in kinds if _is(value, kind)), None)
    if kinds and kind is None:
        return f"{place or '/'} is no {' or '.join(kinds)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{place or '/'} is none of {schema['enum']}"
    if kind in ("integer", "number"):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            return f"{place or '/'} is out of bounds"
    pattern = schema.get("pattern", schema.get("x-pattern", ""))
    if kind == "string" and not re.search(pattern, value):
        return f"{place or '/'} is not of the form {pattern}"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{place or '/'} has {len(value)} elements"
        for number, element in enumerate(value):
            found = fault(document, element, schema.get("items", schema.get("x-items", {})), f"{place}/{number}")
            if found:
                return found
    if isinstance(value, dict):
        return _member_fault(document, value, schema, place)
    return None


def _member_fault(document, value, schema, place):
    for name in schema.get("required", []):
        if name not in value:
            return f"{place}/{name} is missing"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, member in value.items():
        if name not in properties and others is False:
            return f"{place}/{name} is not known"
        part = properties.get(name, others if isinstance(others, dict) else {})
        found = fault(document, member, part, f"{place}/{name}")
        if found:
            return found
    for part in schema.get("allOf", []):
        found = fault(document, value, part, place)
        if found:
            return found
    return None


def _is(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    kinds = {"string": str, "integer": int, "number": (int, float), "array": list, "object": dict, "boolean": bool}
    return isinstance(value, kinds.get(kind, object))
