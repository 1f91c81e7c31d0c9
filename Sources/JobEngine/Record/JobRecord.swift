package import Access
package import Values

/// Everything that is known, and kept, of one job: who asked for what, what happened when, and how it ended.
///
/// It is what the store keeps and what every dialect renders. Secrets were taken out before it was made.
package struct JobRecord: Sendable, Hashable {
    /// Given out once and never again, whatever becomes of the job.
    package internal(set) var id: JobID
    /// The name of its definition.
    package let type: String
    /// `modify` also for a definition of mode read that changes the configuration with these parameters.
    package let mode: JobMode
    /// The parameters, secret ones as `***`.
    package let parameters: [String: Value]
    /// Who asked, with the groups they had then; the job acts in their name.
    package let requester: Requester
    /// How it came in, secrets removed.
    package var request: Request
    /// What the caller says it is for; free text.
    package var intent: String?
    /// Whether the caller waited, and whether the job leaves a history.
    package var scheduling: Scheduling
    /// The client's own name for the request; the same one never makes a second job.
    package var idempotencyKey: String?
    /// Whether secrets were taken out of the parameters, so that the job cannot be taken up again after a restart.
    package var hadSecrets = false
    /// The revision the caller made the change for, 0 for one that never was; `nil` when any will do.
    package var expectedRevision: Int?
    /// Its place among those that wait for the same thing.
    package var priority = JobPriority.normal
    /// How long it may take from its submission on, the time in the queue included; `nil` for as long as it needs.
    package var timeout: Duration?
    /// The jobs that have to end well before it may begin, as the caller named them.
    package var dependencies: [JobID] = []
    /// The job it repeats.
    package var retryOf: JobID?
    /// The jobs that were taken together with it, itself included; only the first of them says so.
    package var batch: [JobID] = []
    /// The first of the jobs it was taken together with; `nil` for that one itself.
    package var batchOf: JobID?
    /// What whoever asked for it should know.
    package var warnings: [JobWarning] = []

    /// The furthest stage it has entered.
    package var stage = Stage.submitted
    /// `nil` while it has not ended.
    package var outcome: Outcome?
    /// When it first entered each stage; `submitted` is always there.
    package var times: [Stage: Timestamp]
    /// What a queued job waits for.
    package var waitingFor: [Obstacle] = []
    /// Since when it waits for that kind of thing; `nil` when it does not wait.
    package var waitingSince: Timestamp?
    /// How far its commands are; never stored, and `nil` while none runs.
    package var progress: JobProgress?
    /// `nil` when nobody asked to stop it.
    package var cancellation: Cancellation?
    /// In the order they run; empty until the job was examined, and for one that runs none.
    package var commands: [CommandRecord] = []
    /// The revision the job was examined against.
    package var baseRevision: Int?
    /// The revision it was given.
    package var revision: Int?
    /// Who has its revision; empty until that was brought to the nodes.
    package var acknowledgements: [Acknowledgement] = []
    /// `nil` until it is settled; a change has one as soon as its revision is decided, before it has ended.
    package var result: JobResult?
    /// The code of the error it ended with.
    package var errorCode: JobError.Code?
    /// What else there is to know of that error, by name, such as the current revision of a conflict.
    package var errorDetails: [String: Value] = [:]
    /// `nil` while it has not ended.
    package var endedAt: Timestamp?

    /// A job that was just taken; secret parameters have to be `***` already.
    package init(
        id: JobID, type: String, mode: JobMode, parameters: [String: Value], requester: Requester, request: Request,
        scheduling: Scheduling, submittedAt: Timestamp
    ) {
        self.id = id
        self.type = type
        self.mode = mode
        self.parameters = parameters
        self.requester = requester
        self.request = request
        self.scheduling = scheduling
        self.times = [.submitted: submittedAt]
    }

    /// The key as the store knows it, which has each user's keys apart.
    package var scopedKey: String? { idempotencyKey.map(request.scope) }

    /// Whether nothing more will happen to it.
    package var isDone: Bool { outcome != nil }
}

extension JobRecord {
    /// Who asked for a job, as far as the job needs to know.
    package struct Requester: Sendable, Hashable {
        /// User name; whoever bears it may cancel the job.
        package let name: String
        /// Names of the user's groups when they asked.
        package let roles: [String]
        /// `nil` when no account says one.
        package var userID: Int?
        /// Numeric ids of the user's groups then; empty when unknown.
        package var groupIDs: [Int] = []
        /// How the user proved who they are.
        package var method = Principal.Method.internal
        /// Whether the login had only some of the user's rights.
        package var isLimited = false
        /// The id of the session they asked in; `nil` outside of one.
        package var session: String?

        /// Nothing is looked up: roles and ids are taken as given.
        package init(name: String, roles: [String], userID: Int? = nil, groupIDs: [Int] = []) {
            self.name = name
            self.roles = roles
            self.userID = userID
            self.groupIDs = groupIDs
        }

        /// What is kept of a principal; roles are sorted.
        package init(_ principal: Principal) {
            self.init(
                name: principal.name, roles: principal.roles.sorted(), userID: principal.userID,
                groupIDs: principal.groupIDs)
            method = principal.method
            isLimited = principal.isLimited
            session = principal.sessionID
        }

        /// The principal the job acts as: with the rights its login had.
        package var principal: Principal {
            Principal(
                name: name, roles: Set(roles), userID: userID, groupIDs: groupIDs, method: method, isLimited: isLimited)
        }
    }

