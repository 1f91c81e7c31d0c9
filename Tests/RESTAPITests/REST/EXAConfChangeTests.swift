import Access
import EXAConf
import HTTPTypes
import JobEngine
import Jobs
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// Changes of the configuration as a whole: what each status stands for.
@Suite(.timeLimit(.minutes(5))) struct EXAConfChangeTests {
    private func running(_ work: @Sendable (GatewayFixture) async throws -> Void) async throws {
        try await GatewayFixture.running(catalogue: .confd, work)
    }

    private func tag(_ fixture: GatewayFixture) async throws -> String {
        try #require(try await fixture.get("/exaconf").headers[.eTag])
    }

    private func patch(
        _ fixture: GatewayFixture, _ body: Value, on tag: String?, as user: String = "admin",
        query: String = "?wait=60s", headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.ifMatch] = tag
        if headers[.contentType] == nil { headers[.contentType] = "application/merge-patch+json" }
        return try await fixture.send(
            .patch, "/exaconf\(query)", as: user, headers: headers, body: JSON.text(body))
    }

    private let zone: Value = ["Global": ["Timezone": "Europe/Prague"]]

    @Test func aPatchIsAJobAndItsAnswerNamesTheNewRevision() async throws {
        try await running { (fixture) async throws in
            let done = try await patch(fixture, zone, on: tag(fixture), query: "?wait=60s&reason=INC-42")
            #expect(done.status == 200)
            let job = try done.json()
            #expect(job["type"] == "exaconf_patch" && job["outcome"] == "ok" && job["reason"] == "INC-42")
            let now = try await fixture.get("/exaconf")
            #expect(done.headers[.eTag] == now.headers[.eTag])
            #expect(done.field("Confd-Revision") == now.field("Confd-Revision"))
            #expect(try now.json()["Global"]?["Timezone"] == "Europe/Prague")
            // Nothing to change makes no revision, and says which one is in force.
            let again = try await patch(fixture, zone, on: done.headers[.eTag])
            #expect(again.status == 200 && again.headers[.eTag] == done.headers[.eTag])
            #expect(try again.json()["revision"] == nil)
        }
    }

    @Test func withoutAWaitItIsAccepted() async throws {
        try await running { (fixture) async throws in
            let taken = try await patch(fixture, zone, on: tag(fixture), query: "")
            #expect([200, 202].contains(taken.status) && taken.headers[.location] != nil)
        }
    }

    @Test func aChangeForAnotherRevisionIsRefusedWithTheCurrentOne() async throws {
        try await running { (fixture) async throws in
            let old = try await tag(fixture)
            _ = try await patch(fixture, zone, on: old)
            let late = try await patch(fixture, ["Global": ["Timezone": "UTC"]], on: old)
            #expect(late.status == 412 && late.code == "revision-conflict")
            let problem = try late.json()
            let current = try await fixture.get("/exaconf").field("Confd-Revision").flatMap { Int($0) }
            #expect(problem["current_revision"]?.int == current && problem["retryable"] == false)
            #expect(problem["diff"]?.string?.contains("+    Timezone = Europe/Prague") == true)
            #expect(problem["result"]?["result_code"] == 112)
        }
    }

    @Test(arguments: ["\"r1-x\"", "\"nonsense\"", "r", "W/", "\"r99999999999999999999-a\""])
    func aTagThatIsNotTheCurrentOneDoesNotMatch(_ form: String) async throws {
        try await running { (fixture) async throws in
            let wrong = form == "W/" ? "W/" + (try await tag(fixture)) : form
            #expect(try await patch(fixture, zone, on: wrong).status == 412)
            // One of several is enough.
            #expect(try await patch(fixture, zone, on: "\(wrong), \(tag(fixture))").status == 200)
        }
    }

    @Test func aChangeHasToSayWhatItIsMadeFor() async throws {
        try await running { (fixture) async throws in
            for user in ["admin", "root"] {
                let answer = try await patch(fixture, zone, on: nil, as: user)
                #expect(answer.status == 428 && answer.code == "precondition-required")
            }
            let file = try #require(fixture.engine.runner.file)
            let put = try await fixture.send(
                .put, "/exaconf", as: "root", headers: [.contentType: "text/plain"], body: file)
            #expect(put.status == 428)
            let back = try await fixture.send(.post, "/exaconf/rollback", as: "admin", body: #"{"to":1}"#)
            #expect(back.status == 428)
            let body = #"{"type":"exaconf_patch","params":{"patch":{}}}"#
            let job = try await fixture.send(.post, "/jobs", as: "admin", body: body)
            #expect(job.status == 428)
        }
    }

    /// RFC 9110, 13.2.1: a request that is refused anyway is refused without a look at its conditions.
    @Test(arguments: [
        (HTTPRequest.Method.patch, "/exaconf", "[]"),
        (.post, "/exaconf/rollback", #"{"to":"16"}"#), (.post, "/jobs", #"{"type":"exaconf_rollback","params":7}"#),
        (.post, "/jobs", #"{"type":"exaconf_rollback","params":{"to":null}}"#),
        (.post, "/job-types/exaconf_rollback/jobs", #"{"params":{"to":16},"base_revision":0}"#),
        (.post, "/job-types/exaconf_rollback/jobs", #"{"params":{"to":"x"}}"#),
    ])
    func aBodyIsJudgedBeforeACondition(_ method: HTTPRequest.Method, _ path: String, _ body: String) async throws {
        try await running { (fixture) async throws in
            for tag in [#""r7-nonsense""#, #"W/"x""#, ""] {
                let answer = try await fixture.send(method, path, as: "root", headers: [.ifMatch: tag], body: body)
                #expect(answer.status == 400, "\(tag) \(answer)")
            }
        }
    }

    @Test func onlyRootMayChangeWhateverThereIsAndItIsWrittenDown() async throws {
        try await running { (fixture) async throws in
            #expect(try await patch(fixture, zone, on: "*").status == 403)
            #expect(try await patch(fixture, zone, on: "*", as: "root").status == 200)
            let records = fixture.audit.events.filter { $0.fields["if_match"] == "*" }
            #expect(records.map(\.user) == ["root"] && records.first?.fields["type"] == "exaconf_patch")
        }
    }

    @Test func faultsAreToldByPointersIntoThePatch() async throws {
        try await running { (fixture) async throws in
            let tag = try await tag(fixture)
            let wrong = try await patch(
                fixture, ["Global": ["Revision": "7", "Timezone": 1, "Checksum": .null]], on: tag)
            #expect(wrong.status == 400 && wrong.code == "parameter-invalid")
            let pointers = try wrong.json()["errors"]?.list?.compactMap { $0["pointer"]?.string }
            #expect(pointers == ["/Global/Checksum", "/Global/Revision", "/Global/Timezone"])
            // Only against the configuration it shows that this cannot be.
            let broken = try await patch(fixture, ["Global": ["Networks": "public"]], on: tag)
            #expect(broken.status == 400)
            #expect(try broken.json()["errors"]?.list?.first?["pointer"] == "/Global/Networks")
            #expect(try await self.tag(fixture) == tag)
        }
    }

    @Test func bodiesOfAnotherKindAreRefused() async throws {
        try await running { (fixture) async throws in
            let tag = try await tag(fixture)
            let text = try await patch(fixture, zone, on: tag, headers: [.contentType: "text/plain"])
            #expect(text.status == 415 && text.field("Accept-Patch")?.contains("merge-patch") == true)
            #expect(try await patch(fixture, zone, on: tag, headers: [.contentType: "application/json"]).status == 200)
            let json = try await fixture.send(
                .put, "/exaconf", as: "root", headers: [.contentType: "application/json", .ifMatch: "*"], body: "{}")
            #expect(json.status == 415)
            for body in ["[]", "{", ""] {
                let answer = try await fixture.send(
                    .patch, "/exaconf", as: "root", headers: [.contentType: "application/json", .ifMatch: "*"],
                    body: body)
                #expect(answer.status == 400)
            }
        }
    }

    @Test func aFileIsPutInPlaceByRootAlone() async throws {
        try await running { (fixture) async throws in
            let shown = try await fixture.get("/exaconf", as: "root", headers: [.accept: "text/plain"])
            let file = shown.body.replacing("Timezone = Europe/Berlin", with: "Timezone = UTC")
            let fields: HTTPFields = [.contentType: "text/plain", .ifMatch: shown.headers[.eTag] ?? ""]
            #expect(try await fixture.send(.put, "/exaconf", as: "admin", headers: fields, body: file).status == 403)
            let masked = try Document(parsing: file).redacted().text
            let refused = try await fixture.send(.put, "/exaconf?wait=60s", as: "root", headers: fields, body: masked)
            #expect(refused.status == 400 && refused.body.contains("at line"))
            let done = try await fixture.send(.put, "/exaconf?wait=60s", as: "root", headers: fields, body: file)
            #expect(done.status == 200 && !done.body.contains("AuthenticationToken"))
            #expect(try done.json()["params"]?["text"] == "***")
            #expect(fixture.engine.runner.file?.contains("Timezone = UTC") == true)
        }
    }

    @Test func aRollbackMakesANewRevisionWithTheOldContent() async throws {
        try await running { (fixture) async throws in
            let before = try await fixture.get("/exaconf", as: "root", headers: [.accept: "text/plain"])
            let number = try #require(before.field("Confd-Revision"))
            let changed = try await patch(
                fixture, ["Global": ["Timezone": "UTC"], "Users": ["admin": ["Passwd": "$6$x$y"]]], on: tag(fixture))
            let fields: HTTPFields = [.ifMatch: changed.headers[.eTag] ?? ""]
            let done = try await fixture.send(
                .post, "/exaconf/rollback?wait=60s", as: "admin", headers: fields,
                body: "{\"to\":\(number),\"reason\":\"INC-43\"}")
            #expect(done.status == 200 && done.field("Confd-Revision") == Int(number).map { String($0 + 2) })
            let after = try await fixture.get("/exaconf", as: "root", headers: [.accept: "text/plain"])
            #expect(
                ChangeSet(
                    from: try Document(parsing: before.body), to: try Document(parsing: after.body),
                    ignoringStamp: true
                ).isEmpty)
            let unknown = try await fixture.send(
                .post, "/exaconf/rollback", as: "admin", headers: [.ifMatch: after.headers[.eTag] ?? ""],
                body: #"{"to":9999}"#)
            #expect(unknown.status == 404 && unknown.code == "revision-not-found")
        }
    }

    @Test func aDryRunShowsTheChangeAndMakesNone() async throws {
        try await running { (fixture) async throws in
            let tag = try await tag(fixture)
            for condition in [tag, nil] {
                let run = try await patch(fixture, zone, on: condition, query: "?dry_run=true")
                let report = try run.json()
                #expect(run.status == 200 && report["outcome"] == "ok" && report["patch"] == zone)
                #expect(report["diff"]?.string?.contains("+    Timezone = Europe/Prague") == true)
            }
            let back = try await fixture.send(
                .post, "/exaconf/rollback", as: "admin", body: #"{"to":1,"dry_run":true}"#)
            #expect(try back.status == 200 && back.json()["dry_run"] == true)
            #expect(try await self.tag(fixture) == tag)
            #expect(try await fixture.get("/jobs").json()["items"]?.list?.isEmpty == true)
        }
    }

    @Test func aFileOrAPatchIsCheckedWithoutAJob() async throws {
        try await running { (fixture) async throws in
            let shown = try await fixture.get("/exaconf", as: "root", headers: [.accept: "text/plain"]).body
            func check(_ body: String, _ type: String) async throws -> Value {
                let answer = try await fixture.send(
                    .post, "/exaconf/validate", as: "admin", headers: [.contentType: type], body: body)
                #expect(answer.status == 200)
                return try answer.json()
            }
            let good = try await check(shown, "text/plain")
            #expect(good["valid"] == true && good["diff"] == "" && good["problems"] == [])
            let broken = try await check("[Global]\nfoo\n[Global]\n", "text/plain")
            #expect(broken["valid"] == false && broken["diff"] == nil)
            #expect(broken["problems"]?.list?.compactMap { $0["line"]?.int } == [2, 3])
            let wrong = try await check(shown.replacing("Networks = private", with: "Networks = public"), "text/plain")
            let problem = try #require(wrong["problems"]?.list?.first)
            #expect(problem["key"] == "Networks" && problem["section"] == "Global")
            #expect(
                problem["line"]?.int
                    == shown.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.contains("Networks = ") }.map { $0 + 1 })
            let patch = try await check(JSON.text(zone), "application/json")
            #expect(patch["valid"] == true && patch["patch"] == zone)
            let bad = try await check(#"{"Global":{"Revision":"1"}}"#, "application/merge-patch+json")
            #expect(bad["valid"] == false && bad["problems"]?.list?.first?["pointer"] == "/Global/Revision")
            #expect(try await fixture.get("/jobs").json()["items"]?.list?.isEmpty == true)
        }
    }

    @Test func anyChangeMayNameTheRevisionItIsMadeFor() async throws {
        try await running { (fixture) async throws in
            let old = try await fixture.get("/exaconf")
            let number = try #require(old.field("Confd-Revision").flatMap { Int($0) })
            let tag = try #require(old.headers[.eTag])
            func group(_ name: String, _ more: String = "") -> String {
                #"{"params":{"groupname":"\#(name)","groupid":\#(4000 + name.count)}\#(more)}"#
            }
            let path = "/job-types/group_create/jobs?wait=60s"
            let first = try await fixture.send(
                .post, path, as: "admin", headers: [.ifMatch: tag], body: group("a"))
            #expect(try first.status == 200 && first.json()["outcome"] == "ok")
            let second = try await fixture.send(.post, path, as: "admin", headers: [.ifMatch: tag], body: group("bb"))
            #expect(second.status == 412)
            let third = try await fixture.send(
                .post, path, as: "admin", body: group("ccc", ",\"base_revision\":\(number)"))
            #expect(try third.status == 412 && third.json()["current_revision"]?.int == number + 1)
            let both = try await fixture.send(
                .post, path, as: "admin", headers: [.ifMatch: tag], body: group("d", ",\"base_revision\":99"))
            #expect(both.status == 400)
        }
    }

    @Test func aBatchHasNoConditionButItsJobsHave() async throws {
        try await running { (fixture) async throws in
            let tag = try #require(try await fixture.get("/exaconf").headers[.eTag])
            func batch(_ revision: Int) -> String {
                #"{"jobs":[{"type":"group_list","base_revision":\#(revision)}]}"#
            }
            let refused = try await fixture.send(
                .post, "/jobs/batch", as: "admin", headers: [.ifMatch: tag], body: batch(1))
            #expect(refused.status == 400 && refused.code == "header-invalid")
            #expect(try refused.json()["errors"]?.list?.first?["header"] == "If-Match")
            #expect(try await fixture.send(.post, "/jobs/batch", as: "admin", body: batch(99)).status == 412)
        }
    }

    @Test func theSameKeyMakesOneChangeAndAnotherPathAnother() async throws {
        try await running { (fixture) async throws in
            let old = try await tag(fixture)
            let key: HTTPFields = [.idempotencyKey: "\"k1\""]
            let first = try await patch(fixture, zone, on: old, headers: key)
            // The condition does not hold any more, but the request is the same one.
            let again = try await patch(fixture, zone, on: old, headers: key)
            #expect(again.status == 200 && again.field("Idempotency-Replayed") == "true")
            #expect(try first.json()["job_id"] == again.json()["job_id"])
            let other = try await patch(fixture, ["Global": ["Timezone": "UTC"]], on: old, headers: key)
            #expect(other.status == 422 && other.code == "idempotency-key-reused")
            let group = #"{"type":"group_create","params":{"groupname":"g","groupid":4001}}"#
            let elsewhere = try await fixture.send(.post, "/jobs?wait=60s", as: "admin", headers: key, body: group)
            #expect(try elsewhere.status == 200 && elsewhere.json()["outcome"] == "ok")
        }
    }

    // MARK: Freshness

    @Test func aReadCanAskForARevisionThatIsNotThereYet() async throws {
        try await running { (fixture) async throws in
            let number = try #require(try await fixture.get("/exaconf").field("Confd-Revision").flatMap { Int($0) })
            #expect(try await fixture.get("/exaconf?min_revision=\(number)").status == 200)
            let behind = try await fixture.get("/exaconf?min_revision=\(number + 1)")
            #expect(behind.status == 503 && behind.code == "behind" && behind.headers[.retryAfter] != nil)
            #expect(try await fixture.get("/exaconf?min_revision=0").status == 400)
            async let waiting = fixture.get("/exaconf?min_revision=\(number + 1)&wait=60s")
            _ = try await patch(fixture, zone, on: tag(fixture))
            let answer = try await waiting
            #expect(answer.status == 200 && answer.field("Confd-Revision") == String(number + 1))
        }
    }

    @Test func aLocalReadSaysHowNewItIs() async throws {
        try await running { (fixture) async throws in
            for path in ["/exaconf", "/exaconf/revisions", "/jobs"] {
                let local = try await fixture.get("\(path)?consistency=local")
                #expect(local.field("Confd-Data-Age-Ms") == "0" && local.field("Confd-Revision") != nil)
                #expect(try await fixture.get(path).field("Confd-Data-Age-Ms") == nil)
            }
        }
    }

    @Test func headAnswersLikeGetWithoutABody() async throws {
        try await running { (fixture) async throws in
            let get = try await fixture.get("/exaconf")
            let head = try await fixture.send(.head, "/exaconf", as: "admin")
            #expect(head.status == 200 && head.body.isEmpty && head.headers[.eTag] == get.headers[.eTag])
        }
    }
}
