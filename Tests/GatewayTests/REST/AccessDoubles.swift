import Access
import JobEngine
import Values

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
