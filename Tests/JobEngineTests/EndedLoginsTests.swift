import EXAConf
import Support
import Testing

@testable import JobEngine

/// Whose sessions and tokens end with a revision.
@Suite struct EndedLoginsTests {
    private let old: Document

    init() throws {
        var document = try Document(parsing: "[Global]\n[Groups]\n    [[exaadm]]\n        ID = 500\n")
        try document.addUser("ada", Self.settings(2001))
        try document.addUser("eve", Self.settings(2002))
        old = document
    }

    private static func settings(_ id: Int) -> UserSettings {
        UserSettings(id: id, group: "exaadm", isLoginEnabled: true, passwordHash: "$6$salt$hash\(id)")
    }

    private func ended(by author: String = "admin", _ change: (inout Document) throws -> Void) throws -> Set<String> {
        var new = old
        try change(&new)
        return EndedLogins.between(old, new, by: author)
    }

    @Test func removalDisablingAnotherIDAndAResetEndThem() throws {
        #expect(try ended { try $0.removeUser("ada") } == ["ada"])
        #expect(try ended { try $0.modifyUser("ada", UserSettings(isLoginEnabled: false)) } == ["ada"])
        #expect(try ended { try $0.modifyUser("ada", UserSettings(id: 2003)) } == ["ada"])
        #expect(try ended { try $0.modifyUser("ada", UserSettings(passwordHash: "$6$salt$other")) } == ["ada"])
        #expect(try ended { try $0.addUser("new", Self.settings(2004)) } == ["new"])
    }

    @Test func anOwnPasswordAndWhatIsNoCredentialEndNothing() throws {
        #expect(try ended(by: "ada") { try $0.modifyUser("ada", UserSettings(passwordHash: "$6$salt$other")) } == [])
        #expect(try ended { try $0.modifyUser("ada", UserSettings(authorizedKeys: ["ssh-ed25519 AAAA a"])) } == [])
        #expect(try ended { try $0.set("Timezone", to: "UTC", in: .global) } == [])
        #expect(try ended { _ in } == [])
    }
}
