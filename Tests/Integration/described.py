"""Compares answers with what an OpenAPI document says of them, member by member.

An answer has nothing that is not described, and lacks nothing that is always there. What is described as anything is
listed here with the reason.
"""

import re


METHODS = ("get", "put", "post", "delete", "patch")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")

# Places whose content somebody else decides.
OPEN = {
    "JobParameters": "each kind of job has its own",
    "JobResult.result_output": "each kind of job has its own; it is compared with x-result-schema",
    "JobOutcomeResult.result_output": "the same",
    "JobCommand.arguments": "what daemon and agent of a node tell each other",
    "JobCommand.output": "the same",
    "JobAnswer": "the same",
    "JobOrigin.body": "the body of the request",
    "JobType.example": "parameters of a job",
    "JobTypeParameter.default": "a value of a parameter",
    "JobTypeParameter.example": "a value of a parameter",
    "JobTypeParameter.allowed[]": "a value of a parameter",
    "JobDryRun.patch": "sections and keys of the configuration",
    "EXAConf": "sections and keys of the configuration",
    "EXAConfCheck.patch": "sections and keys of the configuration",
    "OpenAPIDocument": "OpenAPI describes it",
}
# Jobs whose answer a provider decides.
PROVIDED = re.compile(r"(infra|saas)_|update_system\Z")


class Comparison:
    """A document, what of it was compared with answers, and what was found.

    `served` are operations that answered a success, `schemas` and `members` what answers had of the document, and `found`
    has each fault with the request that showed it first.
    """

    def __init__(self, document):
        self.document = document
        self.served, self.schemas, self.members, self.found = set(), set(), set(), {}

    # The document

    def operations(self):
        """Operation by method and path."""
        return {
            (method.upper(), path): operation for path, item in self.document["paths"].items()
            for method, operation in item.items() if method in METHODS}

    def operation(self, method, path):
        """The operation that answers; one without parameters in its path comes before one with them."""
        plain = path.split("?")[0]
        for template in sorted(self.document["paths"], key=lambda template: template.count("{")):
            form = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if re.fullmatch(form, plain) and method.lower() in self.document["paths"][template]:
                return self.document["paths"][template][method.lower()]
        raise AssertionError(f"{method} {path} is not described")

    def resolved(self, part):
        while "$ref" in part:
            kind, name = part["$ref"].split("/")[-2:]
            part = self.document["components"][kind][name]
        return part

    # Answers

    def answer(self, method, path, answer):
        """Takes an answer down."""
        operation = self.operation(method, path)
        for fault in self.faults_of(operation, answer):
            self.found.setdefault(fault, f"{method} {path}, {answer.status}")
        if answer.status < 300:
            self.served.add(operation["operationId"])

    def faults_of(self, operation, answer):
        responses = operation["responses"]
        response = responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX")
        if response is None:
            yield "the status is not described"
            return
        response = self.resolved(response)
        for name in response.get("headers", {}):
            if name in ("Confd-Node", "Confd-Request-Id") and name.lower() not in answer.headers:
                yield f"it has no {name}"
        content = response.get("content", {})
        media = answer.headers.get("content-type", "").split(";")[0]
        if not content and answer.body:
            yield "there should be no body"
        elif content and media not in content:
            yield f"{media} is not described"
        elif media.endswith("json"):
            yield from self.faults(answer.json, content[media]["schema"], operation["operationId"])

    # Values

    def faults(self, value, schema, place):
        """What of a value is not as its schema says."""
        if "$ref" in schema:
            place = schema["$ref"].rsplit("/", 1)[1]
            self.schemas.add(place)
            schema = self.resolved(schema)
        if isinstance(value, dict) and "x-object" in schema:
            yield from self.faults(value, schema["x-object"], place)
            return
        kinds = schema.get("x-types") or [schema[word] for word in ("type",) if word in schema]
        if not kinds:
            if place not in OPEN:
                yield f"{place} is described as anything"
        elif not any(is_a(value, kind) for kind in kinds):
            yield f"{place} is {value!r:.80}, no {' or '.join(kinds)}"
        elif isinstance(value, dict):
            yield from self.faults_of_object(value, schema, place)
        elif isinstance(value, list):
            for element in value:
                yield from self.faults(element, schema.get("items") or schema.get("x-items") or {}, f"{place}[]")
        else:
            yield from faults_of_plain(value, schema, place)

    def faults_of_object(self, value, schema, place):
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties", not properties)
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}.{name} is missing"
        for name, member in value.items():
            if name in properties:
                self.members.add(f"{place}.{name}")
                yield from self.faults(member, properties[name], f"{place}.{name}")
            elif isinstance(others, dict):
                yield from self.faults(member, others, f"{place}.*")
            elif not (others and place in OPEN):
                yield f"{place}.{name} is not described"
        if place == "Job" and value.get("outcome") == "ok":
            yield from self.faults_of_result(value)

    def faults_of_result(self, job):
        """What a job answered is what its kind of job answers."""
        operation = self.document["paths"].get(f"/job-types/{job['type']}/jobs", {}).get("post", {})
        output = job["result"].get("result_output")
        if "x-result-schema" not in operation:
            if output is not None and not PROVIDED.match(job["type"]):
                yield f"{job['type']} answers {output!r:.80}, which is not described"
        elif output is not None:
            yield from self.faults(output, operation["x-result-schema"], job["type"])
            self.served.add(operation["operationId"] + " ok")

    # Coverage

    def wanted(self):
        """What has to be served: each operation, and each job that answers something with ` ok` behind it."""
        operations = self.operations().values()
        return {operation["operationId"] for operation in operations} | {
            operation["operationId"] + " ok" for operation in operations if "x-result-schema" in operation}

    def described_members(self):
        """All members of objects that are answered."""
        requests = ("Request", "Parameters", "Submission")
        return {
            f"{name}.{member}" for name, schema in self.document["components"]["schemas"].items()
            if schema.get("additionalProperties") is not False and not name.endswith(requests)
            for member in schema.get("properties", {})}

    def coverage(self):
        operations, members = self.operations(), self.described_members()
        served = sum(operation["operationId"] in self.served for operation in operations.values())
        return (f"{served} of {len(operations)} operations, {len(self.schemas)} schemas, "
                f"{len(self.members & members)} of {len(members)} members of answers")


def faults_of_plain(value, schema, place):
    words = schema.get("enum") or schema.get("x-extensible-enum")
    pattern = schema.get("pattern") or schema.get("x-pattern")
    if words and value not in words:
        yield f"{place} is {value!r}, none of {words}"
    if isinstance(value, str) and schema.get("format") == "date-time" and not TIME.match(value):
        yield f"{place} is {value!r}, no time"
    if isinstance(value, str) and pattern and not re.search(pattern, value):
        yield f"{place} is {value!r}, not of the form {pattern}"
    if not isinstance(value, (str, bool)) and not (
            schema.get("minimum", value) <= value <= schema.get("maximum", value)):
        yield f"{place} is {value!r}, out of bounds"


def is_a(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    kinds = {"string": str, "integer": int, "number": (int, float), "array": list, "object": dict}
    return isinstance(value, kinds.get(kind, ()))
