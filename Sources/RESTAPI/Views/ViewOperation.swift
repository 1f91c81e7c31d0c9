import Gateway
import HTTPTypes

/// One operation of a view: a method on its path, and the job that does it.
struct ViewOperation: Sendable {
    /// What is answered.
    enum Answer: Sendable {
        /// All items, each with its label.
        case items
        /// The item the path names.
        case item
        /// Something about it, as the member named by the word the path ends with.
        case part
        /// Something about it that is an object by itself.
        case details
        /// The job that was submitted.
        case job
    }

    /// What the path stands for.
    enum Target: Sendable {
        case all, one
    }

    let method: HTTPRequest.Method
    let target: Target
    let answer: Answer
    /// The name of the job.
    let job: String
    /// The verb of the operation id.
    let verb: String
    /// What follows in the path, such as `start` in `/databases/{db_name}/start`.
    var word: String?
    /// Members to go into in what the job returns, to find what the view is about.
    var within: [String] = []
    /// Set when it should not be used any more.
    var deprecation: Deprecation?
}

extension ViewOperation {
    /// `GET` of all.
    static func list(_ job: String, within: String...) -> ViewOperation {
        ViewOperation(method: .get, target: .all, answer: .items, job: job, verb: "list", within: within)
    }

    /// `GET` of one. It is picked out of what the job returns when the job has no parameter for it.
    static func item(_ job: String, within: String...) -> ViewOperation {
        ViewOperation(method: .get, target: .one, answer: .item, job: job, verb: "get", within: within)
    }

    /// `GET` of something about one, `…/{name}/state`.
    static func part(_ word: String, _ job: String) -> ViewOperation {
        ViewOperation(method: .get, target: .one, answer: .part, job: job, verb: "get", word: word)
    }

    /// The same where the job returns an object.
    static func details(_ word: String, _ job: String, of target: Target = .one) -> ViewOperation {
        ViewOperation(method: .get, target: target, answer: .details, job: job, verb: "get", word: word)
    }

    /// `POST` to all of them makes one.
    static func create(_ job: String) -> ViewOperation {
        ViewOperation(method: .post, target: .all, answer: .job, job: job, verb: "create")
    }

    /// `PATCH` changes one, or all of them; what is left out stays.
    static func change(_ job: String, of target: Target = .one) -> ViewOperation {
        ViewOperation(method: .patch, target: target, answer: .job, job: job, verb: "update")
    }

    /// `PUT` puts another in its place.
    static func replace(_ job: String) -> ViewOperation {
        ViewOperation(method: .put, target: .one, answer: .job, job: job, verb: "replace")
    }

    /// `DELETE` removes one.
    static func remove(_ job: String) -> ViewOperation {
        ViewOperation(method: .delete, target: .one, answer: .job, job: job, verb: "delete")
    }

    /// `POST …/{name}/start` does something with one, or `POST …/abort` with all.
    static func action(_ word: String, _ job: String, on target: Target = .one) -> ViewOperation {
        ViewOperation(
            method: .post, target: target, answer: .job, job: job, verb: String(word.prefix { $0 != "-" }), word: word)
    }

    /// The same operation, which should not be used any more; typed listings tell it better.
    ///
    /// - Parameter successor: Where.
    func deprecated(for successor: String) -> ViewOperation {
        var copy = self
        copy.deprecation = Deprecation(since: Self.listingsSince, successor: successor)
        return copy
    }

    /// 2026-12-01.
    private static let listingsSince = 1_796_083_200

    /// A read is a `GET` and leaves no history; everything else submits a job the caller is told about.
    var isRead: Bool { method == .get }
    /// Whether parameters stand in a body; elsewhere they stand in the query.
    var hasBody: Bool { method != .get && method != .delete }
}
