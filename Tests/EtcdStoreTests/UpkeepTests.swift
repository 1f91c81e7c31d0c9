import Testing

@testable import EtcdStore

/// How much of the log stays, and whom calls go to.
@Suite struct UpkeepTests {
    @Test(arguments: [
        // What everybody has applied goes, but for a thousand.
        (LogExtent(oldest: 1, newest: 5000, size: 0), 5000, 4001),
        (LogExtent(oldest: 1, newest: 5000, size: 0), 3000, 3001),
        (LogExtent(oldest: 1, newest: 900, size: 0), 900, 1),
        (LogExtent(oldest: 4001, newest: 5000, size: 0), 5000, 4001),
        // Who has nothing, or is not there, has it kept, but for what is too much.
        (LogExtent(oldest: 1, newest: 5000, size: 0), 0, 1), (LogExtent(oldest: 1, newest: 30_000, size: 0), 0, 10_001),
        (LogExtent(oldest: 1, newest: 30_000, size: 0), nil, 10_001),
        // 256 MiB in 2,000 entries: half of them stay. Fewer than a thousand stay when they are large.
        (LogExtent(oldest: 1, newest: 2000, size: 256 << 20), 0, 1001),
        (LogExtent(oldest: 1, newest: 100, size: 1 << 30), 100, 89),
        // The newest stays in any case.
        (LogExtent(oldest: 7, newest: 7, size: .max), 7, 7), (LogExtent(oldest: 1, newest: 9, size: .max), nil, 9),
        // Numbers of others lead nowhere.
        (LogExtent(oldest: 1, newest: .max, size: 0), .max, .max - 999),
        (LogExtent(oldest: 0, newest: 0, size: 0), 0, 0),
        (LogExtent(oldest: 9, newest: 3, size: 5), 9, 9), (LogExtent(oldest: 1, newest: 5000, size: 0), -5, 1),
    ])
    func whatStaysOfTheLog(extent: LogExtent, applied: Int?, first: Int) {
        #expect(extent.firstKept(appliedByAll: applied) == first)
    }

    @Test func afterAnErrorTheNextMemberIsAsked() {
        let all = (1...3).map { EtcdEndpoint(host: "127.0.0.1", port: $0) }
        let rotation = EndpointRotation(all)
        #expect(rotation.current == all[0])
        rotation.leave(all[0])
        #expect(rotation.current == all[1])
        rotation.leave(all[0])
        #expect(rotation.current == all[1], "one member failed, however many calls it was")
        rotation.leave(all[1])
        rotation.leave(all[2])
        #expect(rotation.current == all[0])
        #expect((0..<4).map { _ in rotation.nextForWatch() } == [all[0], all[1], all[2], all[0]])
        rotation.leave(all[0])
        rotation.replace(by: all)
        #expect(rotation.current == all[1], "nothing is new")
        rotation.replace(by: [all[2]])
        #expect(rotation.current == all[2])
        rotation.replace(by: [])
        #expect(rotation.current == nil && rotation.nextForWatch() == nil)
        rotation.leave(all[0])
    }

    @Test func aPageShrinksAndGrows() {
        var page = PageSize()
        for keys in [64, 16, 4, 1, 1] {
            page.wasTooMuch()
            #expect(page.keys == keys)
        }
        for keys in [2, 4, 8, 16, 32, 64, 128, 256, 256] {
            page.fitted()
            #expect(page.keys == keys)
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.3.2.1", true), ("::1", true), ("localhost", true), ("127.evil.example", false),
        ("10.0.0.1", false), ("n11", false), ("", false),
    ])
    func loopbackIsToldByItsAddress(host: String, isLoopback: Bool) {
        #expect(EtcdEndpoint(host: host, port: 1).isLoopback == isLoopback)
    }
}
