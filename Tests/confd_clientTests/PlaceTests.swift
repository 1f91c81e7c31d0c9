import Foundation
import Testing

@testable import confd_client

struct PlaceTests {
    private func place(_ words: [String], _ environment: [String: String] = [:]) throws(Failure) -> Place {
        try Place(try Invocation(words).place, Variables(environment))
    }

    @Test(arguments: [
        ("n11", ["n11:20003"]), ("n11:443", ["n11:443"]), ("https://n11:443/", ["n11:443"]),
        ("n11,n12", ["n11:20003", "n12:20003"]), ("::1", ["[::1]:20003"]), ("[::1]:443", ["[::1]:443"]),
    ])
    func aHostHasThePortOfDeploymentsUnlessItSaysAnother(host: String, hosts: [String]) throws {
        #expect(try place(["--host", host]).target == .hosts(hosts))
        #expect(try place([], ["CONFD_HOST": host]).target == .hosts(hosts))
    }

    @Test(arguments: [
        "localhost:99999", "localhost:abc", "localhost:0", "localhost:", "", ",", "n11,", ":443", "[::1", "[::1]x",
        "[n11]",
        "a b", "n11/path", "http://n11", "n11:-1", "n11:+1", "user@n11", "fe80::1%eth0", "[::1]:70000",
    ])
    func whatCanBeNoHostOrPortIsRefusedBeforeAnythingIsSent(host: String) {
        #expect { try place(["--host", host]) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func severalHostsAreTheNodesOfOneCluster() throws {
        let hosts = ["n11:20003", "n12:443", "[fd00::13]:20003"]
        let list = "n11, n12:443,fd00::13"
        #expect(try place([], ["CONFD_CLIENT_HOST": list]).target == .hosts(hosts))
        #expect(try place(["--host", list], ["CONFD_CLIENT_HOST": "n14"]).target == .hosts(hosts))
    }

    @Test func portsComeFromHostOrVariable() throws {
        #expect(try place(["--host", "n11"], ["CONFD_CLIENT_PORT": "443"]).target == .hosts(["n11:443"]))
        #expect(try place(["--host", "n11:1"], ["CONFD_PORT": "443"]).target == .hosts(["n11:1"]))
        #expect(throws: Failure.self) { try place(["--host", "n11"], ["CONFD_CLIENT_PORT": "x"]) }
    }

    @Test func namesOthersMayUseCountOnlyWhereThereIsNoSocketOfThisMachine() throws {
        let shared = [
            "CONFD_HOST": "elsewhere", "CONFD_PORT": "1", "CONFD_USER": "jane", "CONFD_PASSWORD": "x",
            "CONFD_TOKEN": "t",
            "CONFD_INSECURE": "1", "CONFD_CACERT": "/x", "CONFD_CREDENTIALS": "/x", "CONFD_CERT": "/x",
            "CONFD_KEY": "/x",
        ]
        let path = FileManager.default.temporaryDirectory.path + "/c-\(UUID().uuidString.prefix(8)).sock"
        let descriptor = try listen(at: path)
        defer {
            close(descriptor)
            unlink(path)
        }
        let here = try place([], shared.merging(["CONFD_SOCKET": path]) { $1 })
        let bare = try place([], ["CONFD_SOCKET": path])
        #expect(here == bare && here.target == .socket(path) && here.user == nil)
        let named = try place([], shared.merging(["CONFD_SOCKET": path, "CONFD_CLIENT_HOST": "n12"]) { $1 })
        #expect(named.target == .hosts(["n12:20003"]) && named.password == nil && !named.trustsAnyCertificate)
        var away = shared
        away["CONFD_CREDENTIALS"] = nil
        away["CONFD_SOCKET"] = "/no/such.sock"
        #expect(try place([], away).target == .hosts(["elsewhere:1"]))
    }

    private func listen(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        return descriptor
    }

    @Test func withoutAHostItIsTheSocket() throws {
        #expect(try place([]).target == .socket("/exa/run/confd.sock"))
        #expect(try place([], ["CONFD_SOCKET": "/x"]).target == .socket("/x"))
        #expect(try place(["--socket", "/y"], ["CONFD_HOST": "n11"]).target == .socket("/y"))
    }

    @Test func credentialsAreReadFromAFileThatIsItsOwnersAlone() throws {
        let path = FileManager.default.temporaryDirectory.path + "/credentials-\(UUID().uuidString)"
        try "host: n11\nuser: admin\npassword: 12345\n".write(toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: Failure.self) { try place(["--credentials", path]) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let read = try place(["--credentials", path])
        #expect(read.target == .hosts(["n11:20003"]) && read.user == "admin" && read.password == "12345")
        // The password is that of another user.
        #expect(try place(["--credentials", path, "-u", "jane"]).password == nil)
        #expect(try place([], ["CONFD_CREDENTIALS": path, "CONFD_PASSWORD": "x"]).password == "x")
    }
}
