import NIOHTTP1
import Values

extension Session {
    /// The pseudo commands of the legacy command line.
    func ask(_ verb: Verb) async throws(Failure) {
        switch verb {
        case .info: try show(try await info())
        case .master: try show(.string(try await daemon.text("/master", isOpen: true)))
        case .list: try show(.list(try await jobNames().map(Value.string)))
        case .help: try await explain(try word("job, a word of ours,"))
        case .desc: try show(try await type(try word("job")))
        case .args: try show(try await parameters(try word("job")))
        case .result: try await result(try word("job id"))
        default: try await stop(try word("job id"))
        }
    }

    /// What a job does, or a word of our own.
    private func explain(_ name: String) async throws(Failure) {
        if let verb = Verb(rawValue: name) { return Terminal.write(verb.help) }
        let body: Value = .map(["method": .string("job_help"), "job": .string(name)])
        let reply = try await daemon.reply(.POST, "/jrpc", body: body)
        guard reply.status < 300 else { throw await refusal(of: name, reply) }
        try show(reply.value)
    }

    private func info() async throws(Failure) -> Value {
        let index = try await daemon.reply(.GET, "/", headers: ["Accept": "application/json"], isOpen: true)
        let user = try await daemon.value(.POST, "/jrpc", body: .map(["method": .string("user_state")]))
        var members: [String: Value] = [
            "client": .string(Version.text), "daemon": index.value["version"] ?? .null,
            "address": .string(daemon.name), "user": user["user"] ?? .null, "login": user["method"] ?? .null,
            "roles": user["roles"] ?? .null,
        ]
        members["node"] = index.headers.first(name: "Confd-Node").flatMap(Int.init).map(Value.int)
        members["master"] = .string(try await daemon.text("/master", isOpen: true))
        return .map(members)
    }

    func jobNames() async throws(Failure) -> [String] {
        let types = try await daemon.value(.GET, "/job-types")["items"]?.list ?? []
        return types.compactMap { $0["name"]?.string }.sorted()
    }

    func type(_ job: String) async throws(Failure) -> Value {
        let reply = try await daemon.reply(.GET, "/job-types/\(try job.pathPart)")
        guard reply.status < 300 else { throw await refusal(of: job, reply) }
        var members = reply.value.map ?? [:]
        members["links"] = nil
        return .map(members)
    }

    private func parameters(_ job: String) async throws(Failure) -> Value {
        var groups: [String: [String: Value]] = ["mandatory": [:], "optional": [:]]
        for parameter in try await type(job)["parameters"]?.list ?? [] {
            guard let name = parameter["name"]?.string else { continue }
            var facts = parameter.map ?? [:]
            let group = facts["mandatory"]?.bool == true ? "mandatory" : "optional"
            for shown in ["name", "mandatory"] { facts[shown] = nil }
            groups[group]?[name] = .map(facts)
        }
        return .map(groups.mapValues(Value.map))
    }
}
