import Testing

@testable import EtcdStore

/// Whom calls go to.
@Suite struct UpkeepTests {
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
