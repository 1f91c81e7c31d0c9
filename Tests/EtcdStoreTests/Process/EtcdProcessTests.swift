import Certificates
import Foundation
import Posix
import Support
import Testing

@testable import EtcdStore

/// A real etcd with certificates of a cluster's authority, from its start to its end.
@Suite(.serialized, .enabled(if: EtcdNode.isPossible, "needs etcd and curl"))
struct EtcdProcessTests {
    private func isThere(_ run: EtcdRun) -> Bool { ProcessFacts.run(run.id) == run }

    private func attributes(_ path: String) throws -> (mode: Int, owner: Int) {
        let found = try FileManager.default.attributesOfItem(atPath: path)
        return (
            try #require(found[.posixPermissions] as? NSNumber).intValue,
            try #require(found[.ownerAccountID] as? NSNumber).intValue
        )
    }

    @Test func itIsStartedAdoptedAndEnded() async throws {
        let node = try EtcdNode()
        let first = node.process()
        try await first.install(node.tls())
        let running = Task { await first.run() }
        try await eventually("the first one is well", first) { $0.isWell }
        let run = try #require(first.condition.run)
        let facts = try #require(ProcessFacts(of: run.id))
        #expect(facts.arguments.contains("--name=n11") && getsid(run.id) == run.id)
        let user = try EtcdAccount(named: EtcdNode.account).user
        #expect(facts.user == user)
        #expect(node.member.curl.put("a", "1"))
        // The data are etcd's alone; the key is not the daemon's to give away further.
        #expect(try attributes(node.folder.data) == (0o700, Int(user)))
        let isRoot = geteuid() == 0
        #expect(try attributes(node.folder.path) == (isRoot ? 0o710 : 0o700, Int(geteuid())))
        #expect(try attributes(node.folder.tls + "/node.pem") == (isRoot ? 0o640 : 0o600, Int(geteuid())))
        #expect(try attributes(node.folder.log).mode == 0o600)
        // The daemon goes, etcd stays.
        running.cancel()
        await running.value
        #expect(isThere(run))
        let second = node.process()
        try await node.running(second) { second in
            try await eventually("the second one is well", second) { $0.isWell }
            #expect(second.condition.run == run)
            #expect(node.member.curl.has("a", "1"))
        }
        #expect(!isThere(run) && second.condition.run == nil && second.condition.finding == nil)
        #expect(node.member.resignations == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(node.folder.path)/etcd.pid"))
    }

    @Test func membersKnowEachOtherByTheirCertificates() async throws {
        let first = try EtcdNode(11)
        let second = try EtcdNode(12, of: first.authority)
        var (plan, other) = (first.plan, second.plan)
        plan.others = [other.identity.name: other.peers]
        other.others = [plan.identity.name: plan.peers]
        let (one, two) = (first.process(plan), second.process(other))
        try await one.install(first.tls())
        try await two.install(second.tls())
        try await first.running(one) { one in
            try await second.running(two) { two in
                // Without the other one it has no leader, and is not well.
                try await eventually("the first one is well", one) { $0.isWell }
                try await eventually("the second one is well", two) { $0.isWell }
                #expect(first.member.curl.put("a", "1"))
                #expect(second.member.curl.has("a", "1"))
            }
        }
    }

    @Test func oneThatIsKilledIsStartedAgainWithItsData() async throws {
        let node = try EtcdNode()
        let process = node.process()
        try await process.install(node.tls())
        try await node.running(process) { process in
            try await eventually("it is well", process) { $0.isWell }
            #expect(node.member.curl.put("a", "1"))
            let run = try #require(process.condition.run)
            kill(run.id, SIGKILL)
            try await eventually("its end is told", process) { $0.finding != nil || $0.run != run }
            try await eventually("another one is well", process) { $0.isWell && $0.run != run }
            #expect(!isThere(run) && process.condition.finding == nil)
            #expect(node.member.curl.has("a", "1"))
        }
    }

