"""The node that decides is lost, or held still."""

from .base import Tested

MASTERS = "test_cluster_masters.Masters"


class Killed(Tested):
    name = "master-killed"
    happens = "The daemon of the node that decides is killed and started again at once; its etcd lives."
    holds = (
        "Connections are refused, then another node answers, or this one sends there by 302. Changes are taken again 3 s after "
        "the start at the latest, and nothing that was acknowledged is lost or there twice.")
    tests = (f"{MASTERS}.test_a_daemon_that_is_killed_and_started_again_is_replaced_at_once",)
    seconds = 40
    is_short = True
