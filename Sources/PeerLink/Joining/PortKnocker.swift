import NIOCore
import NIOPosix

/// Tries ports by opening a connection and closing it at once; nothing is sent.
package struct PortKnocker: PortKnocking {
    private static let patience = TimeAmount.seconds(3)

    /// Uses the threads all clients of the process share.
    package init() {}

    package func closed(_ ports: [Int], of address: String) async -> [Int] {
        await withTaskGroup(of: (Int, Bool).self) { group in
            for port in ports { group.addTask { (port, await Self.isOpen(port, of: address)) } }
            var closed: [Int] = []
            for await (port, isOpen) in group where !isOpen { closed.append(port) }
            return closed.sorted()
        }
    }

    private static func isOpen(_ port: Int, of address: String) async -> Bool {
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(patience).connect(host: address, port: port).get()
            // It was reached; that it cannot be closed any more says no more.
            try? await channel.close()
            return true
        } catch {
            return false
        }
    }
}

/// Ports that are held for as long as the cluster tries whether it can reach them.
package struct HeldPorts: Sendable {
    private let channels: [any Channel]

    /// Listens on the ports of a machine that is to be a node.
    ///
    /// - Throws: `ports` with those that are taken; no port is held then.
    package static func hold(_ ports: ClusterPorts, on address: String) async throws(JoinRefusal) -> HeldPorts {
        var (channels, problems): ([any Channel], [PortProblem]) = ([], [])
        for (purpose, port) in ports.all {
            do {
                channels.append(
                    try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                        .childChannelInitializer { $0.close() }
                        .bind(host: address, port: port).get())
            } catch {
                problems.append(PortProblem(port, for: purpose, of: address, .taken(by: nil)))
            }
        }
        let held = HeldPorts(channels: channels)
        guard problems.isEmpty else {
            await held.release()
            throw .ports(problems)
        }
        return held
    }

    /// Lets go of them.
    package func release() async {
        for channel in channels {
            // One that is closed already is what was wanted.
            try? await channel.close()
        }
    }
}
