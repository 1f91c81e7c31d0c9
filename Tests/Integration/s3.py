"""An S3 server of its own for a test: moto, which checks signatures as the real one does."""

import os
import pathlib
import re
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from daemon import REPOSITORY, until

PROGRAM = pathlib.Path(os.environ.get("CONFD_STORY", REPOSITORY / ".build/story")) / "tools/bin/moto_server"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


class S3:
    """A server with one bucket and one user, who has `key` and `secret`; `with` ends it."""

    bucket = "backups"

    def __init__(self, port):
        self.origin = f"http://127.0.0.1:{port}"
        self.port = port

    @property
    def url(self):
        return f"{self.origin}/{self.bucket}/cluster"

    def __enter__(self):
        self.log = tempfile.TemporaryFile()
        # After the four requests below every one has to be signed by somebody who may do that.
        self.process = subprocess.Popen(
            [PROGRAM, "-H", "127.0.0.1", "-p", str(self.port)], stdout=self.log, stderr=self.log,
            env=os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": "4"})
        until(self.answers, 60)
        self.manage(Action="CreateUser", UserName="confd")
        made = self.manage(Action="CreateAccessKey", UserName="confd")
        self.key = re.search("<AccessKeyId>(.*?)<", made)[1]
        self.secret = re.search("<SecretAccessKey>(.*?)<", made)[1]
        self.manage(Action="PutUserPolicy", UserName="confd", PolicyName="all", PolicyDocument=POLICY)
        self.request(f"/{self.bucket}", "s3", method="PUT")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("the S3 server ended; scripts/test sets it up")
        try:
            return urllib.request.urlopen(f"{self.origin}/moto-api/").status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def manage(self, **form):
        return self.request("/", "iam", urllib.parse.urlencode(form | {"Version": "2010-05-08"}).encode())

    def request(self, path, service, body=None, method=None):
        credential = f"AWS4-HMAC-SHA256 Credential=setup/20260101/us-east-1/{service}/aws4_request"
        request = urllib.request.Request(
            self.origin + path, body, {"Authorization": f"{credential}, SignedHeaders=host, Signature=0"}, method=method)
        return urllib.request.urlopen(request).read().decode()

    def rclone(self, *words):
        """Runs rclone on the server, as its user, and returns what it says."""
        variables = {
            "TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": self.origin, "ACCESS_KEY_ID": self.key,
            "SECRET_ACCESS_KEY": self.secret, "FORCE_PATH_STYLE": "true"}
        return subprocess.run(
            ["rclone", *words, "--config", "/dev/null"], check=True, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"]} | {f"RCLONE_CONFIG_S_{k}": v for k, v in variables.items()}).stdout

    def files(self):
        """Names of all objects."""
        return self.rclone("lsf", "-R", "--files-only", f"s:{self.bucket}").split()
