import JobEngine
import Testing
import Values

@testable import Replication

@Suite struct RevisionFileTests {
    private let digest = String(repeating: "a", count: 64)

    @Test func filesOfTheEngineAreThoseOfTheCluster() throws {
        let file = RevisionFile(path: "etc/ssl/ssl.key", sha256: digest, mode: 0o600, nodes: [12])
        let records = ReplicatedRecord.all(of: [.numbers(through: 4), .file(file, revision: 7)])
        let expected = try #require(
            ReplicatedFile(path: "etc/ssl/ssl.key", revision: 7, sha256: digest, mode: 0o600, nodes: [12]))
        #expect(records == [.engine(.numbers(through: 4)), .file(expected)])
        #expect(try ReplicatedBatch.records(in: ReplicatedBatch.bytes(of: records)) == records)
    }

    @Test func aNodeTheEngineHasNoMoreLeavesTheCluster() throws {
        let (time, job) = (Timestamp(milliseconds: 5), JobID(node: 11, number: 4))
        let records = ReplicatedRecord.all(of: [.departure(node: 12, at: time, by: job), .numbers(through: 4)])
        #expect(
            records == [
                .memberRemoved(12), .certificatesRevoked(ofNode: 12, at: time, by: job), .invitationWithdrawn(12),
                .engine(.numbers(through: 4)),
            ])
        #expect(try ReplicatedBatch.records(in: ReplicatedBatch.bytes(of: records)) == records)
    }

    @Test(arguments: ["../etc/passwd", "/etc/passwd", "etc//x", ""])
    func aFileElsewhereIsNone(_ path: String) {
        #expect(
            ReplicatedRecord.all(of: [.file(RevisionFile(path: path, sha256: digest, mode: 0o600), revision: 1)])
                .isEmpty)
    }
}
