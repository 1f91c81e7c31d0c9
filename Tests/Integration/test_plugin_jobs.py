"""Jobs that lie in folders of jobs.d: the documented examples, their limits, and everything that keeps one from being served."""

import os
import pathlib
import shutil
import signal
import subprocess
import unittest

from daemon import Daemon, PASSWORD, until

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "docs/examples/jobs.d"

FAULTY = {
    "no_summary": ("mode: read\n", "summary is missing"),
    "not_yaml": ("summary: [unclosed\n", "is not YAML"),
    "unknown_member": ("summary: s\nmodes: read\n", "modes is not known"),
    "bad_type": (
        "summary: s\nparameters: [{name: a, type: text, text: t}]\n", "parameters[0].type has to be of str, int"),
    "bad_lock": ("summary: s\nlocks: [{key: 'a:{b}'}]\n", "names the unknown parameter 'b'"),
    "no_example": (
        "summary: s\nparameters: [{name: a, type: str, text: t, mandatory: true}]\n", "example: 'a' is missing"),
    "bomb": (
        "a0: &a0 [1,1,1,1,1,1,1,1]\n"
        + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 9)), "more than 10000 values"),
    "db_list": ("summary: s\n", "has a job of this name"),
    "Upper": ("summary: s\n", "has to match"),
}


class Host(Daemon):
    """A daemon with jobs in jobs.d."""

    def add(self, name, manifest, script=None):
        folder = self.root / "jobs.d" / name
        folder.mkdir(parents=True, mode=0o755)
        (folder / "job.yaml").write_text(manifest)
        if script:
            (folder / "run").write_text("#!/bin/sh\n" + script)
            (folder / "run").chmod(0o755)
        return folder

    def add_examples(self):
        for name in ("machine_load", "folder_size"):
            shutil.copytree(EXAMPLES / name, self.root / "jobs.d" / name)
        return self

    def reload(self):
        self.process.send_signal(signal.SIGHUP)


def output(job):
    return job["result"].get("result_output")


