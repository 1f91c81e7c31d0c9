import Testing

@testable import Values

struct RemoteAddressTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", false),
        ("::ffff:192.0.2.7", "192.0.2.7", false),
        ("127.8.9.1", "127.8.9.1", true),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002/64", false),
        ("2001:DB8:1:2::", "20010db800010002/64", false),
        ("fe80::1%eth0", "fe80000000000000/64", false),
        ("::1", "::1", true),
        ("", "", true),
        ("local", "local", true),
        ("127.evil.example", "127.evil.example", false),
        ("::ffff:zz", "::ffff:zz", false),
    ])
    func theScopeIsOneMachineOrNetwork(text: String, scope: String, isLocal: Bool) {
        let address = RemoteAddress(text)
        #expect(address.scope == scope)
        #expect(address.isLocal == isLocal)
        #expect(address.isSocket == ["", "local"].contains(text))
    }

    @Test func aSenselessAddressTakesLittleRoom() {
        #expect(RemoteAddress(String(repeating: "x", count: 100_000)).scope.count == 64)
    }
}
