package import Access
package import ClusterLog
package import JobEngine
package import Values

/// What one member is told when it starts.
package struct MemberSettings: Sendable {
    /// This node.
    package let node: Int
    /// The id of the cluster, under which its keys are.
    package let cluster: String
    /// The nodes that are members, this one among them.
    package var members: Set<Int>
    /// Where the daemon of this node answers.
    package let address: String
    /// On which port.
    package let port: Int
    /// The version of the daemon, for others to read.
    package var version = ""
    /// When the machine of this node was started.
    package var booted = Timestamp(milliseconds: 0)
    /// The levels of entries this version knows.
    package var levels = 1...1
    /// How long a lease lives without being kept alive. Default 10 s.
    package var leaseLifetime = Duration.seconds(10)
    /// What an entry carries at most before its batch is split. Default 512 KiB.
    package var largestPayload = 512 << 10
    /// The lease an earlier process of this node had: it is ended at the start, so that nobody waits for it.
    package var formerLease: Int?

    /// A member of a cluster.
    package init(node: Int, cluster: String, members: Set<Int>, address: String, port: Int) {
        self.node = node
        self.cluster = cluster
        self.members = members
        self.address = address
        self.port = port
    }
}

/// What a member stands on.
package struct MemberPorts: Sendable {
    let etcd: any Etcd
    let state: any ReplicatedState
    let peers: any MemberPeers
    let time: any TimeSource
    let random: RandomSource
    let past: PastBoard
    let keepLease: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - past: What of the past is missing here, which others are told.
    ///   - keepLease: Told each lease this node gets, so that the next process of it can end it.
    package init(
        etcd: any Etcd, state: any ReplicatedState, peers: any MemberPeers = NoPeers(), time: any TimeSource,
        random: RandomSource = .system, past: PastBoard = PastBoard(),
        keepLease: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.etcd = etcd
        self.state = state
        self.peers = peers
        self.time = time
        self.random = random
        self.past = past
        self.keepLease = keepLease
    }
}

extension LogKeys {
    /// What all keys of the cluster begin with, in every generation.
    var all: String { "/confd/\(cluster)/" }
    /// Behind the key of every entry.
    var afterEntries: String { Self.after(entries) }
    /// Behind the key of every member.
    var afterMembers: String { Self.after(members) }

    /// The lowest text that is above all that begin with one that ends in a slash.
    private static func after(_ prefix: String) -> String { String(prefix.dropLast()) + "0" }
}

extension Etcd {
    /// Begins a generation of a cluster's log, unless one is begun in this etcd.
    ///
    /// - Returns: What this etcd begins with now: that of somebody else, when they were first.
    package func begin(_ format: LogFormat, cluster: String) async throws(EtcdError) -> LogFormat {
        let key = LogKeys(cluster: cluster, generation: format.generation).format
        let answer = try await transact(
            Transaction(
                comparisons: [.isMissing(key)], success: [.put(key, value: format.bytes, lease: nil)],
                failure: [.get(key)]))
        if answer.succeeded { return format }
        guard let there = answer.found.first?.first.flatMap({ LogFormat($0.value) }) else {
            throw .failed("the key \(key) cannot be read")
        }
        return there
    }

    /// Has nobody decide in a generation of a cluster's log any more: the master's key is one that no lease ends, and of nobody
    /// who decides. Whoever had it is deposed.
    ///
    /// - Parameter name: Who did it, for people.
    /// - Returns: The last entry of that generation.
    /// - Throws: ``EtcdError``; nobody knows then whether somebody decides.
    package func end(_ keys: LogKeys, by name: MasterKey) async throws(EtcdError) -> LogPlace {
        let put = Transaction(
            comparisons: [.isMissing(keys.master)], success: [.put(keys.master, value: name.bytes, lease: nil)],
            failure: [.get(keys.master)])
        for _ in 0..<Self.attempts {
            let answer = try await transact(put)
            if !answer.succeeded, let lease = answer.found.first?.first?.lease {
                try await revoke(lease)
                continue
            }
            let last = try await transact(Transaction(success: [.get(keys.format), .last(keys.entries)]))
            guard last.found.count == 2, let format = last.found[0].first.flatMap({ LogFormat($0.value) }),
                format.generation == keys.generation
            else { throw .failed("the key \(keys.format) cannot be read, or is of another generation") }
            guard let entry = last.found[1].first else { return format.base }
            guard let place = (try? LogEntry(reading: entry.value))?.place else {
                throw .failed("the last entry of the log cannot be read")
            }
            return place
        }
        throw .failed("another node was elected each time")
    }

    private static var attempts: Int { 20 }
}
