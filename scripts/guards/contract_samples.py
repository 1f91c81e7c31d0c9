"""Documents that are right, and what happens to them that the guards of the contract have to see."""

import copy

import compatible
import contract
import proofs


def _problem(status):
    return {"description": "No.", "content": {"application/problem+json": {
        "schema": {"$ref": "#/components/schemas/Problem"}, "example": {"status": status}}}}


GOOD = {
    "openapi": "3.0.3", "tags": [{"name": "things"}],
    "paths": {"/things/{thing_id}": {"post": {
        "operationId": "startThing", "summary": "Start a thing", "description": "For root.", "tags": ["things"],
        "parameters": [
            {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "kind", "in": "query", "required": False, "schema": {"$ref": "#/components/schemas/Kind"}}],
        "requestBody": {"required": True, "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
        "responses": {
            "200": {"description": "Done.", "headers": {"ETag": {}}, "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
            "400": _problem(400), "429": _problem(429), "503": _problem(503)}}}},
    "components": {"schemas": {
        "Kind": {"type": "string", "enum": ["old", "new"]},
        "Wish": {
            "type": "object", "additionalProperties": False, "required": ["count"],
            "properties": {"count": {"type": "integer", "minimum": 1}, "kind": {"$ref": "#/components/schemas/Kind"}},
            "example": {"count": 2, "kind": "new"}},
        "Thing": {
            "type": "object", "required": ["name"],
            "properties": {"name": {"type": "string"}, "kind": {"$ref": "#/components/schemas/Kind"}},
            "example": {"name": "one"}},
        "Problem": {"type": "object", "properties": {"status": {"type": "integer"}}}}},
}


def _put(value, *way):
    """Puts a value at a place, or with None takes away what stands there."""
    def change(document):
        part = document
        for name in way[:-1]:
            part = part[name]
        if value is None:
            del part[way[-1]]
        else:
            part[way[-1]] = value
    return change


OPERATION = ("paths", "/things/{thing_id}", "post")
SCHEMAS = ("components", "schemas")
WISH, THING = (*SCHEMAS, "Wish"), (*SCHEMAS, "Thing")

# What is done to the good document, and what the failure has to say; None when there must be none.
LINT = [
    (_put("StartThing", *OPERATION, "operationId"), "is not lowerCamelCase"),
    (_put({"get": {**GOOD["paths"]["/things/{thing_id}"]["post"], "parameters": []}}, "paths", "/things"),
     "is that of POST"),
    (_put(["others"], *OPERATION, "tags"), "needs one tag"),
    (_put("thingId", *OPERATION, "parameters", 0, "name"), "is not snake_case"),
    (_put("other_id", *OPERATION, "parameters", 0, "name"), "not those of the path"),
    (_put(None, *OPERATION, "summary"), "has no summary"),
    (_put("Starts it.", *OPERATION, "description"), "does not say who may"),
    (_put(None, *OPERATION, "responses", "429"), "does not say that it can answer 429"),
    (_put({"description": "Taken.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
          *OPERATION, "responses", "202"), "needs one schema for success"),
    (_put({"description": "Gone."}, *OPERATION, "responses", "204"), None),
    (_put(None, *THING, "example"), "has no example of success"),
    (_put(None, *WISH, "example"), "has no example of a request"),
    (_put({"name": 1}, *THING, "example"), "/name is no string"),
    (_put({}, *THING, "example"), "/name is missing"),
    (_put({"count": 1, "size": 2}, *WISH, "example"), "/size is not known"),
    (_put({"count": 0}, *WISH, "example"), "/count is out of bounds"),
    (_put({"count": 1, "kind": "odd"}, *WISH, "example"), "/kind is none of"),
    (_put({"type": "object", "properties": {}}, *THING, "properties", "part"), "needs a name of its own"),
    (_put({"type": "string", "enum": ["a"]}, *THING, "properties", "word"), "needs a name of its own (EnumSchema)"),
    (_put({"const": "a"}, *THING, "properties", "word"), "'const' is not read"),
    (_put({"type": ["string", "null"]}, *THING, "properties", "word"), "a list of types"),
    (_put({"$ref": "#/components/schemas/Kind", "description": "A word."}, *THING, "properties", "kind"),
     "beside a reference"),
    (_put([{"$ref": "#/components/schemas/Wish"}], *THING, "oneOf"), "needs a discriminator"),
    (_put({"type": "string"}, *OPERATION, "requestBody", "content", "application/json", "schema"),
     "the request needs a named schema"),
    (_put(1, *THING, "x-anything"), None),
]

# The same for what comes after a release.
BREAKS = [
    (_put(None, "paths", "/things/{thing_id}"), "is gone"),
    (_put(None, *OPERATION), "POST /things/{thing_id} is gone"),
    (_put("beginThing", *OPERATION, "operationId"), "operationId was startThing"),
    (_put([GOOD["paths"]["/things/{thing_id}"]["post"]["parameters"][0]], *OPERATION, "parameters"),
     "parameter kind is gone"),
    (_put(True, *OPERATION, "parameters", 1, "required"), "parameter kind is needed now"),
    (_put({"type": "integer"}, *OPERATION, "parameters", 0, "schema"), "was string, is integer"),
    (_put(["old"], *SCHEMAS, "Kind", "enum"), "takes no new any more"),
    (_put(["old", "new", "odd"], *SCHEMAS, "Kind", "enum"), "can be odd, too"),
    (_put(["count", "kind"], *WISH, "required"), "member kind is needed now"),
    (_put([], *WISH, "required"), None),
    (_put(None, *WISH, "properties", "kind"), "member kind is gone"),
    (_put({"type": "string"}, *WISH, "properties", "note"), None),
    (_put(2, *WISH, "properties", "count", "minimum"), "minimum is 2, was 1"),
    (_put(None, *THING, "properties", "kind"), "member kind is gone"),
    (_put({"type": "integer"}, *THING, "properties", "name"), "was string, is integer"),
    (_put([], *THING, "required"), "member name may be absent now"),
    (_put({"type": "string"}, *THING, "properties", "note"), None),
    (_put({}, *OPERATION, "responses", "200", "headers"), "has no ETag any more"),
    (_put(None, *OPERATION, "responses", "400"), "answer 400 is gone"),
    (_put(_problem(409), *OPERATION, "responses", "409"), None),
    (_put({"get": {}}, "paths", "/others"), None),
]

RULES = """# REST

## Rules and what proves them

### Lists

| Rule | Proven by |
| --- | --- |
"""

# Rows under a heading, and what the failure has to say.
PROOFS = [
    ("| A page has an end. | `PageTests.aPageHasAnEnd`, `test_pages.test_a_walk` |\n", None),
    ("| Clients can be made. | `scripts/make python` |\n", None),
    ("| A page has an end. | |\n", "names no test"),
    ("| A page has an end. | later |\n", "names no test"),
    ("| A page has an end. | `PageTests.aPageHasNoEnd` |\n", "there is no test PageTests.aPageHasNoEnd"),
    ("| A page has an end. | `PageTests.helper` |\n", "there is no test PageTests.helper"),
    ("| A page has an end. | `test_pages.walk` |\n", "there is no test test_pages.walk"),
    ("| | `PageTests.aPageHasAnEnd` |\n", "a row without a rule"),
    ("| A page has an end. | `scripts/nothing` |\n", "there is no scripts/nothing"),
    ("", "the section 'Lists' has no rule"),
]
TABLE = """# Guarantees

| Who | Is what | Says |
| --- | --- | --- |
| A client | somebody | nothing |

## Pages

| What | When | Tried by |
| --- | --- | --- |
"""

# Rows of a table that says what they are tried by, and what the failure has to say.
TRIALS = [
    ("| A page ends. | always | `PageTests.aPageHasAnEnd`, `test_pages.test_a_walk` |\n", None),
    ("| A page ends. | always | `scripts/make` |\n", None),
    ("| A page ends. | `PageTests.aPageHasAnEnd` | |\n", "names no test"),
    ("| A page ends. | always | `PageTests.aPageHasNoEnd` |\n", "there is no test PageTests.aPageHasNoEnd"),
    ("| A page ends. | always | `PageTests.aPageHasAnEnd`, `.another` |\n", "`.another` is no test"),
    ("| A page ends. | `PageTests.aPageHasAnEnd` |\n", "2 cells, the table has 3 columns"),
    ("| | always | `PageTests.aPageHasAnEnd` |\n", "a row without a rule"),
    ("", "no table says what it is tried by"),
]
PROVING = {
    "Tests/ATests/PageTests.swift":
        "@Suite(.timeLimit(.minutes(1))) struct PageTests {\n    func helper() {}\n"
        "    @Test(arguments: [\n        (1, 2),\n    ])\n    func aPageHasAnEnd(_ a: Int, _ b: Int) {}\n}\n",
    "Tests/Integration/test_pages.py": "class A:\n    def test_a_walk(self):\n        pass\n    def walk(self):\n        pass\n",
    "scripts/make": "#!/bin/sh\n",
}


def results(put, problem, scratch):
    """(guard, sample, fault) of each; `put` writes a file and `scratch` makes a folder for some."""
    yield "contract", "a good document", problem(contract.lint(GOOD), None)
    for number, (change, expected) in enumerate(LINT):
        yield "contract", f"change {number}", problem(contract.lint(_changed(change)), expected)
    yield "contract", "two equal forms", problem(contract.same(GOOD, {**GOOD, "openapi": "3.1.0"}), None)
    other = {**_changed(_put({"name": "two"}, *THING, "example")), "openapi": "3.1.0"}
    yield "contract", "two different forms", problem(contract.same(GOOD, other), "3.0.3 and 3.1 differ")
    yield "contract", "a form without its number", problem(contract.same(GOOD, GOOD), "does not say so")
    yield "compatible", "the same document", problem(compatible.breaks(GOOD, GOOD), None)
    for number, (change, expected) in enumerate(BREAKS):
        yield "compatible", f"change {number}", problem(compatible.breaks(GOOD, _changed(change)), expected)
    for rows, expected in PROOFS:
        with scratch() as root:
            for path, text in {**PROVING, "docs/api.md": RULES + rows}.items():
                put(root, path, text)
            yield "proofs", rows or "no row", problem(proofs.failures(root), expected)
    for document in proofs.TRIED:
        for rows, expected in TRIALS:
            with scratch() as root:
                for path, content in (PROVING | {document: TABLE + rows}).items():
                    put(root, path, content)
                yield "proofs", rows or "no row", problem(proofs.failures(root), expected)


def _changed(change):
    document = copy.deepcopy(GOOD)
    change(document)
    return document
