package import Access
package import JobEngine
import Values

/// Accepts a user's name followed by `-pw`; the user `slow` cannot be checked.
package struct NamedPasswords: Authenticator {
    /// It has nothing to be told.
    package init() {}

    /// Accepted or refused, at once.
    package func check(user: String, password: Password, from address: String) async -> Verdict {
        if user == "slow" { return .unavailable(detail: "no answer from the account database") }
        let isRight = password.withBytes { $0.elementsEqual("\(user)-pw".utf8) }
        return isRight ? .accepted : .refused(detail: "wrong password")
    }

    /// The `Authorization` field of a login.
    package static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Base64.encode("\(user):\(password)".utf8)
    }
}

/// One user for each role.
package struct FixtureDirectory: Directory {
    /// By user; the cluster's own token is `cluster-token`.
    package static let roles: [String: Set<String>] = [
        "root": ["root"], "admin": ["exaadm"], "dba": ["exadbadm"], "reader": ["exausers"], "nobody": [], "slow": [],
    ]

    /// It has nothing to be told.
    package init() {}

    /// What stands in ``roles``.
    package func entry(of user: String) async throws(AccessError) -> DirectoryEntry? {
        Self.roles[user].map { DirectoryEntry(name: user, roles: $0) }
    }

    /// The same at all times.
    package func bearerToken() async -> String? { "cluster-token" }
}

/// Sleeping takes no time: refused logins are answered at once.
package struct InstantTime: TimeSource {
    /// A moment of the year 2027.
    package var now: Int64 { 1_800_000_000_000 }
    /// The same at all times.
    package var monotonic: Duration { .seconds(1000) }

    /// It has nothing to be told.
    package init() {}

    /// Returns at once.
    package func sleep(until deadline: Duration) async {}
}

/// A cluster whose master is another node, or nobody.
package struct ForeignCluster: Cluster {
    /// That of node 12.
    package let status: ClusterStatus

    /// Takes the master there is.
    package init(master: ClusterStatus.Master?) {
        status = ClusterStatus(ownNode: 12, master: master, booted: [:])
    }
}
