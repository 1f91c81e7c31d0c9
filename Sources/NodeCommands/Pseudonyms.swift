package import JobEngine

/// Replaces the name of somebody who is no user any more in what a node keeps of jobs, revisions and its audit log.
package struct UserPseudonymise: NodeCommand {
    /// To go on with it is the same as to begin it.
    package static let traits: CommandTraits = .init("user.pseudonymise", .lasting, secrets: ["removed_user"])

    /// What was replaced, and what was not.
    package typealias Answer = PseudonymReport

    /// The name that goes; it is not stored.
    package let name: String
    /// What is to stand in its place, unless it was begun with something else before.
    package let pseudonym: String
    /// Who wants it.
    package let requester: String

    private enum CodingKeys: String, CodingKey {
        case pseudonym, requester
        case name = "removed_user"
    }

    /// A name with its pseudonym.
    package init(_ names: NameReplacement, for requester: String) {
        name = names.name
        pseudonym = names.pseudonym
        self.requester = requester
    }
}
