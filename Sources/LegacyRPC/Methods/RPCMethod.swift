import JobEngine
import Values

/// One remote method: what introspection tells of it, and what it does.
struct RPCMethod: Sendable {
    typealias Handler = @Sendable (RPCCall) async throws(JobError) -> Value

    let name: String
    /// Text for people; the arguments follow, one a line.
    let help: String
    let parameters: [RPCParameter]
    let returns: RPCType
    /// Whether an error is told as a result dict instead of a fault.
    let answersResult: Bool
    let handler: Handler

    init(
        _ name: String, _ parameters: RPCParameter..., returns: RPCType, answersResult: Bool = false, help: String,
        handler: @escaping Handler
    ) {
        self.name = name
        self.help = help
        self.parameters = parameters
        self.returns = returns
        self.answersResult = answersResult
        self.handler = handler
    }

    /// How it is called, as in `job_start(name[, kwargs])`.
    var usage: String {
        let mandatory = parameters.filter { !$0.isOptional }.map(\.name)
        let optional = parameters.filter(\.isOptional).map(\.name)
        let first = mandatory.joined(separator: ", ")
        return name + "(" + optional.reduce(first) { $0 + ($0.isEmpty ? "[\($1)]" : "[, \($1)]") } + ")"
    }

    /// Every way to call it: the returned type, then those of the arguments.
    var signatures: [[RPCType]] {
        var found: [[RPCType]] = []
        var calls: [[RPCType]] = [[returns]]
        for parameter in parameters {
            if parameter.isOptional { found += calls }
            calls = calls.flatMap { call in parameter.types.map { call + [$0] } }
        }
        return found + calls
    }
}

// MARK: - Calling
extension RPCMethod {
    /// Finds out whether the arguments have the number and the types the method takes.
    func check(_ arguments: [Value]) throws(RPCFailure) {
        let mandatory = parameters.prefix { !$0.isOptional }.count
        guard (mandatory...max(mandatory, parameters.count)).contains(arguments.count) else {
            throw .usage("\(arguments.count) arguments were given. Usage: \(usage)")
        }
        for (parameter, argument) in zip(parameters, arguments) {
            if parameter.isOptional, argument == .null { continue }
            guard parameter.types.contains(where: { $0.admits(argument) }) else {
                let types = parameter.types.map(\.rawValue).joined(separator: " or ")
                throw .usage("'\(parameter.name)' has to be \(types), got \(argument.typeName). Usage: \(usage)")
            }
        }
    }
}

extension RPCType {
    func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.boolean, .bool), (.string, .string), (.array, .list), (.struct, .map): true
        default: false
        }
    }
}
