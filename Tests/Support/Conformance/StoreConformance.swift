package import Access
package import JobEngine

/// What a daemon keeps: the store, and what lies beside it in the same place.
package struct StoreParts: Sendable {
    let store: any Store & JobArchive
    let sessions: any SessionStore
    let tokens: any TokenStore
    let audit: any AuditLog & AuditTrail

    /// Empty parts of one place.
    package init(
        store: any Store & JobArchive, sessions: any SessionStore, tokens: any TokenStore,
        audit: any AuditLog & AuditTrail
    ) {
        self.store = store
        self.sessions = sessions
        self.tokens = tokens
        self.audit = audit
    }

    /// Those in memory.
    package static var inMemory: StoreParts {
        let store = InMemoryStore()
        return StoreParts(
            store: store, sessions: InMemorySessions(store), tokens: InMemoryTokens(store), audit: InMemoryAudit())
    }
}

/// One thing every store keeps to, whatever it is made of.
package struct StoreCase: Sendable, CustomStringConvertible {
    package let description: String
    private let examine: @Sendable (StoreParts, inout Findings) async throws -> Void

    init(_ rule: String, _ examine: @escaping @Sendable (StoreParts, inout Findings) async throws -> Void) {
        description = rule
        self.examine = examine
    }

    /// - Parameter parts: Empty.
    /// - Returns: What they do otherwise; empty when they keep to it.
    package func violations(of parts: StoreParts) async throws -> [String] {
        var findings = Findings()
        try await examine(parts, &findings)
        return findings.violations
    }

    /// What was found to be otherwise.
    struct Findings: Sendable {
        private(set) var violations: [String] = []

        mutating func check(_ holds: Bool, _ rule: String) {
            if !holds { violations.append(rule) }
        }

        /// Checks that a change is refused with an error.
        mutating func refuses(
            _ error: StoreError?, _ write: StoreWrite, _ store: any StateStore, _ rule: String
        ) async {
            do throws(StoreError) {
                try await store.apply(write)
                violations.append(rule)
            } catch let refusal {
                check(error == nil || refusal == error, "\(rule), not \(refusal)")
            }
        }
    }
}

/// All that the ports of a store promise, a case for each requirement.
package enum StoreConformance {
    /// Each of an empty store of its own.
    package static let cases = start + changes + lists + tally + archive + logins + audit
}
