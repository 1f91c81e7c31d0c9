import Access
import EXAConf
package import JobEngine
package import Values

extension JobRecord {
    /// A job that was just submitted.
    package static func fixture(number: Int = 1, type: String = "bucket_add", mode: JobMode = .modify) -> JobRecord {
        JobRecord(
            id: JobID(node: 11, number: number), type: type, mode: mode, parameters: [:],
            requester: .init(name: "admin", roles: ["exaadm"]), request: .init(dialect: "rest", address: "127.0.0.1"),
            scheduling: .init(), submittedAt: Timestamp(milliseconds: 1_800_000_000_000))
    }
}

extension JobDefinition {
    /// A job that sets a key of `[Global]` to the text it is given.
    package static let setIssueTracker = JobDefinition(
        name: "test_set", noun: "test", summary: "Set the issue tracker.", mode: .modify,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .change { (context, document) throws(JobError) in
            let text = try context.arguments.required("text")
            if text == "refuse" { throw JobError(.objectExists, "It exists already.") }
            do throws(EXAConfError) {
                try document.set("IssueTracker", to: text, in: .global)
            } catch {
                throw JobError(.parameterInvalid, error.message)
            }
            return .string("set to \(text)")
        }
    ).with { $0.mandatory = [Parameter("text", .str, text: "The text.")] }

    /// A job that answers how many sections the configuration has.
    package static let countSections = JobDefinition(
        name: "test_count", noun: "test", summary: "Count sections.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm", "exausers"]), result: "int",
        work: .answer { (context) throws(JobError) in .int(context.document.root.sections.count) })

    /// A job that runs commands named by its argument, each with an undo, and then changes the configuration.
    package static let runCommands = JobDefinition(
        name: "test_run", noun: "test", summary: "Run commands.", mode: .modify,
        permission: Permission(users: [], groups: ["exaadm"]), result: "list",
        work: .act { (context, document) throws(JobError) in
            let actions = try context.arguments.strings("actions") ?? []
            do throws(EXAConfError) {
                try document.set("IssueTracker", to: actions.joined(separator: "+"), in: .global)
            } catch {
                throw JobError(.parameterInvalid, error.message)
            }
            let secret = context.arguments.string("secret") ?? ""
            return Plan(
                commands: actions.map { action in
                    Command(action, on: 11, ["key": .string(secret)], secrets: ["key"], undo: "undo.\(action)")
                }
            ) { (answers) throws(JobError) in .list(answers) }
        }
    ).with {
        $0.mandatory = [Parameter("actions", .list, text: "Commands to run.")]
        $0.optional = [Parameter("secret", .str, text: "A secret.", secret: true)]
        $0.locks = { _ in [.exclusive("test")] }
        $0.undoes = Dictionary(
            uniqueKeysWithValues: ["a", "b", "bad", "c", "go", "hold", "slow"].map { ($0, "undo.\($0)") })
    }

    /// A job that acts without changing the configuration.
    package static let actOnly = JobDefinition(
        name: "test_act", noun: "test", summary: "Run a command.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "any",
        work: .act { (context, _) throws(JobError) in
            Plan(commands: [Command(try context.arguments.required("action"), on: 11)]) { (answers) throws(JobError) in
                answers.first
            }
        }
    ).with {
        $0.mandatory = [Parameter("action", .str, text: "What to do.")]
        $0.locks = { _ in [.exclusive("act")] }
        $0.recovery = .restart
    }
}

extension JobCatalogue {
    /// The jobs of the engine's own tests.
    package static let fixture = JobCatalogue([.setIssueTracker, .countSections, .runCommands, .actOnly])
}

extension JobRequest {
    /// A request of a member of exaadm.
    package static func fixture(_ type: String, _ parameters: [String: Value] = [:]) -> JobRequest {
        JobRequest(
            type: type, parameters: parameters,
            principal: Principal(name: "admin", roles: ["exaadm"], userID: 1000, groupIDs: [499]),
            request: .init(dialect: "rest", address: "127.0.0.1"))
    }
}
