import NIOHTTP1
import Values

extension Session {
    /// Prints what a revision changed, against the one before it or another.
    func diff(_ words: [String]) async throws(Failure) {
        guard words.count <= 2 else { throw .usage("'diff' takes one revision, or two.") }
        let revision: String
        if let last = words.last {
            revision = last
        } else {
            let newest = try await daemon.value(.GET, "/exaconf/revisions?limit=1")["items"]?.list?.first
            revision = newest?["revision"]?.plain ?? ""
        }
        var path = "/exaconf/revisions/\(try revision.pathPart)/diff"
        if words.count == 2 { path += "?against=\(try words[0].pathPart)" }
        let isText = line.form == nil
        let text = try await daemon.text(path, accept: isText ? "text/x-diff" : "application/json")
        guard isText else { return try show((try? JSON.parse(text, limits: .generous)) ?? .null) }
        Terminal.write(Styled(diff: text), on: display)
    }

    /// Brings the content of an older revision back, unless the configuration changes meanwhile.
    func rollback(_ revision: String) async throws(Failure) {
        guard let number = Int(revision) else { throw .usage("'\(revision)' is no revision; it is a number.") }
        let now = try await daemon.reply(.GET, "/exaconf")
        guard now.status == 200, let tag = now.headers.first(name: "ETag") else { throw await daemon.failure(now) }
        var body: [String: Value] = ["to": .int(number)]
        if let reason = line.reason { body["reason"] = .string(reason) }
        if line.isDryRun { body["dry_run"] = .bool(true) }
        let wait = line.startsOnly ? 0 : 1
        let answer = try await daemon.value(
            .POST, "/exaconf/rollback?wait=\(wait)s", body: .map(body), headers: ["If-Match": tag])
        if line.isDryRun { return try showPlan(answer) }
        try await finish(answer)
    }
}
