import JobEngine
package import Values

/// Why a machine did not become a node. Nothing was changed, unless the text says so.
///
/// It is told to the operator as it is, and travels from the member that was asked to the machine that asked.
package enum JoinRefusal: Error, Sendable, Hashable {
    /// The text that was given is no invitation.
    case token(InvitationFault)
    /// The cluster does not take the invitation.
    case invitation(InvitationRefusal, node: Int, address: String?)
    /// The cluster does not hear this machine, such as after several wrong invitations; the text is the cluster's.
    case turnedAway(String)
    /// Whoever answers there is of another cluster than the one that invited.
    case otherAuthority(at: String)
    /// There is an installation on the machine.
    case rootInUse(RootContent)
    /// The configuration on the machine is newer than that of the cluster.
    case rootAhead(own: Int, cluster: Int)
    /// A daemon runs on the machine.
    case daemonRuns(root: String)
    /// The program `etcd` is missing.
    case noEtcd
    /// Ports cannot be used.
    case ports([PortProblem])
    /// Neither version reads what the other one writes.
    case versions(VersionSpan, own: VersionSpan)
    /// The clocks are further apart than certificates bear.
    case clocks(node: Int, apart: Duration)
    /// The machine has not the address that was invited.
    case address(invited: String, found: [String])
    /// Nobody answers who could say anything; the text is of the last attempt.
    case unreachable(String)
    /// It cannot be done now, and may be in a while.
    case notNow(String)
    /// Something the operator has to cure first.
    case unusable(String)
}

/// Why a cluster does not take an invitation.
package enum InvitationRefusal: Error, Sendable, Hashable {
    /// A machine has used it.
    case used(at: Timestamp, from: String)
    /// Its hour is over.
    case expired(at: Timestamp)
    /// There is none with this secret. Whether there is another is not told.
    case unknown
}

/// What there is on a machine that is to become a node.
package struct RootContent: Sendable, Hashable {
    /// The folder that stands for `/exa`.
    package let root: String
    /// The revision of its configuration.
    package var revision: Int
    /// How many jobs it knows.
    package var jobs: Int
    /// Names of volumes with content.
    package var volumes: [String]

    /// A root with these things in it.
    package init(root: String, revision: Int, jobs: Int, volumes: [String]) {
        (self.root, self.revision, self.jobs, self.volumes) = (root, revision, jobs, volumes)
    }

    /// Whether it is as an installation leaves it: nobody has done anything with it yet.
    package var isUntouched: Bool { revision <= 1 && jobs == 0 && volumes.isEmpty }
}

extension JoinRefusal {
    /// With what a command ends, by the meanings of `sysexits.h`.
    package var exitCode: Int32 {
        switch self {
        case .token, .invitation, .turnedAway: 77
        case .otherAuthority: 76
        case .rootInUse, .rootAhead: 73
        case .noEtcd, .ports, .unreachable, .daemonRuns: 69
        case .versions, .address, .unusable: 65
        case .clocks, .notNow: 75
        }
    }
}

extension JoinRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .token(let fault): Self.text(of: fault)
        case .invitation(let refusal, let node, let address):
            "\(Self.text(of: refusal, node: node)) Ask for another: confd cluster invite \(address ?? "ADDRESS")"
        case .otherAuthority(let place): "\(place) belongs to another authority than the token names"
        case .rootInUse(let content): Self.text(of: content)
        case .rootAhead(let own, let cluster):
            "There is an installation here with revision \(own), and the cluster has revision \(cluster): the higher one is "
                + "never replaced. Use an empty --root, or move this one away first"
        case .daemonRuns(let root): "A daemon runs on \(root): stop it first (systemctl stop confd)"
        case .noEtcd:
            "etcd is not installed: apt-get install etcd-server, then systemctl disable --now etcd (the daemon runs its own)"
        case .ports(let problems): problems.map(\.description).joined(separator: "; ")
        case .versions(let node, let own): own.refusal(of: node)
        case .clocks(let node, let apart):
            "The clocks of node \(node) and of this machine are \(Self.seconds(apart)) apart, and certificates bear "
                + "\(Self.seconds(ClockComparison.tolerance)): have both follow a time server (timedatectl set-ntp true)"
        case .address(let invited, let found):
            "the invitation is for \(invited), this machine has \(found.isEmpty ? "no address" : found.joined(separator: ", "))"
        case .unreachable(let cause), .notNow(let cause), .unusable(let cause), .turnedAway(let cause): cause
        }
    }

    private static func text(of fault: InvitationFault) -> String {
        switch fault {
        case .noInvitation: "This is no invitation: it begins with confd1. and is printed by confd cluster invite"
        case .mistyped: "The invitation is mistyped or not whole: copy it from its first letter to its last"
        case .otherForm(let form): "The invitation is of the form \(form), which this version does not know"
        }
    }

    private static func text(of refusal: InvitationRefusal, node: Int) -> String {
        switch refusal {
        case .used(let time, let address):
            "The invitation for \(ClusterStatus.words(of: node)) was used on \(minute(time)) from \(address)."
        case .expired(let time): "The invitation for \(ClusterStatus.words(of: node)) ended on \(minute(time))."
        case .unknown:
            "The cluster has no such invitation for \(ClusterStatus.words(of: node)): it was withdrawn, or another took its "
                + "place."
        }
    }

    private static func text(of content: RootContent) -> String {
        let volumes = content.volumes.isEmpty ? "" : ", volumes \(content.volumes.joined(separator: ", "))"
        return
            "There is an installation here: revision \(content.revision), \(content.jobs) jobs\(volumes). Join keeps volumes and "
            + "databases only with --replace, which moves EXAConf and history to \(content.root)/etc/before-join"
    }

    /// Date, hours and minutes, UTC.
    static func minute(_ time: Timestamp) -> String {
        String(time.description.prefix(16)).replacing("T", with: " ")
    }

    static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return "\(Int(seconds.isFinite ? min(max(seconds.rounded(), 0), 1e12) : 0)) s"
    }
}
