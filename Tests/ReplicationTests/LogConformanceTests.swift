import ClusterLog
import Support
import Testing

struct LogConformanceTests {
    @Test(arguments: [1, 3]) func theLogOfAClusterIsOne(members: Int) async throws {
        let time = ManualTime()
        let etcd = InMemoryEtcd(time)
        let links = (0..<members).map { _ in etcd.link() }
        let found = try await withThrowingTaskGroup(of: [String]?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await etcd.run()
                return nil
            }
            group.addTask {
                while !Task.isCancelled {
                    let (count, next) = time.sleepers
                    if count > members, let next { time.advance(by: max(.zero, next - time.monotonic)) }
                    for _ in 1...10 { await Task.yield() }
                }
                return nil
            }
            group.addTask {
                try await ReplicatedLogConformance(cluster: "c", links: links, time: time).violations()
            }
            return try await group.next() ?? nil
        }
        #expect(found == [])
    }
}
