import Access
import JobEngine
import Synchronization

/// Accepts a user's name followed by `-pw`; the user `slow` cannot be checked.
struct NamedPasswords: Authenticator {
    func check(user: String, password: Password, from address: String) async -> Verdict {
        if user == "slow" { return .unavailable(detail: "no answer from the account database") }
        let isRight = password.withBytes { $0.elementsEqual("\(user)-pw".utf8) }
        return isRight ? .accepted : .refused(detail: "wrong password")
    }
}

/// One user for each role.
struct FixtureDirectory: Directory {
    static let roles: [String: Set<String>] = [
        "root": ["root"], "admin": ["exaadm"], "dba": ["exadbadm"], "reader": ["exausers"], "nobody": [], "slow": [],
    ]

    func entry(of user: String) async throws(AccessError) -> DirectoryEntry? {
        Self.roles[user].map { DirectoryEntry(name: user, roles: $0) }
    }

    func bearerToken() async -> String? { "cluster-token" }
}

/// Keeps events for the test to look at.
final class RecordingAudit: AuditLog, AuditTrail {
    private let kept = Mutex<[AuditEvent]>([])

    var events: [AuditEvent] { kept.withLock { $0 } }

    func record(_ event: AuditEvent) async { kept.withLock { $0.append(event) } }

    func entries(_ query: AuditQuery) async throws(AccessError) -> AuditPage {
        let entries = events.enumerated().reversed().map { index, event in
            AuditEntry(sequence: index + 1, event: event, previousHash: [0, UInt8(index)], hash: [1, UInt8(index)])
        }.filter { entry in
            (query.below.map { entry.sequence < $0 } ?? true)
                && (query.kinds.isEmpty || query.kinds.contains(entry.event.kind))
                && (query.users.isEmpty || query.users.contains(entry.event.user ?? ""))
                && (query.since.map { entry.event.time >= $0 } ?? true)
                && (query.until.map { entry.event.time < $0 } ?? true)
        }
        return AuditPage(entries: Array(entries.prefix(query.limit)), hasMore: entries.count > query.limit)
    }
}

/// Sleeping takes no time: refused logins are answered at once.
struct InstantTime: TimeSource {
    var now: Int64 { 1_800_000_000_000 }
    var monotonic: Duration { .seconds(1000) }
    func sleep(until deadline: Duration) async {}
}

/// A cluster whose master is another node, or nobody.
struct ForeignCluster: Cluster {
    let status: ClusterStatus

    init(master: ClusterStatus.Master?) {
        status = ClusterStatus(ownNode: 12, master: master, booted: [:])
    }
}
