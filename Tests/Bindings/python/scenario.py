"""The scenario of all clients, with the client openapi-generator makes for Python."""

import os
import time

import confd_client
from confd_client.exceptions import ApiException

URL, CERTIFICATE = os.environ["CONFD_URL"], os.environ["CONFD_CERTIFICATE"]
USER, GUEST, PASSWORD = (os.environ[f"CONFD_{name}"] for name in ("USER", "GUEST", "PASSWORD"))


def client(**login):
    return confd_client.ApiClient(confd_client.Configuration(host=URL, ssl_ca_cert=CERTIFICATE, **login))


def problem(status, call):
    """The problem a call has to be refused with."""
    try:
        call()
    except ApiException as error:
        assert error.status == status, error
        assert isinstance(error.data, confd_client.Problem), error.data
        return error.data
    raise AssertionError(f"no {status}")


def passed(step):
    print(f"ok {step}")


with client(username=USER, password=PASSWORD) as basic:
    types = confd_client.JobTypesApi(basic).list_job_types()
    assert "group_create" in [one.name for one in types.items]
    passed("basic")
    opened = confd_client.SessionsApi(basic).create_session(
        confd_client.SessionLogin(user=USER, password=PASSWORD))

with client(access_token=opened.token) as session:
    assert confd_client.SessionsApi(session).get_current_session().user == USER
    passed("session")

    wish = confd_client.GroupCreateRequest(
        params=confd_client.GroupCreateParameters(groupid=701, groupname="team"), reason="bindings")
    job = confd_client.GroupJobsApi(session).start_group_create(wish, wait="60s")
    assert (job.stage, job.outcome) == (confd_client.JobStage.COMMITTED, "ok") and job.revision > 1, job
    passed("job")

    jobs = confd_client.JobsApi(session)
    result = jobs.get_job_result(job.job_id)
    assert (result.result_code, result.result_name) == (0, "OK"), result
    passed("result")

    volumes = confd_client.VolumesApi(session).list_volumes(type=["data"])
    assert [(one.name, one.size_bytes, one.redundancy) for one in volumes.items] == [("DataVolume1", 4 << 30, 1)], volumes
    api, deadline = confd_client.DatabasesApi(session), time.monotonic() + 60
    # There is no engine here; with one it would be "running", behind api.start_database.
    while api.get_database("DB1").state != "stopped":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert volumes.items[0].databases == ["DB1"] and api.get_database("DB1").active_nodes == [11]
    passed("typed")

    databases = confd_client.DatabaseJobsApi(session)
    for _ in range(5):
        databases.start_db_list(confd_client.DbListRequest(), wait="60s")
    found, pages, cursor = [], 0, None
    while pages == 0 or cursor:
        page = jobs.list_jobs(limit=2, cursor=cursor)
        found += [one.job_id for one in page.items]
        pages, cursor = pages + 1, page.next_cursor
    assert pages > 3 and len(found) == len(set(found)) and job.job_id in found, found
    passed("pages")

    refused = problem(412, lambda: confd_client.ConfigurationApi(session).patch_exa_conf(
        {"Global": {"Timezone": "UTC"}}, if_match='"r1-0"'))
    assert refused.code == "revision-conflict" and refused.current_revision >= job.revision, refused
    passed("conflict")

    events = confd_client.EventsApi(session)
    page = events.list_events(after="oldest", job_id=job.job_id)
    assert [one.stage for one in page.items if one.type == "job.stage"][-1] == "committed", page
    assert not events.list_events(after=page.next_after, job_id=job.job_id, wait="1s").items
    passed("events")

with client(username=GUEST, password=PASSWORD) as guest:
    wish = confd_client.GroupDeleteRequest(params=confd_client.GroupDeleteParameters(groupname="team"))
    refused = problem(403, lambda: confd_client.GroupJobsApi(guest).start_group_delete(wish))
    assert refused.code == "permission-denied" and "exaadm" in refused.allowed_groups, refused
    passed("forbidden")
