import JobEngine
import Support
import Testing

@Suite struct LockTableTests {
    private func id(_ number: Int) -> JobID { JobID(node: 11, number: number) }

    @Test func sharersHoldAKeyTogether() {
        var table = LockTable()
        #expect(table.request(id(1), [.shared("db:A")]) == true)
        #expect(table.request(id(2), [.shared("db:A")]) == true)
        #expect(table.request(id(3), [.exclusive("db:A")]) == false)
        #expect(table.obstacles(of: id(3)) == [.init(kind: "lock", name: "db:A", holder: id(1))])
        #expect(table.release(id(1)) == [id(2)], "the sharer in front holds it still")
        #expect(!table.isFree(for: id(3)))
        #expect(table.release(id(2)) == [id(3)])
    }

    @Test func aSharerDoesNotOvertakeWhoWaitsForTheKeyAlone() {
        var table = LockTable()
        _ = table.request(id(1), [.shared("k")])
        _ = table.request(id(2), [.exclusive("k")])
        #expect(table.request(id(3), [.shared("k")]) == false)
        _ = table.release(id(1))
        #expect(table.isFree(for: id(2)) && !table.isFree(for: id(3)))
        #expect(table.release(id(2)) == [id(3)])
    }

    @Test func aJobNeedsAllItsKeys() {
        var table = LockTable()
        _ = table.request(id(1), [.exclusive("a")])
        _ = table.request(id(2), [.exclusive("b")])
        #expect(table.request(id(3), [.exclusive("a"), .exclusive("b")]) == false)
        #expect(table.obstacles(of: id(3)).map(\.name) == ["a", "b"])
        #expect(table.release(id(1)).isEmpty)
        #expect(table.release(id(2)) == [id(3)])
    }

    @Test func whoGivesUpWaitingLetsOthersPass() {
        var table = LockTable()
        _ = table.request(id(1), [.shared("k")])
        _ = table.request(id(2), [.exclusive("k")])
        _ = table.request(id(3), [.shared("k")])
        #expect(table.release(id(2)).contains(id(3)))
    }

    /// However jobs come and go, nobody holds a key beside one that wants it alone, and nobody waits for ever.
    @Test func randomTrafficIsSafeAndEnds() {
        var random = SequenceGenerator(seed: 7)
        for _ in 0..<200 {
            var table = LockTable()
            var waiting: [JobID: [Lock]] = [:]
            var running: [JobID: [Lock]] = [:]
            for number in 1...20 {
                let locks = ["a", "b", "c"].compactMap { key -> Lock? in
                    switch random.next() % 3 {
                    case 0: .shared(key)
                    case 1: .exclusive(key)
                    default: nil
                    }
                }
                if table.request(id(number), locks) { running[id(number)] = locks } else { waiting[id(number)] = locks }
            }
            while let ended = running.keys.min() {
                expectSafe(running)
                running[ended] = nil
                for follower in table.release(ended) {
                    if let locks = waiting.removeValue(forKey: follower) { running[follower] = locks }
                }
            }
            #expect(waiting.isEmpty)
        }
    }

    private func expectSafe(_ running: [JobID: [Lock]]) {
        let holders = Dictionary(grouping: running.values.joined(), by: \.key)
        for (key, locks) in holders where locks.contains(where: \.isExclusive) {
            #expect(locks.count == 1, "\(key) is held by \(locks.count)")
        }
    }
}
