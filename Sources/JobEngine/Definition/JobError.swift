package import Values

/// Why a job, or a request for one, did not do what it was asked to.
///
/// The message is for the caller: it says what is wrong and what to do, and never holds a secret. `details` are more
/// facts for programs, such as the current revision of a conflict.
package struct JobError: Error, Hashable, CustomStringConvertible {
    /// Decides the HTTP status, the result code and the problem page of the answer.
    package let code: Code
    /// What is wrong and what to do, in one or two sentences for the caller; never holds a secret.
    package let message: String
    /// Every fault found in the request, not only the first.
    package var faults: [Fault] = []
    /// Further members of the answer, by name.
    package var details: [String: Value] = [:]

    /// The message reaches the caller unchanged; `details` become members of a REST answer beside it.
    package init(_ code: Code, _ message: String, faults: [Fault] = [], details: [String: Value] = [:]) {
        self.code = code
        self.message = Secret.masked(message)
        self.faults = faults
        self.details = details.redacting([])
    }

    package var description: String { message }
}

extension JobError {
    /// One fault of a request.
    package struct Fault: Sendable, Hashable {
        /// Where: a JSON pointer into the request, such as `/params/nodes/0`.
        package let pointer: String
        /// The kind of this one fault; the error itself has that of the first.
        package let code: Code
        /// What is wrong at this place, for the caller; never holds a secret.
        package let text: String

        /// The pointer of a parameter begins with `/params/`; other members of a request stand at its top: `/volatile`.
        package init(pointer: String, code: Code, text: String) {
            self.pointer = Secret.masked(pointer)
            self.code = code
            self.text = Secret.masked(text)
        }
    }

    /// The kind of an error; each has one HTTP status, one result code and one problem page, in one table.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case jobFailed = "job-failed"
        case jobNotFinished = "job-not-finished"
        case jobTypeUnknown = "job-type-unknown"
        case permissionDenied = "permission-denied"
        case parameterMissing = "parameter-missing"
        case parameterUnknown = "parameter-unknown"
        case parameterInvalid = "parameter-invalid"
        case jobNotFound = "job-not-found"
        case jobExpired = "job-expired"
        case jobTimedOut = "job-timed-out"
        case jobCancelled = "job-cancelled"
        case jobLost = "job-lost"
        case jobNotCancellable = "job-not-cancellable"
        case jobNotQueued = "job-not-queued"
        case jobNotRepeatable = "job-not-repeatable"
        case dependencyFailed = "dependency-failed"
        case ruleNotFound = "rule-not-found"
        case objectExists = "object-exists"
        case objectMissing = "object-missing"
        case objectBusy = "object-busy"
        case answerUnavailable = "answer-unavailable"
        case answerGone = "answer-gone"
        case outOfSpace = "out-of-space"
        case archiveUnreachable = "archive-unreachable"
        case archiveDenied = "archive-denied"
        case archiveHostKey = "archive-host-key"
        case revisionConflict = "revision-conflict"
        case preconditionRequired = "precondition-required"
        case revisionNotFound = "revision-not-found"
        case configurationModified = "config-modified-outside"
        case idempotencyKeyReused = "idempotency-key-reused"
        case idempotencyKeyInUse = "idempotency-key-in-use"
        case queueFull = "queue-full"
        case tooManyWaits = "too-many-waits"
        case draining
        case shuttingDown = "shutting-down"
        case noMaster = "no-master"
        case noQuorum = "no-quorum"
        case behind
        case syncIncomplete = "sync-incomplete"
        case storeUnavailable = "store-unavailable"
        case outcomeUnknown = "outcome-unknown"
        case unsupported = "unsupported-here"
        case `internal` = "internal"
    }

    /// A value of a parameter that cannot be used, found while the job was examined.
    package static func invalid(_ parameter: String, _ text: String) -> JobError {
        JobError(
            .parameterInvalid, text,
            faults: [Fault(pointer: "/params/\(parameter)", code: .parameterInvalid, text: text)])
    }
}

extension StringProtocol {
    /// The first 100 letters, without secrets: as much as a message repeats of what a caller sent.
    ///
    /// Counted are Unicode scalars, since one character can have any number of them.
    package var echoed: String {
        // Of more, what is cut off might be what tells a secret.
        let begin = Secret.masked(String(String.UnicodeScalarView(unicodeScalars.prefix(4096))))
        return String(String.UnicodeScalarView(begin.unicodeScalars.prefix(100)))
    }
}
