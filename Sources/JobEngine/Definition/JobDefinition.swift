package import Access
package import EXAConf
package import Values

/// Everything there is to know of one kind of job; list, help, argument check, rights, REST operation, OpenAPI entry and
/// command line follow from it.
///
/// A job is one file that makes one of these, plus one line in the catalogue.
package struct JobDefinition: Sendable {
    /// The name on the wire, such as `node_add`.
    package let name: String
    /// The kind of thing the job is about, such as `node`: the heading in lists and documents.
    package let noun: String
    /// What it does, in one sentence.
    package let summary: String
    /// More of the same in Markdown; `nil` when the summary says it all.
    package var help: String?
    /// Whether it may change the configuration.
    package let mode: JobMode
    /// A call is refused unless each of these, or one of its `substitutes`, is given.
    package var mandatory: [Parameter] = []
    /// What may be left out; a null counts as left out.
    package var optional: [Parameter] = []
    /// Parameter → parameters that can stand in for it; a mandatory one counts as given when a stand-in is given.
    package var substitutes: [String: [String]] = [:]
    /// Whether a parameter and its stand-in may both be given; the job's help says which one wins.
    package var takesBothStandIns = false
    /// Who may run it.
    package let permission: Permission
    /// The owner of the object the arguments name, for the right of `_owner`.
    package var owner: @Sendable (Arguments, Document) -> Access.Owner? = { _, _ in nil }
    /// The parameter that names a user, for the right to run the job on oneself.
    package var subject: String?
    /// What stands under `result_output`, in words.
    package let result: String
    /// The shape of `result_output`; `nil` for a job that answers nothing, and where others decide what is answered.
    package var answer: Shape?
    /// Members within a parameter, on any level, that are never stored or shown.
    package var secretMembers: Set<String> = []
    /// Whether members within a parameter are keys of the configuration, some of which hold secrets.
    package var takesKeys = false
    /// Members of the result, on any level, that are passwords: whoever asked is told them once, nobody keeps them.
    package var secretResults: Set<String> = []
    /// Arguments of a worked call.
    package var example: [String: Value] = [:]
    /// What the job needs for itself while it runs, beside the queue of changes.
    package var locks: @Sendable (Arguments) -> [Lock] = { _ in [] }
    /// Whether a job of mode read changes the configuration with these arguments all the same.
    package var changes: @Sendable (Arguments) -> Bool = { _ in false }
    /// Whether it suspends or resumes nodes, or has another one decide, which nobody could explain later without its record.
    package var suspendsNodes = false
    /// Whether it changes the configuration only while a majority of the members is there; not so for what makes fewer of
    /// them be waited for.
    package var needsQuorum = true
    /// What has to hold of the arguments beyond their types, whatever the configuration is; a submission that breaks it is
    /// refused at once.
    package var check: @Sendable (Arguments) throws(JobError) -> Void = { (_) throws(JobError) in }
    /// What whoever asks is to be told, although nothing is wrong with these arguments.
    package var warnings: @Sendable (Arguments) -> [JobWarning] = { _ in [] }
    /// Whether everybody but root has to name the revision the change is made for.
    package var needsBaseRevision = false
    /// Whether it puts a file in place that was made elsewhere or earlier: what of that is not used is a finding, and no
    /// fault.
    package var bringsWholeFile = false
    /// Whether its arguments may be longer than a MiB: whoever may run no such job sends no longer call.
    package var takesLongArguments = false
    /// The number of the older revision the work has to see with these arguments, `nil` for none.
    package var readsRevision: @Sendable (Arguments) -> Int? = { _ in nil }
    /// What becomes of a job that was cut off while its commands ran.
    package var recovery = Recovery.fail
    /// Actions of its commands, each with the action that takes it back. Commands are stored, and whoever can write the
    /// store is not believed: nothing else is run to take one back.
    package var undoes: [String: String] = [:]
    /// Arguments of what takes a command back that are never taken from the store.
    package var undoArguments: [String: Value] = [:]
    /// How it is done; only work that answers has ended when its submission returns, all other is queued.
    package var work: Work

    /// A job without parameters, locks and example; ``with(_:)`` sets these and every other member that has a default.
    package init(
        name: String, noun: String, summary: String, mode: JobMode, permission: Permission, result: String, work: Work
    ) {
        self.name = name
        self.noun = noun
        self.summary = summary
        self.mode = mode
        self.permission = permission
        self.result = result
        self.work = work
    }

    /// All parameters, mandatory ones first.
    package var parameters: [Parameter] { mandatory + optional }

    /// Names of the parameters, and of members within them, that are never stored or shown.
    package var secrets: Set<String> { secretMembers.union(parameters.filter(\.isSecret).map(\.name)) }

    /// The same with the keys among these parameters that hold secrets.
    func secrets(in parameters: [String: Value]) -> Set<String> {
        takesKeys ? secrets.union(parameters.values.flatMap(\.secretKeys)) : secrets
    }

    /// - Throws: ``JobError/Code/internal`` when a command of its plan is taken back by what it does not name: a restart would
    ///   not take it back.
    package func requireNamedUndoes(of plan: Plan?) throws(JobError) {
        for command in plan?.commands ?? [] where command.undo != nil && command.undo != undoes[command.action] {
            throw JobError(.internal, "\(name) does not name what takes \(command.action) back.")
        }
    }

    /// What takes a stored command back; `nil` when the definition does not name what the store does.
    func undo(of stored: CommandRecord) -> Command? {
        guard let undo = stored.undo, undo == undoes[stored.action] else { return nil }
        var command = Command(undo, on: stored.node, stored.arguments.merging(undoArguments) { $1 })
        command.isUndo = true
        return command
    }

    /// Whether it only looks: neither rules of the queue, nor locks, nor other jobs hold it.
    package var isLook: Bool {
        switch work {
        case .answer, .look: true
        case .change, .act: false
        }
    }

    /// Whether a job with these arguments goes through the queue of changes and ends committed.
    package func changesConfiguration(_ arguments: Arguments) -> Bool {
        mode == .modify || changes(arguments)
    }
}

