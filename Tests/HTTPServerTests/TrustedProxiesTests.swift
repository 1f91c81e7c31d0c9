import HTTPTypes
import Support
import Testing

@testable import HTTPServer

struct TrustedProxiesTests {
    /// 10.0.0.0/8 and the loopback address of version 6 are proxies.
    private let proxies = TrustedProxies { $0.hasPrefix("10.") || $0 == "::1" }

    private func caller(_ fields: [(String, String)], from peer: String = "10.0.0.1") throws -> String {
        var found = HTTPFields()
        for (name, value) in fields { found.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return proxies.caller(of: found, from: peer)
    }

    @Test func ofWhoIsNoProxyNoFieldIsLookedAt() throws {
        for name in ["Forwarded", "X-Forwarded-For"] {
            #expect(try caller([(name, "for=6.6.6.6")], from: "192.0.2.1") == "192.0.2.1")
            #expect(try caller([(name, "6.6.6.6")], from: "192.0.2.1") == "192.0.2.1")
        }
        #expect(TrustedProxies.none.caller(of: [:], from: "10.0.0.1") == "10.0.0.1")
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7, 10.2.3.4", "192.0.2.7"),
        ("nonsense, 192.0.2.7 ,\t10.2.3.4", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("10.3.3.3, 10.2.3.4", "10.3.3.3"),
        (",192.0.2.7,,", "192.0.2.7"),
    ])
    func theLastHopThatIsNoProxyIsTheCaller(list: String, address: String) throws {
        #expect(try caller([("X-Forwarded-For", list)]) == address)
        let quoted = list.split(separator: ",").map { "for=\"\($0.trimmingBlanks)\"" }.joined(separator: ", ")
        #expect(try caller([("Forwarded", quoted)]) == address)
    }

    @Test(arguments: [
        "", ",", "unknown", "_hidden", "192.0.2.7, nonsense", "192.0.2.7, 10.0.0", "192.0.2.7, 10.2.3.4:99999x",
        "192.0.2.7, [10.2.3.4]", "192.0.2.7, [::1", "192.0.2.7, ::1%lo", "192.0.2.7 10.2.3.4", "192.0.2.7, 10.2.3.4:",
        "192.0.2.7, localhost",
    ])
    func whatCannotBeReadComesFromTheProxyItself(list: String) throws {
        #expect(try caller([("X-Forwarded-For", list)]) == "10.0.0.1")
    }

    @Test(arguments: [
        ("for=192.0.2.7", "192.0.2.7"),
        ("For=192.0.2.7;proto=https;by=10.0.0.1", "192.0.2.7"),
        ("by=10.0.0.1 ; for=\"192.0.2.7:4711\"", "192.0.2.7"),
        ("for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
        ("for=[2001:db8::7]", "2001:db8::7"),
        ("for=6.6.6.6, for=192.0.2.7;host=\"a, b; c\", for=10.9.9.9", "192.0.2.7"),
        ("for=unknown, for=192.0.2.7", "192.0.2.7"),
        ("for=\"192.0.2\\.7\"", "192.0.2.7"),
    ])
    func theFieldOfTheStandardIsRead(field: String, address: String) throws {
        #expect(try caller([("Forwarded", field)]) == address)
    }

    @Test(arguments: [
        "192.0.2.7", "for=", "for", "for=\"192.0.2.7", "for=192.0.2.7;", "for=192.0.2.7;for=6.6.6.6", "proto=https",
        "for=192.0.2.7, proto=https", "for=192.0.2.7 x", "for=_hidden", "for=\"\"", "=192.0.2.7", ";",
        "for=192.0.2.7\u{e9}",
    ])
    func aFieldThatIsNotOfTheFormCountsForNothing(field: String) throws {
        #expect(try caller([("Forwarded", field)]) == "10.0.0.1")
    }

    @Test func linesOfOneFieldAreReadInTheirOrder() throws {
        #expect(try caller([("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.7")]) == "192.0.2.7")
        #expect(try caller([("Forwarded", "for=6.6.6.6"), ("Forwarded", "for=192.0.2.7")]) == "192.0.2.7")
        // What the caller left open swallows nothing of what the proxy says.
        let open = [("Forwarded", "for=6.6.6.6;x=\""), ("Forwarded", "for=192.0.2.7;by=\"10.0.0.1\"")]
        #expect(try caller(open) == "10.0.0.1")
    }

    @Test func twoFieldsHaveToAgree() throws {
        let (standard, common) = (("Forwarded", "for=192.0.2.7"), ("X-Forwarded-For", "192.0.2.7"))
        #expect(try caller([standard, common]) == "192.0.2.7")
        // The proxy sets one, the caller the other.
        #expect(try caller([("Forwarded", "for=6.6.6.6"), common]) == "10.0.0.1")
        #expect(try caller([standard, ("X-Forwarded-For", "6.6.6.6")]) == "10.0.0.1")
        #expect(try caller([standard, ("X-Forwarded-For", "")]) == "10.0.0.1")
    }

    @Test func aListenerTellsRoutesTheCaller() async throws {
        let local = TrustedProxies { $0 == "127.0.0.1" }
        try await LiveServer.run(clients: .optional, proxies: local) { server in
            // The certificate is the proxy's, and nobody else's.
            let (pem, key) = (server.certificates.path("client.pem"), server.certificates.path("client.key"))
            let options = ["--http1.1", "--cert", pem, "--key", key]
            let seen = try await server.curl("/peer", options + ["-H", "X-Forwarded-For: 6.6.6.6, 192.0.2.7"])
            #expect(seen.output.hasPrefix("192.0.2.7 HTTP/1.1 TLSv1.3 none "), "\(seen)")
            let own = try await server.curl("/peer", options)
            #expect(own.output.hasPrefix("127.0.0.1 HTTP/1.1 TLSv1.3 none "), "\(own)")
        }
    }

    @Test func connectionsOfAProxyAreThoseOfMany() {
        let count = AddressCount(limit: 1, proxies: proxies)
        #expect(count.scope(of: "10.0.0.1") == nil)
        #expect(count.scope(of: "192.0.2.1") == "192.0.2.1")
        #expect(count.enter("192.0.2.1") && !count.enter("192.0.2.1"))
    }
}
