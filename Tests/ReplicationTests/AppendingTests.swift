import Access
import ClusterLog
import JobEngine
import Replication
import Support
import Synchronization
import Testing

struct AppendingTests {
    @Test func whatTheMasterAppendsIsAppliedByAll() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let event = AuditEvent(kind: .job, time: 5, user: "admin")
            try await master.store.append([.job(1), .numbers(through: 20)], audit: [event], after: position)
            #expect(try await master.store.jobNumbers() == [1])
            #expect(try await master.store.end() == position.next)
            try await cluster.follow(master)
            for node in cluster.nodes {
                #expect(try await node.store.open().nextNumber == 21)
                #expect(node.state.audit.events == (node.number == master.number ? [event] : []))
            }
        }
    }

    @Test func aLostAnswerNeitherLosesNorDoubles() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let lost = Mutex(0)
            try cluster.link(master.number).loseAnswers { transaction in
                guard transaction.writesEntry else { return false }
                return lost.withLock { lost in
                    lost += 1
                    return lost <= 3
                }
            }
            try await master.store.append([.job(1)], audit: [], after: position)
            try await master.store.append([.job(2)], audit: [], after: position.next)
            #expect(lost.withLock { $0 } >= 4)
            #expect(cluster.entries.map(\.header.index) == [1, 2, 3])
            #expect(try await master.store.jobNumbers() == [1, 2])
        }
    }

    @Test func anAppendOfAMasterThatWasReplacedIsDeposed() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            try cluster.link(first.number).isCut = true
            async let append = refusal { () throws(StoreError) in
                try await first.store.append([.job(1)], audit: [], after: position)
            }
            let (second, place) = try await cluster.elected(but: [first.number])
            #expect(second.number != first.number)
            try await second.store.append([.job(2)], audit: [], after: place)
            try cluster.link(first.number).isCut = false
            #expect(await append == .deposed)
            await #expect(throws: StoreError.deposed) {
                try await first.store.append([.job(3)], audit: [], after: position)
            }
            try await cluster.follow(second)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [2]) }
        }
    }

    /// What it decided on may be another state by now.
    @Test func anAppendOfAFormerTermIsNotTakenInTheNextOne() async throws {
        try await TestCluster.live(1) { cluster in
            let (node, position) = try await cluster.elected()
            let first = node.view.term
            await node.member.leave()
            try await cluster.until { node.view.mayBegin && node.view.term != first }
            await #expect(throws: StoreError.deposed) {
                try await node.store.append([.job(1)], audit: [], after: position)
            }
            let (_, place) = try await cluster.elected()
            try await node.store.append([.job(2)], audit: [], after: place)
            #expect(try await node.store.jobNumbers() == [2])
        }
    }

    /// It is in the log, although the term is over before anybody hears of it.
    @Test func anAppendIsSettledAfterItsTerm() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            let link = try cluster.link(first.number)
            let event = AuditEvent(kind: .job, time: 5, user: "admin")
            link.loseAnswers { transaction in
                // From here on nothing is heard.
                if transaction.writesEntry { link.isCut = true }
                return transaction.writesEntry
            }
            async let append: Void = first.store.append([.job(1)], audit: [event], after: position)
            let (second, _) = try await cluster.elected(but: [first.number])
            link.loseAnswers { _ in false }
            link.isCut = false
            try await append
            try await cluster.follow(second)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [1]) }
            #expect(first.state.audit.events == [event])
        }
    }

    @Test func withoutRoomInEtcdNothingIsStored() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            cluster.etcd.isFull = true
            await #expect(throws: StoreError.full("etcd has no room")) {
                try await master.store.append([.job(1)], audit: [], after: position)
            }
            cluster.etcd.isFull = false
            #expect(try await master.store.end() == position)
            try await master.store.append([.job(2)], audit: [], after: position)
            #expect(try await master.store.jobNumbers() == [2])
        }
    }

    @Test func aMasterThatCannotApplyIsNoneAndCatchesUp() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            first.state.isFull = true
            let event = AuditEvent(kind: .job, time: 5, user: "admin")
            await #expect(throws: StoreError.self) {
                try await first.store.append([.job(1)], audit: [event], after: position)
            }
            // Who waits is told that nobody knows, and then that the term is over.
            await #expect(throws: StoreError.self) { try await first.store.end() }
            #expect(try await first.store.end().term != position.term)
            #expect(first.view.past?.reason == .cannotApply)
            #expect(first.view.obstacle == .noRoom("no room"))
            let (second, _) = try await cluster.elected()
            #expect(second.number != first.number)
            #expect(try await second.store.jobNumbers() == [1])
            first.state.isFull = false
            try await cluster.follow(second)
            #expect(first.view.obstacle == nil)
            #expect(try await first.state.jobNumbers() == [1])
            #expect(first.state.audit.events == [event])
        }
    }

    @Test func aStateThatLosesAnAnswerAppliesOnce() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            master.state.loseAnswer(ofWrite: master.state.writeCount + 1)
            try await master.store.append([.job(1)], audit: [], after: position)
            #expect(master.member.isMaster)
            #expect(try await master.store.jobNumbers() == [1])
        }
    }

    @Test func aLargeBatchIsAppliedWhole() async throws {
        try await TestCluster.live(settings: { $0.largestPayload = 512 }) { cluster in
            let (master, position) = try await cluster.elected()
            let records = (1...20).map { LogRecord.job($0) }
            try await master.store.append(records, audit: [], after: position)
            try await master.store.append([.job(21)], audit: [], after: position.next)
            try await cluster.follow(master)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == Array(1...21)) }
        }
    }

    @Test func whatNoEngineDecidesTakesNothingFromItsTerm() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.record([.engine(.numbers(through: 9))], audit: [])
            try await master.store.append([.job(20)], audit: [], after: position)
            #expect(try await master.store.end() == position.next)
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            await #expect(throws: StoreError.deposed) {
                try await other.store.record([.engine(.numbers(through: 30))], audit: [])
            }
        }
    }

    @Test func manyAppendAtOnce() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 {
                    group.addTask { try await master.store.record([.engine(.job(number))], audit: []) }
                }
                try await group.waitForAll()
            }
            try await cluster.follow(master)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == Array(1...50)) }
        }
    }
}

extension Transaction {
    /// Whether it is one by which a master appends.
    var writesEntry: Bool {
        success.contains { operation in
            if case .put(let key, _, _) = operation { key.contains("/log/") } else { false }
        }
    }
}

extension TestCluster {
    /// What the log of the first generation has.
    var entries: [LogEntry] { entries(of: 1) }

    /// What the log of a generation has.
    func entries(of generation: Int) -> [LogEntry] {
        let keys = LogKeys(cluster: Self.id, generation: generation)
        return etcd.values(from: keys.entries, before: keys.entries + "z").compactMap {
            try? LogEntry(reading: $0.value)
        }
    }
}
