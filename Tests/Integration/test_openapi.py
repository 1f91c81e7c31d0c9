"""The OpenAPI document: valid, complete, the same everywhere, and true of what the daemon answers."""

import json
import re
import subprocess
import unittest

from daemon import PASSWORD, PROGRAM, REPOSITORY, Daemon

try:
    import yaml
except ImportError:
    yaml = None
try:
    import jsonschema
except ImportError:
    jsonschema = None
try:
    import openapi_spec_validator
except ImportError:
    openapi_spec_validator = None

METHODS = {"get", "put", "post", "delete", "patch"}


def printed():
    return subprocess.run([PROGRAM, "openapi"], capture_output=True, text=True, check=True).stdout


class Document:
    """The document, asked what it says of an answer."""

    def __init__(self, value):
        self.value = value

    def operations(self):
        for path, item in self.value["paths"].items():
            for method, operation in item.items():
                if method in METHODS:
                    yield path, method, operation

    def resolved(self, part):
        while "$ref" in part:
            target = self.value
            for name in part["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            part = target
        return part

    def operation(self, method, path):
        """The operation of a path, a named one before one with parameters."""
        path = path.split("?")[0]
        for template in sorted(self.value["paths"], key=lambda template: template.count("{")):
            shape = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(shape, path) and method.lower() in self.value["paths"][template]:
                return self.value["paths"][template][method.lower()]
        raise AssertionError(f"{method} {path} is not described")

    def fault(self, value, schema):
        """What is wrong with a value, None when it is as the schema says."""
        whole = schema | {"components": self.value["components"]}
        errors = sorted(jsonschema.Draft7Validator(whole).iter_errors(value), key=str)
        return errors[0].message if errors else None

    def check(self, method, path, answer):
        """Fails unless status, media type, headers and body of an answer are as they are described."""
        responses = self.operation(method, path)["responses"]
        response = responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX")
        if response is None:
            raise AssertionError(f"{method} {path}: {answer.status} is not described: {answer}")
        response = self.resolved(response)
        if answer.status == 304:
            return
        media = answer.headers["content-type"].split(";")[0]
        if media not in response["content"]:
            raise AssertionError(f"{method} {path}: {media} is not described for {answer.status}")
        if media.endswith("json"):
            fault = self.fault(answer.json, response["content"][media]["schema"])
            if fault:
                raise AssertionError(f"{method} {path}: {answer.status}: {fault}\n{answer}")


class DocumentTest(unittest.TestCase):
    """What can be said without a daemon."""

    def test_it_is_printed_without_root_and_always_the_same(self):
        self.assertEqual(printed(), printed())

    def test_the_one_checked_in_is_the_one_that_is_printed(self):
        self.assertEqual((REPOSITORY / "openapi/confd.yaml").read_text(), printed())

    @unittest.skipUnless(yaml, "PyYAML is not installed")
    def test_operations_and_components_are_named_as_promised(self):
        document = Document(yaml.safe_load(printed()))
        ids = [operation["operationId"] for _, _, operation in document.operations()]
        self.assertEqual(len(ids), len(set(ids)))
        for path, method, operation in document.operations():
            with self.subTest(operation["operationId"]):
                self.assertRegex(operation["operationId"], r"^[a-z][A-Za-z0-9]+$")
                self.assertEqual(len(operation["tags"]), 1)
                self.assertEqual(set(re.findall(r"\{([a-z_]+)\}", path)),
                                 {p["name"] for p in operation.get("parameters", []) if p.get("in") == "path"})
                contents = [document.resolved(r).get("content", {}) for r in operation["responses"].values()]
                for kinds in (self.schemas(operation, document, "2"), self.schemas(operation, document, "45")):
                    self.assertLessEqual(len(kinds), 1, "one schema for success, one for errors")
                self.assertTrue(all(len(content) <= 1 for content in contents))

    @staticmethod
    def schemas(operation, document, digits):
        found = set()
        for status, response in operation["responses"].items():
            if status[0] in digits:
                for media in document.resolved(response).get("content", {}).values():
                    found.add(json.dumps(media["schema"], sort_keys=True))
        return found

    @unittest.skipUnless(yaml and openapi_spec_validator, "openapi-spec-validator is not installed")
    def test_it_is_valid(self):
        openapi_spec_validator.validate(yaml.safe_load(printed()))

    @unittest.skipUnless(yaml and jsonschema, "jsonschema is not installed")
    def test_every_example_is_as_its_schema_says(self):
        document = Document(yaml.safe_load(printed()))
        for name, schema in document.value["components"]["schemas"].items():
            if "example" in schema:
                with self.subTest(name):
                    self.assertIsNone(document.fault(schema["example"], {"$ref": f"#/components/schemas/{name}"}))


@unittest.skipUnless(jsonschema, "jsonschema is not installed")
class AnswersTest(unittest.TestCase):
    """What a daemon answers is what the document says."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.document = Document(cls.daemon.rest(None).get("/openapi.json").json)

    def ask(self, method, path, body=None, user="admin", expect=None, **headers):
        client = self.daemon.rest(user, PASSWORD) if user else self.daemon.rest(None)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = client.request(method, path, body, headers)
        self.document.check(method, path, answer)
        if expect:
            self.assertEqual(answer.status, expect, answer)
        return answer

    def test_the_check_of_answers_bites(self):
        job = {"$ref": "#/components/schemas/Job"}
        example = self.document.value["components"]["schemas"]["Job"]["example"]
        self.assertIsNone(self.document.fault(example, job))
        self.assertIsNotNone(self.document.fault(example | {"done": "yes"}, job))
        self.assertIsNotNone(self.document.fault({k: v for k, v in example.items() if k != "job_id"}, job))

    def test_the_served_forms_are_the_printed_document(self):
        client = self.daemon.rest(None)
        text = client.get("/openapi.yaml")
        self.assertEqual(text.body.decode(), printed())
        again = client.get("/openapi.yaml", If_None_Match=text.headers["etag"])
        self.assertEqual(again.status, 304)
        newer = client.get("/openapi-3.1.json").json
        self.assertEqual(newer["openapi"], "3.1.0")
        self.assertEqual(newer["paths"], self.document.value["paths"])
        if yaml:
            self.assertEqual(yaml.safe_load(text.body), self.document.value)
        if openapi_spec_validator:
            openapi_spec_validator.validate(newer)

    def test_every_plain_resource(self):
        for path in ("/", "/livez", "/readyz", "/readyz?verbose", "/master", "/is_master", "/problems",
                     "/problems/internal", "/openapi.yaml", "/openapi.json", "/openapi-3.1.json"):
            self.ask("GET", path, user=None, expect=200)
        for path in ("/job-types", "/job-types/user_create", "/exaconf", "/exaconf/revisions",
                     "/exaconf/revisions/1", "/exaconf/revisions/1/diff", "/jobs"):
            self.ask("GET", path, expect=200)
        self.ask("GET", "/problems/nothing", user=None, expect=404)
        self.ask("GET", "/job-types/nothing", expect=404)
        self.ask("GET", "/exaconf/revisions/99", expect=404)
        self.ask("GET", "/jobs?limit=0", expect=400)
        self.ask("GET", "/jobs", user=None, expect=401)
        tag = self.ask("GET", "/job-types", expect=200).headers["etag"]
        self.ask("GET", "/job-types", If_None_Match=tag, expect=304)

    def test_a_job_from_end_to_end(self):
        body = {"params": {"username": "described", "userid": 4711, "group": "exausers", "login_enabled": True,
                           "password": "a secret"}, "reason": "a reason"}
        self.ask("POST", "/jobs/dry-run", {"type": "user_create", **body}, expect=200)
        job = self.ask("POST", "/job-types/user_create/jobs?wait=60s", body, Idempotency_Key="described").json
        self.assertEqual(job["outcome"], "ok", job)
        path = f"/jobs/{job['job_id']}"
        for part in ("", "/result", "/log", "?wait=1s"):
            self.ask("GET", path + part, expect=200)
        self.ask("POST", f"{path}/cancel", {"reason": "too late"}, expect=409)
        self.ask("GET", f"/exaconf/revisions/{job['revision']}/diff?against=1", expect=200)
        again = self.ask("POST", "/jobs?wait=60s", {"type": "user_create", **body})
        self.assertNotEqual(again.json.get("outcome"), "ok")
        self.ask("POST", "/jobs", {"type": "user_create", "params": {"userid": "x"}}, expect=400)
        self.ask("POST", "/jobs", {"type": "nonsense"}, expect=404)
        self.ask("POST", "/job-types/user_create/jobs", {"nonsense": 1}, expect=400)
        self.ask("POST", "/jobs/dry-run", {"type": "user_create", "params": {}}, expect=400)
        self.ask("GET", "/jobs?type=user_*&limit=1", expect=200)
        self.ask("GET", "/jobs/11.999999", expect=404)

    def test_every_reading_job_type_answers_as_described(self):
        for path, method, operation in self.document.operations():
            kind = re.fullmatch(r"/job-types/([a-z_]+)/jobs", path)
            if kind and kind[1].endswith(("_list", "_info", "_state")):
                request = operation["requestBody"]["content"]["application/json"]["schema"]
                example = self.document.resolved(request)["example"]
                with self.subTest(kind[1]):
                    self.ask("POST", f"{path}?wait=60s", example)


if __name__ == "__main__":
    unittest.main()
