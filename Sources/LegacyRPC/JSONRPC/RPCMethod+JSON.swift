import JobEngine
import Values

extension RPCMethod {
    /// The arguments of a JSON request in the order of the parameters.
    ///
    /// By name, null counts as left out, and what no parameter has the name of goes together into the struct that the
    /// method can do without: `{"job_id": "11.1", "timeout": 5}` is `job_wait("11.1", {"timeout": 5})`.
    ///
    /// - Throws: ``RPCFailure/usage(_:)`` for an argument that is missing, twice or unknown; types are not looked at.
    func arguments(of request: JSONRPCRequest) throws(RPCFailure) -> [Value] {
        let job = request.job.map(Value.string)
        if let list = request.params.list {
            guard let job else { return list }
            guard parameters.first?.jsonNames.contains("job") ?? false else { throw unknown("job") }
            return [job] + list
        }
        var named = (request.params.map ?? [:]).filter { $0.value != .null }
        if let job {
            guard named.updateValue(job, forKey: "job") == nil else {
                throw .usage("'job' stands beside 'params' and within. Usage: \(usage)")
            }
        }
        return try arguments(named)
    }

    private func arguments(_ named: [String: Value]) throws(RPCFailure) -> [Value] {
        var rest = named
        var arguments: [Value] = []
        for parameter in parameters {
            if let name = parameter.jsonNames.first(where: { rest[$0] != nil }), let value = rest[name] {
                arguments.append(value)
                rest[name] = nil
            } else if !parameter.isOptional {
                throw .usage("'\(parameter.jsonNames[0])' is missing. Usage: \(usage)")
            } else if parameter.types == [.struct], !rest.isEmpty {
                arguments.append(.map(rest))
                rest = [:]
            }
        }
        if let name = rest.keys.min() { throw unknown(name) }
        return arguments
    }

    private func unknown(_ name: String) -> RPCFailure {
        .usage("'\(name.echoed)' is no argument of \(self.name). Usage: \(usage)")
    }
}

extension RPCParameter {
    /// What JSON clients call it, the usual name first; never empty.
    fileprivate var jsonNames: [String] {
        switch name {
        case "name": ["job", "name"]
        case "id": ["job_id", "id"]
        case "job": ["job_id", "id", "job"]
        default: [name]
        }
    }
}
