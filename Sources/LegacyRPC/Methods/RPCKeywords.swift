import Gateway
import JobEngine
import Values

/// The keyword arguments beside a job's name: its parameters, and how it is to be run.
struct RPCKeywords {
    private(set) var parameters: [String: Value] = [:]
    private(set) var isDryRun = false
    private(set) var isVolatile = false
    /// What the job is for.
    private(set) var intent: String?
    private(set) var idempotencyKey: String?
    private(set) var priority = JobPriority.normal
    private(set) var timeout: Duration?
    private(set) var dependencies: [JobID] = []

    static let names = [
        "params", "dry_run", "volatile", "intent", "idempotency_key", "priority", "timeout_s", "depends_on",
    ]

    /// - Parameter value: A map; `nil` for no keywords. A member that is nil counts as left out.
    /// - Throws: ``JobError`` for a member that is unknown or has the wrong type, which lists what is allowed.
    init(_ value: Value?) throws(JobError) {
        let members = (value?.map ?? [:]).filter { $0.value != .null }
        try Self.refuseUnknown(members)
        if let given = members["params"] {
            guard let map = given.map else {
                throw Self.wrongType("params", expected: "a dict of the job's parameters", given: given)
            }
            parameters = map
        }
        isDryRun = try Self.truth("dry_run", members) ?? false
        isVolatile = try Self.truth("volatile", members) ?? false
        intent = try Self.intent(members)
        idempotencyKey = try Self.key(members)
        priority = try Self.priority(members)
        timeout = try Self.timeout(members)
        dependencies = try Self.dependencies(members)
    }

    /// What the scheduler is asked for.
    func request(_ name: String, _ call: RPCCall, waits: Bool) -> JobRequest {
        var request = JobRequest(
            type: name, parameters: parameters, principal: call.principal, request: call.origin)
        request.intent = intent
        request.waits = waits
        request.isVolatile = isVolatile
        request.idempotencyKey = idempotencyKey
        request.priority = priority
        request.timeout = timeout
        request.dependencies = dependencies
        return request
    }

    private static func refuseUnknown(_ members: [String: Value]) throws(JobError) {
        let unknown = members.keys.filter { !names.contains($0) }.sorted()
        if unknown.isEmpty { return }
        let shown = unknown.prefix(5).map { "'\($0.echoed)'" }.joined(separator: ", ")
        throw JobError(
            .parameterUnknown,
            "\(shown) cannot stand in kwargs; allowed: \(names.joined(separator: ", ")). "
                + "Parameters of the job belong under 'params'.",
            faults: unknown.prefix(20).map { name in
                JobError.Fault(
                    pointer: JSONPointer.segment(name.echoed), code: .parameterUnknown,
                    text: "It is no keyword argument.")
            })
    }

    private static func truth(_ name: String, _ members: [String: Value]) throws(JobError) -> Bool? {
        guard let given = members[name] else { return nil }
        guard let truth = given.bool else { throw wrongType(name, expected: "a bool", given: given) }
        return truth
    }

    private static func text(_ name: String, _ members: [String: Value]) throws(JobError) -> String? {
        guard let given = members[name] else { return nil }
        guard let text = given.string else { throw wrongType(name, expected: "a str", given: given) }
        return text
    }

    private static func intent(_ members: [String: Value]) throws(JobError) -> String? {
        let intent = try text("intent", members)
        guard intent?.utf8.count ?? 0 <= JobRequest.longestIntent else {
            throw fault("intent", "'intent' in kwargs has at most \(JobRequest.longestIntent) bytes.")
        }
        return intent
    }

    private static func key(_ members: [String: Value]) throws(JobError) -> String? {
        guard let key = try text("idempotency_key", members) else { return nil }
        guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw fault("idempotency_key", "'idempotency_key' has to be 1 to 128 printable ASCII characters.")
        }
        return key
    }

    private static func priority(_ members: [String: Value]) throws(JobError) -> JobPriority {
        guard let name = try text("priority", members) else { return .normal }
        guard let priority = JobPriority(rawValue: name) else {
            let names = JobPriority.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw fault("priority", "'priority' in kwargs has to be one of \(names).")
        }
        return priority
    }

    private static func timeout(_ members: [String: Value]) throws(JobError) -> Duration? {
        guard let given = members["timeout_s"] else { return nil }
        guard let timeout = Duration(seconds: given) else {
            throw fault("timeout_s", "'timeout_s' in kwargs: \(Duration.timeoutHint)")
        }
        return timeout
    }

    private static func dependencies(_ members: [String: Value]) throws(JobError) -> [JobID] {
        guard let given = members["depends_on"] else { return [] }
        let ids = given.list?.map { $0.string.flatMap { JobID($0) } }
        guard let ids, ids.count <= JobRequest.mostDependencies, !ids.contains(nil) else {
            throw fault(
                "depends_on",
                "'depends_on' in kwargs has to be a list of at most \(JobRequest.mostDependencies) job ids.")
        }
        return ids.compactMap { $0 }
    }

    private static func wrongType(_ name: String, expected: String, given: Value) -> JobError {
        fault(name, "'\(name)' in kwargs has to be \(expected), got \(given.typeName).")
    }

    private static func fault(_ name: String, _ text: String) -> JobError {
        JobError(
            .parameterInvalid, text, faults: [.init(pointer: "/\(name)", code: .parameterInvalid, text: text)])
    }
}
