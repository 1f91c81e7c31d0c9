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

    private func ended(
        by author: String = "admin", in session: String? = nil, _ change: (inout Document) throws -> Void
    ) throws -> EndedLogins {
        var new = old
        try change(&new)
        var requester = JobRecord.Requester(name: author, roles: [])
        requester.session = session
        return UserChanges(from: old, to: new, by: requester).endedLogins
    }

    @Test func removalDisablingAnotherIDAndAResetEndThem() throws {
        #expect(try ended { try $0.removeUser("ada") } == EndedLogins(["ada"]))
        #expect(try ended { try $0.modifyUser("ada", UserSettings(isLoginEnabled: false)) } == EndedLogins(["ada"]))
        #expect(try ended { try $0.modifyUser("ada", UserSettings(id: 2003)) } == EndedLogins(["ada"]))
        let reset = try ended { try $0.modifyUser("ada", UserSettings(passwordHash: "$6$salt$other")) }
        #expect(reset == EndedLogins(["ada"]))
        #expect(try ended { try $0.addUser("new", Self.settings(2004)) } == EndedLogins(["new"]))
    }

    @Test func anOwnPasswordEndsTheOtherSessions() throws {
        for session in [nil, "s1"] {
            let ended = try ended(by: "ada", in: session) {
                try $0.modifyUser("ada", UserSettings(passwordHash: "$6$salt$other"))
            }
            #expect(ended.users.isEmpty && ended.sessions == [.init(of: "ada", but: session)])
        }
    }

    @Test func whatIsNoCredentialEndsNothing() throws {
        #expect(try ended { try $0.modifyUser("ada", UserSettings(authorizedKeys: ["ssh-ed25519 AAAA a"])) }.isEmpty)
        #expect(try ended { try $0.set("Timezone", to: "UTC", in: .global) }.isEmpty)
        #expect(try ended { _ in }.isEmpty)
    }
}
