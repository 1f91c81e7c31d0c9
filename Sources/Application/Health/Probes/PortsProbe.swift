import EXAConf
package import JobEngine

/// Ports of this node that more than one service is configured to listen on: jobs give none out twice, files written by hand do.
package struct PortsProbe: StateProbe {
    package let name = "ports"
    package let wakers = ["config.revision"]
    private let node: Int
    private let configuration: @Sendable () -> PublishedConfiguration
    private let daemonPort: Int?

    /// - Parameter daemonPort: Where clients of the daemon are answered by its settings; `nil` where EXAConf says so, 0 where the
    ///   system chooses one.
    package init(node: Int, daemonPort: Int?, configuration: @escaping @Sendable () -> PublishedConfiguration) {
        (self.node, self.daemonPort, self.configuration) = (node, daemonPort, configuration)
    }

    package func look() async -> [ObjectState] {
        Self.users(in: configuration().document, on: node, daemonPort: daemonPort).filter { $0.value.count > 1 }
            .sorted { $0.key < $1.key }.map { port, users in
                ObjectState(
                    .port, "\(node)-\(port)", node: node, wanted: "one", actual: "contested",
                    why: users.joined(separator: ", "))
            }
    }

    /// Who is configured to listen on each port of a node, in words.
    static func users(in document: Document, on node: Int, daemonPort: Int?) -> [Int: [String]] {
        var users: [Int: [String]] = [:]
        for database in document.databases where database.nodes.contains(node) {
            users[database.port, default: []].append("database \(database.name)")
        }
        for service in document.bucketFSServices {
            for port in [service.httpPort, service.httpsPort] where port > 0 {
                users[port, default: []].append("file service \(service.name)")
            }
        }
        let port = daemonPort ?? document.global.xmlRPCPort
        if port > 0 { users[port, default: []].append("this daemon") }
        return users
    }
}
