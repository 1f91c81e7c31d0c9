"""What the document says in words or extensions, in terms of schemas: generators of cases read those."""


def narrowed(document):
    """A copy in which parameters of several types are unions, and one of the alternatives is needed."""
    return _part(document)


def _part(part):
    if isinstance(part, list):
        return [_part(one) for one in part]
    if not isinstance(part, dict):
        return part
    members = {name: _part(value) for name, value in part.items()}
    if members.get("in") == "query":
        _close(members["schema"])
    if "x-types" in members:
        members["anyOf"] = [_of_type(kind, members) for kind in members.pop("x-types")]
    if "x-one-of" in members:
        members["allOf"] = [
            {"oneOf": [{"required": [name]} for name in names]} for names in members.pop("x-one-of")]
    return members


def _close(schema):
    """Words that may become more with a later version are all there are for this one."""
    schema = schema.get("items", schema)
    if "x-extensible-enum" in schema:
        schema["enum"] = schema["x-extensible-enum"]


def _of_type(kind, members):
    schema = {"type": kind}
    if "enum" in members:
        schema["enum"] = members["enum"]
    if kind == "string" and "x-pattern" in members:
        schema["pattern"] = members["x-pattern"]
    if kind == "integer":
        schema |= {"minimum": -(2**63), "maximum": 2**63 - 1}
    if kind == "array":
        schema["items"] = members.get("x-items", {})
        schema |= {word: members[word] for word in ("minItems", "maxItems") if word in members}
    return schema
