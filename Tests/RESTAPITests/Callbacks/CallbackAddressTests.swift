import EXAConf
import Glibc
import JobEngine
import NIOCore
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite struct CallbackAddressTests {
    @Test(arguments: [
        ("http://192.0.2.1:8080/", "192.0.2.1", 8080, "/"), ("http://192.0.2.1", "192.0.2.1", 80, "/"),
        ("https://192.0.2.1/a?b=c", "192.0.2.1", 443, "/a?b=c"), ("HTTP://192.0.2.1:1?x", "192.0.2.1", 1, "/?x"),
        ("http://localhost:1024/", "127.0.0.1", 1024, "/"), ("http://[2001:db8:0::1]:8/", "2001:db8::1", 8, "/"),
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

    @Test(arguments: [
        ("http://127.0.0.1/", "127.0.0.1"), ("http://localhost:1023/", "127.0.0.1"), ("https://[::1]/", "::1"),
        ("http://127.8.9.1:22/", "127.8.9.1"),
    ])
    func servicesOfThisMachineAreNotCalled(url: String, peer: String) {
        #expect(throws: JobError.self) { try CallbackAddress(url, peer: peer) }
    }

    @Test func servicesOfThisMachineAreNotCalledAtItsOtherAddressesEither() throws {
        let own = Set(["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) })
        for (url, peer) in [("http://192.0.2.1/", "192.0.2.1"), ("http://[2001:db8::1]:1023/", "2001:db8::1")] {
            #expect(throws: JobError.self) { try CallbackAddress(url, peer: peer, own: own) }
        }
        #expect(try CallbackAddress("http://192.0.2.1:1024/", peer: "192.0.2.1", own: own).socket.port == 1024)
        #expect(try CallbackAddress("http://192.0.2.2/", peer: "192.0.2.2", own: own).socket.port == 80)
        #expect(CallbackAddress.addressesOfThisMachine().contains { $0.isLoopback })
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func behindProxiesWhoSeemsToBeOnThisMachineIsNotCalled(peer: String) throws {
        let url = peer == "::1" ? "http://[::1]:8080/" : "http://127.0.0.1:8080/"
        _ = try CallbackAddress(url, peer: peer)
        #expect(throws: JobError.self) { try CallbackAddress(url, peer: peer, hasProxies: true) }
        _ = try CallbackAddress("http://192.0.2.1:80/", peer: "192.0.2.1", hasProxies: true)
    }

    @Test func overTheLocalSocketTheAccountsOwnProgramsAreCalled() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var (address, size) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                _ = bind(listener, place, size)
                _ = listen(listener, 1)
                _ = getsockname(listener, place, &size)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        let own = Int(getuid())
        #expect(PortOwners.of(port) == [own])
        let called = try CallbackAddress("http://localhost:\(port)/", peer: "local", account: own)
        #expect(called.socket.ipAddress == "127.0.0.1" && called.socket.port == port && !called.isSomebodyElses)
        #expect(throws: JobError.self) {
            try CallbackAddress("http://localhost:\(port)/", peer: "local", account: own + 4711)
        }
        #expect(throws: JobError.self) { try CallbackAddress("http://localhost:\(port)/", peer: "local") }
        #expect(throws: JobError.self) {
            try CallbackAddress("http://192.0.2.1:\(port)/", peer: "local", account: own)
        }
    }

    @Test func aLineOfTheKernelNamesWhoListens() {
        let line = "  1: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1007        0 42 1 0"
        #expect(PortOwners.owner(in: line[...], of: 8443) == 1007)
        #expect(PortOwners.owner(in: line[...], of: 8444) == nil)
        #expect(PortOwners.owner(in: line.replacing(" 0A ", with: " 01 ")[...], of: 8443) == nil)
    }

    @Test func withoutAnAddressOfTheCallerNobodyIsCalled() {
        #expect(throws: JobError.self) { try CallbackAddress("http://127.0.0.1/", peer: "") }
    }
}
