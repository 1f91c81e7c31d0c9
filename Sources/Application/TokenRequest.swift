package import Access
import JobEngine
import Values

/// A token as somebody wants it.
package struct TokenRequest: Sendable, Hashable {
    /// What its owner calls it.
    package let name: String
    /// How long it lasts; `nil` for until it is taken away.
    package let seconds: Int?
    /// The roles it is limited to; `nil` for all its owner has.
    package let roles: [String]?

    /// The longest life of a token that ends, in seconds: ten years.
    package static let longestLife = 315_360_000

    /// - Throws: ``InvalidInput`` with every fault: nobody gives a token rights they do not have.
    package init(name: String, seconds: Int?, roles: [String]?, for owner: Principal) throws(InvalidInput) {
        var faults: [InvalidInput.Fault] = []
        if !(1...100).contains(name.utf8.count) || name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            faults.append(.init("/name", "'name': give 1 to 100 bytes without control characters."))
        }
        if let seconds, !(1...Self.longestLife).contains(seconds) {
            faults.append(.init("/expires_in_s", "'expires_in_s': give 1 to \(Self.longestLife)."))
        }
        for (place, role) in (roles ?? []).enumerated() where !owner.isRoot && !owner.roles.contains(role) {
            faults.append(.init("/roles/\(place)", "'roles': you do not have '\(role.echoed)'.", code: "not-yours"))
        }
        if (roles ?? []).contains(where: { $0.isEmpty || $0.utf8.count > 100 || $0.utf8.contains(where: { $0 < 0x20 }) }
        ) {
            faults.append(.init("/roles", "'roles': give names of groups."))
        }
        guard faults.isEmpty else { throw InvalidInput(faults: faults) }
        self.name = Secret.masked(name)
        self.seconds = seconds
        self.roles = roles
    }
}

/// What somebody gave cannot be used; nothing was done.
package struct InvalidInput: Error, Sendable, Hashable {
    /// At least one.
    package let faults: [Fault]

    /// One thing that cannot be used.
    package struct Fault: Sendable, Hashable {
        /// The JSON pointer of what was given.
        package let pointer: String
        /// What to give instead; never a secret.
        package let text: String
        /// A stable word for the kind of fault.
        package let code: String

        init(_ pointer: String, _ text: String, code: String = "invalid") {
            self.pointer = pointer
            self.text = text
            self.code = code
        }
    }
}