class PluginJobsTest(unittest.TestCase):
    def test_examples_are_jobs_like_all_others(self):
        host = Host().add_examples()
        with host as daemon:
            rest, rpc = daemon.rest(), daemon.rpc()
            self.assertLess({"machine_load", "folder_size"}, set(rpc.job_list()))
            self.assertIn("folder of the installation", rpc.job_help("folder_size"))
            self.assertGreater(output(rest.job("machine_load"))["uptime_s"], 0)
            sizes = output(rest.job("folder_size", folder="/exa/etc", depth=1))
            self.assertEqual(sizes["/exa/etc"], sum(
                entry.stat().st_size for entry in (daemon.root / "etc").rglob("*") if entry.is_file()))
            self.assertIn("/exa/etc/ssl", sizes)
            answer = rpc.job_exec("folder_size", {"params": {"folder": "/exa/nothing"}})
            self.assertIn("There is no folder /exa/nothing.", answer["result_desc"])
            self.assertEqual(rest.post("/job-types/folder_size/jobs", {"params": {"depth": 1}}).status, 400)
            typed = rest.post("/job-types/folder_size/jobs?wait=60s", {"params": {"folder": "/exa/etc"}})
            self.assertEqual(typed.json["outcome"], "ok", typed)
            document = rest.get("/openapi.json").json
            self.assertIn("/job-types/folder_size/jobs", document["paths"])
            rest.job(
                "user_create", username="reader", userid=2001, group="exausers", login_enabled=True, password=PASSWORD)
            denied = daemon.rest("reader").post("/jobs", {"type": "folder_size", "params": {"folder": "/exa/etc"}})
            self.assertEqual(denied.status, 403, denied)

    def test_what_fails_is_undone_in_compiled_code(self):
        swiftc = shutil.which("swiftc")
        self.assertTrue(swiftc, "the tests need the toolchain the daemon is built with")
        with Host() as daemon:
            folder = daemon.root / "jobs.d/notice_set"
            shutil.copytree(EXAMPLES / "notice_set", folder)
            subprocess.run([swiftc, "notice_set.swift", "-o", "notice_set"], cwd=folder, check=True)
            daemon.reload()
            rest = daemon.rest()
            until(lambda: rest.get("/job-types/notice_set").status == 200)
            self.assertEqual(rest.job("notice_set", text="one")["stage"], "committed")
            self.assertEqual(output(rest.job("notice_set", text="two")), "one")
            notice = daemon.root / "etc/notice"
            self.assertEqual(notice.read_text(), "two")
            folder.joinpath("notice_set").rename(folder / "real")
            wrapper = folder / "notice_set"
            wrapper.write_text('#!/bin/sh\n./real "$1" || exit 1\n[ "$1" = run ] && { echo broken >&2; exit 1; }\nexit 0\n')
            wrapper.chmod(0o755)
            job = rest.job("notice_set", text="three")
            self.assertEqual(job["outcome"], "failed", job)
            self.assertEqual(notice.read_text(), "two")

    def test_limits_hold_and_are_told(self):
        host = Host()
        host.add("slow", "summary: s\nlimits: {seconds: 1}\n", "sleep 300\n")
        host.add("wordy", "summary: s\nlimits: {output_bytes: 1000}\n", "head -c 100000 /dev/zero\n")
        host.add(
            "hungry", "summary: s\nlimits: {memory_bytes: 200000000}\n",
            "python3 -c 'bytearray(400_000_000)' || exit 1\necho 1\n")
        host.add("silent", "summary: s\n", "exit 0\n")
        with host as daemon:
            rest = daemon.rest()
            self.assertEqual(rest.job("slow")["outcome"], "timed_out")
            for name, text in [("wordy", "could not be run"), ("hungry", "MemoryError"), ("silent", "gave no JSON")]:
                with self.subTest(name):
                    job = rest.job(name)
                    self.assertEqual(job["outcome"], "failed", job)
                    self.assertIn(text, job["result"]["result_desc"])

    def test_what_it_says_is_the_log_while_it_runs(self):
        host = Host()
        gate = host.root / "gate"
        os.mkfifo(gate)
        host.add("wordy", "summary: s\n", (
            "echo first >&2\necho '{\"progress\": {\"percent\": 40, \"text\": \"copying\"}}' >&2\n"
            f"printf 'sec\\033ond\\n' >&2\nread go < {gate}\necho third >&2\necho '{{\"a\": 1}}'\n"))
        with host as daemon:
            rest = daemon.rest()
            job = rest.post("/jobs", {"type": "wordy"}).json["job_id"]

            def said():
                lines = rest.get(f"/jobs/{job}/log").json["lines"]
                return [line["text"] for line in lines if line["stream"] == "stderr"]

            until(lambda: len(said()) == 2)
            self.assertEqual(said(), ["first", "second"])
            self.assertEqual(rest.get(f"/jobs/{job}").json["progress"], {"percent": 40, "text": "copying"})
            gate.write_text("go\n")
            page = rest.get(f"/jobs/{job}/log?after=2&wait=60s").json
            self.assertEqual(page["lines"][0]["text"], "third")
            self.assertEqual(rest.get(f"/jobs/{job}?wait=60s").json["outcome"], "ok")
            texts = [(line["n"], line["stream"], line["text"]) for line in rest.get(f"/jobs/{job}/log").json["lines"]]
            self.assertEqual(texts, [(1, "stderr", "first"), (2, "stderr", "second"), (3, "stderr", "third"),
                                     (4, "stdout", '{"a":1}')])
            daemon.kill()
            daemon.start()
            kept = daemon.rest().get(f"/jobs/{job}/log").json["lines"]
            self.assertEqual([(line["n"], line["stream"], line["text"]) for line in kept], texts)

    def test_the_log_of_what_failed_has_every_line(self):
        host = Host()
        host.add("failing", "summary: s\nundo: true\n", (
            'echo "$1 one" >&2\necho "$1 two" >&2\n[ "$1" = run ] && exit 3\necho null\n'))
        host.add("endless", "summary: s\n", "yes 'the same again' | head -n 100000 >&2\necho 1\n")
        host.add("keeper", "summary: s\nexample: {key: x}\n"
                 "parameters: [{name: key, type: str, text: t, mandatory: true, secret: true}]\n",
                 "cat >&2\necho 1\n")
        with host as daemon:
            rest = daemon.rest()

            def said(**submission):
                job = rest.job(**submission)
                lines = rest.get(f"/jobs/{job['job_id']}/log?limit=10000").json["lines"]
                return [line["text"] for line in lines if line["stream"] == "stderr"]

            self.assertEqual(
                said(kind="failing"), ["run one", "run two", "run one run two", "undo one", "undo two"])
            endless = said(kind="endless")
            self.assertEqual((len(endless), endless[0]), (1000, "the same again"))
            self.assertIn("left out", endless[-1])
            self.assertTrue(said(kind="keeper", key="tell-nobody-8"))
            found = subprocess.run(
                ["grep", "-rlF", "tell-nobody-8", str(daemon.root)], capture_output=True, text=True).stdout.split()
            self.assertEqual(found, [])

    def test_an_answer_that_cannot_be_used_is_named_as_such(self):
        host = Host()
        answers = {
            "words": "done", "cut": '{"a": ', "two": "1 2", "nothing": ""}
        for name, answer in answers.items():
            host.add(f"says_{name}", "summary: s\n", f"echo 'all is well' >&2\nprintf '%s' '{answer}'\n")
        with host as daemon:
            for name in answers:
                job = daemon.rest().job(f"says_{name}")
                self.assertEqual(job["outcome"], "failed", job)
                told = job["result"]["result_desc"]
                self.assertIn(f"The executable of the job says_{name} gave ", told)
                self.assertRegex(told, "cannot be used: .* at byte [0-9]+" if answers[name] else "no JSON for an answer")
                self.assertIn("all is well", told)

    def test_a_faulty_folder_takes_away_its_own_job_only(self):
        host = Host().add_examples()
        for name, (manifest, _) in FAULTY.items():
            host.add(name, manifest, "echo 1\n")
        host.add("writable", "summary: s\n", "echo 1\n").chmod(0o777)
        with host as daemon:
            rest = daemon.rest()
            self.assertEqual(rest.job("machine_load")["outcome"], "ok")
            report = daemon.run("check", check=False)
            for name, text in [*((name, text) for name, (_, text) in FAULTY.items()), ("writable", "chmod go-w")]:
                with self.subTest(name):
                    self.assertIn(text, report.stderr)
                    until(lambda: name in daemon.log_text())
                    if name == "db_list":
                        continue
                    answer = rest.post("/jobs", {"type": name})
                    self.assertEqual(answer.status, 404 if answer.status == 404 else 400, answer)
                    self.assertIn(text, answer.json["detail"])
            self.assertEqual(rest.job("db_list")["outcome"], "ok")

    def test_a_reload_serves_what_is_there_now(self):
        with Host() as daemon:
            rest = daemon.rest()
            self.assertEqual(rest.get("/job-types/fresh").status, 404)
            before = rest.get("/openapi.json").json
            daemon.add("fresh", "summary: s\n", "cat\n")
            daemon.reload()
            until(lambda: rest.get("/job-types/fresh").status == 200)
            self.assertNotIn("/job-types/fresh/jobs", before["paths"])
            self.assertIn("/job-types/fresh/jobs", rest.get("/openapi.json").json["paths"])
            request = output(rest.job("fresh"))
            self.assertEqual((request["name"], request["verb"], request["principal"]["name"], request["root"]), (
                "fresh", "run", "admin", str(daemon.root)))
            shutil.rmtree(daemon.root / "jobs.d/fresh")
            daemon.reload()
            until(lambda: rest.get("/job-types/fresh").status == 404)

    def test_secrets_reach_the_executable_and_nothing_else(self):
        host = Host()
        host.add(
            "keeper", "summary: s\nsecret_results: [echo]\nexample: {key: x}\n"
            "parameters: [{name: key, type: str, text: t, mandatory: true, secret: true}]\n",
            'grep -q "tell-nobody-7" && echo \'{"echo": "tell-nobody-7"}\'\n')
        with host as daemon:
            self.assertEqual(daemon.rest().job("keeper", key="tell-nobody-7")["outcome"], "ok")
            found = subprocess.run(
                ["grep", "-rlF", "tell-nobody-7", str(daemon.root)], capture_output=True, text=True).stdout.split()
            self.assertEqual(found, [str(daemon.root / "jobs.d/keeper/run")])
            self.assertNotIn("tell-nobody-7", daemon.log_text())

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_it_runs_as_the_account_the_manifest_names(self):
        host = Host()
        host.add("who", "summary: s\nuser: nobody\n", 'printf \'"%s"\' "$(id -un)"\n')
        host.add("nowho", "summary: s\nuser: no-such-account\n", "echo 1\n")
        with host as daemon:
            self.assertEqual(output(daemon.rest().job("who")), "nobody")
            job = daemon.rest().job("nowho")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)


if __name__ == "__main__":
    unittest.main()
