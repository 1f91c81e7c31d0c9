import NIOHTTP1

extension Session {
    /// Runs a job and prints what it returned.
    func runJob(_ name: String) async throws(Failure) {
        var files: [String: String] = [:]
        let parameters = try Parameters.read(line.arguments) { path throws(Failure) in
            // Standard input can be read once only.
            if let text = files[path] { return text }
            let text = try Terminal.read(path)
            files[path] = text
            return text
        }
        var body: [String: Value] = ["type": .string(name), "params": .map(parameters)]
        if let reason = line.reason { body["reason"] = .string(reason) }
        if line.isVolatile { body["volatile"] = .bool(true) }
        if line.isDryRun { return try await dryRun(body) }
        let wait = line.startsOnly ? 0 : progress.isShown ? 1 : 300
        try await finish(try await daemon.value(.POST, "/jobs?wait=\(wait)s", .map(body)))
    }

    /// Waits for the end of a job that was submitted, unless it was only to be started, and tells how it ended.
    func finish(_ job: Value) async throws(Failure) {
        if line.startsOnly { return show(job["job_id"] ?? .null) }
        try await tell(try await ended(job))
    }

    /// A job once it has ended.
    private func ended(_ submitted: Value) async throws(Failure) -> Value {
        var job = submitted
        defer { progress.clear() }
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
            return show(result?["result_output"] ?? .string("OK"))
        }
        throw await failure(result, job)
    }

    private func failure(_ result: Value?, _ job: Value) async -> Failure {
        var message = result?["result_desc"]?.string ?? "The job ended: \(job["outcome"]?.string ?? "unknown")."
        if message.hasPrefix("JobError: ") { message.removeFirst(10) }
        guard let code = job["error_code"]?.string else { return Failure(message) }
        return Failure(message, await daemon.meaning(of: code))
    }

    private func dryRun(_ body: [String: Value]) async throws(Failure) {
        let run = try await daemon.value(.POST, "/jobs/dry-run", .map(body))
        guard run["outcome"]?.string == "ok" else { throw await failure(run["result"], run) }
        show(run)
    }

    func result(_ id: String) async throws(Failure) {
        let job = try await daemon.value(.GET, "/jobs/\(try id.pathPart)")
        guard job["done"]?.bool == true else {
            throw Failure("Job \(id) has not ended: it is \(Progress.state(of: job)).", .open)
        }
        try await tell(job)
    }

    func stop(_ id: String) async throws(Failure) {
        let reason: [String: Value] = line.reason.map { ["reason": .string($0)] } ?? [:]
        _ = try await daemon.value(.POST, "/jobs/\(try id.pathPart)/cancel", .map(reason))
        show(.string("OK"))
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
    var queryValue: String {
        utf8.map { byte in
            if byte.isNameByte { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

extension UInt8 {
    fileprivate var isNameByte: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
            || "-._".utf8.contains(self)
    }
}
