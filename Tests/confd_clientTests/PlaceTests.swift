import Foundation
import Testing

@testable import confd_client

struct PlaceTests {
    private func place(_ words: [String], _ environment: [String: String] = [:]) throws(Failure) -> Place {
        try Place(try Invocation(words).place, environment: environment)
    }

    @Test(arguments: [
        ("n11", ["n11:20003"]), ("n11:443", ["n11:443"]), ("https://n11:443/", ["n11:443"]),
        ("n11,n12", ["n11:20003", "n12:20003"]), ("::1", ["[::1]:20003"]), ("[::1]:443", ["[::1]:443"]),
    ])
    func aHostHasThePortOfDeploymentsUnlessItSaysAnother(host: String, hosts: [String]) throws {
        #expect(try place(["--host", host]).target == .hosts(hosts))
        #expect(try place([], ["CONFD_HOST": host]).target == .hosts(hosts))
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
