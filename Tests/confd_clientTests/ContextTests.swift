import Foundation
import Testing
import Values

@testable import confd_client

struct ContextTests {
    private static let text = """
        user: me
        password: mine
        context: test
        contexts:
          test: {host: "t1,t2", user: admin, password: secret1, cacert: /ca}
          live: {host: "n11:443", token: secret2}
          here: {user: root}
        """

    /// Reads a place where the file of credentials has this text.
    private func place(
        _ words: [String], _ environment: [String: String] = [:], text: String = text
    ) throws -> Place {
        let path = FileManager.default.temporaryDirectory.path + "/contexts-\(UUID().uuidString)"
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Place(
            try Invocation(words + ["--credentials", path]).place,
            Variables(environment.merging(["CONFD_SOCKET": "/none"]) { $1 }))
    }

    @Test func theContextThatIsNamedCountsAlone() throws {
        let live = try place(
            ["--context", "live"],
            ["CONFD_CLIENT_USER": "x", "CONFD_CLIENT_PASSWORD": "y", "CONFD_CLIENT_INSECURE": "1"])
        #expect(live.target == .hosts(["n11:443"]) && live.token == "secret2")
        #expect(live.user == nil && live.password == nil && !live.trustsAnyCertificate && live.authority == nil)
        #expect(try place([], ["CONFD_CLIENT_CONTEXT": "live"]) == live)
        #expect(try place(["--context", "test"], ["CONFD_CLIENT_CONTEXT": "live"]).user == "admin")
    }

    @Test func withoutOneItIsTheUsualOneUnlessAHostIsNamed() throws {
        let test = try place([])
        #expect(test.target == .hosts(["t1:20003", "t2:20003"]) && test.user == "admin" && test.password == "secret1")
        let other = try place(["--host", "n12"])
        #expect(other.target == .hosts(["n12:20003"]) && other.user == "me" && other.password == "mine")
        #expect(other.authority == nil)
    }

    @Test func aContextWithoutAHostIsThisMachine() throws {
        #expect(try place(["--context", "here"]).target == .socket("/none"))
    }

    @Test func whatCannotBeIsRefused() throws {
        #expect { try place(["--context", "liev"]) } throws: {
            ($0 as? Failure)?.message.hasSuffix("did you mean 'live'?") == true
        }
        #expect(throws: Failure.self) { try place(["--context", "live", "--host", "n12"]) }
        #expect(throws: Failure.self) { try place([], text: "contexts: {a: {hots: x}}") }
        #expect(throws: Failure.self) { try place([], text: "contexts: [a]") }
        #expect(throws: Failure.self) { try place([], text: "context: none") }
    }

    @Test func theListHasNothingSecret() throws {
        let path = FileManager.default.temporaryDirectory.path + "/contexts-\(UUID().uuidString)"
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(Self.text.utf8), attributes: [.posixPermissions: 0o600]))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let list = Session.list(of: try CredentialsFile(path, Variables([:])), used: "live")
        #expect(
            Table(list, columns: ["name", "host", "user", "login", "used"]).text == """
                NAME  HOST     USER   LOGIN      USED
                here  -        root   asked for  false
                live  n11:443  -      token      true
                test  t1,t2    admin  password   false

                """)
        #expect(!SpacedJSON.text(.list(list)).contains("secret"))
    }
}
