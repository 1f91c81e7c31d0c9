import Access

extension StoreConformance {
    /// What was recorded and how it is found: ``AuditLog`` and ``AuditTrail``.
    static let audit = [
        StoreCase("an event comes back as it was recorded") { parts, found in
            let whole = AuditEvent(
                kind: .login, time: 5, user: "admin", address: "10.0.0.1", method: .password, detail: "ä \"quoted\"",
                fields: ["request_id": "r1", "user": "not the user"])
            let bare = AuditEvent.Kind.allCases.map { AuditEvent(kind: $0, time: .min) }
            for event in [whole] + bare { await parts.audit.record(event) }
            let entries = try await entries(parts) { _ in }
            found.check(entries.reversed().map(\.event) == [whole] + bare, "each of them")
            found.check(entries.map(\.sequence) == (1...bare.count + 1).reversed(), "counted without a gap")
        },
        StoreCase("each entry carries the hash of the one before") { parts, found in
            for number in 1...4 { await parts.audit.record(event(number)) }
            let entries = try await entries(parts) { _ in }
            found.check(
                zip(entries, entries.dropFirst()).allSatisfy { $0.previousHash == $1.hash }, "they are a chain")
            found.check(entries.last?.previousHash == [UInt8](repeating: 0, count: 32), "it begins with zeros")
            found.check(
                Set(entries.map(\.hash)).count == 4 && entries.allSatisfy { $0.hash.count == 32 }, "of 32 bytes")
        },
        StoreCase("entries are found by time, user and kind") { parts, found in
            for number in 0..<30 { await parts.audit.record(event(number)) }
            found.check(
                try await numbers(parts) { $0.since = 1027 } == [30, 29, 28], "from a moment on, itself included")
            found.check(try await numbers(parts) { $0.until = 1002 } == [2, 1], "up to a moment, itself not included")
            let both = try await numbers(parts) {
                $0.since = 1005
                $0.until = 1007
            }
            found.check(both == [7, 6], "between two")
            found.check(try await numbers(parts) { $0.since = 5000 } == [], "none is so late")
            found.check(try await numbers(parts) { $0.users = ["user4"] } == [30, 25, 20, 15, 10, 5], "of a user")
            found.check(try await numbers(parts) { $0.users = ["user"] } == [], "by exact name")
            let early = try await numbers(parts) {
                $0.users = ["user4", "user0"]
                $0.until = 1006
            }
            found.check(early == [6, 5, 1], "of two users and up to a moment")
            found.check(try await numbers(parts) { $0.kinds = [.job] }.count == 10, "of a kind")
            let mixed = try await numbers(parts) {
                $0.kinds = [.job, .login]
                $0.users = ["user4"]
            }
            found.check(mixed == [30, 25, 15, 10], "of two kinds and a user")
            found.check(try await numbers(parts) { $0.kinds = [.lockout] } == [], "none is of that kind")
        },
        StoreCase("pages of the log join without a gap") { parts, found in
            for number in 0..<30 { await parts.audit.record(event(number)) }
            var query = AuditQuery()
            query.limit = 7
            var (seen, hasMore) = ([Int](), true)
            while hasMore {
                let page = try await parts.audit.entries(query)
                seen += page.entries.map(\.sequence)
                (query.below, hasMore) = (page.entries.last?.sequence, page.hasMore)
            }
            found.check(seen == (1...30).reversed(), "each is shown once")
            found.check(try await numbers(parts) { $0.limit = 0 } == [30], "the limit is one at least")
        },
        StoreCase("a clock that was set back hides nothing") { parts, found in
            for time in [2000, 1000, 3000] { await parts.audit.record(AuditEvent(kind: .login, time: Int64(time))) }
            found.check(try await numbers(parts) { $0.until = 1500 } == [2], "the earlier one is found")
        },
    ]

    private static func event(_ number: Int) -> AuditEvent {
        let kinds: [AuditEvent.Kind] = [.login, .refusal, .job]
        return AuditEvent(kind: kinds[number % 3], time: Int64(1000 + number), user: "user\(number % 5)")
    }

    private static func entries(
        _ parts: StoreParts, _ change: (inout AuditQuery) -> Void
    ) async throws -> [AuditEntry] {
        var query = AuditQuery()
        query.limit = 1000
        change(&query)
        return try await parts.audit.entries(query).entries
    }

    private static func numbers(_ parts: StoreParts, _ change: (inout AuditQuery) -> Void) async throws -> [Int] {
        try await entries(parts, change).map(\.sequence)
    }
}
