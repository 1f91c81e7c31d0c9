import ClusterLog
import JobEngine
import Support
import Testing
import Waiting

@testable import Replication

/// A master that hands over to another member.
@Suite struct HandOverTests {
    @Test func whoIsNamedDecidesAtOnce() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            try await first.store.append([.job(1)], audit: [], after: position)
            // The last in rank, who would not be elected otherwise.
            let other = try #require(cluster.nodes.last { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            let began = cluster.time.monotonic
            try await first.member.handOver(to: other.number)
            #expect(first.view.past?.reason == .leaving)
            #expect(!first.member.isMaster)
            let (second, place) = try await cluster.elected()
            #expect(second.number == other.number)
            #expect(cluster.time.monotonic - began < .seconds(1))
            await #expect(throws: StoreError.deposed) {
                try await first.store.append([.job(2)], audit: [], after: position.next)
            }
            try await second.store.append([.job(3)], audit: [], after: place)
            try await cluster.follow(second)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [1, 3]) }
        }
    }

    /// However far it was when it was named, it waits for nothing but its own disk.
    @Test(.timeLimit(.minutes(1))) func whoIsNamedDecidesAsSoonAsItHasEverything() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.last { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            let goesOn = Waiter<Void>()
            other.state.beforeApplying { await goesOn.answer() }
            try await cluster.withoutTime {
                try await first.store.append([.job(1)], audit: [], after: position)
                try await first.member.handOver(to: other.number)
                try await cluster.until { other.view.master == nil }
                #expect(other.view.term == nil)
                goesOn.resume(returning: ())
                try await cluster.until { other.view.mayBegin }
            }
            #expect(try await other.store.jobNumbers() == [1])
        }
    }

    /// What it looked at before the term ended is not all there was in the end.
    @Test(.timeLimit(.minutes(1))) func whoIsNamedLooksAgainWhenTheTermHasEnded() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.last { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            let (isSent, maySend) = (Waiter<Void>(), Waiter<Void>())
            try cluster.link(first.number).hold { transaction in
                guard transaction.writesEntry else { return }
                isSent.resume(returning: ())
                await maySend.answer()
            }
            let (isFound, mayTell) = (Waiter<Void>(), Waiter<Void>())
            try cluster.link(other.number).holdAnswers { transaction in
                guard transaction.looks else { return }
                isFound.resume(returning: ())
                await mayTell.answer()
            }
            try await cluster.withoutTime {
                // It knows nothing of itself by which it could go first.
                await other.member.leave()
                async let append: Void = first.store.append([.job(1)], audit: [], after: position)
                await isSent.answer()
                async let handOver: Void = first.member.handOver(to: other.number)
                await isFound.answer()
                maySend.resume(returning: ())
                try await append
                try await handOver
                try await cluster.until { first.view.past != nil && other.view.applied == first.view.applied }
                mayTell.resume(returning: ())
                try await cluster.until { other.view.mayBegin }
            }
            #expect(try await other.store.jobNumbers() == [1])
        }
    }

    @Test func whatIsOnItsWayIsFinishedAndNothingMoreIsTaken() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            let (isHeld, goesOn) = (Waiter<Void>(), Waiter<Void>())
            let link = try cluster.link(first.number)
            link.hold { transaction in
                guard transaction.writesEntry else { return }
                isHeld.resume(returning: ())
                await goesOn.answer()
            }
            async let append: Void = first.store.append([.job(1)], audit: [], after: position)
            await isHeld.answer()
            async let handOver: Void = first.member.handOver(to: other.number)
            try await cluster.until { !cluster.successors.isEmpty }
            // From when it is known who follows.
            var refused: StoreError?
            while refused == nil {
                refused = await refusal { () throws(StoreError) in
                    guard await first.member.isHandingOver else { return }
                    try await first.store.record([.engine(.job(2))], audit: [])
                }
                await Task.yield()
            }
            #expect(refused == .deposed)
            #expect(first.view.term != nil)
            link.hold(nil)
            goesOn.resume(returning: ())
            try await append
            try await handOver
            let (second, _) = try await cluster.elected()
            #expect(second.number == other.number)
            #expect(try await second.store.jobNumbers() == [1])
        }
    }

    @Test func nothingChangesWhenTheOtherIsNotThere() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            for node in [first.number, 99] {
                await #expect(throws: StoreError.unavailable("node \(node) is not there to take over")) {
                    try await first.member.handOver(to: node)
                }
            }
            let other = try #require(cluster.nodes.first { $0.number != first.number })
            await #expect(throws: StoreError.deposed) { try await other.member.handOver(to: first.number) }
            #expect(first.member.isMaster)
            try await first.store.append([.job(1)], audit: [], after: position)
        }
    }

    @Test func nothingChangesWhenNobodyCanBeTold() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            try cluster.link(first.number).loseAnswers { $0.namesSuccessor }
            await #expect(throws: StoreError.self) { try await first.member.handOver(to: other.number) }
            #expect(first.member.isMaster)
            try await first.store.append([.job(1)], audit: [], after: position)
        }
    }

    /// One that was named and hears nothing of it keeps nobody from deciding for long.
    @Test func whoIsNamedAndCannotIsNotWaitedForForLong() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            try cluster.link(other.number).isCut = true
            let began = cluster.time.monotonic
            try await first.member.handOver(to: other.number)
            let (second, _) = try await cluster.elected(but: [other.number])
            #expect(cluster.time.monotonic - began > .seconds(2))
            #expect(cluster.time.monotonic - began < .seconds(6))
            #expect(second.number != other.number)
        }
    }
}

extension Transaction {
    /// Whether it reads who decides, the newest entry, and who follows.
    fileprivate var looks: Bool {
        success.contains { if case .get(let key) = $0 { key.hasSuffix("/next") } else { false } }
    }

    fileprivate var namesSuccessor: Bool {
        success.contains { if case .put(let key, _, _) = $0 { key.hasSuffix("/next") } else { false } }
    }
}

extension TestCluster {
    /// Who was named to follow.
    fileprivate var successors: [Successor] {
        let key = LogKeys(cluster: Self.id, generation: 1).next
        return etcd.values(from: key, before: key + "0").compactMap { Successor($0.value) }
    }
}
