import JobEngine
import NIOCore
import Testing

@testable import Gateway

@Suite struct CallbackAddressTests {
    @Test(arguments: [
        ("http://192.0.2.1:8080/", "192.0.2.1", 8080, "/"), ("http://192.0.2.1", "192.0.2.1", 80, "/"),
        ("https://192.0.2.1/a?b=c", "192.0.2.1", 443, "/a?b=c"), ("HTTP://192.0.2.1:1?x", "192.0.2.1", 1, "/?x"),
        ("http://localhost:9/", "127.0.0.1", 9, "/"), ("http://[2001:db8:0::1]:8/", "2001:db8::1", 8, "/"),
    ])
    func theCallersOwnAddressIsCalled(url: String, peer: String, port: Int, target: String) throws {
        let address = try CallbackAddress(url, peer: peer)
        #expect(address.socket.ipAddress == peer && address.socket.port == port && address.target == target)
    }

    @Test(arguments: [
        "http://192.0.2.2:8080/", "http://localhost:8080/", "http://127.0.0.1/", "http://example.com/",
        "http://192.0.2.1.example.com/", "http://192.0.2.1@192.0.2.2/", "http://user:secret@192.0.2.1/",
        "ftp://192.0.2.1/", "192.0.2.1:80", "http://", "http:///x", "http://192.0.2.1:0/", "http://192.0.2.1:99999/",
        "http://192.0.2.1:x/", "http://[::1]/", "http://[::1", "http://192.0.2.1/ HTTP/1.1",
        "http://192.0.2.1/\r\nX: y",
        "http://192.0.2.1/#part", "http://169.254.169.254/", "http://3221225985/", "http://0/", "http://192.0.2.01/",
    ])
    func nobodyElseIsCalled(url: String) {
        #expect(throws: JobError.self) { try CallbackAddress(url, peer: "192.0.2.1") }
    }

    @Test func withoutAnAddressOfTheCallerNobodyIsCalled() {
        #expect(throws: JobError.self) { try CallbackAddress("http://127.0.0.1/", peer: "") }
    }
}
