import ConfdClient
import Foundation

/// The scenario of all clients, with the client openapi-generator makes for Swift.
@main struct Scenario {
    let session: ConfdClientAPIConfiguration
    let guest: ConfdClientAPIConfiguration

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func main() async throws {
        let user = try setting("USER")
        let basic = try client("Basic", basic(user))
        let types = try await JobTypesAPI.listJobTypes(apiConfiguration: basic)
        try check(types.items.contains { $0.name == "group_create" }, types)
        passed("basic")

        let login = SessionLogin(password: try setting("PASSWORD"), user: user)
        let opened = try await SessionsAPI.createSession(sessionLogin: login, apiConfiguration: basic)
        let session = try client("Bearer", opened.token ?? "")
        try check(try await SessionsAPI.getCurrentSession(apiConfiguration: session).user == user, opened.user)
        passed("session")

        let guest = try client("Basic", Self.basic(try setting("GUEST")))
        try await Scenario(session: session, guest: guest).run()
    }

    func run() async throws {
        let wish = GroupCreateRequest(
            params: GroupCreateParameters(groupid: 705, groupname: "team"), reason: "bindings")
        let job = try await GroupJobsAPI.startGroupCreate(
            groupCreateRequest: wish, wait: "60s", apiConfiguration: session)
        try Self.check(job.stage == .committed && job.outcome == "ok" && (job.revision ?? 0) > 1, job)
        Self.passed("job")

        let result = try await JobsAPI.getJobResult(jobId: job.jobId, apiConfiguration: session)
        try Self.check(result.resultCode == 0 && result.resultName == "OK", result)
        Self.passed("result")

        try await walk(to: job.jobId)
        Self.passed("pages")

        let conflict = try await Self.problem(412) {
            _ = try await ConfigurationAPI.patchEXAConf(
                requestBody: ["Global": ["Timezone": "UTC"]], ifMatch: #""r1-0""#, apiConfiguration: session)
        }
        try Self.check(
            conflict.code == "revision-conflict" && conflict.currentRevision ?? 0 >= job.revision ?? 0, conflict)
        Self.passed("conflict")

        try await follow(job.jobId)
        Self.passed("events")

        let refused = try await Self.problem(403) {
            let removal = GroupDeleteRequest(params: GroupDeleteParameters(groupname: "team"))
            _ = try await GroupJobsAPI.startGroupDelete(groupDeleteRequest: removal, apiConfiguration: guest)
        }
        try Self.check(
            refused.code == "permission-denied" && refused.allowedGroups?.contains("exaadm") == true, refused)
        Self.passed("forbidden")
    }

    /// Reads all jobs, two a page.
    private func walk(to id: String) async throws {
        for _ in 0..<5 {
            _ = try await DatabaseJobsAPI.startDbList(
                dbListRequest: DbListRequest(), wait: "60s", apiConfiguration: session)
        }
        var found: [String] = []
        var pages = 0
        var cursor: String?
        repeat {
            let page = try await JobsAPI.listJobs(limit: 2, cursor: cursor, apiConfiguration: session)
            found += page.items.map(\.jobId)
            pages += 1
            cursor = page.nextCursor
        } while cursor != nil
        try Self.check(pages > 3 && Set(found).count == found.count && found.contains(id), found)
    }

    /// Reads what happened to a job, then waits for what does not.
    private func follow(_ id: String) async throws {
        let page = try await EventsAPI.listEvents(jobId: id, after: "oldest", apiConfiguration: session)
        try Self.check(page.items.last { $0.type == "job.stage" }?.stage == "committed", page)
        let later = try await EventsAPI.listEvents(
            jobId: id, after: page.nextAfter, wait: "1s", apiConfiguration: session)
        try Self.check(later.items.isEmpty, later)
    }

    // MARK: Clients

    private static func client(_ scheme: String, _ credential: String) throws -> ConfdClientAPIConfiguration {
        ConfdClientAPIConfiguration(
            basePath: try setting("URL"), customHeaders: ["Authorization": "\(scheme) \(credential)"])
    }

    private static func basic(_ user: String) throws -> String {
        Data("\(user):\(try setting("PASSWORD"))".utf8).base64EncodedString()
    }

    private static func setting(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment["CONFD_\(name)"] else {
            throw Failure(description: "CONFD_\(name) is missing")
        }
        return value
    }

    // MARK: Checks

    /// The problem a call has to be refused with.
    private static func problem(_ status: Int, _ call: () async throws -> Void) async throws -> Problem {
        do {
            try await call()
        } catch ErrorResponse.error(status, let body, _, _) {
            return try JSONDecoder().decode(Problem.self, from: body ?? Data())
        }
        throw Failure(description: "no \(status)")
    }

    private static func check(_ holds: Bool, _ value: Any) throws {
        if !holds { throw Failure(description: "\(value)") }
    }

    private static func passed(_ step: String) {
        print("ok \(step)")
    }
}
