package import Values

/// What a job answers once it is done, in the members ConfD's clients read.
package struct JobResult: Sendable, Hashable {
    /// 0 for success.
    package let code: Int
    /// `OK` for success, else the class of the error.
    package let name: String
    /// `Success`, or the message.
    package let text: String
    /// What the job returns; `nil` for a job that returns nothing.
    package var output: Value?
    /// The configuration revision the job was given.
    package var revision: Int?

    /// A result as given; ``success(_:revision:)`` and ``init(_:revision:)`` follow the result table.
    package init(code: Int, name: String, text: String, output: Value? = nil, revision: Int? = nil) {
        self.code = code
        self.name = name
        self.text = text
        self.output = output
        self.revision = revision
    }

    /// The result of a job that did what it was asked to.
    package static func success(_ output: Value?, revision: Int? = nil) -> JobResult {
        JobResult(code: 0, name: "OK", text: "Success", output: output, revision: revision)
    }

    /// The result of a job that was declined, failed or ended otherwise, by the result table.
    package init(_ error: JobError, revision: Int? = nil) {
        let (code, name) = error.code.result
        let text = code == 1 ? "JobError: ERROR::ConfD: \(error.message)" : "JobError: \(error.message)"
        self.init(code: code, name: name, text: text, revision: revision)
    }

    /// The result of a request that made no job.
    package init(refusal error: JobError) {
        let (code, name) = error.code.refusal
        self.init(code: code, name: name, text: code == 1 ? JobResult(error).text : "JobError: \(error.message)")
    }

    /// The message of an error, without the words ConfD's clients expect in front of it.
    package var plainText: String {
        var text = text[...]
        for prefix in ["JobError: ", "ERROR::ConfD: "] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        return String(text)
    }
}

extension JobError.Code {
    /// The same for a request that made no job: there a full disk is the daemon's own, and worth another try.
    package var refusal: (code: Int, name: String) { self == .outOfSpace ? (129, "OutOfSpace") : result }

    /// The result code and name of an error for ConfD's clients. 0, 1 and 5 are ConfD's own; from 101 on they are ours.
    ///
    /// What a job finds out about an object (it exists, is missing, is in use) has been code 1 since ever, and scripts
    /// compare with it.
    package var result: (code: Int, name: String) {
        switch self {
        case .jobFailed, .objectExists, .objectMissing, .objectBusy, .unsupported, .outOfSpace, .archiveUnreachable,
            .archiveDenied, .archiveHostKey:
            (1, "Exception")
        case .jobNotFinished: (5, "JobNotFinished")
        case .jobTypeUnknown: (101, "UnknownJob")
        case .permissionDenied: (102, "PermissionDenied")
        case .parameterMissing: (103, "MissingParameter")
        case .parameterUnknown: (104, "UnknownParameter")
        case .parameterInvalid: (105, "InvalidParameter")
        case .jobNotFound, .jobExpired: (106, "JobNotFound")
        case .jobTimedOut: (107, "Timeout")
        case .jobCancelled: (108, "Cancelled")
        case .jobLost: (109, "Lost")
        case .jobNotCancellable: (110, "NotCancellable")
        case .revisionNotFound: (111, "ObjectState")
        case .revisionConflict: (112, "RevisionConflict")
        case .configurationModified: (113, "ConfigModified")
        case .idempotencyKeyReused, .idempotencyKeyInUse: (114, "IdempotencyKey")
        case .preconditionRequired: (119, "PreconditionRequired")
        case .dependencyFailed: (115, "DependencyFailed")
        case .jobNotRepeatable: (116, "NotRepeatable")
        case .jobNotQueued: (117, "NotQueued")
        case .ruleNotFound: (118, "RuleNotFound")
        case .queueFull: (120, "QueueFull")
        case .draining: (121, "Draining")
        case .shuttingDown: (122, "ShuttingDown")
        case .noMaster: (123, "NoMaster")
        case .noQuorum: (124, "NoQuorum")
        case .behind: (125, "Behind")
        case .syncIncomplete: (126, "SyncIncomplete")
        case .tooManyWaits: (127, "RateLimited")
        case .internal: (128, "InternalError")
        case .answerUnavailable: (130, "AnswerUnavailable")
        case .answerGone: (131, "AnswerGone")
        case .storeUnavailable: (132, "StoreUnavailable")
        case .outcomeUnknown: (133, "OutcomeUnknown")
        }
    }
}

/// Something whoever asked for a job should know, although nothing is wrong with the request.
package struct JobWarning: Sendable, Hashable {
    /// What there is to be told.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// What is done again was not made to be.
        case notIdempotent = "not-idempotent"
        case retryOfSuccess = "retry-of-success"
        /// A password is kept in a form that is quickly guessed.
        case weakHash = "weak-hash"
        case notRecorded = "not-recorded"
        /// A store is reached in clear, or by whoever answers.
        case archiveNotSafe = "archive-not-safe"
        /// What a command did on a node that is away is taken back when that returns.
        case takenBackLater = "taken-back-later"
    }

    /// A stable word for the kind of warning, such as `not-idempotent`; a record of a later version may have others.
    package let code: String
    /// A sentence for people that says what to look at.
    package let text: String

    /// The kind is for programs, the text for people.
    package init(_ kind: Kind, text: String) {
        self.init(code: kind.rawValue, text: text)
    }

    private init(code: String, text: String) {
        self.code = code
        self.text = Secret.masked(text)
    }

    /// Members `code` and `text`.
    package var value: Value { ["code": .string(code), "text": .string(text)] }

    /// `nil` when the code or the text is absent.
    package init?(_ value: Value) {
        guard let code = value["code"]?.string, let text = value["text"]?.string else { return nil }
        self.init(code: code, text: text)
    }
}
