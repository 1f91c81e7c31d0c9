import ClusterLog
import Testing

@testable import EtcdStore

/// Three members of etcd, some of which hold still.
@Suite(.serialized, .needsEtcd, .timeLimit(.minutes(2))) struct EtcdClusterTests {
    private func put(_ key: String) -> Transaction {
        Transaction(
            comparisons: [.isMissing(key)], success: [.put(key, value: [1], lease: nil)], failure: [.get(key)])
    }

    @Test func aMemberThatHoldsStillIsLeftInTime() async throws {
        try await withEtcd(members: 3) { etcd in
            let order = try await etcd.followersFirst()
            let client = etcd.client(order.map(\.endpoint))
            #expect(try await client.transact(put("p/1")).succeeded)
            order[0].pause()
            let clock = ContinuousClock()
            let begin = clock.now
            await #expect(throws: EtcdError.timeout) { try await client.transact(put("p/2")) }
            let taken = clock.now - begin
            #expect(taken >= .milliseconds(950) && taken < .seconds(5))
            #expect(client.rotation.current == order[1].endpoint)
            #expect(try await client.transact(put("p/3")).succeeded)

            // "Not there" is not "will not be there": the request lies in the socket of the member that holds still, and
            // may be done yet.
            #expect(try await client.transact(Transaction(success: [.get("p/2")])).found == [[]])
            client.use([order[1].endpoint, order[2].endpoint])
            order[0].goOn()
            while (try? await client.status(of: order[0].endpoint)) == nil {}
            let again = try await client.transact(put("p/2"))
            #expect(again.succeeded || again.found.first?.first?.value == [1])
            await client.close()
        }
    }

    @Test func aWatchOfAMemberThatHoldsStillEndsAndTheNextOneIsElsewhere() async throws {
        try await withEtcd(members: 3) { etcd in
            let order = try await etcd.followersFirst()
            var bounds = EtcdClient.Bounds()
            bounds.silence = .seconds(1)
            let client = etcd.client(order.map(\.endpoint), bounds: bounds)
            var notices = client.watch(prefix: "p/", from: nil).makeAsyncIterator()
            _ = try await notices.next()
            #expect(try await client.transact(put("p/1")).succeeded)
            _ = try await notices.next()
            order[0].pause()
            await #expect(throws: EtcdError.timeout) {
                while try await notices.next() != nil {}
            }
            var elsewhere = client.watch(prefix: "p/", from: nil).makeAsyncIterator()
            guard case .opened = try await elsewhere.next() else {
                Issue.record("it was not opened")
                return
            }
            order[0].goOn()
            await client.close()
        }
    }

    @Test func aMemberWithoutALeaderEndsItsWatchesAndRefusesAtOnce() async throws {
        try await withEtcd(members: 3) { etcd in
            let order = try await etcd.followersFirst()
            let client = etcd.client([order[0].endpoint])
            var notices = client.watch(prefix: "p/", from: nil).makeAsyncIterator()
            _ = try await notices.next()
            order[1].pause()
            order[2].pause()
            // It goes on to tell of progress for as long as it believes that there is a leader.
            await #expect(throws: EtcdError.failed("etcd: etcdserver: no leader")) {
                while try await notices.next() != nil {}
            }
            await #expect(throws: EtcdError.failed("etcd: etcdserver: no leader")) {
                try await client.transact(put("p/1"))
            }
            #expect(try await client.status().leader == nil)
            #expect(try await client.members().count == 3)
            order[1].goOn()
            order[2].goOn()
            await client.close()
        }
    }

    @Test func membersComeAndGo() async throws {
        // Else etcd wants members to have been there for five seconds.
        try await withEtcd(members: 3, flags: ["--strict-reconfig-check=false"]) { etcd in
            let order = try await etcd.followersFirst()
            let client = etcd.client(order.map(\.endpoint))
            let members = try await client.members()
            #expect(members.count == 3 && members.allSatisfy { !$0.isLearner && $0.clients.count == 1 })

            let own = try await client.status(of: order[0].endpoint)
            try await client.passLeadership(to: own.member, by: order[2].endpoint)
            #expect(try await client.status(of: order[2].endpoint).leader == own.member)
            try await client.defragment(order[1].endpoint)

            let gone = try await client.status(of: order[2].endpoint).member
            try await client.remove(gone)
            try await client.remove(gone)
            #expect(try await client.members().map(\.id).contains(gone) == false)
            await client.close()
        }
    }

    @Test func aLearnerIsTakenInAndNotPromotedBeforeItIsThere() async throws {
        try await withEtcd { etcd in
            let client = etcd.client()
            let peer = "https://127.0.0.1:\(try freePort())"
            let learner = try await client.addLearner([peer])
            #expect(learner.isLearner && learner.peers == [peer])
            await #expect(throws: EtcdError.self) { try await client.promote(learner.id) }
            #expect(try await client.members().count == 2)
            try await client.remove(learner.id)
            #expect(try await client.members().count == 1)
            await client.close()
        }
    }
}
