"""How long a stream of events lasts: as long as the login it was begun with."""

import unittest

from daemon import Daemon
from test_sessions import login


class Streams(unittest.TestCase):
    """A stream looks at its login about once a minute; each silence of 15 s ends with a sign of life."""

    def follow(self, daemon, headers):
        """The lines of a stream of events while it lasts."""
        client = daemon.rest(user=None)
        client.connection.request("GET", "/events?types=node.state", headers=headers)
        answer = client.connection.getresponse()
        self.assertEqual(answer.status, 200)
        return (line.decode().strip() for line in answer)

    def test_a_stream_of_a_cookies_session_lasts_as_long_as_the_session(self):
        with Daemon() as daemon:
            opened = login(daemon, cookie=True)
            lines = self.follow(daemon, {"Cookie": opened.headers["set-cookie"].split(";")[0]})
            signs = 0
            for line in lines:
                self.assertNotEqual(line, "event: problem", "the login was looked at and refused")
                signs += line == ": keep-alive"
                if signs == 5:
                    break
            self.assertEqual(signs, 5, "the stream ended by itself")
            ended = daemon.rest().request("DELETE", f"/sessions/{opened.json['session_id']}")
            self.assertEqual(ended.status, 204, ended)
            self.assertIn("event: problem", lines, "it does not outlive the session")


if __name__ == "__main__":
    unittest.main()
