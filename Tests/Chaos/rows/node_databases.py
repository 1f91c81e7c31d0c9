"""Databases of a node whose files, servers or ports are not as they should be."""

from .base import Tested


class Databases(Tested):
    name = "node-databases"
    happens = (
        "Servers of databases are killed, their files are lost, damaged or left behind, and their ports taken; all of the calls on "
        "databases are made then.")
    holds = (
        "Never a new database in place of the data that are missing, never a signal to a process of others, never `ok` without a server "
        "that answers; the reason is told.")
    seconds = 100
    tests = (
        "test_database_faults.DatabaseFaults.test_no_fault_makes_a_new_database_a_signal_to_others_or_an_ok_without_a_server",)


class Engines(Tested):
    name = "node-engines"
    happens = "The engine finds a server that was killed, numbers of processes that are others' by now, and data that are not its own."
    holds = "It says what is so by the system, ends nobody else, and touches no data of another database."
    seconds = 90
    tests = (
        "test_engine_faults.Liveness.test_a_killed_server_is_stopped_at_once_though_nobody_has_waited_for_it",
        "test_engine_faults.Liveness.test_a_number_in_the_file_of_a_running_server_ends_nobody_else",
        "test_engine_faults.WhoseData.test_data_that_are_missing_or_damaged_are_named_and_nothing_is_made")


class Restarts(Tested):
    name = "node-database-crash"
    happens = "The server of a database crashes, again and again, and while the daemon is away."
    holds = "It is started again three times at most, by jobs that are in the history, then left to an administrator and told."
    seconds = 60
    tests = (
        "test_database_state.DatabaseRestarts.test_one_that_crashes_is_started_again_three_times_and_then_left_to_an_administrator",
        "test_database_state.DatabaseEnds.test_a_crash_while_the_daemon_was_away_is_told_at_its_start_and_wishes_outlive_it")


class Races(Tested):
    name = "node-links-swapped"
    happens = "Other accounts swap folders for links while the daemon removes and copies their trees as root."
    holds = "Nothing outside of those trees is changed or read."
    seconds = 40
    tests = (
        "test_races.FileServices.test_a_bucket_is_removed", "test_races.FileServices.test_a_plugin_comes_and_goes",
        "test_races.Databases.test_a_volume_is_removed_with_what_databases_left_there", "test_races.Databases.test_a_backup_passes")
