import Access
import Support
import Testing
import Values

@testable import Replication

struct LoginNotesTests {
    /// Has notes told as long as the body runs.
    private static func telling(
        _ logins: [NodeLogins], _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for one in logins { group.addTask { await one.notes.run() } }
            try await body()
        }
    }

    @Test func aLockOfTheMasterHoldsEverywhereUntilItIsLifted() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            try await Self.telling([master]) {
                master.notes.share(.fixture("a"))
                try await cluster.until { master.node.logins.all.contains { $0.locks == [.fixture("a")] } }
                try await cluster.follow(master.node)
                for other in others {
                    #expect(try await other.locks == ["a"])
                    #expect(other.node.logins.all.contains { $0.locks == [.fixture("a")] })
                }
                try await master.notes.lift("a")
                try await cluster.follow(master.node)
                for other in others {
                    #expect(try await other.locks == [])
                    #expect(other.node.logins.all.last?.liftedLocks == ["a"])
                }
            }
        }
    }

    @Test func ofTheSameLockTheLongerOneHolds() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.logins()
            #expect(await master.notes.take([.lock(.fixture("a", seconds: 900))]))
            let end = cluster.entries.count
            #expect(await master.notes.take([.lock(.fixture("a", seconds: 60))]))
            #expect(await master.notes.take([.lock(.fixture("b", seconds: -9))]))
            #expect(cluster.entries.count == end)
            #expect(await master.notes.take([.lock(.fixture("a", seconds: 1800))]))
            #expect(try await master.node.state.locks().map { SharedLock($0) } == [.fixture("a", seconds: 1800)])
        }
    }

    /// A clock that goes ahead would end the locks of others.
    @Test func noLockIsSetInTheFuture() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.logins()
            let now = cluster.time.now
            #expect(await master.notes.take([.lock(.fixture("a", seconds: 60, setAt: now))]))
            #expect(await master.notes.take([.lock(.fixture("b", seconds: 60, setAt: now + 9_000_000))]))
            #expect(try await master.locks == ["a", "b"])
        }
    }

    @Test func aLockOfAnotherNodeIsHandedToTheMaster() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let node = try #require(others.first?.node)
            let other = NodeLogins(node, time: ManualTime()) { await master.notes.take($0) }
            try await Self.telling([other]) {
                other.notes.share(.fixture("a"))
                try await cluster.until { node.logins.all.contains { $0.locks == [.fixture("a")] } }
                try await cluster.follow(node)
                #expect(try await master.locks == ["a"])
                // An administrator may ask any node.
                try await other.notes.lift("a")
                #expect(try await master.locks == [])
            }
        }
    }

    @Test func aLockNobodyTakesIsToldWhenSomebodyDoes() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let node = try #require(others.first?.node)
            let (asked, isThere) = (Counter(), Counter())
            let time = ManualTime()
            let other = NodeLogins(node, time: time) { notes in
                asked.add()
                return isThere.count > 0 ? await master.notes.take(notes) : false
            }
            try await Self.telling([other]) {
                other.notes.share(.fixture("short", seconds: 1))
                other.notes.share(.fixture("long"))
                try await cluster.until { asked.count > 0 && time.sleepers.count == 1 }
                #expect(await denial { () async throws(AccessError) in try await other.notes.lift("x") } == .noMaster)
                isThere.add()
                time.advance(by: .seconds(1))
                try await cluster.until { node.logins.all.contains { $0.locks.map(\.id) == ["long"] } }
                try await cluster.until { master.node.logins.all.contains { !$0.locks.isEmpty } }
                #expect(try await master.locks == ["long"])
            }
        }
    }

    @Test func whatWasForgottenIsNotTold() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let node = try #require(others.first?.node)
            let other = NodeLogins(node, time: ManualTime()) { await master.notes.take($0) }
            other.notes.share(.fixture("a"))
            other.notes.forget(["a"])
            other.notes.share(.fixture("b"))
            try await Self.telling([other]) {
                try await cluster.until { node.logins.all.contains { !$0.locks.isEmpty } }
                // Another node may have it a moment before the master.
                try await cluster.until { master.node.logins.all.contains { !$0.locks.isEmpty } }
                #expect(try await master.locks == ["b"])
            }
        }
    }

    @Test func theMasterForgetsForAll() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.logins()
            #expect(await master.notes.take([.lock(.fixture("a"))]))
            try await Self.telling([master]) {
                master.notes.forget(["a"])
                try await cluster.until { master.node.logins.all.contains { $0.liftedLocks == ["a"] } }
                #expect(try await master.locks == [])
            }
        }
    }

    @Test func othersHearFromTimeToTimeThatASessionIsUsed() async throws {
        try await TestCluster.live { cluster in
            let (node, _) = try await cluster.elected()
            let clock = ManualTime()
            let begin = clock.now
            clock.advance(by: .seconds(3_000))
            let master = NodeLogins(node, time: clock)
            try await master.sessions.add(.fixture("s", openedAt: begin), asOf: 1)
            try await Self.telling([master]) {
                let use = { (seconds: Int64) in
                    try await master.sessions.noteUse(of: "s", at: begin + seconds * 1000)
                }
                try await use(60)
                try await cluster.until { cluster.entries.count == 3 }
                // Ten minutes are a third of half an hour.
                try await use(120)
                try await use(659)
                try await use(660)
                try await cluster.until { cluster.entries.count == 4 }
                // What is in the log is in the state of the master by then, or soon.
                try await cluster.until {
                    cluster.nodes.allSatisfy {
                        InMemorySessions($0.state).all.map(\.lastUsedAt) == [begin + 660_000]
                    }
                }
                // Nobody is told that something ended.
                #expect(cluster.nodes.allSatisfy { $0.logins.all.isEmpty })
            }
        }
    }

    @Test func aUseBringsNoSessionBack() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.logins()
            try await master.sessions.add(.fixture("s"), asOf: 1)
            _ = try await master.sessions.revoke(id: "s")
            let end = cluster.entries.count
            #expect(await master.notes.take([.use(session: "s", at: 1_800_000_060_000)]))
            #expect(master.kept.all == [] && cluster.entries.count == end)
        }
    }

    @Test func whoDoesNotDecideTakesNothing() async throws {
        try await TestCluster.live { cluster in
            let (_, others) = try await cluster.logins()
            let other = try #require(others.first)
            #expect(await !other.notes.take([.lock(.fixture("a"))]))
        }
    }

    // MARK: Their form

    @Test func anotherNodeReadsThemAsTheyAre() {
        let locks: [Lockout.Lock.Subject] = [.user("Änna"), .address, .tokens]
        let notes = locks.map { subject in
            LoginNote.lock(SharedLock(id: "0a", subject: subject, address: "fe80/64", setAt: 5, until: 90))
        }
        for note in notes + [.lift("0a"), .use(session: "s", at: 77)] { #expect(LoginNote(note.value) == note) }
    }

    @Test(
        arguments: [
            .null, [:], ["kind": "lift"], ["kind": "lift", "id": ""], ["kind": "other", "id": "a"],
            ["kind": "lift", "id": .string(String(repeating: "a", count: 65))], ["kind": "use", "id": "a", "at": "b"],
            ["kind": "lock", "id": "a", "subject": "user", "address": "b", "set_at": 1, "until": 2],
            ["kind": "lock", "id": "a", "subject": "all", "address": "b", "set_at": 1, "until": 2],
            ["kind": "lock", "id": "a", "subject": "address", "address": "b", "set_at": 1],
        ] as [Value])
    func whatIsNoneIsNotRead(value: Value) {
        #expect(LoginNote(value) == nil)
    }
}
