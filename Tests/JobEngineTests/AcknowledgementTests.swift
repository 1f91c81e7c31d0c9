import EXAConf
import Testing
import Values

@testable import JobEngine

/// Five nodes have to take each revision; some of them say so late, or never.
@Suite struct AcknowledgementTests {
    private static let nodes = [11, 12, 13, 14, 15]
    private let now = Moment(wall: Timestamp(milliseconds: 0), monotonic: .zero)

    /// An engine on revision 1 whose other four nodes have said nothing.
    private func engine() -> EngineState {
        EngineState(
            PublishedConfiguration().following(Document(), Self.revision(1)), nextNumber: 1,
            limits: .init(node: 11, queue: 100, batch: 1))
    }

    private static func revision(_ number: Int) -> RevisionRecord {
        RevisionRecord(
            number: number, text: "", sha256: "", checksum: "", user: "admin", at: Timestamp(milliseconds: 0))
    }

    /// Takes a change through its decision to the disk of this node.
    private func decide(_ state: inout EngineState) throws -> JobID {
        let record = JobRecord(
            id: JobID(node: 11, number: 0), type: "change", mode: .modify, parameters: [:],
            requester: .init(name: "admin", roles: []), request: .init(dialect: "rest", address: ""),
            scheduling: .init(), submittedAt: now.wall)
        let traits = JobTraits(isPureChange: true, changesConfiguration: true, locks: [.exclusive("object")])
        let step = state.process(
            .submitted([Submission(record: record, traits: traits, digest: nil)], isBatch: false), at: now)
        let job = try #require(step.effects.lazy.compactMap(\.jobsTaken).first?.first)
        guard case .examining(let token, let jobs) = state.revisions.turn else {
            Issue.record("the change before holds the line: \(state.revisions.turn)")
            return job.id
        }
        #expect(jobs == [job.id])
        let settled = SettledRevision(Document(), Self.revision(state.head.revision + 1))
        var examination = Examination(token: token)
        examination.verdicts = [
            (job.id, .settled(base: state.head.revision, Conclusion(output: nil, revision: settled)))
        ]
        _ = state.process(.examined(examination), at: now)
        let told = Self.nodes.map { Acknowledgement(node: $0, state: $0 == 11 ? .acknowledged : .missing) }
        _ = state.process(.installed(revision: state.head.revision, told), at: now)
        return job.id
    }

    private func acknowledge(_ state: inout EngineState, _ node: Int, _ revision: Int) {
        _ = state.process(.acknowledged(node: node, revision: revision, at: now.wall), at: now)
    }

    @Test func laterChangesAreDecidedWhileOneNodeIsSilent() throws {
        var state = engine()
        let jobs = try (0..<5).map { _ in try decide(&state) }
        #expect(state.head.revision == 6)
        for node in [12, 13, 14] { acknowledge(&state, node, 6) }
        for job in jobs {
            #expect(state.queue[job]?.record.waitingFor == [.init(kind: "sync", name: "node 15")])
        }
        // One that has a revision has all before it.
        acknowledge(&state, 15, 4)
        #expect(jobs.map { state.queue[$0] == nil } == [true, true, true, false, false])
        acknowledge(&state, 15, 6)
        #expect(state.queue.jobs.isEmpty)
    }

    @Test func aJobEndsWithTheLastNodeInWhateverOrderTheyCome() throws {
        var orders = 0
        for order in Self.permutations(of: [12, 13, 14, 15, 0]) {
            var state = engine()
            let job = try decide(&state)
            // 0 stands for a second change, which comes between.
            for (place, node) in order.enumerated() {
                if node == 0 { _ = try decide(&state) } else { acknowledge(&state, node, 2) }
                let rest = order.dropFirst(place + 1).filter { $0 != 0 }
                #expect((state.queue[job] == nil) == rest.isEmpty, "\(order) at \(place)")
            }
            orders += 1
        }
        #expect(orders == 120)
    }

    @Test func aNodeThatLeavesIsNoLongerWaitedFor() throws {
        var state = engine()
        let job = try decide(&state)
        for node in [12, 13, 14] { acknowledge(&state, node, 2) }
        let step = state.process(.left(node: 15), at: now)
        #expect(state.queue[job] == nil)
        #expect(step.records.contains { if case .job(let job, _) = $0 { job.outcome == .ok } else { false } })
    }

    @Test func aNodeThatIsSuspendedIsWaitedForAgainWhenItIsResumed() throws {
        var nodes = Acknowledgements()
        nodes.install(2, [.init(node: 11, state: .acknowledged), .init(node: 15, state: .missing)])
        nodes.suspend(15, true)
        #expect(nodes.list(for: 2).map(\.state) == [.acknowledged, .suspended])
        nodes.suspend(15, false)
        #expect(nodes.list(for: 2).map(\.state) == [.acknowledged, .missing])
        nodes.acknowledge(15, 3, at: nil)
        #expect(nodes.list(for: 3).map(\.state) == [.missing, .acknowledged])
    }

    private static func permutations(of values: [Int]) -> [[Int]] {
        if values.count <= 1 { return [values] }
        return values.indices.flatMap { index -> [[Int]] in
            var rest = values
            let first = rest.remove(at: index)
            return permutations(of: rest).map { [first] + $0 }
        }
    }
}
