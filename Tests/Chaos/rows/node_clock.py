"""Clocks of a node that are set."""

import collections
import tempfile
import time

from .base import NotRun, Row, ShortFall
from .node_disk import Errors

DAY = 86_400


class Moved(Row):
    name = "node-clock-moved"
    happens = (
        "The clock of a node is set 26 hours forward and back, an hour back and ten years forward, under load, while it runs and "
        "while it does not.")
    holds = (
        "Jobs go on and end; no timer waits for the clock that was; a schedule of each minute asks once for a minute the clock "
        "shows, and makes up for none it jumped over; numbers go on, and `cert_renew` makes a certificate of this time. What was acknowledged stays as it was told.")
    seconds = 30

    def run(self, say):
        import moved_clock
        import node
        from test_schedules import scheduled, submitted
        if not moved_clock.COMPILER:
            raise NotRun("there is no C compiler (apt-get install gcc)")
        clock = moved_clock.MovedClock(tempfile.mkdtemp(prefix="confd-clock-"))
        daemon = scheduled()
        daemon.environment |= clock.variables
        with daemon:
            told = node.Told()
            for number, (moved, runs) in enumerate((
                    (26 * 3600, True), (0, True), (-3600, True), (26 * 3600, False), (-3600, False), (10 * 365 * DAY, True),
                    (0, False))):
                say(f"the clock is moved to {moved} s beside the time, {'running' if runs else 'stopped'}")
                load = node.Load(daemon, told, clients=2)
                time.sleep(0.5)
                if runs:
                    clock.move(moved)
                    time.sleep(1)
                load.end()
                if load.failures or told.refused:
                    raise ShortFall(f"move {number}: {load.failures[:1]} {dict(told.refused)}")
                if not runs:
                    daemon.kill()
                    clock.move(moved)
                    daemon.start()
                rest = node.client(daemon)
                begin = time.monotonic()
                if (job := told.group(rest))["outcome"] != "ok" or time.monotonic() - begin > 10:
                    raise ShortFall(f"move {number}: a change took {time.monotonic() - begin:.1f} s: {job}")
                # One of a time that has not come again is told as such by `confd check`, with the cure.
                if (job := told.certificate(rest))["outcome"] != "ok":
                    raise ShortFall(f"move {number}: the certificate is not renewed: {job}")
                rest.connection.close()
                Errors.hold(node, daemon, told, None, 0, f"move {number}")
            asked = submitted(daemon)
            minutes = collections.Counter(job["submitted_at"][:16] for job in asked)
            # Each move leads into a minute of its own at most once, and time itself into a few.
            if len(asked) > 20:
                raise ShortFall(f"the schedule asked {len(asked)} times in about half a minute")
            if twice := {minute: count for minute, count in minutes.items() if count > 2}:
                raise ShortFall(f"the schedule asked again and again: {twice}")
        return f"7 moves, {len(told.jobs)} jobs, the schedule asked {len(asked)} times"
