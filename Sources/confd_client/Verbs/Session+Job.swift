import NIOHTTP1
import Values

extension Session {
    /// Runs a job and prints what it returned.
    func runJob(_ name: String) async throws(Failure) {
        var files: [String: String] = [:]
        let parameters: [String: Value]
        do throws(Failure) {
            parameters = try Parameters.read(line.arguments) { path throws(Failure) in
                // Standard input can be read once only.
                if let text = files[path] { return text }
                let text = try Terminal.read(path)
                files[path] = text
                return text
            }
        } catch {
            // What is wrong with the words of a command that does not exist is not worth telling.
            throw await unknownJob(name) ?? error
        }
        var body: [String: Value] = ["type": .string(name), "params": .map(parameters)]
        if let reason = line.reason { body["reason"] = .string(reason) }
        if line.isVolatile { body["volatile"] = .bool(true) }
        body.merge(schedulingMembers) { $1 }
        if line.isDryRun { return try await dryRun(body) }
        // Not longer at first: only an answer tells the id, which the user needs when they do not want to wait.
        let wait = line.startsOnly ? 0 : 1
        let reply = try await daemon.reply(.POST, "/jobs?wait=\(wait)s", body: .map(body), headers: jobHeaders)
        guard reply.status < 300 else { throw await refusal(of: name, reply) }
        try await finish(reply.value)
    }

    /// How the job is to wait and how long it may take, as members of its body.
    var schedulingMembers: [String: Value] {
        var members: [String: Value] = [:]
        if let priority = line.scheduling.priority { members["priority"] = .string(priority) }
        if let timeout = line.timeout { members["timeout_s"] = .int(timeout) }
        let ids = line.scheduling.dependencies
        if !ids.isEmpty { members["depends_on"] = .list(ids.map(Value.string)) }
        return members
    }

    /// The user's own key; without one, with several hosts, a job that is sent again, because nobody knows whether it was taken,
    /// is the same job.
    var jobHeaders: HTTPHeaders {
        if let key = line.scheduling.idempotencyKey { return ["Idempotency-Key": "\"\(key)\""] }
        guard daemon.hasSeveralHosts, !line.isVolatile else { return [:] }
        let key = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined(separator: "-")
        return ["Idempotency-Key": "\"confd_client-\(key)\""]
    }

    /// What is wrong with a name that no job has; `nil` when one has it, or the daemon does not tell.
    private func unknownJob(_ name: String) async -> Failure? {
        guard let jobs = try? await jobNames(), !jobs.contains(name) else { return nil }
        let near = Suggestion.nearest(to: name, in: Verb.allCases.map(\.rawValue) + jobs)
        return Failure("Job does not exist: '\(name)'", advice: near.map { "Did you mean '\($0)'?" }, .usage)
    }

    /// Why the daemon did not take a job.
    func refusal(of name: String, _ reply: Reply) async -> Failure {
        let told = await daemon.failure(reply)
        guard told.message.hasPrefix("Job does not exist"), let unknown = await unknownJob(name) else { return told }
        return Failure(told.message, advice: unknown.advice, told.code)
    }

    /// Waits for the end of a job that was submitted, unless it was only to be started, and tells how it ended.
    func finish(_ job: Value) async throws(Failure) {
        if line.startsOnly { return try show(job["job_id"] ?? .null) }
        try await tell(try await ended(job))
    }

    /// A job once it has ended.
    private func ended(_ submitted: Value) async throws(Failure) -> Value {
        var job = submitted
        defer { progress.clear() }
        let interruption = job["done"]?.bool == true ? nil : job["job_id"]?.string.map(Interruption.init)
        defer { interruption?.end() }
        while job["done"]?.bool != true, let id = job["job_id"]?.string {
            progress.show(job)
            job = try await daemon.value(.GET, "/jobs/\(id)?wait=\(progress.isShown ? 1 : 300)s")
        }
        return job
    }

    /// Prints what an ended job returned.
    ///
    /// - Throws: ``Failure`` for one that did not end well.
    func tell(_ job: Value) async throws(Failure) {
        let result = job["result"]
        if line.isVerbose {
            Terminal.writeError("job \(job["job_id"]?.string ?? "") \(job["outcome"]?.string ?? "")\n")
        }
        if result?["result_code"]?.int == 0 {
            return try show(result?["result_output"] ?? .string("OK"))
        }
        throw await failure(result, job)
    }

    /// A job that has to have ended.
    func ended(_ id: String) async throws(Failure) -> Value {
        let job = try await daemon.value(.GET, "/jobs/\(try id.pathPart)")
        guard job["done"]?.bool == true else {
            throw Failure("Job \(id) has not ended: it is \(Progress.state(of: job)).", .open)
        }
        return job
    }

    func failure(_ result: Value?, _ job: Value) async -> Failure {
        var message = result?["result_desc"]?.string ?? "The job ended: \(job["outcome"]?.string ?? "unknown")."
        if message.hasPrefix("JobError: ") { message.removeFirst(10) }
        guard let code = job["error_code"]?.string else { return Failure(message) }
        return Failure(message, await daemon.meaning(of: code))
    }

    private func dryRun(_ body: [String: Value]) async throws(Failure) {
        let reply = try await daemon.reply(.POST, "/jobs/dry-run", body: .map(body))
        guard reply.status < 300 else { throw await refusal(of: body["type"]?.string ?? "", reply) }
        let run = reply.value
        guard run["outcome"]?.string == "ok" else { throw await failure(run["result"], run) }
        try showPlan(run)
    }

    /// Prints what a dry run found; the diff last, as text.
    func showPlan(_ plan: Value) throws(Failure) {
        guard line.form == nil, var members = plan.map, let diff = members["diff"]?.string, !diff.isEmpty else {
            return try show(plan)
        }
        members["diff"] = nil
        guard display.hasColours else { return Terminal.write(YAML.text(.map(members)) + YAML.block("diff", diff)) }
        var text = Styled(YAML.text(.map(members)))
        text.append("diff:\n")
        text.append(Styled(diff: diff, indent: "  "))
        Terminal.write(text, on: display)
    }

    func result(_ id: String) async throws(Failure) { try await tell(try await ended(id)) }

    func stop(_ id: String) async throws(Failure) {
        let reason: [String: Value] = line.reason.map { ["reason": .string($0)] } ?? [:]
        _ = try await daemon.value(.POST, "/jobs/\(try id.pathPart)/cancel", body: .map(reason))
        try show(.string("OK"))
    }
}

extension String {
    /// The text as a part of a path: nothing but what ids, names and revisions are made of.
    var pathPart: String {
        get throws(Failure) {
            guard !isEmpty, utf8.allSatisfy({ $0.isNameByte }), self != "..", self != "." else {
                throw .usage("'\(self)' is no name, number or id.")
            }
            return self
        }
    }

    /// The text as the value of a query parameter.
    var queryValue: String { PercentEncoding.encode(self) }
}

extension UInt8 {
    /// Whether ids, names and numbers are made of it.
    var isNameByte: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
            || "-._".utf8.contains(self)
    }
}