extension JobDefinition {
    /// Whether a job with these arguments cannot be volatile: it changes what others see.
    package func leavesTrace(_ arguments: Arguments) -> Bool {
        suspendsNodes || changesConfiguration(arguments)
    }

    /// A copy with some members set: keeps a definition one expression.
    package func with(_ change: (inout JobDefinition) -> Void) -> JobDefinition {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Value {
    /// Names of members, on every level, that are keys for secrets.
    package var secretKeys: [String] {
        (map ?? [:]).flatMap { name, value in (Secret.covers(name) ? [name] : []) + value.secretKeys }
    }
}

/// What becomes of a job whose commands were running when the daemon was cut off.
package enum Recovery: String, Sendable, Hashable, CaseIterable {
    /// Its commands may run twice: it starts over.
    case restart
    /// What ran is undone and the job ends failed, with that reason.
    case fail
}

/// What a job claims while it runs: a key, alone or together with others that share it.
package struct Lock: Sendable, Hashable {
    /// Names the thing, such as `db:DB1`.
    package let key: String
    /// Whether nobody else may hold the key meanwhile, not even shared.
    package let isExclusive: Bool

    /// A claim that any number of jobs can hold at once, as long as none claims the key exclusively.
    package static func shared(_ key: String) -> Lock { Lock(key: key, isExclusive: false) }
    /// A claim that is held alone: it waits for everyone in front and holds up everyone behind.
    package static func exclusive(_ key: String) -> Lock { Lock(key: key, isExclusive: true) }
}

extension JobDefinition {
    /// Returns only when the principal may run the job on the object its arguments name.
    ///
    /// - Throws: ``JobError/Code/permissionDenied``, which says who may.
    func permit(_ principal: Principal, with arguments: Arguments, in document: Document) throws(JobError) {
        let answer = permission.permits(
            principal, owner: owner(arguments, document), subject: subject.flatMap { arguments.string($0) })
        guard case .denied(let groups, let users) = answer else { return }
        let who = (users + groups.map { "group \($0)" }).joined(separator: ", ")
        throw JobError(
            .permissionDenied, "User '\(principal.name)' may not run \(name). It is allowed for: \(who).",
            details: ["allowed_groups": .strings(groups), "allowed_users": .strings(users)])
    }
}
