import Access
import EtcdStore
import Foundation
import Logging
import SQLiteStore
import Support
import Testing

/// The log of a cluster over etcd itself, with stores on disk as states.
@Suite(.serialized, .needsEtcd, .timeLimit(.minutes(2))) struct EtcdLogConformanceTests {
    @Test(arguments: [1, 3]) func theLogOverEtcdIsOne(members count: Int) async throws {
        let folder = NSTemporaryDirectory() + "/log-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let files = try (0..<count).map { number in
            try SQLiteFile.open(folder: "\(folder)/\(number)", log: Logger(label: "log-conformance"))
        }
        defer { for file in files { try? file.close() } }
        try await withEtcd(members: count) { etcd in
            // Each member asks its own etcd first, as on a node.
            let clients = (0..<count).map { first in
                etcd.client(Array(etcd.endpoints[first...] + etcd.endpoints[..<first]))
            }
            let grounds = zip(clients, files).map { client, file in
                ReplicatedLogConformance.Ground(etcd: client, state: SQLiteStore(file), thread: file.thread)
            }
            let conformance = ReplicatedLogConformance(cluster: "c", grounds: grounds, time: SystemTimeSource())
            let violations: [String]
            do {
                violations = try await conformance.violations()
            } catch {
                for client in clients { await client.close() }
                throw error
            }
            for client in clients { await client.close() }
            #expect(violations == [])
        }
    }
}