    @Test func aForeignProcessOfThatNumberIsLeftAlone() async throws {
        let node = try EtcdNode()
        let stranger = Process()
        stranger.executableURL = URL(filePath: try #require(Program("sleep")).path)
        stranger.arguments = ["600"]
        (stranger.standardOutput, stranger.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try stranger.run()
        defer { kill(stranger.processIdentifier, SIGKILL) }
        let run = try #require(ProcessFacts.run(stranger.processIdentifier))
        let process = node.process()
        try await process.install(node.tls())
        try node.folder.write(run)
        // Somebody has the lock, and it is not the etcd of this node.
        let lock = try #require(try node.folder.takeLock())
        try await node.running(process) { process in
            try await eventually("it is refused", process) { $0.finding != nil }
            #expect(process.condition.finding == .refused(.lockedByStranger(lock: node.folder.lock)))
        }
        #expect(isThere(run))
        withExtendedLifetime(lock) {}
        try node.folder.write(run)
        flock(lock.number, LOCK_UN)
        try await node.running(node.process()) { process in
            try await eventually("one of our own is well", process) { $0.isWell }
            #expect(process.condition.run != run)
        }
        #expect(isThere(run) && stranger.isRunning)
    }

    @Test func aMemberThatLostItsDataDoesNotComeBack() async throws {
        let node = try EtcdNode()
        let process = node.process()
        try await process.install(node.tls())
        try await node.running(process) { process in
            try await eventually("it is well", process) { $0.isWell }
        }
        try FileManager.default.removeItem(atPath: node.folder.data + "/member")
        try await node.running(node.process()) { process in
            try await eventually("it is refused", process) { $0.finding != nil }
            #expect(
                process.condition.finding
                    == .refused(.dataLost(node.plan.identity, folder: node.folder.data)))
        }
        // As a new member it may.
        var next = node.plan
        next.identity = EtcdIdentity(cluster: next.identity.cluster, generation: 1, node: 11, life: 2)
        try await node.running(node.process(next)) { process in
            try await eventually("the new member is well", process) { $0.isWell }
        }
        // And the former one not even now that there are data.
        try await node.running(node.process()) { process in
            try await eventually("it is refused", process) { $0.finding != nil }
            let refusal = EtcdRefusal.outlived(
                found: EtcdIdentity(cluster: node.plan.identity.cluster, generation: 1, node: 11, life: 2),
                wanted: node.plan.identity, folder: node.folder.data)
            #expect(process.condition.finding == .refused(refusal))
        }
    }

    @Test func oneThatIsLetInAnewHasNothingOfBefore() async throws {
        let node = try EtcdNode()
        try await node.process().install(node.tls())
        for (member, had, has) in [(nil, nil, "1"), (7, nil, "2"), (7, "2", "2"), (nil, "2", "2"), (8, nil, "3")]
            as [(UInt64?, String?, String)]
        {
            var plan = node.plan
            plan.member = member.map { EtcdMemberID($0) }
            try await node.running(node.process(plan)) { process in
                try await eventually("it is well", process) { $0.isWell }
                for value in ["1", "2"] { #expect(node.member.curl.has("a", value) == (value == had)) }
                #expect(node.member.curl.put("a", has))
            }
            #expect(node.folder.admitted?.number == member ?? (had == nil ? nil : 7))
        }
    }

    @Test func aCertificateThatWasTakenBackIsRefusedFromTheNextHandshakeOn() async throws {
        let node = try EtcdNode()
        let (client, revoked) = (try node.issue(), try node.issue())
        let files = try [("client", client), ("revoked", revoked)].map { name, own in
            let path = "\(node.root)/\(name).pem"
            try Data((own.certificate.pem + own.key.pem).utf8).write(to: URL(filePath: path))
            return path
        }
        let process = node.process()
        try await process.install(node.tls())
        try await node.running(process) { process in
            try await eventually("it is well", process) { $0.isWell }
            let run = process.condition.run
            let curls = try files.map { try Curl(root: node.root, url: node.member.curl.url, tls: $0) }
            for curl in curls { #expect(curl.ask("/health").text.contains("true")) }
            try await process.install(node.tls(revoked: [revoked.certificate]))
            #expect(curls[0].ask("/health").text.contains("true"))
            let refused = curls[1].ask("/health")
            #expect(refused.status != 0 && !refused.text.contains("true"), "\(refused)")
            #expect(process.condition.run == run)
        }
    }

    @Test func whoHasNoCertificateOfTheClusterIsRefused() async throws {
        let (node, other) = (try EtcdNode(), try EtcdNode())
        let process = node.process()
        try await process.install(node.tls())
        let stranger = try other.issue()
        let path = "\(node.root)/stranger.pem"
        try Data((stranger.certificate.pem + stranger.key.pem).utf8).write(to: URL(filePath: path))
        try await node.running(process) { process in
            try await eventually("it is well", process) { $0.isWell }
            let answer = try Curl(root: node.root, url: node.member.curl.url, tls: path).ask("/health")
            #expect(answer.status != 0 && !answer.text.contains("true"))
        }
    }

    @Test func oneThatNeverBeganMayBeginAgain() async throws {
        let node = try EtcdNode()
        var taken: TakenPort? = try TakenPort()
        var plan = node.plan
        plan.peerPort = try #require(taken).number
        let process = node.process(plan)
        try await process.install(node.tls())
        let running = Task { await process.run() }
        try await eventually("its end is told", process) { $0.finding != nil }
        let finding = "\(try #require(process.condition.finding))"
        #expect(finding.contains("address already in use"), "\(finding)")
        taken = nil
        // It is refused by nothing of its own: it never wrote anything.
        try await eventually("it has another end, or none", process) { condition in
            switch condition.finding {
            case .ended(_, let times, _): times > 1
            case .refused: true
            default: condition.run != nil
            }
        }
        if case .refused(let refusal) = process.condition.finding { Issue.record("\(refusal)") }
        process.stop()
        await running.value
        #expect(taken == nil && process.condition.run == nil)
    }

    @Test func withoutCertificatesOrAProgramItIsNotStarted() async throws {
        let node = try EtcdNode()
        try await node.running(node.process()) { process in
            try await eventually("it is refused", process) { $0.finding != nil }
            let path = node.folder.tls + "/node.pem"
            #expect(process.condition.finding == .refused(.unusable(path: path, cause: "it is missing")))
        }
    }

    @Test func theAuthorityIsForTheDaemonAlone() throws {
        let node = try EtcdNode()
        let files = ClusterAuthorityFiles(root: node.root)
        #expect(try files.read() == nil)
        try files.write(node.authority)
        let again = try #require(try files.read())
        #expect(again.certificate == node.authority.certificate && again.cluster == node.authority.cluster)
        #expect(try attributes(files.path) == (0o700, Int(geteuid())))
        #expect(try attributes(files.path + "/authority.key") == (0o600, Int(geteuid())))
        try Data().write(to: URL(filePath: files.path + "/authority.key"))
        #expect(throws: EtcdRefusal.self) { try files.read() }
    }
}
