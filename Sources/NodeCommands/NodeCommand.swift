package import JobEngine
package import Values

/// Something a node can be told to do, with all it is told.
///
/// Its encoded form is what jobs are stored with and what nodes are sent: names of members, once given, stay what they are.
package protocol NodeCommand: Codable, Sendable {
    /// What the node answers when it has done so.
    associatedtype Answer: Codable & Sendable = NoAnswer
    /// What records and the engine know of it.
    static var traits: CommandTraits { get }
}

/// What there is to know of a command beside what it is told.
package struct CommandTraits: Sendable {
    /// What is left of a command on its node.
    package enum Effect: Sendable {
        /// Nothing: it only looks.
        case none
        /// Something another command takes back that is told the same.
        case undone(by: any NodeCommand.Type)
        /// Something nobody can take back, or has to: to do it once more changes nothing.
        case lasting
    }

    /// The action's name in records, such as `certificate.install`; once given, it stays what it is.
    package let name: String
    /// What is left of it on the node, and who takes that back.
    package let effect: Effect
    /// What finds out, with the same arguments and without touching anything, whether it would be refused; `nil` when nothing
    /// can be known before.
    package let check: (any NodeCommand.Type)?
    /// Names of arguments, on every level, that are never stored or shown.
    package let secrets: Set<String>

    /// By default nothing can be known before, and nothing is secret.
    package init(
        _ name: String, _ effect: Effect, check: (any NodeCommand.Type)? = nil, secrets: Set<String> = []
    ) {
        self.name = name
        self.effect = effect
        self.check = check
        self.secrets = secrets
    }
}

extension NodeCommand {
    /// The action's name in records.
    package static var name: String { traits.name }

    /// What takes it back; `nil` when nothing can, or has to.
    package static var undo: (any NodeCommand.Type)? {
        if case .undone(let undo) = traits.effect { undo } else { nil }
    }

    /// What a node answered.
    ///
    /// - Throws: ``JobError/Code/internal`` for an answer that is missing or of another form.
    package static func answer(_ value: Value?) throws(JobError) -> Answer {
        do throws(ValueFault) {
            return try (value ?? .null).decoded()
        } catch {
            throw JobError(.internal, "The answer to \(name) cannot be used: \(error).")
        }
    }
}

/// The answer of a command that has nothing to say, which is null.
package struct NoAnswer: Codable, Sendable, Hashable {
    /// There is one only.
    package init() {}

    /// Whatever was said is nothing to rely on.
    package init(from decoder: any Decoder) {}

    /// Null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

extension Command {
    /// What a node is told, in the form in which jobs keep it.
    ///
    /// - Parameter isTakenBack: Whether its effect goes when its job fails later.
    /// - Throws: ``JobError/Code/internal`` for what has no such form, such as a number without bounds.
    package init<Kind: NodeCommand>(
        _ command: Kind, on node: Int, isTakenBack: Bool = true, deadline: Duration = .seconds(600)
    ) throws(JobError) {
        let arguments: Value
        do {
            arguments = try Value(encoding: command)
        } catch {
            throw JobError(.internal, "The command \(Kind.name) cannot be stored: \(error).")
        }
        self.init(
            Kind.name, on: node, arguments.map ?? [:], secrets: Kind.traits.secrets,
            undo: isTakenBack ? Kind.undo?.name : nil, check: Kind.traits.check?.name, deadline: deadline)
    }
}

extension [String: String] {
    /// What takes each of these commands back, as a job's definition names it.
    package static func undoes(of commands: any NodeCommand.Type...) -> Self {
        Dictionary(commands.compactMap { command in command.undo.map { (command.name, $0.name) } }) { first, _ in first
        }
    }
}