    /// The request that asked for a job, in the words it came in, secrets removed.
    package struct Request: Sendable, Hashable {
        /// The dialect: `rest`, `xmlrpc`, `json`, `cli` or `internal`.
        package var dialect: String
        /// The address it came from.
        package var address: String
        /// HTTP method; empty when it was no HTTP request.
        package var method = ""
        /// Path of the URL without its query; empty when it was no HTTP request.
        package var path = ""
        /// The id the request has in the log and in its answer; empty when it was no HTTP request.
        package var requestID = ""
        /// Version of TLS it came by; empty when it was no HTTPS request.
        package var tls = ""
        /// Harmless header fields by lower-case name.
        package var headers: [String: String] = [:]
        /// What was asked, with secret members as `***`.
        package var body: Value = .null

        /// An idempotency key as the store knows it: the same one sent to another path names another request.
        ///
        /// A remote method has one meaning at every address it is called at.
        package func scope(_ key: String) -> String { dialect == "rest" && !path.isEmpty ? "\(path) \(key)" : key }

        /// The same without secrets that stand where none belong; the body is redacted by what the job's definition says.
        var redacted: Request {
            var copy = self
            copy.path = Secret.masked(path)
            copy.headers = headers.mapValues(Secret.masked)
            return copy
        }

        /// A request of which no more is known: all other members are empty.
        package init(dialect: String, address: String) {
            self.dialect = dialect
            self.address = address
        }
    }

    /// How the caller wanted the job run.
    package struct Scheduling: Sendable, Hashable {
        /// Whether the caller waited for the end in the same call.
        package var waits = false
        /// Whether no history was wanted.
        package var isVolatile = false

        /// By default the caller does not wait and the job is kept.
        package init(waits: Bool = false, isVolatile: Bool = false) {
            self.waits = waits
            self.isVolatile = isVolatile
        }
    }

    /// One reason why a queued job does not run yet.
    package struct Obstacle: Sendable, Hashable {
        /// `lock`, `priority`, `dependency`, `drain`, `sync`, or what a running job waits for: `node` or `job`.
        package let kind: String
        /// What is held, such as `db:DB1`, `conf` for the configuration; the job waited for; the rule in the way; the node
        /// that has not taken the revision.
        package let name: String
        /// The job that holds it, stands in front or is waited for.
        package var holder: JobID?

        /// `holder` is `nil` when no single job is in the way.
        package init(kind: String, name: String, holder: JobID? = nil) {
            self.kind = kind
            self.name = name
            self.holder = holder
        }
    }

    /// How far the wish to stop the job has come.
    package enum Cancellation: String, Sendable, Hashable, CaseIterable {
        case requested, honoured, refused
        case tooLate = "too_late"
    }
}

/// One command of a job, with what it did.
package struct CommandRecord: Sendable, Hashable {
    /// The action's name.
    package let action: String
    /// The node it runs on.
    package let node: Int
    /// Its arguments, secret ones as `***`.
    package let arguments: [String: Value]
    /// Whether it runs beside the command before it, on another node.
    package var isBeside = false
    /// Whether its job goes on without it.
    package var isOptional = false
    /// `nil` when it was never started: then there is nothing to take back.
    package var startedAt: Timestamp?
    /// `nil` while it has not ended, also when the daemon was cut off meanwhile.
    package var endedAt: Timestamp?
    /// 0 when it succeeded; `nil` while it has not ended.
    package var exitCode: Int?
    /// What it answered.
    package var output: Value?
    /// What it answered, where that is too long to stand here.
    package var storedAnswer: StoredAnswer?
    /// What it said when it failed.
    package var message: String?
    /// What it said while it ran.
    package internal(set) var log = CommandLog()

    /// The action of a command that nothing runs: this node waits until the cluster is as its job expects it.
    static let wait = "cluster.await"
    /// Whether it only waits, so that it can be stopped at any time.
    var isWait: Bool { action == Self.wait }
    /// What was said while its effect was taken back.
    package internal(set) var undoLog = CommandLog()
    /// The action that takes its effect back.
    package var undo: String?
    /// When its effect was taken back.
    package var undoneAt: Timestamp?
    /// Since when its undo is kept for the day its node returns; `nil` when that was there.
    package var undoKeptAt: Timestamp?

    /// A command that has not run yet; secret arguments have to be `***` already.
    package init(action: String, node: Int, arguments: [String: Value], undo: String? = nil) {
        self.action = action
        self.node = node
        self.arguments = arguments
        self.undo = undo
    }

    /// The record of a command that has not run yet.
    package init(_ command: Command) {
        self.init(
            action: command.action, node: command.node,
            arguments: command.arguments.redacting(command.secrets), undo: command.undo)
        isBeside = command.isBeside
        isOptional = command.isOptional
    }
}

/// A node's word that a revision is durable on it.
package struct Acknowledgement: Sendable, Hashable {
    /// Id of the node that is spoken of.
    package let node: Int
    /// `acknowledged`, or why the node is not waited for: `suspended`, `not-joined`.
    package let state: State
    /// When the revision was on its disk; `nil` for a node that does not have it.
    package var at: Timestamp?

    /// How a node stands to a revision; only one that is `missing` is still waited for.
    package enum State: String, Sendable, Hashable, CaseIterable {
        case acknowledged, suspended, missing
        case notJoined = "not-joined"
    }

    /// Without `at` for every state but `acknowledged`.
    package init(node: Int, state: State, at: Timestamp? = nil) {
        self.node = node
        self.state = state
        self.at = at
    }
}

extension [String: Value] {
    /// The same members, those that hold secrets as `***`, on every level.
    package func redacting(_ secrets: Set<String>) -> [String: Value] {
        Value.map(self).redacting(members: secrets).map ?? [:]
    }
}
