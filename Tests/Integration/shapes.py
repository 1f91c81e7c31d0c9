"""What jobs answer, key by key and type by type.

A shape is a type, {key: shape}, [shape] for every element, Every(shape) for a dict with any keys, Optional for keys that
may be left out, a tuple of shapes for one of several, anything else for exactly that value.
"""


class Every:
    def __init__(self, shape):
        self.shape = shape


class Optional:
    def __init__(self, shape):
        self.shape = shape


DISK = {
    "name": str, "component": str, "devices": [str], "direct_io": bool, "ephemeral": bool, "drives": Optional([str]),
    "mapping": Optional([[str]]), "mapped_devices": Optional([[str]])}
NODE = {
    "id": str, "name": str, "private_net": str, "private_ip": str, "public_net": Optional(str),
    "public_ip": Optional(str), "uuid": str, "docker_volume": str, "exposed_ports": [[int]], "disks": Every(DISK),
    "affinity": Optional(str), "state": Optional(str)}
SCHEDULE = {
    "enabled": bool, "volume": str, "level": int, "minute": str, "hour": str, "day": str, "month": str, "weekday": str,
    "expire": int}
DRIVERS = {"bucketfs": str, "bucket": str, "dir": str}
DATABASE = {
    "name": str, "uuid": str, "version": str, "mem_size": int, "port": int, "owner": [int], "nodes": [int],
    "num_active_nodes": int, "data_volume": str, "params": str, "enable_auditing": bool, "auto_start": bool,
    "volume_move_delay": Optional(int), "jdbc": DRIVERS | {"additional_urls": [str]}, "oracle": DRIVERS,
    "backups": Every(SCHEDULE)}
USAGE = [{"host": str, "size": str, "used": str, "volume id": str}]
DB_INFO = {
    "name": str, "state": ("running", "setup", "startup", "shutdown", "unknown"), "connectible": ("Yes", "No"),
    "connection string": str, "info": str, "operation": str,
    "nodes": {"active": [str], "failed": [str], "reserve": [str]}, "persistent volume": str, "temporary volume": str,
    "quota": int, "usage persistent": USAGE, "usage temporary": USAGE, "config": DATABASE,
    "wanted": Optional(str), "since": Optional(str), "reason": Optional(str),
    "ended": Optional({"at": str, "clean": bool, "cause": str})}
BUCKET = {
    "_sec_name": str, "name": str, "public": bool, "read_passwd": str, "write_passwd": str, "additional_files": [str]}
BUCKETFS = {
    "_sec_name": str, "name": str, "owner": [int], "http_port": int, "https_port": int, "sync_key": str,
    "sync_period": str, "mode": str, "bucketvolume": str, "buckets": Every(BUCKET)}
USER = {
    "id": int, "group": str, "login_enabled": bool, "additional_groups": [str], "authorized_keys": [str]}
REMOTE_VOLUME = {
    "name": str, "vid": str, "type": str, "url": str, "owner": [int], "username": Optional(str),
    "password": Optional(str), "options": Optional(str), "labels": Optional([str])}
LICENSE = {
    "Contract": {
        "comment": str, "company_name": str, "distributor": str, "distributor_id": str, "expiration_date": str,
        "license_id": str},
    "Exasol_DB_license": {"schema_version": int},
    "Limits": Every((int, "Unlimited"))}
NODE_STATES = ("online", "offline", "suspended", "deactivated")

READS = [
    ("node_list", {}, Every(NODE)),
    ("db_list", {}, [str]),
    ("db_state", {"db_name": "DB1"}, "setup"),
    ("db_info", {"db_name": "DB1"}, DB_INFO),
    ("bucketfs_list", {}, [str]),
    ("bucketfs_info", {"bucketfs_name": "bfsdefault"}, BUCKETFS),
    ("user_list", {}, Every(USER)),
    ("user_info", {"username": "root"}, USER | {"name": "root"}),
    ("group_list", {}, Every({"id": int})),
    ("group_info", {"groupname": "exausers"}, {"id": 500}),
    ("remote_volume_list", {}, [str]),
    ("remote_volume_list_details", {}, [REMOTE_VOLUME]),
    ("object_volume_list", {}, list),
    ("settings_list", {}, Every(Every(str))),
    ("settings_list", {"sections": {"Global": ["ClusterName", "NameServers"]}},
     {"Global": {"ClusterName": str, "NameServers": str}}),
    ("node_info", {"nid": 11}, NODE | {"state": "online", "is_master": bool, "is_reachable": bool, "booted": str, "booted_at": str}),
]


def differences(value, shape, place="output"):
    """What of a value has not its shape, as sentences."""
    if isinstance(shape, Optional):
        return differences(value, shape.shape, place)
    if isinstance(shape, tuple):
        return [] if any(not differences(value, one, place) for one in shape) else [f"{place} is {value!r}"]
    if isinstance(shape, type):
        return [] if type(value) is shape else [f"{place} is {value!r}, no {shape.__name__}"]
    if isinstance(shape, list):
        if type(value) is not list:
            return [f"{place} is {value!r}, no list"]
        return [text for number, one in enumerate(value) for text in differences(one, shape[0], f"{place}[{number}]")]
    if isinstance(shape, Every):
        if type(value) is not dict:
            return [f"{place} is {value!r}, no dict"]
        return [text for name, one in value.items() for text in differences(one, shape.shape, f"{place}.{name}")]
    if isinstance(shape, dict):
        if type(value) is not dict:
            return [f"{place} is {value!r}, no dict"]
        needed = {name for name, one in shape.items() if not isinstance(one, Optional)}
        found = [f"{place} lacks {name!r}" for name in sorted(needed - set(value))]
        found += [f"{place} has {name!r}, which nobody knows" for name in sorted(set(value) - set(shape))]
        for name in set(value) & set(shape):
            found += differences(value[name], shape[name], f"{place}.{name}")
        return found
    return [] if value == shape else [f"{place} is {value!r}, not {shape!r}"]
