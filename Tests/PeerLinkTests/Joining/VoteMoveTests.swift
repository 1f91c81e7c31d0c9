import JobEngine
import Logging
import Support
import Synchronization
import Testing
import Values

@testable import PeerLink

/// A vote goes from one node to another by an administrator's word.
struct VoteMoveTests {
    private let time = ManualTime()

    private static func members(_ voters: [Int], standbys: [Int], away: [Int] = []) -> [Votes.Member] {
        voters.map { Votes.Member($0, isVoter: true, isReady: true) }
            + standbys.map { Votes.Member($0, isVoter: false, isReady: true) }
            + away.map { Votes.Member($0, isVoter: false, isReady: false) }
    }

    // MARK: What can be moved

    @Test func ofTwoNodesItIsKnownWhoLosesTheVote() throws {
        let move = try VoteMove(to: 12, from: nil, among: Self.members([11], standbys: [12]), suspended: [])
        #expect((move.node, move.former) == (12, 11))
    }

    @Test func ofSeveralVotesItHasToBeSaid() throws {
        let members = Self.members([11, 12, 13], standbys: [14])
        let error = try #require(throws: JobError.self) {
            try VoteMove(to: 14, from: nil, among: members, suspended: [])
        }
        #expect(error.code == .parameterMissing)
        #expect(error.message.contains("11, 12, 13"))
        #expect(try VoteMove(to: 14, from: 12, among: members, suspended: []).former == 12)
    }

    @Test(
        arguments: [
            (15, nil, JobError.Code.objectMissing), (11, nil, .objectExists), (11, 12, .objectExists),
            (12, 13, .objectMissing), (12, 12, .objectMissing), (13, nil, .objectBusy), (14, nil, .objectBusy),
        ] as [(Int, Int?, JobError.Code)])
    func whatCannotBeIsRefused(_ node: Int, _ former: Int?, _ code: JobError.Code) {
        let members = Self.members([11], standbys: [12, 14], away: [13])
        #expect {
            try VoteMove(to: node, from: former, among: members, suspended: [14])
        } throws: { ($0 as? JobError)?.code == code }
    }

    /// The new one has its vote, and the old one was not taken its: the same word ends it.
    @Test func aMoveThatWasCutOffIsGoneOnWith() throws {
        let move = try VoteMove(to: 12, from: nil, among: Self.members([11, 12], standbys: []), suspended: [])
        #expect((move.node, move.former) == (12, 11))
    }

    // MARK: How it is moved

    /// An etcd that does what it is asked, and settles for some time after somebody got a vote.
    private final class SettlingEtcd: VoteGranting {
        struct State {
            var voters: Set<Int> = [11]
            var done: [String] = []
            var refusals = 3
            var starts = true
        }

        let state = Mutex(State())
        var hasAuthority: Bool { true }

        func handOver(to node: Int) async {}

        func add(_ node: Int) async throws(MembershipRefusal) -> UInt64 {
            state.withLock { $0.done.append("add \(node)") }
            return UInt64(node)
        }

        func promote(_ id: UInt64) async throws(MembershipRefusal) {
            state.withLock {
                $0.done.append("promote \(id)")
                $0.voters.insert(Int(id))
            }
        }

        func remove(_ id: UInt64) async throws(MembershipRefusal) {
            state.withLock { $0.done.append("remove \(id)") }
        }

        func takeBack(_ node: Int) async throws(MembershipRefusal) {
            let refuses = state.withLock { state in
                guard state.refusals == 0 else {
                    state.refusals -= 1
                    return true
                }
                state.done.append("take back \(node)")
                state.voters.remove(node)
                return false
            }
            if refuses { throw .unsettled }
        }

        func learners() async throws(MembershipRefusal) -> [UInt64: Bool] { [:] }

        func start(_ node: Int, as id: UInt64) async -> Bool { state.withLock { $0.starts } }
    }

    private func service(_ etcd: SettlingEtcd, decides: DecidingFlag = DecidingFlag()) -> VoteService {
        VoteService(etcd, master: 11, time: time, logger: Logger(label: "test")) {
            guard decides.isSet else { return nil }
            let voters = etcd.state.withLock { $0.voters }
            return [11, 12].map { Votes.Member($0, isVoter: voters.contains($0), isReady: true) }
        }
    }

    private final class DecidingFlag: Sendable {
        private let flag: Mutex<Bool>

        init(_ isSet: Bool = true) { flag = Mutex(isSet) }

        var isSet: Bool { flag.withLock { $0 } }
    }

    /// What comes of a move to node 12.
    private func outcome(of service: VoteService) async -> Result<VoteMove, JobError> {
        let work = Task { await service.run() }
        let outcome = await time.passing { () async -> Result<VoteMove, JobError> in
            do throws(JobError) {
                return .success(try await service.move(to: 12, from: nil, suspended: []))
            } catch {
                return .failure(error)
            }
        }
        work.cancel()
        await work.value
        return outcome
    }

    @Test func theNewVoteIsThereBeforeTheFormerOneGoes() async throws {
        let etcd = SettlingEtcd()
        let move = try await outcome(of: service(etcd)).get()
        #expect((move.node, move.former) == (12, 11))
        #expect(etcd.state.withLock { $0.done } == ["add 12", "promote 12", "take back 11"])
        #expect(etcd.state.withLock { $0.voters } == [12])
    }

    @Test func anEtcdThatDoesNotComeUpLeavesAllAsItWas() async {
        let etcd = SettlingEtcd()
        etcd.state.withLock { $0.starts = false }
        let outcome = await outcome(of: service(etcd))
        #expect { try outcome.get() } throws: { ($0 as? JobError)?.code == .objectBusy }
        #expect(etcd.state.withLock { $0.done } == ["add 12", "remove 12"])
        #expect(etcd.state.withLock { $0.voters } == [11])
    }

    @Test func whoDoesNotDecideMovesNothing() async {
        let etcd = SettlingEtcd()
        let outcome = await outcome(of: service(etcd, decides: DecidingFlag(false)))
        #expect { try outcome.get() } throws: { ($0 as? JobError)?.code == .noMaster }
        #expect(etcd.state.withLock { $0.done }.isEmpty)
    }

    @Test func nobodyWaitsForAServiceThatHasEnded() async {
        let service = service(SettlingEtcd())
        let work = Task { await service.run() }
        work.cancel()
        await time.passing { await work.value }
        await #expect {
            try await service.move(to: 12, from: nil, suspended: [])
        } throws: { ($0 as? JobError)?.code == .shuttingDown }
    }
}
