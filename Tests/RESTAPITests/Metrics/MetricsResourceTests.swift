import Application
import HTTPTypes
import JobEngine
import Support
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct MetricsResourceTests {
    @Test func administratorsAndTheClustersTokenReadIt() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            #expect(try await fixture.get("/metrics", as: nil).status == 401)
            #expect(try await fixture.get("/metrics", as: "reader").status == 403)
            #expect(try await fixture.get("/metrics", as: "dba").status == 200)
            let token = try await fixture.send(.get, "/metrics", headers: [.authorization: "Bearer cluster-token"])
            #expect(token.status == 200 && token.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
        }
    }

    @Test func theSettingOpensItForEverybody() async throws {
        var settings = GatewaySettings()
        settings.hasOpenMetrics = true
        try await GatewayFixture.running(settings: settings) { (fixture) async throws in
            #expect(try await fixture.get("/metrics", as: nil).status == 200)
        }
    }

    @Test func requestsAreCountedByTemplateAndNeverByPath() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for path in ["/jobs/11.1", "/jobs/11.2", "/jobs/admin-secret"] { _ = try await fixture.get(path) }
            _ = try await fixture.get("/livez")
            _ = try await fixture.get("/no/such/admin-secret")
            let text = try await fixture.get("/metrics").body
            let jobs =
                #"confd_http_requests_total{method="GET",route="/jobs/{job_id}",interface="rest",status="4xx"} 3"#
            #expect(text.contains(jobs))
            #expect(text.contains(#"route="/livez",interface="rest",status="2xx"} 1"#))
            #expect(text.contains(#"route="none",interface="none",status="4xx"} 1"#))
            #expect(!text.contains("admin"))
        }
    }

    @Test func levelsOfTheServicesAreShown() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let revision = fixture.gateway.services.scheduler.configuration.revision
            let text = try await fixture.get("/metrics").body
            for line in [
                "confd_revision \(revision)", "confd_queue_depth 0", "confd_lockouts 0", "confd_is_master 1",
                #"confd_jobs_waiting{kind="lock"} 0"#, #"confd_jobs_open{stage="submitted"} 0"#,
                "confd_event_streams 0", "confd_body_memory_bytes 0", "confd_body_memory_waiting_requests 0",
                "confd_history_spent_users 0", "confd_audit_unrecorded_total 0",
            ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
            for name in ["process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds"] {
                let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
                #expect(line.flatMap { Double($0.dropFirst(name.count + 1)) } ?? 0 > 0, "\(name)")
            }
        }
    }

    @Test(arguments: [
        (nil, "text/plain; version=0.0.4"), ("*/*", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=1.0.0", "application/openmetrics-text"),
        ("application/openmetrics-text;q=0.9,text/plain;q=0.2", "application/openmetrics-text"),
        ("application/openmetrics-text;q=0.1,text/plain;q=0.9", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;q=0", "text/plain; version=0.0.4"), ("image/png", "text/plain; version=0.0.4"),
    ])
    func theFormIsChosenByAccept(accept: String?, type: String) {
        #expect(MetricsResource.form(accept: accept).rawValue.hasPrefix(type))
    }
}
