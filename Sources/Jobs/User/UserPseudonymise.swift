import Access
import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `user_pseudonymise`: replaces the name of a user who was removed in everything that is kept of them.
    package static let userPseudonymise = JobDefinition(
        name: "user_pseudonymise", noun: "user", summary: "Replace the name of a removed user in the history.",
        mode: .read, permission: .root,
        result: "List of dicts, one for each node: what was replaced, what was left, and what this cannot reach.",
        work: .act { (context, document) throws(JobError) in
            let name = try context.arguments.required("removed_user")
            guard document.user(named: name) == nil else {
                throw JobError(
                    .objectExists,
                    "'removed_user' names a user who is there. Remove them first (user_delete), then run this job.")
            }
            let names = NameReplacement(name, by: .pseudonym(of: context.random.next()))
            let command = UserPseudonymise(names, for: context.principal.name)
            let nodes = context.reachableNodes
            let commands = try nodes.map { (node) throws(JobError) in
                try Command(command, on: node, deadline: .seconds(86_400))
            }
            return Plan(commands: commands.sideBySide) { (answers) throws(JobError) in
                let reports = try zip(nodes, answers).map { (node, answer) throws(JobError) -> Value in
                    try UserPseudonymise.answer(answer).value(of: node)
                }
                return .list(reports)
            }
        }
    ).with {
        $0.answer = .list(.pseudonymised)
        $0.help = """
            For a name that is no user's now. It stands in jobs, revisions, the audit log and all archives as `user-` and \
            16 digits from then on, the same everywhere and known to nobody; with it go the addresses and programs the \
            user came with, and keys and password in former revisions. `confd audit verify` goes on passing: a record \
            of the log says which records were replaced, and by whom. An open job or a rule of the queue with the name \
            is to end first. After a fault or a restart run it again: it goes on where it stopped. What was sent by \
            `audit.syslog`, and what is in copies and exports, it does not reach.
            """
        $0.mandatory = [
            Parameter("removed_user", .str, text: "Name of the user who was removed; it is not kept.", secret: true)
        ]
        $0.locks = { _ in [.exclusive("pseudonyms")] }
        $0.check = { (arguments) throws(JobError) in try arguments.checkRemovedUser() }
        $0.example = ["removed_user": "user_1"]
    }
}

extension Arguments {
    /// Refuses what cannot be the name of a user, or is not a person's.
    fileprivate func checkRemovedUser() throws(JobError) {
        let name = try required("removed_user")
        let isName = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        guard isName, (1...255).contains(name.utf8.count), !name.hasPrefix("confd:"), name != Principal.rootName else {
            throw .invalid(
                "removed_user", "'removed_user': give the name a user had: 1 to 255 letters, digits and signs.")
        }
    }
}

extension String {
    /// A name of nobody.
    fileprivate static func pseudonym(of random: UInt64) -> String {
        "user-" + Hex.text(withUnsafeBytes(of: random.bigEndian) { Array($0) })
    }
}

extension PseudonymReport {
    private static let notice = "what audit.syslog sent, copies and exports have the name still"

    /// As the job answers it.
    fileprivate func value(of node: Int) -> Value {
        [
            "node": .int(node), "pseudonym": .string(pseudonym), "records": .int(records), "jobs": .int(jobs),
            "revisions": .int(revisions), "archives": .int(archives), "left": .strings(left),
            "notice": .string(Self.notice),
        ]
    }
}

extension Shape {
    fileprivate static let pseudonymised = Shape.object(
        "PseudonymisedUser", text: "What became of a name on a node.",
        members: [
            .has("node", .int),
            .has("pseudonym", .str, text: "What stands in its place.", like: "user-7f3a09c15be2d846"),
            .has("records", .int, text: "Records of the audit log that were replaced."),
            .has("jobs", .int, text: "Jobs of the store that were replaced."),
            .has("revisions", .int, text: "Former revisions that were replaced."),
            .has("archives", .int, text: "Archives of jobs that were written again."),
            .has("left", .names, text: "What has the name still, or may have it.", like: []),
            .has("notice", .str, text: "What this cannot reach."),
        ])
}
