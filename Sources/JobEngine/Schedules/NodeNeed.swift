import Synchronization
package import Values

/// What a node has whoever decides see to: only they have jobs done.
package enum NodeNeed: Sendable, Hashable {
    /// A database that lives on the node ended unasked, or nobody has looked at it since its daemon was started.
    case database(String)
    /// The certificate the daemon of the node made for itself is to be renewed.
    case certificate

    /// As one node says it to another.
    package var value: Value {
        switch self {
        case .database(let name): ["database": .string(name)]
        case .certificate: ["certificate": true]
        }
    }

    /// - Returns: `nil` for what is none.
    package init?(_ value: Value) {
        if let name = value["database"]?.string, (1...Self.longestName).contains(name.utf8.count) {
            self = .database(name)
        } else if value["certificate"]?.bool == true {
            self = .certificate
        } else {
            return nil
        }
    }

    private static let longestName = 128
}

/// What this node has to see to, its own and that of others, until somebody has.
package final class NodeNeeds: Sendable {
    /// Databases to see to, each once at a time; for one reader, who says ``isDone(_:)`` of each.
    package let databases: AsyncStream<String>
    /// Nodes whose certificate is to be renewed; for one reader.
    package let certificates: AsyncStream<Int>
    private let database: AsyncStream<String>.Continuation
    private let certificate: AsyncStream<Int>.Continuation
    /// Databases that are seen to, each with whether that was asked for once more.
    private let open = Mutex<[String: Bool]>([:])

    /// So many databases are seen to at once, and so many certificates wait.
    static let limit = 4096

    init() {
        (databases, database) = AsyncStream.makeStream()
        (certificates, certificate) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.limit))
    }

    /// Has a database seen to, once more if that goes on already.
    ///
    /// - Returns: Whether there was room for it.
    @discardableResult package func see(to name: String) -> Bool {
        let isTaken: Bool? = open.withLock { open in
            if open[name] != nil {
                open[name] = true
                return true
            }
            guard open.count < Self.limit else { return nil }
            open[name] = false
            return false
        }
        if isTaken == false { database.yield(name) }
        return isTaken != nil
    }

    /// Whether nobody asked for a database again while it was seen to; whoever hears no goes on with it.
    package func isDone(_ name: String) -> Bool {
        open.withLock { open in
            guard open[name] == true else {
                open[name] = nil
                return true
            }
            open[name] = false
            return false
        }
    }

    /// Has the certificate of a node renewed.
    ///
    /// - Returns: Whether there was room for it.
    func renew(on node: Int) -> Bool {
        if case .enqueued = certificate.yield(node) { return true }
        return false
    }
}
