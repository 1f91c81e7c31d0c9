"""The faults of one node, in the order of the document."""

from . import node_certificates as certificates
from . import node_clock as clock
from . import node_databases as databases
from . import node_disk as disk
from . import node_files as files
from . import node_power as power
from . import node_process as process
from . import node_room as room
from . import node_units as units

ROWS = (
    process.Killed(),
    process.HeldStill(),
    process.OutOfMemory(),
    power.LostPower(),
    disk.Torn(),
    disk.Errors(),
    disk.Slow(),
    room.Full(),
    room.LittleRoom(),
    room.FullAudit(),
    clock.Moved(),
    files.BrokenConfiguration(),
    files.LostConfiguration(),
    files.TornConfiguration(),
    files.LostStore(),
    files.LostCertificate(),
    certificates.Reloaded(),
    units.FailingSteps(),
    databases.Databases(),
    databases.Engines(),
    databases.Restarts(),
    databases.Races(),
)
