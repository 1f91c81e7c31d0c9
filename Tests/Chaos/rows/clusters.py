"""The faults of clusters, in the order of the document."""

from . import cluster_disks as disks
from . import cluster_etcd as etcd
from . import cluster_links as links
from . import cluster_masters as masters
from . import cluster_nodes as nodes
from . import cluster_votes as votes

ROWS = (
    masters.Killed(),
    masters.KilledForGood(),
    masters.Lost(),
    masters.NotIn(),
    masters.InNotAnswered(),
    masters.CommandsElsewhere(),
    masters.CertificateElsewhere(),
    masters.DatabasesElsewhere(),
    masters.Decided(),
    masters.Held(),
    links.MasterCutOff(),
    links.OneWayOut(),
    links.OneWayIn(),
    links.NodeCutOff(),
    links.NodeHeld(),
    links.NodeHangs(),
    votes.MajorityHeld(),
    votes.MajorityGone(),
    votes.Recovered(),
    votes.Restored(),
    votes.CopyLost(),
    votes.VoteLost(),
    etcd.LeaderKilled(),
    etcd.LeaderStopped(),
    etcd.LateRequests(),
    etcd.Alarm(),
    etcd.FolderLost(),
    etcd.Snapshot(),
    votes.NewEtcd(),
    etcd.OtherVersion(),
    disks.EtcdFull(),
    disks.MasterFull(),
    disks.FollowerFull(),
    nodes.BackAfterAbsence(),
    nodes.PutBack(),
    nodes.LogPutBack(),
    nodes.Removed(),
    nodes.JoinTogether(),
    nodes.KilledJoining(),
    nodes.OnePrefix(),
    nodes.ClockJumps(),
    nodes.TwoVersions(),
)
