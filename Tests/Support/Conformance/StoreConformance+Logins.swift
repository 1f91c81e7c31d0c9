import Access
import JobEngine

extension StoreConformance {
    /// What lets a user in: ``SessionStore`` and ``TokenStore``.
    static let logins = [
        StoreCase("a session is found by its token until it is revoked") { parts, found in
            let session = session("a")
            try await parts.sessions.add(session, asOf: 1)
            found.check(try await parts.sessions.find(tokenHash: session.tokenHash) == session, "as it was kept")
            found.check(try await parts.sessions.find(tokenHash: []) == nil, "an unknown token finds none")
            found.check(try await parts.sessions.revoke(id: "a") == session, "who revokes it is told of it")
            found.check(try await parts.sessions.revoke(id: "a") == nil, "it is gone")
            found.check(try await parts.sessions.find(tokenHash: session.tokenHash) == nil, "its token finds none")
        },
        StoreCase("a use is noted and brings no session back") { parts, found in
            var session = session("a")
            try await parts.sessions.add(session, asOf: 1)
            session.lastUsedAt += 60
            try await parts.sessions.noteUse(of: "a", at: session.lastUsedAt)
            found.check(try await parts.sessions.find(tokenHash: session.tokenHash) == session, "the use is there")
            _ = try await parts.sessions.revoke(id: "a")
            try await parts.sessions.noteUse(of: "a", at: session.lastUsedAt)
            found.check(try await parts.sessions.list(user: nil).isEmpty, "a revoked one stays away")
        },
        StoreCase("sessions are listed newest first") { parts, found in
            for (id, user, opened) in [("a", "admin", 1), ("b", "anna", 3), ("c", "admin", 2)] {
                try await parts.sessions.add(session(id, user: user, opened: Int64(opened)), asOf: 1)
            }
            found.check(try await parts.sessions.list(user: nil).map(\.id) == ["b", "c", "a"], "of all users")
            found.check(try await parts.sessions.list(user: "admin").map(\.id) == ["c", "a"], "of one")
            found.check(try await parts.sessions.list(user: "nobody").isEmpty, "of nobody")
        },
        StoreCase("ended, idle and surplus sessions go") { parts, found in
            for (id, opened) in [("a", 1000), ("b", 3000), ("c", 6000)] {
                try await parts.sessions.add(session(id, opened: Int64(opened)), asOf: 1)
            }
            try await parts.sessions.removeExpired(at: 6000, lastUsedBefore: 1000)
            found.check(try await parts.sessions.list(user: nil).count == 3, "what is exactly as old stays")
            try await parts.sessions.removeExpired(at: 6001, lastUsedBefore: 0)
            found.check(try await parts.sessions.list(user: nil).map(\.id) == ["c", "b"], "what ended goes")
            try await parts.sessions.removeExpired(at: 6001, lastUsedBefore: 4000)
            found.check(try await parts.sessions.list(user: nil).map(\.id) == ["c"], "what is idle goes")
            try await parts.sessions.add(session("d", opened: 7000), asOf: 1)
            try await parts.sessions.add(session("e", user: "anna", opened: 1000), asOf: 1)
            try await parts.sessions.noteUse(of: "c", at: 9000)
            try await parts.sessions.keepNewest(1, of: "admin")
            found.check(
                try await parts.sessions.list(user: nil).map(\.id) == ["c", "e"], "the one that was used last stays")
        },
        StoreCase("a token is found by its secret until it is taken away") { parts, found in
            let token = token("a", roles: ["exaadm", "exausers"])
            found.check(try await parts.tokens.add(token, limit: 9, asOf: 1), "it is kept")
            found.check(try await parts.tokens.token(secretHash: token.secretHash) == token, "as it was made")
            found.check(try await parts.tokens.token(secretHash: [0]) == nil, "an unknown secret finds none")
            try await parts.tokens.noteUse(of: "a", at: 77)
            let used = try await parts.tokens.token(secretHash: token.secretHash)
            found.check(used?.lastUsedAt == 77, "its use is noted")
            found.check(try await parts.tokens.removeToken(id: "a") == used, "who takes it away is told of it")
            found.check(try await parts.tokens.removeToken(id: "a") == nil, "it is gone")
            try await parts.tokens.noteUse(of: "a", at: 78)
            found.check(try await parts.tokens.tokens(of: nil).isEmpty, "a use brings none back")
        },
        StoreCase("a user has so many tokens, and those that ended do not count") { parts, found in
            found.check(try await parts.tokens.add(token("a", madeAt: 1, expiresAt: 5), limit: 2, asOf: 1), "the first")
            found.check(try await parts.tokens.add(token("b", madeAt: 2), limit: 2, asOf: 1), "the second")
            found.check(try await !parts.tokens.add(token("c", madeAt: 3), limit: 2, asOf: 1), "one too many")
            found.check(
                try await parts.tokens.add(token("d", user: "anna", madeAt: 3), limit: 2, asOf: 1), "another user's")
            found.check(try await parts.tokens.tokens(of: nil).map(\.id) == ["d", "b", "a"], "newest first")
            found.check(try await parts.tokens.add(token("e", madeAt: 5), limit: 2, asOf: 1), "once one has ended")
            found.check(try await parts.tokens.tokens(of: "admin").map(\.id) == ["e", "b"], "which is gone")
        },
        StoreCase("a login that was under way when its user's ended leaves nothing") { parts, found in
            try await parts.sessions.add(session("a", user: "anna"), asOf: 1)
            try await parts.sessions.add(session("z"), asOf: 1)
            _ = try await parts.tokens.add(token("a", user: "anna"), limit: 9, asOf: 1)
            var reset = StoreWrite(revisions: [.sample(2)], on: nil)
            reset.endedLogins = EndedLogins(["anna"])
            try await parts.store.apply(reset)
            found.check(try await parts.sessions.list(user: nil).map(\.id) == ["z"], "the sessions of others stay")
            found.check(try await parts.tokens.tokens(of: nil).isEmpty, "the tokens end")
            // The password was found right while revision 1 was in force, and is kept only now.
            found.check(
                await isRefused { try await parts.sessions.add(session("b", user: "anna"), asOf: 1) }, "a session")
            found.check(
                await isRefused { _ = try await parts.tokens.add(token("b", user: "anna"), limit: 9, asOf: 1) },
                "a token")
            try await parts.sessions.add(session("d", user: "anna"), asOf: 2)
            found.check(try await parts.tokens.add(token("d", user: "anna"), limit: 9, asOf: 2), "a later login")
        },
        StoreCase("an own password ends the other sessions, and no token") { parts, found in
            for id in ["a", "b"] { try await parts.sessions.add(session(id, user: "anna"), asOf: 1) }
            try await parts.sessions.add(session("z"), asOf: 1)
            _ = try await parts.tokens.add(token("a", user: "anna"), limit: 9, asOf: 1)
            var change = StoreWrite(revisions: [.sample(2)], on: nil)
            change.endedLogins.sessions = [.init(of: "anna", but: "b")]
            try await parts.store.apply(change)
            found.check(
                try await parts.sessions.list(user: nil).map(\.id) == ["b", "z"], "the one it was done in stays")
            found.check(try await parts.tokens.tokens(of: nil).map(\.id) == ["a"], "the token stays")
            found.check(
                await isRefused { try await parts.sessions.add(session("c", user: "anna"), asOf: 1) },
                "a session by the former password")
            found.check(try await parts.tokens.add(token("c", user: "anna"), limit: 9, asOf: 1), "a token")
            try await parts.sessions.add(session("d", user: "anna"), asOf: 2)
            change = StoreWrite(revisions: [.sample(3)], on: nil)
            change.endedLogins.sessions = [.init(of: "anna", but: nil)]
            try await parts.store.apply(change)
            found.check(try await parts.sessions.list(user: nil).map(\.id) == ["z"], "done without a session")
        },
    ]

    private static func session(_ id: String, user: String = "admin", opened: Int64 = 1000) -> Session {
        Session(
            id: id, tokenHash: [UInt8](repeating: id.utf8.first ?? 0, count: 32), user: user, openedBy: .password,
            address: "::1", openedAt: opened, lastUsedAt: opened, expiresAt: opened + 5000)
    }

    private static func token(
        _ id: String, user: String = "admin", roles: [String]? = nil, madeAt: Int64 = 1, expiresAt: Int64? = nil
    ) -> APIToken {
        APIToken(
            id: id, secretHash: Array(id.utf8) + [1], name: "job", user: user, roles: roles, madeAt: madeAt,
            expiresAt: expiresAt)
    }

    private static func isRefused(_ login: () async throws -> Void) async -> Bool {
        do {
            try await login()
            return false
        } catch {
            return error as? AccessError == .authenticationFailed
        }
    }
}
